"""The ruler: floor, chance and ceiling of the loss, against lessons, random pairs and free descents."""

import itertools
import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from npair_viz.linalg import unit_rows
from npair_viz.losses.npair import npair_loss
from npair_viz.theory.ruler import loss_ruler
from tests.support.free_descents import OBJECTIVES, TAOS, descend_freely, random_pairs


@pytest.mark.parametrize(
    ("n", "tao", "dimension", "floor"),
    [
        (32, 1.0, None, 2.4884),
        (32, 1.0, 31, 2.4884),
        (32, 1.0, 2, 2.7017),
        (8, 1.0, 2, 1.3154),
        (4, 1.0, 2, 0.6265),
        (4, 0.5, 2, 0.2539),
        (4, 1.0, 3, 0.5827),
    ],
)
def test_the_floor_has_the_lessons_numbers(n, tao, dimension, floor):
    ruler = loss_ruler(n, tao, dimension=dimension)
    assert ruler.exact
    assert ruler.floor == pytest.approx(floor, abs=6e-5)
    assert ruler.chance == pytest.approx(math.log(n))


@pytest.mark.parametrize(
    ("n", "tao", "dimension", "loss", "score"),
    [(32, 1.0, None, 2.60, 0.886), (256, 0.1, None, 1.10, 0.803), (4, 0.5, 2, 0.484, 0.797)],
)
def test_the_score_compares_runs_of_other_sizes(n, tao, dimension, loss, score):
    assert loss_ruler(n, tao, dimension=dimension).score(loss) == pytest.approx(score, abs=6e-4)


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_the_score_is_one_zero_and_minus_one_at_the_marks_and_linear_between(objective):
    ruler = loss_ruler(5, 0.7, objective=objective)
    marks = [ruler.floor, ruler.chance, ruler.ceiling]
    halves = [(marks[0] + marks[1]) / 2, (marks[1] + marks[2]) / 2]
    assert [ruler.score(mark) for mark in marks] == [1, 0, -1]
    assert [ruler.score(torch.tensor(half)) for half in halves] == pytest.approx([0.5, -0.5], abs=1e-6)


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_a_single_pair_scores_one(objective):
    ruler = loss_ruler(1, 0.5, objective=objective)
    assert (ruler.floor, ruler.chance, ruler.ceiling, ruler.score(0.0)) == (0, 0, 0, 1)


def test_a_score_of_nan_is_nan():
    assert math.isnan(loss_ruler(4, 0.5).score(math.nan))


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize(("n", "dimension"), [(1, 1), (2, 1), (3, 2), (4, 3), (5, 4), (3, 1), (6, 1), (5, 3)])
@pytest.mark.parametrize("tao", [1e-4, 1e-2, 1.0, 1e4])
def test_the_ruler_is_finite_and_in_order_at_every_tao(n, dimension, tao, objective):
    ruler = loss_ruler(n, tao, objective=objective, dimension=dimension)
    assert all(map(math.isfinite, (ruler.floor, ruler.chance, ruler.ceiling)))
    assert ruler.floor <= ruler.chance <= ruler.ceiling
    assert (ruler.floor < ruler.chance < ruler.ceiling) or n == 1


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_a_floor_too_small_for_one_plus_keeps_its_digits(objective):
    ruler = loss_ruler(3, 0.03, objective=objective)
    assert ruler.floor == pytest.approx(2 * math.exp(-1.5 / 0.03), rel=1e-12)


@given(
    n=st.integers(1, 7),
    spare=st.integers(0, 2),
    tao=TAOS,
    seed=st.integers(0, 999),
    objective=st.sampled_from(OBJECTIVES),
)
def test_no_unit_pairs_leave_the_ruler(n, spare, tao, seed, objective):
    d = max(n - 1, 1) + spare
    anchors, positives = map(unit_rows, random_pairs(n, d, seed))
    ruler = loss_ruler(n, tao, objective=objective, dimension=d)
    loss = npair_loss(anchors, positives, tao=tao, objective=objective).item()
    assert ruler.floor - 1e-12 <= loss <= ruler.ceiling + 1e-12


