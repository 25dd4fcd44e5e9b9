"""The sentence under the picture: whom an anchor picks, who pushes it, where the loss stands, what bounds lengths."""

import math
from dataclasses import dataclass

from npair_viz.geometry.reading import Reading
from npair_viz.losses.objectives import has_one_vote
from npair_viz.theory.phase import Phase
from npair_viz.theory.ruler import LossRuler

ALONE = "Only one pair: nobody to confuse it with."
SURE = 0.9  # from this share on an anchor is sure of its partner
ALIKE = 0.01  # if the best and the least share differ by no more than this, all are alike
TIED = 0.005  # if two shares differ by no more than this, the anchor wavers
TIED_RATIO = 1.2  # the largest ratio of close shares; among many candidates the differences are always small
WHOLE_PERCENT = 0.095  # from this share on percentages have no decimals
LEAST_CHANGE = 0.01  # smaller changes of an anchor's loss are not told
MOST_OF_CHANGE = 0.5
MOST_OF_PUSH = 0.6
FAR_ABOVE_CHANCE = 1.05  # times chance
NEARLY = 0.005  # scores this close to 0 or 1 are told as "under 1 %" or "over 99 %"
TINY = 1e-12  # numbers below it are 0


def narrate(reading: Reading, before: Reading | None = None, act: str | None = None) -> str:
    """A reading in words: vote, push, ruler and lengths, in each the first rule that holds; losses include penalties.

    Args:
        reading: What to tell.
        before: The reading before the last act, if there was one.
        act: The act in words; the sentence then opens with its effect on the loss instead of the vote.

    Returns:
        The sentence.

    >>> from npair_viz.geometry.reading import read
    >>> from npair_viz.data.scenes import named
    >>> narrate(read(named("line-up")))[:62]
    'Anchor 3 picks the wrong one: 58 % for 8, 37 % for its partner'
    """
    if before is None or act is None:
        vote = _vote(reading)
        slots = (vote, _push(reading, reading.selected if vote else None), _ruler(reading), _lengths(reading))
    else:
        most = _changed_most(reading, before)
        slots = (
            _cause(reading, before, act, most),
            _push(reading, most),
            _ruler(reading) if reading.ruler or reading.phase else "",  # without either it would repeat the loss
            _lengths(reading) if not reading.normalize or reading.l2_reg != before.l2_reg else "",
        )
    return " ".join(slot for slot in slots if slot)


def fixed(x: float, places: int) -> str:
    """x with that many decimals, halves rounded up as in JavaScript; smaller numbers keep two digits.

    >>> fixed(0.0125, 3), fixed(1.7e-6, 3), fixed(1e-60, 3)
    ('0.013', '1.7e-6', '0.000')
    """
    if TINY < abs(x) < 0.5 * 10**-places:
        return f"{x:.1e}".replace("e-0", "e-")
    return _half_up(x, places)


def percent(x: float, places: int = 0) -> str:
    """A share in percent, halves rounded up.

    >>> percent(0.125), percent(0.002)
    ('13 %', '0 %')
    """
    return f"{_half_up(100 * x, places)} %"


def _half_up(x: float, places: int) -> str:
    return f"{math.floor(x * 10**places + 0.5) / 10**places:.{places}f}"


def _is_alone(reading: Reading) -> bool:
    return reading.n == 1 and not reading.negatives


def _vote(reading: Reading) -> str:
    if _is_alone(reading):
        nothing = "No pull, no push" if reading.l2_reg > 0 and not reading.normalize else "Loss 0, no force"
        return f"{ALONE} {nothing}. A batch needs two classes."
    if not has_one_vote(reading.objective):
        return ""
    shares = reading.shares
    rivals = sorted(((reading.names[j], shares[j]) for j in reading.negatives), key=lambda rival: -rival[1])
    least = min(shares[j] for j in [reading.selected, *reading.negatives])
    is_held = reading.l2_reg > 0 and not reading.normalize
    return tell_vote(Vote(reading.name, shares[reading.selected], tuple(rivals), least, 1 + len(rivals), is_held))


@dataclass(frozen=True)
class Vote:
    """The shares that an anchor gives its candidates.

    Attributes:
        name: The anchor's.
        share: The partner's.
        rivals: Negatives by name and share, the largest first.
        least: The smallest share of all candidates.
        candidates: How many candidates there are, with those that `rivals` leaves out.
        is_held: Whether l2_reg acts on the lengths.
    """

    name: str
    share: float
    rivals: tuple[tuple[str, float], ...]
    least: float
    candidates: int
    is_held: bool = False


def tell_vote(vote: Vote) -> str:
    """Whom an anchor picks, in words."""
    name = vote.name
    if not vote.rivals:
        return f"Anchor {name} has no negative left: nobody to confuse its partner with."
    partner = ("its partner", vote.share)
    best, second = sorted([partner, *vote.rivals[:2]], key=lambda one: -one[1])[:2]
    places = 0 if best[1] >= WHOLE_PERCENT else 1

    def said(one: tuple[str, float]) -> str:
        return f"{percent(one[1], places)} for {one[0]}"

    if _are_close(best[1], vote.least, ALIKE):
        return f"Anchor {name} can't tell anyone apart: {percent(1 / vote.candidates, places)} each."
    if best is not partner and _are_close(best[1], vote.share, TIED):
        return f"Anchor {name} wavers: {said(partner)}, {said(best)}."
    if _are_close(best[1], second[1], TIED):
        if best is partner:
            return f"Anchor {name} wavers: {said(partner)}, {said(second)}."
        return f"Anchor {name} wavers between wrong ones: {said(best)}, {said(second)}."
    if best is not partner:
        return f"Anchor {name} picks the wrong one: {said(best)}, {said(partner)}."
    if vote.share >= SURE:
        left = "pull or push" if vote.is_held else "force"
        return f"Anchor {name} is sure of its partner: {percent(vote.share)}. Hardly any {left} is left."
    return f"Anchor {name} picks its partner: {percent(vote.share, places)}, against {said(second)}."


