"""Which positives are negatives of which anchors: what every kernel must agree on."""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, eq=False)
class Negatives:
    """Every positive but an anchor's own is its negative, unless its label is equal or it is not valid.

    `labels` (n,) integers and `valid` (n,) bool belong to the positives; None leaves nothing out.
    `first`: the row of the positives that anchor 0 pairs with. Anchors may be some of the pairs, in one run.
    """

    labels: Tensor | None = None
    valid: Tensor | None = None
    first: int = 0

    def mask(self, anchors: int, positives: int, device: torch.device) -> Tensor:
        """The whole of it, (anchors, positives) bool: the plain form, and the judge of any other."""
        own = torch.arange(self.first, self.first + anchors, device=device)
        others = torch.arange(positives, device=device)
        mask = own.unsqueeze(1) != others if self.labels is None else self.labels[own].unsqueeze(1) != self.labels
        return mask if self.valid is None else mask & self.valid

    def silence(self, logits: Tensor, start: int = 0) -> None:
        """Fill with the lowest number what is no negative, in place; row 0 of logits (r, n) is anchor `start`."""
        lowest, own = torch.finfo(logits.dtype).min, self.first + start
        if self.labels is None:
            logits.diagonal(own).fill_(lowest)
        else:
            logits.masked_fill_(self.labels.narrow(0, own, len(logits)).unsqueeze(1) == self.labels, lowest)
        if self.valid is not None:
            logits.masked_fill_(~self.valid, lowest)

    def silence_others(self, logits: Tensor) -> None:
        """Fill with the lowest number what is neither a negative nor an anchor's own positive, in place."""
        if self.labels is not None or self.valid is not None:
            own = logits.diagonal(self.first)
            kept = own.clone()
            self.silence(logits)
            own.copy_(kept)

    def valid_anchors(self, anchors: Tensor) -> Tensor | None:
        """Which of the anchors (m, d) are valid, (m,) bool; None where all are."""
        return None if self.valid is None else self.valid.narrow(0, self.first, len(anchors))


EVERY_OTHER = Negatives()
