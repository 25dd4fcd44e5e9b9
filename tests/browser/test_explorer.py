"""The explorer as a person meets it: in JupyterLab, with a mouse and a keyboard, in both themes."""

import io
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from driving import (
    Lab,
    centre_of_mark,
    change_theme,
    end_kernels,
    in_kernel,
    in_picture,
    kernel_troubles,
    listen,
    open_notebook,
    run_all_cells,
    write_notebook,
)
from looking import LABELS, PLOT_TEXTS, faults, pale
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

pytestmark = pytest.mark.browser

FIRST = "02_explore_the_geometry.ipynb"
CELL = "from npair_viz import explore\ne = explore('line-up')\ne"
LAPTOP, NARROW = {"width": 1280, "height": 800}, {"width": 900, "height": 800}
INK = {"JupyterLab Light": "rgb(0, 0, 0)", "JupyterLab Dark": "rgb(255, 255, 255)"}
TRACES = {"everyone's shares": "everyone's shares", "loss over tao": "loss over tao", "landscape": "landscape band"}
OPENING = "Anchor 3 picks the wrong one: 58 % for 8"
ACTIVE = re.compile("mod-active")
TROUBLE = "[data-mime-type='application/vnd.jupyter.error'], [data-mime-type='application/vnd.jupyter.stderr']"
COUNT_FIGURES = """
from ipywidgets.widgets.widget import _instances
from plotly.graph_objects import FigureWidget
print(sum(isinstance(one, FigureWidget) for one in _instances.values()), len(_instances))
"""


@contextmanager
def opened(chromium: Browser, address: str) -> Iterator[Page]:
    """A page with a notebook whose cells have run, that at its end has logged no error and asked nothing in vain."""
    troubles: list[str] = []
    with chromium.new_context(viewport=LAPTOP) as context:
        page = context.new_page()
        page.on("console", lambda said: said.type == "error" and troubles.append(said.text))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("requestfailed", lambda asked: troubles.append(f"{asked.url}: {asked.failure}"))
        open_notebook(page, address)
        run_all_cells(page)
        yield page
        assert troubles == []


@pytest.fixture(scope="module")
def desk(chromium: Browser, lab: Lab) -> Iterator[Page]:
    """One page with one explorer, which most of the tests share."""
    with opened(chromium, write_notebook(lab, "explorer.ipynb", CELL)) as page:
        yield page
    end_kernels(lab)


@pytest.fixture
def explorer(desk: Page) -> Iterator[Locator]:
    """The explorer on `desk` as it opens, in a laptop's window and the light theme."""
    desk.set_viewport_size(LAPTOP)
    change_theme(desk, "JupyterLab Light")
    in_kernel(desk, "e.reset()")
    explorer = newest(desk)
    expect(sentence(explorer)).to_contain_text(OPENING)
    listen(desk)
    yield explorer
    expect(desk.locator(TROUBLE)).to_have_count(0)
    assert kernel_troubles(desk) == []


def newest(page: Page) -> Locator:
    """The page's first explorer that `run_again` did not leave behind, once its picture is drawn."""
    explorer = page.locator(".npair-viz:not([data-old])").first
    expect(explorer.locator(".bartext").first).to_be_visible()
    return explorer


def run_again(page: Page) -> Locator:
    page.locator(".npair-viz").evaluate_all("all => all.forEach(one => { one.dataset.old = true; })")
    run_all_cells(page)
    return newest(page)


def sentence(explorer: Locator) -> Locator:
    return explorer.locator(".npair-sentence")


def button(explorer: Locator, name: str) -> Locator:
    return explorer.locator("button", has_text=re.compile(f"^{name}$"))


def step_counter(explorer: Locator) -> Locator:
    return explorer.locator(".npair-why", has_text="step")


def slide(explorer: Locator, key: str, times: int) -> None:
    for _ in range(times):
        explorer.get_by_role("slider").first.press(key)


