"""The stage as a static picture, for viewers without JavaScript."""

from html import escape
from textwrap import wrap
from typing import Any

from npair_viz.geometry.look import BOARD, CIRCLE_REACH, LINE, OUTLINE, PAPER, SHAPES, class_colours
from npair_viz.geometry.narration import narrate
from npair_viz.geometry.projection import Plane
from npair_viz.geometry.reading import Reading, seen_rows

SPACING = 22  # of lines


def still(reading: Reading, plane: Plane | None = None) -> str:
    """A reading as SVG: its points and its sentence on white.

    Args:
        reading: What to draw.
        plane: The plane to project the points to; None draws their first two coordinates.

    Returns:
        The SVG element.

    >>> from npair_viz.geometry.reading import read
    >>> from npair_viz.data.scenes import named
    >>> still(read(named("line-up"))).count("<path")
    8
    """
    sides = seen_rows(reading)
    rows = [row for side in sides for row in (side if plane is None else plane.project(side)).tolist()]
    reach = CIRCLE_REACH * max(1.0, float(reading.norms.max()) if not reading.normalize else 1.0)
    rim = BOARD / 2 / reach if reading.normalize else 0
    words = wrap(narrate(reading), 52)
    height = BOARD + SPACING * len(words) + 10
    lines = (f'<text x="8" y="{BOARD + SPACING * k}">{escape(words[k])}</text>' for k in range(len(words)))
    return "".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{BOARD}" height="{height}" '
            f'viewBox="0 0 {BOARD} {height}" font-family="sans-serif">',
            f'<rect width="{BOARD}" height="{height}" fill="{PAPER}"/>',
            f'<circle cx="{BOARD / 2}" cy="{BOARD / 2}" r="{rim:.1f}" fill="none" stroke="{LINE}"/>',
            *(_mark(reading, index, row, reach) for index, row in enumerate(rows)),
            *lines,
            "</svg>",
        ]
    )


def _mark(reading: Reading, index: int, row: list[Any], reach: float) -> str:
    pair, n = index % reading.n, reading.n
    role = "anchor" if index < n else "partner" if pair == reading.selected else "negative"
    x, y = (BOARD / 2 * (1 + sign * value / reach) for sign, value in zip((1, -1), row[:2], strict=True))
    colour = class_colours(n, reading.selected, reading.hardest)[pair]
    return (
        f'<g transform="translate({x:.1f} {y:.1f})">'
        f'<path d="{SHAPES[role]}" fill="{colour}" stroke="{OUTLINE}" stroke-width="2"/>'
        f'<text text-anchor="middle" dy="5" font-size="14">{escape(reading.names[pair])}</text></g>'
    )
