"""Pairs that the caller or a miner chose: their loss equals a loop and another package, their mistakes are told."""

import math

import pytest
import torch
from torch import Tensor

from npair_viz.losses.npair import NPairWarning
from npair_viz.losses.npair_module import NPairLoss
from npair_viz.sampling.pairs import PairSelection, select_pairs
from tests.support.loop_oracles import dot, loop_loss

LABELS = torch.tensor([5, 3, 3, 5, 8, 8, 5, 3, 8, 1])
ROWS = torch.randn(10, 4, generator=torch.Generator().manual_seed(4), dtype=torch.float64)
ONE_A_CLASS = [(6, 0), (1, 7), (4, 8)]


def own(pairs: list[tuple[int, int]], labels: Tensor = LABELS) -> PairSelection:
    anchors, positives = zip(*pairs, strict=True)
    return PairSelection.of(torch.tensor(anchors), torch.tensor(positives), labels)


def loop_over(pairs: list[tuple[int, int]], tao: float) -> list[float]:
    """Loss of every pair of unit rows; the positives of other classes are its negatives."""
    rows = [[entry / math.dist(row, [0] * len(row)) for entry in row] for row in ROWS.tolist()]
    names, losses = LABELS.tolist(), []
    for anchor, positive in pairs:
        others = [j for i, j in pairs if names[i] != names[anchor]]
        lead = [(dot(rows[anchor], rows[j]) - dot(rows[anchor], rows[positive])) / tao for j in others]
        losses.append(math.log(1 + sum(map(math.exp, lead))))
    return losses


def pairs_of(selection: PairSelection) -> list[tuple[int, int]]:
    return list(zip(selection.anchors.tolist(), selection.positives.tolist(), strict=True))


# --- by row numbers


def test_own_pairs_keep_their_order_and_their_loss_is_that_of_a_loop():
    chosen = own(ONE_A_CLASS)
    assert pairs_of(chosen) == ONE_A_CLASS
    found = NPairLoss(l2_reg=0.0, tao=0.3, reduction="none")(ROWS, LABELS, chosen)
    anchors, positives = ROWS[[6, 1, 4]], ROWS[[0, 7, 8]]
    assert found.tolist() == pytest.approx(loop_loss(anchors, positives, 0.3, 0.0, "mc", normalize=True), rel=1e-10)


def test_own_pairs_of_one_class_are_not_each_others_negatives_and_may_share_rows():
    given = [(6, 0), (1, 7), (0, 6), (0, 3), (2, 1)]
    found = NPairLoss(l2_reg=0.0, tao=0.3, reduction="none")(ROWS, LABELS, own(given))
    assert found.tolist() == pytest.approx(loop_over(given, 0.3), rel=1e-10)
    assert own(given).pairs_per_class == 3


@pytest.mark.parametrize("kind", [torch.int32, torch.uint8])
def test_row_numbers_of_any_width_are_row_numbers(kind):
    chosen = PairSelection.of(torch.tensor([6, 1]).to(kind), torch.tensor([0, 7]).to(kind), LABELS.to(kind))
    assert pairs_of(chosen) == [(6, 0), (1, 7)]
    assert chosen.anchors.dtype == torch.int64


def test_pairs_that_select_pairs_chose_have_the_same_loss_by_their_numbers():
    chosen = select_pairs(LABELS, policy="hardest", embeddings=ROWS)
    loss = NPairLoss(tao=0.3)
    again = PairSelection.of(chosen.anchors, chosen.positives, LABELS)
    assert torch.equal(loss(ROWS, LABELS, chosen), loss(ROWS, LABELS, again))