def typed_tao(explorer: Locator) -> Locator:
    return explorer.get_by_placeholder("tao", exact=True)


def place(explorer: Locator) -> Locator:
    return explorer.get_by_label("to", exact=True)


def drawn(explorer: Locator) -> list[str]:
    """The words and the bars of the right-hand panel, as they are drawn."""
    paths = explorer.locator(".bars path").evaluate_all("all => all.map(one => one.getAttribute('d'))")
    return explorer.locator(".bartext, .x3tick text, .text text").all_text_contents() + paths


def places(explorer: Locator, trace: str) -> dict[str, Any]:
    ask = "(plot, name) => { const {x, y} = plot.data.find(one => one.name === name); return {x: [...x], y: [...y]}; }"
    return in_picture(explorer, ask, trace)


def toggle(explorer: Locator, drawer: str) -> None:
    """Open or close a drawer, and wait until its trace is or is no longer drawn."""
    was_open = "mod-active" in button(explorer, drawer).get_attribute("class")
    button(explorer, drawer).click()
    wait_for_trace(explorer, TRACES[drawer], is_seen=not was_open)


def wait_for_trace(explorer: Locator, trace: str, is_seen: bool) -> None:
    explorer.page.wait_for_function(
        "([plot, name, isSeen]) => plot.data.find(one => one.name === name).visible === isSeen",
        arg=[explorer.locator(".js-plotly-plot").element_handle(), trace, is_seen],
    )


# --- the first minute


def test_the_notebook_opens_and_runs_and_tao_moves_with_the_keyboard_in_both_themes(
    chromium: Browser, lab: Lab
) -> None:
    with opened(chromium, lab.notebook(FIRST)) as page:
        explorer = newest(page)
        expect(sentence(explorer)).to_contain_text(OPENING)
        for theme, tao in (("JupyterLab Light", "0.40"), ("JupyterLab Dark", "0.32")):
            change_theme(page, theme)
            before = drawn(explorer)
            slide(explorer, "ArrowLeft", times=5)
            expect(sentence(explorer)).to_contain_text(f"-> {tao}: loss")
            assert not set(before) <= set(drawn(explorer))
        expect(page.locator(TROUBLE)).to_have_count(0)
    end_kernels(lab)


def test_the_first_screen_is_small_enough(explorer: Locator) -> None:
    box = explorer.bounding_box()
    assert box["width"] <= 820
    assert box["height"] <= 597  # what JupyterLab has left of a projector's 1280 x 720, with all of its bars


@pytest.mark.parametrize("theme", INK)
def test_words_and_the_net_arrow_have_the_themes_colour_and_can_be_read(explorer: Locator, theme: str) -> None:
    change_theme(explorer.page, theme)
    for words in explorer.locator(".annotation-text, .legendtext, .bartext").all():
        expect(words).to_have_css("fill", INK[theme])
    arrow = "path[style*='stroke: rgb(1, 2, 3)']"
    expect(explorer.locator(f".scatterlayer .lines {arrow}")).to_have_css("stroke", INK[theme])
    assert pale(explorer, f"{PLOT_TEXTS}, {LABELS}, button:enabled, select:enabled, input:enabled") == []
    for drawer in TRACES:
        toggle(explorer, drawer)
        assert pale(explorer, PLOT_TEXTS) == []


# --- acts


@pytest.mark.parametrize(("trace", "index", "chosen"), [("anchors", 1, "8"), ("negatives", 1, "0")])
def test_a_click_on_a_mark_chooses_its_anchor(explorer: Locator, trace: str, index: int, chosen: str) -> None:
    x, y = centre_of_mark(explorer, trace, index)
    explorer.page.mouse.move(x, y)
    expect(explorer.locator(".hovertext")).to_contain_text(re.compile(f"(anchor|positive) {chosen}.*click to choose"))
    explorer.page.mouse.click(x, y)
    expect(explorer.get_by_label("Anchor")).to_have_value(chosen)
    expect(sentence(explorer)).to_contain_text(f"Anchor {chosen} picks its partner")


