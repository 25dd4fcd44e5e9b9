"""The four slots of the sentence under the picture: vote, push, ruler, lengths."""

import math
from dataclasses import replace

import pytest
import torch

from npair_viz.data.scenes import at_degrees, named, of_pairs
from npair_viz.geometry.narration import narrate
from npair_viz.geometry.reading import read
from tests.support.moved_scenes import put
from tests.support.saved_states import reading_of
from tests.support.sentence_edges import CHANGES, EDGES
from tests.support.sentence_ends import ALONE, ends, starts


def voted(shares, classes=(3, 8, 0, 1), **setting):
    """A raw scene whose first anchor gives these shares at tao 1; no other anchor has a direction."""
    anchors = torch.zeros(len(shares), 2, dtype=torch.float64)
    anchors[0, 0] = 1
    positives = torch.tensor([[math.log(share), 0.0] for share in shares], dtype=torch.float64)
    scene = of_pairs("voted", "", anchors, positives, classes[: len(shares)])
    return read(scene, tao=1.0, **{"l2_reg": 0.1, "normalize": False, **setting})


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
    sentence = narrate(after, before, "tao 0.50 → 0.05")
    assert "Most of it is anchor 3: 0.99 → 4.48. 100 % of the push on anchor 8 comes from 1. " in sentence
    quiet = narrate(before, before, "objective mc → mc")
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
    sentence = narrate(after, before, "same class none → 3 and 8")
    starts(sentence, "same class none → 3 and 8: loss 0.")
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


# --- a little below a number that decides, and a little above it


@pytest.mark.parametrize(("state", "said"), EDGES, ids=range(len(EDGES)))
def test_what_is_said_turns_at_its_number(state, said):
    assert said in narrate(reading_of(state))


@pytest.mark.parametrize(("before", "after", "said"), CHANGES, ids=range(len(CHANGES)))
def test_what_is_said_of_an_act_turns_at_its_number(before, after, said):
    assert said in narrate(reading_of(after), reading_of(before), "act")
