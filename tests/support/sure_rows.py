"""Rows in float32 whose anchors are sure of their partners: losses of 1e-9 and 1e-7 at a small tao."""

import torch
from torch import Tensor
from torch.nn.functional import normalize


def sure_rows(n: int, seed: int) -> tuple[Tensor, Tensor]:
    """Two rows (2n, 64) of each of n classes, all but the same, and their labels (2n,)."""
    generator = torch.Generator().manual_seed(seed)
    rows = normalize(torch.randn(n, 64, generator=generator))
    return torch.cat([rows, rows + 0.02 * torch.randn(n, 64, generator=generator)]), torch.arange(n).repeat(2)
