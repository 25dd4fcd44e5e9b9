"""Frees the widgets, callbacks and data of an explorer that is closed."""

import ctypes
import gc
import sys
from typing import Any

import ipywidgets as widgets


def close_all(*whole: Any) -> None:
    """Close widgets with their children, layouts and styles, and remove their observers."""
    for widget in whole:
        for name in widget.keys:
            value = getattr(widget, name)
            close_all(*(part for part in _several(value) if isinstance(part, widgets.Widget)))
        widget.close()
        widget.unobserve_all()
        if hasattr(widget, "let_go"):
            widget.let_go()


def give_memory_back() -> None:
    """Return what nobody uses to the system: widgets refer to each other, and glibc keeps what lies in gaps."""
    gc.collect()
    if sys.platform == "linux" and (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)):  # musl has none
        trim(0)


def _several(value: Any) -> Any:
    return value if isinstance(value, tuple | list) else (value,)
