"""Findings from the rows alone: rows that are not finite, zero or long, a collapse, few dimensions."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from npair_viz.diagnosis.report import Finding, Measure, plain
from npair_viz.diagnosis.words import SIDES, Words, sentence
from npair_viz.linalg import in_working_precision

LONG, HUGE = 15.0, 100.0  # times the median length
COLLAPSED, NARROW = 0.99, 0.9  # mean cosine of two different rows
FEW, MANY, THIRD, NEARLY = 16.0, 18.0, 1 / 3, 0.9  # dimensions, and shares of those that the classes could fill
FEWEST = 8  # dimensions that there could be, fewer are never few
SAMPLE, SEED = 1024, 0  # most rows or pairs that are compared, and the seed that they are drawn with
BLOCK = 8192  # rows that are converted at a time, to save memory


def lengths_of(rows: Tensor) -> Tensor:
    """The length of each row (b,), float64, computed without squares that over- or underflow."""
    # made at once: small results between large blocks would keep freed memory in pieces
    lengths = torch.empty(len(rows), dtype=torch.float64, device=rows.device)
    for first in range(0, len(rows), BLOCK):
        lengths[first : first + BLOCK] = _lengths(in_working_precision(rows[first : first + BLOCK]))
    return lengths


def rows_not_finite(rows: Tensor) -> Tensor:
    """Row numbers (m,) of the rows that hold NaN or infinity."""
    is_bad = torch.empty(len(rows), dtype=torch.bool, device=rows.device)
    for first in range(0, len(rows), BLOCK):
        is_bad[first : first + BLOCK] = (~rows[first : first + BLOCK].isfinite()).any(dim=1)
    return is_bad.nonzero().flatten()


def findings_of_not_finite(bad: Tensor, b: int, words: Words) -> Iterator[Finding]:
    """Report row numbers `bad` (m,), of b rows, that hold NaN or infinity."""
    if len(bad):
        detail = f"{sentence(words.listed(bad.tolist()))} of {b:,}: one such row makes the whole loss NaN."
        advice = "Look for a division by zero, a log of 0 or a step that was too long. The rest is said without them."
        numbers = {"count": len(bad), **words.at(bad.tolist())}
        yield Finding("not finite", "error", "rows hold NaN or infinity", detail, advice, numbers)


def findings_of_lengths(lengths: Tensor, row_numbers: Tensor, normalize: bool, words: Words) -> Iterator[Finding]:
    """Report zero rows and rows far longer than others, from lengths (b,) and row numbers in the batch (b,)."""
    zero, median = lengths == 0, median_of(lengths)
    if zero.any():
        at = row_numbers[zero].tolist()
        effect = "normalises to zero and gets no gradient: it never learns" if normalize else "is as far from all"
        detail = f"{sentence(words.listed(at))}: such a row {effect}."
        advice = "Is a last ReLU dead, or the input empty?"
        numbers = {"count": len(at), **words.at(at)}
        yield Finding("zero rows", "error" if normalize else "warning", "rows are zero", detail, advice, numbers)
    long = lengths > LONG * median
    if median > 0 and long.any():
        at, longest = row_numbers[long].tolist(), float(lengths.max()) / median
        effect = "its gradient is divided by that length" if normalize else "it drowns all others in the loss"
        detail = f"{sentence(words.listed(at))} over {LONG:g} times the median length {plain(median)}, the longest "
        detail += f"{plain(longest)} times: {effect}."
        numbers = {"count": len(at), **words.at(at), "longest over median": longest, "median": median}
        advice = "Look at the inputs of these rows first; then at a missing normalisation layer."
        severity = "note" if normalize and longest <= HUGE else "warning"
        yield Finding("huge rows", severity, "rows are far longer than the others", detail, advice, numbers)


def mean_cosine(units: Tensor) -> float:
    """The mean cosine of two different of the unit rows (b, d), b at least 2."""
    b = len(units)
    total = torch.stack([block.sum(dim=0, dtype=torch.float64) for block in torch.split(units, BLOCK)]).sum(dim=0)
    return float(cosine_of_mean(total / b, b))


def cosine_of_mean(mean: Tensor, b: int | Tensor) -> Tensor:
    """The mean cosine of two different of b unit rows, from their mean (d,)."""
    return (b * mean.square().sum() - 1) / (b - 1)


def findings_of_collapse(units: Tensor, classes: int) -> Iterator[Finding]:
    """Report that unit rows (b, d) of so many classes lie in one direction."""
    if len(units) < 2 or classes < 2:
        return
    cosine = mean_cosine(units)
    if cosine >= NARROW:
        is_collapsed = cosine >= COLLAPSED
        detail = f"The mean cosine of two rows is {cosine:.4f}: every class lies in the same direction."
        advice = "Lower the learning rate, look for a constant bias or a dead layer, subtract the mean row; on raw "
        advice += "vectors lower l2_reg."
        title = "the embeddings have collapsed" if is_collapsed else "the embeddings lie in a narrow cone"
        numbers = {"mean cosine": cosine}
        yield Finding("collapse", "error" if is_collapsed else "warning", title, detail, advice, numbers)


def findings_of_collapsed_sides(units: Tensor) -> Iterator[Finding]:
    """Report which side of pairs, n anchors and then their n positives (2n, d), lies in one direction of its own."""
    cosines = {f"{side}s": mean_cosine(rows) for side, rows in zip(SIDES, units.chunk(2), strict=True)}
    fallen = [side for side, cosine in cosines.items() if cosine >= COLLAPSED]
    if not fallen or mean_cosine(units) >= COLLAPSED:  # that is one point for all
        return
    told = ", ".join(f"{cosine:.4f} of two {side}" for side, cosine in cosines.items())
    each = ", each side to a point of its own" if len(fallen) > 1 else ""
    detail = f"The mean cosine is {told}: to the other side such rows are one and the same."
    advice = "In such a tower look for a dead layer, a constant input or weights that were not loaded; lower its "
    advice += "learning rate."
    numbers = {f"mean cosine of {side}": cosine for side, cosine in cosines.items()}
    yield Finding("collapse", "error", f"the {' and '.join(fallen)} have collapsed{each}", detail, advice, numbers)


@dataclass(frozen=True)
class Rank:
    """How many dimensions rows fill, and how many their number and their classes could fill of d."""

    effective: float
    possible: int
    dimension: int

    @property
    def is_low(self) -> bool:
        """Whether classes have too little room."""
        return self.effective < min(FEW, THIRD * self.possible)

    @property
    def is_tight(self) -> bool:
        """Whether there are fewer dimensions than the classes could use."""
        return self.possible >= FEWEST and self.effective < min(MANY, NEARLY * self.possible)


def rank_of(units: Tensor, classes: int) -> Rank:
    """The rank of unit rows (b, d) of so many classes."""
    b, d = units.shape
    return Rank(effective_rank(units), min(d, classes - 1, b - 1), d)


def measure_of_rank(rank: Rank) -> Measure:
    """What a report says of it always."""
    text = f"Dimensions in use: {rank.effective:.1f} of {rank.dimension} (effective rank)."
    numbers = {"effective rank": rank.effective, "possible": rank.possible, "dimension": rank.dimension}
    return Measure("rank", text, numbers)


def findings_of_rank(rank: Rank) -> Iterator[Finding]:
    """Report that rows fill few of the dimensions that their classes could fill."""
    if not (rank.is_low or rank.is_tight):
        return
    detail = f"The rows fill {rank.effective:.1f} dimensions of {rank.dimension}; these classes could fill "
    detail += f"{rank.possible}, so some must lie on each other."
    advice = "Look for a narrow layer or a dead ReLU before the last, and for a projection that was cut. A smaller tao "
    advice += "and more classes a batch spread the rows."
    numbers = measure_of_rank(rank).numbers
    title = "the embeddings lie in few dimensions"
    yield Finding("few dimensions", "warning" if rank.is_low else "note", title, detail, advice, numbers)


def effective_rank(rows: Tensor) -> float:
    """How many dimensions rows (b, d) fill, from at most 1,024 of them.

    exp of the entropy of the shares of variance along the principal axes

    >>> round(effective_rank(torch.tensor([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])), 3)
    2.0
    """
    rows = rows[seeded_sample(len(rows), SAMPLE).to(rows.device)].double()
    return rank_of_variances(torch.linalg.svdvals(rows - rows.mean(dim=0)).square())


def rank_of_variances(variance: Tensor) -> float:
    """The effective rank of rows with these variances (k,) along their principal axes."""
    shares = variance / variance.sum()
    return float(torch.special.entr(shares).sum().exp()) if variance.sum() > 0 else 0.0


def seeded_sample(b: int, most: int, seed: int = SEED) -> Tensor:
    """At most `most` of the row numbers 0 to b − 1, drawn uniformly with a fixed seed, in ascending order.

    >>> seeded_sample(3, 5).tolist()
    [0, 1, 2]
    """
    if b <= most:
        return torch.arange(b, device="cpu")
    return torch.randperm(b, generator=torch.Generator().manual_seed(seed), device="cpu")[:most].sort().values


def median_of(values: Tensor) -> float:
    """The median, of an even number the mean of the two in the middle; torch's own is the lower one.

    >>> median_of(torch.tensor([1, 2, 5, 9]))
    3.5
    """
    ordered = values.double().sort().values
    return float(ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2


def group_numbers(rows: Tensor) -> Tensor:
    """The same number for equal rows, (b,), from 0 on."""
    along = torch.rand(rows.shape[1], generator=torch.Generator().manual_seed(SEED), dtype=torch.float64, device="cpu")
    along = along.to(rows.device)
    keys = torch.empty(len(rows), dtype=torch.float64, device=rows.device)
    for first in range(0, len(rows), BLOCK):
        keys[first : first + BLOCK] = (rows[first : first + BLOCK].double() * along).sum(dim=1)
    order = keys.argsort(stable=True)
    equal = torch.zeros(len(rows), dtype=torch.bool, device=rows.device)
    near = (keys[order][1:] == keys[order][:-1]).nonzero().flatten()
    equal[near + 1] = (rows[order[near + 1]] == rows[order[near]]).all(dim=1)
    return torch.empty_like(order).scatter_(0, order, (~equal).cumsum(0) - 1)


def _lengths(block: Tensor) -> Tensor:
    block = block.double()
    largest = block.abs().amax(dim=1)
    scaled = block / largest.where(largest > 0, 1.0).unsqueeze(1)
    lengths: Tensor = torch.linalg.vector_norm(scaled, dim=1)
    return lengths * largest
