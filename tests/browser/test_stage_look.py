"""The stage's look: what moves and what does not, the ground, how a bar is made, and that nothing jumps."""

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from playwright.sync_api import Page, expect

from npair_viz import Stage
from npair_viz.geometry.look import CLASS_COLOURS, THEME
from npair_viz.stage.parts import options_of
from npair_viz.stage.scene_states import scenes_of_the_stage
from tests.support.stage_page import AT_REST, NEXT_FRAME, action, control, dragging, on_circle, root, type_into

pytestmark = pytest.mark.browser

STILL = {"reduced_motion": "reduce"}
# Where p0 is drawn and what the loss says, frame by frame from now on, until `window.over()`.
FILM = """() => {
    window.film = [];
    let goesOn = true;
    const note = () => {
        const [mark, number] = ["[data-point=p0]", ".loss .number"].map((name) => document.querySelector(name));
        window.film.push([mark.transform.baseVal[0].matrix.e, mark.transform.baseVal[0].matrix.f, number.textContent]);
        if (goesOn) requestAnimationFrame(note);
    };
    requestAnimationFrame(note);
    window.over = () => { goesOn = false; return window.film; };
}"""
TURN = "document.querySelector('#stage').stage.view.turn.join()"
TURNED = "turn => document.querySelector('#stage').stage.view.turn.join() !== turn"
# The colour of the ground over the paper, in the middle of the ring at some degrees.
GROUND = """(degrees) => {
    const canvas = document.querySelector("canvas.ground"), angle = degrees * Math.PI / 180;
    const [middle, radius] = [canvas.width / 2, canvas.width / 2 / 1.3 + 10];
    const [x, y] = [middle + radius * Math.cos(angle), middle - radius * Math.sin(angle)].map(Math.round);
    return [...canvas.getContext("2d").getImageData(x, y, 1, 1).data];
}"""
SHIFT = """() => {
    window.shift = 0;
    new PerformanceObserver((list) => {
        for (const one of list.getEntries()) window.shift += one.value;
    }).observe({ type: "layout-shift", buffered: false });
}"""
IN_SIGHT = """(name) => {
    const { top, bottom, left, right } = document.querySelector(name).getBoundingClientRect();
    return top >= 0 && left >= 0 && bottom <= innerHeight && right <= innerWidth;
}"""


def filmed(page: Page, act: Callable[[], None]) -> list[Any]:
    """What is seen of p0 and the loss, frame by frame, from before an act until all is still."""
    page.evaluate(FILM)
    page.evaluate(NEXT_FRAME)
    act()
    page.evaluate(NEXT_FRAME)
    page.wait_for_function(AT_REST)
    page.evaluate(NEXT_FRAME)
    return page.evaluate("window.over()")


def moved(page: Page) -> None:
    with dragging(page, "p0"):
        page.mouse.move(*on_circle(page, 20), steps=4)
    page.evaluate(NEXT_FRAME)


# --- motion


def test_an_undo_moves_a_mark_along_the_circle_and_counts_the_loss(stage_page: Callable[..., Page]) -> None:
    page = stage_page()
    moved(page)
    film = filmed(page, lambda: action(page, "undo").click())
    places = list(dict.fromkeys((x, y) for x, y, _ in film))
    assert len(places) > 2
    radii = [math.hypot(x - 224, y - 224) for x, y in places]
    assert radii == pytest.approx([224 / 1.3] * len(radii), abs=0.5)
    assert (places[-1][0] - 224) / (224 / 1.3) == pytest.approx(math.cos(math.radians(140)), abs=1e-3)
    assert len({said for *_, said in film}) > 2
    assert film[-1][2] == "0.484"


def test_nothing_moves_by_itself_for_a_person_who_prefers_that(chromium: Any, stage_page: Callable[..., Page]) -> None:
    page = stage_page(options={"turns": True})
    page.emulate_media(reduced_motion="reduce")
    page.reload()
    moved(page)
    film = filmed(page, lambda: action(page, "undo").click())
    assert len({(x, y) for x, y, _ in film}) == 2
    assert page.locator(".invitation circle").count() == 0 or page.evaluate(
        "getComputedStyle(document.querySelector('.invitation circle')).animationName === 'none'"
    )


