"""The living picture of a run as a page: its moments, its words, its look; no kernel and no network is there."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from npair_viz.explorers.watch.living import page as page_text
from npair_viz.training.recording import Alert, Recording
from tests.support.drawn_contrast import Picture, pale
from tests.support.jupyterlab import LAPTOP, note_troubles
from tests.support.recordings import COLLAPSE, GAP, pictures_at, recording, row_at
from tests.support.stage_page import NEXT_FRAME
from tests.support.visual_checks import cut_off, overlapping

pytestmark = pytest.mark.browser

Opens = Callable[..., Page]
PARTS = "h3, button, input, .plane, p, figcaption, .title, .range, .value, .end, .strip svg, li b, .legend span"
IN_SIGHT = """(name) => {
    const { top, bottom, left, right } = document.querySelector(name).getBoundingClientRect();
    return top >= 0 && left >= 0 && bottom <= innerHeight && right <= innerWidth;
}"""
SHIFT = """() => {
    window.shift = 0;
    new PerformanceObserver((list) => {
        for (const one of list.getEntries()) window.shift += one.value;
    }).observe({ type: "layout-shift", buffered: false });
}"""
# The first mark of the first colour, frame by frame from now on, until the view rests.
FILM = """() => {
    window.film = [];
    const note = () => {
        window.film.push(document.querySelectorAll(".rows")[2].getAttribute("d").split("a")[0]);
        requestAnimationFrame(note);
    };
    requestAnimationFrame(note);
}"""
VIEW = "document.querySelector('#recording').recording"
RESTS = f"""() => {{
    const {{ frame, glided, width, layout }} = {VIEW};
    return !frame && !glided && width === Math.round(layout.charts.axis.getBoundingClientRect().width);
}}"""
# Whether rows are on their way in the frame after a click on the first alert.
GLIDES = f"""async () => {{
    document.querySelector(".alerts .go").click();
    await new Promise(requestAnimationFrame);
    return {VIEW}.glided !== null;
}}"""


@pytest.fixture
def device() -> dict[str, Any]:
    return {}


@pytest.fixture
def open_run(chromium: Browser, tmp_path: Path, device: dict[str, Any]) -> Iterator[Opens]:
    """Open a recording as a page; at the end nothing was asked of a network, and no error was logged."""
    troubles: list[str] = []
    with chromium.new_context(viewport=LAPTOP, offline=True, **device) as context:

        def open_page(run: Recording, **media: Any) -> Page:
            path = tmp_path / f"page{len(context.pages)}.html"
            path.write_text(page_text(run), encoding="utf-8")
            page = context.new_page()
            page.emulate_media(**media)
            note_troubles(page, troubles)
            page.on("request", lambda asked: asked.url.startswith("file:") or troubles.append(asked.url))
            page.goto(path.as_uri())
            rest(page)
            return page

        yield open_page
    assert troubles == []


def rest(page: Page) -> None:
    """Wait until what was asked for is drawn."""
    page.evaluate(NEXT_FRAME)
    page.wait_for_function(RESTS)


def sentence(page: Page) -> Any:
    return page.locator("[data-role=sentence]")


def caption(page: Page) -> Any:
    return page.locator("[data-role=caption]")


def slider(page: Page) -> Any:
    return page.locator("[data-control=moment]")


def on_axis(page: Page, part: float) -> tuple[float, float]:
    """The place on the screen at a part of the axis, over the ruler."""
    box = page.locator("[data-curve=loss]").bounding_box()
    return box["x"] + 7 + part * (box["width"] - 14), box["y"] + 60


def sick() -> Recording:
    """A run with two alerts, a loss that is not a number at step 600 and one that is infinite at 700."""
    run = recording(41, 21, alerts=(COLLAPSE, GAP), sides=True)
    run.rows[12]["loss"], run.rows[14]["loss"] = float("nan"), float("inf")
    return run


# --- moments


def test_a_page_opens_at_the_end_of_the_run(open_run: Opens) -> None:
    page = open_run(recording(41, 21))
    expect(sentence(page)).to_have_text("Step 2,000: loss 1.22, between floor 1.02 and chance 4.16; 90 % right picks.")
    expect(caption(page)).to_have_text("256 rows of the sample, step 2,000, plane holds 59 %")
    expect(page.get_by_role("button", name="Live")).to_be_hidden()


def test_keys_on_the_slider_read_each_step_in_words(open_run: Opens) -> None:
    page = open_run(recording(41, 21))
    slider(page).press("Home")
    expect(sentence(page)).to_contain_text("Step 0: ")
    expect(caption(page)).to_contain_text("step 0,")
    slider(page).press("ArrowRight")
    expect(sentence(page)).to_contain_text("Step 50: ")
    expect(slider(page)).to_have_attribute("aria-valuetext", sentence(page).inner_text())


def test_a_curve_says_its_number_to_who_does_not_see_it(open_run: Opens) -> None:
    page = open_run(recording(41, 21))
    slider(page).press("Home")
    expect(page.get_by_role("img", name="chance 4.16, loss 4.20, floor 1.02")).to_be_visible()
    expect(page.get_by_role("img", name="right picks: 3 %")).to_be_visible()


def test_a_pointer_reads_another_step_and_the_picture_stays(open_run: Opens) -> None:
    page = open_run(recording(41, 21))
    page.mouse.move(*on_axis(page, 0.5))
    expect(sentence(page)).to_contain_text("Step 1,000: ")
    expect(page.locator(".value").first).to_have_text("82 %")
    expect(caption(page)).to_contain_text("step 2,000")
    page.mouse.move(1, 1)
    expect(sentence(page)).to_contain_text("Step 2,000: ")


def test_a_click_on_a_curve_goes_there(open_run: Opens) -> None:
    page = open_run(recording(41, 21))
    page.mouse.click(*on_axis(page, 0.25))
    page.mouse.move(1, 1)
    expect(sentence(page)).to_contain_text("Step 500: ")
    expect(caption(page)).to_contain_text("step 500")
    expect(slider(page)).to_have_value("10")


def test_play_shows_all_pictures_and_ends_at_the_end(open_run: Opens) -> None:
    page = open_run(recording(41, 21))
    page.evaluate(FILM)
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    expect(sentence(page)).to_contain_text("Step 2,000: ")
    assert len(set(page.evaluate("window.film"))) > 5


def test_a_replay_can_be_paused_and_goes_on(open_run: Opens) -> None:
    page = open_run(recording(41, 21))
    page.get_by_role("button", name="Play").click()
    expect(sentence(page)).not_to_contain_text("Step 2,000: ")
    page.get_by_role("button", name="Pause").click()
    rest(page)
    here = sentence(page).inner_text()
    page.evaluate(NEXT_FRAME)
    assert sentence(page).inner_text() == here != "Step 2,000"
    page.get_by_role("button", name="Play").click()
    expect(sentence(page)).not_to_have_text(here)


def test_with_reduced_motion_play_shows_the_end_at_once(open_run: Opens) -> None:
    page = open_run(recording(41, 21), reduced_motion="reduce")
    slider(page).press("Home")
    page.get_by_role("button", name="Play").click()
    rest(page)
    expect(sentence(page)).to_contain_text("Step 2,000: ")


def test_rows_of_a_sample_glide_to_where_an_act_leads_and_others_do_not(open_run: Opens) -> None:
    for sides in (False, True):
        page = open_run(recording(41, 21, alerts=(GAP,), sides=sides))
        assert page.evaluate(GLIDES) == (not sides)
        rest(page)
        expect(caption(page)).to_contain_text("step 800")


def test_with_reduced_motion_no_row_glides(open_run: Opens) -> None:
    page = open_run(recording(41, 21, alerts=(GAP,)), reduced_motion="reduce")
    assert not page.evaluate(GLIDES)


def test_an_alert_leads_to_its_step(open_run: Opens) -> None:
    page = open_run(sick())
    expect(page.get_by_role("status")).to_have_text(f"Step 850, gap: {GAP.words}")
    page.get_by_role("button", name="Step 600").click()
    expect(sentence(page)).to_have_text("Step 600: the loss is not a number; 65 % right picks.")
    page.locator("[data-alert='1'] text").click()
    expect(sentence(page)).to_contain_text("Step 850: ")
    expect(page.locator(".alerts li").nth(1)).to_contain_text(GAP.mend)


def test_a_loss_that_is_no_number_is_a_gap_with_a_mark(open_run: Opens) -> None:
    page = open_run(sick())
    assert page.locator(".gap").first.get_attribute("d").count("M") == 2
    assert page.locator(".line.loss").get_attribute("d").count("M") == 3
    slider(page).press("Home")
    for _ in range(14):
        slider(page).press("ArrowRight")
    expect(sentence(page)).to_contain_text("Step 700: the loss is infinite;")


def test_a_run_that_starts_again_is_one_axis(open_run: Opens) -> None:
    run, other = recording(41, 21), recording(31, 11)
    page = open_run(Recording("", run.rows + other.rows, run.pictures + other.pictures))
    expect(sentence(page)).to_contain_text("Step 1,500: ")
    expect(caption(page)).to_contain_text("step 1,500")
    for part, step in ((1000 / 3550, "Step 1,000: "), ((2050 + 800) / 3550, "Step 800: ")):
        page.mouse.move(*on_axis(page, part))
        expect(sentence(page)).to_contain_text(step)


@pytest.mark.parametrize("count", [0, 1])
def test_a_run_that_has_hardly_begun_says_so(open_run: Opens, count: int) -> None:
    page = open_run(recording(count, count, rows=1))
    expect(sentence(page)).to_contain_text("Step 0: " if count else "Waiting for the first step.")
    expect(caption(page)).to_contain_text("1 row of the sample" if count else "No picture of rows yet.")
    expect(page.get_by_role("button", name="Play")).to_be_disabled()


def test_many_rows_and_samples_are_thinned_and_the_page_says_so(open_run: Opens) -> None:
    run = Recording("", [row_at(k, 5000) for k in range(5000)], pictures_at([4999], 5000, rows=5000))
    page = open_run(run)
    expect(caption(page)).to_contain_text("1,000 of 5,000 rows of the sample")
    drawn = page.locator(".line.loss").get_attribute("d")
    assert len(drawn) < 40_000
    expect(open_run(recording(300, 200)).locator(".notes")).to_have_text("This page leaves 140 pictures of rows out.")


def test_a_mark_under_the_pointer_names_its_class_and_its_rows(open_run: Opens) -> None:
    page = open_run(recording(41, 21, rows=1))
    first = page.locator(".rows[d^=M]").first.bounding_box()
    page.mouse.move(first["x"] + first["width"] / 2, first["y"] + first["height"] / 2)
    expect(page.locator(".lit-words")).to_have_text("class 0: 1 row")
    assert page.locator(".rows.lit[d^=M]").count() == 1
    page.mouse.move(1, 1)
    expect(page.locator(".lit-words")).to_have_text("")


def test_markup_in_names_and_words_is_text(open_run: Opens) -> None:
    wild = "<img src=x onerror=alert(1)> имя اسم"
    page = open_run(Recording(wild, recording(3, 3).rows, [], [Alert(wild, 50, wild, wild)]))
    expect(page.locator("h3")).to_have_text(wild)
    expect(page.locator(".alerts li")).to_contain_text(wild)
    assert page.locator("#recording img").count() == 0


# --- the look


@pytest.mark.parametrize("width", [320, 390, 640, 768, 1000, 1280, 1920])
def test_nothing_overlaps_and_nothing_scrolls_sideways(open_run: Opens, width: int) -> None:
    run = sick()
    page = open_run(Recording("a long name " * 12 + "x" * 300, run.rows, run.pictures, run.alerts))
    page.set_viewport_size({"width": width, "height": 800})
    rest(page)
    root = page.locator("#recording")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert overlapping(root, PARTS) == []
    assert cut_off(root, PARTS) == []


@pytest.mark.parametrize("width", [320, 820, 1280])
@pytest.mark.parametrize("value", [float("nan"), float("-inf"), 0.000123, 987_654.0, 1e30], ids=str)
def test_numbers_of_any_size_fit_beside_their_curves(open_run: Opens, width: int, value: float) -> None:
    run = recording(21, 5)
    run.rows[-1] |= dict.fromkeys(("loss", "floor", "chance", "rank", "gap", "length", "tao"), value)
    run.rows[-1]["right_picks"] = min(1, value)
    page = open_run(run)
    page.set_viewport_size({"width": width, "height": 800})
    rest(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert overlapping(page.locator("#recording"), PARTS) == []


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844), (844, 390), (820, 900)], ids=str)
def test_sentence_plane_and_play_are_in_one_sight(open_run: Opens, width: int, height: int) -> None:
    page = open_run(sick())
    page.set_viewport_size({"width": width, "height": height})
    rest(page)
    for part in ("[data-role=sentence]", ".plane", "[data-action=play]", "[data-control=moment]"):
        assert page.evaluate(IN_SIGHT, part), part


def test_nothing_jumps_while_moments_change(open_run: Opens) -> None:
    page = open_run(sick())
    page.evaluate(SHIFT)
    for key in ("Home", "ArrowRight", "PageUp", "End"):
        slider(page).press(key)
        rest(page)
    for part in (0.1, 0.3, 0.31, 0.36, 0.9):
        page.mouse.move(*on_axis(page, part))
        rest(page)
    assert page.evaluate("window.shift") == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_each_word_is_seven_to_one_and_each_mark_three_to_one(open_run: Opens, scheme: str) -> None:
    page = open_run(sick(), color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size({"width": 1280, "height": 1200})
    rest(page)
    picture, root = Picture(page), page.locator("#recording")
    words = picture.words(root)
    assert {"loss", "Play", "chance", "gap"} <= {word for one in words for word in one.called.split()}
    assert pale(words, 7) == []
    assert pale(picture.shapes(root, ".rows[d^=M]"), 3) == []
    assert pale(picture.lines(root, ".line.loss, .strip .line, .gap, .alert path"), 3) == []


@pytest.mark.parametrize("device", [{"has_touch": True, "is_mobile": True}], ids=["fingers"])
def test_a_finger_finds_what_it_can_press(open_run: Opens) -> None:
    page = open_run(sick())
    page.set_viewport_size({"width": 390, "height": 844})
    rest(page)
    sizes = page.locator("[data-action=play], [data-control=moment]").evaluate_all(
        "all => all.map((one) => one.offsetHeight)"
    )
    assert min(sizes) >= 32
    page.locator("[data-curve=loss]").tap(position={"x": 20, "y": 60})
    expect(sentence(page)).not_to_contain_text("Step 2,000: ")
