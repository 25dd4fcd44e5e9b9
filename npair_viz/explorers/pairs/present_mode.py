"""Present mode: the explorer for the back row, large, black on white, with the last act in words."""

import html
from typing import Any

from plotly import graph_objects as go

from npair_viz.data.scenes import Scene
from npair_viz.explorers.pairs.acts import cause, place_of, point_names
from npair_viz.explorers.pairs.state import State, has_other_points, scene_of
from npair_viz.figures.traces import put
from npair_viz.geometry.look import CLEAR, INK


def told_act(before: State | None, after: State, data: Scene | None) -> str:
    """The act that led from one state to another, such as "tao 0.50 -> 0.05" or "p3: 140.0 -> 100.0"; maybe empty."""
    if before is None:
        return ""
    said = cause(before, after)
    if said is None and before.scene == after.scene and not has_other_points(before, after):
        said = ", ".join(filter(None, [_chosen(before, after, data), *_moves(before, after, data)]))
    return said or ""


def to_show(act: str, sentence: str) -> str:
    """The act as a line, unless the sentence begins with it; nothing but present mode shows it."""
    return "" if not act or sentence.startswith(act) else f'<div class="npair-act">{html.escape(act)}</div>'


def _chosen(before: State, after: State, data: Scene | None) -> str:
    one, other = (scene_of(state, data).classes[state.selected] for state in (before, after))
    return "" if one == other else f"anchor {one} -> {other}"


def _moves(before: State, after: State, data: Scene | None) -> list[str]:
    names = point_names(scene_of(after, data))
    places = {name: [place_of(state, data, name) for state in (before, after)] for name in names}
    return [f"{name}: {one} -> {other}" for name, (one, other) in places.items() if one != other]


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
