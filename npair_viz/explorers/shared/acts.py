"""The acts of a person: each leads to another state, and can be taken back; a state is kept once it has been shown."""

from collections.abc import Callable
from typing import Generic, TypeVar

from npair_viz.explorers.shared.closing import CLOSED
from npair_viz.explorers.shared.history import ONE_MOVE, History

S = TypeVar("S")


class Acts(Generic[S]):
    """What an explorer shows now, before and after. Where showing fails, the state, the history and the controls stay.

    draw: makes the picture of a state. sync: lets the controls show it. pause: ends a run. look: a state as it is seen
    from another one, with what is merely looked at, such as an open panel, as it is there.
    """

    def __init__(
        self,
        start: S,
        draw: Callable[[S], None],
        sync: Callable[[], None],
        pause: Callable[[], None] = lambda: None,
        look: Callable[[S, S], S] = lambda state, seen_from: state,
    ) -> None:
        self._start, self.history = start, History(start)
        self._draw, self._sync, self._pause, self._look = draw, sync, pause, look

    @property
    def state(self) -> S:
        """The state that is shown."""
        return self.history.present

    def act(self, after: S, touch: str = "", patience: float = ONE_MOVE) -> None:
        """Do what leads to another state; it goes on where the same `touch` came within `patience` seconds."""
        is_look = self._look(after, self.state) == self.state
        self._show(self.history.at(after) if is_look else self.history.act(after, touch, patience))

    def show(self, state: S) -> None:
        """Show another moment of the same act."""
        self._show(self.history.at(state))

    def end(self) -> None:
        """Let what comes next be another act, even by the same touch."""
        self.history = self.history.over()

    def undo(self) -> None:
        """Take the last act back; what is merely looked at stays."""
        self._travel(self.history.undo())

    def redo(self) -> None:
        """Do again what was taken back."""
        self._travel(self.history.redo())

    def reset(self) -> None:
        """Go back to the start; an act like any other."""
        self._pause()
        self.act(self._start)

    def close(self) -> None:
        """Show nothing any more."""
        self._draw = CLOSED

    def _travel(self, history: History[S]) -> None:
        self._pause()
        self._show(history.at(self._look(history.present, self.state)))

    def _show(self, history: History[S]) -> None:
        former, self.history = self.history, history
        try:
            self._draw(history.present)
            self._sync()
        except BaseException:  # an interrupt, too
            self.history = former
            self._draw(former.present)  # some of the other may be drawn
            self._sync()
            raise
