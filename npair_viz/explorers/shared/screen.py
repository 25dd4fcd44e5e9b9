"""What every screen needs: names to hide and lock, parts to take out, the style sheet, closing all widgets."""

from collections.abc import Collection, Iterable, Mapping
from importlib.resources import files
from string import Template
from typing import Any

import ipywidgets as widgets

from npair_viz.geometry.look import INK, OUTLINE


def check_names(name: str, value: object) -> None:
    """Raise TypeError unless `value` is a tuple, list or set of names."""
    if not isinstance(value, tuple | list | set | frozenset):
        raise TypeError(f"{name} must be a tuple of names such as ('tao',), got {value!r}")


def check_present(present: object) -> None:
    """Raise TypeError unless `present` is True or False."""
    if not isinstance(present, bool):
        raise TypeError(f"present must be True or False, got {present!r}")


def parts(names: Iterable[str], controls: Collection[str], groups: Mapping[str, tuple[str, ...]]) -> set[str]:
    """The controls that some names of controls or of groups stand for.

    Errors: ValueError that lists the names.
    """
    known = {**{name: (name,) for name in controls}, **groups}
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise ValueError(f"hide and lock take {', '.join(sorted(known))}, got {', '.join(map(repr, unknown))}")
    return {part for name in names for part in known[name]}


def close_all(*whole: Any) -> None:
    """Close widgets and all that they hold: their children, their layouts and styles."""
    for widget in whole:
        for name in widget.keys:
            value = getattr(widget, name)
            close_all(*(part for part in _several(value) if isinstance(part, widgets.Widget)))
        widget.close()


def _several(value: Any) -> Any:
    return value if isinstance(value, tuple | list) else (value,)


def take_out(box: widgets.Box, gone: list[Any]) -> None:
    """Take widgets out of a box and of the boxes in it."""
    box.children = [child for child in box.children if not any(child is one for one in gone)]
    for child in box.children:
        if isinstance(child, widgets.Box):
            take_out(child, gone)


def style_sheet() -> str:
    """The explorer's style, as a tag that a page can hold."""
    sheet = Template(files("npair_viz.explorers.shared").joinpath("page.css").read_text(encoding="utf-8"))
    return f"<style>{sheet.substitute(ink=INK, outline=OUTLINE)}</style>"
