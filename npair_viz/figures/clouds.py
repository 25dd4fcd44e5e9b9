"""Many embeddings as a figure, 820 pixels wide: the cloud of rows by WebGL, and beside it who is near an anchor."""

import math
from dataclasses import dataclass

import numpy as np
import torch
from plotly import graph_objects as go
from torch import Tensor

from npair_viz.data.neighbours import Nearest
from npair_viz.data.scene import Scene
from npair_viz.figures.candidate_bars import (
    NEGATIVES,
    OTHERS,
    OWN,
    add_bars,
    bar_layout,
    bar_notes,
    is_large,
    update_bars,
)
from npair_viz.figures.colouring import Colouring
from npair_viz.figures.row_words import class_name, hover_text
from npair_viz.figures.traces import array, bare_layout, note, put, traces
from npair_viz.geometry.candidates import LineUp
from npair_viz.geometry.look import CLASS_COLOURS, FORCES, GREY, INK, OUTLINE, QUIET
from npair_viz.geometry.narration import fixed
from npair_viz.geometry.projection import Plane, badge
from npair_viz.losses.objectives import Objective

WIDTH, HEIGHT, LEFT = 820, 430, 44  # pixels; LEFT is the margin for an axis with its title
CLOUDS = ("rows", "rows of the anchor's class", "rows of the nearest other class", "coloured rows")
SELECTED = "selected rows"
FEW = 100  # selected rows; the rings of more are thin and pale, so that the colours are seen through them
OWN_COLOUR, OTHER_COLOUR = CLASS_COLOURS[:2]
MARKED = {  # symbol, colour and size of each kind of mark
    "anchor": ("circle", OWN_COLOUR, 15),
    "nearest of its own": ("diamond", OWN_COLOUR, 12),
    "nearest of others": ("square", OTHER_COLOUR, 15),
    "batch: partner": ("diamond-open", INK, 13),
    "batch: negatives": ("square-open", INK, 11),
}
PALER = "rgb(190, 190, 190)"  # of the others after the nearest
PADDING = 1.08
LONGEST = 0.4  # the longest arrow, as a part of the picture's side
LANES = (0.02, -0.02, 0.0, 0.0)  # of the arrows, as parts of the side: pull, push and net would cover each other
STEP = 1.25  # the scale of the arrows changes by this factor, so that it stays the same while rows move a little
SMALL = {"size": 11}


@dataclass(frozen=True, eq=False)
class Cloud:
    """What the figure shows: an anchor, who is near it among all rows and in its batch, and the rows around them.

    Attributes:
        scene: The data.
        line_up: The anchor, its partner and its negatives in the batch.
        nearest: The rows nearest to the anchor among all.
        batch: The batch in words.
        plane: The plane of the picture.
        view: How the plane was chosen: "anchor plane", "tour" or "principal axes".
        drawn: (m,), the numbers of the rows that are drawn.
        places: (m, 2), their coordinates in the plane.
        marks: (k, 2), the coordinates of the rows that `marked` names, in its order.
        forces: (4, 2), n·tao·force in the plane: pull, push, shrink and their sum.
        normalize: Whether the loss normalizes rows.
        objective: "mc" or "ovo".
        colouring: By what rows are coloured; None for the anchor's class and the nearest other one.
        selected: (s,) the numbers of the selected rows that are drawn.
        selected_places: (s, 2), their coordinates.
        hand: What a hand does on the picture: "pan", "lasso" or "select", a box.
        moment: 1 where places and marks are those of the rows; less, down to 0, on the way from where they were before.
    """

    scene: Scene
    line_up: LineUp
    nearest: Nearest
    batch: str
    plane: Plane
    view: str
    drawn: Tensor
    places: Tensor
    marks: Tensor
    forces: Tensor
    normalize: bool
    objective: Objective
    colouring: Colouring | None
    selected: Tensor
    selected_places: Tensor
    hand: str
    moment: float = 1.0


