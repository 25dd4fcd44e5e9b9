"""The study as one page of plots: `python -m benchmarks.study_chart results/x-study.json` draws it anew beside it."""

import json
import sys
from itertools import groupby
from pathlib import Path
from statistics import mean, stdev
from typing import Any

from plotly import graph_objects as go
from plotly.subplots import make_subplots

from npair_viz.geometry.look import GREY, INK

COLUMNS = 2


def chart(found: dict[str, Any]) -> go.Figure:
    """A plot a table: Recall@1 on unseen classes of each arm, every seed a dot, mean and standard deviation in ink."""
    tables = [(name, list(arms)) for name, arms in groupby(found["arms"], key=lambda arm: arm["table"])]
    rows = -(-len(tables) // COLUMNS)
    titles = [name for name, _ in tables]
    figure = make_subplots(rows=rows, cols=COLUMNS, subplot_titles=titles, horizontal_spacing=0.2)
    for place, (_, arms) in enumerate(tables):
        for trace in _traces(arms):
            figure.add_trace(trace, row=place // COLUMNS + 1, col=place % COLUMNS + 1)
    figure.update_xaxes(title_text="Recall@1, unseen classes", title_standoff=4)
    figure.update_yaxes(autorange="reversed", type="category")
    seeds, date = found["settings"]["seeds"], found["date"][:10]
    figure.update_layout(
        template="plotly_white",
        height=120 + 300 * rows,
        showlegend=False,
        title=f"The study: {seeds} seeds an arm, grey; mean and standard deviation, black; {date}",
    )
    return figure


def _traces(arms: list[dict[str, Any]]) -> list[go.Scatter]:
    recalls = {arm["name"]: arm["runs"]["recall"] for arm in arms}
    names = [name for name, runs in recalls.items() for _ in runs]
    runs = [one for runs in recalls.values() for one in runs]
    spreads = {"type": "data", "array": [stdev(one) for one in recalls.values()], "thickness": 2, "width": 4}
    means = {"x": [mean(one) for one in recalls.values()], "y": list(recalls)}
    return [
        go.Scatter(x=runs, y=names, mode="markers", marker={"color": GREY, "size": 5, "opacity": 0.6}),
        go.Scatter(**means, mode="markers", marker={"color": INK, "size": 9}, error_x={**spreads, "color": INK}),
    ]


def write(path: Path) -> None:
    """Draw a study's JSON as an HTML page beside it, whose plotly comes from the network."""
    figure = chart(json.loads(path.read_text(encoding="utf-8")))
    figure.write_html(path.with_suffix(".html"), include_plotlyjs="cdn")


if __name__ == "__main__":
    for name in sys.argv[1:]:
        write(Path(name))
