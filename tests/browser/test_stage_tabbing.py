"""The tab key goes the way of the eye: down each column, wide and narrow."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from playwright.sync_api import Page

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


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (700, 900), (390, 844)], ids=str)
def test_the_tab_key_follows_the_eye(stage_page: Callable[..., Page], width: int, height: int) -> None:
    page = stage_page()
    page.set_viewport_size({"width": width, "height": height})
    page.evaluate(NEXT_FRAME)
    way = []
    while True:
        page.keyboard.press("Tab")
        if (one := page.evaluate(FOCUSED)) is None:
            break
        way.append(one)
    assert {"scene", "p3", "play", "tao", "place", "who", "settings", "save"} <= {one["called"] for one in way}
    columns = list(dict.fromkeys(one["column"] for one in way))
    assert columns == (["page"] if width == 390 else ["page", "left", "right"])
    for one, then in pairwise(way):
        if one["column"] == then["column"]:
            assert then["bottom"] > one["top"], (one["called"], then["called"])
            assert then["bottom"] > one["bottom"] or then["left"] >= one["left"], (one["called"], then["called"])
