"""The loss block by block: the whole matrix of similarities is never in memory.

Each block of rows gives its losses and its part of the gradients at once: three products of n × n × d in all, or one
without gradients. Memory holds one block and the gradients, and is linear in n. The loss of both directions makes each
block twice, since a column's shares need all of its similarities: four products, where two losses would take six.
"""

from collections.abc import Iterator
from functools import partial
from typing import assert_never

import torch
from torch import Tensor

from npair_viz.losses.kernels.both_ways import LN2, Mc, MildMc, Ovo
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
    if negatives.both:
        return _sweep_twice(anchors, positives, tao, negatives, objective, asked, weights)
    found, sums = anchors.new_empty(len(anchors)), _Sums(anchors, positives, tao, asked, negatives.fixed)
    if objective == "mc":
        weigh, unit = _weigh_mc, 1 / LN2  # its logits are in units of log 2
    elif objective == "ovo":
        weigh, unit = _weigh_ovo, 1.0
    else:
        assert_never(objective)
    valid = negatives.valid_anchors(anchors)
    by_tao = anchors * (unit / tao)
    is_mild = valid is None and _is_mild(by_tao, positives)
    if valid is not None:
        weights = valid.to(anchors.dtype) * weights
    for rows, block in _blocks(by_tao, positives):
        own = block.diagonal(negatives.first + rows.start).clone()
        negatives.silence(block, rows.start)
        found[rows], slopes, factor = weigh(block, own, is_mild)
        if not any(asked):
            continue
        slopes.mul_((factor * (weights[rows] if isinstance(weights, Tensor) else weights) / tao).unsqueeze(1))
        slopes.diagonal(negatives.first + rows.start).copy_(-slopes.sum(dim=1))  # slopes of a row sum to 0
        sums.add(rows, slopes)
    return found if valid is None else found.where(valid, 0.0), sums.gradients()


def _sweep_twice(
    anchors: Tensor,
    positives: Tensor,
    tao: Tao,
    negatives: Negatives,
    objective: Objective,
    asked: Asked,
    weights: float | Tensor,
) -> tuple[Tensor, Gradients]:
    """The same of both directions, for n anchors and k positives of which the first n are theirs."""
    n, valid = len(anchors), negatives.valid_anchors(anchors)
    is_mild = valid is None and _is_mild(anchors * (1 / LN2 / tao), positives)
    kind = _directions(objective, is_mild=is_mild)
    by_tao = anchors * (kind.unit / tao)
    both = kind((by_tao * positives.narrow(0, 0, n)).sum(dim=1))
    for rows, block in _blocks(by_tao, positives):
        negatives.silence(block, rows.start)
        both.see(block, rows)
    found, sums = both.losses(), _Sums(anchors, positives, tao, asked, negatives.fixed)
    if any(asked):
        shares = torch.ones_like(found) * weights / tao
        pulls = both.weigh(shares if valid is None else shares.where(valid, 0.0))
        for rows, block in _blocks(by_tao, positives):
            negatives.silence(block, rows.start)
            slopes = both.slopes(block, rows)
            slopes.diagonal(rows.start).sub_(pulls[rows])  # a partner that is silenced had no slope
            sums.add(rows, slopes)
    return found if valid is None else found.where(valid, 0.0), sums.gradients()


def _directions(objective: Objective, *, is_mild: bool) -> type[Mc | MildMc | Ovo]:
    """What takes the blocks of both directions."""
    if objective == "mc":
        return MildMc if is_mild else Mc
    if objective == "ovo":
        return Ovo
    assert_never(objective)


class _Sums:
    """The gradients by anchors, positives and tao, where asked, from the slopes of one block after another."""

    def __init__(self, anchors: Tensor, positives: Tensor, tao: Tao, asked: Asked, fixed: int) -> None:
        self.anchors, self.positives, self.tao, self.asked = anchors, positives, tao, asked
        self.learned = len(positives) - fixed
        self.on_anchors = torch.empty_like(anchors) if asked[0] or asked[2] else None
        self.on_positives = torch.zeros_like(positives) if asked[1] else None

    def add(self, rows: slice, slopes: Tensor) -> None:
        """Add a block's part, of slopes (r, n)."""
        if self.on_anchors is not None:
            torch.mm(slopes, self.positives, out=self.on_anchors[rows])
        if self.on_positives is not None:
            learned = slopes.narrow(1, 0, self.learned)
            self.on_positives.narrow(0, 0, self.learned).addmm_(learned.T, self.anchors[rows])

    def gradients(self) -> Gradients:
        """The whole sums."""
        on_tao = None
        if self.asked[2] and self.on_anchors is not None:
            on_tao = -(self.anchors * self.on_anchors).sum() / self.tao
        return self.on_anchors if self.asked[0] else None, self.on_positives, on_tao


def _blocks(by_tao: Tensor, positives: Tensor) -> Iterator[tuple[slice, Tensor]]:
    """The rows of each block and its logits (r, n), in memory that the next block takes over."""
    m, n = len(by_tao), len(positives)
    step = min(m, max(LEAST_ROWS, BLOCK_ENTRIES[by_tao.device.type] // n))
    logits = by_tao.new_empty(step, n)
    for start in range(0, m, step):
        rows = slice(start, min(start + step, m))
        yield rows, torch.mm(by_tao[rows], positives.T, out=logits[: rows.stop - start])


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
    lead = (top + total.log2() - own) * LN2
    return softplus(lead), terms, lead.sigmoid() / total.clamp_min(torch.finfo(total.dtype).tiny)


def _weigh_ovo(logits: Tensor, own: Tensor, is_mild: bool) -> tuple[Tensor, Tensor, Tensor]:
    """Σ_j log(1 + exp(logit_j − own)) of each row (r,); d(loss_i)/d(logit_ij) as matrix (r, n) and factor (r,)."""
    leads = logits.sub_(own.unsqueeze(1))
    found = softplus(leads).sum(dim=1)
    return found, leads.sigmoid_(), torch.ones_like(own)


# The same as `plain.losses`, in blocks; without `scale` backward computes the similarities again.
losses = partial(losses_by, _sweep)
