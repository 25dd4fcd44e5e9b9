"""Present mode on a projector of 1280 x 720: what the back row can read, in the explorer and on the stage's page."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.jupyterlab import LAPTOP, Lab, change_theme, end_kernels, in_kernel, opened, write_notebook
from tests.support.projector import LEAST, PROJECTOR, letters, shot
from tests.support.stage_page import NEXT_FRAME, action, control, dragging, on_circle, root, sentence
from tests.support.visual_checks import STAGE, STAGE_WORDS, cut_off, overlapping, pale

pytestmark = pytest.mark.browser

PRESENTED = "from npair_viz import explore\nexplore('tidy', present=True)"
BACK_ROW = "[data-role=sentence], .act, h3, .loss, .bars .who, .bars b, .ends span, .mark:not(.faded) text"
CODE = ".jp-CodeCell .jp-InputArea"


@pytest.fixture
def presented(desk: Page, request: pytest.FixtureRequest) -> Iterator[Locator]:
    """The explorer in present mode, by its button, and out of it again."""
    change_theme(desk, getattr(request, "param", "JupyterLab Light"))
    desk.set_viewport_size(PROJECTOR)
    action(desk, "present").click()
    expect(root(desk)).to_have_class(re.compile("npair-present"))
    root(desk).scroll_into_view_if_needed()
    yield root(desk)
    action(desk, "present").click()
    expect(root(desk)).not_to_have_class(re.compile("npair-present"))
    desk.set_viewport_size(LAPTOP)


def contrast(colour: str) -> float:
    """Of a colour such as "rgb(0, 114, 178)" against white."""
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)


@pytest.mark.parametrize("presented", ["JupyterLab Light", "JupyterLab Dark"], indirect=True)
def test_every_text_has_seven_to_one_and_lies_on_white(presented: Locator) -> None:
    shot(presented.page, presented.page.locator("body").get_attribute("data-jp-theme-name")[-5:])
    assert pale(presented, f"{STAGE_WORDS}, .mark:not(.faded) text, button:enabled, select:enabled", 7) == []
    expect(presented).to_have_css("background-color", "rgb(255, 255, 255)")
    expect(sentence(presented.page)).to_have_css("color", "rgb(0, 0, 0)")


def test_the_last_act_is_told_in_large_type_and_no_act_twice(presented: Locator) -> None:
    in_kernel(presented.page, "e.set(tao=0.05)")
    expect(sentence(presented.page)).to_contain_text("tao 0.50 → 0.05: ")
    expect(presented.locator(".act")).to_be_hidden()  # the sentence begins with it
    in_kernel(presented.page, "e.move('p3', 100)")
    expect(presented.locator(".act")).to_have_text("p3: 140.0 → 100.0")
    shot(presented.page, "act")
    sizes = letters(presented, BACK_ROW)
    assert len(sizes) > 8
    assert {text: size for text, size in sizes.items() if size < LEAST} == {}
    assert min(letters(presented, "[data-role=sentence], .act").values()) == 24


def test_marks_and_arrows_have_three_to_one_and_arrows_are_thick(presented: Locator) -> None:
    scale = presented.locator(".board").bounding_box()["width"] / 448
    for force in ("pull", "push", "sum"):
        arrow = presented.locator(f"[data-arrow='a0:{force}']")
        style = arrow.evaluate("one => [getComputedStyle(one).stroke, parseFloat(getComputedStyle(one).strokeWidth)]")
        assert contrast(style[0]) >= 3
        assert style[1] * scale >= 4
    for outline in presented.locator("[data-point]:not(.faded) .shape").all():
        assert contrast(outline.evaluate("one => getComputedStyle(one).stroke")) >= 3


def test_code_is_hidden_while_it_lasts_and_there_again_afterwards(desk: Page) -> None:
    code = desk.locator(CODE).first
    expect(code).to_be_visible()
    action(desk, "present").click()
    expect(code).to_be_hidden()
    action(desk, "present").click()
    expect(code).to_be_visible()


def test_it_fits_the_projector_and_nothing_overlaps(presented: Locator) -> None:
    notebook = presented.page.locator(".jp-NotebookPanel-notebook").first.bounding_box()
    for scene in ("line-up", "pixels", "heap", "globe", "one pair"):
        in_kernel(presented.page, f"e.set(scene={scene!r}, tao=0.05)")
        expect(control(presented.page, "scene")).to_have_value(scene)
        presented.page.evaluate(NEXT_FRAME)
        presented.scroll_into_view_if_needed()
        shot(presented.page, scene)
        assert presented.bounding_box()["width"] <= notebook["width"]
        if scene != "pixels":  # six bars and a badge take more
            end = sentence(presented.page).bounding_box()
            assert end["y"] + end["height"] <= notebook["y"] + notebook["height"], scene
        assert overlapping(presented, STAGE) + cut_off(presented, STAGE) == [], scene


def test_a_larger_window_has_a_larger_board_and_points_are_dragged_where_they_are_seen(presented: Locator) -> None:
    page = presented.page
    small = presented.locator(".board").bounding_box()["width"]
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.evaluate(NEXT_FRAME)
    presented.scroll_into_view_if_needed()
    shot(page, "1080")
    assert presented.locator(".board").bounding_box()["width"] >= 1.2 * small
    with dragging(page, "p0"):
        page.mouse.move(*on_circle(page, 175), steps=4)
    expect(presented.locator(".act")).to_have_text(re.compile(r"^p3: 140\.0 → 17[45]\.\d$"))


def test_an_explorer_opens_in_present_mode(chromium: Browser, lab: Lab) -> None:
    with opened(chromium, write_notebook(lab, "presented.ipynb", PRESENTED)) as page:
        expect(root(page)).to_have_class(re.compile("npair-present"))
        expect(page.locator(CODE).first).to_be_hidden()
        assert min(letters(root(page), BACK_ROW).values()) >= LEAST
    end_kernels(lab)


# --- the stage alone


@pytest.fixture
def projected(stage_page: Callable[..., Page]) -> Page:
    page = stage_page(options={"present": False})
    page.set_viewport_size(PROJECTOR)
    action(page, "present").click()
    return page


def test_the_stages_page_has_a_larger_board_and_larger_type_on_white(projected: Page) -> None:
    root = projected.locator("[data-npair=stage]")
    shot(projected, "stage")
    assert projected.locator(".board").bounding_box()["width"] >= 460
    end = root.locator("[data-role=sentence]").bounding_box()
    assert end["y"] + end["height"] <= PROJECTOR["height"]
    expect(root).to_have_css("background-color", "rgb(255, 255, 255)")
    assert letters(root, "[data-role=sentence]").popitem()[1] == 24
    readable = letters(root, "[data-role=sentence], h3, .loss, .bars .who, .bars b, .ends span, [data-point] text")
    assert min(readable.values()) >= LEAST
    projected.set_viewport_size({"width": 1920, "height": 1080})
    assert projected.locator(".board").bounding_box()["width"] == 620
    assert (
        pale(root, "[data-role=sentence], h3, .loss, .bars .name, .bars b, .ends span, label, button:enabled", 7) == []
    )


def test_the_stages_button_says_whether_it_is_on_and_leads_back(projected: Page) -> None:
    button = action(projected, "present")
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(button).to_have_text("✕ leave (Esc)")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(button).to_have_text("▣ present")
    expect(root(projected)).not_to_have_class(re.compile("npair-present"))


def test_escape_leaves_present_mode(projected: Page) -> None:
    control(projected, "tao").press("Escape")
    expect(root(projected)).not_to_have_class(re.compile("npair-present"))


def test_a_page_opens_in_present_mode_where_its_options_say_so(stage_page: Callable[..., Page]) -> None:
    page = stage_page(options={"present": True})
    expect(page.locator("[data-npair=stage]")).to_have_class(re.compile("npair-present"))
