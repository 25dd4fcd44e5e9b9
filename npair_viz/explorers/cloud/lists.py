"""The lists of rows under the cloud: as data frames, and as lines to choose from."""

from collections.abc import Mapping, Sequence
from textwrap import shorten
from typing import TYPE_CHECKING, Any

from npair_viz.data.scene import Scene
from npair_viz.explorers.cloud.rows import Embeddings
from npair_viz.explorers.cloud.state import CHANGES
from npair_viz.explorers.cloud.tables import frame_of, neighbours_frame, suspects_frame, text_of, twins_frame
from npair_viz.geometry.narration import fixed

if TYPE_CHECKING:
    from pandas import DataFrame

LOOKED = ("suspects", "twins")  # for these lists many rows have to be looked at first
LINES = 200  # on the page; the table has all
LETTERS, OF_TWO = 100, 46  # of a text in a line, of each of two


def table_of(name: str, embeddings: Embeddings, row: int, selected: Sequence[int]) -> "DataFrame | None":
    """The table of a list; None where there is none, or none yet."""
    if name == "neighbours":
        return neighbours_frame(embeddings.scene, embeddings.neighbours(row, LINES)).head(LINES)  # the nearest of all
    if name == "selected rows":
        return frame_of(embeddings.scene, selected)
    if name == CHANGES:
        return embeddings.changes()
    if name in LOOKED and embeddings.looked is not None:
        return (suspects_frame if name == "suspects" else twins_frame)(embeddings.scene, embeddings.looked)
    return None


def lines_of(name: str, table: "DataFrame", embeddings: Embeddings) -> list[tuple[str, int]]:
    """The first lines of a list, each with its row."""
    rows = table.head(LINES).to_dict("records")
    return [(_line(name, record, embeddings), int(record["row"])) for record in rows]


def _line(name: str, record: Mapping[str, Any], embeddings: Embeddings) -> str:
    scene = embeddings.scene
    first = _named(scene, record["row"], record["class"], record["text"], OF_TWO if name in LOOKED else LETTERS)
    if name == "neighbours":
        return f"{fixed(record['cosine'], 3)}  {'own  ' if record['own class'] else 'other'}  {first}"
    if name == CHANGES:
        return f"{fixed(record['move'], 3)}  {record['change']:5}  {first}"
    if name not in LOOKED:
        return first
    row = record["nearest other" if name == "suspects" else "twin"]
    number = f"{record['doubt']:+.3f}" if name == "suspects" else fixed(record["cosine"], 3)
    return f"{number}  {first}  ↔  {_named(scene, row, record['its class'], text_of(scene, row), OF_TWO)}"


def _named(scene: Scene, row: int, called: object, text: str, letters: int) -> str:
    """A row with its class and the beginning of its text."""
    name = scene.row_name(row) if scene.is_paired else f"{row}"
    about = "" if scene.are_pairs_classes else f" {called}"
    return f"{name}{about}" + (f": {shorten(text, letters, placeholder='…')}" if text else "")
