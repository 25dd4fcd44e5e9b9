"""The plotly figure that lives on the page: what it tells a page that is loaded again, and what it need not hear."""

from typing import Any

from plotly import graph_objects as go
from traitlets import observe


def living(figure: go.Figure, **config: object) -> "LivingFigure":
    """The figure as it lives on a page, without plotly's own buttons."""
    made = LivingFigure(figure)
    made._config = {"displayModeBar": False, **config}
    return made


class LivingFigure(go.FigureWidget):  # type: ignore[misc]  # plotly has no types
    """A figure that only Python changes, and that a page finds as it is when it is loaded again."""

    def get_state(self, key: Any = None, drop_defaults: bool = False) -> dict[str, Any]:
        """The whole state or the part `key` of it, as widgets send it; plotly's own tells how the figure was made."""
        state: dict[str, Any] = super().get_state(key, drop_defaults)
        if key is None and hasattr(self, "_layout_obj"):  # not while it is being made
            for name, now in (("_widget_data", self._data), ("_widget_layout", self._layout)):
                state[name] = self.trait_metadata(name, "to_json")(now, self)
        return state

    def let_go(self) -> None:
        """Hold no data and call nobody any more: ipywidgets never frees a closed figure."""
        nothing: dict[str, Any] = {"data": (), "layout": {}, "_widget_data": [], "_widget_layout": {}}
        for name, value in nothing.items():
            setattr(self, name, value)

    # The page answers every change with what differs from the picture that it was first given. plotly takes that for
    # defaults which the page chose, forgets what Python set there, and stumbles where the difference is in an array.

    @observe("_js2py_traceDeltas")
    def _handler_js2py_traceDeltas(self, change: Any) -> None:  # noqa: N802  # plotly's name for it
        self._js2py_traceDeltas = None

    @observe("_js2py_layoutDelta")
    def _handler_js2py_layoutDelta(self, change: Any) -> None:  # noqa: N802  # plotly's name for it
        self._js2py_layoutDelta = None
