"""The static parts of the class that `NPairLoss` replaces, which takes over its place in other people's code."""

import warnings

import torch
from torch import Tensor

from npair_viz.linalg import in_working_precision, squared_norms
from npair_viz.losses.checks import check_negatives, no_negative
from npair_viz.losses.npair import NPairWarning
from npair_viz.losses.objectives import MC, losses
from npair_viz.sampling.pairs import select_pairs
from npair_viz.validation import check_pairs, check_tao


def get_n_pairs(labels: Tensor) -> tuple[Tensor, Tensor]:
    """One random pair a class, and each pair's negatives: `labels` (b,) to row numbers (n, 2) and (n, n-1), int64.

    Row i of the second lists the other pairs' positives. Classes of one row are left out.

    >>> pairs, negatives = get_n_pairs(torch.tensor([0, 0, 1, 1]))
    >>> pairs.shape, negatives.shape
    (torch.Size([2, 2]), torch.Size([2, 1]))
    """
    pairs = select_pairs(labels)
    others = ~torch.eye(pairs.n_pairs, dtype=torch.bool, device=labels.device)
    negatives = pairs.positives.expand(pairs.n_pairs, -1)[others].view(pairs.n_pairs, max(pairs.n_pairs - 1, 0))
    return torch.stack([pairs.anchors, pairs.positives], dim=1), negatives


def n_pair_loss(anchors: Tensor, positives: Tensor, negatives: Tensor, tao: float | Tensor) -> Tensor:
    """mean_i log(1 + Σ_k exp((a_i·n_ik − a_i·p_i) / tao)) of anchors, positives (n, d), negatives (n, m, d).

    `negatives` costs n·m·d numbers: `npair_loss` gives the same value from n·d.

    >>> anchors, positives = torch.eye(2), torch.eye(2)
    >>> negatives = positives.flip(0).unsqueeze(1)
    >>> round(n_pair_loss(anchors, positives, negatives, tao=0.5).item(), 4)
    0.1269
    """
    check_pairs(anchors, positives)
    tao = check_tao(tao)
    check_negatives(negatives, anchors)
    if negatives.shape[1] == 0 < len(anchors):
        warnings.warn(no_negative("m = 0 leaves"), NPairWarning, stacklevel=2)
    with torch.autocast(anchors.device.type, enabled=False):
        anchors, positives, negatives = map(in_working_precision, (anchors, positives, negatives))
        to_positive = (anchors * positives).sum(dim=1, keepdim=True)
        to_negatives = (negatives @ anchors.unsqueeze(2)).squeeze(2)
        return _mean(losses((to_negatives - to_positive) / tao, MC))


def l2_loss(anchors: Tensor, positives: Tensor) -> Tensor:
    """mean_i(‖a_i‖² + ‖p_i‖²) of anchors, positives (n, d).

    >>> l2_loss(torch.eye(2), torch.eye(2)).item()
    2.0
    """
    check_pairs(anchors, positives)
    return _mean(squared_norms(anchors, positives))


def _mean(losses: Tensor) -> Tensor:
    return losses.sum() / max(len(losses), 1)
