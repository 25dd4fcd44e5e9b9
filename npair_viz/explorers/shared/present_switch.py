"""The button for present mode: large, black on white, code cells hidden."""

from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from npair_viz.explorers.shared.fields import wide

CLASS = "npair-present"


def make_switch() -> widgets.ToggleButton:
    """The button that switches present mode on and off."""
    tooltip = "For the back row: large, black on white, without code"
    return widgets.ToggleButton(icon="desktop", tooltip=tooltip, layout=wide(44))


def connect_switch(switch: Any, picture: Any, widget: Any, enlarge: Callable[[Any, bool], None]) -> None:
    """Connect the button to the picture, whose figure `enlarge` resizes, and to the widget that holds it."""

    def present(change: Any) -> None:
        (widget.add_class if change.new else widget.remove_class)(CLASS)
        with picture.changing() as figure:
            enlarge(figure, change.new)

    switch.observe(present, "value")
