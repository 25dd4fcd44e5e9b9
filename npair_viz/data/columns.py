"""A table, and which of its columns are embeddings, labels, texts or the two towers of pairs."""

import re
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from npair_viz.data.cells import ListColumn, is_text, lists_in, mean_length, numbers_in, objects, share_of_numbers
from npair_viz.data.names import (
    BRING,
    EMBEDDING_NAMES,
    LABEL_NAMES,
    ROW_NUMBER_NAMES,
    TEXT_NAMES,
    USUAL,
    Places,
    chosen,
    label_names,
    listed,
    matching,
    numbered,
    plain,
    texts_of_towers,
    tower_names,
)

DIFFERENT = (
    'frame.columns = [f"{name}.{k}" if name in frame.columns[:k] else name for k, name in enumerate(frame.columns)]'
)
CLEARLY = 2  # times as many columns of one family as others


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

    def rows(self, places: Places = USUAL) -> object:
        """The embeddings: the named columns, or by default a column of lists, else the columns of numbers.

        Columns of labels, of row numbers and of text are left out. Of numbers such as x0, x1, x2 and year the first
        three are taken, and a warning says so.
        """
        if places.embeddings is not None:
            return self._picked("embeddings", places.embeddings)
        if (column := self._list_column()) is not None and not self._are_tokens(column):
            return self.lists[column].read()
        return self._numbers(_one_family(self._number_columns(places)))

    def classes(self, places: Places = USUAL) -> Any:
        """The labels: the named column, or by default one whose name says so, else the only column."""
        columns = list(self.frame.columns)
        if places.labels is not None:
            return self.frame[chosen("labels", "labels_in", columns, places.labels)].to_numpy()
        matches = self._label_columns() or (columns if len(columns) == 1 and not self.lists else [])
        if len(matches) != 1:
            usual, got = ", ".join(LABEL_NAMES), listed(matches or self.likely_labels())
            mend = "name it by labels_in=" if matches else f"name it by labels_in=, {BRING}"
            raise ValueError(f"the labels must be in column one of {usual}, got {got}: {mend}")
        return self.frame[matches[0]].to_numpy()

    def likely_labels(self) -> list[Any]:
        """The columns that may be labels: those of words first, those that numbers count last."""
        columns, numbers = list(self.frame.columns), self._number_columns()
        family = numbered(numbers)
        return sorted(columns, key=lambda one: (one in numbers) + (one in family))

    def has(self, name: object) -> bool:
        """Whether a single column has that name."""
        return bool(self._named(name))

    def has_classes(self) -> bool:
        """Whether a column's name says that it holds the labels."""
        return bool(self._label_columns())

    def texts(self, places: Places = USUAL) -> tuple[str, ...] | None:
        """The texts of the rows: the named column, or of the columns of words one with a usual name, else the longest.

        None where no column holds words.
        """
        if places.texts is not None:
            return self._text(chosen("texts", "texts_in", self.frame.columns, places.texts))
        apart = self._apart(places)
        columns = [one for one in objects(self.frame) if one not in apart and is_text(self.frame[one])]
        if not columns:
            return None
        usual = sorted(matching(columns, TEXT_NAMES), key=lambda one: TEXT_NAMES.index(plain(one)))
        best = usual[0] if usual else max(columns, key=lambda one: mean_length(self.frame[one]))
        return self._text(best)

    def towers(self, places: Places = USUAL) -> tuple[Any, Any] | None:
        """The rows of two towers: the named columns, or two whose names say so; None where there are none."""
        if places.towers is not None:
            return self._picked("anchors", places.anchors), self._picked("positives", places.positives)
        found = tower_names(self.lists)
        return None if found is None else (self.lists[found[0]].read(), self.lists[found[1]].read())

    def texts_of_towers(self, places: Places = USUAL) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
        """The texts of two towers, None where there are not both."""
        towers = places.towers or tower_names(self.lists)
        found = None if towers is None else texts_of_towers(self.frame.columns, towers, places.texts)
        return None if found is None else (self._text(found[0]), self._text(found[1]))

    def _picked(self, what: str, name: Any) -> object:
        """The rows in the column of lists, or in the columns of numbers, that a person named."""
        names = [name] if isinstance(name, str | int) else list(name)
        picked = [chosen(what, f"{what}_in", self.names, one) for one in names]
        is_list = len(picked) == 1 and picked[0] in self.lists
        return self.lists[picked[0]].read() if is_list else self._numbers(picked)

    def _number_columns(self, places: Places = USUAL) -> list[Any]:
        """The columns of numbers, perhaps with a few broken cells, and not of words, categories or dates."""
        from pandas.api.types import is_numeric_dtype

        def holds_numbers(column: Any, kind: Any) -> bool:
            return bool(is_numeric_dtype(kind)) or (share_of_numbers(self.frame[column]) or 0) >= 0.5

        apart, kinds = self._apart(places), zip(self.frame.columns, self.frame.dtypes, strict=True)
        return [one for one, kind in kinds if one not in apart and holds_numbers(one, kind)]

    def _apart(self, places: Places) -> set[Any]:
        """The columns of labels, row numbers and named texts, which are no embeddings."""
        named = (*self._named(places.labels), *self._named(places.texts))
        return {*self._label_columns(), *matching(self.frame.columns, ROW_NUMBER_NAMES), *named}

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
        if not self._number_columns():
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
        return numbers_in(self.frame, columns)

    def _text(self, column: Any) -> tuple[str, ...]:
        return tuple("" if one is None or one != one else str(one) for one in self.frame[column].tolist())


def _one_family(columns: list[Any]) -> list[Any]:
    """Those that differ in a number alone, if they are by far the most; a warning says what is left out, or mixed."""
    family = numbered(columns)
    others = [one for one in columns if one not in family]
    if not family or not others:
        return columns
    is_clear = len(family) >= CLEARLY * len(others)
    taken, rest = f"{family[0]} … {family[-1]}", listed(others)
    told = f"{taken}; left out: {rest}" if is_clear else f"all columns of numbers, {taken} and {rest}: are they of one"
    warnings.warn(
        f"embeddings are {told}. Other columns are named by embeddings_in=, or by passing frame[columns]",
        stacklevel=2,
    )
    return family if is_clear else columns


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
        message = re.sub(r"name .*? by embeddings_in=", "pass frame[columns] alone", str(error))
        message = re.sub(r"name (?:it|what is there) by (\w+)_in=", r"pass its name as the \1", message)
        message = message.replace("name both by texts_in=", "pass both names as the texts")
        raise ValueError(message) from None


def table_of_frame(frame: Any) -> Table:
    """A table of a pandas frame; its columns of lists, of arrays and of lists written as text are found."""
    check_names(list(frame.columns), DIFFERENT)
    lists = {name: found for name in objects(frame) if (found := lists_in(name, frame[name])) is not None}
    return Table(frame.drop(columns=list(lists)) if lists else frame, lists)