def test_a_hand_ends_a_motion_and_has_its_point_at_once(stage_page: Callable[..., Page]) -> None:
    page = stage_page()
    moved(page)
    action(page, "undo").click()
    page.evaluate(NEXT_FRAME)
    page.mouse.move(*on_circle(page, 140))
    page.mouse.down()
    page.mouse.move(*on_circle(page, 170), steps=2)
    page.evaluate(NEXT_FRAME)
    assert page.evaluate(AT_REST)
    seen = page.evaluate("document.querySelector('[data-point=p0]').transform.baseVal[0].matrix.e")
    assert (seen - 224) / (224 / 1.3) == pytest.approx(math.cos(math.radians(170)), abs=0.02)
    page.mouse.up()


@pytest.mark.parametrize("act", ["key", "button", "hand"])
def test_a_globe_turns_until_it_is_taken_and_then_never_again(stage_page: Callable[..., Page], act: str) -> None:
    page = stage_page("globe", options={"turns": True})
    page.wait_for_function(TURNED, arg=page.evaluate(TURN))
    if act == "key":
        page.locator("[data-point=a3]").press("Enter")
    elif act == "button":
        page.locator(".turning").click()
    else:
        box = page.locator(".board").bounding_box()
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.evaluate(NEXT_FRAME)
    turn = page.evaluate(TURN)
    for _ in range(8):
        page.evaluate(NEXT_FRAME)
    assert page.evaluate(TURN) == turn
    expect(page.locator(".turning")).to_have_count(0)


# --- the ground


def levels(colour: str) -> list[int]:
    return [int(colour[k : k + 2], 16) for k in (1, 3, 5)]


def shares_at(degrees: float, tao: float) -> torch.Tensor:
    """The shares of the line-up's positives for an anchor that stands at some degrees."""
    positives = torch.tensor(scenes_of_the_stage()["line-up"]["points"][4:], dtype=torch.float64)
    angle = math.radians(degrees)
    return torch.softmax(positives @ torch.tensor([math.cos(angle), math.sin(angle)], dtype=torch.float64) / tao, 0)


@pytest.mark.parametrize("tao", [0.1, 0.5, 3.0])
@pytest.mark.parametrize("degrees", [30, 75, 125, 170, 200, 255, 300, 345])
def test_the_ground_has_the_colour_of_whom_an_anchor_would_pick_there(
    stage_page: Callable[..., Page], degrees: float, tao: float
) -> None:
    page = stage_page(tao=tao)
    shares = shares_at(degrees, tao)
    sure = (float(shares.max()) - 1 / 4) / (1 - 1 / 4)
    picked, paper = (levels(colour) for colour in (CLASS_COLOURS[int(shares.argmax())], THEME["paper"].light))
    depth = 0.1 + 0.62 * sure**0.8
    wanted = [below + depth * (above - below) for above, below in zip(picked, paper, strict=True)]
    *above, opacity = page.evaluate(GROUND, degrees)
    seen = [below + opacity / 255 * (one - below) for one, below in zip(above, paper, strict=True)]
    assert seen == pytest.approx(wanted, abs=3)


@pytest.mark.parametrize(("scene", "settings"), [("one pair", {}), ("pixels", {}), ("line-up", {"landscape": True})])
def test_there_is_no_ground_where_none_can_be_seen(stage_page: Callable[..., Page], scene: str, settings: Any) -> None:
    expect(stage_page(scene, **settings).locator("canvas.ground")).to_be_hidden()


def test_the_ground_can_be_switched_off_and_hidden(stage_page: Callable[..., Page]) -> None:
    page = stage_page()
    expect(page.locator("canvas.ground")).to_be_visible()
    control(page, "ground").uncheck()
    expect(page.locator("canvas.ground")).to_be_hidden()
    expect(stage_page(options=options_of(hide=("ground",))).locator("canvas.ground")).to_be_hidden()


