"""Predict, then reveal, in JupyterLab: by mouse and by keys alone, and nothing of the answer on the page before."""

import math
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from npair_viz.exercises.questions import QUESTIONS
from tests.support.explorer_page import untroubled
from tests.support.jupyterlab import Lab, change_theme, end_kernels, in_kernel, opened, write_notebook
from tests.support.stage_page import NEXT_FRAME
from tests.support.visual_checks import cut_off, overlapping, pale

pytestmark = pytest.mark.browser

THEMES = ["JupyterLab Light", "JupyterLab Dark"]
CELLS = [
    "from IPython.display import display\nfrom npair_viz import predict\nasked, shown = {}, {}",
    *(
        f"asked[{number}] = predict({number})\nshown[{number}] = asked[{number}].widget\nasked[{number}]"
        for number in (3, 5, 7, 15)
    ),
]
FIRST = {3: 0, 5: 1, 7: 2, 15: 3}
TEXTS = ".npair-question, .npair-marks span, .npair-reveal p, .npair-status, button:enabled, .widget-label"
WIDGETS = f"{TEXTS}, input, .slider-container, [data-npair=stage]"


@pytest.fixture(scope="module")
def notebook(chromium: Browser, lab: Lab) -> Iterator[Page]:
    with opened(chromium, write_notebook(lab, "predict.ipynb", *CELLS)) as page:
        expect(page.locator(".npair-predict")).to_have_count(len(FIRST))
        yield page
    end_kernels(lab)


@pytest.fixture
def desk(notebook: Page) -> Iterator[Page]:
    """The questions as they are first asked; a callback that raises fails the test."""
    change_theme(notebook, THEMES[0])
    with untroubled(notebook):
        yield notebook


def asked(page: Page, number: int) -> Locator:
    """The question as it is first asked: what an earlier test left is asked afresh."""
    in_kernel(page, f"asked[{number}] = predict({number}); shown[{number}].children = asked[{number}].widget.children")
    question = page.locator(".npair-predict").nth(FIRST[number])
    expect(question.get_by_role("button", name="Commit")).to_be_enabled()
    question.scroll_into_view_if_needed()
    return question


def button(question: Locator, words: str) -> Locator:
    return question.get_by_role("button", name=re.compile(f"^{re.escape(words)}"))


def commit(question: Locator) -> None:
    button(question, "Commit").click()


def page_holds(page: Page, text: str) -> bool:
    """Whether a text is anywhere in the page, its attributes and what its fields hold."""
    return text in page.evaluate(
        "() => document.documentElement.outerHTML + [...document.querySelectorAll('input')].map(one => one.value)"
    )


def reveal(question: Locator) -> Locator:
    return question.locator(".npair-reveal")


def test_by_mouse_a_guess_is_committed_and_the_answer_shown(desk: Page) -> None:
    question, one = asked(desk, 3), QUESTIONS[3]
    button(question, "A: it falls to a tenth").click()
    button(question, "memory").click()
    expect(question.locator(".npair-status")).to_contain_text("Your guess: A")
    assert not any(page_holds(desk, line[:30]) for line in (one.why, *one.misconceptions.values(), "The truth"))
    commit(question)
    for line in ("A: it falls to a tenth", "The truth: C: it rises", "Not that one.", one.why, one.misconceptions["A"]):
        expect(reveal(question)).to_contain_text(line)
    expect(button(question, "C: it rises")).to_be_disabled()
    expect(button(question, "Commit")).to_be_disabled()


def test_by_keys_alone_a_guess_is_committed_and_no_key_reaches_the_notebook(desk: Page) -> None:
    question = asked(desk, 5)
    cells = desk.locator(".jp-Cell").count()
    button(question, "A: ").focus()
    desk.keyboard.press("Tab")
    desk.keyboard.press("Space")
    expect(button(question, "B: ")).to_have_class(re.compile("mod-active"))
    for _ in range(3):
        desk.keyboard.press("Tab")
    expect(button(question, "rule")).to_be_focused()
    desk.keyboard.press("Enter")
    expect(button(question, "rule")).to_have_class(re.compile("mod-active"))
    for _ in range(5):
        desk.keyboard.press("Tab")
    expect(button(question, "Commit")).to_be_focused()
    desk.keyboard.press("Enter")
    expect(reveal(question)).to_contain_text("Right.")
    assert desk.locator(".jp-Cell").count() == cells


def test_a_commit_without_a_reason_is_answered_in_words(desk: Page) -> None:
    question = asked(desk, 3)
    button(question, "C: ").click()
    commit(question)
    expect(question.get_by_role("alert")).to_have_text(re.compile("^a guess needs a reason, one of rule"))
    expect(reveal(question)).to_have_count(0)


