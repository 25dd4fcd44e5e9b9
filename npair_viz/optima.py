"""The pairs that the loss likes best: closed form where there is one, else the best of some descents."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from npair_viz import search, shapes
from npair_viz.checks import check_choice, check_count, check_l2_reg, check_tao
from npair_viz.loss import OBJECTIVES, npair_loss


@dataclass(frozen=True, eq=False)
class OptimalPairs:
    """The best n pairs; made by `optimal_pairs`.

    anchors, positives (n, d), float64 on the CPU; loss, with its penalty; exact: a closed form gave them, not a search.
    """

    anchors: Tensor
    positives: Tensor
    loss: float
    exact: bool


def optimal_pairs(
    n: int,
    dimension: int,
    tao: float | Tensor,
    *,
    l2_reg: float = 0.0,
    normalize: bool = True,
    objective: str = "mc",
    generator: torch.Generator | None = None,
) -> OptimalPairs:
    """The n pairs of least loss in `dimension` dimensions.

    Unit vectors (normalize=True): a_i = p_i on a regular simplex where dimension ≥ n − 1, for mc in the plane n equally
    spaced points, on the line two groups. Raw vectors: the same simplex, or up to 13 equally spaced points, of the
    radius that `phase` gives, or all at the origin. Anything else is searched for, and `exact` is False:
    L-BFGS descents, the best of up to 16, so the loss is one that can be reached and the least may be lower still.

    generator: where the descents start from. Without one they always start from the same points, and torch's global
        generator stays untouched: a slider that comes back to a tao finds the same picture.
    Errors: ValueError for raw vectors with l2_reg = 0, which have no best: longer is always better.
    Source: derived; checked by tests against free descents. Rings of 14 or more raw pairs are left for better shapes.

    >>> best = optimal_pairs(4, 2, tao=0.5)
    >>> round(best.loss, 4), best.exact
    (0.2539, True)
    """
    check_count("n", n)
    check_count("dimension", dimension)
    tao, l2_reg = plain_tao(tao), float(check_l2_reg(l2_reg))
    check_choice("objective", objective, OBJECTIVES)
    if normalize:
        anchors, positives, exact = _best_units(n, dimension, tao, objective, generator)
    elif l2_reg == 0:
        raise ValueError(
            "raw vectors have no best at l2_reg = 0: longer is always better, the loss falls for ever; "
            "use l2_reg > 0 or normalize=True"
        )
    else:
        anchors, positives, exact = _best_raw(n, dimension, 2 * l2_reg * tao, objective, generator)
        anchors, positives = math.sqrt(tao) * anchors, math.sqrt(tao) * positives
    loss = npair_loss(anchors, positives, tao=tao, l2_reg=l2_reg, objective=objective)
    return OptimalPairs(anchors, positives, float(loss), exact)


def plain_tao(tao: float | Tensor) -> float:
    """Return `tao` as a Python number, checked; waits for the device if it lies on one."""
    tao = check_tao(tao)
    return float(check_tao(tao.item())) if isinstance(tao, Tensor) else float(tao)


def _best_units(
    n: int, dimension: int, tao: float, objective: str, generator: torch.Generator | None
) -> tuple[Tensor, Tensor, bool]:
    if dimension == 2 and (n <= 3 or objective == "mc"):
        return *_twice(shapes.ring(n)), True
    if dimension >= n - 1:
        return *_twice(shapes.simplex(n, dimension)), True
    if dimension == 1:
        return *_twice(shapes.line(n)), True
    return *search.best_units(n, dimension, tao, objective, generator), False


def _best_raw(
    n: int, dimension: int, pressure: float, objective: str, generator: torch.Generator | None
) -> tuple[Tensor, Tensor, bool]:
    """The best raw pairs at tao = 1."""
    if shapes.collapses(n, pressure, objective):
        return *_twice(torch.zeros(n, dimension, dtype=torch.float64, device="cpu")), True
    if dimension >= n - 1:
        corners, _, _ = _best_units(n, dimension, 1.0, objective, generator)
        return *_twice(math.sqrt(shapes.simplex_size(n, pressure, objective)) * corners), True
    if dimension != 2 or objective != "mc":
        return *search.best_raw(n, dimension, pressure, objective, generator), False
    ring = _twice(math.sqrt(shapes.ring_size(n, pressure)) * shapes.ring(n))
    if n <= shapes.LARGEST_RAW_RING:
        return *ring, True
    found = search.best_raw(n, dimension, pressure, objective, generator)
    return *min(ring, found, key=lambda pairs: float(npair_loss(*pairs, l2_reg=pressure / 2))), False


def _twice(rows: Tensor) -> tuple[Tensor, Tensor]:
    return rows, rows.clone()