def test_a_typed_angle_moves_the_mark(explorer: Locator) -> None:
    before = centre_of_mark(explorer, "positive", 0)
    place(explorer).fill("120")
    place(explorer).press("Enter")
    expect(sentence(explorer)).to_contain_text("wavers: 48 % for its partner, 48 % for 8")
    assert places(explorer, "positive") == {"x": [pytest.approx(-0.5)], "y": [pytest.approx(0.75**0.5)]}
    assert centre_of_mark(explorer, "positive", 0) != before


def test_nonsense_typed_is_said_in_red_and_moves_nothing(explorer: Locator) -> None:
    before = places(explorer, "positive")
    place(explorer).fill("north")
    place(explorer).press("Enter")
    warning = explorer.get_by_role("alert")
    expect(warning).to_contain_text("got 'north'")
    red, green, blue = re.findall(r"\d+", warning.evaluate("one => getComputedStyle(one).color"))
    assert int(red) > 1.5 * max(int(green), int(blue))
    assert places(explorer, "positive") == before
    expect(place(explorer)).to_have_value("140.0")


@pytest.mark.parametrize(
    ("text", "value", "words"),
    [
        ("1,5", "1.5", ""),
        ("abc", "0.5", "tao is a number like 0.5, got 'abc'"),
        ("", "0.5", "tao is a number like 0.5, got ''"),
        ("-1", "0.5", "tao must be from 0.01 to 100, got -1"),
    ],
)
def test_a_typed_tao_is_taken_or_refused_in_words(explorer: Locator, text: str, value: str, words: str) -> None:
    typed_tao(explorer).fill(text)
    typed_tao(explorer).press("Enter")
    if words:
        expect(explorer.get_by_role("alert")).to_contain_text(words)
    else:
        expect(sentence(explorer)).to_contain_text("tao 0.50 -> 1.50")
        expect(explorer.get_by_role("alert")).to_have_count(0)
    expect(typed_tao(explorer)).to_have_value(value)


def test_an_angle_beyond_a_turn_says_what_was_taken(explorer: Locator) -> None:
    place(explorer).fill("-1")
    place(explorer).press("Enter")
    expect(explorer.locator(".npair-note")).to_have_text("-1° is the same as 359.0°.")
    expect(place(explorer)).to_have_value("359.0")


def test_too_many_classes_are_refused_in_words(explorer: Locator) -> None:
    button(explorer, "settings").click()
    explorer.get_by_label("classes").fill("99")
    explorer.get_by_label("classes").press("Enter")
    expect(explorer.get_by_role("alert")).to_contain_text("n_classes must be at most 64, got 99")
    expect(explorer.get_by_label("classes")).to_have_value("4")


def test_no_act_leaves_a_complaint_in_the_kernels_log(explorer: Locator) -> None:
    explorer.get_by_label("Anchor").select_option("8")
    expect(sentence(explorer)).to_contain_text("Anchor 8")
    explorer.get_by_label("Scene").select_option("pixels")
    expect(sentence(explorer)).to_contain_text("Anchor 0")
    button(explorer, "Play").click()
    expect(step_counter(explorer)).to_contain_text(re.compile(r"step \d\d,"))
    button(explorer, "Pause").click()
    expect(button(explorer, "Play")).to_be_visible()
    in_kernel(explorer.page, "pass")  # by then the kernel has answered for all that came before
    assert kernel_troubles(explorer.page) == []


def test_keys_typed_into_a_field_do_not_reach_the_notebook(explorer: Locator) -> None:
    cells = explorer.page.locator(".jp-Cell")
    for field in (place(explorer), typed_tao(explorer)):
        field.click()
        for key in ("a", "b", "d", "d", "x", "m"):
            explorer.page.keyboard.press(key)
    expect(cells).to_have_count(1)
    expect(cells).to_have_class(re.compile("jp-CodeCell"))


