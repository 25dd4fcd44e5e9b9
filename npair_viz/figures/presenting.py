"""The type, marks and lines of each figure for a back row, and for a desk."""

from typing import Any

from plotly import graph_objects as go

from npair_viz.figures.embeddings import MARKED, set_square
from npair_viz.figures.style import CLEAR, FORCES, INK, put, traces

DESK = {"text": 12, "heading": 14, "small": 11, "ruler": 12}
BACK_ROW = {"text": 18, "heading": 22, "small": 14, "ruler": 15}
TITLED = ("xaxis4", "yaxis4", "xaxis5", "yaxis5", "xaxis6", "yaxis6")
CROWDED = ("xaxis", "yaxis", "xaxis2", "xaxis3")  # large numbers leave no room for their titles
LARGE = 16  # the least type of the cloud and the lab for a back row


def enlarge(figure: go.Figure, is_present: bool) -> None:
    """Set the board's type large, for a projector, or back to a desk's, in place."""
    sizes, layout = BACK_ROW if is_present else DESK, figure.layout
    put(layout.xaxis3, tickfont__size=sizes["ruler"])
    for name in ("xaxis", "yaxis"):
        put(layout[name], tickfont__size=DESK["text"])
    for name in CROWDED:
        put(layout[name], title__font__size=1 if is_present else sizes["small"])
        put(layout[name], title__font__color=CLEAR if is_present else INK)
    put(layout, font__size=sizes["text"], legend__font__size=sizes["small"], legend2__font__size=sizes["small"])
    put(layout.annotations[0], font__size=sizes["heading"])
    for name in TITLED:
        axis: Any = layout[name]
        put(axis, title__font__size=sizes["small"])


def enlarge_cloud(figure: go.Figure, is_present: bool) -> None:
    """Set the cloud's type, marks and arrows large, or back to a desk's, in place."""
    layout, size = figure.layout, LARGE if is_present else 11
    put(layout, font__size=LARGE if is_present else 12, legend__font__size=size)
    for name in ("xaxis", "yaxis", "xaxis2", "yaxis2", "xaxis3", "yaxis3"):
        put(layout[name], tickfont__size=size)
    for name in ("xaxis", "yaxis", "xaxis2"):
        put(layout[name], title__font__size=size)
    badge, heading, scale, part = layout.annotations
    put(heading, font__size=17 if is_present else 14)
    for note in (badge, part):
        put(note, font__size=size)
    put(scale, visible=not is_present)  # large words leave no room beside the badge
    set_square(figure, *((300, 78) if is_present else (325, 71)))
    for name, trace in traces(figure).items():
        if name in FORCES:
            put(trace, line__width=5 if is_present else 3)
        elif name in MARKED:
            put(trace, marker__size=22 if is_present else 15, textfont__size=LARGE if is_present else 10)


def enlarge_lab(figure: go.Figure, is_present: bool) -> None:
    """Set the training lab's type, marks and curves large, or back to a desk's, in place."""
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
