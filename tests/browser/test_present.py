"""Present mode on a projector of 1280 x 720: what the back row can read, in the explorer and on the stage's page."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.explorer_page import newest, sentence
from tests.support.jupyterlab import Lab, change_theme, end_kernels, in_kernel, opened, write_notebook
from tests.support.projector import LEAST, PROJECTOR, for_the_back_row, letters, shot, switch
from tests.support.visual_checks import PLOT_TEXTS, overlapping, pale

pytestmark = pytest.mark.browser

CELL = "from npair_viz import explore\ne = explore('line-up')\ne"
IMPORT = ("from npair_viz import explore\n", "")
BACK_ROW = ".npair-sentence, .npair-act, .annotation:first-child text, .bartext, .x3tick text, .text text, .y2tick text"
EVERY_TEXT = f"{BACK_ROW}, .npair-why, .widget-label, button:enabled, select:enabled, .legendtext"


@pytest.fixture(scope="module")
def desk(chromium: Browser, lab: Lab) -> Iterator[Page]:
    with opened(chromium, write_notebook(lab, "present.ipynb", CELL)) as page:
        page.set_viewport_size(PROJECTOR)
        yield page
    end_kernels(lab)


@pytest.fixture
def presented(desk: Page, request: pytest.FixtureRequest) -> Iterator[Locator]:
    change_theme(desk, getattr(request, "param", "JupyterLab Light"))
    in_kernel(desk, "e.reset()")
    with for_the_back_row(newest(desk)) as explorer:
        yield explorer


def contrast(colour: str) -> float:
    """Of a colour such as "rgb(0, 114, 178)" against white."""
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)


@pytest.mark.parametrize("presented", ["JupyterLab Light", "JupyterLab Dark"], indirect=True)
def test_every_text_has_seven_to_one_and_lies_on_white(presented: Locator) -> None:
    shot(presented.page, presented.page.locator("body").get_attribute("data-jp-theme-name")[-5:])
    assert pale(presented, EVERY_TEXT, 7) == []
    expect(presented).to_have_css("background-color", "rgb(255, 255, 255)")
    expect(sentence(presented)).to_have_css("color", "rgb(0, 0, 0)")


def test_what_the_back_row_looks_at_can_be_read_from_the_screenshot_shrunk_to_a_third(presented: Locator) -> None:
    in_kernel(presented.page, "e.set(tao=0.05)")
    expect(sentence(presented)).to_contain_text("tao 0.50 -> 0.05: ")
    in_kernel(presented.page, "e.move('p3', 100)")
    expect(presented.locator(".npair-act")).to_have_text("p3: 140.0 -> 100.0")
    shot(presented.page, "act")
    sizes = letters(presented, BACK_ROW) | letters(presented, "[data-point] text")
    assert len(sizes) > 8
    assert {text: size for text, size in sizes.items() if size < LEAST} == {}
    assert min(letters(presented, ".npair-sentence, .npair-act").values()) == 24


def test_marks_and_arrows_have_three_to_one_and_arrows_are_thick(presented: Locator) -> None:
    scale = presented.locator(".board").bounding_box()["width"] / 448
    for force in ("pull", "push", "sum"):
        arrow = presented.locator(f"[data-arrow='a0:{force}']")
        style = arrow.evaluate("one => [getComputedStyle(one).stroke, parseFloat(getComputedStyle(one).strokeWidth)]")
        assert contrast(style[0]) >= 3
        assert style[1] * scale >= 4
    for outline in presented.locator("[data-point]:not(.faded) path, .bars path").all():
        assert contrast(outline.evaluate("one => getComputedStyle(one).stroke")) >= 3


def test_code_is_hidden_while_it_lasts(presented: Locator) -> None:
    expect(presented.page.locator(".jp-CodeCell .jp-InputArea").first).to_be_hidden()


def test_code_is_there_again_afterwards(desk: Page) -> None:
    explorer = newest(desk)
    for _ in range(2):
        switch(explorer).click()
    expect(explorer).not_to_have_class(re.compile("npair-present"))
    expect(desk.locator(".jp-CodeCell .jp-InputArea").first).to_be_visible()


def test_it_fits_the_projector_and_nothing_overlaps(presented: Locator) -> None:
    page = presented.page.locator(".jp-NotebookPanel-notebook").first.bounding_box()
    box = presented.bounding_box()
    assert box["width"] <= page["width"]
    end = sentence(presented).bounding_box()
    assert end["y"] + end["height"] <= page["y"] + page["height"]
    for scene in ("line-up", "pixels", "heap", "globe", "one pair"):
        in_kernel(presented.page, f"e.set(scene={scene!r}, tao=0.05)")
        expect(presented.get_by_label("Scene", exact=True).locator("option:checked")).to_have_text(scene)
        shot(presented.page, scene)
        assert overlapping(presented, f"{PLOT_TEXTS}, .npair-sentence, .npair-act", slack=4) == [], scene


def test_a_larger_window_has_a_larger_board(presented: Locator) -> None:
    small = presented.locator(".board").bounding_box()["width"]
    presented.page.set_viewport_size({"width": 1920, "height": 1080})
    expect(presented.locator(".npair-board")).to_have_css("transform", re.compile(r"matrix\(1\.[46]"))
    large = presented.locator(".board").bounding_box()["width"]
    shot(presented.page, "1080")
    presented.page.set_viewport_size(PROJECTOR)
    assert large >= 1.2 * small


def test_points_are_dragged_where_they_are_seen(presented: Locator) -> None:
    page = presented.page
    box = presented.locator("[data-point=p3], [data-point=p0]").first.bounding_box()
    board = presented.locator(".board").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(board["x"] + board["width"] / 2 - 200, board["y"] + board["height"] / 2)
    page.mouse.up()
    expect(presented.locator(".npair-act")).to_have_text(re.compile(r"p3: 140\.0 -> 1[78]\d\.\d"))


def test_an_explorer_opens_in_present_mode(chromium: Browser, lab: Lab) -> None:
    with opened(chromium, write_notebook(lab, "presented.ipynb", "explore('tidy', present=True)".join(IMPORT))) as page:
        explorer = newest(page)
        expect(explorer).to_have_class(re.compile("npair-present"))
        assert min(letters(explorer, ".bartext").values()) >= LEAST
    end_kernels(lab)


# --- the stage alone


@pytest.fixture
def projected(stage_page: Callable[..., Page]) -> Page:
    page = stage_page(options={"present": False})
    page.set_viewport_size(PROJECTOR)
    page.get_by_role("button", name="present").click()
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
        pale(root, "[data-role=sentence], h3, .loss, .bars span, .bars b, .ends span, label, button:enabled", 7) == []
    )


def test_the_stages_button_says_whether_it_is_on_and_leads_back(projected: Page) -> None:
    button = projected.get_by_role("button", name="present")
    expect(button).to_have_attribute("aria-pressed", "true")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    assert projected.locator(".board").bounding_box()["width"] == 448


def test_a_page_opens_in_present_mode_where_its_options_say_so(stage_page: Callable[..., Page]) -> None:
    page = stage_page(options={"present": True})
    expect(page.locator("[data-npair=stage]")).to_have_class(re.compile("npair-present"))
