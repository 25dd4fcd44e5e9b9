import math
import re
from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles import pairs

from npair_viz.narration import fixed, narrate, percent
from npair_viz.reading import read
from npair_viz.scenes import at_degrees, named, of_pairs

ALONE = "Only one pair: nobody to confuse it with."
CLASSES = {3: 0, 8: 1, 0: 2, 1: 3}


def put(name="line-up", **degrees):
    """A scene with some points elsewhere: put(a3=138) or put(p8=20)."""
    scene = named(name)
    anchors, positives = scene.anchors.clone(), scene.positives.clone()
    for point, angle in degrees.items():
        rows = anchors if point[0] == "a" else positives
        rows[CLASSES[int(point[1:])]] = at_degrees(angle)[0]
    return scene.moved(anchors, positives)


def voted(shares, classes=(3, 8, 0, 1), **setting):
    """A raw scene whose first anchor gives these shares at tao 1; no other anchor has a direction."""
    anchors = torch.zeros(len(shares), 2, dtype=torch.float64)
    anchors[0, 0] = 1
    positives = torch.tensor([[math.log(share), 0.0] for share in shares], dtype=torch.float64)
    scene = of_pairs("voted", "", anchors, positives, classes[: len(shares)])
    return read(scene, tao=1.0, **{"l2_reg": 0.1, "normalize": False, **setting})


def starts(sentence, opening):
    return sentence.startswith(opening) or pytest.fail(f"{sentence!r} does not start with {opening!r}")


def ends(sentence, close):
    return sentence.endswith(close) or pytest.fail(f"{sentence!r} does not end with {close!r}")


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
    assert narrate(after, before, "tao 0.50 -> 0.05") == (
        "tao 0.50 -> 0.05: loss 0.484 -> 1.119. Most of it is anchor 3: 0.99 -> 4.48. "
        "100 % of the push comes from 8. Loss 1.119: 19 % of the way from chance (1.386) to the best here (4.1e-9)."
    )


# --- the vote


@pytest.mark.parametrize(
    ("reading", "vote"),
    [
        (read(named("one pair")), f"{ALONE} Loss 0, no force. A batch needs two classes."),
        (read(named("heap")), "Anchor 3 can't tell anyone apart: 25 % each."),
        (read(put(p3=120)), "Anchor 3 wavers: 48 % for its partner, 48 % for 8."),
        (voted([0.97, 0.01, 0.01, 0.01]), "Anchor 3 is sure of its partner: 97 %. Hardly any"),
        (read(put(p3=100)), "Anchor 3 picks its partner: 54 %, against 43 % for 8."),
        (read(named("line-up")), "Anchor 3 picks the wrong one: 58 % for 8, 37 % for its partner."),
        (read(put(p3=115)), "Anchor 3 picks its partner:"),
        (read(put(p8=20)), "Anchor 3 picks its partner: 60 %, against 33 % for 8."),
    ],
)
def test_the_vote_says_whom_the_anchor_picks(reading, vote):
    starts(narrate(reading), vote)


@pytest.mark.parametrize(
    ("shares", "vote"),
    [
        ([0.246, 0.246, 0.254, 0.254], "Anchor 3 can't tell anyone apart: 25 % each."),
        ([0.244, 0.246, 0.255, 0.255], "Anchor 3 wavers between wrong ones: 26 % for 0, 26 % for 1."),
        ([0.484, 0.480, 0.02, 0.016], "Anchor 3 wavers: 48 % for its partner, 48 % for 8."),
        ([0.480, 0.02, 0.484, 0.016], "Anchor 3 wavers: 48 % for its partner, 48 % for 0."),
        ([0.328, 0.331, 0.330, 0.011], "Anchor 3 wavers: 33 % for its partner, 33 % for 8."),
        ([0.484, 0.478, 0.02, 0.018], "Anchor 3 picks its partner: 48 %, against 48 % for 8."),
        ([0.20, 0.399, 0.398, 0.003], "Anchor 3 wavers between wrong ones: 40 % for 8, 40 % for 0."),
        ([0.899, 0.1, 0.0005, 0.0005], "Anchor 3 picks its partner: 90 %, against 10 % for 8."),
        ([0.901, 0.098, 0.0005, 0.0005], "Anchor 3 is sure of its partner: 90 %."),
        ([0.126, 0.874], "Anchor 3 picks the wrong one: 87 % for 8, 13 % for its partner."),
        ([0.504, 0.496], "Anchor 3 can't tell anyone apart: 50 % each."),
    ],
)
def test_each_rule_of_the_vote_holds_up_to_its_bound(shares, vote):
    starts(narrate(voted(shares)), vote)


