"""What a training run has come to: its loss beside what can be reached, and how it serves classes that it never met."""

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
class Moment:
    """What a run has come to after so many steps.

    loss: mean over the batches since the moment before, in nats, penalty included; floor: what no batch's loss can
        pass, the least of unit pairs or the optimum of raw ones; chance: the loss where all similarities are equal.
        Both are NaN where another loss than `NPairLoss` trains.
    gradient_norm (of all weights together), mean_norm (of the rows before any normalization), effective_negatives (the
        mean over the anchors): of the last batch.
    recall (Recall@1), nmi, alignment, uniformity: on rows of classes never trained on, `npair_viz.training.metrics`.
    picture: places (m, 2) of the world's shown rows; held: the share of their squared length that lies in this plane.
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
class Unseen:
    """How embeddings serve classes that were never trained on; made by `on_unseen`."""

    recall: float
    nmi: float
    alignment: float
    uniformity: float


def on_unseen(world: World, net: nn.Module, device: str = "cpu") -> Unseen:
    """Embed the rows that a world measures on, and say how well each finds its own class."""
    embeddings, labels = embedded(world, net, world.measured, device), world.labels[world.measured]
    return Unseen(
        metrics.recall_at_k(embeddings, labels),
        metrics.nmi(embeddings, labels),
        metrics.alignment(embeddings, labels),
        metrics.uniformity(embeddings),
    )


def embedded(world: World, net: nn.Module, rows: Tensor, device: str = "cpu") -> Tensor:
    """The embeddings (m, d) of some rows, on the CPU, with no gradient."""
    with torch.no_grad():
        embeddings: Tensor = net(world.inputs[rows].to(device)).cpu()
    return embeddings


@lru_cache(maxsize=64)
def floor_and_chance(
    n: int, dimension: int, tao: float, l2_reg: float, *, normalize: bool, objective: Objective
) -> tuple[float, float]:
    """The least loss of n pairs, penalty included, and that of equal similarities.

    Where the dimension is too small for a simplex and no other form is known, the least of more dimensions: it is lower
    still, so it is a floor too, and a search for the best shape would take seconds.

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
    """The plane in which rows (m, d) are shown: all of it in 2-D, else their first two principal axes.

    Axes may turn or flip from one moment to the next though the rows hardly moved: they are turned back within their
    plane, as near as they can come to the places (m, 2) of the moment before.
    """
    if rows.shape[1] == 2:
        return whole_space(rows)
    plane = principal_plane(*rows.tensor_split(2))
    if before is None:
        return plane
    left, _, right = torch.linalg.svd(before.T @ plane.project(rows))
    return Plane(left @ right @ plane.axes, plane.held)


def as_the_loss_sees(embeddings: Tensor, normalize: bool) -> Tensor:
    """Embeddings, or their unit images where the loss sees those."""
    return unit_rows(embeddings) if normalize else embeddings
