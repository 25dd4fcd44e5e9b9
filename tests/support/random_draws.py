"""What tests of random choices share: seeds, the rows of each class, and a measure of how even a count is."""

from collections import Counter

import torch
from torch import Tensor

WIDTHS = [torch.int8, torch.int16, torch.int32, torch.int64, torch.uint8, torch.uint16, torch.uint32, torch.uint64]


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def rows_by_class(labels: Tensor) -> dict[int, list[int]]:
    rows: dict[int, list[int]] = {}
    for row, label in enumerate(labels.tolist()):
        rows.setdefault(label, []).append(row)
    return rows


def chi_square(counts: Counter[object], outcomes: list[object]) -> float:
    """How far the counts are from even ones; an outcome that can't be is an error."""
    expected = counts.total() / len(outcomes)
    assert set(counts) <= set(outcomes)
    return sum((counts[outcome] - expected) ** 2 / expected for outcome in outcomes)
