"""The stage as a still picture, for viewers that run no script."""

from html import escape
from textwrap import wrap
from typing import Any

from npair_viz.geometry.narration import narrate
from npair_viz.geometry.projection import Plane
from npair_viz.geometry.reading import Reading, seen_rows

SIZE, LINE = 448, 22
COLOURS = ("#E69F00", "#56B4E9", "#009E73", "#F0E442", "#CC79A7")  # Okabe and Ito's, less the forces' two
GREY = "#8c8c8c"
ANCHOR = '<circle r="13"/>'
PARTNER = '<path d="M0-17L17 0L0 17L-17 0Z"/>'
NEGATIVE = '<path d="M-12-12H12V12H-12Z"/>'


def still(reading: Reading, plane: Plane | None = None) -> str:
    """A reading as SVG on white paper: its points, seen from the front or in a plane of theirs, and its sentence.

    >>> from npair_viz.geometry.reading import read
    >>> from npair_viz.data.scenes import named
    >>> still(read(named("line-up"))).count("<circle")
    5
    """
    sides = seen_rows(reading)
    rows = [row for side in sides for row in (side if plane is None else plane.project(side)).tolist()]
    reach = 1.3 * max(1.0, float(reading.norms.max()) if not reading.normalize else 1.0)
    rim = SIZE / 2 / reach if reading.normalize else 0
    words = wrap(narrate(reading), 52)
    height = SIZE + LINE * len(words) + 10
    lines = (f'<text x="8" y="{SIZE + LINE * k}">{escape(words[k])}</text>' for k in range(len(words)))
    return "".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{SIZE}" height="{height}" '
            f'viewBox="0 0 {SIZE} {height}" font-family="sans-serif">',
            f'<rect width="{SIZE}" height="{height}" fill="#fff"/>',
            f'<circle cx="{SIZE / 2}" cy="{SIZE / 2}" r="{rim:.1f}" fill="none" stroke="#999"/>',
            *(_mark(reading, index, row, reach) for index, row in enumerate(rows)),
            *lines,
            "</svg>",
        ]
    )


def _mark(reading: Reading, index: int, row: list[Any], reach: float) -> str:
    pair, n = index % reading.n, reading.n
    shape = ANCHOR if index < n else PARTNER if pair == reading.selected else NEGATIVE
    x, y = (SIZE / 2 * (1 + sign * value / reach) for sign, value in zip((1, -1), row[:2], strict=True))
    colour = COLOURS[pair] if n <= len(COLOURS) else COLOURS[0] if pair == reading.selected else GREY
    return (
        f'<g transform="translate({x:.1f} {y:.1f})"><g fill="{colour}" stroke="#282828" stroke-width="2">{shape}</g>'
        f'<text text-anchor="middle" dy="5" font-size="14">{escape(reading.names[pair])}</text></g>'
    )
