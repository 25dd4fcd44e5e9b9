"""The drawers under the stage: one at a time, grey where they have no meaning, and true to the state."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from npair_viz.data.scenes import named
from npair_viz.geometry.narration import fixed
from npair_viz.stage.scene_states import state_of
from npair_viz.theory.phase import phase
from tests.support.saved_states import reading_of
from tests.support.stage_page import NEXT_FRAME, action, dragging, loss, on_circle
from tests.support.torch_sweeps import loss_over_tao
from tests.support.visual_checks import overlapping, pale

pytestmark = pytest.mark.browser

RAW = {"surface": "plane", "normalize": False}


def button(page: Page, name: str) -> Locator:
    return page.locator(f"[data-drawer='{name}']")


def panel(page: Page) -> Locator:
    return page.locator("[data-role=panel]")


def shown(page: Page) -> Locator:
    return panel(page).locator("[data-panel]:visible")


def place_of_dot(page: Page) -> tuple[float, float]:
    dot = shown(page).locator(".now")
    return float(dot.get_attribute("cx")), float(dot.get_attribute("cy"))


def test_opening_a_drawer_shuts_the_other_one(stage_page: Callable[..., Page]) -> None:
    page = stage_page()
    expect(panel(page)).to_be_hidden()
    for name in ("shares", "loss so far", "loss over tao"):
        button(page, name).click()
        expect(page.locator("[aria-expanded=true]")).to_have_count(1)
        expect(button(page, name)).to_have_attribute("aria-expanded", "true")
        expect(panel(page).locator("> *:visible")).to_have_count(1)
    button(page, "loss over tao").click()
    expect(panel(page)).to_be_hidden()


def test_a_drawer_that_is_opened_is_in_sight(stage_page: Callable[..., Page]) -> None:
    page = stage_page()
    page.set_viewport_size({"width": 1280, "height": 640})
    button(page, "loss over tao").click()
    page.evaluate(NEXT_FRAME)
    found = panel(page).bounding_box()
    assert found["y"] >= 0
    assert found["y"] + found["height"] <= 641  # a page scrolls by whole pixels


def test_the_curve_of_a_run_says_its_first_and_its_last_loss(stage_page: Callable[..., Page]) -> None:
    page = stage_page(drawer="loss so far")
    page.evaluate("""() => {
        window.told = [];
        const write = CanvasRenderingContext2D.prototype.fillText;
        CanvasRenderingContext2D.prototype.fillText = function (words, ...at) {
            told.push(words);
            write.call(this, words, ...at);
        };
    }""")
    action(page, "step").click()
    page.wait_for_function("told.length > 0")
    assert page.evaluate("told.slice(-2)") == ["0.484", fixed(loss(page), 3)]


def test_a_stage_can_open_with_a_drawer(stage_page: Callable[..., Page]) -> None:
    page = stage_page(drawer="phase map", **RAW)
    expect(shown(page).locator("svg[role=img]")).to_be_visible()


def test_the_dot_stands_on_the_curve_over_tao_wherever_points_and_tao_are(stage_page: Callable[..., Page]) -> None:
    page = stage_page(drawer="loss over tao")
    words = shown(page).locator(".words")
    expect(words).to_have_text("At tao 0.50: loss 0.484, chance 1.386, best 0.254")
    with dragging(page, "p0"):
        page.mouse.move(*on_circle(page, 103), steps=3)
    page.locator("[data-control=tao]").fill("50")
    page.evaluate(NEXT_FRAME)
    expect(words).to_have_text(re.compile(f"At tao 0.10: loss {fixed(loss(page), 3)}"))
    across, down = place_of_dot(page)
    line = shown(page).locator(".line.loss").first.get_attribute("d")
    places = [tuple(map(float, place.split())) for place in line[1:].split("L")]
    assert min(abs(x - across) + abs(y - down) for x, y in places) < 0.2


def test_the_curve_is_torchs(stage_page: Callable[..., Page]) -> None:
    page = stage_page(drawer="loss over tao", tao=1.0)
    page.evaluate(NEXT_FRAME)
    curve = loss_over_tao(reading_of(state_of(named("line-up"), tao=1.0)))
    line = shown(page).locator(".line.loss").first.get_attribute("d")
    heights = [float(place.split()[1]) for place in line[1:].split("L")]
    chance = float(re.search(r"M0 ([\d.]+)H", shown(page).locator(".line.chance").first.get_attribute("d"))[1])
    bottom = 204
    scale = curve.chance / (bottom - chance)
    assert [scale * (bottom - height) for height in heights] == pytest.approx(curve.losses.tolist(), abs=0.01)


def test_the_phase_maps_dot_crosses_the_line_when_all_collapses(stage_page: Callable[..., Page]) -> None:
    page = stage_page(drawer="phase map", l2_reg=0.02, **RAW)
    words = shown(page).locator(".words")
    length = phase(4, tao=0.5, l2_reg=0.02, dimension=2).optimal_norm
    expect(words).to_have_text(f"Here it is 0.02: lengths settle at {fixed(length, 2)}")
    _, before = place_of_dot(page)
    page.evaluate("document.querySelector('#stage').stage.change({ l2_reg: 2 })")
    expect(words).to_have_text("Here it is 2.00: all shrinks to the centre")
    _, after = place_of_dot(page)
    edge = shown(page).locator("svg svg .line.edge").get_attribute("d")
    across, _ = place_of_dot(page)
    nearest = min((one.split() for one in edge[1:].split("L")), key=lambda one: abs(float(one[0]) - across))
    assert after < float(nearest[1]) < before
    page.evaluate("document.querySelector('#stage').stage.change({ l2_reg: 0 })")
    expect(words).to_have_text("Here it is 0.00: nothing holds the lengths")


def test_what_has_no_meaning_is_grey_and_says_why(stage_page: Callable[..., Page]) -> None:
    page = stage_page()
    expect(button(page, "phase map")).to_be_disabled()
    expect(button(page, "phase map")).to_have_text("phase map (lengths are all 1)")
    page.locator("[data-control=surface]").select_option("plane")
    button(page, "phase map").click()
    page.locator("[data-control=surface]").select_option("sphere")
    expect(panel(page).locator(".reason")).to_have_text("No phase map here: lengths are all 1.")
    button(page, "phase map").click()  # what is open can be shut
    expect(button(page, "phase map")).to_be_disabled()
    page.evaluate("document.querySelector('#stage').stage.change({ same: [3, 8] })")
    expect(button(page, "loss over tao")).to_have_text("loss over tao (some classes are one)")
    expect(button(page, "loss over tao")).to_be_disabled()


def test_a_floor_that_takes_long_comes_frame_by_frame(stage_page: Callable[..., Page]) -> None:
    page = stage_page("circle", drawer="loss over tao", objective="ovo")
    page.wait_for_function("document.querySelector('.chart .line.floor').getAttribute('d').split('L').length === 21")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 820])
@pytest.mark.parametrize("drawer", ["loss over tao", "phase map"])
def test_a_chart_is_readable(stage_page: Callable[..., Page], drawer: str, width: int, scheme: str) -> None:
    page = stage_page(drawer=drawer, l2_reg=0.02, **RAW)
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    page.evaluate(NEXT_FRAME)
    chart = shown(page)
    assert overlapping(chart, "svg[role=img] text", slack=2) == []
    assert pale(chart, "svg[role=img] text:not(.over), figcaption span") == []
    assert chart.evaluate("chart => chart.scrollWidth <= chart.clientWidth")
    heights = "all => all.map((one) => one.getBoundingClientRect().height)"
    assert min(chart.locator("svg[role=img] text").evaluate_all(heights)) >= 11  # pixels
