"""Lesson 02: missions on the stage, and who acts on whom."""

import math
from typing import Any

from npair_viz.exercises.exercise import Exercise, Slip, words_of
from npair_viz.exercises.variants import drawn
from npair_viz.missions import MISSIONS, is_reached
from npair_viz.reading import Reading
from npair_viz.scenes import named

LESSON = "02_explore_the_geometry"
GOALS = (0.385, 0.39, 0.382, 0.395)


def a_better_place(alias: str = "") -> Exercise:
    """Where a positive is best."""
    goal = drawn(alias, GOALS)
    return Exercise(
        5,
        LESSON,
        f"On the stage, move p3 alone, until the loss is below {goal}. Then check(stage).",
        lambda reading: reading.loss < goal and _stayed(reading, "p3"),
        "from npair_viz import Stage, scenes\n"
        'mine = Stage("line-up")\n'
        "mine.points = [*mine.points[:4], scenes.at_degrees(103)[0].tolist(), *mine.points[5:]]",
        ("p3 is not only 3's partner. In whose line-ups does it stand?", "Go past the tie, and stop before a3."),
        (
            Slip(lambda reading: not _stayed(reading, "p3"), "only p3 may move; press start"),
            Slip(lambda reading: _degrees(reading, "p3") <= 95, "you are past the best place: whose negative is p3?"),
        ),
        read=_read_stage,
    )


def sabotage() -> Exercise:
    """How a negative hurts."""
    others = tuple(MISSIONS["sabotage"]["allow"])
    return Exercise(
        6,
        LESSON,
        "On the stage, make anchor 3's own loss worse than 1.1, and leave a3 and p3 where they are. Then check(stage).",
        lambda reading: is_reached(MISSIONS["sabotage"], reading) and _stayed(reading, *others),
        "from npair_viz import Stage, scenes\n"
        'mine = Stage("line-up")\n'
        "mine.points = [*mine.points[:5], scenes.at_degrees(90)[0].tolist(), *mine.points[6:]]",
        ("Who stands in anchor 3's line-up?", "Bring another class's positive nearer to a3."),
        (
            Slip(lambda reading: not _stayed(reading, *others), "a3 and p3 must stay where they are; press start"),
            Slip(lambda reading: not _stayed(reading, "p8", "p0", "p1"), "that anchor is not in anchor 3's line-up"),
        ),
        read=_read_stage,
    )


def who_acts() -> Exercise:
    """Which points are in a line-up."""
    wanted = {"p3", "p8", "p1"}
    hint = "no anchor stands in anchor 3's line-up: look at row 3 of A Pᵀ"
    return Exercise(
        7,
        LESSON,
        "Which of a8, p8, p3, a0 and p1 act on anchor 3? Set mine to their names.",
        wanted,
        'mine = {"p3", "p8", "p1"}',
        ("Row 3 of A Pᵀ is all that anchor 3 sees.", "Its columns are the positives."),
        (
            Slip(lambda mine: bool(_words(mine) & {"a8", "a0"}), hint),
            Slip(lambda mine: "p3" not in _words(mine), "its partner pulls it, too"),
            Slip(
                lambda mine: bool(_words(mine)) and _words(mine) < wanted,
                "every other pair's positive pushes, a little at least",
            ),
        ),
    )


def _words(mine: Any) -> frozenset[str]:
    return words_of(mine) or frozenset()


def _read_stage(mine: Any) -> Reading:
    """The reading of a stage or of an explorer."""
    reading: Reading = mine.reading
    return reading


def _stayed(reading: Reading, *may_move: str) -> bool:
    """Whether all points but some are where the line-up has them."""
    scene = named("line-up")
    names = [side + str(label) for side in "ap" for label in scene.classes]
    gaps = (reading.scene.embeddings.double() - scene.embeddings).abs().amax(dim=1).tolist()
    return all(gap < 1e-3 for name, gap in zip(names, gaps, strict=True) if name not in may_move)


def _degrees(reading: Reading, positive: str) -> float:
    x, y = reading.scene.positives[reading.names.index(positive[1:])].tolist()
    return math.degrees(math.atan2(y, x))


EXERCISES = {5: a_better_place, 6: sabotage, 7: who_acts}
