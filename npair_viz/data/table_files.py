"""Tables of pandas, polars and pyarrow, and out of .parquet, .feather, .arrow and .jsonl."""

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from npair_viz.data.cells import ListColumn
from npair_viz.data.columns import Table, check_names, table_of_frame
from npair_viz.optional_imports import needed_for

BATCH = 2**14  # rows of a column of lists that are read at a time
LARGEST_BLOCK = 2**31 - 1
RENAMED = "table.rename_columns(names)"


def table_of(value: Any) -> Table | None:
    """The table that a data frame is; None where the value is none."""
    if hasattr(value, "iloc") and hasattr(value, "columns"):
        return table_of_frame(value)
    if hasattr(value, "to_arrow") and hasattr(value, "columns"):
        value = value.to_arrow()
    return _of_arrow(value) if hasattr(value, "column_names") and hasattr(value, "schema") else None


def read_parquet(file: Path) -> Table:
    """Columns by their names, one number a cell or one list a cell; lists are read when they are asked for."""
    with needed_for("load of .parquet"):
        import pandas  # noqa: F401  # pyarrow's to_pandas needs it
        from pyarrow import parquet
    with parquet.ParquetFile(file) as source:
        check_names(source.schema_arrow.names, RENAMED)
        single = [one.name for one in source.schema_arrow if not _is_list(one.type)]
        rows = source.metadata.num_rows
        return Table(source.read(single).to_pandas(), _lists(source.schema_arrow, rows, partial(_parts, file)))


def read_feather(file: Path) -> Table:
    """Columns by their names, as pyarrow and pandas write them, also as the stream that a file .arrow may be."""
    with needed_for("load of .feather"):
        import pandas  # noqa: F401  # as above
        from pyarrow import ArrowInvalid, ipc
    with file.open("rb") as source:
        try:
            table = ipc.open_file(source).read_all()
        except ArrowInvalid:
            source.seek(0)
            table = ipc.open_stream(source).read_all()
        table.validate(full=True)  # offsets of a damaged file would be followed outside its memory
    return _of_arrow(table)


def read_jsonl(file: Path) -> Table:
    """One object a line, as pandas and pyarrow write and read them."""
    with needed_for("load of .jsonl"):
        import pandas  # noqa: F401  # as above
        from pyarrow import json
    block = min(file.stat().st_size + 1024, LARGEST_BLOCK)  # of several blocks each would guess its own types
    return _of_arrow(json.read_json(file, read_options=json.ReadOptions(block_size=block)))


def _of_arrow(table: Any) -> Table:
    check_names(table.column_names, RENAMED)
    single = [one.name for one in table.schema if not _is_list(one.type)]
    lists = _lists(table.schema, table.num_rows, lambda name: table.column(name).chunks)
    return Table(table.select(single).to_pandas(), lists)


def _is_list(kind: Any) -> bool:
    from pyarrow import types

    return any(is_kind(kind) for is_kind in (types.is_list, types.is_large_list, types.is_fixed_size_list))


def _lists(schema: Any, rows: int, parts: Callable[[str], Iterable[Any]]) -> dict[str, ListColumn]:
    """The columns of lists of numbers; those of other lists, such as words, are left out."""
    from pyarrow import types

    found = {}
    for one in schema:
        inner = one.type.value_type if _is_list(one.type) else None
        if inner is not None and (types.is_integer(inner) or types.is_floating(inner)):
            found[one.name] = ListColumn(partial(_stacked, one.name, rows, parts), types.is_floating(inner))
    return found


def _parts(file: Path, name: str) -> Iterable[Any]:
    """A column of a parquet file in batches: the whole column beside its copy would take twice the memory."""
    from pyarrow import parquet

    with parquet.ParquetFile(file) as source:
        for batch in source.iter_batches(BATCH, columns=[name]):
            yield batch.column(0)


def _stacked(name: str, total: int, parts: Callable[[str], Iterable[Any]]) -> Tensor:
    """A column of lists as (b, d)."""
    import numpy
    from pyarrow import default_memory_pool

    rows, lengths, filled = None, set(), 0
    for column in parts(name):
        lengths |= set(column.value_lengths().unique().to_pylist())
        if len(lengths) != 1 or None in lengths:
            shown = ", ".join(sorted(map(str, lengths))[:5])
            raise ValueError(
                f"column {name!r} must hold lists of one length, got lengths {shown}: leave short rows out"
            )
        part = column.flatten().to_numpy(zero_copy_only=False).reshape(len(column), -1)
        if rows is None:
            rows = numpy.empty((total, part.shape[1]), dtype=part.dtype)
        rows[filled : filled + len(part)] = part
        filled += len(part)
    default_memory_pool().release_unused()  # else pages that were decoded stay in memory
    return torch.from_numpy(numpy.empty((0, 0)) if rows is None else rows)  # as_tensor copies arrays, but not tensors
