"""Formulas of docs/formulas.md that no other test holds; and that the page is whole and can be rendered."""

import ast
import math
import re

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from latex2mathml.converter import convert

from npair_viz import descend, effective_negatives, npair_gradients, npair_loss, scenes
from npair_viz.linalg import unit_rows
from npair_viz.theory.closed_forms import ring, simplex
from npair_viz.theory.phase import phase
from npair_viz.theory.ruler import loss_ruler
from tests.support.free_descents import OBJECTIVES, TAOS, descend_freely, random_pairs
from tests.support.repository import ROOT

PAGE = (ROOT / "docs" / "formulas.md").read_text(encoding="utf-8")
SIZES = st.floats(-1.5, 1.0).map(lambda power: 10**power)


def softplus(x: float) -> float:
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))


def line_up() -> tuple[torch.Tensor, torch.Tensor]:
    scene = scenes.named("line-up")
    return scene.anchors, scene.positives


# 7 and 11: one inequality gives the floor and the phase law


def least_loss(anchors, positives, tao, objective):
    """What pairs of this mean squared length can at best have."""
    n = len(anchors)
    mean_square = (anchors.square().sum() + positives.square().sum()).item() / (2 * n)
    lead = -n * mean_square / ((n - 1) * tao)
    return softplus(math.log(n - 1) + lead) if objective == "mc" else (n - 1) * softplus(lead)


@given(n=st.integers(2, 9), d=st.integers(1, 9), tao=TAOS, size=SIZES, near=st.floats(0, 2), seed=st.integers(0, 999))
def test_no_pairs_go_below_what_their_mean_squared_length_allows(n, d, tao, size, near, seed):
    anchors, noise = size * random_pairs(n, d, seed)
    positives, corners = anchors + near * noise, size * simplex(n, n - 1)
    for objective in OBJECTIVES:
        loss = npair_loss(anchors, positives, tao=tao, objective=objective).item()
        assert loss >= least_loss(anchors, positives, tao, objective) * (1 - 1e-12)
        best = npair_loss(corners, corners, tao=tao, objective=objective).item()
        assert best == pytest.approx(least_loss(corners, corners, tao, objective), rel=1e-9)


# 8: negatives that count


@given(n=st.integers(2, 9), tao=st.floats(0.05, 20), seed=st.integers(0, 999))
def test_the_entropy_of_the_push_grows_by_its_variance(n, tao, seed):
    anchors, positives = random_pairs(n, 3, seed)
    similarities, learned = anchors @ positives.T, torch.tensor(tao, dtype=torch.float64, requires_grad=True)
    others = similarities[~torch.eye(n, dtype=torch.bool)].view(n, n - 1)
    shares = (others / tao).softmax(dim=1)
    spread = (shares * (others - (shares * others).sum(dim=1, keepdim=True)).square()).sum(dim=1)
    (slope,) = torch.autograd.grad(effective_negatives(similarities, learned).log().sum(), learned)
    assert slope.item() == pytest.approx((spread / tao**3).sum().item(), rel=1e-7, abs=1e-12)


# 14 and 15: two towers


