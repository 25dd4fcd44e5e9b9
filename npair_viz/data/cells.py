"""What the cells of a data frame's column hold: lists of numbers, words, or numbers of which some are broken."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from numbers import Number
from typing import Any

import torch
from torch import Tensor

from npair_viz.data.names import shortened

NUMBER = r"\s*[-+]?(\d[\d.,' ]*|[.,]\d+)([eE][-+]?\d+)?\s*"  # what was meant as one, also with a decimal comma
LONGEST_NUMBER = 64  # letters
BLOCK = 2**14  # rows of a frame that are copied at a time
LOOKED_AT = 1000  # cells that say of a column whether it is text


@dataclass(frozen=True, eq=False)
class ListColumn:
    """A column of lists of numbers, read into (b, d) when it is asked for."""

    read: Callable[[], Tensor]
    is_float: bool


def objects(frame: Any) -> list[Any]:
    """The columns that may hold anything: lists, words, broken numbers."""
    kinds = zip(frame.columns, frame.dtypes, strict=True)
    return [name for name, kind in kinds if kind.kind == "O" and not hasattr(kind, "categories")]


def lists_in(name: object, cells: Any) -> ListColumn | None:
    """The column as lists of numbers, None where it holds something else."""
    first = next((one for one in cells.head(LOOKED_AT) if one is not None), None)
    if isinstance(first, str):
        first = _parsed(first) if first.strip()[:1] == "[" else None
    kind = _kind_of(first)
    return ListColumn(partial(_stacked, name, cells), kind == "f") if kind in ("i", "u", "f") else None


def _kind_of(cell: object) -> str:
    from numpy import asarray

    if not isinstance(cell, list | tuple) and not hasattr(cell, "__array__"):
        return ""
    try:
        array = asarray(cell)
    except (ValueError, TypeError):
        return ""
    return array.dtype.kind if array.ndim and array.size else ""


def _parsed(text: str) -> list[float] | None:
    """The numbers of a list that was written as text, by json or by numpy; None where there are other things in it."""
    kind = float if {*".en"} & {*text} else int
    try:
        return [kind(word) for word in text.strip()[1:-1].replace(",", " ").split() if word != "..."]
    except ValueError:
        return None


def _stacked(name: object, cells: Any) -> Tensor:
    from numpy import asarray, stack

    rows = []
    for row, cell in enumerate(cells):
        if isinstance(cell, str) and "..." in cell:
            raise ValueError(
                f"column {name!r} is cut short by '...', got {shortened(cell)} in row {row}: "
                f"write lists, frame[{name!r}] = frame[{name!r}].map(list)"
            )
        numbers = _parsed(cell) if isinstance(cell, str) else cell
        if _kind_of(numbers) not in ("i", "u", "f"):
            raise ValueError(
                f"column {name!r} must hold lists of numbers, got {shortened(cell)} in row {row}: leave it out"
            )
        rows.append(asarray(numbers))
    if len({one.shape for one in rows}) > 1:
        lengths = ", ".join(map(str, sorted({len(one) for one in rows})[:5]))
        raise ValueError(f"column {name!r} must hold lists of one length, got lengths {lengths}: leave short rows out")
    return torch.from_numpy(stack(rows))


def is_text(cells: Any) -> bool:
    """Whether a column holds words, of which fewer than half look like numbers."""
    share = share_of_numbers(cells)
    return share is not None and share < 0.5 and bool(cells.head(LOOKED_AT).map(lambda one: isinstance(one, str)).any())


def share_of_numbers(cells: Any) -> float | None:
    """Of the first cells of a column of any objects, how many are or look like numbers; None of another column."""
    if cells.dtype.kind != "O" or hasattr(cells.dtype, "categories"):
        return None
    return float(cells.head(LOOKED_AT).dropna().map(_looks_like_a_number).astype(float).mean())


def _looks_like_a_number(cell: object) -> bool:
    if isinstance(cell, str):
        return len(cell) <= LONGEST_NUMBER and re.fullmatch(NUMBER, cell) is not None
    return isinstance(cell, Number)


def numbers_in(frame: Any, columns: list[Any]) -> Tensor:
    """Columns of numbers as rows (b, d), each in one piece; what is missing is NaN.

    Rows are copied some at a time: the whole frame as one array, beside its copy in this order, would take twice the
    memory. Only columns of objects are looked at cell by cell.

    Errors: ValueError that names a cell that is no number.
    """
    from numpy import dtype, empty, nan

    kinds = dict(zip(frame.columns, frame.dtypes, strict=True))
    if odd := [one for one in columns if kinds[one].kind not in "iufb"]:
        frame = _with_numbers(frame, columns, odd)
    are_plain = not odd and all(isinstance(kinds[one], dtype) and kinds[one].kind != "b" for one in columns)
    rows = empty((len(frame), len(columns)), dtype=_width([kinds[one] for one in columns]) if are_plain else "float64")
    missing = {} if are_plain else {"dtype": "float64", "na_value": nan}
    for start in range(0, len(rows), BLOCK):
        part = frame.iloc[start : start + BLOCK]
        rows[start : start + BLOCK] = part[columns].to_numpy(**missing)
    return torch.from_numpy(rows)


def _with_numbers(frame: Any, columns: list[Any], odd: list[Any]) -> Any:
    """Those columns of a frame, the odd ones as floats."""
    from pandas import DataFrame

    return DataFrame({one: as_numbers(frame[one], one) if one in odd else frame[one] for one in columns}, copy=False)


def _width(kinds: list[Any]) -> str:
    """The dtype that holds columns of these: torch has no foreign byte orders, and nothing wider than a double."""
    from numpy import result_type

    kind = result_type(*kinds)
    if kind.kind == "f" and kind.itemsize <= 4:
        return "float32"
    return "float64" if kind.kind == "f" else "uint64" if kind == "uint64" else "int64"


def as_numbers(cells: Any, column: object) -> Any:
    """A column as floats; what is missing is NaN, and a cell with something else in it is refused."""
    if cells.dtype.kind == "c":
        raise ValueError(f"column {column!r} must hold real numbers, got {cells.dtype}: take .abs() or its real part")
    from numpy import nan
    from pandas import to_numeric

    numbers = to_numeric(cells, errors="coerce").to_numpy(dtype="float64", na_value=nan)
    bad = ((numbers != numbers) & cells.notna().to_numpy() & (cells.dtype.kind == "O")).nonzero()[0]
    if len(bad):
        raise ValueError(
            f"column {column!r} must hold finite numbers, got {shortened(cells.iloc[bad[0]])} in row {bad[0]}: "
            "mend the cell, leave the row out, or name the columns of embeddings by embeddings_in="
        )
    return numbers


def mean_length(cells: Any) -> float:
    """The letters of a column's first words, on average."""
    return float(cells.head(LOOKED_AT).map(lambda cell: len(cell) if isinstance(cell, str) else 0).mean())
