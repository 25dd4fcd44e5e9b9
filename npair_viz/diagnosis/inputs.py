"""The doctor's inputs as tensors, and findings of what is wrong with their shape and type."""

import torch
from torch import Tensor

from npair_viz.data.as_tensors import as_tensor
from npair_viz.diagnosis.report import Finding
from npair_viz.validation import FLOATS


def read_rows(name: str, value: object) -> tuple[Tensor | None, list[Finding]]:
    """Rows (b, d) in their own dtype on their own device, or None if they can't be read, and findings."""
    rows = _read(value)
    if rows is None or rows.is_complex():
        advice = f"Pass {name} as a tensor, an array or equally long lists of real numbers."
        return None, [_error("unreadable rows", f"{name} are not rows of real numbers", _type(value), advice)]
    if rows.ndim != 2:
        advice = "One embedding a row: use embeddings.reshape(len(embeddings), -1)."
        return None, [_error("shape of rows", f"{name} must have shape (rows, d)", f"Got {tuple(rows.shape)}.", advice)]
    if not rows.numel():
        advice = "Was the batch empty? Look at the sampler."
        return None, [_error("empty batch", f"{name} hold no number", f"Their shape is {tuple(rows.shape)}.", advice)]
    if rows.dtype in FLOATS:
        return rows, []
    advice = f"Use {name}.float(). Everything below is said of those."
    found = _error("whole numbers", f"{name} are not floating point", f"They are {rows.dtype}.", advice)
    return rows.double(), [found]


def read_labels(value: object, device: torch.device) -> tuple[Tensor | None, list[Finding]]:
    """Labels (b,) int64 on `device`, or None if they can't be read, and findings."""
    labels = _read(value)
    if labels is None or labels.is_complex():
        advice = "For names use numpy.unique(labels, return_inverse=True)[1]."
        return None, [_error("unreadable labels", "labels are not whole numbers", _type(value), advice)]
    if labels.ndim != 1:
        advice = "One class a row: a single column by labels.flatten(), one-hot rows by labels.argmax(dim=1)."
        detail = f"Got {tuple(labels.shape)}."
        return None, [_error("shape of labels", "labels must have shape (rows,)", detail, advice)]
    labels = labels.to(device)
    if not labels.is_floating_point():
        return labels.long(), []
    found = _error("fractional labels", "labels are not whole numbers", f"They are {labels.dtype}.", "")
    is_whole = bool((labels.isfinite() & (labels == labels.round()) & (labels.abs() < 2**53)).all())
    advice = "Use labels.long()." if is_whole else "Are these targets of a regression? A pair needs rows of one class."
    return labels.long() if is_whole else None, [Finding(**{**vars(found), "advice": advice})]


def counts_differ(rows: Tensor, labels: Tensor) -> list[Finding]:
    """A finding if there are not as many labels as rows."""
    if len(rows) == len(labels):
        return []
    numbers = {"rows": len(rows), "labels": len(labels)}
    detail = f"There are {len(rows):,} rows and {len(labels):,} labels, so no one can say whose label is whose."
    advice = "Look where one of them is filtered, cropped or gathered without the other."
    return [Finding("counts differ", "error", "rows and labels differ in number", detail, advice, numbers)]


def _read(value: object) -> Tensor | None:
    if isinstance(value, Tensor):
        return value.detach().to_dense() if value.layout != torch.strided else value.detach()
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
