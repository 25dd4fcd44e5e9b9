"""The stage's legend, its levels, and what is left of it where parts are hidden, in a real Chromium."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from staging import NEXT_FRAME

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("settings", "keys"),
    [
        ({"tao": 0.5}, ["anchor", "its partner", "negative", "pull", "push", "their sum", "real force = arrow × 0.50"]),
        (
            {"tao": 2.0, "surface": "plane"},
            ["anchor", "its partner", "negative", "pull", "push", "shrink", "their sum", "real force = arrow × 0.13"],
        ),
    ],
)
def test_the_legend_names_what_is_drawn_and_its_scale(
    stage_page: Callable[..., Page], settings: dict, keys: list[str]
) -> None:
    page = stage_page(**settings)
    page.evaluate(NEXT_FRAME)
    seen = page.locator("[data-role=legend] > span:visible")
    expect(seen).to_have_text(keys)
    board, legend = (page.locator(name).bounding_box() for name in (".board", "[data-role=legend]"))
    assert legend["y"] >= board["y"] + board["height"]
