import itertools
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from npair_viz.gradients import npair_gradients
from npair_viz.loss import npair_loss
from npair_viz.optima import optimal_pairs
from npair_viz.rows import unit_rows
from npair_viz.shapes import LARGEST_RAW_RING
from npair_viz.theory import cold_limit, hot_limit, loss_ruler, phase, rescale

LINE_UP = [[90.0, 20.0, 200.0, 300.0], [140.0, 60.0, 215.0, 285.0]]
TAOS = st.floats(math.log(1e-2), math.log(1e2)).map(math.exp)
OBJECTIVES = ("mc", "ovo")


def line_up():
    angles = torch.deg2rad(torch.tensor(LINE_UP, dtype=torch.float64))
    return torch.stack([angles.cos(), angles.sin()], dim=-1)


def random_pairs(n, d, seed):
    return torch.randn(2, n, d, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def descend_freely(n, d, tao, *, l2_reg=0.0, objective="mc", unit=True, uphill=False, seeds=4, steps=150):
    """Least (uphill: largest) loss that descents of the plain loss reach, anchors and positives both free."""
    reached = []
    for seed in range(seeds):
        points = random_pairs(n, d, seed).requires_grad_()
        optimizer = torch.optim.LBFGS(
            [points], max_iter=steps, tolerance_grad=1e-12, tolerance_change=1e-15, line_search_fn="strong_wolfe"
        )

        def loss(points=points):
            rows = [unit_rows(side) for side in points] if unit else points
            return npair_loss(*rows, tao=tao, l2_reg=l2_reg, objective=objective)

        def closure(points=points, loss=loss):
            value = -loss() if uphill else loss()
            (points.grad,) = torch.autograd.grad(value, points)
            return value.detach()

        optimizer.step(closure)
        reached.append(loss().item())
    return max(reached) if uphill else min(reached)


# the ruler


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


def test_a_learned_tao_will_do():
    log_tao = torch.tensor(math.log(0.5), requires_grad=True)
    assert loss_ruler(4, log_tao.exp(), dimension=2).floor == pytest.approx(0.2539, abs=6e-5)
    assert phase(4, log_tao.exp(), 0.02, dimension=2).optimal_norm == pytest.approx(1.516, abs=6e-4)


# the phase law


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


# limits and laws


@given(n=st.integers(1, 8), d=st.integers(1, 5), seed=st.integers(0, 999), objective=st.sampled_from(OBJECTIVES))
def test_tao_times_loss_tends_to_the_cold_limit(n, d, seed, objective):
    anchors, positives = random_pairs(n, d, seed)
    tao = 1e-6
    limit = cold_limit(anchors @ positives.T, objective=objective)
    loss = npair_loss(anchors, positives, tao=tao, objective=objective)
    assert (tao * loss).item() == pytest.approx(limit.item(), abs=n * tao)


@given(n=st.integers(1, 8), d=st.integers(1, 5), seed=st.integers(0, 999), objective=st.sampled_from(OBJECTIVES))
def test_tao_times_what_the_loss_is_off_chance_tends_to_the_hot_limit(n, d, seed, objective):
    anchors, positives = random_pairs(n, d, seed)
    tao = 1e6
    limit = hot_limit(anchors @ positives.T, objective=objective)
    loss = npair_loss(anchors, positives, tao=tao, objective=objective)
    chance = loss_ruler(n, 1.0, objective=objective).chance
    assert (tao * (loss - chance)).item() == pytest.approx(limit.item(), abs=1e-3)


def test_the_limits_of_the_line_up_are_those_of_a_plain_loop():
    anchors, positives = line_up()
    s = (anchors @ positives.T).tolist()
    cold = [max(0, *(s[i][j] - s[i][i] for j in range(4) if j != i)) for i in range(4)]
    hot = [sum(s[i]) / 4 - s[i][i] for i in range(4)]
    assert cold_limit(anchors @ positives.T).item() == pytest.approx(sum(cold) / 4) == pytest.approx(0.0558, abs=6e-5)
    assert hot_limit(anchors @ positives.T).item() == pytest.approx(sum(hot) / 4)


@pytest.mark.parametrize("limit", [cold_limit, hot_limit])
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_limits_keep_device_dtype_and_graph_and_lift_half_precision(limit, objective):
    similarities = torch.eye(3, dtype=torch.float64, requires_grad=True)
    limit(similarities, objective=objective).backward()
    assert similarities.grad is not None
    assert limit(similarities.detach().half(), objective=objective).dtype == torch.float32
    assert limit(torch.empty(0, 0), objective=objective).item() == 0


@given(
    n=st.integers(1, 6),
    d=st.integers(1, 4),
    tao=TAOS,
    l2_reg=st.floats(0, 5),
    seed=st.integers(0, 999),
    objective=st.sampled_from(OBJECTIVES),
)
def test_rescaled_pairs_have_the_same_loss_at_tao_one(n, d, tao, l2_reg, seed, objective):
    anchors, positives = random_pairs(n, d, seed)
    same = rescale(anchors, positives, tao, l2_reg)
    ours = npair_loss(anchors, positives, tao=tao, l2_reg=l2_reg, objective=objective)
    theirs = npair_loss(same.anchors, same.positives, tao=1.0, l2_reg=same.l2_reg, objective=objective)
    assert theirs.item() == pytest.approx(ours.item(), rel=1e-9, abs=1e-12)


# wrong input


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: loss_ruler(0, 0.5), "n must be at least 1, got 0"),
        (lambda: loss_ruler(4, 0.0), "tao must be positive"),
        (lambda: loss_ruler(4, 0.5, dimension=0), "dimension must be at least 1"),
        (lambda: loss_ruler(4, 0.5, objective="nca"), "objective must be one of 'mc', 'ovo'"),
        (lambda: loss_ruler(5000, 0.5, dimension=64), "leave dimension out"),
        (lambda: phase(4, 0.5, -1.0), "l2_reg must be zero or more"),
        (lambda: phase(4, 0.5, 0.1, objective="nca"), "objective must be one of"),
        (lambda: cold_limit(torch.ones(2, 3)), "similarities must be square"),
        (lambda: hot_limit(torch.ones(2, 2), objective="nca"), "objective must be one of"),
        (lambda: rescale(torch.ones(2, 2), torch.ones(2, 3), 1.0), "positives must have anchors' shape"),
    ],
)
def test_wrong_settings_are_told_with_rule_value_and_mend(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_a_loss_that_still_has_its_graph_gets_its_score():
    loss = torch.tensor(0.5, requires_grad=True) * 1
    assert loss_ruler(8, 0.1).score(loss) == loss_ruler(8, 0.1).score(0.5)
