"""Missions: a goal, what may be moved for it and the usual slips, as data; and the numbers of a reading by name."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch.nn import functional

from npair_viz.data.scenes import named
from npair_viz.geometry.reading import Reading

_SIDES = {"a": {"pull": "pull", "net": "on_anchors"}, "p": {"pull": "pull_on_positives", "net": "on_positives"}}

_SAME_PLACE = 1e-9  # a row brought to length 1 differs in its last digits
_POSITIVES = ("p3", "p8", "p0", "p1")
_OTHER_ANCHORS = ("a8", "a0", "a1")

# What each asks, where it starts, which points may move (a3 is the anchor of class 3, p3 its positive), its goal, and
# the slips that are usual on the way. A relabelling says of a class which others it may be held to be one with.
MISSIONS: dict[str, dict[str, Any]] = {
    "a better place": {
        "title": "Move 3's positive alone, until the loss is below 0.385.",
        "scene": "line-up",
        "allow": ["p3"],
        "goal": [{"read": ["loss"], "below": 0.385}],
        "slips": [{"when": [{"read": ["cosine", "3", "3"], "above": 0.99}], "hint": "Whose negative is 3's positive?"}],
    },
    "one move": {
        "title": "Move one point, whichever you like, until the loss is below 0.33.",
        "scene": "line-up",
        "moves": 1,
        "goal": [{"read": ["loss"], "below": 0.33}],
        "slips": [
            {"when": [{"moved": _POSITIVES, "above": 0}], "hint": "Undo, and think: who is nobody's negative?"},
            {"when": [{"moved": _OTHER_ANCHORS, "above": 0}], "hint": "Undo, and look: which anchor is wrong?"},
        ],
    },
    "sabotage": {
        "title": "Make anchor 3's own loss worse than 1.1, and leave class 3 where it is.",
        "scene": "line-up",
        "allow": ["a8", "p8", "a0", "p0", "a1", "p1"],
        "goal": [{"read": ["loss of", "3"], "above": 1.1}],
        "slips": [
            {"when": [{"moved": _OTHER_ANCHORS, "above": 0}], "hint": "That anchor is not in anchor 3's line-up."},
        ],
    },
    "a wrong label": {
        "title": "One of anchor 3's negatives is a 3 with a wrong label. Find it, and move nothing, "
        "until anchor 3's own loss is below 0.1.",
        "scene": "twin",
        "relabel": {"class": 3, "as": [8, 0, 1]},
        "goal": [
            {"read": ["loss of", "3"], "below": 0.1},
            {"moved": ("a3", *_OTHER_ANCHORS, *_POSITIVES), "below": 1},
        ],
        "slips": [
            {
                "when": [{"moved": ("a3", *_OTHER_ANCHORS, *_POSITIVES), "above": 0}],
                "hint": "Undo: the label is wrong, not the place.",
            },
            {
                "when": [{"read": ["negatives of", "3"], "below": 3}],
                "hint": "That one was easy to tell apart: who stands where 3's positive stands?",
            },
        ],
    },
}


def value_of(reading: Reading, name: str, *of: str) -> float | str:
    """One number or word of a reading by its name, as missions and experiments ask for it.

    Of the whole: loss, floor, chance, mean norm, right. Of a class: loss of, pick, negatives of, effective negatives.
    Of a class and another: cosine, share, share of push, push from. Of a point, maybe an axis x, y, z: pull on, net on.
    Errors: KeyError for a name that there is not.

    >>> from npair_viz.geometry.reading import read
    >>> from npair_viz.data.scenes import named
    >>> round(value_of(read(named("line-up")), "loss of", "3"), 2)
    0.99
    """
    if name.endswith(" on"):
        return _force(reading, name.removesuffix(" on"), *of)
    pairs = [reading.names.index(label) for label in of]
    value: float | str = {**_OF_ALL, **_OF_SOME}[name](reading, *pairs)
    return value


def is_reached(mission: Mapping[str, Any], reading: Reading) -> bool:
    """Whether a reading reaches a mission's goal, and has moved no more than the mission lets it.

    A goal is { read, above, below } each: a number of the reading; or { moved, above, below }: how many of those points
    have left their places.

    >>> from npair_viz.geometry.reading import read
    >>> from npair_viz.data.scenes import named
    >>> is_reached(MISSIONS["a better place"], read(named("line-up")))
    False
    """
    return is_fair(mission, reading) and _all_hold(mission["goal"], _moved(mission, reading), reading)


def is_fair(mission: Mapping[str, Any], reading: Reading) -> bool:
    """Whether a reading has moved no other points than a mission lets it, and no more of them."""
    moved = _moved(mission, reading)
    return moved <= set(mission.get("allow", moved)) and len(moved) <= mission.get("moves", len(moved))


def hint_for(mission: Mapping[str, Any], reading: Reading) -> str:
    """What to say to one who has not reached the goal yet: the hint of the first slip that holds, or nothing.

    >>> from npair_viz import explore
    >>> explorer = explore("line-up")
    >>> explorer.move("p3", 90)
    >>> hint_for(MISSIONS["a better place"], explorer.reading)
    "Whose negative is 3's positive?"
    """
    moved = _moved(mission, reading)
    slips = () if is_reached(mission, reading) else mission["slips"]
    return next((slip["hint"] for slip in slips if _all_hold(slip["when"], moved, reading)), "")


def _moved(mission: Mapping[str, Any], reading: Reading) -> set[str]:
    start, scene = named(mission["scene"]).paired(), reading.scene
    names = [f"{side}{name}" for side in "ap" for name in reading.names]
    here, there = (torch.cat([one.anchors, one.positives]).double() for one in (scene, start))
    if here.shape != there.shape:
        return set(names)
    return {name for name, gap in zip(names, (here - there).abs().amax(dim=1), strict=True) if gap > _SAME_PLACE}


def _all_hold(conditions: Sequence[Mapping[str, Any]], moved: set[str], reading: Reading) -> bool:
    return all(_holds(moved, reading, **one) for one in conditions)


def _holds(
    moved_points: set[str],
    reading: Reading,
    *,
    read: Sequence[str] = (),
    moved: Sequence[str] = (),
    below: float = float("inf"),
    above: float = -float("inf"),
) -> bool:
    value = float(value_of(reading, *read)) if read else len(moved_points & set(moved))
    return above < value < below


def _picked(reading: Reading, i: int) -> int:
    return int(reading.forces.similarities[i].argmax())


def _force(reading: Reading, kind: str, point: str, axis: str | None = None) -> float:
    side, pair = _SIDES[point[0]], reading.names.index(point[1:])
    way = getattr(reading.forces, side[kind])[pair]
    way = -way if kind == "net" else way
    return float(torch.linalg.vector_norm(way) if axis is None else way["xyz".index(axis)])


_OF_ALL: dict[str, Any] = {
    "loss": lambda reading: reading.loss,
    "floor": lambda reading: reading.ruler.floor,
    "chance": lambda reading: reading.ruler.chance,
    "mean norm": lambda reading: float(reading.norms.mean()),
    "right": lambda reading: sum(_picked(reading, i) == i for i in range(reading.n)),
}
_OF_SOME: dict[str, Any] = {
    "loss of": lambda reading, i: float(reading.losses[i]),
    "negatives of": lambda reading, i: int(reading.is_negative[i].sum()),
    "cosine": lambda reading, i, j: float(
        functional.cosine_similarity(reading.scene.anchors[i], reading.scene.positives[j], 0)
    ),
    "share": lambda reading, i, j: float(reading.forces.weights[i, j]),
    "share of push": lambda reading, i, j: float(reading.push_shares[i, j]),
    "effective negatives": lambda reading, i: float(reading.effective[i]),
    "push from": lambda reading, i, j: float(torch.linalg.vector_norm(reading.forces.push_from(i)[j])),
    "pick": lambda reading, i: reading.names[_picked(reading, i)],
}
