"""A state to its controls and words: values, choices, what is grey and why."""

from typing import Any

from npair_viz.data.scenes import NAMES, SEEDED, Scene
from npair_viz.explorers.pairs.acts import place_of, point_names, rate
from npair_viz.explorers.pairs.board import why_empty
from npair_viz.explorers.pairs.controls import LABELS
from npair_viz.explorers.pairs.pictures import has_landscape, is_whole
from npair_viz.explorers.pairs.state import State
from npair_viz.explorers.shared import layout
from npair_viz.explorers.shared.fields import show_choices, show_run, show_settings
from npair_viz.explorers.shared.status import to_task
from npair_viz.geometry.narration import fixed
from npair_viz.geometry.reading import Reading


def sync_controls(
    controls: dict[str, Any], state: State, reading: Reading, data: Scene | None, is_running: bool
) -> None:
    """Give every control the value, the choices and the freedom that it has at a state."""
    scene = reading.scene
    show_choices(controls["scene"], NAMES if data is None else ("yours", *NAMES), state.scene)
    show_choices(controls["selected"], [(name, i) for i, name in enumerate(reading.names)], state.selected)
    points = point_names(scene) if scene.dimension <= 3 else ["-"]
    kept = controls["point"].value
    show_choices(controls["point"], points, kept if kept in points else points[scene.n % len(points)])
    show_choices(controls["same"], list(zip(reading.names, scene.classes, strict=True)), state.same)
    named = ("normalize", "objective", "policy", "dtype", "view", "tao", "l2_reg", "seed")
    show_settings(controls, {**{name: getattr(state, name) for name in named}, "n_classes": scene.n})
    for name in LABELS:
        controls[name].value = state.drawer == name
    by_hand, is_chosen = scene.dimension <= 3, scene.images is not None or state.scene == "yours"
    controls["place"].value = place_of(state, data, controls["point"].value) if by_hand else f"{scene.dimension}-d"
    for name, disabled in {
        "point": not by_hand,
        "place": not by_hand,
        "free": not state.normalize,
        "l2_reg": state.normalize,
        "typed l2_reg": state.normalize,
        "phase map": reading.phase is None and state.drawer != "phase map",  # what is open can be shut
        "landscape": not has_landscape(state, reading) and state.drawer != "landscape",
        "loss over tao": not is_whole(reading) and state.drawer != "loss over tao",
        "policy": not is_chosen,
        "seed": state.scene not in SEEDED and not (is_chosen and state.policy == "random"),
        "view": by_hand,
    }.items():
        controls[name].disabled = disabled
    for name in LABELS:
        controls[name].tooltip = why_empty(name, state.normalize) if controls[name].disabled else None
    show_run(controls["play"], is_running)


def show_words(words: dict[str, Any], state: State, reading: Reading) -> None:
    """The short texts beside the controls: how far a run has come, and why a control is grey."""
    lr = fixed(rate(state, reading.n), 2)
    words["progress"].value = _quiet(f"step {state.steps}, lr {lr}")
    words["why"].value = _quiet("no effect on a circle") if state.normalize else ""
    words["panel"].layout.display = "flex" if state.drawer == "settings" else "none"


def make_words(task: str, settings: Any) -> dict[str, Any]:
    """The short texts on the screen by name, and the panel of settings."""
    quiet = {"tao name": _quiet("tao: only the hardest"), "everyone": _quiet("everyone"), "more": _quiet("More:")}
    made = layout.make_words(task=to_task(task), act="", progress="", why="", **quiet)
    made["act"].add_class("npair-told")
    return {**made, "panel": settings}


def _quiet(text: str) -> str:
    return f'<span class="npair-why">{text}</span>'
