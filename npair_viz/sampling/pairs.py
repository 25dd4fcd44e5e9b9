"""Selection of pairs: which rows of a batch are anchors and positives, which are left out, and why."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Generator, Tensor
from torch.nn import functional

from npair_viz.linalg import moved
from npair_viz.sampling.classes import classes_of
from npair_viz.sampling.hardest_pairs import hardest_partners, reading_is_free
from npair_viz.sampling.own_pairs import OWN, checked, different_pairs
from npair_viz.sampling.reports import report_lines
from npair_viz.validation import check_choice, check_count, check_labels, check_rows

POLICIES = ("random", "first", "hardest")
MANY = 2**15  # labels; from here on torch uses a radix sort, which is faster on narrower integers


@dataclass(frozen=True, eq=False)
class PairSelection:
    """The pairs of a batch: chosen by `select_pairs`, in the order of their anchors' row numbers, or own ones by `of`.

    Attributes:
        anchors: (n,) int64, row numbers.
        positives: (n,) int64, row numbers.
        valid: (n,) bool, False on the entries that only fill up to `max_pairs`; those point to row 0.
        batch_labels: (b,), the labels of the whole batch.
        policy: How the pairs were chosen, one of POLICIES, or "own".
        pairs_per_class: The most pairs that a class may have.
        max_pairs: The length of the padded form, None for the exact one.

    >>> selection = select_pairs(torch.tensor([5, 3, 3, 5, 8]), policy="first")
    >>> selection.n_pairs, selection.unused.tolist(), selection.singletons.tolist()
    (2, [4], [8])
    """

    anchors: Tensor
    positives: Tensor
    valid: Tensor
    batch_labels: Tensor
    policy: str
    pairs_per_class: int
    max_pairs: int | None

    @classmethod
    def of(cls, anchors: Tensor, positives: Tensor, labels: Tensor) -> "PairSelection":
        """Own pairs, in their own order: row `anchors[i]` of a batch with row `positives[i]`; waits for the device.

        The negatives of a pair are the positives of the pairs of other classes. A row may be in several pairs.

        Args:
            anchors: (n,) integers, row numbers.
            positives: (n,) integers, row numbers.
            labels: (b,) integers, the classes of the whole batch; the two rows of a pair are of one class.

        Raises:
            TypeError: These are no integers.
            ValueError: A number is no row of the batch, or a pair is not two rows of one class.

        >>> labels = torch.tensor([5, 3, 3, 5, 5])
        >>> PairSelection.of(torch.tensor([4, 1]), torch.tensor([0, 2]), labels).labels.tolist()
        [5, 3]
        """
        if isinstance(anchors, tuple):
            raise TypeError("anchors must be a tensor, got a tuple: use PairSelection.from_miner(indices, labels)")
        anchors, positives, most = checked(anchors, positives, labels)
        return cls(anchors, positives, torch.ones_like(anchors, dtype=torch.bool), labels, OWN, most, None)

    @classmethod
    def from_miner(cls, indices: Sequence[Tensor], labels: Tensor) -> "PairSelection":
        """All different pairs (a, p) of a miner's tuple, (a1, p, a2, n) or (a, p, n); waits for the device.

        a2 and n are not used: the negatives of a pair are the positives of the pairs of other classes. Of a class all
        pairs are taken; NPairsLoss of pytorch-metric-learning takes the first.

        Args:
            indices: Row numbers, as miners of pytorch-metric-learning return them.
            labels: (b,) integers, the classes of the whole batch.

        Raises:
            TypeError: These are no such tuple, or no integers.
            ValueError: A number is no row of the batch, or a pair is not two rows of one class.

        >>> triplets = torch.tensor([0, 0, 1]), torch.tensor([3, 3, 2]), torch.tensor([1, 2, 0])
        >>> PairSelection.from_miner(triplets, torch.tensor([5, 3, 3, 5])).anchors.tolist()
        [0, 1]
        """
        return cls.of(*different_pairs(indices), labels)

    @property
    def labels(self) -> Tensor:
        """The pairs' classes, (n,) in the dtype of `batch_labels`."""
        return self.batch_labels.long().index_select(0, self.anchors).to(self.batch_labels.dtype)

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
        _, member, sizes = classes_of(self.batch_labels)
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
        return "\n".join(report_lines(self))


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

    Args:
        labels: (b,) integers of any width and sign.
        policy: "random", uniform over the ordered pairs of a class; "first", in the order of the batch; "hardest", the
            two free rows of a class with the smallest eᵢ·eⱼ: the lower row is the anchor, ties go to the lowest rows,
            and NaN counts as the smallest similarity, so that a loss shows it.
        pairs_per_class: The most pairs that a class may have.
        embeddings: (b, d), for "hardest" only, compared as they are.
        generator: Where randomness comes from, on the CPU or on the device; None means torch's global generator, the
            only one that activation checkpointing puts back before it draws again.
        max_pairs: None gives exactly the pairs that there are, and waits for the device once. An int gives that many
            entries and never waits: entries that are not `valid` point to row 0 (an empty batch gives no entries).
            Of more pairs than that "random" keeps a uniform subset, the other policies keep the first.

    Returns:
        The selection, pairs in the order of their anchors' row numbers.

    Raises:
        TypeError: Labels are not integers, a count is no int, or generator is no torch.Generator.
        ValueError: policy is unknown, a count is below 1, or "hardest" lacks embeddings of one row a label.

    Source: one pair per class is Sohn (2016), section 3.2; the policies are ours, checked by tests.

    >>> selection = select_pairs(torch.tensor([3, 3, 8, 0, 8]), policy="first")
    >>> selection.anchors.tolist(), selection.positives.tolist(), selection.n_negatives.tolist()
    ([0, 2], [1, 4], [1, 1])
    """
    check_labels("labels", labels)
    check_choice("policy", policy, POLICIES)
    b, device = len(labels), labels.device
    per_class = min(check_count("pairs_per_class", pairs_per_class), b // 2)
    most = b if max_pairs is None else check_count("max_pairs", max_pairs)
    if policy == "hardest":
        if embeddings is None:
            raise ValueError("embeddings must be given for policy 'hardest', got None: it compares rows")
        keys, order = labels.long().sort(stable=True)
        rows = rows_of(labels, embeddings)
        partner = hardest_partners(keys, order, _starts(_repeats(keys)), rows, per_class)
    else:
        order = shuffled(b, device, generator) if policy == "random" else _row_numbers(b, device)
        partner = _adjacent_partners(labels, order, per_class)
    if policy == "random" and most < b // 2:
        partner = _keep_pairs(partner, most, shuffled(b, device, generator))
    if max_pairs is None:
        anchors = (partner >= 0).nonzero().squeeze(1)
        positives, valid = partner.index_select(0, anchors).long(), torch.ones_like(anchors, dtype=torch.bool)
    else:
        found = torch.nonzero_static(partner >= 0, size=most if b else 0, fill_value=-1).squeeze(1)
        anchors, valid = found.clamp_min(0), found >= 0
        positives = partner.index_select(0, anchors).where(valid, 0).long()
    return PairSelection(anchors, positives, valid, labels, policy, pairs_per_class, max_pairs)


def rows_of(labels: Tensor, embeddings: Tensor) -> Tensor:
    """The embeddings (b, d), checked to be one a label, detached, in at least float32."""
    check_rows("embeddings", embeddings)
    check_labels("labels", labels, rows=len(embeddings))
    if embeddings.device != labels.device:
        raise ValueError(
            f"embeddings must be on labels' device {labels.device}, got {embeddings.device}: move one of them"
        )
    return embeddings.detach().to(torch.promote_types(embeddings.dtype, torch.float32))


def shuffled(b: int, device: torch.device, generator: Generator | None) -> Tensor:
    """The numbers 0 to b - 1 in random order, int32; never waits for the device."""
    if generator is None:
        return torch.randperm(b, dtype=torch.int32, device=device)
    if not isinstance(generator, Generator):
        raise TypeError(f"generator must be a torch.Generator, got {generator!r}: use torch.Generator().manual_seed(0)")
    drawn = torch.randperm(b, generator=generator, dtype=torch.int32, device=generator.device)
    return moved(drawn, device)


def _adjacent_partners(labels: Tensor, order: Tensor, per_class: int) -> Tensor:
    """For each row its positive if it is an anchor, else -1: pairs are adjacent rows of a class in the given order."""
    keys, by_class = _keys(labels).index_select(0, order).sort(stable=True)
    rows, repeats = order.index_select(0, by_class), _repeats(keys)
    has_next = repeats.roll(-1)
    if per_class == 1:
        is_anchor = has_next > repeats  # the first row of each class that has two
    else:
        place = _row_numbers(len(rows), rows.device) - _starts(repeats)
        is_anchor = has_next & (place & 1 == 0) & (place < 2 * per_class)
    return torch.empty_like(rows).scatter_(0, rows.long(), rows.roll(-1).masked_fill_(is_anchor.logical_not(), -1))


def _keys(labels: Tensor) -> Tensor:
    """Labels as integers to sort: of many, if they can be read for free, in the narrowest dtype that holds them."""
    keys = labels.long()
    if len(keys) < MANY or not reading_is_free(keys):
        return keys
    low, high = (int(end) for end in keys.aminmax())
    limits = ((kind, torch.iinfo(kind)) for kind in (torch.int16, torch.int32, torch.int64))
    return keys.to(next(kind for kind, limit in limits if limit.min <= low and high <= limit.max))


def _repeats(keys: Tensor) -> Tensor:
    """Whether each of the sorted keys equals the one before it, (b,) bool."""
    repeats = keys == keys.roll(1)
    repeats.narrow(0, 0, min(1, len(keys))).fill_(False)
    return repeats


def _starts(repeats: Tensor) -> Tensor:
    """For each position the one at which its class starts, (b,)."""
    return _row_numbers(len(repeats), repeats.device).masked_fill_(repeats, 0).cummax(0).values


def _row_numbers(b: int, device: torch.device) -> Tensor:
    return torch.arange(b, dtype=torch.int32, device=device)


def _keep_pairs(partner: Tensor, max_pairs: int, ranks: Tensor) -> Tensor:
    """Keep the max_pairs pairs whose anchors have the lowest ranks (b,)."""
    ranks = torch.where(partner >= 0, ranks, len(partner))
    return partner.masked_fill(ranks > ranks.sort().values.select(0, max_pairs - 1), -1)
