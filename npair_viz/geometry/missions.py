"""Missions: goals, what may be moved, and usual mistakes with their hints, as data; checked against a reading."""

import math
from abc import ABC, abstractmethod
from collections.abc import Collection, Set
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch.nn import functional

from npair_viz.data.scenes import named
from npair_viz.geometry.reading import Reading

_SAME_PLACE = 1e-9  # the last digits of a row may change when it is normalized
_POSITIVES = ("p3", "p8", "p0", "p1")
_OTHER_ANCHORS = ("a8", "a0", "a1")


@dataclass(frozen=True, kw_only=True)
class Goal(ABC):
    """A number of a reading must lie above one bound and below another. Classes are named by their labels."""

    above: float = -math.inf
    below: float = math.inf

    def holds(self, reading: Reading, moved: Set[str]) -> bool:
        """Whether the number lies between the bounds; `moved`: the points that have left their places."""
        return self.above < self._number(reading, moved) < self.below

    @abstractmethod
    def _number(self, reading: Reading, moved: Set[str]) -> float: ...


@dataclass(frozen=True)
class Loss(Goal):
    """The whole loss."""

    def _number(self, reading: Reading, moved: Set[str]) -> float:
        return reading.loss


@dataclass(frozen=True)
class LossOf(Goal):
    """The own loss of a class's anchor."""

    anchor: int

    def _number(self, reading: Reading, moved: Set[str]) -> float:
        return reading.losses[reading.scene.classes.index(self.anchor)].item()


@dataclass(frozen=True)
class NegativesOf(Goal):
    """How many negatives a class's anchor has."""

    anchor: int

    def _number(self, reading: Reading, moved: Set[str]) -> float:
        return reading.is_negative[reading.scene.classes.index(self.anchor)].sum().item()


@dataclass(frozen=True)
class Cosine(Goal):
    """The cosine of a class's anchor with a class's positive."""

    anchor: int
    positive: int

    def _number(self, reading: Reading, moved: Set[str]) -> float:
        scene, i, j = reading.scene, *map(reading.scene.classes.index, (self.anchor, self.positive))
        return functional.cosine_similarity(scene.anchors[i], scene.positives[j], dim=0).item()


@dataclass(frozen=True)
class Moved(Goal):
    """How many of some points have left their places; a3 is the anchor of class 3, p3 its positive."""

    points: Collection[str]

    def _number(self, reading: Reading, moved: Set[str]) -> float:
        return len(moved & set(self.points))


@dataclass(frozen=True)
class Slip:
    """A usual mistake, and the hint for it."""

    when: Goal
    hint: str


@dataclass(frozen=True)
class Relabel:
    """A class, and the others of which one may be declared to be the same class."""

    label: int
    others: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Mission:
    """A task on a scene.

    Attributes:
        title: What is asked, in words.
        scene: The name of the scene.
        goals: All of them must hold.
        slips: Usual mistakes, the first that holds gives the hint.
        allow: The points that may move, None for all.
        moves: The most points that may move, None for any number.
        relabel: The classes that may be declared to be one.
    """

    title: str
    scene: str
    goals: tuple[Goal, ...]
    slips: tuple[Slip, ...]
    allow: tuple[str, ...] | None = None
    moves: int | None = None
    relabel: Relabel | None = None


MISSIONS = {
    "a better place": Mission(
        title="Move 3's positive alone, until the loss is below 0.385.",
        scene="line-up",
        allow=("p3",),
        goals=(Loss(below=0.385),),
        slips=(Slip(Cosine(3, 3, above=0.99), "Whose negative is 3's positive?"),),
    ),
    "one move": Mission(
        title="Move one point, whichever you like, until the loss is below 0.33.",
        scene="line-up",
        moves=1,
        goals=(Loss(below=0.33),),
        slips=(
            Slip(Moved(_POSITIVES, above=0), "Undo, and think: who is nobody's negative?"),
            Slip(Moved(_OTHER_ANCHORS, above=0), "Undo, and look: which anchor is wrong?"),
        ),
    ),
    "sabotage": Mission(
        title="Make anchor 3's own loss worse than 1.1, and leave class 3 where it is.",
        scene="line-up",
        allow=("a8", "p8", "a0", "p0", "a1", "p1"),
        goals=(LossOf(3, above=1.1),),
        slips=(Slip(Moved(_OTHER_ANCHORS, above=0), "That anchor is not in anchor 3's line-up."),),
    ),
    "a wrong label": Mission(
        title="One of anchor 3's negatives is a 3 with a wrong label. Find it, and move nothing, "
        "until anchor 3's own loss is below 0.1.",
        scene="twin",
        relabel=Relabel(3, (8, 0, 1)),
        goals=(LossOf(3, below=0.1), Moved(("a3", *_OTHER_ANCHORS, *_POSITIVES), below=1)),
        slips=(
            Slip(Moved(("a3", *_OTHER_ANCHORS, *_POSITIVES), above=0), "Undo: the label is wrong, not the place."),
            Slip(NegativesOf(3, below=3), "That one was easy to tell apart: who stands where 3's positive stands?"),
        ),
    ),
}


def as_json(mission: Mission) -> dict[str, Any]:
    """A mission as JSON for the stage: each goal with its kind, and without infinite bounds.

    >>> as_json(MISSIONS["one move"])["goals"]
    [{'below': 0.33, 'kind': 'Loss'}]
    """
    slips = [{"when": _goal_as_json(slip.when), "hint": slip.hint} for slip in mission.slips]
    return {**asdict(mission), "goals": [_goal_as_json(goal) for goal in mission.goals], "slips": slips}


def is_reached(mission: Mission, reading: Reading) -> bool:
    """Whether a reading reaches a mission's goals, and moved only what the mission allows.

    >>> from npair_viz.geometry.reading import read
    >>> from npair_viz.data.scenes import named
    >>> is_reached(MISSIONS["a better place"], read(named("line-up")))
    False
    """
    moved = _moved(mission, reading)
    return is_fair(mission, reading) and all(goal.holds(reading, moved) for goal in mission.goals)


def is_fair(mission: Mission, reading: Reading) -> bool:
    """Whether the points that a reading has moved are among those that a mission allows, and not too many."""
    moved = _moved(mission, reading)
    is_allowed = mission.allow is None or moved <= set(mission.allow)
    return is_allowed and (mission.moves is None or len(moved) <= mission.moves)


def hint_for(mission: Mission, reading: Reading) -> str:
    """The hint of the first slip that holds; "" where none does or the mission is reached.

    >>> from npair_viz import explore
    >>> explorer = explore("line-up")
    >>> explorer.move("p3", 90)
    >>> hint_for(MISSIONS["a better place"], explorer.reading)
    "Whose negative is 3's positive?"
    """
    moved = _moved(mission, reading)
    slips = () if is_reached(mission, reading) else mission.slips
    return next((slip.hint for slip in slips if slip.when.holds(reading, moved)), "")


def _moved(mission: Mission, reading: Reading) -> set[str]:
    start, scene = named(mission.scene).paired(), reading.scene
    names = [f"{side}{name}" for side in "ap" for name in reading.names]
    here, there = (torch.cat([one.anchors, one.positives]).double() for one in (scene, start))
    if here.shape != there.shape:
        return set(names)
    return {name for name, gap in zip(names, (here - there).abs().amax(dim=1), strict=True) if gap > _SAME_PLACE}


def _goal_as_json(goal: Goal) -> dict[str, Any]:
    known = {name: value for name, value in asdict(goal).items() if value not in (math.inf, -math.inf)}
    return {**known, "kind": type(goal).__name__}
