"""The layout of widgets: rows, columns, texts, and parts that are left out."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from importlib.resources import files
from string import Template
from typing import Any

import ipywidgets as widgets

from npair_viz.geometry.look import INK, OUTLINE, SANS, SERIF


def row(parts: Mapping[str, Any], *names: str) -> widgets.HBox:
    """Some of the parts side by side."""
    layout = widgets.Layout(align_items="center", overflow="hidden")
    return widgets.HBox([parts[name] for name in names], layout=layout)


def columns(parts: Mapping[str, Any], *names: Sequence[str]) -> widgets.HBox:
    """Some of the parts in columns."""
    return widgets.HBox([widgets.VBox([parts[name] for name in column]) for column in names])


def make_words(**texts: str) -> dict[str, Any]:
    """The texts of an explorer by name, with the style sheet, the sentence and the status line."""
    own = {"style": style_sheet(), "sentence": "", "status": ""}
    return {name: widgets.HTML(text) for name, text in {**own, **texts}.items()}


def style_sheet() -> str:
    """The explorers' style sheet as an HTML tag."""
    css = Template(files("npair_viz.explorers.shared").joinpath("page.css").read_text(encoding="utf-8"))
    return f"<style>{css.substitute(ink=INK, outline=OUTLINE, serif=SERIF, sans=SANS)}</style>"


def parts(names: Iterable[str], controls: Collection[str], groups: Mapping[str, tuple[str, ...]]) -> set[str]:
    """The controls of some names, each of a control or of a group; raises ValueError for an unknown name."""
    known = {**{name: (name,) for name in controls}, **groups}
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise ValueError(f"hide and lock take {', '.join(sorted(known))}, got {', '.join(map(repr, unknown))}")
    return {part for name in names for part in known[name]}


def take_out(box: widgets.Box, gone: list[Any]) -> None:
    """Remove widgets from a box and from the boxes in it."""
    box.children = [child for child in box.children if not any(child is one for one in gone)]
    for child in box.children:
        if isinstance(child, widgets.Box):
            take_out(child, gone)
