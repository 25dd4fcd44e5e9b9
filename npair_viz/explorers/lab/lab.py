"""The training lab: an encoder that learns before your eyes, one run or two, and any moment to go back to."""

import asyncio
import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache, partial
from itertools import islice
from typing import Any

from plotly import graph_objects as go

from npair_viz.explorers.lab.controls import arrange, make_controls, sync_controls, typed_differences
from npair_viz.explorers.lab.state import EVERY, LabState, changed_lab, moment_at, run_names, tell, world_of
from npair_viz.explorers.shared.acts import Acts
from npair_viz.explorers.shared.closing import CLOSED
from npair_viz.explorers.shared.fields import show_history
from npair_viz.explorers.shared.figure_widget import living
from npair_viz.explorers.shared.history import ONE_MOVE
from npair_viz.explorers.shared.layout import make_words
from npair_viz.explorers.shared.notebook_cells import bundle_of
from npair_viz.explorers.shared.present_switch import connect_switch
from npair_viz.explorers.shared.runs import Runner
from npair_viz.explorers.shared.screen import Screen
from npair_viz.explorers.shared.status import to_speak
from npair_viz.explorers.shared.typed import asked_by
from npair_viz.figures.present_mode import enlarge_lab
from npair_viz.figures.training import RunView, add_training, update_training
from npair_viz.training.datasets import World
from npair_viz.training.snapshot import Snapshot
from npair_viz.training.train import NAMES, Settings, train

KEPT_RUNS = 16  # that undo and redo find as they were; older ones are trained again, to the same numbers


class Recording:
    """The snapshots of a run so far; the rest are computed when they are asked for. `start` begins the run."""

    def __init__(self, start: Callable[[], Iterator[Snapshot]]) -> None:
        self.snapshots: list[Snapshot] = []
        self._start, self._rest = start, start()

    def reach(self, number: int) -> None:
        """Train until there is a snapshot of that number."""
        while len(self.snapshots) <= number:
            try:
                self.snapshots.append(next(self._rest))
            except BaseException:  # what was broken off, by an interrupt maybe, can't go on
                self._rest = islice(self._start(), len(self.snapshots), None)
                raise


