"""Which point a hand grabs on the stage, what it sees of it meanwhile, and how a drag ends."""

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from playwright.sync_api import Locator, Page, expect

from npair_viz.data.scenes import of_pairs
from npair_viz.geometry.missions import MISSIONS, as_json
from tests.support.stage_page import NEXT_FRAME, STATE, centre, dragging, fingers, number, on_circle

pytestmark = pytest.mark.browser

TOUCH = pytest.mark.parametrize("device", [{"has_touch": True}], ids=["touch"])
DIAMOND, SQUARE = "M0-22L22 0L0 22L-22 0Z", "M-16-16H16V16H-16Z"


def scene_at(anchors: list[float], positives: list[float]) -> Any:
    """Pairs at angles on the circle, in degrees."""
    angles = torch.tensor([anchors, positives], dtype=torch.float64).deg2rad()
    rows = torch.stack([angles.cos(), angles.sin()], dim=2)
    return of_pairs("angles", "Where?", rows[0], rows[1], range(len(anchors)))


def angle(page: Page, name: str) -> float:
    return math.degrees(math.atan2(number(page, name, "data-y"), number(page, name, "data-x"))) % 360


def drag(page: Page, name: str, degrees: float) -> None:
    with dragging(page, name):
        page.mouse.move(*on_circle(page, degrees), steps=4)
    page.evaluate(NEXT_FRAME)


def where(page: Page) -> Locator:
    return page.locator(".where")


def test_a_positive_that_was_dropped_on_its_anchor_is_dragged_away_again(stage_page: Callable[..., Page]) -> None:
    page = stage_page(options={"mission": as_json(MISSIONS["a better place"])})
    drag(page, "p0", 90)
    page.mouse.move(*centre(page, "a0"))
    page.mouse.down()
    page.mouse.move(*on_circle(page, 103), steps=4)
    page.mouse.up()
    page.evaluate(NEXT_FRAME)
    assert angle(page, "p0") == pytest.approx(103, abs=1)
    assert angle(page, "a0") == pytest.approx(90)


@pytest.mark.parametrize("below", [90, 91.5])
def test_what_lies_on_top_is_dragged_and_what_lies_below_stays(stage_page: Callable[..., Page], below: float) -> None:
    page = stage_page(scene_at([below, 200, 300], [90, 210, 310]))
    drag(page, "a0", 20)
    assert angle(page, "p0") == pytest.approx(20, abs=2)
    assert angle(page, "a0") == pytest.approx(below)


def test_a_point_that_may_not_be_moved_does_not_cover_one_that_may(stage_page: Callable[..., Page]) -> None:
    mission = {**as_json(MISSIONS["one move"]), "scene": "", "allow": ["a0"]}
    page = stage_page(scene_at([90, 200], [90, 210]), options={"mission": mission})
    drag(page, "p0", 20)
    assert (angle(page, "a0"), angle(page, "p0")) == pytest.approx((20, 90), abs=1)


def test_where_nothing_may_be_moved_what_lies_on_top_is_chosen(stage_page: Callable[..., Page]) -> None:
    page = stage_page(scene_at([91, 200], [90, 210]), options={"lock": ["move"]})
    drag(page, "a0", 20)
    state = page.evaluate(STATE)
    assert (state["selected"], state["point"]) == (0, "positive")


def test_an_anchor_below_its_positive_is_a_ring_around_it_that_can_be_dragged(stage_page: Callable[..., Page]) -> None:
    page = stage_page(scene_at([90, 200], [90.5, 210]))
    ring = page.locator(".mark.ring")
    assert ring.evaluate_all("all => all.map((one) => one.dataset.point)") == ["a0"]
    anchor, partner = (page.locator(f"[data-point={name}] .shape").bounding_box() for name in ("a0", "p0"))
    assert anchor["x"] + 3 < partner["x"]
    assert anchor["x"] + anchor["width"] - 3 > partner["x"] + partner["width"]
    x, y = centre(page, "a0")
    page.mouse.move(x + 15, y + 14)
    page.mouse.down()
    page.mouse.move(x + 75, y + 34, steps=3)
    page.mouse.up()
    page.evaluate(NEXT_FRAME)
    assert angle(page, "p0") == pytest.approx(90.5)
    assert angle(page, "a0") < 80
    expect(ring).to_have_count(0)


