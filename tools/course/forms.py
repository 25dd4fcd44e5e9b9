"""What a page's form needs of a question or an exercise; answers are sealed, not to be read by the way."""

import json
import math
import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import fields
from itertools import combinations
from typing import Any

import torch

from npair_viz.exercises.exercise import Exercise, numbers_of, words_of
from npair_viz.exercises.guesses import NEAR_NUMBER, NEAR_WAY, told_guess
from npair_viz.exercises.question import Question
from npair_viz.geometry.missions import MISSIONS
from npair_viz.stage.links import word_of
from npair_viz.stage.parts import PARTS
from npair_viz.stage.scene_states import state_of

MOST_NUMBERS = 6  # of an answer that is typed into a field
AS_IT_CAME = next(field.default for field in fields(Exercise) if field.name == "read")
UNNEEDED = tuple(part for part in PARTS if part != "legend")  # beside the board an arrow is drawn on
POINT = re.compile(r"\b[ap]\d\b")


def exercise_form(exercise: Exercise) -> dict[str, Any]:
    """An exercise: sealed checks where its answer is typed, the mission that it is, or neither where it is code."""
    mission = next((name for name, one in MISSIONS.items() if exercise.task.startswith(one.title)), None)
    return {
        "number": exercise.number,
        "task": exercise.task,
        "hints": exercise.hints,
        "checks": sealed(checks(exercise)) if is_typed(exercise) else "",
        "mission": {"name": mission, "page": word_of(mission)} if mission else None,
    }


def is_typed(exercise: Exercise) -> bool:
    """Whether an answer can be typed into a field: a few numbers, or words."""
    if callable(exercise.answer) or exercise.read is not AS_IT_CAME:
        return False
    if isinstance(exercise.answer, str | set | frozenset):
        return True
    numbers = numbers_of(exercise.answer)
    return numbers is not None and numbers.dim() <= 1 and numbers.numel() <= MOST_NUMBERS


def checks(exercise: Exercise) -> dict[str, Any]:
    """What a page checks a typed answer against: the answer, the slips with their hints, and the tolerance.

    A slip that a function recognises is asked for each answer that the task suggests; where it suggests none, as for
    numbers, it stays in the notebook.
    """
    slips = [{"answer": _told(slip.answer), "hint": slip.hint} for slip in exercise.slips if not callable(slip.answer)]
    if any(callable(slip.answer) for slip in exercise.slips) and isinstance(exercise.answer, set | frozenset):
        slips += list(_asked(exercise))
    return {"answer": _told(exercise.answer), "slips": slips, "tolerance": exercise.tolerance}


def question_form(question: Question) -> dict[str, Any]:
    """A question: the way to guess, by its kind, the reasons, and sealed what is revealed after the commit."""
    low, high = _ends(question)
    marks = [{"at": at, "left": 100 * (at - low) / (high - low), "name": name} for at, name in question.marks]
    drawing = {"state": state_of(**question.stage), "hide": UNNEEDED} if question.kind == "arrow" else None
    return {
        "number": question.number,
        "text": question.text,
        "options": list(zip(question.letters, question.options, strict=True)) if question.kind == "choice" else [],
        "ruler": {"low": low, "high": high, "marks": marks} if question.kind == "number" else None,
        "drawing": json.dumps(drawing) if drawing else "",
        "reasons": question.reasons,
        "answers": sealed(answers(question)),
    }


def answers(question: Question) -> dict[str, Any]:
    """What a page reveals of a question once a guess is committed."""
    low, high = _ends(question)
    told = {letter: told_guess(question, letter) for letter in question.letters}
    return {
        "kind": question.kind,
        "truth": question.truth,
        "toldTruth": told_guess(question, question.truth),
        "told": told,
        "why": question.why,
        "misconceptions": dict(question.misconceptions),
        "places": question.places,
        "near": NEAR_WAY if question.kind == "arrow" else NEAR_NUMBER * (high - low),
        "low": low,
        "high": high,
    }


def sealed(content: Any) -> str:
    """JSON in base64, which an eye does not read by the way; exercise_check.js opens it."""
    return b64encode(json.dumps(content, sort_keys=True).encode()).decode()


def _told(answer: Any) -> dict[str, list[str]]:
    if isinstance(answer, str | set | frozenset):
        return {"words": sorted(words_of(answer) or ())}
    numbers = torch.as_tensor(answer, dtype=torch.float64).flatten().tolist()
    return {"numbers": ["Infinity" if math.isinf(number) else repr(number) for number in numbers]}


def _asked(exercise: Exercise) -> Iterator[dict[str, Any]]:
    points = sorted(set(POINT.findall(exercise.task)))
    for size in range(1, len(points) + 1):
        for chosen in combinations(points, size):
            verdict = exercise.check(list(chosen)).text
            if verdict.startswith("Not yet: ") and not verdict.endswith("hint() helps."):
                yield {"answer": _told(set(chosen)), "hint": verdict.removeprefix("Not yet: ")}


def _ends(question: Question) -> tuple[float, float]:
    return (question.marks[0][0], question.marks[-1][0]) if question.marks else (0.0, 0.0)
