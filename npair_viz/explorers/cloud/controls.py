"""The widgets of the embedding explorer, named like the settings that they change, and their layout."""

from collections.abc import Collection
from typing import Any

import ipywidgets as widgets

from npair_viz.explorers.cloud.colouring import COLOURS
from npair_viz.explorers.cloud.motions import FRAMES
from npair_viz.explorers.cloud.state import HANDS, LISTS, VIEWS
from npair_viz.explorers.shared.fields import button, chosen, history_buttons, labelled, slider, typed, wide
from npair_viz.explorers.shared.layout import row, take_out
from npair_viz.explorers.shared.present_switch import make_switch
from npair_viz.geometry.slider_values import TAOS
from npair_viz.losses.objectives import OBJECTIVES
from npair_viz.sampling.pairs import POLICIES

LEVELS = {1: ("normalize", "l2_reg", "settings", "search", "list"), 2: (), 3: ()}
GROUPS = {
    "tao": ("tao", "typed tao"),
    "history": ("undo", "redo", "reset"),
    "settings": ("policy", "n_classes", "objective", "seed", "draw", "batch"),
    "search": ("find", "hand", "only", "colour", "legend"),
    "list": ("listed", "look", "every", "worst", "select", "csv", "lines", "progress"),
}


def make_controls() -> dict[str, Any]:
    """Every control by name; one that is named like a setting changes it."""
    return {
        "row": typed("row", 92, "The anchor by the number of its row, from 0", 30),
        "find": typed("find", 128, "Selects rows: words of their texts, class:name, or their numbers", 30),
        "hand": chosen("drag", [*HANDS.items()], 108, 32),
        "only": widgets.ToggleButton(
            description="only selected",
            tooltip="Leave out other rows, but for the anchor and its marks",
            layout=wide(112),
        ),
        "colour": chosen("colour", COLOURS, 172, 44),
        "tao": slider("tao", TAOS, 156, "Temperature: similarities are divided by it", 26),
        "typed tao": typed("", 62, "tao, from 0.01 to 100", 0),
        "normalize": chosen("lengths", [("all 1", True), ("free", False)], 132, 54),
        "l2_reg": typed("l2_reg", 102, "Weight of the mean squared length", 44),
        "view": chosen("view", VIEWS, 168, 32),
        "tour": button("Tour", "play", "Turn slowly through the first principal axes", 76),
        "policy": chosen("pairs", POLICIES, 126, 36),
        "n_classes": typed("classes", 92, "How many classes, one pair of each, form the batch; or all", 48),
        "objective": chosen("objective", OBJECTIVES, 130, 62),
        "seed": typed("seed", 78, "What chance draws: pairs, and classes of a smaller batch", 34),
        "draw": button("another draw", "", "Other pairs, by lot", 106),
        "listed": chosen("list", LISTS, 160, 26),
        "look": button("look", "search", "Look for rows whose neighbours deny their class", 84),
        "every": button("all rows", "search", "Look at all rows, not at a sample", 88),
        "worst": button("worst", "exclamation-triangle", "The row most like another class; again: the next", 82),
        "select": button("select row", "check", "Add the anchor to the selected rows; again: take it out", 108),
        "csv": button("CSV", "download", "The whole list as a file", 72),
        "lines": make_lines([]),
        **history_buttons(70),
        "present": make_switch(),
    }


def make_moments() -> dict[str, Any]:
    """The controls that a comparison has beside the others."""
    return {
        "moment": widgets.FloatSlider(
            min=0,
            max=1,
            step=1 / FRAMES,
            readout=False,
            tooltip="0: where rows were before, 1: where they are now",
            **labelled("before … after", 250, 104),
        ),
        "move": button("Move", "play", "From where the rows were before to where they are", 82),
    }


def make_lines(lines: list[tuple[str, int]]) -> widgets.Select:
    """A list of rows to choose from, each with its line."""
    return widgets.Select(options=lines, value=None, rows=8, layout=wide(812))


def arrange(figure: Any, controls: dict[str, Any], words: dict[str, Any], hidden: Collection[str]) -> widgets.VBox:
    """The whole widget, from top to bottom: search, figure, lists, settings, the batch."""
    everything = {**controls, **words}
    screen = widgets.VBox(
        [
            words["style"],
            words["task"],
            row(everything, "row", "find", "hand", "only", "colour", "undo", "redo"),
            widgets.Box([figure]).add_class("npair-board"),
            *([row(everything, "move", "moment")] if "moment" in controls else []),
            words["legend"],
            words["nearest"],
            words["drawn"],
            words["status"],
            row(everything, "listed", "look", "every", "worst", "select", "csv").add_class("npair-of-list"),
            controls["lines"].add_class("npair-of-list"),
            words["progress"].add_class("npair-of-list"),
            row(everything, "tao", "typed tao", "normalize", "l2_reg", "view", "tour", "reset", "present"),
            row(everything, "policy", "n_classes", "objective", "seed", "draw", "batch").add_class("npair-of-batch"),
            words["sentence"],
        ]
    )
    take_out(screen, [everything[name] for name in hidden])
    screen.add_class("npair-viz").add_class("npair-cloud")
    return screen
