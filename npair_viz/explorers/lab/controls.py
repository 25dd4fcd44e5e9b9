"""The widgets of the training lab, each by the name of what it sets, and what a person types into them."""

from typing import Any

import ipywidgets as widgets

from npair_viz.explorers.lab.state import EVERY, LABELS, LabState, differences
from npair_viz.explorers.shared.fields import button, chosen, typed, wide
from npair_viz.explorers.shared.present_switch import make_switch
from npair_viz.explorers.shared.screen import style_sheet
from npair_viz.explorers.shared.typed import typed_count, typed_number
from npair_viz.figures.training import PANELS
from npair_viz.losses.objectives import OBJECTIVES
from npair_viz.training.datasets import WORLDS
from npair_viz.training.train import NAMES, OPTIMISERS

COUNTS = ("groups", "dimension", "seed")
NUMBERS = ("tao", "l2_reg", "lr")
WEIGHT, DEAD = "Weight of the mean squared length", "No effect where all lengths are 1: set them free first"
WORDS = {"on": True, "off": False, "true": True, "false": False, "free": False, "all 1": True}


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
        "scrub": widgets.IntSlider(
            description="back to",
            min=0,
            max=0,
            readout=False,
            layout=wide(272),
            style={"description_width": "50px"},
        ),
        "panel": chosen("More", [(title or "-", name) for name, title in PANELS.items()], 244, 40),
        "settings": widgets.ToggleButton(description="settings", layout=wide(76)),
        "present": make_switch(),
        "objective": chosen("objective", OBJECTIVES, 190, 86),
        "mining": chosen("hard classes", [("off", False), ("on", True)], 190, 86),
        "optimiser": chosen("optimiser", tuple(OPTIMISERS), 190, 86),
        "n_classes": typed("classes", 190, "Classes in a batch, two rows of each", 86),
        "groups": typed("batches", 190, "Batches a step, their losses averaged", 86),
        "dimension": typed("dimension", 190, "Numbers in an embedding; 2 makes the picture exact", 86),
        "lr": typed("lr", 190, "Learning rate", 86),
        "seed": typed("seed", 190, "World, split, first weights and batches are drawn from it", 86),
    }


def make_words() -> dict[str, Any]:
    """The short texts on the screen by name."""
    texts = {"style": style_sheet(), "sentence": "", "status": ""}
    return {name: widgets.HTML(text) for name, text in texts.items()}


def arrange(figure: Any, controls: dict[str, Any], words: dict[str, Any]) -> widgets.VBox:
    """The screen: what to train, the picture and curves, Play and the slider, the sentence, the settings."""

    def row(*names: str) -> widgets.HBox:
        shown = [controls[name] for name in names]
        return widgets.HBox(shown, layout=widgets.Layout(align_items="center", overflow="hidden"))

    settings = widgets.HBox(
        [
            widgets.VBox([controls[name] for name in column])
            for column in (("n_classes", "mining", "groups"), ("objective", "dimension"), ("optimiser", "lr", "seed"))
        ]
    )
    words["drawer"] = settings
    screen = widgets.VBox(
        [
            words["style"],
            row("world", "tao", "l2_reg", "normalize", "against"),
            widgets.Box([figure]).add_class("npair-board"),
            row("play", "step", "scrub", "panel", "settings", "present"),
            words["sentence"],
            words["status"],
            settings,
        ]
    )
    screen.add_class("npair-viz").add_class("npair-lab")
    return screen


def sync_controls(controls: dict[str, Any], state: LabState, has_brought: bool, moments: int, is_running: bool) -> None:
    """Give every control the value that it has at a state."""
    worlds = ("yours", *WORLDS) if has_brought else tuple(WORLDS)
    if tuple(controls["world"].options) != worlds:
        controls["world"].options = worlds
    controls["world"].value, controls["panel"].value = state.world, state.panel
    for name in NAMES:
        if name in controls:
            value = getattr(state.settings, name)
            controls[name].value = written(value) if isinstance(controls[name], widgets.Text) else value
    differing = {} if state.against is None else differences(state.against, state.settings)
    controls["against"].value = ", ".join(f"{_typed_name(name)}={written(one)}" for name, one in differing.items())
    controls["l2_reg"].disabled = state.settings.normalize
    controls["l2_reg"].tooltip = DEAD if state.settings.normalize else WEIGHT
    controls["scrub"].max = max(moments - 1, 0)
    controls["play"].description, controls["play"].icon = ("Pause", "pause") if is_running else ("Play", "play")


def written(value: Any) -> str:
    """A setting as a person would type it."""
    if value is None:
        return "all"
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def parsed(name: str, value: Any) -> Any:
    """The value of a setting that a control stands for; where a person types, what the text says.

    Errors: ValueError that says what can be typed.

    >>> parsed("tao", "0,1"), parsed("n_classes", "all"), parsed("against", "tao=1, classes=2")
    (0.1, None, {'tao': 1.0, 'n_classes': 2})
    """
    if not isinstance(value, str):
        return value
    if name == "against":
        return _differences(value)
    if name in NUMBERS:
        return typed_number(name, value)
    if name in COUNTS:
        return typed_count(name, value)
    if name == "n_classes":
        return None if value.strip() in ("", "all") else typed_count("classes", value)
    return WORDS.get(value.strip(), value.strip()) if name in ("normalize", "mining") else value.strip()


def _differences(text: str) -> dict[str, Any] | None:
    names = {_typed_name(name): name for name in NAMES} | {name: name for name in NAMES}
    found = {}
    for part in filter(None, (one.strip() for one in text.split(";" if ";" in text else ","))):
        name, equals, value = (one.strip() for one in part.partition("="))
        if not equals or name not in names:
            known = ", ".join(map(_typed_name, NAMES))
            raise ValueError(f"Against is settings like tao=1 or classes=2, of {known}; got {part!r}")
        found[names[name]] = parsed(names[name], value)
    return found or None


def _typed_name(name: str) -> str:
    return LABELS.get(name, name).replace(" ", "_")
