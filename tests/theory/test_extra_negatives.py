"""The ruler beside extra negatives and of both directions."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from npair_viz.linalg import unit_rows
from npair_viz.losses.npair import npair_loss
from npair_viz.losses.objectives import chance
from npair_viz.theory.ruler import loss_ruler
from tests.support.free_descents import OBJECTIVES, TAOS, descend_freely, random_pairs


def test_chance_counts_extra_negatives_in_the_first_direction_alone():
    assert loss_ruler(5, 0.3, negatives=11).chance == pytest.approx(math.log(16))
    assert loss_ruler(5, 0.3, negatives=11, objective="ovo").chance == pytest.approx(15 * math.log(2))
    both = loss_ruler(5, 0.3, negatives=11, symmetric=True).chance
    assert both == pytest.approx((math.log(16) + math.log(5)) / 2)
    assert chance(5, "mc", 11) == pytest.approx(math.log(16))


@pytest.mark.parametrize("symmetric", [False, True])
@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize(("n", "m", "tao"), [(1, 3, 0.5), (2, 5, 1.0), (3, 2, 0.3), (4, 9, 2.0)])
def test_free_descents_end_on_the_floor_beside_extra_negatives(n, m, tao, objective, symmetric):
    ruler = loss_ruler(n, tao, objective=objective, negatives=m, symmetric=symmetric, dimension=max(n, 2))
    reached = descend_freely(n, max(n, 2), tao, objective=objective, extra=m, symmetric=symmetric)
    assert ruler.exact
    assert not ruler.is_bound
    assert reached == pytest.approx(ruler.floor, abs=1e-7)


@given(
    n=st.integers(1, 6),
    m=st.integers(1, 9),
    d=st.integers(1, 7),
    tao=TAOS,
    seed=st.integers(0, 999),
    objective=st.sampled_from(OBJECTIVES),
    symmetric=st.booleans(),
)
def test_no_unit_rows_leave_the_ruler(n, m, d, tao, seed, objective, symmetric):
    (anchors, other), (extra, _) = random_pairs(n, d, seed), random_pairs(m, d, seed)
    ruler = loss_ruler(n, tao, objective=objective, dimension=d, negatives=m, symmetric=symmetric)
    for positives in (anchors + 0.1 * other, other):
        rows = [unit_rows(one) for one in (anchors, positives, extra)]
        chosen = {"tao": tao, "objective": objective, "symmetric": symmetric}
        loss = npair_loss(*rows[:2], negatives=rows[2], **chosen).item()
        assert ruler.floor - 1e-12 <= loss <= 1.04 * ruler.ceiling


@pytest.mark.parametrize("dimension", [1, 2, 3])
def test_in_fewer_dimensions_than_pairs_the_floor_is_a_bound(dimension):
    ruler = loss_ruler(4, 0.5, dimension=dimension, negatives=3)
    assert ruler.is_bound
    assert not ruler.exact
    assert ruler.floor <= descend_freely(4, dimension, 0.5, extra=3)
    assert ruler.floor >= loss_ruler(4, 0.5, dimension=dimension, search=False).floor - 1e-12 or dimension < 3


@pytest.mark.parametrize("symmetric", [False, True])
@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("tao", [1e-4, 1e-2, 1.0, 1e4])
@pytest.mark.parametrize(("n", "m"), [(1, 1), (3, 2), (40, 65536)])
def test_the_ruler_is_finite_and_in_order_at_every_tao(n, m, tao, objective, symmetric):
    ruler = loss_ruler(n, tao, objective=objective, negatives=m, symmetric=symmetric)
    assert all(map(math.isfinite, (ruler.floor, ruler.chance, ruler.ceiling)))
    assert 0 <= ruler.floor < ruler.chance < ruler.ceiling


def test_without_extra_negatives_both_directions_have_the_ruler_of_one():
    assert loss_ruler(5, 0.3, symmetric=True) == loss_ruler(5, 0.3)


def test_a_number_of_negatives_below_zero_is_refused():
    with pytest.raises(ValueError, match="negatives must be at least 0, got -1"):
        loss_ruler(5, 0.3, negatives=-1)
