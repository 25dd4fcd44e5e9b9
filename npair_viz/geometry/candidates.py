"""The line-up of one row of real data: its partner, the positive of every other class, and their forces on it."""

import math
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from npair_viz.data.scene import Scene
from npair_viz.linalg import squared_norms, unit_rows
from npair_viz.losses import objectives
from npair_viz.losses.gradients import Side
from npair_viz.losses.objectives import MC, Objective
from npair_viz.sampling.pairs import select_pairs

MOST_SIMILARITIES = 2**22  # in memory for the batch's loss, 16 MB; if there are more, the mean is over random anchors


@dataclass(frozen=True, eq=False)
class Batch:
    """One pair of each class of a scene, in the classes' order.

    Attributes:
        scene: The data.
        normalize: Whether the loss divides rows by their lengths.
        anchors: (n,) row numbers.
        positives: (n,) row numbers.
        members: (m,) which of these pairs form the batch; the others serve line-ups of their classes' rows.
        candidates: (m, d), the positives of the members as the loss sees them.
    """

    scene: Scene
    normalize: bool
    anchors: Tensor
    positives: Tensor
    members: Tensor
    candidates: Tensor

    @property
    def n(self) -> int:
        """How many pairs the batch has."""
        return len(self.members)

    def seen(self, rows: Tensor | list[int]) -> Tensor:
        """Rows of the data as the loss sees them: of length 1 where it normalizes."""
        found = self.scene.embeddings[rows]
        return unit_rows(found) if self.normalize else found

    def pair_of(self, row: int) -> int | None:
        """The number of the pair of this row's class; None where the class has no other row."""
        found = (self.scene.labels[self.anchors] == self.scene.labels[row]).nonzero()
        return int(found[0]) if len(found) else None

    def partner_of(self, row: int) -> int | None:
        """The row's positive: that of its class, or, where the row itself is that one, its class's anchor.

        Of a paired scene it is the row's own partner.
        """
        if self.scene.is_paired:
            return self.scene.partner(row)
        pair = self.pair_of(row)
        if pair is None:
            return None
        positive = int(self.positives[pair])
        return int(self.anchors[pair]) if positive == row else positive

    def faced(self, row: int) -> tuple[Tensor, Tensor]:
        """The rows (m,) that a row is compared with, and (m, d) as the loss sees them.

        They are the positives of the members; for a positive of a paired scene the anchors.
        """
        if not self.scene.is_paired or row < self.scene.n:
            return self.positives[self.members], self.candidates
        return self.anchors[self.members], self._seen_anchors

    @cached_property
    def _seen_anchors(self) -> Tensor:
        return self.seen(self.anchors[self.members])

    @cached_property
    def drawn(self) -> Tensor:
        """The members whose mean loss estimates the batch's: all, or as many random ones as memory has room for."""
        most = max(MOST_SIMILARITIES // self.n, 1)
        if self.n <= most:
            return torch.arange(self.n, device="cpu")
        return torch.randperm(self.n, generator=torch.Generator("cpu").manual_seed(0), device="cpu")[:most]

    @cached_property
    def logits(self) -> Tensor:
        """The drawn members' logits with all candidates at tao = 1; −∞ at their own positives."""
        similarities = self.seen(self.anchors[self.members[self.drawn]]) @ self.candidates.T
        return objectives.margins(similarities, 1.0, self.drawn).scatter_(1, self.drawn.unsqueeze(1), -math.inf)

    @cached_property
    def squared_lengths(self) -> float:
        """The mean of ‖a‖² + ‖p‖² over the drawn members, which l2_reg weighs."""
        pairs = self.members[self.drawn]
        return squared_norms(self.seen(self.anchors[pairs]), self.seen(self.positives[pairs])).mean().item()

    def losses(self, tao: float, objective: Objective = MC) -> Tensor:
        """The loss of each drawn anchor, without the penalty."""
        return objectives.losses(self.logits / tao, objective)

    def losses_of(self, rows: Tensor, tao: float, objective: Objective = MC) -> Tensor:
        """The loss of any rows (m,) as anchors of the batch, without the penalty; NaN for the only row of its class."""
        found = torch.empty(len(rows), dtype=self.candidates.dtype, device="cpu")
        sides = rows >= self.scene.n if self.scene.is_paired else torch.zeros_like(rows, dtype=torch.bool)
        for side in (~sides, sides):
            if side.any():
                _, candidates = self.faced(int(rows[side][0]))
                found[side] = self._losses_facing(candidates, rows[side], tao, objective).to(found)
        return found

    def _losses_facing(self, candidates: Tensor, rows: Tensor, tao: float, objective: Objective) -> Tensor:
        """The losses of rows that are compared with the same candidates (m, d)."""
        labels = self.scene.labels
        classes, order = labels[self.anchors].sort()
        place = torch.searchsorted(classes, labels[rows]).clamp(max=len(classes) - 1)
        pairs = order[place]
        partners = self.positives[pairs].where(self.positives[pairs] != rows, self.anchors[pairs])
        if self.scene.is_paired:
            partners = rows.new_tensor([self.scene.partner(row) for row in rows.tolist()])
        found = []
        step = max(MOST_SIMILARITIES // self.n, 1)
        for some in (slice(start, start + step) for start in range(0, len(rows), step)):
            anchors = self.seen(rows[some])
            own = (anchors * self.seen(partners[some])).sum(dim=1, keepdim=True)
            is_negative = self.members != pairs[some].unsqueeze(1)
            margins = (anchors @ candidates.T - own) / tao
            found.append(objectives.pair_losses(margins, is_negative, objective))
        return torch.cat(found).masked_fill(classes[place] != labels[rows], math.nan)


def batch_of(
    scene: Scene, *, policy: str = "first", n_classes: int | None = None, seed: int = 0, normalize: bool = True
) -> Batch:
    """One pair of each class of a scene.

    Args:
        scene: The data.
        policy: How a class's pair is chosen, one of `npair_viz.sampling.pairs.POLICIES`.
        n_classes: The most classes in the batch, drawn from the seed; None for all.
        seed: For everything that is random.
        normalize: Whether the loss divides rows by their lengths.

    Returns:
        The batch.

    Source: `select_pairs`.

    >>> from npair_viz.data.scenes import digits
    >>> batch_of(digits(), n_classes=4).n
    4
    """
    generator = torch.Generator("cpu").manual_seed(seed)
    anchors, positives = (_own_pairs if scene.is_paired else _chosen_pairs)(scene, policy, generator)
    members = torch.arange(len(anchors), device="cpu")
    if n_classes is not None and n_classes < len(members):
        draw = torch.Generator("cpu").manual_seed(seed)
        members = torch.randperm(len(members), generator=draw, device="cpu")[:n_classes].sort().values
    candidates = scene.embeddings[positives[members]]
    candidates = unit_rows(candidates) if normalize else candidates
    return Batch(scene, normalize, anchors, positives, members, candidates)


def _chosen_pairs(scene: Scene, policy: str, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    compared = unit_rows(scene.embeddings) if policy == "hardest" else None
    pairs = select_pairs(scene.labels, policy=policy, embeddings=compared, generator=generator)
    return pairs.anchors, pairs.positives


def _own_pairs(scene: Scene, policy: str, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Of a paired scene one of its own pairs of each class: the first, one by lot, or that of the least cosine."""
    order = torch.arange(scene.n, device="cpu")
    if policy == "random":
        order = torch.randperm(scene.n, generator=generator, device="cpu")
    elif policy == "hardest":
        order = (unit_rows(scene.anchors) * unit_rows(scene.positives)).sum(dim=1).argsort(stable=True)
    classes, kinds = torch.unique(scene.labels[order], return_inverse=True)
    places = torch.full((len(classes),), scene.n, device="cpu")
    places.scatter_reduce_(0, kinds, torch.arange(scene.n, device="cpu"), "amin")
    kept = order[places]
    return kept, kept + scene.n


@dataclass(frozen=True, eq=False)
class LineUp:
    """An anchor's partner, its negatives with the most similar first, and the forces on it; made by `line_up`.

    Attributes:
        row: The anchor's row number.
        partner: The partner's row number.
        rivals: (m,) row numbers of the negatives.
        similarity: To the partner.
        similarities: (m,) to the negatives.
        share: The partner's weight; NaN under "ovo", where weights do not sum to 1.
        shares: (m,) the negatives' weights.
        push_shares: (m,) the parts that the negatives have in the push, 1 in all.
        effective: How many negatives share the push, see `effective_negatives`.
        loss: That of this anchor, without penalty.
        anchor: (d,) as the loss sees it, float64.
        positive: (d,) as the loss sees it, float64.
        pull: (d,) n·tao·force on the anchor.
        push: (d,) n·tao·force on the anchor.
        shrink: (d,) n·tao·force on the anchor.
    """

    row: int
    partner: int
    rivals: Tensor
    similarity: float
    similarities: Tensor
    share: float
    shares: Tensor
    push_shares: Tensor
    effective: float
    loss: float
    anchor: Tensor
    positive: Tensor
    pull: Tensor
    push: Tensor
    shrink: Tensor


def line_up(batch: Batch, row: int, *, tao: float, l2_reg: float = 0.0, objective: Objective = MC) -> LineUp:
    """The line-up of a row: L = log(1 + Σ_j exp((a·p_j − a·p) / tao)), or Σ_j log(1 + exp(...)) for "ovo".

    Args:
        batch: The pairs to compare with.
        row: The anchor's row number.
        tao: The temperature.
        l2_reg: The weight of the penalty.
        objective: "mc" or "ovo".

    Returns:
        The line-up.

    Raises:
        ValueError: The row is the only one of its class.

    Source: Sohn (2016), equations 6 and 7; the forces are those of `npair_gradients` times n·tao.

    >>> from npair_viz.data.scenes import digits
    >>> one = line_up(batch_of(digits()), 3, tao=0.1)
    >>> one.partner, len(one.rivals)
    (13, 9)
    """
    partner, pair = batch.partner_of(row), batch.pair_of(row)
    if partner is None:
        label = int(batch.scene.labels[row])
        raise ValueError(f"row {row} is the only one of its class, {label}: it has no partner to pick")
    anchor, positive = batch.seen([row, partner]).double()
    is_other = batch.members.ne(-1 if pair is None else pair)
    faced, candidates = batch.faced(row)
    similarities = (candidates @ anchor.to(candidates.dtype)).double()
    x = (similarities - anchor @ positive) / tao
    loss, logs = objectives.losses_and_log_weights(objectives.negative_logits(x, is_other), objective)
    weights, push_shares = logs.exp(), logs.softmax(dim=0) * is_other
    share = float(objectives.own_shares(loss, weights, objective)) if objectives.has_one_vote(objective) else math.nan
    order = similarities[is_other].argsort(descending=True, stable=True)
    found = is_other.nonzero().squeeze(1)[order]
    side = Side(anchor.unsqueeze(0), anchor.new_ones(1, 1) if batch.normalize else None)
    return LineUp(
        row=row,
        partner=partner,
        rivals=faced[found],
        similarity=float(anchor @ positive),
        similarities=similarities[found],
        share=share,
        shares=weights[found],
        push_shares=push_shares[found],
        effective=float(objectives.effective(push_shares)),
        loss=float(loss),
        anchor=anchor,
        positive=positive,
        pull=side.pull(weights.sum(dim=0, keepdim=True), positive)[0],
        push=side.push(weights.unsqueeze(0), candidates)[0],
        shrink=side.shrink(2 * l2_reg * tao)[0],
    )
