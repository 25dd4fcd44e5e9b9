"""The stage of the front page: it shows itself until a person takes it, and what the person does is the only act."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.jupyterlab import note_troubles
from tests.support.stage_page import NEXT_FRAME, action, centre, dragging, root
from tools.course.build import LESSONS
from tools.course.front import front_page
from tools.course.pages import lesson_of

pytestmark = pytest.mark.browser

STATE = "document.querySelector('#stage').stage"
PICKS_8, PICKS_3 = "Anchor 3 picks the wrong one: 58 % for 8", "Anchor 3 picks its partner"
# What is under a pointer may change its few words.
SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const { value, sources } of list.getEntries())
    if (value > 1e-4) window.shifts.push([value, ...sources.map(({ node }) => node?.className ?? node?.nodeName)]);
}).observe({ type: "layout-shift", buffered: true });
"""
# Frames are drawn when the test says so, a tenth of a second apart.
CLOCK = """
let [now, count] = [0, 0];
const asked = new Map();
window.requestAnimationFrame = (act) => {
  asked.set(++count, act);
  return count;
};
window.cancelAnimationFrame = (id) => asked.delete(id);
window.isAsked = () => asked.size > 0;
window.pass = (tenths) => {
  for (let k = 0; k < tenths; k++) {
    now += 100;
    const due = [...asked.values()];
    asked.clear();
    for (const act of due) act(now);
  }
};
"""
Opens = Callable[..., Page]


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Path:
    files = sorted(LESSONS.glob("[0-9]*.ipynb"))
    course = [lesson_of(one.stem, nbformat.read(one, as_version=4)) for one in files]
    file = tmp_path_factory.mktemp("front") / "index.html"
    file.write_text(front_page(course), encoding="utf-8")
    return file


@pytest.fixture
def hero(chromium: Browser, front: Path) -> Iterator[Opens]:
    """Open the front page, its frames in the test's hand; at the end nothing failed or was asked of a network."""
    troubles: list[str] = []
    contexts = []

    def go(script: str = CLOCK, *, width: int = 1280, height: int = 800, **settings: Any) -> Page:
        context = chromium.new_context(viewport={"width": width, "height": height}, offline=True, **settings)
        contexts.append(context)
        page = context.new_page()
        note_troubles(page, troubles)
        page.on("request", lambda asked: asked.url.startswith("file:") or troubles.append(asked.url))
        page.add_init_script(script)
        page.goto(front.as_uri())
        return page

    yield go
    for context in contexts:
        context.close()
    assert troubles == []


def told(page: Page) -> str:
    return page.locator("#stage [data-role=sentence]").inner_text().replace("\xa0", " ")


def after(page: Page, seconds: float) -> None:
    """Let some time pass; it begins when the browser has seen that the stage is in sight."""
    page.wait_for_function(f"{STATE}.run.frame !== null", polling=20)
    page.evaluate("tenths => window.pass(tenths)", round(10 * seconds))


def test_a_hand_of_its_own_drags_the_positive_until_the_pick_flips(hero: Opens) -> None:
    page = hero()
    assert told(page).startswith(PICKS_8)
    after(page, 2.8)
    expect(page.locator("#stage .hand")).to_be_visible()
    after(page, 1.4)
    assert told(page).startswith(PICKS_3)
    assert float(root(page).get_attribute("data-loss") or 1) == pytest.approx(0.383, abs=0.001)


def test_it_descends_rests_and_goes_back_to_begin_again(hero: Opens) -> None:
    page = hero()
    after(page, 11.5)
    assert float(root(page).get_attribute("data-loss") or 1) < 0.26
    expect(page.locator("#stage .hand")).to_be_hidden()
    after(page, 3.1)
    assert 0.27 < float(root(page).get_attribute("data-loss") or 1) < 0.47
    after(page, 1)
    assert told(page).startswith(PICKS_8)


