"""The exercises of the lessons, by number."""

from collections.abc import Callable

from npair_viz.exercises import (
    tasks_01_to_04_loss,
    tasks_05_to_07_geometry,
    tasks_08_to_10_forces,
    tasks_11_to_14_temperature,
    tasks_15_to_16_norms,
    tasks_17_to_20_pairs,
    tasks_21_to_24_training,
)
from npair_viz.exercises.exercise import Exercise

_MAKERS: dict[int, Callable[..., Exercise]] = {
    **tasks_01_to_04_loss.EXERCISES,
    **tasks_05_to_07_geometry.EXERCISES,
    **tasks_08_to_10_forces.EXERCISES,
    **tasks_11_to_14_temperature.EXERCISES,
    **tasks_15_to_16_norms.EXERCISES,
    **tasks_17_to_20_pairs.EXERCISES,
    **tasks_21_to_24_training.EXERCISES,
}
NUMBERS = tuple(_MAKERS)
VARIED = (1, 2, 5, 15, 17)
told: list[Callable[[Exercise], object]] = []  # called with each exercise that is set; the pages' builder shows it


def exercise(number: int, alias: str = "") -> Exercise:
    """An exercise of the lessons; it checks answers and knows usual mistakes.

    Args:
        number: From 1 on.
        alias: For 1, 2, 5, 15 and 17 only: each alias gets its own numbers, so that learners can't copy.

    Returns:
        The exercise.

    Raises:
        ValueError: There is no such exercise, or it takes no alias.

    >>> exercise(2)
    Exercise 2. An untrained model can tell nobody apart. A batch has n = 32 pairs. What is
    its loss?
    >>> exercise(2).check(5)
    Not yet: log is the natural logarithm here; that is the one to base 2.
    >>> exercise(2).check(3.466)
    Right.
    """
    if number not in NUMBERS:
        raise ValueError(f"number must be from 1 to {max(NUMBERS)}, got {number!r}")
    if alias and number not in VARIED:
        raise ValueError(f"an alias changes the numbers of {', '.join(map(str, VARIED))} alone, got number {number}")
    made = _MAKERS[number](alias) if number in VARIED else _MAKERS[number]()
    for tell in told:
        tell(made)
    return made
