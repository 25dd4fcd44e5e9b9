"""The least similar two rows of each class, found block by block."""

import torch
from torch import Tensor

from npair_viz.linalg import product

BLOCK_ENTRIES = 2**20  # similarities held at a time: 4 MB in float32
FEW_ROWS = 128  # fewer are not worth a block of their own


def hardest_partners(keys: Tensor, order: Tensor, start: Tensor, rows: Tensor, per_class: int) -> Tensor:
    """Per row, the positive that it takes as an anchor or -1: each round pairs a class' least similar free rows.

    keys (b,): the classes in ascending order; order (b,): the rows that have them; start (b,): where a key's class
    begins.
    """
    rows, position = rows.index_select(0, order), torch.arange(len(order), device=order.device)
    partner, free = torch.full_like(order, -1), torch.ones_like(order, dtype=torch.bool)
    for _ in range(per_class):
        least, other = _least_similar(rows, keys, free)
        by_value = least.argsort(stable=True)
        by_class_and_value = by_value.take(keys.take(by_value).argsort(stable=True))
        winner = by_class_and_value.index_select(0, start)  # of a position's class
        found = least.take(winner).isfinite()
        is_anchor, is_positive = found & (position == winner), found & (position == other.take(winner))
        partner = torch.where(is_anchor, other, partner)
        free = free.masked_fill(is_anchor | is_positive, False)
    return torch.empty_like(order).scatter(0, order, torch.where(partner >= 0, order.take(partner), -1))


def _least_similar(rows: Tensor, keys: Tensor, free: Tensor) -> tuple[Tensor, Tensor]:
    """Per row, its smallest similarity to a later free row of its class (inf where there is none), and that row."""
    b, limits = len(rows), torch.finfo(rows.dtype)
    least, other = [], []
    start = 0
    while start < b:
        size, width = _block(keys, start)
        block, block_keys, block_free = (part.narrow(0, start, size) for part in (rows, keys, free))
        later, later_keys, later_free = (part.narrow(0, start, width) for part in (rows, keys, free))
        alike = (block_keys.unsqueeze(1) == later_keys) & block_free.unsqueeze(1) & later_free
        numbers = product(block, later.mT).nan_to_num(limits.max, limits.max, limits.min)
        value, column = torch.where(alike.triu(1), numbers, torch.inf).min(dim=1)
        least.append(value)
        other.append(column + start)
        start += size
    return torch.cat(least), torch.cat(other)


def _block(keys: Tensor, start: int) -> tuple[int, int]:
    """How many rows to compare next, and with how many from `start` on: with all, or with those of their classes."""
    left = len(keys) - start
    size, width = min(left, max(1, BLOCK_ENTRIES // len(keys))), left
    enough = left
    while size < min(enough, left) and may_look(keys):
        more = min(2 * size, left)
        first, reach = (torch.searchsorted(keys, keys[[start, start + more - 1]], right=True) - start).tolist()
        if more * reach > BLOCK_ENTRIES:
            break
        enough = max(FEW_ROWS, 2 * first)  # of many small classes a large block would compare strangers
        size, width = more, reach
    return size, width


def may_look(keys: Tensor) -> bool:
    """Whether a look at values costs no waiting."""
    return keys.device.type == "cpu" and not torch.compiler.is_compiling()
