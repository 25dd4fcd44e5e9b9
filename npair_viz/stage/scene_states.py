"""From scenes and settings to the stage's states, and from a state to its reading."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import torch

from npair_viz.data.scenes import NAMES, Scene, dimension_of, named, of_pairs
from npair_viz.geometry.limits import MOST_PAIRS, RESTING_L2_REG
from npair_viz.geometry.reading import Reading, read
from npair_viz.linalg import unit_rows
from npair_viz.stage.state import DEFAULTS, checked_state

SETTINGS = ("tao", "l2_reg", "normalize", "objective", "surface", "selected", "same", "steps")


def state_of(scene: Scene, **settings: Any) -> dict[str, Any]:
    """A scene as a state of the stage.

    Args:
        scene: A scene of two or three dimensions.
        settings: Those in SETTINGS, in place of the scene's defaults.

    Returns:
        The checked state.

    Raises:
        ValueError: The scene can't be shown, or a setting is wrong.
        TypeError: A setting is unknown.

    >>> state_of(named("line-up"), tao=0.1)["tao"]
    0.1
    """
    unknown = sorted(set(settings) - set(SETTINGS))
    if unknown:
        raise TypeError(f"a setting must be one of {', '.join(SETTINGS)}, got {', '.join(unknown)}")
    scene = scene.paired()
    is_raw = settings.get("surface") == "plane" or scene.is_raw
    if settings.get("normalize") is False and "surface" not in settings:
        is_raw = True  # without normalization lengths matter, so points may leave the sphere
    own = {
        **DEFAULTS,
        "scene": scene.name,
        "points": scene.embeddings.double().tolist(),
        "labels": scene.labels.tolist(),
    }
    if is_raw:
        own |= {"l2_reg": RESTING_L2_REG, "normalize": False, "surface": "plane"}
    return checked_state({**own, **settings})


def reading_of(state: Mapping[str, Any]) -> Reading:
    """Every number of a state, computed by torch; tests compare the browser's numbers with these.

    >>> round(reading_of(state_of(named("line-up"))).loss, 4)
    0.484
    """
    rows = torch.tensor(state["points"], dtype=torch.float64, device="cpu")
    is_held = state["surface"] == "sphere"
    rows, n = unit_rows(rows) if is_held else rows, len(rows) // 2
    scene = of_pairs(state["scene"], "", rows[:n], rows[n:], state["labels"][:n])
    names = ("tao", "l2_reg", "objective", "same")
    settings = {name: state[name] for name in names} | {"normalize": is_held or state["normalize"]}
    return read(scene, selected=state["selected"] % n, **settings)


@cache
def scenes_of_the_stage() -> dict[str, dict[str, Any]]:
    """The states of all named scenes that fit on the stage, by name."""
    return {name: state_of(named(name)) for name in NAMES if not why_not_on_stage(name)}


def why_not_on_stage(name: str) -> str:
    """Why a named scene can't be shown on the stage; "" if it can.

    >>> why_not_on_stage("pixels")
    '64 dimensions, not two or three'
    """
    d = dimension_of(name)
    if d not in (2, 3):
        return f"{d} dimensions, not two or three"
    n = named(name).paired().n
    return f"{n} pairs, more than {MOST_PAIRS}" if n > MOST_PAIRS else ""
