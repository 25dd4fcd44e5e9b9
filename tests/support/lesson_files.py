"""The lessons as they are built: their names, their cells and their text."""

import nbformat
import pytest
from nbformat import NotebookNode

from tests.support.repository import ROOT

LESSONS = ROOT / "notebooks"
NAMES = sorted(path.stem for path in LESSONS.glob("*.ipynb"))
each_lesson = pytest.mark.parametrize("name", NAMES)


def built(name: str) -> NotebookNode:
    return nbformat.read(LESSONS / f"{name}.ipynb", as_version=4)


def cells(notebook: NotebookNode, kind: str) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == kind]


def prose(notebook: NotebookNode) -> str:
    return "\n\n".join(cell.source for cell in cells(notebook, "markdown"))