def test_play_moves_the_points_until_pause_and_undo_brings_them_back(explorer: Locator) -> None:
    typed_tao(explorer).fill("0.3")  # where the way down is long
    typed_tao(explorer).press("Enter")
    expect(sentence(explorer)).to_contain_text("tao 0.50 -> 0.30")
    start = places(explorer, "anchors")
    expect(step_counter(explorer)).to_contain_text("step 0,")
    button(explorer, "Play").click()
    expect(step_counter(explorer)).to_contain_text(re.compile(r"step \d\d,"))
    button(explorer, "Pause").click()
    expect(button(explorer, "Play")).to_be_visible()
    assert places(explorer, "anchors") != start
    steps = int(re.findall(r"\d+", step_counter(explorer).inner_text())[0])
    button(explorer, "Step").click()  # one more than when it stopped: nothing moved meanwhile
    expect(step_counter(explorer)).not_to_contain_text(f"step {steps},")
    expect(step_counter(explorer)).to_contain_text(f"step {steps + 1},")
    for left in (f"step {steps},", "step 0,"):
        button(explorer, "undo").click()
        expect(step_counter(explorer)).to_contain_text(left)
    assert places(explorer, "anchors") == start


def test_free_the_lengths_wakes_l2_reg(explorer: Locator) -> None:
    slider, typed = explorer.get_by_role("slider").nth(1), explorer.get_by_placeholder("l2_reg", exact=True)
    expect(typed).to_be_disabled()
    button(explorer, "free the lengths").click()
    expect(sentence(explorer)).to_contain_text("lengths all 1 -> free, l2_reg 0.00 -> 0.02: loss 0.484 -> 0.524")
    expect(button(explorer, "free the lengths")).to_be_disabled()
    expect(typed).to_be_enabled()
    expect(typed).to_have_value("0.02")
    slider.press("ArrowRight")
    expect(typed).to_have_value("0.025")
    expect(sentence(explorer)).to_contain_text("l2_reg 0.02 -> 0.03")


def test_the_kernel_holds_what_is_on_screen(explorer: Locator) -> None:
    slide(explorer, "ArrowRight", times=4)
    expect(typed_tao(explorer)).to_have_value("0.603")
    expect(sentence(explorer)).to_contain_text("-> 0.60: loss")
    assert json.loads(in_kernel(explorer.page, "print(e.state.to_json())"))["tao"] == 0.603


# --- drawers


def test_one_drawer_is_open_at_a_time(explorer: Locator) -> None:
    for drawer in (*TRACES, "everyone's shares"):
        toggle(explorer, drawer)
        expect(button(explorer, drawer)).to_have_class(ACTIVE)
        for other in TRACES.keys() - {drawer}:
            expect(button(explorer, other)).not_to_have_class(ACTIVE)
            wait_for_trace(explorer, TRACES[other], is_seen=False)
    toggle(explorer, drawer)
    wait_for_trace(explorer, "shares", is_seen=True)


def test_the_settings_open_and_close(explorer: Locator) -> None:
    objective = explorer.get_by_label("objective")
    expect(objective).to_be_hidden()
    button(explorer, "settings").click()
    objective.select_option("ovo")
    expect(sentence(explorer)).to_contain_text("objective mc -> ovo")
    button(explorer, "settings").click()
    expect(objective).to_be_hidden()


def test_the_phase_map_is_grey_on_the_circle_and_opens_where_lengths_are_free(explorer: Locator) -> None:
    expect(button(explorer, "phase map")).to_be_disabled()
    button(explorer, "lengths free").click()
    expect(button(explorer, "phase map")).to_be_enabled()
    button(explorer, "phase map").click()
    wait_for_trace(explorer, "lengths", is_seen=True)
    wait_for_trace(explorer, "shares", is_seen=False)


# --- the screen