def test_among_many_candidates_small_shares_still_differ():
    classes = tuple(range(200))
    preferred = voted([0.008, *[0.992 / 199] * 199], classes)
    starts(narrate(preferred), "Anchor 0 picks its partner: 0.8 %, against 0.5 % for 1.")
    starts(narrate(voted([0.005] * 200, classes)), "Anchor 0 can't tell anyone apart: 0.5 % each.")


def test_no_force_is_not_promised_where_l2_reg_pulls():
    starts(
        narrate(voted([0.97, 0.01, 0.01, 0.01])), "Anchor 3 is sure of its partner: 97 %. Hardly any pull or push is"
    )
    free = voted([0.97, 0.01, 0.01, 0.01], l2_reg=0.0)
    starts(narrate(free), "Anchor 3 is sure of its partner: 97 %. Hardly any force is left.")
    starts(
        narrate(read(named("tidy"), tao=0.05, selected=2)), "Anchor 0 is sure of its partner: 100 %. Hardly any force"
    )


def test_the_vote_is_silent_under_ovo():
    for scene in ("line-up", "heap", "tidy"):
        assert "Anchor" not in narrate(read(named(scene), objective="ovo"))
    starts(narrate(read(named("one pair"), objective="ovo")), ALONE)


def test_a_masked_class_has_no_vote():
    starts(narrate(read(named("twin"))), "Anchor 3 picks the wrong one:")
    masked = narrate(read(named("twin"), same=(3, 8)))
    starts(masked, "Anchor 3 is sure of its partner: 94 %. Hardly any force is left. 69 % of the push comes from 0.")
    starts(narrate(read(named("heap"), same=(3, 8))), "Anchor 3 can't tell anyone apart: 33 % each.")


def test_an_anchor_without_negatives_is_told_apart_from_a_single_pair():
    sentence = narrate(read(named("line-up"), same=(3, 8, 0, 1)))
    assert sentence == "Anchor 3 has no negative left: nobody to confuse its partner with. Loss 0.000."
    one_left = narrate(read(named("line-up"), same=(3, 8, 0), selected=3))
    starts(one_left, "Anchor 1 picks its partner: 80 %, against")


# --- the push


@pytest.mark.parametrize(
    ("shares", "push"),
    [
        ([0.4, 0.552, 0.03, 0.018], "92 % of the push comes from 8."),
        ([0.5, 0.25, 0.2, 0.05], "About 2.6 of 3 negatives share the push."),
        ([0.5, 0.302, 0.1, 0.098], "60 % of the push comes from 8."),
        ([0.5, 0.298, 0.102, 0.1], "About 2.6 of 3 negatives share the push."),
        ([0.3, 0.7], "100 % of the push comes from 8."),
    ],
)
def test_the_push_names_whom_it_comes_from(shares, push):
    assert f" {push} " in narrate(voted(shares))


def test_effective_negatives_of_the_line_up():
    assert " About 3.0 of 3 negatives share the push. " in narrate(read(named("line-up"), tao=5))


