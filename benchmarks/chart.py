"""A record as one page of plots: `python -m benchmarks.chart results/x.json` draws it anew beside the file."""

import math
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from plotly import graph_objects as go
from plotly.subplots import make_subplots

from benchmarks.cells import Cell
from benchmarks.record import Record
from npair_viz.geometry.look import CLASS_COLOURS, GREY, INK

ORANGE, SKY, GREEN, YELLOW, PINK = CLASS_COLOURS
# Ours in ink, the floor in grey. Whoever stands in several tables looks the same in each, and no two there look alike.
LOOKS = {
    "npair_viz": (INK, "solid", "circle"),
    "npair_viz, with l2_reg": (INK, "dash", "circle"),
    "gathered negatives": (PINK, "solid", "x"),
    "pytorch-metric-learning": (GREEN, "solid", "square"),
    "F.cross_entropy(A Pᵀ / tao)": (ORANGE, "solid", "triangle-up"),
    "F.cross_entropy((A / tao) Pᵀ)": (ORANGE, "dash", "triangle-down"),
    "F.cross_entropy(A Pᵀ / tao) + penalty": (ORANGE, "dot", "triangle-up"),
    "F.linear_cross_entropy, chunks of 256": (SKY, "solid", "diamond"),
    "bare products, whole": (GREY, "dash", "circle-open"),
    "bare products, tiled": (GREY, "dot", "square-open"),
    "Liger": (YELLOW, "solid", "star"),
    "cut-cross-entropy": (YELLOW, "dash", "star-open"),
    "Inf-CL": (YELLOW, "dot", "cross"),
    "batch: NPairLoss": (INK, "solid", "square"),
    "batch: NPairLoss, pairs given": (INK, "dot", "square-open"),
    "batch: NPairLoss, padded to 2n": (INK, "dash", "square-open"),
    "batch: index, normalize, cross-entropy": (ORANGE, "dash", "square"),
    "select_pairs, random": (INK, "solid", "circle"),
    "select_pairs, first": (INK, "dash", "circle"),
    "select_pairs, hardest": (INK, "dot", "circle-open"),
    "Python loop, negatives listed": (PINK, "solid", "x"),
    "torch.sort of the labels": (GREY, "dash", "circle-open"),
}

FLOOR = ("bare products, whole", "bare products, tiled")

AXES = {"n": "n, pairs", "d": "d, numbers a row", "rows": "rows in the batch"}
VALUES = {"ms": "milliseconds", "times": "times the faster bare products", "extra_mib": "extra memory, MiB"}
LOSS = {"forward": "forward", "forward_backward": "forward and backward"}
LEAST_MIB = 0.1  # what is less is drawn here: a logarithm knows no zero

Floors = dict[tuple[str, tuple[int, ...]], float]  # mode and size -> ms of the faster bare products


