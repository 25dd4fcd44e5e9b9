"""Beside the cloud: the rows nearest to the anchor among all rows, and its line-up in the batch, as bars."""

import math
from typing import Any

import numpy as np
from plotly import graph_objects as go

from npair_viz.data.neighbours import Nearest
from npair_viz.data.scene import Scene
from npair_viz.figures.photos import picture_of
from npair_viz.figures.row_words import BESIDE, hover_text, label
from npair_viz.figures.traces import note, put, traces
from npair_viz.geometry.candidates import LineUp
from npair_viz.geometry.look import CLASS_COLOURS, GREY, INK
from npair_viz.geometry.narration import WHOLE_PERCENT, fixed, percent
from npair_viz.losses.objectives import Objective

OTHERS, OWN, NEGATIVES = 10, 5, 3  # bars of other classes, of the anchor's class, of the batch's negatives
SLOTS = OTHERS + OWN + 2  # each group of bars has a heading in a slot of its own
ALL, BATCH = (0.25, 0.95), (0.01, 0.19)  # where the bars of all rows and of the batch stand, as parts of the height
ACROSS = (0.8, 0.93)
OWN_COLOUR, OTHER_COLOUR = CLASS_COLOURS[:2]
GROUPS = ("nearest of other classes", "nearest of its own class")
LINE_UP = "line-up in the batch"
BARS = (*GROUPS, LINE_UP)
SMALL = 11  # pixels, the type beside the bars
FEWER = 28  # letters of a label in large type
MARKS = ("■ ", "◆ ")  # before the headings of GROUPS, where large type leaves no room for a legend of the marks


def add_bars(figure: go.Figure) -> None:
    """Add the bars to an empty figure."""
    look = {"orientation": "h", "textposition": "outside", "cliponaxis": False, "showlegend": False}
    hover = "%{hovertext}<br>click to choose it<extra></extra>"
    for name, colour, axis in zip(BARS, (OTHER_COLOUR, OWN_COLOUR, None), "223", strict=True):
        places = {"xaxis": f"x{axis}", "yaxis": f"y{axis}"}
        figure.add_bar(name=name, marker={"color": colour}, hovertemplate=hover, constraintext="none", **places, **look)


def bar_layout() -> dict[str, object]:
    """The axes of the bars."""
    flat = {"showgrid": False, "zeroline": False, "color": INK, "fixedrange": True, "ticks": "", "showline": False}
    across = {**flat, "domain": ACROSS, "showticklabels": False, "range": (0, 1)}
    return {
        "xaxis2": {**across, "anchor": "y2"},
        "yaxis2": {**flat, "domain": ALL, "anchor": "x2", "range": (SLOTS - 0.5, -0.5), "tickfont": {"size": SMALL}},
        "xaxis3": {**across, "anchor": "y3"},
        "yaxis3": {
            **flat,
            "domain": BATCH,
            "anchor": "x3",
            "range": (NEGATIVES + 0.5, -0.5),
            "tickfont": {"size": SMALL},
        },
    }


def bar_notes() -> list[dict[str, object]]:
    """The headings over all rows and over the batch."""
    return [note(0.47, 0.995, size=14), note(0.47, 0.235, size=11)]


def is_large(figure: go.Figure) -> bool:
    """Whether the type is that of present mode."""
    return bool(figure.layout.yaxis2.tickfont.size > SMALL)


def _letters(figure: go.Figure) -> int:
    """How many letters of a label there is room for."""
    return FEWER if is_large(figure) else BESIDE


def update_bars(
    figure: go.Figure, scene: Scene, nearest: Nearest, one: LineUp, objective: Objective, batch: str
) -> None:
    """Show whom an anchor has nearest to it among all rows, and its line-up in a batch that is described in words."""
    by_name = traces(figure)
    groups = [(nearest.others[:OTHERS], nearest.others_cosines), (nearest.own[:OWN], nearest.own_cosines)]
    ticks, letters, marks = {}, _letters(figure), MARKS if is_large(figure) else ("", "")
    for name, mark, start, (rows, cosines) in zip(GROUPS, marks, (1, OTHERS + 2), groups, strict=True):
        values = cosines[: len(rows)].numpy().astype(np.float32)
        _set(by_name[name], scene, rows.tolist(), start, values, [fixed(value, 3) for value in values.tolist()])
        ticks[start - 1] = f"<b>{mark}{name.removeprefix('nearest ')}</b>"
        ticks |= {start + k: label(scene, row, f"{k + 1}. ", letters) for k, row in enumerate(rows.tolist())}
    put(figure.layout.yaxis2, tickvals=list(ticks), ticktext=list(ticks.values()))
    put(figure.layout.annotations[-2], text=f"<b>Nearest to {scene.row_name(one.row)}</b>, of {scene.facing(one.row)}")
    _update_line_up(figure, scene, one, objective, batch)
    shown = {
        start + k: row
        for (rows, _), start in zip(groups, (1, OTHERS + 2), strict=True)
        for k, row in enumerate(rows.tolist())
    }
    _update_pictures(figure, scene, one.row, shown)


def _update_line_up(figure: go.Figure, scene: Scene, one: LineUp, objective: Objective, batch: str) -> None:
    rows = [one.partner, *one.rivals[:NEGATIVES].tolist()]
    shares = [one.share, *one.shares[:NEGATIVES].tolist()]
    text = ["" if math.isnan(share) else percent(share, 0 if share >= WHOLE_PERCENT else 1) for share in shares]
    trace = traces(figure)[LINE_UP]
    _set(trace, scene, rows, 0, np.array(shares, dtype=np.float32), text)
    put(trace, marker__color=[OWN_COLOUR, *[GREY] * NEGATIVES][: len(rows)])
    labels = [label(scene, row, "□ " if k else "◇ ", _letters(figure)) for k, row in enumerate(rows)]
    put(figure.layout.yaxis3, tickvals=list(range(len(rows))), ticktext=labels)
    put(figure.layout.xaxis3, range=(0, 1.02 * max([1e-9, *(share for share in shares if not math.isnan(share))])))
    put(figure.layout.annotations[-1], text=f"<b>{batch}</b>")


def _set(trace: Any, scene: Scene, rows: list[int], start: int, values: np.ndarray[Any, Any], text: list[str]) -> None:
    at = np.arange(start, start + len(rows), dtype=np.float32)
    put(trace, x=np.maximum(values, 0), y=at, text=text, customdata=rows)
    put(trace, hovertext=[hover_text(scene, row) for row in rows])


def _update_pictures(figure: go.Figure, scene: Scene, anchor: int, shown: dict[int, int]) -> None:
    """The anchor's picture beside the heading, each neighbour's beside its bar, where there are images."""
    images = scene.images
    if images is None:
        return
    rows = [anchor, *shown.values()]
    if [one.name for one in figure.layout.images] == [str(row) for row in rows]:
        return
    bottom, top = ALL
    height = (top - bottom) / SLOTS
    places = [(0.9, 1.0, 0.06), *((0.56, top - slot * height, height) for slot in shown)]
    figure.layout.images = [
        {"name": str(row), "source": picture_of(images[row]), "x": x, "y": y, "sizex": 0.03, "sizey": 0.9 * size}
        for row, (x, y, size) in zip(rows, places, strict=True)
    ]
