"""Findings from pairs of two towers: retrieval both ways, hubs, misfit pairs."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from npair_viz.data.neighbours import blocks, unit_copy
from npair_viz.diagnosis.embeddings import median_of, seeded_sample
from npair_viz.diagnosis.hubs import FIRST, findings_of_hubs
from npair_viz.diagnosis.neighbours import QUERIES
from npair_viz.diagnosis.report import MAX_KEPT, Finding, Measure, to_half
from npair_viz.diagnosis.retrieval import FEWEST, LITTLE, MENDED, SHIFTS, is_above, standard_error
from npair_viz.diagnosis.words import Words

CLOSE = 1e-6  # similarities that differ by less are equal: the same row in another block
HOPELESS = 0.1  # of the other side is closer than the median pair's partner
BEATEN = 0.25  # of the other side is closer, seen from both ends of a misfit pair
MISFIT = 0.02  # of the pairs
SHOWN = 3  # misfit pairs that a sentence tells


@dataclass(frozen=True, eq=False)
class Towers:
    """At most 2,000 pairs, each side looked up among all rows of the other.

    Attributes:
        anchors: (n, d) unit rows.
        positives: (n, d), row i the partner of anchor i.
        labels: (n,), those of one label are no rivals; None where all differ.
        queries: (q,), the pairs that were looked up.
        closer: (2, q), how many of the other side are closer than the partner, from the anchor and from the positive.
        hits: (2, q), the chance that the partner comes first: less than 1 where others tie with it.
        first: (2, q, 10), the nearest of the other side.
    """

    anchors: Tensor
    positives: Tensor
    labels: Tensor | None
    queries: Tensor
    closer: Tensor
    hits: Tensor
    first: Tensor

    @property
    def n(self) -> int:
        """The number of all pairs."""
        return len(self.anchors)

    @property
    def recalls(self) -> tuple[float, float]:
        """Recall@1 from anchors to positives, and back."""
        there, back = self.hits.mean(dim=1).tolist()
        return there, back

    @property
    def is_at_chance(self) -> bool:
        """Whether partners hardly come first, and are not near either; or not surely more often than by chance."""
        recall, chance = self.recalls[0], 1 / self.n
        is_lost = median_of(self.closer[0]) > HOPELESS * self.n
        is_little = (recall - chance) / (1 - chance) < LITTLE and is_lost
        return self.n >= FEWEST and (is_little or not is_above(recall, chance, len(self.queries)))

    @cached_property
    def recall_without_means(self) -> float:
        """Recall@1 from anchors to positives where each side's mean is taken off."""
        return self.recall_of(*without_means(self.anchors, self.positives))

    def recall_of(self, anchors: Tensor, positives: Tensor) -> float:
        """Recall@1 from anchors to positives, of the same pairs elsewhere."""
        return float(_looked_up(anchors, positives, self.queries, self.labels)[1].mean())

    def is_restored(self, recall: float) -> bool:
        """Whether such a recall of the same pairs elsewhere is far and surely higher."""
        least = MENDED * max(self.recalls[0], 1 / self.n)
        return self.n >= FEWEST and recall > least and is_above(recall, 1 / self.n, len(self.queries))


def without_means(anchors: Tensor, positives: Tensor) -> tuple[Tensor, Tensor]:
    """Both sides (n, d) less their mean rows, on the unit sphere again."""
    left, right = (unit_copy(rows - rows.mean(dim=0)) for rows in (anchors, positives))
    return left, right


def towers_of(anchors: Tensor, positives: Tensor, labels: Tensor) -> Towers:
    """Look pairs of unit rows (n, d) up on the other side; of one label (n,) are no rivals."""
    queries = seeded_sample(len(anchors), QUERIES).to(anchors.device)
    masked = labels if len(torch.unique(labels)) < len(labels) else None
    there = _looked_up(anchors, positives, queries, masked)
    back = _looked_up(positives, anchors, queries, masked)
    closer, hits, first = (torch.stack(both) for both in zip(there, back, strict=True))
    return Towers(anchors, positives, masked, queries, closer, hits, first)


def _looked_up(side: Tensor, other: Tensor, queries: Tensor, labels: Tensor | None) -> tuple[Tensor, Tensor, Tensor]:
    q = len(queries)
    closer = torch.empty(q, dtype=torch.int64, device=side.device)
    hits = torch.empty(q, dtype=torch.float64, device=side.device)
    first = torch.empty(q, min(FIRST, len(other)), dtype=torch.int64, device=side.device)
    for block, similarities in blocks(side[queries], other):
        at = queries[block]
        own = similarities.gather(1, at.unsqueeze(1))
        if labels is not None:
            similarities.masked_fill_(labels[at].unsqueeze(1) == labels, -torch.inf).scatter_(1, at.unsqueeze(1), own)
        above = (similarities > own + CLOSE).sum(dim=1)
        ties = ((similarities - own).abs() <= CLOSE).sum(dim=1)
        closer[block], hits[block] = above, (above == 0).double() / ties
        first[block] = similarities.topk(first.shape[1], dim=1).indices
    return closer, hits, first