@dataclass(frozen=True)
class Panel:
    """One plot: `value` of the cells of a table and a mode, over one number of their size; `held` fixes the other."""

    title: str
    table: str
    mode: str
    axis: str
    value: str
    held: tuple[str, int | str | None] | None = None

    def number(self, cell: Cell, floors: Floors) -> float | None:
        """What the cell has to show here."""
        if (cell.table, cell.mode) != (self.table, self.mode) or not self._holds(cell.size):
            return None
        if self.value == "extra_mib":
            return None if cell.extra_mib is None else max(cell.extra_mib, LEAST_MIB)
        floor = floors.get(_problem(cell)) if self.value == "times" else 1.0
        return None if cell.ms is None or floor is None else cell.ms / floor

    def _holds(self, size: dict[str, int]) -> bool:
        if self.held is None:
            return True
        name, number = self.held
        return size[name] == (size["rows"] // 2 if number == "half" else number)


def panels(record: Record) -> list[Panel]:
    """Every plot that has something to show."""
    sizes = [cell.size for cell in record.cells if cell.table == "pairs"]
    d, n = _most_common(one["d"] for one in sizes), _most_common(one["n"] for one in sizes)
    both, words = "forward_backward", LOSS["forward_backward"]
    asked = [
        *(Panel(f"{LOSS[mode]}, d = {d}", "pairs", mode, "n", one, ("d", d)) for one in VALUES for mode in LOSS),
        *(Panel(f"{words}, n = {n}", "pairs", both, "d", one, ("n", n)) for one in ("ms", "extra_mib")),
        *(Panel(f"few pairs, {LOSS[mode]}", "few pairs", mode, "n", "ms") for mode in LOSS),
        Panel("selection, 16 classes", "selection", "forward", "rows", "ms", ("classes", 16)),
        Panel("selection, two rows a class", "selection", "forward", "rows", "ms", ("classes", "half")),
    ]
    floors = _floors(record)
    return [panel for panel in asked if any(panel.number(cell, floors) is not None for cell in record.cells)]


def _most_common(numbers: Iterable[int]) -> int | None:
    """The number that the cross holds while the other one goes along its arm."""
    found = list(numbers)
    return max(sorted(set(found)), key=found.count, default=None)


def _problem(cell: Cell) -> tuple[str, tuple[int, ...]]:
    return cell.mode, tuple(cell.size.values())


def _floors(record: Record) -> Floors:
    floors: Floors = {}
    for cell in record.cells:
        if cell.contender in FLOOR and cell.ms is not None:
            floors[_problem(cell)] = min(cell.ms, floors.get(_problem(cell), math.inf))
    return floors


def chart(record: Record) -> go.Figure:
    """All panels, two in a row, on logarithmic axes; a line is a contender, a bar its quartiles."""
    shown, floors = panels(record), _floors(record)
    rows = max(1, (len(shown) + 1) // 2)
    titles = [panel.title for panel in shown]
    figure = make_subplots(rows=rows, cols=2, subplot_titles=titles, vertical_spacing=0.35 / rows)
    known: set[str] = set()
    for place, panel in enumerate(shown):
        at = {"row": place // 2 + 1, "col": place % 2 + 1}
        for trace in _traces(panel, record, floors):
            trace.showlegend = trace.name not in known
            known.add(trace.name)
            figure.add_trace(trace, **at)
        ticks = sorted({x for trace in figure.select_traces(**at) for x in trace.x})
        figure.update_xaxes(title_text=AXES[panel.axis], tickvals=ticks, **at)
        figure.update_yaxes(title_text=VALUES[panel.value], dtick="D2" if panel.value == "times" else None, **at)
    figure.update_xaxes(type="log", tickformat=",", minor_ticks="")
    figure.update_yaxes(type="log", tickformat=",~g")
    figure.update_layout(
        template="plotly_white",
        height=180 + 380 * rows,
        margin_t=150,
        title={"text": _title(record), "yref": "container", "y": 1 - 20 / (180 + 380 * rows), "yanchor": "top"},
    )
    return figure


def _traces(panel: Panel, record: Record, floors: Floors) -> list[go.Scatter]:
    points = [(cell, panel.number(cell, floors)) for cell in record.cells]
    return [
        _trace(panel, name, line)
        for name in LOOKS
        if (line := [(cell, y) for cell, y in points if cell.contender == name and y is not None])
    ]


def _trace(panel: Panel, name: str, line: list[tuple[Cell, float]]) -> go.Scatter:
    line = sorted(line, key=lambda point: point[0].size[panel.axis])
    colour, dash, symbol = LOOKS[name]
    trace = go.Scatter(
        name=name,
        legendgroup=name,
        x=[cell.size[panel.axis] for cell, _ in line],
        y=[y for _, y in line],
        mode="lines+markers",
        line={"color": colour, "dash": dash, "width": 3 if colour == INK else 1.5},
        marker={"symbol": symbol, "size": 8},
        text=[f"{cell.repetitions} repetitions {cell.note}".strip() for cell, _ in line],
        hovertemplate=f"%{{x}}: %{{y:.3~g}} {VALUES[panel.value]}, %{{text}}",
    )
    if panel.value == "ms":
        down, up = ([abs(cell.quartiles[end] - y) for cell, y in line] for end in (0, 1))
        trace.error_y = {"type": "data", "array": up, "arrayminus": down, "thickness": 1, "width": 3}
    return trace


def _title(record: Record) -> str:
    machine, settings = record.machine, record.settings
    what = f"{machine['cpu']}, threads: {settings['threads']}" if settings["device"] == "cpu" else machine["gpu"]
    limits = f"a line ends where the next cell would take over {settings['seconds']:g} s or {settings['gib']:g} GiB"
    absent = "".join(f"<br>{name}: {why}" for name, why in record.absent.items())
    return (
        f"The N-pair loss: {what}, {settings['dtype']}, torch {record.versions['torch']}, {record.date[:10]}"
        f"<br><sub>Medians, bars are quartiles; {limits}{absent}</sub>"
    )


def write(record: Record, path: Path) -> None:
    """Draw the record as an HTML page, whose plotly comes from the network."""
    chart(record).write_html(path, include_plotlyjs="cdn")


if __name__ == "__main__":
    for name in sys.argv[1:]:
        write(Record.from_json(Path(name).read_text(encoding="utf-8")), Path(name).with_suffix(".html"))
