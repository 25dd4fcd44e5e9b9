"""What the stills are drawn with: a card, words, photos, marks, arrows and bars, each as a piece of SVG."""

import math
from html import escape

from torch import Tensor

from npair_viz.explorers.pairs.marks import ROLES, Marks
from npair_viz.geometry.look import DASHES, FORCES, LINE, OUTLINE, PAPER, SHAPES, TEXT, class_colours
from npair_viz.geometry.narration import percent
from npair_viz.geometry.reading import Reading

WIDTH = 780
RADIUS, CENTRE = 84, (150, 122)  # the circle of the lessons that show the line-up
SYMBOLS = {role: f'<path d="{shape}"/>' for role, shape in zip(ROLES, SHAPES.values(), strict=True)}


def card(title: str, height: int, parts: list[str]) -> str:
    """A white card, since the page around it may be dark."""
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
            f'viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" role="img">',
            f"<title>{escape(title)}</title>",
            f'<rect x="1" y="1" width="{WIDTH - 2}" height="{height - 2}" rx="10" fill="{PAPER}" stroke="{LINE}"/>',
            *parts,
            "</svg>\n",
        ]
    )


def text(x: float, y: float, words: str, size: int, align: str = "middle") -> str:
    """Words that begin, end or have their middle at a place."""
    return f'<text x="{x}" y="{y}" font-size="{size}" text-anchor="{align}" fill="{TEXT}">{escape(words)}</text>'


def photo(image: Tensor, x: float, y: float, size: float) -> str:
    """Ink on paper: the pixels of one grey are one path."""
    greys = sorted(set(image.flatten().tolist()))
    pixels = [(grey, (image == grey).nonzero().tolist()) for grey in greys if grey > 0]
    ink = "".join(
        f'<path fill="{_grey(grey)}" d="{"".join(f"M{column} {row}h1v1h-1z" for row, column in places)}"/>'
        for grey, places in pixels
    )
    frame = f'<rect width="8" height="8" fill="none" stroke="{LINE}" stroke-width="0.1"/>'
    scale = f"translate({x} {y}) scale({size / image.shape[0]:g})"
    return f'<g transform="{scale}" shape-rendering="crispEdges">{ink}{frame}</g>'


def _grey(ink: float) -> str:
    return "#" + 3 * f"{round(255 * (1 - ink)):02x}"


def _place(point: Tensor, centre: tuple[float, float] = CENTRE, radius: float = RADIUS) -> tuple[float, float]:
    """Where a point of the plane stands on the card."""
    x, y = point.tolist()
    return round(centre[0] + radius * x, 1), round(centre[1] - radius * y, 1)


def points(role: str, those: Marks, centre: tuple[float, float] = CENTRE, radius: float = RADIUS) -> str:
    """All marks of one role."""
    return "".join(
        f'<g transform="translate({x} {y})" opacity="{opacity:g}">'
        f'<g fill="{colour}" stroke="{OUTLINE}" stroke-width="2">{SYMBOLS[role]}</g>{text(0, 5, label, 14)}</g>'
        for (x, y), colour, opacity, label in zip(
            (_place(one, centre, radius) for one in those.places),
            those.colours,
            those.opacities,
            those.labels,
            strict=True,
        )
    )


def arrow(name: str, ends: Tensor) -> str:
    """A force between two places of the plane."""
    (x, y), (to_x, to_y) = map(_place, ends)
    return stroke(name, x, y, to_x - x, to_y - y)


def stroke(name: str, x: float, y: float, across: float, down: float) -> str:
    """An arrow in a force's colour and dash."""
    colour, dash = FORCES[name]
    turn = math.degrees(math.atan2(down, across))
    return (
        f'<path stroke="{colour}" stroke-width="3" stroke-dasharray="{DASHES[dash]}" '
        f'd="M{x:.1f} {y:.1f}l{across:.1f} {down:.1f}"/>'
        f'<path fill="{colour}" transform="translate({x + across:.1f} {y + down:.1f}) rotate({turn:.0f})" '
        'd="M4 0L-8 -5V5z"/>'
    )


def circle() -> str:
    """The circle of the points, and its centre."""
    x, y = CENTRE
    return (
        f'<circle cx="{x}" cy="{y}" r="{RADIUS}" fill="none" stroke="{LINE}"/>'
        f'<path d="M{x - 5} {y}h10M{x} {y - 5}v10" stroke="{TEXT}"/>'
    )


def legend() -> str:
    """What the shapes mean."""
    return "".join(
        f'<g transform="translate({30 + 92 * k} 240)"><g fill="none" stroke="{OUTLINE}" stroke-width="3" '
        f'transform="scale(0.5)">{SYMBOLS[role]}</g>{text(14, 5, meaning, 13, "start")}</g>'
        for k, (role, (_, meaning)) in enumerate(ROLES.items())
    )


def keys(*forces: str) -> str:
    """What the arrows mean."""
    return "".join(
        stroke(name, 350 + 90 * k, 240, 28, 0) + text(386 + 90 * k, 245, name, 13, "start")
        for k, name in enumerate(forces)
    )


def bar(
    reading: Reading, row: int, j: int, *, left: int = 460, top: int = 46, width: int = 260, partner: str = " partner"
) -> str:
    """A candidate and its share, as in the explorer; a share of 1 is `width` long."""
    y, share = top + 27 * row, reading.shares[j]
    label = f"◆ {reading.names[j]}{partner}" if j == reading.selected else f"■ {reading.names[j]}"
    colour = class_colours(reading.n, reading.selected, reading.hardest)[j]
    return (
        text(left - 10, y + 15, label, 14, "end")
        + f'<rect x="{left}" y="{y}" width="{width * share:.1f}" height="20" fill="{colour}" stroke="{OUTLINE}"/>'
        + text(round(left + 8 + width * share, 1), y + 15, percent(share), 14, "start")
    )
