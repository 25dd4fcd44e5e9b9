"""Who is nearest to whom, over all rows, by blocks: no table of all similarities is ever in memory."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from npair_viz.linalg import in_working_precision, unit_rows

ENTRIES = 2**23  # of the largest table in memory, 32 MB
SPARE = 16  # so many more rows are compared again in float64, since float32 may order near ties wrongly
VOTERS = 15  # the nearest rows that agree or disagree with a row's class


@dataclass(frozen=True, eq=False)
class Nearest:
    """The rows nearest to one row, the nearest first.

    Attributes:
        own: (k,) rows of its own class, fewer where there are fewer.
        own_cosines: (k,) float64.
        others: (k,) rows of other classes.
        others_cosines: (k,) float64.
    """

    own: Tensor
    own_cosines: Tensor
    others: Tensor
    others_cosines: Tensor


@dataclass(frozen=True, eq=False)
class Looked:
    """What some rows have nearest to them among all rows.

    Attributes:
        rows: (m,) the rows that were looked at.
        own: (m,) the nearest row of its own class; −1 where there is none.
        own_cosines: (m,), −∞ where there is none.
        others: (m,) the nearest row of another class; −1 where there is none.
        others_cosines: (m,), −∞ where there is none.
        disagreement: (m,) the part of the VOTERS nearest rows that is of other classes.
    """

    rows: Tensor
    own: Tensor
    own_cosines: Tensor
    others: Tensor
    others_cosines: Tensor
    disagreement: Tensor

    @property
    def doubt(self) -> Tensor:
        """Cosine of the nearest row of another class − cosine of the nearest of its own; NaN without both."""
        doubt = self.others_cosines - self.own_cosines
        return doubt.masked_fill(doubt.isinf(), torch.nan)

    @property
    def order(self) -> Tensor:
        """Places of the rows that have both, the most doubtful first."""
        order = self.doubt.nan_to_num(-torch.inf).argsort(descending=True, stable=True)
        return order[: int(self.doubt.isfinite().sum())]

    @property
    def suspects(self) -> Tensor:
        """The rows that have both, the most doubtful first."""
        return self.rows[self.order]


def unit_copy(rows: Tensor, dtype: torch.dtype | None = None) -> Tensor:
    """Rows (b, d) of length 1, detached, made by blocks: beside them there is only this copy in memory.

    Args:
        rows: (b, d).
        dtype: Of the copy; None for that of the rows, float32 for half precision.

    >>> unit_copy(torch.tensor([[3.0, 4.0]]))
    tensor([[0.6000, 0.8000]])
    """
    rows = rows.detach()
    kind = in_working_precision(rows[:0]).dtype if dtype is None else dtype
    units = torch.empty_like(rows, dtype=kind, memory_format=torch.contiguous_format)
    step = max(2**18 // max(rows.shape[1], 1), 1)
    for start in range(0, len(rows), step):
        units[start : start + step] = unit_rows(rows[start : start + step])
    return units


def blocks(left: Tensor, right: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    """Row numbers of the left (m,) and their products with all rows of the right (m, r), some at a time."""
    numbers = torch.arange(len(left), device=left.device)
    for block in torch.split(numbers, max(1, ENTRIES // max(len(right), 1))):
        yield block, left[block] @ right.T


def nearest(
    rows: Tensor, units: Tensor, labels: Tensor, row: int, k: int = 10, *, sides: Tensor | None = None
) -> Nearest:
    """The k rows of its own class and the k rows of other classes with the largest cosines to a row.

    Args:
        rows: (b, d), all rows.
        units: (b, d), their unit copy.
        labels: (b,).
        row: The row.
        k: How many of each.
        sides: (b,), of pairs the side of each row: only rows of the other side are compared; None compares all.

    Returns:
        The nearest rows; equally near ones in their order.

    >>> rows = torch.tensor([[1.0, 0.0], [1.0, 0.1], [1.0, 0.2], [0.0, 1.0]])
    >>> found = nearest(rows, unit_copy(rows), torch.tensor([0, 1, 0, 1]), row=0)
    >>> found.own.tolist(), found.others.tolist()
    ([2], [1, 3])
    """
    cosines, is_own = units @ units[row], labels == labels[row]
    if sides is not None:
        cosines.masked_fill_(sides == sides[row], -torch.inf)
    others = cosines.masked_fill(is_own, -torch.inf)
    cosines.masked_fill_(~is_own, -torch.inf)[row] = -torch.inf
    return Nearest(*_best(cosines, rows, row, k), *_best(others, rows, row, k))


def _best(cosines: Tensor, rows: Tensor, row: int, k: int) -> tuple[Tensor, Tensor]:
    values, found = cosines.topk(min(k + SPARE, len(cosines)))
    found = found[values > -torch.inf].sort().values
    anchor, *compared = unit_rows(rows[torch.cat([found.new_tensor([row]), found])].double())
    exact = torch.stack(compared) @ anchor if compared else anchor.new_empty(0)
    order = exact.argsort(descending=True, stable=True)[:k]
    return found[order], exact[order]


def look(units: Tensor, labels: Tensor, chosen: Tensor, *, sides: Tensor | None = None) -> Iterator[Looked]:
    """Look at some rows (m,) among all, or of pairs among the other side, by blocks; `together` joins the blocks."""
    voting = min(VOTERS, len(units) - 1 if sides is None else len(units) // 2)
    for block, cosines in blocks(units[chosen], units):
        rows = chosen[block]
        cosines.scatter_(1, rows.unsqueeze(1), -torch.inf)
        if sides is not None:
            cosines.masked_fill_(sides[rows].unsqueeze(1) == sides, -torch.inf)
        is_own = labels[rows].unsqueeze(1) == labels
        voters = cosines.topk(voting).indices
        disagreement = 1 - is_own.gather(1, voters).float().mean(dim=1)
        own_cosines, own = cosines.masked_fill(~is_own, -torch.inf).max(dim=1)
        others_cosines, others = cosines.masked_fill_(is_own, -torch.inf).max(dim=1)
        own.masked_fill_(own_cosines.isinf(), -1)
        others.masked_fill_(others_cosines.isinf(), -1)
        yield Looked(rows, own, own_cosines, others, others_cosines, disagreement)


def together(parts: list[Looked]) -> Looked:
    """All blocks as one."""
    return Looked(*(torch.cat([getattr(part, name) for part in parts]) for name in Looked.__dataclass_fields__))
