"""The autograd function shared by the kernels that sweep over the similarities in blocks."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function

from npair_viz.linalg import in_working_precision
from npair_viz.losses.kernels import plain
from npair_viz.losses.kernels.negatives import Negatives
from npair_viz.losses.objectives import Objective

Tao = float | Tensor
Asked = tuple[bool, bool, bool]  # for gradients by anchors, by positives, by tao
Gradients = tuple[Tensor | None, Tensor | None, Tensor | None]
# (anchors, positives, tao, negatives, objective, asked, weights) to losses (m,) and, where asked, the gradients of
# Σ_i weight_i · loss_i; one weight for all, or (m,)
Sweep = Callable[[Tensor, Tensor, Tao, Negatives, Objective, Asked, float | Tensor], tuple[Tensor, Gradients]]
NOTHING: Asked = (False, False, False)


def losses_by(
    sweep: Sweep,
    anchors: Tensor,
    positives: Tensor,
    tao: Tao,
    negatives: Negatives,
    objective: Objective,
    scale: float | None = None,
) -> Tensor:
    """The same as `plain.losses`, computed by `sweep`; without `scale` backward takes a second sweep."""
    inputs = (anchors, positives, tao)
    if torch.is_grad_enabled() and any(isinstance(one, Tensor) and one.requires_grad for one in inputs):
        found: Tensor = _Swept.apply(sweep, *inputs, negatives, objective, scale)  # type: ignore[no-untyped-call]  # torch leaves it untyped
        return found
    found, _ = sweep(*inputs, negatives, objective, NOTHING, 1.0)
    return found if scale is None else found.sum() * scale


class _Swept(Function):
    """With `scale` forward computes the gradients; those of single losses need upstream weights, so backward does."""

    @staticmethod
    def forward(
        ctx: Any,
        sweep: Sweep,
        anchors: Tensor,
        positives: Tensor,
        tao: Tao,
        negatives: Negatives,
        objective: Objective,
        scale: float | None,
    ) -> Tensor:
        asked, weight = (NOTHING, 1.0) if scale is None else (ctx.needs_input_grad[1:4], scale)
        found, gradients = sweep(anchors, positives, tao, negatives, objective, asked, weight)
        is_number = not isinstance(tao, Tensor)
        ctx.save_for_backward(anchors, positives, None if is_number else tao, *gradients)
        ctx.setting = sweep, tao if is_number else None, negatives, objective, scale
        return found if scale is None else found.sum() * scale

    @staticmethod
    def backward(ctx: Any, upstream: Tensor) -> tuple[Tensor | None, ...]:
        anchors, positives, tao, *gradients = ctx.saved_tensors
        sweep, number, negatives, objective, scale = ctx.setting
        tao, asked = number if tao is None else tao, ctx.needs_input_grad[1:4]
        if torch.is_grad_enabled():  # create_graph=True: second derivatives
            exact = in_working_precision(anchors), in_working_precision(positives), tao
            gradients = plain.gradients(*exact, negatives, objective, scale, asked, upstream)
        elif scale is None:
            _, gradients = sweep(anchors, positives, tao, negatives, objective, asked, upstream)
        else:
            gradients = [None if one is None else one * upstream for one in gradients]
        # float32 for half rows too, and autograd casts: float16 may lose 1/n of a gradient that 1/n · upstream saves
        return None, *gradients, None, None, None
