"""What a selection of pairs uses and leaves out, in words."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from npair_viz.sampling.classes import classes_of
from npair_viz.sampling.own_pairs import OWN

if TYPE_CHECKING:
    from npair_viz.sampling.pairs import PairSelection

MAX_LISTED = 10  # items that a report names before it says "and 990 more"


def report_lines(selection: "PairSelection") -> list[str]:
    """Which rows and classes a selection uses, which it leaves out, and why; waits for the device."""
    n_pairs, unused, valid = selection.n_pairs, selection.unused, selection.valid
    keys, member, sizes = classes_of(selection.batch_labels)
    pairs = torch.bincount(member[selection.anchors[valid]], minlength=len(keys))
    how = "your own" if selection.policy == OWN else f"by policy {selection.policy!r}"
    lines = [
        f"Pairs: {n_pairs}, {how}, from {int((pairs > 0).sum())} of {len(keys)} classes. "
        f"Rows used: {len(member) - len(unused)} of {len(member)}, left out: {len(unused)}."
    ]
    if n_pairs:
        shown = valid.nonzero().squeeze(1)[:MAX_LISTED]
        columns = (part[shown].tolist() for part in (selection.labels, selection.anchors, selection.positives))
        words = [f"{label} ({anchor} → {positive})" for label, anchor, positive in zip(*columns, strict=True)]
        least, most = (int(end) for end in selection.n_negatives[valid].aminmax())
        lines.append(f"Negatives that an anchor meets: {least if least == most else f'{least} to {most}'}.")
        lines.append(f"Class (anchor → positive): {_join(words, n_pairs)}.")
    if len(unused):
        lines.append(f"Rows left out: {_join(unused[:MAX_LISTED].tolist(), len(unused))}.")
    for rows, reason in _reasons(sizes, pairs, selection):
        classes = keys[rows > 0].to(selection.batch_labels.dtype)
        if len(classes):
            names = _join(classes[:MAX_LISTED].tolist(), len(classes))
            lines.append(f"- rows {reason}: {int(rows.sum())}, of class {names}.")
    return lines


def _reasons(sizes: Tensor, pairs: Tensor, selection: "PairSelection") -> list[tuple[Tensor, str]]:
    """For each reason how many rows of each class it leaves out, (c,), and the reason in words."""
    possible, limit = sizes // 2, selection.pairs_per_class
    alone = sizes == 1, "alone in a class, where a pair takes two"
    if selection.policy == OWN:
        _, member, _ = classes_of(selection.batch_labels)
        free = torch.bincount(member[selection.unused], minlength=len(sizes))
        return [alone, (free.where(sizes > 1, 0), "in none of your own pairs")]
    return [
        alone,
        ((sizes > 1) & (sizes % 2 == 1) & (possible <= limit), "left over in a class of odd size"),
        (torch.where(possible > limit, sizes - 2 * limit, 0), f"beyond pairs_per_class={limit}"),
        (2 * (possible.clamp(max=limit) - pairs), f"in pairs beyond max_pairs={selection.max_pairs}"),
    ]


def _join(shown: Sequence[object], number: int) -> str:
    return ", ".join(map(str, shown)) + (f" and {number - MAX_LISTED} more" if number > MAX_LISTED else "")
