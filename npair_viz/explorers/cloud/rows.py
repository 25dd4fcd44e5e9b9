"""What is computed once from the rows: their unit copy, what is drawn, its axes, the last batch, the last look."""

from collections.abc import Iterator
from functools import cached_property, lru_cache, partial
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from npair_viz.data.neighbours import Looked, Nearest, look, nearest, together, unit_copy
from npair_viz.data.scene import Scene
from npair_viz.explorers.cloud.colouring import CLASS, DISAGREEMENT, LOSS, ROLES, of_classes, of_column
from npair_viz.explorers.cloud.moving import Moving, between
from npair_viz.explorers.cloud.sentence import tell_batch
from npair_viz.explorers.cloud.state import EmbeddingState
from npair_viz.figures.candidate_bars import OTHERS
from npair_viz.figures.clouds import Cloud, marked
from npair_viz.figures.colouring import Colouring
from npair_viz.geometry.candidates import Batch, LineUp, batch_of, line_up
from npair_viz.geometry.projection import Plane, anchor_plane, principal_axes, toured, whole_space
from npair_viz.linalg import unit_rows

if TYPE_CHECKING:
    from pandas import DataFrame

MOST_ROWS = 20_000  # a browser draws and moves this many without delay
TOURED = 8  # principal axes that the tour uses
ALL_LOOKED, SAMPLE = 20_000, 2_000  # up to so many rows all are looked at; of more, so many by lot, against all
MOST_PRODUCTS = 10**11  # multiplications for the losses of the drawn rows, some seconds


class Drawn:
    """Rows that are drawn, seen by a loss that normalizes or not.

    Attributes:
        rows: (m,) their numbers.
    """

    def __init__(self, scene: Scene, rows: Tensor) -> None:
        self.rows, self._scene = rows, scene
        self._columns: dict[bool, tuple[Tensor, float]] = {}

    def columns(self, normalize: bool) -> Tensor:
        """The rows (d, m); transposed, they are projected twice as fast."""
        return self._seen(normalize)[0]

    def whole(self, normalize: bool) -> float:
        """The sum of the rows' squared lengths."""
        return self._seen(normalize)[1]

    def _seen(self, normalize: bool) -> tuple[Tensor, float]:
        if normalize not in self._columns:
            rows = self._scene.embeddings[self.rows]
            columns = (unit_rows(rows) if normalize else rows).T.contiguous()
            self._columns[normalize] = columns, columns.square().sum().item()
        return self._columns[normalize]