@pytest.mark.parametrize(("name", "shape"), [("p0", DIAMOND), ("p1", SQUARE)], ids=["partner", "negative"])
def test_a_ghost_has_the_shape_of_its_role(stage_page: Callable[..., Page], name: str, shape: str) -> None:
    page = stage_page(scene_at([90, 200, 300], [120, 220, 320]), options={"lock": []})
    page.locator(f"[data-point={name}]").focus()
    page.keyboard.press("ArrowRight")
    page.evaluate("document.querySelector('#stage').stage.look({ selected: 0, point: 'anchor' })")
    page.evaluate(NEXT_FRAME)
    expect(page.locator(".ghost[visibility=visible]")).to_have_attribute("d", shape)


def test_a_dragged_point_says_its_degrees_until_it_is_let_go(stage_page: Callable[..., Page]) -> None:
    page = stage_page()
    expect(where(page)).to_be_empty()
    with dragging(page, "p0"):
        page.mouse.move(*on_circle(page, 103), steps=4)
        page.evaluate(NEXT_FRAME)
        assert float(where(page).text_content().removesuffix("°")) == pytest.approx(angle(page, "p0"), abs=0.06)
    expect(where(page)).to_be_empty()


def test_a_point_moved_by_keys_says_its_degrees_until_they_rest(stage_page: Callable[..., Page]) -> None:
    page = stage_page()
    page.locator("[data-point=p0]").press("ArrowRight")
    expect(where(page)).to_have_text("138°")
    page.locator("[data-point=p0]").press("Shift+ArrowRight")
    expect(where(page)).to_have_text("137.8°")
    expect(where(page)).to_be_empty()


def test_in_the_plane_a_dragged_point_says_its_coordinates(stage_page: Callable[..., Page]) -> None:
    page = stage_page(surface="plane")
    with dragging(page, "p0"):
        page.mouse.move(*on_circle(page, 103), steps=4)
        page.evaluate(NEXT_FRAME)
        seen = [float(x) for x in where(page).text_content().split(", ")]
        assert seen == pytest.approx([number(page, "p0", f"data-{axis}") for axis in "xy"], abs=0.006)


@pytest.mark.parametrize("degrees", [0, 45, 180, 270])
def test_the_words_beside_a_dragged_point_stay_on_the_board(stage_page: Callable[..., Page], degrees: int) -> None:
    page = stage_page()
    with dragging(page, "p0"):
        page.mouse.move(*on_circle(page, degrees + 0.3), steps=4)
        page.evaluate(NEXT_FRAME)
        words, board = where(page).bounding_box(), page.locator(".board").bounding_box()
        x, y = centre(page, "p0")
    assert board["x"] <= words["x"] <= words["x"] + words["width"] <= board["x"] + board["width"]
    assert board["y"] <= words["y"] <= words["y"] + words["height"] <= board["y"] + board["height"]
    across = abs(min(max(x, words["x"]), words["x"] + words["width"]) - x)
    down = abs(min(max(y, words["y"]), words["y"] + words["height"]) - y)
    assert across + down > 22  # the diamond's half width


@pytest.mark.parametrize("name", ["a1", "p1"])
def test_in_a_mission_about_an_anchor_its_line_up_stays_while_others_are_dragged(
    stage_page: Callable[..., Page], name: str
) -> None:
    page = stage_page(options={"mission": as_json(MISSIONS["sabotage"])})
    drag(page, name, 85)
    expect(page.get_by_role("heading", name="Who does anchor 3 pick?")).to_be_visible()
    expect(page.locator("[data-role=sentence]")).to_contain_text("Anchor 3")
    assert page.locator(f"[data-arrow^={name}]").count() == 4


