"""Rows of embeddings: their working precision, their unit images, their squared norms."""

import torch
from torch import Tensor

HALVES = (torch.bfloat16, torch.float16)


def unit_rows(rows: Tensor) -> Tensor:
    """Rows (b, d) divided by their lengths: e / ‖e‖. A zero row stays zero and gets zero gradient.

    Half precision becomes float32. No length over- or underflows: each row is first divided by its largest entry.

    >>> unit_rows(torch.tensor([[3.0, 4.0], [0.0, 0.0]]))
    tensor([[0.6000, 0.8000],
            [0.0000, 0.0000]])
    """
    rows = in_working_precision(rows)
    if rows.shape[1] == 0:
        return rows
    largest = rows.detach().abs().amax(dim=1, keepdim=True)
    rows = rows / largest.masked_fill(largest == 0, torch.inf)  # a constant: e / ‖e‖ does not depend on it
    lengths: Tensor = torch.linalg.vector_norm(rows, dim=1, keepdim=True)
    return rows / lengths.clamp_min(1)


def in_working_precision(rows: Tensor) -> Tensor:
    """Half-precision rows in float32, others as they are."""
    return rows.float() if rows.dtype in HALVES else rows


def squared_norms(anchors: Tensor, positives: Tensor) -> Tensor:
    """‖a_i‖² + ‖p_i‖² of each pair, (n,), in working precision."""
    anchors, positives = in_working_precision(anchors), in_working_precision(positives)
    return anchors.square().sum(dim=1) + positives.square().sum(dim=1)


def similarities(rows: Tensor, others: Tensor) -> Tensor:
    """rᵢ·oⱼ of each row with each of the others, (b, m), in the rows' own precision."""
    with torch.autocast(rows.device.type, enabled=False):  # half precision would make ties of near neighbours
        return rows @ others.mT
