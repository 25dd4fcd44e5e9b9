"""A small picture of each lesson, drawn from the marks of the stage, in colours that follow the page's theme."""

import math
import re
from collections.abc import Callable, Sequence

from npair_viz.geometry.look import CLASS_COLOURS, SHAPES

SIZE = 96  # pixels, both ways
PARTNER = re.match(r"M0-([\d.]+)", SHAPES["partner"])
assert PARTNER is not None  # a diamond, drawn from its top
MARK = 10 / float(PARTNER[1])  # half a diamond is 10 pixels
ORANGE, SKY, GREEN, YELLOW = CLASS_COLOURS[:4]
HOLLOW = ""  # a mark that is not chosen


def emblem(number: str) -> str:
    """The emblem of a lesson by its number, as SVG; nothing for a lesson that has none.

    >>> emblem("01").count("<path")
    9
    """
    draw = EMBLEMS.get(number)
    if draw is None:
        return ""
    return f'<svg class="emblem" viewBox="0 0 {SIZE} {SIZE}" aria-hidden="true">{"".join(draw())}</svg>'


def _meet_the_loss() -> Sequence[str]:
    """An anchor before its line-up, and the share of each candidate."""
    shares = ((ORANGE, 28), (SKY, 44), (GREEN, 6), (YELLOW, 3))
    parts = [_mark("anchor", 11, 48, ORANGE)]
    for k, (colour, length) in enumerate(shares):
        y = 12 + 24 * k
        parts += [_mark("negative" if k else "partner", 36, y, colour), _box(50, y - 5, length, 10, colour)]
    return parts


def _explore_the_geometry() -> Sequence[str]:
    """One anchor, its partner and three negatives on the circle."""
    placed = ((62, SKY), (235, GREEN), (285, YELLOW))
    marks = (_on_circle("negative", degrees, colour) for degrees, colour in placed)
    return [_circle(38), *marks, _on_circle("partner", 140, ORANGE), _on_circle("anchor", 92, ORANGE)]


def _read_the_forces() -> Sequence[str]:
    """Pull and push on one anchor."""
    return [
        _circle(38),
        _on_circle("negative", 62, SKY),
        '<path class="pull" d="M46 4H14M14 4l7 -4v8z"/>',
        '<path class="push" d="M42 17H27"/><path class="push head" d="M27 17l7 -4v8z"/>',
        _on_circle("partner", 148, ORANGE),
        _on_circle("anchor", 92, ORANGE),
    ]


def _turn_the_temperature() -> Sequence[str]:
    """The same line-up at three temperatures: one counts, some count, all count."""
    heights = ((4, 74, 2, 2), (29, 46, 5, 3), (25, 27, 19, 16))
    return [
        _box(2 + 32 * k + 7 * j, 88 - height, 7, height, CLASS_COLOURS[j])
        for k, row in enumerate(heights)
        for j, height in enumerate(row)
    ]


def _hold_the_norms() -> Sequence[str]:
    """Four points held between two circles."""
    corners = tuple(enumerate((ORANGE, SKY, GREEN, YELLOW)))
    springs = (_ray(45 + 90 * k, 30, 44) for k, _ in corners)
    marks = (_on_circle("partner", 45 + 90 * k, colour, 28) for k, colour in corners)
    return [_circle(38), _circle(22), *springs, *marks]


def _choose_the_pairs() -> Sequence[str]:
    """A batch, of which some rows are chosen."""
    chosen = {0: ("anchor", ORANGE), 3: ("partner", ORANGE), 5: ("anchor", SKY), 10: ("partner", SKY)}
    rest = ("negative", HOLLOW)
    return [_mark(role, 12 + 24 * (k % 4), 18 + 30 * (k // 4), colour) for k, (role, colour) in _all(chosen, rest, 12)]


def _train_and_watch() -> Sequence[str]:
    """Rows that came together, class by class."""
    middles = ((22, 24, ORANGE), (74, 28, SKY), (26, 76, GREEN), (72, 74, YELLOW))
    apart = ((-10, 4), (0, -8), (10, -2), (2, 8))
    return [
        f'<circle class="full" cx="{x + dx}" cy="{y + dy}" r="5" fill="{colour}"/>'
        for x, y, colour in middles
        for dx, dy in apart
    ]


def _debug_your_embeddings() -> Sequence[str]:
    """A negative that lies on the anchor, crossed out."""
    return [
        _circle(38),
        _on_circle("partner", 148, ORANGE),
        _on_circle("anchor", 95, ORANGE),
        _on_circle("negative", 80, ORANGE),
        '<path class="cross" d="M45 2l19 18M64 2l-19 18"/>',
    ]


def _scale_it_up() -> Sequence[str]:
    """The table of all similarities, of which the diagonal is the partners'."""
    return [
        _box(6 + 14 * column, 6 + 14 * row, 12, 12, ORANGE if row == column else HOLLOW)
        for row in range(6)
        for column in range(6)
    ]


EMBLEMS: dict[str, Callable[[], Sequence[str]]] = {
    "01": _meet_the_loss,
    "02": _explore_the_geometry,
    "03": _read_the_forces,
    "04": _turn_the_temperature,
    "05": _hold_the_norms,
    "06": _choose_the_pairs,
    "07": _train_and_watch,
    "08": _debug_your_embeddings,
    "09": _scale_it_up,
}


def _mark(role: str, x: float, y: float, colour: str) -> str:
    place = f"translate({x:g} {y:g}) scale({MARK})"
    return f'<path {_filled(colour)} vector-effect="non-scaling-stroke" transform="{place}" d="{SHAPES[role]}"/>'


def _on_circle(role: str, degrees: float, colour: str, radius: float = 38) -> str:
    angle = math.radians(degrees)
    return _mark(role, round(48 + radius * math.cos(angle), 1), round(48 - radius * math.sin(angle), 1), colour)


def _box(x: float, y: float, width: float, height: float, colour: str) -> str:
    return f'<path {_filled(colour)} d="M{x} {y}h{width}v{height}h{-width}z"/>'


def _filled(colour: str) -> str:
    return f'class="full" fill="{colour}"' if colour else 'class="hollow"'


def _circle(radius: float) -> str:
    return f'<circle class="rim" cx="48" cy="48" r="{radius}"/>'


def _ray(degrees: float, start: float, end: float) -> str:
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    places = " ".join(f"{48 + length * cos:.1f} {48 - length * sin:.1f}" for length in (start, end))
    return f'<path class="spring" d="M{places}"/>'


def _all(
    chosen: dict[int, tuple[str, str]], rest: tuple[str, str], count: int
) -> Sequence[tuple[int, tuple[str, str]]]:
    return [(k, chosen.get(k, rest)) for k in range(count)]