def test_a_number_is_typed_or_slid_and_nonsense_is_answered_in_words(desk: Page) -> None:
    question = asked(desk, 7)
    field = question.get_by_placeholder("your guess")
    field.fill("a lot")
    field.press("Enter")
    expect(question.get_by_role("alert")).to_contain_text("the guess is a number from 0 to 2.82, got 'a lot'")
    question.get_by_role("slider").press("ArrowRight")
    expect(field).to_have_value("0.0141")
    field.fill("0,25")
    field.press("Enter")
    button(question, "hunch").click()
    assert not page_holds(desk, "0.627")
    commit(question)
    expect(reveal(question)).to_contain_text("Too low by 0.377.")
    expect(field).to_be_disabled()
    for mark in ("yours 0.25", "true 0.627"):
        expect(question.locator(".npair-marks span", has_text=mark)).to_be_visible()


def start(question: Locator) -> tuple[float, float, float]:
    """Where anchor 3 is on the screen, and how many of its pixels the length 1 has."""
    question.scroll_into_view_if_needed()
    board = question.locator(".board").bounding_box()
    x, y = map(float, re.findall(r"-?\d[\d.e-]*", question.locator("[data-point=a0]").get_attribute("transform")))
    scale = board["width"] / 448
    return board["x"] + scale * x, board["y"] + scale * y, board["width"] / 2 / 1.7


def draw(page: Page, question: Locator, dx: float, dy: float) -> None:
    x, y, unit = start(question)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + unit * dx / 2, y - unit * dy / 2)
    page.mouse.move(x + unit * dx, y - unit * dy)
    page.mouse.up()
    page.evaluate(NEXT_FRAME)


def drawn(question: Locator) -> list[float]:
    text = question.locator(".drawn").get_attribute("data-drawn")
    return [float(part) for part in text.split(",")] if text else []


def test_an_arrow_is_drawn_by_mouse_and_then_stands_beside_the_true_one(desk: Page) -> None:
    question = asked(desk, 15)
    expect(question.locator(".said", has_text="press here and draw")).to_be_visible()
    assert question.locator("[data-arrow]").count() == 0
    draw(desk, question, -0.6, -0.28)
    assert drawn(question) == pytest.approx([-0.6, -0.28], abs=0.03)
    expect(question.locator(".npair-status")).to_contain_text("Your guess: (-0.6")
    assert question.locator("[data-arrow]").count() == 0
    assert not page_holds(desk, "0.374")
    button(question, "picture").click()
    commit(question)
    expect(reveal(question)).to_contain_text("Not that way: 20 degrees between the two.")
    expect(reveal(question)).to_contain_text(QUESTIONS[15].misconceptions["A"])
    expect(question.locator(".said", has_text="20°")).to_be_visible()
    true = question.locator("[data-arrow='a0:sum']")
    assert math.dist([float(true.get_attribute(f"data-{way}")) / 2 for way in ("dx", "dy")], (-0.374, -0.033)) < 1e-3
    draw(desk, question, 0.5, 0.5)
    assert drawn(question) == pytest.approx([-0.6, -0.28], abs=0.03)


def test_an_arrow_is_drawn_by_keys_alone(desk: Page) -> None:
    question = asked(desk, 15)
    cells = desk.locator(".jp-Cell").count()
    tip = question.get_by_role("slider")
    tip.focus()
    desk.keyboard.press("ArrowLeft")
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Shift+ArrowDown")
    desk.evaluate(NEXT_FRAME)
    assert drawn(question) == pytest.approx([-0.6, -0.12])
    expect(tip).to_have_attribute("aria-valuetext", "191 degrees, length 0.6")
    desk.keyboard.press("a")
    assert desk.locator(".jp-Cell").count() == cells
    button(question, "rule").press("Space")
    button(question, "Commit").press("Space")
    expect(reveal(question)).to_contain_text("Right: 6 degrees between the two.")


def test_a_click_is_no_arrow_and_no_point_moves(desk: Page) -> None:
    question = asked(desk, 15)
    draw(desk, question, 0, 0)
    expect(question.locator(".drawn")).to_have_attribute("d", "")
    question.locator("[data-point=p0]").press("ArrowRight")
    expect(question.locator("[data-point=p0]")).to_have_attribute("data-x", re.compile(r"^-0\.7660"))
    commit(question)
    expect(question.get_by_role("alert")).to_contain_text("the guess is an arrow (dx, dy), got none yet")


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("number", FIRST)
def test_all_of_it_can_be_read_before_and_after(desk: Page, theme: str, number: int) -> None:
    question = asked(desk, number)
    change_theme(desk, theme)
    for act in (None, "commit"):
        if act:
            guess = {7: 1.386, 15: (-1.0, 0.5)}.get(number, "A")
            in_kernel(desk, f"asked[{number}].guess({guess!r}, 'hunch')")
            expect(reveal(question)).to_be_visible()
        assert question.bounding_box()["width"] <= 820
        assert pale(question, TEXTS) == []
        assert overlapping(question, WIDGETS) == []
        assert cut_off(question, WIDGETS) == []
