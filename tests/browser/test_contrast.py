"""Contrast as it is drawn, in both themes: words 7:1, marks and arrows 3:1, whatever they lie on."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from npair_viz.stage.state import DRAWERS
from tests.support.drawn_contrast import Picture, pale
from tests.support.stage_page import NEXT_FRAME, action, control, root

pytestmark = pytest.mark.browser

TALL = {"width": 900, "height": 1500}  # all of the stage, with a drawer open
SCENES: dict[str, tuple[str, dict[str, Any]]] = {
    "line-up": ("line-up", {}),
    "plane": ("line-up", {"surface": "plane", "normalize": False, "l2_reg": 0.1}),
    "globe": ("globe", {}),
    "7 pairs": ("circle", {"n_classes": 7}),
    "yellow is picked": ("line-up", {"selected": 3}),
}
Opens = Callable[..., Page]


def opened(stage_page: Opens, what: str, scheme: str, *, ground: bool = True) -> Page:
    scene, settings = SCENES[what]
    page = stage_page(scene, **settings)
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size(TALL)
    control(page, "ground").set_checked(ground)
    page.evaluate(NEXT_FRAME)
    return page


@pytest.mark.parametrize("ground", [True, False], ids=["ground", "bare"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("what", SCENES)
def test_each_word_is_seven_to_one_and_each_mark_and_arrow_three_to_one(
    stage_page: Opens, what: str, scheme: str, ground: bool
) -> None:
    page = opened(stage_page, what, scheme, ground=ground)
    picture = Picture(page)
    words = picture.words(root(page))
    assert {"Play", "Loss", "Scene", "3"} <= {word for one in words for word in one.called.split()}
    shapes, arrows = picture.shapes(root(page), ".mark .shape"), picture.lines(root(page), ".arrow")
    assert len(shapes) >= 8
    assert len(arrows) >= 4
    assert pale(words, 7) == []
    assert pale(shapes, 3) == []
    assert pale(arrows, 3) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_each_word_in_a_drawer_is_seven_to_one(stage_page: Opens, scheme: str) -> None:
    page = opened(stage_page, "plane", scheme)
    for drawer in DRAWERS:
        page.evaluate("drawer => document.querySelector('#stage').stage.look({ drawer })", drawer)
        page.locator(f"[data-panel='{drawer}']").wait_for()
        page.evaluate(NEXT_FRAME)
        words = Picture(page).words(page.locator("[data-role=panel]"))
        assert bool(words) == (drawer != "loss so far")  # a curve has its words as a label
        assert pale(words, 7) == [], drawer


@pytest.mark.parametrize("what", ["line-up", "globe"])
def test_in_present_mode_each_word_is_seven_to_one_and_each_mark_and_arrow_three_to_one(
    stage_page: Opens, what: str
) -> None:
    page = opened(stage_page, what, "dark")
    action(page, "present").click()
    page.evaluate(NEXT_FRAME)
    picture = Picture(page)
    assert pale(picture.words(root(page)), 7) == []
    assert pale(picture.shapes(root(page), ".mark .shape"), 3) == []
    assert pale(picture.lines(root(page), ".arrow"), 3) == []
