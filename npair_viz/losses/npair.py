"""The N-pair loss of rows that are paired already."""

import warnings

import torch
from torch import Tensor

from npair_viz.linalg import in_working_precision, moved, own_copy, squared_norms
from npair_viz.losses import distributed, kernels
from npair_viz.losses.checks import check_valid, leave_no_negative, no_negative
from npair_viz.losses.extra import Extra, candidates, checked_extra
from npair_viz.losses.kernels import KERNELS
from npair_viz.losses.objectives import Objective, check_objective
from npair_viz.validation import (
    check_choice,
    check_flag,
    check_l2_reg,
    check_labels,
    check_pairs,
    check_rows,
    check_tao,
)

REDUCTIONS = ("mean", "sum", "none")


class NPairWarning(UserWarning):
    """The batch has a loss, but no negative to learn from.

    >>> from npair_viz import NPairLoss
    >>> with warnings.catch_warnings(category=NPairWarning, action="ignore"):
    ...     NPairLoss(l2_reg=0.0, tao=0.5)(torch.eye(2), torch.tensor([0, 0]))
    tensor(0.)
    """


def npair_loss(
    anchors: Tensor,
    positives: Tensor,
    *,
    tao: float | Tensor = 1.0,
    l2_reg: float = 0.0,
    objective: Objective = "mc",
    reduction: str = "mean",
    labels: Tensor | None = None,
    valid: Tensor | None = None,
    negatives: Tensor | None = None,
    negative_labels: Tensor | None = None,
    symmetric: bool = False,
    kernel: str = "auto",
) -> Tensor:
    """N-pair loss of rows that are paired: row i of `anchors` with row i of `positives`.

    With s_ij = a_i·p_j and x_ij = (s_ij − s_ii) / tao:
        mc:   mean_i log(1 + Σ_{j≠i} exp x_ij), the cross-entropy of row i of A Pᵀ / tao against column i
        ovo:  mean_i Σ_{j≠i} log(1 + exp x_ij), one logistic term a negative
    and in both l2_reg · mean_i(‖a_i‖² + ‖p_i‖²) on top. The rows are used as they are, nothing is normalized.
    Extra negatives n_k add terms x_ik = (a_i·n_k − a_i·p_i) / tao to the sums. With `symmetric` the loss is the mean of
    both directions, in the second of which positives are compared with the anchors: (L(A, P; N) + L(P, A)) / 2.

    Args:
        anchors: (n, d).
        positives: (n, d).
        tao: A positive number or a 0-dim tensor; to learn it, learn its logarithm: tao=log_tao.exp().
        l2_reg: The weight of the penalty, at least 0.
        objective: "mc" or "ovo".
        reduction: "mean" over the valid pairs, their "sum", or "none": one value a pair, its own penalty included.
        labels: (n,) integers; rows of equal label are not each other's negatives. None: every other row is a negative.
        valid: (n,) bool; rows that are not valid are neither anchors nor negatives, their loss and gradient are 0.
        negatives: (m, d), more rows that every anchor is compared with, such as a queue or mined texts; m may be 0.
            They get a gradient where they ask for one, and no penalty.
        negative_labels: (m,) integers; a row of an anchor's label is no negative of it. None: all are of every anchor.
        symmetric: Whether each positive is compared with all anchors, too. One matrix serves both directions, with
            `kernel="triton"` and for `gather` in the module two.
        kernel: How the loss is computed, one of `npair_viz.losses.kernels.KERNELS`; all give the same number.

    Returns:
        A scalar, or (n,) with reduction "none"; float32 for half precision. Without pairs it is 0, and backward works.
        One pair has no negative and loss 0, unless there are extra ones. Nor have pairs of equal labels: that gives an
        NPairWarning (on the CPU). Where all similarities are equal, mc is log(n + m) and ovo (n − 1 + m) log 2, in the
        second direction as without extra negatives.

    Raises:
        ValueError: A shape or a setting is wrong.
        TypeError: A dtype or the type of a setting is wrong.

    Source: Sohn (2016), equations 6 (mc) and 7 (ovo); tao and the form above follow from dividing similarities by tao.
        Extra negatives: He and others (2020), arXiv 1911.05722; both directions: Radford and others (2021), 2103.00020.

    >>> anchors, positives = torch.eye(3), torch.eye(3)
    >>> round(npair_loss(anchors, positives, tao=0.5).item(), 4)
    0.2395
    >>> round(npair_loss(anchors, positives, tao=0.5, negatives=-torch.eye(3), symmetric=True).item(), 4)
    0.342
    """
    extra = None
    if negatives is not None or negative_labels is not None:
        check_rows("anchors", anchors)
        extra = checked_extra(negatives, negative_labels, ("anchors", anchors), have_labels=labels is not None)
    if symmetric is not False:
        symmetric = check_flag("symmetric", symmetric)
    tao = check_tao(tao)
    found = loss_of_pairs(
        anchors, positives, tao, l2_reg, objective, reduction, labels, valid, kernel, extra, symmetric
    )
    if labels is not None and labels.device.type == "cpu" and leave_no_negative(labels, extra):
        warnings.warn(no_negative("equal labels leave"), NPairWarning, stacklevel=2)
    return found


