"""What a closed explorer leaves behind: no widget, no callback, no data."""

from typing import Any, NoReturn

import ipywidgets as widgets


class Closed:
    """What stands in the place of data that were let go: whatever is asked of it, it says so."""

    def __getattr__(self, name: str) -> NoReturn:
        raise ValueError("a closed explorer shows nothing and has let go of its data: open another one")

    __call__ = __getattr__


CLOSED: Any = Closed()


def close_all(*whole: Any) -> None:
    """Close widgets and all that they hold: their children, their layouts and styles; nobody observes them any more."""
    for widget in whole:
        for name in widget.keys:
            value = getattr(widget, name)
            close_all(*(part for part in _several(value) if isinstance(part, widgets.Widget)))
        widget.close()
        widget.unobserve_all()
        if hasattr(widget, "let_go"):
            widget.let_go()


def _several(value: Any) -> Any:
    return value if isinstance(value, tuple | list) else (value,)
