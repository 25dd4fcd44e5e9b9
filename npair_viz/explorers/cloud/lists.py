"""The lists of rows under the cloud: as data frames, and as lines to choose from."""

from collections.abc import Mapping, Sequence
from textwrap import shorten
from typing import TYPE_CHECKING, Any

from npair_viz.explorers.cloud.rows import Embeddings
from npair_viz.explorers.cloud.tables import frame_of, neighbours_frame, suspects_frame, text_of, twins_frame
from npair_viz.geometry.narration import fixed

if TYPE_CHECKING:
    from pandas import DataFrame

LOOKED = ("suspects", "twins")  # for these lists many rows have to be looked at first
LINES, LETTERS = 200, 70  # lines on the page, the table has all; letters of a text
LISTED = 100  # neighbours of each kind


def table_of(name: str, embeddings: Embeddings, row: int, selected: Sequence[int]) -> "DataFrame | None":
    """The table of a list; None where there is none, or none yet."""
    if name == "neighbours":
        return neighbours_frame(embeddings.scene, embeddings.neighbours(row, LISTED))
    if name == "selected rows":
        return frame_of(embeddings.scene, selected)
    if name in LOOKED and embeddings.looked is not None:
        return (suspects_frame if name == "suspects" else twins_frame)(embeddings.scene, embeddings.looked)
    return None


def lines_of(name: str, table: "DataFrame", embeddings: Embeddings) -> list[tuple[str, int]]:
    """The first lines of a list, each with its row."""
    rows = table.head(LINES).to_dict("records")
    return [(_line(name, record, embeddings), int(record["row"])) for record in rows]


def _line(name: str, record: Mapping[str, Any], embeddings: Embeddings) -> str:
    first = _named(record["row"], record["class"], record["text"])
    if name == "neighbours":
        return f"{fixed(record['cosine'], 3)}  {'own  ' if record['own class'] else 'other'}  {first}"
    if name == "suspects":
        second = _named(
            record["nearest other"], record["its class"], text_of(embeddings.scene, record["nearest other"])
        )
        return f"{record['doubt']:+.3f}  {first}  ↔  {second}"
    if name == "twins":
        second = _named(record["twin"], record["its class"], text_of(embeddings.scene, record["twin"]))
        return f"{fixed(record['cosine'], 3)}  {first}  ↔  {second}"
    return first


def _named(row: int, called: object, text: str) -> str:
    """A row with its class and the beginning of its text."""
    return f"{row} {called}" + (f": {shorten(text, LETTERS, placeholder='…')}" if text else "")