class Embeddings:
    """A scene, with what is computed from it once.

    Attributes:
        scene: The data.
        columns: What else is known of each row, by name.
        moving: Where the rows were before; None where they are not compared.
        looked: The last look at many rows; None before the first.
    """

    def __init__(self, scene: Scene, columns: dict[str, Any] | None = None, moving: Moving | None = None) -> None:
        self.scene, self.columns, self.moving = scene, columns or {}, moving
        self.looked: Looked | None = None
        self._batch = lru_cache(maxsize=1)(partial(batch_of, scene))
        self._losses = lru_cache(maxsize=1)(Batch.losses)
        self._losses_of = lru_cache(maxsize=1)(Batch.losses_of)
        self._sides = torch.arange(len(scene.labels), device="cpu") // scene.n if scene.is_paired else None
        self._nearest = lru_cache(maxsize=1)(partial(_nearest, scene.embeddings, scene.labels, self._sides))
        self._some = lru_cache(maxsize=1)(partial(_drawn, scene))
        self._axes: dict[bool, Tensor] = {}  # a cache of a method would hold the rows until the next garbage collection

    @cached_property
    def units(self) -> Tensor:
        """All rows with length 1, float32."""
        return unit_copy(self.scene.embeddings, torch.float32)

    def neighbours(self, row: int, k: int = OTHERS) -> Nearest:
        """The k nearest rows of a row's own class and of other classes, among all rows, or of pairs among those of the
        other side, with which the loss compares it; the last are cached.
        """
        return self._nearest(self.units, row, k)

    def looking(self, every: bool = False) -> Iterator[tuple[int, int]]:
        """Look at all rows, or at a fair sample of many; after each block: how many are done, and of how many.

        The look is kept once it has ended.
        """
        b = len(self.scene.labels)
        chosen = _by_lot(b, b if every or b <= ALL_LOOKED else SAMPLE)
        parts, done = [], 0
        for part in look(self.units, self.scene.labels, chosen, sides=self._sides):
            parts.append(part)
            done += len(part.rows)
            yield done, len(chosen)
        self.looked = together(parts)

    def is_looked(self, every: bool = False) -> bool:
        """Whether there is a look, at all rows if asked."""
        return self.looked is not None and (not every or len(self.looked.rows) == len(self.scene.labels))

    def look(self, every: bool = False) -> Looked:
        """The last look; if there is none, or none at all rows where that is asked, it is taken now."""
        if not self.is_looked(every):
            for _ in self.looking(every):
                pass
        assert self.looked is not None
        return self.looked

    def changes(self) -> "DataFrame":
        """What a comparison found, the rows that moved farthest first."""
        if self.moving is None:
            raise ValueError("changes are of a comparison: explore(compare(before, after, labels, tao=0.1))")
        return self.moving.table()

    @cached_property
    def lot(self) -> Drawn:
        """The rows that are drawn if none are left out: all, or MOST_ROWS random ones."""
        return Drawn(self.scene, _by_lot(len(self.scene.labels), MOST_ROWS))

    def drawn(self, state: EmbeddingState) -> Drawn:
        """The rows that a state draws: the lot, or the selected ones alone."""
        return self._some(state.selected_rows) if state.only and state.selected_rows else self.lot

    def axes(self, normalize: bool) -> Tensor:
        """The first TOURED principal axes of the lot."""
        if normalize not in self._axes:
            self._axes[normalize] = principal_axes(self.lot.columns(normalize).T, TOURED)
        return self._axes[normalize]

    def batch(self, state: EmbeddingState) -> Batch:
        """The batch of a state; the last one is cached."""
        return self._batch(policy=state.policy, n_classes=state.n_classes, seed=state.seed, normalize=state.normalize)

    def losses(self, state: EmbeddingState) -> Tensor:
        """The losses of the batch's anchors, or of a random sample of them; the last ones are cached."""
        return self._losses(self.batch(state), state.tao, state.objective)

    def most_lost(self, state: EmbeddingState) -> int:
        """The row of the anchor with the largest loss of the batch."""
        batch = self.batch(state)
        return int(batch.anchors[batch.members[batch.drawn[self.losses(state).argmax()]]])

    def cloud(self, state: EmbeddingState) -> Cloud:
        """What the figure shows at a state."""
        one, near, batch, drawn = self.line_up(state), self.neighbours(state.row), self.batch(state), self.drawn(state)
        axes, kept = self._axes_of(state, one, near)
        columns, whole = drawn.columns(state.normalize), drawn.whole(state.normalize)
        places = (axes.to(columns.dtype) @ columns).T
        plane = Plane(axes.double(), places.square().sum().item() / whole if whole > 0 else 1.0, kept)
        marks = torch.tensor([row for rows in marked(one, near).values() for row in rows], device="cpu")
        selected = self._some(state.selected_rows).rows
        forces = plane.project(torch.stack([one.pull, one.push, one.shrink, one.pull + one.push + one.shrink]))

        def at_moment(rows: Tensor, now: Tensor) -> Tensor:
            if self.moving is None or state.moment == 1:
                return now
            return between(self.moving.places(rows, axes, state.normalize), now, state.moment)

        return Cloud(
            scene=self.scene,
            line_up=one,
            nearest=near,
            batch=tell_batch(batch),
            plane=plane,
            view=state.view,
            drawn=drawn.rows,
            places=at_moment(drawn.rows, places),
            marks=at_moment(marks, plane.project(batch.seen(marks))),
            forces=forces if state.moment == 1 else torch.zeros_like(forces),
            moment=state.moment,
            normalize=state.normalize,
            objective=state.objective,
            colouring=self._colouring(state, drawn.rows),
            selected=selected,
            selected_places=at_moment(selected, plane.project(batch.seen(selected))) if len(selected) else places[:0],
            hand=state.hand,
        )

    def line_up(self, state: EmbeddingState) -> LineUp:
        """The line-up of the state's row in the batch."""
        return line_up(self.batch(state), state.row, tao=state.tao, l2_reg=state.l2_reg, objective=state.objective)

    def _colouring(self, state: EmbeddingState, drawn: Tensor) -> Colouring | None:
        if state.colour == ROLES:
            return None
        if state.colour == CLASS:
            return of_classes(self.scene, drawn, state.coloured)
        if state.colour == LOSS:
            return Colouring("own loss in the batch", self._losses_of_rows(state, drawn))
        if state.colour == DISAGREEMENT:
            return Colouring("neighbours of other classes, among the 15 nearest of all", self._disagreement(drawn))
        return of_column(state.colour, self.columns[state.colour], drawn)

    def _losses_of_rows(self, state: EmbeddingState, drawn: Tensor) -> Tensor:
        batch = self.batch(state)
        if len(drawn) * batch.n * self.scene.dimension > MOST_PRODUCTS:
            raise ValueError(
                f"the losses of {len(drawn):,} rows in {batch.n:,} pairs take too long: set n_classes=1000"
            )
        return self._losses_of(batch, drawn, state.tao, state.objective)

    def _disagreement(self, drawn: Tensor) -> Tensor:
        """That of the drawn rows that were looked at; NaN for the others."""
        looked, values = self.look(), torch.full((len(self.scene.labels),), torch.nan, device="cpu")
        values[looked.rows] = looked.disagreement
        return values[drawn]

    def _axes_of(self, state: EmbeddingState, one: LineUp, near: Nearest) -> tuple[Tensor, int | None]:
        """The axes of the view, and the row whose similarities are exact in it, None where no row's are."""
        if self.scene.dimension <= 2:
            return whole_space(one.anchor.unsqueeze(0)).axes, None
        if state.view == "anchor plane":
            beside = self.batch(state).seen(torch.cat([near.own[:1], near.others[:1]])).double()
            plane = anchor_plane(one.anchor.unsqueeze(0), beside, 0, 1 if len(near.others) else None)
            return plane.axes, one.row
        axes = self.axes(state.normalize)
        return (toured(axes, state.turn) if state.view == "tour" else axes[:2]), None


def _nearest(rows: Tensor, labels: Tensor, sides: Tensor | None, units: Tensor, row: int, k: int) -> Nearest:
    return nearest(rows, units, labels, row, k, sides=sides)


def _drawn(scene: Scene, rows: tuple[int, ...]) -> Drawn:
    """Some rows, or a fair sample of many."""
    some = torch.tensor(rows, dtype=torch.int64, device="cpu")
    return Drawn(scene, some[_by_lot(len(some), MOST_ROWS)])


def _by_lot(b: int, most: int) -> Tensor:
    """All of b rows, or `most` random ones."""
    if b <= most:
        return torch.arange(b, device="cpu")
    lot = torch.randperm(b, generator=torch.Generator("cpu").manual_seed(0), device="cpu")
    return lot[:most].sort().values
