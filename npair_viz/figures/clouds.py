"""Many embeddings as a figure, 820 pixels wide: the cloud of rows by WebGL, and beside it an anchor's candidates."""

import math
from dataclasses import dataclass

import numpy as np
import torch
from plotly import graph_objects as go
from torch import Tensor

from npair_viz.data.scene import Scene
from npair_viz.figures.photos import picture_of
from npair_viz.figures.traces import array, as_text, bare_layout, note, put, traces
from npair_viz.geometry.candidates import LineUp
from npair_viz.geometry.look import CLASS_COLOURS, FORCES, GREY, INK, OUTLINE, QUIET
from npair_viz.geometry.narration import WHOLE_PERCENT, fixed, percent
from npair_viz.geometry.projection import Plane, badge
from npair_viz.losses.objectives import Objective, share_name

WIDTH, HEIGHT, LEFT = 820, 430, 44  # pixels; LEFT is the margin for an axis with its title
HARDEST = 10  # so many negatives are marked and have a bar
CLOUDS = ("rows", "rows of the anchor's class", "rows of the hardest class")
MARKED = {"anchor": "circle", "its partner": "diamond", "hardest negatives": "square"}
OWN, OTHER = CLASS_COLOURS[:2]
BARS = (0.745, 0.93), (0.45, 0.93)
RANKS = (0.61, 0.98), (0.13, 0.325)
PALER = "rgb(190, 190, 190)"  # of the negatives after the hardest
PADDING = 1.08
LONGEST = 0.4  # the longest arrow, as a part of the picture's side
LANES = (0.02, -0.02, 0.0, 0.0)  # of the arrows, as parts of the side: pull, push and net would cover each other
STEP = 1.25  # the scale of the arrows changes by this factor, so that it stays the same while rows move a little
CURVE = 200  # the number of ranks that the curve is drawn through
LEAST = 1e-6  # parts of the push below this are not drawn
SMALL = {"size": 11}
POWERS = {"tickvals": (1, 1e-2, 1e-4, 1e-6), "ticktext": ("1", "0.01", "1e-4", "1e-6")}


@dataclass(frozen=True, eq=False)
class Cloud:
    """What the figure shows: an anchor with its candidates in a plane, and the rows around them.

    Attributes:
        scene: The data.
        line_up: The anchor, its partner and its negatives.
        plane: The plane of the picture.
        view: How the plane was chosen: "anchor plane", "tour" or "principal axes".
        drawn: (m,), the numbers of the rows that are drawn.
        places: (m, 2), their coordinates in the plane.
        marks: (2 + k, 2), the coordinates of the anchor, its partner and the k hardest negatives.
        forces: (4, 2), n·tao·force in the plane: pull, push, shrink and their sum.
        normalize: Whether the loss normalizes rows.
        objective: "mc" or "ovo".
    """

    scene: Scene
    line_up: LineUp
    plane: Plane
    view: str
    drawn: Tensor
    places: Tensor
    marks: Tensor
    forces: Tensor
    normalize: bool
    objective: Objective


def add_cloud(figure: go.Figure) -> go.Figure:
    """Add every trace and the layout to an empty Figure or FigureWidget, and return it."""
    looks = ({"size": 3, "color": GREY, "opacity": 0.5}, {"size": 6, "color": OWN}, {"size": 6, "color": OTHER})
    hover = "row %{customdata}, class %{text}<br>click to choose it<extra></extra>"
    for name, marker in zip(CLOUDS, looks, strict=True):
        figure.add_scattergl(name=name, mode="markers", marker=marker, hovertemplate=hover, showlegend=False)
    cross = {"symbol": "cross-thin", "size": 9, "line": {"width": 1.5, "color": INK}}
    figure.add_scatter(
        name="origin", x=[0.0], y=[0.0], mode="markers", marker=cross, showlegend=False, hoverinfo="skip"
    )
    for force, (colour, dash) in FORCES.items():
        head = {"symbol": "arrow", "angleref": "previous", "size": [0, 13], "color": colour, "line": {"width": 0}}
        line = {"color": colour, "dash": dash, "width": 3}
        figure.add_scatter(name=force, mode="lines+markers", line=line, marker=head, hoverinfo="skip")
    for name, symbol in reversed(MARKED.items()):
        mark = {"symbol": symbol, "size": 15, "color": OTHER if symbol == "square" else OWN}
        mark["line"] = {"width": 2, "color": OUTLINE}
        mode = "markers+text" if symbol == "square" else "markers"
        figure.add_scatter(name=name, mode=mode, marker=mark, textfont={"size": 10, "color": OUTLINE}, hoverinfo="text")
    bars = {"orientation": "h", "textposition": "outside", "cliponaxis": False, "showlegend": False}
    figure.add_bar(name="line-up", xaxis="x2", yaxis="y2", hoverinfo="skip", constraintext="none", **bars)
    line = {"color": INK, "width": 2.5}
    beside = {"xaxis": "x3", "yaxis": "y3", "mode": "lines", "showlegend": False}
    figure.add_scatter(name="push by rank", line=line, hoverinfo="x+y", **beside)
    figure.add_scatter(name="negatives that count", line={"color": GREY, "dash": "dash"}, hoverinfo="skip", **beside)
    figure.layout = {"template": figure.layout.template, **_layout()}
    set_square(figure, 325, 71)
    return figure


