"""Findings from the labels alone: how many pairs and negatives they give, and which rows are in no pair."""

from collections.abc import Iterator

import torch
from torch import Tensor

from npair_viz.diagnosis.embeddings import median_of
from npair_viz.diagnosis.report import Finding, to_half
from npair_viz.diagnosis.words import Words

FEW_PAIRS = 4  # with fewer, an anchor has at most two negatives
MANY_ALONE = 0.25  # of the rows
BATCH = 512  # rows, more are a data set, of which a step uses few as a matter of course
UNEVEN, FEWEST = 10.0, 5  # the largest class over the median one, and classes, from which it is said


def pair_count(labels: Tensor, pairs_per_class: int) -> int:
    """The number of pairs that `select_pairs` chooses from labels (b,)."""
    sizes = torch.unique(labels, return_counts=True)[1]
    return int((sizes // 2).clamp_max(min(pairs_per_class, len(labels))).sum())


def findings_of_labels(labels: Tensor, pairs_per_class: int, max_pairs: int | None, words: Words) -> Iterator[Finding]:
    """Report that labels (b,) give no pair, few pairs, or leave many rows out."""
    keys, member, sizes = torch.unique(labels, return_inverse=True, return_counts=True)
    b, n, classes = len(labels), pair_count(labels, pairs_per_class), int((sizes > 1).sum())
    numbers = {"rows": b, "classes": len(keys), "pairs": n}
    if n == 0:
        detail = f"None of the {len(keys):,} classes has two of the {b:,} rows, so the loss is 0 and teaches nothing."
        advice = "Sample at least two rows a class. Are the labels perhaps row numbers, or names of files?"
        yield Finding("no pair", "error", "there is no pair", detail, advice, numbers)
    elif classes == 1:
        detail = "One class alone has two rows, so no anchor has a negative: the loss is 0. "
        detail += "An anchor's negatives are the other pairs' positives."
        yield Finding("one class", "error", "there is no negative", detail, "Sample two classes or more.", numbers)
    elif classes < FEW_PAIRS:
        detail = f"Each anchor meets the positives of {classes - 1} other class{'es' if classes > 2 else ''} alone."
        advice = "Sample more classes and fewer rows of each: that is what the N-pair loss lives on."
        yield Finding("few pairs", "warning", f"few pairs: {classes} classes", detail, advice, numbers)
    if n:
        yield from _singletons((sizes[member] == 1).nonzero().flatten(), b, words)
        if not words.pairs:  # labels of pairs only say which are no negatives of each other
            yield from _uneven(keys, sizes, words)
        yield from _unused(b, n, int((sizes == 1).sum()), pairs_per_class)
    if max_pairs is not None and n > max_pairs:
        detail = f"Of {n:,} pairs {n - max_pairs:,} are left out."
        numbers = {"pairs": n, "max_pairs": max_pairs}
        yield Finding("max_pairs", "note", "max_pairs leaves pairs out", detail, "Raise max_pairs.", numbers)


def _singletons(rows: Tensor, b: int, words: Words) -> Iterator[Finding]:
    if not len(rows):
        return
    share = len(rows) / b
    detail = f"{len(rows):,} of {b:,} rows are alone in their class: they are in no pair, and are no negative either."
    advice = "Let the sampler draw two rows of each class."
    numbers = {"singletons": len(rows), "share": share, **words.at(rows.tolist())}
    yield Finding("singletons", "warning" if share >= MANY_ALONE else "note", "rows alone", detail, advice, numbers)


def _uneven(keys: Tensor, sizes: Tensor, words: Words) -> Iterator[Finding]:
    largest, median, smallest = int(sizes.max()), median_of(sizes), int(sizes.min())
    if len(sizes) < FEWEST or largest < UNEVEN * median:
        return
    name = words.of_class(int(keys[sizes.argmax()]))
    detail = (
        f"The largest of {len(sizes):,} classes ({name}) has {largest:,} rows, {largest / int(sizes.sum()):.0%} of "
    )
    detail += (
        f"all; the median {to_half(median)}, the smallest {smallest:,}. A recall over all rows speaks of the largest."
    )
    advice = "Look at each class's own recall. One pair a class evens it out while training: a row of a small class is "
    advice += "drawn often, so watch for overfitting there."
    numbers = {"largest": largest, "median": median, "smallest": smallest, "classes": len(sizes)}
    yield Finding("imbalance", "note", "classes differ much in size", detail, advice, numbers)


def _unused(b: int, n: int, singletons: int, pairs_per_class: int) -> Iterator[Finding]:
    rest = b - 2 * n - singletons
    if rest <= b / 2 or b > BATCH:
        return
    detail = f"pairs_per_class={pairs_per_class} uses {2 * n:,} of {b:,} rows a step and leaves {rest:,} out."
    advice = "Raise pairs_per_class or sample more classes. If this is the whole data set, it is as it should be."
    yield Finding("unused rows", "note", "most rows are in no pair", detail, advice, {"used": 2 * n, "left out": rest})
