"""Present mode: the explorer for the back row, large, black on white, with the last act in words."""

import html
from typing import Any

from npair_viz.explorers.acts import cause, place_of, point_names
from npair_viz.explorers.state import State, has_other_points, scene_of
from npair_viz.figures.presenting import enlarge
from npair_viz.scenes import Scene

CLASS = "npair-present"


def present(figure: Any, widget: Any, is_present: bool) -> None:
    """Put an explorer into present mode or out of it."""
    if is_present:
        widget.add_class(CLASS)
    else:
        widget.remove_class(CLASS)
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
