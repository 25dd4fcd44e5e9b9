"""The plotly figure as a widget: a reloaded page gets its present state, and the page's own changes are ignored."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from plotly import graph_objects as go
from traitlets import observe


def living(figure: go.Figure, **config: object) -> "LivingFigure":
    """The figure as a widget, without plotly's own buttons."""
    made = LivingFigure(figure)
    made._config = {"displayModeBar": False, **config}
    return made


class LivingFigure(go.FigureWidget):  # type: ignore[misc]  # plotly has no types
    """A figure that only Python changes; a reloaded page shows it as it is."""

    def get_state(self, key: Any = None, drop_defaults: bool = False) -> dict[str, Any]:
        """The state to send, whole or the part `key` of it; plotly's own method sends the figure as it was at first."""
        state: dict[str, Any] = super().get_state(key, drop_defaults)
        if key is None and hasattr(self, "_layout_obj"):  # false during __init__
            for name, now in (("_widget_data", self._data), ("_widget_layout", self._layout)):
                state[name] = self.trait_metadata(name, "to_json")(now, self)
        return state

    @contextmanager
    def changing(self) -> Iterator["LivingFigure"]:
        """The figure, to be changed in the block; the page gets it at the end."""
        with self.batch_update():
            yield self

    def let_go(self) -> None:
        """Free the data: ipywidgets never frees a closed figure."""
        nothing: dict[str, Any] = {"data": (), "layout": {}, "_widget_data": [], "_widget_layout": {}}
        for name, value in nothing.items():
            setattr(self, name, value)

    # The page answers every change with its differences from the first figure. plotly takes these for defaults that the
    # page chose, drops what Python has set there, and fails where a difference is in an array. So they are ignored.

    @observe("_js2py_traceDeltas")
    def _handler_js2py_traceDeltas(self, change: Any) -> None:  # noqa: N802  # plotly's name for it
        self._js2py_traceDeltas = None

    @observe("_js2py_layoutDelta")
    def _handler_js2py_layoutDelta(self, change: Any) -> None:  # noqa: N802  # plotly's name for it
        self._js2py_layoutDelta = None
