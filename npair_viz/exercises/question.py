"""A question: its text, its options, its answer and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

REASONS = ("rule", "picture", "calculation", "memory", "hunch")


@dataclass(frozen=True)
class Question:
    """A question with its answer.

    Attributes:
        number: Its number.
        lesson: The lesson that it belongs to.
        text: What it asks.
        options: The answers A, B, C and so on; on paper for numbers and arrows, too.
        truth: The right letter, number or arrow (dx, dy).
        why: Why that is right, shown after the guess.
        misconceptions: By letter, the misconception behind a wrong option, shown after the guess.
        kind: How the guess is made.
        reasons: The reasons that can be given for a guess.
        places: For a number or an arrow, the value of each option.
        marks: The numbers that the ruler names; the first and the last are its ends.
        stage: The scene and the settings of the stage that an arrow is drawn on, from its selected point.
    """

    number: int
    lesson: str
    text: str
    options: tuple[str, ...]
    truth: str | float | tuple[float, float]
    why: str
    misconceptions: Mapping[str, str]
    kind: Literal["choice", "number", "arrow"] = "choice"
    reasons: tuple[str, ...] = REASONS
    places: tuple[Any, ...] = ()
    marks: tuple[tuple[float, str], ...] = ()
    stage: Mapping[str, Any] = field(default_factory=dict)

    @property
    def letters(self) -> str:
        """The letters of the options."""
        return "ABCDEFGH"[: len(self.options)]

    def __repr__(self) -> str:
        """The question and its options, without the answer."""
        ways = {
            "choice": [f"{letter}: {option}" for letter, option in zip(self.letters, self.options, strict=True)],
            "number": [f"A number from {self.marks[0][0]:g} to {self.marks[-1][0]:g}."] if self.marks else [],
            "arrow": ["An arrow, drawn on the stage."],
        }
        return "\n".join([f"Question {self.number}. {self.text}", *ways[self.kind]])
