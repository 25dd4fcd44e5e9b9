"""What n unit pairs can reach beside m extra unit negatives, which may lie anywhere; formula 7."""

import math

import torch
from torch import Tensor

from npair_viz.losses.objectives import Objective
from npair_viz.theory.closed_forms import seen_loss

GRID = 65  # points a side, of which each round keeps two of 64 intervals
ROUNDS = 7


def floor(n: int, m: int, tao: float, objective: Objective, *, symmetric: bool) -> float:
    """The least loss, which n or more dimensions reach: anchors on a simplex at one latitude, positives at another."""
    low, high, least = [0.0, 0.0], [math.pi / 2, math.pi / 2], math.inf
    for _ in range(ROUNDS):
        theta, phi = (
            torch.linspace(*ends, GRID, dtype=torch.float64, device="cpu") for ends in zip(low, high, strict=True)
        )
        values = _at_latitudes(theta.unsqueeze(1), phi, n, m, tao, objective, symmetric=symmetric)
        best = int(values.argmin())
        least = min(least, float(values.flatten()[best]))
        for side, (place, grid) in enumerate(zip(divmod(best, GRID), (theta, phi), strict=True)):
            low[side], high[side] = float(grid[max(place - 1, 0)]), float(grid[min(place + 1, GRID - 1)])
    return least


def ceiling(n: int, m: int, tao: float, objective: Objective, *, symmetric: bool) -> float:
    """The largest loss of positives opposite their anchors, which are at two ends, and all extra negatives at one."""
    here = torch.arange(n + 1, dtype=torch.float64, device="cpu")  # anchors at the end of the extra ones
    there = n - here
    margins = torch.tensor([0.0, 2 / tao], dtype=torch.float64, device="cpu")

    def mean_loss(extra: int) -> Tensor:
        near = seen_loss(margins, torch.stack([(here - 1).clamp_min(0), there + extra], dim=1), objective)
        far = seen_loss(margins, torch.stack([(there - 1).clamp_min(0) + extra, here], dim=1), objective)
        return (here * near + there * far) / n

    return float(_mean([mean_loss(m), mean_loss(0)] if symmetric else [mean_loss(m)]).max())


def _at_latitudes(
    theta: Tensor, phi: Tensor, n: int, m: int, tao: float, objective: Objective, *, symmetric: bool
) -> Tensor:
    """The loss where anchors are at latitude theta, positives at phi, and the extra negatives at the pole below."""
    of_pairs = -n / max(n - 1, 1) * theta.cos() * phi.cos() / tao
    of_extra = -(theta.sin() + (theta - phi).cos()) / tao
    gaps, counts = torch.stack([of_pairs, of_extra], dim=-1), _counts(n, m)
    losses = [seen_loss(gaps, counts, objective)]
    return _mean([*losses, seen_loss(gaps, _counts(n, 0), objective)] if symmetric else losses)


def _counts(n: int, m: int) -> Tensor:
    """How many negatives an anchor has of either kind."""
    return torch.tensor([n - 1, m], dtype=torch.float64, device="cpu")


def _mean(values: list[Tensor]) -> Tensor:
    return torch.stack(values).mean(dim=0)
