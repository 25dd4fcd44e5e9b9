"""How well embeddings serve: what the loss is for, and does not say itself."""

import torch
from torch import Tensor

from npair_viz.checks import check_count, check_labels, check_rows
from npair_viz.rows import unit_rows

BLOCK_ENTRIES = 2**24  # similarities held at a time


def recall_at_k(embeddings: Tensor, labels: Tensor, k: int = 1) -> float:
    """The share of rows that have a row of their own class among their k nearest by cosine: Recall@k, 0 to 1.

    mean_i [any of the k largest e_i·e_j / (‖e_i‖ ‖e_j‖), j ≠ i, has label_j = label_i]

    Shapes: embeddings (b, d), labels (b,). Rows are compared in blocks, so b × b is never held.
    Errors: ValueError where there are not more than k rows.
    Source: the measure of Sohn (2016), section 4.3; tests compare with a loop.

    >>> recall_at_k(torch.tensor([[1.0, 0.0], [0.9, 0.1], [0.0, 1.0]]), torch.tensor([3, 3, 8]))
    0.6666666666666666
    """
    check_rows("embeddings", embeddings)
    check_labels("labels", labels, len(embeddings))
    if len(embeddings) <= check_count("k", k):
        raise ValueError(f"k must be smaller than the number of rows, {len(embeddings)}, got {k}")
    rows = unit_rows(embeddings.detach())
    numbers = torch.arange(len(rows), device=rows.device)
    hits = []
    for block in torch.split(numbers, max(1, BLOCK_ENTRIES // len(rows))):
        similarities = (rows[block] @ rows.T).masked_fill(block.unsqueeze(1) == numbers, -torch.inf)
        nearest = similarities.topk(k, dim=1).indices
        hits.append((labels[nearest] == labels[block].unsqueeze(1)).any(dim=1))
    return torch.cat(hits).double().mean().item()
