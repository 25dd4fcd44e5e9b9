"""Tensors from tensors, arrays, data frames and lists, with errors that say what is wrong with them."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from npair_viz.data.columns import said_of_frames
from npair_viz.data.names import shortened
from npair_viz.data.table_files import table_of

LONGEST_WORD = 200


def as_rows(name: str, value: object) -> Tensor:
    """Finite real numbers (b, d) on the CPU: float32 if they were floats of at most 32 bits, else float64.

    Narrow floats stay narrow so that a large file needs no more memory; callers widen the rows that they compute with.

    Args:
        name: What an error calls the value.
        value: A tensor, an array, a data frame or a list of rows.

    Returns:
        (b, d), detached.

    Raises:
        ValueError: The shape is wrong, or rows are not finite: the message names them.
        TypeError: These are no real numbers.

    >>> as_rows("embeddings", [[1, 2]])
    tensor([[1., 2.]], dtype=torch.float64)
    """
    if (table := table_of(value)) is not None:
        with said_of_frames():
            value = table.rows()
    try:
        rows = as_tensor(value, torch.float64)
    except Exception as error:  # objects of other libraries can raise anything when they are read
        raise TypeError(
            f"{name} must be real numbers as a tensor, an array or a list of rows, got {_type_name(value)}: "
            "all rows must be equally long and hold nothing but numbers"
        ) from error
    if rows.ndim != 2:
        raise ValueError(
            f"{name} must have shape (rows, d), got {tuple(rows.shape)}: one embedding a row, {_flat(name, rows)}"
        )
    if not rows.numel():
        raise ValueError(f"{name} must hold numbers, got none in shape {tuple(rows.shape)}: was the batch empty?")
    if rows.is_complex():
        raise TypeError(f"{name} must be real numbers, got {rows.dtype}: use {name}.abs() or {name}.real")
    rows = rows.to(_width(rows.dtype))
    return check_finite(name, rows)


def check_finite(name: str, rows: Tensor) -> Tensor:
    """Return rows (b, d) of at least one number each; raise ValueError that names those with NaN or infinity."""
    # the minimum and maximum of a row with NaN are NaN; isfinite of all rows would need as much memory as they do
    extremes = torch.stack([rows.amin(dim=1), rows.amax(dim=1)]) if rows.numel() else rows.new_zeros(2, 1)
    bad = (~extremes.isfinite().all(dim=0)).nonzero().flatten().tolist()
    if bad:
        raise ValueError(
            f"{name} must be finite, got NaN or infinity in {_row_list(bad)}: leave such rows out or mend the encoder"
        )
    return rows


def named_classes(name: str, value: Any, *, may_be_blank: bool = False) -> tuple[Tensor, tuple[str, ...] | None]:
    """Classes (b,) in int64 from whole numbers, also as floats, or from words, numbered in alphabetical order.

    Args:
        name: What an error calls the value.
        value: A tensor, an array, a series or a list, also of a library's own categories.
        may_be_blank: Whether '' is a word.

    Returns:
        The classes, and the words that they number, None where the value holds numbers.

    Raises:
        ValueError: The shape is wrong, or an entry is no whole number or word, and the message names its row.
        TypeError: These are no entries, one a row.

    >>> named_classes("labels", ["dog", "cat", "dog"])
    (tensor([1, 0, 1]), ('cat', 'dog'))
    """
    try:
        value = value.to_pandas() if hasattr(value, "to_pandas") else value  # of polars and pyarrow
        shape = tuple(getattr(value, "shape", (1,)))
        entries = as_tensor(value) if _holds_integers(value) else _entries(value)
    except Exception:  # as in as_rows
        shape, entries = (1,), None
    if len(shape) > 1:
        raise ValueError(f"{name} must have shape (rows,), got {shape}: one class a row, {_one_column(name, value)}")
    if isinstance(entries, Tensor) and shape:
        if entries.dtype != torch.uint64 or not bool((entries.long() < 0).any()):
            return entries.long(), None
        entries = entries.tolist()
    if entries is None or not shape:
        raise TypeError(f"{name} must be a whole number or a word a row, got {_type_name(value)}: use a list")
    entries = [_plain_entry(one) for one in entries]
    if any(isinstance(one, str) for one in entries):
        least = 0 if may_be_blank else 1
        _check_each(name, entries, lambda one: isinstance(one, str) and least <= len(one) <= LONGEST_WORD)
        words = tuple(sorted(set(entries)))
        number = {word: i for i, word in enumerate(words)}
        return torch.tensor([number[word] for word in entries], dtype=torch.int64, device="cpu"), words
    too_large = next((one for one in entries if isinstance(one, int) and one >= 2**63), None)
    if too_large is not None:
        plain = f"{name}.tolist()" if hasattr(value, "tolist") else name
        raise ValueError(
            f"{name} must lie below 2**63, got {too_large}: numbers may be words, [str(one) for one in {plain}]"
        )
    if entries and not any(isinstance(one, int | float | list | tuple | None) for one in entries):
        way = f"{name}.astype(str)" if hasattr(value, "astype") else f"[str(one) for one in {name}]"
        raise TypeError(
            f"{name} must be whole numbers or words, got {shortened(entries[0])} in row 0 and likewise everywhere: "
            f"use {way}"
        )
    _check_each(name, entries, _is_whole)
    return torch.tensor([int(one) for one in entries], dtype=torch.int64, device="cpu"), None


def as_images(name: str, value: object, rows: int) -> Tensor:
    """One grey picture a row, (rows, h, w), on the CPU.

    Args:
        name: What an error calls the value.
        value: A tensor, an array or a list of pictures.
        rows: How many pictures there must be.

    Returns:
        (rows, h, w).

    Raises:
        ValueError: The shape is wrong.
        TypeError: These are no numbers.

    >>> as_images("images", [[[0.0, 1.0]]], 1).shape
    torch.Size([1, 1, 2])
    """
    try:
        images = as_tensor(value)
    except Exception as error:  # as in as_rows
        raise TypeError(f"{name} must be a tensor, an array or a list of pictures, got {_type_name(value)}") from error
    if images.ndim != 3 or len(images) != rows:
        raise ValueError(f"{name} must have shape ({rows}, h, w), got {tuple(images.shape)}: one grey picture a row")
    return images


def as_texts(name: str, value: Any, rows: int) -> tuple[str, ...]:
    """One text a row, (rows,).

    Args:
        name: What an error calls the value.
        value: An array, a series or a list of words.
        rows: How many texts there must be.

    Returns:
        The texts.

    Raises:
        ValueError: There are more or fewer texts than rows.
        TypeError: An entry is no word, and the message names its row.

    >>> as_texts("texts", ["a cat", "a dog"], 2)
    ('a cat', 'a dog')
    """
    entries = value.tolist() if hasattr(value, "tolist") else value
    if not isinstance(entries, list | tuple):
        raise TypeError(f"{name} must be a list of words, one a row, got {_type_name(value)}")
    if len(entries) != rows:
        raise ValueError(f"{name} must have one entry a row, {rows} in all, got {len(entries)}")
    wrong = next((row for row, one in enumerate(entries) if not isinstance(one, str)), None)
    if wrong is not None:
        raise TypeError(f"{name} must be words, got {shortened(entries[wrong])} in row {wrong}: use '' for none")
    return tuple(map(str, entries))


def as_tensor(value: Any, dtype: torch.dtype | None = None) -> Tensor:
    """Any numbers as a tensor of any shape on the CPU, unchecked.

    Args:
        value: A tensor, or anything that numpy or torch can read; reading it may raise anything.
        dtype: That of numbers in lists, None for torch's choice.

    Returns:
        A tensor as it is, detached and dense, each row in one piece; an array's floats in float32 or float64, its
        integers in int64 or uint64, or in float64 where a dtype is given; anything else as torch reads it.
    """
    if isinstance(value, Tensor):
        if value.is_nested:
            raise TypeError("rows of a nested tensor may differ in length")
        return row_by_row((value.dequantize() if value.is_quantized else value).detach().cpu().to_dense())
    value = value.to_pandas() if hasattr(value, "to_pandas") else value  # of polars and pyarrow
    if isinstance(value, list | tuple) and value and getattr(value[0], "ndim", False):
        return torch.stack([as_tensor(row, dtype) for row in value])
    if _is_masked(value):  # __array__ would give what lies under the mask
        value = value.astype("float64").filled(math.nan)
    if hasattr(value, "__array__"):  # torch itself would read a data frame column by column
        array = value.__array__()
        if array.dtype.kind in "iuf":  # astype copies: torch takes neither foreign byte orders nor negative strides
            is_narrow = array.dtype.kind == "f" and array.dtype.itemsize <= 4
            whole = "uint64" if array.dtype == "uint64" else "int64"
            kind = whole if dtype is None and array.dtype.kind != "f" else "float32" if is_narrow else "float64"
            return torch.from_numpy(array.astype(kind, order="C"))
        value = array.tolist()
        if value and hasattr(value[0], "__array__"):  # a column of arrays
            return as_tensor(value, dtype)
    return torch.as_tensor(value, dtype=dtype, device="cpu")


def row_by_row(rows: Tensor) -> Tensor:
    """The same numbers with each row in one piece in memory: whatever is computed of scattered rows takes far longer.

    >>> row_by_row(torch.eye(2, 3).T).stride()
    (2, 1)
    """
    return rows.contiguous() if rows.ndim == 2 and rows.stride(1) != 1 else rows


def _one_column(name: str, labels: Any) -> str:
    """How labels of another shape become one a row."""
    if hasattr(labels, "iloc"):
        return f"a column of it by {name}.iloc[:, 0]"
    one_hot = labels.ndim == 2 and labels.shape[1] > 1
    return (
        f"out of one column a class by {name}.argmax(1)" if one_hot else f"out of a single column by {name}.flatten()"
    )


def _entries(value: Any) -> Sequence[Any] | None:
    """One entry a row; None where these are no entries."""
    entries = value.tolist() if hasattr(value, "tolist") else value
    return entries if isinstance(entries, list | tuple) else list(entries) if isinstance(entries, range) else None


def _plain_entry(one: Any) -> Any:
    """A number or word of Python, out of what numpy or torch wrap around one."""
    if getattr(one, "ndim", None) == 0 and hasattr(one, "item"):
        one = one.item()
    return one.decode("utf-8", "replace") if isinstance(one, bytes) else one


def _is_whole(one: object) -> bool:
    return (isinstance(one, int) or (isinstance(one, float) and one.is_integer())) and -(2**63) <= one < 2**63


def _holds_integers(value: Any) -> bool:
    """Whether it holds whole numbers and nothing else, so that no entry needs a look."""
    if isinstance(value, Tensor):
        return not (value.is_floating_point() or value.is_complex())
    if getattr(getattr(value, "dtype", None), "kind", "") not in ("i", "u", "b") or _is_masked(value):
        return False
    return not (hasattr(value, "isna") and value.isna().any())


def _is_masked(value: Any) -> bool:
    """Whether it is numpy's masked array with something masked."""
    return hasattr(value, "filled") and hasattr(value, "mask") and bool(value.mask.any())


