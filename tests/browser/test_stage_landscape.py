"""The stage's landscape in a real Chromium: it is seen, it follows a drag in time, and says where it can't be."""

from collections.abc import Callable
from statistics import median

import pytest
from playwright.sync_api import Page, expect

from tests.support.stage_page import NEXT_FRAME, crowd, dragging, on_circle

pytestmark = pytest.mark.browser

CANVAS = "document.querySelector('canvas.field')"


def shown(page: Page) -> str:
    page.evaluate(NEXT_FRAME)
    return page.evaluate(f"{CANVAS}.toDataURL()")


def empty(page: Page) -> str:
    return page.evaluate("Object.assign(document.createElement('canvas'), { width: 448, height: 448 }).toDataURL()")


@pytest.mark.parametrize("surface", ["sphere", "plane"])
@pytest.mark.parametrize("point", ["a5", "p5"])
def test_the_landscape_of_32_pairs_follows_a_drag_within_the_frame(
    stage_page: Callable[..., Page], surface: str, point: str
) -> None:
    page = stage_page(crowd(32), surface=surface)
    page.locator("[data-control=landscape]").check()
    before, spent = shown(page), []
    with dragging(page, point):
        for step in range(20):
            page.mouse.move(*on_circle(page, 10 + 3 * step))
            page.evaluate(NEXT_FRAME)
            spent.append(page.evaluate("document.querySelector('#stage').stage.spent"))
    assert shown(page) != before
    assert median(spent) < 8


def test_the_colours_are_cold_where_the_loss_is_low(stage_page: Callable[..., Page]) -> None:
    page = stage_page("tidy")
    page.locator("[data-control=landscape]").check()
    page.evaluate(NEXT_FRAME)
    ring = 224 * 1.16 / 1.3
    pixel = f"y => [...{CANVAS}.getContext('2d').getImageData(224, y, 1, 1).data]"
    top, bottom = (page.evaluate(pixel, round(224 - sign * ring)) for sign in (1, -1))
    assert top[0] < 80  # dark violet near the partner
    assert top[1] < 40
    assert bottom[1] > 180  # yellow opposite


def test_the_legend_says_whose_loss_the_colours_are(stage_page: Callable[..., Page]) -> None:
    page = stage_page()
    colours = page.locator("[data-role=legend] .colours")
    expect(colours).to_be_hidden()
    page.locator("[data-control=landscape]").check()
    expect(colours).to_contain_text("anchor 3's own loss if it stood there")
    page.locator("[data-point=p1]").focus()
    page.keyboard.press("Enter")
    expect(colours).to_contain_text("the loss of all if positive 8 stood there")
    page.locator("[data-control=landscape]").uncheck()
    expect(colours).to_be_hidden()
    assert shown(page) == empty(page)


def test_on_a_globe_the_landscape_is_greyed_and_says_why(stage_page: Callable[..., Page]) -> None:
    page = stage_page()
    page.locator("[data-control=landscape]").check()
    page.locator("[data-control=scene]").select_option("globe")
    expect(page.locator("[data-control=landscape]")).to_be_disabled()
    expect(page.locator("label", has_text="landscape")).to_contain_text("not in three dimensions")
    assert shown(page) == empty(page)


@pytest.mark.parametrize("surface", ["sphere", "plane"])
def test_a_landscape_that_is_kept_is_the_one_that_would_be_computed(
    stage_page: Callable[..., Page], surface: str
) -> None:
    page = stage_page("line-up", surface=surface)
    page.locator("[data-control=landscape]").check()
    acts: tuple[Callable[[], None], ...] = (
        lambda: page.locator("[data-point=p0]").press("ArrowRight"),
        lambda: page.locator("[data-point=p0]").press("ArrowRight"),
        lambda: page.locator("[data-point=a1]").press("ArrowLeft"),
        lambda: page.locator("[data-point=p0]").press("ArrowLeft"),
        lambda: page.locator("[data-control=tao]").press("ArrowRight"),
    )
    for act in acts:
        act()
        page.evaluate(NEXT_FRAME)
        kept = shown(page)
        page.evaluate("() => { const { stage } = document.querySelector('#stage'); stage.field = null; stage.draw(); }")
        assert shown(page) == kept
