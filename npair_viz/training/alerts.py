"""What can go wrong in a run that is watched, by the numbers of its samples: one function a kind."""

import math
from collections.abc import Collection, Iterator, Sequence

from npair_viz.training.alert_rows import LONG, SOON, STILL, Find, Row, Rows, lasting
from npair_viz.training.measures import ROUND
from npair_viz.training.recording import Alert
from npair_viz.training.stuck_alerts import above_chance, at_chance, growing_lengths, no_negatives, standing_still

COLLAPSED = 0.99  # mean cosine of two rows of a side
SHRUNK = 0.05  # of the greatest length so far
FAR, FARTHER = 0.6, 0.4  # distance of the two sides' means, and by how much it grew
SURE = 3.0  # times what the distance of the means of so few pairs is by chance
HALF = 0.5
FEWEST = 4.0  # dimensions of which half can be lost
ALONE = 1.05  # effective negatives
CROWD = 8  # negatives, of which one can hold all
AT_CHANCE = 0.1  # of the loss at chance, that is told apart at most
AT_FLOOR = 0.9  # score
LOST = 0.1  # recall
CLOSE = 1e-4  # of a bound, relatively


def alerts_of(rows: Rows, tao_range: tuple[float, float] | None = None, known: Collection[str] = ()) -> Iterator[Alert]:
    """What is wrong by the newest of the rows so far.

    Args:
        rows: In order of steps.
        tao_range: In which tao is held; None where it is not learned.
        known: Kinds that were told before: they are not told again, nor is what follows from them.

    >>> [alert.name for alert in alerts_of([])]
    []
    """
    kinds = dict(KINDS)
    if tao_range is not None:
        kinds["tao at its bound"] = lambda rows: tao_at_its_bound(rows, tao_range)
        kinds["tao stands still"] = lambda rows: tao_stands_still(rows, tao_range)
    told = {*known, *(after for one in known for after in FOLLOWS.get(one, ()))}
    for name, find in kinds.items():
        if rows and name not in told and (found := find(rows)):
            words, mend = found
            told.update(FOLLOWS.get(name, ()))
            yield Alert(name, int(rows[-1]["step"]), words, mend)


def not_a_number(rows: Rows) -> tuple[str, str] | None:
    """The loss is NaN or infinite.

    >>> not_a_number([{"step": 0.0, "loss": 1.2}, {"step": 10.0, "loss": math.nan}])[0]
    'The loss is nan, 1.2 at step 0.'
    """
    loss = rows[-1].get("loss", 0.0)
    if math.isfinite(loss) or not rows[-1].get("pairs", 1.0):
        return None
    before = f", {rows[-2]['loss']:.4g} at step {rows[-2]['step']:.0f}" if len(rows) > 1 else ""
    return f"The loss is {loss}{before}.", (
        "Look for a NaN among the inputs, then lower the learning rate and clip gradients; in half precision use a "
        "GradScaler or bfloat16. The weights are spoilt: go back to a checkpoint."
    )


def collapse(rows: Rows) -> tuple[str, str] | None:
    """All rows of a side lie in one place, and the loss tells nothing apart."""
    widest = 1 - min(row["side_cosine"] for row in rows)
    has_narrowed = 1 - rows[-1]["side_cosine"] <= HALF * widest
    last = lasting(rows, SOON)
    if last and all(row["length"] == 0 and row["pairs"] > 0 for row in last):
        return "All rows are zero: nothing can be told apart, and no gradient flows back.", (
            "Look for dead units before the last layer (all inputs of a ReLU below 0), lower the learning rate, and go "
            "back to a checkpoint."
        )
    if not last or not all(_told(row) < AT_CHANCE for row in last):
        return None
    seen = last if has_narrowed else lasting(rows, LONG)  # a run may start in a narrow cone
    cosines = [row["side_cosine"] for row in seen]
    if seen and min(cosines) >= COLLAPSED and 1 - cosines[-1] <= 1.1 * (1 - cosines[0]):
        return f"The mean cosine of two rows of a side is {cosines[-1]:.4f}: they all lie in one direction.", MEND_PLACE
    longest, length = max(row["length"] for row in rows), last[-1]["length"]
    if last[-1]["roundness"] > ROUND and length <= SHRUNK * longest:
        words = f"The mean length is {length:.3g}, it was {longest:.3g}: the rows have shrunk into the origin."
        return words, "Lower l2_reg or tao, by `phase(n, tao, l2_reg)`; look for weight decay on the last layer."
    return None


def growing_gap(rows: Rows) -> tuple[str, str] | None:
    """The two sides drift apart."""
    last = lasting(rows, SOON)
    if not last:
        return None
    gaps, least = [row["gap"] for row in last], min(row["gap"] for row in rows)
    by_chance = last[-1]["pair_distance"] / math.sqrt(max(last[-1]["pairs"], 1))
    if not min(gaps) >= max(FAR, least + FARTHER, SURE * by_chance):
        return None
    factor = 1 / max(1 - (gaps[-1] / 2) ** 2, 1e-9)
    words = f"The means of anchors and positives lie {gaps[-1]:.2f} apart, it was {least:.2f}: that costs what a tao "
    return f"{words}{factor:.2f} times as large costs.", (
        "Are both towers trained, by one learning rate? Start with a larger tao, at which a gap closes, and look for a "
        "bias in a last layer; subtract each side's mean before normalising."
    )


