"""The embedding explorer: real data as a cloud, and any row of it before its line-up."""

from collections.abc import Callable, Collection
from dataclasses import replace
from functools import partial
from typing import Any

from plotly import graph_objects as go

from npair_viz.data.scenes import Scene
from npair_viz.explorers.cloud.controls import LEVELS, arrange, make_controls, make_words, parsed, sync_controls
from npair_viz.explorers.cloud.rows import Embeddings
from npair_viz.explorers.cloud.sentence import tell_embeddings
from npair_viz.explorers.cloud.state import LARGEST_TURN, EmbeddingState, changed_embeddings
from npair_viz.explorers.shared.figure_widget import LivingFigure, bundle_of
from npair_viz.explorers.shared.history import History
from npair_viz.explorers.shared.present_switch import connect_switch
from npair_viz.explorers.shared.runs import FRAME, Runner, has_loop, make_pace, page_is_ready
from npair_viz.explorers.shared.screen import close_all, parts
from npair_viz.explorers.shared.status import attempt, to_note, to_speak, to_task, to_warn
from npair_viz.figures.clouds import CLOUDS, MARKED, add_cloud, update_cloud
from npair_viz.figures.present_mode import enlarge_cloud
from npair_viz.figures.traces import traces
from npair_viz.geometry.candidates import LineUp
from npair_viz.geometry.limits import RESTING_L2_REG

# Controls, each with the setting that it sets.
SETTINGS = {
    **{name: name for name in ("row", "tao", "l2_reg", "view", "policy", "n_classes", "objective", "seed")},
    "typed tao": "tao",
}
GROUPS = {
    "tao": ("tao", "typed tao"),
    "history": ("undo", "redo", "reset"),
    "settings": ("policy", "n_classes", "objective", "seed"),
}
PACE = 0.01  # of a turn of the tour, a frame


