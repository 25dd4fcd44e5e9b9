"""The static site from a disk, the network cut: every page opens and drags, questions and exercises answer."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from npair_viz.exercises.questions import QUESTIONS
from tests.support.built_sites import made
from tests.support.drawn_contrast import Picture, pale
from tests.support.jupyterlab import note_troubles
from tests.support.repository import ROOT
from tests.support.stage_page import NEXT_FRAME
from tools.course.build import pack

pytestmark = pytest.mark.browser

LESSONS = sorted(file.stem[:2] for file in (ROOT / "notebooks").glob("[0-9]*.ipynb"))
WITHOUT_STAGES = {"08"}
Opens = Callable[..., Page]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("site"), all_of_them=True)


@pytest.fixture
def open_page(chromium: Browser, site: Path) -> Iterator[Opens]:
    """Open a page of the site; at the end nothing was asked of a network, nothing failed, and no error was logged."""
    troubles: list[str] = []
    still = {"reduced_motion": "reduce"}  # else a globe would turn under the hand
    with chromium.new_context(viewport={"width": 1280, "height": 900}, offline=True, **still) as context:

        def go(name: str, **media: str) -> Page:
            page = context.new_page()
            note_troubles(page, troubles)
            page.on("request", lambda asked: asked.url.startswith(("file:", "data:")) or troubles.append(asked.url))
            page.emulate_media(**media)
            page.goto((site / f"{name}.html").as_uri())
            return page

        yield go
    assert troubles == []


def stages(page: Page) -> list[Locator]:
    return page.locator("[data-npair=stage]:has(.board)").all()


def lives(stage: Locator) -> None:
    """A stage answers a hand: a point of few dimensions is dragged, points of many take a step."""
    if stage.evaluate("({ stage }) => stage.state.base?.isSpan"):
        before = stage.get_attribute("data-loss")
        stage.evaluate("({ stage }) => stage.step()")  # its button may be hidden
        expect(stage).not_to_have_attribute("data-loss", before or "")
        return
    point = movable(stage)
    before = point.get_attribute("transform")
    drag(stage.page, point)
    expect(point).not_to_have_attribute("transform", before or "")


def movable(stage: Locator) -> Locator:
    """A point that may move and is not behind the globe, a positive where there is one."""
    index, n = stage.evaluate("""({ stage }) => [
        [...stage.places.keys()].findLast((k) => stage.mayMove(k) && stage.places[k].depth >= 0),
        stage.places.length / 2,
    ]""")
    return stage.locator(f"[data-point={'ap'[index // n]}{index % n}]")


def drag(page: Page, point: Locator) -> None:
    """Drag a point a little, by the mouse."""
    point.scroll_into_view_if_needed()
    box = point.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 25, y + 40, steps=4)
    page.mouse.up()


@pytest.mark.parametrize("name", ["98", *LESSONS])
def test_every_stage_of_a_lesson_answers_a_hand(open_page: Opens, name: str) -> None:
    page = open_page(name)
    expect(page.locator("h1")).to_be_visible()
    living = [one for one in stages(page) if one.get_attribute("data-step") is not None]
    assert bool(living) == (name not in WITHOUT_STAGES)
    for stage in living:
        if stage.locator("xpath=ancestor::form").count():
            continue  # a board to draw on holds its points still
        lives(stage)


def test_every_other_page_opens_and_its_stage_answers_a_hand(open_page: Opens, site: Path) -> None:
    for file in sorted(site.glob("*.html")):
        if not file.stem.isdigit():
            page = open_page(file.stem)
            expect(page.locator("h1, [data-role=sentence]").first).to_be_visible()
            for stage in stages(page):
                lives(stage)
                expect(stage.locator("[data-action=undo]")).to_be_enabled()
            page.close()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (400, "dark")])
def test_axe_finds_nothing_serious(open_page: Opens, width: int, scheme: str) -> None:
    for name in ("index", "98", "02", "05"):
        page = open_page(name, color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 800})
        page.evaluate(NEXT_FRAME)
        serious = [one for one in Axe().run(page).response["violations"] if one["impact"] in ("serious", "critical")]
        assert [(one["help"], [node["html"][:90] for node in one["nodes"]]) for one in serious] == [], name
        page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["index", "explore", "02", "05"])
def test_each_word_of_a_page_is_seven_to_one_as_drawn(open_page: Opens, name: str, scheme: str) -> None:
    page = open_page(name, color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    page.evaluate(NEXT_FRAME)
    words = Picture(page, whole=True).words(page.locator("body"))
    assert len(words) > 70
    assert pale(words, 7) == []


def test_a_lesson_that_is_presented_is_black_on_white_in_the_dark_theme_too(open_page: Opens) -> None:
    page = open_page("98", color_scheme="dark")
    page.locator("[data-action=present]").first.click()
    expect(page.locator("body")).to_have_css("color", "rgb(0, 0, 0)")
    expect(page.locator("body")).to_have_css("background-color", "rgb(255, 255, 255)")


def test_a_word_behind_the_address_opens_an_experiment(open_page: Opens, site: Path) -> None:
    page = open_page("index")
    page.get_by_role("link", name="E9", exact=True).click()
    expect(page.locator("[data-npair=stage]")).to_contain_text("E9")


def test_a_question_reveals_its_answer_only_after_the_commit(open_page: Opens) -> None:
    page = open_page("98")
    form = page.locator("form[data-question]").first
    assert QUESTIONS[1].why not in page.content()
    form.get_by_role("button", name="Commit").click()
    expect(form.get_by_role("alert")).to_have_text("Choose one first.")
    form.get_by_label("A 0", exact=True).check()
    form.get_by_role("button", name="Commit").click()
    expect(form.get_by_role("alert")).to_have_text("A guess needs a reason: choose one.")
    assert QUESTIONS[1].why not in page.content()
    form.get_by_label("rule").check()
    form.get_by_role("button", name="Commit").click()
    expect(form.get_by_role("status")).to_contain_text(QUESTIONS[1].why)
    expect(form.get_by_role("status")).to_contain_text(QUESTIONS[1].misconceptions["A"])
    expect(form.get_by_label("C 1.386")).to_be_disabled()


def test_an_arrow_is_drawn_and_set_beside_the_true_one(open_page: Opens) -> None:
    page = open_page("98")
    form = page.locator("form[data-question]:has([data-drawing])")
    point = form.locator("[data-point=a0]")
    point.scroll_into_view_if_needed()
    box = point.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] - 90, box["y"] + 20, steps=4)
    page.mouse.up()
    form.get_by_label("picture").check()
    form.get_by_role("button", name="Commit").click()
    expect(form.get_by_role("status")).to_contain_text("degrees between the two")


def test_an_exercise_checks_what_is_typed(open_page: Opens) -> None:
    page = open_page("98")
    form = page.locator("form[data-exercise]").first
    for typed, said in (("5", "natural logarithm"), ("3,466", "Right.")):
        form.get_by_label("answer to exercise 2").fill(typed)
        form.get_by_role("button", name="Check").click()
        expect(form.get_by_role("status")).to_contain_text(said)


def test_what_code_prints_is_folded_until_it_is_asked_for(open_page: Opens) -> None:
    page = open_page("01")
    printed = page.locator(".code pre").first
    expect(printed).to_be_hidden()
    page.locator(".code summary", has_text="run").first.click()
    expect(page.locator(".code details[open] pre").first).to_be_visible()


@pytest.mark.parametrize("width", [400, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_is_wider_than_its_window(open_page: Opens, width: int, scheme: str) -> None:
    for name in ("index", "02", "07", "explore"):
        page = open_page(name, color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 800})
        page.wait_for_function("() => document.documentElement.scrollWidth <= innerWidth + 1")
        page.close()


def test_on_paper_everything_is_unfolded(open_page: Opens) -> None:
    page = open_page("01")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details[open]").count() == 0


def test_each_exercise_and_question_of_the_lessons_is_one_form(site: Path) -> None:
    for kind, asks, count in (("Exercise", "exercise", 21), ("Question", "predict", 16)):
        set_by = [file.read_text(encoding="utf-8") for file in sorted((ROOT / "notebooks").glob("[0-9]*.py"))]
        numbers = re.findall(rf"\b{asks}\((\d+)\)", "".join(set_by))
        pages = "".join((site / f"{name}.html").read_text(encoding="utf-8") for name in LESSONS)
        assert re.findall(rf"<p><b>{kind} (\d+)\.</b>", pages) == numbers
        assert len(numbers) == count


def test_a_lesson_leads_to_the_one_before_and_the_one_after_it(open_page: Opens) -> None:
    ways = open_page("02").locator("nav.ways.next a")
    assert [way.get_attribute("href") for way in ways.all()] == ["01.html", "03.html"]


def test_every_page_has_less_than_300_kilobytes(site: Path) -> None:
    sizes = {file.stem: file.stat().st_size for file in site.glob("*.html")}
    del sizes["98"]  # it has more stages than any lesson
    assert {name: size for name, size in sizes.items() if size >= 300_000} == {}


def test_the_whole_course_goes_on_a_stick(site: Path, tmp_path: Path) -> None:
    pack(site, tmp_path / "course.zip")
    assert (tmp_path / "course.zip").stat().st_size < 5_000_000