def test_the_push_names_its_anchor_where_the_sentence_has_not_done_so():
    before, after = read(named("line-up"), selected=1), read(named("line-up"), selected=1, tao=0.05)
    sentence = narrate(after, before, "tao 0.50 -> 0.05")
    assert "Most of it is anchor 3: 0.99 -> 4.48. 100 % of the push on anchor 8 comes from 1. " in sentence
    quiet = narrate(before, before, "objective mc -> mc")
    assert "About 1.9 of 3 negatives share the push on anchor 8. " in quiet or "of the push on anchor 8" in quiet


# --- the ruler


def test_the_ruler_runs_from_chance_to_the_best():
    ends(narrate(read(named("heap"))), "Loss 1.386: 0 % of the way from chance (1.386) to the best here (0.254).")
    square = at_degrees(0, 90, 180, 270)
    best = read(of_pairs("ring", "", square, square, range(4)))
    ends(narrate(best), "Loss 0.254: 100 % of the way from chance (1.386) to the best here (0.254).")


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_a_loss_at_the_floor_or_at_chance_is_not_beyond_it_for_rounding(dtype):
    square = at_degrees(10, 100, 190, 280).to(dtype)
    for tao in (0.5, 0.01):
        best = narrate(read(of_pairs("ring", "", square, square, range(4)), tao=tao))
        assert ": 100 % of the way from chance (1.386) to the best here" in best
        heap = named("heap")
        heap = heap.moved(heap.anchors.to(dtype), heap.positives.to(dtype))
        assert "Loss 1.386: 0 % of the way from chance (1.386)" in narrate(read(heap, tao=tao))


def test_a_loss_beyond_the_floor_counts_as_the_whole_way():
    reading = read(named("line-up"))
    lower = replace(reading, ruler=replace(reading.ruler, floor=0.6))
    assert "Loss 0.484: 100 % of the way from chance (1.386) to the best here (0.600)." in narrate(lower)
    found = replace(reading, ruler=replace(reading.ruler, exact=False))
    assert "80 % of the way from chance (1.386) to the best found (0.254)." in narrate(found)


def test_a_loss_above_chance_by_one_printed_digit_is_above_chance():
    loose = read(named("loose heap"), tao=1000.0)
    barely = replace(loose, forces=replace(loose.forces, npair=loose.forces.npair + 0.0004))
    assert barely.ruler.score(barely.npair) < -0.1
    assert "Loss 1.387 is a little above chance (1.386): no better than a blind guess." in narrate(barely)


def test_a_loss_above_chance_is_sure_and_wrong():
    sentence = narrate(read(named("line-up"), tao=0.01))
    starts(sentence, "Anchor 3 picks the wrong one: 100 % for 8, 0 % for its partner. 100 % of the push comes from 8. ")
    ends(sentence, "Loss 5.581 is above chance: sure, and wrong.")


def test_the_one_that_is_sure_and_wrong_may_be_another():
    sentence = narrate(read(named("line-up"), tao=0.01, selected=1))
    starts(sentence, "Anchor 8 is sure of its partner: 100 %. Hardly any force is left.")
    ends(sentence, "Loss 5.581 is above chance: another anchor is sure, and wrong.")


def test_a_loss_just_above_chance_is_a_blind_guess():
    unsure = read(put("loose heap", p3=100))
    assert unsure.ruler.chance + 0.0005 < unsure.npair < 1.05 * unsure.ruler.chance
    assert f"Loss {unsure.loss:.3f} is a little above chance (1.386): no better than a blind guess." in narrate(unsure)
    starts(narrate(read(named("loose heap"))), "Anchor 3 can't tell anyone apart")
    ends(
        narrate(read(named("loose heap"))), "Loss 1.387 is a little above chance (1.386): no better than a blind guess."
    )


@pytest.mark.parametrize(
    ("loss", "way"),
    [
        (0.2539, "100 %"),
        (0.2590, "over 99 %"),
        (0.2620, "99 %"),
        (1.3758, "1 %"),
        (1.3840, "under 1 %"),
        (1.3862, "0 %"),
    ],
)
def test_all_or_none_of_the_way_is_said_only_where_the_printed_losses_are_one(loss, way):
    reading = read(named("line-up"))
    there = replace(reading, forces=replace(reading.forces, npair=torch.tensor(loss, dtype=torch.float64)))
    assert f": {way} of the way from chance (1.386) to the best here (0.254)." in narrate(there)


