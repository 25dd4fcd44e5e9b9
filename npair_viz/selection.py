"""Which rows of a batch are anchors and positives, which are left out and why, and which classes are hard."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Generator, Tensor
from torch.nn import functional

from npair_viz.checks import check_choice, check_count, check_labels, check_rows

POLICIES = ("random", "first", "hardest")
BLOCK_ENTRIES = 2**20  # similarities held at a time: 4 MB in float32
LISTED = 10  # what a report names before it says "and 990 more"


@dataclass(frozen=True, eq=False)
class PairSelection:
    """The pairs of a batch, in the order of their anchors' row numbers.

    `anchors`, `positives` (n,): row numbers, int64. `labels` (n,): the pairs' classes, in the batch's dtype.
    `valid` (n,): False on the rows that only fill up to `max_pairs`; those point to row 0.
    `batch_labels` (b,), `policy`, `pairs_per_class` and `max_pairs`: what was asked.

    >>> selection = select_pairs(torch.tensor([5, 3, 3, 5, 8]), policy="first")
    >>> selection.n_pairs, selection.unused.tolist(), selection.singletons.tolist()
    (2, [4], [8])
    """

    anchors: Tensor
    positives: Tensor
    labels: Tensor
    valid: Tensor
    batch_labels: Tensor
    policy: str
    pairs_per_class: int
    max_pairs: int | None

    @property
    def n_pairs(self) -> int:
        """How many pairs there are; in the padded form this waits for the device."""
        return len(self.anchors) if self.max_pairs is None else int(self.valid.sum())

    @property
    def n_negatives(self) -> Tensor:
        """How many negatives each anchor meets, (n,) int64: the valid pairs of other classes; 0 where not valid."""
        keys, by_class = self.labels.long().sort(stable=True)
        before = functional.pad(self.valid.take(by_class).cumsum(0), (1, 0))
        alike = before.take(torch.searchsorted(keys, keys, right=True)) - before.take(torch.searchsorted(keys, keys))
        return torch.where(self.valid, self.valid.sum() - torch.empty_like(alike).scatter(0, by_class, alike), 0)

    @property
    def unused(self) -> Tensor:
        """The rows of the batch that are in no pair, ascending; waits for the device."""
        free = torch.ones_like(self.batch_labels, dtype=torch.bool)
        free[self.anchors[self.valid]] = False
        free[self.positives[self.valid]] = False
        return free.nonzero().squeeze(1)

    @property
    def singletons(self) -> Tensor:
        """The labels of the classes with a single row, in the order of the batch; waits for the device."""
        _, member, sizes = _classes(self.batch_labels)
        return self.batch_labels[sizes[member] == 1]

    def report(self) -> str:
        """Say which rows and classes are used, which are left out, and why; waits for the device.

        >>> print(select_pairs(torch.tensor([5, 3, 3, 5, 8]), policy="first").report())
        Pairs: 2, by policy 'first', from 2 of 3 classes. Rows used: 4 of 5, left out: 1.
        Negatives that an anchor meets: 1.
        Class (anchor → positive): 5 (0 → 3), 3 (1 → 2).
        Rows left out: 4.
        - rows alone in a class, where a pair takes two: 1, of class 8.
        """
        return "\n".join(_report(self))


def select_pairs(
    labels: Tensor,
    *,
    policy: str = "random",
    pairs_per_class: int = 1,
    embeddings: Tensor | None = None,
    generator: Generator | None = None,
    max_pairs: int | None = None,
) -> PairSelection:
    """Choose min(pairs_per_class, size // 2) disjoint pairs of rows from every class, on the labels' device.

    `labels` (b,): integers of any width and sign. `policy`: "random", uniform over the ordered pairs of a class;
    "first", in the order of the batch; "hardest", the two free rows of a class with the smallest eᵢ·eⱼ, from
    `embeddings` (b, d) as they are given, the lower row is the anchor, ties go to the lowest rows, and a similarity
    that is no number counts as the largest. Pairs stand in the order of their anchors' row numbers.

    With `max_pairs=None` the result has exactly the pairs there are and waits for the device once. An int gives that
    many rows and never waits: rows that are not `valid` point to row 0 (an empty batch has none, and gives no rows).
    Where there are more pairs than that, "random" keeps a uniform subset and the others keep the first. `generator`
    may live on the CPU or on the device; without one torch's global one serves.

    Raises TypeError for labels that are not integers, ValueError for "hardest" without embeddings.
    Source: one pair per class is Sohn (2016), section 3.2; the policies are ours, checked by tests.

    >>> selection = select_pairs(torch.tensor([3, 3, 8, 0, 8]), policy="first")
    >>> selection.anchors.tolist(), selection.positives.tolist(), selection.n_negatives.tolist()
    ([0, 2], [1, 4], [1, 1])
    """
    check_labels("labels", labels)
    check_choice("policy", policy, POLICIES)
    b, device = len(labels), labels.device
    per_class = min(check_count("pairs_per_class", pairs_per_class), b)
    most = b if max_pairs is None else check_count("max_pairs", max_pairs)

    if policy == "hardest":
        if embeddings is None:
            raise ValueError("embeddings must be given for policy 'hardest', got None: it compares rows")
        partner = _hardest(labels, _rows_of(labels, embeddings), per_class)
    else:
        order = _shuffled(b, device, generator) if policy == "random" else torch.arange(b, device=device)
        partner = _neighbours(labels, order, per_class)
    if policy == "random" and most < b // 2:
        partner = _thinned(partner, most, _shuffled(b, device, generator))

    paired = partner >= 0
    if max_pairs is None:
        anchors = paired.nonzero().squeeze(1)
    else:
        anchors = torch.nonzero_static(paired, size=most if b else 0, fill_value=0).squeeze(1)
    valid = torch.arange(len(anchors), device=device) < paired.sum()
    positives = torch.where(valid, partner.take(anchors), 0)
    classes = labels.long().take(anchors).to(labels.dtype)
    return PairSelection(anchors, positives, classes, valid, labels, policy, pairs_per_class, max_pairs)


def mine_hard_classes(
    embeddings: Tensor, labels: Tensor, n_classes: int, *, first: int | None = None, generator: Generator | None = None
) -> Tensor:
    """Choose classes that are easily confused: c₁ = first, cₖ = argmax over c of max over i < k of m(cᵢ)·m(c).

    m(c) is the mean of the rows of class c, put on the unit sphere. The triplet of an anchor and a positive at m(cᵢ)
    and a negative at m(c) is violated by m(cᵢ)·m(c) − 1, so each step adds the class that violates the constraint
    most. Rows are taken as they are: subtract their mean first where all of them point one way, as pixels do.
    Ties, to rounding, are broken at random; so is `first`, a label, where it is not given. Classes of one row are left
    out: they cannot give a pair.

    `embeddings` (b, d), `labels` (b,) -> (n_classes,) labels in the order in which they were chosen. It waits for the
    device at every step. Raises ValueError where too few classes have two rows, or rows are not finite.
    Source: Sohn (2016), section 3.2, step 2; the mean in place of one or two random rows is ours, checked by tests.

    >>> rows = torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.8, 0.6], [0.8, 0.6], [-1.0, 0.0], [-1.0, 0.0]])
    >>> mine_hard_classes(rows, torch.tensor([4, 4, 7, 7, 9, 9]), 2, first=4)
    tensor([4, 7])
    """
    check_labels("labels", labels)
    check_count("n_classes", n_classes)
    rows = _rows_of(labels, embeddings)
    finite = rows.isfinite().all(dim=1)
    if not finite.all():
        row = int(finite.int().argmin())
        raise ValueError(f"embeddings must be finite, got NaN or infinity in row {row}: leave such rows out")
    keys, member, sizes = _classes(labels)
    sums = rows.new_zeros(len(keys), rows.shape[1]).index_add(0, member, rows)  # they point where the means do
    usable = (sizes >= 2).nonzero().squeeze(1)
    if n_classes > len(usable):
        raise ValueError(f"n_classes must be at most {len(usable)}, the classes with two rows or more, got {n_classes}")
    pool = usable[_shuffled(len(usable), labels.device, generator)]
    classes = keys[pool].to(labels.dtype)
    names = classes.tolist()
    if first is not None and first not in names:
        raise ValueError(f"first must be the label of a class with two rows or more, got {first}: try {names[0]}")
    start = 0 if first is None else names.index(first)
    return classes[_greedy(functional.normalize(sums[pool]), start, n_classes)]


def _greedy(directions: Tensor, start: int, n_classes: int) -> list[int]:
    chosen = [start]
    nearest = _similarities(directions, directions[[start]]).squeeze(1)
    while len(chosen) < n_classes:
        nearest[chosen] = -torch.inf
        tied = nearest >= nearest.max() - 100 * torch.finfo(nearest.dtype).eps
        chosen.append(int(tied.int().argmax()))  # the pool is shuffled: the first of them is a random one
        nearest = nearest.maximum(_similarities(directions, directions[chosen[-1:]]).squeeze(1))
    return chosen


def _rows_of(labels: Tensor, embeddings: Tensor) -> Tensor:
    check_rows("embeddings", embeddings)
    check_labels("labels", labels, rows=len(embeddings))
    if embeddings.device != labels.device:
        raise ValueError(
            f"embeddings must be on labels' device {labels.device}, got {embeddings.device}: move one of them"
        )
    return embeddings.detach().to(torch.promote_types(embeddings.dtype, torch.float32))


def _classes(labels: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    keys, member, sizes = torch.unique(labels.long(), return_inverse=True, return_counts=True)
    return keys, member, sizes


def _shuffled(b: int, device: torch.device, generator: Generator | None) -> Tensor:
    if generator is None:
        return torch.randperm(b, device=device)
    if not isinstance(generator, Generator):
        raise TypeError(f"generator must be a torch.Generator, got {generator!r}: use torch.Generator().manual_seed(0)")
    drawn = torch.randperm(b, generator=generator, device=generator.device)
    return drawn.to(device, non_blocking=device.type == "cuda")  # only the way to the device is safe without waiting


def _neighbours(labels: Tensor, order: Tensor, per_class: int) -> Tensor:
    """Per row, the positive that it takes as an anchor or -1: in the given order, neighbours in a class pair up."""
    keys, by_class = labels.long().gather(0, order).sort(stable=True)  # torch 2.13 can't compile an index by randperm
    rows, position = order.take(by_class), torch.arange(len(order), device=order.device)
    place = position - torch.searchsorted(keys, keys)
    has_next = position + 1 < torch.searchsorted(keys, keys, right=True)
    takes = (place % 2 == 0) & (place < 2 * per_class) & has_next
    return torch.empty_like(rows).scatter(0, rows, torch.where(takes, rows.roll(-1), -1))


def _thinned(partner: Tensor, max_pairs: int, priority: Tensor) -> Tensor:
    standing = torch.where(partner >= 0, priority, len(partner))
    return partner.masked_fill(standing > standing.sort().values.select(0, max_pairs - 1), -1)


def _hardest(labels: Tensor, rows: Tensor, per_class: int) -> Tensor:
    """Per row, the positive that it takes as an anchor or -1: each round pairs a class' least similar free rows."""
    keys, order = labels.long().sort(stable=True)
    rows, position = rows.index_select(0, order), torch.arange(len(order), device=order.device)
    start = torch.searchsorted(keys, keys)
    partner, free = torch.full_like(order, -1), torch.ones_like(order, dtype=torch.bool)
    for _ in range(min(per_class, len(order) // 2)):
        least, other = _least_similar(rows, keys, free)
        by_value = least.argsort(stable=True)
        by_class_and_value = by_value.take(keys.take(by_value).argsort(stable=True))
        winner = by_class_and_value.take(start)  # of a position's class
        found = least.take(winner).isfinite()
        is_anchor, is_positive = found & (position == winner), found & (position == other.take(winner))
        partner = torch.where(is_anchor, other, partner)
        free = free.masked_fill(is_anchor | is_positive, False)
    return torch.empty_like(order).scatter(0, order, torch.where(partner >= 0, order.take(partner), -1))


def _least_similar(rows: Tensor, keys: Tensor, free: Tensor) -> tuple[Tensor, Tensor]:
    """Per row, its smallest similarity to a later free row of its class (inf where there is none), and that row."""
    b, limits = len(rows), torch.finfo(rows.dtype)
    step = max(1, BLOCK_ENTRIES // b)
    least, other = [], []
    for start in range(0, b, step):
        block, block_keys, block_free = (part.narrow(0, start, min(step, b - start)) for part in (rows, keys, free))
        later, later_keys, later_free = (part.narrow(0, start, b - start) for part in (rows, keys, free))
        alike = (block_keys.unsqueeze(1) == later_keys) & block_free.unsqueeze(1) & later_free
        numbers = _similarities(block, later).nan_to_num(limits.max, limits.max, limits.min)
        value, column = torch.where(alike.triu(1), numbers, torch.inf).min(dim=1)
        least.append(value)
        other.append(column + start)
    return torch.cat(least), torch.cat(other)


def _similarities(rows: Tensor, others: Tensor) -> Tensor:
    with torch.autocast(rows.device.type, enabled=False):  # half precision would make ties of near neighbours
        return rows @ others.mT


def _report(selection: PairSelection) -> list[str]:
    n_pairs, unused, valid = selection.n_pairs, selection.unused, selection.valid
    keys, member, sizes = _classes(selection.batch_labels)
    pairs = torch.bincount(member[selection.anchors[valid]], minlength=len(keys))
    lines = [
        f"Pairs: {n_pairs}, by policy {selection.policy!r}, from {int((pairs > 0).sum())} of {len(keys)} classes. "
        f"Rows used: {2 * n_pairs} of {len(member)}, left out: {len(unused)}."
    ]
    if n_pairs:
        columns = (part[valid][:LISTED].tolist() for part in (selection.labels, selection.anchors, selection.positives))
        named = [f"{label} ({anchor} → {positive})" for label, anchor, positive in zip(*columns, strict=True)]
        least, most = (int(end) for end in selection.n_negatives[valid].aminmax())
        lines.append(f"Negatives that an anchor meets: {least if least == most else f'{least} to {most}'}.")
        lines.append(f"Class (anchor → positive): {_listed(named, n_pairs)}.")
    if len(unused):
        lines.append(f"Rows left out: {_listed(unused[:LISTED].tolist(), len(unused))}.")
    for rows, why in _reasons(sizes, pairs, selection):
        classes = keys[rows > 0].to(selection.batch_labels.dtype)
        if len(classes):
            lines.append(
                f"- rows {why}: {int(rows.sum())}, of class {_listed(classes[:LISTED].tolist(), len(classes))}."
            )
    return lines


def _reasons(sizes: Tensor, pairs: Tensor, selection: PairSelection) -> list[tuple[Tensor, str]]:
    """How many rows of each class each reason leaves out."""
    possible, limit = sizes // 2, selection.pairs_per_class
    return [
        (sizes == 1, "alone in a class, where a pair takes two"),
        ((sizes > 1) & (sizes % 2 == 1) & (possible <= limit), "left over in a class of odd size"),
        (torch.where(possible > limit, sizes - 2 * limit, 0), f"beyond pairs_per_class={limit}"),
        (2 * (possible.clamp(max=limit) - pairs), f"in pairs beyond max_pairs={selection.max_pairs}"),
    ]


def _listed(shown: Sequence[object], number: int) -> str:
    return ", ".join(map(str, shown)) + (f" and {number - LISTED} more" if number > LISTED else "")
