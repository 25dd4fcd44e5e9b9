"""The embedding explorer: real data as a cloud, and the line-up of any row."""

from collections.abc import Collection
from dataclasses import replace
from functools import partial
from typing import Any

from plotly import graph_objects as go

from npair_viz.data.scene import Scene
from npair_viz.explorers.cloud.controls import GROUPS, LEVELS, arrange, make_controls
from npair_viz.explorers.cloud.rows import Embeddings
from npair_viz.explorers.cloud.sentence import tell_embeddings
from npair_viz.explorers.cloud.state import FIELDS, LARGEST_TURN, EmbeddingState, changed_embeddings
from npair_viz.explorers.shared.attributes import Fixed
from npair_viz.explorers.shared.closing import give_memory_back
from npair_viz.explorers.shared.fields import show_history, show_run, show_settings
from npair_viz.explorers.shared.layout import make_words, parts
from npair_viz.explorers.shared.notebook_cells import bundle_of
from npair_viz.explorers.shared.picture import Picture
from npair_viz.explorers.shared.picture_pace import PicturePace
from npair_viz.explorers.shared.present_switch import connect_switch
from npair_viz.explorers.shared.runs import Runner
from npair_viz.explorers.shared.screen import Screen
from npair_viz.explorers.shared.status import to_note, to_speak, to_task
from npair_viz.explorers.shared.typed import asked_by
from npair_viz.figures.clouds import CLOUDS, MARKED, add_cloud, update_cloud
from npair_viz.figures.present_mode import enlarge_cloud
from npair_viz.figures.traces import traces
from npair_viz.geometry.acts import CLOSED, Acts
from npair_viz.geometry.candidates import LineUp

PACE = 0.01  # of a turn of the tour, a frame


class EmbeddingExplorer(Fixed, called="explorer", settings=FIELDS):
    """Many rows as a cloud, and the line-up of one of them. Made by `explore`, used by its controls or by `set`.

    A click on a row makes it the anchor. Its line-up is its class's positive and those of all other classes in the
    batch. The loss, the shares and the forces are always those of the full vectors.

    Attributes:
        figure: The plotly figure with its named traces; what is changed in it by hand is shown with the next act.
        controls: The widgets by name.
        widget: All of it, as a notebook shows it.

    >>> from npair_viz.data.scenes import digits
    >>> explorer = EmbeddingExplorer(digits(), {"row": 3, "tao": 0.05})
    >>> explorer.reading.partner, len(explorer.reading.rivals)
    (13, 9)
    """

    figure: go.Figure
    controls: dict[str, Any]
    widget: Any
    _reading: LineUp

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
        state = self._opening(settings)
        self._worst = 0
        self.controls = make_controls()
        self._words = make_words(task=to_task(task), drawn=to_note(self._how_many()))
        names = [*self.controls, *self._words]
        self.figure = add_cloud(go.Figure())
        self._picture = Picture(self.figure, scrollZoom=True)
        self.widget = arrange(self._picture, self.controls, self._words, parts((*LEVELS[level], *hide), names, GROUPS))
        self._screen = Screen(self.widget, self.controls, self._words, self._sync, parts(lock, names, GROUPS))
        self._runner = Runner(self._running, self._screen.tell, PicturePace(self._picture.sheet))
        self._acts = Acts(state, self._draw, self._screen.sync, self._runner.pause)
        self._connect()
        self._acts.show(state)
        self.controls["present"].value = is_present

    def _opening(self, settings: dict[str, Any]) -> EmbeddingState:
        """The state with these settings; without a row, at the anchor with the largest loss."""
        first = int(self._embeddings.batch(EmbeddingState()).anchors[0])
        state = changed_embeddings(EmbeddingState(), self._embeddings.scene, **{"row": first, **settings})
        return state if "row" in settings else replace(state, row=self._embeddings.worst(state))

    @property
    def state(self) -> EmbeddingState:
        """The state that is shown, frozen; `state.to_json()` saves it as text."""
        return self._acts.state

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
        """Change settings, such as row=17, tao=0.05, policy="hardest", view="principal axes"; `undo` takes them back.

        Args:
            changes: Settings of `explore` for embeddings.

        Raises:
            ValueError: A setting is wrong.
            TypeError: A setting is unknown or of the wrong type.

        >>> from npair_viz.data.scenes import digits
        >>> explorer = EmbeddingExplorer(digits(), {"row": 3})
        >>> explorer.set(row=17, tao=0.05)
        >>> explorer.reading.partner
        7
        """
        self._acts.act(changed_embeddings(self.state, self.scene, **changes))

    def worst(self) -> None:
        """Go to the anchor with the largest loss of the batch; called again, to the next one."""
        self._worst = self._worst + 1 if self.state.row == self._embeddings.worst(self.state, self._worst) else 0
        self.set(row=self._embeddings.worst(self.state, self._worst))

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
        """Stop, remove the explorer from the page and free all rows; its state and its sentence stay."""
        self._runner.pause()
        self._screen.close()
        self._acts.close()
        self._embeddings = self._reading = CLOSED
        give_memory_back()

    def __repr__(self) -> str:
        """The sentence, for a viewer that has no widgets."""
        return f"EmbeddingExplorer. {self._sentence}"

    def _repr_mimebundle_(self, **_: object) -> Any:
        return bundle_of(self.widget, repr(self))

    def _draw(self, state: EmbeddingState) -> None:
        cloud = self._embeddings.cloud(state)
        sentence = tell_embeddings(self._embeddings, state, cloud.line_up)
        with self._picture.changing():
            update_cloud(self.figure, cloud)
        self._reading, self._sentence = cloud.line_up, sentence

    def _sync(self) -> None:
        show_settings(self.controls, vars(self.state))
        show_history(self.controls, self._acts.history)
        show_run(self.controls["tour"], self._runner.is_running, "Tour", "Stop")
        self.controls["l2_reg"].disabled = self.state.normalize
        self.controls["tour"].disabled = self.scene.dimension <= 2
        self._words["sentence"].value = to_speak(self._sentence)

    def _how_many(self) -> str:
        drawn, whole = len(self._embeddings.drawn), len(self._embeddings.scene.labels)
        return "" if drawn == whole else f"Drawn: {drawn:,} of {whole:,} rows, by lot. The loss sees them all."

    def _connect(self) -> None:
        for name in ("typed tao", *(self.controls.keys() & set(FIELDS))):
            self._screen.on_value(self.controls[name], partial(self._set, name))
        self._screen.on_press(self.controls["tour"], lambda: self._runner.toggle(partial(self.set, view="tour")))
        for name, act in {"worst": self.worst, "undo": self.undo, "redo": self.redo, "reset": self.reset}.items():
            self._screen.on_press(self.controls[name], act)
        connect_switch(self.controls["present"], self._picture, self.widget, enlarge_cloud)
        self._picture.on_click(self._choose)

    def _set(self, name: str, value: Any) -> None:
        """Apply the value of a control."""
        asked = asked_by(name, value, self.state.l2_reg)
        self._acts.act(changed_embeddings(self.state, self.scene, **asked), touch=name)

    def _choose(self, name: str, index: int) -> None:
        """Make the row of a mark the anchor."""
        if name in (*CLOUDS, *MARKED) and "row" not in self._screen.locked:
            row = int(traces(self.figure)[name].customdata[index])
            self._screen.attempt(partial(self.set, row=row))

    async def _running(self) -> None:
        self.set(view="tour")
        while self.state.view == "tour" and self.state.turn < LARGEST_TURN:
            self._acts.show(replace(self.state, turn=round(self.state.turn + PACE, 6)))
            await self._runner.pace.next_frame()
