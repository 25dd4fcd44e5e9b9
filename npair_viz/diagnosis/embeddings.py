"""Findings from the rows alone: rows that are not finite, zero, huge or equal, and a collapse of all."""

from collections.abc import Iterator

import torch
from torch import Tensor

from npair_viz.diagnosis.report import MAX_KEPT, Finding, row_list
from npair_viz.linalg import in_working_precision, unit_rows

HUGE = 100.0  # times the median length
COLLAPSED, NARROW = 0.99, 0.9  # mean cosine of two different rows
FLAT = 0.1  # of the dimensions that the classes could fill
SAMPLE, SEED = 1024, 0  # most rows or pairs that are compared, and the seed that they are drawn with
BLOCK = 8192  # rows that are converted at a time, to save memory


def lengths_of(rows: Tensor) -> Tensor:
    """The length of each row (b,), float64, computed without squares that over- or underflow."""
    return torch.cat([_lengths(block) for block in torch.split(in_working_precision(rows), BLOCK)])


def rows_not_finite(rows: Tensor) -> Tensor:
    """Row numbers (m,) of the rows that hold NaN or infinity."""
    return torch.cat([(~block.isfinite()).any(dim=1) for block in torch.split(rows, BLOCK)]).nonzero().flatten()


def findings_of_not_finite(bad: Tensor, b: int) -> Iterator[Finding]:
    """Report row numbers `bad` (m,), of b rows, that hold NaN or infinity."""
    if len(bad):
        detail = f"{row_list(bad.tolist()).capitalize()} of {b:,}: one such row makes the whole loss NaN."
        advice = "Look for a division by zero, a log of 0 or a step that was too long. The rest is said without them."
        numbers = {"count": len(bad), "at rows": bad[:MAX_KEPT].tolist()}
        yield Finding("not finite", "error", "rows hold NaN or infinity", detail, advice, numbers)


def findings_of_lengths(lengths: Tensor, row_numbers: Tensor, normalize: bool) -> Iterator[Finding]:
    """Report zero rows and rows far longer than others, from lengths (b,) and row numbers in the batch (b,)."""
    zero, median = lengths == 0, float(lengths.median())
    if zero.any():
        at = row_numbers[zero].tolist()
        effect = "normalises to zero and gets no gradient: it never learns" if normalize else "is as far from all"
        detail = f"{row_list(at).capitalize()}: such a row {effect}."
        advice = "Is a last ReLU dead, or the input empty?"
        numbers = {"count": len(at), "at rows": at[:MAX_KEPT]}
        yield Finding("zero rows", "error" if normalize else "warning", "rows are zero", detail, advice, numbers)
    huge = lengths > HUGE * median
    if median > 0 and huge.any():
        at, longest = row_numbers[huge].tolist(), float(lengths.max())
        effect = "its gradient is divided by that length" if normalize else "it drowns all others in the loss"
        detail = f"{row_list(at).capitalize()} over {HUGE:g} times the median length {median:.3g}: {effect}."
        numbers = {"count": len(at), "at rows": at[:MAX_KEPT], "longest": longest, "median": median}
        advice = "Look at the inputs of these rows first; then at a missing normalisation layer."
        yield Finding("huge rows", "warning", "rows are far longer than the others", detail, advice, numbers)


def findings_of_spread(units: Tensor, classes: int) -> Iterator[Finding]:
    """Report that unit rows (b, d) of so many classes lie in one direction or in few dimensions."""
    b, d = units.shape
    if b < 2 or classes < 2:
        return
    square = float(units.mean(dim=0, dtype=torch.float64).square().sum())
    cosine = (b * square - 1) / (b - 1)
    if cosine >= NARROW:
        is_collapsed = cosine >= COLLAPSED
        detail = f"The mean cosine of two rows is {cosine:.4f}: every class lies in the same direction."
        advice = "Lower the learning rate, look for a constant bias or a dead layer, subtract the mean row; on raw "
        advice += "vectors lower l2_reg."
        title = "the embeddings have collapsed" if is_collapsed else "the embeddings lie in a narrow cone"
        numbers = {"mean cosine": cosine}
        yield Finding("collapse", "error" if is_collapsed else "warning", title, detail, advice, numbers)
        return
    possible, rank = min(d, classes - 1), effective_rank(units)
    if rank < FLAT * possible:
        detail = f"The rows fill {rank:.1f} dimensions; {classes:,} classes in {d} could fill {possible}."
        advice = "Look for a narrow layer before the last. A smaller tao and more classes a batch spread the rows."
        numbers = {"effective rank": rank, "possible": possible, "dimension": d}
        yield Finding("few dimensions", "warning", "the embeddings lie in few dimensions", detail, advice, numbers)


