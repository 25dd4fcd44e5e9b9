"""The widgets that a person touches, each with its name; they hold no state and know nothing of what they change."""

from typing import Any

import ipywidgets as widgets

from npair_viz.explorers.pairs.state import DTYPES, VIEWS
from npair_viz.explorers.shared.fields import button, wide
from npair_viz.explorers.shared.present_switch import make_switch
from npair_viz.explorers.shared.slider_values import L2_REGS, TAOS
from npair_viz.losses.objectives import OBJECTIVES
from npair_viz.sampling.pairs import POLICIES

LABELS = {
    "shares": "everyone's shares",
    "loss over tao": "loss over tao",
    "landscape": "landscape",
    "phase map": "phase map",
    "settings": "settings",
}


def make_controls() -> dict[str, Any]:
    """Every control by name; those named like a setting of the state show it in their `value`."""
    return {**_header(), **_play(), **_knobs(), **_drawers(), **_settings()}


def _header() -> dict[str, Any]:
    return {
        "scene": widgets.Dropdown(description="Scene", layout=wide(170), style={"description_width": "46px"}),
        "selected": widgets.Dropdown(description="Anchor", layout=wide(120), style={"description_width": "52px"}),
        "normalize": widgets.ToggleButtons(
            options=[("lengths all 1", True), ("lengths free", False)],
            tooltips=["Every point has length 1: on a circle, a sphere", "Points may grow and shrink: in the plane"],
            style={"button_width": "104px"},
        ),
        "undo": button("undo", "undo", "Take the last act back"),
        "redo": button("redo", "repeat", "Do it again"),
        "reset": button("start", "refresh", "Back to the start"),
        "present": make_switch(),
    }


def _play() -> dict[str, Any]:
    return {
        "play": button("Play", "play", "Let all points follow the loss downhill", 76),
        "step": button("Step", "step-forward", "One step of gradient descent", 76),
        "point": widgets.Dropdown(description="Move", layout=wide(118), style={"description_width": "40px"}),
        "place": _typed(
            178,
            description="to",
            style={"description_width": "18px"},
            tooltip="An angle in degrees like 120, or coordinates like 0.3, 0.8",
        ),
    }


def _knobs() -> dict[str, Any]:
    slim = {"description_width": "52px"}
    return {
        "tao": widgets.SelectionSlider(
            options=[(f"{value:g}", value) for value in TAOS],
            readout=False,
            layout=wide(196),
            tooltip="Temperature: similarities are divided by it",
        ),
        "typed tao": _typed(72, placeholder="tao", tooltip="tao, from 0.01 to 100"),
        "l2_reg": widgets.SelectionSlider(
            options=[(f"{value:g}", value) for value in L2_REGS],
            readout=False,
            description="l2_reg",
            style=slim,
            layout=wide(150),
            tooltip="Weight of the mean squared length",
        ),
        "typed l2_reg": _typed(72, placeholder="l2_reg", tooltip="l2_reg, from 0 to 10"),
        "free": widgets.Button(
            description="free the lengths", layout=wide(140), tooltip="Only then has l2_reg something to hold"
        ),
    }


def _drawers() -> dict[str, Any]:
    return {
        name: widgets.ToggleButton(description=label, layout=widgets.Layout(width="auto", height="28px"))
        for name, label in LABELS.items()
    }


def _settings() -> dict[str, Any]:
    label = {"description_width": "86px"}
    return {
        "objective": widgets.Dropdown(options=OBJECTIVES, description="objective", style=label, layout=wide(190)),
        "policy": widgets.Dropdown(options=POLICIES, description="policy", style=label, layout=wide(190)),
        "n_classes": _typed(190, description="classes", style=label),
        "seed": _typed(190, description="seed", style=label),
        "dtype": widgets.Dropdown(options=DTYPES, description="dtype", style=label, layout=wide(190)),
        "view": widgets.Dropdown(options=VIEWS, description="view", style=label, layout=wide(220)),
        "same": widgets.SelectMultiple(
            description="one class", rows=3, style=label, layout=wide(190), tooltip="Classes that are one in truth"
        ),
    }


def _typed(width: int, **more: Any) -> widgets.Text:
    """A field for text: one for numbers would let the browser swallow what it can't read, such as a comma."""
    return widgets.Text(continuous_update=False, layout=wide(width), **more)
