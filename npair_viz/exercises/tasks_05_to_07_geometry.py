"""Lesson 02: missions on the stage, and who acts on whom."""

from dataclasses import replace
from typing import Any

from npair_viz.exercises.exercise import Exercise, Slip, words_of
from npair_viz.exercises.mission_exercise import played
from npair_viz.exercises.variants import drawn
from npair_viz.geometry.missions import MISSIONS, Loss

LESSON = "02_explore_the_geometry"
GOALS = (0.385, 0.39, 0.382, 0.388)  # on its anchor the loss is 0.392, at its least 0.380


def a_better_place(alias: str = "") -> Exercise:
    """The best place for a positive."""
    goal = drawn(alias, GOALS)
    title = f"Move 3's positive alone, until the loss is below {goal}."
    mission = replace(MISSIONS["a better place"], title=title, goals=(Loss(below=goal),))
    return played(
        5,
        LESSON,
        mission,
        where="Play it on Stage('line-up'), then check(stage).",
        code=_moved(4, 103),
        hints=("It is not only 3's partner. In whose line-ups does it stand?", "Go past the tie, and stop before a3."),
    )


def sabotage() -> Exercise:
    """How the place of a negative can raise the loss."""
    return played(
        6,
        LESSON,
        MISSIONS["sabotage"],
        where="Play it on Stage('line-up'), then check(stage).",
        code=_moved(5, 90),
        hints=("Who stands in anchor 3's line-up?", "Bring another class's positive nearer to a3."),
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


def _moved(row: int, degrees: float) -> str:
    """Code that moves a row of the line-up's points to given angles in degrees."""
    return (
        "from npair_viz import Stage, scenes\n"
        'mine = Stage("line-up")\n'
        f"place = scenes.at_degrees({degrees})[0].tolist()\n"
        f"mine.points = [*mine.points[:{row}], place, *mine.points[{row + 1}:]]"
    )


EXERCISES = {5: a_better_place, 6: sabotage, 7: who_acts}
