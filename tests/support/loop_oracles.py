"""The formulas once more as slow loops, and pairs to try them on: what the library is compared with."""

import math

import torch
from torch import Tensor

SIZES = [(n, d) for n in range(1, 18) for d in (1, 2, 3, 7, 19)]
DTYPES = [torch.float64, torch.float32, torch.bfloat16, torch.float16]


def loop_loss(
    anchors: Tensor, positives: Tensor, tao: float, l2_reg: float, objective: str, normalize: bool
) -> list[float]:
    """Loss of every pair, its penalty included, one term at a time in float64."""
    a, p = (
        [[entry / (math.dist(row, [0] * len(row)) or 1.0) if normalize else entry for entry in row] for row in rows]
        for rows in (anchors.double().tolist(), positives.double().tolist())
    )
    losses = []
    for i in range(len(a)):
        terms = [(dot(a[i], p[j]) - dot(a[i], p[i])) / tao for j in range(len(a)) if j != i]
        if objective == "mc":
            *others, top = sorted([0.0, *terms])
            loss = top + math.log1p(math.fsum(math.exp(other - top) for other in others))
        else:
            loss = sum(max(term, 0.0) + math.log1p(math.exp(-abs(term))) for term in terms)
        losses.append(loss + l2_reg * (dot(a[i], a[i]) + dot(p[i], p[i])))
    return losses


def loop_gradients(
    anchors: Tensor, positives: Tensor, tao: float, l2_reg: float, objective: str, normalize: bool
) -> tuple[Tensor, Tensor, Tensor]:
    """Gradients of the mean of `loop_loss` by anchors, positives and tao: its terms once more, by autograd."""
    rows = anchors.double().requires_grad_(), positives.double().requires_grad_()
    heat = torch.tensor(tao, dtype=torch.float64, requires_grad=True)
    a, p = ([one / one.norm() if normalize else one for one in side] for side in rows)
    total = torch.zeros((), dtype=torch.float64)
    for i in range(len(a)):
        terms = [(a[i] @ p[j] - a[i] @ p[i]) / heat for j in range(len(a)) if j != i]
        if objective == "mc":
            total = total + torch.stack([torch.zeros((), dtype=torch.float64), *terms]).logsumexp(0)
        else:
            total = total + sum(torch.logaddexp(term, torch.zeros_like(term)) for term in terms)
        total = total + l2_reg * (a[i] @ a[i] + p[i] @ p[i])
    found = torch.autograd.grad(total / len(a), (*rows, heat), allow_unused=True)
    return tuple(
        torch.zeros_like(one) if slope is None else slope for slope, one in zip(found, (*rows, heat), strict=True)
    )


def dot(left: list[float], right: list[float]) -> float:
    return math.fsum(x * y for x, y in zip(left, right, strict=True))


def numeric_gradient(function, point: Tensor, step: float = 1e-5) -> Tensor:
    """Central differences of a scalar function, one entry at a time, by four evaluations each."""
    gradient = torch.zeros_like(point)
    for k in range(point.numel()):
        nudge = torch.zeros_like(point).view(-1)
        nudge[k] = step
        nudge = nudge.view_as(point)
        near = function(point + nudge) - function(point - nudge)
        far = function(point + 2 * nudge) - function(point - 2 * nudge)
        gradient.view(-1)[k] = (8 * near - far) / (12 * step)
    return gradient


def pairs(
    n: int, d: int, seed: int = 0, dtype: torch.dtype = torch.float64, scale: float = 1.0
) -> tuple[Tensor, Tensor]:
    """Seeded random anchors and positives (n, d)."""
    generator = torch.Generator().manual_seed(1_000 * n + 10 * d + seed)
    rows = torch.randn(2, n, d, generator=generator, dtype=torch.float64)
    return rows[0].to(dtype), rows[1].to(dtype)


def at_degrees(degrees: list[float]) -> Tensor:
    """Points of the unit circle, (n, 2)."""
    radians = torch.deg2rad(torch.tensor(degrees, dtype=torch.float64))
    return torch.stack([radians.cos(), radians.sin()], dim=1)


LINE_UP = (at_degrees([90, 20, 200, 300]), at_degrees([140, 60, 215, 285]))


def looped_losses(
    anchors: Tensor,
    positives: Tensor,
    tao: float | Tensor,
    objective: str = "mc",
    labels: list[int] | None = None,
    valid: list[bool] | None = None,
    negatives: Tensor | None = None,
    negative_labels: list[int] | None = None,
) -> Tensor:
    """Loss of every pair (n,), its negatives one by one; autograd gives its gradients."""
    n, found = len(anchors), []
    for i in range(n):
        if valid is not None and not valid[i]:
            found.append(0 * anchors[i].sum())
            continue
        others = [
            positives[j]
            for j in range(n)
            if j != i and (labels is None or labels[j] != labels[i]) and (valid is None or valid[j])
        ]
        others += [
            one
            for k, one in enumerate([] if negatives is None else negatives)
            if negative_labels is None or labels is None or negative_labels[k] != labels[i]
        ]
        terms = torch.stack([0 * anchors[i].sum(), *((anchors[i] @ (one - positives[i])) / tao for one in others)])
        found.append(terms.logsumexp(0) if objective == "mc" else torch.logaddexp(terms[1:], 0 * terms[:1]).sum())
    return torch.stack(found)


def looped_both_ways(anchors: Tensor, positives: Tensor, tao: float | Tensor, objective: str = "mc", **masks) -> Tensor:
    """The mean of both directions of `looped_losses` (n,); extra negatives are in the first direction alone."""
    there = looped_losses(anchors, positives, tao, objective, **masks)
    masks = {name: mask for name, mask in masks.items() if name in ("labels", "valid")}
    return (there + looped_losses(positives, anchors, tao, objective, **masks)) / 2
