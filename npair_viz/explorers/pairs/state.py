"""All that an explorer remembers, as one frozen object that JSON can carry, and what is shown and read at a state."""

import json
from dataclasses import asdict, dataclass, fields, replace
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor

from npair_viz.data.scenes import NAMES, Scene, named
from npair_viz.explorers.shared.kept_states import VERSION, as_listed, check_known, check_numbers
from npair_viz.geometry.limits import FARTHEST, MOST_PAIRS, RESTING_L2_REG
from npair_viz.geometry.projection import Plane, anchor_plane, principal_plane, whole_space
from npair_viz.geometry.reading import Reading, read, true_labels
from npair_viz.linalg import unit_rows
from npair_viz.losses.objectives import MC, OBJECTIVES, Objective
from npair_viz.sampling.pairs import POLICIES
from npair_viz.validation import check_count

DRAWERS = ("shares", "loss over tao", "landscape", "phase map", "settings")
VIEWS = ("anchor plane", "principal axes")
DTYPES = ("float64", "float32", "bfloat16", "float16")
FIRST_PAIRS = 10
CHOICES = {
    "objective": OBJECTIVES,
    "policy": POLICIES,
    "dtype": DTYPES,
    "view": VIEWS,
    "drawer": ("", *DRAWERS),
    "normalize": (True, False),
}
CHOOSES_POINTS = {"scene", "policy", "n_classes", "seed"}


@dataclass(frozen=True)
class State:
    """One moment of an explorer. `points` (2n rows) are there once something has moved; `same` names merged classes."""

    scene: str = "line-up"
    selected: int = 0
    tao: float = 0.5
    l2_reg: float = 0.0
    normalize: bool = True
    objective: Objective = MC
    policy: str = "first"
    n_classes: int | None = None
    seed: int = 0
    dtype: str = "float64"
    same: tuple[int, ...] = ()
    view: str = "anchor plane"
    drawer: str = ""
    steps: int = 0
    points: tuple[tuple[float, ...], ...] | None = None
    version: int = VERSION

    def to_json(self) -> str:
        """The state as JSON text."""
        return json.dumps(asdict(self))


FIELDS = tuple(field.name for field in fields(State) if field.name != "version")


def changed(state: State, data: Scene | None, **changes: Any) -> State:
    """The state after `changes`, checked: other points start afresh, and freed lengths get a penalty that holds them.

    Errors: ValueError or TypeError that names the setting.
    """
    check_known(changes, FIELDS)
    afresh: dict[str, Any] = {}
    if any(changes.get(name, getattr(state, name)) != getattr(state, name) for name in CHOOSES_POINTS):
        afresh = {"points": None, "steps": 0, "same": ()}
    if "scene" in changes and changes["scene"] != state.scene:
        is_raw = changes["scene"] in NAMES and named(changes["scene"]).is_raw
        afresh |= {"selected": 0, "n_classes": None, "normalize": not is_raw}
        afresh |= {"l2_reg": RESTING_L2_REG if is_raw else 0.0}
    if "same" in changes:
        changes["same"] = tuple(changes["same"])
    if changes.get("points") is not None:
        changes["points"] = tuple(tuple(float(x) for x in row) for row in changes["points"])
    after = replace(state, **(afresh | changes))
    after = replace(after, **as_listed(after, {"scene": NAMES if data is None else ("yours", *NAMES), **CHOICES}))
    _check_settings(after)
    after = replace(after, tao=float(after.tao), l2_reg=float(after.l2_reg))
    scene = base_scene(after, data)
    if "selected" not in changes and after.selected >= scene.n:
        after = replace(after, selected=0)
    _check_points(after, scene)
    return after


def base_scene(state: State, data: Scene | None) -> Scene:
    """The pairs that a state starts from, before anything has moved."""
    if state.scene == "yours":
        if data is None:
            raise ValueError("the scene 'yours' needs your data: explore(embeddings, labels)")
        return _limited(data, state.n_classes, state.seed, state.policy)
    return _named(state.scene, state.n_classes, state.seed, state.policy)


def scene_of(state: State, data: Scene | None) -> Scene:
    """The pairs as they stand, in the state's dtype; on the circle every row has length 1."""
    scene = base_scene(state, data)
    rows = scene.embeddings if state.points is None else scene.embeddings.new_tensor(state.points, dtype=torch.float64)
    rows = unit_rows(rows) if state.normalize else rows
    return replace(scene, embeddings=rows.to(getattr(torch, state.dtype)))


@lru_cache(maxsize=4)  # an act shows what was before it too, at each of its moves
def reading_of(state: State, data: Scene | None) -> Reading:
    """Every number at a state."""
    return read(
        scene_of(state, data),
        selected=state.selected,
        tao=state.tao,
        l2_reg=state.l2_reg,
        objective=state.objective,
        normalize=state.normalize,
        same=state.same,
    )


def plane_of(state: State, reading: Reading) -> Plane:
    """The plane in which a reading is shown."""
    anchors, positives = reading.scene.anchors.double(), reading.scene.positives.double()
    if reading.scene.dimension <= 3:
        return whole_space(anchors)
    if state.view == "principal axes":
        return principal_plane(anchors, positives)
    return anchor_plane(anchors, positives, reading.selected, reading.hardest)


def rows_to_points(anchors: Tensor, positives: Tensor) -> tuple[tuple[float, ...], ...]:
    """Anchors and positives (n, d) as the plain numbers that a state carries."""
    return tuple(map(tuple, torch.cat([anchors, positives]).double().tolist()))


@lru_cache(maxsize=32)
def _named(name: str, n_classes: int | None, seed: int, policy: str) -> Scene:
    return _limited(named(name, n_classes=n_classes, seed=seed), n_classes, seed, policy)


def _limited(scene: Scene, n_classes: int | None, seed: int, policy: str) -> Scene:
    return scene.paired(policy=policy, n_classes=FIRST_PAIRS if n_classes is None else n_classes, seed=seed)


def _check_settings(state: State) -> None:
    check_numbers(state.tao, state.l2_reg, state.seed)
    check_count("steps", state.steps, least=0)
    if state.n_classes is not None and check_count("n_classes", state.n_classes) > MOST_PAIRS:
        raise ValueError(
            f"n_classes must be at most {MOST_PAIRS}, got {state.n_classes}: more marks can't be told apart"
        )


def _check_points(state: State, scene: Scene) -> None:
    if check_count("selected", state.selected, least=0) >= scene.n:
        raise ValueError(f"selected must be a pair from 0 to {scene.n - 1}, got {state.selected}")
    true_labels(scene, state.same)
    rows, d = 2 * scene.n, scene.dimension
    if state.points is None:
        check_reach(scene.embeddings if not state.normalize else scene.embeddings[:0])
    elif [len(row) for row in state.points] != [d] * rows:
        raise ValueError(f"points must be {rows} rows of {d} numbers, the anchors and then their positives")
    else:
        check_reach(scene.embeddings.new_tensor(state.points, dtype=torch.float64))


def has_other_points(state: State, other: State) -> bool:
    """Whether the points of two states have nothing to do with each other: another scene, policy, count or seed."""
    return any(getattr(state, name) != getattr(other, name) for name in CHOOSES_POINTS)


def check_reach(places: Tensor) -> None:
    """Raise ValueError unless all coordinates are finite and no larger than FARTHEST."""
    if not (places.abs() <= FARTHEST).all():
        raise ValueError(f"a place must be within ±{FARTHEST:g} in every coordinate: divide all points by a number")
