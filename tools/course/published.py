"""How each object of a lesson looks on a page. `%load_ext tools.course.published` makes a kernel publish it.

Nothing else does: a notebook that a person saves holds no pages.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display

from npair_viz.exercises.exercises import told
from tools.course.forms import exercise_form, question_form

if (
    TYPE_CHECKING
):  # most lessons draw neither clouds nor curves: what loads plotly and matplotlib waits until it is needed
    from plotly.basedatatypes import BaseFigure

    from npair_viz import EmbeddingExplorer, Explorer, Prediction, Stage, TrainingLab
    from npair_viz.exercises.exercise import Exercise

STAGE, TABLE, EXERCISE, QUESTION = (
    f"application/vnd.npair-viz.{kind}+json" for kind in ("stage", "table", "exercise", "question")
)
SVG, TEXT = "image/svg+xml", "text/plain"
BY_TYPE = (STAGE, TABLE, EXERCISE, QUESTION, SVG, TEXT)  # the best that a page can show of an output


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Let a kernel publish what a page shows; an exercise is published when it is set, whatever becomes of it."""
    from npair_viz import Stage  # by itself, since each stage has a class of its own with the name of this one

    formats: Any = shell.display_formatter
    formats.mimebundle_formatter.for_type(Stage, _stage)
    for kind, bundle in BUNDLES.items():
        formats.mimebundle_formatter.for_type(kind, bundle)
    formats.ipython_display_formatter.for_type("plotly.graph_objs._figure.Figure", _publish_curves)
    told.append(display)


def _explorer(explorer: "Explorer") -> dict[str, Any]:
    return _stage(explorer.widget)


def _stage(stage: "Stage") -> dict[str, Any]:
    from npair_viz.stage.scene_states import page_state

    options = {name: value for name, value in stage.options.items() if name != "scenes"}
    state = page_state(stage.store.state, stage.store.draws)
    return {STAGE: {"state": state, "options": options, "still": stage.to_svg()}}


def _cloud(explorer: "EmbeddingExplorer") -> dict[str, Any]:
    from tools.course.pictures import line_up_of

    words = f"{explorer.sentence} In the notebook explore(...) shows all rows as a cloud to click on."
    return {TABLE: {**line_up_of(explorer), "words": words}}


def _lab(lab: "TrainingLab") -> dict[str, Any]:
    from tools.course.pictures import table_of

    words = f"{lab.sentence} In the notebook train_and_watch(...) trains before your eyes."
    return {TABLE: {**table_of(lab), "words": words}}


def _exercise(exercise: "Exercise") -> dict[str, Any]:
    return {EXERCISE: exercise_form(exercise)}


def _prediction(prediction: "Prediction") -> dict[str, Any]:
    return {QUESTION: question_form(prediction.question)}


def _publish_curves(figure: "BaseFigure") -> None:
    from tools.course.curves import drawn

    display({SVG: drawn(figure)}, raw=True)  # type: ignore[no-untyped-call]  # IPython has none


BUNDLES: dict[str, Callable[[Any], dict[str, Any]]] = {
    "npair_viz.explorers.pairs.explorer.Explorer": _explorer,
    "npair_viz.explorers.cloud.explorer.EmbeddingExplorer": _cloud,
    "npair_viz.explorers.lab.lab.TrainingLab": _lab,
    "npair_viz.explorers.predict.prediction.Prediction": _prediction,
    "npair_viz.exercises.exercise.Exercise": _exercise,
}
