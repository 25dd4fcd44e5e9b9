"""Present mode of the figures: type, marks and lines that can be read from the back of a room."""

from plotly import graph_objects as go

from npair_viz.figures.clouds import MARKED, set_square
from npair_viz.figures.traces import put, traces
from npair_viz.geometry.look import FORCES

LARGE = 16  # pixels, the smallest type of the cloud and the lab in present mode


def enlarge_cloud(figure: go.Figure, is_present: bool) -> None:
    """Set the cloud's type, marks and arrows in place: large in present mode, else their usual sizes."""
    layout, size = figure.layout, LARGE if is_present else 11
    put(layout, font__size=LARGE if is_present else 12, legend__font__size=size, legend2__font__size=size)
    for name in ("xaxis", "yaxis", "yaxis2", "yaxis3"):
        put(layout[name], tickfont__size=size)
    for name in ("xaxis", "yaxis"):
        put(layout[name], title__font__size=size)
    badge, scale, heading, batch = layout.annotations
    put(heading, font__size=LARGE if is_present else 14)
    for note in (badge, batch):
        put(note, font__size=size)
    put(layout, legend__y=0.0 if is_present else 0.04, legend2__visible=not is_present)
    put(scale, visible=not is_present)  # in large type the badge takes its place
    set_square(figure, *((268, 100) if is_present else (318, 78)))
    for name, trace in traces(figure).items():
        if name in FORCES:
            put(trace, line__width=5 if is_present else 3)
        elif name in MARKED:
            usual = MARKED[name][2]
            put(trace, marker__size=usual + 7 if is_present else usual, textfont__size=LARGE if is_present else 10)


def enlarge_lab(figure: go.Figure, is_present: bool) -> None:
    """Set the training lab's type, marks and curves in place: large in present mode, else their usual sizes."""
    layout, size = figure.layout, LARGE if is_present else 11
    for axis in (layout.xaxis3, layout.yaxis3, layout.yaxis4, layout.yaxis5):
        put(axis, tickfont__size=size)
    put(layout.xaxis3, title__font__size=size)
    for note in layout.annotations:
        put(note, font__size=LARGE if is_present else 12)
    for heading in layout.annotations[:2]:
        put(heading, font__size=17 if is_present else 13)
    for name, trace in traces(figure).items():
        kind, _, _ = name.partition(",")
        if kind in ("loss", "recall", "more"):
            put(trace, line__width=5 if is_present else 2.5)
        elif kind in ("seen", "unseen"):
            put(trace, marker__size=8 if is_present else 6)
        elif kind == "names":
            put(trace, textfont__size=20 if is_present else 14)
