"""Closed forms of the loss's gradients, as sums of three forces: pull, push and shrink."""

from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from npair_viz.linalg import in_working_precision, moved, squared_norms, unit_rows
from npair_viz.losses import objectives
from npair_viz.losses.extra import candidates, checked_extra
from npair_viz.losses.objectives import Objective
from npair_viz.validation import check_flag, check_l2_reg, check_labels, check_pairs, check_tao


@dataclass(frozen=True, eq=False)
class NPairGradients:
    """The loss, its weights, and its forces on each row; made by `npair_gradients`.

    A force is minus a gradient of the mean loss.

    Attributes:
        npair: The loss without its penalty, a scalar.
        penalty: What l2_reg adds, a scalar.
        similarities: A Pᵀ, (n, n); beside m extra negatives A [P; N]ᵀ, (n, n + m).
        weights: The share of each of these candidates in each anchor's line-up, likewise; on screen: shares.
        on_tao: d(loss)/d(tao), a scalar.
        pull: The force on each anchor towards its positive, (n, d).
        push: The force on each anchor away from its negatives, (n, d).
        shrink: The force on each anchor towards the origin, (n, d).
        pull_on_positives: As `pull`, on the positives.
        push_on_positives: As `push`, on the positives.
        shrink_on_positives: As `shrink`, on the positives.
        push_on_negatives: The force on each extra negative away from the anchors, (m, d).

    >>> forces = npair_gradients(torch.eye(2), torch.eye(2), tao=0.5, l2_reg=0.02)
    >>> round(forces.npair.item(), 4), round(forces.penalty.item(), 4)
    (0.1269, 0.04)
    >>> torch.allclose(forces.pull + forces.push + forces.shrink, -forces.on_anchors)
    True
    """

    npair: Tensor
    penalty: Tensor
    similarities: Tensor
    weights: Tensor
    on_tao: Tensor
    pull: Tensor
    push: Tensor
    shrink: Tensor
    pull_on_positives: Tensor
    push_on_positives: Tensor
    shrink_on_positives: Tensor
    push_on_negatives: Tensor
    _anchor_side: "Side"
    _candidate_side: "Side"
    _scale: Tensor

    @property
    def loss(self) -> Tensor:
        """The whole loss: npair + penalty."""
        return self.npair + self.penalty

    @cached_property
    def on_anchors(self) -> Tensor:
        """d(loss)/d(anchors), (n, d)."""
        return -(self.pull + self.push + self.shrink)

    @cached_property
    def on_positives(self) -> Tensor:
        """d(loss)/d(positives), (n, d)."""
        return -(self.pull_on_positives + self.push_on_positives + self.shrink_on_positives)

    @property
    def on_negatives(self) -> Tensor:
        """d(loss)/d(negatives), (m, d)."""
        return -self.push_on_negatives

    def push_from(self, i: int) -> Tensor:
        """What each candidate adds to anchor i's push: −w_ij p_j / (n tao), (n + m, d). Row i is zero.

        >>> forces = npair_gradients(torch.eye(2), torch.eye(2), tao=0.5)
        >>> torch.equal(forces.push_from(0).sum(dim=0), forces.push[0])
        True
        """
        shares = _without_diagonal(self.weights)[i]
        return self._anchor_side.felt_by(i, -self._scale * shares.unsqueeze(1) * self._candidate_side.rows)

    def push_onto(self, j: int) -> Tensor:
        """What each anchor adds to candidate j's push: −w_ij a_i / (n tao), (n, d). Row j is zero.

        >>> forces = npair_gradients(torch.eye(2), torch.eye(2), tao=0.5)
        >>> torch.equal(forces.push_onto(0).sum(dim=0), forces.push_on_positives[0])
        True
        """
        shares = _without_diagonal(self.weights)[:, j]
        return self._candidate_side.felt_by(j, -self._scale * shares.unsqueeze(1) * self._anchor_side.rows)


def npair_gradients(
    anchors: Tensor,
    positives: Tensor,
    *,
    tao: float | Tensor = 1.0,
    l2_reg: float = 0.0,
    objective: Objective = "mc",
    normalize: bool = False,
    labels: Tensor | None = None,
    negatives: Tensor | None = None,
    negative_labels: Tensor | None = None,
) -> NPairGradients:
    """Loss, weights and forces of paired rows, in closed form and without autograd.

    With W the softmax over each row of A Pᵀ / tao, force = pull + push + shrink on anchor i is:
        (1 − w_ii) p_i / (n tao)  −  Σ_{j≠i} w_ij p_j / (n tao)  −  2 l2_reg a_i / n,
    on positive j:
        (1 − w_jj) a_j / (n tao)  −  Σ_{i≠j} w_ij a_i / (n tao)  −  2 l2_reg p_j / n,
    and d(loss)/d(tao) = −Σ_ij w_ij x_ij / (n tao), x_ij = (s_ij − s_ii) / tao. For "ovo" w_ij = sigmoid(x_ij) off the
    diagonal and w_ii = 1 − Σ_{j≠i} w_ij. With `normalize`, rows e are put on the sphere first and each force f is
    the one on e: (f − (f·a) a) / ‖e‖ with a = e / ‖e‖; shrink is then zero.
    Extra negatives n_k are candidates, too: the force on each is −Σ_i w_ik a_i / (n tao), a push alone.
    Small forces keep their digits: 1 − w_ii is computed as the mass on the negatives, never as a difference.

    Args:
        anchors: (n, d).
        positives: (n, d).
        tao: The temperature, positive.
        l2_reg: The weight of the penalty, at least 0.
        objective: "mc" or "ovo".
        normalize: Whether rows are put on the unit sphere first.
        labels: (n,) integers; rows of equal label are not each other's negatives.
        negatives: (m, d), more rows that every anchor is compared with, see `npair_loss`.
        negative_labels: (m,) integers; a row of an anchor's label is no negative of it.

    Returns:
        The loss, its weights and its forces.

    Raises:
        ValueError: A shape or a setting is wrong.
        TypeError: A dtype or the type of a setting is wrong.

    Source: derived from Sohn (2016), equations 6 and 7; tests compare with autograd and with loops.

    >>> forces = npair_gradients(torch.eye(2), torch.eye(2), tao=0.5)
    >>> forces.weights
    tensor([[0.8808, 0.1192],
            [0.1192, 0.8808]])
    """
    check_pairs(anchors, positives)
    tao, l2_reg, normalize = check_tao(tao), check_l2_reg(l2_reg), check_flag("normalize", normalize)
    objectives.check_objective(objective)
    extra = checked_extra(negatives, negative_labels, ("anchors", anchors), have_labels=labels is not None)
    if labels is not None:
        labels = moved(check_labels("labels", labels, len(anchors)), anchors.device, torch.int64)
    with torch.no_grad(), torch.autocast(anchors.device.type, enabled=False):
        rows, which = candidates(positives, extra, labels, None, 0)
        is_negative = which.mask(len(anchors), len(rows), anchors.device)
        sides = _side(anchors, normalize), _side(rows, normalize)
        return _closed_forms(*sides, tao, l2_reg, objective, is_negative)


