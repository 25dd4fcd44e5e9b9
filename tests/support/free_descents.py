"""Random settings and pairs, and how far free descents of the loss get."""

import math

import torch
from hypothesis import strategies as st

from npair_viz.linalg import unit_rows
from npair_viz.losses.npair import npair_loss

TAOS = st.floats(math.log(1e-2), math.log(1e2)).map(math.exp)
OBJECTIVES = ("mc", "ovo")


def random_pairs(n, d, seed):
    return torch.randn(2, n, d, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def descend_freely(
    n, d, tao, *, l2_reg=0.0, objective="mc", unit=True, uphill=False, seeds=4, steps=150, extra=0, symmetric=False
):
    """Least (uphill: largest) loss that descents of the plain loss reach; anchors, positives, extra negatives free."""
    reached = []
    for seed in range(seeds):
        points = random_pairs(n, d, seed).flatten(0, 1)
        points = torch.cat([points, random_pairs(extra, d, seed)[0]]).requires_grad_()
        optimizer = torch.optim.LBFGS(
            [points], max_iter=steps, tolerance_grad=1e-12, tolerance_change=1e-15, line_search_fn="strong_wolfe"
        )

        def loss(points=points):
            anchors, positives, negatives = (unit_rows(points) if unit else points).split([n, n, extra])
            settings = {"tao": tao, "l2_reg": l2_reg, "objective": objective, "symmetric": symmetric}
            return npair_loss(anchors, positives, negatives=negatives, **settings)

        def closure(points=points, loss=loss):
            value = -loss() if uphill else loss()
            (points.grad,) = torch.autograd.grad(value, points)
            return value.detach()

        optimizer.step(closure)
        reached.append(loss().item())
    return max(reached) if uphill else min(reached)