@given(
    n=st.integers(1, 7), d=st.integers(1, 5), tao=TAOS, seed=st.integers(0, 999), objective=st.sampled_from(OBJECTIVES)
)
def test_a_shift_of_all_positives_changes_no_loss_and_only_l2_reg_takes_it_back(n, d, tao, seed, objective):
    anchors, positives = random_pairs(n, d, seed)
    shift = 3 * torch.randn(d, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    here, there = (npair_loss(anchors, rows, tao=tao, objective=objective) for rows in (positives, positives + shift))
    assert there.item() == pytest.approx(here.item(), rel=1e-9, abs=1e-12)
    lr, l2_reg = 0.1 * n * tao, 0.05
    for weight in (0.0, l2_reg):
        end = descend(anchors, positives, steps=1, tao=tao, l2_reg=weight, objective=objective, normalize=False, lr=lr)
        shrunk = (1 - 2 * weight * lr / n) * positives.mean(dim=0)
        torch.testing.assert_close(end.positives.mean(dim=0), shrunk, rtol=1e-9, atol=1e-9)


def two_floors(n: int, height: float) -> tuple[torch.Tensor, torch.Tensor]:
    """Anchors at one height over a ring, their positives as far below it, all of length 1."""
    flat, up = math.sqrt(1 - height**2) * ring(n), torch.full((n, 1), height, dtype=torch.float64)
    return torch.cat([flat, up], dim=1), torch.cat([flat, -up], dim=1)


@given(n=st.integers(1, 9), height=st.floats(0, 0.99), tao=TAOS, objective=st.sampled_from(OBJECTIVES))
def test_a_gap_between_towers_costs_what_a_larger_tao_costs(n, height, tao, objective):
    apart = npair_loss(*two_floors(n, height), tao=tao, objective=objective)
    together = npair_loss(*two_floors(n, 0.0), tao=tao / (1 - height**2), objective=objective)
    assert apart.item() == pytest.approx(together.item(), rel=1e-9, abs=1e-12)


def test_a_cold_loss_is_content_before_the_gap_between_towers_closes():
    ends = [descend(*two_floors(4, 0.5), steps=200, tao=tao) for tao in (1, 0.5, 0.2, 0.1, 0.05)]
    gaps = [torch.linalg.vector_norm(end.anchors.mean(0) - end.positives.mean(0)).item() for end in ends]
    assert gaps == pytest.approx([0.000, 0.007, 0.613, 0.984, 1.000], abs=6e-4)


# 16: few dimensions


def log_mean_over_the_sphere(d: int, k: float) -> float:
    """log C_d(k): of the mean of exp(k·u·v) over v on the unit sphere."""
    t = torch.arange(int(2 * k) + 201, dtype=torch.float64)
    terms = 2 * t * math.log(k / 2) + math.lgamma(d / 2) - torch.lgamma(t + 1) - torch.lgamma(t + d / 2)
    return terms.logsumexp(dim=0).item()


def few_dimensions(n: int, d: int, tao: float) -> float:
    return math.log(n) - 1 / tao + log_mean_over_the_sphere(d, 1 / tao)


@given(n=st.integers(2, 20), d=st.integers(2, 8), tao=TAOS, near=st.floats(0, 2), seed=st.integers(0, 999))
def test_no_unit_pairs_go_below_the_bound_of_few_dimensions(n, d, tao, near, seed):
    anchors, noise = map(unit_rows, random_pairs(n, d, seed))
    positives = unit_rows(anchors + near * noise)
    assert npair_loss(anchors, positives, tao=tao).item() >= few_dimensions(n, d, tao) - 1e-9


@pytest.mark.parametrize(
    ("n", "d", "tao", "bound", "found"), [(16, 3, 0.5, 1.36781, 1.36827), (32, 3, 0.2, 1.16311, 1.16359)]
)
def test_the_bound_of_few_dimensions_is_near_the_best_that_is_found(n, d, tao, bound, found):
    assert few_dimensions(n, d, tao) == pytest.approx(bound, abs=6e-6)
    assert loss_ruler(n, tao, dimension=d).floor == pytest.approx(found, abs=6e-6)


@pytest.mark.parametrize("objective", ["mc", "ovo"])
@pytest.mark.parametrize(("n", "d", "tao"), [(6, 4, 0.5), (9, 4, 0.01), (40, 5, 0.05), (64, 17, 0.1), (32, 3, 0.2)])
def test_without_a_search_the_floor_is_the_larger_bound(n, d, tao, objective):
    ruler = loss_ruler(n, tao, objective=objective, dimension=d, search=False)
    simplex = loss_ruler(n, tao, objective=objective).floor
    assert (ruler.exact, ruler.is_bound) == (False, True)
    assert ruler.floor == pytest.approx(max(simplex, few_dimensions(n, d, tao)), rel=1e-12)
    if d * n <= 100:
        assert ruler.floor < loss_ruler(n, tao, objective=objective, dimension=d).floor


@pytest.mark.parametrize("objective", ["mc", "ovo"])
def test_without_a_search_the_optimum_of_raw_pairs_has_the_simplex_below_it(objective):
    bound, found = (phase(6, 0.5, 0.1, objective=objective, dimension=3, search=search) for search in (False, True))
    simplex = phase(6, 0.5, 0.1, objective=objective)
    assert (bound.exact, bound.is_bound, found.is_bound) == (False, True, False)
    assert bound.optimal_loss == simplex.optimal_loss < found.optimal_loss
    assert math.isnan(bound.optimal_norm)


@pytest.mark.parametrize(("n", "d"), [(5, 4), (7, 2), (4, 1)])
def test_what_is_known_is_known_without_a_search(n, d):
    assert loss_ruler(n, 0.3, dimension=d, search=False) == loss_ruler(n, 0.3, dimension=d)


def test_the_mean_over_the_sphere_has_its_closed_forms():
    for k in (0.1, 2.0, 40.0):
        assert log_mean_over_the_sphere(2, k) == pytest.approx(math.log(torch.special.i0(torch.tensor(k).double())))
        assert log_mean_over_the_sphere(3, k) == pytest.approx(math.log(math.sinh(k) / k))


# 17 and 18: a learned temperature, and the positive's brake


def rest_of_tao(anchors: torch.Tensor, positives: torch.Tensor) -> float:
    """Where the gradient by tao is 0, by bisection."""
    low, high = 1e-3, 10.0
    for _ in range(45):
        middle = math.sqrt(low * high)
        falls = npair_gradients(anchors, positives, tao=middle).on_tao.item() < 0
        low, high = (middle, high) if falls else (low, middle)
    return middle


def test_a_learned_tao_rests_where_shares_are_calibrated():
    for name, tao in {"line-up": 0.2518, "twin": 0.0495, "pixels": 0.0525}.items():
        scene = scenes.named(name).paired()
        rest = rest_of_tao(scene.anchors, scene.positives)
        forces = npair_gradients(scene.anchors, scene.positives, tao=rest)
        expected = (forces.weights * forces.similarities).sum(dim=1).mean().item()
        assert rest == pytest.approx(tao, abs=6e-5)
        assert expected == pytest.approx(forces.similarities.diagonal().mean().item(), abs=1e-9)
    assert npair_loss(*line_up(), tao=rest_of_tao(*line_up())).item() == pytest.approx(0.3703, abs=6e-5)


@pytest.mark.parametrize(("wrong", "tao"), [(2, 0.1341), (4, 0.1483), (8, 0.1668)])
def test_on_a_simplex_a_learned_tao_says_how_many_partners_are_wrong(wrong, tao):
    n, part = 64, wrong / 64
    anchors = simplex(n, n - 1)
    positives = torch.cat([anchors[:wrong].roll(1, 0), anchors[wrong:]])
    law = n / (n - 1) / math.log((n - 1) * (1 - part) / part)
    assert law == pytest.approx(tao, abs=6e-5)
    assert rest_of_tao(anchors, positives) == pytest.approx(law, rel=1e-9)


@given(n=st.integers(2, 7), d=st.integers(1, 5), tao=st.floats(0.1, 10), seed=st.integers(0, 999))
def test_the_pull_is_that_of_the_decoupled_loss_times_the_mass_on_the_negatives(n, d, tao, seed):
    anchors, positives = random_pairs(n, d, seed)
    free = anchors.clone().requires_grad_()
    logits = free @ positives.T / tao
    others = logits.masked_fill(torch.eye(n, dtype=torch.bool), -torch.inf)
    (decoupled,) = torch.autograd.grad((others.logsumexp(dim=1) - logits.diagonal()).mean(), free)
    forces = npair_gradients(anchors, positives, tao=tao)
    mass = forces.weights.masked_fill(torch.eye(n, dtype=torch.bool), 0).sum(dim=1, keepdim=True)
    torch.testing.assert_close(forces.on_anchors, mass * decoupled, rtol=1e-9, atol=1e-12)


# 20, 21, 22


@given(n=st.integers(1, 7), d=st.integers(1, 7), seed=st.integers(0, 999))
def test_the_penalty_is_at_least_twice_the_nuclear_norm_of_the_similarities(n, d, seed):
    anchors, positives = random_pairs(n, d, seed)
    squares = (anchors.square().sum() + positives.square().sum()).item()
    assert squares >= 2 * torch.linalg.matrix_norm(anchors @ positives.T, "nuc").item() - 1e-9


def test_both_directions_of_the_line_up_and_extra_negatives():
    anchors, positives = line_up()
    there, back = npair_loss(anchors, positives, tao=0.5).item(), npair_loss(positives, anchors, tao=0.5).item()
    assert (there, back, (there + back) / 2) == pytest.approx((0.4840, 0.4954, 0.4897), abs=6e-5)
    extra = torch.randn(3, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64).requires_grad_()
    logits = anchors @ torch.cat([positives, extra]).T / 0.5
    torch.nn.functional.cross_entropy(logits, torch.arange(4)).backward()
    torch.testing.assert_close(extra.grad, logits.detach().softmax(dim=1)[:, 4:].T @ anchors / (4 * 0.5))


def test_the_ceiling_hides_how_far_a_loss_is_above_chance():
    ruler = loss_ruler(50, 0.05)
    assert (ruler.chance, ruler.ceiling) == pytest.approx((3.912, 43.219), abs=6e-4)
    assert ruler.score(6.0) == pytest.approx(-0.053, abs=6e-4)
    assert (ruler.chance - 6.0) / (ruler.chance - ruler.floor) == pytest.approx(-0.534, abs=6e-4)


def test_ovo_leaves_the_ring_of_eight():
    eight = ring(8)
    circle = npair_loss(eight, eight, objective="ovo").item()
    assert loss_ruler(8, 1.0, objective="ovo", dimension=2).floor == pytest.approx(circle - 1.6e-3, abs=6e-5)
    assert descend_freely(8, 2, 1.0, objective="ovo") < circle - 1e-3


# --- the page itself


def test_the_page_has_every_number_once():
    assert sorted(map(int, re.findall(r"^### (\d+)\. ", PAGE, re.MULTILINE))) == list(range(1, 23))


def test_whatever_says_that_it_is_derived_is_derived_on_the_page():
    claims = [
        node.name
        for path in (ROOT / "npair_viz").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and "Source: derived" in (ast.get_docstring(node) or "")
    ]
    assert {"phase", "loss_ruler", "optimal_pairs"} <= set(claims)
    assert [name for name in claims if f"`{name}`" not in PAGE] == []


def test_every_test_that_the_page_names_exists():
    written = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    assert len(named) > 20
    assert [name for name in sorted(named) if f"def {name}(" not in written] == []


def test_every_formula_of_the_page_can_be_rendered():
    blocks = re.findall(r"^```math\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    text = re.sub(r"^```.*?^```$", "", PAGE, flags=re.MULTILINE | re.DOTALL)
    inline = re.findall(r"\$([^$]+)\$", text)
    assert len(blocks) > 15
    assert text.count("$") == 2 * len(inline)
    for formula in (*blocks, *inline):
        assert convert(formula).startswith("<math")
    # Markdown reads these before the formula is read: a backslash before punctuation, and stars
    assert [formula for formula in inline if re.search(r"\\[^a-zA-Z]|\*", formula)] == []
