"""An exercise: a task, a check with hints for usual mistakes, and a solution that uses the library."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from textwrap import fill
from typing import Any

import torch

WIDTH = 90  # characters that fit in a line of a notebook on a laptop


@dataclass(frozen=True)
class Slip:
    """A typical wrong answer and the hint for it. `answer`: a value, or a function that recognises it."""

    answer: Any
    hint: str


@dataclass(frozen=True)
class Verdict:
    """The result of a check. A notebook shows its text."""

    passed: bool
    text: str

    def __repr__(self) -> str:
        """The text alone."""
        return in_lines(self.text)


@dataclass(eq=False)
class Exercise:
    """A task with its check. A learner sets `mine` and asks `check(mine)`; `hint()` and `solution()` help.

    Attributes:
        number: Its number.
        lesson: The lesson that it belongs to.
        task: What it asks.
        answer: The right answer, or a function that recognises it.
        code: The solution, which sets `mine`.
        hints: The idea, then where to look.
        slips: Usual wrong answers, each with its own hint.
        read: Turns `mine` into the value that is compared with `answer`.
        tolerance: How far numbers may be off, relative to the largest number of the answer.
        tries: How often it was checked.
        hints_given: How many hints were given.
    """

    number: int
    lesson: str
    task: str
    answer: Any
    code: str
    hints: tuple[str, str]
    slips: tuple[Slip, ...] = ()
    read: Callable[[Any], Any] = lambda mine: mine
    tolerance: float = 6e-3
    tries: int = field(default=0, init=False)
    hints_given: int = field(default=0, init=False)

    def check(self, mine: Any = None) -> Verdict:
        """Whether `mine` is right; for a usual mistake, with its hint."""
        if mine is None:
            return Verdict(False, "Not tried yet: set mine, then run this cell again.")
        self.tries += 1
        try:
            value = self.read(mine)
        except Exception as error:  # a learner's own function may fail in any way
            return Verdict(False, f"Your answer stopped with {type(error).__name__}: {error}")
        if recognised(value, self.answer, self.tolerance):
            return Verdict(True, "Right.")
        for slip in self.slips:
            if recognised(value, slip.answer, self.tolerance):
                return Verdict(False, f"Not yet: {slip.hint}" + ("" if slip.hint[-1] in ".?" else "."))
        return Verdict(False, f"Not yet: got {told(value)}. hint() helps.")

    def hint(self) -> str:
        """The idea; called again, where to look."""
        self.hints_given = min(self.hints_given + 1, len(self.hints))
        return self.hints[self.hints_given - 1]

    def solution(self, *, give_up: bool = False) -> str:
        """The code that solves it, after one try or with `give_up`."""
        if not (self.tries or give_up):
            return "Try it once first: check(mine). Or solution(give_up=True)."
        return self.code

    def __repr__(self) -> str:
        """Its number and its task."""
        return in_lines(f"Exercise {self.number}. {self.task}")


def recognised(value: Any, wanted: Any, tolerance: float) -> bool:
    """Whether a value is the wanted one: the same words in any order, or the same numbers within the tolerance."""
    if callable(wanted):
        return bool(wanted(value))
    if isinstance(wanted, str | set | frozenset):
        return words_of(value) == words_of(wanted)
    ours, theirs = numbers_of(value), numbers_of(wanted)
    if ours is None or theirs is None or ours.shape != theirs.shape:
        return False
    scale = theirs.abs().nan_to_num(posinf=0).amax()
    same = (ours - theirs).abs() <= tolerance * scale
    return bool((same | (ours == theirs)).all())


def numbers_of(value: Any) -> torch.Tensor | None:
    """A value as float64 numbers; None if it is not numeric."""
    try:
        return torch.as_tensor(value, dtype=torch.float64).detach().cpu()
    except (TypeError, ValueError, RuntimeError):
        return None


def listed(value: Any) -> list[float]:
    """Numbers one after the other; none where they are none."""
    numbers = numbers_of(value)
    return [] if numbers is None else numbers.flatten().tolist()


def words_of(value: Any) -> frozenset[str] | None:
    """The words in a value, without order and case: "A", "a ", ["p3", "p8"], "p3, p8"."""
    if isinstance(value, str):
        value = value.replace(",", " ").split()
    if not isinstance(value, Iterable):
        return None
    return frozenset(str(word).strip().casefold() for word in value)


def in_lines(text: str) -> str:
    """A text wrapped to WIDTH; its own line breaks stay."""
    return "\n".join(fill(line, WIDTH, break_on_hyphens=False) for line in text.splitlines())


def told(value: Any) -> str:
    """A value as short text."""
    numbers = numbers_of(value)
    if numbers is None:
        return repr(value)[:60]
    said = ", ".join(f"{number:.3g}" for number in numbers.flatten()[:6].tolist())
    return said + (", ..." if numbers.numel() > 6 else "")
