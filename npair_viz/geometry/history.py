"""Undo and redo as an immutable value: a state, the states before and after it, and where the last act began."""

import time
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

S = TypeVar("S")
ONE_MOVE = 1.0  # seconds: changes of one control in quicker succession are one act


@dataclass(frozen=True)
class History(Generic[S]):
    """The present state, and the states before and after it.

    Attributes:
        present: The state that is shown.
        past: States to undo to, the nearest last.
        future: States to redo, the nearest last.
        origin: The state before the last act, to compare with; None if they have nothing in common.
        touch: The control of the last act, "" for none.
        touched_at: Its time, in seconds.
    """

    present: S
    past: tuple[S, ...] = ()
    future: tuple[S, ...] = ()
    origin: S | None = None
    touch: str = ""
    touched_at: float = 0.0

    def at(self, present: S) -> "History[S]":
        """Another state within the same act."""
        return replace(self, present=present)

    def act(self, after: S, touch: str = "", patience: float = ONE_MOVE, *, compares: bool = True) -> "History[S]":
        """The history after an act; part of the last if that had the same `touch`, less than `patience` seconds ago.

        Args:
            after: The state after it.
            touch: The control it was done with, "" for none.
            patience: In seconds.
            compares: Whether the state after can be compared with the one before.

        Returns:
            The history.
        """
        now = time.monotonic()
        if touch and touch == self.touch and now - self.touched_at < patience:
            return replace(self, present=after, future=(), touched_at=now)
        origin = self.present if compares else None
        return History(after, (*self.past, self.present), (), origin, touch, now)

    def go_on(self, after: S) -> "History[S]":
        """Another state as a part of the last act."""
        return replace(self, present=after, future=())

    def dropped(self) -> "History[S]":
        """The history without its last act, which changed nothing."""
        return replace(self, past=self.past[:-1], origin=None, touch="")

    def beside_nothing(self) -> "History[S]":
        """The same moment, compared with none before it."""
        return replace(self, origin=None, touch="")

    def over(self) -> "History[S]":
        """End the last act: what follows is another one, even with the same touch."""
        return replace(self, touch="")

    def undo(self) -> "History[S]":
        """The history at the state before the last act, if there is one."""
        if not self.past:
            return self.over()
        return History(self.past[-1], self.past[:-1], (*self.future, self.present))

    def redo(self) -> "History[S]":
        """The history at the state that was undone last, if there is one."""
        if not self.future:
            return self.over()
        return History(self.future[-1], (*self.past, self.present), self.future[:-1])
