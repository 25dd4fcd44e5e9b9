"""Pictures of a run that is watched: the rows of a sample, means of classes that come again, or a batch."""

from dataclasses import dataclass

import torch
from torch import Tensor

from npair_viz.geometry.projection import Plane
from npair_viz.training.followed_plane import followed_plane
from npair_viz.training.recording import Picture

MOST = 256  # classes whose means are followed
AGAIN = 0.25  # of a batch's classes that must have been seen before


@dataclass(frozen=True, eq=False)
class Means:
    """The classes of the first two pictures, and the newest mean row of each.

    Attributes:
        classes: (c,) ascending.
        rows: (c, d).
        are_followed: Whether the classes come again: None before the second picture tells.
    """

    classes: Tensor
    rows: Tensor
    are_followed: bool | None = None


def means_with(before: Means | None, rows: Tensor, classes: Tensor) -> Means:
    """The means with a batch of pairs, rows (2k, d) of classes (k,): those of classes that are in it are new."""
    ids, member = torch.unique(classes, return_inverse=True)
    sums = rows.new_zeros(len(ids), rows.shape[1]).index_add_(0, member.repeat(2), rows)
    fresh = sums / (2 * member.bincount(minlength=len(ids))).unsqueeze(1)
    if before is None:
        return Means(ids[:MOST], fresh[:MOST])
    known = torch.isin(ids, before.classes)
    if before.are_followed is None:
        follow = bool(known.double().mean() >= AGAIN)
        kept = torch.cat([before.classes, ids[~known]])[:MOST]
        order = kept.argsort()
        values = torch.cat([before.rows, fresh[~known]])[:MOST][order]
        before, known = Means(kept[order], values, follow), torch.isin(ids, kept)
    values = before.rows.clone()
    values[torch.searchsorted(before.classes, ids[known])] = fresh[known]
    return Means(before.classes, values, before.are_followed)


def picture_of(
    step: int, rows: Tensor, classes: Tensor, sides: Tensor, before: Plane | None, *, same_rows: bool
) -> tuple[Picture, Plane]:
    """Rows (m, d), d ≥ 1, in a plane that follows the one before, and that plane."""
    plane = followed_plane(rows, before)
    places = plane.project(rows).float()
    return Picture(step, places, classes.long(), sides, plane.held, same_rows), plane


def sides_of(pairs: int) -> Tensor:
    """0 for each anchor, then 1 for each positive, (2 · pairs,)."""
    return torch.arange(2, device="cpu").repeat_interleave(pairs)
