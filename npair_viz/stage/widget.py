"""The stage as a widget of a notebook, which can also be written to a page that needs no kernel."""

from base64 import b64encode
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from npair_viz.optional_imports import needed_for

with needed_for("Stage"):
    import anywidget
    import traitlets

from npair_viz.data.scenes import Scene, named
from npair_viz.geometry.missions import MISSIONS, as_json
from npair_viz.geometry.narration import narrate
from npair_viz.geometry.reading import Reading
from npair_viz.losses.objectives import OBJECTIVES
from npair_viz.stage.bundle import bundle, style_sheet
from npair_viz.stage.page import page, write_page
from npair_viz.stage.parts import options_of
from npair_viz.stage.scene_states import reading_of, scenes_of_the_stage, state_of
from npair_viz.stage.state import DEFAULTS, SURFACES, checked_state
from npair_viz.stage.still import still
from npair_viz.validation import check_choice

DRAWINGS = ("off", "open", "done")


class Stage(anywidget.AnyWidget):
    """An interactive picture of the loss: drag the points, and see the loss and its forces at once.

    The browser itself computes the loss, of up to 64 pairs. Each attribute but `reading` and `sentence` is a trait:
    `observe` it, or link a slider to it with `ipywidgets.jslink`.

    Args:
        scene: A scene's name, or a paired scene of two or three dimensions.
        level: 1 for beginners, 2 for lessons, 3 for everything; each is a list of parts to hide.
        hide: Parts to leave out: scene, surface, objective, history, play, side (bars and ruler), legend, knobs (or
            tao, l2_reg), sentence, status, drawers, best, invitation ("drag me"). With all of them hidden the board
            fills its box.
        lock: What to disable: move (all points), and inputs by their names.
        task: A line of text that says what to do.
        drawer: The panel that is open: "shares", "loss so far", "loss over tao" or "phase map"; "" for none.
        mission: The name of one of `npair_viz.geometry.missions.MISSIONS`; its scene replaces `scene`, and its
            settings are locked.
        mirror: Whether Python keeps the history: the stage then shows `state`, counts the user's acts in `act`, and
            draws the ghost of the points in `before`.
        drawing: "off"; "open" hides the forces and lets the user draw an arrow, see `drawn`; "done" shows the forces,
            the drawn arrow and the angle between it and the true one.
        present: Whether it is shown by a projector: a board of 620 pixels, large type, black on white.
        settings: tao, l2_reg, normalize, objective, surface, selected, same, steps, in place of the scene's defaults.

    Attributes:
        points: (2n, d), d = 2 or 3: the n anchors, then their n positives.
        labels: (2n), their classes.
        tao: As in `npair_loss`.
        l2_reg: As in `npair_loss`.
        normalize: Whether the loss divides points by their lengths.
        objective: As in `npair_loss`.
        surface: "sphere" keeps every point at length 1 (two-dimensional ones on the circle), "plane" leaves it free.
        selected: The point whose forces are drawn.
        landscape: Whether colours show the loss for every other place of the selected point.
        state: Everything that has to be saved, as JSON.
        before: The state whose points are drawn as a ghost, {} for none; with `mirror`.
        act: The number of the user's present act; with `mirror`.
        drawing: See above.
        drawn: The arrow that the user drew, [dx, dy] in units of n·tao·force; [] for none.
        trouble: The error to show on the stage; "" for none.

    Raises:
        ValueError: A scene or state can't be shown, or a name or setting is wrong.
        TypeError: A setting is unknown or of the wrong type.

    On the page: the root `[data-npair="stage"]` has `data-loss`, `data-tao`, `data-l2-reg`, `data-step`, `data-floor`;
    points `[data-point="a0"]`, `[data-point="p0"]` have `data-x`, `data-y` (and `data-z`); arrows
    `[data-arrow="a0:pull|push|shrink|sum"]` have `data-dx`, `data-dy` (and `data-dz`), in units of n·tao·force; matrix
    cells `[data-cell="i,j"]`; buttons `[data-action="play|pause|step|reset|undo|redo"]`; inputs
    `[data-control="tao|l2_reg|normalize|objective|surface|scene|speed"]`; `[data-role="sentence"]` and
    `[data-role="status"]`; `[data-drawer="shares|loss so far|loss over tao|phase map"]`. Numbers are in full precision.

    >>> Stage("tidy", tao=0.1).labels[:2]
    [3, 8]
    """

    _esm = bundle("entry/widget") + "\nexport default { render };\n"
    _css = style_sheet()
    points: Any = traitlets.List().tag(sync=True)
    labels: Any = traitlets.List().tag(sync=True)
    tao = traitlets.Float(DEFAULTS["tao"]).tag(sync=True)
    l2_reg = traitlets.Float(DEFAULTS["l2_reg"]).tag(sync=True)
    normalize = traitlets.Bool(DEFAULTS["normalize"]).tag(sync=True)
    objective = traitlets.Enum(OBJECTIVES, DEFAULTS["objective"]).tag(sync=True)
    surface = traitlets.Enum(SURFACES, DEFAULTS["surface"]).tag(sync=True)
    selected = traitlets.Int(DEFAULTS["selected"]).tag(sync=True)
    state = traitlets.Dict().tag(sync=True)
    options = traitlets.Dict().tag(sync=True)
    trouble = traitlets.Unicode("").tag(sync=True)
    landscape = traitlets.Bool(False).tag(sync=True)
    before = traitlets.Dict().tag(sync=True)
    act = traitlets.Int(0).tag(sync=True)
    drawing = traitlets.Enum(DRAWINGS, "off").tag(sync=True)
    drawn: Any = traitlets.List().tag(sync=True)

    def __init__(
        self,
        scene: str | Scene = "line-up",
        *,
        level: int = 2,
        hide: Collection[str] = (),
        lock: Collection[str] = (),
        task: str = "",
        drawer: str = "",
        mission: str | None = None,
        mirror: bool = False,
        drawing: str = "off",
        present: bool = False,
        **settings: Any,
    ) -> None:
        check_choice("drawing", drawing, DRAWINGS)
        given = {**options_of(level, hide, lock, drawer, task=task), "mirror": mirror, "present": present}
        if mission is not None:
            check_choice("mission", mission, tuple(MISSIONS))
            given["mission"], scene = as_json(MISSIONS[mission]), MISSIONS[mission].scene
        self._open(state_of(named(scene) if isinstance(scene, str) else scene, **settings), given)
        self.drawing = drawing

    def _open(self, state: Mapping[str, Any], options: Mapping[str, Any]) -> None:
        traits = {name: state[name] for name in state if name in self.trait_names()}
        super().__init__(**traits, state=dict(state), options={**options, "scenes": scenes_of_the_stage()})

    @classmethod
    def from_state(cls, state: Mapping[str, Any], **options: Any) -> "Stage":
        """The stage at a saved `state`, perhaps of an older version; options: level, hide, lock, drawer and task."""
        stage = cls.__new__(cls)
        stage._open(checked_state(state), options_of(**options))
        return stage

    @property
    def reading(self) -> Reading:
        """Every number on the stage, by torch."""
        return reading_of(self.now())

    @property
    def sentence(self) -> str:
        """The sentence under the picture."""
        return narrate(self.reading)

    def show_page(self) -> Any:
        """The stage at its present state as an interactive frame of the document, which needs no kernel."""
        from IPython.display import IFrame

        address = "data:text/html;base64," + b64encode(page(self.now(), self.options).encode()).decode()
        return IFrame(address, width="100%", height=760)

    def _repr_mimebundle_(self, **given: Any) -> Any:
        bundle: Any = super()._repr_mimebundle_(**given)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        reading = self.reading
        return {**data, "text/plain": f"Stage. {narrate(reading)}", "image/svg+xml": still(reading)}, metadata

    def to_html(self, path: str | Path) -> None:
        """Write the stage at its present state to an HTML file, which needs no kernel and no network."""
        write_page(path, self.now(), self.options)

    def now(self) -> dict[str, Any]:
        """The present state: `state` with the traits that Python has set since the browser sent it."""
        return {**self.state, **{name: getattr(self, name) for name in self.state if name in self.trait_names()}}

    def notify_change(self, change: Any) -> None:
        """Call the observers; an error that one of them raises is also shown on the stage."""
        try:
            super().notify_change(change)
        except Exception as error:
            if change["name"] != "trouble":
                self.trouble = f"{type(error).__name__}: {error}"
            raise
