"""The loss block by block: the whole matrix of similarities is never in memory.

Each block of rows gives its losses and its part of the gradients at once: three products of n × n × d in all, or one
without gradients. Memory holds one block and the gradients, and is linear in n.
"""

import math
from functools import partial
from typing import assert_never

import torch
from torch import Tensor

from npair_viz.losses.kernels.negatives import Negatives
from npair_viz.losses.kernels.swept import Asked, Gradients, Tao, losses_by
from npair_viz.losses.objectives import Objective, softplus

BLOCK_ENTRIES = {"cpu": 2**22, "cuda": 2**26}  # similarities held at a time
LEAST_ROWS = 128  # of a block: with fewer, products are slow
MILD = 60.0  # in units of log 2: if all |logits| are below this, exp2 can't overflow without subtracting the maximum


def _sweep(
    anchors: Tensor,
    positives: Tensor,
    tao: Tao,
    negatives: Negatives,
    objective: Objective,
    asked: Asked,
    weights: float | Tensor,
) -> tuple[Tensor, Gradients]:
    """Losses (m,), and where asked the gradients of Σ_i weight_i · loss_i; one weight for all, or (m,)."""
    m, n = len(anchors), len(positives)
    step = min(m, max(LEAST_ROWS, BLOCK_ENTRIES[anchors.device.type] // n))
    logits, found = anchors.new_empty(step, n), anchors.new_empty(m)
    on_anchors = torch.empty_like(anchors) if asked[0] or asked[2] else None
    on_positives = torch.zeros_like(positives) if asked[1] else None
    if objective == "mc":
        weigh, unit = _weigh_mc, 1 / math.log(2)  # its logits are in units of log 2
    elif objective == "ovo":
        weigh, unit = _weigh_ovo, 1.0
    else:
        assert_never(objective)
    valid = negatives.valid_anchors(anchors)
    by_tao = anchors * (unit / tao)
    is_mild = valid is None and _is_mild(by_tao, positives)
    if valid is not None:
        weights = valid.to(anchors.dtype) * weights
    for start in range(0, m, step):
        rows, size = slice(start, start + step), min(step, m - start)
        block = torch.mm(by_tao[rows], positives.T, out=logits[:size])
        own = block.diagonal(negatives.first + start).clone()
        negatives.silence(block, start)
        found[rows], slopes, factor = weigh(block, own, is_mild)
        if not any(asked):
            continue
        slopes.mul_((factor * (weights[rows] if isinstance(weights, Tensor) else weights) / tao).unsqueeze(1))
        slopes.diagonal(negatives.first + start).copy_(-slopes.sum(dim=1))  # slopes of a row sum to 0
        if on_anchors is not None:
            torch.mm(slopes, positives, out=on_anchors[rows])
        if on_positives is not None:
            on_positives.addmm_(slopes.T, anchors[rows])
    on_tao = -(anchors * on_anchors).sum() / tao if asked[2] and on_anchors is not None else None
    return found if valid is None else found.where(valid, 0.0), (on_anchors if asked[0] else None, on_positives, on_tao)


def _is_mild(by_tao: Tensor, positives: Tensor) -> bool:
    """Whether the rows' lengths bound all logits by MILD; on a device, to read them would wait: False."""
    if by_tao.device.type != "cpu":
        return False
    longest, other = (float(torch.linalg.vector_norm(rows, dim=1).amax()) for rows in (by_tao, positives))
    return longest * other < MILD


def _weigh_mc(logits: Tensor, own: Tensor, is_mild: bool) -> tuple[Tensor, Tensor, Tensor]:
    """log(1 + Σ_j exp(logit_j − own)) of each row (r,); d(loss_i)/d(logit_ij) as matrix (r, n) and factor (r,).

    The logits' unit is log 2, since exp2 takes half the time of exp. The matrix takes the logits' place.
    """
    top = torch.zeros_like(own) if is_mild else logits.amax(dim=1)
    terms = (logits if is_mild else logits.sub_(top.unsqueeze(1))).exp2_()
    total = terms.sum(dim=1)
    lead = (top + total.log2() - own) * math.log(2)
    return softplus(lead), terms, lead.sigmoid() / total.clamp_min(torch.finfo(total.dtype).tiny)


def _weigh_ovo(logits: Tensor, own: Tensor, is_mild: bool) -> tuple[Tensor, Tensor, Tensor]:
    """Σ_j log(1 + exp(logit_j − own)) of each row (r,); d(loss_i)/d(logit_ij) as matrix (r, n) and factor (r,)."""
    leads = logits.sub_(own.unsqueeze(1))
    found = softplus(leads).sum(dim=1)
    return found, leads.sigmoid_(), torch.ones_like(own)


# The same as `plain.losses`, in blocks; without `scale` backward computes the similarities again.
losses = partial(losses_by, _sweep)
