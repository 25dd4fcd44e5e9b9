"""The changes of a state, checked."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from numbers import Integral
from typing import Any

import torch

from npair_viz.data.scene import Scene
from npair_viz.data.scenes import NAMES, named
from npair_viz.geometry.kept_states import as_listed, check_known, check_numbers
from npair_viz.geometry.limits import FARTHEST, RESTING_L2_REG
from npair_viz.geometry.reading import true_labels
from npair_viz.stage.draws import Draws
from npair_viz.stage.state import CHOICES, CHOOSES_POINTS, FIELDS, State
from npair_viz.validation import as_double, check_count

LARGEST_WHOLE = 2**53 - 1  # a browser's numbers are doubles


def changed(state: State, draws: Draws, **changes: Any) -> State:
    """The state after `changes`, checked; other points start afresh.

    Errors: ValueError or TypeError that names the setting.
    """
    check_known(changes, FIELDS)
    for name, value in changes.items():
        if name != "points" and getattr(value, "ndim", 0) > 0:
            raise TypeError(f"{name} must be no array, got {value!r:.60}: use .tolist()")
    if not isinstance(changes.get("scene", state.scene), str):
        raise TypeError(f"scene must be a name, got {changes['scene']!r}")
    if changes.get("drawer") == "landscape":  # the name of version 1
        changes |= {"drawer": "", "landscape": True}
    changes |= _surface(state, changes)
    after = replace(state, **(_afresh(state, changes) | changes))
    scenes = (after.scene,) if after.labels is not None else draws.scenes
    if after.scene == "yours" and "yours" not in scenes:
        raise ValueError("the scene 'yours' needs your data: explore(embeddings, labels, **state)")
    after = replace(after, **as_listed(after, {"scene": scenes, **CHOICES}))
    if not isinstance(after.scene, str):
        raise ValueError(f"scene must be a name, got {after.scene!r}")
    after = replace(after, points=_rows(after.points), labels=_whole(after.labels), same=_classes(after.same))
    check_numbers(after.tao, after.l2_reg, after.seed)
    if check_count("steps", after.steps, least=0) > LARGEST_WHOLE:
        raise ValueError(f"steps must be at most {LARGEST_WHOLE}, got {after.steps}")
    after = replace(after, tao=float(after.tao), l2_reg=float(after.l2_reg))
    scene = draws.base(after)
    if "selected" not in changes and after.selected >= scene.n:
        after = replace(after, selected=0)
    _check_points(after, scene)
    return after


def _surface(state: State, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Surface and lengths that fit: what is on the sphere is normalized, raw points are free."""
    if "scene" in changes and not {"surface", "normalize"} & changes.keys():
        return {}
    if "surface" not in changes and "normalize" in changes:
        return {"surface": "sphere" if changes["normalize"] else "plane"}
    if changes.get("surface") == "sphere":
        return {"normalize": True}
    if "surface" in changes and "normalize" not in changes:
        return {"normalize": state.normalize and state.surface == "plane"}
    return {}


def _afresh(state: State, changes: Mapping[str, Any]) -> dict[str, Any]:
    """What other points begin with."""
    if all(changes.get(name, getattr(state, name)) == getattr(state, name) for name in CHOOSES_POINTS):
        return {}
    afresh: dict[str, Any] = {"points": None, "labels": None, "steps": 0, "same": ()}
    if "scene" not in changes or changes["scene"] == state.scene:
        return afresh
    is_raw = changes["scene"] in NAMES and named(changes["scene"]).is_raw
    afresh |= {"selected": 0, "point": "anchor", "n_classes": None}
    return afresh | {
        "normalize": not is_raw,
        "surface": "plane" if is_raw else "sphere",
        "l2_reg": RESTING_L2_REG if is_raw else 0.0,
    }


def _rows(points: Any) -> tuple[tuple[float, ...], ...] | None:
    if points is None:
        return None
    try:
        return tuple(tuple(map(as_coordinate, row)) for row in points)
    except (TypeError, ValueError, RuntimeError):  # the last one is torch's, for complex numbers
        raise TypeError(f"points must be rows of numbers, got {points!r:.60}") from None


def as_coordinate(x: Any) -> float:
    """A number as a float; infinite where no float is as large.

    Errors: TypeError, ValueError or RuntimeError for anything else.
    """
    if isinstance(x, str | bool):
        raise TypeError(f"a coordinate must be a number, got {x!r}")
    return as_double(x)


def _whole(labels: Any) -> tuple[int, ...] | None:
    if labels is None:
        return None
    if not isinstance(labels, list | tuple) or not all(map(_is_label, labels)):
        raise ValueError(f"labels must be whole numbers, one a row, got {labels!r:.60}")
    return tuple(map(int, labels))


def _is_label(one: Any) -> bool:
    is_number = isinstance(one, Integral | float) and not isinstance(one, bool)
    return is_number and abs(one) <= LARGEST_WHOLE and one == int(one)


def _classes(same: Any) -> tuple[int, ...]:
    if isinstance(same, str) or not isinstance(same, Sequence | Set) or not all(map(_is_label, same)):
        raise ValueError(f"same must name classes of labels, got {same!r:.60}")
    return tuple(map(int, same))


def _check_points(state: State, scene: Scene) -> None:
    if check_count("selected", state.selected, least=0) >= scene.n:
        raise ValueError(f"selected must be a pair from 0 to {scene.n - 1}, got {state.selected}")
    true_labels(scene, state.same)
    rows, d = 2 * scene.n, scene.dimension
    if state.points is None:
        check_reach(scene.embeddings if state.surface == "plane" else scene.embeddings[:0])
    elif [len(row) for row in state.points] != [d] * rows:
        raise ValueError(f"points must be {rows} rows of {d} numbers, the anchors and then their positives")
    else:
        check_reach(torch.tensor(state.points, dtype=torch.float64, device="cpu"))


def check_reach(places: torch.Tensor) -> None:
    """Raise ValueError unless all coordinates are finite and no larger than FARTHEST."""
    if not (places.abs() <= FARTHEST).all():
        mend = "divide all points by a number" if places.isfinite().all() else "replace NaN and infinity"
        raise ValueError(f"a place must be within ±{FARTHEST:g} in every coordinate: {mend}")
