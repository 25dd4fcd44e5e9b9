"""A healthy batch for the doctor, and one with a single row changed."""

import torch
from torch import Tensor
from torch.nn import functional

N, D = 24, 40
LABELS = torch.arange(N).repeat(2)


def healthy(n: int = N, d: int = D, rows: int = 2, noise: float = 0.5, seed: int = 0) -> Tensor:
    """A cloud around each of n centres, (rows·n, d): each class has a direction of its own."""
    generator = torch.Generator().manual_seed(seed)
    centres = functional.normalize(torch.randn(n, d, generator=generator))
    return centres.repeat(rows, 1) + noise * torch.randn(rows * n, d, generator=generator) / d**0.5


def changed(row: int, value: float) -> Tensor:
    rows = healthy()
    rows[row] = value
    return rows
