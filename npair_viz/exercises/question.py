"""One question: what it asks, what can be chosen, what is true and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

REASONS = ("rule", "picture", "calculation", "memory", "hunch")


@dataclass(frozen=True)
class Question:
    """A question with its answer. `text` stands alone; `why` and one of `misconceptions` are for afterwards.

    options: what can be chosen, called A, B, C and so on, also on paper where the guess is no choice. truth: such a
    letter, or a number, or the way of an arrow (dx, dy). misconceptions: by letter, what a wrong option believes.
    places: of a number or an arrow, where each option lies. marks: the numbers that a ruler names, its ends outermost.
    stage: the scene and the settings of the stage that an arrow is drawn on, from its chosen point.
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
        """The question and what can be chosen, without the answer."""
        ways = {
            "choice": [f"{letter}: {option}" for letter, option in zip(self.letters, self.options, strict=True)],
            "number": [f"A number from {self.marks[0][0]:g} to {self.marks[-1][0]:g}."] if self.marks else [],
            "arrow": ["An arrow, drawn on the stage."],
        }
        return "\n".join([f"Question {self.number}. {self.text}", *ways[self.kind]])
