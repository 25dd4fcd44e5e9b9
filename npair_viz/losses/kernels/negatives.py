"""Which positives are negatives of which anchors: the same for every kernel."""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, eq=False)
class Negatives:
    """Every positive but an anchor's own is its negative, unless its label is equal or it is not valid.

    Rows below the pairs' positives that are nobody's positive are negatives likewise.

    Attributes:
        labels: (n,) integers of the positives; None leaves nothing out.
        valid: (n,) bool of the positives; None leaves nothing out.
        first: The row of the positive of anchor 0. Anchors may be some of the pairs, consecutive ones.
        fixed: How many of the positives, the last ones, nobody asks for a gradient: they get any.
        both: Whether the loss is the mean of both directions: each positive is compared with all anchors, too. Then
            anchors are all the pairs.
    """

    labels: Tensor | None = None
    valid: Tensor | None = None
    first: int = 0
    fixed: int = 0
    both: bool = False

    def mask(self, anchors: int, positives: int, device: torch.device) -> Tensor:
        """The whole mask, (anchors, positives) bool; tests compare every other form with it."""
        own = torch.arange(self.first, self.first + anchors, device=device)
        others = torch.arange(positives, device=device)
        mask = own.unsqueeze(1) != others if self.labels is None else self.labels[own].unsqueeze(1) != self.labels
        return mask if self.valid is None else mask & self.valid

    def silence(self, logits: Tensor, start: int = 0) -> None:
        """Fill all but the negatives with the lowest number, in place; row 0 of logits (r, n) is anchor `start`."""
        lowest, own = torch.finfo(logits.dtype).min, self.first + start
        if self.labels is None:
            logits.diagonal(own).fill_(lowest)
        else:
            logits.masked_fill_(self.labels.narrow(0, own, len(logits)).unsqueeze(1) == self.labels, lowest)
        if self.valid is not None:
            logits.masked_fill_(~self.valid, lowest)
            if self.both:  # of columns, invalid rows are no negatives
                logits.masked_fill_(~self.valid.narrow(0, own, len(logits)).unsqueeze(1), lowest)

    def silence_others(self, logits: Tensor) -> None:
        """Fill all but the negatives and each anchor's own positive with the lowest number, in place."""
        if self.labels is not None or self.valid is not None:
            own = logits.diagonal(self.first)
            kept = own.clone()
            self.silence(logits)
            own.copy_(kept)

    def back(self, pairs: int) -> "Negatives":
        """Those of the other direction, in which the anchors of that many pairs are the candidates."""
        labels, valid = (None if one is None else one.narrow(0, 0, pairs) for one in (self.labels, self.valid))
        return Negatives(labels, valid, self.first)

    def valid_anchors(self, anchors: Tensor) -> Tensor | None:
        """Which of the anchors (m, d) are valid, (m,) bool; None where all are."""
        return None if self.valid is None else self.valid.narrow(0, self.first, len(anchors))


EVERY_OTHER = Negatives()
