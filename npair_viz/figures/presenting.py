"""The board's type for a back row, and for a desk."""

from typing import Any

from plotly import graph_objects as go

from npair_viz.figures.style import CLEAR, INK, put

DESK = {"text": 12, "heading": 14, "small": 11, "ruler": 12}
BACK_ROW = {"text": 18, "heading": 22, "small": 14, "ruler": 15}
TITLED = ("xaxis4", "yaxis4", "xaxis5", "yaxis5", "xaxis6", "yaxis6")
CROWDED = ("xaxis", "yaxis", "xaxis2", "xaxis3")  # large numbers leave no room for their titles


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
