"""All that an embedding explorer remembers, as one frozen object that JSON can carry, and what is shown at it."""

import json
from dataclasses import asdict, dataclass, fields, replace
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from npair_viz.data.scenes import Scene
from npair_viz.explorers.state import check_numbers, check_version
from npair_viz.figures.embeddings import Cloud, hardest_of
from npair_viz.geometry.candidates import Batch, LineUp, batch_of, line_up
from npair_viz.geometry.narration import Vote, fixed, tell_push, tell_vote, way_between
from npair_viz.geometry.projection import Plane, anchor_plane, principal_axes, toured, whole_space
from npair_viz.linalg import unit_rows
from npair_viz.losses.npair import OBJECTIVES
from npair_viz.sampling.pairs import POLICIES
from npair_viz.theory.ruler import loss_ruler
from npair_viz.validation import check_choice, check_count

VIEWS = ("anchor plane", "principal axes", "tour")
MOST_ROWS = 20_000  # that a browser draws and moves at ease
TOURED = 8  # principal axes that the tour goes through
LARGEST_TURN = 1e6


@dataclass(frozen=True)
class EmbeddingState:
    """One moment of an embedding explorer. `row`: the anchor; `turn`: how far the tour has come."""

    row: int = 0
    tao: float = 0.1
    l2_reg: float = 0.0
    normalize: bool = True
    objective: str = "mc"
    policy: str = "first"
    n_classes: int | None = None
    seed: int = 0
    view: str = "anchor plane"
    turn: float = 0.0
    version: int = 1

    def to_json(self) -> str:
        """The state as JSON text.

        To come back: kept = json.loads(text), explore(embeddings, labels, **kept).
        """
        return json.dumps(asdict(self))


FIELDS = tuple(field.name for field in fields(EmbeddingState) if field.name != "version")


def changed_embeddings(state: EmbeddingState, scene: Scene, **changes: Any) -> EmbeddingState:
    """The state after `changes`, checked.

    Errors: ValueError or TypeError that names the setting.
    """
    check_version(changes.pop("version", state.version))
    if unknown := sorted(set(changes) - set(FIELDS)):
        raise TypeError(f"a setting must be one of {', '.join(FIELDS)}, got {', '.join(unknown)}")
    after = replace(state, **changes)
    choices = {"objective": OBJECTIVES, "policy": POLICIES, "view": VIEWS, "normalize": (True, False)}
    for name, allowed in choices.items():
        check_choice(name, getattr(after, name), allowed)
    check_numbers(after.tao, after.l2_reg, after.seed)
    if after.n_classes is not None:
        check_count("n_classes", after.n_classes, least=2)
    if not 0 <= after.turn <= LARGEST_TURN:
        raise ValueError(f"turn must be from 0 to {LARGEST_TURN:g}, got {after.turn!r}")
    if check_count("row", after.row, least=0) >= len(scene.labels):
        raise ValueError(f"row must be from 0 to {len(scene.labels) - 1}, got {after.row}")
    label = scene.labels[after.row]
    if int(torch.count_nonzero(scene.labels == label)) < 2:
        raise ValueError(
            f"row {after.row} is the only one of class {scene.called(int(label))}: it has no partner to pick"
        )
    return replace(after, tao=float(after.tao), l2_reg=float(after.l2_reg), turn=float(after.turn))


