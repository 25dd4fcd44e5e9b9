"""The whole board as one figure, 820 wide: the picture on the left, its panels on the right, one drawer at a time."""

from dataclasses import dataclass

from plotly import graph_objects as go

from npair_viz.explorers.pairs.arrows import add_geometry, axis_titles, leave_empty, update_geometry
from npair_viz.explorers.pairs.frame import frame_of
from npair_viz.explorers.pairs.globe import NAMED, add_globe, update_globe
from npair_viz.explorers.pairs.marks import ROLES, arrow_factor
from npair_viz.explorers.pairs.panels import (
    ABOVE_CHANCE,
    CURVES,
    add_panels,
    update_line_up,
    update_over_tao,
    update_phases,
    update_ruler,
    update_shares,
)
from npair_viz.explorers.pairs.thumbnails import LINE_UP_BOTTOM, LINE_UP_TOP
from npair_viz.figures.traces import as_text, put, traces
from npair_viz.geometry.look import CLEAR, FORCES, GREY, INK, QUIET
from npair_viz.geometry.narration import fixed
from npair_viz.geometry.projection import Plane, badge
from npair_viz.geometry.reading import Reading
from npair_viz.geometry.sweeps import Landscape, LossOverTao, PhaseMap

WIDTH, HEIGHT = 820, 388
PANEL_X, PANEL_Y = (0.63, 0.93), (0.19, 0.9)
LEFT, RIGHT, BOTTOM, TOP = 0.065, 0.45, 0.17, 0.945  # of the flat picture, as parts of the board
LINE = 0.04  # how much lower its top is for each line of a note more than one
GLOBE, OUT_OF_REACH = ((0.0, 0.5), (0.08, 1.0)), ((0.0, 0.01), (0.0, 0.01))  # an empty globe still catches the mouse
HOVERS = {
    **dict.fromkeys([*ROLES, *(NAMED[role] for role in ROLES)], "text"),
    **dict.fromkeys(["landscape", "everyone's shares", "lengths"], "z"),
    "loss over tao": "x+y",
}


@dataclass(frozen=True, eq=False)
class Picture:
    """All that the board shows: a reading, its plane, the reading before, and what the open drawer needs.

    is_staged: the points are on a stage that lies over the board, so that the board leaves their place empty.
    """

    reading: Reading
    plane: Plane
    before: Reading | None = None
    drawer: str = ""
    curve: LossOverTao | None = None
    landscape: Landscape | None = None
    phases: PhaseMap | None = None
    is_staged: bool = False


def add_board(figure: go.Figure) -> go.Figure:
    """Add every trace and the layout to an empty figure, plain or living, and return it."""
    add_geometry(figure)
    add_globe(figure)
    add_panels(figure)
    figure.update_traces(showlegend=False, hoverinfo="skip")  # what answers the mouse hides what lies under it
    for name, told in HOVERS.items():
        traces(figure)[name].hoverinfo = told
    in_legend = {"before", *FORCES, *(meaning for _, meaning in ROLES.values()), *CURVES}
    for name in in_legend:
        traces(figure)[name].showlegend = True
    figure.layout = {"template": figure.layout.template, **_layout()}  # update_layout takes ten times as long
    return figure


def update_board(figure: go.Figure, picture: Picture) -> None:
    """Show a picture: every trace's data, in place."""
    reading, plane, before = picture.reading, picture.plane, picture.before
    if picture.is_staged:
        leave_empty(figure, reading)
    else:
        update_geometry(figure, reading, plane, before, picture.landscape)
    update_globe(figure, reading, plane, seen=not (plane.is_flat or picture.is_staged))
    in_front = picture.drawer in ("", "landscape", "settings")
    update_line_up(figure, reading, before, seen=in_front)
    update_ruler(figure, reading, seen=in_front)
    update_shares(figure, reading, seen=picture.drawer == "shares")
    update_over_tao(figure, reading, picture.curve)
    update_phases(figure, reading, picture.phases)
    _label(figure, picture)


def _label(figure: go.Figure, picture: Picture) -> None:
    reading, plane = picture.reading, picture.plane
    across, along = axis_titles(reading, plane)
    is_flat = plane.is_flat and not picture.is_staged
    put(figure.layout.xaxis, visible=is_flat, title__text=across)
    put(figure.layout.yaxis, visible=is_flat, title__text=along)
    globe = OUT_OF_REACH if plane.is_flat or picture.is_staged else GLOBE
    put(figure.layout.scene.domain, x=globe[0], y=globe[1])
    put(figure.layout.annotations[0], text=f"<b>{title_of(picture)}</b>")
    factor = reading.n * reading.tao if picture.is_staged else arrow_factor(reading, plane)
    scale = f"real force = arrow × {fixed(1 / factor, 2)}"
    colour = f"colour: loss if {_stander(picture)} stood there" if _has_landscape(picture) else ""
    colour = colour and ("; " if picture.is_staged else "<br>") + colour  # the stage begins right below
    kept = badge(plane, reading.scene.dimension, reading.name).split("; ")
    notes = scale + colour, "<br>".join(map(as_text, kept))
    for note, text in zip(figure.layout.annotations[1:3], notes, strict=True):
        put(note, text=text)
    _frame(figure, reading, plane, top=TOP - LINE * max(text.count("<br>") for text in notes))


def _frame(figure: go.Figure, reading: Reading, plane: Plane, top: float) -> None:
    """Circles are round by ranges of our own: plotly's, once widened for another top, would stay so."""
    (x, y), reach = frame_of(reading, plane)
    wide = reach * (RIGHT - LEFT) * WIDTH / ((top - BOTTOM) * HEIGHT)
    put(figure.layout.xaxis, range=(x - wide, x + wide))
    put(figure.layout.yaxis, range=(y - reach, y + reach), domain=(BOTTOM, top))


