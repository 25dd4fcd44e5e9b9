"""A table, and which of its columns are embeddings, labels, texts or the two towers of pairs."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from numbers import Number
from typing import Any

import torch
from torch import Tensor

from npair_viz.data.names import (
    EMBEDDING_NAMES,
    LABEL_NAMES,
    ROW_NUMBER_NAMES,
    TEXT_NAMES,
    chosen,
    label_names,
    listed,
    matching,
    plain,
    shortened,
    texts_of_towers,
    tower_names,
)

NUMBER = r"\s*[-+]?(\d[\d.,' ]*|[.,]\d+)([eE][-+]?\d+)?\s*"  # what was meant as one, also with a decimal comma
LONGEST_NUMBER = 64  # letters
LOOKED_AT = 1000  # cells that say of a column whether it is text


@dataclass(frozen=True, eq=False)
class ListColumn:
    """A column of lists of numbers, read into (b, d) when it is asked for."""

    read: Callable[[], Tensor]
    is_float: bool


@dataclass(frozen=True, eq=False)
class Table:
    """A data frame of single cells, and beside it the columns whose cells are lists of numbers."""

    frame: Any
    lists: Mapping[Any, ListColumn]
    images: None = None

    @property
    def is_unnamed(self) -> bool:
        """Whether its columns have no names that would say what they hold."""
        return bool(list(self.frame.columns) == list(range(self.frame.shape[1]))) and not self.lists

    @property
    def names(self) -> list[Any]:
        """Of all columns."""
        return [*self.frame.columns, *self.lists]

    def rows(self, name: Any = None, labels_in: object = None) -> object:
        """The embeddings: the named columns, or by default a column of lists, else all columns of numbers.

        Columns of labels, of row numbers and of text are left out.
        """
        if name is not None:
            names = [name] if isinstance(name, str | int) else list(name)
            picked = [chosen("embeddings", "embeddings_in", self.names, one) for one in names]
            if len(picked) == 1 and picked[0] in self.lists:
                return self.lists[picked[0]].read()
            return self._numbers(picked)
        if (column := self._list_column()) is not None and not self._are_tokens(column):
            return self.lists[column].read()
        apart = {*self._label_columns(), *matching(self.frame.columns, ROW_NUMBER_NAMES), *self._named(labels_in)}
        kinds = zip(self.frame.columns, self.frame.dtypes, strict=True)
        return self._numbers([one for one, kind in kinds if one not in apart and self._holds_numbers(one, kind)])

    def classes(self, name: object = None) -> Any:
        """The labels: the column of that name, or by default one whose name says so, else the only column."""
        columns = list(self.frame.columns)
        if name is not None:
            return self.frame[chosen("labels", "labels_in", columns, name)].to_numpy()
        matches = self._label_columns() or (columns if len(columns) == 1 and not self.lists else [])
        if len(matches) != 1:
            usual = ", ".join(LABEL_NAMES)
            raise ValueError(
                f"the labels must be in column one of {usual}, got {listed(matches or columns)}: name it by labels_in="
            )
        return self.frame[matches[0]].to_numpy()

    def has(self, name: object) -> bool:
        """Whether a single column has that name."""
        return bool(self._named(name))

    def has_classes(self) -> bool:
        """Whether a column's name says that it holds the labels."""
        return bool(self._label_columns())

    def texts(self, labels_in: object = None) -> tuple[str, ...] | None:
        """The texts of the rows: of the columns of words one with a usual name, else the one with the longest texts."""
        apart = {*self._label_columns(), *matching(self.frame.columns, ROW_NUMBER_NAMES), *self._named(labels_in)}
        columns = [one for one in _objects(self.frame) if one not in apart and _is_text(self.frame[one])]
        if not columns:
            return None
        usual = sorted(matching(columns, TEXT_NAMES), key=lambda one: TEXT_NAMES.index(plain(one)))
        best = usual[0] if usual else max(columns, key=lambda one: self.frame[one].head(LOOKED_AT).map(_length).mean())
        return self._text(best)

    def towers(self, names: tuple[object, object] | None = None) -> tuple[Any, Any] | None:
        """The rows of two towers: the named columns, or two whose names say so; None where there are none."""
        if names is not None:
            return self.rows(names[0]), self.rows(names[1])
        found = tower_names(self.lists)
        return None if found is None else (self.lists[found[0]].read(), self.lists[found[1]].read())

    def texts_of_towers(
        self, names: tuple[object, object] | None = None
    ) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
        """The texts of two towers, None where there are not both."""
        towers = names or tower_names(self.lists)
        found = None if towers is None else texts_of_towers(self.frame.columns, towers)
        return None if found is None else (self._text(found[0]), self._text(found[1]))

    def _holds_numbers(self, column: Any, kind: Any) -> bool:
        """Whether a column is of numbers, perhaps with a few broken cells, and not of words, categories or dates."""
        from pandas.api.types import is_numeric_dtype

        return bool(is_numeric_dtype(kind)) or (_share_of_numbers(self.frame[column]) or 0) >= 0.5

    def _label_columns(self) -> list[Any]:
        return label_names(self.frame.columns, x_is_number=bool(matching(self.frame.columns, ("x",))))

    def _named(self, name: object) -> list[Any]:
        return [] if name is None else [one for one in self.frame.columns if one == name or str(one) == str(name)]

    def _list_column(self) -> Any:
        """The column of lists that is the embeddings: one with a usual name, or the only one, or that of floats."""
        floats = [name for name, column in self.lists.items() if column.is_float]
        for found in (matching(self.lists, EMBEDDING_NAMES), list(self.lists), floats):
            if len(found) == 1:
                return found[0]
        if self.lists:
            raise ValueError(
                f"the embeddings must be in one column of lists, got {listed(self.lists)}: name it by embeddings_in="
            )
        return None

    def _are_tokens(self, column: Any) -> bool:
        """Whether whole numbers of unequal lengths stand beside columns of numbers, which then are the embeddings."""
        if self.lists[column].is_float or plain(column) in EMBEDDING_NAMES:
            return False
        apart = {*self._label_columns(), *matching(self.frame.columns, ROW_NUMBER_NAMES)}
        kinds = zip(self.frame.columns, self.frame.dtypes, strict=True)
        if not any(self._holds_numbers(one, kind) for one, kind in kinds if one not in apart):
            return False
        try:
            self.lists[column].read()
        except ValueError:
            return True
        return False

    def _numbers(self, columns: list[Any]) -> object:
        if not columns:
            raise ValueError(
                f"the embeddings must be in columns of numbers, got {listed(self.names)}: name them by embeddings_in="
            )
        from numpy import column_stack, dtype

        frame = self.frame[columns]
        if all(isinstance(kind, dtype) and kind.kind in "iuf" for kind in frame.dtypes):
            return frame.to_numpy()
        return column_stack([_as_numbers(self.frame[one], one) for one in columns])

    def _text(self, column: Any) -> tuple[str, ...]:
        return tuple("" if one is None or one != one else str(one) for one in self.frame[column].tolist())


