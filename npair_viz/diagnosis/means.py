"""Findings from the means of two towers: the gap between them, and a common direction."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from npair_viz.diagnosis.report import Finding
from npair_viz.diagnosis.retrieval import FEWEST
from npair_viz.diagnosis.towers import Towers

GAP, CONE = 1.05, 1.25  # factors on tao that are worth a note
COSTS = 0.1  # of log n that the means add to the loss
MEND_OF_GAP = (
    "Subtract each tower's mean before normalising, when you search too. A larger tao closes a gap while training (at "
    "1 and .5 it closes, at .1 hardly)."
)
MEND_OF_CONE = (
    "Subtract the mean row before normalising, when you search too; judge a cosine against the strangers', not "
    "against 0."
)


@dataclass(frozen=True)
class Means:
    """What the two sides' means do to the loss of unit pairs.

    Attributes:
        gap: The distance of the two means.
        strangers: The mean cosine of an anchor with the positives of others.
        cost: How far the loss falls when each side's mean is taken off, as a share of log n.
    """

    gap: float
    strangers: float
    cost: float

    @property
    def gap_factor(self) -> float:
        """By what the gap multiplies tao: 1/(1 − (gap/2)²)."""
        return 1 / max(1 - (self.gap / 2) ** 2, 1e-9)

    @property
    def has_gap(self) -> bool:
        """Whether the gap is worth a note."""
        return self.gap_factor > GAP

    @property
    def has_cone(self) -> bool:
        """Whether the common direction is worth a note."""
        return self.cone_factor >= CONE

    @property
    def cone_factor(self) -> float:
        """By what the common direction multiplies tao: 1/(1 − strangers)."""
        return 1 / max(1 - self.strangers, 1e-9)


def means_of(anchors: Tensor, positives: Tensor, fall: float = 0.0) -> Means:
    """Measure unit pairs (n, d); `fall`: how far the loss falls without their means."""
    n = len(anchors)
    left, right = (rows.mean(dim=0, dtype=torch.float64) for rows in (anchors, positives))
    own = float(torch.linalg.vecdot(anchors, positives).sum(dtype=torch.float64))
    strangers = (float(left @ right) * n * n - own) / max(n * (n - 1), 1)
    return Means(float(torch.linalg.vector_norm(left - right)), strangers, fall / max(math.log(n), 1e-9))


def findings_of_hiding_means(towers: Towers) -> Iterator[Finding]:
    """Report that partners find each other far more often without the means, and whether a gap or a cone hides them."""
    means = means_of(towers.anchors, towers.positives)
    if not (means.has_gap or means.has_cone) or not towers.is_restored(towers.recall_without_means):
        return
    detail = f"The means of the two towers lie {means.gap:.2f} apart, and two strangers have a mean cosine of "
    detail += f"{means.strangers:.2f}.{_recall_without(towers)}"
    numbers = _numbers(means, towers)
    if means.gap_factor > means.cone_factor:
        title = f"a gap of {means.gap:.2f} between the towers hides partners"
        yield Finding("gap", "warning", title, detail, MEND_OF_GAP, numbers)
    else:
        yield Finding("common direction", "warning", "a common direction hides partners", detail, MEND_OF_CONE, numbers)


def findings_of_means(means: Means, towers: Towers | None, *, are_rows: bool) -> Iterator[Finding]:
    """Report a gap between the towers, and a common direction of all rows.

    Args:
        means: What was measured.
        towers: The pairs, for their Recall@1 without the means; None where classes were drawn into pairs.
        are_rows: Whether pairs came as rows with labels.
    """
    is_sure = towers is not None and towers.n >= FEWEST  # the mean of few rows fits them too well
    severity = "warning" if is_sure and means.cost >= COSTS else "note"
    has_gap = towers is not None and means.has_gap
    if not (has_gap or means.has_cone):
        return
    after = "" if towers is None else _recall_without(towers)
    numbers = {**_numbers(means, towers), "cost": means.cost}
    cost = f" Each side less its mean lowers the loss by {means.cost:.0%} of log n." if means.cost > 0 else ""
    if has_gap:
        factor = means.gap_factor
        detail = f"The means of the two towers lie {means.gap:.2f} apart: that costs what a tao {factor:.2f} times as "
        detail += f"large costs.{cost}{after}"
        advice = MEND_OF_GAP
        if are_rows:
            advice += " In a batch of rows policy='random' mixes the towers: use policy='first', or npair_loss."
        yield Finding("gap", severity, f"a gap of {means.gap:.2f} between the towers", detail, advice, numbers)
    if means.has_cone:
        factor = means.cone_factor
        detail = (
            f"Two strangers have a mean cosine of {means.strangers:.2f}: that costs what a tao {factor:.2f} times as "
        )
        detail += f"large costs.{cost}{after}"
        yield Finding("common direction", severity, "all rows share a direction", detail, MEND_OF_CONE, numbers)


def _numbers(means: Means, towers: Towers | None) -> dict[str, object]:
    numbers: dict[str, object] = {"gap": means.gap, "strangers' mean cosine": means.strangers}
    return numbers if towers is None else numbers | {"Recall@1 without the means": towers.recall_without_means}


def _recall_without(towers: Towers) -> str:
    return f" Without the means Recall@1 is {towers.recall_without_means:.2f} (now {towers.recalls[0]:.2f})."
