"""The state of an embedding explorer, one frozen object that can be saved as JSON."""

import json
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

import torch

from npair_viz.data.scene import Scene
from npair_viz.geometry.kept_states import as_listed, check_known, check_numbers, check_version
from npair_viz.losses.objectives import MC, OBJECTIVES, Objective
from npair_viz.sampling.pairs import POLICIES
from npair_viz.validation import check_count

VIEWS = ("anchor plane", "principal axes", "tour")
LARGEST_TURN = 1e6
CHOICES = {"objective": OBJECTIVES, "policy": POLICIES, "view": VIEWS, "normalize": (True, False)}


@dataclass(frozen=True)
class EmbeddingState:
    """The state of an embedding explorer. `row`: the anchor; `turn`: the position of the tour, in turns."""

    row: int = 0
    tao: float = 0.1
    l2_reg: float = 0.0
    normalize: bool = True
    objective: Objective = MC
    policy: str = "first"
    n_classes: int | None = None
    seed: int = 0
    view: str = "anchor plane"
    turn: float = 0.0
    version: int = 1

    def to_json(self) -> str:
        """The state as JSON text; explore(embeddings, labels, **json.loads(text)) opens it again."""
        return json.dumps(asdict(self))


FIELDS = tuple(field.name for field in fields(EmbeddingState) if field.name != "version")


def changed_embeddings(state: EmbeddingState, scene: Scene, **changes: Any) -> EmbeddingState:
    """The state after `changes`, checked; raises ValueError or TypeError that names the setting."""
    check_version(changes.pop("version", state.version))
    check_known(changes, FIELDS)
    after = replace(state, **changes)
    after = replace(after, **as_listed(after, CHOICES))
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
            f"row {after.row} is the only one of class {scene.class_name(int(label))}: it has no partner to pick"
        )
    return replace(after, tao=float(after.tao), l2_reg=float(after.l2_reg), turn=float(after.turn))
