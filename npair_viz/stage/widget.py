"""The stage as a widget: points to drag, in a notebook or, written to a file, on a page that needs no kernel."""

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
    """A living picture of the loss: drag the points, and see at once what it says and wants.

    Made from a scene's name, a paired scene, or a state; its browser computes the loss of up to 64 pairs by itself.
    `points` (2n, d), d = 2 or 3: the n anchors, then their n positives. `labels` (2n): their classes. `tao`, `l2_reg`,
    `normalize`, `objective` as in `npair_loss`. `surface`: "sphere" holds every point at length 1, in the plane on the
    circle; "plane" leaves it free. `selected`: the point whose forces are drawn. `landscape`: whether colours
    show what the loss would be, were that point elsewhere. `state`: all that JSON needs to keep.
    Each is a trait: `observe` it, or link a slider to it with `ipywidgets.jslink`.
    mission: one of `npair_viz.geometry.missions.MISSIONS` by its name; it brings its own scene, and leaves the points
    to move.
    level: 1 for a first meeting, 2 for a lesson, 3 for everything. It is but a named list for `hide`.
    hide: parts to leave out: scene, surface, objective, history, play, side (bars and ruler), legend, knobs (or tao,
    l2_reg), sentence, status, drawers, best, invitation ("drag me"). With all of them hidden the board alone is left,
    as wide as its box.
    lock: what to hold still: move (all points), and inputs by their names.
    drawer: the panel that is open: shares, loss so far, loss over tao or phase map.
    mirror: for an owner who keeps the history: the stage shows `state`, says in `act` the number of the hand's present
    act, and draws its ghost from the state in `before`; none from {}.
    present: for a projector: a board of 620 pixels, large type, black on white.
    drawing: "open" hides the forces, and a hand draws an arrow from the chosen point into the trait `drawn`: [dx, dy],
    in units of n·tao·force, [] while there is none; "done" shows the forces, the drawn arrow and the angle between.
    Errors: ValueError or TypeError for a scene or a state that can't be shown, and for names that there are not.

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
        """The stage at a kept `state`, maybe an older version's, with level, hide, lock, drawer and task as above."""
        stage = cls.__new__(cls)
        stage._open(checked_state(state), options_of(**options))
        return stage

    @property
    def reading(self) -> Reading:
        """Every number on the stage, by torch."""
        return reading_of(self.now())

    @property
    def sentence(self) -> str:
        """What there is to say of the points as they stand."""
        return narrate(self.reading)

    def show_page(self) -> Any:
        """The stage as it stands, living inside the document: also where no kernel will run."""
        from IPython.display import IFrame

        address = "data:text/html;base64," + b64encode(page(self.now(), self.options).encode()).decode()
        return IFrame(address, width="100%", height=760)

    def _repr_mimebundle_(self, **given: Any) -> Any:
        bundle: Any = super()._repr_mimebundle_(**given)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        reading = self.reading
        return {**data, "text/plain": f"Stage. {narrate(reading)}", "image/svg+xml": still(reading)}, metadata

    def to_html(self, path: str | Path) -> None:
        """Write the stage as it stands to a page that opens by double click: no kernel, no network."""
        write_page(path, self.now(), self.options)

    def now(self) -> dict[str, Any]:
        """The state with what Python has set since the page last told it."""
        return {**self.state, **{name: getattr(self, name) for name in self.state if name in self.trait_names()}}

    def notify_change(self, change: Any) -> None:
        """Tell observers; what one of them raises is shown on the stage, too."""
        try:
            super().notify_change(change)
        except Exception as error:
            if change["name"] != "trouble":
                self.trouble = f"{type(error).__name__}: {error}"
            raise