def check_names(names: list[Any], mend: str) -> None:
    """Raise ValueError where two columns have one name."""
    if twice := [one for one, count in Counter(names).items() if count > 1]:
        raise ValueError(f"columns must have different names, got twice {listed(twice)}: {mend}")


@contextmanager
def said_of_frames() -> Iterator[None]:
    """Let messages about a frame in memory advise what can be done there: it has no arguments of `load`."""
    try:
        yield
    except ValueError as error:
        message = re.sub(
            r"name it by labels_in=|name what is there by labels_in=", "pass its name as the labels", str(error)
        )
        raise ValueError(re.sub(r"name .*? by embeddings_in=", "pass frame[columns] alone", message)) from None


def table_of_frame(frame: Any) -> Table:
    """A table of a pandas frame; its columns of lists, of arrays and of lists written as text are found."""
    check_names(list(frame.columns), "frame.columns = range(frame.shape[1])")
    lists = {name: found for name in _objects(frame) if (found := _lists_in(name, frame[name])) is not None}
    return Table(frame.drop(columns=list(lists)) if lists else frame, lists)


def _objects(frame: Any) -> list[Any]:
    """The columns that may hold anything: lists, words, broken numbers."""
    kinds = zip(frame.columns, frame.dtypes, strict=True)
    return [name for name, kind in kinds if kind.kind == "O" and not hasattr(kind, "categories")]


def _lists_in(name: object, cells: Any) -> ListColumn | None:
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


def _is_text(cells: Any) -> bool:
    """Whether a column holds words, of which fewer than half look like numbers."""
    share = _share_of_numbers(cells)
    return share is not None and share < 0.5 and bool(cells.head(LOOKED_AT).map(lambda one: isinstance(one, str)).any())


def _share_of_numbers(cells: Any) -> float | None:
    """Of the first cells of a column of any objects, how many are or look like numbers; None of another column."""
    if cells.dtype.kind != "O" or hasattr(cells.dtype, "categories"):
        return None
    return float(cells.head(LOOKED_AT).dropna().map(_looks_like_a_number).astype(float).mean())


def _looks_like_a_number(cell: object) -> bool:
    if isinstance(cell, str):
        return len(cell) <= LONGEST_NUMBER and re.fullmatch(NUMBER, cell) is not None
    return isinstance(cell, Number)


def _as_numbers(cells: Any, column: object) -> Any:
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


def _length(cell: object) -> int:
    return len(cell) if isinstance(cell, str) else 0
