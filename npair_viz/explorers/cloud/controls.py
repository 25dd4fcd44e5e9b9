"""The widgets of the embedding explorer, named like the settings that they change, and their layout."""

from collections.abc import Collection
from typing import Any

import ipywidgets as widgets

from npair_viz.explorers.cloud.state import VIEWS
from npair_viz.explorers.shared.fields import button, chosen, history_buttons, slider, typed
from npair_viz.explorers.shared.layout import row, take_out
from npair_viz.explorers.shared.present_switch import make_switch
from npair_viz.geometry.slider_values import TAOS
from npair_viz.losses.objectives import OBJECTIVES
from npair_viz.sampling.pairs import POLICIES

LEVELS = {1: ("normalize", "l2_reg", "settings"), 2: (), 3: ()}
GROUPS = {
    "tao": ("tao", "typed tao"),
    "history": ("undo", "redo", "reset"),
    "settings": ("policy", "n_classes", "objective", "seed"),
}


def make_controls() -> dict[str, Any]:
    """Every control by name; one that is named like a setting changes it."""
    return {
        "row": typed("row", 104, "The anchor by the number of its row, from 0", 30),
        "worst": button("worst", "exclamation-triangle", "The anchor with the largest loss; again: the next one", 82),
        "tao": slider("tao", TAOS, 156, "Temperature: similarities are divided by it", 26),
        "typed tao": typed("", 62, "tao, from 0.01 to 100", 0),
        "normalize": chosen("lengths", [("all 1", True), ("free", False)], 132, 54),
        "l2_reg": typed("l2_reg", 102, "Weight of the mean squared length", 44),
        "view": chosen("view", VIEWS, 168, 32),
        "tour": button("Tour", "play", "Turn slowly through the first principal axes", 76),
        "policy": chosen("pairs", POLICIES, 126, 36),
        "n_classes": typed("classes", 98, "How many classes, one pair of each, form the batch; or all", 48),
        "objective": chosen("objective", OBJECTIVES, 128, 62),
        "seed": typed("seed", 92, "What chance draws: pairs, and classes of a smaller batch", 34),
        **history_buttons(76),
        "present": make_switch(),
    }


def arrange(figure: Any, controls: dict[str, Any], words: dict[str, Any], hidden: Collection[str]) -> widgets.VBox:
    """The whole widget, from top to bottom: controls of the anchor and the loss, figure, other controls, sentence."""
    everything = {**controls, **words}
    screen = widgets.VBox(
        [
            words["style"],
            words["task"],
            row(everything, "row", "worst", "tao", "typed tao", "normalize", "l2_reg", "undo", "redo"),
            widgets.Box([figure]).add_class("npair-board"),
            row(everything, "view", "tour", "policy", "n_classes", "objective", "seed", "reset", "present"),
            words["sentence"],
            words["status"],
            words["drawn"],
        ]
    )
    take_out(screen, [everything[name] for name in hidden])
    screen.add_class("npair-viz").add_class("npair-cloud")
    return screen
