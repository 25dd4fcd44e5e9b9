"""Findings of tao: it hears one negative alone or all of them alike; and the tao at which some of them count."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from npair_viz.diagnosis.draws import MeasuredPairs
from npair_viz.diagnosis.embeddings import seeded_sample
from npair_viz.diagnosis.report import Finding, Measure, plain
from npair_viz.diagnosis.settings import Settings, may_be_swapped
from npair_viz.losses.objectives import has_one_vote
from npair_viz.theory.effective_negatives import counted, suggest_tao, tao_at_which
from npair_viz.theory.ruler import loss_ruler

ONE_NEGATIVE = 1.2  # fewer effective negatives than this are one; real rows reach 1.11 at tao .001, 1.45 at .02
ALL = 0.9  # of the negatives count
HALF = 0.5  # of an anchor's choice that negatives hold where no pairs could do better
EQUAL = 0.2  # a spread of an anchor's similarities below this, in units of tao: shares differ by at most a fifth
MOST_FOR_TAO = 256  # pairs on which a tao is searched for
MOST_WANTED = 16.0  # negatives that should count, unless a number was asked for


@dataclass(frozen=True)
class Hearing:
    """How many negatives count, in the mean over anchors and draws.

    Attributes:
        effective: The number of negatives that count.
        negatives: All of them.
        spread: Of an anchor's similarities, the largest less the smallest.
        square: The mean squared length, 1 if the loss normalizes.
        wanted: How many should count.
        suggested: The tao at which they do; None where there is none, or for ovo.
        refusal: Why there is none.
        pairs: The number of pairs.
    """

    effective: float
    negatives: int
    spread: float
    square: float
    wanted: float
    suggested: float | None
    refusal: str = ""
    pairs: int = 0

    @property
    def numbers(self) -> dict[str, object]:
        """By name, for programs."""
        told: dict[str, object] = {"effective negatives": self.effective, "negatives": self.negatives}
        told |= {"spread": self.spread}
        return told if self.suggested is None else told | {"wanted": self.wanted, "suggested tao": self.suggested}


def heard(draws: Sequence[MeasuredPairs], settings: Settings, effective: float | None) -> Hearing:
    """Measure draws of two or more pairs; `effective`: how many negatives should count, None for half, at most 16."""
    squares = [one.similarities for one in draws]
    n, negatives = len(squares[0]), squares[0].shape[1] - 1
    counts = [counted(one, settings.tao, settings.objective).double().mean() for one in squares]
    spreads = [(one.amax(dim=1) - one.amin(dim=1)).double().mean() for one in squares]
    count, spread = (float(sum(found)) / len(found) for found in (counts, spreads))
    square = float(torch.cat([draws[0].anchors, draws[0].positives]).double().square().sum(dim=1).mean())
    few = seeded_sample(n, MOST_FOR_TAO).to(squares[0].device)
    columns = torch.cat([few, torch.arange(n, negatives + 1, device=few.device)])
    wanted = min(MOST_WANTED, (len(columns) - 1) / 2) if effective is None else effective
    suggested, refusal = _suggested(squares[0][few][:, columns], wanted, settings)
    return Hearing(count, negatives, spread, square, wanted, suggested, refusal, n)


def measure_of_tao(hearing: Hearing, settings: Settings) -> Measure:
    """What a report says of it always."""
    text = f"tao = {settings.tao:g}: {plain(hearing.effective)} of {hearing.negatives:,} negatives count"
    if hearing.suggested is not None:
        text += f"; at tao = {plain(hearing.suggested, 2)} {plain(hearing.wanted)} would"
    return Measure("tao", text + ".", hearing.numbers)


def findings_of_tao(hearing: Hearing, settings: Settings, effective: float | None) -> Iterator[Finding]:
    """Report a tao at which one negative or all of them count alike."""
    tao, n = settings.tao, hearing.negatives + 1
    numbers = {**hearing.numbers, "tao": tao}
    count = f"Of {n - 1:,} negatives {plain(hearing.effective)} count in the mean."
    better = (
        f"At tao = {plain(hearing.suggested, 2)} {plain(hearing.wanted)} of them count." if hearing.suggested else ""
    )
    if n > 3 and hearing.effective < ONE_NEGATIVE:
        advice = f"Raise tao. {better} Of one wrong label nothing else is learned."
        yield Finding("tao too small", "warning", "one negative holds all the weight", count, advice, numbers)
    elif _hears_all(hearing, settings):
        detail = f"{count} An anchor's similarities differ by {plain(hearing.spread)}, "
        detail += f"{plain(hearing.spread / tao, 2)} of tao"
        detail += _at_the_floor(hearing, settings)
        advice = "Lower tao." if settings.normalize else "Lower tao, or let the rows grow: a smaller l2_reg."
        yield Finding(
            "tao too large", "warning", "all candidates weigh the same", detail, f"{advice} {better}", numbers
        )
    if effective is not None and hearing.refusal:
        title, wanted = f"no tao lets {effective:g} count", {"wanted": effective}
        yield Finding("no such tao", "note", title, hearing.refusal, "Ask for another number.", wanted)


def hears_all(hearing: Hearing) -> bool:
    """Whether nearly all negatives count alike."""
    return hearing.effective > ALL * hearing.negatives


def _hears_all(hearing: Hearing, settings: Settings) -> bool:
    if may_be_swapped(settings):  # that finding says it
        return False
    if not has_one_vote(settings.objective):
        return 0 < hearing.spread < EQUAL * settings.tao and (settings.tao > 1 or not settings.normalize)
    return hears_all(hearing) and _share_at_floor(hearing, settings) >= HALF


def _at_the_floor(hearing: Hearing, settings: Settings) -> str:
    if not has_one_vote(settings.objective):
        return ": partner and negatives get nearly equal shares."
    held = f"even in the best arrangement{'' if settings.normalize else ' of rows so long'} the negatives would hold"
    return f"; {held} {_share_at_floor(hearing, settings):.0%} of a choice."


def _share_at_floor(hearing: Hearing, settings: Settings) -> float:
    """x/(1+x), x = (n − 1) exp(−n s/((n − 1) tao)): what negatives hold on a regular simplex, s its squared length."""
    if settings.n_extra:
        ruler = loss_ruler(hearing.pairs, settings.tao / hearing.square, negatives=settings.n_extra)
        return -math.expm1(-ruler.floor)
    negatives, square = hearing.negatives, hearing.square
    mass = negatives * math.exp(-(negatives + 1) * square / (negatives * settings.tao))
    return mass / (1 + mass)


def _suggested(similarities: Tensor, wanted: float, settings: Settings) -> tuple[float | None, str]:
    if not has_one_vote(settings.objective):
        return None, ""
    try:
        return (tao_at_which if settings.n_extra else suggest_tao)(similarities, wanted), ""
    except ValueError as error:  # no tao lets so many count; the message says why
        return None, str(error)