def measure_of_towers(towers: Towers) -> Measure:
    """What a report says first."""
    (there, back), q = towers.recalls, len(towers.queries)
    error, few = standard_error(there, q), "" if towers.n >= FEWEST else " Too few pairs to judge by."
    of = f"{towers.n:,} pairs" if q == towers.n else f"{q:,} of {towers.n:,} pairs against all"
    text = f"Retrieval: Recall@1 {there:.3f} ± {error:.3f} from anchors to positives, {back:.3f} back; "
    text += f"chance {1 / towers.n:.2g} ({of}).{few}"
    numbers = {"Recall@1": there, "standard error": error, "back": back, "chance": 1 / towers.n, "pairs": towers.n}
    return Measure("retrieval", text, numbers)


def findings_of_turned_sign(towers: Towers) -> Iterator[Finding]:
    """Report that nearly all of the other side is closer than the partner, and that a minus mends it."""
    median = median_of(towers.closer[0])
    if median < (1 - HOPELESS) * towers.n:
        return
    recall = towers.recall_of(towers.anchors, -towers.positives)
    if not towers.is_restored(recall):
        return
    detail = (
        f"The median anchor has {to_half(median)} of {towers.n:,} positives before its partner; by chance it would be "
    )
    detail += f"half. With -positives Recall@1 is {recall:.3f} (now {towers.recalls[0]:.3f})."
    advice = (
        "Look for a minus on one side: a distance taken for a similarity, a loss with its sign turned, a projection "
    )
    advice += "whose axes were flipped."
    numbers = {"median rank": median + 1, "Recall@1": towers.recalls[0], "Recall@1 with -positives": recall}
    title = "partners are the farthest of all: a sign is turned"
    yield Finding("turned sign", "warning", title, detail, advice, numbers)


def findings_of_lost_partners(towers: Towers) -> Iterator[Finding]:
    """Report that partners are found hardly more often than by chance."""
    if not towers.is_at_chance:
        return
    (there, back), n = towers.recalls, towers.n
    median = median_of(towers.closer[0])
    detail = f"The nearest positive is the partner for {there:.1%} of the anchors, {back:.1%} the other way; by chance "
    detail += f"for {1 / n:.2%}. The median anchor has {to_half(median)} of {n:,} positives before its partner."
    numbers: dict[str, object] = {"Recall@1": there, "back": back, "chance": 1 / n, "median rank": median + 1}
    nearest = towers.first[0, :, 0]
    shifted = [float((nearest == (towers.queries + shift) % n).double().mean()) for shift in SHIFTS]
    mended, shift = max(zip(shifted, SHIFTS, strict=True))
    if towers.is_restored(mended):
        detail += f" With positives.roll({-shift}, 0) it is {mended:.1%}."
        advice = f"The sides are shifted by {abs(shift)}: look for a header, a skipped row or a dropped batch."
        numbers |= {"shift": -shift, "Recall@1 with the shift": mended}
    else:
        advice = "Read ten pairs. If they don't belong together, one side was shuffled, sorted or gathered without the "
        advice += "other. If they do, the two encoders do not share a space yet: are both trained, with their weights?"
    yield Finding("retrieval", "warning", "partners do not find each other", detail, advice, numbers)


def findings_of_misfits(towers: Towers, row_numbers: Tensor, words: Words) -> Iterator[Finding]:
    """Report pairs that a quarter of all beats from both ends, the worst first; row numbers are (2n,)."""
    n = towers.n
    if n < FEWEST:
        return
    least = towers.closer.amin(dim=0)
    misfit = (least > BEATEN * n).nonzero().flatten()
    if not len(misfit):
        return
    misfit = misfit[towers.closer.sum(dim=0)[misfit].argsort(descending=True, stable=True)]
    pairs, share = towers.queries[misfit], len(misfit) / len(towers.queries)
    rows = row_numbers[pairs].tolist()
    partners = row_numbers[n + pairs].tolist()
    told = [
        f"{words.told(one)} with {words.told(other)}" for one, other in zip(rows[:SHOWN], partners[:SHOWN], strict=True)
    ]
    detail = (
        f"In {len(misfit):,} of {len(towers.queries):,} pairs ({share:.1%}) a quarter of each other side is closer "
    )
    detail += f"than the partner. The worst: {'; '.join(told)}."
    advice = "Read them, the worst first: numbers['at anchors'] has them in order. A wrong pair pulls two strangers "
    advice += "together, and at a small tao it rules the loss."
    does_retrieve = median_of(towers.closer[0]) == 0
    severity = "warning" if does_retrieve and share >= MISFIT else "note"
    numbers = {"count": len(misfit), "share": share, "at anchors": rows[:MAX_KEPT]}
    yield Finding("misfit pairs", severity, "pairs that do not fit", detail, advice, numbers)


def findings_of_tower_hubs(towers: Towers, row_numbers: Tensor, words: Words) -> Iterator[Finding]:
    """Report positives near to every anchor, and anchors near to every positive."""
    n = towers.n
    for k, units in enumerate((towers.anchors, towers.positives)):
        theirs = row_numbers[n:] if k == 0 else row_numbers[:n]
        yield from findings_of_hubs(towers.first[k], units[towers.queries], n, theirs, words)
