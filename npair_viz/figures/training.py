"""A training run as one figure, 820 wide: where the embeddings are, and beside it the curves of one run or of two."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from plotly import graph_objects as go

from npair_viz.figures.traces import array, put, traces
from npair_viz.geometry.look import CLASS_COLOURS, CLEAR, GREY, INK, OUTLINE, QUIET
from npair_viz.training.datasets import World
from npair_viz.training.snapshot import Moment

WIDTH, HEIGHT = 820, 470
STEP = 1.25  # the reach of raw rows goes in steps, so that the picture does not twitch
LOOKS = ((INK, 2.5), (GREY, 2.5))  # colour and width of the first and the second run
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
class Course:
    """A run as it is drawn: what tells it from the other, the moments so far, and the number of the one shown."""

    label: str
    moments: Sequence[Moment]
    shown: int
    is_on_sphere: bool
    dimension: int

    @property
    def moment(self) -> Moment:
        """The moment that is shown."""
        return self.moments[self.shown]


def add_training(figure: go.Figure) -> go.Figure:
    """Add every trace and the layout to an empty figure, plain or living, and return it."""
    for run in (0, 1):
        _add_picture(figure, run)
        _add_curves(figure, run)
    figure.layout = {"template": figure.layout.template, **_layout()}
    return figure


def update_training(figure: go.Figure, world: World, courses: Sequence[Course], steps: int, panel: str = "") -> None:
    """Show one run or two: their pictures at the moment shown, and all their moments as curves; in place.

    panel: the third curve, a name of PANELS. steps: how far the axis of steps goes.
    """
    for run in (0, 1):
        course = courses[run] if run < len(courses) else None
        _update_picture(figure, run, world, course, len(courses))
        _update_curves(figure, run, course, steps, panel)
    _update_axes(figure, courses, steps, panel)


def named(name: str, run: int) -> str:
    """The name of a trace of the first run, or of the second."""
    return f"{name}, other run" if run else name


def _add_picture(figure: go.Figure, run: int) -> None:
    at = {"xaxis": f"x{run + 1}", "yaxis": f"y{run + 1}", "showlegend": False}
    dots = {"size": 6, "symbol": "circle", "line": {"width": 0.5, "color": OUTLINE}}
    crosses = {"size": 6, "symbol": "x", "line": {"width": 0.5, "color": OUTLINE}}
    figure.add_scatter(name=named("seen", run), mode="markers", marker=dots, hoverinfo="text", **at)
    figure.add_scatter(name=named("unseen", run), mode="markers", marker=crosses, hoverinfo="text", **at)
    font = {"color": INK, "size": 14, "weight": "bold"}
    figure.add_scatter(name=named("names", run), mode="text", textfont=font, hoverinfo="skip", **at)


def _add_curves(figure: go.Figure, run: int) -> None:
    colour, width = LOOKS[run]
    thick, thin = {"color": colour, "width": width}, {"color": colour, "width": 1}
    shared = {"mode": "lines", "xaxis": "x3", "hoverinfo": "x+y", "showlegend": False}
    figure.add_scatter(name=named("loss", run), yaxis="y3", line=thick, **shared)
    figure.add_scatter(name=named("floor", run), yaxis="y3", line={**thin, "dash": "dot"}, **shared)
    figure.add_scatter(name=named("chance", run), yaxis="y3", line={**thin, "dash": "dash"}, **shared)
    figure.add_scatter(name=named("recall", run), yaxis="y4", line=thick, **shared)
    figure.add_scatter(name=named("more", run), yaxis="y5", line=thick, **shared)
    here = {"size": 10, "color": colour, "line": {"width": 1.5, "color": "white"}}
    for name, axis in (("loss", "y3"), ("recall", "y4"), ("more", "y5")):
        now = {**shared, "mode": "markers", "hoverinfo": "skip", "cliponaxis": False}
        figure.add_scatter(name=named(f"{name} now", run), yaxis=axis, marker=here, **now)


def _update_picture(figure: go.Figure, run: int, world: World, course: Course | None, runs: int) -> None:
    by_name = traces(figure)
    for name in ("seen", "unseen", "names"):
        put(by_name[named(name, run)], visible=course is not None)
    for axis in (figure.layout[f"xaxis{run + 1}"], figure.layout[f"yaxis{run + 1}"]):
        put(axis, visible=course is not None)
    put(figure.layout.annotations[run], text="" if course is None else _heading(course, run, runs))
    put(figure.layout.annotations[2 + run], text="" if course is None else _badge(course, runs))
    if course is None:
        return
    places, labels = array(course.moment.picture), world.labels[world.shown].tolist()
    classes = list(dict.fromkeys(labels))
    colours = {one: CLASS_COLOURS[i % len(CLASS_COLOURS)] for i, one in enumerate(classes)}
    for name, kind in (("seen", world.seen), ("unseen", world.unseen)):
        rows = [i for i, label in enumerate(labels) if label in kind]
        trace = by_name[named(name, run)]
        put(trace, x=places[rows, 0], y=places[rows, 1], marker__color=[colours[labels[i]] for i in rows])
        put(trace, text=[f"class {labels[i]}, {'' if name == 'seen' else 'never '}trained on" for i in rows])
    centres = np.stack([places[[i for i, label in enumerate(labels) if label == one]].mean(axis=0) for one in classes])
    put(by_name[named("names", run)], x=centres[:, 0], y=centres[:, 1], text=[str(one) for one in classes])
    reach = reach_of(places, course.is_on_sphere)
    for axis in ("xaxis", "yaxis"):
        put(figure.layout[f"{axis}{run + 1}"], range=(-reach, reach))
    left, bottom, side = _square(run, runs)
    put(figure.layout[f"xaxis{run + 1}"], domain=(left, left + side / WIDTH))
    put(figure.layout[f"yaxis{run + 1}"], domain=(bottom, bottom + side / HEIGHT))
    put(figure.layout.annotations[run], x=left, y=bottom + side / HEIGHT + 0.015)
    put(figure.layout.annotations[2 + run], x=left, y=bottom - 0.01)


def reach_of(places: np.ndarray, is_on_sphere: bool) -> float:
    """How far the picture goes from its middle: a little more than a length of 1, or than the farthest row."""
    farthest = 1.0 if is_on_sphere else max(float(np.abs(places).max()), 1e-3)
    return 1.1 * (1.0 if is_on_sphere else STEP ** math.ceil(math.log(farthest, STEP)))


def _update_curves(figure: go.Figure, run: int, course: Course | None, steps: int, panel: str) -> None:
    by_name, quantities = traces(figure), {"loss": "loss", "recall": "recall", "more": panel}
    put(by_name[named("floor", run)], visible=course is not None)
    put(by_name[named("chance", run)], visible=course is not None)
    for name, quantity in quantities.items():
        is_seen = course is not None and bool(quantity)
        put(by_name[named(name, run)], visible=is_seen)
        put(by_name[named(f"{name} now", run)], visible=is_seen)
        if course is not None and quantity:
            at, values = curve(course.moments, quantity)
            put(by_name[named(name, run)], x=at, y=values)
            now = slice(course.shown, course.shown + 1)
            put(by_name[named(f"{name} now", run)], x=at[now], y=values[now])
    if course is not None:
        for name in ("floor", "chance"):
            level = getattr(course.moment, name)
            put(by_name[named(name, run)], x=np.array([0, steps], dtype=np.float32), y=np.full(2, level, np.float32))


def curve(moments: Sequence[Moment], quantity: str) -> tuple[np.ndarray, np.ndarray]:
    """The steps of moments, and one of their numbers."""
    steps = np.array([moment.step for moment in moments], dtype=np.float32)
    return steps, np.array([getattr(moment, quantity) for moment in moments], dtype=np.float32)


def _update_axes(figure: go.Figure, courses: Sequence[Course], steps: int, panel: str) -> None:
    moments = [moment for course in courses for moment in course.moments]
    left, rows = 0.57 if len(courses) == 1 else 0.35, 3 if panel else 2
    height = (TOP - BOTTOM - GAP * (rows - 1)) / rows
    put(figure.layout.xaxis3, range=(0, max(steps, 1)), domain=(left, 0.985))
    for row, axis in enumerate(("yaxis3", "yaxis4", "yaxis5")[:rows]):
        top = TOP - row * (height + GAP)
        put(figure.layout[axis], domain=(top - height, top))
        put(figure.layout.annotations[4 + row], x=left, y=top + 0.008)
    put(figure.layout.annotations[6], text=PANELS[panel])
    put(figure.layout.yaxis3, range=(0, 1.08 * max(max(one.loss, one.chance) for one in moments)))
    lowest = math.floor(10 * min(one.recall for one in moments)) / 10
    put(figure.layout.yaxis4, range=(min(lowest, 0.9), 1 + 0.04 * (1 - min(lowest, 0.9))))
    put(figure.layout.yaxis5, visible=bool(panel))
    if panel:
        values = [0.0, *(getattr(one, panel) for one in moments)]
        room = 0.06 * (max(values) - min(values)) or 1.0
        put(figure.layout.yaxis5, range=(min(values) - room, max(values) + room))


def _heading(course: Course, run: int, runs: int) -> str:
    look = "" if runs == 1 else f'<span style="color: {LOOKS[run][0]}">▬</span> '
    return f"{look}<b>{course.label}</b>, step {course.moment.step}"


def _badge(course: Course, runs: int) -> str:
    if course.dimension == 2:
        return ""
    held = f"shadow of {course.dimension}-d: {min(round(100 * course.moment.held), 99)} %"
    return f"{held} of squared length" if runs == 1 else held


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
        "width": WIDTH,
        "height": HEIGHT,
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        "font": {"color": INK, "size": 12},
        "dragmode": False,
        "hovermode": "closest",
        "uirevision": "kept",
        "annotations": [
            _note(size=13),
            _note(size=13),
            _note("top"),
            _note("top"),
            _note(text="loss: --- chance, ··· best possible"),
            _note(text="Recall@1 on classes never met"),
            _note(),
            _note("top", x=0.02, y=0.05, text="● trained on   ✕ never"),
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


def _note(anchor: str = "bottom", *, text: str = "", x: float = 0, y: float = 0, **font: object) -> dict[str, object]:
    place = {"x": x, "y": y, "xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": anchor}
    return {**place, "showarrow": False, "text": text, "font": {"size": 12, **font}, "align": "left"}