def test_the_report_of_own_pairs_counts_rows_once_and_names_no_policy():
    assert own([(6, 0), (0, 3), (1, 7)]).report() == (
        "Pairs: 3, your own, from 2 of 4 classes. Rows used: 5 of 10, left out: 5.\n"
        "Negatives that an anchor meets: 1 to 2.\n"
        "Class (anchor → positive): 5 (6 → 0), 5 (0 → 3), 3 (1 → 7).\n"
        "Rows left out: 2, 4, 5, 8, 9.\n"
        "- rows alone in a class, where a pair takes two: 1, of class 1.\n"
        "- rows in none of your own pairs: 4, of class 3, 8."
    )


def test_no_own_pair_and_pairs_of_one_class_warn():
    none = torch.zeros(0, dtype=torch.int64)
    with pytest.warns(NPairWarning, match="pairs holds no pair"):
        assert NPairLoss()(ROWS, LABELS, PairSelection.of(none, none, LABELS)) == 0
    with pytest.warns(NPairWarning, match="2 pairs of one class alone"):
        assert NPairLoss(l2_reg=0.0)(ROWS, LABELS, own([(6, 0), (0, 3)])) == 0


# --- of a miner

TRIPLETS = [(6, 0, 1), (4, 8, 0), (6, 0, 4), (1, 7, 0), (4, 8, 2)]


def triplets() -> tuple[Tensor, ...]:
    return tuple(torch.tensor(part) for part in zip(*TRIPLETS, strict=True))


def test_the_different_pairs_of_triplets_are_taken_once():
    assert pairs_of(PairSelection.from_miner(triplets(), LABELS)) == [(1, 7), (4, 8), (6, 0)]


def test_negatives_of_a_tuple_of_pairs_are_not_used():
    a1, p = torch.tensor([6, 1, 4]), torch.tensor([0, 7, 8])
    a2, n = torch.tensor([9, 9]), torch.tensor([2, 3])
    chosen = PairSelection.from_miner((a1, p, a2, n), LABELS)
    assert set(pairs_of(chosen)) == set(ONE_A_CLASS)
    found = NPairLoss(l2_reg=0.0, tao=0.3)(ROWS, LABELS, chosen).item()
    assert found == pytest.approx(sum(loop_over(ONE_A_CLASS, 0.3)) / 3, rel=1e-10)


@pytest.mark.parametrize("four", [True, False])
def test_one_pair_a_class_has_the_loss_and_gradient_of_pytorch_metric_learning(four):
    losses = pytest.importorskip("pytorch_metric_learning.losses")
    a, p, n = triplets()
    indices = (a, p, a, n) if four else (a, p, n)
    rows, same = ROWS.clone().requires_grad_(), ROWS.clone().requires_grad_()
    theirs = losses.NPairsLoss()(same, LABELS, indices)
    ours = NPairLoss(l2_reg=0.0, tao=1.0)(rows, LABELS, PairSelection.from_miner(indices, LABELS))
    theirs.backward()
    ours.backward()
    torch.testing.assert_close(ours, theirs, rtol=1e-10, atol=1e-10)
    torch.testing.assert_close(rows.grad, same.grad, rtol=1e-10, atol=1e-10)


def test_a_miner_of_pytorch_metric_learning_goes_straight_in():
    miners = pytest.importorskip("pytorch_metric_learning.miners")
    indices = miners.MultiSimilarityMiner()(ROWS, LABELS)
    chosen = PairSelection.from_miner(indices, LABELS)
    given = sorted({*zip(indices[0].tolist(), indices[1].tolist(), strict=True)})
    assert pairs_of(chosen) == given
    found = NPairLoss(l2_reg=0.0, tao=0.3)(ROWS, LABELS, chosen).item()
    assert found == pytest.approx(sum(loop_over(given, 0.3)) / len(given), rel=1e-10)


# --- what is refused

