"""Points of many dimensions whose coordinates on the page change: Python rounds them, and they span another space."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from npair_viz.explorers.explore import explore
from tests.support.stage_page import NEXT_FRAME, as_json, root

pytestmark = pytest.mark.browser

TAKE = "put => document.querySelector('#stage').stage.store.takePut(put)"


def test_rounded_points_have_no_ghosts_at_places_in_another_span(stage_page: Callable[..., Page]) -> None:
    explorer, page = explore("pixels"), stage_page("pixels")
    explorer.play(30)
    page.evaluate(TAKE, as_json(explorer.widget.store.put()))
    page.evaluate(NEXT_FRAME)
    expect(page.locator(".ghost[visibility=visible]").first).to_be_visible()
    explorer.set(dtype="float32")
    page.evaluate(TAKE, as_json(explorer.widget.store.put()))
    page.evaluate(NEXT_FRAME)
    expect(page.locator("[data-role=sentence]")).to_have_text(explorer.sentence)
    expect(page.locator(".ghost[visibility=visible]")).to_have_count(0)


def test_the_trail_of_a_run_goes_when_python_acts(stage_page: Callable[..., Page]) -> None:
    explorer, page = explore("line-up"), stage_page("line-up")
    page.locator("[data-action=play]").click()
    page.wait_for_function("document.querySelector('#stage').stage.trails.length > 2")
    explorer.set(tao=0.3)
    page.evaluate(TAKE, as_json(explorer.widget.store.put()))
    page.evaluate(NEXT_FRAME)
    expect(root(page)).to_have_attribute("data-tao", "0.3")
    assert page.evaluate("document.querySelector('#stage').stage.trails.length") == 0
