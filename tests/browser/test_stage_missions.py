"""Missions and the first sight of the stage, on its page in a real Chromium."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from npair_viz.data.scenes import named, of_pairs
from npair_viz.geometry.missions import MISSIONS, as_json
from tests.support.stage_page import NEXT_FRAME, STATE, dragging, on_circle

pytestmark = pytest.mark.browser

STAGE = "document.querySelector('#stage').stage"
GAPS = """() => [...document.querySelectorAll('.best')].map((dot, i) => {
    const place = document.querySelector('#stage').stage.places[i];
    return Math.hypot(dot.getAttribute('cx') - place.x, dot.getAttribute('cy') - place.y);
})"""


def status(page: Page) -> Locator:
    return page.locator("[data-role=status]")


def drag(page: Page, name: str, degrees: float) -> None:
    with dragging(page, name):
        page.mouse.move(*on_circle(page, degrees), steps=3)
    page.evaluate(NEXT_FRAME)


def test_a_usual_slip_is_hinted_at_when_the_hand_lets_go_and_undo_takes_it_back(
    stage_page: Callable[..., Page],
) -> None:
    page = stage_page(options={"mission": as_json(MISSIONS["a better place"])})
    drag(page, "p0", 88)
    expect(status(page)).to_have_text("Whose negative is 3's positive?")
    expect(status(page)).to_have_attribute("data-kind", "hint")
    page.locator("[data-action=undo]").click()
    expect(status(page)).to_be_empty()
    page.evaluate(NEXT_FRAME)
    drag(page, "p0", 103)
    expect(status(page)).to_have_text("Done: that is it.")
    expect(status(page)).to_have_attribute("data-kind", "done")


def test_in_a_mission_nothing_but_points_can_be_changed(stage_page: Callable[..., Page]) -> None:
    page = stage_page(options={"mission": as_json(MISSIONS["one move"])})
    colours = "[data-control=landscape], [data-control=ground]"  # they change no point
    changers = f"input:enabled:visible:not({colours}), select:enabled:visible"
    expect(page.locator(changers)).to_have_count(0)
    expect(page.locator("[data-action=play]:visible, [data-action=step]:visible")).to_have_count(0)


def test_the_wrong_label_is_found_by_naming_its_class(stage_page: Callable[..., Page]) -> None:
    page = stage_page("twin", options={"mission": as_json(MISSIONS["a wrong label"])})
    page.get_by_label("3 is the same class as").select_option("0")
    expect(status(page)).to_contain_text("easy to tell apart")
    page.get_by_label("3 is the same class as").select_option("8")
    expect(status(page)).to_have_text("Done: that is it.")
    assert page.evaluate(STATE)["same"] == [3, 8]
    page.locator("[data-action=undo]").click()
    expect(page.get_by_label("3 is the same class as")).to_have_value("0")


def test_a_mission_that_is_opened_half_way_knows_where_it_started(stage_page: Callable[..., Page]) -> None:
    start = named("line-up").paired()
    positives = start.positives.clone()
    positives[3] = positives[3].flip(0)
    half_way = of_pairs("line-up", "", start.anchors, positives, start.classes)
    page = stage_page(half_way, options={"mission": as_json(MISSIONS["one move"])})
    assert page.evaluate(f"[3, 7].map((index) => {STAGE}.mayMove(index))") == [False, True]


def test_the_line_up_invites_to_drag_its_wrong_positive_until_it_is_dragged(stage_page: Callable[..., Page]) -> None:
    page = stage_page()
    invitation = page.locator(".invitation")
    expect(invitation).to_have_text("drag me")
    place = page.locator("[data-point=p0]").get_attribute("transform")
    expect(invitation).to_have_attribute("transform", place or "")
    drag(page, "p0", 120)
    expect(invitation).to_have_count(0)
    page.locator("[data-action=undo]").click()
    page.evaluate(NEXT_FRAME)
    expect(invitation).to_have_count(0)


def test_a_key_is_as_good_as_a_drag(stage_page: Callable[..., Page]) -> None:
    page = stage_page()
    page.locator("[data-point=p0]").press("ArrowRight")
    page.evaluate(NEXT_FRAME)
    expect(page.locator(".invitation")).to_have_count(0)


@pytest.mark.parametrize(
    ("scene", "options"),
    [
        ("tidy", {}),
        ("line-up", {"lock": ["move"]}),
        ("line-up", {"hide": ["invitation"]}),
        ("line-up", {"mission": as_json(MISSIONS["one move"])}),
    ],
    ids=["another scene", "locked", "hidden", "mission"],
)
def test_nobody_is_invited_where_it_would_mislead(
    stage_page: Callable[..., Page], scene: str, options: dict[str, object]
) -> None:
    page = stage_page(scene, options=options)
    page.evaluate(NEXT_FRAME)
    expect(page.locator(".invitation")).to_have_count(0)


@pytest.mark.parametrize("device", [{"reduced_motion": "reduce"}, {}], ids=["reduced", "as usual"])
def test_the_ring_pulses_unless_motion_is_unwanted(stage_page: Callable[..., Page], device: dict[str, object]) -> None:
    ring = stage_page().locator(".invitation circle")
    expect(ring).to_have_css("animation-name", "none" if device else "npair-pulse")


def test_on_the_globe_the_best_shape_lies_on_points_that_have_come_to_rest(stage_page: Callable[..., Page]) -> None:
    page = stage_page("globe", tao=1.0)
    page.locator("[data-control=best]").check()
    page.evaluate(NEXT_FRAME)
    assert max(page.evaluate(GAPS)) > 20
    page.evaluate(f"{STAGE}.begin(), {STAGE}.jump(1500)")
    page.evaluate(NEXT_FRAME)
    assert max(page.evaluate(GAPS)) < 1


def test_what_moves_for_ever_moves_by_opacity_alone_which_costs_a_slow_page_nothing(
    stage_page: Callable[..., Page],
) -> None:
    page = stage_page()
    expect(page.locator(".invitation")).to_be_visible()
    moving = "document.getAnimations().flatMap((one) => one.effect.getKeyframes().flatMap(Object.keys))"
    assert {*page.evaluate(moving)} - {"offset", "computedOffset", "easing", "composite"} == {"opacity"}
