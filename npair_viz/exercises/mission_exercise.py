"""Exercises made from missions, with their goals, their limits and their usual mistakes."""

from functools import partial
from typing import Any

from npair_viz.exercises.exercise import Exercise, Slip
from npair_viz.geometry.missions import Mission, hint_for, is_fair, is_reached
from npair_viz.geometry.reading import Reading


def played(number: int, lesson: str, mission: Mission, *, where: str, code: str, hints: tuple[str, str]) -> Exercise:
    """A mission as an exercise; `check` takes the stage or the explorer, which `where` names in the task."""
    return Exercise(
        number,
        lesson,
        f"{mission.title} {where}",
        partial(is_reached, mission),
        code,
        hints,
        (
            Slip(lambda reading: not is_fair(mission, reading), "more has moved than may; press start"),
            *(Slip(partial(_is_hinted, mission, slip.hint), slip.hint) for slip in mission.slips),
        ),
        read=partial(_reading, mission.scene),
    )


def _reading(scene: str, mine: Any) -> Reading:
    reading = getattr(mine, "reading", None)
    if not isinstance(reading, Reading):
        raise TypeError(f"check takes the stage or the explorer that you played on, got {type(mine).__name__}")
    if reading.scene.name != scene:
        raise ValueError(f"it is played on the scene {scene!r}, got {reading.scene.name!r}")
    return reading


def _is_hinted(mission: Mission, hint: str, reading: Reading) -> bool:
    return hint_for(mission, reading) == hint
