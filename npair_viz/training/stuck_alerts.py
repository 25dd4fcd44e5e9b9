"""Alerts of a run that learns nothing: no negatives, no motion, a loss at chance or above it, far too large steps."""

from npair_viz.training.alert_rows import LONG, SLOW, SOON, Rows, halves, lasting
from npair_viz.training.measures import ROUND

AT_CHANCE = 0.1  # score, up to which nothing is learned
LEARNS = 0.02  # score, by which a slow start gets better
WRONG = 0.1  # of the way from chance to the floor, in the other direction
GROWN = 1000.0  # times the length at the start
MEND = (
    "Do labels and rows belong together (was one of them shuffled)? Is the encoder in the optimizer, and its learning "
    "rate neither 0 nor far too large? A larger tao starts more gently."
)


def no_negatives(rows: Rows) -> tuple[str, str] | None:
    """No anchor has a negative: there is nothing to learn.

    >>> no_negatives([{"step": 10.0 * k, "pairs": 1.0, "negatives": 0.0} for k in range(3)])[0]
    'No anchor has had a negative since step 0; the last batch has 1 pair.'
    """
    last = lasting(rows, SOON)
    if not last or not all(row["pairs"] == 0 or row["negatives"] == 0 for row in last):
        return None
    count = f"{last[-1]['pairs']:.0f} pair" + ("" if last[-1]["pairs"] == 1 else "s")
    return f"No anchor has had a negative since step {last[0]['step']:.0f}; the last batch has {count}.", (
        "A batch needs two rows of each of two classes or more. Are these the right labels, and does the sampler draw "
        "two rows a class?"
    )


def standing_still(rows: Rows) -> tuple[str, str] | None:
    """The rows of the sample do not move at all."""
    last = lasting(rows, LONG)  # where gradients are accumulated many forward calls make a step
    if not last or not all(row.get("sample_move") == 0 for row in last):
        return None
    return f"The rows of the sample have not moved since step {last[0]['step']:.0f} or longer.", (
        "Is the encoder of the sample the one that is trained, are its parameters in the optimizer, is the learning "
        "rate above 0, and is nothing detached on the way to the loss?"
    )


def above_chance(rows: Rows) -> tuple[str, str] | None:
    """The loss has risen above chance, or stays there."""
    now, recent, last = rows[-1], lasting(rows, SOON), lasting(rows, LONG)
    seen = f"The loss is {now['loss']:.4g}, above chance ({now['chance']:.3f})"
    room = now["chance"] - now["floor"]
    if recent and all(row["score"] < -WRONG for row in recent):
        best = min(rows, key=lambda row: row["loss"])
        if best["score"] > -1 and all(row["loss"] >= best["loss"] + 2 * room for row in recent):
            words = f"{seen}, it was {best['loss']:.3f} at step {best['step']:.0f}."
            return words, f"Lower the learning rate or warm it up, and clip gradients. {MEND}"
    if not last or not all(row["score"] < -WRONG for row in last):
        return None
    first, second = halves(last, "loss")
    if not second >= first - WRONG * room:
        return None
    return f"{seen}, since step {last[0]['step']:.0f} or longer.", MEND


def at_chance(rows: Rows) -> tuple[str, str] | None:
    """The loss stays at chance."""
    last = lasting(rows, SLOW)
    if not last or not all(row["score"] < AT_CHANCE for row in last):
        return None
    first, second = halves(last, "score")
    if not second < first + LEARNS:
        return None
    words = f"The loss is {last[-1]['loss']:.4g}, at chance ({last[-1]['chance']:.3f}), since step "
    return f"{words}{last[0]['step']:.0f} or longer: nothing is learned.", MEND


def growing_lengths(rows: Rows) -> tuple[str, str] | None:
    """Rows that the loss divides by their lengths have become so long that they hardly turn."""
    last, first = lasting(rows, SOON), rows[0]["length"]
    if not last or not all(row["roundness"] <= ROUND and row["length"] > GROWN * first > 0 for row in last):
        return None
    words = f"The mean length before the division is {last[-1]['length']:.3g}, it was {first:.3g}: "
    return f"{words}such long rows hardly turn.", (
        "The learning rate is far too large: lower it and start again. Weight decay holds lengths."
    )
