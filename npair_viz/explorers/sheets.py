"""What a guess is made on: buttons, or a ruler with a field to type in. They know nothing of the answer."""

import html
from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from npair_viz.exercises.guesses import Guess
from npair_viz.exercises.questions import Question

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

    def lock(self) -> None:
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
            value=(low + high) / 2,
            min=low,
            max=high,
            step=(high - low) / TICKS,
            readout=False,
            layout=widgets.Layout(width="520px"),
            tooltip=f"Your guess, from {low:g} to {high:g}",
        )
        self._field = widgets.Text(
            placeholder="your guess", continuous_update=False, layout=widgets.Layout(width="120px")
        )
        ends = widgets.HTML(_ends(question))
        self.widget = widgets.HBox([widgets.VBox([self._slider, ends]), self._field])
        self._slider.observe(self._slid, "value")

    @property
    def value(self) -> str:
        """What was typed or slid to, "" before."""
        return str(self._field.value)

    def show(self, guess: Guess | None) -> None:
        """Show a guess."""
        self._field.value = "" if guess is None else f"{guess:.3g}"

    def lock(self) -> None:
        """Let nothing be typed any more."""
        self._slider.disabled = self._field.disabled = True

    def on_change(self, act: Callable[[Any], None]) -> None:
        """Call `act` whenever another guess was made."""
        self._field.observe(act, "value")

    def _slid(self, change: Any) -> None:
        self._field.value = f"{change.new:.3g}"


class Arrow:
    """An arrow; so far by code alone."""

    def __init__(self, question: Question) -> None:
        self.widget = widgets.Box()
        self.value: Any = None

    def show(self, guess: Guess | None) -> None:
        """Show a guess."""
        self.value = guess

    def lock(self) -> None:
        """Nothing can be drawn yet."""

    def on_change(self, act: Callable[[Any], None]) -> None:
        """Nothing changes yet."""


def _ends(question: Question) -> str:
    """The marks of a ruler, each under its place."""
    low, high = question.marks[0][0], question.marks[-1][0]
    named = [
        f'<span style="left: {100 * (at - low) / (high - low):.1f}%">{at:g} {html.escape(name)}</span>'
        for at, name in question.marks
    ]
    return f'<div class="npair-marks">{"".join(named)}</div>'