def marked(one: LineUp, nearest: Nearest) -> dict[str, list[int]]:
    """The rows that have a mark, by its name."""
    rows = [one.row], nearest.own[:OWN], nearest.others[:OTHERS], [one.partner], one.rivals[:NEGATIVES]
    return {name: torch.as_tensor(found).tolist() for name, found in zip(MARKED, rows, strict=True)}


def add_cloud(figure: go.Figure) -> go.Figure:
    """Add every trace and the layout to an empty Figure or FigureWidget, and return it."""
    colours = ((3, GREY, 0.5), (6, OWN_COLOUR, 1.0), (6, OTHER_COLOUR, 1.0), (4, GREY, 1.0))
    hover = "%{text}<br>click to choose it<extra></extra>"
    for name, (size, colour, opacity) in zip(CLOUDS, colours, strict=True):
        marker = {"size": size, "color": colour, "opacity": opacity}
        figure.add_scattergl(name=name, mode="markers", marker=marker, hovertemplate=hover, showlegend=False)
    ring = {"symbol": "circle-open", "color": INK}
    figure.add_scattergl(name=SELECTED, mode="markers", marker=ring, hoverinfo="skip", showlegend=False)
    cross = {"symbol": "cross-thin", "size": 9, "line": {"width": 1.5, "color": INK}}
    figure.add_scatter(
        name="origin", x=[0.0], y=[0.0], mode="markers", marker=cross, showlegend=False, hoverinfo="skip"
    )
    for force, (colour, dash) in FORCES.items():
        head = {"symbol": "arrow", "angleref": "previous", "size": [0, 13], "color": colour, "line": {"width": 0}}
        line = {"color": colour, "dash": dash, "width": 3}
        figure.add_scatter(name=force, mode="lines+markers", line=line, marker=head, hoverinfo="skip")
    for name, (symbol, colour, size) in reversed(MARKED.items()):
        mark = {"symbol": symbol, "size": size, "color": colour, "line": {"width": 2, "color": OUTLINE}}
        if colour == INK:
            mark["line"] = {"width": 2, "color": INK}
        mode = "markers+text" if name == "nearest of others" else "markers"
        look = {
            "textfont": {"size": 10, "color": OUTLINE},
            "legend": "legend2",
            "showlegend": colour != INK,  # the marks of the batch stand at its bars
        }  # the batch's stand at its bars
        figure.add_scatter(name=name, mode=mode, marker=mark, hoverinfo="text", **look)
    add_bars(figure)
    figure.layout = {"template": figure.layout.template, **_layout()}
    set_square(figure, 318, 78)
    return figure


def set_square(figure: go.Figure, side: int, above: int) -> None:
    """Give the cloud a square `side` pixels wide, `above` the lower edge: equal axes keep right angles right."""
    put(figure.layout.xaxis, domain=(0.01, 0.01 + side / (WIDTH - LEFT)))
    put(figure.layout.yaxis, domain=(above / HEIGHT, (above + side) / HEIGHT))


def update_cloud(figure: go.Figure, cloud: Cloud) -> None:
    """Show a cloud and who is near its anchor: set the data of every trace in place."""
    _update_rows(figure, cloud)
    _update_marks(figure, cloud)
    _update_rings(figure, cloud)
    put(figure.layout, dragmode=cloud.hand)
    points = torch.cat([cloud.places, cloud.marks.to(cloud.places), cloud.places.new_zeros(1, 2)])
    scale, arrows = _arrows(cloud, _side(points))
    _update_forces(figure, cloud, arrows)
    _update_frame(figure, cloud, torch.cat([points, *arrows]))
    one = cloud.line_up
    update_bars(figure, cloud.scene, cloud.nearest, one, cloud.objective, cloud.batch)
    name = cloud.scene.row_name(one.row).removeprefix("row ").removeprefix("anchor ")
    kept = badge(cloud.plane, cloud.scene.dimension, name)
    lines = kept.replace(": ", ":<br>") if is_large(figure) else kept
    is_now = cloud.moment == 1
    put(figure.layout.annotations[0], text=lines.replace("; ", "<br>") if is_now else _moment_words(cloud.moment))
    put(figure.layout.annotations[1], text=f"n·tao·force = arrow × {fixed(1 / scale, 2)}" if is_now else "")


