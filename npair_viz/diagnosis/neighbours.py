"""The nearest rows of some rows among all, by cosine, in blocks."""

from dataclasses import dataclass

import torch
from torch import Tensor

from npair_viz.data.neighbours import VOTERS, blocks
from npair_viz.diagnosis.embeddings import seeded_sample

QUERIES = 2000  # most rows that are looked up among all
DEEP_QUERIES, DEEPEST = 500, 1000  # most rows whose MAP@R is measured, and most nearest rows that it looks at


@dataclass(frozen=True, eq=False)
class Neighbours:
    """The nearest of some rows among all.

    Attributes:
        queries: (q,), which rows were looked up.
        nearest: (q, 15), the rows nearest to each by cosine, not itself, the nearest first.
        deep_queries: (m,), some of them, looked up as deep as their classes are large.
        deep: (m, k), likewise.
        farthest: (m,), the row farthest from each of these.
        total: The number of all rows.
    """

    queries: Tensor
    nearest: Tensor
    deep_queries: Tensor
    deep: Tensor
    farthest: Tensor
    total: int

    @property
    def sample(self) -> str:
        """How many rows were looked up, in words."""
        q = len(self.queries)
        return f"all {self.total:,} rows" if q == self.total else f"{q:,} of {self.total:,} rows against all"


def neighbours(units: Tensor, largest: int) -> Neighbours:
    """Look up at most 2,000 of the unit rows (b, d) among all; `largest`: the rows of the largest class."""
    b = len(units)
    queries = seeded_sample(b, QUERIES).to(units.device)
    deep_queries = queries[seeded_sample(len(queries), DEEP_QUERIES).to(units.device)]
    nearest = _nearest(units, queries, min(VOTERS, b - 1))
    farthest = torch.empty_like(deep_queries)
    deep = _nearest(units, deep_queries, min(max(largest - 1, 1), DEEPEST, b - 1), farthest)
    return Neighbours(queries, nearest, deep_queries, deep, farthest, b)


def _nearest(units: Tensor, queries: Tensor, k: int, farthest: Tensor | None = None) -> Tensor:
    # made at once: small results between large blocks would keep freed memory in pieces
    found = torch.empty(len(queries), k, dtype=torch.int64, device=units.device)
    for block, similarities in blocks(units[queries], units):
        if farthest is not None:
            farthest[block] = similarities.argmin(dim=1)
        similarities[torch.arange(len(block), device=units.device), queries[block]] = -torch.inf
        found[block] = similarities.topk(k, dim=1).indices
    return found
