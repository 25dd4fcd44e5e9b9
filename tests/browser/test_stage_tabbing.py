"""The tab key goes the way of the eye: down each column, wide and narrow."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.support.lesson_sample import lesson_sample
from tests.support.stage_page import NEXT_FRAME

pytestmark = pytest.mark.browser

# What has the focus: its name, its column, and where its box begins and ends; marks are one with their board.
FOCUSED = """() => {
    const one = document.activeElement;
    const { left, top, bottom } = (one.closest("svg") ?? one).getBoundingClientRect();
    const columns = { ".picture": "left", ".beside": "right" }, main = one.closest(".main");
    const column = Object.keys(columns).find((name) => one.closest(name));
    const isWide = main && getComputedStyle(main).display === "grid";
    return one === document.body ? null : {
        called: one.dataset.point ?? one.dataset.control ?? one.dataset.action ?? one.dataset.drawer ?? one.className,
        column: isWide ? columns[column] : "page",
        ...{ left, top: top + scrollY, bottom: bottom + scrollY },
    };
}"""


def way_of_tab(page: Page, width: int, height: int) -> list[dict[str, Any]]:
    """What has the focus, one after the other, until a page is left."""
    page.set_viewport_size({"width": width, "height": height})
    page.evaluate(NEXT_FRAME)
    way = []
    while True:
        page.keyboard.press("Tab")
        if (one := page.evaluate(FOCUSED)) is None:
            return way
        way.append(one)


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (700, 900), (390, 844)], ids=str)
def test_the_tab_key_follows_the_eye(stage_page: Callable[..., Page], width: int, height: int) -> None:
    way = way_of_tab(stage_page(), width, height)
    assert {"scene", "p3", "play", "tao", "place", "who", "settings", "save"} <= {one["called"] for one in way}
    columns = list(dict.fromkeys(one["column"] for one in way))
    assert columns == (["page"] if width == 390 else ["page", "left", "right"])
    for one, then in pairwise(way):
        if one["column"] == then["column"]:
            assert then["bottom"] > one["top"], (one["called"], then["called"])
            assert then["bottom"] > one["bottom"] or then["left"] >= one["left"], (one["called"], then["called"])


def test_on_a_phone_on_its_side_the_choices_are_last(stage_page: Callable[..., Page]) -> None:
    called = [one["called"] for one in way_of_tab(stage_page(), 844, 390)]
    assert called.index("p3") < called.index("who") < called.index("play") < called.index("scene")
    assert called.index("place") < called.index("scene") < called.index("settings")


@pytest.mark.parametrize("width", [390, 768])
def test_in_the_sheet_of_a_lesson_the_tab_key_follows_the_eye(chromium: Browser, tmp_path: Path, width: int) -> None:
    file = tmp_path / "lesson.html"
    file.write_text(lesson_sample(level=3), encoding="utf-8")
    with chromium.new_context(offline=True) as context:
        page = context.new_page()
        page.goto(file.as_uri())
        way = [one["called"] for one in way_of_tab(page, width, 1000)]
    expected = ["p3", "who", "play", "tao", "place", "selected", "settings", "save"]
    assert sorted(expected, key=way.index) == expected