def effective_rank(rows: Tensor) -> float:
    """How many dimensions rows (b, d) fill, from at most 1,024 of them.

    exp of the entropy of the shares of variance along the principal axes

    >>> round(effective_rank(torch.tensor([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])), 3)
    2.0
    """
    rows = rows[seeded_sample(len(rows), SAMPLE).to(rows.device)].double()
    variance = torch.linalg.svdvals(rows - rows.mean(dim=0)).square()
    shares = variance / variance.sum()
    return float(torch.special.entr(shares).sum().exp()) if variance.sum() > 0 else 0.0


def findings_of_duplicates(rows: Tensor, labels: Tensor, row_numbers: Tensor) -> Iterator[Finding]:
    """Report equal rows (b, d), across classes and within a class, by their row numbers in the batch (b,)."""
    group, order = _groups(rows)
    labels, row_numbers = labels[order], row_numbers[order]
    size = torch.bincount(group)[group]
    low, high = (
        labels.new_zeros(len(rows)).scatter_reduce(0, group, labels, how, include_self=False)[group]
        for how in ("amin", "amax")
    )
    across = row_numbers[low != high].sort().values
    if len(across):
        detail = f"{row_list(across.tolist()).capitalize()}: each equals a row of another class, yet is its negative."
        advice = "Are the labels right? Merge such classes, or pass equal labels so that they don't push each other."
        numbers = {"count": len(across), "share": len(across) / len(rows), "at rows": across[:MAX_KEPT].tolist()}
        title = "equal rows in different classes: likely false negatives"
        yield Finding("duplicates across classes", "warning", title, detail, advice, numbers)
    within = row_numbers[(size > 1) & (low == high)].sort().values
    if len(within):
        detail = f"{row_list(within.tolist()).capitalize()}: each equals another row of its class. Such a pair is easy."
        advice = "Was one input loaded twice? Let a pair be two views, or two samples."
        numbers = {"count": len(within), "at rows": within[:MAX_KEPT].tolist()}
        yield Finding("duplicates in a class", "note", "equal rows in a class", detail, advice, numbers)


def seeded_sample(b: int, most: int) -> Tensor:
    """At most `most` of the row numbers 0 to b − 1, drawn uniformly with a fixed seed, in ascending order.

    >>> seeded_sample(3, 5).tolist()
    [0, 1, 2]
    """
    if b <= most:
        return torch.arange(b, device="cpu")
    return torch.randperm(b, generator=torch.Generator().manual_seed(SEED), device="cpu")[:most].sort().values


def detached_units(rows: Tensor) -> Tensor:
    """Rows (b, d) divided by their lengths, detached."""
    return torch.cat([unit_rows(block) for block in torch.split(rows.detach(), BLOCK)])


def _groups(rows: Tensor) -> tuple[Tensor, Tensor]:
    """A number for each set of equal rows, (b,), in an order in which equal rows are adjacent, and that order (b,)."""
    along = torch.rand(rows.shape[1], generator=torch.Generator().manual_seed(SEED), dtype=torch.float64, device="cpu")
    along = along.to(rows.device)
    keys = torch.cat([(block.double() * along).sum(dim=1) for block in torch.split(rows, BLOCK)])
    order = keys.argsort(stable=True)
    equal = torch.zeros(len(rows), dtype=torch.bool, device=rows.device)
    near = (keys[order][1:] == keys[order][:-1]).nonzero().flatten()
    equal[near + 1] = (rows[order[near + 1]] == rows[order[near]]).all(dim=1)
    return (~equal).cumsum(0) - 1, order


def _lengths(block: Tensor) -> Tensor:
    block = block.double()
    largest = block.abs().amax(dim=1)
    scaled = block / largest.where(largest > 0, 1.0).unsqueeze(1)
    lengths: Tensor = torch.linalg.vector_norm(scaled, dim=1)
    return lengths * largest