def loss_of_pairs(
    anchors: Tensor,
    positives: Tensor,
    tao: float | Tensor,
    l2_reg: float,
    objective: Objective,
    reduction: str,
    labels: Tensor | None,
    valid: Tensor | None,
    kernel: str,
    extra: Extra | None = None,
    symmetric: bool = False,
    ranks: distributed.Ranks | None = None,
) -> Tensor:
    """`npair_loss`, or with `ranks` the loss of the pairs that all of them hold, of which each rank computes a part."""
    check_pairs(anchors, positives)
    number = check_l2_reg(l2_reg)
    l2_reg = l2_reg if isinstance(l2_reg, Tensor) else number
    check_objective(objective)
    check_choice("reduction", reduction, REDUCTIONS)
    check_choice("kernel", kernel, KERNELS)
    # copied, since a loop may fill its own tensors anew before backward, which computes with these once more
    if valid is not None:
        valid = own_copy(check_valid(valid, anchors), anchors.device)
    if labels is not None:
        labels = own_copy(check_labels("labels", labels, len(anchors)), anchors.device, torch.int64)
    if isinstance(tao, Tensor) and tao.device != anchors.device:
        tao = moved(tao, anchors.device)
    n = anchors.shape[0]
    if valid is not None:  # rows that are not valid may hold anything, NaN included
        anchors, positives = (rows.where(valid.unsqueeze(1), 0.0) for rows in (anchors, positives))
    pairs = n if reduction == "mean" and valid is None and n else 1
    first, own, their = (0, anchors, positives) if ranks is None else ranks.part(anchors, positives)
    columns, negatives = candidates(positives, extra, labels, valid, first)
    scale = None if reduction == "none" else 1 / pairs
    if symmetric:
        part = slice(first, first + len(own))
        found = kernels.losses_both_ways(part, anchors, columns, tao, negatives, objective, scale, kernel)
    else:
        found = kernels.losses(own, columns, tao, negatives, objective, scale, kernel)
    if l2_reg:
        found = found + l2_reg / pairs * _penalty(own, their, reduction)
    if ranks is not None:
        found = ranks.total(found)
    return found / valid.sum().clamp_min(1) if reduction == "mean" and valid is not None else found


def _penalty(anchors: Tensor, positives: Tensor, reduction: str) -> Tensor:
    """‖a_i‖² + ‖p_i‖² of each pair (n,), or their sum, computed in fewer operations as one sum a side."""
    if reduction == "none":
        return squared_norms(anchors, positives)
    return in_working_precision(anchors).square().sum() + in_working_precision(positives).square().sum()
