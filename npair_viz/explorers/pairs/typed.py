"""What a person types: text to numbers, and in words what was taken for it."""

import math
from typing import Any

from npair_viz.explorers.pairs.state import State
from npair_viz.explorers.shared.typed import asked_by, typed_count, typed_number
from npair_viz.geometry.reading import Reading

NEAR = 5e-3  # a length that differs from 1 by less is rounding


def typed_place(text: str) -> float | list[float]:
    """The place that a person typed: one number is an angle in degrees, more are coordinates.

    Errors: ValueError that says what can be typed.

    >>> typed_place("120°"), typed_place("0.3, 0.8"), typed_place("0,3; 0,8")
    (120.0, [0.3, 0.8], [0.3, 0.8])
    """
    parts = text.replace("°", "").split(";" if ";" in text else ",")
    try:
        numbers = [typed_number("a place", part) for part in parts]
    except ValueError:
        raise ValueError(f"a place is an angle like 120 or coordinates like 0.3, 0.8, got {text!r}") from None
    return numbers[0] if len(numbers) == 1 else numbers


def asked(control: str, value: Any, l2_reg: float) -> dict[str, Any]:
    """The settings that a control asks for: where a person types, what the text says.

    Errors: ValueError that says what can be typed.
    """
    return {control: typed_count("classes", value)} if control == "n_classes" else asked_by(control, value, l2_reg)


def taken(control: str, value: Any, state: State, reading: Reading, place: str) -> str:
    """What was taken where that is not what the text says, in words; empty where it is, and where nobody typed."""
    if control == "place":
        return _place_taken(typed_place(value), state, reading.scene.dimension, place)
    if control == "n_classes" and int(value) > reading.n:
        return f"Scene {state.scene!r} has no more than {reading.n} classes."
    return ""


def _place_taken(to: float | list[float], state: State, dimension: int, place: str) -> str:
    if isinstance(to, float):
        return f"{to:g}° is the same as {to % 360:.1f}°." if dimension == 2 and not 0 <= to < 360 else ""
    if not state.normalize or abs(math.hypot(*to) - 1) < NEAR:
        return ""
    unit = "°" if dimension == 2 else ""
    return f"Took the coordinates {', '.join(f'{x:g}' for x in to)} and brought them to length 1: {place}{unit}."
