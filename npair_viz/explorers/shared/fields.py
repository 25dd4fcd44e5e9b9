"""Buttons and fields as the explorers' rows have them: with their label beside them, and so many pixels wide."""

from typing import Any

import ipywidgets as widgets


def button(text: str, icon: str, tooltip: str, pixels: int = 74) -> widgets.Button:
    """A button with words and a picture."""
    return widgets.Button(description=text, icon=icon, tooltip=tooltip, layout=wide(pixels))


def typed(label: str, pixels: int, tooltip: str, room: int) -> widgets.Text:
    """A field for text, `room` of its pixels for the label; one for numbers would swallow what it can't read."""
    style = {"description_width": f"{room}px"}
    return widgets.Text(description=label, continuous_update=False, tooltip=tooltip, layout=wide(pixels), style=style)


def chosen(label: str, options: Any, pixels: int, room: int) -> widgets.Dropdown:
    """A list to choose from, `room` of its pixels for the label."""
    style = {"description_width": f"{room}px"}
    return widgets.Dropdown(description=label, options=options, layout=wide(pixels), style=style)


def wide(pixels: int) -> widgets.Layout:
    """A layout of that width."""
    return widgets.Layout(width=f"{pixels}px")
