"""The training lab: one or two runs of an encoder, shown while they train, and any earlier step of them."""

import asyncio
import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache, partial
from itertools import islice
from typing import Any

from plotly import graph_objects as go

from npair_viz.explorers.lab.controls import arrange, make_controls, sync_controls, typed_differences
from npair_viz.explorers.lab.state import EVERY, OWN, LabState, changed_lab, moment_at, run_names, tell, world_of
from npair_viz.explorers.shared.attributes import Fixed
from npair_viz.explorers.shared.closing import give_memory_back
from npair_viz.explorers.shared.fields import show_history
from npair_viz.explorers.shared.layout import make_words
from npair_viz.explorers.shared.notebook_cells import bundle_of
from npair_viz.explorers.shared.picture import Picture
from npair_viz.explorers.shared.picture_pace import PicturePace
from npair_viz.explorers.shared.present_switch import connect_switch
from npair_viz.explorers.shared.runs import Runner
from npair_viz.explorers.shared.screen import Screen
from npair_viz.explorers.shared.status import to_speak
from npair_viz.explorers.shared.typed import asked_by
from npair_viz.figures.present_mode import enlarge_lab
from npair_viz.figures.training import RunView, add_training, update_training
from npair_viz.geometry.acts import CLOSED, Acts
from npair_viz.geometry.history import ONE_MOVE
from npair_viz.training.datasets import World
from npair_viz.training.snapshot import Snapshot
from npair_viz.training.train import NAMES, Settings, train

KEPT_RUNS = 16  # in memory for undo and redo; older ones are trained again, to the same numbers


class Recording:
    """The snapshots of a run so far; later ones are computed on demand. `start` begins the run."""

    def __init__(self, start: Callable[[], Iterator[Snapshot]]) -> None:
        self.snapshots: list[Snapshot] = []
        self._start, self._rest = start, start()

    def reach(self, number: int) -> None:
        """Train until there is a snapshot of that number."""
        while len(self.snapshots) <= number:
            try:
                self.snapshots.append(next(self._rest))
            except BaseException:  # a generator that raised, even by an interrupt, can't continue: start another one
                self._rest = islice(self._start(), len(self.snapshots), None)
                raise


class TrainingLab(Fixed, called="lab", settings=(*OWN, *NAMES)):
    """An encoder in training. Made by `train_and_watch`, used by its controls or by `set`, `play`, `show`.

    Training runs in the kernel's own event loop, a few steps at a time, without threads. `undo`, `redo` and `reset`
    restore the runs and the step that is shown. One act is: a changed setting, a run until it is paused, a step, or all
    moves of the slider in a row. The third curve and present mode are no acts, and `undo` does not change them.

    Attributes:
        figure: The plotly figure with its named traces; what is changed in it by hand is shown with the next act.
        controls: The widgets by name.
        widget: All of it, as a notebook shows it.

    >>> lab = TrainingLab(LabState(steps=10))
    >>> lab.play()
    >>> [moment.step for moment in lab.runs[0]]
    [0, 5, 10]
    >>> lab.set(tao=1.0)
    >>> lab.undo()
    >>> lab.state.settings.tao, lab.state.step
    (0.1, 10)
    """

    figure: go.Figure
    controls: dict[str, Any]
    widget: Any
    _recordings: list[Recording]

    def __init__(self, state: LabState, data: World | None = None, *, is_present: bool = False) -> None:
        self._data, self._runs = data, lru_cache(maxsize=KEPT_RUNS)(self._new_runs)
        self.controls, self._words = make_controls(), make_words()
        self.figure = add_training(go.Figure())
        self._picture = Picture(self.figure)
        self.widget = arrange(self._picture, self.controls, self._words)
        self._screen = Screen(self.widget, self.controls, self._words, self._sync)
        self._runner = Runner(self._running, self._screen.tell, PicturePace(self._picture.sheet))
        self._acts = Acts(state, self._draw, self._screen.sync, self._runner.pause, _seen_from)
        self._connect()
        self._acts.show(state)
        self.controls["present"].value = is_present

    @property
    def state(self) -> LabState:
        """The state that is shown, frozen; `state.to_json()` saves it as text."""
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
        """Change settings, such as tao=0.5, world="blends", against={"tao": 1.0}, panel="nmi".

        A run with other settings starts at step 0.

        Args:
            changes: Settings of `train_and_watch`.

        Raises:
            ValueError: A setting is wrong.
            TypeError: A setting is unknown or of the wrong type.
        """
        self._act(changes)

    def show(self, step: int) -> None:
        """Show an earlier or later step; training continues up to it where necessary.

        Args:
            step: From 0 to the last step of the run.

        Raises:
            ValueError: The run has no such step.
            TypeError: step is no int.

        >>> lab = TrainingLab(LabState(steps=10))
        >>> lab.show(5)
        >>> [moment.step for moment in lab.runs[0]]
        [0, 5]
        """
        self._act({"step": step})

    def play(self, steps: int | None = None) -> None:
        """Train from the step that is shown, and return when it is done.

        Args:
            steps: How many; None trains to the end of the run.

        Raises:
            ValueError: The loss diverges.
        """
        self.show(min(self.state.step + (self.state.steps if steps is None else steps), self.state.steps))

    def undo(self) -> None:
        """Take the last act back."""
        self._acts.undo()

    def redo(self) -> None:
        """Do again the act that was taken back."""
        self._acts.redo()

    def reset(self) -> None:
        """Go back to the start; `undo` takes it back."""
        self._acts.reset()

    def close(self) -> None:
        """Stop, remove the lab from the page and free all data and runs; its state and its sentence stay."""
        self._runner.pause()
        self._screen.close()
        self._acts.close()
        self._data, self._runs, self._recordings = CLOSED, CLOSED, []
        give_memory_back()

    def __repr__(self) -> str:
        """The sentence, for a viewer that has no widgets."""
        return f"TrainingLab of {self.state.world!r}. {self.sentence}"

    def _repr_mimebundle_(self, **_: object) -> Any:
        return bundle_of(self.widget, repr(self))

    def _act(self, changes: dict[str, Any], touch: str = "", patience: float = ONE_MOVE) -> None:
        """Change settings; a change of the runs stops the training in progress."""
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
        with self._picture.changing():
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
        connect_switch(self.controls["present"], self._picture, self.widget, enlarge_lab)

    def _set(self, name: str, value: Any) -> None:
        """Apply the value of a control."""
        differs = {"against": typed_differences(value)} if name == "against" else None
        self._act(differs or asked_by(name, value, self.state.settings.l2_reg), touch=name)

    def _scrub(self, number: int) -> None:
        """Show a snapshot; moves of the slider in a row are one act, however long they take."""
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
                await asyncio.sleep(0)  # lets a click on Pause stop it before the other run's steps
            self._act({"step": step}, "play", math.inf)
            await self._runner.pace.next_frame()


def _seen_from(state: LabState, other: LabState) -> LabState:
    """A state with the third curve of another one."""
    return replace(state, panel=other.panel)
