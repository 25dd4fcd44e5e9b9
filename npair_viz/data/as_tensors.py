"""Tensors from tensors, arrays, data frames and lists, with errors that say what is wrong with them."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

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
    try:
        rows = as_tensor(value, torch.float64)
    except Exception as error:  # objects of other libraries can raise anything when they are read
        raise TypeError(
            f"{name} must be real numbers as a tensor, an array or a list of rows, got {_type_name(value)}: "
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
    # the minimum and maximum of a row with NaN are NaN; isfinite of all rows would need as much memory as they do
    extremes = torch.stack([rows.amin(dim=1), rows.amax(dim=1)])
    bad = (~extremes.isfinite().all(dim=0)).nonzero().flatten().tolist()
    if bad:
        raise ValueError(
            f"{name} must be finite, got NaN or infinity in {_row_list(bad)}: leave such rows out or mend the encoder"
        )
    return rows


def as_classes(name: str, value: object) -> Tensor:
    """Whole numbers (b,) in int64 on the CPU.

    Args:
        name: What an error calls the value.
        value: A tensor, an array, a series or a list.

    Returns:
        (b,) int64.

    Raises:
        ValueError: The shape is wrong.
        TypeError: These are no whole numbers.

    >>> as_classes("labels", [3, 8])
    tensor([3, 8])
    """
    try:
        classes = as_tensor(value)
    except Exception as error:  # as in as_rows
        raise TypeError(
            f"{name} must be whole numbers, got {_type_name(value)}: for names use numpy.unique({name}, "
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
    """Classes (b,) in int64 from whole numbers, also as floats, or from words, numbered in alphabetical order.

    Args:
        name: What an error calls the value.
        value: A tensor, an array, a series or a list.

    Returns:
        The classes, and the words that they number, None where the value holds numbers.

    Raises:
        ValueError: An entry is no whole number or word, and the message names its row; or as in `as_classes`.
        TypeError: As in `as_classes`.

    >>> named_classes("labels", ["dog", "cat", "dog"])
    (tensor([1, 0, 1]), ('cat', 'dog'))
    """
    if getattr(getattr(value, "dtype", None), "kind", "") in ("i", "u"):  # integers need no check of each entry
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


def as_tensor(value: object, dtype: torch.dtype | None = None) -> Tensor:
    """Any numbers as a tensor of any shape on the CPU, unchecked.

    Args:
        value: A tensor, or anything that numpy or torch can read; reading it may raise anything.
        dtype: That of numbers in lists, None for torch's choice.

    Returns:
        A tensor as it is, detached and dense; an array's floats in float32 or float64, its integers in int64, or in
        float64 where a dtype is given; anything else as torch reads it.
    """
    if isinstance(value, Tensor):
        return value.detach().cpu().to_dense()
    if isinstance(value, list | tuple) and value and getattr(value[0], "ndim", False):
        return torch.stack([as_tensor(row, dtype) for row in value])
    if hasattr(value, "__array__"):  # torch itself would read a data frame column by column
        array = value.__array__()
        if array.dtype.kind in "iuf":  # astype copies: torch takes neither foreign byte orders nor negative strides
            is_narrow = array.dtype.kind == "f" and array.dtype.itemsize <= 4
            is_integer = dtype is None and array.dtype.kind != "f"
            return torch.from_numpy(array.astype("int64" if is_integer else "float32" if is_narrow else "float64"))
        value = array.tolist()
    return torch.as_tensor(value, dtype=dtype, device="cpu")


def _width(dtype: torch.dtype) -> torch.dtype:
    return torch.float32 if dtype.is_floating_point and dtype.itemsize <= 4 else torch.float64


def _check_each(name: str, entries: Sequence[object], is_valid: Callable[[Any], bool]) -> None:
    row = next((row for row, one in enumerate(entries) if not is_valid(one)), None)
    if row is not None:
        raise ValueError(
            f"{name} must be a whole number or a word of at most {LONGEST_WORD} letters a row, all of one kind, "
            f"got {shortened(entries[row])} in row {row}: mend that row or leave it out"
        )


def shortened(value: object) -> str:
    """The repr of a value, cut to fit into a message."""
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:30]}... ({len(text)} characters)"


def _row_list(rows: list[int]) -> str:
    shown = ", ".join(map(str, rows[:5]))
    rest = f" and {len(rows) - 5} more" if len(rows) > 5 else ""
    return f"row{'s' if len(rows) > 1 else ''} {shown}{rest}"


def _type_name(value: object) -> str:
    dtype = getattr(value, "dtype", None)
    return type(value).__name__ if dtype is None else f"{type(value).__name__} of {dtype}"
