"""Findings from the pairs: overflow, tao, negatives as close as partners, the loss, and a better tao."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from npair_viz.diagnosis.embeddings import SAMPLE, SEED, detached_units, seeded_sample
from npair_viz.diagnosis.report import MAX_KEPT, Finding, row_list
from npair_viz.diagnosis.settings import Settings
from npair_viz.linalg import in_working_precision, product
from npair_viz.losses.npair import npair_loss
from npair_viz.losses.objectives import has_one_vote
from npair_viz.sampling.pairs import select_pairs
from npair_viz.theory.closed_forms import is_known
from npair_viz.theory.effective_negatives import effective_negatives, suggest_tao
from npair_viz.theory.phase import phase
from npair_viz.theory.ruler import LossRuler, loss_ruler
from npair_viz.validation import FLOATS

ONE_NEGATIVE = 1.05  # fewer effective negatives than this are one
EQUAL = 0.2  # a spread of an anchor's similarities below this, in units of tao: shares differ by at most a fifth
TWIN = 0.99  # the cosine of near twins
WORSE = -0.05  # a score on the ruler that is worse than chance
MOST_FOR_TAO = 256  # pairs on which a tao is searched for
MOST_ROWS = 2**14  # rows that policy "hardest" compares


@dataclass(frozen=True, eq=False)
class MeasuredPairs:
    """At most 1,024 pairs, one a class.

    Attributes:
        anchors: (n, d), normalized if the loss does that.
        positives: (n, d), likewise.
        rows: (n, 2), the row numbers in the batch of anchors and positives.
        total: The number of pairs from which these were drawn.
        dtype: Of the batch's rows.
    """

    anchors: Tensor
    positives: Tensor
    rows: Tensor
    total: int
    dtype: torch.dtype

    @property
    def similarities(self) -> Tensor:
        """A Pᵀ, (n, n)."""
        return product(self.anchors, self.positives.T)

    def sample_note(self, n: int | None = None) -> str:
        """A sentence that n of all pairs were measured, these unless n is given; empty if that is all of them."""
        n = len(self.rows) if n is None else n
        return "" if n == self.total else f" (Measured on {n:,} of {self.total:,} pairs, drawn with seed {SEED}.)"


def measured_pairs(rows: Tensor, labels: Tensor, row_numbers: Tensor, settings: Settings) -> MeasuredPairs:
    """Choose one pair a class by the settings' policy with a fixed seed, and of many pairs draw some.

    Args:
        rows: (b, d) finite, none of them zero.
        labels: (b,).
        row_numbers: (b,), those of the rows in the batch.
        settings: Policy and whether to normalize.

    Returns:
        The pairs.
    """
    kept = seeded_sample(len(rows), MOST_ROWS if settings.policy == "hardest" else len(rows)).to(rows.device)
    candidates = rows[kept] if len(kept) < len(rows) else rows
    if settings.policy == "hardest" and settings.normalize:
        candidates = detached_units(candidates)
    generator = torch.Generator().manual_seed(SEED)
    pairs = select_pairs(labels[kept], policy=settings.policy, embeddings=candidates, generator=generator)
    drawn = seeded_sample(pairs.n_pairs, SAMPLE).to(rows.device)
    anchors, positives = kept[pairs.anchors[drawn]], kept[pairs.positives[drawn]]
    both = rows[torch.cat([anchors, positives])]
    both = detached_units(both) if settings.normalize else in_working_precision(both)
    at = row_numbers[torch.stack([anchors, positives], dim=1)]
    left, right = both.chunk(2)
    return MeasuredPairs(left, right, at, pairs.n_pairs, rows.dtype)


def findings_of_pairs(pairs: MeasuredPairs, settings: Settings, effective: float | None) -> Iterator[Finding]:
    """Report what two or more pairs show at these settings; `effective`: the number of negatives that should count."""
    similarities = pairs.similarities
    exponent = float((similarities.amax() - similarities.diagonal().amin()).double()) / settings.tao
    largest = float(similarities.abs().amax().double())
    if not math.isfinite(exponent) or max(exponent, largest / settings.tao) > torch.finfo(pairs.anchors.dtype).max:
        detail = f"Similarities reach {largest:.3g}, which at tao = {settings.tao:g} is too much for {pairs.dtype}."
        advice = "Divide the rows by a number, use normalize=True, or a wider dtype."
        yield Finding("overflow", "error", "the loss overflows", detail, advice, {"largest similarity": largest})
        return
    yield from _overflow(exponent, largest, pairs.dtype, settings.normalize)
    yield from _temperature(pairs, similarities, settings)
    yield from _twins(pairs)
    yield from _loss(pairs, settings)
    yield from _suggestion(pairs, similarities, settings, effective)


def _overflow(exponent: float, largest: float, dtype: torch.dtype, normalize: bool) -> Iterator[Finding]:
    narrow = [str(kind).removeprefix("torch.") for kind in FLOATS if exponent > math.log(torch.finfo(kind).max)]
    numbers = {"largest exponent": exponent, "largest similarity": largest}
    if largest > torch.finfo(dtype).max:
        detail = f"Similarities reach {largest:.3g}; {dtype} ends at {torch.finfo(dtype).max:g}."
        advice = "This library multiplies in float32; other code, and a scaled loss, won't: normalize, or use bfloat16."
        yield Finding("overflow risk", "warning", "similarities overflow the rows' dtype", detail, advice, numbers)
    elif narrow:
        detail = f"(s_ij − s_ii)/tao reaches {exponent:.3g}: a plain sum of exponentials is infinite in "
        detail += f"{', '.join(narrow)}."
        advice = "This loss subtracts first and is safe; a loss of one's own is not."
        yield Finding("overflow risk", "note", "a plain exp would overflow", detail, advice, numbers)


def _temperature(pairs: MeasuredPairs, similarities: Tensor, settings: Settings) -> Iterator[Finding]:
    n, tao = len(similarities), settings.tao
    effective = float(effective_negatives(similarities, tao, objective=settings.objective).double().mean())
    spread = float((similarities.amax(dim=1) - similarities.amin(dim=1)).double().mean())
    numbers = {"effective negatives": effective, "negatives": n - 1, "spread": spread, "tao": tao}
    count = f"Of {n - 1:,} negatives {effective:.3g} count in the mean.{pairs.sample_note()}"
    if n > 3 and effective < ONE_NEGATIVE:
        advice = "Raise tao: below is one at which more of them count. Of one wrong label nothing else is learned."
        yield Finding("tao too small", "warning", "one negative holds all the weight", count, advice, numbers)
    elif spread < EQUAL * tao and spread > 0 and (tao > 1 or not settings.normalize):
        detail = f"An anchor's similarities differ by {spread:.3g} in the mean, {spread / tao:.2g} of tao = {tao:g}: "
        detail += f"partner and negatives get nearly equal shares.{pairs.sample_note()}"
        advice = "Lower tao." if settings.normalize else "Lower tao, or let the rows grow: a smaller l2_reg."
        yield Finding("tao too large", "warning", "all candidates weigh the same", detail, advice, numbers)
    else:
        advice = "A smaller tao turns to the hardest, a larger one to all."
        title = f"{effective:.3g} of {n - 1:,} negatives count"
        yield Finding("effective negatives", "note", title, count, advice, numbers)


def _twins(pairs: MeasuredPairs) -> Iterator[Finding]:
    anchors, positives = detached_units(pairs.anchors), detached_units(pairs.positives)
    cosines = product(anchors, positives.T)
    own = cosines.diagonal().unsqueeze(1)
    twins = ((cosines >= TWIN) & (cosines >= own)).fill_diagonal_(False).nonzero()
    if not len(twins):
        return
    at = torch.stack([pairs.rows[twins[:, 0], 0], pairs.rows[twins[:, 1], 1]], dim=1)
    detail = f"{len(twins):,} negatives have a cosine of {TWIN} or more with an anchor, and beat its partner; "
    detail += f"the first: {row_list(at[0].tolist())}.{pairs.sample_note()}"
    advice = "Look at them: are they one class in truth? A small tao gives such a pair all the power."
    numbers = {"count": len(twins), "anchors": at[:MAX_KEPT, 0].tolist(), "negatives": at[:MAX_KEPT, 1].tolist()}
    yield Finding("near twins", "note", "negatives as close as a partner", detail, advice, numbers)


def _loss(pairs: MeasuredPairs, settings: Settings) -> Iterator[Finding]:
    n, tao = len(pairs.rows), settings.tao
    loss = float(npair_loss(pairs.anchors, pairs.positives, tao=tao, objective=settings.objective))
    ruler = _ruler(n, pairs.anchors.shape[1], settings)
    score = ruler.score(loss)
    numbers: dict[str, object] = {"loss": loss, "chance": ruler.chance, "pairs": n}
    floor = f"floor {ruler.floor:.4g}"
    if settings.normalize:
        numbers |= {"floor": ruler.floor, "ceiling": ruler.ceiling, "score": score}
    else:
        rest = phase(n, tao, settings.l2_reg, objective=settings.objective)
        numbers |= {"loss at rest": rest.optimal_loss, "length at rest": rest.optimal_norm}
        floor = f"at rest {rest.optimal_loss:.4g} with its penalty"
    detail = f"{loss:.4g} without penalty, {n:,} pairs; {floor}, chance {ruler.chance:.4g}."
    above = score if settings.normalize else (ruler.chance - loss) / ruler.chance
    if above < WORSE and settings.policy != "hardest":  # the hardest pairs are often worse than chance
        detail += f" Anchors prefer others to their partners.{pairs.sample_note()}"
        advice = "Do the labels belong to these rows: shuffled, shifted, another file? Else the training has just begun"
        advice += "." if settings.normalize else ", or the rows are too long for tao."
        yield Finding("worse than chance", "warning", "the loss is worse than chance", detail, advice, numbers)
    else:
        advice = "Losses at other numbers of pairs or other tao can't be compared: the floor and chance move too."
        yield Finding("loss", "note", f"the loss is {loss:.4g}", detail + pairs.sample_note(), advice, numbers)


def _ruler(n: int, dimension: int, settings: Settings) -> LossRuler:
    """The ruler of n pairs in this dimension or, without a closed form for it, in more: that has a lower floor."""
    known = dimension if is_known(n, dimension, settings.objective) else None
    return loss_ruler(n, settings.tao, objective=settings.objective, dimension=known)


def _suggestion(
    pairs: MeasuredPairs, similarities: Tensor, settings: Settings, effective: float | None
) -> Iterator[Finding]:
    if not has_one_vote(settings.objective):
        return
    few = seeded_sample(len(similarities), MOST_FOR_TAO).to(similarities.device)
    similarities, n = similarities[few][:, few], len(few)
    wanted = min(16.0, (n - 1) / 2) if effective is None else effective
    try:
        tao = suggest_tao(similarities, wanted)
    except ValueError as error:  # no tao lets so many count; the message says why
        if effective is not None:
            title, numbers = f"no tao lets {wanted:g} count", {"wanted": wanted}
            yield Finding("no such tao", "note", title, str(error), "Ask for another number.", numbers)
        return
    detail = f"At tao = {tao:.3g} about {wanted:g} of {n - 1:,} negatives count on these rows.{pairs.sample_note(n)}"
    numbers = {"tao": tao, "wanted": wanted}
    advice = "A start, not a goal: it moves as the rows do."
    yield Finding("suggested tao", "note", f"tao for {wanted:g} negatives: {tao:.3g}", detail, advice, numbers)
