"""The training lab: an encoder that learns before your eyes, one run or two, and any moment to go back to."""

import asyncio
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from plotly import graph_objects as go

from npair_viz.explorers.lab.controls import arrange, make_controls, make_words, parsed, sync_controls
from npair_viz.explorers.lab.state import EVERY, LabState, changed_lab, labels, moment_at, tell, world_of
from npair_viz.explorers.shared.figure_widget import LivingFigure, bundle_of
from npair_viz.explorers.shared.present_switch import connect_switch
from npair_viz.explorers.shared.runs import FRAME, Runner, has_loop, make_pace, page_is_ready
from npair_viz.explorers.shared.screen import close_all
from npair_viz.explorers.shared.status import attempt, to_speak, to_warn
from npair_viz.figures.present_mode import enlarge_lab
from npair_viz.figures.training import RunView, add_training, update_training
from npair_viz.geometry.limits import RESTING_L2_REG
from npair_viz.training.datasets import World
from npair_viz.training.snapshot import Snapshot
from npair_viz.training.train import NAMES, train


class Recording:
    """The moments of a run so far; the rest are computed when they are asked for."""

    def __init__(self, rest: Iterator[Snapshot]) -> None:
        self.moments: list[Snapshot] = []
        self._rest = rest

    def reach(self, number: int) -> None:
        """Train until there is a moment of that number."""
        while len(self.moments) <= number:
            self.moments.append(next(self._rest))