def _moment_words(moment: float) -> str:
    if moment == 0:
        return "before: turned as near as possible<br>to where the rows are now"
    return "on the way from before to after"


def _update_rows(figure: go.Figure, cloud: Cloud) -> None:
    by_name = traces(figure)
    whole = by_name["rows"]
    if not np.array_equal(whole.customdata, cloud.drawn.numpy()):  # text is slow, and most changes keep the rows
        whole.text = np.array([hover_text(cloud.scene, row) for row in cloud.drawn.tolist()], dtype=object)
    for name, chosen in zip(CLOUDS, _chosen(cloud), strict=True):
        trace, rows = by_name[name], cloud.drawn[chosen].numpy()
        put(trace, x=array(cloud.places[chosen, 0]), y=array(cloud.places[chosen, 1]))
        if not np.array_equal(trace.customdata, rows):
            trace.text = whole.text[chosen.numpy()]
            trace.customdata = rows.astype(np.int32)
    if cloud.colouring is not None:
        values, (least, most) = cloud.colouring.values[_coloured(cloud.colouring)], cloud.colouring.range
        look = {"color": array(values), "cmin": least, "cmax": most}
        put(by_name["coloured rows"], **{f"marker__{name}": value for name, value in look.items()})
        put(by_name["coloured rows"], marker__colorscale=cloud.colouring.scale)


def _chosen(cloud: Cloud) -> list[Tensor]:
    """Which of the drawn rows each trace of rows shows."""
    of_rows, others = cloud.scene.labels[cloud.drawn], cloud.nearest.others
    whole, none = torch.ones_like(of_rows, dtype=torch.bool), torch.zeros_like(of_rows, dtype=torch.bool)
    if cloud.colouring is not None:
        return [whole, none, none, _coloured(cloud.colouring)]
    is_other = of_rows == cloud.scene.labels[others[0]] if len(others) else none
    return [whole, of_rows == cloud.scene.labels[cloud.line_up.row], is_other, none]


def _coloured(colouring: Colouring) -> Tensor:
    """The rows that have a colour; of numbers the largest last, so that they lie on top."""
    known = colouring.values.isnan().logical_not().nonzero().flatten()
    return known if colouring.groups is not None else known[colouring.values[known].argsort(stable=True)]


def _update_marks(figure: go.Figure, cloud: Cloud) -> None:
    by_name, places, start = traces(figure), array(cloud.marks), 0
    for name, rows in marked(cloud.line_up, cloud.nearest).items():
        at = slice(start, start + len(rows))
        hover = [f"{name}<br>{hover_text(cloud.scene, row)}" for row in rows]
        put(by_name[name], x=places[at, 0], y=places[at, 1], hovertext=hover, customdata=rows)
        start = at.stop
    trace, count = by_name["nearest of others"], len(cloud.nearest.others[:OTHERS])
    put(trace, text=[str(k + 1) for k in range(count)])
    put(trace, marker__color=[OTHER_COLOUR, *[PALER] * (OTHERS - 1)][:count])


def _update_rings(figure: go.Figure, cloud: Cloud) -> None:
    """A ring around each selected row; none where no other row is drawn."""
    places = cloud.selected_places[:0] if cloud.selected.equal(cloud.drawn) else cloud.selected_places
    pale = max(0.06, min(0.4, 2 * FEW / max(len(places), 1)))
    size, width, opacity = (9, 1.5, 1.0) if len(places) <= FEW else (6, 0.5, pale)
    look = {"marker__size": size, "marker__line__width": width, "marker__opacity": opacity}
    put(traces(figure)[SELECTED], x=array(places[:, 0]), y=array(places[:, 1]), **look)