class EmbeddingExplorer:
    """Many rows as a cloud, and one of them before its line-up. Made by `explore`, driven by hand or by `set`.

    A click on any row makes it the anchor. Its line-up: its class's positive, and those of all other classes in the
    batch; each act computes the loss, the shares and the forces of the full vectors anew. state: the moment it shows,
    frozen; reading: the line-up; sentence: the words under the picture; figure: the plotly figure with its named
    traces; controls: the widgets by name.

    >>> from npair_viz.data.scenes import digits
    >>> explorer = EmbeddingExplorer(digits(), {"row": 3, "tao": 0.05})
    >>> explorer.reading.partner, len(explorer.reading.rivals)
    (13, 9)
    """

    def __init__(
        self,
        scene: Scene,
        settings: dict[str, Any],
        *,
        level: int = 2,
        hide: Collection[str] = (),
        lock: Collection[str] = (),
        task: str = "",
        is_present: bool = False,
    ) -> None:
        self._embeddings = Embeddings(scene)
        self._start = self._state = self._opening(settings)
        self._history: History[EmbeddingState] = History()
        self._runner = Runner(self._running, self._told)
        self._syncing = False
        self._worst = 0
        self.controls, self._words, self._pace = make_controls(), make_words(to_task(task)), make_pace()
        names = [*self.controls, *self._words]
        self._locked = parts(lock, names, GROUPS)
        self.figure = LivingFigure(add_cloud(go.Figure()))
        self.figure._config = {"displayModeBar": False, "scrollZoom": True}
        self.widget = arrange(self.figure, self.controls, self._words, parts((*LEVELS[level], *hide), names, GROUPS))
        self._words["drawn"].value = to_note(self._how_many())
        self._guard = partial(attempt, sync=self._sync, status=self._words["status"])
        self._connect()
        self._show(self._state)
        self.controls["present"].value = is_present

    def _opening(self, settings: dict[str, Any]) -> EmbeddingState:
        """The state asked for; where no row is, that of the anchor with the largest loss."""
        first = int(self._embeddings.batch(EmbeddingState()).anchors[0])
        state = changed_embeddings(EmbeddingState(), self._embeddings.scene, **{"row": first, **settings})
        return state if "row" in settings else replace(state, row=self._embeddings.worst(state))

    @property
    def state(self) -> EmbeddingState:
        """The moment that is shown, frozen; `state.to_json()` keeps it as text."""
        return self._state

    @property
    def reading(self) -> LineUp:
        """The line-up of the chosen row, with every number on screen."""
        return self._reading

    @property
    def scene(self) -> Scene:
        """All rows, their classes and pictures."""
        return self._embeddings.scene

    @property
    def sentence(self) -> str:
        """The words under the picture."""
        return self._sentence

    def set(self, **changes: Any) -> None:
        """Change settings, such as row=17, tao=0.05, policy="hardest", view="principal axes"; one act to take back.

        The settings are those of `explore` for embeddings.
        Errors: ValueError or TypeError that names the setting.
        """
        self._act(changed_embeddings(self._state, self._embeddings.scene, **changes))

    def worst(self) -> None:
        """Go to the anchor with the largest loss of the batch; asked again, to the next one."""
        self._worst = self._worst + 1 if self._state.row == self._embeddings.worst(self._state, self._worst) else 0
        self.set(row=self._embeddings.worst(self._state, self._worst))

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

    def close(self) -> None:
        """Stop, take the explorer off the page and free what it holds there."""
        self._runner.pause()
        close_all(self.widget, *self.controls.values(), *self._words.values(), *self._pace.widgets)

    def __repr__(self) -> str:
        """The sentence, for a viewer that has no widgets."""
        return f"EmbeddingExplorer. {self._sentence}"

    def _repr_mimebundle_(self, **_: object) -> Any:
        return bundle_of(self.figure, self.widget, repr(self))

    # State

    def _act(self, after: EmbeddingState, touch: str = "") -> None:
        if after != self._state:
            self._history.act(self._state, touch)
        self._show(after)

    def _travel(self, step: Callable[[EmbeddingState], EmbeddingState | None]) -> None:
        self._runner.pause()
        there = step(self._state)
        if there is not None:
            self._show(there)

    def _show(self, state: EmbeddingState) -> None:
        cloud = self._embeddings.cloud(state)
        sentence = tell_embeddings(self._embeddings, state, cloud.line_up)
        self._state, self._reading, self._sentence = state, cloud.line_up, sentence  # once nothing can fail any more
        with self.figure.batch_update():
            update_cloud(self.figure, cloud)
        self._words["status"].value = ""
        self._sync()

    def _how_many(self) -> str:
        drawn, whole = len(self._embeddings.drawn), len(self._embeddings.scene.labels)
        return "" if drawn == whole else f"Drawn: {drawn:,} of {whole:,} rows, by lot. The loss sees them all."

    # Widgets

    def _connect(self) -> None:
        for name, setting in SETTINGS.items():
            self._on_value(name, partial(_setting, setting))
        self._on_value("normalize", self._lengths)
        presses = {"worst": self.worst, "undo": self.undo, "redo": self.redo, "reset": self.reset}
        for name, act in {**presses, "tour": self._toggle_tour}.items():
            self.controls[name].on_click(lambda _, act=act: self._guard(act))
        connect_switch(self.controls["present"], self.figure, self.widget, enlarge_cloud)
        for name in (*CLOUDS, *MARKED):
            traces(self.figure)[name].on_click(self._choose)

    def _lengths(self, normalize: bool) -> dict[str, Any]:
        """Lengths that are set free get a penalty that holds them."""
        is_loose = not normalize and self._state.l2_reg == 0
        return {"normalize": normalize, **({"l2_reg": RESTING_L2_REG} if is_loose else {})}

    def _on_value(self, name: str, changes: Callable[[Any], dict[str, Any]]) -> None:
        def act(value: Any) -> None:
            asked = changes(parsed(name, value))
            self._act(changed_embeddings(self._state, self._embeddings.scene, **asked), touch=name)

        def changed_by_hand(change: Any) -> None:
            if not self._syncing:
                self._guard(partial(act, change.new))

        self.controls[name].observe(changed_by_hand, "value")

    def _choose(self, trace: Any, points: Any, _: object) -> None:
        if points.point_inds and "row" not in self._locked:
            row = int(trace.customdata[points.point_inds[0]])
            self._guard(partial(self.set, row=row))

    def _sync(self) -> None:
        self._syncing = True
        try:
            sync_controls(self.controls, self._state, self._runner.is_running)
            self.controls["undo"].disabled = not self._history.past
            self.controls["redo"].disabled = not self._history.future
            self.controls["tour"].disabled = self._embeddings.scene.dimension <= 2
            for name in self._locked & set(self.controls):
                self.controls[name].disabled = True
            self._words["sentence"].value = to_speak(self._sentence)
        finally:
            self._syncing = False

    # The tour

    def _toggle_tour(self) -> None:
        if self._runner.is_running:
            self._runner.pause()
            return
        self.set(view="tour")
        if has_loop():
            self._runner.start()

    def _told(self, trouble: str) -> None:
        """A tour has begun or ended."""
        self._sync()
        self._words["status"].value = to_warn(trouble) if trouble else ""

    async def _running(self) -> None:
        while self._state.view == "tour" and self._state.turn < LARGEST_TURN:
            self._show(replace(self._state, turn=round(self._state.turn + PACE, 6)))
            await page_is_ready(self._pace, FRAME)


def _setting(name: str, value: Any) -> dict[str, Any]:
    return {name: value}
