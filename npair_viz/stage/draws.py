"""The pairs that a state shows: drawn from a named scene or from a person's data, moved, rounded, and read."""

from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import TypeVar

import torch
from torch import Tensor

from npair_viz.data.scene import Scene
from npair_viz.data.scenes import NAMES, named, of_pairs
from npair_viz.geometry.limits import MOST_PAIRS
from npair_viz.geometry.projection import Plane, principal_plane
from npair_viz.geometry.reading import Reading, read
from npair_viz.linalg import unit_rows
from npair_viz.stage.places import plane_for
from npair_viz.stage.state import State
from npair_viz.validation import check_count

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
FIRST_PAIRS = 10  # of many classes, unless a person asks for more
KEPT = 8  # draws and readings that are remembered: an act asks for the same ones several times


class Draws:
    """The pairs of the named scenes and of a person's own data, as states choose them; remembers the last few.

    Args:
        data: The person's own, or None.
    """

    def __init__(self, data: Scene | None = None) -> None:
        self.data = data
        self._bases: dict[tuple[object, ...], Scene] = {}
        self._readings: dict[State, Reading] = {}

    @property
    def scenes(self) -> tuple[str, ...]:
        """The names of the scenes."""
        return NAMES if self.data is None else ("yours", *NAMES)

    def base(self, state: State) -> Scene:
        """The pairs that a state starts from, before anything has moved."""
        if state.n_classes is not None and check_count("n_classes", state.n_classes) > MOST_PAIRS:
            raise ValueError(
                f"n_classes must be at most {MOST_PAIRS}, got {state.n_classes}: more marks can't be told apart"
            )
        key = (state.scene, state.n_classes, state.seed, state.policy, state.labels, state.labels and state.points)
        return remembered(self._bases, key, lambda: self._drawn(state))

    def reading(self, state: State) -> Reading:
        """Every number at a state."""
        return remembered(self._readings, state, lambda: self._read(state))

    def whole(self, state: State) -> Scene:
        """All rows that a state's pairs are drawn from."""
        if state.scene == "yours" and self.data is not None and state.labels is None:
            return self.data
        return (
            self.base(state)
            if state.labels is not None
            else named(state.scene, n_classes=state.n_classes, seed=state.seed)
        )

    def rows(self, state: State) -> Tensor:
        """The points of a state, (2n, d), as they were set, float64."""
        if state.points is not None:
            return torch.tensor(state.points, dtype=torch.float64, device="cpu")
        return self.base(state).embeddings.double()

    def scene(self, state: State) -> Scene:
        """The pairs as they stand, in the state's dtype; on the sphere every row has length 1."""
        rows = self.rows(state)
        rows = unit_rows(rows) if state.surface == "sphere" else rows
        return replace(self.base(state), embeddings=rows.to(getattr(torch, state.dtype)))

    def _drawn(self, state: State) -> Scene:
        if state.labels is not None:
            return _free_standing(state)
        scene = self.whole(state)
        return scene.paired(policy=state.policy, n_classes=state.n_classes or _first(scene), seed=state.seed)

    def _read(self, state: State) -> Reading:
        return read(
            self.scene(state),
            selected=state.selected,
            tao=state.tao,
            l2_reg=state.l2_reg,
            objective=state.objective,
            normalize=state.normalize,
            same=state.same,
        )


def plane_of(state: State, reading: Reading) -> Plane:
    """The plane in which a reading is shown."""
    if reading.scene.dimension > 3 and state.view == "principal axes":
        return principal_plane(reading.scene.anchors.double(), reading.scene.positives.double())
    return plane_for(reading)


def is_whole_picture(scene: Scene) -> bool:
    """Whether data open as the picture of all their pairs: at most 64, given as pairs or as two rows a class."""
    if scene.is_paired:
        return scene.n <= MOST_PAIRS
    counts = torch.unique(scene.labels, return_counts=True)[1]
    return len(counts) <= MOST_PAIRS and bool((counts == 2).all())


def _first(scene: Scene) -> int:
    return MOST_PAIRS if is_whole_picture(scene) else FIRST_PAIRS


def _free_standing(state: State) -> Scene:
    if state.points is None:
        raise ValueError("labels need their points beside them: stage.change(points=..., labels=...), or explorer.set")
    labels, points = state.labels or (), state.points
    n, widths = len(points) // 2, {len(row) for row in points}
    if len(widths) != 1 or 0 in widths or len(points) % 2 or n > MOST_PAIRS:
        raise ValueError(
            f"points must be 2n rows of equally many numbers, n from 1 to {MOST_PAIRS}, got {points!r:.60}: "
            "explore() shows more"
        )
    if len(labels) != len(points):
        raise ValueError(f"labels must have one entry a row, {len(points)} in all, got {len(labels)}")
    if labels[:n] != labels[n:]:
        raise ValueError("labels must name each pair's class twice: row i of the positives pairs with row i of anchors")
    rows = torch.tensor(points, dtype=torch.float64, device="cpu")
    return of_pairs(state.scene, "", rows[:n], rows[n:], labels[:n])


def remembered(cache: dict[K, V], key: K, make: Callable[[], V]) -> V:
    """What a cache holds under a key, made where it does not; the oldest of many is forgotten."""
    if key not in cache:
        cache[key] = make()
        while len(cache) > KEPT:
            del cache[next(iter(cache))]
    return cache[key]