def _flat(name: str, rows: Tensor) -> str:
    """How rows of another shape become rows (b, d)."""
    if rows.ndim < 2:
        return "a single number a row is [[1], [2]]"
    whole = f"a picture a row by {name}.reshape(len({name}), -1)"
    if rows.ndim > 3:
        return whole
    views, d = rows.shape[1:]
    pairs = f", two views also as anchors={name}[:, 0], positives={name}[:, 1]" if views == 2 else ""
    each = f"views of a row by {name}.reshape(-1, {d}) with numpy.repeat(labels, {views}) for labels"
    return f"{each}{pairs}; {whole}"


def _width(dtype: torch.dtype) -> torch.dtype:
    return torch.float32 if dtype.is_floating_point and dtype.itemsize <= 4 else torch.float64


def _check_each(name: str, entries: Sequence[object], is_valid: Callable[[Any], bool]) -> None:
    row = next((row for row, one in enumerate(entries) if not is_valid(one)), None)
    if row is not None:
        raise ValueError(
            f"{name} must be a whole number or a word of at most {LONGEST_WORD} letters a row, all of one kind, "
            f"got {shortened(entries[row])} in row {row}: mend that row or leave it out"
        )


def _row_list(rows: list[int]) -> str:
    shown = ", ".join(map(str, rows[:5]))
    rest = f" and {len(rows) - 5} more" if len(rows) > 5 else ""
    return f"row{'s' if len(rows) > 1 else ''} {shown}{rest}"


def _type_name(value: object) -> str:
    dtype = getattr(value, "dtype", None)
    return type(value).__name__ if dtype is None else f"{type(value).__name__} of {dtype}"
