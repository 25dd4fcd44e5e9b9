"""Undo and redo: which states lie behind and ahead, and where the last act began."""

import time
from dataclasses import dataclass, field

from npair_viz.explorers.state import State, has_other_points

ONE_MOVE = 1.0  # seconds: moves of one control that follow each other faster are one act


@dataclass
class History:
    """The states on either side of the present; `origin` is where the last act began, None where nothing compares."""

    past: list[State] = field(default_factory=list)
    future: list[State] = field(default_factory=list)
    origin: State | None = None
    touch: str = ""
    touched_at: float = 0.0

    def act(self, before: State, after: State, touch: str = "", patience: float = ONE_MOVE) -> None:
        """An act leads from one state to another; it goes on where the same `touch` came within `patience` seconds."""
        now = time.monotonic()
        goes_on = bool(touch) and touch == self.touch and now - self.touched_at < patience
        if not goes_on:
            self.past.append(before)
            self.origin = None if has_other_points(before, after) else before
        self.touch, self.touched_at = touch, now
        self.future.clear()

    def back(self, present: State) -> State | None:
        """The state before the last act; None where there is none."""
        return self._travel(self.past, self.future, present)

    def forth(self, present: State) -> State | None:
        """The state that was taken back last; None where there is none."""
        return self._travel(self.future, self.past, present)

    def _travel(self, there: list[State], here: list[State], present: State) -> State | None:
        self.touch = ""  # no move goes on after this
        if not there:
            return None
        here.append(present)
        self.origin = None
        return there.pop()
