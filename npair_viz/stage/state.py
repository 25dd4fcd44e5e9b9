"""The stage's state as plain JSON, which Python and the browser exchange, and its checks: the same as in state.js."""

from collections.abc import Mapping, Sequence
from typing import Any

from npair_viz.geometry.limits import FARTHEST, L2_REG_RANGE, MOST_PAIRS, TAO_RANGE
from npair_viz.losses.objectives import MC, check_objective
from npair_viz.validation import check_choice, check_l2_reg, check_tao

VERSION = 1
SURFACES = ("sphere", "plane")
LARGEST_WHOLE = 2**53 - 1  # a browser's numbers are doubles
DEFAULTS: dict[str, Any] = {
    **{"version": VERSION, "scene": "", "tao": 0.5, "l2_reg": 0.0, "normalize": True, "objective": MC},
    **{"surface": "sphere", "selected": 0, "same": [], "steps": 0},
}


def checked_state(state: Mapping[str, Any]) -> dict[str, Any]:
    """A complete, checked state.

    Args:
        state: From JSON, perhaps of an older version: what it lacks gets its default, unknown names are left out.

    Returns:
        The state. Points of three numbers are always on the sphere, and on the sphere the loss always normalizes.

    Raises:
        ValueError: A value is wrong, or the state is of a newer version.
        TypeError: `state` is no mapping, or a setting is of the wrong type.

    >>> checked_state({"points": [[1, 0], [0, 1]], "labels": [3, 3]})["tao"]
    0.5
    """
    if not isinstance(state, Mapping):
        raise TypeError(f"a state must be an object with points and labels, got {state!r:.40}")
    _check_version(state.get("version", VERSION))
    known = {name: value for name, value in state.items() if name in (*DEFAULTS, "points", "labels")}
    given = {**DEFAULTS, "points": [], "labels": [], **known, "version": VERSION}
    _check_points(given["points"])
    _check_labels(given["labels"], given["same"], len(given["points"]))
    _check_settings(given)
    if len(given["points"][0]) == 3:
        given["surface"] = "sphere"
    if given["surface"] == "sphere":
        given["normalize"] = True
    given["same"] = list(given["same"])  # a copy, which the caller can't change
    return given


def _check_version(version: Any) -> None:
    if not _is_whole(version, 1):
        raise ValueError(f"the state's version must be a whole number from 1, got {version!r}")
    if version > VERSION:
        raise ValueError(f"the state's version must be at most {VERSION}, got {version}: update npair_viz")


def _check_points(points: Any) -> None:
    rows = points if _is_list(points) and all(map(_is_list, points)) else []
    widths = {len(row) for row in rows}
    if len(widths) != 1 or not widths <= {2, 3} or len(rows) % 2 or len(rows) > 2 * MOST_PAIRS:
        raise ValueError(
            f"points must be 2n rows of two or three numbers, n from 1 to {MOST_PAIRS}, got {points!r:.60}: "
            "explore() shows more"
        )
    if not all(_is_number(x) and abs(x) <= FARTHEST for row in rows for x in row):
        raise ValueError(f"points must be finite and within ±{FARTHEST:g}: divide all of them by a number")


def _check_labels(labels: Any, same: Any, rows: int) -> None:
    if not _is_list(labels) or len(labels) != rows:
        count = len(labels) if _is_list(labels) else repr(labels)
        raise ValueError(f"labels must have one entry a row, {rows} in all, got {count}")
    if not all(_is_whole(label, -LARGEST_WHOLE) for label in labels):
        raise ValueError(f"labels must be whole numbers, got {labels!r:.60}")
    if list(labels[: rows // 2]) != list(labels[rows // 2 :]):
        raise ValueError("labels must name each pair's class twice: row i of the positives pairs with row i of anchors")
    if not _is_list(same) or any(isinstance(one, bool) or one not in labels for one in same):
        raise ValueError(f"same must name classes of labels, got {same!r:.60}")


def _check_settings(given: Mapping[str, Any]) -> None:
    for name, (least, most) in {"tao": TAO_RANGE, "l2_reg": L2_REG_RANGE}.items():
        {"tao": check_tao, "l2_reg": check_l2_reg}[name](given[name])
        if not least <= given[name] <= most:
            raise ValueError(f"{name} must be from {least:g} to {most:g}, got {given[name]:g}")
    check_objective(given["objective"])
    check_choice("surface", given["surface"], SURFACES)
    if not isinstance(given["normalize"], bool):
        raise ValueError(f"normalize must be true or false, got {given['normalize']!r}")
    if not isinstance(given["scene"], str):
        raise ValueError(f"scene must be a name, got {given['scene']!r}")
    last = len(given["points"]) - 1
    if not _is_whole(given["selected"], 0, last):
        raise ValueError(f"selected must be a point from 0 to {last}, got {given['selected']!r}")
    if not _is_whole(given["steps"], 0):
        raise ValueError(f"steps must be a whole number, zero or more, got {given['steps']!r}")


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_whole(value: Any, least: int, most: int = LARGEST_WHOLE) -> bool:
    return _is_number(value) and least <= value <= most and bool(value == int(value))
