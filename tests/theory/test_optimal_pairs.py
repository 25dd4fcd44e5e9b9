import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.autograd.functional import hessian

from npair_viz.losses.gradients import npair_gradients
from npair_viz.losses.npair import npair_loss
from npair_viz.theory.closed_forms import LARGEST_RAW_RING, ring, ring_size, simplex
from npair_viz.theory.optimal_pairs import optimal_pairs
from npair_viz.theory.phase import phase
from npair_viz.theory.ruler import loss_ruler

TAOS = st.floats(math.log(1e-2), math.log(1e2)).map(math.exp)


def lengths(pairs):
    return torch.cat([pairs.anchors, pairs.positives]).norm(dim=1)


@given(n=st.integers(2, 9), spare=st.integers(0, 3))
def test_a_simplex_has_equal_cosines_of_minus_one_over_n_minus_one(n, spare):
    corners = simplex(n, n - 1 + spare)
    cosines = torch.full((n, n), -1 / (n - 1), dtype=torch.float64).fill_diagonal_(1)
    torch.testing.assert_close(corners @ corners.T, cosines, atol=1e-12, rtol=0)


@given(n=st.integers(1, 9), spare=st.integers(0, 2), tao=TAOS, objective=st.sampled_from(["mc", "ovo"]))
def test_unit_pairs_with_room_for_a_simplex_reach_the_floor(n, spare, tao, objective):
    dimension = max(n - 1, 1) + spare
    best = optimal_pairs(n, dimension, tao, objective=objective)
    assert best.exact
    assert best.anchors.shape == best.positives.shape == (n, dimension)
    torch.testing.assert_close(lengths(best), torch.ones(2 * n, dtype=torch.float64))
    assert best.loss == pytest.approx(loss_ruler(n, tao, objective=objective).floor, rel=1e-9)


@given(n=st.integers(2, 40), tao=TAOS)
def test_unit_pairs_in_the_plane_are_equally_spaced(n, tao):
    best = optimal_pairs(n, 2, tao)
    steps = (best.anchors * best.anchors.roll(-1, 0)).sum(dim=1)
    assert best.exact
    torch.testing.assert_close(steps, torch.full((n,), math.cos(2 * math.pi / n), dtype=torch.float64))
    assert best.loss == pytest.approx(loss_ruler(n, tao, dimension=2).floor, rel=1e-9)


@pytest.mark.parametrize("objective", ["mc", "ovo"])
def test_unit_pairs_on_a_line_sit_at_its_two_ends(objective):
    best = optimal_pairs(5, 1, 0.5, objective=objective)
    assert best.exact
    assert sorted(best.anchors.flatten().tolist()) == [-1, -1, -1, 1, 1]
    assert best.loss == pytest.approx(loss_ruler(5, 0.5, objective=objective, dimension=1).floor, rel=1e-12)


@pytest.mark.parametrize(
    ("n", "dimension", "tao", "objective"),
    [(8, 2, 0.5, "ovo"), (8, 3, 0.5, "mc"), (6, 4, 0.1, "ovo"), (11, 3, 0.3, "mc"), (12, 2, 0.5, "ovo")],
)
def test_what_a_search_finds_is_a_rest_for_unit_pairs(n, dimension, tao, objective):
    best = optimal_pairs(n, dimension, tao, objective=objective)
    forces = npair_gradients(best.anchors, best.positives, tao=tao, objective=objective, normalize=True)
    assert not best.exact
    torch.testing.assert_close(lengths(best), torch.ones(2 * n, dtype=torch.float64))
    assert n * tao * max(forces.on_anchors.norm(), forces.on_positives.norm()) < 2e-4
    assert loss_ruler(n, tao, objective=objective).floor < best.loss < loss_ruler(n, tao, objective=objective).chance


@pytest.mark.parametrize(
    ("n", "dimension", "share", "objective"),
    [
        (4, 3, 0.3, "mc"),
        (5, 7, 0.3, "ovo"),
        (6, 2, 0.5, "mc"),
        (6, 3, 0.3, "mc"),
        (8, 2, 0.4, "ovo"),
        (5, 1, 0.4, "mc"),
    ],
)
def test_raw_pairs_are_at_rest_where_the_phase_says(n, dimension, share, objective):
    tao = 0.4
    l2_reg = share * (1 if objective == "mc" else n / 2) / (2 * tao)
    best = optimal_pairs(n, dimension, tao, l2_reg=l2_reg, normalize=False, objective=objective)
    forces = npair_gradients(best.anchors, best.positives, tao=tao, l2_reg=l2_reg, objective=objective)
    rest = phase(n, tao, l2_reg, objective=objective, dimension=dimension)
    assert n * tao * max(forces.on_anchors.norm(), forces.on_positives.norm()) < 2e-4
    assert (lengths(best).mean().item(), best.loss) == pytest.approx((rest.optimal_norm, rest.optimal_loss), rel=1e-9)
    assert best.exact == rest.exact


@pytest.mark.parametrize(("n", "dimension"), [(1, 2), (5, 2), (7, 3), (9, 1)])
def test_under_too_much_pressure_all_raw_pairs_are_at_the_origin(n, dimension):
    best = optimal_pairs(n, dimension, 0.5, l2_reg=1.5, normalize=False)
    assert best.exact
    assert lengths(best).tolist() == [0] * (2 * n)
    assert best.loss == pytest.approx(math.log(n))