def test_tiny_losses_keep_their_digits():
    assert "Loss 1.7e-6: over 99 % of the way from chance (1.386) to the best here (0.000)." in narrate(
        read(named("tidy"), tao=0.01)
    )


def test_raw_vectors_are_measured_by_their_own_best():
    settled = read(named("line-up"), l2_reg=0.02, normalize=False)
    assert " Loss 0.524; the best at these settings is 0.112. " in narrate(settled)
    found = replace(settled, phase=replace(settled.phase, exact=False))
    ends(narrate(found), "Loss 0.524; the best found at these settings is 0.112. Lengths settle near 1.52.")


def test_where_classes_are_the_same_the_loss_is_told_alone_and_once():
    before, after = read(named("twin")), read(named("twin"), same=(3, 8))
    assert narrate(after).count("Loss 0.") == 1
    sentence = narrate(after, before, "same class none -> 3 and 8")
    starts(sentence, "same class none -> 3 and 8: loss 0.")
    assert "Loss" not in sentence


# --- the lengths


@pytest.mark.parametrize(
    ("setting", "lengths"),
    [
        ({"l2_reg": 0.02}, "l2_reg adds 0.04 to the number and moves nothing."),
        ({"l2_reg": 10.0}, "l2_reg adds 20.00 to the number and moves nothing."),
        ({"l2_reg": 1e-4}, "l2_reg adds 2.0e-4 to the number and moves nothing."),
        ({"normalize": False}, "Nothing holds the lengths: they grow for ever."),
        ({"normalize": False, "l2_reg": 0.02}, "Lengths settle at 1.52."),
        ({"normalize": False, "l2_reg": 0.9}, "Lengths settle at 0.32."),
        ({"normalize": False, "l2_reg": 2.0}, "2*l2_reg*tao = 2.0: all shrinks to the centre."),
        ({"normalize": False, "l2_reg": 2.0, "objective": "ovo"}, "2*l2_reg*tao = 2.0: all shrinks to the centre."),
        ({"normalize": False, "l2_reg": 1.5, "objective": "ovo"}, "Lengths settle near"),
    ],
)
def test_the_lengths_slot_says_what_holds_them(setting, lengths):
    assert f" {lengths}" in narrate(read(named("line-up"), **setting))


def test_on_the_circle_without_l2_reg_lengths_need_no_word():
    assert "ength" not in narrate(read(named("line-up")))
    assert "l2_reg" not in narrate(read(named("line-up")))


def test_on_the_circle_all_numbers_have_what_l2_reg_adds():
    assert (
        "Loss 0.524: 80 % of the way from chance (1.426) to the best here (0.294). "
        "l2_reg adds 0.04 to the number and moves nothing."
    ) in narrate(read(named("line-up"), l2_reg=0.02))


def test_a_single_raw_pair_feels_its_penalty_alone():
    assert narrate(read(named("one pair"), l2_reg=0.02, normalize=False)) == (
        f"{ALONE} No pull, no push. A batch needs two classes. l2_reg alone acts: all shrinks to the centre."
    )
    assert narrate(read(named("one pair"), normalize=False)) == (
        f"{ALONE} Loss 0, no force. A batch needs two classes. Nothing holds the lengths."
    )


def test_lengths_do_not_grow_where_nothing_pushes():
    alike = read(named("line-up"), normalize=False, same=(3, 8, 0, 1))
    ends(narrate(alike), "Loss 0.000. Nothing holds the lengths.")


# --- right after an act


def after(act="act", scene="line-up", then="line-up", **setting):
    return narrate(read(named(then) if isinstance(then, str) else then, **setting), read(named(scene)), act)


