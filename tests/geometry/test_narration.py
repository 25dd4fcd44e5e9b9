"""The sentence as a whole: under the picture, right after an act, its numbers, and its length at any setting."""

import re
from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from npair_viz.data.scenes import named, of_pairs
from npair_viz.geometry.narration import fixed, narrate, percent
from npair_viz.geometry.reading import read
from tests.support.loop_oracles import pairs
from tests.support.moved_scenes import put
from tests.support.sentence_ends import ALONE, ends, starts

# --- whole sentences


@pytest.mark.parametrize(
    ("scene", "setting", "sentence"),
    [
        (
            "line-up",
            {},
            "Anchor 3 picks the wrong one: 58 % for 8, 37 % for its partner. 92 % of the push comes from 8. "
            "Loss 0.484: 80 % of the way from chance (1.386) to the best here (0.254).",
        ),
        (
            "line-up",
            {"l2_reg": 0.02, "normalize": False},
            "Anchor 3 picks the wrong one: 58 % for 8, 37 % for its partner. 92 % of the push comes from 8. "
            "Loss 0.524; the best at these settings is 0.112. Lengths settle at 1.52.",
        ),
        (
            "line-up",
            {"normalize": False},
            "Anchor 3 picks the wrong one: 58 % for 8, 37 % for its partner. 92 % of the push comes from 8. "
            "Loss 0.484: longer vectors can always do better. "
            "Nothing holds the lengths: they grow for ever.",
        ),
        (
            "line-up",
            {"objective": "ovo"},
            "84 % of the push on anchor 3 comes from 8. "
            "Loss 0.523: 86 % of the way from chance (2.079) to the best found (0.272).",
        ),
        ("one pair", {}, f"{ALONE} Loss 0, no force. A batch needs two classes."),
    ],
)
def test_the_sentence_under_the_picture(scene, setting, sentence):
    assert narrate(read(named(scene), **setting)) == sentence


def test_the_sentence_after_an_act():
    before, after = read(named("line-up")), read(named("line-up"), tao=0.05)
    assert narrate(after, before, "tao 0.50 → 0.05") == (
        "tao 0.50 → 0.05: loss 0.484 → 1.119. Most of it is anchor 3: 0.99 → 4.48. "
        "100 % of the push comes from 8. Loss 1.119: 19 % of the way from chance (1.386) to the best here (4.1e-9)."
    )


# --- right after an act


def after(act="act", scene="line-up", then="line-up", **setting):
    return narrate(read(named(then) if isinstance(then, str) else then, **setting), read(named(scene)), act)


def test_an_act_that_changes_nothing_says_so():
    starts(after("dtype float64 → float32"), "dtype float64 → float32: the loss stays 0.484. 92 % of the push on")


def test_anchors_that_change_behind_the_same_loss_are_not_named():
    before = read(named("line-up"))
    traded = replace(before, losses=before.losses + torch.tensor([0.2, -0.2, 0.0, 0.0]))
    starts(narrate(traded, before, "act"), "act: the loss stays 0.484. 92 % of the push on anchor 3 comes from 8. ")


def test_a_loss_that_its_penalty_lifts_is_blamed_on_no_anchor_that_fell():
    before = read(named("line-up"), normalize=False)
    lower = replace(before, losses=before.losses + torch.tensor([-0.4, 0.0, 0.0, 0.0]))
    lifted = replace(lower, forces=replace(before.forces, penalty=before.forces.penalty + 0.05))
    starts(narrate(lifted, before, "act"), "act: loss 0.484 → 0.534. Anchor 3 changes most: 0.99 → 0.59. ")


def test_a_number_that_l2_reg_adds_is_blamed_on_no_anchor():
    starts(
        after("l2_reg 0.00 → 0.02", l2_reg=0.02),
        "l2_reg 0.00 → 0.02: loss 0.484 → 0.524. 92 % of the push on anchor 3",
    )


def test_what_l2_reg_adds_is_told_after_an_act_only_where_it_changed():
    ends(after("l2_reg 0.00 → 0.02", l2_reg=0.02), " l2_reg adds 0.04 to the number and moves nothing.")
    held = read(named("line-up"), l2_reg=0.02)
    assert "adds" not in narrate(read(named("line-up"), l2_reg=0.02, tao=0.05), held, "tao 0.50 → 0.05")
    free = read(named("line-up"), l2_reg=0.02, normalize=False)
    ends(narrate(free, held, "lengths all 1 → free"), " Lengths settle at 1.52.")


def test_most_of_a_change_is_claimed_only_where_it_is_most():
    starts(after(then=put(a8=90)), "act: loss 0.484 → 0.556. Most of it is anchor 8: 0.26 → 0.54. ")
    all_alike = after("tao 0.50 → 100.00", tao=100.0)
    assert re.match(r"tao 0.50 → 100.00: loss 0.484 → 1.3\d\d. Anchor \d changes most: 0.\d\d → 1.\d\d. ", all_alike)
    assert "Most of it" not in all_alike


def test_a_change_against_the_others_is_not_most_of_it():
    before = read(named("line-up"))
    lower = replace(before, losses=before.losses + torch.tensor([-0.4, 0.3, 0.3, 0.3]))
    lower = replace(lower, forces=replace(before.forces, npair=before.forces.npair + 0.125))
    assert "Anchor 3 changes most: 0.99 → 0.59. " in narrate(lower, before, "act")


