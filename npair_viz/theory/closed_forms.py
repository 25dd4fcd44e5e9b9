"""The best arrangements of pairs that have a closed form, regular simplex, ring and line: their losses and sizes.

Each is described as seen from one anchor: `counts` negatives at each of the `gaps` s_ij − s_ii, for unit vectors.
"""

import math
from collections.abc import Callable
from typing import assert_never

import torch
from torch import Tensor

from npair_viz.losses.objectives import MC, Objective, losses, losses_and_log_weights, softplus, threshold

LARGEST_RAW_RING = 13  # from 14 raw pairs on the ring is no minimum at some pressures: its Hessian is not positive


def seen_loss(gaps: Tensor, counts: Tensor, objective: Objective) -> Tensor:
    """Loss of an anchor with `counts` (g,) negatives at margins `gaps` (..., g): log(1 + Σ c e^x) or Σ c log(1 + e^x).

    >>> round(seen_loss(torch.zeros(1), torch.tensor([3.0]), "mc").exp().item(), 4)
    4.0
    """
    if objective == "mc":
        return losses(gaps + counts.log(), objective)
    if objective == "ovo":
        return (counts * softplus(gaps)).sum(dim=-1)
    assert_never(objective)


def has_ring(objective: Objective) -> bool:
    """Whether n equally spaced points are the best arrangement of unit pairs in the plane."""
    if objective == "mc":
        return True
    if objective == "ovo":
        return False  # from n = 8 on other shapes are better
    assert_never(objective)


def is_known(n: int, dimension: int, objective: Objective, *, normalize: bool = True) -> bool:
    """Whether the best shape of n unit pairs, or of raw ones, has a closed form in `dimension` dimensions."""
    if dimension == 2 and has_ring(objective) and (normalize or n <= LARGEST_RAW_RING):
        return True
    return dimension >= n - 1 or (dimension == 1 and normalize)


def simplex_loss(n: int, tao: float, objective: Objective) -> float:
    """Loss of n unit pairs on a regular simplex: every gap is −n / (n − 1)."""
    return _loss([-n / max(n - 1, 1) / tao], [n - 1], objective)


def unit_bound(n: int, dimension: int, tao: float, objective: Objective) -> float:
    """What no n unit pairs in `dimension` dimensions go below: the larger of the simplex's loss and of formula 16.

    Formula 16 bounds the one loss over all negatives, and so the sum of one term for each negative, too.
    """
    in_few_dimensions = math.log(n) - 1 / tao + _log_mean_exp(1 / tao, dimension)
    return max(simplex_loss(n, tao, objective), in_few_dimensions)


def ring_loss(n: int, tao: float, objective: Objective) -> float:
    """Loss of n unit pairs, equally spaced on the circle."""
    return float(losses(_ring_gaps(n) / tao, objective))


def line_loss(n: int, tao: float, objective: Objective) -> float:
    """Least loss of n unit pairs in one dimension: one half of them at +1, the other at −1."""
    return _halves_loss(n, -2 / tao, objective)


def ceiling(n: int, tao: float, objective: Objective, *, on_a_line: bool) -> float:
    """Largest loss that n unit pairs were found to have, each positive opposite its anchor.

    Even n, and any n on a line: two opposite groups. Odd n: the larger of that and of two equal groups at ±β with one
    anchor alone at 0, 90° ≤ β ≤ 120°. Positives elsewhere than opposite their anchors add less than 2e-6 / tao.
    """
    halves = _halves_loss(n, 2 / tao, objective)
    if on_a_line or n % 2 == 0 or n == 1:
        return halves
    return max(halves, _peak(lambda beta: _one_alone_loss(n, beta, tao, objective), math.pi / 2, 2 * math.pi / 3))


def collapses(n: int, pressure: float, objective: Objective) -> bool:
    """Whether the best raw pairs at `pressure`, 2·l2_reg·tao, are all at the origin, in any dimension."""
    return pressure > 0 and pressure >= threshold(n, objective)


def simplex_size(n: int, pressure: float, objective: Objective) -> float:
    """r² / tao of raw pairs on their simplex, for 0 < pressure < threshold; see `phase`."""
    if objective == "mc":
        odds = n * (1 - pressure) / pressure
    elif objective == "ovo":
        odds = (n - 2 * pressure) / pressure
    else:
        assert_never(objective)
    return (n - 1) / n * math.log1p(odds)