def set_square(figure: go.Figure, side: int, above: int) -> None:
    """Give the cloud a square `side` pixels wide, `above` the lower edge: equal axes keep right angles right."""
    put(figure.layout.xaxis, domain=(0.01, 0.01 + side / (WIDTH - LEFT)))
    put(figure.layout.yaxis, domain=(above / HEIGHT, (above + side) / HEIGHT))


def update_cloud(figure: go.Figure, cloud: Cloud) -> None:
    """Show a cloud and its anchor's candidates: set the data of every trace in place."""
    _update_rows(figure, cloud)
    _update_marks(figure, cloud)
    points = torch.cat([cloud.places, cloud.marks.to(cloud.places), cloud.places.new_zeros(1, 2)])
    scale, arrows = _arrows(cloud, _side(points))
    _update_forces(figure, cloud, arrows)
    _update_frame(figure, cloud, torch.cat([points, *arrows]))
    _update_bars(figure, cloud)
    _update_ranks(figure, cloud.line_up)
    one = cloud.line_up
    kept = badge(cloud.plane, cloud.scene.dimension, str(one.row))
    put(figure.layout.annotations[0], text=kept.replace("; ", "<br>"))
    put(figure.layout.annotations[1], text=f"<b>Whom does row {one.row} pick?</b>")
    put(figure.layout.annotations[2], text=f"n·tao·force = arrow × {fixed(1 / scale, 2)}")
    count = f"{fixed(one.effective, 1)} of {len(one.rivals):,} count"
    put(figure.layout.annotations[3], text=f"the push by rank: {count}")


def hardest_of(one: LineUp) -> Tensor:
    """The rows of the negatives that are marked, hardest first."""
    return one.rivals[:HARDEST]


def _update_rows(figure: go.Figure, cloud: Cloud) -> None:
    labels, by_name = cloud.scene.labels, traces(figure)
    own, rivals = labels[cloud.line_up.row], cloud.line_up.rivals
    of_rows = labels[cloud.drawn]
    is_own = of_rows == own
    is_other = (of_rows == labels[rivals[0]]) if len(rivals) else torch.zeros_like(is_own)
    for name, chosen in zip(CLOUDS, (torch.ones_like(is_own), is_own, is_other), strict=True):
        trace, rows = by_name[name], cloud.drawn[chosen]
        put(trace, x=array(cloud.places[chosen, 0]), y=array(cloud.places[chosen, 1]))
        if not np.array_equal(trace.customdata, rows.numpy()):  # text is slow, and most changes keep the rows
            words = {label: as_text(cloud.scene.class_name(label)) for label in set(of_rows[chosen].tolist())}
            trace.customdata = rows.numpy().astype(np.int32)
            trace.text = np.array([words[label] for label in of_rows[chosen].tolist()], dtype=object)


def _update_marks(figure: go.Figure, cloud: Cloud) -> None:
    one, by_name = cloud.line_up, traces(figure)
    rows = [one.row, one.partner, *hardest_of(one).tolist()]
    places, words = array(cloud.marks), [f"row {row}, class {_class_name(cloud, row)}" for row in rows]
    shares, quantity = [one.share, *one.shares[:HARDEST].tolist()], share_name(cloud.objective)
    hover = [words[0], *(f"{word}<br>{quantity} {share:.3f}" for word, share in zip(words[1:], shares, strict=True))]
    for name, at in zip(MARKED, (slice(0, 1), slice(1, 2), slice(2, None)), strict=True):
        put(by_name[name], x=places[at, 0], y=places[at, 1], hovertext=hover[at], customdata=rows[at])
    put(by_name["hardest negatives"], text=[str(k + 1) for k in range(len(rows) - 2)])
    put(by_name["hardest negatives"], marker__color=[OTHER, *[PALER] * (HARDEST - 1)][: len(rows) - 2])


def _side(points: Tensor) -> float:
    """The side of a square that holds points (k, 2) with padding."""
    return PADDING * max((points.amax(dim=0) - points.amin(dim=0)).max().item(), 1e-6)


def _update_frame(figure: go.Figure, cloud: Cloud, points: Tensor) -> None:
    """Fit the axes, a square, to the rows, marks and ends of arrows (k, 2), and title them."""
    side, middles = _side(points), ((points.amin(dim=0) + points.amax(dim=0)) / 2).tolist()
    for axis, middle in zip((figure.layout.xaxis, figure.layout.yaxis), middles, strict=True):
        put(axis, range=(middle - side / 2, middle + side / 2))
    across, along = _axis_titles(cloud)
    put(figure.layout.xaxis, title__text=across)
    put(figure.layout.yaxis, title__text=along)


