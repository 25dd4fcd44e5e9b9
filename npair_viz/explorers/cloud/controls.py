"""The widgets of the embedding explorer, each by the name of what it sets, and what a person types into them."""

from collections.abc import Collection
from typing import Any

import ipywidgets as widgets

from npair_viz.explorers.cloud.state import VIEWS, EmbeddingState
from npair_viz.explorers.shared.fields import button, chosen, typed, wide
from npair_viz.explorers.shared.present_switch import make_switch
from npair_viz.explorers.shared.screen import style_sheet, take_out
from npair_viz.explorers.shared.slider_values import TAOS, nearest
from npair_viz.explorers.shared.typed import typed_count, typed_number
from npair_viz.losses.objectives import OBJECTIVES
from npair_viz.sampling.pairs import POLICIES

COUNTS = {"row": "row", "seed": "seed"}  # as the screen calls them
LEVELS = {1: ("normalize", "l2_reg", "settings"), 2: (), 3: ()}


def make_controls() -> dict[str, Any]:
    """Every control by name."""
    return {
        "row": typed("row", 104, "The anchor by the number of its row, from 0", 30),
        "worst": button("worst", "exclamation-triangle", "The anchor with the largest loss; again: the next one", 82),
        "tao": widgets.SelectionSlider(
            options=[(f"{value:g}", value) for value in TAOS],
            readout=False,
            description="tao",
            style={"description_width": "26px"},
            layout=wide(156),
            tooltip="Temperature: similarities are divided by it",
        ),
        "typed tao": typed("", 62, "tao, from 0.01 to 100", 0),
        "normalize": chosen("lengths", [("all 1", True), ("free", False)], 132, 54),
        "l2_reg": typed("l2_reg", 102, "Weight of the mean squared length", 44),
        "undo": button("undo", "undo", "Take the last act back", 76),
        "redo": button("redo", "repeat", "Do it again", 76),
        "view": chosen("view", VIEWS, 168, 32),
        "tour": button("Tour", "play", "Turn slowly through the first principal axes", 76),
        "policy": chosen("pairs", POLICIES, 126, 36),
        "n_classes": typed("classes", 98, "How many classes, one pair of each, form the batch; or all", 48),
        "objective": chosen("objective", OBJECTIVES, 128, 62),
        "seed": typed("seed", 92, "What chance draws: pairs, and classes of a smaller batch", 34),
        "reset": button("start", "refresh", "Back to the start", 74),
        "present": make_switch(),
    }


def make_words(task: str) -> dict[str, Any]:
    """The short texts on the screen by name."""
    texts = {"style": style_sheet(), "task": task, "drawn": "", "sentence": "", "status": ""}
    return {name: widgets.HTML(text) for name, text in texts.items()}


def arrange(figure: Any, controls: dict[str, Any], words: dict[str, Any], hidden: Collection[str]) -> widgets.VBox:
    """The screen: whose line-up and at which temperature, the picture, the view and the batch, the sentence."""
    everything = {**controls, **words}

    def row(*names: str) -> widgets.HBox:
        shown = [everything[name] for name in names]
        return widgets.HBox(shown, layout=widgets.Layout(align_items="center", overflow="hidden"))

    screen = widgets.VBox(
        [
            words["style"],
            words["task"],
            row("row", "worst", "tao", "typed tao", "normalize", "l2_reg", "undo", "redo"),
            widgets.Box([figure]).add_class("npair-board"),
            row("view", "tour", "policy", "n_classes", "objective", "seed", "reset", "present"),
            words["sentence"],
            words["status"],
            words["drawn"],
        ]
    )
    take_out(screen, [everything[name] for name in hidden])
    screen.add_class("npair-viz").add_class("npair-cloud")
    return screen


def sync_controls(controls: dict[str, Any], state: EmbeddingState, is_running: bool) -> None:
    """Give every control the value that it has at a state."""
    for name in ("normalize", "view", "policy", "objective"):
        controls[name].value = getattr(state, name)
    controls["tao"].value = nearest(TAOS, state.tao)
    controls["typed tao"].value, controls["l2_reg"].value = f"{state.tao:.10g}", f"{state.l2_reg:.10g}"
    controls["row"].value, controls["seed"].value = str(state.row), str(state.seed)
    controls["n_classes"].value = "all" if state.n_classes is None else str(state.n_classes)
    controls["l2_reg"].disabled = state.normalize
    controls["tour"].description, controls["tour"].icon = ("Stop", "pause") if is_running else ("Tour", "play")


def parsed(name: str, value: Any) -> Any:
    """The value of a setting that a control stands for; where a person types, what the text says.

    Errors: ValueError that says what can be typed.

    >>> parsed("typed tao", "0,1"), parsed("n_classes", "all"), parsed("row", "17")
    (0.1, None, 17)
    """
    if name in COUNTS:
        return typed_count(COUNTS[name], value)
    if name == "n_classes":
        return None if value.strip().lower() in ("", "all") else typed_count("classes", value)
    return typed_number(name.removeprefix("typed "), value) if name in ("typed tao", "l2_reg") else value
