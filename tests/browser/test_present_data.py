"""Present mode of the explorers of data on a projector: the cloud of embeddings, and the training lab."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.cloud_pixels import LONELY, PIXEL_OF
from tests.support.explorer_page import sentence, untroubled
from tests.support.jupyterlab import Lab, change_theme, end_kernels, in_picture, opened, write_notebook
from tests.support.projector import LEAST, PROJECTOR, for_the_back_row, letters, shot
from tests.support.visual_checks import PLOT_TEXTS, cut_off, outside_the_plot, overlapping, pale

pytestmark = pytest.mark.browser

TICKS = ".xtick text, .ytick text, .x2tick text, .y2tick text, .x3tick text, .y3tick text, .y4tick text, .y5tick text"
TEXTS = """
import dataclasses
from npair_viz import explore, scenes
texts = tuple(f"Wide words of many more letters, {row}" for row in range(1797))
names = tuple(f"drawing of a {k}" for k in range(10))
one = explore(dataclasses.replace(scenes.digits(), images=None, texts=texts, class_names=names), row=1234)
one
"""
READ = f"{PLOT_TEXTS}, {TICKS}, .legendtext, .npair-sentence"
CELLS = {
    "cloud": "from npair_viz import explore, scenes\none = explore(scenes.digits(), row=3)\none",
    "texts": TEXTS,
    "lab": "from npair_viz import train_and_watch\none = train_and_watch('digits', steps=100, step=100)\none",
    "two": "import npair_viz\none = npair_viz.train_and_watch('digits', step=300, against={'tao': 1.0})\none",
}


@pytest.fixture(scope="module", params=list(CELLS))
def desk(chromium: Browser, lab: Lab, request: pytest.FixtureRequest) -> Iterator[Page]:
    with opened(chromium, write_notebook(lab, f"presented {request.param}.ipynb", CELLS[request.param])) as page:
        page.set_viewport_size(PROJECTOR)
        yield page
    end_kernels(lab)


@pytest.fixture
def presented(desk: Page, request: pytest.FixtureRequest) -> Iterator[Locator]:
    change_theme(desk, getattr(request, "param", "JupyterLab Light"))
    with untroubled(desk), for_the_back_row(desk.locator(".npair-viz").first) as explorer:
        yield explorer


@pytest.mark.parametrize("presented", ["JupyterLab Light", "JupyterLab Dark"], indirect=True)
def test_every_text_is_large_and_has_seven_to_one_on_white(presented: Locator) -> None:
    shot(
        presented.page, f"{presented.page.title()}-{presented.page.locator('body').get_attribute('data-jp-theme-name')}"
    )
    assert {text: size for text, size in letters(presented, READ).items() if size < LEAST} == {}
    assert pale(presented, f"{READ}, .widget-label, select:enabled, button:enabled", 7) == []


def test_it_fits_the_projector_and_nothing_overlaps(presented: Locator) -> None:
    page = presented.page.locator(".jp-NotebookPanel-notebook").first.bounding_box()
    end = sentence(presented).bounding_box()
    assert end["y"] + end["height"] <= page["y"] + page["height"]
    assert presented.bounding_box()["width"] <= page["width"]
    assert overlapping(presented, f"{READ}, button, select, input", slack=4) == []
    assert cut_off(presented) + outside_the_plot(presented) == []


def test_a_larger_window_has_a_larger_picture(presented: Locator) -> None:
    plot = presented.locator(".js-plotly-plot")
    small = plot.bounding_box()["width"]
    presented.page.set_viewport_size({"width": 1920, "height": 1080})
    expect(presented.locator(".npair-board")).to_have_css("transform", re.compile(r"matrix\(1\.6"))
    presented.scroll_into_view_if_needed()
    shot(presented.page, "data at 1080")
    large, end = plot.bounding_box(), sentence(presented).bounding_box()
    page = presented.page.locator(".jp-NotebookPanel-notebook").first.bounding_box()
    presented.page.set_viewport_size(PROJECTOR)
    assert large["width"] >= 1.4 * small
    assert large["y"] + large["height"] <= end["y"]
    assert end["y"] + end["height"] <= page["y"] + page["height"]


@pytest.mark.parametrize("desk", ["cloud"], indirect=True)
def test_a_row_is_clicked_where_it_is_seen(presented: Locator) -> None:
    presented.page.set_viewport_size({"width": 1920, "height": 1080})
    expect(presented.locator(".npair-board")).to_have_css("transform", re.compile(r"matrix\(1\.6"))
    presented.scroll_into_view_if_needed()
    row = in_picture(presented, LONELY)
    presented.page.mouse.click(*in_picture(presented, PIXEL_OF, row))
    expect(sentence(presented)).to_contain_text(f"Anchor row {row} ")
    presented.page.set_viewport_size(PROJECTOR)


def test_code_is_hidden_while_it_lasts(presented: Locator) -> None:
    expect(presented.page.locator(".jp-CodeCell .jp-InputArea").first).to_be_hidden()
