"""Saved states as Python checks and reads them."""

from collections.abc import Mapping
from typing import Any

from npair_viz.geometry.reading import Reading
from npair_viz.stage.draws import Draws
from npair_viz.stage.saved import state_from, told


def checked_state(state: Mapping[str, Any]) -> dict[str, Any]:
    """A complete, checked state from JSON, perhaps of an older version.

    >>> checked_state({"points": [[1, 0], [0, 1]], "labels": [3, 3]})["tao"]
    0.5
    """
    draws = Draws()
    return told(state_from(state, draws), draws)


def reading_of(state: Mapping[str, Any]) -> Reading:
    """Every number of a saved state, computed by torch.

    >>> round(reading_of({"points": [[1, 0], [0, 1]] * 2, "labels": [3, 5, 3, 5]}).loss, 4)
    0.1269
    """
    draws = Draws()
    return draws.reading(state_from(state, draws))
