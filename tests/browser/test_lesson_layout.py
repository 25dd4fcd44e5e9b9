"""How a lesson's page is laid out: a readable column, a figure beside or above it, notes in the margin, rows."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.support.lesson_sample import lesson_sample
from tests.support.stage_page import NEXT_FRAME

pytestmark = pytest.mark.browser

MEASURE = 580
FIGURE, TEXT, NOTE = ".scene > .figure", ".scene > .text", "blockquote"
Opens = Callable[[int, int], Page]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("lesson") / "01.html"
    file.write_text(lesson_sample(), encoding="utf-8")
    return file


@pytest.fixture
def lesson(chromium: Browser, sample: Path) -> Iterator[Opens]:
    with chromium.new_context(offline=True) as context:

        def go(width: int, height: int) -> Page:
            page = context.new_page()
            page.set_viewport_size({"width": width, "height": height})
            page.goto(sample.as_uri())
            return page

        yield go


def box(page: Page, selector: str) -> dict[str, float]:
    """Where an element is in the window."""
    found: dict[str, float] = page.locator(selector).first.evaluate("one => one.getBoundingClientRect().toJSON()")
    return found


def test_a_wide_screen_has_the_figure_beside_its_text(lesson: Opens) -> None:
    page = lesson(1280, 800)
    assert box(page, FIGURE)["left"] > box(page, TEXT)["right"]
    assert box(page, FIGURE)["top"] == box(page, TEXT)["top"]


def test_the_figure_stays_in_sight_while_its_text_goes_by(lesson: Opens) -> None:
    page = lesson(1280, 800)
    page.locator("form.ask").scroll_into_view_if_needed()
    assert 0 <= box(page, FIGURE)["top"] < 40
    assert box(page, TEXT)["top"] < -400


def test_a_narrow_screen_has_the_figure_above_its_text(lesson: Opens) -> None:
    page = lesson(390, 844)
    assert box(page, FIGURE)["bottom"] <= box(page, TEXT)["top"]


@pytest.mark.parametrize(("width", "height"), [(320, 640), (390, 844), (600, 960), (768, 1024)])
def test_an_upright_phone_or_tablet_keeps_board_and_loss_in_sight_while_text_goes_by(
    lesson: Opens, width: int, height: int
) -> None:
    page = lesson(width, height)
    page.evaluate("document.querySelector('form.ask').scrollIntoView()")
    sheet = box(page, FIGURE)
    assert sheet["top"] == 0
    assert sheet["bottom"] < height / 2
    assert box(page, "form.ask")["top"] >= sheet["bottom"]
    for part in (".board", ".loss .number", ".verdict"):
        seen = box(page, f"{FIGURE} {part}")
        assert sheet["top"] <= seen["top"] < seen["bottom"] <= sheet["bottom"], part
        assert 0 <= seen["left"] < seen["right"] <= width, part


def test_a_phone_on_its_side_has_the_board_beside_the_text_while_that_goes_by(lesson: Opens) -> None:
    page = lesson(844, 390)
    page.locator(".scene").first.evaluate("one => one.scrollIntoView()")
    page.mouse.move(100, 200)
    for _ in range(3):
        page.mouse.wheel(0, 150)
        page.evaluate(NEXT_FRAME)
        board = box(page, f"{FIGURE} .board")
        assert board["left"] >= box(page, TEXT)["right"]
        assert board["top"] >= 0
        assert board["bottom"] <= 390


def test_a_note_stands_in_the_margin_where_there_is_one(lesson: Opens) -> None:
    wide, narrow = lesson(1600, 900), lesson(1280, 800)
    assert box(wide, NOTE)["left"] > box(wide, "main > .text p")["left"] + MEASURE
    assert box(wide, NOTE)["right"] < box(wide, FIGURE)["left"]
    assert box(narrow, NOTE)["left"] == box(narrow, "main > .text p")["left"]


@pytest.mark.parametrize(
    ("width", "height"), [(320, 640), (390, 844), (768, 1024), (844, 390), (1100, 700), (1280, 800), (1920, 1080)]
)
def test_lines_stay_readable_and_no_page_is_wider_than_its_window(lesson: Opens, width: int, height: int) -> None:
    page = lesson(width, height)
    widths = page.locator(".text .part > p").evaluate_all("all => all.map((one) => one.clientWidth)")
    assert 240 < min(widths) <= max(widths) <= MEASURE
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [390, 1280])
def test_a_row_to_guess_has_room_for_a_finger(lesson: Opens, width: int) -> None:
    page = lesson(width, 800)
    heights = page.locator(".guess label").evaluate_all("all => all.map((one) => one.offsetHeight)")
    assert min(heights) >= 44
    assert max(heights) <= 49


def test_a_lesson_that_is_presented_has_the_whole_width(lesson: Opens) -> None:
    page = lesson(1280, 720)
    page.locator("[data-action=present]").click()
    assert box(page, "[data-npair=stage]")["width"] > 1100
