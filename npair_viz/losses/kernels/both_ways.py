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
        lowest = torch.finfo(own.dtype).min
        self.own, self.there, self.back = own, torch.empty_like(own), torch.full_like(own, lowest)

    def see(self, block: Tensor, rows: slice) -> None:
        """Take a block: the whole of its rows, and a part of all columns."""
        self.there[rows] = _log2sumexp2(block, 1)
        self.back = torch.logaddexp2(self.back, _log2sumexp2(_of_pairs(block, self.own), 0))

    def losses(self) -> Tensor:
        """The loss of each pair (n,), the mean of both directions."""
        there, back = ((level - self.own) * LN2 for level in (self.there, self.back))
        return (softplus(there) + softplus(back)) / 2

    def weigh(self, weights: Tensor) -> Tensor:
        """The pull of each pair (n,): its slopes' sum in both directions, with half its weight (n,) for each."""
        self.on_rows, self.on_columns = (
            ((level - self.own) * LN2).sigmoid().mul_(weights / 2) for level in (self.there, self.back)
        )
        return self.on_rows + self.on_columns

    def slopes(self, block: Tensor, rows: slice) -> Tensor:
        """Weighted d(loss)/d(logit) of the negatives, both directions' sum (r, k), in the block's place."""
        back = (_of_pairs(block, self.own) - self.back).exp2_().mul_(self.on_columns)
        block.sub_(self.there[rows].unsqueeze(1)).exp2_().mul_(self.on_rows[rows].unsqueeze(1))
        _of_pairs(block, self.own).add_(back)
        return block


class MildMc:
    """mc of logits whose exponentials can't overflow: rows and columns share them."""

    unit = Mc.unit

    def __init__(self, own: Tensor) -> None:
        self.own, self.there, self.back = own, torch.empty_like(own), torch.zeros_like(own)

    def see(self, block: Tensor, rows: slice) -> None:
        """As `Mc.see`."""
        terms = block.exp2_()
        self.there[rows] = terms.sum(dim=1)
        self.back += _of_pairs(terms, self.own).sum(dim=0)

    def losses(self) -> Tensor:
        """As `Mc.losses`."""
        return (softplus(self._lead(self.there)) + softplus(self._lead(self.back))) / 2

    def weigh(self, weights: Tensor) -> Tensor:
        """As `Mc.weigh`."""
        there, back = (self._lead(total).sigmoid_().mul_(weights / 2) for total in (self.there, self.back))
        tiny = torch.finfo(there.dtype).tiny
        self.on_rows, self.on_columns = there / self.there.clamp_min(tiny), back / self.back.clamp_min(tiny)
        return there + back

    def slopes(self, block: Tensor, rows: slice) -> Tensor:
        """As `Mc.slopes`."""
        n, here = len(self.own), self.on_rows[rows].unsqueeze(1)
        block.exp2_()
        block.narrow(1, 0, n).mul_(here + self.on_columns)
        block.narrow(1, n, block.shape[1] - n).mul_(here)
        return block

    def _lead(self, total: Tensor) -> Tensor:
        return (total.log2() - self.own) * LN2


class Ovo:
    """ovo, one term for each entry and direction."""

    unit = 1.0

    def __init__(self, own: Tensor) -> None:
        self.own, self.both, self.masses = own, torch.zeros_like(own), torch.zeros_like(own)

    def see(self, block: Tensor, rows: slice) -> None:
        """As `Mc.see`."""
        there, back = self._leads(block, rows)
        self.both[rows] += softplus(there).sum(dim=1)
        self.both += softplus(back).sum(dim=0)
        self.masses[rows] += there.sigmoid_().sum(dim=1)
        self.masses += back.sigmoid_().sum(dim=0)

    def losses(self) -> Tensor:
        """As `Mc.losses`."""
        return self.both / 2

    def weigh(self, weights: Tensor) -> Tensor:
        """As `Mc.weigh`."""
        self.halves = weights / 2
        return self.masses * self.halves

    def slopes(self, block: Tensor, rows: slice) -> Tensor:
        """As `Mc.slopes`."""
        there, back = self._leads(block, rows)
        there.sigmoid_().mul_(self.halves[rows].unsqueeze(1))
        _of_pairs(there, self.own).add_(back.sigmoid_().mul_(self.halves))
        return there

    def _leads(self, block: Tensor, rows: slice) -> tuple[Tensor, Tensor]:
        back = _of_pairs(block, self.own) - self.own
        return block.sub_(self.own[rows].unsqueeze(1)), back


def _of_pairs(block: Tensor, own: Tensor) -> Tensor:
    """The pairs' columns of a block."""
    return block.narrow(1, 0, len(own))


def _log2sumexp2(logits: Tensor, dim: int) -> Tensor:
    top = logits.amax(dim=dim, keepdim=True)
    total: Tensor = (logits - top).exp2_().sum(dim=dim)
    return total.log2_().add_(top.squeeze(dim))
