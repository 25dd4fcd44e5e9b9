"""Draw the still picture at the top of each lesson, as plain SVG, from the library's own numbers."""

import json
import math
from collections.abc import Iterable
from pathlib import Path
from textwrap import wrap
from typing import Any

from torch import Tensor

from npair_viz import worlds
from npair_viz.data.scenes import digits, named
from npair_viz.geometry.look import LINE, TEXT
from npair_viz.geometry.narration import narrate
from npair_viz.geometry.point_descent import descend
from npair_viz.geometry.reading import Reading, read
from npair_viz.stage.places import Frame, arrows, places, plane_for
from npair_viz.stage.strokes import arrow, bar, candidates, force_keys, marks, origin, role_keys, text
from tools.strokes import WIDTH, card, photo

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "notebooks" / "pictures"
RECORD = ROOT / "benchmarks" / "results" / "2026-11-24-cpu.json"  # what lesson 9 reads too
CIRCLE = Frame(150, 122, 84)  # of the lessons that show the line-up
BATCH = (4, 9, 7, 14, 3, 19, 2, 24, 17, 13, 29, 41)  # rows of the digits that lesson 6 takes, too


def meet_the_loss() -> str:
    """Five photos: a 3, and the four candidates of its line-up."""
    scene = digits().paired()
    assert scene.images is not None
    positives = scene.images[[scene.n + j for j in (8, 3, 1, 0)]]
    parts = _line_up("anchor", scene.images[3], "Which of these four shows the same digit?", positives, "ABCD", 16)
    return card("A photo of a handwritten 3, and a line-up of four photos: 8, 3, 1 and 0.", 205, parts)


def explore_the_geometry() -> str:
    """The line-up as the explorer opens on it: circle, forces, bars and sentence."""
    reading = read(named("line-up"))
    forces = arrows(reading, plane_for(reading), CIRCLE, is_held=True)
    sentence = narrate(reading).replace(" %", "\N{NO-BREAK SPACE}%")
    parts = [
        origin(CIRCLE, has_rim=True),
        *(arrow(name, *way) for name, way in forces.items()),
        _points(reading, CIRCLE),
        role_keys(30, 240),
        force_keys(("pull", "push", "net"), 350, 240),
        text(350, 32, f"Who does anchor {reading.name} pick?", 16, "start"),
        *(bar(reading, row, j) for row, j in enumerate(candidates(reading))),
        *(text(350, 176 + 20 * k, line, 14, "start") for k, line in enumerate(wrap(sentence, 62))),
    ]
    return card("Eight points on a circle, and the vote of anchor 3.", 262, parts)


def read_the_forces() -> str:
    """The line-up without its forces: the shares are there, the arrow is to be drawn."""
    reading = read(named("line-up"))
    parts = [
        origin(CIRCLE, has_rim=True),
        _points(reading, CIRCLE),
        text(118, 38, "?", 32),
        role_keys(30, 240),
        text(350, 32, f"Which way will anchor {reading.name} go?", 16, "start"),
        *(bar(reading, row, j) for row, j in enumerate(candidates(reading))),
        text(350, 186, "Its partner pulls, the squares push.", 14, "start"),
    ]
    return card("Eight points on a circle, the shares of anchor 3, and a question mark.", 262, parts)


def turn_the_temperature() -> str:
    """The shares of one anchor at three temperatures, in no order."""
    readings = [read(named("line-up"), tao=tao) for tao in (0.5, 0.05, 5)]
    parts = [
        text(WIDTH / 2, 32, f"Anchor {readings[0].name} at three temperatures. Which one is the coldest?", 16),
        *(text(140 + 250 * k, 66, letter, 16) for k, letter in enumerate("ABC")),
        *(
            bar(reading, row, j, left=75 + 250 * k, top=80, width=130, tail="")
            for k, reading in enumerate(readings)
            for row, j in enumerate(candidates(reading))
        ),
    ]
    return card("The shares of four candidates, three times: one ahead, one alone, nearly equal.", 205, parts)


def hold_the_norms() -> str:
    """The line-up at rest for four values of l2_reg, lengths free; the fifth is to be guessed."""
    scene = named("line-up")
    parts = [text(WIDTH / 2, 32, "Eight points, four pairs, at rest. What will the last picture show?", 16)]
    for k, l2_reg in enumerate((0.02, 0.1, 0.5, 0.9)):
        rest = descend(scene.anchors, scene.positives, steps=2000, tao=0.5, l2_reg=l2_reg, normalize=False)
        reading = read(scene.moved(rest.anchors, rest.positives), normalize=False)
        frame = Frame(90 + 150 * k, 122, 46)
        parts += [origin(frame, has_rim=False), text(frame.x, 226, f"l2_reg {l2_reg}", 14), _points(reading, frame)]
    parts += [text(690, 136, "?", 40), text(690, 226, "l2_reg 2", 14)]
    return card("Three squares of four pairs, each smaller than the last, a heap, and a question mark.", 245, parts)


