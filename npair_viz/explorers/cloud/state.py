"""The state of an embedding explorer, one frozen object that can be saved as JSON."""

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

import torch

from npair_viz.data.scene import Scene
from npair_viz.explorers.cloud.choosing import row_numbers
from npair_viz.explorers.cloud.colouring import ROLES, check_classes, check_colour
from npair_viz.geometry.kept_states import as_listed, check_known, check_numbers, check_version
from npair_viz.losses.objectives import MC, OBJECTIVES, Objective
from npair_viz.sampling.pairs import POLICIES
from npair_viz.validation import check_count

VIEWS = ("anchor plane", "principal axes", "tour")
LARGEST_TURN = 1e6
HANDS = {"move": "pan", "lasso": "lasso", "box": "select"}  # what a drag does, by its name on screen
LISTS = ("none", "neighbours", "suspects", "twins", "selected rows")
CHANGES = "changes"  # the list of a comparison
BOTH = (True, False)
CHOICES = {
    **{"objective": OBJECTIVES, "policy": POLICIES, "view": VIEWS, "normalize": BOTH},
    **{"only": BOTH, "hand": tuple(HANDS.values()), "listed": (*LISTS, CHANGES)},
}


@dataclass(frozen=True)
class EmbeddingState:
    """The state of an embedding explorer.

    `row`: the anchor; `turn`: the position of the tour, in turns; `colour`: by what rows are coloured, and `coloured`
    which classes have a colour, the largest if there are none; `only`: whether other rows are left out;
    `hand`: what a drag does; `listed`: the list under the picture; `moment`: of a comparison, from 0, where rows were
    before, to 1, where they are.
    """

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
    colour: str = ROLES
    coloured: tuple[str | int, ...] = ()
    selected_rows: tuple[int, ...] = ()
    only: bool = False
    hand: str = "pan"
    listed: str = "none"
    moment: float = 1.0
    version: int = 1

    def to_json(self) -> str:
        """The state as JSON text; explore(embeddings, labels, **json.loads(text)) opens it again."""
        return json.dumps(asdict(self))


FIELDS = tuple(field.name for field in fields(EmbeddingState) if field.name != "version")
LOOKS = ("hand", "listed")  # they change no picture, and are not undone


def seen_alike(state: EmbeddingState, seen_from: EmbeddingState) -> EmbeddingState:
    """The state, with what a drag does and the list under the picture as in another one."""
    return replace(state, **{name: getattr(seen_from, name) for name in LOOKS})


def changed_embeddings(
    state: EmbeddingState, scene: Scene, columns: Collection[str] = (), *, is_moving: bool = False, **changes: Any
) -> EmbeddingState:
    """The state after `changes`, checked; raises ValueError or TypeError that names the setting."""
    check_version(changes.pop("version", state.version))
    check_known(changes, FIELDS)
    after = replace(state, **changes)
    after = replace(after, **as_listed(after, CHOICES))
    check_numbers(after.tao, after.l2_reg, after.seed)
    if after.n_classes is not None:
        check_count("n_classes", after.n_classes, least=2)
    if isinstance(after.moment, bool) or not (isinstance(after.moment, int | float) and 0 <= after.moment <= 1):
        raise ValueError(f"moment must be from 0, before, to 1, after, got {after.moment!r}")
    if not is_moving and (after.moment, after.listed == CHANGES) != (1, False):
        raise ValueError("moment and the list of changes go with a comparison: explore(compare(before, after, ...))")
    if not 0 <= after.turn <= LARGEST_TURN:
        raise ValueError(f"turn must be from 0 to {LARGEST_TURN:g}, got {after.turn!r}")
    if check_count("row", after.row, least=0) >= len(scene.labels):
        raise ValueError(f"row must be from 0 to {len(scene.labels) - 1}, got {after.row}")
    check_colour(after.colour, columns)
    if "coloured" in changes:
        after = replace(after, coloured=check_classes(scene, after.coloured))
    if "selected_rows" in changes:
        after = replace(after, selected_rows=row_numbers(after.selected_rows, len(scene.labels)))
    label = scene.labels[after.row]
    if int(torch.count_nonzero(scene.labels == label)) < 2:
        raise ValueError(
            f"row {after.row} is the only one of class {scene.class_name(int(label))}: it has no partner to pick"
        )
    tao, l2_reg, turn, moment = (float(one) for one in (after.tao, after.l2_reg, after.turn, after.moment))
    return replace(after, tao=tao, l2_reg=l2_reg, turn=turn, moment=moment)
