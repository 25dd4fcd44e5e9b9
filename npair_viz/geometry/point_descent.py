"""Gradient descent on the points themselves: what the loss does to them where there is no encoder."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from npair_viz.linalg import unit_rows
from npair_viz.losses.gradients import npair_gradients
from npair_viz.losses.objectives import Objective
from npair_viz.validation import check_count, check_flag, check_pairs, check_tao

STEADY = 5.0  # a larger pressure, 2·l2_reg·tao, would throw points past the centre at the default rate
RATE = 0.1  # times n·tao: forces shrink like 1 / (n·tao), so a step keeps its size when n and tao change


@dataclass(frozen=True, eq=False)
class Descent:
    """The points after the last step, and all losses; made by `descend`.

    Attributes:
        anchors: (n, d).
        positives: (n, d).
        losses: (steps + 1,), before every step and at the end.
    """

    anchors: Tensor
    positives: Tensor
    losses: Tensor


def default_lr(n: int, tao: float) -> float:
    """The rate 0.1·n·tao."""
    return RATE * n * tao


def descend(
    anchors: Tensor,
    positives: Tensor,
    *,
    steps: int,
    tao: float = 1.0,
    l2_reg: float = 0.0,
    objective: Objective = "mc",
    normalize: bool = True,
    put_back: bool | None = None,
    lr: float | None = None,
    labels: Tensor | None = None,
) -> Descent:
    """Plain gradient descent on anchors and positives: x ← x − lr · d(loss)/dx, all rows at once.

    Args:
        anchors: (n, d).
        positives: (n, d).
        steps: How many, at least 0.
        tao: The temperature.
        l2_reg: The weight of the penalty.
        objective: "mc" or "ovo".
        normalize: Whether the loss divides rows by their lengths.
        put_back: Whether rows return to length 1 after each step; None means the same as `normalize`.
        lr: The rate; None means 0.1·n·tao. One rate for all tao would diverge at small tao.
        labels: (n,) integers; rows of equal label are not each other's negatives.

    Returns:
        The points and the losses.

    Raises:
        ValueError: steps is negative, lr is not positive, or a shape or setting is wrong.
        TypeError: A dtype or the type of a setting is wrong.

    Source: plain gradient descent, with the closed forms of `npair_gradients`.

    >>> end = descend(torch.eye(3), torch.eye(3).roll(1, 0), steps=200, tao=0.5)
    >>> [round(loss, 3) for loss in end.losses[[0, -1]].tolist()]
    [2.24, 0.095]
    """
    check_count("steps", steps, least=0)
    check_pairs(anchors, positives)
    tao, normalize = float(check_tao(tao)), check_flag("normalize", normalize)
    if lr is None:
        lr = default_lr(len(anchors), tao)
    elif not 0 < lr < math.inf:
        raise ValueError(f"lr must be positive and finite, got {lr}: leave it out for 0.1·n·tao")
    anchors, positives = anchors.detach(), positives.detach()
    put_back = normalize if put_back is None else check_flag("put_back", put_back)
    losses = []
    for step in range(steps + 1):
        forces = npair_gradients(
            anchors, positives, tao=tao, l2_reg=l2_reg, objective=objective, normalize=normalize, labels=labels
        )
        losses.append(forces.loss)
        if step < steps:
            anchors, positives = anchors - lr * forces.on_anchors, positives - lr * forces.on_positives
            if put_back:
                anchors, positives = unit_rows(anchors), unit_rows(positives)
    return Descent(anchors, positives, torch.stack(losses))
