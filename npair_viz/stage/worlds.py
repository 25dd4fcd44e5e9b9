"""Scenes and settings to the plain state that the stage's browser side takes, and the check of what comes back."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import torch

from npair_viz.checks import check_choice, check_l2_reg, check_tao
from npair_viz.limits import FARTHEST, L2_REG_RANGE, MOST_PAIRS, RESTING_L2_REG, TAO_RANGE
from npair_viz.loss import OBJECTIVES
from npair_viz.reading import Reading, read
from npair_viz.rows import unit_rows
from npair_viz.scenes import NAMES, Scene, named, of_pairs

VERSION = 1
SURFACES = ("sphere", "plane")
SETTINGS = ("tao", "l2_reg", "normalize", "objective", "surface", "selected", "same", "steps")


def state_of(scene: Scene, **settings: Any) -> dict[str, Any]:
    """A paired scene of two or three dimensions as a state, with settings in place of its own.

    >>> state_of(named("line-up"), tao=0.1)["tao"]
    0.1
    """
    unknown = sorted(set(settings) - set(SETTINGS))
    if unknown:
        raise TypeError(f"a setting must be one of {', '.join(SETTINGS)}, got {', '.join(unknown)}")
    scene = scene.paired()
    is_raw = settings.get("surface") == "plane" or scene.name == "plane"
    own = {
        "version": VERSION,
        "scene": scene.name,
        "points": scene.embeddings.double().tolist(),
        "labels": scene.labels.tolist(),
        "tao": 0.5,
        "l2_reg": RESTING_L2_REG if is_raw else 0.0,
        "normalize": not is_raw,
        "objective": "mc",
        "surface": "plane" if is_raw else "sphere",
        "selected": 0,
        "same": [],
        "steps": 0,
    }
    return checked_state({**own, **settings})


def checked_state(state: Mapping[str, Any]) -> dict[str, Any]:
    """A whole state from one that JSON carried, perhaps that of an older version: what it lacks is the default.

    Errors: ValueError or TypeError that names the setting.
    """
    version = state.get("version", VERSION)
    if version > VERSION:
        raise ValueError(f"the state's version must be at most {VERSION}, got {version}: update npair_viz")
    given = {"tao": 0.5, "l2_reg": 0.0, "objective": "mc", "surface": "sphere", "normalize": True, **state}
    given = {"scene": "", "selected": 0, "same": [], "steps": 0, **given, "version": VERSION}
    points = torch.tensor(given["points"], dtype=torch.float64, device="cpu")
    if points.ndim != 2 or points.shape[1] not in (2, 3) or len(points) % 2 or not 2 <= len(points) <= 2 * MOST_PAIRS:
        raise ValueError(
            f"points must be 2n rows of two or three numbers, n from 1 to {MOST_PAIRS}, got {tuple(points.shape)}: "
            "explore() shows more"
        )
    if not (points.abs() <= FARTHEST).all():
        raise ValueError(f"points must be finite and within ±{FARTHEST:g}: divide all of them by a number")
    if len(given["labels"]) != len(points):
        raise ValueError(f"labels must have one entry a row, {len(points)} in all, got {len(given['labels'])}")
    for name, (least, most) in {"tao": TAO_RANGE, "l2_reg": L2_REG_RANGE}.items():
        {"tao": check_tao, "l2_reg": check_l2_reg}[name](given[name])
        if not least <= given[name] <= most:
            raise ValueError(f"{name} must be from {least:g} to {most:g}, got {given[name]:g}")
    check_choice("objective", given["objective"], OBJECTIVES)
    check_choice("surface", given["surface"], SURFACES)
    check_choice("selected", given["selected"], range(len(points)))
    return given


def reading_of(state: Mapping[str, Any]) -> Reading:
    """Every number of a state, by torch: the judge of what the browser shows.

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
    """The states of all named scenes that fit on the stage, by name; pixels have too many dimensions."""
    return {name: state_of(named(name)) for name in NAMES if name != "pixels"}
