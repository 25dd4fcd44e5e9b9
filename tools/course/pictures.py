"""What a notebook draws with Python's help, as stills for a page: lines of a figure, moments of a training run."""

import math
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from plotly.basedatatypes import BaseFigure
from torch import Tensor

from npair_viz import EmbeddingExplorer, TrainingLab
from npair_viz.figures.clouds import HARDEST, hardest_of
from npair_viz.geometry.look import CLASS_COLOURS, FORCES, GREY, PAPER, TEXT
from npair_viz.geometry.narration import fixed, percent
from tools.strokes import photo

WIDTH, HEIGHT = 780, 400
LEFT, RIGHT, TOP, BOTTOM = 70, 460, 16, 350
SKY, GREEN, PINK = CLASS_COLOURS[1], CLASS_COLOURS[2], CLASS_COLOURS[4]
COLOURS = (TEXT, FORCES["pull"][0], FORCES["push"][0], GREEN, PINK, "#8C6D00", SKY, GREY)
DASHES = ("none", "8 4", "2 3")
MOST_MOMENTS = 7
COLUMNS = {
    "loss": "loss",
    "floor": "best there is",
    "chance": "chance",
    "recall": "Recall@1, unseen",
    "mean_norm": "mean length",
}


def drawn(figure: BaseFigure) -> str:
    """The lines of a plotly figure of one plot as SVG on white paper: no script is left of it."""
    lines = [trace for trace in figure.data if trace.type == "scatter"]
    across = _Axis(figure.layout.xaxis, [x for line in lines for x in line.x], (LEFT, RIGHT))
    up = _Axis(figure.layout.yaxis, [y for line in lines for y in line.y], (BOTTOM, TOP))
    return "".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
            f'font-size="13" role="img" aria-label="{escape(f"{up.title} over {across.title}")}" class="plot">',
            f'<rect width="{WIDTH}" height="{HEIGHT}" rx="10" fill="{PAPER}"/>',
            f'<path d="M{LEFT} {TOP}V{BOTTOM}H{RIGHT}" fill="none" stroke="{TEXT}"/>',
            *(_text(at, BOTTOM + 18, told, "middle") for at, told in across.ticks()),
            *(_text(LEFT - 6, at + 4, told, "end") for at, told in up.ticks()),
            _text((LEFT + RIGHT) / 2, HEIGHT - 12, across.title, "middle"),
            f'<g transform="translate(16 {(TOP + BOTTOM) / 2}) rotate(-90)">{_text(0, 0, up.title, "middle")}</g>',
            *(_line(line, k, across, up) for k, line in enumerate(lines)),
            "</svg>",
        ]
    )


def line_up_of(explorer: EmbeddingExplorer) -> str:
    """The line-up of an embedding explorer's row as a table, with photos where there are any."""
    one, scene = explorer.reading, explorer.scene
    rows = [one.row, one.partner, *hardest_of(one).tolist()]
    roles = ["anchor", "its partner", *(f"negative {k + 1}" for k in range(len(rows) - 2))]
    shares = ["", *(percent(share, 1) for share in [one.share, *one.shares[:HARDEST].tolist()])]
    names = [escape(scene.class_name(int(label))) for label in scene.labels[rows]]
    columns: dict[str, Iterable[str]] = {"": roles, "row": map(str, rows), "class": names, "share": shares}
    if scene.images is not None:
        columns["photo"] = map(_small, scene.images[rows])
    return _table(columns, zip(*columns.values(), strict=True), "shares")


def _small(image: Tensor) -> str:
    return f'<svg width="32" height="32" viewBox="0 0 32 32" aria-hidden="true">{photo(image, 0, 0, 32)}</svg>'


def table_of(lab: TrainingLab) -> str:
    """Some moments of each run of a training lab, as a table."""
    rows = []
    for number, run in enumerate(lab.runs):
        shown = run[:: math.ceil(len(run) / MOST_MOMENTS)]
        shown = shown if shown[-1] is run[-1] else (*shown, run[-1])
        for moment in shown:
            values = (fixed(getattr(moment, name), 3) for name in COLUMNS)
            rows.append([*([str(number + 1)] if len(lab.runs) > 1 else []), str(moment.step), *values])
    heads = [*(["run"] if len(lab.runs) > 1 else []), "step", *COLUMNS.values()]
    return _table(map(escape, heads), rows)


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]], kind: str = "") -> str:
    """Cells of HTML; the first of a row is its head."""
    head = "".join(f"<th>{name}</th>" for name in heads)
    body = "".join(f"<tr><th>{first}</th>{''.join(f'<td>{cell}</td>' for cell in rest)}</tr>" for first, *rest in rows)
    return f'<div class="wide"><table class="{kind}"><tr>{head}</tr>{body}</table></div>'


class _Axis:
    """One axis of a plotly figure: which values it shows, and where."""

    def __init__(self, axis: Any, values: Sequence[float], ends: tuple[float, float]) -> None:
        self.title = axis.title.text or ""
        self._is_log, self._ends = axis.type == "log", ends
        known = [self._scaled(value) for value in values if value is not None]
        self._low, self._high = min(known), max(known)

    def at(self, value: float) -> float:
        """Where a value stands, in pixels."""
        part = (self._scaled(value) - self._low) / ((self._high - self._low) or 1)
        return round(self._ends[0] + part * (self._ends[1] - self._ends[0]), 1)

    def ticks(self) -> list[tuple[float, str]]:
        """A few round values, each with its place and its words."""
        if self._is_log:
            values = [10.0**k for k in range(math.ceil(self._low), math.floor(self._high) + 1)]
        else:
            step = 10 ** math.floor(math.log10((self._high - self._low) or 1))
            values = [k * step for k in range(math.ceil(self._low / step), math.floor(self._high / step) + 1)]
        return [(self.at(value), f"{value:,.6g}") for value in values]

    def _scaled(self, value: float) -> float:
        return math.log10(value) if self._is_log else float(value)


def _line(line: Any, k: int, across: _Axis, up: _Axis) -> str:
    """A line with its points, and its key beside the plot."""
    places = [(across.at(x), up.at(y)) for x, y in zip(line.x, line.y, strict=True) if y is not None]
    colour, dash = COLOURS[k % len(COLOURS)], DASHES[k // len(COLOURS) % len(DASHES)]
    stroke = f'fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"'
    y = TOP + 16 + 22 * k
    return (
        f'<polyline points="{" ".join(f"{x},{y}" for x, y in places)}" {stroke}/>'
        + "".join(f'<circle cx="{x}" cy="{y}" r="3" fill="{colour}"/>' for x, y in places)
        + f'<path d="M{RIGHT + 16} {y}h24" {stroke}/>'
        + _text(RIGHT + 46, y + 4, line.name or "", "start")
    )


def _text(x: float, y: float, words: str, anchor: str) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" fill="{TEXT}">{escape(words)}</text>'
