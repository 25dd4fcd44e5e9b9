"""Checks of what comes to the loss, beside those of `npair_viz.validation`: batches, masks, who has a negative."""

import torch
from torch import Tensor

from npair_viz.linalg import moved
from npair_viz.losses.extra import Extra
from npair_viz.losses.watching import is_in_backward
from npair_viz.sampling.own_pairs import OWN
from npair_viz.sampling.pairs import PairSelection
from npair_viz.validation import check_labels, check_plain, check_rows

TOWERS = "two towers are pairs already, use npair_loss(anchors, positives, tao=...)"


def check_is_no_batch(l2_reg: object) -> None:
    """Raise TypeError where rows came as the first setting of the module."""
    if isinstance(l2_reg, Tensor) and l2_reg.ndim:
        raise TypeError(
            f"NPairLoss takes settings first, got a tensor of shape {tuple(l2_reg.shape)} as l2_reg: "
            f"use NPairLoss(tao=...)(embeddings, target); {TOWERS}"
        )


def check_batch(embeddings: Tensor, target: Tensor) -> None:
    """Raise unless `embeddings` are (b, d) and `target` (b,) integers."""
    check_rows("embeddings", embeddings)
    if isinstance(target, Tensor) and target.ndim == 2 and target.is_floating_point() and target.shape[1] > 1:
        raise TypeError(
            f"target must be one class a row, got {target.dtype} of shape {tuple(target.shape)}: {TOWERS}; "
            "where a row has a single 1, in the column of its class, use target.argmax(dim=1)"
        )
    check_labels("target", target, len(embeddings))


def check_draws_once() -> None:
    """Raise RuntimeError inside a backward pass, where activation checkpointing computes a loss again."""
    if not torch.compiler.is_compiling() and is_in_backward():
        raise RuntimeError(
            "generator must draw once a step, got a second draw within backward, as of activation checkpointing: other "
            "pairs would give a wrong gradient; leave generator out (checkpoint puts torch's global one back, "
            "torch.manual_seed makes it repeatable), or choose before the checkpoint: "
            "pairs = loss.select(embeddings, target), then loss(embeddings, target, pairs)"
        )


def check_valid(valid: Tensor, anchors: Tensor) -> Tensor:
    """Return `valid`; raise unless it is (n,) bool for anchors (n, d)."""
    check_plain("valid", valid)
    if valid.dtype != torch.bool or valid.shape != anchors.shape[:1]:
        raise ValueError(
            f"valid must be a bool tensor of shape ({len(anchors)},), got {valid.dtype} of shape {tuple(valid.shape)}: "
            f"use {'valid.bool()' if valid.shape == anchors.shape[:1] else 'one entry a pair'}"
        )
    return valid


def check_negatives(negatives: Tensor, anchors: Tensor) -> None:
    """Raise unless `negatives` are (n, m, d) for anchors (n, d), of their dtype and device."""
    check_plain("negatives", negatives)
    if negatives.ndim != 3 or negatives.shape[::2] != anchors.shape:
        raise ValueError(
            f"negatives must have shape (n, m, d) with n, d = {tuple(anchors.shape)}, got "
            f"{tuple(negatives.shape)}: row i holds the negatives of anchor i"
        )
    for what in ("dtype", "device"):
        ours, theirs = getattr(anchors, what), getattr(negatives, what)
        if ours != theirs:
            raise ValueError(f"negatives must have anchors' {what} {ours}, got {theirs}: use negatives.to(anchors)")


def check_selection(pairs: object) -> None:
    """Raise TypeError unless `pairs` are a PairSelection or None."""
    if not (pairs is None or isinstance(pairs, PairSelection)):
        raise TypeError(
            f"pairs must be a PairSelection, got {type(pairs).__name__}: use loss.select or select_pairs, "
            "PairSelection.of(anchors, positives, labels), or PairSelection.from_miner(indices, labels)"
        )


def is_of_batch(pairs: PairSelection, labels: Tensor) -> Tensor | None:
    """Raise unless `pairs` were chosen by these labels (b,).

    On a device, where to raise would wait, whether it is so is returned as a tensor; where it is sure, None.
    """
    theirs, mend = pairs.batch_labels, "choose them from the same rows, pairs = loss.select(embeddings, target)"
    if len(theirs) != len(labels):
        raise ValueError(
            f"pairs must be of this batch of {len(labels)} rows, got a selection of {len(theirs)} rows: {mend}"
        )
    if theirs is labels:
        return None
    theirs = moved(theirs, labels.device)
    if labels.device.type != "cpu" or torch.compiler.is_compiling():
        return (theirs == labels).all()
    if not torch.equal(theirs.long(), labels.long()):
        row = int((theirs == labels).int().argmin())
        raise ValueError(
            f"pairs must be of this batch, got a selection of one with other labels, {int(theirs[row])} in place of "
            f"{int(labels[row])} at row {row}: {mend}"
        )
    return None


def are_one_class(labels: Tensor) -> bool:
    """Whether two or more labels are all equal; False where their values can't be seen."""
    if len(labels) < 2 or torch.compiler.is_compiling():
        return False
    try:
        return bool((labels == labels[0]).all())
    except RuntimeError:  # of tensors without values, and of those that torch.func maps over
        return False


def leave_no_negative(labels: Tensor, extra: Extra | None) -> bool:
    """Whether the labels of pairs, and those of extra negatives, are all equal; False where nobody can see it."""
    if extra is None or not len(extra.rows):
        return are_one_class(labels)
    if extra.labels is None:
        return False
    if labels.device.type == "cpu" and extra.labels.device.type != "cpu":  # to bring them here would wait
        return False
    return are_one_class(torch.cat([labels.long(), moved(extra.labels, labels.device, torch.int64)]))


def lacks_negatives(pairs: PairSelection, extra: Extra | None) -> bool:
    """Whether no anchor has a negative: labels are looked at only where all pairs may be of one class."""
    n = len(pairs.anchors)
    if torch.compiler.is_compiling() or n > pairs.pairs_per_class:
        return False
    has_extra = extra is not None and len(extra.rows) > 0
    return n == 0 or (n == 1 and not has_extra) or leave_no_negative(pairs.labels, extra)


def no_negative(reason: str) -> str:
    """What to say of pairs that have no negative, for a `reason` such as "equal labels leave"."""
    return f"{reason} no anchor a negative: the loss teaches nothing; give pairs of two classes or more"


def too_few_pairs(target: Tensor, selection: PairSelection) -> str:
    """What to say of a batch with labels `target` that has no pair, or pairs of one class alone."""
    pairs = len(selection.anchors)
    if selection.policy == OWN and not pairs:
        return "pairs holds no pair: the loss is 0 and teaches nothing; give pairs of two classes or more"
    rows, classes = len(target), len(set(target.tolist()))
    batch = f"in this batch ({rows} rows, {classes} {'class' if classes == 1 else 'classes'})"
    if pairs:
        what = "there is one pair alone" if pairs == 1 else f"there are {pairs} pairs of one class alone"
        return f"{what} {batch}, and so no negative: it teaches nothing; sample two rows each of two classes or more"
    return (
        f"no class has two rows {batch}, so there is no pair: the loss is 0 and teaches nothing; "
        "sample at least two rows a class"
    )
