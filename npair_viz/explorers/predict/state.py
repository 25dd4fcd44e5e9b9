"""The state of a prediction: the guess, its reason, and whether it is committed."""

import json
from dataclasses import asdict, dataclass
from typing import Any

from npair_viz.exercises.guesses import Guess, checked_guess, checked_reason
from npair_viz.exercises.question import Question
from npair_viz.geometry.kept_states import check_version


@dataclass(frozen=True)
class PredictionState:
    """The state of a prediction on question `number`; `guess` is None and `reason` "" until chosen."""

    number: int
    guess: Guess | None = None
    reason: str = ""
    committed: bool = False
    version: int = 1

    def to_json(self) -> str:
        """The state as JSON text."""
        return json.dumps(asdict(self))


def kept_state(question: Question, kept: dict[str, Any]) -> PredictionState:
    """A saved state, checked; raises ValueError or TypeError that says what is wrong with it."""
    state = PredictionState(**{"number": question.number, **kept})
    check_version(state.version)
    if state.number != question.number:
        raise ValueError(f"the state is of question {state.number}, got question {question.number}: ask that one")
    guess = checked_guess(question, state.guess) if state.committed or state.guess is not None else None
    reason = checked_reason(question, state.reason) if state.committed or state.reason else ""
    return PredictionState(question.number, guess, reason, bool(state.committed))
