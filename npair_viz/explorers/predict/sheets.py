"""The inputs for a guess: buttons, a ruler with a text field, or a stage to draw on.

Each has a `control`, whose `trait` holds the guess, and `show`, for a guess and, once that is committed, the truth.
"""

import html
from collections.abc import Sequence
from typing import Any

import ipywidgets as widgets

from npair_viz.exercises.guesses import Guess
from npair_viz.exercises.question import Question
from npair_viz.geometry.look import BOARD
from npair_viz.stage.parts import PARTS
from npair_viz.stage.widget import Stage

TICKS = 200  # steps of a ruler


class Choice:
    """A button for each option."""

    trait = "value"

    def __init__(self, question: Question) -> None:
        options = zip(question.letters, question.options, strict=True)
        self.control = widgets.ToggleButtons(
            options=[(f"{letter}: {option}", letter) for letter, option in options],
            value=None,
            style={"button_width": "auto"},
        )
        self.widget = self.control.add_class("npair-options")

    def show(self, guess: Guess | None, truth: Guess | None) -> None:
        """Show a guess; with the truth the buttons are disabled."""
        self.control.value, self.control.disabled = guess, truth is not None


class Number:
    """A slider and a text field that show the same number."""

    trait = "value"

    def __init__(self, question: Question) -> None:
        low, high = question.marks[0][0], question.marks[-1][0]
        self._slider = widgets.FloatSlider(
            value=low,
            min=low,
            max=high,
            step=(high - low) / TICKS,
            readout=False,
            layout=widgets.Layout(width="480px", margin="0 60px"),
            tooltip=f"Your guess, from {low:g} to {high:g}",
        )
        self.control = widgets.Text(
            placeholder="your guess", continuous_update=False, layout=widgets.Layout(width="120px")
        )
        self._question, self._shown = question, widgets.HTML()
        ruler = widgets.VBox([self._shown, self._slider, widgets.HTML(_marked(question, question.marks))])
        self.widget = widgets.HBox([ruler, self.control], layout=widgets.Layout(align_items="center"))
        self._slider.observe(self._slid, "value")

    def show(self, guess: Guess | None, truth: Guess | None) -> None:
        """Show a guess; with the truth, mark both on the ruler and disable the inputs."""
        self._slider.disabled = self.control.disabled = truth is not None
        self.control.value = f"{guess:.4g}" if isinstance(guess, float) else ""
        self._shown.value = ""
        if isinstance(guess, float) and isinstance(truth, float):
            self._slider.value = guess
            both = ((guess, "▾ yours"), (truth, "▾ true"))
            self._shown.value = "".join(_marked(self._question, [mark]) for mark in both)

    def _slid(self, change: Any) -> None:
        if not self._slider.disabled:
            self.control.value = f"{change.new:.4g}"


class Arrow:
    """A stage to draw an arrow on, from its selected point; its forces are hidden until the truth is shown."""

    trait = "drawn"

    def __init__(self, question: Question) -> None:
        hidden = [part for part in PARTS if part != "legend"]
        self.control = self.widget = Stage(hide=hidden, lock=("move",), drawing="open", **question.stage)
        self.widget.layout.width = f"{BOARD}px"

    def show(self, guess: Guess | None, truth: Guess | None) -> None:
        """Show a guess; with the truth, show the forces and end the drawing."""
        self.control.drawn = list(guess) if isinstance(guess, tuple) else []
        self.control.drawing = "open" if truth is None else "done"


def _marked(question: Question, marks: Sequence[tuple[float, str]]) -> str:
    """Marks of a question's ruler as HTML."""
    low, high = question.marks[0][0], question.marks[-1][0]
    named = [
        f'<span style="left: {100 * (at - low) / (high - low):.1f}%">{html.escape(name)} {at:.4g}</span>'
        for at, name in marks
    ]
    return f'<div class="npair-marks">{"".join(named)}</div>'
