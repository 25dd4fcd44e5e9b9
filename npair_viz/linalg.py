"""Rows of embeddings: their working precision, unit vectors, squared norms and products."""

from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function, forward_ad

HALVES = (torch.bfloat16, torch.float16)


def is_transformed() -> bool:
    """Whether torch.func or forward mode is at work, which know no kernels of ours.

    >>> is_transformed(), torch.func.vmap(lambda row: row * is_transformed())(torch.ones(2))
    (False, tensor([1., 1.]))
    """
    # torch asks itself so, too, and says it nowhere else
    return torch._C._are_functorch_transforms_active() or forward_ad._current_level >= 0


def is_traced() -> bool:
    """Whether plain operations alone will do: under torch.compile, torch.func and forward mode."""
    return torch.compiler.is_compiling() or is_transformed()


def unit_rows(rows: Tensor, *, fused: bool = False) -> Tensor:
    """Rows (b, d) divided by their lengths: e / ‖e‖. A zero row stays zero and gets zero gradient.

    No length over- or underflows: each row is first divided by its largest entry.

    Args:
        rows: (b, d).
        fused: Fewer operations where `is_traced` allows it, for first and second derivatives by backward.

    Returns:
        (b, d), float32 for half precision.

    >>> unit_rows(torch.tensor([[3.0, 4.0], [0.0, 0.0]]))
    tensor([[0.6000, 0.8000],
            [0.0000, 0.0000]])
    """
    rows = in_working_precision(rows)
    if rows.shape[1] == 0:
        return rows
    if fused and not is_traced():
        units: Tensor = _UnitRows.apply(rows)  # type: ignore[no-untyped-call]  # torch leaves it untyped
        return units
    rows = rows / _largest(rows.detach())  # detached, since e / ‖e‖ does not depend on it
    return rows / _lengths(rows)


class _UnitRows(Function):
    @staticmethod
    def forward(ctx: Any, rows: Tensor) -> Tensor:
        largest = _largest(rows)
        units = rows / largest
        lengths = _lengths(units)
        units.div_(lengths)
        ctx.save_for_backward(rows, units, lengths.mul_(largest))
        return units

    @staticmethod
    def backward(ctx: Any, upstream: Tensor) -> Tensor:
        rows, units, lengths = ctx.saved_tensors
        if torch.is_grad_enabled():  # create_graph=True: second derivatives
            found: Tensor
            (found,) = torch.autograd.grad(unit_rows(rows), rows, upstream, create_graph=True)
            return found
        along = (upstream * units).sum(dim=1, keepdim=True)
        return torch.addcmul(upstream, units, along, value=-1).div_(lengths)


def _largest(rows: Tensor) -> Tensor:
    """The size of each row's largest entry, (b, 1); inf for a zero row, which so gets a zero gradient."""
    largest = rows.abs().amax(dim=1, keepdim=True)
    return largest.masked_fill_(largest == 0, torch.inf)


def _lengths(rows: Tensor) -> Tensor:
    """The lengths (b, 1) of rows whose largest entries have size 1; 1 for a zero row."""
    lengths: Tensor = torch.linalg.vector_norm(rows, dim=1, keepdim=True)
    return lengths.clamp_min(1)


def in_working_precision(rows: Tensor) -> Tensor:
    """Half-precision rows in float32, others as they are."""
    return rows.float() if rows.dtype in HALVES else rows


def squared_norms(anchors: Tensor, positives: Tensor) -> Tensor:
    """‖a_i‖² + ‖p_i‖² of each pair, (n,), in working precision."""
    anchors, positives = in_working_precision(anchors), in_working_precision(positives)
    return anchors.square().sum(dim=1) + positives.square().sum(dim=1)


def moved(values: Tensor, device: torch.device, dtype: torch.dtype | None = None) -> Tensor:
    """`values` on `device`, on the way to which nothing waits; the same tensor where there is nothing to do."""
    if values.device == device and (dtype is None or values.dtype == dtype):
        return values
    # non_blocking is safe for host-to-device copies only
    return values.to(device, dtype or values.dtype, non_blocking=device.type == "cuda")


def own_copy(values: Tensor, device: torch.device, dtype: torch.dtype | None = None) -> Tensor:
    """`values` on `device`, in memory that nobody else writes to."""
    there = moved(values, device, dtype)
    return there.clone() if there is values else there


def product(left: Tensor, right: Tensor) -> Tensor:
    """left (m, k) @ right (k, n) in their own dtype, under autocast too: in half precision close values would tie."""
    found = torch.mm(left, right)
    if found.dtype != left.dtype:  # autocast is on; to ask torch first would be slower
        with torch.autocast(left.device.type, enabled=False):
            found = torch.mm(left, right)
    return found
