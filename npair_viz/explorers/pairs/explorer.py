"""The explorer: state to reading to picture, and the widgets around it. The only place that holds state."""

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from npair_viz.data.scenes import Scene
from npair_viz.explorers.pairs.acts import cause, moved, played, with_lengths
from npair_viz.explorers.pairs.board import update_board
from npair_viz.explorers.pairs.controls import LABELS, make_controls
from npair_viz.explorers.pairs.globe import NAMED
from npair_viz.explorers.pairs.layout import GROUPS, arrange, settings_drawer
from npair_viz.explorers.pairs.marks import ROLES
from npair_viz.explorers.pairs.pictures import first_figure, picture_of
from npair_viz.explorers.pairs.present_mode import enlarge, to_show, told_act
from npair_viz.explorers.pairs.stage_board import Framing, done_on_stage, fits_the_stage, make_stage, show_on_stage
from npair_viz.explorers.pairs.state import State, changed, has_other_points, reading_of
from npair_viz.explorers.pairs.typed import parsed, taken
from npair_viz.explorers.pairs.words import make_words, show_words, sync_controls
from npair_viz.explorers.shared.figure_widget import bundle_of
from npair_viz.explorers.shared.history import History
from npair_viz.explorers.shared.present_switch import connect_switch
from npair_viz.explorers.shared.runs import Runner, has_loop, make_pace, run
from npair_viz.explorers.shared.screen import close_all, parts
from npair_viz.explorers.shared.status import attempt, to_note, to_speak, to_warn
from npair_viz.figures.traces import traces
from npair_viz.geometry.narration import narrate
from npair_viz.geometry.reading import Reading

