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


def check_flag(name: str, value: object) -> bool:
    """Return `value` as a bool; raise ValueError unless it is True or False: the word "false" would count as True."""
    check_choice(name, value, (True, False))
    return bool(value)


def check_tao(tao: float | Tensor) -> float | Tensor:
    """Return `tao`, as a number of Python or a tensor; raise unless it is a positive finite number or 0-dim tensor.

    The value of a tensor is read on the CPU only.
    """
    if isinstance(tao, Tensor):
        if tao.dtype == torch.bool or tao.is_complex():
            raise TypeError(f"tao must be a real number, got a tensor of {tao.dtype}: use torch.tensor(0.1)")
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
        tao = tao if isinstance(tao, float) else value
    if not 0 < value < math.inf:
        raise ValueError(
            f"tao must be positive and finite, got {value:g}: similarities are divided by it; "
            "to learn it, use NPairLoss(learn_tao=True), or learn its logarithm, tao=log_tao.exp()"
        )
    return tao


def check_l2_reg(l2_reg: float) -> float:
    """Return `l2_reg` as a number of Python; raise unless it is a finite number, zero or more."""
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
    check_plain(name, rows)
    if rows.dtype not in FLOATS:
        as_real = f"torch.view_as_real({name}).flatten(1)" if rows.is_complex() else f"{name}.float()"
        raise TypeError(f"{name} must be floating point, got {rows.dtype}: use {as_real}")
    if rows.ndim != 2:
        mend = _rows_in_two(name, rows)
        raise ValueError(f"{name} must have shape (rows, d), got {tuple(rows.shape)}: one embedding a row; {mend}")
    return rows


def _rows_in_two(name: str, rows: Tensor) -> str:
    """How to give rows of another number of dimensions than two."""
    if rows.ndim < 2:
        return f"use {name}.reshape(1, -1) for a single row, {name}.reshape(-1, 1) for rows of one number"
    if rows.ndim > 3:
        return f"use {name}.flatten(1)"
    views = rows.shape[1]
    return (
        f"of {views} views a row use {name}.flatten(0, 1) with the labels' .repeat_interleave({views}), "
        f"of {views} tokens a row {name}.mean(dim=1)"
    )


def check_plain(name: str, value: Tensor) -> Tensor:
    """Return `value`; raise TypeError unless it is a tensor that holds all its entries itself."""
    if not isinstance(value, Tensor):
        raise TypeError(f"{name} must be a tensor, got {type(value).__name__}: use torch.as_tensor({name})")
    if value.is_nested:
        kind, mend = "a nested tensor", f"use torch.cat({name}.unbind())"
    elif value.is_quantized:
        kind, mend = f"a quantised one of {value.dtype}", f"use {name}.dequantize()"
    elif value.layout != torch.strided:
        kind, mend = f"one of layout {value.layout}", f"use {name}.to_dense()"
    elif type(value) is not Tensor and hasattr(value, "full_tensor"):
        kind = "a DTensor, of which this rank has a part"
        mend = f"use {name}.to_local() with gather=True, or {name}.full_tensor()"
    else:
        return value
    raise TypeError(f"{name} must be a plain tensor, got {kind}: {mend}")


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
    check_plain(name, labels)
    if labels.is_floating_point() or labels.is_complex():
        raise TypeError(f"{name} must be integers, got {labels.dtype}: use {name}.long()")
    if labels.ndim != 1:
        mend = _labels_in_one(name, labels)
        raise ValueError(f"{name} must have shape (rows,), got {tuple(labels.shape)}: one class a row; {mend}")
    if rows is not None and len(labels) != rows:
        mend = _labels_of_views(name, len(labels), rows)
        raise ValueError(f"{name} must have one entry a row, {rows} in all, got {len(labels)}{mend}")
    return labels


def _labels_in_one(name: str, labels: Tensor) -> str:
    """How to give labels of another number of dimensions than one."""
    if labels.ndim == 2 and 1 not in labels.shape:
        return f"where a row has a single 1, in the column of its class, use {name}.argmax(dim=1)"
    return f"use {name}.flatten()" if labels.numel() == max(labels.shape, default=1) else f"use one column of {name}"


def _labels_of_views(name: str, labels: int, rows: int) -> str:
    """How to give each of several views of a row its label."""
    if not labels or rows % labels:
        return ""
    views = rows // labels
    return (
        f": of {views} views a row use {name}.repeat_interleave({views}) if a row's views follow each other, "
        f"{name}.repeat({views}) if all first views come first"
    )


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
    ndim = getattr(value, "ndim", 0)
    plain = value.item() if ndim == 0 and hasattr(value, "ndim") else value
    is_number = ndim == 0 and hasattr(plain, "__float__") and not isinstance(plain, bool)
    try:
        return as_double(plain if is_number else None)
    except (TypeError, ValueError, RuntimeError):  # of arrays
        raise TypeError(f"{name} must be a number, got {value!r:.60} of type {type(value).__name__}") from None
