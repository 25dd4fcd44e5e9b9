"""What a person holds, be it a tensor, an array, a data frame or a list, as tensors that the library can work with."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

LONGEST_WORD = 200


def as_rows(name: str, value: object) -> Tensor:
    """Finite real numbers (b, d) on the CPU: in float32 where they came as floats of that width or less, else float64.

    A large file keeps its size that way; whoever computes with the rows widens those it needs.
    Errors: ValueError or TypeError that names the shape, the type, or the rows that hold NaN.

    >>> as_rows("embeddings", [[1, 2]])
    tensor([[1., 2.]], dtype=torch.float64)
    """
    try:
        rows = as_tensor(value, torch.float64)
    except Exception as error:  # whatever a foreign object raises when it is read
        raise TypeError(
            f"{name} must be real numbers as a tensor, an array or a list of rows, got {_what(value)}: "
            "all rows must be equally long and hold nothing but numbers"
        ) from error
    if rows.ndim != 2:
        raise ValueError(
            f"{name} must have shape (rows, d), got {tuple(rows.shape)}: one embedding a row, "
            f"{'a single number a row is [[1], [2]]' if rows.ndim < 2 else f'use {name}.reshape(len({name}), -1)'}"
        )
    if not rows.numel():
        raise ValueError(f"{name} must hold numbers, got none in shape {tuple(rows.shape)}: was the batch empty?")
    if rows.is_complex():
        raise TypeError(f"{name} must be real numbers, got {rows.dtype}: use {name}.abs() or {name}.real")
    rows = rows.to(_width(rows.dtype))
    # of a row with NaN both are NaN; isfinite of all rows would take a copy of them
    extremes = torch.stack([rows.amin(dim=1), rows.amax(dim=1)])
    bad = (~extremes.isfinite().all(dim=0)).nonzero().flatten().tolist()
    if bad:
        raise ValueError(
            f"{name} must be finite, got NaN or infinity in {_listed(bad)}: leave such rows out or mend the encoder"
        )
    return rows


def as_classes(name: str, value: object) -> Tensor:
    """Whole numbers (b,) in int64 on the CPU.

    Errors: ValueError or TypeError that names the shape or the type.

    >>> as_classes("labels", [3, 8])
    tensor([3, 8])
    """
    try:
        classes = as_tensor(value)
    except Exception as error:  # as above
        raise TypeError(
            f"{name} must be whole numbers, got {_what(value)}: for names use numpy.unique({name}, "
            "return_inverse=True)[1]"
        ) from error
    if classes.numel() and (classes.is_floating_point() or classes.is_complex()):
        raise TypeError(f"{name} must be whole numbers, got {classes.dtype}: use {name}.astype(int) or {name}.long()")
    if classes.ndim != 1:
        raise ValueError(
            f"{name} must have shape (rows,), got {tuple(classes.shape)}: one class a row, "
            f"out of a single column by {name}.flatten()"
        )
    return classes.long()


def named_classes(name: str, value: Any) -> tuple[Tensor, tuple[str, ...] | None]:
    """Classes (b,) in int64 and, where the labels are words, the word of each class: the labels number them.

    Whole numbers that came as floats are whole numbers.
    Errors: ValueError that names the row, or those of `as_classes`.

    >>> named_classes("labels", ["dog", "cat", "dog"])
    (tensor([1, 0, 1]), ('cat', 'dog'))
    """
    if getattr(getattr(value, "dtype", None), "kind", "") in ("i", "u"):  # a million need no look at each
        return as_classes(name, value), None
    entries = value.tolist() if hasattr(value, "tolist") else value
    if not isinstance(entries, list | tuple):
        return as_classes(name, value), None
    if any(isinstance(one, str) for one in entries):
        _check_each(name, entries, lambda one: isinstance(one, str) and 0 < len(one) <= LONGEST_WORD)
        words = tuple(sorted(set(entries)))
        number = {word: i for i, word in enumerate(words)}
        return torch.tensor([number[word] for word in entries], device="cpu"), words
    if any(isinstance(one, float) for one in entries):
        _check_each(name, entries, lambda one: isinstance(one, int) or (isinstance(one, float) and one.is_integer()))
        value = [int(one) for one in entries]
    return as_classes(name, value), None


def as_images(name: str, value: object, rows: int) -> Tensor:
    """One grey picture a row, (rows, h, w), on the CPU.

    Errors: ValueError or TypeError that names the shape or the type.

    >>> as_images("images", [[[0.0, 1.0]]], 1).shape
    torch.Size([1, 1, 2])
    """
    try:
        images = as_tensor(value)
    except Exception as error:  # as above
        raise TypeError(f"{name} must be a tensor, an array or a list of pictures, got {_what(value)}") from error
    if images.ndim != 3 or len(images) != rows:
        raise ValueError(f"{name} must have shape ({rows}, h, w), got {tuple(images.shape)}: one grey picture a row")
    return images


def as_tensor(value: object, dtype: torch.dtype | None = None) -> Tensor:
    """Whatever numbers `value` holds, on the CPU, of any shape; raises what the foreign object raises."""
    if isinstance(value, Tensor):
        return value.detach().cpu().to_dense()
    if isinstance(value, list | tuple) and value and getattr(value[0], "ndim", False):
        return torch.stack([as_tensor(row, dtype) for row in value])
    if hasattr(value, "__array__"):  # numpy's protocol: torch alone reads a data frame by its columns
        array = value.__array__()
        if array.dtype.kind in "iuf":  # copied, for torch takes neither foreign byte orders nor negative strides
            narrow = array.dtype.kind == "f" and array.dtype.itemsize <= 4
            whole = dtype is None and array.dtype.kind != "f"
            return torch.from_numpy(array.astype("int64" if whole else "float32" if narrow else "float64"))
        value = array.tolist()
    return torch.as_tensor(value, dtype=dtype, device="cpu")


def _width(dtype: torch.dtype) -> torch.dtype:
    return torch.float32 if dtype.is_floating_point and dtype.itemsize <= 4 else torch.float64


def _check_each(name: str, entries: Sequence[object], is_fit: Callable[[Any], bool]) -> None:
    row = next((row for row, one in enumerate(entries) if not is_fit(one)), None)
    if row is not None:
        raise ValueError(
            f"{name} must be a whole number or a word of at most {LONGEST_WORD} letters a row, all of one kind, "
            f"got {shortened(entries[row])} in row {row}: mend that row or leave it out"
        )


def shortened(value: object) -> str:
    """A value as a message can show it."""
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:30]}... ({len(text)} characters)"


def _listed(rows: list[int]) -> str:
    shown = ", ".join(map(str, rows[:5]))
    rest = f" and {len(rows) - 5} more" if len(rows) > 5 else ""
    return f"row{'s' if len(rows) > 1 else ''} {shown}{rest}"


def _what(value: object) -> str:
    dtype = getattr(value, "dtype", None)
    return type(value).__name__ if dtype is None else f"{type(value).__name__} of {dtype}"
