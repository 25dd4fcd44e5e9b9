"""The phase law: the lengths at which raw vectors settle under l2_reg, and when they collapse into the origin."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from npair_viz.losses.gradients import npair_gradients
from npair_viz.losses.objectives import Objective, chance, check_objective, mass_at_chance, threshold
from npair_viz.theory import closed_forms
from npair_viz.theory.optimal_pairs import OptimalPairs, optimal_pairs, plain_tao
from npair_viz.validation import check_count, check_flag, check_l2_reg


@dataclass(frozen=True)
class Phase:
    """The optimum of raw vectors; made by `phase`.

    Attributes:
        pressure: 2·l2_reg·tao.
        threshold: The pressure from which all vectors collapse into the origin.
        collapsed: Whether the pressure reaches the threshold.
        error_mass: The mean over anchors of Σ_{j≠i} w_ij at the optimum (with ovo it can pass 1).
        optimal_norm: The mean length of the vectors at the optimum.
        optimal_loss: The loss at the optimum, with its penalty.
        exact: Whether these numbers come from a closed form; if not, a search found them.
        is_bound: Whether nothing was searched for: the loss is a lower bound, mass and norm are nan.

    >>> rest = phase(4, tao=0.5, l2_reg=0.02)
    >>> rest.pressure, rest.threshold, rest.collapsed
    (0.02, 1.0, False)
    """

    pressure: float
    threshold: float
    collapsed: bool
    error_mass: float
    optimal_norm: float
    optimal_loss: float
    exact: bool
    is_bound: bool = False


def phase(
    n: int,
    tao: float | Tensor,
    l2_reg: float,
    *,
    objective: Objective = "mc",
    dimension: int | None = None,
    search: bool = True,
) -> Phase:
    """Length, loss and error mass of n raw pairs at their optimum.

    With m = 2·l2_reg·tao, where the simplex fits:
        mc:  m ≥ 1 collapses, the loss is log n; else q = m (n − 1) / n is the mass left on the negatives,
             r² = tao (n − 1)/n · log((n − 1)(1 − q) / q), loss −log(1 − q) + 2·l2_reg·r²
        ovo: m ≥ n/2 collapses; else q = m / n on each negative, r² = tao (n − 1)/n · log((1 − q) / q),
             loss −(n − 1) log(1 − q) + 2·l2_reg·r²
    The threshold holds in every dimension, r does not: in the plane the optimum of mc is a ring for up to 13 pairs; its
    radius minimises log Σ_k exp(r² (cos(2πk/n) − 1) / tao) + 2·l2_reg·r². In any other case a search finds the optimum.

    l2_reg = 0 has no optimum: optimal_norm is inf, and optimal_loss is the limit of the loss: 0, but on the line, where
    only the two end points can be told apart, the mean log of a point's rank from the nearer end (ovo: the mean of
    log 2 · (rank − 1)).

    n = 1: any l2_reg > 0 collapses, the threshold is 0; with l2_reg = 0 every length is optimal, optimal_norm is nan.

    Args:
        n: How many pairs.
        tao: The temperature.
        l2_reg: The weight of the penalty, at least 0.
        objective: "mc" or "ovo".
        dimension: That of the vectors; None means at least n − 1.
        search: Whether to search for an optimum that has no closed form; without a search its loss is the simplex's,
            which no smaller dimension goes below.

    Returns:
        The optimum and its threshold.

    Raises:
        ValueError: n, dimension or tao is not positive, l2_reg is negative, or the objective is unknown.
        TypeError: n or dimension is no int, or tao or l2_reg is no number.

    Source: derived in docs/formulas.md, 11; tests compare with free descents. The problem is that of the unconstrained
        features of neural collapse, one sample a class: Zhu et al. (2021), arXiv 2105.02375, show that its only
        minimisers are simplices; Hong and Ling (2023), arXiv 2309.09725, a sharp threshold by the nuclear norm.

    >>> rest = phase(4, tao=0.5, l2_reg=0.02, dimension=2)
    >>> round(rest.optimal_norm, 3), round(rest.optimal_loss, 4)
    (1.516, 0.112)
    >>> phase(4, tao=25, l2_reg=0.02).collapsed
    True
    """
    check_count("n", n)
    tao, l2_reg = plain_tao(tao), float(check_l2_reg(l2_reg))
    check_objective(objective)
    dimension = max(n - 1, 2) if dimension is None else check_count("dimension", dimension)
    pressure = 2 * l2_reg * tao
    collapsed = closed_forms.collapses(n, pressure, objective)
    is_endless_or_centre = pressure == 0 or collapsed
    is_known = is_endless_or_centre or closed_forms.is_known(n, dimension, objective, normalize=False)
    is_bound = not (check_flag("search", search) or is_known)
    mass, norm, loss, exact = _rest(n, n - 1 if is_bound else dimension, tao, l2_reg, objective)
    if is_bound:
        mass, norm, exact = math.nan, math.nan, False
    return Phase(
        pressure=pressure,
        threshold=threshold(n, objective),
        collapsed=collapsed,
        error_mass=mass,
        optimal_norm=norm,
        optimal_loss=loss,
        exact=exact,
        is_bound=is_bound,
    )


def _rest(n: int, dimension: int, tao: float, l2_reg: float, objective: Objective) -> tuple[float, float, float, bool]:
    """Error mass, mean norm and loss at the optimum, and whether they are exact."""
    pressure = 2 * l2_reg * tao
    if pressure == 0:
        return *_endless(n, dimension, objective), True
    if closed_forms.collapses(n, pressure, objective):
        return mass_at_chance(n, objective), 0.0, chance(n, objective), True
    if dimension >= n - 1:
        size = closed_forms.simplex_size(n, pressure, objective)
        npair = closed_forms.simplex_loss(n, 1 / size, objective)
        return pressure * (n - 1) / n, math.sqrt(tao * size), npair + pressure * size, True
    if dimension == 2 and closed_forms.has_ring(objective) and n <= closed_forms.LARGEST_RAW_RING:
        size = closed_forms.ring_size(n, pressure)
        return (
            closed_forms.ring_error_mass(n, size),
            math.sqrt(tao * size),
            closed_forms.ring_loss(n, 1 / size, objective) + pressure * size,
            True,
        )
    found = optimal_pairs(n, dimension, tao, l2_reg=l2_reg, normalize=False, objective=objective)
    norms = torch.linalg.vector_norm(torch.cat([found.anchors, found.positives]), dim=1)
    return _error_mass(found, tao, objective), float(norms.mean()), found.loss, found.exact


def _endless(n: int, dimension: int, objective: Objective) -> tuple[float, float, float]:
    """Error mass, norm and loss that raw pairs approach with l2_reg = 0."""
    if n == 1:
        return 0.0, math.nan, 0.0
    if dimension > 1:
        return 0.0, math.inf, 0.0
    # on a line similarity grows with position: at best all candidates beyond an anchor's positive tie with it
    level = [1 + min(place, n - 1 - place) for place in range(n)]
    mass, loss = (sum(of(k, objective) for k in level) / n for of in (mass_at_chance, chance))
    return mass, math.inf, loss


def _error_mass(pairs: OptimalPairs, tao: float, objective: Objective) -> float:
    weights = npair_gradients(pairs.anchors, pairs.positives, tao=tao, objective=objective).weights
    return float(weights.fill_diagonal_(0).sum(dim=1).mean())
