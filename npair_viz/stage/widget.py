"""The stage as a widget of a notebook, which can also be written to a page that needs no kernel."""

from base64 import b64encode
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

from npair_viz.optional_imports import needed_for

with needed_for("Stage"):
    import anywidget
    import traitlets

from npair_viz.data.scene import Scene
from npair_viz.geometry.acts import alone
from npair_viz.geometry.kept_states import check_known
from npair_viz.geometry.missions import MISSIONS, as_json
from npair_viz.geometry.narration import narrate
from npair_viz.geometry.reading import Reading
from npair_viz.losses.objectives import OBJECTIVES
from npair_viz.stage.acts import cause
from npair_viz.stage.bundle import bundle, style_sheet
from npair_viz.stage.changes import changed
from npair_viz.stage.draws import Draws, plane_of
from npair_viz.stage.page import page
from npair_viz.stage.parts import options_of
from npair_viz.stage.saved import state_from, told
from npair_viz.stage.scene_states import draws_of, first_state, page_state, scenes_beside_python, scenes_of_the_stage
from npair_viz.stage.state import FIELDS, SURFACES, State
from npair_viz.stage.still import still
from npair_viz.stage.store import Store
from npair_viz.stage.traits import SETTABLE, Listed, by_pair, from_traits, traits_of
from npair_viz.validation import check_choice

DRAWINGS = ("off", "open", "done")


