"""What a person can do to the points: move one, or let them descend; and how each act is called in the sentence."""

import math
from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor

from npair_viz.data.scenes import Scene
from npair_viz.explorers.pairs.state import State, check_reach, rows_to_points, scene_of
from npair_viz.explorers.shared.typed import CALLED, written
from npair_viz.geometry.narration import fixed
from npair_viz.geometry.point_descent import default_lr, descend
from npair_viz.geometry.reading import true_labels
from npair_viz.linalg import unit_rows

STEADY = 5.0  # a larger pressure, 2·l2_reg·tao, would throw points past the centre at the default rate


def point_names(scene: Scene) -> list[str]:
    """How the points of a paired scene are called: a3 is the anchor of class 3, p3 its positive."""
    return [role + str(label) for role in "ap" for label in scene.classes]


def moved(state: State, data: Scene | None, point: str, to: float | Sequence[float]) -> State:
    """The state with one point put elsewhere: an angle in degrees in two dimensions, or its coordinates.

    On the circle and the sphere the place is brought to length 1; in the plane an angle keeps the point's length.
    Errors: ValueError that says which points there are, or what a place must be.
    """
    scene = scene_of(state, data)
    if scene.dimension > 3:
        raise ValueError(f"points of {scene.dimension} dimensions can't be placed by hand: Play moves them")
    names = point_names(scene)
    if point not in names:
        raise ValueError(f"the point must be one of {', '.join(names)}, got {point!r}")
    rows = scene.embeddings.double().clone()
    rows[names.index(point)] = _place(to, rows[names.index(point)], state.normalize)
    return replace(state, points=rows_to_points(rows[: scene.n], rows[scene.n :]))


def place_of(state: State, data: Scene | None, point: str) -> str:
    """Where a point is, as a person would type it: degrees on the circle, else coordinates."""
    scene = scene_of(state, data)
    if scene.dimension > 3:
        return ""
    row = scene.embeddings.double()[point_names(scene).index(point)].tolist()
    if state.normalize and scene.dimension == 2:
        return f"{math.degrees(math.atan2(row[1], row[0])) % 360:.1f}"
    return ", ".join(f"{round(x, 3) + 0.0:g}" for x in row)


def played(state: State, data: Scene | None, steps: int) -> State:
    """The state after so many steps of gradient descent.

    Errors: ValueError for points that run away.
    """
    scene = scene_of(state, data)
    end = descend(
        scene.anchors.double(),
        scene.positives.double(),
        steps=steps,
        tao=state.tao,
        l2_reg=state.l2_reg,
        objective=state.objective,
        normalize=state.normalize,
        lr=rate(state, scene.n),
        labels=true_labels(scene, state.same),
    )
    check_reach(torch.cat([end.anchors, end.positives]))
    return replace(state, points=rows_to_points(end.anchors, end.positives), steps=state.steps + steps)


def rate(state: State, n: int) -> float:
    """The rate of a descent: 0.1·n·tao, and less where l2_reg alone would make such steps too large."""
    pressure = 0.0 if state.normalize else 2 * state.l2_reg * state.tao
    return default_lr(n, state.tao) / max(1.0, pressure / STEADY)


def cause(before: State, after: State) -> str | None:
    """What the sentence calls the act that led from one state to the other; None where the picture itself shows it."""
    if before.scene != after.scene:
        return None
    if after.steps > before.steps:
        count = after.steps - before.steps
        return f"{count} step{'s' if count > 1 else ''} of descent"
    changes = [
        f"{CALLED.get(name, name)} {_said(name, getattr(before, name))} -> {_said(name, getattr(after, name))}"
        for name in ("tao", "normalize", "l2_reg", "objective", "same", "dtype")
        if getattr(before, name) != getattr(after, name)
    ]
    return ", ".join(changes) or None


def _said(name: str, value: object) -> str:
    if name == "same":
        return " and ".join(map(str, value)) if isinstance(value, tuple) and value else "none"
    return fixed(value, 2) if isinstance(value, float) else written(name, value)


def _place(to: float | Sequence[float], row: Tensor, normalize: bool) -> Tensor:
    if isinstance(to, int | float) and len(row) > 1:
        if len(row) != 2:
            raise ValueError(f"a place needs {len(row)} coordinates here, got one number")
        angle = row.new_tensor(math.radians(to))
        place = torch.linalg.vector_norm(row) * torch.stack([angle.cos(), angle.sin()])
    else:
        coordinates = [to] if isinstance(to, int | float) else to
        place = row.new_tensor([float(x) for x in coordinates])
    if place.shape != row.shape or not place.isfinite().all():
        raise ValueError(f"a place needs {len(row)} finite coordinates here, got {to}")
    check_reach(place)
    if normalize and not place.any():
        raise ValueError("the centre has no direction, so it has no place on the circle: name another place")
    return unit_rows(place.unsqueeze(0))[0] if normalize else place
