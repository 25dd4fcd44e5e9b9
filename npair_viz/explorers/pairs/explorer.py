"""The explorer of pairs: Python's hold on a stage."""

from collections.abc import Collection, Sequence
from typing import Any, NoReturn

from npair_viz.data.scene import Scene
from npair_viz.explorers.shared.attributes import Fixed
from npair_viz.geometry.reading import Reading
from npair_viz.stage.acts import moved, played
from npair_viz.stage.changes import changed
from npair_viz.stage.draws import Draws
from npair_viz.stage.parts import options_of
from npair_viz.stage.saved import upgraded
from npair_viz.stage.state import FIELDS, State
from npair_viz.stage.widget import Stage

INSTEAD = {
    "figure": "the picture is drawn by explorer.widget; explorer.to_svg() is the picture, explorer.reading its numbers",
    "controls": "the controls are the page's own; explorer.set(tao=0.1), move, play, undo, redo and reset do the same",
    "stage": "explorer.widget is the stage",
    "framing": "explorer.widget.options holds what is hidden and locked",
    "to_html": "explorer.widget.to_html(path) writes a page that needs no kernel",
    "to_png": "explorer.to_svg() is the picture; on the page Shift and a click on 'save the picture' keep it as PNG",
    "save": "explorer.state.to_json() is its state, explorer.to_svg() its picture, explorer.widget.to_html(p) a page",
    "show": "a notebook shows explorer in the last line of a cell, and display(explorer) anywhere else",
    "step": "explorer.play(steps=1) takes a step",
}
HELD = {"reading": Reading, "widget": Stage, "state": State}


class Explorer(Fixed, called="explorer", settings=FIELDS):
    """A living picture of the loss. Made by `explore`, shown by a notebook, driven by hand or by `set`, `move`, `play`.

    state: the moment it shows, frozen; reading: every number at it; sentence: the words under the picture;
    widget: the stage, whose traits can be observed and linked.

    >>> explorer = Explorer(State(scene="line-up"))
    >>> explorer.set(tao=0.05)
    >>> explorer.sentence[:41]
    'tao 0.50 → 0.05: loss 0.484 → 1.119. Most'
    """

    widget: Stage

    def __init__(
        self,
        state: State,
        data: Scene | None = None,
        *,
        level: int = 2,
        hide: Collection[str] = (),
        lock: Collection[str] = (),
        task: str = "",
        is_present: bool = False,
    ) -> None:
        draws = Draws(data)
        self.widget = Stage.of(changed(state, draws), draws, **options_of(level, hide, lock, task, present=is_present))

    @property
    def state(self) -> State:
        """The moment that is shown, frozen; `state.to_json()` keeps it as text.

        To come back: kept = json.loads(text), explore(**kept); with your own data explore(embeddings, labels, **kept).
        """
        return self.widget.store.state

    @property
    def reading(self) -> Reading:
        """Every number on screen."""
        return self.widget.reading

    @property
    def sentence(self) -> str:
        """The words under the picture."""
        return self.widget.sentence

    def set(self, **changes: Any) -> None:
        """Change settings of the state, such as tao=0.1, scene="tidy", normalize=False; one act, which undo takes back.

        The settings are those of `explore`; a kept state is such settings.
        Errors: ValueError or TypeError that names the setting.
        """
        self.widget.change(**(upgraded(changes) if "version" in changes else changes))

    def move(self, point: str, to: float | Sequence[float]) -> None:
        """Put a point elsewhere: move("p3", 120) in degrees, move("p3", (0.3, 0.8)) in coordinates.

        Errors: ValueError that says which points there are, or what a place must be.

        >>> explorer = Explorer(State(scene="line-up"))
        >>> explorer.move("p3", 90)
        >>> round(explorer.reading.loss, 3)
        0.392
        """
        self._act(moved(self.state, self.widget.store.draws, point, to))

    def play(self, steps: int = 60) -> None:
        """Let all points take so many steps of gradient descent, lr = 0.1·n·tao.

        Where lengths are free and l2_reg is strong, lr is less: 0.1·n·tao / max(1, 2·l2_reg·tao / 5).
        Errors: ValueError or TypeError for steps that are no count; ValueError where points run away.

        >>> explorer = Explorer(State(scene="line-up"))
        >>> explorer.play(steps=5)
        >>> explorer.undo()
        >>> round(explorer.reading.loss, 3)
        0.484
        """
        self._act(played(self.state, self.widget.store.draws, steps))

    def undo(self) -> None:
        """Take the last act back."""
        self.widget.store.acts.undo()

    def redo(self) -> None:
        """Do again what was taken back."""
        self.widget.store.acts.redo()

    def reset(self) -> None:
        """Go back to the start; an act like any other."""
        self.widget.store.acts.reset()

    def to_svg(self) -> str:
        """The picture with its sentence as SVG, for slides and papers."""
        return self.widget.to_svg()

    def close(self) -> None:
        """Take the explorer off the page and free what it holds there."""
        self.widget.close()

    def __getattr__(self, name: str) -> NoReturn:
        held = [f"explorer.{one}.{name}" for one, kind in HELD.items() if name in {*dir(kind), *kind.__annotations__}]
        raise AttributeError(f"an explorer has no {name!r}: {INSTEAD.get(name) or [*held, 'see help(explorer)'][0]}")

    def __repr__(self) -> str:
        """The sentence, for a viewer that has no widgets."""
        return f"Explorer of {self.state.scene!r}. {self.sentence}"

    def _repr_mimebundle_(self, **given: Any) -> Any:
        data, metadata = self.widget._repr_mimebundle_(**given)
        return {**data, "text/plain": repr(self)}, metadata

    def _act(self, after: State) -> None:
        self.widget.store.acts.act(after)
