"""What a person can do to the points: move one, or let them descend; and how each act is called in the sentence."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from npair_viz.data.scene import Scene
from npair_viz.geometry.narration import fixed
from npair_viz.geometry.point_descent import STEADY, default_lr, descend
from npair_viz.geometry.reading import true_labels
from npair_viz.linalg import unit_rows
from npair_viz.stage.changes import as_coordinate, changed, check_reach
from npair_viz.stage.draws import Draws
from npair_viz.stage.state import State, has_other_points

CALLED = {"surface": "lengths", "same": "same class"}
TOLD = ("tao", "surface", "l2_reg", "objective", "same", "dtype")


def point_names(scene: Scene) -> list[str]:
    """How the points of a paired scene are called: a3 is the anchor of class 3, p3 its positive."""
    return [role + str(label) for role in "ap" for label in scene.classes]


def moved(state: State, draws: Draws, point: str, to: float | Sequence[float]) -> State:
    """The state with one point put elsewhere: an angle in degrees in two dimensions, or its coordinates.

    On the circle and the sphere the place is brought to length 1; in the plane an angle keeps the point's length.
    Errors: ValueError that says which points there are, or what a place must be.
    """
    scene, rows = draws.base(state), draws.rows(state).clone()
    if scene.dimension > 3:
        raise ValueError(f"points of {scene.dimension} dimensions can't be placed by hand: Play moves them")
    names = point_names(scene)
    if not isinstance(point, str) or point not in names:
        raise ValueError(f"the point must be one of {', '.join(names)}, got {point!r}")
    rows[names.index(point)] = _place(to, rows[names.index(point)], is_held=state.surface == "sphere")
    return changed(state, draws, points=rows.tolist(), labels=state.labels)


def played(state: State, draws: Draws, steps: int) -> State:
    """The state after so many steps of gradient descent.

    Errors: ValueError for points that run away.
    """
    scene = draws.scene(state)
    end = descend(
        scene.anchors.double(),
        scene.positives.double(),
        steps=steps,
        tao=state.tao,
        l2_reg=state.l2_reg,
        objective=state.objective,
        normalize=state.normalize,
        put_back=state.surface == "sphere",
        lr=rate(state, scene.n),
        labels=true_labels(scene, state.same),
    )
    rows = torch.cat([end.anchors, end.positives])
    check_reach(rows)
    return replace(state, points=tuple(map(tuple, rows.tolist())), steps=state.steps + steps)


def rate(state: State, n: int) -> float:
    """The rate of a descent: 0.1·n·tao, and less where l2_reg alone would make such steps too large."""
    pressure = 0.0 if state.normalize else 2 * state.l2_reg * state.tao
    return default_lr(n, state.tao) / max(1.0, pressure / STEADY)


def cause(before: State, after: State, scene: Scene) -> str | None:
    """What the sentence calls the act that led from one state to the other; None where the picture itself shows it."""
    if has_other_points(before, after):
        return None
    if after.steps > before.steps:
        count = after.steps - before.steps
        return f"{count} step{'s' if count > 1 else ''} of descent"
    changes = [
        f"{CALLED.get(name, name)} {_said(name, before, scene)} → {_said(name, after, scene)}"
        for name in TOLD
        if getattr(before, name) != getattr(after, name)
    ]
    return ", ".join(changes) or None


def _said(name: str, state: State, scene: Scene) -> str:
    if name == "surface":
        return "all 1" if state.surface == "sphere" else "free"
    if name == "same":
        return " and ".join(map(scene.class_name, state.same)) or "none"
    value = getattr(state, name)
    return fixed(value, 2) if isinstance(value, float) else str(value)


def _place(to: Any, row: Tensor, *, is_held: bool) -> Tensor:
    plain = to.item() if getattr(to, "ndim", None) == 0 else to  # a number of NumPy or torch as Python's
    is_number = not hasattr(plain, "__iter__")
    try:
        given = row.new_tensor([as_coordinate(x) for x in ([plain] if is_number else plain)])
    except (TypeError, ValueError, RuntimeError):
        given = row.new_tensor([])
    if is_number and len(given) and len(row) == 2:
        angle = given[0].deg2rad()
        given = torch.linalg.vector_norm(row) * torch.stack([angle.cos(), angle.sin()])
    if given.shape != row.shape or not given.isfinite().all():
        few = {1: "one finite coordinate", 2: "an angle in degrees or 2 finite coordinates"}
        raise ValueError(f"a place must be {few.get(len(row), '3 finite coordinates')}, got {to!r:.60}")
    check_reach(given)
    if is_held and not given.any():
        raise ValueError("the centre has no direction, so it has no place on the circle: name another place")
    return unit_rows(given.unsqueeze(0))[0] if is_held else given
