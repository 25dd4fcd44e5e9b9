"""A lesson's cells as a page has them: a header, then a scene for each living stage, in parts by headings."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from tools.course.published import EXERCISE, QUESTION, STAGE

PART = re.compile(r"^(?=## )", re.MULTILINE)
MARKS = re.compile(r"[^a-z0-9]+")


@dataclass
class Part:
    """What stands under a heading of the second level, or goes on with it; `word` is what an address calls it."""

    word: str = ""
    cells: list[NotebookNode] = field(default_factory=list)


@dataclass
class Scene:
    """A living stage, by its number on the page, and all that follows until the next one; without one, a text."""

    stage: dict[str, Any] | None = None
    number: int = 0
    parts: list[Part] = field(default_factory=lambda: [Part()])


def outline(notebook: NotebookNode) -> list[Scene]:
    """The cells of an executed notebook by scenes. The first is what stands before all headings and all living stages.

    An exercise that is shown again is left out there.
    """
    scenes, seen = [Scene()], set[int]()
    for cell in _pieces(notebook):
        if cell.cell_type == "markdown" and cell.source.startswith("## "):
            if len(scenes) == 1:
                scenes.append(Scene(parts=[]))
            word = MARKS.sub("-", cell.source.splitlines()[0].lower()).strip("-")
            scenes[-1].parts.append(Part(word))
        elif cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if _is_new(output, seen)]
            scenes += [Scene(stage, len(stages_of(scenes)) + k) for k, stage in enumerate(_stages(cell))]
        scenes[-1].parts[-1].cells.append(cell)
    return scenes


def stages_of(scenes: list[Scene]) -> list[dict[str, Any]]:
    """The living stages by their numbers."""
    return [scene.stage for scene in scenes if scene.stage]


def asks_alone(cell: NotebookNode) -> bool:
    """Whether a cell does nothing but ask: its form says all, and neither code nor print is shown."""
    kinds = [set(output.data) for output in cell.outputs if "data" in output]
    return bool(kinds) and all(kind & {EXERCISE, QUESTION} for kind in kinds)


def _pieces(notebook: NotebookNode) -> Iterator[NotebookNode]:
    """All cells, those of text cut before their headings."""
    for cell in notebook.cells:
        if cell.cell_type != "markdown":
            yield cell
            continue
        for text in PART.split(cell.source):
            if text.strip():
                yield new_markdown_cell(text)  # type: ignore[no-untyped-call]  # nbformat has none


def _stages(cell: NotebookNode) -> list[dict[str, Any]]:
    return [output.data[STAGE] for output in cell.outputs if STAGE in output.get("data", {})]


def _is_new(output: NotebookNode, seen: set[int]) -> bool:
    form = output.get("data", {}).get(EXERCISE)
    if form is None:
        return True
    if form["number"] in seen:
        return False
    seen.add(form["number"])
    return True
