"""Files of columns, .csv, .tsv, .txt and .parquet, and which of their columns are embeddings or labels."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from npair_viz.data.array_files import EMBEDDING_NAMES, LABEL_NAMES
from npair_viz.data.as_tensors import shortened
from npair_viz.optional_imports import needed_for

BATCH = 2**14  # rows of a column of lists that are read at a time
ROW_NUMBER_NAMES = ("id", "index", "unnamed: 0", "")


@dataclass(frozen=True, eq=False)
class Table:
    """A data frame, and beside it the columns whose cells are lists, each as a tensor (b, d)."""

    frame: Any
    list_columns: Mapping[str, torch.Tensor]
    images: None = None

    @property
    def is_unnamed(self) -> bool:
        """Whether its columns have no names that would say what they hold."""
        return bool(list(self.frame.columns) == list(range(self.frame.shape[1]))) and not self.list_columns

    def rows(self, name: Any = None) -> object:
        """The embeddings: the named columns, or by default a column of lists, else all but labels and row numbers."""
        if isinstance(name, str) and name in self.list_columns:
            return self.list_columns[name]
        if name is None:
            matches = [column for column in self.list_columns if column.lower() in EMBEDDING_NAMES]
            if len(matches) == 1:
                return self.list_columns[matches[0]]
            return self._numbers([one for one in self.frame.columns if not _is_label_or_row_number(one)])
        return self._numbers([name] if isinstance(name, str | int) else list(name))

    def classes(self, name: object = None) -> object:
        """The labels: the column of that name, or by default one with a name of LABEL_NAMES, else the only column."""
        columns = list(self.frame.columns)
        matches = [one for one in columns if (str(one).lower() in LABEL_NAMES if name is None else one == name)]
        if name is None and len(columns) == 1:
            matches = columns
        if len(matches) != 1:
            expected = f"one of {', '.join(LABEL_NAMES)}" if name is None else repr(name)
            raise ValueError(
                f"the labels must be in column {expected}, got {_join(matches or columns)}: name it by labels_in="
            )
        return self.frame[matches[0]].to_numpy()

    def _numbers(self, columns: list[Any]) -> object:
        missing = [one for one in columns if one not in self.frame.columns]
        if missing or not columns:
            raise ValueError(
                f"the embeddings must be in columns {_join(missing)}, got {_join(self.frame.columns)}: "
                "name them by embeddings_in="
            )
        for column in columns:
            _check_numbers(self.frame[column], column)
        return self.frame[columns].to_numpy()


def read_parquet(file: Path) -> Table:
    """Columns by their names, one number a cell or one list a cell."""
    with needed_for("load of .parquet"):
        import pandas  # noqa: F401  # pyarrow's to_pandas needs it
        from pyarrow import parquet, types
    with parquet.ParquetFile(file) as source:
        kinds = (types.is_list, types.is_large_list, types.is_fixed_size_list)
        lists = [one.name for one in source.schema_arrow if any(is_kind(one.type) for is_kind in kinds)]
        others = [name for name in source.schema_arrow.names if name not in lists]
        return Table(source.read(others).to_pandas(), {name: _read_lists(source, name) for name in lists})


def read_text(file: Path) -> Table:
    """Columns separated by commas in .csv, else by tabs; the first line is a header unless it holds numbers only.

    A single column has a header only if its first line is one of LABEL_NAMES, as in the embedding projector's metadata.
    """
    with needed_for("load of text files"):
        import pandas
    layout: dict[str, Any] = {"keep_default_na": False, "low_memory": False}
    if file.suffix.lower() != ".csv":
        layout |= {"sep": "\t", "quoting": csv.QUOTE_NONE}
    first = pandas.read_csv(file, header=None, nrows=1, dtype=str, **layout).iloc[0].tolist()
    if len(first) == 1:
        has_header = first[0].strip().lower() in LABEL_NAMES
    else:  # pandas writes 0, 1, 2, ... as the header of a frame without column names
        has_header = first == [str(i) for i in range(len(first))] or not all(map(_is_number, first))
    return Table(pandas.read_csv(file, header=0 if has_header else None, index_col=False, **layout), {})


def _read_lists(source: Any, name: str) -> torch.Tensor:
    """A column of lists as (b, d), read in batches: the whole column beside its copy would take twice the memory."""
    import numpy

    rows, lengths, filled = None, set(), 0
    for batch in source.iter_batches(BATCH, columns=[name]):
        column = batch.column(0)
        lengths |= set(column.value_lengths().unique().to_pylist())
        if len(lengths) != 1 or None in lengths:
            shown = ", ".join(sorted(map(str, lengths))[:5])
            raise ValueError(
                f"column {name!r} must hold lists of one length, got lengths {shown}: leave short rows out"
            )
        part = column.flatten().to_numpy(zero_copy_only=False).reshape(len(column), -1)
        if rows is None:
            rows = numpy.empty((source.metadata.num_rows, part.shape[1]), dtype=part.dtype)
        rows[filled : filled + len(part)] = part
        filled += len(part)
    return torch.from_numpy(numpy.empty((0, 0)) if rows is None else rows)  # as_tensor copies arrays, but not tensors


def _check_numbers(cells: Any, column: object) -> None:
    """Raise ValueError if a cell is no finite number."""
    from numpy import isfinite
    from pandas import to_numeric

    numbers = to_numeric(cells, errors="coerce").to_numpy(dtype="float64", na_value=float("nan"))
    bad = (~isfinite(numbers)).nonzero()[0]
    if len(bad):
        raise ValueError(
            f"column {column!r} must hold finite numbers, got {shortened(cells.iloc[bad[0]])} in row {bad[0]}: "
            "mend the cell, leave the row out, or name the columns of embeddings by embeddings_in="
        )


def _is_label_or_row_number(column: object) -> bool:
    return isinstance(column, str) and column.strip().lower() in (*LABEL_NAMES, *ROW_NUMBER_NAMES)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _join(columns: Any) -> str:
    names = [repr(one) for one in columns]
    return ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "") or "none"
