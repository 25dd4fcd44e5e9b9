"""Guesses: their checks, and how they compare with the truth."""

import math
from collections.abc import Sequence
from typing import Any

from npair_viz.exercises.question import Question
from npair_viz.geometry.narration import fixed
from npair_viz.validation import check_choice

Guess = str | float | tuple[float, float]
NEAR_NUMBER = 0.02  # of the ruler's length: a guess closer than this to an answer counts as that answer
NEAR_WAY = 8.0  # degrees, for arrows
SHORTEST = 1e-9  # a shorter arrow has no direction


def checked_guess(question: Question, value: Any) -> Guess:
    """A guess as a letter, a number or an arrow; raises ValueError that says what can be guessed.

    >>> from npair_viz.exercises.questions import question
    >>> checked_guess(question(1), " c")
    'C'
    """
    if question.kind == "number":
        return _number(question, value)
    if question.kind == "arrow":
        return _way(value)
    letter = value.strip().upper() if isinstance(value, str) else ""
    if len(letter) != 1 or letter not in question.letters:
        raise ValueError(f"the guess is one of {', '.join(question.letters)}, got {_quoted(value)}")
    return letter


def checked_reason(question: Question, reason: Any) -> str:
    """The reason for a guess; raises ValueError that lists the possible ones."""
    if not reason:
        raise ValueError(f"a guess needs a reason, one of {', '.join(question.reasons)}")
    check_choice("reason", reason, question.reasons)
    return str(reason)


def is_right(question: Question, guess: Guess) -> bool:
    """Whether a guess is the truth, or close enough to it."""
    return _is_near(question, guess, question.truth)


def told_guess(question: Question, guess: Guess) -> str:
    """A guess, or the truth, as words.

    >>> from npair_viz.exercises.questions import question
    >>> told_guess(question(1), "B")
    'B: 0.25'
    """
    if isinstance(guess, str):
        return f"{guess}: {question.options[question.letters.index(guess)]}"
    if isinstance(guess, float):
        return fixed(guess, 3)
    towards = math.degrees(math.atan2(guess[1], guess[0])) % 360
    return f"({fixed(guess[0], 3)}, {fixed(guess[1], 3)}), towards {towards:.0f} degrees"


def distance(question: Question, guess: Guess) -> str:
    """How far a guess is from the truth, in words.

    >>> from npair_viz.exercises.questions import question
    >>> distance(question(7), 0.25)
    'Too low by 0.377.'
    """
    truth = question.truth
    if isinstance(guess, tuple) and isinstance(truth, tuple):
        off = angle_between(guess, truth)
        return f"{'Right' if off <= NEAR_WAY else 'Not that way'}: {off:.0f} degrees between the two."
    if isinstance(guess, float) and isinstance(truth, float):
        gap = guess - truth
        if is_right(question, guess):
            return f"Right: {fixed(abs(gap), 3)} between the two."
        return f"Too {'high' if gap > 0 else 'low'} by {fixed(abs(gap), 3)}."
    return "Right." if guess == truth else "Not that one."


def belief(question: Question, guess: Guess) -> str:
    """The misconception behind a usual wrong guess; "" for a right or an unusual one."""
    if is_right(question, guess):
        return ""
    if isinstance(guess, str):
        return question.misconceptions.get(guess, "")
    usual = zip(question.letters, question.places, strict=True)
    near = [letter for letter, place in usual if _is_near(question, guess, place)]
    return question.misconceptions.get(near[0], "") if near else ""


def angle_between(one: Sequence[float], other: Sequence[float]) -> float:
    """The angle between two vectors of the plane, 0 to 180 degrees."""
    cross = one[0] * other[1] - one[1] * other[0]
    return abs(math.degrees(math.atan2(cross, one[0] * other[0] + one[1] * other[1])))


def _is_near(question: Question, guess: Guess, place: Guess) -> bool:
    if isinstance(guess, float) and isinstance(place, float):
        return abs(guess - place) <= NEAR_NUMBER * (question.marks[-1][0] - question.marks[0][0])
    if isinstance(guess, tuple) and isinstance(place, tuple):
        return angle_between(guess, place) <= NEAR_WAY
    return guess == place


def _number(question: Question, value: Any) -> float:
    low, high = question.marks[0][0], question.marks[-1][0]
    try:
        number = float(value.strip().replace(",", ".") if isinstance(value, str) else value)
    except (TypeError, ValueError):
        number = math.nan
    if isinstance(value, bool) or not low <= number <= high:
        raise ValueError(f"the guess is a number from {low:g} to {high:g}, got {_quoted(value)}")
    return number


def _way(value: Any) -> tuple[float, float]:
    try:
        dx, dy = (float(part) for part in value)
    except (TypeError, ValueError):
        raise ValueError(f"the guess is an arrow (dx, dy), got {_quoted(value)}") from None
    if not SHORTEST < math.hypot(dx, dy) < math.inf:
        raise ValueError(f"the guess is an arrow with a length, got {_quoted(value)}")
    return dx, dy


def _quoted(value: Any) -> str:
    return "none yet" if value in (None, "", [], ()) else f"{value!r:.40}"
