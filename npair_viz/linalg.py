"""Rows of embeddings: their working precision, their unit images, their squared norms, their products."""

from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function

HALVES = (torch.bfloat16, torch.float16)


def unit_rows(rows: Tensor, *, fused: bool = False) -> Tensor:
    """Rows (b, d) divided by their lengths: e / ‖e‖. A zero row stays zero and gets zero gradient.

    Half precision becomes float32. No length over- or underflows: each row is first divided by its largest entry.
    `fused`: fewer operations, for backward alone, once or twice; torch.func and forward mode can't go through.

    >>> unit_rows(torch.tensor([[3.0, 4.0], [0.0, 0.0]]))
    tensor([[0.6000, 0.8000],
            [0.0000, 0.0000]])
    """
    rows = in_working_precision(rows)
    if rows.shape[1] == 0:
        return rows
    if fused and not torch.compiler.is_compiling():
        units: Tensor = _UnitRows.apply(rows)  # type: ignore[no-untyped-call]  # torch leaves it untyped
        return units
    rows = rows / _largest(rows.detach())  # a constant: e / ‖e‖ does not depend on it
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
        if torch.is_grad_enabled():  # somebody wants derivatives of these derivatives
            found: Tensor
            (found,) = torch.autograd.grad(unit_rows(rows), rows, upstream, create_graph=True)
            return found
        along = (upstream * units).sum(dim=1, keepdim=True)
        return torch.addcmul(upstream, units, along, value=-1).div_(lengths)


def _largest(rows: Tensor) -> Tensor:
    """The size of each row's largest entry, (b, 1); infinite for a zero row, whose gradient it divides."""
    largest = rows.abs().amax(dim=1, keepdim=True)
    return largest.masked_fill_(largest == 0, torch.inf)


def _lengths(rows: Tensor) -> Tensor:
    """The length of each row, (b, 1), whose largest entry has size 1; of a zero row 1."""
    lengths: Tensor = torch.linalg.vector_norm(rows, dim=1, keepdim=True)
    return lengths.clamp_min(1)


def in_working_precision(rows: Tensor) -> Tensor:
    """Half-precision rows in float32, others as they are."""
    return rows.float() if rows.dtype in HALVES else rows


def squared_norms(anchors: Tensor, positives: Tensor) -> Tensor:
    """‖a_i‖² + ‖p_i‖² of each pair, (n,), in working precision."""
    anchors, positives = in_working_precision(anchors), in_working_precision(positives)
    return anchors.square().sum(dim=1) + positives.square().sum(dim=1)


def product(left: Tensor, right: Tensor) -> Tensor:
    """left (m, k) @ right (k, n) in their own precision, under autocast too: half of it makes ties of near ones."""
    found = torch.mm(left, right)
    if found.dtype != left.dtype:  # autocast was on; to ask before would take longer than all checks of the loss
        with torch.autocast(left.device.type, enabled=False):
            found = torch.mm(left, right)
    return found
