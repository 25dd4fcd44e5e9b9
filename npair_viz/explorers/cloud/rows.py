"""What is computed once from the rows: a sample to draw, its axes, the last batch and its losses."""

from functools import cached_property, lru_cache, partial

import torch
from torch import Tensor

from npair_viz.data.scene import Scene
from npair_viz.explorers.cloud.state import EmbeddingState
from npair_viz.figures.clouds import Cloud, hardest_of
from npair_viz.geometry.candidates import Batch, LineUp, batch_of, line_up
from npair_viz.geometry.projection import Plane, anchor_plane, principal_axes, toured, whole_space
from npair_viz.linalg import unit_rows

MOST_ROWS = 20_000  # a browser draws and moves this many without delay
TOURED = 8  # principal axes that the tour uses


class Embeddings:
    """A scene, with what is computed from it once: the rows that are drawn, their axes, the last batch."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self._batch = lru_cache(maxsize=1)(partial(batch_of, scene))
        self._losses = lru_cache(maxsize=1)(Batch.losses)
        self._axes: dict[bool, Tensor] = {}  # a cache of a method would hold the rows until the next garbage collection

    @cached_property
    def drawn(self) -> Tensor:
        """The rows that are drawn: all, or MOST_ROWS random ones."""
        b = len(self.scene.labels)
        if b <= MOST_ROWS:
            return torch.arange(b, device="cpu")
        lot = torch.randperm(b, generator=torch.Generator("cpu").manual_seed(0), device="cpu")
        return lot[:MOST_ROWS].sort().values

    @cached_property
    def columns(self) -> dict[bool, Tensor]:
        """The drawn rows (d, m), normalized (True) or raw (False); transposed, they are projected twice as fast."""
        rows = self.scene.embeddings[self.drawn]
        return {True: unit_rows(rows).T.contiguous(), False: rows.T.contiguous()}

    @cached_property
    def whole(self) -> dict[bool, float]:
        """The sum of the drawn rows' squared lengths, normalized (True) or raw (False)."""
        return {normalize: columns.square().sum().item() for normalize, columns in self.columns.items()}

    def axes(self, normalize: bool) -> Tensor:
        """The first TOURED principal axes of the drawn rows."""
        if normalize not in self._axes:
            self._axes[normalize] = principal_axes(self.columns[normalize].T, TOURED)
        return self._axes[normalize]

    def batch(self, state: EmbeddingState) -> Batch:
        """The batch of a state; the last one is cached."""
        return self._batch(policy=state.policy, n_classes=state.n_classes, seed=state.seed, normalize=state.normalize)

    def losses(self, state: EmbeddingState) -> Tensor:
        """The losses of the batch's anchors, or of a random sample of them; the last ones are cached."""
        return self._losses(self.batch(state), state.tao, state.objective)

    def worst(self, state: EmbeddingState, rank: int = 0) -> int:
        """The row of the anchor with the largest loss of the batch, or with the loss of that rank."""
        batch = self.batch(state)
        losses = self.losses(state)
        chosen = losses.argsort(descending=True, stable=True)[rank % len(losses)]
        return int(batch.anchors[batch.members[batch.drawn[chosen]]])

    def cloud(self, state: EmbeddingState) -> Cloud:
        """What the figure shows at a state."""
        one = self.line_up(state)
        axes, kept = self._axes_of(state, one)
        columns = self.columns[state.normalize]
        places = (axes.to(columns.dtype) @ columns).T
        whole = self.whole[state.normalize]
        plane = Plane(axes.double(), places.square().sum().item() / whole if whole > 0 else 1.0, kept)
        marks = torch.cat([torch.stack([one.anchor, one.positive]), self._rivals(state, one)])
        forces = torch.stack([one.pull, one.push, one.shrink, one.pull + one.push + one.shrink])
        return Cloud(
            scene=self.scene,
            line_up=one,
            plane=plane,
            view=state.view,
            drawn=self.drawn,
            places=places,
            marks=plane.project(marks),
            forces=plane.project(forces),
            normalize=state.normalize,
            objective=state.objective,
        )

    def line_up(self, state: EmbeddingState) -> LineUp:
        """The line-up of the state's row."""
        return line_up(self.batch(state), state.row, tao=state.tao, l2_reg=state.l2_reg, objective=state.objective)

    def _rivals(self, state: EmbeddingState, one: LineUp) -> Tensor:
        return self.batch(state).seen(hardest_of(one)).double()

    def _axes_of(self, state: EmbeddingState, one: LineUp) -> tuple[Tensor, int | None]:
        """The axes of the view, and the row whose similarities are exact in it, None where no row's are."""
        if self.scene.dimension <= 2:
            return whole_space(one.anchor.unsqueeze(0)).axes, None
        if state.view == "anchor plane":
            positives = torch.cat([one.positive.unsqueeze(0), self._rivals(state, one)[:1]])
            plane = anchor_plane(one.anchor.unsqueeze(0), positives, 0, 1 if len(one.rivals) else None)
            return plane.axes, one.row
        axes = self.axes(state.normalize)
        return (toured(axes, state.turn) if state.view == "tour" else axes[:2]), None