# --- bars


@pytest.mark.parametrize("how", ["hover", "focus"])
def test_a_bar_says_how_it_is_made(stage_page: Callable[..., Page], how: str) -> None:
    page = stage_page()
    bar = page.locator(".bars li").nth(1)
    bar.hover() if how == "hover" else bar.locator("button").focus()
    expect(page.locator(".unfolded")).to_have_text("cosine 0.866 / 0.5 = 1.73 → e1.73 = 5.65 of 9.73 → 58 %")
    assert page.locator(".unfolded sup").inner_text() == "1.73"
    positives = torch.tensor(scenes_of_the_stage()["line-up"]["points"][4:], dtype=torch.float64)
    powers = (positives @ torch.tensor([0.0, 1], dtype=torch.float64) / 0.5).exp()
    assert [round(float(x), 2) for x in (powers[1], powers.sum())] == [5.65, 9.73]


def test_few_bars_never_change_places(stage_page: Callable[..., Page]) -> None:
    page = stage_page()
    for degrees in (95, 260, 140):
        type_into(page, "place", str(degrees))
        expect(page.locator(".bars .name")).to_have_text(["partner", "the 8", "the 0", "the 1"])


@pytest.mark.parametrize(
    ("degrees", "verdict"), [(140, "✗ picks 8"), (100, "✓ its partner"), (120, "? a tie")], ids=str
)
def test_the_verdict_has_a_sign_and_words(stage_page: Callable[..., Page], degrees: float, verdict: str) -> None:
    page = stage_page()
    type_into(page, "place", str(degrees))
    expect(page.locator(".verdict")).to_have_text(verdict)


# --- nothing jumps, and what matters is in sight


def test_nothing_jumps_in_ten_acts(stage_page: Callable[..., Page]) -> None:
    page = stage_page(options={**options_of(3), "scenes": scenes_of_the_stage()})
    page.evaluate(SHIFT)
    moved(page)
    for act in ("undo", "redo", "step", "reset"):
        action(page, act).click()
        page.evaluate(NEXT_FRAME)
    control(page, "tao").press("ArrowRight")
    for scene in ("globe", "tidy", "line-up"):
        control(page, "scene").select_option(scene)
        page.evaluate(NEXT_FRAME)
        page.wait_for_function(AT_REST)
    control(page, "surface").select_option("plane")
    control(page, "landscape").check()
    page.evaluate(NEXT_FRAME)
    assert page.evaluate("window.shift") == 0


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844), (844, 390), (820, 900)], ids=str)
def test_board_and_play_are_in_one_sight(stage_page: Callable[..., Page], width: int, height: int) -> None:
    page = stage_page()
    page.set_viewport_size({"width": width, "height": height})
    page.evaluate(NEXT_FRAME)
    assert page.evaluate(IN_SIGHT, ".board")
    assert page.evaluate(IN_SIGHT, "[data-action=play]")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("width", [320, 390, 640, 768, 1000, 1280, 1920])
def test_nothing_scrolls_sideways(stage_page: Callable[..., Page], width: int) -> None:
    page = stage_page("circle", n_classes=32)
    page.set_viewport_size({"width": width, "height": 800})
    page.evaluate(NEXT_FRAME)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_loss_is_the_largest_number_and_play_the_largest_button(stage_page: Callable[..., Page]) -> None:
    page = stage_page()
    letters = "all => all.map((one) => parseFloat(getComputedStyle(one).fontSize))"
    others = root(page).locator(":scope *:not(.number)").evaluate_all(letters)
    assert page.locator(".loss .number").evaluate_all(letters)[0] > max(others)
    sizes = (
        root(page)
        .locator("button:visible")
        .evaluate_all("all => all.map((one) => [one.dataset.action, one.offsetWidth * one.offsetHeight])")
    )
    own = {name: area for name, area in sizes if name}
    assert max(own, key=lambda name: own[name]) == "play"


def test_hiding_the_ground_is_a_part_of_the_stage() -> None:
    assert "ground" in Stage(hide=("ground",)).options["hide"]