def choose_the_pairs() -> str:
    """Twelve photos of a batch with their labels, in the order in which they come."""
    scene = digits()
    assert scene.images is not None
    parts = [text(WIDTH / 2, 32, "Twelve photos come as one batch. How many of them does the loss look at?", 16)]
    for k, row in enumerate(BATCH):
        x, y = 38 + 123 * (k % 6), 50 + 112 * (k // 6)
        parts += [photo(scene.images[row], x, y, 80), text(x + 40, y + 98, str(int(scene.labels[row])), 15)]
    return card("Twelve photos of handwritten digits: four 4s, three 9s, two 7s, two 3s and a 2.", 275, parts)


def train_and_watch() -> str:
    """A photo of each digit: the five that the lesson trains on, and the five that it never meets."""
    scene, world = digits().paired(), worlds.digits()
    assert scene.images is not None
    sides = ((30, "it learns from these", world.seen), (410, "and never meets these", world.unseen))
    parts = []
    for left, words, kind in sides:
        parts.append(text(left + 170, 34, words, 16))
        parts += [photo(scene.images[one], left + 68 * k, 50, 60) for k, one in enumerate(kind)]
        parts += [photo(scene.images[scene.n + one], left + 68 * k, 118, 60) for k, one in enumerate(kind)]
    parts += [
        f'<path stroke="{LINE}" d="M390 20V185"/>',
        text(WIDTH / 2, 210, "Will it know the pairs on the right?", 16),
    ]
    return card("Two photos of each of ten digits: five on the left, five on the right.", 230, parts)


def debug_your_embeddings() -> str:
    """The photo of a 5 before four candidates, one of which is the same photo under the label 3."""
    scene = digits()
    assert scene.images is not None
    photos = {15: "5, its partner", 5: "3", 18: "8", 19: "9"}
    candidates, asked = scene.images[list(photos)], "The machine picks the one labelled 3. Is it wrong?"
    parts = _line_up("the anchor, a 5", scene.images[5], asked, candidates, photos.values(), 15)
    return card("A photo of a 5, and four candidates with labels; the one labelled 3 is the same photo.", 205, parts)


def scale_it_up() -> str:
    """Extra memory over the number of pairs, forward and backward, as a run of the benchmarks measured it."""
    cells = json.loads(RECORD.read_text(encoding="utf-8"))["cells"]
    parts = [
        text(60, 30, "extra memory, forward and backward", 16, "start"),
        *(_grid_line(60, _height(mib), 520, _height(mib)) for mib in (1, 32, 1024)),
        *(text(52, _height(mib) + 5, size, 13, "end") for mib, size in ((1, "1 MiB"), (32, "32"), (1024, "1 GiB"))),
        *(text(_across(n), 238, f"{n:,}", 13) for n in (64, 1_024, 8_192, 65_536)),
        text(540, 238, "pairs", 13, "start"),
        *(_curve(cells, row, *line) for row, line in enumerate(CURVES)),
    ]
    return card("Extra memory over the number of pairs, of four ways to compute the loss.", 255, parts)


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
    "05.svg": hold_the_norms,
    "06.svg": choose_the_pairs,
    "07.svg": train_and_watch,
    "08.svg": debug_your_embeddings,
    "09.svg": scale_it_up,
}


def _points(reading: Reading, frame: Frame) -> str:
    return marks(reading, places(reading, plane_for(reading), is_held=reading.normalize), frame)


def _line_up(
    called: str, anchor: Tensor, asked: str, candidates: Tensor, labels: Iterable[str], size: int
) -> list[str]:
    """Photos of an anchor and of four candidates with their labels, and what is asked of them."""
    return [
        text(110, 36, called, 16),
        photo(anchor, 45, 50, 130),
        text(258, 128, "?", 40),
        *(photo(image, 340 + 105 * k, 62, 90) for k, image in enumerate(candidates)),
        *(text(385 + 105 * k, 176, label, size) for k, label in enumerate(labels)),
        text(545, 36, asked, 16),
    ]


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
    stroke = f'fill="none" stroke="{TEXT}" stroke-width="{width}" stroke-dasharray="{dash}"'
    y = 70 + 30 * row
    key = f'<path {stroke} d="M548 {y}h40"/>{text(596, y + 5, name, 14, "start")}'
    return f'<polyline points="{line}" {stroke}/>{key}'


def _grid_line(x: float, y: float, to_x: float, to_y: float) -> str:
    return f'<path stroke="{LINE}" stroke-width="0.5" d="M{x} {y}L{to_x} {to_y}"/>'


def draw_all() -> None:
    """Write every still."""
    PICTURES.mkdir(exist_ok=True)
    for name, draw in STILLS.items():
        (PICTURES / name).write_text(draw(), encoding="utf-8")


if __name__ == "__main__":
    draw_all()
