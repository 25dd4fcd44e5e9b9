"""The ruler: the range of the loss of unit pairs, with its floor, chance and ceiling."""

from dataclasses import dataclass

from torch import Tensor

from npair_viz.losses.objectives import Objective, chance, check_objective
from npair_viz.theory import closed_forms, extra_negatives
from npair_viz.theory.optimal_pairs import optimal_pairs, plain_tao
from npair_viz.validation import check_count, check_flag


@dataclass(frozen=True)
class LossRuler:
    """The range of the loss of n unit pairs, without penalty, in nats; made by `loss_ruler`.

    Attributes:
        floor: The least loss.
        exact: Whether the floor has a closed form; if not, it is the least loss that a search found, or a bound.
        chance: The loss where all similarities are equal.
        ceiling: The largest loss that was found.
        is_bound: Whether the floor is a lower bound, which perhaps no pairs reach.

    >>> ruler = loss_ruler(4, tao=0.5, dimension=2)
    >>> ruler.floor < ruler.chance < ruler.ceiling, ruler.exact
    (True, True)
    """

    floor: float
    exact: bool
    chance: float
    ceiling: float
    is_bound: bool = False

    def score(self, loss: float | Tensor) -> float:
        """How far `loss` is from chance: 1 at the floor, 0 at chance, −1 at the ceiling, linear between and beyond.

        A single pair scores 1. A score above 1 or below −1 means raw vectors, or a loss with its penalty.

        Args:
            loss: A loss in nats, without penalty.

        Returns:
            The score.

        >>> ruler = loss_ruler(4, tao=0.5, dimension=2)
        >>> ruler.score(ruler.floor), ruler.score(ruler.chance)
        (1.0, 0.0)
        """
        loss = loss.item() if isinstance(loss, Tensor) else loss
        if self.floor == self.ceiling:
            return 1.0
        end = self.floor if loss <= self.chance else self.ceiling
        return (self.chance - loss) / abs(self.chance - end)


def loss_ruler(
    n: int,
    tao: float | Tensor,
    *,
    objective: Objective = "mc",
    dimension: int | None = None,
    search: bool = True,
    negatives: int = 0,
    symmetric: bool = False,
) -> LossRuler:
    """Floor, chance and ceiling of the loss of n unit pairs.

    - Floor: `a_i = p_i` on a regular simplex, `log(1 + (n − 1) exp(−n / ((n − 1) tao)))`, where it fits; in the plane
        n equally spaced points, `log Σ_k exp((cos(2πk/n) − 1) / tao)`; on the line two groups. ovo's simplex has
        `(n − 1) log(1 + exp(−n / ((n − 1) tao)))`. In any other case the best of some descents, and `exact` is False;
        without a search the larger of the simplex's loss and `log n − 1/tao + log C_d(1/tao)`, and `is_bound` is True.
    - Chance: `log n`, ovo `(n − 1) log 2`.
    - Extra negatives, `negatives` of them, anywhere on the sphere: chance `log(n + m)`, ovo `(n − 1 + m) log 2`. Floor,
        from n dimensions on: the simplex on a circle of latitude, anchors at one and positives at another, and all m at
        the pole below them, at the best two latitudes; in fewer `is_bound` is True, and nothing is searched for.
        Ceiling: as below, with all m at one end; ascents found up to 4 % more.
    - Both directions, `symmetric`: the mean of each, in the second of which there are no extra negatives.
    - Ceiling: each positive opposite its anchor. Even n: two opposite groups, mc `log(n/2) + log(1 + exp(2 / tao))`.
        Odd n: the larger of that and of two equal groups with one anchor alone between them.

    Args:
        n: How many pairs.
        tao: The temperature; all numbers are finite from 1e-4 to 1e4.
        objective: "mc" or "ovo".
        dimension: That of the vectors; None means at least n − 1, which gives the lowest floor of all dimensions (at
            least n beside extra negatives).
        search: Whether to search for a floor that has no closed form; a search takes from milliseconds to seconds.
        negatives: How many extra negatives there are, see `npair_loss`.
        symmetric: Whether the loss is the mean of both directions.

    Returns:
        The ruler.

    Raises:
        ValueError: n, dimension or tao is not positive, or the objective is unknown.
        TypeError: n or dimension is no int, or tao is no number.

    Source: derived; tests compare with random search, with descents and with every sign pattern on the line.

    >>> ruler = loss_ruler(4, tao=0.5, dimension=2)
    >>> round(ruler.floor, 4), round(ruler.chance, 4), round(ruler.score(0.484), 2)
    (0.2539, 1.3863, 0.8)
    >>> round(loss_ruler(4, tao=0.5, negatives=60).chance, 4)
    4.1589
    """
    check_count("n", n)
    tao = plain_tao(tao)
    check_objective(objective)
    symmetric = check_flag("symmetric", symmetric)
    if check_count("negatives", negatives, least=0):
        return _beside_extra(n, negatives, tao, objective, dimension, symmetric)
    dimension = max(n - 1, 2) if dimension is None else check_count("dimension", dimension)
    is_bound = not (check_flag("search", search) or closed_forms.is_known(n, dimension, objective))
    if is_bound:
        floor, exact = closed_forms.unit_bound(n, dimension, tao, objective), False
    else:
        floor, exact = _floor(n, dimension, tao, objective)
    return LossRuler(
        floor=floor,
        exact=exact,
        chance=chance(n, objective),
        ceiling=closed_forms.ceiling(n, tao, objective, on_a_line=dimension == 1),
        is_bound=is_bound,
    )


def _beside_extra(
    n: int, m: int, tao: float, objective: Objective, dimension: int | None, symmetric: bool
) -> LossRuler:
    """The ruler beside m extra negatives."""
    floor, exact = extra_negatives.floor(n, m, tao, objective, symmetric=symmetric), True
    if dimension is not None and check_count("dimension", dimension) < n:
        floor, exact = max(floor, closed_forms.unit_bound(n, dimension, tao, objective)), False
    both = chance(n, objective, m), chance(n, objective)
    return LossRuler(
        floor=floor,
        exact=exact,
        chance=sum(both) / 2 if symmetric else both[0],
        ceiling=extra_negatives.ceiling(n, m, tao, objective, symmetric=symmetric),
        is_bound=not exact,
    )


def _floor(n: int, dimension: int, tao: float, objective: Objective) -> tuple[float, bool]:
    if dimension >= n - 1:
        return closed_forms.simplex_loss(n, tao, objective), True
    if dimension == 1:
        return closed_forms.line_loss(n, tao, objective), True
    if dimension == 2 and closed_forms.has_ring(objective):
        return closed_forms.ring_loss(n, tao, objective), True
    found = optimal_pairs(n, dimension, tao, objective=objective)
    return found.loss, found.exact
