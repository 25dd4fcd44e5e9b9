"""One encoding for every picture: role by shape, class by label and colour, force by colour and dash."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from plotly import graph_objects as go
from torch import Tensor


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