def test_pause_is_in_sight_while_it_moves_and_stops_it_for_good(hero: Opens) -> None:
    page = hero()
    after(page, 6)
    expect(action(page, "play")).to_be_hidden()
    action(page, "pause").click()
    at_rest = root(page).get_attribute("data-loss")
    page.evaluate("window.pass(20)")
    assert root(page).get_attribute("data-loss") == at_rest
    expect(action(page, "play")).to_be_visible()
    expect(action(page, "undo")).to_be_disabled()


def test_a_real_hand_stops_it_for_good_and_is_one_act(hero: Opens) -> None:
    page = hero()
    after(page, 6)
    with dragging(page, "p0"):
        taken = page.evaluate(f"{STATE}.store.history.past.at(-1)?.points")
        box = page.locator("#stage .board").bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] - 20, steps=3)
    moved = page.evaluate(f"{STATE}.state.points")
    expect(page.locator("#stage .hand")).to_have_count(0)
    page.evaluate("window.pass(20)")
    assert page.evaluate(f"{STATE}.state.points") == moved
    action(page, "undo").click()
    assert page.evaluate(f"{STATE}.state.points") == taken
    page.evaluate("window.pass(1)")
    expect(action(page, "undo")).to_be_disabled()


def test_a_touch_beside_the_points_stops_it_too(hero: Opens) -> None:
    page = hero()
    after(page, 6)
    page.locator("#stage .board").click(position={"x": 220, "y": 220})
    at_rest = root(page).get_attribute("data-loss")
    page.evaluate("window.pass(20)")
    assert root(page).get_attribute("data-loss") == at_rest


def test_a_key_takes_it_and_keeps_its_point(hero: Opens) -> None:
    page = hero()
    after(page, 6)
    page.locator("#stage [data-point=p0]").press("ArrowLeft")
    assert page.evaluate(f"{STATE}.store.history.past.length") == 1
    assert page.evaluate("document.activeElement.dataset.point") == "p0"
    moved = page.evaluate(f"{STATE}.state.points")
    page.evaluate("window.pass(20)")
    assert page.evaluate(f"{STATE}.state.points") == moved


def test_start_leads_to_the_first_picture_wherever_it_was_taken(hero: Opens) -> None:
    page = hero()
    after(page, 8)
    assert told(page).startswith(PICKS_3)
    action(page, "reset").click()
    page.evaluate("window.pass(10)")
    assert "58 % for 8" in told(page)
    assert page.evaluate(f"{STATE}.state.steps") == 0


def test_it_is_still_where_reduced_motion_is_preferred(hero: Opens) -> None:
    page = hero(reduced_motion="reduce")
    page.evaluate("window.pass(80)")
    assert told(page).startswith(PICKS_8)
    expect(page.locator("#stage .hand")).to_have_count(0)
    expect(action(page, "play")).to_be_visible()
    expect(page.locator("#stage .invitation")).to_contain_text("drag me")


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844), (320, 640), (844, 390)])
def test_nothing_shifts_while_it_shows_itself_and_is_taken(hero: Opens, width: int, height: int) -> None:
    page = hero(SHIFTS, width=width, height=height)
    page.evaluate(NEXT_FRAME)
    page.wait_for_function(f"{STATE}.state.steps > 2")  # after the drag
    page.mouse.move(*centre(page, "p3"))
    page.mouse.down()
    page.mouse.move(width / 2, height / 2, steps=4)
    page.mouse.up()
    page.evaluate(NEXT_FRAME)
    assert page.evaluate("window.shifts") == []


def test_out_of_sight_it_asks_for_no_frame(hero: Opens) -> None:
    page = hero()
    after(page, 6)
    page.evaluate("document.querySelector('footer').scrollIntoView()")
    page.wait_for_function("(window.pass(1), !window.isAsked())", polling=20)
    page.evaluate("scrollTo(0, 0)")
    after(page, 5)
    assert float(root(page).get_attribute("data-loss") or 1) < 0.26


def test_the_first_picture_is_there_without_a_script(chromium: Browser, front: Path) -> None:
    with chromium.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(front.as_uri())
        expect(page.locator("#stage svg").first).to_contain_text(PICKS_8)
        expect(page.get_by_role("link", name="Begin with lesson 1")).to_be_visible()
