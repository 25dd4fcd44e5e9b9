"""The loss from the whole matrix, which is kept for backward: the fewest operations, for few pairs."""

from typing import Any, assert_never

import torch
from torch import Tensor
from torch.autograd import Function

from npair_viz.linalg import product
from npair_viz.losses.kernels import plain
from npair_viz.losses.kernels.negatives import Negatives
from npair_viz.losses.objectives import Objective, softplus


def losses(
    anchors: Tensor,
    positives: Tensor,
    tao: float | Tensor,
    negatives: Negatives,
    objective: Objective,
    scale: float | None = None,
) -> Tensor:
    """The same as `plain.losses`, in fewer operations."""
    found: Tensor = _Dense.apply(anchors, positives, tao, negatives, objective, scale)  # type: ignore[no-untyped-call]  # torch leaves it untyped
    return found


class _Dense(Function):
    @staticmethod
    def forward(
        ctx: Any,
        anchors: Tensor,
        positives: Tensor,
        tao: float | Tensor,
        negatives: Negatives,
        objective: Objective,
        scale: float | None,
    ) -> Tensor:
        logits, back = product(anchors, positives.t()).div_(tao), None
        if negatives.both:
            found, slopes, back = _weighed_both_ways(logits, negatives, objective)
            if scale is not None:  # one weight for all pairs: both directions have one matrix
                slopes.narrow(1, 0, len(anchors)).add_(back.t())
                back = None
        else:
            found, slopes = _weighed(logits, negatives, objective)
        is_number = not isinstance(tao, Tensor)
        ctx.save_for_backward(anchors, positives, None if is_number else tao, slopes, back)
        ctx.setting = tao if is_number else None, negatives, objective, scale
        return found if scale is None else found.sum().mul_(scale)

    @staticmethod
    def backward(ctx: Any, upstream: Tensor) -> tuple[Tensor | None, ...]:
        anchors, positives, tao, slopes, back = ctx.saved_tensors
        number, negatives, objective, scale = ctx.setting
        tao, asked = number if tao is None else tao, ctx.needs_input_grad
        if torch.is_grad_enabled():  # create_graph=True: second derivatives
            again = plain.gradients(anchors, positives, tao, negatives, objective, scale, asked[:3], upstream)
            return *again, None, None, None
        slopes = slopes * (upstream.unsqueeze(1) / tao if scale is None else upstream * (scale / tao))
        if back is not None:
            slopes.narrow(1, 0, len(anchors)).addcmul_(back.t(), upstream / tao)
        on_anchors = product(slopes, positives) if asked[0] or asked[2] else None
        return (
            on_anchors if asked[0] else None,
            _on_positives(slopes, anchors, negatives.fixed) if asked[1] else None,
            -(anchors * on_anchors).sum() / tao if asked[2] else None,
            None,
            None,
            None,
        )


def _on_positives(slopes: Tensor, anchors: Tensor, fixed: int) -> Tensor:
    """slopesᵀ @ anchors; 0 for the last rows, those that are fixed."""
    if not fixed:
        return product(slopes.t(), anchors)
    found, learned = anchors.new_zeros(slopes.shape[1], anchors.shape[1]), slopes.shape[1] - fixed
    found[:learned] = product(slopes.narrow(1, 0, learned).t(), anchors)
    return found


def _weighed(logits: Tensor, negatives: Negatives, objective: Objective) -> tuple[Tensor, Tensor]:
    """Losses (m,) of logits (m, n), 0 where not valid, and d(loss_i)/d(logit_ij), in the logits' place or not."""
    if objective == "mc":
        found, slopes = _weigh_mc(logits, negatives)
    elif objective == "ovo":
        found, slopes = _weigh_ovo(logits, negatives)
    else:
        assert_never(objective)
    valid = negatives.valid_anchors(logits)
    if valid is not None:
        found, slopes = found.where(valid, 0.0), slopes.where(valid.unsqueeze(1), 0.0)
    return found, slopes


def _weighed_both_ways(logits: Tensor, negatives: Negatives, objective: Objective) -> tuple[Tensor, Tensor, Tensor]:
    """Mean losses of both directions, and half of either one's slopes, those of the positives as (n, n)."""
    n = len(logits)
    square = logits.narrow(1, 0, n).t().clone(memory_format=torch.contiguous_format)  # _weighed overwrites it
    on_positives, back = _weighed(square, negatives.back(n), objective)
    on_anchors, slopes = _weighed(logits, negatives, objective)
    return on_anchors.add_(on_positives).div_(2), slopes.div_(2), back.div_(2)


def _weigh_mc(logits: Tensor, negatives: Negatives) -> tuple[Tensor, Tensor]:
    """Losses (m,) of logits (m, n), and d(loss_i)/d(logit_ij): a negative's share; at the positive, minus their sum."""
    negatives.silence_others(logits)
    shares = logits.log_softmax(dim=1)
    on_own = shares.diagonal(negatives.first)
    own = on_own.clone()
    shares.exp_()
    nought = on_own.zero_()
    mass = shares.sum(dim=1)
    # 1 - mass would lose the digits of a small share, and -log(own share) those of a small loss
    found = torch.logaddexp(mass.log().sub_(own), nought)
    on_own.sub_(mass)
    return found, shares


def _weigh_ovo(logits: Tensor, negatives: Negatives) -> tuple[Tensor, Tensor]:
    """Losses (m,) of logits (m, n), and d(loss_i)/d(logit_ij): a term's slope; at the positive, minus their sum."""
    leads = logits.sub_(logits.diagonal(negatives.first).clone().unsqueeze(1))
    negatives.silence(leads, 0)
    found = softplus(leads).sum(dim=1)
    slopes = leads.sigmoid_()
    slopes.diagonal(negatives.first).sub_(slopes.sum(dim=1))
    return found, slopes
