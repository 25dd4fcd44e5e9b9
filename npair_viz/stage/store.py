"""The state and history of a stage where Python and pages act on it; whoever acts later on what has passed is late.

Each act of Python, and each page that takes over from another, begins an epoch. A page says on which epoch its acts
stand and what it saw last of another page's acts; what stands on less than Python knows is dropped, and that page takes
the whole history, which is on its way to it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from npair_viz.geometry.acts import Acts, alone
from npair_viz.stage.bases import Bases
from npair_viz.stage.draws import Draws
from npair_viz.stage.state import State, has_other_points, seen_from
from npair_viz.stage.wire import keys_of, put_of, state_after, without_known


class Store:
    """The history of a picture of pairs, and which page's acts it stands on.

    Args:
        state: The first state.
        draws: What states draw their pairs from.
        publish: Called after each act; its argument says whether pages have to be told.

    Attributes:
        acts: State and history.
        epoch: Counts the acts of Python and the pages that took over.
        client: The page whose acts this epoch is about, "" for none.
        seq: The number of its last act.
    """

    def __init__(self, state: State, draws: Draws, publish: Callable[[bool], None]) -> None:
        self.draws, self.bases, self._publish, self._start = draws, Bases(draws), publish, state
        self.acts = Acts(state, self._check, self._begin_epoch, look=seen_from, compares=_are_comparable)
        self.epoch, self.client, self.seq = 0, "", 0
        self._clients: set[str] = set()
        self._sent: set[str] = set()  # the tables of the last news
        self._is_heard = False

    @property
    def state(self) -> State:
        """The state that is shown."""
        return self.acts.state

    def put(self) -> dict[str, Any]:
        """All that a page has to know."""
        head = {"epoch": self.epoch, "client": self.client, "seq": self.seq}
        return {**head, **put_of(self.acts.history, self._start, self.bases)}

    def news(self) -> dict[str, Any]:
        """All that a page has to know, without the tables that the last news had, if a page may have heard it."""
        put, known = self.put(), self._sent
        self._sent = keys_of(put) if self._clients else set()
        return without_known(put, known)

    @alone
    def hear(self, message: Mapping[str, Any], buffers: Sequence[Any]) -> bool:
        """Do what a page did; False for what came too late or can't be done, which changes nothing.

        Args:
            message: {"client", "epoch", "seq", "saw": the last act of another page that it knew, "acts": [...]}; an act
                has a "kind", act, on, end, undo, redo or reset, and where it leads: see `state_after`.
            buffers: Tables of doubles.
        """
        client, epoch = message["client"], message["epoch"]
        self._clients.add(client)
        goes_on = client == self.client  # no other has acted since this page took over
        takes_over = epoch == self.epoch and (self.client == "" or message["saw"] == self.seq)
        if not (goes_on or takes_over):
            if epoch == self.epoch:
                self._publish(True)  # that page has not seen the last act of another one
            return False
        was = self.acts.history
        try:
            self._do_all(message["acts"], buffers)
        except (ValueError, TypeError, KeyError, IndexError):
            self.acts.history = was
            self._begin_epoch()
            return False
        if not goes_on:
            self.epoch, self.client = self.epoch + 1, client
        self.seq = message["seq"]
        has_settled = any(act["kind"] in ("end", "undo", "redo", "reset") for act in message["acts"])
        if has_settled and self._has_to_round():
            self._begin_epoch()
        else:
            self._publish(has_settled and len(self._clients) > 1)
        return True

    @alone
    def welcome(self, client: str, epoch: int | None = None, *, lacks: bool = False) -> bool:
        """Another page has opened: from now on it is told what the others do.

        Args:
            client: The page.
            epoch: Which one it knows.
            lacks: Whether it lacks a table.

        Returns:
            Whether it has missed something, and was sent all of it.
        """
        self._clients.add(client)
        is_behind = lacks or epoch not in (None, self.epoch)
        if is_behind:
            self._sent = set()
        if is_behind or len(self._clients) > 1:
            self._publish(True)
        return is_behind

    def close(self) -> None:
        """Let go of the data."""
        self.acts.close()

    def _do_all(self, acts: Sequence[Mapping[str, Any]], buffers: Sequence[Any]) -> None:
        self._is_heard = True
        try:
            for act in acts:
                self._do(act, buffers)
        finally:
            self._is_heard = False

    def _do(self, act: Mapping[str, Any], buffers: Sequence[Any]) -> None:
        kind = act["kind"]
        if kind in ("undo", "redo", "reset", "end"):
            getattr(self.acts, kind)()
        else:
            after = state_after(self.state, self.bases, act, buffers)
            (self.acts.act if kind == "act" else self.acts.go_on)(after)

    def _has_to_round(self) -> bool:
        """Whether a page has moved points that Python alone can round."""
        past = self.acts.history.past
        return bool(past) and past[-1].points != self.state.points and self.bases.are_rounded(self.state)

    def _check(self, state: State) -> None:
        self.draws.reading(state)

    def _begin_epoch(self) -> None:
        if self._is_heard:
            return
        self.epoch += 1
        self.client, self.seq = "", 0
        self._publish(True)


def _are_comparable(before: State, after: State) -> bool:
    return not has_other_points(before, after)
