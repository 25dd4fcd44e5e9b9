"""One or two training runs as a figure, 820 pixels wide: the embeddings at a snapshot, and beside them curves."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from plotly import graph_objects as go

from npair_viz.figures.traces import array, as_text, bare_layout, note, put, traces
from npair_viz.geometry.look import CLASS_COLOURS, GREY, INK, OUTLINE, QUIET
from npair_viz.training.datasets import World
from npair_viz.training.snapshot import Snapshot

WIDTH, HEIGHT = 820, 470
STEP = 1.25  # the axes of raw rows grow by this factor, so that the scale does not change at every snapshot
LINES = ((INK, 2.5), (GREY, 2.5))  # colour and width of the first and the second run
PANELS = {
    "": "",
    "nmi": "NMI, classes never met (0 to 1)",
    "mean_norm": "mean length",
    "effective_negatives": "negatives that count",
    "gradient_norm": "length of the gradient",
    "alignment": "alignment, classes never met",
    "uniformity": "uniformity, classes never met",
}
SMALL = {"size": 11}
BOTTOM, TOP, GAP = 0.08, 0.95, 0.08  # of the curves, and between two of them


@dataclass(frozen=True, eq=False)
class RunView:
    """A training run and which of its snapshots is shown.

    Attributes:
        label: The setting in which it differs from the other run.
        snapshots: Those so far.
        index: Which of them is shown.
        is_on_sphere: Whether the loss normalizes rows.
        dimension: Of the embedding.
    """

    label: str
    snapshots: Sequence[Snapshot]
    index: int
    is_on_sphere: bool
    dimension: int

    @property
    def snapshot(self) -> Snapshot:
        """The snapshot that is shown."""
        return self.snapshots[self.index]


def add_training(figure: go.Figure) -> go.Figure:
    """Add every trace and the layout to an empty Figure or FigureWidget, and return it."""
    for run in (0, 1):
        _add_picture(figure, run)
        _add_curves(figure, run)
    figure.layout = {"template": figure.layout.template, **_layout()}
    return figure


def update_training(figure: go.Figure, world: World, views: Sequence[RunView], steps: int, panel: str = "") -> None:
    """Show one run or two in place: their pictures at the snapshot shown, and curves through all their snapshots.

    Args:
        figure: One with the traces of `add_training`.
        world: What the runs train on.
        views: One run or two.
        steps: The end of the axis of steps.
        panel: What the third curve shows, a key of PANELS; "" hides it.
    """
    for run in (0, 1):
        view = views[run] if run < len(views) else None
        _update_picture(figure, run, world, view, len(views))
        _update_curves(figure, run, view, steps, panel)
    _update_axes(figure, views, steps, panel)


def trace_name(name: str, run: int) -> str:
    """The name of a trace of run 0 or of run 1."""
    return f"{name}, other run" if run else name


def _add_picture(figure: go.Figure, run: int) -> None:
    at = {"xaxis": f"x{run + 1}", "yaxis": f"y{run + 1}", "showlegend": False}
    dots = {"size": 6, "symbol": "circle", "line": {"width": 0.5, "color": OUTLINE}}
    crosses = {"size": 6, "symbol": "x", "line": {"width": 0.5, "color": OUTLINE}}
    figure.add_scatter(name=trace_name("seen", run), mode="markers", marker=dots, hoverinfo="text", **at)
    figure.add_scatter(name=trace_name("unseen", run), mode="markers", marker=crosses, hoverinfo="text", **at)
    font = {"color": INK, "size": 14, "weight": "bold"}
    figure.add_scatter(name=trace_name("names", run), mode="text", textfont=font, hoverinfo="skip", **at)


def _add_curves(figure: go.Figure, run: int) -> None:
    colour, width = LINES[run]
    thick, thin = {"color": colour, "width": width}, {"color": colour, "width": 1}
    shared = {"mode": "lines", "xaxis": "x3", "hoverinfo": "x+y", "showlegend": False}
    figure.add_scatter(name=trace_name("loss", run), yaxis="y3", line=thick, **shared)
    figure.add_scatter(name=trace_name("floor", run), yaxis="y3", line={**thin, "dash": "dot"}, **shared)
    figure.add_scatter(name=trace_name("chance", run), yaxis="y3", line={**thin, "dash": "dash"}, **shared)
    figure.add_scatter(name=trace_name("recall", run), yaxis="y4", line=thick, **shared)
    figure.add_scatter(name=trace_name("more", run), yaxis="y5", line=thick, **shared)
    here = {"size": 10, "color": colour, "line": {"width": 1.5, "color": "white"}}
    for name, axis in (("loss", "y3"), ("recall", "y4"), ("more", "y5")):
        now = {**shared, "mode": "markers", "hoverinfo": "skip", "cliponaxis": False}
        figure.add_scatter(name=trace_name(f"{name} now", run), yaxis=axis, marker=here, **now)


def _update_picture(figure: go.Figure, run: int, world: World, view: RunView | None, runs: int) -> None:
    by_name = traces(figure)
    for name in ("seen", "unseen", "names"):
        put(by_name[trace_name(name, run)], visible=view is not None)
    for axis in (figure.layout[f"xaxis{run + 1}"], figure.layout[f"yaxis{run + 1}"]):
        put(axis, visible=view is not None)
    put(figure.layout.annotations[run], text="" if view is None else _heading(view, run, runs))
    put(figure.layout.annotations[2 + run], text="" if view is None else _badge(view, runs))
    if view is None:
        return
    places, labels = array(view.snapshot.picture), world.labels[world.shown].tolist()
    classes = list(dict.fromkeys(labels))
    words = {one: as_text(world.class_name(one)) for one in classes}
    colours = {one: CLASS_COLOURS[i % len(CLASS_COLOURS)] for i, one in enumerate(classes)}
    for name, kind in (("seen", world.seen), ("unseen", world.unseen)):
        rows = [i for i, label in enumerate(labels) if label in kind]
        trace = by_name[trace_name(name, run)]
        put(trace, x=places[rows, 0], y=places[rows, 1], marker__color=[colours[labels[i]] for i in rows])
        put(trace, text=[f"class {words[labels[i]]}, {'' if name == 'seen' else 'never '}trained on" for i in rows])
    centres = np.stack([places[[i for i, label in enumerate(labels) if label == one]].mean(axis=0) for one in classes])
    put(by_name[trace_name("names", run)], x=centres[:, 0], y=centres[:, 1], text=[words[one] for one in classes])
    end = axis_end(places, view.is_on_sphere)
    for axis in ("xaxis", "yaxis"):
        put(figure.layout[f"{axis}{run + 1}"], range=(-end, end))
    left, bottom, side = _square(run, runs)
    put(figure.layout[f"xaxis{run + 1}"], domain=(left, left + side / WIDTH))
    put(figure.layout[f"yaxis{run + 1}"], domain=(bottom, bottom + side / HEIGHT))
    put(figure.layout.annotations[run], x=left, y=bottom + side / HEIGHT + 0.015)
    put(figure.layout.annotations[2 + run], x=left, y=bottom - 0.01)


def axis_end(places: np.ndarray, is_on_sphere: bool) -> float:
    """Where the axes of a picture end, from 0: a little beyond 1 on the sphere, else beyond the farthest row."""
    farthest = 1.0 if is_on_sphere else max(float(np.abs(places).max()), 1e-3)
    return 1.1 * (1.0 if is_on_sphere else STEP ** math.ceil(math.log(farthest, STEP)))


def _update_curves(figure: go.Figure, run: int, view: RunView | None, steps: int, panel: str) -> None:
    by_name, quantities = traces(figure), {"loss": "loss", "recall": "recall", "more": panel}
    put(by_name[trace_name("floor", run)], visible=view is not None)
    put(by_name[trace_name("chance", run)], visible=view is not None)
    for name, quantity in quantities.items():
        is_visible = view is not None and bool(quantity)
        put(by_name[trace_name(name, run)], visible=is_visible)
        put(by_name[trace_name(f"{name} now", run)], visible=is_visible)
        if view is not None and quantity:
            at, values = curve(view.snapshots, quantity)
            put(by_name[trace_name(name, run)], x=at, y=values)
            now = slice(view.index, view.index + 1)
            put(by_name[trace_name(f"{name} now", run)], x=at[now], y=values[now])
    if view is not None:
        for name in ("floor", "chance"):
            x, y = np.array([0, steps], np.float32), np.full(2, getattr(view.snapshot, name), np.float32)
            put(by_name[trace_name(name, run)], x=x, y=y)


def curve(snapshots: Sequence[Snapshot], quantity: str) -> tuple[np.ndarray, np.ndarray]:
    """The steps of snapshots (m,), and the quantity at each of them (m,)."""
    steps = np.array([one.step for one in snapshots], dtype=np.float32)
    return steps, np.array([getattr(one, quantity) for one in snapshots], dtype=np.float32)


def _update_axes(figure: go.Figure, views: Sequence[RunView], steps: int, panel: str) -> None:
    snapshots = [one for view in views for one in view.snapshots]
    left, rows = 0.57 if len(views) == 1 else 0.35, 3 if panel else 2
    height = (TOP - BOTTOM - GAP * (rows - 1)) / rows
    put(figure.layout.xaxis3, range=(0, max(steps, 1)), domain=(left, 0.985))
    for row, axis in enumerate(("yaxis3", "yaxis4", "yaxis5")[:rows]):
        top = TOP - row * (height + GAP)
        put(figure.layout[axis], domain=(top - height, top))
        put(figure.layout.annotations[4 + row], x=left, y=top + 0.008)
    put(figure.layout.annotations[6], text=PANELS[panel])
    put(figure.layout.yaxis3, range=(0, 1.08 * max(max(one.loss, one.chance) for one in snapshots)))
    lowest = math.floor(10 * min(one.recall for one in snapshots)) / 10
    put(figure.layout.yaxis4, range=(min(lowest, 0.9), 1 + 0.04 * (1 - min(lowest, 0.9))))
    put(figure.layout.yaxis5, visible=bool(panel))
    if panel:
        values = [0.0, *(getattr(one, panel) for one in snapshots)]
        margin = 0.06 * (max(values) - min(values)) or 1.0
        put(figure.layout.yaxis5, range=(min(values) - margin, max(values) + margin))


def _heading(view: RunView, run: int, runs: int) -> str:
    line = "" if runs == 1 else f'<span style="color: {LINES[run][0]}">▬</span> '
    return f"{line}<b>{view.label}</b>, step {view.snapshot.step}"


def _badge(view: RunView, runs: int) -> str:
    if view.dimension == 2:
        return ""
    text = f"shadow of {view.dimension}-d: {min(round(100 * view.snapshot.held), 99)} %"
    return f"{text} of squared length" if runs == 1 else text


def _square(run: int, runs: int) -> tuple[float, float, float]:
    """Left and bottom edge of a picture, as parts of the figure, and its side in pixels."""
    if runs == 1:
        return 0.02, 0.115, 385.0
    return 0.02, (0.585, 0.105)[run], 168.0


def _layout() -> dict[str, object]:
    flat = {"showgrid": False, "zeroline": False, "color": INK, "linecolor": QUIET, "fixedrange": True}
    box = {**flat, "showticklabels": False, "ticks": "", "showline": True, "mirror": True}
    line = {**flat, "ticks": "outside", "showline": True, "tickfont": SMALL, "nticks": 5}
    return {
        **bare_layout(WIDTH, HEIGHT),
        "dragmode": False,
        "annotations": [
            *(note(yanchor="bottom", size=13) for _ in range(2)),
            *(note() for _ in range(2)),
            note(yanchor="bottom", text="loss: --- chance, ··· best possible"),
            note(yanchor="bottom", text="Recall@1 on classes never met"),
            note(yanchor="bottom"),
            note(0.02, 0.05, text="● trained on   ✕ never"),
        ],
        **{f"{axis}axis{run}": {**box, "anchor": f"{other}{run}"} for run in (1, 2) for axis, other in ("xy", "yx")},
        "xaxis3": {
            **line,
            "anchor": "free",
            "position": BOTTOM,
            "title": {"text": "step", "standoff": 2, "font": SMALL},
        },
        "yaxis3": {**line, "anchor": "x3"},
        "yaxis4": {**line, "anchor": "x3"},
        "yaxis5": {**line, "anchor": "x3", "visible": False},
    }
