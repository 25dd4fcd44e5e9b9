"""The exercises of the lessons, by number."""

from collections.abc import Callable

from npair_viz.exercises import forces, geometry, loss, norms, pairs, temperature, training
from npair_viz.exercises.exercise import Exercise

_MAKERS: dict[int, Callable[..., Exercise]] = {
    **loss.EXERCISES,
    **geometry.EXERCISES,
    **forces.EXERCISES,
    **temperature.EXERCISES,
    **norms.EXERCISES,
    **pairs.EXERCISES,
    **training.EXERCISES,
}
NUMBERS = tuple(_MAKERS)
VARIED = (1, 2, 5, 15, 17)


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
    return _MAKERS[number](alias) if number in VARIED else _MAKERS[number]()
