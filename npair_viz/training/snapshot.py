"""Snapshots of a training run: its loss between the lowest possible and chance, and metrics of unseen classes."""

from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor, nn

from npair_viz.geometry.projection import Plane, principal_plane, whole_space
from npair_viz.linalg import unit_rows
from npair_viz.losses.objectives import Objective
from npair_viz.theory.closed_forms import is_known
from npair_viz.theory.phase import phase
from npair_viz.theory.ruler import loss_ruler
from npair_viz.training import metrics
from npair_viz.training.datasets import World


@dataclass(frozen=True, eq=False)
class Snapshot:
    """The numbers and the picture of a training run after so many steps.

    Attributes:
        step: How many steps were taken.
        loss: The mean over the batches since the last snapshot, in nats, penalty included.
        floor: The lowest loss that a batch can have, penalty included: of unit pairs, or the optimum of raw ones. NaN
            where another loss than `NPairLoss` trains.
        chance: The loss if all similarities are equal; NaN likewise.
        gradient_norm: Of the last batch, over all weights together.
        mean_norm: The mean length of the last batch's rows before any normalization.
        effective_negatives: The mean over the last batch's anchors.
        recall: Recall@1 on rows of unseen classes; `npair_viz.training.metrics` defines this and the next three.
        nmi: Normalized mutual information on the same rows.
        alignment: On the same rows.
        uniformity: On the same rows.
        picture: (m, 2), the coordinates in a plane of the world's shown rows.
        held: The share of their squared length that lies in this plane, 0 to 1.
    """

    step: int
    loss: float
    floor: float
    chance: float
    gradient_norm: float
    mean_norm: float
    effective_negatives: float
    recall: float
    nmi: float
    alignment: float
    uniformity: float
    picture: Tensor
    held: float


@dataclass(frozen=True)
class UnseenMetrics:
    """Metrics of rows of unseen classes, as in `Snapshot`."""

    recall: float
    nmi: float
    alignment: float
    uniformity: float


def unseen_metrics(world: World, net: nn.Module, device: str = "cpu") -> UnseenMetrics:
    """Embed the world's measured rows, and compute their metrics."""
    embeddings, labels = embed(world, net, world.measured, device), world.labels[world.measured]
    return UnseenMetrics(
        metrics.recall_at_k(embeddings, labels),
        metrics.nmi(embeddings, labels),
        metrics.alignment(embeddings, labels),
        metrics.uniformity(embeddings),
    )


def embed(world: World, net: nn.Module, rows: Tensor, device: str = "cpu") -> Tensor:
    """The embeddings (m, d) of row numbers (m,), on the CPU, without gradient."""
    with torch.no_grad():
        embeddings: Tensor = net(world.inputs[rows].to(device)).cpu()
    return embeddings


@lru_cache(maxsize=64)
def floor_and_chance(
    n: int, dimension: int, tao: float, l2_reg: float, *, normalize: bool, objective: Objective
) -> tuple[float, float]:
    """The lowest loss that n pairs can have, penalty included, and their loss if all similarities are equal.

    If the dimension is too small for a simplex and no closed form is known, this is the lowest loss in more dimensions:
    it is lower still, so it is a bound too, and a search for the best shape would take seconds.

    >>> floor, chance = floor_and_chance(4, 2, 0.5, 0.0, normalize=True, objective="mc")
    >>> round(floor, 3), round(chance, 3)
    (0.254, 1.386)
    """
    known = dimension if is_known(n, dimension, objective, normalize=normalize) else None
    ruler = loss_ruler(n, tao, objective=objective, dimension=known if normalize else None)
    if normalize:
        return ruler.floor + 2 * l2_reg, ruler.chance + 2 * l2_reg
    best = phase(n, tao, l2_reg, objective=objective, dimension=known)
    return best.optimal_loss, ruler.chance


def plane_of(rows: Tensor, before: Tensor | None) -> Plane:
    """The plane in which rows (m, d) are shown: the whole space in 2-D, else their first two principal axes.

    Principal axes can turn or flip from one snapshot to the next though the rows hardly moved. So they are turned
    within their plane until the rows lie as near as possible to `before`, their coordinates (m, 2) in the last one.
    """
    if rows.shape[1] == 2:
        return whole_space(rows)
    plane = principal_plane(*rows.tensor_split(2))
    if before is None:
        return plane
    left, _, right = torch.linalg.svd(before.T @ plane.project(rows))
    return Plane(left @ right @ plane.axes, plane.held)


def loss_inputs(embeddings: Tensor, normalize: bool) -> Tensor:
    """The rows that the loss compares: embeddings, normalized if the loss does that."""
    return unit_rows(embeddings) if normalize else embeddings
