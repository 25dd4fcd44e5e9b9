"""JupyterLab as `make lab` starts it: nothing stands between a person and the notebook."""

import json

import pytest
from playwright.sync_api import Page, expect

from tests.support.jupyterlab import Lab, open_notebook, run_all_cells

pytestmark = pytest.mark.browser

FIGURE = """import plotly.graph_objects as go
from ipywidgets import FloatSlider, VBox
import npair_viz
figure = go.FigureWidget(go.Scatter(x=[0, 1, 2], y=[0, 1, 3]))
tao = FloatSlider(description="tao", min=0, max=2, step=1, value=1)
tao.observe(lambda change: figure.data[0].update(y=[0, change.new, 3]), "value")
VBox([tao, figure])"""


@pytest.fixture
def scratch(lab: Lab) -> str:
    """The address of a notebook with one plotly figure and a slider that moves it."""
    cell = {"cell_type": "code", "id": "a", "execution_count": None, "metadata": {}, "outputs": [], "source": FIGURE}
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = {"cells": [cell], "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    (lab.root / "notebooks" / "scratch.ipynb").write_text(json.dumps(notebook))
    return lab.notebook("scratch.ipynb")


def test_a_notebook_opens_with_no_question_and_no_news(page: Page, scratch: str) -> None:
    open_notebook(page, scratch)
    run_all_cells(page)
    expect(page.locator(".jp-Dialog")).to_have_count(0)
    expect(page.locator(".Toastify__toast")).to_have_count(0)


def test_the_picture_at_the_top_of_a_lesson_is_seen(page: Page, lab: Lab) -> None:
    open_notebook(page, lab.notebook("02_explore_the_geometry.ipynb"))
    page.wait_for_function("() => document.querySelector('.jp-MarkdownCell img')?.naturalWidth > 100")


@pytest.mark.parametrize(("theme", "is_light"), [("JupyterLab Light", "true"), ("JupyterLab Dark", "false")])
def test_a_figure_shows_and_a_key_moves_it_in_both_themes(page: Page, scratch: str, is_light: str) -> None:
    open_notebook(page, scratch)
    run_all_cells(page)
    expect(page.locator("body")).to_have_attribute("data-jp-theme-light", is_light)
    line = page.locator(".js-line")
    expect(line).to_be_visible()
    before = line.get_attribute("d")
    page.get_by_role("slider").press("ArrowRight")
    expect(line).not_to_have_attribute("d", before)
