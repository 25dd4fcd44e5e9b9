"""Missions: a goal, and what may be moved to reach it, as data; and every number of a reading by its name."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch

from npair_viz.reading import Reading

_SIDES = {"a": {"pull": "pull", "net": "on_anchors"}, "p": {"pull": "pull_on_positives", "net": "on_positives"}}

# What each asks, where it starts, which points may move (a3 is the anchor of class 3, p3 its positive) and its goal.
MISSIONS: dict[str, dict[str, Any]] = {
    "a better place": {
        "title": "Move 3's positive alone, until the loss is below 0.385.",
        "scene": "line-up",
        "allow": ["p3"],
        "goal": [{"read": ["loss"], "below": 0.385}],
    },
    "one move": {
        "title": "Move one point, whichever you like, until the loss is below 0.33.",
        "scene": "line-up",
        "moves": 1,
        "goal": [{"read": ["loss"], "below": 0.33}],
    },
    "sabotage": {
        "title": "Make anchor 3's own loss worse than 1.1, and leave class 3 where it is.",
        "scene": "line-up",
        "allow": ["a8", "p8", "a0", "p0", "a1", "p1"],
        "goal": [{"read": ["loss of", "3"], "above": 1.1}],
    },
}


def value_of(reading: Reading, name: str, *of: str) -> float | str:
    """One number or word of a reading by its name, as missions and experiments ask for it.

    Of the whole: loss, floor, chance, mean norm, right. Of a class: loss of, pick, effective negatives. Of a class and
    another: share, share of push, push from. Of a point, and maybe an axis x, y, z: pull on, net on.
    Errors: KeyError for a name that there is not.

    >>> from npair_viz.reading import read
    >>> from npair_viz.scenes import named
    >>> round(value_of(read(named("line-up")), "loss of", "3"), 2)
    0.99
    """
    if name.endswith(" on"):
        return _force(reading, name.removesuffix(" on"), *of)
    pairs = [reading.names.index(label) for label in of]
    value: float | str = {**_OF_ALL, **_OF_SOME}[name](reading, *pairs)
    return value


def is_reached(mission: Mapping[str, Any], reading: Reading) -> bool:
    """Whether a reading reaches a mission's goal: each { read, below } or { read, above } of it.

    >>> from npair_viz.reading import read
    >>> from npair_viz.scenes import named
    >>> is_reached(MISSIONS["a better place"], read(named("line-up")))
    False
    """
    return all(_holds(reading, **one) for one in mission["goal"])


def _holds(reading: Reading, read: Sequence[str], below: float = float("inf"), above: float = -float("inf")) -> bool:
    return above < float(value_of(reading, *read)) < below


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
    "share": lambda reading, i, j: float(reading.forces.weights[i, j]),
    "share of push": lambda reading, i, j: float(reading.push_shares[i, j]),
    "effective negatives": lambda reading, i: float(reading.effective[i]),
    "push from": lambda reading, i, j: float(torch.linalg.vector_norm(reading.forces.push_from(i)[j])),
    "pick": lambda reading, i: reading.names[_picked(reading, i)],
}