class Stage(anywidget.AnyWidget):
    """An interactive picture of the loss: drag the points, and see the loss and its forces at once.

    The browser itself computes the loss, of up to 64 pairs of any dimension. Each attribute but `reading` and
    `sentence` is a trait: `observe` it, or link a slider to it with `ipywidgets.jslink`.

    Args:
        scene: A scene's name, or a scene of at most 64 pairs.
        level: 1 for beginners, 2 for lessons, 3 for everything; each is a list of parts to hide.
        hide: Parts to leave out: scene, surface, objective, history, play, side (bars and ruler), legend, knobs (or
            tao, l2_reg), sentence, status, drawers, best, invitation ("drag me"). With all of them hidden the board
            fills its box.
        lock: What to disable: move (no hand moves a point; Play does unless play is locked too), inputs by their names.
        task: A line of text that says what to do.
        drawer: The panel that is open: "shares", "loss so far", "loss over tao" or "phase map"; "" for none.
        mission: The name of one of `npair_viz.geometry.missions.MISSIONS`; its scene replaces `scene`, and its
            settings are locked.
        drawing: "off"; "open" hides the forces and lets the user draw an arrow, see `drawn`; "done" shows the forces,
            the drawn arrow and the angle between it and the true one.
        present: Whether it is shown by a projector: a board of 620 pixels, large type, black on white.
        settings: Those of the state, such as tao, in place of the scene's defaults; `selected` is a point, as below.

    Attributes:
        points: (2n, d), d up to 3: the n anchors, then their n positives; empty beyond three dimensions.
        labels: (2n), their classes.
        tao: As in `npair_loss`.
        l2_reg: As in `npair_loss`.
        normalize: Whether the loss divides points by their lengths.
        objective: As in `npair_loss`.
        surface: "sphere" keeps every point at length 1 (two-dimensional ones on the circle), "plane" leaves it free.
        selected: The number of the point whose forces are drawn; in `state` its pair and "anchor" or "positive".
        landscape: Whether colours show the loss for every other place of the selected point.
        state: Everything that has to be saved, as JSON.
        put: The whole history for a page that opens.
        news: The history since then, without the tables that pages have.
        key: Which stage it is, for its pages: the model's id.
        drawing: See above.
        drawn: The arrow that the user drew, [dx, dy] in units of n·tao·force; [] for none.
        trouble: The error to show on the stage; "" for none.

    Raises:
        ValueError: A scene or state can't be shown, or a name or setting is wrong.
        TypeError: A setting is unknown, or something is of the wrong type.

    On the page: the root `[data-npair="stage"]` has `data-loss`, `data-tao`, `data-l2-reg`, `data-step`, `data-floor`;
    points `[data-point="a0"]`, `[data-point="p0"]` have `data-x`, `data-y` (and `data-z`); arrows
    `[data-arrow="a0:pull|push|shrink|sum"]` have `data-dx`, `data-dy` (and `data-dz`), in units of n·tao·force; matrix
    cells `[data-cell="i,j"]`; buttons `[data-action="play|pause|step|reset|undo|redo"]`; inputs
    `[data-control="tao|l2_reg|normalize|objective|surface|scene|speed"]`; `[data-role="sentence"]` and
    `[data-role="status"]`; `[data-drawer="shares|loss so far|loss over tao|phase map"]`. Numbers are in full precision.

    >>> Stage("tidy", tao=0.1).labels[:2]
    [3, 8]
    """

    _esm = bundle("entry/widget") + "\nexport default { initialize, render };\n"
    _css = style_sheet()
    points: Any = Listed().tag(sync=True)
    labels: Any = Listed().tag(sync=True)
    tao = traitlets.Float(State.tao).tag(sync=True)
    l2_reg = traitlets.Float(State.l2_reg).tag(sync=True)
    normalize = traitlets.Bool(State.normalize).tag(sync=True)
    objective = traitlets.Enum(OBJECTIVES, State.objective).tag(sync=True)
    surface = traitlets.Enum(SURFACES, State.surface).tag(sync=True)
    selected = traitlets.Int(0).tag(sync=True)
    landscape = traitlets.Bool(False).tag(sync=True)
    state = traitlets.Dict().tag(sync=True)
    options = traitlets.Dict().tag(sync=True)
    trouble = traitlets.Unicode("").tag(sync=True)
    put = traitlets.Dict().tag(sync=True)
    news = traitlets.Dict().tag(sync=True)
    key = traitlets.Unicode().tag(sync=True)
    drawing = traitlets.Enum(DRAWINGS, "off").tag(sync=True)
    drawn: Any = Listed().tag(sync=True)

    def __init__(
        self,
        scene: str | Scene = "line-up",
        *others: object,
        level: int = 2,
        hide: Collection[str] = (),
        lock: Collection[str] = (),
        task: str = "",
        drawer: str = "",
        mission: str | None = None,
        drawing: str = "off",
        present: bool = False,
        **settings: Any,
    ) -> None:
        check_choice("drawing", drawing, DRAWINGS)
        given = {**options_of(level, hide, lock, task=task), "present": present}
        if mission is not None:
            check_choice("mission", mission, tuple(MISSIONS))
            given["mission"], scene = as_json(MISSIONS[mission]), MISSIONS[mission].scene
        draws = draws_of(scene, *others)
        state = first_state(scene, draws, **by_pair(settings, scene, draws), drawer=drawer)
        self._open(state, draws, given)
        self.drawing = drawing

    def _open(self, state: State, draws: Draws, options: Mapping[str, Any]) -> None:
        self._is_publishing = True
        self.store = Store(state, draws, self._publish)
        shown, key = {**options, "scenes": scenes_beside_python()}, uuid4().hex
        super().__init__(**traits_of(state, draws), options=shown, put=self.store.put(), key=key, model_id=key)
        self._is_publishing = False
        self.on_msg(self._hear)

    @classmethod
    def from_state(cls, state: Mapping[str, Any], **options: Any) -> "Stage":
        """The stage at a saved `state`, perhaps of an older version; options: level, hide, lock, drawer and task."""
        stage, draws, drawer = cls.__new__(cls), Draws(), options.pop("drawer", None)
        opened = state_from(state, draws)
        check_known(state, (*FIELDS, "version"))
        opened = opened if drawer is None else changed(opened, draws, drawer=drawer)
        stage._open(opened, draws, options_of(**options))
        return stage

    @classmethod
    def of(cls, state: State, draws: Draws, **options: Any) -> "Stage":
        """The stage of a checked state; options as Python's side of the page takes them."""
        stage = cls.__new__(cls)
        stage._open(state, draws, options)
        return stage

    @property
    def reading(self) -> Reading:
        """Every number on the stage, by torch."""
        return self.store.draws.reading(self.store.state)

    @property
    def sentence(self) -> str:
        """The sentence under the picture."""
        state, origin, draws = self.store.state, self.store.acts.history.origin, self.store.draws
        if origin is None:
            return narrate(self.reading)
        return narrate(self.reading, draws.reading(origin), cause(origin, state, self.reading.scene))

    def change(self, **changes: Any) -> None:
        """Change settings, as one act.

        Errors: ValueError or TypeError that names the setting.
        """
        self.store.acts.act(changed(self.store.state, self.store.draws, **changes))

    def show_page(self) -> Any:
        """The stage at its present state as an interactive frame of the document, which needs no kernel."""
        from IPython.display import IFrame

        address = "data:text/html;base64," + b64encode(self._page().encode()).decode()
        return IFrame(address, width="100%", height=760)

    def to_html(self, path: str | Path) -> None:
        """Write the stage at its present state to an HTML file, which needs no kernel and no network."""
        Path(path).write_text(self._page(), encoding="utf-8")

    def to_svg(self) -> str:
        """The picture with its sentence as SVG, for slides and papers."""
        state, reading = self.store.state, self.reading
        return still(
            reading, plane_of(state, reading), surface=state.surface, point=state.point, sentence=self.sentence
        )

    def now(self) -> dict[str, Any]:
        """The present state as JSON."""
        return told(self.store.state, self.store.draws)

    def get_state(self, key: Any = None, drop_defaults: bool = False) -> Any:
        """The traits for a page that opens, with the whole history as it is now."""
        if key is None:
            self._trait_values["put"] = self.store.put()
        return super().get_state(key, drop_defaults)

    @alone
    def notify_change(self, change: Any) -> None:
        """Call the observers; what one of them raises, and why a value can't be shown, is told on the stage."""
        try:
            if change["name"] in SETTABLE and not self._is_publishing:
                self._by_trait(change["name"])
            super().notify_change(change)
        except Exception as error:
            if change["name"] != "trouble":
                self.trouble = f"{type(error).__name__}: {error}"
            raise

    def close(self) -> None:
        """Take the stage off the page and let go of its data."""
        if "store" not in vars(self):  # it was refused before it opened, and is collected now
            return
        layout = self.layout
        super().close()
        layout.close()
        self.unobserve_all()
        self.store.close()

    @alone
    def __setattr__(self, name: str, value: Any) -> None:
        if not name.startswith("_") and name != "store" and not hasattr(type(self), name):
            raise AttributeError(f"a stage has no {name!r} to set: its settings are {', '.join(SETTABLE)}")
        super().__setattr__(name, value)

    def _repr_mimebundle_(self, **given: Any) -> Any:
        bundle: Any = super()._repr_mimebundle_(**given)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        return {**data, "text/plain": f"Stage. {narrate(self.reading)}", "image/svg+xml": self.to_svg()}, metadata

    def _page(self) -> str:
        return page(page_state(self.store.state, self.store.draws), {**self.options, "scenes": scenes_of_the_stage()})

    # Traits and pages

    def _publish(self, is_told: bool) -> None:
        """Set the traits to the present state, and send it to the pages unless the only one knows it already."""
        if self._is_publishing:
            return
        traits = traits_of(self.store.state, self.store.draws)
        if is_told:
            self.trouble = ""  # it was said of what is no longer shown
        self._is_publishing = True
        try:
            held = self.hold_sync() if is_told else self._lock_property(**traits)
            with held, self.hold_trait_notifications():  # all traits are set before an observer may fail
                if is_told:
                    self.set_trait("news", self.store.news())
                for name, value in traits.items():
                    setattr(self, name, value)
        finally:
            self._is_publishing = False

    def _by_trait(self, name: str) -> None:
        """Python, or a widget that is linked, has set a trait: an act like any other."""
        state, draws = self.store.state, self.store.draws
        try:
            if name == "state":
                after = state_from(self.state, draws)
            else:
                own, wanted = traits_of(state, draws), {one: getattr(self, one) for one in SETTABLE if one != "state"}
                changes = {one: value for one, value in wanted.items() if value != own[one]}
                after = changed(state, draws, **from_traits(changes, len(self.labels) // 2)) if changes else state
            self.store.acts.act(after, touch=f"trait {name}")
        except Exception:
            self._publish(True)  # the traits are again what is shown
            raise

    def _hear(self, _: Any, content: Any, buffers: Any) -> None:
        """A page has told of acts, or asks for what only Python can do."""
        kind, client = content.get("kind"), content.get("client")
        try:
            if kind == "acts":
                self.store.hear(content, buffers)
            elif kind == "hello":
                if self.store.welcome(client, content.get("epoch"), lacks=bool(content.get("lacks"))):
                    self.send_state([*SETTABLE, "trouble", "drawing", "drawn"])
            elif kind == "ask":
                self._asked(content["changes"])
        finally:
            self.send({"kind": "heard", "client": client, "seq": content.get("seq")})

    def _asked(self, changes: Mapping[str, Any]) -> None:
        """Do what a page asks for; what can't be done is told there."""
        try:
            self.change(**changes)
        except (ValueError, TypeError, ImportError) as error:
            self.trouble = ""  # else the same words would not be news
            self.trouble = str(error)
