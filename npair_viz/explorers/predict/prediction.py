"""A prediction on the page: the question, a sheet for the guess, a reason, and after the commit the answer."""

import html
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import ipywidgets as widgets

from npair_viz.exercises.guesses import belief, checked_guess, checked_reason, distance, told_guess
from npair_viz.exercises.question import Question
from npair_viz.exercises.questions import question
from npair_viz.explorers.predict.sheets import Arrow, Choice, Number
from npair_viz.explorers.predict.state import PredictionState, kept_state
from npair_viz.explorers.shared.screen import close_all, style_sheet
from npair_viz.explorers.shared.status import to_note, to_warn

SHEETS: dict[str, Any] = {"choice": Choice, "number": Number, "arrow": Arrow}


class Prediction:
    """A question that holds its answer back until a guess is committed. Made by `predict`, shown by a notebook.

    state: the guess, its reason and whether it is committed, frozen; `state.to_json()` keeps it as text.
    question: what it asks. answer: the guess beside the truth, in words; "" before the commit.
    """

    def __init__(self, question: Question, state: PredictionState) -> None:
        self.question, self._state = question, state
        self._sheet = SHEETS[question.kind](question)
        self._reason = widgets.ToggleButtons(
            options=question.reasons, value=None, style={"button_width": "auto"}, description="Because of a"
        ).add_class("npair-reasons")
        self._button = widgets.Button(description="Commit", tooltip="Fix the guess, then see the answer")
        self._button.add_class("npair-commit")
        self._status, self._reveal = widgets.HTML(), widgets.HTML()
        parts = [widgets.HTML(style_sheet()), widgets.HTML(_asked(question)), self._sheet.widget]
        self.widget = widgets.VBox([*parts, self._reason, self._button, self._status, self._reveal])
        self.widget.add_class("npair-viz").add_class("npair-predict")
        self._sheet.show(state.guess)
        self._reason.value = state.reason or None
        self._connect()
        if state.committed:
            self._show_answer()

    @property
    def state(self) -> PredictionState:
        """The moment that is shown, frozen."""
        return self._state

    @property
    def answer(self) -> str:
        """The guess beside the truth, in words; empty before the commit."""
        return "\n".join(self._told()) if self._state.committed else ""

    def guess(self, value: Any, reason: str) -> None:
        """Commit a guess: a letter, a number, or the way of an arrow (dx, dy), with one of the question's reasons.

        Errors: ValueError for what is no guess or no reason, and where a guess is committed already.
        """
        if self._state.committed:
            raise ValueError("the guess is committed and stays as it is: predict(...) asks the question afresh")
        guess, word = checked_guess(self.question, value), checked_reason(self.question, reason)
        self._state = replace(self._state, guess=guess, reason=word, committed=True)
        self._sheet.show(guess)
        self._reason.value = word
        self._show_answer()

    def close(self) -> None:
        """Take the question off the page and free what it holds there."""
        close_all(self.widget)

    def __repr__(self) -> str:
        """The question and what can be chosen; never the answer."""
        return repr(self.question)

    def _repr_mimebundle_(self, **_: object) -> Any:
        bundle = self.widget._repr_mimebundle_()
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        return {**data, "text/plain": repr(self)}

    def _connect(self) -> None:
        self._sheet.on_change(lambda _: self._guard(self._choose))
        self._reason.observe(lambda _: self._guard(self._choose), "value")
        self._button.on_click(lambda _: self._guard(lambda: self.guess(self._sheet.value, self._reason.value)))

    def _choose(self) -> None:
        """Something was chosen, and nothing is committed yet."""
        if self._state.committed:
            return
        self._state = replace(self._state, guess=None, reason=self._reason.value or "")
        if self._sheet.value:
            guess = checked_guess(self.question, self._sheet.value)
            self._state = replace(self._state, guess=guess)
            self._status.value = to_note(f"Your guess: {told_guess(self.question, guess)}.")

    def _guard(self, act: Callable[[], None]) -> None:
        """Do what a control asks; what can't be done is said in words."""
        self._status.value = ""
        try:
            act()
        except ValueError as error:
            said = str(error)
            self._status.value = to_warn(said[0].upper() + said[1:] + ".")

    def _show_answer(self) -> None:
        self._sheet.lock(self._state.guess, self.question.truth)
        self._reason.disabled = self._button.disabled = True
        self._status.value = ""
        self._reveal.value = _revealed(self._told())

    def _told(self) -> list[str]:
        asked, guess = self.question, self._state.guess
        assert guess is not None
        lines = [
            f"Your guess, by {self._state.reason}: {told_guess(asked, guess)}.",
            f"The truth: {told_guess(asked, asked.truth)}.",
            distance(asked, guess),
            asked.why,
            belief(asked, guess),
        ]
        return [line for line in lines if line]


def opened_prediction(number: int, kept: dict[str, Any]) -> Prediction:
    """A prediction on a question, afresh or as it was kept."""
    asked = question(number)
    return Prediction(asked, kept_state(asked, kept))


def _asked(question: Question) -> str:
    return f'<div class="npair-question"><b>Question {question.number}.</b> {html.escape(question.text)}</div>'


def _revealed(lines: list[str]) -> str:
    heads = [line.partition(": ") for line in map(html.escape, lines[:2])]  # the guess and the truth
    both = [f"<p><b>{head}</b>{colon}{rest}</p>" for head, colon, rest in heads]
    told = "".join([*both, *(f"<p>{html.escape(line)}</p>" for line in lines[2:])])
    return f'<div class="npair-reveal" role="status" aria-live="polite">{told}</div>'
