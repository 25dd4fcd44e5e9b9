"""What a person does with the explorer in JupyterLab, with a mouse and a keyboard."""

import json
import re

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.support.explorer_page import (
    OPENING,
    TRACES,
    TROUBLE,
    button,
    centre,
    drawn,
    newest,
    place,
    points,
    run_again,
    sentence,
    setting,
    slide,
    step_counter,
    toggle,
    typed_tao,
    wait_for_trace,
)
from tests.support.jupyterlab import (
    Lab,
    centre_of_mark,
    change_theme,
    end_kernels,
    in_kernel,
    kernel_troubles,
    listen,
    opened,
)

pytestmark = pytest.mark.browser
FIRST = "02_explore_the_geometry.ipynb"
ACTIVE = re.compile("mod-active")
COUNT_FIGURES = """
from ipywidgets.widgets.widget import _instances
from plotly.graph_objects import FigureWidget
print(sum(isinstance(one, FigureWidget) for one in _instances.values()), len(_instances))
"""


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


# --- acts


@pytest.mark.parametrize(("point", "chosen"), [("a1", "8"), ("p2", "0")])
def test_a_click_on_a_point_chooses_its_anchor(explorer: Locator, point: str, chosen: str) -> None:
    explorer.page.mouse.click(*centre(explorer, point))
    expect(explorer.get_by_label("Anchor", exact=True)).to_have_value(chosen)
    expect(sentence(explorer)).to_contain_text(f"Anchor {chosen} picks its partner")


def test_a_click_on_a_mark_of_the_figure_chooses_its_anchor(explorer: Locator) -> None:
    explorer.get_by_label("Scene", exact=True).select_option("pixels")
    expect(sentence(explorer)).to_contain_text("Anchor 0")
    x, y = centre_of_mark(explorer, "anchors", 3)
    explorer.page.mouse.move(x, y)
    expect(explorer.locator(".hovertext")).to_contain_text(re.compile("anchor 3.*click to choose"))
    explorer.page.mouse.click(x, y)
    expect(explorer.get_by_label("Anchor", exact=True)).to_have_value("3")


def test_a_dragged_point_moves_bars_and_sentence_and_is_one_act(explorer: Locator) -> None:
    x, y = centre(explorer, "p0")
    start, mouse = points(explorer), explorer.page.mouse
    mouse.move(x, y)
    mouse.down()
    for step in range(1, 9):
        mouse.move(x + 7 * step, y - 7 * step)
    expect(explorer.locator("[data-point=p0]")).not_to_have_attribute("data-x", str(start["p0"][0]))
    mouse.up()
    expect(sentence(explorer)).to_contain_text("Anchor 3 picks its partner: 5")
    expect(explorer.locator(".ghost[visibility=visible]")).to_have_count(1)
    expect(explorer.locator(".bartext").first).to_have_text(re.compile(r"5\d %"))
    button(explorer, "undo").click()
    expect(sentence(explorer)).to_contain_text(OPENING)
    expect(explorer.locator("[data-point=p0]")).to_have_attribute("data-x", str(start["p0"][0]))
    assert points(explorer) == start


def test_arrow_keys_move_a_point_of_the_stage(explorer: Locator) -> None:
    explorer.locator("[data-point=p0]").focus()
    for _ in range(10):
        explorer.page.keyboard.press("ArrowRight")
    expect(place(explorer)).to_have_value("120.0")
    expect(sentence(explorer)).to_contain_text("wavers: 48 % for its partner, 48 % for 8")
    expect(explorer.locator("[data-point=p0]")).to_be_focused()


def test_a_typed_angle_moves_the_point(explorer: Locator) -> None:
    before = centre(explorer, "p0")
    place(explorer).fill("120")
    place(explorer).press("Enter")
    expect(sentence(explorer)).to_contain_text("wavers: 48 % for its partner, 48 % for 8")
    expect(explorer.locator("[data-point=p0]")).to_have_attribute("data-x", re.compile(r"-0\.(5|4999)"))
    assert points(explorer)["p0"] == (pytest.approx(-0.5), pytest.approx(0.75**0.5))
    assert centre(explorer, "p0") != before


def test_nonsense_typed_is_said_in_red_and_moves_nothing(explorer: Locator) -> None:
    before = points(explorer)
    place(explorer).fill("north")
    place(explorer).press("Enter")
    warning = explorer.get_by_role("alert")
    expect(warning).to_contain_text("got 'north'")
    red, green, blue = re.findall(r"\d+", warning.evaluate("one => getComputedStyle(one).color"))
    assert int(red) > 1.5 * max(int(green), int(blue))
    assert points(explorer) == before
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
    explorer.get_by_label("Anchor", exact=True).select_option("8")
    expect(sentence(explorer)).to_contain_text("Anchor 8")
    explorer.get_by_label("Scene", exact=True).select_option("pixels")
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
    start = points(explorer)
    expect(step_counter(explorer)).to_contain_text("step 0,")
    button(explorer, "Play").click()
    expect(step_counter(explorer)).to_contain_text(re.compile(r"step \d\d,"))
    button(explorer, "Pause").click()
    expect(button(explorer, "Play")).to_be_visible()
    assert points(explorer) != start
    steps = int(re.findall(r"\d+", step_counter(explorer).inner_text())[0])
    button(explorer, "Step").click()  # one more than when it stopped: nothing moved meanwhile
    expect(step_counter(explorer)).not_to_contain_text(f"step {steps},")
    expect(step_counter(explorer)).to_contain_text(f"step {steps + 1},")
    for left in (f"step {steps},", "step 0,"):
        button(explorer, "undo").click()
        expect(step_counter(explorer)).to_contain_text(left)
    expect(explorer.locator("[data-npair=stage]")).to_have_attribute("data-step", "0")
    assert points(explorer) == start


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
    objective = setting(explorer, "objective")
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
