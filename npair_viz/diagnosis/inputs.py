"""The doctor's inputs as tensors, and findings of what is wrong with their shape and type."""

from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from npair_viz.data.as_tensors import as_tensor, as_texts, named_classes, row_by_row
from npair_viz.data.contents import contents_of
from npair_viz.diagnosis.report import MAX_KEPT, Finding, row_list
from npair_viz.diagnosis.words import Words
from npair_viz.validation import FLOATS


@dataclass(frozen=True, eq=False)
class Batch:
    """What came, as far as it could be read.

    Attributes:
        rows: (b, d) in their own dtype; of pairs n anchors, then their n positives. None where they can't be read.
        labels: (b,) int64, None likewise.
        words: How rows and classes are called.
        are_pairs: Whether row i and row n + i are partners.
        findings: What is wrong with the form of what came.
    """

    rows: Tensor | None
    labels: Tensor | None
    words: Words
    are_pairs: bool = False
    findings: list[Finding] = field(default_factory=list)


def read_batch(given: object, labels: object, anchors: object, positives: object, texts: object) -> Batch:
    """Rows with labels, or pairs, out of whatever form they came in."""
    try:
        held = contents_of(given, labels, anchors=anchors, positives=positives, texts=texts)
    except Exception as error:  # objects of other libraries can raise anything when they are read
        advice = "Pass embeddings and labels by themselves."
        found = _error("unreadable rows", "embeddings can't be told from other columns", f"{error}.", advice)
        return Batch(None, None, Words(), findings=[found])
    if held.is_paired:
        return _pairs(held.anchors, held.positives, held.labels, held.texts, held.class_names)
    rows, findings = read_rows("embeddings", held.rows)
    device = torch.device("cpu") if rows is None else rows.device
    try:
        held.check_labels(call="doctor")
    except TypeError as error:
        missing = _error("unreadable labels", "there are no labels", "Pairs and classes are made of them.", f"{error}.")
        return Batch(rows, None, Words(), findings=[*findings, missing])
    classes, words, more = read_labels(held.labels, device)
    said, unread = _texts("texts", held.texts, 0 if rows is None else len(rows))
    are_pairs = rows is not None and classes is not None and len(rows) == len(classes) and halves_match(classes)
    return Batch(rows, classes, Words(words or held.class_names, said), are_pairs, [*findings, *more, *unread])


def halves_match(labels: Tensor) -> bool:
    """Whether labels (2n,) are those of n anchors of different classes, then of their n positives in the same order."""
    n = len(labels) // 2
    return n > 1 and torch.equal(labels[:n], labels[n:]) and len(torch.unique(labels)) == n


def read_rows(name: str, value: object) -> tuple[Tensor | None, list[Finding]]:
    """Rows (b, d) in their own dtype on their own device, or None if they can't be read, and findings."""
    rows = _read(value)
    if rows is None or rows.is_complex():
        advice = f"Pass {name} as a tensor, an array or equally long lists of real numbers."
        return None, [_error("unreadable rows", f"{name} are not rows of real numbers", _type(value), advice)]
    if rows.ndim != 2:
        detail = f"Got {tuple(rows.shape)}."
        return None, [_error("shape of rows", f"{name} must have shape (rows, d)", detail, _one_a_row(name, rows))]
    if not rows.numel():
        advice = "Was the batch empty? Look at the sampler."
        return None, [_error("empty batch", f"{name} hold no number", f"Their shape is {tuple(rows.shape)}.", advice)]
    if rows.dtype in FLOATS:
        return rows, []
    advice = f"Use {name}.float(). Everything below is said of those."
    found = _error("whole numbers", f"{name} are not floating point", f"They are {rows.dtype}.", advice)
    return rows.double(), [found]


def read_labels(value: object, device: torch.device) -> tuple[Tensor | None, tuple[str, ...] | None, list[Finding]]:
    """Labels (b,) int64 on `device`, or None if they can't be read, the words that they number, and findings."""
    labels = _read(value)
    if labels is None or labels.is_complex() or labels.dtype == torch.uint64:
        return _named_labels(value, device)
    if labels.ndim != 1:
        advice = "One class a row: a single column by labels.flatten(), one-hot rows by labels.argmax(dim=1)."
        detail = f"Got {tuple(labels.shape)}."
        return None, None, [_error("shape of labels", "labels must have shape (rows,)", detail, advice)]
    labels = labels.to(device)
    if not labels.is_floating_point():
        return labels.long(), None, []
    missing = labels.isnan().nonzero().flatten().tolist()
    if missing:
        advice = f"Leave such rows out: kept = {_without_nan(value)}, embeddings[kept] and labels[kept]."
        detail = f"{row_list(missing).capitalize()} of {len(labels):,} hold NaN for a label."
        numbers = {"count": len(missing), "at rows": missing[:MAX_KEPT]}
        return None, None, [Finding("labels missing", "error", "rows without a label", detail, advice, numbers)]
    if bool((labels.isfinite() & (labels == labels.round()) & (labels.abs() < 2**53)).all()):
        return labels.long(), None, []
    advice = "Are these targets of a regression? A pair needs rows of one class."
    found = _error("fractional labels", "labels are not whole numbers", f"They are {labels.dtype}.", advice)
    return None, None, [found]