def _are_close(best: float, other: float, within: float) -> bool:
    """Whether two shares are close, both in their difference and in their ratio."""
    return best - other <= within and best <= TIED_RATIO * other


def _changed_most(reading: Reading, before: Reading) -> int | None:
    """The pair whose loss an act changed most; None where all changes are small."""
    if reading.scene.classes != before.scene.classes or fixed(before.loss, 3) == fixed(reading.loss, 3):
        return None
    changes = (reading.losses - before.losses).abs()
    most = int(changes.argmax())
    return most if changes[most] >= LEAST_CHANGE else None


def _cause(reading: Reading, before: Reading, act: str, most: int | None) -> str:
    was, now = fixed(before.loss, 3), fixed(reading.loss, 3)
    opening = f"{act}: the loss stays {now}." if was == now else f"{act}: loss {was} → {now}."
    if _is_alone(reading):
        return f"{opening} {ALONE}"
    if most is None:
        return opening
    changes = reading.losses - before.losses
    change, whole = changes[most].item(), reading.n * (reading.loss - before.loss)
    is_most = change * whole > 0 and abs(change) > MOST_OF_CHANGE * max(abs(whole), changes.abs().sum().item())
    who = f"Most of it is anchor {reading.names[most]}" if is_most else f"Anchor {reading.names[most]} changes most"
    return f"{opening} {who}: {fixed(before.losses[most].item(), 2)} → {fixed(reading.losses[most].item(), 2)}."


def _push(reading: Reading, subject: int | None) -> str:
    negatives, i = reading.negatives, reading.selected
    if not negatives:
        return ""
    shares = reading.push_shares[i].tolist()
    top = max(negatives, key=lambda j: shares[j])
    push = "the push" if subject == i else f"the push on anchor {reading.name}"
    return tell_push(push, reading.names[top], shares[top], reading.effective[i].item(), len(negatives))


def tell_push(push: str, hardest: str, share: float, effective: float, negatives: int) -> str:
    """The push in words: the hardest negative if most of the push is its own, else how many share it."""
    if share >= MOST_OF_PUSH:
        return f"{percent(share)} of {push} comes from {hardest}."
    return f"About {fixed(effective, 1)} of {negatives} negatives share {push}."


def _ruler(reading: Reading) -> str:
    if _is_alone(reading):
        return ""
    if reading.ruler is not None:
        return _on_the_ruler(reading, reading.ruler)
    loss = fixed(reading.loss, 3)
    if reading.phase is None:
        return f"Loss {loss}."
    if reading.l2_reg == 0:
        return f"Loss {loss}: longer vectors can always do better."
    best = _best_word(reading.phase, "the best")
    return f"Loss {loss}; {best} at these settings is {fixed(reading.phase.optimal_loss, 3)}."


def _on_the_ruler(reading: Reading, ruler: LossRuler) -> str:
    loss, chance = fixed(reading.loss, 3), fixed(ruler.chance + reading.penalty, 3)
    if reading.npair > FAR_ABOVE_CHANCE * ruler.chance:
        who = "" if reading.losses[reading.selected] > ruler.chance else "another anchor is "
        return f"Loss {loss} is above chance: {who}sure, and wrong."
    if reading.npair > ruler.chance and loss != chance:
        return f"Loss {loss} is a little above chance ({chance}): no better than a blind guess."
    best, floor = _best_word(ruler, "the best here"), fixed(ruler.floor + reading.penalty, 3)
    way = way_between(ruler.score(reading.npair), is_chance=loss == chance, is_floor=loss == floor)
    return f"Loss {loss}: {way} of the way from chance ({chance}) to {best} ({floor})."


def _best_word(reach: LossRuler | Phase, known: str) -> str:
    if reach.exact:
        return known
    return "a lower bound" if reach.is_bound else "the best found"


def way_between(score: float, *, is_chance: bool, is_floor: bool) -> str:
    """A score in percent: 0 % or 100 % only where the loss is printed like chance or like the floor."""
    if score >= 1 or is_floor:
        return percent(1.0)
    if score <= 0 or is_chance:
        return percent(0.0)
    if score >= 1 - NEARLY:
        return "over 99 %"
    return "under 1 %" if score < NEARLY else percent(score)


def _lengths(reading: Reading) -> str:
    if reading.normalize:
        return f"l2_reg adds {fixed(reading.penalty, 2)} to the number and moves nothing." if reading.l2_reg > 0 else ""
    if reading.l2_reg == 0:
        return f"Nothing holds the lengths{': they grow for ever' if reading.is_negative.any() else ''}."
    if _is_alone(reading):
        return "l2_reg alone acts: all shrinks to the centre."
    if reading.phase is None:
        return ""
    if reading.phase.collapsed:
        return f"2*l2_reg*tao = {fixed(reading.phase.pressure, 1)}: all shrinks to the centre."
    if math.isnan(reading.phase.optimal_norm):
        return ""
    return f"Lengths settle {'at' if reading.phase.exact else 'near'} {fixed(reading.phase.optimal_norm, 2)}."
