"""The widgets of the training lab, named like the settings that they change, and the texts typed into them."""

from typing import Any

import ipywidgets as widgets

from npair_viz.explorers.lab.state import EVERY, LabState, differences, moment_at
from npair_viz.explorers.shared.fields import (
    button,
    chosen,
    history_buttons,
    labelled,
    show_choices,
    show_run,
    show_settings,
    typed,
    wide,
)
from npair_viz.explorers.shared.layout import columns, row
from npair_viz.explorers.shared.present_switch import make_switch
from npair_viz.explorers.shared.typed import CALLED, typed_setting, written
from npair_viz.figures.training import PANELS
from npair_viz.losses.objectives import OBJECTIVES
from npair_viz.training.datasets import WORLDS
from npair_viz.training.train import NAMES, OPTIMISERS

WEIGHT, DEAD = "Weight of the mean squared length", "No effect where all lengths are 1: set them free first"


def make_controls() -> dict[str, Any]:
    """Every control by name."""
    return {
        "world": chosen("World", tuple(WORLDS), 150, 44),
        "tao": typed("tao", 110, "Temperature: similarities are divided by it", 30),
        "l2_reg": typed("l2_reg", 116, WEIGHT, 44),
        "normalize": chosen("Lengths", [("all 1", True), ("free", False)], 138, 56),
        "against": typed("Against", 268, "A second run beside this one, such as tao=1, or classes=2", 54),
        "play": button("Play", "play", "Train", 76),
        "step": button("Step", "step-forward", f"Train {EVERY} steps", 76),
        "scrub": widgets.IntSlider(max=0, readout=False, **labelled("back to", 360, 50)),
        **history_buttons(76),
        "present": make_switch(),
        "panel": chosen("More", [(title or "-", name) for name, title in PANELS.items()], 320, 40),
        "settings": widgets.ToggleButton(description="settings", layout=wide(76)),
        "objective": chosen("objective", OBJECTIVES, 190, 86),
        "mining": chosen("hard classes", [("off", False), ("on", True)], 190, 86),
        "optimiser": chosen("optimiser", tuple(OPTIMISERS), 190, 86),
        "n_classes": typed("classes", 190, "Classes in a batch, two rows of each", 86),
        "groups": typed("batches", 190, "Batches a step, their losses averaged", 86),
        "dimension": typed("dimension", 190, "Numbers in an embedding; 2 makes the picture exact", 86),
        "lr": typed("lr", 190, "Learning rate", 86),
        "seed": typed("seed", 190, "World, split, first weights and batches are drawn from it", 86),
    }


def arrange(figure: Any, controls: dict[str, Any], words: dict[str, Any]) -> widgets.VBox:
    """The whole widget, from top to bottom: settings, figure, controls of the run, sentence, further settings."""
    words["drawer"] = columns(
        controls, ("n_classes", "mining", "groups"), ("objective", "dimension"), ("optimiser", "lr", "seed")
    )
    screen = widgets.VBox(
        [
            words["style"],
            row(controls, "world", "tao", "l2_reg", "normalize", "against"),
            widgets.Box([figure]).add_class("npair-board"),
            row(controls, "play", "step", "scrub", "undo", "redo", "reset", "present"),
            words["sentence"],
            words["status"],
            row(controls, "panel", "settings"),
            words["drawer"],
        ]
    )
    return screen.add_class("npair-viz").add_class("npair-lab")


def sync_controls(controls: dict[str, Any], state: LabState, has_data: bool, trained: int, is_running: bool) -> None:
    """Show a state in every control; `trained`: how many snapshots there are."""
    show_choices(controls["world"], ("yours", *WORLDS) if has_data else tuple(WORLDS), state.world)
    differing = {} if state.against is None else differences(state.against, state.settings)
    against = ", ".join(f"{_typed_name(name)}={written(name, one)}" for name, one in differing.items())
    controls["scrub"].max = trained - 1
    own = {"panel": state.panel, "against": against, "scrub": moment_at(state.step)}
    show_settings(controls, {**vars(state.settings), **own})
    show_run(controls["play"], is_running)
    controls["l2_reg"].disabled = state.settings.normalize
    controls["l2_reg"].tooltip = DEAD if state.settings.normalize else WEIGHT


def typed_differences(text: str) -> dict[str, Any] | None:
    """The settings in which a second run differs, from a typed text; None for an empty one.

    Raises ValueError that says what can be typed.

    >>> typed_differences("tao=1, classes=2")
    {'tao': 1.0, 'n_classes': 2}
    """
    names = {_typed_name(name): name for name in NAMES} | {name: name for name in NAMES}
    found = {}
    for part in filter(None, (one.strip() for one in text.split(";" if ";" in text else ","))):
        name, equals, value = (one.strip() for one in part.partition("="))
        if not equals or name not in names:
            known = ", ".join(map(_typed_name, NAMES))
            raise ValueError(f"Against is settings like tao=1 or classes=2, of {known}; got {part!r}")
        found[names[name]] = typed_setting(names[name], value)
    return found or None


def _typed_name(name: str) -> str:
    return CALLED.get(name, name).replace(" ", "_")
