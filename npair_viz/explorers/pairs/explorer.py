"""The explorer: state to reading to picture, and the widgets around it. The only place that holds state."""

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from npair_viz.data.scenes import Scene
from npair_viz.explorers.pairs.acts import cause, moved, played
from npair_viz.explorers.pairs.board import update_board
from npair_viz.explorers.pairs.controls import LABELS, make_controls
from npair_viz.explorers.pairs.globe import NAMED
from npair_viz.explorers.pairs.layout import GROUPS, arrange, settings_drawer
from npair_viz.explorers.pairs.marks import ROLES
from npair_viz.explorers.pairs.pictures import first_figure, picture_of
from npair_viz.explorers.pairs.present_mode import enlarge, to_show, told_act
from npair_viz.explorers.pairs.stage_board import Framing, done_on_stage, fits_the_stage, make_stage, show_on_stage
from npair_viz.explorers.pairs.state import State, changed, has_other_points, reading_of
from npair_viz.explorers.pairs.typed import asked, taken, typed_place
from npair_viz.explorers.pairs.words import make_words, show_words, sync_controls
from npair_viz.explorers.shared.fields import show_history
from npair_viz.explorers.shared.history import History
from npair_viz.explorers.shared.layout import parts
from npair_viz.explorers.shared.notebook_cells import bundle_of
from npair_viz.explorers.shared.present_switch import connect_switch
from npair_viz.explorers.shared.runs import Runner, run
from npair_viz.explorers.shared.screen import Screen
from npair_viz.explorers.shared.status import to_note, to_speak
from npair_viz.figures.traces import traces
from npair_viz.geometry.narration import narrate
from npair_viz.geometry.reading import Reading

NAMESAKES = ("scene", "selected", "objective", "policy", "n_classes", "seed", "dtype", "view", "same", "tao", "l2_reg")


