"""A plane that follows rows while they learn: it turns no more than it must to go on showing them."""

import torch
from torch import Tensor

from npair_viz.geometry.projection import Plane, held, principal_plane, whole_space

ENOUGH = 0.9  # of what the best plane holds
HALVINGS = 10  # of the turn


def followed_plane(rows: Tensor, before: Plane | None) -> Plane:
    """The plane in which rows (m, d) are shown after they were shown in the plane `before`.

    As long as that one holds ENOUGH of what the principal plane would hold, it stays, and all that is seen to move are
    the rows. Then it turns towards the principal plane, no farther than until it holds that much again.

    >>> rows = torch.tensor([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 0.5]])
    >>> before = followed_plane(rows, None)
    >>> followed_plane(rows * 1.01, before).axes is before.axes
    True
    """
    if rows.shape[1] <= 2:
        return whole_space(rows)
    best = principal_plane(*rows.tensor_split(2))
    if before is None or before.axes.shape != best.axes.shape:
        return best
    least = ENOUGH * best.held
    if (now := held(rows, before.axes)) >= least:
        return Plane(before.axes, now)
    left, _, right = torch.linalg.svd(before.axes @ best.axes.T)
    target = left @ right @ best.axes  # the same plane, turned within itself towards the former one
    stays, turns = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (stays + turns) / 2
        enough = held(rows, _between(before.axes, target, middle)) >= least
        stays, turns = (stays, middle) if enough else (middle, turns)
    axes = _between(before.axes, target, turns)
    return Plane(axes, held(rows, axes))


def _between(axes: Tensor, target: Tensor, turn: float) -> Tensor:
    """The orthonormal axes (2, d) nearest to a mix of two."""
    left, _, right = torch.linalg.svd((1 - turn) * axes + turn * target, full_matrices=False)
    found: Tensor = left @ right
    return found
