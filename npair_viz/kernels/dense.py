"""The loss by way of the whole (n, n) matrix of similarities: the plain way, and the judge of any other."""

import torch
from torch import Tensor


def margins(similarities: Tensor, tao: float | Tensor) -> Tensor:
    """x_ij = (s_ij − s_ii) / tao of similarities (n, n): the lead of candidate j over the positive. tao broadcasts."""
    return (similarities - similarities.diagonal().unsqueeze(1)) / tao


def negative_mask(anchors: Tensor, labels: Tensor | None = None, valid: Tensor | None = None) -> Tensor:
    """Which positives are negatives of which anchors, (n, n) bool: another pair's, of another label, and valid."""
    if labels is None:
        mask = ~torch.eye(len(anchors), dtype=torch.bool, device=anchors.device)
    else:
        labels = labels.to(anchors.device, torch.int64)
        mask = labels.unsqueeze(1) != labels
    return mask if valid is None else mask & valid


def negative_logits(margins: Tensor, is_negative: Tensor) -> Tensor:
    """Margins of the negatives; elsewhere the lowest finite number, whose exponential is 0 and has no NaN gradient."""
    return margins.masked_fill(~is_negative, torch.finfo(margins.dtype).min)


def softplus(x: Tensor) -> Tensor:
    """log(1 + exp x), exact at both ends: torch's own returns its input above 20."""
    return torch.logaddexp(x, x.new_zeros(()))


def pair_losses(margins: Tensor, is_negative: Tensor, objective: str) -> Tensor:
    """Loss of each anchor (n,) from its margins and its negatives (n, candidates)."""
    if margins.shape[-1] == 0:  # no pair: logsumexp has nothing to reduce, and a sum keeps the graph
        return margins.sum(dim=-1)
    logits = negative_logits(margins, is_negative)
    # log(1 + Σ exp) by way of the negatives alone: cross-entropy would lose a loss of 2e-9 to the 1
    return softplus(logits.logsumexp(dim=-1)) if objective == "mc" else softplus(logits).sum(dim=-1)
