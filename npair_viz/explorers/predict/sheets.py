"""What a guess is made on: buttons, a ruler with a field to type in, or a stage to draw on; without the answer."""

import html
from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets as widgets

from npair_viz.exercises.guesses import Guess
from npair_viz.exercises.question import Question
from npair_viz.geometry.look import BOARD
from npair_viz.stage.parts import PARTS
from npair_viz.stage.widget import Stage

TICKS = 200  # of a ruler


class Choice:
    """One button an option."""

    def __init__(self, question: Question) -> None:
        options = zip(question.letters, question.options, strict=True)
        self._buttons = widgets.ToggleButtons(
            options=[(f"{letter}: {option}", letter) for letter, option in options],
            value=None,
            style={"button_width": "auto"},
        )
        self.widget = self._buttons.add_class("npair-options")

    @property
    def value(self) -> Any:
        """What was chosen, None before."""
        return self._buttons.value

    def show(self, guess: Guess | None) -> None:
        """Show a guess."""
        self._buttons.value = guess

    def lock(self, guess: Guess, truth: Guess) -> None:
        """Let nothing be chosen any more."""
        self._buttons.disabled = True

    def on_change(self, act: Callable[[Any], None]) -> None:
        """Call `act` whenever another guess was made."""
        self._buttons.observe(act, "value")


class Number:
    """A ruler to slide along and a field to type in; both show the same number."""

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
        self._field = widgets.Text(
            placeholder="your guess", continuous_update=False, layout=widgets.Layout(width="120px")
        )
        self._question, self._shown = question, widgets.HTML()
        ruler = widgets.VBox([self._shown, self._slider, widgets.HTML(_marked(question, question.marks))])
        self.widget = widgets.HBox([ruler, self._field], layout=widgets.Layout(align_items="center"))
        self._slider.observe(self._slid, "value")

    @property
    def value(self) -> str:
        """What was typed or slid to, "" before."""
        return str(self._field.value)

    def show(self, guess: Guess | None) -> None:
        """Show a guess."""
        self._field.value = "" if guess is None else f"{guess:.4g}"

    def lock(self, guess: Guess, truth: Guess) -> None:
        """Let nothing be typed any more, and show both on the ruler."""
        self._slider.disabled = self._field.disabled = True
        if isinstance(guess, float) and isinstance(truth, float):
            self._slider.value = guess
            both = ((guess, "▾ yours"), (truth, "▾ true"))
            self._shown.value = "".join(_marked(self._question, [mark]) for mark in both)

    def on_change(self, act: Callable[[Any], None]) -> None:
        """Call `act` whenever another guess was made."""
        self._field.observe(act, "value")

    def _slid(self, change: Any) -> None:
        if not self._slider.disabled:
            self._field.value = f"{change.new:.4g}"


class Arrow:
    """A stage to draw an arrow on, from its chosen point; the forces are hidden until the guess is locked."""

    def __init__(self, question: Question) -> None:
        hidden = [part for part in PARTS if part != "legend"]
        self.widget = Stage(hide=hidden, lock=("move",), drawing="open", **question.stage)
        self.widget.layout.width = f"{BOARD}px"

    @property
    def value(self) -> Any:
        """The arrow that was drawn, [] before."""
        return self.widget.drawn

    def show(self, guess: Guess | None) -> None:
        """Show a guess."""
        self.widget.drawn = list(guess) if isinstance(guess, tuple) else []

    def lock(self, guess: Guess, truth: Guess) -> None:
        """Let nothing be drawn any more, and show the forces."""
        self.widget.drawing = "done"

    def on_change(self, act: Callable[[Any], None]) -> None:
        """Call `act` whenever another guess was made."""
        self.widget.observe(act, "drawn")


def _marked(question: Question, marks: Sequence[tuple[float, str]]) -> str:
    """Marks at their places along a question's ruler."""
    low, high = question.marks[0][0], question.marks[-1][0]
    named = [
        f'<span style="left: {100 * (at - low) / (high - low):.1f}%">{html.escape(name)} {at:.4g}</span>'
        for at, name in marks
    ]
    return f'<div class="npair-marks">{"".join(named)}</div>'