def test_a_change_too_small_to_print_is_not_told():
    slightly = read(named("line-up"), tao=0.502)
    sentence = narrate(slightly, read(named("line-up")), "tao 0.50 → 0.502")
    assert "Most of it" not in sentence
    assert "changes most" not in sentence


def test_other_classes_are_not_compared():
    starts(after("scene", then="circle"), "scene: loss 0.484 → ")
    assert "anchor 3" not in after("scene", then="circle")
    fewer = read(named("line-up", n_classes=2))
    starts(narrate(fewer, read(named("line-up")), "classes 4 → 2"), "classes 4 → 2: loss 0.484 → ")


def test_a_single_pair_stays_a_single_pair_after_an_act():
    one = read(named("one pair"))
    assert narrate(one, one, "tao 0.50 → 1.00") == f"tao 0.50 → 1.00: the loss stays 0.000. {ALONE}"


def test_without_an_act_the_vote_opens():
    before = read(named("tidy"))
    assert narrate(read(named("line-up")), before) == narrate(read(named("line-up")))
    assert narrate(read(named("line-up")), None, "act") == narrate(read(named("line-up")))


# --- numbers


@pytest.mark.parametrize(
    ("x", "places", "text"),
    [
        (0.484, 3, "0.484"),
        (0.125, 2, "0.13"),
        (2.5, 0, "3"),
        (-2.5, 0, "-2"),
        (0.0005, 3, "0.001"),
        (0.0004, 3, "4.0e-4"),
        (1.7e-6, 3, "1.7e-6"),
        (3.25e-11, 3, "3.2e-11"),
        (1.01e-12, 3, "1.0e-12"),
        (0.99e-12, 3, "0.000"),
        (0.0, 3, "0.000"),
        (-0.0, 3, "0.000"),
        (1386.2944, 3, "1386.294"),
        (19.995, 2, "20.00"),
    ],
)
def test_numbers_round_halves_up_and_tiny_ones_keep_two_digits(x, places, text):
    assert fixed(x, places) == text


@pytest.mark.parametrize(
    ("x", "text"), [(0.125, "13 %"), (0.135, "14 %"), (0.005, "1 %"), (0.0049, "0 %"), (0.0, "0 %"), (1.0, "100 %")]
)
def test_shares_round_halves_up(x, text):
    assert percent(x) == text


# --- every sentence


SCENES = ["line-up", "tidy", "twin", "heap", "loose heap", "one pair", "globe", "circle", "plane", "sphere", "pixels"]
TAOS = st.sampled_from([0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 20.0, 100.0]) | st.floats(0.01, 100)
SETTINGS = st.fixed_dictionaries(
    {
        "tao": TAOS,
        "l2_reg": st.sampled_from([0.0, 1e-4, 0.02, 0.25, 0.5, 10.0]),
        "objective": st.sampled_from(["mc", "ovo"]),
        "normalize": st.booleans(),
        "selected": st.integers(0, 3),
    }
)


@given(
    name=st.sampled_from(SCENES), n_classes=st.integers(1, 4), same=st.sets(st.integers(0, 3)), one=SETTINGS, tao=TAOS
)
@settings(max_examples=150)
def test_no_sentence_is_long_or_broken(name, n_classes, same, one, tao):
    scene = named(name, n_classes=n_classes).paired(n_classes=n_classes)
    alike = tuple(scene.classes[k] for k in sorted(same) if k < scene.n)
    one = {**one, "selected": one["selected"] % scene.n, "same": alike}
    before, now = read(scene, **one), read(scene, **{**one, "tao": tao})
    act = f"tao {fixed(one['tao'], 2)} → {fixed(tao, 2)}"
    for sentence in (narrate(now), narrate(now, before, act), narrate(read(scene), now, act)):
        assert len(sentence) <= 250
        assert not re.search(r"nan|inf|None|-0\b|-0\.|  |\.\.|%%", sentence)
        assert sentence == sentence.strip()
        assert sentence.endswith(".")
        assert all(0 <= int(number) <= 100 for number in re.findall(r"(\d+) %", sentence))


@given(n=st.integers(2, 6), d=st.integers(2, 4), tao=st.floats(0.05, 20), seed=st.integers(0, 99), i=st.integers(0, 5))
@settings(max_examples=100)
def test_what_the_vote_says_is_what_the_shares_say(n, d, tao, seed, i):
    scene = of_pairs("drawn", "", *pairs(n, d, seed=seed), range(n))
    reading = read(scene, tao=tao, l2_reg=0.1, normalize=False, selected=i % n)
    vote, shares = narrate(reading), reading.shares
    own, others = shares[i % n], [share for j, share in enumerate(shares) if j != i % n]
    if " is sure of its partner" in vote:
        assert own >= 0.9
    elif " picks its partner" in vote:
        assert max(others) + 0.005 < own < 0.9 or max(others) * 1.2 < own
    elif " picks the wrong one" in vote:
        assert max(others) > own + 0.005
    elif " wavers: " in vote:
        assert abs(max(others) - own) <= 0.005
    elif " wavers between wrong ones" in vote:
        assert sorted(others)[-1] - sorted(others)[-2] <= 0.005
        assert max(others) > own + 0.005
    else:
        assert "can't tell anyone apart" in vote
        assert max(shares) - min(shares) <= 0.01
