"""What a user does: each act leads to another state and can be undone; a state that can't be shown is not kept."""

from collections.abc import Callable
from functools import wraps
from threading import RLock
from typing import Any, Generic, NoReturn, TypeVar

from npair_viz.geometry.history import ONE_MOVE, History

S = TypeVar("S")
R = TypeVar("R")

_ACTING = RLock()  # of all explorers: what one does may change another one


def alone(act: Callable[..., R]) -> Callable[..., R]:
    """The same function, which waits until nobody else acts.

    JupyterLab lets a kernel hear its pages in a thread of their own, beside the cell that runs.
    """

    @wraps(act)
    def waits(*args: Any, **named: Any) -> R:
        with _ACTING:
            return act(*args, **named)

    return waits


class Closed:
    """Takes the place of freed data: every access raises an error that says so."""

    def __getattr__(self, name: str) -> NoReturn:
        raise ValueError("a closed explorer shows nothing and has let go of its data: open another one")

    __call__ = __getattr__


CLOSED: Any = Closed()


class Acts(Generic[S]):
    """The state of an explorer and its history. If a state can't be shown, state, history and controls stay as before.

    Args:
        start: The first state.
        draw: Makes the picture of a state.
        sync: Sets the controls to the state.
        pause: Stops a run.
        look: Gives its first state the view settings, such as the open panel, of its second: these are not undone.
        compares: Whether two states can be compared.
    """

    def __init__(
        self,
        start: S,
        draw: Callable[[S], None],
        sync: Callable[[], None],
        pause: Callable[[], None] = lambda: None,
        look: Callable[[S, S], S] = lambda state, seen_from: state,
        compares: Callable[[S, S], bool] = lambda before, after: True,
    ) -> None:
        self._start, self.history = start, History(start)
        self._draw, self._sync, self._pause, self._look, self._compares = draw, sync, pause, look, compares

    @property
    @alone
    def state(self) -> S:
        """The state that is shown, once an act under way has ended."""
        return self.history.present

    @alone
    def act(self, after: S, touch: str = "", patience: float = ONE_MOVE) -> None:
        """Go to another state; part of the last act if that had the same `touch`, less than `patience` seconds ago."""
        is_look = self._look(after, self.state) == self.state
        compares = self._compares(self.state, after)
        self._show(self.history.at(after) if is_look else self.history.act(after, touch, patience, compares=compares))

    @alone
    def show(self, state: S) -> None:
        """Show another state within the same act."""
        self._show(self.history.at(state))

    @alone
    def go_on(self, after: S) -> None:
        """Go to another state as a part of the last act."""
        is_look = self._look(after, self.state) == self.state
        self._show(self.history.at(after) if is_look else self.history.go_on(after))

    @alone
    def end(self) -> None:
        """End the act: what follows is another one, even with the same touch; an act that changed nothing is none."""
        past = self.history.past
        is_none = bool(past) and self._look(past[-1], self.state) == self.state
        self.history = self.history.dropped() if is_none else self.history.over()

    @alone
    def undo(self) -> None:
        """Take the last act back; view settings stay."""
        self._travel(self.history.undo())

    @alone
    def redo(self) -> None:
        """Do again the act that was taken back."""
        self._travel(self.history.redo())

    @alone
    def reset(self) -> None:
        """Go back to the start; `undo` takes it back."""
        self._pause()
        self.act(self._look(self._start, self.state))
        self._show(self.history.beside_nothing())

    def close(self) -> None:
        """Free the callback that draws."""
        self._draw = CLOSED

    def _travel(self, history: History[S]) -> None:
        self._pause()
        self._show(history.at(self._look(history.present, self.state)))

    def _show(self, history: History[S]) -> None:
        former, self.history = self.history, history
        try:
            self._draw(history.present)
            self._sync()
        except BaseException:  # interrupts included
            self.history = former
            self._draw(former.present)  # the new picture may be half drawn
            self._sync()
            raise