@pytest.mark.parametrize("window", [LAPTOP, NARROW], ids=["laptop", "narrow"])
def test_nothing_overlaps_and_nothing_is_cut_off_in_any_drawer(explorer: Locator, window: dict[str, int]) -> None:
    explorer.page.set_viewport_size(window)
    explorer.page.wait_for_function(
        "() => { const shell = document.querySelector('.jp-LabShell'); return shell.scrollWidth <= shell.clientWidth; }"
    )
    assert faults(explorer) == []
    for drawer in TRACES:
        toggle(explorer, drawer)
        assert faults(explorer) == []
    button(explorer, "settings").click()
    expect(explorer.get_by_label("objective")).to_be_visible()
    assert faults(explorer) == []
    button(explorer, "free the lengths").click()
    button(explorer, "phase map").click()
    wait_for_trace(explorer, "lengths", is_seen=True)
    assert faults(explorer) == []


@pytest.mark.parametrize("scene", ["pixels", "heap", "one pair", "globe", "circle", "plane", "sphere"])
def test_nothing_overlaps_and_nothing_is_cut_off_in_any_scene(explorer: Locator, scene: str) -> None:
    explorer.get_by_label("Scene").select_option(scene)
    expect(sentence(explorer)).not_to_contain_text(OPENING)
    assert faults(explorer) == []


def test_the_digits_show_their_pictures(explorer: Locator) -> None:
    explorer.get_by_label("Scene").select_option("pixels")
    pictures = explorer.locator(".js-plotly-plot image")
    expect(pictures).to_have_count(1 + 8)
    for picture in pictures.all():
        assert picture.get_attribute("href").startswith("data:image/png")


def test_the_globe_is_drawn(explorer: Locator) -> None:
    explorer.get_by_label("Scene").select_option("globe")
    wait_for_trace(explorer, "wires", is_seen=True)
    expect(sentence(explorer)).to_contain_text("54 % for 8")
    orange = colours(explorer.locator(".gl-container canvas"))[230, 159, 0]
    assert orange > 100, "hardly a pixel has the colour of anchor 3"


def colours(shown: Locator) -> dict[tuple[int, int, int], int]:
    """How many pixels of what is shown have each colour."""
    picture = Image.open(io.BytesIO(shown.screenshot())).convert("RGB")
    return {colour: count for count, colour in picture.getcolors(picture.width * picture.height)}


# --- the kernel


def test_a_cell_that_runs_again_leaves_one_figure_alive(explorer: Locator) -> None:
    alive = in_kernel(explorer.page, COUNT_FIGURES)
    assert alive.split()[0] == "1"
    run_again(explorer.page)
    assert in_kernel(explorer.page, COUNT_FIGURES) == alive


def test_a_page_that_is_loaded_again_shows_what_was_there(explorer: Locator) -> None:
    page = explorer.page
    slide(explorer, "ArrowLeft", times=5)
    expect(sentence(explorer)).to_contain_text("-> 0.40: loss")
    words, picture = sentence(explorer).inner_text(), drawn(explorer)
    page.evaluate("window.jupyterapp.commands.execute('docmanager:save')")
    page.reload()
    explorer = newest(page)
    expect(sentence(explorer)).to_have_text(words)
    assert drawn(explorer) == picture
    listen(page)
    slide(explorer, "ArrowLeft", times=5)
    expect(sentence(explorer)).to_contain_text("-> 0.32: loss")


def test_a_kernel_that_starts_again_shows_no_traceback(explorer: Locator) -> None:
    page = explorer.page
    page.evaluate("void window.jupyterapp.commands.execute('notebook:restart-kernel')")
    page.get_by_role("button", name="Confirm Kernel Restart").click()
    expect(explorer.locator(".jupyter-widgets-disconnected").first).to_be_visible()
    expect(page.locator(TROUBLE)).to_have_count(0)
    expect(sentence(run_again(page))).to_contain_text(OPENING)
    listen(page)  # afresh: the new kernel has complained of the old one's widgets
