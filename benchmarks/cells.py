"""One measured cell, or why it was not run; and what a cell will take, foretold from smaller ones."""

import math
from dataclasses import dataclass

from benchmarks.contenders import Law

REPETITIONS = ((0.1, 11), (1.0, 5), (5.0, 3))  # so many while one repetition takes less than these seconds, else one
Measured = dict[tuple[int, int], tuple[float, float]]  # size -> seconds and MiB


@dataclass(frozen=True)
class Cell:
    """One contender at one size. Either `not_run` says why there is no number, or all the numbers are there.

    `ms` is the median of the repetitions and `quartiles` are the lower and the upper one. A repetition is the mean over
    `calls` calls in a row. `extra_mib` is None where this machine can't tell.
    """

    table: str
    contender: str
    mode: str
    size: dict[str, int]
    ms: float | None = None
    quartiles: tuple[float, float] | None = None
    repetitions: int = 0
    calls: int = 0
    extra_mib: float | None = None
    note: str = ""
    not_run: str | None = None


@dataclass(frozen=True)
class Limits:
    """What one cell may take, and when the table's time is over, by time.monotonic."""

    seconds: float
    gib: float
    end: float = math.inf


def foretell(measured: Measured, size: tuple[int, int], time: Law, memory: Law) -> tuple[float, float]:
    """Seconds and GiB that `size` will take: those of the nearest measured size, times what the laws say.

    >>> seconds, gib = foretell({(10, 4): (2.0, 512.0)}, (20, 4), lambda n, d: n * n * d, lambda n, d: n * d)
    >>> seconds, gib
    (8.0, 1.0)
    """
    if not measured:
        return 0.0, 0.0
    near = min(measured, key=lambda one: sum(abs(math.log(x / y)) for x, y in zip(one, size, strict=True)))
    seconds, mib = measured[near]
    return seconds * time(*size) / time(*near), mib * memory(*size) / memory(*near) / 1024


def refusal(seconds: float, gib: float, limits: Limits, now: float) -> str | None:
    """Why a cell that is foretold to take so much is not run, or None.

    >>> refusal(95.2, 17.3, Limits(60, 8), now=0)
    'not run: predicted 95 s and 17 GiB'
    """
    too_much = [f"{_short(seconds)} s"] if seconds > limits.seconds else []
    too_much += [f"{_short(gib)} GiB"] if gib > limits.gib else []
    if too_much:
        return f"not run: predicted {' and '.join(too_much)}"
    if now >= limits.end:
        return "not run: the table's time was over"
    if now + seconds > limits.end:
        return f"not run: predicted {_short(seconds)} s, more than was left of the table's time"
    return None


def repetitions(seconds: float) -> int:
    """How often a cell is measured whose repetition takes so long."""
    return next((number for most, number in REPETITIONS if seconds < most), 1)


def _short(number: float) -> str:
    return f"{number:,.0f}" if number >= 10 else f"{number:.1f}"
