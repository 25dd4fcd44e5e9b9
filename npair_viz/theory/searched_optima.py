"""Descents to the best shape of n pairs where no closed form is known: the same as stage/js/model/search.js."""

import math
from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor
from torch.nn.functional import normalize

from npair_viz.losses.objectives import Objective, softplus, term_logits
from npair_viz.theory.closed_forms import simplex_size

STARTS, ENTRIES = 16, 2**20  # as many starts, of n² similarities each, as fit in 8 MiB
FIRST_ROUNDS, LAST_ROUNDS = 2, 30  # of all starts together, and at most of the best of them alone
ROUND, END = 12, 300  # losses measured in a round, and at most after the rounds
DECIMALS = 5  # of where rounds begin, or the last digits, which JavaScript sums otherwise, would part the two ways
GAIN = 1e-9  # no more ends the rounds
SMALL = 3e-11  # a slope, a step or a gain that ends a descent
GOLDEN = (math.sqrt(5) - 1) / 2
COLDEST_START = 0.1  # of unit vectors: below it only the nearest negatives have a slope, and descents get stuck
LARGEST = 4096  # pairs; a descent then holds about 1 GB of similarities


def best_units(
    n: int, dimension: int, tao: float, objective: Objective, generator: torch.Generator | None = None
) -> tuple[Tensor, Tensor]:
    """Anchors and positives of length 1, (n, dimension) each, with the least loss that was found."""

    def height(tao: float, points: Tensor) -> Tensor:
        return tao * _log_loss(normalize(points, dim=-1), tao, objective)

    first = partial(height, max(tao, COLDEST_START))
    anchors, positives = normalize(_best(first, partial(height, tao), _starts(n, dimension, generator)), dim=-1)
    return anchors, positives


def best_raw(
    n: int, dimension: int, pressure: float, objective: Objective, generator: torch.Generator | None = None
) -> tuple[Tensor, Tensor]:
    """Raw anchors and positives, (n, dimension) each, with the least loss that was found at tao = 1.

    `pressure` is 2·l2_reg and lies between 0 and the threshold of collapse.
    """

    def height(points: Tensor) -> Tensor:
        penalty = pressure / 2 * points.square().sum(dim=(-2, -1)).sum(dim=0) / n
        return torch.logaddexp(_log_loss(points, 1.0, objective), penalty.log())

    start = math.sqrt(simplex_size(n, pressure, objective) / dimension) * _starts(n, dimension, generator)
    anchors, positives = _best(height, height, start)
    return anchors, positives


def _starts(n: int, dimension: int, generator: torch.Generator | None) -> Tensor:
    """Points (2, starts, n, dimension) in all directions, positives on their anchors."""
    if n > LARGEST:
        raise ValueError(
            f"more than {LARGEST} pairs are too many to search for a best shape, got {n} in {dimension} dimensions; "
            "leave dimension out where it can be: the simplex lies below what any dimension can reach"
        )
    shape = (max(1, min(STARTS, ENTRIES // n**2)), n, dimension)
    if generator is None:  # with the numbers of stage/js/model/search.js
        places = GOLDEN * torch.arange(1, math.prod(shape) + 1, dtype=torch.float64, device="cpu").square() % 1
    else:
        places = torch.rand(shape, generator=generator, dtype=torch.float64, device=generator.device).cpu()
    return (math.sqrt(3) * (2 * places.view(shape) - 1)).expand(2, -1, -1, -1)


def _best(first: Callable[[Tensor], Tensor], last: Callable[[Tensor], Tensor], points: Tensor) -> Tensor:
    """Where the best of the starts `points` comes to rest, downhill on `first` and then on `last`."""
    for _ in range(FIRST_ROUNDS):
        points = _descend(first, points.round(decimals=DECIMALS), ROUND)
    heights = last(points)
    points, lowest = points[:, int(heights.argmin())], float(heights.min())
    for _ in range(LAST_ROUNDS):
        points = _descend(last, points.round(decimals=DECIMALS), ROUND)
        before, lowest = lowest, float(last(points))
        if before - lowest <= GAIN:
            break
    return _descend(last, points, END)


def _descend(height: Callable[[Tensor], Tensor], points: Tensor, measures: int) -> Tensor:
    with torch.inference_mode(False):
        points = points.clone().requires_grad_()
        optimizer: torch.optim.Optimizer = torch.optim.LBFGS(
            [points],
            max_iter=measures,
            max_eval=measures,
            history_size=10,
            tolerance_grad=SMALL,
            tolerance_change=SMALL,
            line_search_fn="strong_wolfe",
        )
        optimizer.step(partial(_measure, height, points))
    return points.detach()


def _measure(height: Callable[[Tensor], Tensor], points: Tensor) -> float:
    total = height(points).sum()
    (points.grad,) = torch.autograd.grad(total, points)
    return float(total.detach())


def _log_loss(points: Tensor, tao: float, objective: Objective) -> Tensor:
    """log of the loss of points (2, ..., n, d): a loss of 1e-300 still has a slope there."""
    anchors, positives = points
    similarities = anchors @ positives.mT
    n = similarities.shape[-1]
    margins = (similarities - similarities.diagonal(dim1=-2, dim2=-1).unsqueeze(-1)) / tao
    margins = margins.masked_fill(torch.eye(n, dtype=torch.bool, device="cpu"), -math.inf)
    logits = term_logits(margins, objective).flatten(-2)
    return _log_softplus(logits).logsumexp(dim=-1) - math.log(n)


def _log_softplus(x: Tensor) -> Tensor:
    return torch.where(x > -40, softplus(x.clamp_min(-40)).log(), x)