def ring_size(n: int, pressure: float) -> float:
    """r² / tao of raw pairs on their ring, for mc and 0 < pressure < 1: the u that minimises ring loss + pressure·u."""
    gaps = _ring_gaps(n)

    def slope(u: float) -> float:
        return float(_shares(gaps * u) @ gaps) + pressure

    high = 1.0
    while slope(high) < 0:
        high *= 2
    return _root(slope, 0.0, high)


def ring_error_mass(n: int, size: float) -> float:
    """The sum of the negatives' shares in a ring of r² / tao = size."""
    return float(_shares(_ring_gaps(n) * size).sum())


def simplex(n: int, dimension: int) -> Tensor:
    """Corners of a regular simplex of radius 1, (n, dimension) with dimension ≥ n − 1."""
    corners = torch.zeros(n, dimension, dtype=torch.float64, device="cpu")
    if n == 1:
        corners[0, 0] = 1
        return corners
    eye = torch.eye(n - 1, dtype=torch.float64, device="cpu")
    corners[:-1, : n - 1] = torch.linalg.cholesky((n * eye - 1) / (n - 1))  # their Gram matrix, less its last row
    corners[-1] = -corners.sum(dim=0)
    return corners


def ring(n: int) -> Tensor:
    """n equally spaced points of the unit circle, (n, 2), the first at 0 degrees."""
    angles = 2 * math.pi / n * torch.arange(n, dtype=torch.float64, device="cpu")
    return torch.stack([angles.cos(), angles.sin()], dim=1)


def line(n: int) -> Tensor:
    """One half of n points at +1, the other at −1, (n, 1)."""
    points = torch.ones(n, 1, dtype=torch.float64, device="cpu")
    points[n // 2 :] = -1
    return points


def _log_mean_exp(k: float, dimension: int) -> float:
    """The logarithm of the mean of exp(k·x) over the unit sphere, x being one coordinate: log C_d of formula 16."""
    t = torch.arange(int(2 * k) + 201, dtype=torch.float64, device="cpu")
    half = dimension / 2
    terms = 2 * t * math.log(k / 2) + math.lgamma(half) - torch.lgamma(t + 1) - torch.lgamma(t + half)
    return float(terms.logsumexp(dim=0))


def _loss(gaps: list[float], counts: list[int], objective: Objective) -> float:
    gap, count = (torch.tensor(values, dtype=torch.float64, device="cpu") for values in (gaps, counts))
    return float(seen_loss(gap, count, objective))


def _halves_loss(n: int, margin: float, objective: Objective) -> float:
    """Loss of two groups, all of a group in one place; `margin` is x_ij for a positive j of the other group."""
    halves = [size for size in (n // 2, n - n // 2) if size]
    return sum(size * _loss([0.0, margin], [size - 1, n - size], objective) for size in halves) / n


def _ring_gaps(n: int) -> Tensor:
    return -2 * (math.pi / n * torch.arange(1, n, dtype=torch.float64, device="cpu")).sin().square()


def _shares(margins: Tensor) -> Tensor:
    """Softmax shares of the negatives, their positive being at margin 0."""
    return losses_and_log_weights(margins, MC)[1].exp()


def _one_alone_loss(n: int, beta: Tensor, tao: float, objective: Objective) -> Tensor:
    half = n // 2
    across, aside = 2 * beta.sin().square() / tao, (1 - beta.cos()) / tao
    alone = seen_loss(aside.unsqueeze(-1), beta.new_tensor([n - 1]), objective)
    gaps = torch.stack([torch.zeros_like(beta), across, aside], dim=-1)
    return (alone + (n - 1) * seen_loss(gaps, beta.new_tensor([half - 1, half, 1]), objective)) / n


def _peak(function: Callable[[Tensor], Tensor], low: float, high: float) -> float:
    for _ in range(5):  # each round keeps two of 64 intervals
        grid = torch.linspace(low, high, 65, dtype=torch.float64, device="cpu")
        values = function(grid)
        best = int(values.argmax())
        low, high = float(grid[max(best - 1, 0)]), float(grid[min(best + 1, 64)])
    return float(values.max())


def _root(increasing: Callable[[float], float], low: float, high: float) -> float:
    while low < (middle := (low + high) / 2) < high:
        low, high = (middle, high) if increasing(middle) < 0 else (low, middle)
    return middle
