"""What torch says of the page's curves and fields: the loss over tao, over the places of one anchor, the phase map."""

import math
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from npair_viz.geometry.limits import SEARCHED_DIMENSIONS
from npair_viz.geometry.projection import Plane
from npair_viz.geometry.reading import Reading, seen_rows
from npair_viz.geometry.sweeps import FLOOR_STRIDE, L2_REG_POWERS, MAP_STRIDE, TAO_POWERS
from npair_viz.losses.objectives import Objective, chance, margins, pair_losses
from npair_viz.theory.phase import Phase, phase
from npair_viz.theory.ruler import loss_ruler

TAOS = torch.logspace(*TAO_POWERS, dtype=torch.float64)
L2_REGS = torch.cat([torch.zeros(1, dtype=torch.float64), torch.logspace(*L2_REG_POWERS, dtype=torch.float64)])


@dataclass(frozen=True, eq=False)
class LossOverTao:
    """A scene's loss at many temperatures.

    Attributes:
        taos: (m,).
        losses: (m,).
        floor_taos: (k,), some of `taos`.
        floors: (k,), the least loss at `floor_taos`, or a lower bound, as in `Reading.ruler`.
        chance: The loss where all similarities are equal.
    """

    taos: Tensor
    losses: Tensor
    floor_taos: Tensor
    floors: Tensor
    chance: float


@dataclass(frozen=True, eq=False)
class Landscape:
    """The loss of one anchor (m,) at places of the picture (m, 2)."""

    places: Tensor
    losses: Tensor


@dataclass(frozen=True, eq=False)
class PhaseMap:
    """The length at which raw vectors settle, (l2_regs, taos): 0 where they collapse, NaN for l2_reg = 0 or unknown."""

    taos: Tensor
    l2_regs: Tensor
    norms: Tensor


def loss_over_tao(reading: Reading, taos: Tensor = TAOS) -> LossOverTao:
    """The loss of a reading's points at other temperatures; for raw vectors the floor is the phase law's optimum.

    >>> from npair_viz.geometry.reading import read
    >>> from npair_viz.data.scenes import named
    >>> curve = loss_over_tao(read(named("line-up")), torch.tensor([0.25, 0.5]))
    >>> curve.losses
    tensor([0.3703, 0.4840], dtype=torch.float64)
    """
    x = margins(reading.forces.similarities, taos.view(-1, 1, 1))
    losses = pair_losses(x, reading.is_negative, reading.objective).mean(dim=1) + reading.penalty
    shape = (reading.n, reading.objective, reading.scene.dimension)
    blind = chance(reading.n, reading.objective)
    floor_taos = taos[::FLOOR_STRIDE]  # to search for a floor is slow
    if reading.normalize:
        floors = [_floor(*shape, tao) + reading.penalty for tao in floor_taos.tolist()]
        blind += reading.penalty
    else:
        floors = [_at_rest(*shape, reading.l2_reg * tao).optimal_loss for tao in floor_taos.tolist()]
    least = torch.minimum(taos.new_tensor(floors), losses[::FLOOR_STRIDE])  # these pairs may be better than any found
    return LossOverTao(taos, losses, floor_taos, least, blind)


def landscape_places(reading: Reading, centre: tuple[float, float], reach: float) -> Tensor:
    """Places for the selected anchor, (m, 2): on the unit circle, or a grid within `reach` of `centre` in the plane."""
    if reading.normalize:
        angles = torch.linspace(0, 2 * torch.pi, 181, dtype=torch.float64)
        return torch.stack([angles.cos(), angles.sin()], dim=1)
    x, y = (torch.linspace(middle - reach, middle + reach, 41, dtype=torch.float64) for middle in centre)
    return torch.cartesian_prod(x, y)


def landscape(reading: Reading, plane: Plane, places: Tensor) -> Landscape:
    """The selected anchor's own loss at places of the picture (m, 2); for raw vectors with its penalty.

    A place (x, y) means the full vector x·axis₁ + y·axis₂.
    """
    anchors = places.to(plane.axes.dtype) @ plane.axes
    _, positives = seen_rows(reading)
    similarities = anchors @ positives.to(anchors.dtype).T
    x = margins(similarities, reading.tao, torch.full((len(places),), reading.selected))
    losses = pair_losses(x, reading.is_negative[reading.selected], reading.objective)
    if not reading.normalize:
        losses = losses + reading.l2_reg * anchors.square().sum(dim=1)
    return Landscape(places, losses)


@lru_cache(maxsize=16)
def phase_map(n: int, objective: Objective, dimension: int) -> PhaseMap:
    """The lengths at which raw vectors settle, for all tao and l2_reg of the sliders.

    Where there is no closed form the map is coarser, since each of its optima is searched for, or left unknown.
    """
    stride = 1 if _at_rest(n, objective, dimension, 0.01).exact else 5
    taos, l2_regs = TAOS[:: MAP_STRIDE * stride], torch.cat([L2_REGS[:1], L2_REGS[1::stride]])
    lengths = [[_length(n, objective, dimension, tao, l2_reg) for tao in taos.tolist()] for l2_reg in l2_regs.tolist()]
    return PhaseMap(taos, l2_regs, torch.tensor(lengths, dtype=torch.float64))


def _length(n: int, objective: Objective, dimension: int, tao: float, l2_reg: float) -> float:
    if l2_reg == 0:
        return math.nan
    return math.sqrt(tao) * _at_rest(n, objective, dimension, float(f"{l2_reg * tao:.9g}")).optimal_norm


@lru_cache(maxsize=4096)
def _at_rest(n: int, objective: Objective, dimension: int, product: float) -> Phase:
    """The optimum at tao = 1: up to scale it depends on tao · l2_reg alone."""
    search = dimension <= SEARCHED_DIMENSIONS
    return phase(n, 1.0, product, objective=objective, dimension=dimension, search=search)


@lru_cache(maxsize=4096)
def _floor(n: int, objective: Objective, dimension: int, tao: float) -> float:
    search = dimension <= SEARCHED_DIMENSIONS
    return loss_ruler(n, tao, objective=objective, dimension=dimension, search=search).floor
