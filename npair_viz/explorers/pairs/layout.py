"""Where each control stands on the screen, and which of them a level, a teacher's `hide` or `lock` leaves."""

from collections.abc import Collection
from functools import partial
from typing import Any

import ipywidgets as widgets

from npair_viz.explorers.pairs.controls import LABELS
from npair_viz.explorers.shared.layout import columns, row, take_out

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


def arrange(
    figure: Any, stage: Any, controls: dict[str, Any], words: dict[str, Any], hidden: Collection[str]
) -> widgets.VBox:
    """The screen: header, the stage over the figure's picture, play and knobs, the sentence, the drawers."""
    everything = {**controls, **words}
    in_row = partial(row, everything)
    board = widgets.Box([figure, stage]).add_class("npair-board")
    header = in_row("scene", "selected", "normalize", "undo", "redo", "reset", "present")
    left = widgets.VBox(
        [in_row("play", "step", "progress"), in_row("point", "place")], layout=widgets.Layout(width="305px")
    )
    tao, l2_reg = in_row("tao name", "tao", "everyone", "typed tao"), in_row("l2_reg", "typed l2_reg", "why", "free")
    below = widgets.HBox([left, widgets.VBox([tao, l2_reg])], layout=widgets.Layout(overflow="hidden"))
    above, between = (words["style"], words["task"]), (words["act"], words["sentence"], words["status"])
    screen = widgets.VBox([*above, header, board, below, *between, in_row("more", *LABELS), words["panel"]])
    screen.add_class("npair-viz")
    take_out(screen, [everything[name] for name in hidden])
    return screen


def settings_drawer(controls: dict[str, Any]) -> widgets.HBox:
    """The drawer with what is rarely touched."""
    return columns(controls, ("objective", "dtype"), ("policy", "view"), ("n_classes", "seed"), ("same",))
