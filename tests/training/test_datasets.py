"""Worlds, data sets to train on: what they hold, their split by class, and which rows are measured and shown."""

import pytest
import torch
from torch import nn

from npair_viz.training.datasets import blends, digits, from_data, named, of_classes, split_by_class
from npair_viz.training.metrics import recall_at_k
from npair_viz.training.snapshot import plane_of, unseen_metrics


@pytest.fixture(scope="module")
def world():
    """Eleven synthetic classes of seven rows; six are seen."""
    return blends(3, n_classes=11, rows=7)


# --- split by class


def test_a_split_puts_each_class_of_two_rows_in_one_half():
    labels = torch.tensor([5, 5, 9, 9, 9, 2, 2, 7, 11, 11, 4, 4])
    seen, unseen = split_by_class(labels, seed=1)
    assert (len(seen), len(unseen)) == (3, 2)
    assert sorted(seen + unseen) == [2, 4, 5, 9, 11]
    assert split_by_class(labels, seed=1) == (seen, unseen)
    assert len({split_by_class(labels, seed=seed) for seed in range(9)}) > 3


def test_too_few_classes_to_split_are_refused():
    with pytest.raises(ValueError, match="four classes of two rows or more, got 3"):
        split_by_class(torch.tensor([0, 0, 1, 1, 2, 2, 3]))


# --- worlds


def test_a_synthetic_world_is_drawn_from_its_seed():
    assert torch.equal(blends(4).inputs, blends(4).inputs)
    assert not torch.equal(blends(4).inputs, blends(5).inputs)
    torch.testing.assert_close(blends().inputs.mean(dim=0), torch.zeros(64), atol=1e-5, rtol=0)


def test_digits_are_pixels_from_zero_to_one():
    world = digits(2)
    assert (world.inputs.min(), world.inputs.max()) == (0, 1)
    assert sorted(world.seen + world.unseen) == list(range(10))


@pytest.mark.parametrize(
    ("inputs", "labels", "message"),
    [
        ([[0.0], [1.0]], [0], "one entry a row of inputs, 2 in all, got 1"),
        ([[0.0]] * 4, [0, 0, 1, 1], "four classes"),
        ([[float("nan")]] * 8, [0, 0, 1, 1, 2, 2, 3, 3], "inputs must be finite"),
    ],
)
def test_a_persons_own_data_are_checked(inputs, labels, message):
    with pytest.raises(ValueError, match=message):
        from_data(inputs, labels)


def test_an_unknown_world_is_refused():
    with pytest.raises(ValueError, match="no world is called 'moon': choose one of digits, blends"):
        named("moon")


# --- what is measured and shown


def test_retrieval_is_measured_on_rows_of_unseen_classes(world):
    rows = [i for i, label in enumerate(world.labels.tolist()) if label in world.unseen]
    assert world.measured.tolist() == rows
    found = unseen_metrics(world, nn.Identity())
    assert found.recall == recall_at_k(world.inputs[rows], world.labels[rows])


def test_of_many_unseen_rows_a_thousand_spread_evenly_are_measured():
    labels = torch.arange(4).repeat_interleave(1100)
    world = of_classes("many", "", torch.randn(4400, 3), labels)
    counts = [int((world.labels[world.measured] == one).sum()) for one in world.unseen]
    assert sum(counts) <= 1000
    assert max(counts) - min(counts) <= 1


def test_a_picture_shows_thirty_rows_of_ten_classes():
    world = blends()
    labels = world.labels[world.shown]
    assert torch.unique(labels).tolist() == sorted((*world.seen[:5], *world.unseen[:5]))
    assert len(labels) == 200  # of twenty rows each
    assert len(digits().shown) == 300


def test_a_plane_holds_the_share_of_squared_length_that_it_says():
    rows = torch.randn(40, 7) * torch.tensor([3, 2, 1, 1, 1, 1, 1.0])
    plane = plane_of(rows, None)
    assert plane.project(rows).square().sum() / rows.square().sum() == pytest.approx(plane.held, abs=1e-5)


def test_a_plane_does_not_turn_from_one_snapshot_to_the_next():
    rows = torch.randn(40, 7) * torch.tensor([2, 2, 1, 1, 1, 1, 1.0])
    turn = torch.tensor([[0.28, -0.96], [-0.96, -0.28]])
    before = plane_of(rows, None).project(rows) @ turn
    plane = plane_of(rows, before)
    torch.testing.assert_close(plane.project(rows), before, atol=1e-4, rtol=0)
    torch.testing.assert_close(plane.axes @ plane.axes.T, torch.eye(2), atol=1e-5, rtol=0)
