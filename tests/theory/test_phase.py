"""The phase law: where raw vectors come to rest under l2_reg, and where they collapse."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from npair_viz.losses.gradients import npair_gradients
from npair_viz.losses.npair import npair_loss
from npair_viz.theory.closed_forms import LARGEST_RAW_RING
from npair_viz.theory.optimal_pairs import optimal_pairs
from npair_viz.theory.phase import phase
from npair_viz.theory.ruler import loss_ruler
from tests.support.free_descents import OBJECTIVES, TAOS, descend_freely, random_pairs


@pytest.mark.parametrize(
    ("tao", "l2_reg", "norm", "loss"),
    [
        (0.5, 0.02, 1.516, 0.1120),
        (0.5, 0.1, 1.213, 0.3970),
        (0.5, 0.5, 0.741, 1.1247),
        (0.5, 0.9, 0.317, 1.3763),
        (0.5, 2.0, 0.0, 1.3863),
        (1.0, 0.25, 1.048, 1.1247),
    ],
)
def test_the_phase_in_the_plane_has_the_lessons_numbers(tao, l2_reg, norm, loss):
    rest = phase(4, tao, l2_reg, dimension=2)
    assert rest.exact
    assert (rest.optimal_norm, rest.optimal_loss) == pytest.approx((norm, loss), abs=6e-4)


def test_raising_tao_first_spreads_and_then_collapses():
    norms = [phase(4, tao, 0.02, dimension=2).optimal_norm for tao in (0.1, 0.5, 5, 20, 24, 25)]
    assert norms == pytest.approx([0.788, 1.516, 3.315, 2.848, 1.386, 0], abs=6e-4)


def test_the_simplex_is_smaller_and_better_than_the_square():
    rest = phase(4, 0.5, 0.02)
    assert (rest.optimal_norm, rest.optimal_loss) == pytest.approx((1.408, 0.0944), abs=6e-4)


def test_the_l2_reg_of_length_one_differs_between_plane_and_simplex():
    assert phase(4, 0.5, 0.238, dimension=2).optimal_norm == pytest.approx(1, abs=2e-3)
    assert phase(4, 0.5, 0.230).optimal_norm == pytest.approx(1, abs=2e-3)
    assert not phase(4, 0.5, 0.999).collapsed
    assert phase(4, 0.5, 1.0).collapsed


@given(n=st.integers(2, 12), tao=TAOS, pressure=st.floats(1e-6, 0.999))
def test_the_simplex_rests_where_the_law_says(n, tao, pressure):
    rest = phase(n, tao, pressure / (2 * tao))
    q = pressure * (n - 1) / n
    squared = tao * (n - 1) / n * math.log((n - 1) * (1 - q) / q)
    assert rest.error_mass == pytest.approx(q, rel=1e-12)
    assert rest.optimal_norm == pytest.approx(math.sqrt(squared), rel=1e-6)
    assert rest.optimal_loss == pytest.approx(-math.log(1 - q) + pressure / tao * squared, rel=1e-6)


@given(n=st.integers(2, 12), tao=TAOS, share=st.floats(1e-6, 0.999))
def test_the_ovo_simplex_rests_where_the_law_says(n, tao, share):
    pressure = share * n / 2
    rest = phase(n, tao, pressure / (2 * tao), objective="ovo")
    q = pressure / n
    squared = tao * (n - 1) / n * math.log((1 - q) / q)
    assert rest.error_mass == pytest.approx((n - 1) * q, rel=1e-12)
    assert rest.optimal_norm == pytest.approx(math.sqrt(squared), rel=1e-6)
    assert rest.optimal_loss == pytest.approx(-(n - 1) * math.log(1 - q) + pressure / tao * squared, rel=1e-6)


@given(tao=TAOS, pressure=st.floats(1e-6, 0.999))
def test_the_square_has_the_radius_of_its_own_closed_form(tao, pressure):
    norm = phase(4, tao, pressure / (2 * tao), dimension=2).optimal_norm
    assert norm == pytest.approx(math.sqrt(tao * math.log((1 - pressure / 2) / (pressure / 2))), rel=1e-6)


@given(tao=TAOS, pressure=st.floats(1e-6, 0.999))
def test_three_pairs_in_the_plane_are_a_simplex(tao, pressure):
    plane, space = (phase(3, tao, pressure / (2 * tao), dimension=d) for d in (2, None))
    assert plane == space


@given(n=st.integers(4, LARGEST_RAW_RING), tao=TAOS, pressure=st.floats(1e-3, 0.99))
@settings(max_examples=15)
def test_no_other_radius_of_the_ring_has_a_lower_loss(n, tao, pressure):
    l2_reg = pressure / (2 * tao)
    rest = phase(n, tao, l2_reg, dimension=2)
    ring = optimal_pairs(n, 2, tao).anchors
    for stretch, at_rest in ((0.9, False), (1.0, True), (1.1, False)):
        rows = stretch * rest.optimal_norm * ring
        loss = npair_loss(rows, rows, tao=tao, l2_reg=l2_reg).item()
        assert loss == pytest.approx(rest.optimal_loss, abs=1e-9) if at_rest else loss > rest.optimal_loss


@pytest.mark.parametrize(
    ("n", "d", "objective", "share"),
    [
        (2, 1, "mc", 0.3),
        (4, 5, "mc", 0.5),
        (3, 2, "ovo", 0.2),
        (5, 4, "ovo", 0.7),
        (5, 2, "mc", 0.1),
        (9, 2, "mc", 0.3),
        (6, 3, "mc", 0.4),
        (7, 2, "ovo", 0.3),
        (4, 1, "mc", 0.3),
        (4, 1, "ovo", 0.5),
    ],
)
def test_free_descents_of_raw_pairs_end_at_the_phase(n, d, objective, share):
    tao = 0.7
    l2_reg = share * (1 if objective == "mc" else n / 2) / (2 * tao)
    rest = phase(n, tao, l2_reg, objective=objective, dimension=d)
    assert rest.exact == (d >= n - 1 or (d == 2 and objective == "mc"))
    found = descend_freely(n, d, tao, l2_reg=l2_reg, objective=objective, unit=False)
    assert rest.optimal_loss == pytest.approx(found, abs=1e-5)
    assert rest.optimal_loss < (n - 1) * math.log(2) if objective == "ovo" else rest.optimal_loss < math.log(n)


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("d", [1, 2, 3])
def test_above_the_threshold_free_descents_fall_into_the_origin_in_any_dimension(d, objective):
    n, tao = 5, 2.0
    l2_reg = 1.2 * (1 if objective == "mc" else n / 2) / (2 * tao)
    rest = phase(n, tao, l2_reg, objective=objective, dimension=d)
    chance = math.log(n) if objective == "mc" else (n - 1) * math.log(2)
    assert rest.collapsed
    assert (rest.optimal_norm, rest.optimal_loss) == pytest.approx((0, chance))
    found = descend_freely(n, d, tao, l2_reg=l2_reg, objective=objective, unit=False)
    assert found == pytest.approx(chance, abs=1e-9)


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("d", [1, 2, 3])
def test_below_the_threshold_there_is_something_better_than_the_origin_in_any_dimension(d, objective):
    n, tao = 5, 2.0
    l2_reg = 0.8 * (1 if objective == "mc" else n / 2) / (2 * tao)
    rest = phase(n, tao, l2_reg, objective=objective, dimension=d)
    assert not rest.collapsed
    assert rest.optimal_norm > 0.1
    assert rest.optimal_loss < loss_ruler(n, tao, objective=objective).chance - 1e-3


@pytest.mark.parametrize(
    ("n", "d", "objective", "share"),
    [
        (4, 3, "mc", 0.2),
        (6, 2, "mc", 0.2),
        (5, 4, "ovo", 0.3),
        (6, 2, "ovo", 0.2),
        (5, 3, "mc", 0.6),
        (4, 2, "mc", 1.1),
    ],
)
def test_the_error_mass_is_the_weight_on_the_negatives_at_rest(n, d, objective, share):
    tao = 1.3
    l2_reg = share * (1 if objective == "mc" else n / 2) / (2 * tao)
    best = optimal_pairs(n, d, tao, l2_reg=l2_reg, normalize=False, objective=objective)
    weights = npair_gradients(best.anchors, best.positives, tao=tao, objective=objective).weights
    mass = weights.masked_fill(torch.eye(n, dtype=torch.bool), 0).sum(dim=1).mean().item()
    rest = phase(n, tao, l2_reg, objective=objective, dimension=d)
    assert rest.error_mass == pytest.approx(mass, abs=1e-9)


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("dimension", [None, 2])
def test_only_the_product_of_l2_reg_and_tao_shapes_the_rest(dimension, objective):
    ours = phase(5, 0.5, 0.2, objective=objective, dimension=dimension)
    theirs = phase(5, 2.0, 0.05, objective=objective, dimension=dimension)
    assert ours.pressure == theirs.pressure == pytest.approx(0.2)
    assert ours.optimal_loss == pytest.approx(theirs.optimal_loss, rel=1e-12)
    assert 2 * ours.optimal_norm == pytest.approx(theirs.optimal_norm, rel=1e-9)


def test_thresholds_are_one_for_mc_and_half_of_n_for_ovo():
    assert [phase(n, 1.0, 0.1).threshold for n in (2, 5, 9)] == [1, 1, 1]
    assert [phase(n, 1.0, 0.1, objective="ovo").threshold for n in (2, 5, 9)] == [1, 2.5, 4.5]
    assert phase(7, 1.0, 1.0, objective="ovo").collapsed is False
    assert phase(7, 1.0, 1.75, objective="ovo").collapsed is True


def test_the_default_l2_reg_collapses_from_tao_25():
    assert [phase(4, tao, 0.02).collapsed for tao in (24.9, 25, 30)] == [False, True, True]


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_without_l2_reg_lengths_grow_for_ever_and_the_loss_falls_to_nothing(objective):
    rest = phase(4, 0.5, 0.0, objective=objective, dimension=2)
    assert (rest.collapsed, rest.error_mass, rest.optimal_norm, rest.optimal_loss) == (False, 0, math.inf, 0)


def far_apart_on_a_line(n):
    """Pairs of which each is told from those nearer to the middle, and from no other; n is even."""
    gaps = [10.0 ** (5 * k) for k in range(n // 2)]
    tops = [sum(gaps[k:]) for k in range(n // 2)]
    tilts = [10.0**2.5 / gap for gap in gaps]
    rows = torch.tensor([[*tilts, *(-tilt for tilt in tilts)], [*tops, *(-top for top in tops)]], dtype=torch.float64)
    return rows.unsqueeze(-1)


@pytest.mark.parametrize("n", [2, 4, 6])
def test_on_a_line_without_l2_reg_the_loss_falls_to_what_ranks_leave(n):
    ranks = [min(place, n + 1 - place) for place in range(1, n + 1)]
    left = {"mc": sum(map(math.log, ranks)) / n, "ovo": sum(rank - 1 for rank in ranks) * math.log(2) / n}
    for objective in OBJECTIVES:
        rest = phase(n, 1.0, 0.0, objective=objective, dimension=1)
        weights = npair_gradients(*far_apart_on_a_line(n), objective=objective).weights
        mass = weights.masked_fill(torch.eye(n, dtype=torch.bool), 0).sum(dim=1).mean().item()
        assert rest.optimal_norm == math.inf
        assert rest.optimal_loss == pytest.approx(left[objective])
        assert npair_loss(*far_apart_on_a_line(n), objective=objective).item() == pytest.approx(
            left[objective], abs=5e-3
        )
        assert rest.error_mass == pytest.approx(mass, abs=5e-3)


@given(n=st.integers(3, 7), seed=st.integers(0, 999), size=st.floats(0.1, 100), objective=st.sampled_from(OBJECTIVES))
def test_no_pairs_on_a_line_go_below_what_the_loss_falls_to(n, seed, size, objective):
    anchors, positives = size * random_pairs(n, 1, seed)
    limit = phase(n, 1.0, 0.0, objective=objective, dimension=1).optimal_loss
    assert npair_loss(anchors, positives, objective=objective).item() >= limit - 1e-12


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_a_single_pair_collapses_as_soon_as_l2_reg_acts(objective):
    held, free = (phase(1, 0.5, l2_reg, objective=objective) for l2_reg in (1e-9, 0.0))
    assert (held.collapsed, held.error_mass, held.optimal_norm, held.optimal_loss) == (True, 0, 0, 0)
    assert (free.collapsed, free.error_mass, free.optimal_loss) == (False, 0, 0)
    assert math.isnan(free.optimal_norm)


@pytest.mark.parametrize("tao", [1e-4, 1e4])
@pytest.mark.parametrize("pressure", [1e-9, 1 - 1e-9])
@pytest.mark.parametrize(("n", "dimension"), [(2, 1), (5, None), (4, 2), (13, 2)])
def test_the_phase_is_finite_at_the_ends_of_its_range(n, dimension, tao, pressure):
    rest = phase(n, tao, pressure / (2 * tao), dimension=dimension)
    assert not rest.collapsed
    assert 0 < rest.optimal_norm < 1e4
    assert 0 < rest.optimal_loss <= math.log(n) + 1e-12
