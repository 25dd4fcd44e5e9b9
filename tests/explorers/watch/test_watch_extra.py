"""A watched loss hands over its extra negatives and whether it asks both ways."""

import math

import pytest
import torch

from npair_viz import NPairLoss, loss_ruler, watch

LABELS = torch.arange(6).repeat(2)
GENERATOR = torch.Generator().manual_seed(5)
ROWS, MORE = (torch.randn(count, 4, generator=GENERATOR) for count in (12, 9))


def row_of(loss: NPairLoss, rows: torch.Tensor, **beside: torch.Tensor) -> dict[str, float]:
    monitor = watch(loss, every=1)
    loss(rows.clone().requires_grad_(), LABELS, **beside)
    assert monitor.error is None
    (row,) = monitor.rows
    return row


@pytest.mark.parametrize("symmetric", [True, False])
@pytest.mark.parametrize("objective", ["mc", "ovo"])
def test_chance_is_that_of_all_candidates(symmetric: bool, objective: str) -> None:
    loss = NPairLoss(l2_reg=0.1, tao=0.5, policy="first", objective=objective, symmetric=symmetric)
    row = row_of(loss, torch.ones(12, 4), negatives=torch.ones(9, 4))
    assert row["negatives"] == 5 + 9
    assert row["loss"] == pytest.approx(row["chance"])


@pytest.mark.parametrize("symmetric", [True, False])
def test_floor_and_chance_are_the_ruler_s(symmetric: bool) -> None:
    row = row_of(NPairLoss(0.0, 0.5, policy="first", symmetric=symmetric), ROWS, negatives=MORE)
    ruler = loss_ruler(6, 0.5, dimension=4, search=False, negatives=9, symmetric=symmetric)
    assert (row["floor"], row["chance"]) == pytest.approx((ruler.floor, ruler.chance))
    assert row["floor"] <= row["loss"]


def test_the_loss_of_the_looked_at_anchors_is_that_of_all_candidates() -> None:
    row = row_of(NPairLoss(0.0, 0.5, policy="first"), ROWS, negatives=MORE)
    assert row["pair_loss"] == pytest.approx(row["loss"], rel=1e-5)


def test_rows_of_an_anchor_s_own_class_are_no_negatives_of_it() -> None:
    classes = torch.tensor([0, 0, 0, 1, 7, 7, 7, 7, 7])
    row = row_of(NPairLoss(0.0, 0.5, policy="first"), ROWS, negatives=MORE, negative_labels=classes)
    assert row["negatives"] == pytest.approx(5 + (9 * 6 - 4) / 6)
    assert row["pair_loss"] == pytest.approx(row["loss"], rel=1e-5)
    assert math.isnan(row["floor"])


def test_an_empty_queue_is_none() -> None:
    loss = NPairLoss(0.0, 0.5, policy="first")
    without, beside = row_of(loss, ROWS), row_of(loss, ROWS, negatives=MORE[:0], negative_labels=LABELS[:0])
    assert {**beside, "seconds": 0.0} == {**without, "seconds": 0.0}