def _side(points: Tensor) -> float:
    """The side of a square that holds points (k, 2) with padding."""
    return PADDING * max((points.amax(dim=0) - points.amin(dim=0)).max().item(), 1e-6)


def _update_frame(figure: go.Figure, cloud: Cloud, points: Tensor) -> None:
    """Fit the axes, a square, to the rows, marks and ends of arrows (k, 2), and title them."""
    side, middles = _side(points), ((points.amin(dim=0) + points.amax(dim=0)) / 2).tolist()
    for axis, middle in zip((figure.layout.xaxis, figure.layout.yaxis), middles, strict=True):
        put(axis, range=(middle - side / 2, middle + side / 2))
    across, along = _axis_titles(cloud)
    put(figure.layout.xaxis, title__text=across.replace(", ", ",<br>") if is_large(figure) else across)
    put(figure.layout.yaxis, title__text=along)


def _axis_titles(cloud: Cloud) -> tuple[str, str]:
    if cloud.plane.is_exact:
        return "first coordinate", "second coordinate"
    if cloud.view == "anchor plane":
        others = cloud.nearest.others
        rival = f", away from {_rival(cloud.scene, int(others[0]))}" if len(others) else ""
        return f"towards its nearest own{rival}", f"along {cloud.scene.row_name(cloud.line_up.row)}"
    if cloud.view == "tour":
        return "an axis on tour", "another axis on tour"
    return "first principal axis", "second principal axis"


def _rival(scene: Scene, row: int) -> str:
    return scene.row_name(row) if scene.are_pairs_classes else class_name(scene, row)


def _arrows(cloud: Cloud, side: float) -> tuple[float, Tensor]:
    """The length of an arrow divided by n·tao·‖force‖, and the arrows' starts and ends (4, 2, 2)."""
    longest = torch.linalg.vector_norm(cloud.forces, dim=1).max().item()
    scale = STEP ** math.floor(math.log(LONGEST * side / longest, STEP)) if longest > 1e-9 else 1.0
    starts = cloud.marks[0] + cloud.marks.new_tensor([[0.0, lane * side] for lane in LANES])
    return scale, torch.stack([starts, starts + scale * cloud.forces], dim=1).to(cloud.places)


def _update_forces(figure: go.Figure, cloud: Cloud, arrows: Tensor) -> None:
    by_name = traces(figure)
    for force, ends, is_visible in zip(FORCES, array(arrows), _visible_forces(cloud), strict=True):
        put(by_name[force], x=ends[:, 0] if is_visible else [None], y=ends[:, 1] if is_visible else [None])
    put(by_name["shrink"], showlegend=not cloud.normalize)


def _visible_forces(cloud: Cloud) -> list[bool]:
    """Whether each force is long enough beside the longest to be drawn."""
    lengths: Tensor = torch.linalg.vector_norm(cloud.forces, dim=1)
    return [bool(length > 1e-3 * lengths.max()) for length in lengths]


def _layout() -> dict[str, object]:
    flat = {"showgrid": False, "zeroline": False, "color": INK, "linecolor": QUIET, "ticks": "outside"}
    titled = {"title": {"standoff": 2, "font": SMALL}}
    words = {"orientation": "h", "x": 0.0, "yanchor": "bottom", "font": SMALL, "entrywidth": 0}
    words |= {"itemclick": False, "itemdoubleclick": False}
    return {
        **bare_layout(WIDTH, HEIGHT, LEFT),
        "dragmode": "pan",
        "clickmode": "event",
        "bargap": 0.3,
        "legend": {**words, "y": 0.04},
        "legend2": {**words, "y": 0.0, "visible": True},
        "annotations": [
            note(0.0, 0.995, size=11),
            note(0.42, 0.17, xanchor="right", yanchor="bottom", size=11),
            *bar_notes(),
        ],
        "xaxis": {**flat, **titled, "tickfont": SMALL, "nticks": 5},
        "yaxis": {**flat, **titled, "tickfont": SMALL, "nticks": 5},
        **bar_layout(),
    }
