"""The loss in two passes over tiles in on-chip memory: for a GPU, with memory linear in n.

The row pass compares each block of anchors with all positives, as attention compares queries with keys: it keeps a
running logsumexp, and the sum of the positives weighted by their shares (two products; one without gradients).
The column pass compares each block of positives with all anchors, and computes the weights again from one number a row
(two products). No two programs write to the same place, and the order is fixed: the same input gives the same bits.

Tiles are multiplied in the rows' dtype, all else is float32. This has run under Triton's interpreter and has been
compiled for compute capabilities 8.0 to 12.0, but not run on a GPU yet: tiles are sized by what fits, not by time.
"""

from functools import partial
from typing import Any, assert_never

import torch
import triton
from torch import Tensor

from npair_viz.losses.kernels.negatives import Negatives
from npair_viz.losses.kernels.swept import Asked, Gradients, Tao, losses_by
from npair_viz.losses.kernels.triton_passes import INTERPRETED, column_pass, row_pass
from npair_viz.losses.objectives import Objective

DTYPES = (torch.float32, torch.bfloat16, torch.float16)
WIDEST = 1024  # numbers a row, since a tile holds whole rows
LOG2E = 1.4426950408889634


def _check(rows: Tensor) -> None:
    if rows.dtype not in DTYPES:
        raise TypeError(
            f'the triton kernel takes float32, bfloat16 or float16 rows, got {rows.dtype}: use kernel="streaming"'
        )
    if rows.shape[1] > WIDEST:
        raise ValueError(
            f'the triton kernel takes at most {WIDEST} numbers a row, got {rows.shape[1]}: use kernel="streaming"'
        )
    if not (rows.is_cuda or INTERPRETED):
        raise ValueError(f'the triton kernel takes rows on a GPU, got them on {rows.device}: use kernel="streaming"')


def _sweep(
    anchors: Tensor,
    positives: Tensor,
    tao: Tao,
    negatives: Negatives,
    objective: Objective,
    asked: Asked,
    weights: float | Tensor,
) -> tuple[Tensor, Gradients]:
    """Losses (m,), and where asked the gradients of Σ_i weight_i · loss_i, in float32; one weight for all, or (m,)."""
    _check(positives)
    m, n, valid = len(anchors), len(positives), negatives.valid_anchors(anchors)
    anchors, positives = anchors.contiguous(), positives.contiguous()
    found, levels, masses = (anchors.new_empty(m, dtype=torch.float32) for _ in range(3))
    factors = torch.ones_like(found) * weights / tao
    if valid is not None:
        factors = factors.where(valid, 0.0)
    on_anchors = torch.empty_like(anchors, dtype=torch.float32) if asked[0] or asked[2] else None
    on_positives = torch.zeros_like(positives, dtype=torch.float32) if asked[1] else None
    steepness = anchors.new_full((1,), LOG2E, dtype=torch.float32) / tao
    inputs = anchors, positives, *_masks(negatives), steepness
    setting = _setting(anchors, positives, negatives, objective)
    with torch.cuda.device_of(anchors):  # type: ignore[no-untyped-call]  # torch leaves it untyped
        if m:
            row_pass[_blocks(m, setting)](*inputs, factors, found, levels, masses, on_anchors, **setting)
        if m and on_positives is not None:
            pulls = masses * factors
            pushes = pulls if setting["is_mc"] else factors
            column_pass[_blocks(n - negatives.fixed, setting)](*inputs, levels, pushes, pulls, on_positives, **setting)
    on_tao = -(anchors * on_anchors).sum() / tao if asked[2] and on_anchors is not None else None
    return found if valid is None else found.where(valid, 0.0), (on_anchors if asked[0] else None, on_positives, on_tao)


def _masks(negatives: Negatives) -> tuple[Tensor | None, Tensor | None]:
    labels, valid = negatives.labels, negatives.valid
    return None if labels is None else labels.contiguous(), None if valid is None else valid.to(torch.uint8)


def _setting(anchors: Tensor, positives: Tensor, negatives: Negatives, objective: Objective) -> dict[str, Any]:
    """The keyword arguments of both passes: sizes, tiles and how to multiply."""
    dtype, d = anchors.dtype, anchors.shape[1]
    width = max(16, triton.next_power_of_2(d))
    is_mc = _is_mc(objective)
    held, passing = _tiles(dtype, width, is_mc)
    is_rough = dtype == torch.float16 or torch.backends.cuda.matmul.fp32_precision == "tf32"
    sizes = {"m": len(anchors), "n": len(positives), "first": negatives.first, "d": d}
    tiles = {"width": width, "held": held, "passing": passing, "num_warps": 8, "num_stages": 2}
    how = {"is_mc": is_mc, "precision": "tf32" if is_rough else "ieee", "interpreted": INTERPRETED}
    return sizes | tiles | how | {"enable_fp_fusion": True}


def _is_mc(objective: Objective) -> bool:
    """The objective as the passes take it."""
    if objective == "mc":
        return True
    if objective == "ovo":
        return False
    assert_never(objective)


def _tiles(dtype: torch.dtype, width: int, is_mc: bool) -> tuple[int, int]:
    """Rows that a program holds, and rows that it reads at a time: at most 32 kB of each, which fit in registers."""
    if INTERPRETED:  # so that few rows make several blocks
        return 16, 32
    side = max(16, 2**15 // (width * dtype.itemsize))
    held = 64 if dtype == torch.float32 else 128
    passing = 128 if dtype == torch.bfloat16 and is_mc else held // 2
    return min(side, held), min(side, passing)


def _blocks(rows: int, setting: dict[str, Any]) -> tuple[int]:
    return (triton.cdiv(rows, setting["held"]),)


# The same as `plain.losses`, in float32; without `scale` backward repeats the row pass.
losses = partial(losses_by, _sweep)
