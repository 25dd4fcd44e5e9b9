"""The training lab in a real JupyterLab: play, pause, back to any moment, a second run."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.explorer_page import button, sentence, untroubled
from tests.support.jupyterlab import (
    Lab,
    change_theme,
    end_kernels,
    in_kernel,
    in_picture,
    opened,
    write_notebook,
)

pytestmark = pytest.mark.browser

CELL = "from npair_viz import train_and_watch\nlab = train_and_watch('digits', steps=100)\nlab"
SURFACE = (
    "plot => [...plot.querySelectorAll('.scatterlayer .trace')].filter(one => one.__data__[0].trace.visible).length"
)


@pytest.fixture(scope="module")
def bench(chromium: Browser, lab: Lab) -> Iterator[Page]:
    """One page with one training lab, which all tests share."""
    with opened(chromium, write_notebook(lab, "training.ipynb", CELL)) as page:
        yield page
    end_kernels(lab)


@pytest.fixture
def training(bench: Page) -> Iterator[Locator]:
    """The lab before its first step, in the light theme."""
    change_theme(bench, "JupyterLab Light")
    training = bench.locator(".npair-viz").first
    expect(training.locator(".scatterlayer .point").first).to_be_visible()
    in_kernel(bench, "lab.set(world='digits', steps=100, step=0, against=None, panel='')")
    expect(sentence(training)).to_contain_text("Step 0:")
    with untroubled(bench):
        yield training


def step_shown(training: Locator) -> int:
    return int(re.match(r"Step (\d+):", sentence(training).inner_text())[1])


def loss_curve(training: Locator) -> list[float]:
    return in_picture(training, "plot => [...plot.data.find(one => one.name === 'loss').x]")


def test_it_plays_to_the_end_and_the_picture_with_it(training: Locator) -> None:
    before = in_picture(training, "plot => [...plot.data.find(one => one.name === 'seen').x]")
    button(training, "Play").click()
    expect(sentence(training)).to_contain_text("Step 100:", timeout=60_000)
    expect(button(training, "Play")).to_be_visible()
    training.page.wait_for_function(
        "plot => plot.data.find(one => one.name === 'loss').x.length === 21",
        arg=training.locator(".js-plotly-plot").element_handle(),
    )
    assert loss_curve(training) == list(range(0, 101, 5))
    assert in_picture(training, "plot => [...plot.data.find(one => one.name === 'seen').x]") != before


def test_a_pause_holds_a_run_and_play_goes_on(training: Locator) -> None:
    in_kernel(training.page, "lab.set(steps=2000)")
    button(training, "Play").click()
    expect(sentence(training)).not_to_contain_text("Step 0:", timeout=60_000)
    button(training, "Pause").click()
    expect(button(training, "Play")).to_be_visible()
    held = step_shown(training)
    assert f"{held}\n" == in_kernel(training.page, "print(lab.state.step)")
    button(training, "Step").click()
    expect(sentence(training)).to_contain_text(f"Step {held + 5}:")


def test_the_keyboard_goes_back_to_a_moment(training: Locator) -> None:
    for _ in range(3):
        button(training, "Step").click()
    expect(sentence(training)).to_contain_text("Step 15:")
    slider = training.get_by_role("slider")
    slider.press("ArrowLeft")
    expect(sentence(training)).to_contain_text("Step 10:")
    slider.press("Home")
    expect(sentence(training)).to_contain_text("Step 0:")
    expect(training.locator(".annotation-text", has_text="step 0")).to_be_visible()


def test_what_was_done_is_taken_back_by_keys_alone(training: Locator) -> None:
    for _ in range(2):
        button(training, "Step").click()
    assert in_kernel(training.page, "lab.set(lr=0.01); print(lab.state.step)") == "0\n"
    button(training, "Play").focus()
    for control in (button(training, "Step"), training.get_by_role("slider"), button(training, "undo")):
        training.page.keyboard.press("Tab")
        expect(control).to_be_focused()
    training.page.keyboard.press("Enter")
    expect(sentence(training)).to_contain_text("Step 10:")
    training.page.keyboard.press("Enter")
    expect(sentence(training)).to_contain_text("Step 5:")
    button(training, "redo").press("Enter")
    expect(sentence(training)).to_contain_text("Step 10:")
    button(training, "start").press("Enter")
    expect(sentence(training)).to_contain_text("Step 0:")
    button(training, "undo").press("Enter")
    expect(sentence(training)).to_contain_text("Step 10:")


def test_a_second_run_is_typed_and_seen_beside_the_first(training: Locator) -> None:
    alone = in_picture(training, SURFACE)
    against = training.get_by_label("Against", exact=True)
    against.fill("tao=1")
    against.press("Enter")
    expect(training.locator(".annotation-text", has_text="tao 1, step 0")).to_be_visible()
    assert in_picture(training, SURFACE) > alone
    against.fill("tao=cold")
    against.press("Enter")
    expect(training.get_by_role("alert")).to_contain_text("tao is a number like 0.5")
    expect(against).to_have_value("tao=1")


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_nothing_is_cut_off_in_a_laptops_window(training: Locator, theme: str) -> None:
    change_theme(training.page, theme)
    in_kernel(training.page, "lab.set(against={'tao': 1.0}, panel='mean_norm')")
    expect(training.locator(".annotation-text", has_text="mean length")).to_be_visible()
    edge = training.locator(".js-plotly-plot").bounding_box()
    for text in training.locator(".annotation-text").all():
        box = text.bounding_box()
        assert box["x"] >= edge["x"]
        assert box["x"] + box["width"] <= edge["x"] + edge["width"]
        assert box["y"] >= edge["y"]
        assert box["y"] + box["height"] <= edge["y"] + edge["height"]
    assert training.bounding_box()["width"] <= 820
