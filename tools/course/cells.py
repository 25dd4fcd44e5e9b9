"""What the cells of a lesson show: its code is run here, and stages, questions and exercises are kept as they come."""

import ast
import os
from collections.abc import Iterator
from contextlib import chdir, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from plotly.basedatatypes import BaseFigure

from npair_viz import EmbeddingExplorer, Explorer, Prediction, Stage, TrainingLab
from npair_viz.exercises.exercise import Exercise
from npair_viz.exercises.question import Question
from npair_viz.stage.scene_states import page_state
from tools.course.pictures import drawn, line_up_of, table_of

ASKING = {"exercise", "predict"}


@dataclass(frozen=True)
class Living:
    """A stage that lives on the page, and its still for a page that runs no script."""

    state: dict[str, Any]
    options: dict[str, Any]
    still: str


@dataclass(frozen=True)
class Still:
    """A picture or a table in place of what needs Python, and the line that says so."""

    html: str
    words: str


Shown = Living | Still | Exercise | Question


def shown_by(notebook: NotebookNode, folder: Path) -> dict[int, list[Shown]]:
    """Run a notebook's code in `folder`, and say what each cell shows beside printed text, by the number of the cell.

    What is shown is what it is at the end of its cell. Cells after the last that shows something are not run.
    """
    code = [(k, cell.source) for k, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    last = max((k for k, source in code if shows(source)), default=-1)
    names: dict[str, Any] = {"__name__": "__main__"}
    found: dict[int, list[Shown]] = {}
    with chdir(folder), open(os.devnull, "w", encoding="utf-8") as nowhere, redirect_stdout(nowhere):
        for k, source in code:
            if k <= last:
                before = dict(names)
                value = value_of(source, names)
                given = [
                    one for name, one in names.items() if isinstance(one, Exercise) and before.get(name) is not one
                ]
                found[k] = list(as_shown([value, *(one for one in given if one is not value)]))
    return found


def shows(source: str) -> bool:
    """Whether a cell may show more than printed text.

    >>> shows("x = 1\\nx"), shows("print(1)"), shows("task = exercise(2)")
    (True, False, True)
    """
    tree = ast.parse(source)
    asks = any(isinstance(node, ast.Name) and node.id in ASKING for node in ast.walk(tree))
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr):
        return asks
    called = last.value.func if isinstance(last.value, ast.Call) else None
    return asks or not (isinstance(called, ast.Name) and called.id == "print")


def value_of(source: str, names: dict[str, Any]) -> Any:
    """Run a cell; the value of the expression that ends it, or None."""
    tree = ast.parse(source)
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr):
        exec(compile(tree, "<cell>", "exec"), names)
        return None
    exec(compile(ast.Module(tree.body[:-1], []), "<cell>", "exec"), names)
    return eval(compile(ast.Expression(last.value), "<cell>", "eval"), names)


def as_shown(values: list[Any]) -> Iterator[Shown]:
    """What the page has for each value; nothing for those that are but text."""
    for value in values:
        if isinstance(value, Explorer):
            yield _stage(value.widget)
        elif isinstance(value, EmbeddingExplorer):
            told = "In the notebook explore(...) shows all rows as a cloud to click on."
            yield Still(line_up_of(value), f"{value.sentence} {told}")
        elif isinstance(value, Stage):
            yield _stage(value)
        elif isinstance(value, TrainingLab):
            told = "In the notebook train_and_watch(...) trains before your eyes."
            yield Still(table_of(value), f"{value.sentence} {told}")
        elif isinstance(value, BaseFigure):
            yield Still(drawn(value), "")
        elif isinstance(value, Exercise):
            yield value
        elif isinstance(value, Prediction):
            yield value.question


def _stage(stage: Stage) -> Living:
    options = {name: value for name, value in stage.options.items() if name != "scenes"}
    return Living(page_state(stage.store.state, stage.store.draws), options, stage.to_svg())
