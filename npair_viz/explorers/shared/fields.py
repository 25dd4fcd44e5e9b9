"""Buttons and fields as the explorers' rows have them: with their label beside them, and so many pixels wide."""

from collections.abc import Mapping, Sequence
from typing import Any

import ipywidgets as widgets

from npair_viz.explorers.shared.history import History
from npair_viz.explorers.shared.slider_values import nearest
from npair_viz.explorers.shared.typed import written


def button(text: str, icon: str, tooltip: str, pixels: int = 74) -> widgets.Button:
    """A button with words and a picture."""
    return widgets.Button(description=text, icon=icon, tooltip=tooltip, layout=wide(pixels))


def history_buttons(pixels: int = 74) -> dict[str, widgets.Button]:
    """Undo, redo and start, by name."""
    return {
        "undo": button("undo", "undo", "Take the last act back", pixels),
        "redo": button("redo", "repeat", "Do it again", pixels),
        "reset": button("start", "refresh", "Back to the start"),
    }


def typed(label: str, pixels: int, tooltip: str | None, room: int, **more: Any) -> widgets.Text:
    """A field for text, `room` of its pixels for the label; one for numbers would swallow what it can't read."""
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
    """What makes a widget so wide, with `room` of its pixels for the label beside it."""
    return {"description": label, "layout": wide(pixels), "style": {"description_width": f"{room}px"}}


def show_choices(control: Any, options: Sequence[Any], value: Any) -> None:
    """Give a list its options before its value, which must be among them."""
    if list(control.options) != list(options):
        control.options = options
    control.value = value


def show_settings(controls: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Give the values of settings to the controls that are named like them; a field has it as a person would type it.

    A field beside a slider is called "typed" and the setting's name.
    """
    for name, value in values.items():
        for control in (controls.get(name), controls.get(f"typed {name}")):
            if isinstance(control, widgets.Text):
                control.value = written(name, value)
            elif isinstance(control, widgets.SelectionSlider):
                control.value = nearest([one for _, one in control.options], value)
            elif control is not None:
                control.value = value


def show_history(controls: Mapping[str, Any], history: History[Any]) -> None:
    """Leave the buttons live that lead somewhere."""
    controls["undo"].disabled, controls["redo"].disabled = not history.past, not history.future


def show_run(control: Any, is_running: bool, start: str = "Play", stop: str = "Pause") -> None:
    """Let a button say what it will do to a run."""
    control.description, control.icon = (stop, "pause") if is_running else (start, "play")
