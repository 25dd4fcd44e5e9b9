"""Files of text: .csv, .tsv, .txt and .vec, also packed as .gz, and files of labels, one a line."""

import csv
import gzip
import re
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from npair_viz.data.columns import Table, table_of_frame
from npair_viz.data.names import LABEL_NAMES, TEXT_NAMES, USUAL, Places, chosen, label_names, listed, matching, plain
from npair_viz.data.refused import RefusedError, check_fits
from npair_viz.optional_imports import needed_for

LOOKED_AT = 20  # lines that say how a file is laid out
MOST_COLUMNS = 50_000  # pandas takes each by itself
SAMPLE = 2**16  # bytes that say how it is encoded
SPACE = r"\s+"
SEPARATORS = {".csv": (";", "\t", ","), ".tsv": ("\t",), ".txt": ("\t", ";", ",", SPACE), ".vec": (SPACE,)}


@dataclass(frozen=True)
class Layout:
    """How a text is laid out."""

    encoding: str
    separator: str
    decimal: str
    skipped: int
    has_header: bool


def read_text(file: Path) -> Table:
    """Columns with a header or without: comma, semicolon or tab between them, in .txt and .vec also space.

    A first line of as many numbers as the next one is no header. One of two numbers that count the rest, as word2vec
    writes it, is left out.
    """
    with needed_for("load of text files"):
        import pandas
    if _is_packed(file):
        check_fits(_unpacked(file))
    layout = _layout(file)
    frame = pandas.read_csv(
        file,
        encoding=layout.encoding,
        sep=layout.separator,
        decimal=layout.decimal,
        skiprows=layout.skipped,
        header=0 if layout.has_header else None,
        index_col=False,
        keep_default_na=False,
        low_memory=False,
        quoting=csv.QUOTE_MINIMAL if _kind(file) == ".csv" else csv.QUOTE_NONE,
    )
    return table_of_frame(frame if _kind(file) == ".csv" or layout.separator == SPACE else _without_quotes(frame))


def _without_quotes(frame: Any) -> Any:
    """A frame whose cells that pandas wrote in quotes are as they were; a single quote stays what it is."""
    for column in frame.columns[[kind.kind == "O" for kind in frame.dtypes]]:
        cells = frame[column].astype(str)
        is_quoted = cells.str.fullmatch(r'"(?:[^"]|"")*"')
        if is_quoted.any():
            frame[column] = cells.where(~is_quoted, cells.str.slice(1, -1).str.replace('""', '"'))
    return frame


@dataclass(frozen=True, eq=False)
class Lines:
    """A file of labels by its lines; a blank line is the class ''."""

    records: list[list[str]]

    def classes(self, rows: int, places: Places = USUAL) -> list[Any]:
        """The labels of so many rows: the count says whether the first line is a heading.

        Errors: ValueError where the count fits neither way, or where no column or several can be the labels.
        """
        is_single = all(len(one) < 2 for one in self.records)
        records = self.records if is_single else [one for one in self.records if any(one)]
        if len(records) not in (rows, rows + 1):
            raise ValueError(
                f"labels must have one line a row, {rows} in all and perhaps a heading, got {len(records)}"
            )
        heading = records[0] if len(records) > rows else None
        cells = records[len(records) - rows :]
        column = 0 if is_single else self._column(heading or list(map(str, range(len(cells[0])))), places.labels)
        return _numbers_or_words([one[column] if column < len(one) else "" for one in cells])

    def texts(self, rows: int, places: Places = USUAL) -> tuple[str, ...] | None:
        """The texts of the rows, where a column beside the labels holds them."""
        heading = self.records[0] if len(self.records) == rows + 1 else []
        if len(heading) < 2:
            return None
        label = self._column(heading, places.labels)
        other = [one for i, one in enumerate(heading) if i != label]
        named = [] if places.texts is None else [chosen("texts", "texts_in", heading, places.texts)]
        column = heading.index((named or matching(other, TEXT_NAMES) or other)[0])
        return tuple(one[column] if column < len(one) else "" for one in self.records[1:])

    def _column(self, heading: list[str], name: object) -> int:
        if name is not None:
            return heading.index(chosen("labels", "labels_in", heading, name))
        found = label_names(heading)
        if len(found) != 1:
            usual = ", ".join(LABEL_NAMES)
            raise ValueError(
                f"the labels must be in column one of {usual}, got {listed(found or heading)}: name it by labels_in="
            )
        return heading.index(found[0])


def read_lines(file: Path) -> Lines:
    """The lines of a file of labels, split into columns at commas in .csv, else at tabs."""
    with _opened(file, _encoding(file)) as source:
        if _kind(file) == ".csv":
            records = [one or [""] for one in csv.reader(source, delimiter=_layout(file).separator)]
        else:
            records = [line.rstrip("\r\n").split("\t") for line in source]
    return Lines(records)