class TrainingLab:
    """An encoder in training, shown by a notebook. Made by `train_and_watch`, driven by hand or `set`, `play`, `show`.

    state: the moment it shows, frozen; runs: the snapshots of each run; sentence: the words under the picture;
    figure: the plotly figure with its named traces; controls: the widgets by name.
    Training goes on in the kernel's own loop, a few steps at a time: no thread is started, and none is left behind.
    `undo`, `redo` and `reset` go through what was done, and the runs and the moment of then are there again: a setting,
    Play until it is paused, a step, all going back and forth with the slider until something else is done. The third
    curve and present mode are looked at, and stay.

    >>> lab = TrainingLab(LabState(steps=10))
    >>> lab.play()
    >>> [moment.step for moment in lab.runs[0]]
    [0, 5, 10]
    >>> lab.set(tao=1.0)
    >>> lab.undo()
    >>> lab.state.settings.tao, lab.state.step
    (0.1, 10)
    """

    _recordings: list[Recording]

    def __init__(self, state: LabState, data: World | None = None, *, is_present: bool = False) -> None:
        self._data, self._runs = data, lru_cache(maxsize=KEPT_RUNS)(self._new_runs)
        self.controls, self._words = make_controls(), make_words()
        self.figure = living(add_training(go.Figure()))
        self.widget = arrange(self.figure, self.controls, self._words)
        self._screen = Screen(self.widget, self.controls, self._words, self._sync)
        self._runner = Runner(self._running, self._screen.tell)
        self._acts = Acts(state, self._draw, self._screen.sync, self._runner.pause, _seen_from)
        self._connect()
        self._acts.show(state)
        self.controls["present"].value = is_present

    @property
    def state(self) -> LabState:
        """The moment that is shown, frozen; `state.to_json()` keeps it as text."""
        return self._acts.state

    @property
    def runs(self) -> tuple[tuple[Snapshot, ...], ...]:
        """The snapshots so far of the run, and of the second where there is one."""
        return tuple(tuple(one.snapshots) for one in self._recordings)

    @property
    def sentence(self) -> str:
        """The words under the picture."""
        return self._sentence

    def set(self, **changes: Any) -> None:
        """Change settings, such as tao=0.5, world="blends", against={"tao": 1.0}, panel="nmi"; other runs start afresh.

        The settings are those of `train_and_watch`.
        Errors: ValueError or TypeError that names the setting.
        """
        self._act(changes)

    def show(self, step: int) -> None:
        """Go to the moment at a step, back or forth; training goes so far where it has not yet been there.

        Errors: ValueError or TypeError for a step that the run does not have.
        """
        self._act({"step": step})

    def play(self, steps: int | None = None) -> None:
        """Train so many steps from the moment shown, or to the end, before anything else happens.

        Errors: ValueError where the loss runs away.
        """
        self.show(min(self.state.step + (self.state.steps if steps is None else steps), self.state.steps))

    def undo(self) -> None:
        """Take the last act back."""
        self._acts.undo()

    def redo(self) -> None:
        """Do again what was taken back."""
        self._acts.redo()

    def reset(self) -> None:
        """Go back to the start; an act like any other."""
        self._acts.reset()

    def close(self) -> None:
        """Stop, take the lab off the page and let go of all data and runs; its state and its sentence stay."""
        self._runner.close()
        self._screen.close()
        self._acts.close()
        self._data, self._runs, self._recordings = CLOSED, CLOSED, []

    def __repr__(self) -> str:
        """The sentence, for a viewer that has no widgets."""
        return f"TrainingLab of {self.state.world!r}. {self.sentence}"

    def _repr_mimebundle_(self, **_: object) -> Any:
        return bundle_of(self.widget, repr(self), self.figure)

    def _act(self, changes: dict[str, Any], touch: str = "", patience: float = ONE_MOVE) -> None:
        """Change settings; other runs end the one that goes on."""
        after = changed_lab(self.state, self._data, **changes)
        if after.runs != self.state.runs:
            self._runner.pause()
        self._acts.act(after, touch, patience)

    def _new_runs(
        self, world: str, settings: Settings, against: Settings | None, steps: int
    ) -> tuple[World, list[Recording]]:
        data = world_of(world, settings.seed, self._data)
        both = [vars(one) for one in (settings, against) if one is not None]
        return data, [Recording(partial(train, data, steps=steps, every=EVERY, **one)) for one in both]

    def _draw(self, state: LabState) -> None:
        world, recordings = self._runs(*state.runs)
        shown = moment_at(state.step)
        for one in recordings:
            one.reach(shown)
        courses = [
            RunView(name, one.snapshots, shown, settings.normalize, settings.dimension)
            for name, one, settings in zip(run_names(state), recordings, (state.settings, state.against), strict=False)
            if settings is not None
        ]
        with self.figure.batch_update():
            update_training(self.figure, world, courses, state.steps, state.panel)
        self._sentence = tell(state, [one.snapshots for one in recordings], shown)
        self._recordings = recordings

    def _sync(self) -> None:
        trained = len(self._recordings[0].snapshots)
        sync_controls(self.controls, self.state, self._data is not None, trained, self._runner.is_running)
        show_history(self.controls, self._acts.history)
        self._words["sentence"].value = to_speak(self.sentence)
        self._words["drawer"].layout.display = "flex" if self.controls["settings"].value else "none"

    def _connect(self) -> None:
        for name in self.controls.keys() & {"world", "panel", "against", *NAMES}:
            self._screen.on_value(self.controls[name], partial(self._set, name))
        self._screen.on_value(self.controls["scrub"], self._scrub)
        self._screen.on_value(self.controls["settings"], lambda _: self._screen.sync())
        self._screen.on_press(self.controls["play"], lambda: self._runner.toggle(self.play))
        for name, act in {"step": self._step, "undo": self.undo, "redo": self.redo, "reset": self.reset}.items():
            self._screen.on_press(self.controls[name], act)
        connect_switch(self.controls["present"], self.figure, self.widget, enlarge_lab)

    def _set(self, name: str, value: Any) -> None:
        """Do what a control asks."""
        differs = {"against": typed_differences(value)} if name == "against" else None
        self._act(differs or asked_by(name, value, self.state.settings.l2_reg), touch=name)

    def _scrub(self, number: int) -> None:
        """Go to a snapshot; going on from there to others is one act, however long it takes."""
        self._runner.pause()
        self._act({"step": min(number * EVERY, self.state.steps)}, "scrub", math.inf)

    def _step(self) -> None:
        self._runner.pause()
        self.play(EVERY)

    async def _running(self) -> None:
        self._acts.end()  # each run is an act
        while self.state.step < self.state.steps:
            step = min(self.state.step + EVERY, self.state.steps)
            for one in self._recordings:
                one.reach(moment_at(step))
                await asyncio.sleep(0)  # a click on Pause need not wait for the other run
            self._act({"step": step}, "play", math.inf)
            await self._runner.pace.next_frame()


def _seen_from(state: LabState, other: LabState) -> LabState:
    """A state with the third curve that is looked at in another one."""
    return replace(state, panel=other.panel)
