"""A temperature that is learned: the range that it is held in, and the gradient that leads back into it."""

import math
from collections.abc import Sequence
from typing import Any, TypeGuard

import torch
from torch import Tensor
from torch.autograd import Function

from npair_viz.linalg import in_working_precision
from npair_viz.validation import as_number, check_tao

TAO_RANGE = (0.01, 100.0)
ROUNDING = 1e-6  # a float32 that was read at a bound may lie just outside


def check_tao_range(tao_range: Sequence[float]) -> tuple[float, float]:
    """Return `tao_range` as two floats; raise unless 0 < smallest < largest < inf."""
    if not isinstance(tao_range, Sequence) or isinstance(tao_range, str) or len(tao_range) != 2:
        raise TypeError(f"tao_range must be two numbers, the smallest and the largest tao, got {tao_range!r:.60}")
    low, high = (as_number("tao_range", bound) for bound in tao_range)
    if not 0 < low < high < math.inf:
        raise ValueError(f"tao_range must rise from above 0 and be finite, got ({low:g}, {high:g})")
    return low, high


def check_in_range(tao: float | Tensor, tao_range: tuple[float, float]) -> float:
    """Return a tao that will be learned as a number; raise outside `tao_range`. Waits for the device."""
    check_tao(tao)
    value, (low, high) = as_number("tao", tao.item() if isinstance(tao, Tensor) else tao), tao_range
    if not low * (1 - ROUNDING) <= value <= high * (1 + ROUNDING):
        raise ValueError(
            f"tao must lie in tao_range, from {low:g} to {high:g}, where it is learned, got {value:g}: "
            "start inside, or widen tao_range"
        )
    return value


def check_gives_value(tao: object) -> None:
    """Raise where `tao` asks for a gradient, which a module that learns its own log_tao would never give."""
    if isinstance(tao, Tensor) and tao.requires_grad:
        raise ValueError(
            "tao must be a number, or a tensor without gradient, with learn_tao=True, got one that requires a "
            "gradient: the module learns log_tao, its own; pass tao.detach(), and loss.parameters() to the optimizer"
        )


def first_log_tao(tao: float | Tensor, tao_range: tuple[float, float]) -> Tensor:
    """The logarithm that a module starts to learn from, on the device of `tao`, never in half precision."""
    check_gives_value(tao)
    log_tao = math.log(check_in_range(tao, tao_range))
    return in_working_precision(tao).log().fill_(log_tao) if isinstance(tao, Tensor) else torch.tensor(log_tao)


def is_stepped(tao: object) -> TypeGuard[Tensor]:
    """Whether an optimizer may step `tao` itself, and past 0: an nn.Parameter, or what else is a leaf of the graph."""
    return isinstance(tao, Tensor) and tao.requires_grad and tao.is_leaf


def learned(log_tao: Tensor, tao_range: tuple[float, float]) -> Tensor:
    """exp(log_tao), held in `tao_range`.

    >>> learned(torch.tensor(-9.0), (0.01, 100.0))
    tensor(0.0100)
    """
    low, high = tao_range
    return held(log_tao, (math.log(low), math.log(high))).exp()


def held(value: Tensor, bounds: tuple[float, float]) -> Tensor:
    """`value` clamped to `bounds`, in working precision; at a bound and past it, gradients that lead back inside flow.

    torch.clamp gives no gradient past a bound: what momentum carried there would stay for ever.
    """
    found: Tensor = _Held.apply(in_working_precision(value), *bounds)  # type: ignore[no-untyped-call]  # torch's
    return found


class _Held(Function):
    generate_vmap_rule = True

    @staticmethod
    def forward(value: Tensor, low: float, high: float) -> Tensor:
        return value.clamp(low, high)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor, float, float], output: Tensor) -> None:
        _, ctx.low, ctx.high = inputs
        ctx.save_for_backward(output)

    @staticmethod
    def backward(ctx: Any, upstream: Tensor) -> tuple[Tensor, None, None]:
        (found,) = ctx.saved_tensors
        leads_out = (found <= ctx.low) & (upstream > 0) | (found >= ctx.high) & (upstream < 0)  # a step goes against it
        return upstream.masked_fill(leads_out, 0), None, None
