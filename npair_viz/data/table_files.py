"""Files of columns, .csv, .tsv, .txt and .parquet: which columns are embeddings, which are labels."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from npair_viz.data.array_files import CLASSES, ROWS
from npair_viz.data.as_tensors import shortened
from npair_viz.optional_imports import needed_for

BATCH = 2**14  # rows of a column of lists that are read at a time
ROW_NUMBERS = ("id", "index", "unnamed: 0", "")


@dataclass(frozen=True, eq=False)
class Table:
    """A data frame, and the columns that hold a whole embedding a cell, as (b, d)."""

    frame: Any
    whole: Mapping[str, torch.Tensor]
    images: None = None

    @property
    def is_bare(self) -> bool:
        """Whether its columns have no names, and so can't say what they hold."""
        return bool(list(self.frame.columns) == list(range(self.frame.shape[1]))) and not self.whole

    def rows(self, name: Any = None) -> object:
        """The embeddings: the columns of these names, else a column of whole embeddings, else all but the labels."""
        if isinstance(name, str) and name in self.whole:
            return self.whole[name]
        if name is None:
            wholes = [column for column in self.whole if column.lower() in ROWS]
            if len(wholes) == 1:
                return self.whole[wholes[0]]
            return self._numbers([one for one in self.frame.columns if not _is_beside(one)])
        return self._numbers([name] if isinstance(name, str | int) else list(name))

    def classes(self, name: object = None) -> object:
        """The labels: the column of that name, else the one whose name says so, else the only one."""
        columns = list(self.frame.columns)
        fitting = [one for one in columns if (str(one).lower() in CLASSES if name is None else one == name)]
        if name is None and len(columns) == 1:
            fitting = columns
        if len(fitting) != 1:
            asked = f"one of {', '.join(CLASSES)}" if name is None else repr(name)
            raise ValueError(
                f"the labels must be in column {asked}, got {_some(fitting or columns)}: name it by labels_in="
            )
        return self.frame[fitting[0]].to_numpy()

    def _numbers(self, columns: list[Any]) -> object:
        missing = [one for one in columns if one not in self.frame.columns]
        if missing or not columns:
            raise ValueError(
                f"the embeddings must be in columns {_some(missing)}, got {_some(self.frame.columns)}: "
                "name them by embeddings_in="
            )
        for column in columns:
            _check_numbers(self.frame[column], column)
        return self.frame[columns].to_numpy()


def read_parquet(file: Path) -> Table:
    """Columns by their names, one number a cell or one list a cell."""
    with needed_for("load of .parquet"):
        import pandas  # noqa: F401  # pyarrow makes its frames
        from pyarrow import parquet, types
    with parquet.ParquetFile(file) as held:
        kinds = (types.is_list, types.is_large_list, types.is_fixed_size_list)
        lists = [one.name for one in held.schema_arrow if any(is_kind(one.type) for is_kind in kinds)]
        whole = {name: _stacked(held, name) for name in lists}
        return Table(held.read([name for name in held.schema_arrow.names if name not in lists]).to_pandas(), whole)


def read_text(file: Path) -> Table:
    """Columns parted by commas in .csv, by tabs else; the first line names them unless it holds nothing but numbers.

    A single column is headed only where its first line is a word for labels, as in the embedding projector's metadata.
    """
    with needed_for("load of text files"):
        import pandas
    layout: dict[str, Any] = {"keep_default_na": False, "low_memory": False}
    if file.suffix.lower() != ".csv":
        layout |= {"sep": "\t", "quoting": csv.QUOTE_NONE}
    first = pandas.read_csv(file, header=None, nrows=1, dtype=str, **layout).iloc[0].tolist()
    numbered = first == [str(i) for i in range(len(first))]  # the header of a data frame without names
    is_headed = first[0].strip().lower() in CLASSES if len(first) == 1 else numbered or not all(map(_is_number, first))
    return Table(pandas.read_csv(file, header=0 if is_headed else None, index_col=False, **layout), {})


def _stacked(held: Any, name: str) -> torch.Tensor:
    """A column of lists as (b, d), read part by part: the whole column beside its copy would take twice the memory."""
    import numpy

    rows, lengths, filled = None, set(), 0
    for batch in held.iter_batches(BATCH, columns=[name]):
        column = batch.column(0)
        lengths |= set(column.value_lengths().unique().to_pylist())
        if len(lengths) != 1 or None in lengths:
            shown = ", ".join(sorted(map(str, lengths))[:5])
            raise ValueError(
                f"column {name!r} must hold lists of one length, got lengths {shown}: leave short rows out"
            )
        part = column.flatten().to_numpy(zero_copy_only=False).reshape(len(column), -1)
        if rows is None:
            rows = numpy.empty((held.metadata.num_rows, part.shape[1]), dtype=part.dtype)
        rows[filled : filled + len(part)] = part
        filled += len(part)
    return torch.from_numpy(numpy.empty((0, 0)) if rows is None else rows)  # a tensor is not copied again


def _check_numbers(cells: Any, column: object) -> None:
    """Raise ValueError at the first cell that is no finite number."""
    from numpy import isfinite
    from pandas import to_numeric

    numbers = to_numeric(cells, errors="coerce").to_numpy(dtype="float64", na_value=float("nan"))
    bad = (~isfinite(numbers)).nonzero()[0]
    if len(bad):
        raise ValueError(
            f"column {column!r} must hold finite numbers, got {shortened(cells.iloc[bad[0]])} in row {bad[0]}: "
            "mend the cell, leave the row out, or name the columns of embeddings by embeddings_in="
        )


def _is_beside(column: object) -> bool:
    """Whether a column's name says that it holds labels or row numbers."""
    return isinstance(column, str) and column.strip().lower() in (*CLASSES, *ROW_NUMBERS)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _some(columns: Any) -> str:
    names = [repr(one) for one in columns]
    return ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "") or "none"
