"""What a page has to know of the pairs that a state starts from: their points, classes, names and photos."""

import io
import json
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import blake2b
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from npair_viz.data.scene import Scene
from npair_viz.data.scenes import SEEDED
from npair_viz.stage.draws import Draws, remembered
from npair_viz.stage.state import State

SEEN_DIMENSIONS = 3  # points of more are sent as coordinates in their own span


@dataclass(frozen=True, eq=False)
class Base:
    """The points that a state starts from, as a page knows them.

    Attributes:
        scene: The pairs.
        span: (r, d), an orthonormal basis of the rows' span; None where the page has the points themselves.
        points: (2n, r) or (2n, d), float64.
        notice: What was left out of the data, in words.
        draws: The settings that choose other pairs: policy, n_classes, seed.
    """

    scene: Scene
    span: Tensor | None
    points: Tensor
    notice: str
    draws: tuple[str, ...]

    def inside(self, rows: Tensor) -> Tensor:
        """Rows (m, d) as the page knows them."""
        return rows if self.span is None else rows @ self.span.T

    def outside(self, rows: Tensor) -> Tensor:
        """Rows as the page knows them, back in their own dimensions."""
        return rows if self.span is None else rows @ self.span

    def holds(self, rows: Tensor) -> bool:
        """Whether rows (m, d) lie in the span, but for rounding."""
        if self.span is None:
            return True
        gap = rows - self.outside(self.inside(rows))
        return bool(gap.norm() <= 1e-12 * (1 + rows.norm()))

    def facts(self) -> dict[str, Any]:
        """All but the points, as JSON."""
        scene = self.scene
        words = None if scene.class_names is None else {one: scene.class_name(one) for one in scene.classes}
        return {
            "labels": scene.labels.tolist(),
            "names": words,
            "images": None if scene.images is None else [photo(image) for image in scene.images],
            "rows": None if scene.rows is None or scene.dimension <= SEEN_DIMENSIONS else scene.rows.tolist(),
            "dimension": scene.dimension,
            "width": self.points.shape[1],
            "isSpan": self.span is not None,
            "question": scene.question,
            "notice": self.notice,
            "draws": list(self.draws),
        }

    @cached_property
    def sent(self) -> dict[str, Any]:
        """The whole base as a page takes it, with a key by which it knows it again."""
        facts, points = self.facts(), doubles(self.points)
        return {**facts, "key": _key_of(json.dumps(facts).encode() + points), "points": points}

    def table(self, rows: Tensor) -> dict[str, Any]:
        """Rows (2n, d) as a page takes them, with a key by which it knows them again."""
        points = doubles(self.inside(rows))
        return {"key": _key_of(f"{self.points.shape[1]} {self.span is None} ".encode() + points), "points": points}

    def as_json(self) -> dict[str, Any]:
        """The whole base; points are base64 of doubles."""
        return {**self.facts(), "points": b64encode(doubles(self.points)).decode()}


