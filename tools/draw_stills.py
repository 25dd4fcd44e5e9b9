"""Draw the still picture at the top of each lesson, as plain SVG, from the library's own numbers."""

import json
import math
from html import escape
from pathlib import Path
from textwrap import wrap
from typing import Any

from torch import Tensor

from npair_viz import worlds
from npair_viz.figures.marks import ROLES, Marks, arrows, marks
from npair_viz.figures.panels import candidates
from npair_viz.figures.style import FORCES, OUTLINE, class_colours
from npair_viz.narration import narrate, percent
from npair_viz.projection import whole_space
from npair_viz.reading import Reading, read
from npair_viz.scenes import digits, named

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "notebooks" / "pictures"
RECORD = ROOT / "benchmarks" / "results" / "2026-11-24-cpu.json"  # what lesson 9 reads too
WIDTH = 780
BLACK, PAPER, LINE = "#111", "#fff", "#999"
RADIUS, CENTRE = 84, (150, 122)  # the circle of the second still
SYMBOLS = {
    "anchors": '<circle r="13"/>',
    "positive": '<path d="M0-17 17 0 0 17-17 0z"/>',
    "negatives": '<path d="M-12-12h24v24h-24z"/>',
}


def meet_the_loss() -> str:
    """Five photos: a 3, and the four candidates of its line-up."""
    scene = digits().paired()
    assert scene.images is not None
    anchor, positives = scene.images[3], scene.images[scene.n :]
    parts = [
        _text(110, 36, "anchor", 16),
        _photo(anchor, 45, 50, 130),
        _text(258, 128, "?", 40),
        *(_photo(positives[j], 340 + 105 * k, 62, 90) for k, j in enumerate((8, 3, 1, 0))),
        *(_text(385 + 105 * k, 176, letter, 16) for k, letter in enumerate("ABCD")),
        _text(545, 36, "Which of these four shows the same digit?", 16),
    ]
    return _card("A photo of a handwritten 3, and a line-up of four photos: 8, 3, 1 and 0.", 205, parts)


def explore_the_geometry() -> str:
    """The line-up as the explorer opens on it: circle, forces, bars and sentence."""
    reading = read(named("line-up"))
    plane = whole_space(reading.scene.anchors)
    sentence = narrate(reading).replace(" %", "\N{NO-BREAK SPACE}%")
    parts = [
        _circle(),
        *(_arrow(name, ends) for name, ends in arrows(reading, plane).items() if ends.isfinite().all()),
        *(_points(role, those) for role, those in marks(reading, plane).items()),
        _legend(),
        _keys("pull", "push", "net"),
        _text(350, 32, f"Who does anchor {reading.name} pick?", 16, "start"),
        *(_bar(reading, row, j) for row, j in enumerate(candidates(reading))),
        *(_text(350, 176 + 20 * k, line, 14, "start") for k, line in enumerate(wrap(sentence, 62))),
    ]
    return _card("Eight points on a circle, and the vote of anchor 3.", 262, parts)


def read_the_forces() -> str:
    """The line-up without its forces: the shares are there, the arrow is to be drawn."""
    reading = read(named("line-up"))
    parts = [
        _circle(),
        *(_points(role, those) for role, those in marks(reading, whole_space(reading.scene.anchors)).items()),
        _text(118, 38, "?", 32),
        _legend(),
        _text(350, 32, f"Which way will anchor {reading.name} go?", 16, "start"),
        *(_bar(reading, row, j) for row, j in enumerate(candidates(reading))),
        _text(350, 186, "Its partner pulls, the squares push.", 14, "start"),
    ]
    return _card("Eight points on a circle, the shares of anchor 3, and a question mark.", 262, parts)


def turn_the_temperature() -> str:
    """The shares of one anchor at three temperatures, in no order."""
    readings = [read(named("line-up"), tao=tao) for tao in (0.5, 0.05, 5)]
    parts = [
        _text(WIDTH / 2, 32, f"Anchor {readings[0].name} at three temperatures. Which one is the coldest?", 16),
        *(_text(140 + 250 * k, 66, letter, 16) for k, letter in enumerate("ABC")),
        *(
            _bar(reading, row, j, left=75 + 250 * k, top=80, width=130, partner="")
            for k, reading in enumerate(readings)
            for row, j in enumerate(candidates(reading))
        ),
    ]
    return _card("The shares of four candidates, three times: one ahead, one alone, nearly equal.", 205, parts)