@given(n=st.integers(4, 40), tao=TAOS, seed=st.integers(0, 999))
def test_no_unit_pairs_in_the_plane_go_below_the_ring(n, tao, seed):
    anchors, positives = map(unit_rows, random_pairs(n, 2, seed))
    close = unit_rows(positives + 0.1 * anchors.roll(1, 0))
    assert npair_loss(positives, close, tao=tao).item() >= loss_ruler(n, tao, dimension=2).floor - 1e-12


@pytest.mark.parametrize(
    ("n", "d", "tao", "objective"),
    [(2, 3, 0.5, "mc"), (4, 3, 1.0, "mc"), (5, 6, 0.3, "ovo"), (4, 2, 0.5, "mc"), (7, 2, 0.2, "mc"), (5, 2, 2.0, "mc")],
)
def test_free_descents_end_on_the_exact_floor(n, d, tao, objective):
    ruler = loss_ruler(n, tao, objective=objective, dimension=d)
    assert ruler.exact
    assert descend_freely(n, d, tao, objective=objective) == pytest.approx(ruler.floor, abs=1e-7)


@pytest.mark.parametrize(
    ("n", "d", "tao", "objective"), [(5, 3, 0.5, "mc"), (8, 2, 0.5, "ovo"), (7, 4, 1.0, "ovo"), (8, 3, 0.1, "mc")]
)
def test_a_floor_without_a_closed_form_is_as_low_as_free_descents(n, d, tao, objective):
    ruler = loss_ruler(n, tao, objective=objective, dimension=d)
    assert not ruler.exact
    assert ruler.floor == pytest.approx(descend_freely(n, d, tao, objective=objective), abs=2e-6)


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("tao", [0.1, 1.0, 10.0])
@pytest.mark.parametrize("n", [2, 3, 4, 5])
def test_the_line_holds_its_ruler_over_every_sign_pattern(n, tao, objective):
    signs = torch.tensor(list(itertools.product([1.0, -1.0], repeat=2 * n)), dtype=torch.float64)
    losses = [
        npair_loss(row[:n, None], row[n:, None], tao=tao, objective=objective).item()
        for row in signs[: len(signs) // 2]
    ]
    ruler = loss_ruler(n, tao, objective=objective, dimension=1)
    assert ruler.exact
    assert (ruler.floor, ruler.ceiling) == pytest.approx((min(losses), max(losses)), abs=1e-12)


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("n", [2, 3, 4, 5])
@pytest.mark.parametrize("tao", [0.2, 1.0, 5.0])
def test_free_ascents_end_at_the_ceiling(n, tao, objective):
    found = descend_freely(n, 3, tao, objective=objective, uphill=True, seeds=3, steps=60)
    assert found == pytest.approx(loss_ruler(n, tao, objective=objective).ceiling, abs=2e-6)


def test_three_pairs_can_be_more_wrong_than_two_opposite_groups():
    two_groups = (math.log(1 + 2 * math.exp(2 / 10)) + 2 * math.log(2 + math.exp(2 / 10))) / 3
    opposite_simplex = math.log(1 + 2 * math.exp(1.5 / 10))
    assert opposite_simplex > two_groups
    assert loss_ruler(3, 10.0).ceiling == pytest.approx(opposite_simplex, abs=1e-10)


@pytest.mark.parametrize("n", [2, 3, 6, 9])
def test_the_ceiling_is_below_the_upper_bound_and_on_it_for_two_pairs(n):
    bound = math.log(1 + (n - 1) * math.exp(2 / 0.5))
    ceiling = loss_ruler(n, 0.5).ceiling
    assert ceiling == pytest.approx(bound, abs=1e-12) if n == 2 else ceiling < bound


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_chance_is_the_loss_of_equal_similarities(objective):
    loss = npair_loss(torch.ones(6, 3), torch.ones(6, 3), tao=0.3, objective=objective)
    assert loss_ruler(6, 0.3, objective=objective).chance == pytest.approx(loss.item(), abs=1e-6)


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_one_more_dimension_never_raises_the_floor(objective):
    floors = [loss_ruler(6, 0.5, objective=objective, dimension=d).floor for d in (1, 2, 3, 4, 5, None)]
    assert floors == sorted(floors, reverse=True)
    assert floors[-1] == floors[-2]


def test_a_loss_that_still_has_its_graph_gets_its_score():
    loss = torch.tensor(0.5, requires_grad=True) * 1
    assert loss_ruler(8, 0.1).score(loss) == loss_ruler(8, 0.1).score(0.5)