# Controls, each with the setting that it sets.
NAMESAKES = ("scene", "selected", "objective", "policy", "n_classes", "seed", "dtype", "view", "same", "tao", "l2_reg")
SETTINGS = {**{name: name for name in NAMESAKES}, "typed tao": "tao", "typed l2_reg": "l2_reg"}


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
        self._data, self._start, self._state = data, state, state
        self._l2_reg_is_live = l2_reg_is_live
        self._history: History[State] = History()
        self._over = 0  # the hand's acts on the stage up to this one are over: what still comes of them is late
        self._runner = Runner(self._running, self._told)
        self._syncing = False
        self.controls = make_controls()
        self.figure = first_figure(state, data, is_present)
        self._words = make_words(task, settings_drawer(self.controls))
        self._pace = make_pace()
        self._locked = parts(lock, [*self.controls, *self._words], GROUPS)
        hidden = parts(hide, [*self.controls, *self._words], GROUPS)
        self.framing = Framing(frozenset(hidden), frozenset(self._locked), task, l2_reg_is_live)
        self.stage = make_stage(self._locked)
        self.widget = arrange(self.figure, self.stage, self.controls, self._words, hidden)
        self._guard = partial(attempt, sync=self._sync, status=self._words["status"])
        self._connect()
        self._show(state)
        self.controls["present"].value = is_present

    @property
    def state(self) -> State:
        """The moment that is shown, frozen; `state.to_json()` keeps it as text.

        To come back: kept = json.loads(text), explore(**kept); with your own data explore(embeddings, labels, **kept).
        """
        return self._state

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
        self._act(changed(self._state, self._data, **changes))

    def move(self, point: str, to: float | Sequence[float]) -> None:
        """Put a point elsewhere: move("p3", 120) in degrees, move("p3", (0.3, 0.8)) in coordinates.

        Errors: ValueError that says which points there are, or what a place must be.
        """
        self._act(moved(self._state, self._data, point, to))

    def play(self, steps: int = 60) -> None:
        """Let all points take so many steps of gradient descent, lr = 0.1·n·tao.

        Where lengths are free and l2_reg is strong, lr is less: 0.1·n·tao / max(1, 2·l2_reg·tao / 5).
        Errors: ValueError or TypeError for steps that are no count; ValueError where points run away.
        """
        self._act(played(self._state, self._data, steps))

    def undo(self) -> None:
        """Take the last act back."""
        self._travel(self._history.back)

    def redo(self) -> None:
        """Do again what was taken back."""
        self._travel(self._history.forth)

    def reset(self) -> None:
        """Go back to the start; an act like any other."""
        self._runner.pause()
        self._act(self._start)
        self._history.origin = None
        self._show(self._start)

    def close(self) -> None:
        """Take the explorer off the page and free what it holds there."""
        self._runner.pause()
        close_all(self.widget, *self.controls.values(), *self._words.values(), *self._pace.widgets)

    def __repr__(self) -> str:
        """The sentence, for a viewer that has no widgets."""
        return f"Explorer of {self._state.scene!r}. {self._sentence}"

    def _repr_mimebundle_(self, **_: object) -> Any:
        return bundle_of(self.figure, self.widget, repr(self))

    # State

    def _act(self, after: State, touch: str = "", **patience: float) -> None:
        """Remember where the act began, and show where it led; quick moves of one control are one act."""
        if replace(after, drawer=self._state.drawer, view=self._state.view) != self._state:  # else a look, not an act
            compares = not has_other_points(self._state, after)
            self._history.act(self._state, touch, **patience, compares=compares)
            self._over = self.stage.act
        self._show(after)

    def _travel(self, step: Callable[[State], State | None]) -> None:
        """Go to the last of the states on one side; what is looked at stays."""
        self._runner.pause()
        self._over = self.stage.act
        there = step(self._state)
        if there is not None:
            self._show(replace(there, drawer=self._state.drawer, view=self._state.view))

    def _show(self, state: State) -> None:
        reading, origin = reading_of(state, self._data), self._history.origin
        before = None if origin is None else reading_of(origin, self._data)
        act = None if origin is None else cause(origin, state)
        picture = picture_of(state, reading, before, is_staged=fits_the_stage(state, reading))
        sentence = narrate(reading, before, act)
        self._state, self._reading, self._sentence = state, reading, sentence  # once nothing can fail any more
        with self.figure.batch_update():
            update_board(self.figure, picture)
        self._words["sentence"].value = to_speak(self._sentence)
        self._words["act"].value = to_show(told_act(origin, state, self._data), sentence)
        self._words["status"].value = ""
        self._sync()

    # Widgets

    def _connect(self) -> None:
        touch = self.controls
        for name, setting in SETTINGS.items():
            self._on_value(name, partial(self._with, setting))
        self._on_value("normalize", lambda one: with_lengths(self._state, self._data, one))
        self._on_value("place", lambda to: moved(self._state, self._data, touch["point"].value, to))
        touch["point"].observe(self._follow, "value")
        connect_switch(touch["present"], self.figure, self.widget, enlarge)
        for name in LABELS:
            touch[name].observe(partial(self._open, name), "value")
        presses: dict[str, Callable[[], None]] = {
            "undo": self.undo,
            "redo": self.redo,
            "reset": self.reset,
            "play": self._toggle_run,
            "step": partial(self.play, 1),
            "free": partial(touch["normalize"].set_trait, "value", False),
        }
        for name, act in presses.items():
            touch[name].on_click(lambda _, act=act: self._guard(act))
        self.stage.observe(self._by_hand, "state")
        for name, trace in traces(self.figure).items():
            if name in ROLES or name in NAMED.values():
                trace.on_click(self._choose)

    def _on_value(self, name: str, after: Callable[[Any], State]) -> None:
        def act(value: Any) -> None:
            self._act(after(parsed(name, value)), touch=name)
            note = taken(name, value, self._state, self._reading, self.controls["place"].value)
            self._words["status"].value = to_note(note)

        def changed_by_hand(change: Any) -> None:
            if not self._syncing:
                self._guard(partial(act, change.new))

        self.controls[name].observe(changed_by_hand, "value")

    def _with(self, name: str, value: Any) -> State:
        return changed(self._state, self._data, **{name: value})

    def _choose(self, trace: Any, points: Any, _: object) -> None:
        if points.point_inds and "selected" not in self._locked:
            pair = int(trace.customdata[points.point_inds[0]])
            self._guard(lambda: self.set(selected=pair))

    def _by_hand(self, change: Any) -> None:
        """Someone dragged a point of the stage, or chose one; what one drag sends is one act, however long it takes."""

        def act() -> None:
            after = done_on_stage(self._state, self._data, change.new, self._locked)
            self._act(after, touch=f"act {self.stage.act} on the stage", patience=math.inf)
            self._over = self.stage.act - 1  # this one may go on

        if not self._syncing:
            self._guard(act if self.stage.act > self._over else self._sync)

    def _open(self, name: str, change: Any) -> None:
        if not self._syncing:
            self._guard(lambda: self._show(self._with("drawer", name if change.new else "")))

    def _follow(self, _: object) -> None:
        if not self._syncing:
            self._sync()

    def _sync(self) -> None:
        """Let every control show the state."""
        self._syncing = True
        try:
            sync_controls(self.controls, self._state, self._reading, self._data, self._runner.is_running)
            if self._l2_reg_is_live:
                self.controls["l2_reg"].disabled = self.controls["typed l2_reg"].disabled = False
            self.controls["undo"].disabled = not self._history.past
            self.controls["redo"].disabled = not self._history.future
            for name in self._locked & set(self.controls):
                self.controls[name].disabled = True
            show_words(self._words, self._state, self._reading)
            show_on_stage(self.stage, self._state, self._reading, self._data, self._history.origin)
        finally:
            self._syncing = False

    # Play

    def _toggle_run(self) -> None:
        if self._runner.is_running:
            self._runner.pause()
            return
        if not has_loop():
            self.play()
            return
        self._history.act(self._state)
        self._runner.start()

    def _told(self, trouble: str) -> None:
        """A run has begun or ended."""
        self._sync()
        self._words["status"].value = to_warn(trouble) if trouble else ""

    def _advance(self, steps: int) -> float:
        self._show(played(self._state, self._data, steps))
        return self._reading.loss

    async def _running(self) -> None:
        await run(self._pace, self._advance, self._reading.loss)
