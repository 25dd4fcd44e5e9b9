"""A site to test: the repository's lessons, and one with every kind of cell."""

import shutil
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tests.support.repository import ROOT
from tools.course.build import build_site

TITLE = """# Try all: does it live?

**All of it lives.**

![A circle](pictures/02.svg)

Now click the grey cell and press **Shift+Enter**."""
NEED = """<details><summary><b>What you'll do</b> (7 minutes)</summary>

**Learn** to

- drag $x$;
- guess.

**Need:** nothing.

</details>

See [Meet the loss](01_meet_the_loss.ipynb), a [file](../README.md) and $\\log n$.

$$\\frac{1}{n} \\sum_i \\log x_i$$"""
PARTS = "## One & two\n\n## Three\n\nThe last."
CODE = (
    "from npair_viz import Stage, exercise, explore, predict, scenes, train_and_watch\n"
    "first = explore('line-up', level=1, tao=1.0)\nfirst.play(5)\nfirst",
    "from time import time\nfirst.reset()\nprint(time())",
    "Stage(mission='one move')",
    "Stage('tidy')",
    "explore('twin', level=3)",
    "explore('pixels', drawer='shares')",
    "explore(scenes.digits(), row=5)",
    "predict(1)",
    "predict(7)",
    "predict(15)",
    "task = exercise(2)\nmine = None\nprint(task, task.check(mine), sep='\\n')",
    "task = exercise(3)\nprint(task)",
    "task = exercise(7)\nprint(task)",
    "task = exercise(4)\nprint(task)",
    "task = exercise(5)\ntask",
    "task",
    "from plotly.graph_objects import Figure\nfigure = Figure(layout={'xaxis_type': 'log'})\n"
    "figure.add_scatter(name='a & b', x=[1, 10, 100], y=[0, 1, 4])",
    "train_and_watch('blends', step=10, steps=10, against={'tao': 1.0})",
)


def all_kinds() -> nbformat.NotebookNode:
    """A lesson with every kind of cell; what one prints is another thing in each run."""
    code = [new_code_cell(source, id=f"c{k}") for k, source in enumerate(CODE)]
    code[1].outputs = [new_output("stream", text="0.757 & <so on>\n")]
    texts = [new_markdown_cell(text, id=f"t{k}") for k, text in enumerate((TITLE, NEED, PARTS))]
    return new_notebook(cells=[texts[0], code[0], texts[1], *code[1:4], texts[2], *code[4:]])


def lessons_of(folder: Path, *, all_of_them: bool) -> Path:
    """A folder of lessons: the one with all kinds, and the repository's."""
    lessons = folder / "notebooks"
    shutil.copytree(ROOT / "notebooks" / "pictures", lessons / "pictures")
    if all_of_them:
        for file in (ROOT / "notebooks").glob("*.ipynb"):
            shutil.copy(file, lessons)
        shutil.copytree(ROOT / "benchmarks" / "results", folder / "benchmarks" / "results")
    nbformat.write(all_kinds(), lessons / "98_try_all.ipynb")
    return lessons


def made(folder: Path, *, all_of_them: bool) -> Path:
    """The site of such lessons."""
    build_site(folder / "site", lessons_of(folder, all_of_them=all_of_them))
    return folder / "site"
