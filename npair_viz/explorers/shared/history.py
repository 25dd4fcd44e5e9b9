"""Undo and redo as a plain value: a state, those on either side of it, and where the last act began."""

import time
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

S = TypeVar("S")
ONE_MOVE = 1.0  # seconds: moves of one control that follow each other faster are one act


@dataclass(frozen=True)
class History(Generic[S]):
    """The present state, and those before and after it, the nearest last; `origin` is where the last act began.

    origin is None where nothing compares. touch: what the last act was done with, touched_at: when.
    """

    present: S
    past: tuple[S, ...] = ()
    future: tuple[S, ...] = ()
    origin: S | None = None
    touch: str = ""
    touched_at: float = 0.0

    def at(self, present: S) -> "History[S]":
        """Another moment of the same act."""
        return replace(self, present=present)

    def act(self, after: S, touch: str = "", patience: float = ONE_MOVE, *, compares: bool = True) -> "History[S]":
        """An act leads to another state; it goes on where the same `touch` came within `patience` seconds.

        compares: whether what comes after has something to do with what was before.
        """
        now = time.monotonic()
        if touch and touch == self.touch and now - self.touched_at < patience:
            return replace(self, present=after, future=(), touched_at=now)
        origin = self.present if compares else None
        return History(after, (*self.past, self.present), (), origin, touch, now)

    def over(self) -> "History[S]":
        """The last act is over: what comes next is another one, even by the same touch."""
        return replace(self, touch="")

    def undo(self) -> "History[S]":
        """The state before the last act is the present, if there is one."""
        if not self.past:
            return self.over()
        return History(self.past[-1], self.past[:-1], (*self.future, self.present))

    def redo(self) -> "History[S]":
        """The state that was taken back last is the present, if there is one."""
        if not self.future:
            return self.over()
        return History(self.future[-1], (*self.past, self.present), self.future[:-1])
