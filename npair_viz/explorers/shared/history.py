"""Undo and redo: which states lie behind and ahead, and where the last act began."""

import time
from dataclasses import dataclass, field
from typing import Generic, TypeVar

S = TypeVar("S")
ONE_MOVE = 1.0  # seconds: moves of one control that follow each other faster are one act


@dataclass
class History(Generic[S]):
    """The states on either side of the present; `origin` is where the last act began, None where nothing compares."""

    past: list[S] = field(default_factory=list)
    future: list[S] = field(default_factory=list)
    origin: S | None = None
    touch: str = ""
    touched_at: float = 0.0

    def act(self, before: S, touch: str = "", patience: float = ONE_MOVE, *, compares: bool = True) -> None:
        """An act leads away from a state; it goes on where the same `touch` came within `patience` seconds.

        compares: whether what comes after has something to do with what was before.
        """
        now = time.monotonic()
        goes_on = bool(touch) and touch == self.touch and now - self.touched_at < patience
        if not goes_on:
            self.past.append(before)
            self.origin = before if compares else None
        self.touch, self.touched_at = touch, now
        self.future.clear()

    def back(self, present: S) -> S | None:
        """The state before the last act; None where there is none."""
        return self._travel(self.past, self.future, present)

    def forth(self, present: S) -> S | None:
        """The state that was taken back last; None where there is none."""
        return self._travel(self.future, self.past, present)

    def _travel(self, there: list[S], here: list[S], present: S) -> S | None:
        self.touch = ""  # no move goes on after this
        if not there:
            return None
        here.append(present)
        self.origin = None
        return there.pop()