def test_sixteen_raw_pairs_in_the_plane_leave_the_ring():
    n, pressure = 16, 0.1
    on_ring = math.sqrt(ring_size(n, pressure)) * ring(n)
    best = optimal_pairs(n, 2, 1.0, l2_reg=pressure / 2, normalize=False)
    assert not best.exact
    assert best.loss < npair_loss(on_ring, on_ring, l2_reg=pressure / 2).item() - 1e-4
    assert phase(n, 1.0, pressure / 2, dimension=2).optimal_loss == best.loss


@pytest.mark.parametrize(("n", "stays"), [(LARGEST_RAW_RING, True), (LARGEST_RAW_RING + 1, False)])
def test_the_raw_ring_is_stable_up_to_its_largest_and_not_beyond(n, stays):
    def slack(pressure):
        rows = math.sqrt(ring_size(n, pressure)) * ring(n)
        curvature = hessian(lambda pairs: npair_loss(*pairs, l2_reg=pressure / 2), torch.stack([rows, rows]))
        return n * torch.linalg.eigvalsh(curvature.view(4 * n, 4 * n))[0].item()

    assert (min(map(slack, (0.14, 0.1636, 0.19))) > -1e-9) == stays


def test_many_raw_pairs_in_the_plane_are_never_worse_than_their_ring():
    n, pressure = 20, 0.6
    on_ring = math.sqrt(ring_size(n, pressure)) * ring(n)
    best = optimal_pairs(n, 2, 1.0, l2_reg=pressure / 2, normalize=False)
    assert best.loss <= npair_loss(on_ring, on_ring, l2_reg=pressure / 2).item()


@pytest.mark.parametrize("dimension", [2, 3, 9])
def test_the_penalty_of_unit_pairs_is_a_constant(dimension):
    plain, held = (optimal_pairs(6, dimension, 0.5, l2_reg=l2_reg) for l2_reg in (0.0, 0.3))
    assert held.loss == pytest.approx(plain.loss + 0.6)
    assert torch.equal(held.anchors, plain.anchors)


@pytest.mark.parametrize("tao", [1e-4, 1e-2, 1e4])
@pytest.mark.parametrize("objective", ["mc", "ovo"])
def test_a_search_stays_finite_at_every_tao(tao, objective):
    best = optimal_pairs(6, 3, tao, objective=objective)
    assert best.anchors.isfinite().all()
    assert math.isfinite(best.loss)


def test_cold_unit_pairs_on_the_sphere_keep_as_far_apart_as_they_can():
    cosines = (lambda rows: rows @ rows.T)(optimal_pairs(8, 3, 0.001).anchors).fill_diagonal_(-1)
    assert cosines.max().item() == pytest.approx(0.26120, abs=3e-3)  # the square antiprism of Tammes' problem


def test_without_a_generator_the_search_is_repeatable_and_leaves_the_global_one_alone():
    state = torch.get_rng_state()
    first, second = (optimal_pairs(7, 3, 0.5) for _ in range(2))
    assert torch.equal(first.anchors, second.anchors)
    assert torch.equal(torch.get_rng_state(), state)


def test_a_generator_chooses_where_the_descents_start():
    first, again, other = (optimal_pairs(7, 3, 0.5, generator=torch.Generator().manual_seed(k)) for k in (1, 1, 2))
    assert torch.equal(first.anchors, again.anchors)
    assert not torch.equal(first.anchors, other.anchors)
    assert first.loss == pytest.approx(other.loss, abs=1e-6)


@pytest.mark.parametrize("around", [torch.no_grad, torch.inference_mode])
def test_the_search_descends_inside_no_grad_and_inference_mode(around):
    with around():
        inside = optimal_pairs(6, 3, 0.5)
    assert inside.loss == optimal_pairs(6, 3, 0.5).loss


def test_torchs_defaults_neither_matter_nor_change():
    expected = optimal_pairs(6, 3, 0.5)
    torch.set_default_dtype(torch.float64)
    try:
        with torch.device("meta"):
            found = optimal_pairs(6, 3, 0.5)
            rest = phase(5, 0.5, 0.02, dimension=2)
            ceiling = loss_ruler(5, 0.5).ceiling
    finally:
        torch.set_default_dtype(torch.float32)
    assert found.loss == expected.loss
    assert rest == phase(5, 0.5, 0.02, dimension=2)
    assert ceiling == loss_ruler(5, 0.5).ceiling


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: optimal_pairs(4, 2, 0.5, normalize=False),
            "longer is always better.*use l2_reg > 0 or normalize=True",
        ),
        (lambda: optimal_pairs(0, 2, 0.5), "n must be at least 1, got 0"),
        (lambda: optimal_pairs(4, 0, 0.5), "dimension must be at least 1, got 0"),
        (lambda: optimal_pairs(4, 2, -0.5), "tao must be positive"),
        (lambda: optimal_pairs(4, 2, torch.ones(2)), "use tao.squeeze"),
        (lambda: optimal_pairs(4, 2, 0.5, l2_reg=-1), "l2_reg must be zero or more"),
        (lambda: optimal_pairs(4, 2, 0.5, objective="nca"), "objective must be one of"),
        (lambda: optimal_pairs(5000, 3, 0.5), "more than 4096 pairs are too many to search"),
    ],
)
def test_wrong_settings_are_told_with_rule_value_and_mend(call, words):
    with pytest.raises(ValueError, match=words):
        call()