@TOUCH
@pytest.mark.parametrize("slip", [(10, 0), (-10, 0), (0, 10), (0, -10), (7, 7)])
def test_a_finger_beside_its_point_does_not_drag_the_neighbour(
    stage_page: Callable[..., Page], slip: tuple[float, float]
) -> None:
    page = stage_page(scene_at([90, 200], [270, 98]))  # 24 pixels apart
    touch = fingers(page)
    x, y = centre(page, "a0")
    touch("touchStart", (x + slip[0], y + slip[1]))
    touch("touchMove", (x + 60, y + 10))
    page.evaluate(NEXT_FRAME)
    touch("touchEnd")
    assert angle(page, "p1") == pytest.approx(98)
    assert angle(page, "a0") < 88


@TOUCH
def test_a_second_finger_neither_drags_nor_ends_the_drag_of_the_first(stage_page: Callable[..., Page]) -> None:
    page = stage_page()
    touch = fingers(page)
    second = centre(page, "a2")
    before = angle(page, "a2")
    touch("touchStart", centre(page, "p0"))
    touch("touchMove", on_circle(page, 130))
    touch("touchStart", on_circle(page, 130), second)
    touch("touchMove", on_circle(page, 125), (second[0] + 40, second[1] - 40))
    touch("touchMove", on_circle(page, 110))
    page.evaluate(NEXT_FRAME)
    assert angle(page, "p0") == pytest.approx(110, abs=1)
    assert angle(page, "a2") == pytest.approx(before)
    touch("touchEnd")
    page.locator("[data-action=undo]").click()
    expect(page.locator("[data-action=undo]")).to_be_disabled()


@pytest.mark.parametrize("kind", ["pointercancel", "lostpointercapture"])
def test_a_drag_that_is_taken_away_ends(stage_page: Callable[..., Page], kind: str) -> None:
    page = stage_page()
    with dragging(page, "p0"):
        page.mouse.move(*on_circle(page, 120), steps=3)
        page.evaluate(NEXT_FRAME)
        page.evaluate(
            """kind => document.querySelector(".board").dispatchEvent(
                new PointerEvent(kind, { pointerId: 1, bubbles: true }))""",
            kind,
        )
        page.mouse.move(*on_circle(page, 60), steps=3)
        page.evaluate(NEXT_FRAME)
    assert angle(page, "p0") == pytest.approx(120, abs=1)
    drag(page, "p0", 100)
    assert angle(page, "p0") == pytest.approx(100, abs=1)


@TOUCH
@pytest.mark.parametrize(("way", "is_slide"), [((0, -1), False), ((0, 1), False), ((1, 0), True)])
def test_a_finger_that_scrolls_the_page_across_a_slider_does_not_move_it(
    stage_page: Callable[..., Page], way: tuple[int, int], is_slide: bool
) -> None:
    page = stage_page()
    page.set_viewport_size({"width": 390, "height": 600})
    slider = page.locator("[data-control=tao]")
    slider.evaluate("one => scrollTo(0, one.getBoundingClientRect().top - 300)")
    page.evaluate(NEXT_FRAME)
    box, touch = slider.bounding_box(), fingers(page)
    x, y = box["x"] + box["width"] * 0.75, box["y"] + box["height"] / 2
    touch("touchStart", (x, y))
    for step in range(1, 11):
        touch("touchMove", (x + 8 * step * way[0], y + 12 * step * way[1]))
        page.evaluate(NEXT_FRAME)
    touch("touchEnd")
    page.evaluate(NEXT_FRAME)
    assert (page.locator("#stage").get_attribute("data-tao") != "0.5") == is_slide
    assert page.locator("[data-action=undo]").is_enabled() == is_slide
