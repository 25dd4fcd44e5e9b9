"""The words of classes on a figure in a real browser: they are shown as they are written, not read as HTML."""

from pathlib import Path
from typing import Any

import pytest
import torch
from playwright.sync_api import Browser
from plotly import graph_objects as go

from npair_viz import explore
from npair_viz.data.scenes import from_data

pytestmark = pytest.mark.browser

WORDS = ("<b>x</b>", "&lt;x&gt;", "a & b", "<i>", "&amp;")
HOVERED = """async ([trace, point]) => {
    const plot = document.querySelector(".js-plotly-plot");
    Plotly.Fx.hover(plot, [{ curveNumber: trace, pointNumber: point }]);
    await new Promise((done) => setTimeout(done, 80)); // plotly waits 50 milliseconds between two hovers
    return document.querySelector(".hoverlayer").textContent;
}"""


def explorer_of(per_class: int) -> Any:
    """An explorer of rows in five dimensions, whose classes have words that look like HTML."""
    labels = torch.arange(len(WORDS)).repeat(per_class)
    return explore(from_data(torch.randn(len(labels), 5), labels, class_names=WORDS))


def words_of(explorer: Any) -> set[str]:
    """The words of the classes that a picture has to name."""
    reading = explorer.reading
    rows = [reading.partner, *reading.rivals[:4].tolist()]
    return {WORDS[row % len(WORDS)] for row in rows}


def test_the_words_of_classes_are_seen_as_they_are_written(chromium: Browser, tmp_path: Path) -> None:
    explorer = explorer_of(40)
    figure = go.Figure(explorer.figure)
    figure.write_html(tmp_path / "figure.html", include_plotlyjs=True)
    with chromium.new_context(offline=True) as context:
        page = context.new_page()
        page.goto((tmp_path / "figure.html").as_uri())
        page.wait_for_selector(".ytick text, .y2tick text")
        seen = page.locator(".js-plotly-plot svg text").evaluate_all("all => all.map((one) => one.textContent)")
        hovered = [
            page.evaluate(HOVERED, [number, point])
            for number, trace in enumerate(figure.data)
            if trace.hovertext is not None and trace.type == "scatter" and trace.visible is not False
            for point in range(len(trace.hovertext))
        ]
    said, told = " | ".join(seen), " | ".join(hovered)
    shown = words_of(explorer)
    assert len(shown) > 1
    assert [word for word in shown if word not in said] == []
    assert [word for word in shown if word not in told] == []
