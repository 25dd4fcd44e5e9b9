"""Findings from pairs at the settings of the loss: overflow, negatives as close as partners, the loss."""

import math
import statistics
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from npair_viz.data.neighbours import unit_copy
from npair_viz.diagnosis.draws import MeasuredPairs
from npair_viz.diagnosis.report import MAX_KEPT, Finding, Measure, plain
from npair_viz.diagnosis.settings import Settings
from npair_viz.diagnosis.words import Words
from npair_viz.linalg import product
from npair_viz.theory.closed_forms import is_known
from npair_viz.theory.phase import phase
from npair_viz.theory.ruler import LossRuler, loss_ruler
from npair_viz.validation import FLOATS

TWIN = 0.99  # the cosine of near twins
WORSE = 0.05  # above chance, as a share of the way from chance to the floor


def overflow_of(pairs: MeasuredPairs, similarities: Tensor, settings: Settings) -> tuple[list[Finding], bool]:
    """Findings of numbers that are too large, and whether the loss can't be computed at all."""
    exponent = float((similarities.amax() - similarities.diagonal().amin()).double()) / settings.tao
    largest = float(similarities.abs().amax().double())
    if not math.isfinite(exponent) or max(exponent, largest / settings.tao) > torch.finfo(pairs.anchors.dtype).max:
        detail = f"Similarities reach {plain(largest)}, which at tao = {settings.tao:g} is too much for {pairs.dtype}."
        advice = "Divide the rows by a number, use normalize=True, or a wider dtype."
        numbers = {"largest similarity": largest}
        return [Finding("overflow", "error", "the loss overflows", detail, advice, numbers)], True
    return list(_overflow(exponent, largest, pairs.dtype)), False


def _overflow(exponent: float, largest: float, dtype: torch.dtype) -> Iterator[Finding]:
    narrow = [str(kind).removeprefix("torch.") for kind in FLOATS if exponent > math.log(torch.finfo(kind).max)]
    numbers = {"largest exponent": exponent, "largest similarity": largest}
    if largest > torch.finfo(dtype).max:
        detail = f"Similarities reach {plain(largest)}; {dtype} ends at {torch.finfo(dtype).max:g}."
        advice = "This library multiplies in float32; other code, and a scaled loss, won't: normalize, or use bfloat16."
        yield Finding("overflow risk", "warning", "similarities overflow the rows' dtype", detail, advice, numbers)
    elif "float32" in narrow or str(dtype).removeprefix("torch.") in narrow:
        detail = f"(s_ij − s_ii)/tao reaches {plain(exponent)}: a plain sum of exponentials is infinite in "
        detail += f"{', '.join(narrow)}."
        advice = "This loss subtracts first and is safe; a loss of one's own is not."
        yield Finding("overflow risk", "note", "a plain exp would overflow", detail, advice, numbers)


def findings_of_twins(pairs: MeasuredPairs, words: Words) -> Iterator[Finding]:
    """Report negatives with a cosine of nearly 1 that beat the partner."""
    anchors, positives = unit_copy(pairs.anchors), unit_copy(pairs.positives)
    cosines = product(anchors, positives.T)
    own = cosines.diagonal().unsqueeze(1)
    is_negative = pairs.labels.unsqueeze(1) != pairs.labels
    twins = ((cosines >= TWIN) & (cosines >= own) & is_negative).nonzero()
    if not len(twins):
        return
    at = torch.stack([pairs.rows[twins[:, 0], 0], pairs.rows[twins[:, 1], 1]], dim=1)
    one, other = (words.told(row) for row in at[0].tolist())
    detail = (
        f"{len(twins):,} negatives of {len(pairs.rows):,} pairs have a cosine of {TWIN} or more with an anchor, and "
    )
    detail += f"beat its partner; the first: {one} and {other}."
    advice = "Look at them: are they one class in truth? A small tao gives such a pair all the power."
    numbers = {"count": len(twins), "anchors": at[:MAX_KEPT, 0].tolist(), "negatives": at[:MAX_KEPT, 1].tolist()}
    yield Finding("near twins", "note", "negatives as close as a partner", detail, advice, numbers)


