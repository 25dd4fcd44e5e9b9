"""The pairs of least loss: in closed form where there is one, else the best of some descents."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from npair_viz.losses.npair import npair_loss
from npair_viz.losses.objectives import Objective, check_objective
from npair_viz.theory import closed_forms, searched_optima
from npair_viz.validation import check_count, check_flag, check_l2_reg, check_tao


@dataclass(frozen=True, eq=False)
class OptimalPairs:
    """The best n pairs; made by `optimal_pairs`.

    Attributes:
        anchors: (n, d), float64 on the CPU.
        positives: (n, d), float64 on the CPU.
        loss: Their loss, with its penalty.
        exact: Whether they come from a closed form; if not, a search found them.

    >>> best = optimal_pairs(2, 1, tao=0.5)
    >>> best.anchors.flatten().tolist(), round(best.loss, 4)
    ([1.0, -1.0], 0.0181)
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
    objective: Objective = "mc",
    generator: torch.Generator | None = None,
) -> OptimalPairs:
    """The n pairs of least loss.

    Unit vectors (normalize=True): a_i = p_i on a regular simplex where dimension ≥ n − 1, for mc in the plane n equally
    spaced points, on the line two groups. Raw vectors: the same simplex, or up to 13 equally spaced points, of the
    radius that `phase` gives, or all at the origin. In any other case `exact` is False and the pairs are the best of up
    to 16 L-BFGS descents: their loss can be reached, and the least loss may be lower still.

    Args:
        n: How many pairs.
        dimension: That of the vectors.
        tao: The temperature.
        l2_reg: The weight of the penalty, at least 0.
        normalize: Whether vectors have length 1; if not, they are raw.
        objective: "mc" or "ovo".
        generator: Where the descents start from; None uses the same points each time, so that the result is repeatable.

    Returns:
        The pairs, their loss, and whether they are exact.

    Raises:
        ValueError: Vectors are raw with l2_reg = 0, where longer is always better, or a setting is wrong.
        TypeError: A setting is of the wrong type.

    Source: derived; checked by tests against free descents. Rings of 14 or more raw pairs are left for better shapes.

    >>> best = optimal_pairs(4, 2, tao=0.5)
    >>> round(best.loss, 4), best.exact
    (0.2539, True)
    """
    check_count("n", n)
    check_count("dimension", dimension)
    tao, l2_reg = plain_tao(tao), float(check_l2_reg(l2_reg))
    check_objective(objective)
    if check_flag("normalize", normalize):
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
    n: int, dimension: int, tao: float, objective: Objective, generator: torch.Generator | None
) -> tuple[Tensor, Tensor, bool]:
    if dimension == 2 and (n <= 3 or closed_forms.has_ring(objective)):
        return *_twice(closed_forms.ring(n)), True
    if dimension >= n - 1:
        return *_twice(closed_forms.simplex(n, dimension)), True
    if dimension == 1:
        return *_twice(closed_forms.line(n)), True
    return *searched_optima.best_units(n, dimension, tao, objective, generator), False


def _best_raw(
    n: int, dimension: int, pressure: float, objective: Objective, generator: torch.Generator | None
) -> tuple[Tensor, Tensor, bool]:
    """The best raw pairs at tao = 1."""
    if closed_forms.collapses(n, pressure, objective):
        return *_twice(torch.zeros(n, dimension, dtype=torch.float64, device="cpu")), True
    if dimension >= n - 1:
        corners, _, _ = _best_units(n, dimension, 1.0, objective, generator)
        return *_twice(math.sqrt(closed_forms.simplex_size(n, pressure, objective)) * corners), True
    if dimension != 2 or not closed_forms.has_ring(objective):
        return *searched_optima.best_raw(n, dimension, pressure, objective, generator), False
    ring = _twice(math.sqrt(closed_forms.ring_size(n, pressure)) * closed_forms.ring(n))
    if n <= closed_forms.LARGEST_RAW_RING:
        return *ring, True
    found = searched_optima.best_raw(n, dimension, pressure, objective, generator)
    return *min(ring, found, key=lambda pairs: float(npair_loss(*pairs, l2_reg=pressure / 2))), False


def _twice(rows: Tensor) -> tuple[Tensor, Tensor]:
    return rows, rows.clone()
