"""The loss in plain torch operations: tests judge kernels by it; torch.compile and second derivatives use it."""

from collections.abc import Sequence

import torch
from torch import Tensor

from npair_viz.linalg import product
from npair_viz.losses.kernels.negatives import Negatives
from npair_viz.losses.objectives import Objective, margins, pair_losses


def losses(
    anchors: Tensor,
    positives: Tensor,
    tao: float | Tensor,
    negatives: Negatives,
    objective: Objective,
    scale: float | None = None,
) -> Tensor:
    """Loss of each anchor (m,) of `anchors` (m, d) against `positives` (n, d), 0 where it is not valid.

    With a `scale`, the scalar scale · Σ_i loss_i. Derivatives of any order, torch.compile and torch.func work.
    """
    similarities = product(anchors, positives.T)
    found = _of_rows(similarities, tao, negatives, objective)
    if negatives.both:
        n = len(anchors)
        found = (found + _of_rows(similarities.narrow(1, 0, n).T, tao, negatives.back(n), objective)) / 2
    valid = negatives.valid_anchors(anchors)
    found = found if valid is None else found.where(valid, 0.0)
    return found if scale is None else found.sum() * scale


def _of_rows(similarities: Tensor, tao: float | Tensor, negatives: Negatives, objective: Objective) -> Tensor:
    """Loss of the anchor of each row (m,), from its similarities (m, n)."""
    m, n = similarities.shape
    own = torch.arange(negatives.first, negatives.first + m, device=similarities.device)
    return pair_losses(margins(similarities, tao, own), negatives.mask(m, n, similarities.device), objective)


def gradients(
    anchors: Tensor,
    positives: Tensor,
    tao: float | Tensor,
    negatives: Negatives,
    objective: Objective,
    scale: float | None,
    asked: Sequence[bool],
    upstream: Tensor,
) -> list[Tensor | None]:
    """Gradients of `losses` by anchors, positives and tao, where asked; they can be differentiated again."""
    anchors, positives = anchors.view_as(anchors), positives.view_as(positives)  # both may be the same tensor
    inputs = (anchors, positives, tao.view_as(tao) if isinstance(tao, Tensor) else tao)
    wanted = [one for one, is_asked in zip(inputs, asked, strict=True) if is_asked and isinstance(one, Tensor)]
    found = losses(*inputs, negatives, objective, scale)
    made = iter(torch.autograd.grad(found, wanted, upstream, create_graph=True))
    return [next(made) if is_asked else None for is_asked in asked]
