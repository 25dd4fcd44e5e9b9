"""Findings of equal rows: across classes, within a class, and of anchors that equal their partner."""

from collections.abc import Iterator

import torch
from torch import Tensor

from npair_viz.diagnosis.embeddings import group_numbers
from npair_viz.diagnosis.neighbours import Neighbours
from npair_viz.diagnosis.report import Finding
from npair_viz.diagnosis.retrieval import recall_without_copies
from npair_viz.diagnosis.words import Words, sentence

SOME = 0.005  # of the rows, that equal one of another class; a few do in honest data, too
COPIES = 0.1  # of the rows, that equal one of their class; of honest texts one in 3,000 does, of short ones one in 40


def findings_of_duplicates(
    rows: Tensor, labels: Tensor, row_numbers: Tensor, words: Words, near: Neighbours | None = None
) -> Iterator[Finding]:
    """Report equal rows (b, d) by their row numbers in the batch (b,); of pairs `near` is None."""
    group = group_numbers(rows)
    low, high = (
        labels.new_zeros(len(rows)).scatter_reduce(0, group, labels, how, include_self=False)[group]
        for how in ("amin", "amax")
    )
    if near is None:
        yield from _equal_partners(group, row_numbers, words)
    across = row_numbers[low != high].sort().values.tolist()
    if across:
        yield _across(across, len(rows), words)
    within = row_numbers[(torch.bincount(group)[group] > 1) & (low == high)].sort().values.tolist()
    if within and near is not None:
        yield _within(within, len(rows), recall_without_copies(near, labels, group), words)


def _equal_partners(group: Tensor, row_numbers: Tensor, words: Words) -> Iterator[Finding]:
    """Anchors and then positives (2n,), by the number of their group of equal rows."""
    anchors, positives = group.chunk(2)
    at = row_numbers[: len(anchors)][anchors == positives].tolist()
    if not at:
        return
    share = len(at) / len(anchors)
    detail = f"{len(at):,} of {len(anchors):,} anchors equal their partner: {words.listed(at)}. Such a pair is found "
    detail += "without any learning, and Recall@1 counts it."
    advice = "Was one side loaded twice? Let a pair be two views, or two samples."
    numbers = {"count": len(at), "share": share, **words.at(at)}
    severity = "warning" if share >= COPIES else "note"
    yield Finding("duplicates in a class", severity, "anchors equal their partner", detail, advice, numbers)


def _within(rows: list[int], b: int, recall: float | None, words: Words) -> Finding:
    share = len(rows) / b
    detail = (
        f"{len(rows):,} of {b:,} rows equal another one of their class: {words.listed(rows)}. Such a pair is easy, "
    )
    detail += "and Recall@1 counts it. "
    numbers: dict[str, object] = {"count": len(rows), "share": share, **words.at(rows)}
    if recall is None:
        detail += "Without copies no row has another of its class."
    else:
        detail += f"Without copies Recall@1 is {recall:.3f}."
        numbers["Recall@1 without copies"] = recall
    advice = "Was one input loaded twice? Keep one of each, or let a pair be two views, or two samples."
    severity = "warning" if share >= COPIES else "note"
    return Finding("duplicates in a class", severity, "equal rows in a class", detail, advice, numbers)


def _across(rows: list[int], b: int, words: Words) -> Finding:
    numbers = {"count": len(rows), "share": len(rows) / b, **words.at(rows)}
    if not words.pairs:
        detail = f"{sentence(words.listed(rows))}: each equals a row of another class, yet is its negative."
        detail += f" The first: {words.told(rows[0])}." if words.texts else ""
        advice = "Are the labels right? Merge such classes, or pass equal labels so that they don't push each other."
        title = "equal rows in different classes: likely false negatives"
        severity = "warning" if len(rows) >= SOME * b else "note"
        return Finding("duplicates across classes", severity, title, detail, advice, numbers)
    anchors = sum(row < words.pairs for row in rows)
    counts = [
        f"{count:,} {side}" for count, side in ((anchors, "anchors"), (len(rows) - anchors, "positives")) if count
    ]
    detail = f"Of {words.pairs:,} pairs {' and '.join(counts)} equal a row of another pair: {words.listed(rows)}. "
    detail += f"The first: {words.told(rows[0])}. " if words.texts else ""
    detail += "Each counts as a negative where it is as right as the partner."
    side = "anchors" if anchors else "positives"
    advice = f"Mask them: labels=torch.unique(torch.as_tensor({side}), dim=0, return_inverse=True)[1], for npair_loss "
    advice += "and doctor alike."
    title = f"{' and '.join(counts)} are equal to another: false negatives"
    return Finding("duplicates across classes", "warning", title, detail, advice, numbers)
