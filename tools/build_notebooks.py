"""Build the .ipynb of every lesson from the .py beside it: converted, run, and stripped to what was printed.

What it writes depends on the .py alone: twice in a row gives identical files.
"""

from hashlib import sha1
from pathlib import Path
from typing import Any

import jupytext  # type: ignore[import-untyped]  # it has none
import nbformat
from nbclient import execute
from nbformat import NotebookNode

from tools.draw_stills import draw_all

LESSONS = Path(__file__).resolve().parent.parent / "notebooks"
LONGEST_CELL = 120  # seconds
QUIETLY: dict[str, Any] = {"record_timing": False, "store_widget_state": False, "coalesce_streams": True}
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
FOLDED = {"jupyter": {"outputs_hidden": True}}  # JupyterLab unfolds an output when its cell is run


def converted(script: Path) -> NotebookNode:
    """The notebook that a script in jupytext's percent form stands for; a cell's id comes from what is in it."""
    notebook: NotebookNode = jupytext.read(script, fmt="py:percent")
    notebook.metadata = METADATA
    for cell in notebook.cells:
        cell.id = sha1(cell.source.encode()).hexdigest()[:8]
    return notebook


def strip(notebook: NotebookNode) -> None:
    """Leave of every output what is plain text, folded away until a reader runs the cell: guesses come first."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [_plain(output) for output in cell.outputs if output.output_type != "display_data"]
            cell.metadata.update(FOLDED)
    notebook.metadata = METADATA  # the kernel has added its version


def build(script: Path) -> None:
    """Write the .ipynb beside a script; a cell that fails raises."""
    notebook = converted(script)
    execute(notebook, cwd=str(script.parent), timeout=LONGEST_CELL, **QUIETLY)
    strip(notebook)
    nbformat.validate(notebook)
    nbformat.write(notebook, script.with_suffix(".ipynb"))  # type: ignore[no-untyped-call]  # nbformat has none


def _plain(output: NotebookNode) -> NotebookNode:
    if output.output_type == "execute_result":
        output.data = {"text/plain": output.data["text/plain"]}
        output.metadata = {}
    return output


def main() -> None:
    """Draw every still and build every lesson."""
    draw_all()
    for script in sorted(LESSONS.glob("*.py")):
        build(script)


if __name__ == "__main__":
    main()
