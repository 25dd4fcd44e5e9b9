"""One encoding for every picture: role by shape, class by label and colour, force by colour and dash."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from plotly import graph_objects as go
from torch import Tensor

INK = "rgb(1, 2, 3)"  # black, and the one colour that the explorer's style sheet swaps for the theme's foreground
QUIET = "rgba(128, 128, 128, 0.4)"
GREY = "rgb(140, 140, 140)"  # 3:1 on white paper and on black
PALE = (205, 205, 205)
OUTLINE = "rgb(40, 40, 40)"
CLEAR = "rgba(0, 0, 0, 0)"
CLASS_COLOURS = ("#E69F00", "#56B4E9", "#009E73", "#F0E442", "#CC79A7")  # Okabe and Ito's, less the forces' two
FORCES = {"pull": ("#0072B2", "solid"), "push": ("#D55E00", "dash"), "shrink": (GREY, "dot"), "net": (INK, "solid")}
SCALE = "Viridis"
FADED = 0.25


def class_colours(n: int, selected: int, hardest: int | None) -> list[str]:
    """A colour a pair; beyond five pairs only the selected one and its hardest negative have one."""
    if n <= len(CLASS_COLOURS):
        return list(CLASS_COLOURS[:n])
    shown = {selected: CLASS_COLOURS[0], hardest: CLASS_COLOURS[1]}
    return [shown.get(i, GREY) for i in range(n)]


def array(tensor: Tensor) -> np.ndarray[Any, Any]:
    """A tensor as the float32 array that travels to the browser in binary."""
    return tensor.detach().cpu().float().numpy()


def traces(figure: go.Figure) -> dict[str, Any]:
    """The figure's traces by name."""
    return {trace._props["name"]: trace for trace in figure.data}


def put(thing: Any, **properties: object) -> None:
    """Set those properties of a trace or an axis that change: what stays is not sent again. `a__b` means a.b."""
    held = thing._props or {}  # read as stored: plotly's own way in checks every step, and most properties stay
    for path, value in properties.items():
        *outer, last = path.split("__")
        inner = held
        for name in outer:
            inner = inner.get(name) or {}
        if not _same(inner.get(last), value):
            holder = thing
            for name in outer:
                holder = holder[name]
            holder[last] = value


def _same(old: object, new: object) -> bool:
    if isinstance(new, np.ndarray):
        return old is not None and np.array_equal(np.asarray(old), new, equal_nan=True)
    if isinstance(new, Sequence) and not isinstance(new, str):
        return isinstance(old, Sequence) and list(old) == list(new)
    return bool(old == new)