def _axis_titles(cloud: Cloud) -> tuple[str, str]:
    if cloud.plane.is_exact:
        return "first coordinate", "second coordinate"
    if cloud.view == "anchor plane":
        rival = f", away from {_class_name(cloud, int(cloud.line_up.rivals[0]))}" if len(cloud.line_up.rivals) else ""
        return f"towards its partner{rival}", f"along row {cloud.line_up.row}"
    if cloud.view == "tour":
        return "an axis on tour", "another axis on tour"
    return "first principal axis", "second principal axis"


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


def _update_bars(figure: go.Figure, cloud: Cloud) -> None:
    one, trace = cloud.line_up, traces(figure)["line-up"]
    rows = [one.partner, *hardest_of(one).tolist()]
    shares = [one.share, *one.shares[:HARDEST].tolist()]
    text = ["" if math.isnan(share) else percent(share, 0 if share >= WHOLE_PERCENT else 1) for share in shares]
    labels = [f"{f'{k}.' if k else '◆'} {_class_name(cloud, row)}, row {row}" for k, row in enumerate(rows)]
    put(trace, x=np.array(shares, dtype=np.float32), y=np.arange(len(rows), dtype=np.float32), text=text)
    put(trace, marker__color=[OWN, OTHER, *[GREY] * HARDEST][: len(rows)])
    put(figure.layout.yaxis2, tickvals=list(range(len(rows))), ticktext=labels, range=(HARDEST + 0.5, -0.5))
    put(figure.layout.xaxis2, range=(0, 1.02 * max([one.share if one.share == one.share else 0.0, *shares[1:], 1e-9])))
    put(figure.layout.xaxis2, title__text=share_name(cloud.objective))
    _update_pictures(figure, cloud, rows)


def _update_pictures(figure: go.Figure, cloud: Cloud, rows: list[int]) -> None:
    """The anchor's picture beside the heading and each candidate's beside its bar, in a scene with images."""
    images = cloud.scene.images
    if images is None:
        return
    shown = [cloud.line_up.row, *rows]
    if [one.name for one in figure.layout.images] == [str(row) for row in shown]:
        return
    (_, _), (bottom, top) = BARS
    height = (top - bottom) / (HARDEST + 1)
    places = [(0.89, 0.995, 0.06), *((0.53, top - k * height, height) for k in range(len(rows)))]
    figure.layout.images = [
        {"name": str(row), "source": picture_of(images[row]), "x": x, "y": y, "sizex": 0.03, "sizey": 0.8 * size}
        for row, (x, y, size) in zip(shown, places, strict=True)
    ]


def _update_ranks(figure: go.Figure, one: LineUp) -> None:
    """Draw each negative's part of the push over its rank, both axes logarithmic."""
    by_name, count = traces(figure), len(one.push_shares)
    ranks = np.unique(np.geomspace(1, max(count, 1), CURVE).round().astype(np.int64))[: count or 0]
    parts = one.push_shares.sort(descending=True).values.numpy()[ranks - 1]
    put(by_name["push by rank"], x=ranks.astype(np.float32), y=np.maximum(parts, LEAST / 10).astype(np.float32))
    effective = np.full(2, one.effective, dtype=np.float32)
    put(by_name["negatives that count"], x=effective, y=np.array([LEAST, 1], dtype=np.float32))
    put(figure.layout.xaxis3, range=(-0.05, max(math.log10(max(count, 1)), 0.3) + 0.05))


def _class_name(cloud: Cloud, row: int) -> str:
    return as_text(cloud.scene.class_name(int(cloud.scene.labels[row])))


def _layout() -> dict[str, object]:
    flat = {"showgrid": False, "zeroline": False, "color": INK, "linecolor": QUIET, "ticks": "outside"}
    fixed_axis = {**flat, "fixedrange": True, "tickfont": SMALL}
    titled = {"title": {"standoff": 2, "font": SMALL}}
    return {
        **bare_layout(WIDTH, HEIGHT, LEFT),
        "dragmode": "pan",
        "clickmode": "event",
        "bargap": 0.3,
        "legend": {
            **{"orientation": "h", "x": 0.0, "y": 0.0, "yanchor": "bottom", "font": SMALL, "entrywidth": 0},
            **{"itemclick": False, "itemdoubleclick": False},
        },
        "annotations": [
            note(0.0, 0.995, size=11),
            note(0.55, 0.995, size=14),
            note(0.49, 0.958, xanchor="right", size=11),
            note(0.55, 0.395, size=11),
        ],
        "xaxis": {**flat, **titled, "tickfont": SMALL, "nticks": 5},
        "yaxis": {**flat, **titled, "tickfont": SMALL, "nticks": 5},
        "xaxis2": {**fixed_axis, "domain": BARS[0], "anchor": "y2", "showticklabels": False, "ticks": "", **titled},
        "yaxis2": {**fixed_axis, "domain": BARS[1], "anchor": "x2", "ticks": ""},
        "xaxis3": {**fixed_axis, "domain": RANKS[0], "anchor": "y3", "type": "log", "dtick": 1},
        "yaxis3": {**fixed_axis, "domain": RANKS[1], "anchor": "x3", "type": "log", "range": (-6, 0.1), **POWERS},
    }
