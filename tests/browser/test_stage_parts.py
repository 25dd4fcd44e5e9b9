"""The stage's legend, its levels, and what is left of it where parts are hidden, in a real Chromium."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from npair_viz.stage.parts import PARTS, options_of
from tests.support.stage_page import NEXT_FRAME, centre, dragging, on_circle

pytestmark = pytest.mark.browser

FIRST = {"scene", "selected", "tao", "typed tao", "point", "place", "undo", "redo", "reset", "present"}
LESSON = {
    "surface",
    "l2_reg",
    "typed l2_reg",
    "free",
    "play",
    "step",
    "speed",
    "best",
    "ground",
    "landscape",
    "copy",
    "save",
}


@pytest.mark.parametrize(
    ("settings", "keys"),
    [
        ({"tao": 0.5}, ["anchor", "its partner", "negative", "pull", "push", "net", "real force = arrow × 0.50"]),
        (
            {"tao": 2.0, "surface": "plane"},
            ["anchor", "its partner", "negative", "pull", "push", "net", "real force = arrow × 0.13", "shrink"],
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


@pytest.mark.parametrize(
    ("level", "seen"),
    [
        (1, FIRST),
        (2, {*FIRST, *LESSON}),
        (3, {*FIRST, *LESSON}),
    ],
)
def test_a_level_shows_its_inputs_and_keeps_the_others_in_the_page(
    stage_page: Callable[..., Page], level: int, seen: set[str]
) -> None:
    page = stage_page(options=options_of(level))
    inputs = page.locator("[data-control], [data-action]")
    visible = inputs.evaluate_all(
        "all => all.filter((one) => one.checkVisibility()).map((one) => one.dataset.control ?? one.dataset.action)"
    )
    there = inputs.evaluate_all("all => all.map((one) => one.dataset.control ?? one.dataset.action)")
    assert set(visible) == seen
    assert {"tao", "l2_reg", "normalize", "objective", "surface", "scene", "speed"} <= set(there)
    expect(page.locator("[data-drawer]").first).to_be_visible(visible=level > 1)


@pytest.mark.parametrize("width", [230, 448, 700])
def test_with_all_parts_hidden_the_board_alone_fills_its_box(stage_page: Callable[..., Page], width: int) -> None:
    page = stage_page(options=options_of(hide=PARTS))
    page.locator("#stage").evaluate("(box, width) => { box.style.width = `${width}px`; }", width)
    box, board = (page.locator(name).bounding_box() for name in ("#stage", ".board"))
    assert board == {**box, "width": width, "height": width}
    before = centre(page, "p0")
    with dragging(page, "p0"):
        page.mouse.move(*on_circle(page, 100), steps=3)
    page.evaluate(NEXT_FRAME)
    assert centre(page, "p0") == pytest.approx(on_circle(page, 100), abs=1)
    assert centre(page, "p0") != before
    assert page.locator("#stage").bounding_box() == box


def test_locked_groups_are_disabled(stage_page: Callable[..., Page]) -> None:
    page = stage_page("plane", options=options_of(3, lock=("history", "knobs", "play")))
    page.locator("[data-point=p0]").focus()
    page.keyboard.press("ArrowUp")
    page.evaluate(NEXT_FRAME)
    for name in ("action=undo", "action=reset", "action=play", "action=step", "control=tao", "control=l2_reg"):
        expect(page.locator(f"[data-{name}]")).to_be_disabled()
    expect(page.locator("[data-control=scene]")).to_be_enabled()
