"""Where widgets stand: rows of them, the short texts between, and parts that are left out or held still."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from importlib.resources import files
from string import Template
from typing import Any

import ipywidgets as widgets

from npair_viz.geometry.look import INK, OUTLINE


def row(parts: Mapping[str, Any], *names: str) -> widgets.HBox:
    """Some of the parts side by side."""
    layout = widgets.Layout(align_items="center", overflow="hidden")
    return widgets.HBox([parts[name] for name in names], layout=layout)


def columns(parts: Mapping[str, Any], *names: Sequence[str]) -> widgets.HBox:
    """Some of the parts in columns, as a drawer has them."""
    return widgets.HBox([widgets.VBox([parts[name] for name in column]) for column in names])


def make_words(**texts: str) -> dict[str, Any]:
    """The short texts on a screen by name, with the style sheet, the sentence and the status line."""
    css = Template(files("npair_viz.explorers.shared").joinpath("page.css").read_text(encoding="utf-8"))
    sheet = f"<style>{css.substitute(ink=INK, outline=OUTLINE)}</style>"
    return {name: widgets.HTML(text) for name, text in {"style": sheet, "sentence": "", "status": "", **texts}.items()}


def parts(names: Iterable[str], controls: Collection[str], groups: Mapping[str, tuple[str, ...]]) -> set[str]:
    """The controls that some names of controls or of groups stand for.

    Errors: ValueError that lists the names.
    """
    known = {**{name: (name,) for name in controls}, **groups}
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise ValueError(f"hide and lock take {', '.join(sorted(known))}, got {', '.join(map(repr, unknown))}")
    return {part for name in names for part in known[name]}


def take_out(box: widgets.Box, gone: list[Any]) -> None:
    """Take widgets out of a box and of the boxes in it."""
    box.children = [child for child in box.children if not any(child is one for one in gone)]
    for child in box.children:
        if isinstance(child, widgets.Box):
            take_out(child, gone)
