"""Negatives that are nobody's positive, such as a queue of earlier rows: more columns of the similarities."""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from npair_viz.linalg import moved, unit_rows
from npair_viz.losses.kernels.negatives import EVERY_OTHER, Negatives
from npair_viz.validation import check_labels, check_plain, check_rows

NO_CLASS = -1


@dataclass(frozen=True, eq=False)
class Extra:
    """Extra negatives of every anchor.

    Attributes:
        rows: (m, d).
        labels: (m,) integers; None where all are negatives of every anchor.
    """

    rows: Tensor
    labels: Tensor | None = None

    def units(self, *, fused: bool) -> "Extra":
        """The same, put on the unit sphere."""
        return replace(self, rows=unit_rows(self.rows, fused=fused))


def checked_extra(
    negatives: Tensor | None, labels: Tensor | None, beside: tuple[str, Tensor], *, have_labels: bool = True
) -> Extra | None:
    """Negatives (m, d) and their labels (m,); raise unless they go with the rows `beside`, with the name of those.

    `have_labels`: whether the pairs have labels to compare with.
    """
    if negatives is None:
        if labels is not None:
            raise ValueError(
                "negative_labels must come with negatives, got negatives=None: pass their rows, too, "
                "or leave negative_labels out"
            )
        return None
    _check_rows(negatives, *beside)
    if labels is None:
        return Extra(negatives)
    if not have_labels:
        raise ValueError(
            "negative_labels must come with labels, got labels=None: pass the pairs' labels, too, to leave out "
            "negatives of an anchor's own class, or leave negative_labels out"
        )
    return Extra(negatives, check_labels("negative_labels", labels, len(negatives)))


def _check_rows(negatives: Tensor, name: str, rows: Tensor) -> None:
    check_plain("negatives", negatives)
    if negatives.ndim == 3:
        raise ValueError(
            f"negatives must have shape (m, d), rows for every anchor, got {tuple(negatives.shape)}: use "
            "negatives.flatten(0, 1), or NPairLoss.n_pair_loss, in which anchor i has the negatives of row i alone"
        )
    check_rows("negatives", negatives)
    if negatives.shape[1] != rows.shape[1]:
        raise ValueError(
            f"negatives must have the {rows.shape[1]} numbers a row of {name}, got {negatives.shape[1]}: "
            "encode them with the encoder of the positives"
        )
    for what in ("dtype", "device"):
        ours, theirs = getattr(rows, what), getattr(negatives, what)
        if ours != theirs:
            raise ValueError(
                f"negatives must have the {what} of {name}, {ours}, got {theirs}: use negatives.to({name})"
            )


def candidates(
    positives: Tensor, extra: Extra | None, labels: Tensor | None, valid: Tensor | None, first: int
) -> tuple[Tensor, Negatives]:
    """What anchors are compared with, the positives (n, d) and below them the extra rows, and which are negatives.

    Args:
        positives: (n, d), those of all pairs.
        extra: The extra negatives.
        labels: (n,) of the pairs.
        valid: (n,) bool, of the pairs; extra rows are all valid.
        first: The pair of the first anchor.
    """
    if extra is None or not len(extra.rows):
        are_all = labels is None and valid is None and first == 0
        return positives, EVERY_OTHER if are_all else Negatives(labels, valid, first)
    m = len(extra.rows)
    if labels is not None:
        if extra.labels is None:
            both = _numbered(labels), labels.new_full((m,), NO_CLASS)
        else:
            both = labels, moved(extra.labels, labels.device, labels.dtype)
        labels = torch.cat(both)
    if valid is not None:
        valid = torch.cat([valid, valid.new_ones(m)])
    fixed = 0 if extra.rows.requires_grad else m
    return torch.cat([positives, extra.rows]), Negatives(labels, valid, first, fixed)


def _numbered(labels: Tensor) -> Tensor:
    """Numbers from 0 on that are equal where the labels (n,) are, so that others are free."""
    keys, order = labels.sort()
    number = (keys != keys.roll(1)).cumsum(0)  # keys of one class alone are all 0
    return torch.empty_like(labels).scatter_(0, order, number)