def test_an_act_that_changes_nothing_says_so():
    starts(after("dtype float64 -> float32"), "dtype float64 -> float32: the loss stays 0.484. 92 % of the push on")


def test_anchors_that_change_behind_the_same_loss_are_not_named():
    before = read(named("line-up"))
    traded = replace(before, losses=before.losses + torch.tensor([0.2, -0.2, 0.0, 0.0]))
    starts(narrate(traded, before, "act"), "act: the loss stays 0.484. 92 % of the push on anchor 3 comes from 8. ")


def test_a_loss_that_its_penalty_lifts_is_blamed_on_no_anchor_that_fell():
    before = read(named("line-up"), normalize=False)
    lower = replace(before, losses=before.losses + torch.tensor([-0.4, 0.0, 0.0, 0.0]))
    lifted = replace(lower, forces=replace(before.forces, penalty=before.forces.penalty + 0.05))
    starts(narrate(lifted, before, "act"), "act: loss 0.484 -> 0.534. Anchor 3 changes most: 0.99 -> 0.59. ")


def test_a_number_that_l2_reg_adds_is_blamed_on_no_anchor():
    starts(
        after("l2_reg 0.00 -> 0.02", l2_reg=0.02),
        "l2_reg 0.00 -> 0.02: loss 0.484 -> 0.524. 92 % of the push on anchor 3",
    )


def test_what_l2_reg_adds_is_told_after_an_act_only_where_it_changed():
    ends(after("l2_reg 0.00 -> 0.02", l2_reg=0.02), " l2_reg adds 0.04 to the number and moves nothing.")
    held = read(named("line-up"), l2_reg=0.02)
    assert "adds" not in narrate(read(named("line-up"), l2_reg=0.02, tao=0.05), held, "tao 0.50 -> 0.05")
    free = read(named("line-up"), l2_reg=0.02, normalize=False)
    ends(narrate(free, held, "lengths all 1 -> free"), " Lengths settle at 1.52.")


def test_most_of_a_change_is_claimed_only_where_it_is_most():
    starts(after(then=put(a8=90)), "act: loss 0.484 -> 0.556. Most of it is anchor 8: 0.26 -> 0.54. ")
    all_alike = after("tao 0.50 -> 100.00", tao=100.0)
    assert re.match(r"tao 0.50 -> 100.00: loss 0.484 -> 1.3\d\d. Anchor \d changes most: 0.\d\d -> 1.\d\d. ", all_alike)
    assert "Most of it" not in all_alike


def test_a_change_against_the_others_is_not_most_of_it():
    before = read(named("line-up"))
    lower = replace(before, losses=before.losses + torch.tensor([-0.4, 0.3, 0.3, 0.3]))
    lower = replace(lower, forces=replace(before.forces, npair=before.forces.npair + 0.125))
    assert "Anchor 3 changes most: 0.99 -> 0.59. " in narrate(lower, before, "act")


def test_a_change_too_small_to_print_is_not_told():
    slightly = read(named("line-up"), tao=0.502)
    sentence = narrate(slightly, read(named("line-up")), "tao 0.50 -> 0.502")
    assert "Most of it" not in sentence
    assert "changes most" not in sentence


def test_other_classes_are_not_compared():
    starts(after("scene", then="circle"), "scene: loss 0.484 -> ")
    assert "anchor 3" not in after("scene", then="circle")
    fewer = read(named("line-up", n_classes=2))
    starts(narrate(fewer, read(named("line-up")), "classes 4 -> 2"), "classes 4 -> 2: loss 0.484 -> ")


def test_a_single_pair_stays_a_single_pair_after_an_act():
    one = read(named("one pair"))
    assert narrate(one, one, "tao 0.50 -> 1.00") == f"tao 0.50 -> 1.00: the loss stays 0.000. {ALONE}"


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
        (1e-13, 3, "0.000"),
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
    act = f"tao {fixed(one['tao'], 2)} -> {fixed(tao, 2)}"
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
