"""The widgets that a person touches, each with its name; they hold no state and know nothing of what they change."""

from typing import Any

import ipywidgets as widgets

from npair_viz.explorers.pairs.state import DTYPES, VIEWS
from npair_viz.explorers.shared.fields import button, chosen, history_buttons, labelled, slider, typed
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
    drawers = {
        name: widgets.ToggleButton(description=label, layout=widgets.Layout(width="auto", height="28px"))
        for name, label in LABELS.items()
    }
    return {
        "scene": chosen("Scene", (), 170, 46),
        "selected": chosen("Anchor", (), 120, 52),
        "normalize": widgets.ToggleButtons(
            options=[("lengths all 1", True), ("lengths free", False)],
            tooltips=["Every point has length 1: on a circle, a sphere", "Points may grow and shrink: in the plane"],
            style={"button_width": "104px"},
        ),
        **history_buttons(),
        "present": make_switch(),
        "play": button("Play", "play", "Let all points follow the loss downhill", 76),
        "step": button("Step", "step-forward", "One step of gradient descent", 76),
        "point": chosen("Move", (), 118, 40),
        "place": typed("to", 178, "An angle in degrees like 120, or coordinates like 0.3, 0.8", 18),
        "tao": slider("", TAOS, 196, "Temperature: similarities are divided by it", 0),
        "typed tao": typed("", 72, "tao, from 0.01 to 100", 0, placeholder="tao"),
        "l2_reg": slider("l2_reg", L2_REGS, 150, "Weight of the mean squared length", 52),
        "typed l2_reg": typed("", 72, "l2_reg, from 0 to 10", 0, placeholder="l2_reg"),
        "free": button("free the lengths", "", "Only then has l2_reg something to hold", 140),
        **drawers,
        "objective": chosen("objective", OBJECTIVES, 190, 86),
        "policy": chosen("policy", POLICIES, 190, 86),
        "n_classes": typed("classes", 190, None, 86),
        "seed": typed("seed", 190, None, 86),
        "dtype": chosen("dtype", DTYPES, 190, 86),
        "view": chosen("view", VIEWS, 220, 86),
        "same": widgets.SelectMultiple(
            rows=3, tooltip="Classes that are one in truth", **labelled("one class", 190, 86)
        ),
    }
