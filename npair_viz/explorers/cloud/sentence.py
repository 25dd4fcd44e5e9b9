"""The words under the cloud: who is nearest among all rows, and whom the anchor picks in the batch."""

from torch import Tensor

from npair_viz.data.neighbours import Nearest
from npair_viz.data.scene import Scene
from npair_viz.explorers.cloud.state import EmbeddingState
from npair_viz.geometry.candidates import Batch, LineUp
from npair_viz.geometry.narration import Vote, fixed, tell_push, tell_vote, way_between
from npair_viz.losses.objectives import has_one_vote
from npair_viz.theory.ruler import loss_ruler


def tell_batch(batch: Batch) -> str:
    """How many pairs and rows of the data a batch has."""
    return f"batch: {batch.n:,} pairs, {2 * batch.n:,} of {len(batch.scene.labels):,} rows"


def tell_nearest(scene: Scene, row: int, near: Nearest) -> str:
    """Who is nearest to a row among all rows, of its own class and of the others."""
    whole = f"Of {scene.facing(row)}"
    if not len(near.others):
        return f"{whole} each is of class {_class_of(scene, row).removeprefix('class ')}."
    other, own = int(near.others[0]), int(near.own[0])
    if scene.is_paired:
        return _tell_side(scene, row, near, whole)
    nearest, partner = fixed(float(near.others_cosines[0]), 3), fixed(float(near.own_cosines[0]), 3)
    return (
        f"{whole} the nearest of another class is row {other} ({_class_of(scene, other)}), cosine {nearest}; "
        f"of its own row {own}, {partner}."
    )


def _tell_side(scene: Scene, row: int, near: Nearest, whole: str) -> str:
    """Who is nearest to a row of a pair on the other side."""
    partner, own = scene.partner(row), int(near.own[0])
    called = "its partner" if own == partner else f"of its own class (its partner is {scene.row_name(partner)})"
    other, cosines = int(near.others[0]), [fixed(float(one[0]), 3) for one in (near.others_cosines, near.own_cosines)]
    return (
        f"{whole} the nearest of another class is {_named(scene, other)}, cosine {cosines[0]}; "
        f"{called} {scene.row_name(own)}, {cosines[1]}."
    )


def _named(scene: Scene, row: int) -> str:
    """A row with its class; where pairs are classes the number says both."""
    name = scene.row_name(row)
    return name if scene.are_pairs_classes else f"{name} ({_class_of(scene, row)})"


def tell_embeddings(batch: Batch, losses: Tensor, state: EmbeddingState, one: LineUp) -> str:
    """Whom the anchor picks in the batch, who pushes it there, and where the batch's loss stands."""
    scene, rows = batch.scene, [one.row, *one.rivals[:2].tolist()]
    words = [_named(scene, row) for row in rows]
    shares = one.shares.tolist() if len(one.rivals) < 2 else one.shares[[0, 1, -1]].tolist()
    slots = []
    if has_one_vote(state.objective):
        rivals = tuple(zip(words[1:], shares[:2], strict=False))
        is_held = state.l2_reg > 0 and not state.normalize
        least = min([one.share, *shares[-1:]])
        slots.append(
            tell_vote(Vote(words[0].removeprefix("anchor "), one.share, rivals, least, 1 + len(one.rivals), is_held))
        )
    if len(one.rivals):
        slots.append(tell_push("the push", words[1], float(one.push_shares[0]), one.effective, len(one.rivals)))
    return " ".join([*slots, _tell_loss(batch, losses, state)])


def _class_of(scene: Scene, row: int) -> str:
    label = int(scene.labels[row])
    return f"class {label}" if scene.class_names is None else scene.class_name(label)


def _tell_loss(batch: Batch, losses: Tensor, state: EmbeddingState) -> str:
    npair = losses.mean().item()
    penalty = state.l2_reg * batch.squared_lengths
    loss = fixed(npair + penalty, 3)
    whole = f"the batch of {batch.n:,} pairs"
    of = whole if len(batch.drawn) == batch.n else f"{whole}, by {len(batch.drawn):,} of its anchors"
    if batch.n < 2:
        return f"Loss of {of}: {loss}."
    ruler = loss_ruler(batch.n, state.tao, objective=state.objective)
    if not state.normalize:
        return f"Loss of {of}: {loss}; chance is {fixed(ruler.chance, 3)}."
    chance = fixed(ruler.chance + penalty, 3)
    if npair > ruler.chance:
        return f"Loss of {of}: {loss}, above chance ({chance})."
    way = way_between(ruler.score(npair), is_chance=False, is_floor=False)
    least = f"the least possible ({fixed(ruler.floor + penalty, 3)})"
    dead = " l2_reg adds a number and moves nothing." if state.l2_reg > 0 else ""
    return f"Loss of {of}: {loss}, {way} of the way from chance ({chance}) to {least}.{dead}"
