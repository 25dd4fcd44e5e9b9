"""Both directions of the loss from blocks of one matrix: its rows are those of anchors, its columns those of positives.

A first sweep shows every block to `see`; then `losses` are known, `weigh` takes the weights of the pairs, and a second
sweep asks `slopes` for the matrix of each block. Blocks (r, k) are silenced logits, in the unit that `unit` makes of
natural ones; the first n columns are the pairs'.
"""

import math

import torch
from torch import Tensor

from npair_viz.losses.objectives import softplus

LN2 = math.log(2)


class Mc:
    """mc, by a running logsumexp of each row and column."""

    unit = 1 / LN2  # exp2 takes half the time of exp

    def __init__(self, own: Tensor) -> None:
        self.own, self.levels = own, own.new_full((2, len(own)), torch.finfo(own.dtype).min)

    def see(self, block: Tensor, rows: slice) -> None:
        """Take a block: the whole of its rows, and a part of all columns."""
        self.levels[0, rows] = _log2sumexp2(block, 1)
        self.levels[1] = torch.logaddexp2(self.levels[1], _log2sumexp2(block[:, : len(self.own)], 0))

    def losses(self) -> Tensor:
        """The loss of each pair (n,), the mean of both directions."""
        return softplus((self.levels - self.own) * LN2).mean(dim=0)

    def weigh(self, weights: Tensor) -> Tensor:
        """The pull of each pair (n,): its slopes' sum in both directions, with half its weight (n,) for each."""
        self.factors = ((self.levels - self.own) * LN2).sigmoid().mul_(weights / 2)
        return self.factors.sum(dim=0)

    def slopes(self, block: Tensor, rows: slice) -> Tensor:
        """Weighted d(loss)/d(logit) of the negatives, both directions' sum (r, k), in the block's place."""
        n = len(self.own)
        back = (block[:, :n] - self.levels[1]).exp2_().mul_(self.factors[1])
        block.sub_(self.levels[0, rows].unsqueeze(1)).exp2_().mul_(self.factors[0, rows].unsqueeze(1))
        block[:, :n].add_(back)
        return block


class MildMc:
    """mc of logits whose exponentials can't overflow: rows and columns share them."""

    unit = Mc.unit

    def __init__(self, own: Tensor) -> None:
        self.own, self.totals = own, own.new_zeros(2, len(own))

    def see(self, block: Tensor, rows: slice) -> None:
        """As `Mc.see`."""
        terms = block.exp2_()
        self.totals[0, rows] = terms.sum(dim=1)
        self.totals[1] += terms[:, : len(self.own)].sum(dim=0)

    def losses(self) -> Tensor:
        """As `Mc.losses`."""
        return softplus(self._leads()).mean(dim=0)

    def weigh(self, weights: Tensor) -> Tensor:
        """As `Mc.weigh`."""
        masses = self._leads().sigmoid_().mul_(weights / 2)
        self.factors = masses / self.totals.clamp_min(torch.finfo(masses.dtype).tiny)
        return masses.sum(dim=0)

    def slopes(self, block: Tensor, rows: slice) -> Tensor:
        """As `Mc.slopes`."""
        here, n = self.factors[0, rows].unsqueeze(1), len(self.own)
        block.exp2_()
        block[:, :n].mul_(here + self.factors[1])
        block[:, n:].mul_(here)
        return block

    def _leads(self) -> Tensor:
        return (self.totals.log2() - self.own) * LN2


class Ovo:
    """ovo, one term for each entry and direction."""

    unit = 1.0

    def __init__(self, own: Tensor) -> None:
        self.own, self.sums = own, own.new_zeros(2, 2, len(own))  # losses and masses of both directions

    def see(self, block: Tensor, rows: slice) -> None:
        """As `Mc.see`."""
        there, back = self._leads(block, rows)
        for direction, dim, at, leads in ((0, 1, rows, there), (1, 0, slice(None), back)):
            self.sums[0, direction, at] += softplus(leads).sum(dim=dim)
            self.sums[1, direction, at] += leads.sigmoid_().sum(dim=dim)

    def losses(self) -> Tensor:
        """As `Mc.losses`."""
        return self.sums[0].mean(dim=0)

    def weigh(self, weights: Tensor) -> Tensor:
        """As `Mc.weigh`."""
        self.factors = weights / 2
        return (self.sums[1] * self.factors).sum(dim=0)

    def slopes(self, block: Tensor, rows: slice) -> Tensor:
        """As `Mc.slopes`."""
        there, back = self._leads(block, rows)
        there.sigmoid_().mul_(self.factors[rows].unsqueeze(1))
        there[:, : len(self.own)].add_(back.sigmoid_().mul_(self.factors))
        return there

    def _leads(self, block: Tensor, rows: slice) -> tuple[Tensor, Tensor]:
        back = block[:, : len(self.own)] - self.own
        return block.sub_(self.own[rows].unsqueeze(1)), back


def _log2sumexp2(logits: Tensor, dim: int) -> Tensor:
    top = logits.amax(dim=dim, keepdim=True)
    total: Tensor = (logits - top).exp2_().sum(dim=dim)
    return total.log2_().add_(top.squeeze(dim))
