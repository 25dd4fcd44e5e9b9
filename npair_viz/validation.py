"""Checks of arguments of public functions: every error says what must hold, what was passed, and what to do."""

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from npair_viz.linalg import is_traced

FLOATS = (torch.float64, torch.float32, torch.bfloat16, torch.float16)


def check_choice(name: str, value: object, choices: Sequence[object]) -> None:
    """Raise ValueError unless `value` is one of `choices`."""
    if value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, choices))}, got {value!r}")


def check_count(name: str, value: object, least: int = 1) -> int:
    """Return `value` as an int; raise TypeError or ValueError unless it is a whole number of at least `least`."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} must be a whole number, got {value!r} of type {type(value).__name__}")
    if value < least:
        raise ValueError(f"{name} must be at least {least}, got {value}")
    return value


def check_tao(tao: float | Tensor) -> float | Tensor:
    """Return `tao`; raise unless it is a positive finite number or 0-dim tensor (its value is read on the CPU only)."""
    if isinstance(tao, Tensor):
        if tao.ndim != 0:
            raise ValueError(
                f"tao must be a number or a 0-dim tensor, got shape {tuple(tao.shape)}: use tao.squeeze(), "
                "one temperature serves the whole batch"
            )
        if is_traced() or tao.device.type != "cpu":  # to read the value would wait for the device
            return tao
        value = tao.item()
    else:
        value = as_number("tao", tao)
    if not 0 < value < math.inf:
        raise ValueError(
            f"tao must be positive and finite, got {value:g}: similarities are divided by it; "
            "to learn it, use NPairLoss(learn_tao=True), or learn its logarithm, tao=log_tao.exp()"
        )
    return tao


def check_l2_reg(l2_reg: float) -> float:
    """Return `l2_reg`; raise unless it is a finite number, zero or more."""
    value = as_number("l2_reg", l2_reg)
    if not 0 <= value < math.inf:
        raise ValueError(f"l2_reg must be zero or more and finite, got {value:g}: it weighs the penalty on the norms")
    return value


def check_effective(effective: float) -> float:
    """Return `effective`; raise unless it is a positive finite number."""
    value = as_number("effective", effective)
    if not 0 < value < math.inf:
        raise ValueError(f"effective must be positive and finite, got {value:g}: it counts the negatives that matter")
    return value


def check_rows(name: str, rows: Tensor) -> Tensor:
    """Return `rows`; raise unless they are a 2-D floating-point tensor."""
    if not isinstance(rows, Tensor):
        raise TypeError(f"{name} must be a tensor, got {type(rows).__name__}: use torch.as_tensor({name})")
    if rows.dtype not in FLOATS:
        raise TypeError(f"{name} must be floating point, got {rows.dtype}: use {name}.float()")
    if rows.ndim != 2:
        raise ValueError(f"{name} must have shape (rows, d), got {tuple(rows.shape)}: one embedding a row")
    return rows


def check_pairs(anchors: Tensor, positives: Tensor) -> None:
    """Raise unless `anchors` and `positives` are (n, d) tensors of one shape, dtype and device."""
    check_rows("anchors", anchors)
    check_rows("positives", positives)
    if anchors.shape != positives.shape:
        raise ValueError(
            f"positives must have anchors' shape {tuple(anchors.shape)}, got {tuple(positives.shape)}: "
            "row i of positives pairs with row i of anchors"
        )
    for what in ("dtype", "device"):
        ours, theirs = getattr(anchors, what), getattr(positives, what)
        if ours != theirs:
            raise ValueError(f"positives must have anchors' {what} {ours}, got {theirs}: use positives.to(anchors)")


def check_labels(name: str, labels: Tensor, rows: int | None = None) -> Tensor:
    """Return `labels`; raise unless they are a 1-D integer tensor, of `rows` entries where that is given."""
    if not isinstance(labels, Tensor):
        raise TypeError(f"{name} must be a tensor, got {type(labels).__name__}: use torch.as_tensor({name})")
    if labels.is_floating_point() or labels.is_complex():
        raise TypeError(f"{name} must be integers, got {labels.dtype}: use {name}.long()")
    if labels.ndim != 1:
        raise ValueError(f"{name} must have shape (rows,), got {tuple(labels.shape)}: one class a row")
    if rows is not None and len(labels) != rows:
        raise ValueError(f"{name} must have one entry a row, {rows} in all, got {len(labels)}")
    return labels


def check_similarities(similarities: Tensor) -> Tensor:
    """Return `similarities`; raise unless they are an (n, n) floating-point tensor."""
    check_rows("similarities", similarities)
    if similarities.shape[0] != similarities.shape[1]:
        raise ValueError(
            f"similarities must be square, anchors by positives, got {tuple(similarities.shape)}: "
            "use anchors @ positives.T"
        )
    return similarities


def as_double(value: Any) -> float:
    """A number as a float; infinite where no float is as large."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def as_number(name: str, value: Any) -> float:
    """A number of Python, NumPy or torch as a float; raises TypeError for anything else."""
    if isinstance(value, float):  # torch.compile knows it by a symbol, which has none of the attributes below
        return float(value)
    plain = value.item() if getattr(value, "ndim", None) == 0 else value
    is_number = hasattr(plain, "__float__") and not isinstance(plain, bool)
    try:
        return as_double(plain if is_number else None)
    except (TypeError, ValueError, RuntimeError):  # of arrays
        raise TypeError(f"{name} must be a number, got {value!r:.60} of type {type(value).__name__}") from None