def train_and_watch() -> str:
    """A photo of each digit: the five that the lesson trains on, and the five that it never meets."""
    scene, world = digits().paired(), worlds.digits()
    assert scene.images is not None
    sides = ((30, "it learns from these", world.seen), (410, "and never meets these", world.unseen))
    parts = []
    for left, words, kind in sides:
        parts.append(_text(left + 170, 34, words, 16))
        parts += [_photo(scene.images[one], left + 68 * k, 50, 60) for k, one in enumerate(kind)]
        parts += [_photo(scene.images[scene.n + one], left + 68 * k, 118, 60) for k, one in enumerate(kind)]
    parts += [
        f'<path stroke="{LINE}" d="M390 20V185"/>',
        _text(WIDTH / 2, 210, "Will it know the pairs on the right?", 16),
    ]
    return _card("Two photos of each of ten digits: five on the left, five on the right.", 230, parts)


def scale_it_up() -> str:
    """Extra memory over the number of pairs, forward and backward, as a run of the benchmarks measured it."""
    cells = json.loads(RECORD.read_text(encoding="utf-8"))["cells"]
    parts = [
        _text(60, 30, "extra memory, forward and backward", 16, "start"),
        *(_grid_line(60, _height(mib), 520, _height(mib)) for mib in (1, 32, 1024)),
        *(_text(52, _height(mib) + 5, size, 13, "end") for mib, size in ((1, "1 MiB"), (32, "32"), (1024, "1 GiB"))),
        *(_text(_across(n), 238, f"{n:,}", 13) for n in (64, 1_024, 8_192, 65_536)),
        _text(540, 238, "pairs", 13, "start"),
        *(_curve(cells, row, *line) for row, line in enumerate(CURVES)),
    ]
    return _card("Extra memory over the number of pairs, of four ways to compute the loss.", 255, parts)


# A contender, what the still calls it, its width and its dash.
CURVES = (
    ("gathered negatives", "negatives, listed", 2, "8 4"),
    ("pytorch-metric-learning", "pytorch-metric-learning", 2, "2 3"),
    ("F.cross_entropy(A Pᵀ / tao)", "the whole table", 2, "none"),
    ("npair_viz", "strips", 4, "none"),
)
STILLS = {
    "01.svg": meet_the_loss,
    "02.svg": explore_the_geometry,
    "03.svg": read_the_forces,
    "04.svg": turn_the_temperature,
    "07.svg": train_and_watch,
    "09.svg": scale_it_up,
}


def _across(n: int) -> float:
    return round(70 + 44 * math.log2(n / 64), 1)


def _height(mib: float) -> float:
    return round(200 - 13 * math.log2(max(mib, 0.5)), 1)


def _curve(cells: list[dict[str, Any]], row: int, contender: str, name: str, width: int, dash: str) -> str:
    """One contender's line, and its key in a row of the legend."""
    runs = [
        (cell["size"]["n"], cell["extra_mib"])
        for cell in cells
        if cell["contender"] == contender
        and (cell["table"], cell["mode"], cell["size"].get("d")) == ("pairs", "forward_backward", 128)
        and cell["ms"] is not None
    ]
    line = " ".join(f"{_across(n)},{_height(mib)}" for n, mib in sorted(runs))
    stroke = f'fill="none" stroke="{BLACK}" stroke-width="{width}" stroke-dasharray="{dash}"'
    y = 70 + 30 * row
    key = f'<path {stroke} d="M548 {y}h40"/>{_text(596, y + 5, name, 14, "start")}'
    return f'<polyline points="{line}" {stroke}/>{key}'


def _grid_line(x: float, y: float, to_x: float, to_y: float) -> str:
    return f'<path stroke="{LINE}" stroke-width="0.5" d="M{x} {y}L{to_x} {to_y}"/>'