def counts_differ(rows: Tensor, labels: Tensor) -> list[Finding]:
    """A finding if there are not as many labels as rows."""
    if len(rows) == len(labels):
        return []
    numbers = {"rows": len(rows), "labels": len(labels)}
    detail = f"There are {len(rows):,} rows and {len(labels):,} labels, so no one can say whose label is whose."
    advice = "Look where one of them is filtered, cropped or gathered without the other."
    return [Finding("counts differ", "error", "rows and labels differ in number", detail, advice, numbers)]


def rows_beside(name: str, value: object) -> tuple[Tensor | None, list[Finding]]:
    """Rows (m, d) out of whatever form they came in, of pairs the anchors, then their positives; and findings."""
    try:
        held = contents_of(value)
    except Exception as error:  # as in read_batch
        advice = f"Pass the rows of {name} by themselves."
        return None, [_error("unreadable rows", f"{name} can't be told from other columns", f"{error}.", advice)]
    if not held.is_paired:
        return read_rows(name, held.rows)
    pairs = _pairs(held.anchors, held.positives, None, None)
    return pairs.rows, pairs.findings


def _pairs(
    anchors: object, positives: object, labels: object, texts: object, names: tuple[str, ...] | None = None
) -> Batch:
    (left, wrong), (right, more) = read_rows("anchors", anchors), read_rows("positives", positives)
    findings = [*wrong, *more]
    if left is None or right is None:
        return Batch(None, None, Words(), True, findings)
    if left.shape != right.shape:
        detail = f"anchors are {tuple(left.shape)}, positives {tuple(right.shape)}: row i of one is row i's partner."
        advice = "Look where one side is filtered, shuffled or projected without the other."
        return Batch(None, None, Words(), True, [*findings, _error("sides differ", "the sides differ", detail, advice)])
    n, rows = len(left), torch.cat([left, right.to(left.device)])
    classes, words = torch.arange(n, device=rows.device), None
    if labels is not None:
        read, words, unread = read_labels(labels, rows.device)
        findings += unread or ([] if read is None else counts_differ(left, read))
        classes = read if read is not None and len(read) == n else classes
    said, unread = _texts_of_sides(texts, n)
    shown = Words(words or names, said, pairs=n)
    return Batch(rows, classes.repeat(2), shown, True, [*findings, *unread])


def _texts_of_sides(texts: Any, n: int) -> tuple[tuple[str, ...] | None, list[Finding]]:
    """The texts of both sides, the anchors' first."""
    if texts is None:
        return None, []
    if not isinstance(texts, list | tuple) or len(texts) != 2:
        advice = "Pass texts=(those of the anchors, those of the positives)."
        return None, [_warning("unreadable texts", "texts of pairs must be two lists", _type(texts), advice)]
    said, findings = zip(*(_texts("texts", one, n) for one in texts), strict=True)
    return (None if None in said else said[0] + said[1]), findings[0] + findings[1]


def _texts(name: str, texts: object, rows: int) -> tuple[tuple[str, ...] | None, list[Finding]]:
    if texts is None or not rows:
        return None, []
    try:
        return as_texts(name, texts, rows), []
    except Exception as error:  # objects of other libraries can raise anything when they are read
        advice = "Everything below is said without them."
        return None, [_warning("unreadable texts", "texts can't be shown", f"{error}.", advice)]


def _named_labels(value: object, device: torch.device) -> tuple[Tensor | None, tuple[str, ...] | None, list[Finding]]:
    try:
        classes, words = named_classes("labels", value)
    except Exception as error:  # as above
        is_told = isinstance(error, ValueError)
        advice = "Pass a whole number or a word for each row."
        detail = f"{error}." if is_told else _type(value)
        return None, None, [_error("unreadable labels", "labels are no classes", detail, advice)]
    return classes.to(device), words, []


def _without_nan(labels: object) -> str:
    """Which labels are none, as their library says it."""
    if isinstance(labels, Tensor):
        return "~labels.isnan()"
    return "labels.notna()" if hasattr(labels, "notna") else "~numpy.isnan(labels)"


def _one_a_row(name: str, rows: Tensor) -> str:
    if rows.ndim != 3:
        return f"One embedding a row: use {name}.reshape(len({name}), -1)."
    count = rows.shape[1]
    views = f"Of {count} views an input: {name}.flatten(0, 1) with labels.repeat_interleave({count})"
    views += f", or of two towers anchors={name}[:, 0], positives={name}[:, 1]." if count == 2 else "."
    return f"{views} Of one matrix an input: {name}.flatten(1)."


def _read(value: object) -> Tensor | None:
    if isinstance(value, Tensor):
        return row_by_row(value.detach().to_dense() if value.layout != torch.strided else value.detach())
    try:
        tensor = as_tensor(value)
    except Exception:  # objects of other libraries can raise anything when they are read
        return None
    dtype = getattr(torch, str(getattr(value, "dtype", "")), None)  # as_tensor widens float16, the doctor judges it
    return tensor.to(dtype) if dtype in FLOATS else tensor


def _type(value: object) -> str:
    return f"Got {type(value).__name__}."


def _error(kind: str, title: str, detail: str, advice: str) -> Finding:
    return Finding(kind, "error", title, detail, advice, {})


def _warning(kind: str, title: str, detail: str, advice: str) -> Finding:
    return Finding(kind, "warning", title, detail, advice, {})
