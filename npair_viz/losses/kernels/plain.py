"""The loss in plain torch operations: the judge of every kernel, and what is derived twice, compiled or transformed."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from npair_viz.linalg import product
from npair_viz.losses.kernels.negatives import Negatives

ENOUGH = 80.0  # beyond it softplus(x) is x in every dtype, and below it exp(x) is finite


def margins(similarities: Tensor, tao: float | Tensor, first: int = 0) -> Tensor:
    """x_ij = (s_ij − s_ii) / tao of similarities (m, n): the lead of candidate j over the positive. tao broadcasts.

    Anchor i pairs with positive `first` + i.
    """
    own = torch.arange(first, first + len(similarities), device=similarities.device)
    # not diagonal(): what torch 2.13's inductor makes of its way back is wrong
    return (similarities - similarities.gather(1, own.unsqueeze(1))) / tao


def negative_mask(anchors: Tensor, labels: Tensor | None = None) -> Tensor:
    """Which positives are negatives of which anchors, (n, n) bool: another pair's and of another label."""
    return Negatives(labels).mask(len(anchors), len(anchors), anchors.device)


def negative_logits(margins: Tensor, is_negative: Tensor) -> Tensor:
    """Margins of the negatives; elsewhere the lowest finite number, whose exponential is 0 and has no NaN gradient."""
    return margins.masked_fill(~is_negative, torch.finfo(margins.dtype).min)


def softplus(x: Tensor) -> Tensor:
    """log(1 + exp x), exact at both ends: torch's own returns its input above 20, unless it is told otherwise."""
    return functional.softplus(x, threshold=ENOUGH)


def pair_losses(margins: Tensor, is_negative: Tensor, objective: str) -> Tensor:
    """Loss of each anchor (m,) from its margins and its negatives (m, candidates)."""
    if margins.shape[-1] == 0:  # no pair: logsumexp has nothing to reduce, and a sum keeps the graph
        return margins.sum(dim=-1)
    logits = negative_logits(margins, is_negative)
    # log(1 + Σ exp) by way of the negatives alone: cross-entropy would lose a loss of 2e-9 to the 1
    return softplus(logits.logsumexp(dim=-1)) if objective == "mc" else softplus(logits).sum(dim=-1)


def losses(
    anchors: Tensor,
    positives: Tensor,
    tao: float | Tensor,
    negatives: Negatives,
    objective: str,
    scale: float | None = None,
) -> Tensor:
    """Loss of each anchor (m,) of `anchors` (m, d) against `positives` (n, d), 0 where it is not valid.

    With a `scale`, the scalar scale · Σ_i loss_i. Derivatives of any order, torch.compile and torch.func go through.
    """
    mask = negatives.mask(len(anchors), len(positives), anchors.device)
    found = pair_losses(margins(product(anchors, positives.T), tao, negatives.first), mask, objective)
    valid = negatives.valid_anchors(anchors)
    found = found if valid is None else found.where(valid, 0.0)
    return found if scale is None else found.sum() * scale


def gradients(
    anchors: Tensor,
    positives: Tensor,
    tao: float | Tensor,
    negatives: Negatives,
    objective: str,
    scale: float | None,
    asked: Sequence[bool],
    upstream: Tensor,
) -> list[Tensor | None]:
    """Gradients of `losses` by anchors, positives and tao, where asked, as functions of all that they depend on."""
    anchors, positives = anchors.view_as(anchors), positives.view_as(positives)  # both may be one and the same tensor
    inputs = (anchors, positives, tao.view_as(tao) if isinstance(tao, Tensor) else tao)
    wanted = [one for one, is_asked in zip(inputs, asked, strict=True) if is_asked and isinstance(one, Tensor)]
    found = losses(*inputs, negatives, objective, scale)
    made = iter(torch.autograd.grad(found, wanted, upstream, create_graph=True))
    return [next(made) if is_asked else None for is_asked in asked]