def title_of(picture: Picture) -> str:
    """The heading of the panel on the right."""
    headings = {
        "shares": "Everyone's shares: a row an anchor",
        "loss over tao": "The loss of these points at every tao",
        "phase map": "Where the lengths settle",
    }
    heading = headings.get(picture.drawer, f"Who does anchor {as_text(picture.reading.name)} pick?")
    is_empty = not (picture.curve or picture.phases or _has_landscape(picture))
    return (is_empty and why_empty(picture.drawer, picture.reading.normalize)) or heading


def _has_landscape(picture: Picture) -> bool:
    on_stage = picture.is_staged and picture.drawer == "landscape" and picture.reading.scene.dimension == 2
    return on_stage or picture.landscape is not None


def _stander(picture: Picture) -> str:
    return "the chosen point" if picture.is_staged else as_text(picture.reading.name)


def why_empty(drawer: str, normalize: bool) -> str:
    """Why a drawer has nothing to show, where it has not; empty for one that always has."""
    merged = "Some classes are one: no law says what is best"
    reasons = {
        "loss over tao": merged,
        "phase map": "Lengths are all 1: nothing can settle or collapse" if normalize else merged,
        "landscape": "No landscape: this view is not the anchor's plane",
    }
    return reasons.get(drawer, "")


def _layout() -> dict[str, object]:
    flat = {"showgrid": False, "zeroline": False, "ticks": "outside", "color": INK, "linecolor": QUIET}
    panel = {**flat, "fixedrange": True, "visible": False}
    small = {"size": 11}

    def axis(title: str, domain: tuple[float, float], **more: object) -> dict[str, object]:
        return {**panel, "title": {"text": title, "standoff": 6, "font": small}, "domain": domain, **more}

    log = {"type": "log", "range": (-2, 2), "dtick": 1}
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        "font": {"color": INK, "size": 12},
        "barmode": "overlay",
        "bargap": 0.35,
        "dragmode": False,
        "hovermode": "closest",
        "clickmode": "event",
        "uirevision": "kept",
        "legend": {
            "orientation": "h",
            "x": 0.0,
            "y": 0.0,
            "yanchor": "bottom",
            "font": small,
            "itemclick": False,
            "itemdoubleclick": False,
            "entrywidth": 0,
        },
        "legend2": {"orientation": "h", "x": 0.55, "y": 0.86, "yanchor": "bottom", "font": small, "entrywidth": 0},
        "annotations": [
            _note(0.55, 0.985, {"size": 14}),
            _note(0.0, 0.99, {"size": 11, "color": INK}),
            _note(0.21, 0.99, {"size": 11, "color": INK}),
        ],
        "xaxis": {**flat, "fixedrange": True, "domain": (LEFT, RIGHT), "title": {"standoff": 4, "font": small}},
        "yaxis": {
            **flat,
            "fixedrange": True,
            "domain": (BOTTOM, TOP),
            "title": {"standoff": 4, "font": small},
        },
        "scene": {
            "domain": dict(zip("xy", OUT_OF_REACH, strict=True)),
            "aspectmode": "cube",
            "camera": {"eye": {"x": 1.5, "y": 1.5, "z": 0.9}},
            **{f"{name}axis": _globe_axis(name) for name in "xyz"},
        },
        "xaxis2": axis("share of the choice (0 to 1)", (0.66, 0.94), range=(0, 1), visible=True, anchor="y2"),
        "yaxis2": axis("", (LINE_UP_BOTTOM, LINE_UP_TOP), visible=True, anchor="x2", ticks=""),
        "xaxis3": axis(
            "loss (nats)", (0.6, 0.94), range=(-1.08, ABOVE_CHANCE + 0.08), visible=True, anchor="y3", showline=False
        ),
        "yaxis3": axis("", (0.24, 0.33), range=(-0.4, 1), anchor="x3"),
        "xaxis4": axis("positive of class", PANEL_X, anchor="y4"),
        "yaxis4": axis("anchor of class", PANEL_Y, anchor="x4"),
        "xaxis5": axis("tao (temperature, no unit)", PANEL_X, anchor="y5", **log),
        "yaxis5": axis("loss (nats)", (PANEL_Y[0], 0.84), anchor="x5"),
        "xaxis6": axis("tao (no unit)", PANEL_X, anchor="y6", range=(-2, 2), **_powers(-2, 2)),
        "yaxis6": axis("l2_reg (no unit)", PANEL_Y, anchor="x6", range=(-4.7, 1), **_powers(-4, 1, zero=-4.5)),
    }


def _globe_axis(name: str) -> dict[str, object]:
    title = {"text": f"{name} (unit: length 1)", "font": {"size": 10}}
    plain = {"showbackground": False, "showgrid": False, "zeroline": False, "showspikes": False}
    return {**plain, "title": title, "tickvals": (-1, 0, 1), "color": GREY}


def _powers(least: int, most: int, zero: float | None = None) -> dict[str, list[object]]:
    """Ticks at powers of ten for an axis that holds logarithms."""
    exponents = list(range(least, most + 1))
    lowest = [] if zero is None else [zero]
    return {
        "tickvals": [*lowest, *exponents],
        "ticktext": [*("0" for _ in lowest), *(f"{10.0**e:g}" for e in exponents)],
    }


def _note(x: float, y: float, font: dict[str, object]) -> dict[str, object]:
    place = {"x": x, "y": y, "xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "top"}
    return {**place, "showarrow": False, "text": "", "font": font, "align": "left"}
