"""Buttons and fields of a given width in pixels, with their labels beside them."""

from collections.abc import Mapping, Sequence
from typing import Any

import ipywidgets as widgets

from npair_viz.explorers.shared.typed import written
from npair_viz.geometry.history import History
from npair_viz.geometry.slider_values import nearest


def button(text: str, icon: str, tooltip: str, pixels: int = 74) -> widgets.Button:
    """A button with text and an icon."""
    return widgets.Button(description=text, icon=icon, tooltip=tooltip, layout=wide(pixels))


def history_buttons(pixels: int = 74) -> dict[str, widgets.Button]:
    """Undo, redo and start, by name."""
    return {
        "undo": button("undo", "undo", "Take the last act back", pixels),
        "redo": button("redo", "repeat", "Do it again", pixels),
        "reset": button("start", "refresh", "Back to the start"),
    }


def typed(label: str, pixels: int, tooltip: str | None, room: int, **more: Any) -> widgets.Text:
    """A text field, `room` of its pixels for the label; a number field would discard wrong input without an error."""
    return widgets.Text(continuous_update=False, tooltip=tooltip, **labelled(label, pixels, room), **more)


def chosen(label: str, options: Any, pixels: int, room: int) -> widgets.Dropdown:
    """A list to choose from, `room` of its pixels for the label."""
    return widgets.Dropdown(options=options, **labelled(label, pixels, room))


def slider(label: str, values: Sequence[float], pixels: int, tooltip: str, room: int) -> widgets.SelectionSlider:
    """A slider that stops at some values, `room` of its pixels for the label; a field beside it shows the number."""
    options = [(f"{value:g}", value) for value in values]
    return widgets.SelectionSlider(options=options, readout=False, tooltip=tooltip, **labelled(label, pixels, room))


def wide(pixels: int) -> widgets.Layout:
    """A layout of that width."""
    return widgets.Layout(width=f"{pixels}px")


def labelled(label: str, pixels: int, room: int) -> dict[str, Any]:
    """The arguments that give a widget its width and its label, `room` of its pixels for the label."""
    return {"description": label, "layout": wide(pixels), "style": {"description_width": f"{room}px"}}


def show_choices(control: Any, options: Sequence[Any], value: Any) -> None:
    """Set a list's options, then its value, which must be one of them."""
    if list(control.options) != list(options):
        control.options = options
    control.value = value


def show_settings(controls: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Set the controls that are named like settings to their values; the field beside a slider is "typed <setting>"."""
    for name, value in values.items():
        for control in (controls.get(name), controls.get(f"typed {name}")):
            if isinstance(control, widgets.Text):
                control.value = written(name, value)
            elif isinstance(control, widgets.SelectionSlider):
                control.value = nearest([one for _, one in control.options], value)
            elif control is not None:
                control.value = value


def show_history(controls: Mapping[str, Any], history: History[Any]) -> None:
    """Disable undo and redo where there is nothing to undo or redo."""
    controls["undo"].disabled, controls["redo"].disabled = not history.past, not history.future


def show_run(control: Any, is_running: bool, start: str = "Play", stop: str = "Pause") -> None:
    """Show on a button what a click does to the run."""
    control.description, control.icon = (stop, "pause") if is_running else (start, "play")