class Bases:
    """The bases of states, each made once.

    Args:
        draws: What states draw their pairs from.
    """

    def __init__(self, draws: Draws) -> None:
        self.draws = draws
        self._made: dict[tuple[Any, ...], Base] = {}
        self._placed: dict[int, tuple[State, Base, dict[str, Any] | None]] = {}

    def of(self, state: State) -> Base:
        """The base of a state."""
        key, rows = self._key(state), self.rows(state)
        base = remembered(self._made, key, lambda: self._base(state, ()))
        if state.points is None or base.holds(rows):
            return base
        return remembered(self._made, (*key, state.points), lambda: self._base(state, (rows,)))

    def placed(self, state: State) -> tuple[Base, dict[str, Any] | None]:
        """The base of a state, and its points as a table; None where they are the base's own."""
        if id(state) not in self._placed:
            base = self.of(state)
            self._placed[id(state)] = (state, base, None if state.points is None else base.table(self.rows(state)))
        return self._placed[id(state)][1:]

    def keep(self, states: Iterable[State]) -> None:
        """Forget where all other states are placed."""
        self._placed = {id(state): self._placed[id(state)] for state in states}

    def rows(self, state: State) -> Tensor:
        """The points of a state, (2n, d), as a page has them: rounded where it can't round them itself."""
        return self.draws.scene(state).embeddings.double() if self.are_rounded(state) else self.draws.rows(state)

    def are_rounded(self, state: State) -> bool:
        """Whether Python alone can round the points of a state: a page knows them in their own span."""
        return state.dtype != "float64" and self.draws.base(state).dimension > SEEN_DIMENSIONS

    def _key(self, state: State) -> tuple[Any, ...]:
        own = (state.scene, state.n_classes, state.seed, state.policy, state.labels)
        return (*own, state.dtype, state.surface) if self.are_rounded(state) else own

    def _base(self, state: State, more: tuple[Tensor, ...]) -> Base:
        scene, whole = self.draws.base(state), self.draws.whole(state)
        facts = (notice_of(scene, whole), _choices(state, whole))
        rows = self.rows(replace(state, points=None)) if state.labels is None else self.rows(state)
        if scene.dimension <= SEEN_DIMENSIONS:
            return Base(scene, None, rows, *facts)
        span = _span(torch.cat([rows, *more]))
        return Base(scene, span, rows @ span.T, *facts)


def base_of(state: State, draws: Draws) -> Base:
    """The base of one state."""
    return Bases(draws).of(state)


def doubles(rows: Tensor) -> bytes:
    """A table of numbers as bytes, row by row."""
    return np.ascontiguousarray(rows.numpy(), dtype="<f8").tobytes()


def from_doubles(data: bytes, width: int) -> Tensor:
    """The table that `doubles` wrote.

    Errors: ValueError for no whole number of rows.
    """
    if len(data) % (8 * width):
        raise ValueError(f"a table must hold rows of {width} doubles, got {len(data)} bytes")
    return torch.from_numpy(np.frombuffer(data, dtype="<f8").copy()).reshape(-1, width)


def _key_of(data: bytes) -> str:
    return blake2b(data, digest_size=12).hexdigest()


def photo(image: Tensor) -> str:
    """The address of a grey picture (h, w), from 0, white, to 1, black, as a page takes it."""
    file = io.BytesIO()
    Image.fromarray((255 * (1 - image)).round().to(torch.uint8).numpy()).save(file, "PNG")
    return "data:image/png;base64," + b64encode(file.getvalue()).decode()


def notice_of(scene: Scene, whole: Scene) -> str:
    """What a picture leaves out of the data, in words; "" for nothing.

    >>> from npair_viz.data.scenes import digits
    >>> notice_of(digits().paired(n_classes=4), digits())
    '4 of 10 classes, 8 of 1,797 rows'
    """
    if len(scene.labels) == len(whole.labels):
        return ""
    if whole.is_paired:
        return f"{scene.n:,} of {whole.n:,} pairs"
    classes = len(torch.unique(whole.labels))
    return f"{scene.n:,} of {classes:,} classes, {len(scene.labels):,} of {len(whole.labels):,} rows"


def _choices(state: State, whole: Scene) -> tuple[str, ...]:
    """The settings that lead to other pairs."""
    if state.labels is not None:
        return ()
    policy = () if whole.is_paired else ("policy",)
    return (*policy, "n_classes", *(("seed",) if state.scene in SEEDED else ()))


def _span(rows: Tensor) -> Tensor:
    """An orthonormal basis (r, d) of the rows' span, r at most their number."""
    _, sizes, directions = torch.linalg.svd(rows, full_matrices=False)
    rank = int((sizes > sizes[0] * 1e-14).sum()) if len(sizes) else 0
    basis: Tensor = directions[: max(rank, SEEN_DIMENSIONS + 1)]  # so that nobody takes them for points of a globe
    return basis