@dataclass(frozen=True, eq=False)
class Side:
    """Rows as the loss sees them, and the forces on the raw rows that they come from, (n, d) each.

    Attributes:
        rows: (n, d).
        lengths: (n, 1), the raw rows' lengths where `rows` are their unit vectors, else None.
    """

    rows: Tensor
    lengths: Tensor | None

    def felt(self, forces: Tensor) -> Tensor:
        """Forces on the raw rows, from those on `rows` (n, d)."""
        return forces if self.lengths is None else _tangent(forces, self.rows) / self.lengths

    def of(self, rows: slice) -> "Side":
        """Some of the rows."""
        return Side(self.rows[rows], None if self.lengths is None else self.lengths[rows])

    def felt_by(self, i: int, forces: Tensor) -> Tensor:
        """Forces on raw row i, from forces (m, d) on row i."""
        return forces if self.lengths is None else _tangent(forces, self.rows[i : i + 1]) / self.lengths[i]

    def pull(self, masses: Tensor, partners: Tensor) -> Tensor:
        """The force on each row towards its partner (n, d), by the mass (n,) on its pair's negatives."""
        return self.felt(masses.unsqueeze(1) * partners)

    def push(self, weights: Tensor, others: Tensor) -> Tensor:
        """The force on each row away from `others` (m, d), by weights (n, m); others may have a narrower dtype."""
        return self.felt(-(weights.to(others.dtype) @ others).to(weights.dtype))

    def shrink(self, strength: float) -> Tensor:
        """The force on each row towards the origin; zero where it is put on the sphere."""
        return -strength * self.rows if self.lengths is None else torch.zeros_like(self.rows)


def _side(rows: Tensor, normalize: bool) -> Side:
    rows = in_working_precision(rows)
    if not normalize:
        return Side(rows, None)
    lengths = torch.linalg.vector_norm(rows, dim=1, keepdim=True)
    return Side(unit_rows(rows), lengths.masked_fill(lengths == 0, torch.inf))  # no force on a zero row


def _tangent(forces: Tensor, units: Tensor) -> Tensor:
    return forces - (forces * units).sum(dim=1, keepdim=True) * units


def _closed_forms(
    anchor_side: Side,
    candidate_side: Side,
    tao: float | Tensor,
    l2_reg: float,
    objective: Objective,
    is_negative: Tensor,
) -> NPairGradients:
    anchors, others = anchor_side.rows, candidate_side.rows
    pairs, n = len(anchors), max(len(anchors), 1)
    positive_side, extra_side = candidate_side.of(slice(pairs)), candidate_side.of(slice(pairs, None))
    positives = positive_side.rows
    similarities = anchors @ others.T
    x = objectives.margins(similarities, tao)
    losses, log_weights = objectives.losses_and_log_weights(objectives.negative_logits(x, is_negative), objective)
    on_negatives = log_weights.exp()
    mass = on_negatives.sum(dim=1)
    weights = on_negatives.clone()
    weights.diagonal().add_(objectives.own_shares(losses, on_negatives, objective))
    onto, onto_extra = torch.split(on_negatives.T, [pairs, len(extra_side.rows)])
    scale = 1 / x.new_full((), n).mul_(tao)
    return NPairGradients(
        npair=losses.sum() / n,
        penalty=l2_reg * squared_norms(anchors, positives).sum() / n,
        similarities=similarities,
        weights=weights,
        on_tao=-scale * (on_negatives * x).sum(),
        pull=anchor_side.pull(scale * mass, positives),
        push=anchor_side.push(scale * on_negatives, others),
        shrink=anchor_side.shrink(2 * l2_reg / n),
        pull_on_positives=positive_side.pull(scale * mass, anchors),
        push_on_positives=positive_side.push(scale * onto, anchors),
        shrink_on_positives=positive_side.shrink(2 * l2_reg / n),
        push_on_negatives=extra_side.push(scale * onto_extra, anchors),
        _anchor_side=anchor_side,
        _candidate_side=candidate_side,
        _scale=scale,
    )


def _without_diagonal(weights: Tensor) -> Tensor:
    return weights.masked_fill(torch.eye(*weights.shape, dtype=torch.bool, device=weights.device), 0.0)
