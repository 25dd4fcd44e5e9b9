"""Questions and exercises as forms of a page; what a form is checked against is sealed, not to be read by the way."""

import json
import math
import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import fields
from html import escape
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
FIELD = (
    '<label>Your answer <input name="answer" autocomplete="off" aria-label="answer to exercise {}"></label> '
    '<button>Check</button><p role="status"></p>'
)


def exercise_form(exercise: Exercise, notebook: str) -> str:
    """An exercise: a field with its check where the answer is numbers or words, else where it is done."""
    data, place = "", f"<p>Write it in the notebook <code>{escape(notebook)}</code>, which checks it.</p>"
    mission = next((name for name, one in MISSIONS.items() if exercise.task.startswith(one.title)), None)
    if is_typed(exercise):
        data, place = f' data-exercise="{sealed(checks(exercise))}"', FIELD.format(exercise.number)
    elif mission is not None:
        place = f'<p>The stage says when it is done: <a href="{word_of(mission)}.html">{escape(mission)}</a>.</p>'
    task = escape(exercise.task).replace("\n", "<br>")
    first, second = map(escape, exercise.hints)
    hints = (
        f"<details><summary>Hint</summary><p>{first}</p>"
        f"<details><summary>Another hint</summary><p><code>{second}</code></p></details></details>"
    )
    return f'<form class="task"{data}><p><b>Exercise {exercise.number}.</b> {task}</p>{place}{hints}</form>'


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


def question_form(question: Question) -> str:
    """A question: the ways to guess, the reasons, a button to commit, and room for what is revealed then."""
    ways = {"choice": _options, "number": _ruler, "arrow": _board}[question.kind](question)
    reasons = "".join(
        f'<label><input type="radio" name="reason" value="{escape(word)}"> {escape(word)}</label>'
        for word in question.reasons
    )
    return (
        f'<form class="ask" data-question="{sealed(answers(question))}" novalidate>'
        f"<p><b>Question {question.number}.</b> {escape(question.text)}</p>"
        f'<fieldset class="guess"><legend>Your guess</legend>{ways}</fieldset>'
        f'<fieldset class="reason"><legend>Because of a</legend>{reasons}</fieldset>'
        '<button>Commit</button><p role="alert"></p><div class="reveal" role="status" aria-live="polite"></div></form>'
    )


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


def _options(question: Question) -> str:
    return "".join(
        f'<label><input type="radio" name="guess" value="{letter}"> {letter}: {escape(option)}</label>'
        for letter, option in zip(question.letters, question.options, strict=True)
    )


def _ruler(question: Question) -> str:
    low, high = _ends(question)
    marks = "".join(
        f'<span style="left: {100 * (at - low) / (high - low):.1f}%">{at:g} {escape(name)}</span>'
        for at, name in question.marks
    )
    ends = f'min="{low:g}" max="{high:g}"'
    return (
        f'<input type="range" name="ruler" {ends} step="{(high - low) / 200:g}" aria-label="your guess on the ruler">'
        f'<div class="marks">{marks}</div>'
        '<label>or type it <input name="number" inputmode="decimal" autocomplete="off" size="8"></label>'
    )


def _board(question: Question) -> str:
    """The board of a stage, to draw an arrow on."""
    given = {"state": state_of(**question.stage), "hide": [*UNNEEDED]}
    return f'<div class="drawing-board" data-drawing="{escape(json.dumps(given))}"></div>'
