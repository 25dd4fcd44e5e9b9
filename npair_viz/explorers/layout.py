"""Where each control stands on the screen, and which of them a level, a teacher's `hide` or `lock` leaves."""

from collections.abc import Collection, Iterable, Mapping
from importlib.resources import files
from typing import Any

import ipywidgets as widgets

from npair_viz.explorers.controls import LABELS

GROUPS = {
    "normalize": ("normalize", "free"),
    "play": ("play", "step", "progress"),
    "move": ("point", "place"),
    "history": ("undo", "redo", "reset"),
    "tao": ("tao name", "tao", "everyone", "typed tao"),
    "l2_reg": ("l2_reg", "typed l2_reg", "free", "why"),
    "more": (*LABELS, "more"),
}
LEVELS = {1: ("play", "normalize", "l2_reg", "more"), 2: (), 3: ()}


def check_names(name: str, value: object) -> None:
    """Raise TypeError unless `value` is a tuple, list or set of names."""
    if not isinstance(value, tuple | list | set | frozenset):
        raise TypeError(f"{name} must be a tuple of names such as ('tao',), got {value!r}")


def parts(names: Iterable[str], controls: Collection[str], groups: Mapping[str, tuple[str, ...]] = GROUPS) -> set[str]:
    """The controls that some names of controls or of groups stand for.

    Errors: ValueError that lists the names.
    """
    known = {**{name: (name,) for name in controls}, **groups}
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise ValueError(f"hide and lock take {', '.join(sorted(known))}, got {', '.join(map(repr, unknown))}")
    return {part for name in names for part in known[name]}


def arrange(
    figure: Any, stage: Any, controls: dict[str, Any], words: dict[str, Any], hidden: Collection[str]
) -> widgets.VBox:
    """The screen: header, the stage over the figure's picture, play and knobs, the sentence, the drawers."""
    everything = {**controls, **words}

    def row(*names: str, **layout: str) -> widgets.HBox:
        shown = [everything[name] for name in names]
        return widgets.HBox(shown, layout=widgets.Layout(align_items="center", overflow="hidden", **layout))

    board = widgets.Box([figure, stage]).add_class("npair-board")
    header = row("scene", "selected", "normalize", "undo", "redo", "reset", "present")
    left = widgets.VBox([row("play", "step", "progress"), row("point", "place")], layout=widgets.Layout(width="305px"))
    tao, l2_reg = row("tao name", "tao", "everyone", "typed tao"), row("l2_reg", "typed l2_reg", "why", "free")
    below = widgets.HBox([left, widgets.VBox([tao, l2_reg])], layout=widgets.Layout(overflow="hidden"))
    above, between = (words["style"], words["task"]), (words["act"], words["sentence"], words["status"])
    screen = widgets.VBox([*above, header, board, below, *between, row("more", *LABELS), words["panel"]])
    screen.add_class("npair-viz")
    take_out(screen, [everything[name] for name in hidden])
    return screen


def close_all(*whole: Any) -> None:
    """Close widgets and all that they hold: their children, their layouts and styles."""
    for widget in whole:
        for name in widget.keys:
            value = getattr(widget, name)
            close_all(*(part for part in _several(value) if isinstance(part, widgets.Widget)))
        widget.close()


def _several(value: Any) -> Any:
    return value if isinstance(value, tuple | list) else (value,)


def settings_drawer(controls: dict[str, Any]) -> widgets.HBox:
    """The drawer with what is rarely touched."""
    columns = [("objective", "dtype"), ("policy", "view"), ("n_classes", "seed"), ("same",)]
    return widgets.HBox([widgets.VBox([controls[name] for name in column]) for column in columns])


def take_out(box: widgets.Box, gone: list[Any]) -> None:
    """Take widgets out of a box and of the boxes in it."""
    box.children = [child for child in box.children if not any(child is one for one in gone)]
    for child in box.children:
        if isinstance(child, widgets.Box):
            take_out(child, gone)


def style_sheet() -> str:
    """The explorer's style, as a tag that a page can hold."""
    return f"<style>{files('npair_viz.explorers').joinpath('page.css').read_text()}</style>"
