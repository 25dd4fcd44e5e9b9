"""Numbers that depend on an alias, and are the same for one alias in every run."""

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def drawn(alias: str, choices: Sequence[T]) -> T:
    """The one of the choices that an alias gets; the first of them without one.

    >>> drawn("", (4, 8, 16)), drawn("ada", (4, 8, 16)) == drawn("ada", (4, 8, 16))
    (4, True)
    """
    return random.Random(alias).choice(choices) if alias else choices[0]  # a text as seed gives the same in every run
