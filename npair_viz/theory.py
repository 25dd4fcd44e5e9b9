"""What the loss can reach: the ruler of unit vectors, the phase law of raw ones, and the limits and laws of tao."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from npair_viz import shapes
from npair_viz.checks import check_choice, check_count, check_l2_reg, check_pairs, check_similarities, check_tao
from npair_viz.kernels.plain import margins, negative_logits, negative_mask
from npair_viz.loss import OBJECTIVES
from npair_viz.optima import OptimalPairs, optimal_pairs, plain_tao
from npair_viz.rows import in_working_precision


@dataclass(frozen=True)
class LossRuler:
    """What the loss of n unit pairs can be, without penalty, in nats; made by `loss_ruler`.

    floor: the least loss, and whether it is exact (else the least that was found); chance: all similarities equal;
    ceiling: the largest that was found, sure and wrong.
    """

    floor: float
    exact: bool
    chance: float
    ceiling: float

    def score(self, loss: float | Tensor) -> float:
        """How far `loss` is from chance: 1 at the floor, 0 at chance, −1 at the ceiling, linear between and beyond.

        A single pair scores 1. Scores beyond 1 or −1: the vectors are not unit vectors, or the loss has a penalty.
        """
        loss = loss.item() if isinstance(loss, Tensor) else loss
        if self.floor == self.ceiling:
            return 1.0
        end = self.floor if loss <= self.chance else self.ceiling
        return (self.chance - loss) / abs(self.chance - end)


@dataclass(frozen=True)
class Phase:
    """Where raw vectors come to rest; made by `phase`.

    pressure: 2·l2_reg·tao, and threshold: the pressure from which all collapses into the origin.
    error_mass: mean over anchors of Σ_{j≠i} w_ij at the optimum (with ovo it can pass 1).
    optimal_norm: mean length of the vectors at the optimum. optimal_loss: the loss there, with its penalty.
    exact: a closed form, not a search.
    """

    pressure: float
    threshold: float
    collapsed: bool
    error_mass: float
    optimal_norm: float
    optimal_loss: float
    exact: bool


def loss_ruler(n: int, tao: float | Tensor, *, objective: str = "mc", dimension: int | None = None) -> LossRuler:
    """Floor, chance and ceiling of the loss of n unit pairs in `dimension` dimensions (None: at least n − 1).

    floor: a_i = p_i on a regular simplex, log(1 + (n − 1) exp(−n / ((n − 1) tao))), where it fits; in the plane n
        equally spaced points, log Σ_k exp((cos(2πk/n) − 1) / tao); on the line two groups. ovo's simplex has
        (n − 1) log(1 + exp(−n / ((n − 1) tao))). In any other case the best of some descents, and `exact` is False.
    chance: log n, ovo (n − 1) log 2.
    ceiling: each positive opposite its anchor. Even n: two opposite groups, for mc log(n/2) + log(1 + exp(2 / tao)).
        Odd n: the larger of that and of two equal groups with one anchor alone between them.
    Finite for tao from 1e-4 to 1e4. The floor for dimension=None is below that of every dimension.
    Errors: ValueError or TypeError for settings that make no sense.
    Source: derived; tests compare with random search, with descents and with every sign pattern on the line.

    >>> ruler = loss_ruler(4, tao=0.5, dimension=2)
    >>> round(ruler.floor, 4), round(ruler.chance, 4), round(ruler.score(0.484), 2)
    (0.2539, 1.3863, 0.8)
    """
    check_count("n", n)
    tao = plain_tao(tao)
    check_choice("objective", objective, OBJECTIVES)
    dimension = max(n - 1, 2) if dimension is None else check_count("dimension", dimension)
    floor, exact = _floor(n, dimension, tao, objective)
    return LossRuler(
        floor=floor,
        exact=exact,
        chance=shapes.chance(n, objective),
        ceiling=shapes.ceiling(n, tao, objective, on_a_line=dimension == 1),
    )


def phase(n: int, tao: float | Tensor, l2_reg: float, *, objective: str = "mc", dimension: int | None = None) -> Phase:
    """Size, loss and error of n raw pairs at rest in `dimension` dimensions (None: at least n − 1).

    With m = 2·l2_reg·tao, where the simplex fits:
        mc:  m ≥ 1 collapses, the loss is log n; else q = m (n − 1) / n is the mass left on the negatives,
             r² = tao (n − 1)/n · log((n − 1)(1 − q) / q), loss −log(1 − q) + 2·l2_reg·r²
        ovo: m ≥ n/2 collapses; else q = m / n on each negative, r² = tao (n − 1)/n · log((1 − q) / q),
             loss −(n − 1) log(1 − q) + 2·l2_reg·r²
    The threshold holds in every dimension, the size does not: in the plane mc rests on a ring of up to 13 points, whose
    radius minimises log Σ_k exp(r² (cos(2πk/n) − 1) / tao) + 2·l2_reg·r². Any other case is searched for: exact=False.
    l2_reg = 0 has no rest: optimal_norm is inf, and optimal_loss is what the loss falls towards: 0, but on the line,
        where only the two ends stand out, the mean log of a point's rank from the nearer end (ovo: log 2 · (rank − 1)).
    n = 1: any l2_reg > 0 collapses, its threshold is 0; with l2_reg = 0 every length will do and optimal_norm is nan.
    Errors: ValueError or TypeError for settings that make no sense.
    Source: derived; tests compare with free descents.

    >>> rest = phase(4, tao=0.5, l2_reg=0.02, dimension=2)
    >>> round(rest.optimal_norm, 3), round(rest.optimal_loss, 4)
    (1.516, 0.112)
    >>> phase(4, tao=25, l2_reg=0.02).collapsed
    True
    """
    check_count("n", n)
    tao, l2_reg = plain_tao(tao), float(check_l2_reg(l2_reg))
    check_choice("objective", objective, OBJECTIVES)
    dimension = max(n - 1, 2) if dimension is None else check_count("dimension", dimension)
    pressure = 2 * l2_reg * tao
    collapsed = shapes.collapses(n, pressure, objective)
    mass, norm, loss, exact = _rest(n, dimension, tao, l2_reg, objective)
    return Phase(
        pressure=pressure,
        threshold=shapes.threshold(n, objective),
        collapsed=collapsed,
        error_mass=mass,
        optimal_norm=norm,
        optimal_loss=loss,
        exact=exact,
    )


def cold_limit(similarities: Tensor, *, objective: str = "mc") -> Tensor:
    """Limit of tao·loss as tao → 0: mean_i max(0, max_{j≠i} s_ij − s_ii), the hardest negative alone.

    ovo: mean_i Σ_{j≠i} max(0, s_ij − s_ii), every negative that is ahead. Shapes: similarities (n, n) to a scalar.
    Errors: ValueError or TypeError for similarities that are not a square of floating-point numbers.
    Source: derived; checked by tests.

    >>> cold_limit(torch.tensor([[0.5, 0.75], [0.0, 1.0]]))
    tensor(0.1250)
    """
    check_choice("objective", objective, OBJECTIVES)
    ahead = _ahead(similarities).clamp_min(0)
    if not len(ahead):
        return ahead.sum()
    return (ahead.amax(dim=1) if objective == "mc" else ahead.sum(dim=1)).mean()


def hot_limit(similarities: Tensor, *, objective: str = "mc") -> Tensor:
    """Limit of tao·(loss − chance) as tao → ∞: mean_i (mean_j s_ij − s_ii), all candidates alike.

    ovo: mean_i Σ_{j≠i} (s_ij − s_ii) / 2. Shapes: similarities (n, n) to a scalar.
    Errors: ValueError or TypeError for similarities that are not a square of floating-point numbers.
    Source: derived; checked by tests.

    >>> hot_limit(torch.tensor([[0.5, 0.75], [0.0, 1.0]]))
    tensor(-0.1875)
    """
    check_choice("objective", objective, OBJECTIVES)
    ahead = _ahead(similarities)
    if not len(ahead):
        return ahead.sum()
    return (ahead.mean(dim=1) if objective == "mc" else ahead.sum(dim=1) / 2).mean()


@dataclass(frozen=True, eq=False)
class Rescaled:
    """The same problem at tao = 1; made by `rescale`."""

    anchors: Tensor
    positives: Tensor
    l2_reg: float | Tensor


def rescale(anchors: Tensor, positives: Tensor, tao: float | Tensor, l2_reg: float = 0.0) -> Rescaled:
    """The same problem at tao = 1: L(A, P; tao, l2_reg) = L(A/√tao, P/√tao; 1, l2_reg·tao), on raw vectors.

    Only the product l2_reg·tao shapes the optimum; tao alone sets its size. Shapes: anchors, positives (n, d).
    Errors: ValueError or TypeError where shapes, dtypes or settings are wrong.
    Source: derived; checked by tests.

    >>> same = rescale(torch.ones(2, 1), torch.ones(2, 1), tao=4.0, l2_reg=0.5)
    >>> same.anchors.tolist(), same.l2_reg
    ([[0.5], [0.5]], 2.0)
    """
    check_pairs(anchors, positives)
    scale = check_tao(tao) ** 0.5
    return Rescaled(anchors / scale, positives / scale, check_l2_reg(l2_reg) * tao)


def _floor(n: int, dimension: int, tao: float, objective: str) -> tuple[float, bool]:
    if dimension >= n - 1:
        return shapes.simplex_loss(n, tao, objective), True
    if dimension == 1:
        return shapes.line_loss(n, tao, objective), True
    if dimension == 2 and objective == "mc":
        return shapes.ring_loss(n, tao, objective), True
    found = optimal_pairs(n, dimension, tao, objective=objective)
    return found.loss, found.exact


def _rest(n: int, dimension: int, tao: float, l2_reg: float, objective: str) -> tuple[float, float, float, bool]:
    """Error mass, mean norm and loss at the optimum, and whether they are exact."""
    pressure = 2 * l2_reg * tao
    if pressure == 0:
        return *_endless(n, dimension, objective), True
    if shapes.collapses(n, pressure, objective):
        return (n - 1) / (n if objective == "mc" else 2), 0.0, shapes.chance(n, objective), True
    if dimension >= n - 1:
        size, mass = shapes.simplex_size(n, pressure, objective), pressure * (n - 1) / n
        npair = -math.log1p(-mass) if objective == "mc" else (1 - n) * math.log1p(-pressure / n)
        return mass, math.sqrt(tao * size), npair + pressure * size, True
    if dimension == 2 and objective == "mc" and n <= shapes.LARGEST_RAW_RING:
        size = shapes.ring_size(n, pressure)
        return (
            shapes.ring_error_mass(n, size),
            math.sqrt(tao * size),
            shapes.ring_loss(n, 1 / size, objective) + pressure * size,
            True,
        )
    found = optimal_pairs(n, dimension, tao, l2_reg=l2_reg, normalize=False, objective=objective)
    norms = torch.linalg.vector_norm(torch.cat([found.anchors, found.positives]), dim=1)
    return _error_mass(found, tao, objective), float(norms.mean()), found.loss, found.exact


def _endless(n: int, dimension: int, objective: str) -> tuple[float, float, float]:
    """Error mass, norm and loss that raw pairs approach when nothing holds their lengths."""
    if n == 1:
        return 0.0, math.nan, 0.0
    if dimension > 1:
        return 0.0, math.inf, 0.0
    # an anchor on a line sees candidates in order: those beyond its positive can at best be drawn level with it
    beyond = [min(place, n - 1 - place) for place in range(n)]
    if objective == "mc":
        mass, loss = sum(k / (k + 1) for k in beyond), sum(math.log1p(k) for k in beyond)
    else:
        mass, loss = sum(beyond) / 2, sum(beyond) * math.log(2)
    return mass / n, math.inf, loss / n


def _error_mass(pairs: OptimalPairs, tao: float, objective: str) -> float:
    logits = negative_logits(margins(pairs.anchors @ pairs.positives.T, tao), negative_mask(pairs.anchors))
    masses = logits.logsumexp(dim=1).sigmoid() if objective == "mc" else logits.sigmoid().sum(dim=1)
    return float(masses.mean())


def _ahead(similarities: Tensor) -> Tensor:
    """s_ij − s_ii, (n, n)."""
    return margins(in_working_precision(check_similarities(similarities)), 1.0)