def loss_of(draws: Sequence[MeasuredPairs], settings: Settings) -> tuple[Measure, float]:
    """The loss over the draws in words, and how far its mean lies above chance, from chance to the floor being 1."""
    pairs = draws[0]
    n, total = len(pairs.rows), pairs.total
    losses = [one.loss(settings) for one in draws]
    loss, spread = statistics.fmean(losses), statistics.pstdev(losses)
    ruler, m = _ruler(n, pairs.anchors.shape[1], settings), settings.n_extra
    numbers: dict[str, object] = {"loss": loss, "chance": ruler.chance, "pairs": n, "draws": len(draws)}
    numbers |= {"extra negatives": m} if m else {}
    if len(draws) > 1:
        numbers |= {"spread": spread, "least": min(losses), "largest": max(losses)}
    if settings.normalize:
        numbers |= {"floor": ruler.floor, "ceiling": ruler.ceiling, "score": ruler.score(loss)}
        floor, unit = f", floor {plain(ruler.floor, 4)}", ruler.chance - ruler.floor
    elif m:  # nothing is known of where raw rows rest beside them
        floor, unit = "", ruler.chance
    else:
        rest = phase(n, settings.tao, settings.l2_reg, objective=settings.objective)
        numbers |= {"loss at rest": rest.optimal_loss, "length at rest": rest.optimal_norm}
        floor, unit = f", at rest {plain(rest.optimal_loss, 4)} with its penalty", ruler.chance
    over = f" ± {plain(spread, 2)} over {len(draws)} draws" if len(draws) > 1 else ""
    of = f"{n:,} pairs" if n == total else f"{n:,} of {total:,} pairs"
    of += _beside(settings) if m else ""
    text = f"Loss: {plain(loss, 4)}{over} of {of}, without penalty; chance {plain(ruler.chance, 4)}{floor}."
    return Measure("loss", text, numbers), (loss - ruler.chance) / max(unit, 1e-9)


def findings_of_loss(measure: Measure, above: float, can_judge: bool, settings: Settings) -> Iterator[Finding]:
    """Report a loss worse than chance; a mere note where retrieval was judged and is not at chance."""
    if above <= WORSE or settings.policy == "hardest":  # the hardest pairs are often worse than chance
        return
    loss, chance = (plain(measure.numbers[name], 4) for name in ("loss", "chance"))
    title = "the loss is worse than chance"
    detail = f"{loss}, chance {chance}. Anchors prefer others to their partners."
    if can_judge:
        detail = f"{loss}, chance {chance}, although it retrieves: at tao = {settings.tao:g} an anchor that "
        detail += "picks a wrong one pays up to 2/tao." if settings.normalize else "picks a wrong one pays in full."
        advice = "A model that learns brings it down; if it stays, raise tao or look for wrong pairs."
        yield Finding("worse than chance", "note", title, detail, advice, measure.numbers)
        return
    advice = "Do the labels belong to these rows: shuffled, shifted, another file? Else the training has just begun"
    advice += "." if settings.normalize else ", or the rows are too long for tao."
    yield Finding("worse than chance", "warning", title, detail, advice, measure.numbers)


def _beside(settings: Settings) -> str:
    m, whole = settings.n_extra, settings.all_extra
    return f" beside {m:,} extra negatives" if m == whole else f" beside {m:,} of {whole:,} extra negatives"


def _ruler(n: int, dimension: int, settings: Settings) -> LossRuler:
    """The ruler of n pairs in this dimension or, without a closed form for it, in more: that has a lower floor."""
    known = dimension if not settings.n_extra and is_known(n, dimension, settings.objective) else None
    m, symmetric = settings.n_extra, settings.symmetric
    return loss_ruler(n, settings.tao, objective=settings.objective, dimension=known, negatives=m, symmetric=symmetric)
