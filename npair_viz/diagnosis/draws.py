"""Several draws of pairs, as the loss would draw them, on which loss and temperature are measured."""

import warnings
from dataclasses import dataclass

import torch
from torch import Tensor

from npair_viz.data.neighbours import unit_copy
from npair_viz.diagnosis.embeddings import SAMPLE, SEED, seeded_sample
from npair_viz.diagnosis.settings import Settings
from npair_viz.linalg import in_working_precision, product
from npair_viz.losses.npair import NPairWarning, npair_loss
from npair_viz.sampling.pairs import select_pairs

DRAWS = 8  # where pairs are random
MOST_ROWS = 2**14  # rows that policy "hardest" compares


@dataclass(frozen=True, eq=False)
class MeasuredPairs:
    """At most 1,024 pairs, one a class.

    Attributes:
        anchors: (n, d), normalized if the loss does that.
        positives: (n, d), likewise.
        labels: (n,), those of one label are no negatives of each other.
        rows: (n, 2), the row numbers in the batch of anchors and positives.
        total: The number of pairs from which these were drawn.
        dtype: Of the batch's rows.
        extra: (m, d), extra negatives, normalized likewise.
    """

    anchors: Tensor
    positives: Tensor
    labels: Tensor
    rows: Tensor
    total: int
    dtype: torch.dtype
    extra: Tensor | None = None

    @property
    def similarities(self) -> Tensor:
        """A Pᵀ, (n, n), and behind it the extra negatives' m columns."""
        candidates = self.positives if self.extra is None else torch.cat([self.positives, self.extra])
        return product(self.anchors, candidates.T)

    def loss(self, settings: Settings, anchors: Tensor | None = None, positives: Tensor | None = None) -> float:
        """The loss without penalty, of these pairs or of the same ones elsewhere."""
        left = self.anchors if anchors is None else anchors
        right = self.positives if positives is None else positives
        masked = self.labels if len(torch.unique(self.labels)) < len(self.labels) else None
        with warnings.catch_warnings(category=NPairWarning, action="ignore"):  # a finding says it
            found = npair_loss(
                left,
                right,
                tao=settings.tao,
                objective=settings.objective,
                labels=masked,
                negatives=self.extra,
                symmetric=settings.symmetric,
            )
            return float(found)


def drawn_pairs(
    rows: Tensor, labels: Tensor, row_numbers: Tensor, settings: Settings, are_pairs: bool
) -> list[MeasuredPairs]:
    """Draw one pair a class by the settings' policy with fixed seeds, several times where that is random.

    Args:
        rows: (b, d) finite, none of them zero.
        labels: (b,).
        row_numbers: (b,), those of the rows in the batch.
        settings: Policy and whether to normalize.
        are_pairs: Whether row i and row b/2 + i are partners, so that there is nothing to choose.

    Returns:
        The draws, at least one.
    """
    first = _draw(rows, labels, row_numbers, settings, are_pairs, SEED)
    is_fixed = (are_pairs or settings.policy != "random") and len(first.rows) == first.total
    seeds = range(SEED + 1, SEED + (1 if is_fixed or len(first.rows) < 2 else DRAWS))
    return [first, *(_draw(rows, labels, row_numbers, settings, are_pairs, seed) for seed in seeds)]


def _draw(
    rows: Tensor, labels: Tensor, row_numbers: Tensor, settings: Settings, are_pairs: bool, seed: int
) -> MeasuredPairs:
    anchors, positives = _partners(len(rows), rows) if are_pairs else _chosen(rows, labels, settings, seed)
    total = len(anchors)
    drawn = seeded_sample(total, SAMPLE, seed).to(rows.device)
    anchors, positives = anchors[drawn], positives[drawn]
    both = rows[torch.cat([anchors, positives])]
    both = unit_copy(both) if settings.normalize else in_working_precision(both)
    left, right = both.chunk(2)
    at = row_numbers[torch.stack([anchors, positives], dim=1)]
    extra = None if settings.extra is None else settings.extra.to(left)
    return MeasuredPairs(left, right, labels[anchors], at, total, rows.dtype, extra)


def _partners(b: int, rows: Tensor) -> tuple[Tensor, Tensor]:
    anchors, positives = torch.arange(b, device=rows.device).chunk(2)
    return anchors, positives


def _chosen(rows: Tensor, labels: Tensor, settings: Settings, seed: int) -> tuple[Tensor, Tensor]:
    kept = seeded_sample(len(rows), MOST_ROWS if settings.policy == "hardest" else len(rows)).to(rows.device)
    candidates = rows[kept] if len(kept) < len(rows) else rows
    if settings.policy == "hardest" and settings.normalize:
        candidates = unit_copy(candidates)
    generator = torch.Generator().manual_seed(seed)
    pairs = select_pairs(labels[kept], policy=settings.policy, embeddings=candidates, generator=generator)
    return kept[pairs.anchors], kept[pairs.positives]
