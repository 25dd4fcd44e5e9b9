"""Pairs that the caller chose, by row numbers: checks, and those of a miner's tuple."""

from collections.abc import Sequence

import torch
from torch import Tensor

from npair_viz.linalg import moved
from npair_viz.validation import check_labels, check_plain

OWN = "own"
"""What a selection of such pairs says in the place of a policy."""


def checked(anchors: Tensor, positives: Tensor, labels: Tensor) -> tuple[Tensor, Tensor, int]:
    """Anchors and positives (n,) as int64 on the device of `labels` (b,), and the most pairs of a class, at least 1.

    Raises unless each pair is two different rows of one class. Waits for the device.
    """
    check_labels("labels", labels)
    anchors, positives = (
        moved(_check_numbers(name, numbers), labels.device, torch.int64)
        for name, numbers in (("anchors", anchors), ("positives", positives))
    )
    if len(anchors) != len(positives):
        raise ValueError(
            f"positives must have anchors' length {len(anchors)}, got {len(positives)}: anchor i pairs with positive i"
        )
    for name, numbers in (("anchors", anchors), ("positives", positives)):
        outside = numbers[(numbers < 0) | (numbers >= len(labels))]
        if len(outside):
            raise ValueError(
                f"{name} must be row numbers from 0 to {len(labels) - 1}, as there are {len(labels)} labels, got "
                f"{int(outside[0])}: give the labels of the whole batch that the pairs were chosen from"
            )
    if (anchors == positives).any():
        row = int(anchors[anchors == positives][0])
        raise ValueError(f"a pair must be two rows, got row {row} twice: leave such pairs out")
    classes = labels.long()[anchors]
    differ = classes != labels.long()[positives]
    if differ.any():
        anchor, positive = int(anchors[differ][0]), int(positives[differ][0])
        raise ValueError(
            f"a pair must be two rows of one class, got row {anchor} of class {int(labels[anchor])} with row "
            f"{positive} of class {int(labels[positive])}: give both one label, or the labels of the batch that the "
            "pairs are from"
        )
    counts = torch.unique(classes, return_counts=True)[1]
    return anchors, positives, int(counts.max()) if len(counts) else 1


def different_pairs(indices: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    """The different pairs (a, p) of a miner's (a1, p, a2, n) or (a, p, n), in the order of their row numbers."""
    if not isinstance(indices, Sequence) or len(indices) not in (3, 4):
        came = f"{len(indices)} entries" if isinstance(indices, Sequence) else type(indices).__name__
        raise TypeError(
            f"indices must be a miner's tuple (a1, p, a2, n) or (a, p, n), got {came}: "
            "for anchors and positives alone use PairSelection.of(anchors, positives, labels)"
        )
    anchors, positives = _check_numbers("indices[0]", indices[0]), _check_numbers("indices[1]", indices[1])
    if len(anchors) != len(positives):
        raise ValueError(f"indices[1] must have the length of indices[0], {len(anchors)}, got {len(positives)}")
    pairs = torch.unique(torch.stack([anchors.long(), positives.long()], dim=1), dim=0)
    return pairs[:, 0], pairs[:, 1]


def _check_numbers(name: str, numbers: Tensor) -> Tensor:
    check_plain(name, numbers)
    if numbers.dtype == torch.bool or numbers.is_floating_point() or numbers.is_complex():
        mend = f"{name}.nonzero().flatten()" if numbers.dtype == torch.bool else f"{name}.long()"
        raise TypeError(f"{name} must be row numbers, which are integers, got {numbers.dtype}: use {mend}")
    if numbers.ndim != 1:
        raise ValueError(f"{name} must have shape (n,), got {tuple(numbers.shape)}: one row number a pair")
    return numbers
