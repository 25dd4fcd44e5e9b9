"""Words behind the # of the stage's page: scenes, experiments and missions open by name, and nonsense is told so."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from npair_viz.geometry.missions import MISSIONS
from npair_viz.stage.links import links_of_the_stage
from tests.support.stage_page import NEXT_FRAME, STATE, dragging, on_circle, root

pytestmark = pytest.mark.browser


def follow(page: Page, word: str) -> None:
    page.evaluate("word => { location.hash = word; }", word)
    page.evaluate(NEXT_FRAME)


def assert_shown(page: Page, state: dict[str, Any]) -> None:
    """The page is at a saved state, whose points and labels may be its scene's."""
    shown = page.evaluate(STATE)
    assert {name: value for name, value in state.items() if value != shown[name] and value is not None} == {}


def status(page: Page) -> str:
    return page.locator("[data-role=status]").inner_text()


def test_every_word_opens_its_state(stage_page: Callable[..., Page]) -> None:
    page = stage_page("one pair", tao=2.0)
    for word, link in links_of_the_stage().items():
        if "state" not in link:
            continue
        follow(page, word)
        assert_shown(page, link["state"])
        assert page.evaluate("location.hash") == f"#{word}"
        assert status(page) == ""


def test_a_page_opens_at_the_word_in_its_address(stage_page: Callable[..., Page]) -> None:
    page = stage_page("one pair")
    page.goto(f"{page.url}#E9")
    page.reload()
    expect(page.locator(".task")).to_have_text("E9: A spring, and collapse")
    expect(page.locator("[data-control=surface]")).to_have_value("plane")
    expect(page.locator("[data-action=undo]")).to_be_disabled()


def test_start_leads_back_to_where_the_word_led(stage_page: Callable[..., Page]) -> None:
    page = stage_page("one pair")
    follow(page, "E4")
    with dragging(page, "p0"):
        page.mouse.move(*on_circle(page, 100), steps=3)
    page.wait_for_function("location.hash.length > 10")
    page.locator("[data-action=reset]").click()
    page.wait_for_function("location.hash === '#E4'")
    assert_shown(page, links_of_the_stage()["e4"]["state"])


def test_a_missions_word_sets_its_task_and_another_scene_ends_it(stage_page: Callable[..., Page]) -> None:
    page = stage_page("one pair")
    follow(page, "Sabotage")
    expect(page.locator(".task")).to_have_text(MISSIONS["sabotage"].title)
    before = page.evaluate(STATE)["points"]
    with dragging(page, "p0"):
        page.mouse.move(*on_circle(page, 100), steps=3)
    assert page.evaluate(STATE)["points"] == before
    follow(page, "tidy")
    expect(page.locator(".task")).to_be_hidden()
    before = page.evaluate(STATE)["points"]
    with dragging(page, "p0"):
        page.mouse.move(*on_circle(page, 120), steps=3)
    assert page.evaluate(STATE)["points"] != before


def test_a_missions_word_brings_all_that_the_mission_holds(stage_page: Callable[..., Page]) -> None:
    page = stage_page("one pair")
    follow(page, "a-wrong-label")
    expect(page.locator("[data-control=tao]")).to_be_disabled()
    expect(page.locator("[data-action=play]")).to_be_hidden()
    page.locator("[data-control=relabel]").select_option("8")
    expect(page.locator("[data-role=status]")).to_contain_text("Done")


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("twins", 'No scene, experiment or mission is called "twins": choose one of line-up, '),
        ("%E0%A4%A", "No scene, experiment or mission is called"),
        ("5", "a state must be an object with points and labels"),
        (quote(json.dumps({"points": [[1, 0]], "labels": [3]})), "points must be 2n rows"),
    ],
)
def test_nonsense_is_told_so_and_the_picture_stays(stage_page: Callable[..., Page], word: str, said: str) -> None:
    page = stage_page("twin", tao=2.0)
    before = page.evaluate(STATE)
    follow(page, word)
    expect(page.locator("[data-role=status]")).to_contain_text(said)
    assert page.evaluate(STATE) == before
    expect(root(page)).to_have_attribute("data-tao", "2")


def test_the_state_of_an_older_version_in_the_address_gets_todays_defaults(stage_page: Callable[..., Page]) -> None:
    page = stage_page("twin", tao=2.0)
    follow(page, quote(json.dumps({"points": [[1, 0], [0, 1]], "labels": [3, 3]})))
    expect(root(page)).to_have_attribute("data-tao", "0.5")
    page.locator("[data-action=undo]").click()
    expect(root(page)).to_have_attribute("data-tao", "2")
