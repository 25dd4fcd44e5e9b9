"""Two embeddings of the same rows, such as two checkpoints': who found or lost its own, and on one ruler the losses."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.nn.functional import pad

from npair_viz.data.contents import contents_of
from npair_viz.data.neighbours import blocks, unit_copy
from npair_viz.data.own_data import checked
from npair_viz.data.pairs import Pairs
from npair_viz.data.scene import Scene
from npair_viz.data.scenes import from_pairs
from npair_viz.diagnosis.embeddings import median_of, seeded_sample
from npair_viz.losses.npair import npair_loss
from npair_viz.optional_imports import needed_for
from npair_viz.sampling.pairs import select_pairs
from npair_viz.theory.optimal_pairs import plain_tao
from npair_viz.theory.ruler import LossRuler, loss_ruler
from npair_viz.validation import check_count

if TYPE_CHECKING:
    from pandas import DataFrame

FEW = 10_000  # rows, of which all are compared
NEAREST = 10  # of each row, of which it is said how many stayed
DRAWS, MOST_PAIRS = 10, 1024  # of pairs, for the losses
CHANGES = ("right", "won", "wrong", "lost")  # right in both, only after, in neither, only before


@dataclass(frozen=True, eq=False)
class Side:
    """What some rows have near them in one of the two embeddings, and its loss.

    Attributes:
        rank: (m,) the place of the nearest row of its own class, or of a pair's partner, among all others; 1 is first,
            and rows of other classes that are equally near come before it.
        nearest: (m, 10) the nearest rows, fewer where there are fewer.
        losses: (k,) of several draws of pairs.
    """

    rank: Tensor
    nearest: Tensor
    losses: Tensor

    @property
    def is_right(self) -> Tensor:
        """Whether the nearest row of all is of its own class, or the partner, (m,)."""
        return self.rank == 1

    def __str__(self) -> str:
        spread = f" ± {float(self.losses.std()):.2g}" if len(self.losses) > 1 else ""
        return f"Recall@1 {float(self.is_right.double().mean()):.3f}, loss {float(self.losses.mean()):.3f}{spread}"


@dataclass(frozen=True, eq=False)
class Comparison:
    """What `compare` found.

    Attributes:
        looked: (m,) the rows, or pairs, that were compared with all.
        total: How many there are.
        before: What they had near them before.
        after: What they have now.
        kept: (m,) the share of the ten nearest that stayed.
        move: (m,) how far unit rows moved after the best rotation, 0 to 2; of a pair the farther of its two.
        ruler: Of the losses: those of so many pairs in as many dimensions as the wider of both has.
        are_pairs: Whether these are pairs.
        given: The data before and after.
        rotation: (w, w), which turns unit rows of before, padded to the width w of the wider ones, onto those of after.

    >>> rows = torch.tensor([[1.0, 0.0], [0.9, 0.1], [0.0, 1.0], [0.1, 0.9]])
    >>> compare(rows, rows[[0, 1, 3, 2]], [0, 0, 1, 1], tao=0.1).rows[["row", "change"]].values.tolist()
    [[0, 'right'], [1, 'right'], [2, 'right'], [3, 'right']]
    """

    looked: Tensor
    total: int
    before: Side
    after: Side
    kept: Tensor
    move: Tensor
    ruler: LossRuler
    are_pairs: bool
    given: tuple[Scene | Pairs, Scene | Pairs]
    rotation: Tensor

    @property
    def scenes(self) -> tuple[Scene, Scene]:
        """The rows before and after; of pairs all anchors, then all positives."""
        before, after = (from_pairs(held) if isinstance(held, Pairs) else held for held in self.given)
        return before, after

    @property
    def change(self) -> list[str]:
        """Of each row that was compared: right, won, lost or wrong."""
        now, then = self.after.is_right, self.before.is_right
        return [CHANGES[at] for at in (~now * 2 + (now ^ then)).tolist()] if len(now) else []

    @property
    def rows(self) -> "DataFrame":
        """A data frame: row, change, rank before and after, share of the ten nearest that stayed, move."""
        with needed_for("a table of rows"):
            import pandas as pd
        columns = {"row": self.looked, "rank before": self.before.rank, "rank after": self.after.rank}
        columns |= {"kept": self.kept, "move": self.move}
        table = pd.DataFrame({name: held.numpy() for name, held in columns.items()})
        table.insert(1, "change", self.change)
        table.attrs["looked at"] = self.sample
        return table

    @property
    def sample(self) -> str:
        """How many rows were compared, in words."""
        what = "pairs" if self.are_pairs else "rows"
        if len(self.looked) == self.total:
            return f"all {self.total:,} {what}"
        return f"{len(self.looked):,} of {self.total:,} {what} by lot, each against all"

    def __repr__(self) -> str:
        own = "their partner" if self.are_pairs else "a nearest row of their own class"
        lost, won = self.change.count("lost"), self.change.count("won")
        scores = [self.ruler.score(float(side.losses.mean())) for side in (self.before, self.after)]
        return (
            f"Of {self.sample}, {lost:,} lost {own} and {won:,} won it; of each one's ten nearest "
            f"{float(self.kept.mean()):.0%} stayed, and it moved by {median_of(self.move):.2f} in the median.\n"
            f"Before: {self.before}, score {scores[0]:.2f}. After: {self.after}, score {scores[1]:.2f}.\n"
            f"The loss can go from {self.ruler.floor:.3f} over {self.ruler.chance:.3f}, chance, to "
            f"{self.ruler.ceiling:.3f}."
        )


def compare(
    before: Any, after: Any, labels: Any = None, *, tao: float | Tensor, rows: int = 1000, seed: int = 0
) -> Comparison:
    """Compare two embeddings of the same rows, such as two checkpoints'; row i of one is row i of the other.

    Of each row: is its nearest row of all, by cosine, of its own class, before and after; which share of its ten
    nearest stayed; how far it moved, ‖u_i R − v_i‖ with the rotation R, perhaps mirrored, that is best for all unit
    rows, the narrower ones padded with zeros. Of pairs: is the partner the nearest of all on the other side.

    Args:
        before: (b, d) in any form that `explore` takes; or pairs, (anchors, positives) or `Pairs`.
        after: (b, e) or pairs, likewise.
        labels: (b,) whole numbers or words; of pairs they may be left out, and pairs of one label are no rivals.
        tao: The temperature of both losses.
        rows: How many rows are compared with all where there are more than 10,000; they are drawn by lot.
        seed: What is random is drawn from it.

    Returns:
        What was found. Its `rows` is a data frame; `explore` shows it as a cloud whose rows move from before to after.

    Raises:
        ValueError: The rows or their labels differ in number or order, are not finite, or no class has two of them.
        TypeError: A type is wrong, or labels are missing.

    Source: the rotation is that of Schönemann (1966); tests compare with loops and with scipy.

    >>> before = torch.tensor([[1.0, 0.0], [0.9, 0.1], [0.0, 1.0], [0.1, 0.9]])
    >>> after = before[[0, 2, 1, 3]]
    >>> compare(before, after, [0, 0, 1, 1], tao=0.1).change
    ['lost', 'lost', 'lost', 'lost']
    """
    check_count("rows", rows)
    old, new = _read("before", before, labels), _read("after", after, labels)
    are_pairs = _check_alike(old, new)
    classes = _classes_of(old)
    looked = torch.arange(len(classes)) if are_pairs else _with_partner(classes)
    if len(classes) > FEW:
        looked = looked[seeded_sample(len(looked), rows, seed)]
    draws = [
        _drawn(classes, are_pairs, seed + k) for k in range(1 if are_pairs and len(classes) <= MOST_PAIRS else DRAWS)
    ]
    sides = [_sides_of(one) for one in (old, new)]
    then, now = (_side(*side, classes, looked, are_pairs, draws, tao) for side in sides)
    rotation = _rotation(sides[0], sides[1], are_pairs)
    move = _moves(sides[0], sides[1], rotation, looked, are_pairs)
    dimension = max(side[0].shape[1] for side in sides)
    ruler = loss_ruler(len(draws[0][0]), plain_tao(tao), dimension=dimension, search=False)
    kept = _kept(then.nearest, now.nearest)
    return Comparison(looked, len(classes), then, now, kept, move, ruler, are_pairs, (old, new), rotation)


def _read(name: str, given: Any, labels: Any) -> Scene | Pairs:
    is_two = isinstance(given, tuple) and len(given) == 2
    held = contents_of(labels=labels, anchors=given[0], positives=given[1]) if is_two else contents_of(given, labels)
    if not held.is_paired and held.labels is None and not held.columns:
        raise TypeError("labels must be given: one a row, or pass pairs as (anchors, positives)")
    try:
        return checked(held)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{name}: {error}") from None


def _check_alike(old: Scene | Pairs, new: Scene | Pairs) -> bool:
    """Whether these are pairs; raise unless both are of the same rows with the same labels."""
    are_pairs = isinstance(old, Pairs)
    if are_pairs != isinstance(new, Pairs):
        raise TypeError("before and after must both be rows or both be pairs, got one of each")
    one, other = _classes_of(old), _classes_of(new)
    if len(one) != len(other):
        raise ValueError(f"before and after must be of the same rows, got {len(one):,} and {len(other):,}")
    if old.class_names != new.class_names or not one.equal(other):
        raise ValueError("before and after must have the same labels, row by row: are their rows in another order?")
    return are_pairs


def _classes_of(held: Scene | Pairs) -> Tensor:
    """The class of each row, or of each pair."""
    if isinstance(held, Scene):
        return held.labels
    return torch.arange(held.n) if held.labels is None else held.labels


def _sides_of(held: Scene | Pairs) -> tuple[Tensor, Tensor]:
    """Unit rows that are compared with each other: those of the two towers, or all rows with themselves."""
    if isinstance(held, Pairs):
        return unit_copy(held.anchors), unit_copy(held.positives)
    units = unit_copy(held.embeddings)
    return units, units


def _with_partner(classes: Tensor) -> Tensor:
    """The rows whose class has another one."""
    _, member, sizes = torch.unique(classes, return_inverse=True, return_counts=True)
    found: Tensor = (sizes[member] > 1).nonzero().flatten()
    return found


def _drawn(classes: Tensor, are_pairs: bool, seed: int) -> tuple[Tensor, Tensor]:
    """Pairs by lot, one a class: the numbers of anchors and of positives."""
    if are_pairs:
        drawn = seeded_sample(len(classes), MOST_PAIRS, seed)
        return drawn, drawn
    pairs = select_pairs(classes, generator=torch.Generator().manual_seed(seed))
    drawn = seeded_sample(len(pairs.anchors), MOST_PAIRS, seed)
    return pairs.anchors[drawn], pairs.positives[drawn]


def _side(
    left: Tensor,
    right: Tensor,
    classes: Tensor,
    looked: Tensor,
    are_pairs: bool,
    draws: list[tuple[Tensor, Tensor]],
    tao: float | Tensor,
) -> Side:
    ranks, nearest = [], []
    _, codes, sizes = torch.unique(classes, return_inverse=True, return_counts=True)
    members = codes.argsort().split(sizes.tolist())
    for block, cosines in blocks(left[looked], right):
        numbers = looked[block]
        own = [members[code] for code in codes[numbers].tolist()]
        if are_pairs:
            best = cosines.gather(1, numbers.unsqueeze(1))
        else:
            cosines.scatter_(1, numbers.unsqueeze(1), -torch.inf)
            best = torch.stack([row[mine].amax(dim=0, keepdim=True) for row, mine in zip(cosines, own, strict=True)])
        nearest.append(cosines.topk(min(NEAREST, cosines.shape[1] - (not are_pairs))).indices)
        for row, mine in zip(cosines, own, strict=True):
            row[mine] = -torch.inf
        equal = 8 * torch.finfo(best.dtype).eps  # rows of other classes that are as near come first
        ranks.append(cosines.ge_(best - equal).sum(dim=1).long() + 1)
    losses = [
        npair_loss(left[one], right[other], tao=tao, labels=classes[one] if are_pairs else None) for one, other in draws
    ]
    return Side(torch.cat(ranks), torch.cat(nearest), torch.stack(losses).double())


def _kept(before: Tensor, after: Tensor) -> Tensor:
    """The share of each row's nearest (m, k) that are among the others."""
    return (before.unsqueeze(2) == after.unsqueeze(1)).any(dim=2).double().mean(dim=1)


