"""One door: what a person holds or a file does, taken apart into rows and labels, or into the two sides of pairs."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from npair_viz.data.columns import Table, said_of_frames
from npair_viz.data.names import Places, listed
from npair_viz.data.pairs import Pairs
from npair_viz.data.scene import Scene
from npair_viz.data.table_files import table_of


@dataclass(frozen=True, eq=False)
class Contents:
    """Rows with their labels, or anchors and positives, in whatever form they were given, and not yet checked.

    Attributes:
        rows: The embeddings; None of pairs.
        labels: One a row or one a pair; None where there are none.
        images: Grey pictures of the rows, None where there are none.
        class_names: The word for label i is the i-th; None where nothing says so.
        texts: One text a row; of pairs those of the anchors and those of the positives; None where there are none.
        anchors: Those of pairs.
        positives: Likewise.
        columns: The names of a frame's columns that may be its labels, where none is known.
    """

    rows: Any = None
    labels: Any = None
    images: Any = None
    class_names: tuple[str, ...] | None = None
    texts: Any = None
    anchors: Any = None
    positives: Any = None
    columns: tuple[Any, ...] = ()

    @property
    def is_paired(self) -> bool:
        """Whether these are anchors and positives."""
        return self.anchors is not None or self.positives is not None

    def check_labels(self, what: str = "embeddings", call: str = "explore") -> None:
        """Raise TypeError where there are no labels; the message says what to do with the function `call`."""
        if self.labels is not None:
            return
        if self.columns:
            mend = f"pass the name of their column, one of {listed(self.columns)}, or one label a row"
        else:
            mend = f"pass both, {call}({what}, labels), one class a row; got {type(self.rows).__name__} alone"
        raise TypeError(f"{what} need their labels: {mend}")

    @property
    def parts(self) -> dict[str, Any]:
        """What there is, as `doctor` takes it by name: labels in words, where there are words."""
        words = self.class_names
        named = self.labels if words is None or self.labels is None else [words[label] for label in self.labels]
        parts = {"embeddings": self.rows, "anchors": self.anchors, "positives": self.positives, "texts": self.texts}
        return _given({**parts, "labels": named})


def contents_of(
    given: Any = None,
    labels: Any = None,
    *,
    anchors: Any = None,
    positives: Any = None,
    texts: Any = None,
    images: Any = None,
    class_names: tuple[str, ...] | None = None,
) -> Contents:
    """Take apart what a person holds.

    Args:
        given: A scene, pairs, contents, a data frame or rows in any other form.
        labels: Those of the rows or pairs; or the name of the frame's column that holds them. A frame's own column
            label is taken where none are given.
        anchors: One side of pairs, in place of `given`.
        positives: The other side.
        texts: One a row, or two lists of pairs; or the name of the frame's column that holds them, of pairs two. By
            default those of the scene, or a frame's column of words.
        images: (b, h, w), grey pictures of the rows.
        class_names: The word for label i is the i-th.

    Returns:
        Its parts. A column of labels, of row numbers or of words is no part of the rows.

    Raises:
        ValueError: It is a frame, and no column or several can be what is asked for.
    """
    if anchors is not None or positives is not None:
        return Contents(anchors=anchors, positives=positives, labels=labels, texts=texts, class_names=class_names)
    beside = {"labels": labels, "texts": texts, "images": images, "class_names": class_names}
    if isinstance(given, Contents):
        return replace(given, **_given(beside))
    if isinstance(given, Pairs):
        return replace(Contents(**vars(given)), **_given(beside))
    if isinstance(given, Scene):
        return replace(_of_scene(given), **_given(beside))
    if (table := table_of(given)) is not None:
        with said_of_frames():
            found = _of_table(table, labels, texts)
        return replace(found, **_given({"images": images, "class_names": class_names}))
    return Contents(rows=given, labels=labels, texts=texts, images=images, class_names=class_names)


def _of_table(table: Table, labels: Any, texts: Any) -> Contents:
    """The parts of a frame; a series that is one of its columns is none of its embeddings."""
    towers = table.towers()
    named = texts if _are_names(texts, 1 if towers is None else 2) else None
    places = Places(labels=_column_of(table, labels), texts=named)
    if _is_column(table, labels) or (labels is None and table.has_classes()):
        labels = table.classes(places)
    if towers is not None:
        texts = table.texts_of_towers(places) if texts is named else texts
        return Contents(anchors=towers[0], positives=towers[1], labels=labels, texts=texts)
    texts = table.texts(places) if texts is named else texts
    likely = () if labels is not None else tuple(table.likely_labels())
    return Contents(rows=table.rows(places), labels=labels, texts=texts, columns=likely)


def _is_column(table: Table, labels: Any) -> bool:
    """Whether the labels are the name of a column: a word always, a number or a tuple where a column is called so."""
    return isinstance(labels, str) or (isinstance(labels, int | tuple) and labels in table.names)


def _are_names(texts: Any, count: int) -> bool:
    """Whether these are the names of so many columns, and not texts: those of pairs are two lists."""
    if isinstance(texts, str):
        return True
    return count == 2 and isinstance(texts, list | tuple) and all(isinstance(one, str) for one in texts)


def _column_of(table: Table, labels: Any) -> Any:
    """The column that the labels are, or that they name; None where they come from elsewhere."""
    if _is_column(table, labels):
        return labels
    own = getattr(labels, "name", None)
    is_own = isinstance(own, str) and table.has(own) and list(table.classes(Places(labels=own))) == list(labels)
    return own if is_own else None


def _given(parts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: one for name, one in parts.items() if one is not None}


def _of_scene(scene: Scene) -> Contents:
    if not scene.is_paired:
        rows, labels, names = scene.embeddings, scene.labels, scene.class_names
        return Contents(rows=rows, labels=labels, images=scene.images, class_names=names, texts=scene.texts)
    texts = None if scene.texts is None else (scene.texts[: scene.n], scene.texts[scene.n :])
    labels = scene.labels[: scene.n]
    return Contents(
        anchors=scene.anchors, positives=scene.positives, labels=labels, texts=texts, class_names=scene.class_names
    )
