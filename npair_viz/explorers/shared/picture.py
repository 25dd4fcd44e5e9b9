"""A plotly figure on the page, which only Python changes; the page draws the newest state of it.

plotly's own FigureWidget may open as an empty chart: its figure comes in a second message, and anywidget drops every
message to a widget whose script, of 5 MB, has not started within two seconds. Here the figure is the state of a core
widget, to which no message is lost, and plotly's script is sent once for all figures.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.resources import files
from typing import Any

import anywidget
import ipywidgets as widgets
import numpy as np
import traitlets
from plotly import graph_objects as go
from plotly.offline import get_plotlyjs, get_plotlyjs_version
from plotly.utils import PlotlyJSONEncoder

from npair_viz.explorers.shared.parts import Parts

SENT_AS_BYTES = ("float32", "float64", "int32")  # kinds of numbers for which the page has arrays


class Sheet(Parts):
    """What the page draws: every property of every trace and of the layout, as JSON or as numbers.

    Attributes:
        drawn: The number of the last picture that the page has drawn, 0 as long as it has drawn none.
        clicked: The mark that was clicked last: {"trace": its name, "data": its customdata}.
        selected: The marks that were selected last: {"marks": their customdata by the name of their trace}.
        config: plotly's configuration, as JSON.
    """

    drawn = traitlets.Int(0).tag(sync=True, echo_update=False)
    clicked = traitlets.Dict().tag(sync=True, echo_update=False)
    selected = traitlets.Dict().tag(sync=True, echo_update=False)
    config = traitlets.Unicode("{}").tag(sync=True)

    def __init__(self, figure: go.Figure, config: dict[str, object]) -> None:
        self._values = _parts_of(figure)
        super().__init__({name: _packed(value) for name, value in self._values.items()}, config=json.dumps(config))

    def show(self, figure: go.Figure) -> None:
        """Send what has changed, in one message."""
        values = _parts_of(figure)
        parts = {name: _packed(value) for name, value in values.items() if not self._has(name, value)}
        self.take(parts | dict.fromkeys(self._values.keys() - values.keys()))
        self._values = values
        self.tell()

    def let_go(self) -> None:
        """Free the data."""
        self._values = {}
        super().let_go()

    def _has(self, name: str, value: object) -> bool:
        """Whether it is the same array; plotly makes a new one for new numbers, and changes the rest in place."""
        return isinstance(value, np.ndarray) and self._values.get(name) is value


class Script(widgets.Widget):  # type: ignore[misc]  # ipywidgets has no types
    """plotly's script, the same for all pictures: it opens with the first of them and closes with the last."""

    text = traitlets.Unicode().tag(sync=True)
    version = traitlets.Unicode().tag(sync=True)
    _present: "Script | None" = None

    def __init__(self) -> None:
        self._users = 0
        super().__init__(text=get_plotlyjs(), version=get_plotlyjs_version())

    @classmethod
    def borrowed(cls) -> "Script":
        """The script for one more picture."""
        if Script._present is None:
            Script._present = cls()
        Script._present._users += 1
        return Script._present

    def give_back(self) -> None:
        """One picture less needs it."""
        self._users -= 1
        if not self._users:
            Script._present = None
            self.close()


class Picture(anywidget.AnyWidget):
    """A plotly figure as a widget.

    Args:
        figure: The figure; `changing` is the way to change it.
        config: plotly's configuration beside the hidden buttons, such as scrollZoom=True.

    >>> picture = Picture(go.Figure(go.Scatter(x=[1, 2], y=[3, 4], name="line")))
    >>> with picture.changing() as figure:
    ...     _ = figure.update_traces(y=[5, 6])
    >>> picture.sheet.sent
    2
    """

    _esm = files("npair_viz.explorers.shared").joinpath("picture.js").read_text(encoding="utf-8")
    sheet = traitlets.Instance(Sheet).tag(sync=True, **widgets.widget_serialization)
    script = traitlets.Unicode().tag(sync=True)

    def __init__(self, figure: go.Figure, **config: object) -> None:
        self.figure = figure
        sheet = Sheet(figure, {"displayModeBar": False, **config})
        self._script: Script | None = Script.borrowed()
        super().__init__(sheet=sheet, script=self._script.model_id)

    @contextmanager
    def changing(self) -> Iterator[go.Figure]:
        """The figure, to be changed in the block; the page gets it at the end, unless there was an error."""
        yield self.figure
        self.sheet.show(self.figure)

    def on_click(self, act: Callable[[str, Any], None]) -> None:
        """Call `act` with the name of the trace and the customdata of the mark that is clicked.

        Not with its number: the picture may have changed before the kernel hears of the click.
        """
        self.sheet.observe(lambda change: act(change.new["trace"], change.new["data"]), "clicked")

    def on_select(self, act: Callable[[dict[str, list[Any]]], None]) -> None:
        """Call `act` with the customdata of the marks within a lasso or a box, by the name of their trace."""
        self.sheet.observe(lambda change: act(change.new["marks"]), "selected")

    def close(self) -> None:
        """Remove it from the page and free its data; with the last picture goes plotly's script."""
        super().close()
        self.sheet.close()
        if self._script is not None:
            self._script.give_back()
            self._script = None

    def let_go(self) -> None:
        """Free the data."""
        self.figure.data = ()


def _parts_of(figure: go.Figure) -> dict[str, object]:
    """Each property of each trace and of the layout, by a name such as "trace 3 x" or "layout width"."""
    by_owner = {f"trace {i}": trace._props for i, trace in enumerate(figure.data)} | {"layout": figure.layout._props}
    return {f"{owner} {name}": value for owner, parts in by_owner.items() for name, value in parts.items()}


def _packed(value: object) -> object:
    """A part as it is sent."""
    if isinstance(value, np.ndarray) and value.ndim == 1 and value.dtype.name in SENT_AS_BYTES:
        return {"type": value.dtype.name, "values": value.data}
    return json.dumps(value, cls=PlotlyJSONEncoder)