NUMBERS = torch.tensor([6, 1])
REFUSED = {
    "outside": (
        lambda: own([(6, 10)]),
        ValueError,
        "positives must be row numbers from 0 to 9, .*, got 10: give the lab",
    ),
    "negative": (lambda: own([(-1, 0)]), ValueError, "anchors must be row numbers from 0 to 9, .*, got -1"),
    "one row": (lambda: own([(6, 0), (1, 1)]), ValueError, "a pair must be two rows, got row 1 twice: leave"),
    "two classes": (
        lambda: own([(6, 1)]),
        ValueError,
        "got row 6 of class 5 with row 1 of class 3: give both one label",
    ),
    "lengths": (lambda: PairSelection.of(NUMBERS, NUMBERS[:1], LABELS), ValueError, "anchors' length 2, got 1"),
    "floats": (lambda: PairSelection.of(NUMBERS.float(), NUMBERS, LABELS), TypeError, r"use anchors\.long\(\)"),
    "a mask": (lambda: PairSelection.of(LABELS == 5, NUMBERS, LABELS), TypeError, r"use anchors\.nonzero\(\)\.flatten"),
    "a column": (lambda: PairSelection.of(NUMBERS[:, None], NUMBERS, LABELS), ValueError, "one row number a pair"),
    "a list": (lambda: PairSelection.of([6], [0], LABELS), TypeError, r"use torch\.as_tensor\(anchors\)"),
    "a miner's tuple": (
        lambda: PairSelection.of(triplets(), NUMBERS, LABELS),
        TypeError,
        r"use PairSelection\.from_miner\(indices, labels\)",
    ),
    "two entries": (
        lambda: PairSelection.from_miner((NUMBERS, NUMBERS), LABELS),
        TypeError,
        r"got 2 entries: for anchors and positives alone use PairSelection\.of",
    ),
    "no tuple": (lambda: PairSelection.from_miner(None, LABELS), TypeError, "got NoneType"),
    "unequal": (
        lambda: PairSelection.from_miner((NUMBERS, NUMBERS[:1], NUMBERS), LABELS),
        ValueError,
        r"indices\[1\] must have the length of indices\[0\], 2, got 1",
    ),
    "a tuple in place of a selection": (
        lambda: NPairLoss()(ROWS, LABELS, triplets()),
        TypeError,
        r"PairSelection\.from_miner\(indices, labels\)",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_pairs_that_are_none_are_told_the_rule_what_came_and_the_mend(case):
    call, error, message = REFUSED[case]
    with pytest.raises(error, match=message):
        call()


# --- a selection of another batch


@pytest.mark.parametrize("room", [None, 4])
def test_a_selection_of_a_batch_of_another_size_is_refused(room):
    chosen = select_pairs(LABELS, policy="first", max_pairs=room)
    with pytest.raises(
        ValueError, match=r"this batch of 6 rows, got a selection of 10 rows: .*loss\.select\(embeddings"
    ):
        NPairLoss()(ROWS[:6], LABELS[:6], chosen)


@pytest.mark.parametrize("room", [None, 4])
def test_a_selection_of_a_batch_with_other_labels_is_refused(room):
    chosen = select_pairs(LABELS, policy="first", max_pairs=room)
    with pytest.raises(ValueError, match="with other labels, 5 in place of 1 at row 0: choose them from the same rows"):
        NPairLoss()(ROWS, LABELS.flip(0), chosen)


def test_equal_labels_of_another_width_are_the_same_batch():
    chosen = select_pairs(LABELS.int(), policy="first")
    assert torch.equal(NPairLoss()(ROWS, LABELS, chosen), NPairLoss(policy="first")(ROWS, LABELS))


@pytest.mark.parametrize("labels", [LABELS, LABELS.flip(0)])
def test_where_nobody_may_look_at_labels_the_loss_of_another_batch_is_not_a_number(labels):
    chosen = select_pairs(LABELS, policy="first", max_pairs=3)
    found = torch.compile(NPairLoss(policy="first"), fullgraph=True, backend="eager")(ROWS, labels, chosen)
    if labels is LABELS:
        torch.testing.assert_close(found, NPairLoss(policy="first")(ROWS, LABELS))
    else:
        assert found.isnan()
