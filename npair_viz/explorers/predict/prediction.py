"""A prediction on the page: the question, an input for the guess, a reason, and after the commit the answer."""

import html
from dataclasses import replace
from typing import Any

import ipywidgets as widgets

from npair_viz.exercises.guesses import belief, checked_guess, checked_reason, distance, told_guess
from npair_viz.exercises.question import Question
from npair_viz.exercises.questions import question
from npair_viz.explorers.predict.sheets import Arrow, Choice, Number
from npair_viz.explorers.predict.state import PredictionState, kept_state
from npair_viz.explorers.shared.attributes import Fixed
from npair_viz.explorers.shared.layout import make_words
from npair_viz.explorers.shared.notebook_cells import bundle_of
from npair_viz.explorers.shared.screen import Screen
from npair_viz.explorers.shared.status import to_note
from npair_viz.geometry.acts import Acts

SHEETS: dict[str, Any] = {"choice": Choice, "number": Number, "arrow": Arrow}


class Prediction(Fixed, called="prediction", use="guess(value, reason)"):
    """A question that shows its answer once a guess is committed. Made by `predict`, shown by a notebook.

    Attributes:
        question: The question with its answer.
        controls: The widgets by name.
        widget: All of it, as a notebook shows it.

    >>> from npair_viz import predict
    >>> asked = predict(1)
    >>> asked.answer
    ''
    >>> asked.guess("C", reason="rule")
    >>> asked.state.committed
    True
    """

    question: Question
    controls: dict[str, Any]
    widget: Any

    def __init__(self, question: Question, state: PredictionState) -> None:
        self.question, self._sheet = question, SHEETS[question.kind](question)
        reason = widgets.ToggleButtons(
            options=question.reasons, value=None, style={"button_width": "auto"}, description="Because of a"
        )
        commit = widgets.Button(description="Commit", tooltip="Fix the guess, then see the answer")
        self.controls = {"guess": self._sheet.control, "reason": reason, "commit": commit}
        asked = f'<div class="npair-question"><b>Question {question.number}.</b> {html.escape(question.text)}</div>'
        self._words = words = make_words(question=asked, reveal="")
        parts = [words["style"], words["question"], self._sheet.widget, reason.add_class("npair-reasons")]
        parts += [commit.add_class("npair-commit"), words["status"], words["reveal"]]
        self.widget = widgets.VBox(parts).add_class("npair-viz").add_class("npair-predict")
        self._screen = Screen(self.widget, self.controls, words, self._sync)
        self._acts = Acts(state, self._draw, self._screen.sync)
        self._screen.on_value(self._sheet.control, self._choose, self._sheet.trait)
        self._screen.on_value(reason, self._choose)
        self._screen.on_press(commit, lambda: self.guess(self._chosen, reason.value))
        self._acts.show(state)

    @property
    def state(self) -> PredictionState:
        """The guess, its reason and whether it is committed, frozen; `state.to_json()` saves it as text."""
        return self._acts.state

    @property
    def answer(self) -> str:
        """The guess and the truth in words; "" before the commit."""
        return "\n".join(_told(self.question, self.state))

    def guess(self, value: Any, reason: str) -> None:
        """Commit a guess.

        Args:
            value: A letter, a number, or an arrow (dx, dy), as the question asks.
            reason: One of the question's reasons.

        Raises:
            ValueError: The value or the reason is not valid, or a guess has been committed before.
        """
        self._check_open()
        guess, word = checked_guess(self.question, value), checked_reason(self.question, reason)
        self._acts.show(replace(self.state, guess=guess, reason=word, committed=True))

    def close(self) -> None:
        """Remove the question from the page and free its widgets."""
        self._screen.close()
        self._acts.close()

    def __repr__(self) -> str:
        """The question and its options, without the answer."""
        return repr(self.question)

    def _repr_mimebundle_(self, **_: object) -> Any:
        return bundle_of(self.widget, repr(self))

    @property
    def _chosen(self) -> Any:
        return getattr(self._sheet.control, self._sheet.trait)

    def _choose(self, _: object) -> None:
        """Take over a choice that is not committed yet."""
        self._check_open()
        guess = checked_guess(self.question, self._chosen) if self._chosen else None
        self._acts.show(replace(self.state, guess=guess, reason=self.controls["reason"].value or ""))

    def _check_open(self) -> None:
        if self.state.committed:
            raise ValueError("the guess is committed and stays as it is: predict(...) asks the question afresh")

    def _draw(self, state: PredictionState) -> None:
        self._words["reveal"].value = _revealed(_told(self.question, state))

    def _sync(self) -> None:
        state = self.state
        self._sheet.show(state.guess, self.question.truth if state.committed else None)
        self.controls["reason"].value = state.reason or None
        self.controls["reason"].disabled = self.controls["commit"].disabled = state.committed
        if state.guess is not None and not state.committed:
            self._words["status"].value = to_note(f"Your guess: {told_guess(self.question, state.guess)}.")


def opened_prediction(number: int, kept: dict[str, Any]) -> Prediction:
    """A prediction on a question, from the start or from a saved state."""
    asked = question(number)
    return Prediction(asked, kept_state(asked, kept))


def _told(asked: Question, state: PredictionState) -> list[str]:
    """The answer in lines; none before the commit."""
    if not state.committed or state.guess is None:
        return []
    lines = [
        f"Your guess, by {state.reason}: {told_guess(asked, state.guess)}.",
        f"The truth: {told_guess(asked, asked.truth)}.",
        distance(asked, state.guess),
        asked.why,
        belief(asked, state.guess),
    ]
    return [line for line in lines if line]


def _revealed(lines: list[str]) -> str:
    if not lines:
        return ""
    heads = [line.partition(": ") for line in map(html.escape, lines[:2])]  # the guess and the truth
    both = [f"<p><b>{head}</b>{colon}{rest}</p>" for head, colon, rest in heads]
    told = "".join([*both, *(f"<p>{html.escape(line)}</p>" for line in lines[2:])])
    return f'<div class="npair-reveal" role="status" aria-live="polite">{told}</div>'
