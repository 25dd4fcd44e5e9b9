"""Present mode: the explorer for the back row, large, black on white, with the last act in words."""

import html
from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from npair_viz.data.scenes import Scene
from npair_viz.explorers.acts import cause, place_of, point_names
from npair_viz.explorers.fields import wide
from npair_viz.explorers.state import State, has_other_points, scene_of

CLASS = "npair-present"


def make_switch() -> widgets.ToggleButton:
    """The button that leads into present mode and out of it."""
    tooltip = "For the back row: large, black on white, without code"
    return widgets.ToggleButton(icon="desktop", tooltip=tooltip, layout=wide(44))


def connect_switch(switch: Any, figure: Any, widget: Any, enlarge: Callable[[Any, bool], None]) -> None:
    """Let the button present the figure, which `enlarge` sets large and back, and the widget that holds it."""
    switch.observe(lambda change: _present(figure, widget, enlarge, change.new), "value")


def _present(figure: Any, widget: Any, enlarge: Callable[[Any, bool], None], is_present: bool) -> None:
    (widget.add_class if is_present else widget.remove_class)(CLASS)
    with figure.batch_update():
        enlarge(figure, is_present)


def told_act(before: State | None, after: State, brought: Scene | None) -> str:
    """The act that led from one state to another, such as "tao 0.50 -> 0.05" or "p3: 140.0 -> 100.0"; maybe empty."""
    if before is None:
        return ""
    said = cause(before, after)
    if said is None and before.scene == after.scene and not has_other_points(before, after):
        said = ", ".join(filter(None, [_chosen(before, after, brought), *_moves(before, after, brought)]))
    return said or ""


def to_show(act: str, sentence: str) -> str:
    """The act as a line, unless the sentence begins with it; nothing but present mode shows it."""
    return "" if not act or sentence.startswith(act) else f'<div class="npair-act">{html.escape(act)}</div>'


def _chosen(before: State, after: State, brought: Scene | None) -> str:
    one, other = (scene_of(state, brought).classes[state.selected] for state in (before, after))
    return "" if one == other else f"anchor {one} -> {other}"


def _moves(before: State, after: State, brought: Scene | None) -> list[str]:
    names = point_names(scene_of(after, brought))
    places = {name: [place_of(state, brought, name) for state in (before, after)] for name in names}
    return [f"{name}: {one} -> {other}" for name, (one, other) in places.items() if one != other]