def _card(title: str, height: int, parts: list[str]) -> str:
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


def _text(x: float, y: float, words: str, size: int, align: str = "middle") -> str:
    return f'<text x="{x}" y="{y}" font-size="{size}" text-anchor="{align}" fill="{BLACK}">{escape(words)}</text>'


def _photo(image: Tensor, x: float, y: float, size: float) -> str:
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


def _place(point: Tensor) -> tuple[float, float]:
    """Where a point of the plane stands on the card."""
    x, y = point.tolist()
    return round(CENTRE[0] + RADIUS * x, 1), round(CENTRE[1] - RADIUS * y, 1)


def _points(role: str, those: Marks) -> str:
    return "".join(
        f'<g transform="translate({x} {y})" opacity="{opacity:g}">'
        f'<g fill="{colour}" stroke="{OUTLINE}" stroke-width="2">{SYMBOLS[role]}</g>{_text(0, 5, label, 14)}</g>'
        for (x, y), colour, opacity, label in zip(
            map(_place, those.places), those.colours, those.opacities, those.labels, strict=True
        )
    )


def _arrow(name: str, ends: Tensor) -> str:
    (x, y), (to_x, to_y) = map(_place, ends)
    return _stroke(name, x, y, to_x - x, to_y - y)


def _stroke(name: str, x: float, y: float, across: float, down: float) -> str:
    """An arrow in a force's colour and dash."""
    colour, dash = FORCES[name]
    dashes = "" if dash == "solid" else ' stroke-dasharray="6 3"'
    turn = math.degrees(math.atan2(down, across))
    return (
        f'<path stroke="{colour}" stroke-width="3"{dashes} d="M{x:.1f} {y:.1f}l{across:.1f} {down:.1f}"/>'
        f'<path fill="{colour}" transform="translate({x + across:.1f} {y + down:.1f}) rotate({turn:.0f})" '
        'd="M4 0L-8 -5V5z"/>'
    )


def _circle() -> str:
    """The circle of the points, and its centre."""
    x, y = CENTRE
    return (
        f'<circle cx="{x}" cy="{y}" r="{RADIUS}" fill="none" stroke="{LINE}"/>'
        f'<path d="M{x - 5} {y}h10M{x} {y - 5}v10" stroke="{BLACK}"/>'
    )


def _legend() -> str:
    """What the shapes mean."""
    return "".join(
        f'<g transform="translate({30 + 92 * k} 240)"><g fill="none" stroke="{OUTLINE}" stroke-width="3" '
        f'transform="scale(0.5)">{SYMBOLS[role]}</g>{_text(14, 5, meaning, 13, "start")}</g>'
        for k, (role, (_, meaning)) in enumerate(ROLES.items())
    )


def _keys(*forces: str) -> str:
    """What the arrows mean."""
    return "".join(
        _stroke(name, 350 + 90 * k, 240, 28, 0) + _text(386 + 90 * k, 245, name, 13, "start")
        for k, name in enumerate(forces)
    )


def _bar(
    reading: Reading, row: int, j: int, *, left: int = 460, top: int = 46, width: int = 260, partner: str = " partner"
) -> str:
    """A candidate and its share, as in the explorer; a share of 1 is `width` long."""
    y, share = top + 27 * row, reading.shares[j]
    label = f"◆ {reading.names[j]}{partner}" if j == reading.selected else f"■ {reading.names[j]}"
    colour = class_colours(reading.n, reading.selected, reading.hardest)[j]
    return (
        _text(left - 10, y + 15, label, 14, "end")
        + f'<rect x="{left}" y="{y}" width="{width * share:.1f}" height="20" fill="{colour}" stroke="{OUTLINE}"/>'
        + _text(round(left + 8 + width * share, 1), y + 15, percent(share), 14, "start")
    )


def draw_all() -> None:
    """Write every still."""
    PICTURES.mkdir(exist_ok=True)
    for name, draw in STILLS.items():
        (PICTURES / name).write_text(draw(), encoding="utf-8")


if __name__ == "__main__":
    draw_all()
