"""The explorer of pairs in JupyterLab: what a hand does reaches Python, what Python does reaches the page."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.explorer_page import OPENING, TROUBLE
from tests.support.jupyterlab import Lab, change_theme, end_kernels, in_kernel, opened
from tests.support.stage_page import (
    NEXT_FRAME,
    action,
    control,
    dragging,
    number,
    on_circle,
    root,
    sentence,
    status,
    type_into,
)

pytestmark = pytest.mark.browser

FIRST = "02_explore_the_geometry.ipynb"
HEARD = """import time
heard, former = [], e.widget.store.hear
def hear(message, buffers):
    heard.append((time.monotonic(), [act["kind"] for act in message["acts"]]))
    return former(message, buffers)
e.widget.store.hear = hear"""


QUICK = """async ([clientX, clientY]) => {
    const board = document.querySelector(".board"), end = performance.now() + 2000;
    for (let moves = 1; ; moves++) {
        const place = { clientX: clientX + moves / 20, clientY: clientY + moves / 20 };
        board.dispatchEvent(new PointerEvent("pointermove", { pointerId: 1, bubbles: true, ...place }));
        await new Promise((done) => setTimeout(done, 4));
        if (performance.now() > end) return moves;
    }
}"""


def of_python(page: Page, what: str) -> Any:
    """The value of a Python expression in the kernel."""
    return json.loads(in_kernel(page, f"import json\nprint(json.dumps({what}))"))


def acts(page: Page) -> int:
    """How many acts Python can undo."""
    return of_python(page, "len(e.widget.store.acts.history.past)")


# --- the first minute


def test_the_notebook_of_the_explorer_runs_and_tao_moves_with_the_keyboard_in_both_themes(
    chromium: Browser, lab: Lab
) -> None:
    with opened(chromium, lab.notebook(FIRST)) as page:
        stage = page.locator("[data-npair=stage]").first
        told, tao = stage.locator("[data-role=sentence]"), stage.locator("[data-control=tao]")
        expect(told).to_contain_text(OPENING)
        for theme, value in (("JupyterLab Light", "0.40"), ("JupyterLab Dark", "0.32")):
            change_theme(page, theme)
            bars = stage.locator(".bars b").all_text_contents()
            for _ in range(5):
                tao.press("ArrowLeft")
            expect(told).to_contain_text(f"→ {value}: loss")
            assert stage.locator(".bars b").all_text_contents() != bars
        expect(page.locator(TROUBLE)).to_have_count(0)
    end_kernels(lab)


# --- a hand and Python


def test_what_is_set_by_hand_is_pythons_state(desk: Page) -> None:
    control(desk, "tao").press("ArrowRight")
    type_into(desk, "place", "120")
    expect(sentence(desk)).to_contain_text("wavers")
    control(desk, "selected").select_option(label="8")
    action(desk, "free").click()
    desk.locator("[data-drawer=settings]").click()
    control(desk, "objective").select_option("ovo")
    state = json.loads(in_kernel(desk, "print(e.state.to_json())"))
    assert state["points"][4] == pytest.approx([-0.5, 0.75**0.5])
    found = {name: state[name] for name in ("selected", "surface", "normalize", "l2_reg", "objective", "drawer")}
    assert found == {
        **{"selected": 1, "surface": "plane", "normalize": False, "l2_reg": 0.02, "objective": "ovo"},
        "drawer": "settings",
    }
    assert f"{state['tao']:.10g}" == root(desk).get_attribute("data-tao")
    assert of_python(desk, "e.sentence") == sentence(desk).inner_text().replace("\xa0", " ")
    assert of_python(desk, "e.reading.loss") == pytest.approx(float(root(desk).get_attribute("data-loss")), rel=1e-9)


def test_what_python_does_is_on_the_page(desk: Page) -> None:
    in_kernel(desk, "e.set(tao=0.05)")
    expect(sentence(desk)).to_contain_text("tao 0.50 → 0.05: loss 0.484 → 1.119")
    expect(control(desk, "typed tao")).to_have_value("0.05")
    in_kernel(desk, "e.move('p3', 100)")
    expect(control(desk, "place")).to_have_value("100.0")
    in_kernel(desk, "e.play(20)")
    expect(root(desk)).to_have_attribute("data-step", "20")
    in_kernel(desk, "e.set(scene='pixels', landscape=True)")
    expect(desk.locator(".mark image[visibility=visible]")).to_have_count(20)
    expect(desk.locator("canvas.seen")).to_have_count(1)
    expect(control(desk, "scene")).to_have_value("pixels")
    expect(status(desk)).to_be_empty()


def test_acts_of_both_are_one_history(desk: Page) -> None:
    type_into(desk, "typed tao", "0.3")
    in_kernel(desk, "e.move('p3', 100)")
    expect(control(desk, "place")).to_have_value("100.0")
    action(desk, "undo").click()
    expect(control(desk, "place")).to_have_value("140.0")
    in_kernel(desk, "e.undo()")
    expect(control(desk, "typed tao")).to_have_value("0.5")
    for _ in range(2):
        action(desk, "redo").click()
    expect(control(desk, "place")).to_have_value("100.0")
    expect(action(desk, "redo")).to_be_disabled()
    assert of_python(desk, "[e.state.tao, e.reading.loss]")[0] == 0.3
    action(desk, "reset").click()
    expect(sentence(desk)).to_contain_text(OPENING)
    in_kernel(desk, "e.undo()")
    expect(control(desk, "place")).to_have_value("100.0")


def test_what_can_not_be_is_said_on_the_page_and_changes_nothing(desk: Page) -> None:
    in_kernel(desk, "e.set(drawer='settings')")
    before = in_kernel(desk, "print(e.state.to_json())")
    for name, text, shown, words in (
        ("typed tao", "-1", "0.5", "tao must be from 0.01 to 100, got -1"),
        ("n_classes", "99", "4", "n_classes must be at most 64, got 99"),  # which Python finds
        ("seed", "some", "0", "seed is a whole number like 5, got 'some'"),
    ):
        if control(desk, name).is_enabled():
            type_into(desk, name, text)
            expect(control(desk, name)).to_have_value(shown)
            expect(status(desk)).to_contain_text(words)
    assert in_kernel(desk, "print(e.state.to_json())") == before


def test_what_python_refuses_leaves_the_box_that_still_has_the_keys(desk: Page) -> None:
    in_kernel(desk, "e.set(drawer='settings')")
    box = control(desk, "n_classes")
    box.fill("99")
    box.press("Enter")
    expect(status(desk)).to_contain_text("n_classes must be at most 64, got 99")
    expect(box).to_be_focused()
    expect(box).to_have_value("4")


def test_other_pairs_are_asked_of_python_as_one_act_that_undo_takes_back(desk: Page) -> None:
    in_kernel(desk, "e.set(scene='pixels', drawer='settings')")
    expect(root(desk).locator(".mark")).to_have_count(20)
    first = root(desk).get_attribute("data-loss")
    for name, value, python in (
        ("policy", "random", "random"),
        ("seed", "3", 3),
        ("n_classes", "6", 6),
        ("dtype", "float16", "float16"),
    ):
        before, count = root(desk).get_attribute("data-loss"), acts(desk)
        expect(control(desk, name)).to_be_enabled()
        if name in ("seed", "n_classes"):
            type_into(desk, name, value)
        else:
            control(desk, name).select_option(value)
        expect(root(desk)).not_to_have_attribute("data-loss", before or "")
        assert of_python(desk, f"e.state.{name}") == python
        assert of_python(desk, "e.reading.loss") == pytest.approx(
            float(root(desk).get_attribute("data-loss")), rel=1e-4 if name == "dtype" else 1e-9
        )
        assert acts(desk) == count + 1
    expect(root(desk).locator(".mark")).to_have_count(12)
    for _ in range(4):
        action(desk, "undo").click()
    expect(root(desk).locator(".mark")).to_have_count(20)
    expect(root(desk)).to_have_attribute("data-loss", first or "")
    assert of_python(desk, "e.state.policy") == "first"
    assert of_python(desk, "e.reading.loss") == pytest.approx(float(first or 0), rel=1e-9)


# --- a drag


def test_a_drag_is_heard_ten_times_a_second_and_is_one_act(desk: Page) -> None:
    in_kernel(desk, HEARD)
    count = acts(desk)
    begin = desk.evaluate("performance.now()")
    with dragging(desk, "p0"):
        assert desk.evaluate(QUICK, on_circle(desk, 110)) > 60
        seconds = (desk.evaluate("performance.now()") - begin) / 1000
        assert of_python(desk, "e.state.points is not None")  # Python hears of it meanwhile
    heard = of_python(desk, "heard")
    in_kernel(desk, "e.widget.store.hear = former")
    assert 3 <= len(heard) <= 10 * seconds + 3
    kinds = [kind for _, all_of_it in heard for kind in all_of_it]
    assert kinds == ["act", *["on"] * (len(kinds) - 2), "end"]
    assert acts(desk) == count + 1
    assert of_python(desk, "e.state.points[4]") == pytest.approx(
        [number(desk, "p0", "data-x"), number(desk, "p0", "data-y")], abs=1e-12
    )
    action(desk, "undo").click()
    expect(sentence(desk)).to_contain_text(OPENING)


def test_an_act_of_python_ends_a_drag_and_wins(desk: Page) -> None:
    with dragging(desk, "p0"):
        desk.mouse.move(*on_circle(desk, 110), steps=5)
        in_kernel(desk, "e.move('p3', 300)")
        expect(control(desk, "place")).to_have_value("300.0")
        desk.mouse.move(*on_circle(desk, 60), steps=5)
        desk.evaluate(NEXT_FRAME)
        expect(control(desk, "place")).to_have_value("300.0")
    in_kernel(desk, "pass")
    expect(control(desk, "place")).to_have_value("300.0")
    x, y = of_python(desk, "e.state.points[4]")
    assert (x, y) == pytest.approx((number(desk, "p0", "data-x"), number(desk, "p0", "data-y")))
    assert (x, y) == pytest.approx((0.5, -(0.75**0.5)))
    in_kernel(desk, "e.undo()")  # back to where the drag had brought it
    expect(control(desk, "place")).to_have_value(re.compile(r"^1[01]\d\.\d$"))


def test_play_runs_in_the_page_and_python_has_its_end(desk: Page) -> None:
    type_into(desk, "typed tao", "0.3")  # where the way down is long
    action(desk, "play").click()
    desk.wait_for_function("document.querySelector('[data-npair=stage]').dataset.step > 20")
    action(desk, "pause").click()
    expect(action(desk, "play")).to_be_visible()
    desk.evaluate(NEXT_FRAME)
    steps, loss = (root(desk).get_attribute(f"data-{name}") for name in ("step", "loss"))
    assert of_python(desk, "e.state.steps") == int(steps or 0)
    assert of_python(desk, "e.reading.loss") == pytest.approx(float(loss or 0), rel=1e-6)
    in_kernel(desk, "e.undo()")
    expect(root(desk)).to_have_attribute("data-step", "0")


def test_keys_typed_into_a_field_do_not_reach_the_notebook(desk: Page) -> None:
    cells = desk.locator(".jp-Notebook .jp-Cell")
    for name in ("place", "typed tao"):
        control(desk, name).click()
        for key in ("a", "b", "d", "d", "x", "m"):
            desk.keyboard.press(key)
    expect(cells).to_have_count(1)
    expect(cells).to_have_class(re.compile("jp-CodeCell"))