def falling_rank(rows: Rows) -> tuple[str, str] | None:
    """Rows fill half of the dimensions that they filled."""
    last = lasting(rows, SOON)
    now, room = max((row["rank"] for row in last), default=math.inf), rows[-1]["most_rank"]
    if not now <= HALF * room or min((row["most_rank"] for row in last), default=0.0) < FEWEST or collapse(rows):
        return None
    most = max(_medians([row["rank"] for row in rows]))
    if most < FEWEST or not now <= HALF * most:
        return None
    words = f"The rows fill {now:.1f} dimensions of {room:.0f} that they could, they filled {most:.1f}."
    return words, (
        "Lower the learning rate; look for dead units and for a narrow layer before the last. A smaller tao and more "
        "classes a batch spread the rows."
    )


def one_negative(rows: Rows) -> tuple[str, str] | None:
    """One negative holds all the push."""
    last = lasting(rows, SOON)
    if not last or not all(row["negatives"] >= CROWD and row["score"] < AT_FLOOR for row in last):
        return None
    held = max(row["effective_negatives"] for row in last)
    if not held <= ALONE:
        return None
    words = f"Of {last[-1]['negatives']:.0f} negatives {held:.2f} count: the hardest holds all of the push."
    return words, (
        "Raise tao, `suggest_tao` names one; look for copies of a row in a batch, and for rows of one class with two "
        "labels."
    )


def falling_retrieval(rows: Rows) -> tuple[str, str] | None:
    """The loss is at its floor while the sample's retrieval falls."""
    last = lasting(rows, SOON)
    if not last or not all("recall" in row and row["score"] > AT_FLOOR for row in last):
        return None
    best, now = max(row.get("recall", 0.0) for row in rows), max(row["recall"] for row in last)
    error = math.sqrt(best * (1 - best) / last[-1]["sample_rows"])
    if not best - now > max(LOST, SURE * error):
        return None
    words = f"Recall@1 of the sample is {last[-1]['recall']:.3f}, it was {best:.3f}, while the loss is at its floor: "
    return f"{words}{last[-1]['loss']:.4f}.", (
        "The batch is learned by heart: stop earlier, give harder batches (more classes, `mine_hard_classes`), more "
        "data or augmentation."
    )


def tao_at_its_bound(rows: Rows, tao_range: tuple[float, float]) -> tuple[str, str] | None:
    """A learned tao stays at a bound."""
    last = lasting(rows, SOON)
    low, high = tao_range
    if not last or not (_all_at(last, low) or _all_at(last, high)):
        return None
    words = f"The learned tao is held at {last[-1]['tao']:.3g}, the {'least' if _all_at(last, low) else 'most'} of "
    return f"{words}tao_range.", (
        "At the least, the loss tells every partner: tao would fall to 0, so fix it or raise the bound. At the most, "
        "it tells nothing apart: look at the labels and the learning rate."
    )


def tao_stands_still(rows: Rows, tao_range: tuple[float, float]) -> tuple[str, str] | None:
    """A learned tao has a gradient and never moves."""
    last = lasting(rows, STILL)
    if not last or len({row["tao"] for row in rows}) > 1 or any(_all_at(last, bound) for bound in tao_range):
        return None
    if not all(abs(row.get("tao_gradient", 0.0)) > 0 for row in last[1:]):
        return None
    words = f"tao is learned and has a gradient ({last[-1]['tao_gradient']:.3g}), but it was {last[-1]['tao']:.4g} at "
    return f"{words}every sample: is loss.parameters() in the optimizer?", (
        "Give the optimizer both: [*encoder.parameters(), *loss.parameters()]. In half precision small steps are "
        "rounded away: keep the loss in float32."
    )


MEND_PLACE = (
    "Lower the learning rate, look for a constant bias or a dead layer, and whether the inputs differ at all; on raw "
    "vectors lower l2_reg."
)
KINDS: dict[str, Find] = {
    "nan": not_a_number,
    "no negatives": no_negatives,
    "collapse": collapse,
    "stands still": standing_still,
    "above chance": above_chance,
    "at chance": at_chance,
    "lengths": growing_lengths,
    "gap": growing_gap,
    "rank": falling_rank,
    "one negative": one_negative,
    "retrieval falls": falling_retrieval,
}
FOLLOWS = {  # what is not told beside or after a kind
    "nan": tuple(KINDS),
    "no negatives": ("rank",),
    "collapse": ("rank", "at chance"),
    "stands still": ("above chance", "at chance"),
    "above chance": ("rank", "one negative", "at chance"),
}


def _told(row: Row) -> float:
    """How much of the loss at chance is gone, as a share."""
    at_chance = row["chance"] - (row["penalty"] if row["roundness"] <= ROUND else 0.0)
    return 1 - row["pair_loss"] / at_chance if at_chance > 0 else math.nan


def _medians(values: Sequence[float]) -> list[float]:
    """The middle of each three that follow each other: one odd batch is no summit."""
    return [sorted(values[i : i + 3])[1] for i in range(len(values) - 2)]


def _all_at(rows: Rows, bound: float) -> bool:
    return all(math.isclose(row["tao"], bound, rel_tol=CLOSE) for row in rows)