class Embeddings:
    """What a person brought, and what is computed of it once: the rows that are drawn, their axes, the last batch."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self._batch: tuple[object, Batch] | None = None
        self._losses: tuple[object, Tensor] | None = None
        self._columns: dict[bool, Tensor] = {}
        self._axes: dict[bool, Tensor] = {}

    @cached_property
    def drawn(self) -> Tensor:
        """The rows that are drawn: all, or MOST_ROWS of them by lot."""
        b = len(self.scene.labels)
        if b <= MOST_ROWS:
            return torch.arange(b, device="cpu")
        lot = torch.randperm(b, generator=torch.Generator("cpu").manual_seed(0), device="cpu")
        return lot[:MOST_ROWS].sort().values

    def columns(self, normalize: bool) -> Tensor:
        """The drawn rows as the loss sees them, (d, m): in this order they are projected twice as fast."""
        if normalize not in self._columns:
            rows = self.scene.embeddings[self.drawn]
            self._columns[normalize] = (unit_rows(rows) if normalize else rows).T.contiguous()
        return self._columns[normalize]

    @cached_property
    def whole(self) -> dict[bool, float]:
        """The sum of the drawn rows' squared lengths, as they are and as the loss sees them where it normalizes."""
        return {normalize: self.columns(normalize).square().sum().item() for normalize in (True, False)}

    def axes(self, normalize: bool) -> Tensor:
        """The first principal axes of the drawn rows, with as many as a tour goes through."""
        if normalize not in self._axes:
            self._axes[normalize] = principal_axes(self.columns(normalize).T, TOURED)
        return self._axes[normalize]

    def batch(self, state: EmbeddingState) -> Batch:
        """The batch of a state; the last one is kept."""
        asked = {name: getattr(state, name) for name in ("policy", "n_classes", "seed", "normalize")}
        if self._batch is None or self._batch[0] != asked:
            self._batch = asked, batch_of(self.scene, **asked)
        return self._batch[1]

    def losses(self, state: EmbeddingState) -> Tensor:
        """The losses of the batch's anchors, of as many as stand for it; the last ones are kept."""
        batch = self.batch(state)
        asked = batch, state.tao, state.objective
        if self._losses is None or self._losses[0] != asked:
            self._losses = asked, batch.losses(state.tao, state.objective)
        return self._losses[1]

    def worst(self, state: EmbeddingState, rank: int = 0) -> int:
        """The row of the anchor with the largest loss of the batch, or of that rank."""
        batch = self.batch(state)
        losses = self.losses(state)
        chosen = losses.argsort(descending=True, stable=True)[rank % len(losses)]
        return int(batch.anchors[batch.members[batch.drawn[chosen]]])

    def cloud(self, state: EmbeddingState) -> Cloud:
        """What the figure shows at a state."""
        one = self.line_up(state)
        axes, kept = self._axes_of(state, one)
        columns = self.columns(state.normalize)
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
        """The axes of the view, and the row whose similarities they keep exactly, or None where it is nobody's."""
        if self.scene.dimension <= 2:
            return whole_space(one.anchor.unsqueeze(0)).axes, None
        if state.view == "anchor plane":
            positives = torch.cat([one.positive.unsqueeze(0), self._rivals(state, one)[:1]])
            plane = anchor_plane(one.anchor.unsqueeze(0), positives, 0, 1 if len(one.rivals) else None)
            return plane.axes, one.row
        axes = self.axes(state.normalize)
        return (toured(axes, state.turn) if state.view == "tour" else axes[:2]), None


def tell_embeddings(embeddings: Embeddings, state: EmbeddingState, one: LineUp) -> str:
    """The sentence under the picture: whom the anchor picks, who pushes it, and where the batch's loss stands."""
    scene, rows = embeddings.scene, [one.row, *one.rivals[:2].tolist()]
    words = [f"row {row} ({_class_of(scene, row)})" for row in rows]
    shares = one.shares.tolist() if len(one.rivals) < 2 else one.shares[[0, 1, -1]].tolist()
    slots = []
    if state.objective == "mc":
        rivals = tuple(zip(words[1:], shares[:2], strict=False))
        is_held = state.l2_reg > 0 and not state.normalize
        least = min([one.share, *shares[-1:]])
        slots.append(tell_vote(Vote(words[0], one.share, rivals, least, 1 + len(one.rivals), is_held)))
    if len(one.rivals):
        slots.append(tell_push("the push", words[1], float(one.push_shares[0]), one.effective, len(one.rivals)))
    return " ".join([*slots, _tell_batch(embeddings, state)])


def _class_of(scene: Scene, row: int) -> str:
    label = int(scene.labels[row])
    return f"class {label}" if scene.class_names is None else scene.called(label)


def _tell_batch(embeddings: Embeddings, state: EmbeddingState) -> str:
    batch, npair = embeddings.batch(state), embeddings.losses(state).mean().item()
    loss = fixed(npair + state.l2_reg * batch.squared_lengths, 3)
    whole = f"the batch of {batch.n:,} pairs"
    of = whole if len(batch.drawn) == batch.n else f"{whole}, by {len(batch.drawn):,} of its anchors"
    if batch.n < 2:
        return f"Loss of {of}: {loss}."
    ruler = loss_ruler(batch.n, state.tao, objective=state.objective)
    chance = fixed(ruler.chance, 3)
    if not state.normalize:
        return f"Loss of {of}: {loss}; chance is {chance}."
    if npair > ruler.chance:
        return f"Loss of {of}: {loss}, above chance ({chance})."
    way = way_between(ruler.score(npair), is_chance=False, is_floor=False)
    least = f"the least possible ({fixed(ruler.floor, 3)})"
    dead = " l2_reg adds a number and moves nothing." if state.l2_reg > 0 else ""
    return f"Loss of {of}: {loss}, {way} of the way from chance ({chance}) to {least}.{dead}"
