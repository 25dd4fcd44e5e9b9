"""Findings from neighbours and labels together: rows that look mislabelled, and one class under two labels."""

import math
from collections.abc import Iterator

import torch
from torch import Tensor

from npair_viz.data.neighbours import VOTERS
from npair_viz.diagnosis.neighbours import Neighbours
from npair_viz.diagnosis.report import Finding
from npair_viz.diagnosis.retrieval import class_sizes
from npair_viz.diagnosis.words import Words

AGREED, MISLABELLED, HONEST = 12, 0.085, 0.075  # of 15 nearest; denied rows: a warning, and what honest labels reach
HALF_AGREED, OFTEN, SELDOM = 10, 0.16, 0.14  # the same where so many labels are wrong that few neighbours agree
ENOUGH = 100  # rows whose nearest agree, for a warning
FEWEST, SELDOM_DENIED = 3, 0.01  # denied rows, and their share, for a note
SHOWN = 3  # denied rows that a sentence tells
SPLIT = 0.6  # as often among each other's nearest, by chance of their sizes, as among their own
FEWEST_OF_CLASS = 20  # rows of a class that must have been looked up to say that it is split


def findings_of_suspects(near: Neighbours, labels: Tensor, row_numbers: Tensor, words: Words) -> Iterator[Finding]:
    """Report rows whose nearest agree on another class, the most doubtful first; labels and row numbers are (b,)."""
    if near.nearest.shape[1] < VOTERS:
        return
    voted = labels[near.nearest[:, :VOTERS]]
    own = labels[near.queries]
    support = (voted.unsqueeze(2) == voted.unsqueeze(1)).sum(dim=2)  # (q, 15): how many vote as this one does
    of_own = (voted == own.unsqueeze(1)).sum(dim=1)
    of_rival, first = support.masked_fill(voted == own.unsqueeze(1), 0).max(dim=1)
    rival = voted.gather(1, first.unsqueeze(1)).squeeze(1)
    agreed, denied, share = _denied(support, of_rival, AGREED)
    is_sick, votes = _is_sure(share, agreed, MISLABELLED, HONEST), AGREED
    if not is_sick:
        more = _denied(support, of_rival, HALF_AGREED)
        if _is_sure(more[2], more[0], OFTEN, SELDOM):
            (agreed, denied, share), is_sick, votes = more, True, HALF_AGREED
    if denied < FEWEST or share < SELDOM_DENIED:
        return
    order = (of_rival - of_own).argsort(descending=True, stable=True)
    order = order[(of_rival > of_own)[order]]
    rows = row_numbers[near.queries[order]].tolist()
    told = [
        f"{words.told(row, int(own[i]))}, {int(of_rival[i])} of {VOTERS} nearest are {words.of_class(int(rival[i]))}"
        for row, i in zip(rows[:SHOWN], order.tolist(), strict=False)
    ]
    detail = f"Of {agreed:,} rows whose nearest agree on a class ({votes} of {VOTERS}), {denied:,} ({share:.1%}) have "
    detail += f"another label ({near.sample}). First {'; '.join(told)}."
    advice = "A wrong label is a wrong partner and a wrong negative. Read the rows in numbers['at rows'], the most "
    advice += "doubtful come first; mend those that are wrong. Classes that overlap look the same."
    numbers: dict[str, object] = {"denied": denied, "agreed": agreed, "share": share, **words.at(rows)}
    severity = "warning" if is_sick else "note"
    yield Finding("suspicious labels", severity, "neighbours deny labels", detail, advice, numbers)


def _denied(support: Tensor, of_rival: Tensor, votes: int) -> tuple[int, int, float]:
    """Rows of whose nearest so many agree, those of them that are denied, and the share of these."""
    agreed, denied = int((support.amax(dim=1) >= votes).sum()), int((of_rival >= votes).sum())
    return agreed, denied, denied / max(agreed, 1)


def _is_sure(share: float, agreed: int, least: float, honest: float) -> bool:
    """Whether a share is large, of many rows, or surely above what honest labels reach."""
    error = math.sqrt(share * (1 - share) / max(agreed, 1))
    return share >= least and (agreed >= ENOUGH or share - 2 * error >= honest)


def findings_of_split_classes(near: Neighbours, labels: Tensor, words: Words) -> Iterator[Finding]:
    """Report the two labels whose rows lie among each other most as if they were one class."""
    keys, own, counts = torch.unique(labels[near.queries], return_inverse=True, return_counts=True)
    kept = (counts >= FEWEST_OF_CLASS).nonzero().flatten()
    if len(kept) < 2:
        return
    place = torch.full((len(keys),), -1, device=labels.device).scatter(0, kept, torch.arange(len(kept)).to(kept))
    voted = labels[near.nearest[:, :VOTERS]]
    at = torch.searchsorted(keys, voted).clamp_max(len(keys) - 1)
    theirs = torch.where(keys[at] == voted, place[at], -1)
    mine = place[own].unsqueeze(1).expand_as(theirs)
    both = (mine >= 0) & (theirs >= 0)
    met = torch.bincount(mine[both] * len(kept) + theirs[both], minlength=len(kept) ** 2).view(len(kept), -1).double()
    sizes = class_sizes(labels)[near.queries].double()
    size = torch.zeros(len(keys), dtype=torch.float64, device=labels.device).scatter(0, own, sizes)[kept]
    among_own = met.diagonal() / (size - 1)
    mixed = (met / size / among_own.unsqueeze(1)).nan_to_num(0, 0, 0)
    mixed = torch.minimum(mixed, mixed.T).fill_diagonal_(0)
    mixing = float(mixed.max())
    if mixing < SPLIT:
        return
    one, other = sorted(divmod(int(mixed.argmax()), len(kept)))
    names = [words.of_class(int(keys[kept[k]])) for k in (one, other)]
    detail = f"A row of {names[0]} has a row of {names[1]} near it {mixing:.0%} as often as one of its own class, "
    detail += f"for classes of {int(size[one]):,} and {int(size[other]):,} rows, and the other way round."
    advice = "Are they one class under two names? Then give them one label, or they push each other apart for ever."
    numbers = {"classes": [int(keys[kept[k]]) for k in (one, other)], "names": names, "mixing": mixing}
    yield Finding("split class", "note", "two classes lie where one does", detail, advice, numbers)