def _layout(file: Path) -> Layout:
    encoding = _encoding(file)
    with _opened(file, encoding) as source:
        lines = [line.rstrip("\r\n") for line in islice(source, LOOKED_AT)]
    skipped = 0
    while skipped < len(lines) - 1 and (not lines[skipped].strip() or lines[skipped].startswith("# ")):
        skipped += 1  # numpy.savetxt writes its header behind #
    lines = [line for line in lines[skipped:] if line.strip()]
    separator = _separator(lines, SEPARATORS[_kind(file)])
    if lines and (width := len(_cells(lines[0], separator))) > MOST_COLUMNS:
        raise RefusedError(
            f"it has {width:,} columns, and a text of more than {MOST_COLUMNS:,} would take hours: save .npz"
        )
    if separator == SPACE and _is_word2vec(lines):
        skipped, lines = skipped + 1, lines[1:]
    cells = [_cells(line, separator) for line in lines]
    decimal = "," if separator not in (",", SPACE) and _has_decimal_comma(cells) else "."
    return Layout(encoding, separator, decimal, skipped, _has_header(cells, decimal))


def _encoding(file: Path) -> str:
    with (gzip.open if _is_packed(file) else open)(file, "rb") as source:
        start = source.read(SAMPLE)
        if start.startswith((b"\xff\xfe", b"\xfe\xff")):
            return "utf-16"
        if b"\0" in start:
            raise RefusedError("it holds bytes that are no text: is it what its name says?")
        decode = _decoder()
        try:
            decode(start)
            while part := source.read(SAMPLE * 16):
                decode(part)
        except UnicodeDecodeError:
            return "latin-1"
    return "utf-8-sig"


def _decoder() -> Any:
    from codecs import getincrementaldecoder

    return getincrementaldecoder("utf-8")().decode


def _opened(file: Path, encoding: str) -> Any:
    return (gzip.open if _is_packed(file) else open)(file, "rt", encoding=encoding, newline="")


def _is_packed(file: Path) -> bool:
    return file.suffix.lower() == ".gz"


def _unpacked(file: Path) -> int:
    """How many bytes a packed file holds, as far as they fit into memory."""
    total = 0
    with gzip.open(file, "rb") as source:
        while part := source.read(2**24):
            total += len(part)
            check_fits(total)
    return total


def _kind(file: Path) -> str:
    return (file.with_suffix("") if _is_packed(file) else file).suffix.lower()


def _separator(lines: list[str], known: tuple[str, ...]) -> str:
    """The first of the known ones that splits each line into as many cells, else the last one that is no space."""
    for one in known[:-1] if known[-1] != SPACE else known:
        widths = {len(_cells(line, one)) for line in lines}
        if len(widths) == 1 and widths != {1}:
            return one
    return known[-1]


def _cells(line: str, separator: str) -> list[str]:
    if separator == SPACE:
        return line.split()
    if separator == "\t":
        return line.split("\t")
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:  # a cell of many letters
        return line.split(separator)


def _is_word2vec(lines: list[str]) -> bool:
    first, *rest = [line.split() for line in lines[:2]] or [[]]
    return len(first) == 2 and all(one.isdigit() for one in first) and bool(rest) and len(rest[0]) == int(first[1]) + 1


def _has_decimal_comma(cells: list[list[str]]) -> bool:
    flat = [cell.strip() for row in cells for cell in row]
    with_point = any(re.fullmatch(r"[-+]?\d*\.\d+(e[-+]?\d+)?", one, re.IGNORECASE) for one in flat)
    commas = [one for one in flat if re.fullmatch(r"[-+]?\d*,\d+(e[-+]?\d+)?", one, re.IGNORECASE)]
    are_thousands = all(re.fullmatch(r"[-+]?\d{1,3},\d{3}", one) for one in commas)
    return bool(commas) and not with_point and not are_thousands


def _has_header(cells: list[list[str]], decimal: str) -> bool:
    """Whether the first line is a heading: its numbers do not stand where those of the second line do."""
    if not cells:
        return False
    first = cells[0]
    if len(first) == 1:
        is_above_lists = len(cells) > 1 and cells[1][0].startswith("[") and not first[0].startswith("[")
        return plain(first[0]) in LABEL_NAMES or is_above_lists
    numbers = [one for one in first if _is_number(one, decimal)]
    if [one.strip() for one in numbers] == [str(i) for i in range(len(numbers))] and len(numbers) > 1:
        return True  # pandas writes 0, 1, 2, ... as the header of a frame without column names
    if len(numbers) == len(first):
        return not numbers
    alike = len(cells) > 1 and [_is_number(one, decimal) for one in first] == [
        _is_number(one, decimal) for one in cells[1]
    ]
    return not (numbers and alike)


def _is_number(cell: str, decimal: str) -> bool:
    try:
        float(cell.replace(",", ".") if decimal == "," else cell)
    except ValueError:
        return False
    return True


def _numbers_or_words(cells: list[str]) -> list[Any]:
    """Numbers where each cell is one, else the cells."""
    try:
        return [float(one) if not one.lstrip("+-").isdecimal() else int(one) for one in cells]
    except ValueError:
        return cells
