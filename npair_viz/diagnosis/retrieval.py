"""Does it retrieve: Recall@1 and MAP@R against chance, and a finding where they are at chance."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from npair_viz.diagnosis.neighbours import Neighbours
from npair_viz.diagnosis.report import Finding, Measure

LITTLE = 0.1  # of the way from chance to 1
ERRORS = 3  # standard errors that a recall must lie above chance
FEWEST = 32  # rows that are looked up, fewer can't tell a bad recall from bad luck
SHIFTS = (1, -1, 2, -2)  # by which labels are tried where they don't fit
OPPOSITE = 0.6  # as often as the nearest row the farthest is of the same class; of honest rows .3 as often
MENDED = 2.0  # times as high a recall names the shift


@dataclass(frozen=True)
class Retrieval:
    """How often the nearest row is of the same class.

    Attributes:
        recall: Recall@1, 0 to 1.
        chance: That of rows in random order.
        map_at_r: MAP@R of at most 500 of the rows, R the other rows of the class, at most 1,000.
        queries: How many rows were looked up, those alone in their class left out.
    """

    recall: float
    chance: float
    map_at_r: float
    queries: int

    @property
    def error(self) -> float:
        """The standard error of the recall."""
        return standard_error(self.recall, self.queries)

    @property
    def is_at_chance(self) -> bool:
        """Whether the recall is hardly above chance, or not surely."""
        share = (self.recall - self.chance) / max(1 - self.chance, 1e-9)
        return self.queries >= FEWEST and (share < LITTLE or not is_above(self.recall, self.chance, self.queries))


def standard_error(share: float, count: int) -> float:
    """Of a share that was counted on so many rows."""
    return math.sqrt(share * (1 - share) / max(count, 1))


def is_above(share: float, chance: float, count: int) -> bool:
    """Whether a share lies three standard errors above chance."""
    return share - chance > ERRORS * max(standard_error(share, count), standard_error(chance, count))


def retrieval_of(near: Neighbours, labels: Tensor) -> Retrieval | None:
    """Measure it on the nearest rows and labels (b,); None if no row that was looked up has another of its class."""
    others = class_sizes(labels) - 1
    asked = others[near.queries] > 0
    if not asked.any():
        return None
    queries, nearest = near.queries[asked], near.nearest[asked, 0]
    recall = float((labels[nearest] == labels[queries]).double().mean())
    chance = float(others[queries].double().mean()) / (near.total - 1)
    return Retrieval(recall, chance, _map_at_r(near, labels, others), len(queries))


def _map_at_r(near: Neighbours, labels: Tensor, others: Tensor) -> float:
    """The mean over rows of (1/R) Σ_{k ≤ R} [the k-th is of the class] · (share of the class among the first k)."""
    kept = others[near.deep_queries] > 0
    queries, deep = near.deep_queries[kept], near.deep[kept]
    hits = labels[deep] == labels[queries].unsqueeze(1)
    depth = torch.arange(1, hits.shape[1] + 1, device=hits.device)
    r = others[queries].clamp_max(hits.shape[1]).unsqueeze(1)
    precision = hits.cumsum(dim=1) / depth
    return float(((precision * hits * (depth <= r)).sum(dim=1) / r.squeeze(1)).mean())


def recall_without_copies(near: Neighbours, labels: Tensor, groups: Tensor) -> float | None:
    """Recall@1 where rows of one's own group of equal ones (b,) are passed over; None where a class has no others."""
    classes = torch.unique(labels, return_inverse=True)[1]
    distinct, which = torch.unique(classes * len(groups) + groups, return_inverse=True)
    has_others = class_sizes(distinct // len(groups))[which[near.queries]] > 1
    is_other = groups[near.nearest] != groups[near.queries].unsqueeze(1)
    asked = has_others & is_other.any(dim=1)
    if not asked.any():
        return None
    first = is_other[asked].int().argmax(dim=1, keepdim=True)
    nearest = near.nearest[asked].gather(1, first).squeeze(1)
    return float((labels[nearest] == labels[near.queries[asked]]).double().mean())


def class_sizes(labels: Tensor) -> Tensor:
    """How many rows have the label of each row, (b,)."""
    _, member, sizes = torch.unique(labels, return_inverse=True, return_counts=True)
    found: Tensor = sizes[member]
    return found


def measure_of_retrieval(found: Retrieval, near: Neighbours) -> Measure:
    """What a report says first."""
    few = "" if found.queries >= FEWEST else " Too few rows to judge by."
    text = f"Retrieval: Recall@1 {found.recall:.3f} ± {found.error:.3f}, chance {found.chance:.3f}; "
    text += f"MAP@R {found.map_at_r:.3f} ({near.sample}).{few}"
    numbers = {
        "Recall@1": found.recall,
        "standard error": found.error,
        "chance": found.chance,
        "MAP@R": found.map_at_r,
        "rows looked up": found.queries,
    }
    return Measure("retrieval", text, numbers)


def findings_of_retrieval(found: Retrieval, near: Neighbours, labels: Tensor) -> Iterator[Finding]:
    """Report that the nearest rows are of the same class hardly more often than by chance."""
    if not found.is_at_chance:
        return
    detail = f"The nearest row is of the same class for {found.recall:.1%} ± {found.error:.1%} of the rows; "
    detail += f"by chance it would be for {found.chance:.1%}."
    numbers: dict[str, object] = {"Recall@1": found.recall, "standard error": found.error, "chance": found.chance}
    shift, mended = max(_shifted(near, labels), key=lambda tried: tried[1])
    if mended > MENDED * max(found.recall, found.chance) and is_above(mended, found.chance, found.queries):
        detail += f" With labels.roll({shift}) it is {mended:.1%}."
        advice = f"The labels are shifted by {abs(shift)}: look for a header, a skipped row or a dropped batch."
        numbers |= {"shift": shift, "Recall@1 with the shift": mended}
    else:
        advice = "Look at ten rows with their labels. If they don't fit, labels and rows come from different files or "
        advice += "orders (was one of them shuffled, sorted, gathered?). If they fit, the encoder does not tell these "
        advice += "classes apart: is it trained, are its weights loaded, is it given what it was trained on?"
    yield Finding("retrieval", "warning", "the nearest rows are of any class", detail, advice, numbers)


def findings_of_turned_rows(found: Retrieval, near: Neighbours, labels: Tensor) -> Iterator[Finding]:
    """Report that the farthest row, too, is of the same class: of each class some rows have their sign turned."""
    asked = class_sizes(labels)[near.deep_queries] > 1
    queries, farthest = near.deep_queries[asked], near.farthest[asked]
    share = float((labels[farthest] == labels[queries]).double().mean()) if len(queries) else 0.0
    is_sure = len(queries) >= FEWEST and is_above(share, found.chance, len(queries))
    if found.is_at_chance or not is_sure or share < OPPOSITE * found.recall:
        return
    detail = f"The farthest of all rows is of the same class for {share:.1%} of the rows, the nearest for "
    detail += f"{found.recall:.1%}; by chance it would be for {found.chance:.1%}. So rows of one class lie on opposite "
    detail += "sides, where no pair of them can learn."
    advice = "Were some rows made by another run, whose axes have another sign (PCA, SVD), or by another formula? Turn "
    advice += "those by -1."
    numbers = {"farthest of the same class": share, "Recall@1": found.recall, "chance": found.chance}
    yield Finding("turned sign", "warning", "some rows have their sign turned", detail, advice, numbers)


def _shifted(near: Neighbours, labels: Tensor) -> Iterator[tuple[int, float]]:
    """Recall@1 of labels that are rolled, for some shifts."""
    for shift in SHIFTS:
        rolled = labels.roll(shift)
        yield shift, float((rolled[near.nearest[:, 0]] == rolled[near.queries]).double().mean())