class Explorer:
    """A living picture of the loss. Made by `explore`, shown by a notebook, driven by hand or by `set`, `move`, `play`.

    state: the moment it shows, frozen; reading: every number at it; sentence: the words under the picture;
    stage: the points to drag, of two or three dimensions; figure: the plotly figure with its named traces, the panels
    and, of other points, the picture; controls: the widgets by name.

    >>> explorer = Explorer(State(scene="line-up"))
    >>> explorer.set(tao=0.05)
    >>> explorer.sentence[:42]
    'tao 0.50 -> 0.05: loss 0.484 -> 1.119. Mos'
    """

    def __init__(
        self,
        state: State,
        data: Scene | None = None,
        *,
        hide: Collection[str] = (),
        lock: Collection[str] = (),
        task: str = "",
        l2_reg_is_live: bool = False,
        is_present: bool = False,
    ) -> None:
        state = changed(state, data)
        self._data, self._start = data, state
        self._l2_reg_is_live = l2_reg_is_live
        self._history = History(state)
        self._over = 0  # the hand's acts on the stage up to this one are over: what still comes of them is late
        self.controls = make_controls()
        self.figure = first_figure(state, data, is_present)
        self._words = make_words(task, settings_drawer(self.controls))
        names = [*self.controls, *self._words]
        locked, hidden = parts(lock, names, GROUPS), parts(hide, names, GROUPS)
        self.framing = Framing(frozenset(hidden), frozenset(locked), task, l2_reg_is_live)
        self.stage = make_stage(locked)
        self.widget = arrange(self.figure, self.stage, self.controls, self._words, hidden)
        self._screen = Screen(self.widget, self.controls, self._words, self._sync, locked)
        self._runner = Runner(self._running, self._screen.tell)
        self._connect()
        self._show(self._history)
        self.controls["present"].value = is_present

    @property
    def state(self) -> State:
        """The moment that is shown, frozen; `state.to_json()` keeps it as text.

        To come back: kept = json.loads(text), explore(**kept); with your own data explore(embeddings, labels, **kept).
        """
        return self._history.present

    @property
    def reading(self) -> Reading:
        """Every number on screen."""
        return self._reading

    @property
    def sentence(self) -> str:
        """The words under the picture."""
        return self._sentence

    def set(self, **changes: Any) -> None:
        """Change settings of the state, such as tao=0.1, scene="tidy", normalize=False; one act, which undo takes back.

        The settings are those of `explore`.
        Errors: ValueError or TypeError that names the setting.
        """
        self._act(changed(self.state, self._data, **changes))

    def move(self, point: str, to: float | Sequence[float]) -> None:
        """Put a point elsewhere: move("p3", 120) in degrees, move("p3", (0.3, 0.8)) in coordinates.

        Errors: ValueError that says which points there are, or what a place must be.
        """
        self._act(moved(self.state, self._data, point, to))

    def play(self, steps: int = 60) -> None:
        """Let all points take so many steps of gradient descent, lr = 0.1·n·tao.

        Where lengths are free and l2_reg is strong, lr is less: 0.1·n·tao / max(1, 2·l2_reg·tao / 5).
        Errors: ValueError or TypeError for steps that are no count; ValueError where points run away.
        """
        self._act(played(self.state, self._data, steps))

    def undo(self) -> None:
        """Take the last act back."""
        self._travel(self._history.undo())

    def redo(self) -> None:
        """Do again what was taken back."""
        self._travel(self._history.redo())

    def reset(self) -> None:
        """Go back to the start; an act like any other."""
        self._runner.pause()
        self._act(self._start)
        self._show(replace(self._history, origin=None))

    def close(self) -> None:
        """Take the explorer off the page and free what it holds there."""
        self._runner.close()
        self._screen.close()

    def __repr__(self) -> str:
        """The sentence, for a viewer that has no widgets."""
        return f"Explorer of {self.state.scene!r}. {self._sentence}"

    def _repr_mimebundle_(self, **_: object) -> Any:
        return bundle_of(self.widget, repr(self), self.figure)

    # State

    def _act(self, after: State, touch: str = "", **patience: float) -> None:
        """Remember where the act began, and show where it led; quick moves of one control are one act."""
        history = self._history.at(after)
        if replace(after, drawer=self.state.drawer, view=self.state.view) != self.state:  # else a look, not an act
            compares = not has_other_points(self.state, after)
            history = self._history.act(after, touch, **patience, compares=compares)
            self._over = self.stage.act
        self._show(history)

    def _travel(self, history: History[State]) -> None:
        """Go to a state on one side; what is looked at stays."""
        self._runner.pause()
        self._over = self.stage.act
        self._show(history.at(replace(history.present, drawer=self.state.drawer, view=self.state.view)))

    def _show(self, history: History[State]) -> None:
        state, origin = history.present, history.origin
        reading = reading_of(state, self._data)
        before = None if origin is None else reading_of(origin, self._data)
        act = None if origin is None else cause(origin, state)
        picture = picture_of(state, reading, before, is_staged=fits_the_stage(state, reading))
        sentence = narrate(reading, before, act)
        self._history, self._reading, self._sentence = history, reading, sentence  # once nothing can fail any more
        with self.figure.batch_update():
            update_board(self.figure, picture)
        self._words["sentence"].value = to_speak(self._sentence)
        self._words["act"].value = to_show(told_act(origin, state, self._data), sentence)
        self._screen.sync()

    # Widgets

    def _connect(self) -> None:
        touch, screen = self.controls, self._screen
        for name in (*NAMESAKES, "typed tao", "typed l2_reg", "normalize", "place"):
            screen.on_value(touch[name], partial(self._set, name))
        for name in LABELS:
            screen.on_value(touch[name], partial(self._open, name))
        screen.on_value(touch["point"], lambda _: screen.sync())
        screen.on_value(self.stage, self._by_hand, "state")
        presses: dict[str, Callable[[], None]] = {
            "undo": self.undo,
            "redo": self.redo,
            "reset": self.reset,
            "play": lambda: self._runner.toggle(self.play),
            "step": partial(self.play, 1),
            "free": partial(touch["normalize"].set_trait, "value", False),
        }
        for name, act in presses.items():
            screen.on_press(touch[name], act)
        connect_switch(touch["present"], self.figure, self.widget, enlarge)
        for name, trace in traces(self.figure).items():
            if name in ROLES or name in NAMED.values():
                trace.on_click(self._choose)

    def _set(self, name: str, value: Any) -> None:
        """Do what a control asks, and say what was taken where that is not what a person typed."""
        if name == "place":
            after = moved(self.state, self._data, self.controls["point"].value, typed_place(value))
        else:
            after = changed(self.state, self._data, **asked(name, value, self.state.l2_reg))
        self._act(after, touch=name)
        note = taken(name, value, self.state, self._reading, self.controls["place"].value)
        self._words["status"].value = to_note(note)

    def _choose(self, trace: Any, points: Any, _: object) -> None:
        if points.point_inds and "selected" not in self._screen.locked:
            pair = int(trace.customdata[points.point_inds[0]])
            self._screen.attempt(partial(self.set, selected=pair))

    def _by_hand(self, told: dict[str, Any]) -> None:
        """Someone dragged a point of the stage, or chose one; what one drag sends is one act, however long it takes."""
        if self.stage.act <= self._over:
            self._screen.sync()
            return
        after = done_on_stage(self.state, self._data, told, self._screen.locked)
        self._act(after, touch=f"act {self.stage.act} on the stage", patience=math.inf)
        self._over = self.stage.act - 1  # this one may go on

    def _open(self, name: str, is_open: bool) -> None:
        self._show(self._history.at(changed(self.state, self._data, drawer=name if is_open else "")))

    def _sync(self) -> None:
        sync_controls(self.controls, self.state, self._reading, self._data, self._runner.is_running)
        if self._l2_reg_is_live:
            self.controls["l2_reg"].disabled = self.controls["typed l2_reg"].disabled = False
        show_history(self.controls, self._history)
        show_words(self._words, self.state, self._reading)
        show_on_stage(self.stage, self.state, self._reading, self._data, self._history.origin)

    # Play

    def _advance(self, steps: int) -> float:
        self._show(self._history.at(played(self.state, self._data, steps)))
        return self._reading.loss

    async def _running(self) -> None:
        self._history = self._history.act(self.state)
        await run(self._runner.pace, self._advance, self._reading.loss)