class TrainingLab:
    """An encoder in training, shown by a notebook. Made by `train_and_watch`, driven by hand or `set`, `play`, `show`.

    state: the moment it shows, frozen; runs: the moments of each run; sentence: the words under the picture;
    figure: the plotly figure with its named traces; controls: the widgets by name.
    Training goes on in the kernel's own loop, a few steps at a time: no thread is started, and none is left behind.

    >>> lab = TrainingLab(LabState(steps=10))
    >>> lab.play()
    >>> [moment.step for moment in lab.runs[0]]
    [0, 5, 10]
    """

    def __init__(self, state: LabState, brought: World | None = None, *, is_present: bool = False) -> None:
        self._brought, self._syncing = brought, False
        self._runner = Runner(self._running, self._told)
        self.controls, self._words, self._pace = make_controls(), make_words(), make_pace()
        self._state, self._world, self._recordings = self._trained(state)
        self.figure = LivingFigure(add_training(go.Figure()))
        self._draw(self.figure)
        self.figure._config = {"displayModeBar": False}
        self.widget = arrange(self.figure, self.controls, self._words)
        self._guard = partial(attempt, sync=self._sync, status=self._words["status"])
        self._connect()
        self._sync()
        self.controls["present"].value = is_present

    @property
    def state(self) -> LabState:
        """The moment that is shown, frozen; `state.to_json()` keeps it as text."""
        return self._state

    @property
    def runs(self) -> tuple[tuple[Snapshot, ...], ...]:
        """The moments so far of the run, and of the second where there is one."""
        return tuple(tuple(one.moments) for one in self._recordings)

    @property
    def sentence(self) -> str:
        """The words under the picture."""
        return tell(self._state, self.runs, moment_at(self._state.step))

    def set(self, **changes: Any) -> None:
        """Change settings, such as tao=0.5, world="blends", against={"tao": 1.0}, panel="nmi"; other runs start afresh.

        The settings are those of `train_and_watch`.
        Errors: ValueError or TypeError that names the setting.
        """
        self._show(changed_lab(self._state, self._brought, **changes))

    def show(self, step: int) -> None:
        """Go to the moment at a step, back or forth; training goes so far where it has not yet been there.

        Errors: ValueError or TypeError for a step that the run does not have.
        """
        self._show(changed_lab(self._state, self._brought, step=step))

    def play(self, steps: int | None = None) -> None:
        """Train so many steps from the moment shown, or to the end, before anything else happens.

        Errors: ValueError where the loss runs away.
        """
        self.show(min(self._state.step + (self._state.steps if steps is None else steps), self._state.steps))

    def close(self) -> None:
        """Stop, take the lab off the page and free what it holds there."""
        self._runner.pause()
        close_all(self.widget, *self.controls.values(), *self._words.values(), *self._pace.widgets)

    def __repr__(self) -> str:
        """The sentence, for a viewer that has no widgets."""
        return f"TrainingLab of {self._state.world!r}. {self.sentence}"

    def _repr_mimebundle_(self, **_: object) -> Any:
        return bundle_of(self.figure, self.widget, repr(self))

    # State

    def _trained(self, state: LabState) -> tuple[LabState, World, list[Recording]]:
        """The runs of a state, with all moments up to the one that it shows; what has been recorded is kept."""
        if hasattr(self, "_state") and state.runs == self._state.runs:
            world, recordings = self._world, self._recordings
        else:
            self._runner.pause()
            world = world_of(state.world, state.settings.seed, self._brought)
            both = [state.settings] if state.against is None else [state.settings, state.against]
            recordings = [Recording(train(world, steps=state.steps, every=EVERY, **vars(one))) for one in both]
        for one in recordings:
            one.reach(moment_at(state.step))
        return state, world, recordings

    def _show(self, state: LabState) -> None:
        self._state, self._world, self._recordings = self._trained(state)
        with self.figure.batch_update():
            self._draw(self.figure)
        self._words["status"].value = ""
        self._sync()

    def _draw(self, figure: go.Figure) -> None:
        state, both = self._state, (self._state.settings, self._state.against)
        courses = [
            RunView(name, one.moments, moment_at(state.step), settings.normalize, settings.dimension)
            for name, one, settings in zip(labels(state), self._recordings, both, strict=False)
            if settings is not None
        ]
        update_training(figure, self._world, courses, state.steps, state.panel)

    # Widgets

    def _connect(self) -> None:
        for name in ("world", "panel", "against", *NAMES):
            if name in self.controls:
                self._on_value(name, partial(self._set, name))
        self._on_value("scrub", self._scrub)
        connect_switch(self.controls["present"], self.figure, self.widget, enlarge_lab)
        self.controls["settings"].observe(lambda _: self._sync(), "value")
        self.controls["play"].on_click(lambda _: self._guard(self._toggle_run))
        self.controls["step"].on_click(lambda _: self._guard(self._step))

    def _on_value(self, name: str, act: Callable[[Any], None]) -> None:
        def changed_by_hand(change: Any) -> None:
            if not self._syncing:
                self._guard(partial(act, change.new))

        self.controls[name].observe(changed_by_hand, "value")

    def _set(self, name: str, value: Any) -> None:
        """Do what a control asks; lengths that are set free get a penalty that holds them."""
        is_freed = name == "normalize" and not value and self._state.settings.l2_reg == 0
        self.set(**{name: parsed(name, value)}, **({"l2_reg": RESTING_L2_REG} if is_freed else {}))

    def _scrub(self, moment: int) -> None:
        self._runner.pause()
        self.show(min(moment * EVERY, self._state.steps))

    def _step(self) -> None:
        self._runner.pause()
        self.play(EVERY)

    def _sync(self) -> None:
        self._syncing = True
        try:
            moments = len(self._recordings[0].moments)
            sync_controls(self.controls, self._state, self._brought is not None, moments, self._runner.is_running)
            self.controls["scrub"].value = moment_at(self._state.step)
            self._words["sentence"].value = to_speak(self.sentence)
            self._words["drawer"].layout.display = "flex" if self.controls["settings"].value else "none"
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
        self._runner.start()

    def _told(self, trouble: str) -> None:
        """A run has begun or ended."""
        self._sync()
        self._words["status"].value = to_warn(trouble) if trouble else ""

    async def _running(self) -> None:
        while self._state.step < self._state.steps:
            step = min(self._state.step + EVERY, self._state.steps)
            for one in self._recordings:
                one.reach(moment_at(step))
                await asyncio.sleep(0)  # a click on Pause need not wait for the other run
            self.show(step)
            await page_is_ready(self._pace, FRAME)
