"""Traces of plotly figures: found by name, and updated with as few messages to the browser as possible."""

import html
from collections.abc import Sequence
from typing import Any

import numpy as np
from plotly import graph_objects as go
from torch import Tensor

from npair_viz.geometry.look import CLEAR, INK


def array(tensor: Tensor) -> np.ndarray[Any, Any]:
    """A tensor as a float32 array, which plotly sends to the browser in binary."""
    return tensor.detach().cpu().float().numpy()


def traces(figure: go.Figure) -> dict[str, Any]:
    """The figure's traces by name."""
    return {trace._props["name"]: trace for trace in figure.data}


def put(thing: Any, **properties: object) -> None:
    """Set the properties that change; those that stay the same are not sent again.

    Args:
        thing: A trace, an axis, an annotation or a layout.
        **properties: New values by name; `a__b` means a.b.
    """
    stored = thing._props or {}  # reading by plotly's attributes is slow, and most properties stay the same
    for path, value in properties.items():
        *outer, last = path.split("__")
        inner = stored
        for name in outer:
            inner = inner.get(name) or {}
        if not _same(inner.get(last), value):
            holder = thing
            for name in outer:
                holder = holder[name]
            holder[last] = value


def as_text(words: str) -> str:
    """Words as plotly shows them: it reads < and > as tags and & as the start of an entity.

    >>> as_text("a <b> & c")
    'a &lt;b&gt; &amp; c'
    """
    return html.escape(words, quote=False)


def bare_layout(width: int, height: int, left: int = 0) -> dict[str, object]:
    """A figure of so many pixels without paper or margins, but for one at the left; a page keeps what a hand zoomed."""
    return {
        "width": width,
        "height": height,
        "margin": {"l": left, "r": 0, "t": 0, "b": 0},
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        "font": {"color": INK, "size": 12},
        "hovermode": "closest",
        "uirevision": "kept",
    }


def note(
    x: float = 0, y: float = 0, *, text: str = "", xanchor: str = "left", yanchor: str = "top", **font: object
) -> dict[str, object]:
    """Words at a place of the figure, from 0 to 1 both ways."""
    place = {"x": x, "y": y, "xref": "paper", "yref": "paper", "xanchor": xanchor, "yanchor": yanchor}
    return {**place, "showarrow": False, "visible": True, "text": text, "font": {"size": 12, **font}, "align": "left"}


def _same(old: object, new: object) -> bool:
    if isinstance(new, np.ndarray):
        return old is not None and np.array_equal(np.asarray(old), new, equal_nan=True)
    if isinstance(new, Sequence) and not isinstance(new, str):
        return isinstance(old, Sequence) and list(old) == list(new)
    return bool(old == new)