def _rotation(before: tuple[Tensor, Tensor], after: tuple[Tensor, Tensor], are_pairs: bool) -> Tensor:
    """The rotation (w, w), perhaps mirrored, that turns all rows before as near as possible to those after."""
    old, new = (torch.cat(side) if are_pairs else side[0] for side in (before, after))
    wide = max(old.shape[1], new.shape[1])
    products = pad((old.T @ new).double(), (0, wide - new.shape[1], 0, wide - old.shape[1]))
    left, _, right = torch.linalg.svd(products)
    rotation: Tensor = left @ right
    return rotation


def _moves(
    before: tuple[Tensor, Tensor], after: tuple[Tensor, Tensor], rotation: Tensor, looked: Tensor, are_pairs: bool
) -> Tensor:
    """How far some rows, or the farther ones of some pairs, moved."""

    def moved(old: Tensor, new: Tensor) -> Tensor:
        old, new = (pad(rows[looked], (0, len(rotation) - rows.shape[1])) for rows in (old, new))
        found: Tensor = torch.linalg.vector_norm(old @ rotation.to(old.dtype) - new.to(old.dtype), dim=1)
        return found.double()

    sides = [moved(*side) for side in zip(before, after, strict=True)][: 1 + are_pairs]
    return torch.stack(sides).amax(dim=0)
