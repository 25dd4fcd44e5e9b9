"""The least similar two rows of each class, found block by block."""

import torch
from torch import Tensor

from npair_viz.linalg import product

BLOCK_ENTRIES = 2**20  # most similarities in memory at a time: 4 MB in float32
MIN_BLOCK = 128  # rows; smaller blocks cost more in calls than they save in products


def hardest_partners(keys: Tensor, order: Tensor, start: Tensor, rows: Tensor, per_class: int) -> Tensor:
    """For each row its positive if it is an anchor, else -1: each round pairs the least similar free rows of a class.

    Args:
        keys: (b,) labels in ascending order.
        order: (b,) the row that each key belongs to.
        start: (b,) the position at which the class of each key begins.
        rows: (b, d) embeddings in the order of the batch.
        per_class: How many rounds.

    Returns:
        (b,) in the order of the batch, with the dtype of `order`.
    """
    rows, position = rows.index_select(0, order), torch.arange(len(order), device=order.device)
    partner, free = torch.full_like(order, -1), torch.ones_like(order, dtype=torch.bool)
    for _ in range(per_class):
        least, other = _least_similar(rows, keys, free)
        by_value = least.argsort(stable=True)
        by_class_and_value = by_value.take(keys.take(by_value).argsort(stable=True))
        winner = by_class_and_value.index_select(0, start)  # the position with the smallest value of each one's class
        found = least.take(winner).isfinite()
        is_anchor, is_positive = found & (position == winner), found & (position == other.take(winner))
        partner = torch.where(is_anchor, other, partner)
        free = free.masked_fill(is_anchor | is_positive, False)
    return torch.empty_like(order).scatter(0, order, torch.where(partner >= 0, order.take(partner), -1))


def _least_similar(rows: Tensor, keys: Tensor, free: Tensor) -> tuple[Tensor, Tensor]:
    """For each row its smallest similarity to a later free row of its class, inf if there is none, and that row."""
    b, limits = len(rows), torch.finfo(rows.dtype)
    least, other = [], []
    start = 0
    while start < b:
        size, width = _block(keys, start)
        block, block_keys, block_free = (part.narrow(0, start, size) for part in (rows, keys, free))
        later, later_keys, later_free = (part.narrow(0, start, width) for part in (rows, keys, free))
        may_pair = (block_keys.unsqueeze(1) == later_keys) & block_free.unsqueeze(1) & later_free
        # a row of NaN is chosen, so that the loss shows it: left out, it would hide for ever
        numbers = product(block, later.mT).nan_to_num(limits.min, limits.max, limits.min)
        value, column = torch.where(may_pair.triu(1), numbers, torch.inf).min(dim=1)
        least.append(value)
        other.append(column + start)
        start += size
    return torch.cat(least), torch.cat(other)


def _block(keys: Tensor, start: int) -> tuple[int, int]:
    """How many rows the next block has, and with how many rows from `start` on it is compared.

    That is all of them, or, where keys can be read for free, those of the block's own classes.
    """
    remaining = len(keys) - start
    size, width = min(remaining, max(1, BLOCK_ENTRIES // len(keys))), remaining
    limit = remaining
    while size < min(limit, remaining) and reading_is_free(keys):
        larger = min(2 * size, remaining)
        first_end, last_end = (torch.searchsorted(keys, keys[[start, start + larger - 1]], right=True) - start).tolist()
        if larger * last_end > BLOCK_ENTRIES:
            break
        limit = max(MIN_BLOCK, 2 * first_end)  # with small classes a larger block would compare rows of other classes
        size, width = larger, last_end
    return size, width


def reading_is_free(keys: Tensor) -> bool:
    """Whether values can be read without waiting for a device."""
    return keys.device.type == "cpu" and not torch.compiler.is_compiling()
