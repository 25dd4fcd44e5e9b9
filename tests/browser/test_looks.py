"""How the explorer looks in JupyterLab: its colours, its words and what it draws, in both themes."""

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import Locator, expect

from tests.support.explorer_page import OPENING, TRACES, button, sentence, setting, toggle, wait_for_trace
from tests.support.jupyterlab import LAPTOP, change_theme
from tests.support.visual_checks import LABELS, PLOT_TEXTS, faults, pale

pytestmark = pytest.mark.browser
NARROW = {"width": 900, "height": 800}
INK = {"JupyterLab Light": "rgb(0, 0, 0)", "JupyterLab Dark": "rgb(255, 255, 255)"}


# --- the first screen


def test_the_first_screen_is_small_enough(explorer: Locator) -> None:
    box = explorer.bounding_box()
    assert box["width"] <= 820
    assert box["height"] <= 597  # what JupyterLab has left of a projector's 1280 x 720, with all of its bars


@pytest.mark.parametrize("theme", INK)
def test_words_and_the_net_arrow_have_the_themes_colour_and_can_be_read(explorer: Locator, theme: str) -> None:
    change_theme(explorer.page, theme)
    for words in explorer.locator(".annotation-text, .legendtext, .bartext").all():
        expect(words).to_have_css("fill", INK[theme])
    ink = explorer.locator("[data-npair=stage]").evaluate("one => getComputedStyle(one).color")
    expect(explorer.locator("[data-arrow$=':sum']")).to_have_css("stroke", ink)
    assert pale(explorer, f"{PLOT_TEXTS}, {LABELS}, button:enabled, select:enabled, input:enabled") == []
    for drawer in TRACES:
        toggle(explorer, drawer)
        assert pale(explorer, PLOT_TEXTS) == []


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
    expect(setting(explorer, "objective")).to_be_visible()
    assert faults(explorer) == []
    button(explorer, "free the lengths").click()
    button(explorer, "phase map").click()
    wait_for_trace(explorer, "lengths", is_seen=True)
    assert faults(explorer) == []


@pytest.mark.parametrize("scene", ["pixels", "heap", "one pair", "globe", "circle", "plane", "sphere"])
def test_nothing_overlaps_and_nothing_is_cut_off_in_any_scene(explorer: Locator, scene: str) -> None:
    explorer.get_by_label("Scene", exact=True).select_option(scene)
    expect(sentence(explorer)).not_to_contain_text(OPENING)
    assert faults(explorer) == []


def test_the_digits_show_their_pictures(explorer: Locator) -> None:
    explorer.get_by_label("Scene", exact=True).select_option("pixels")
    pictures = explorer.locator(".js-plotly-plot image")
    expect(pictures).to_have_count(1 + 8)
    for picture in pictures.all():
        assert picture.get_attribute("href").startswith("data:image/png")


def test_a_globe_with_free_lengths_is_drawn_by_the_figure(explorer: Locator) -> None:
    explorer.get_by_label("Scene", exact=True).select_option("globe")
    expect(explorer.locator("[data-point=a0]")).to_have_attribute("data-z", re.compile(r"0\.2|0\.19"))
    expect(sentence(explorer)).to_contain_text("54 % for 8")
    button(explorer, "free the lengths").click()
    wait_for_trace(explorer, "anchors on the globe", is_seen=True)
    expect(explorer.locator("[data-npair=stage]")).to_be_hidden()
    orange = colours(explorer.locator(".gl-container canvas"))[230, 159, 0]
    assert orange > 100, "hardly a pixel has the colour of anchor 3"


def colours(shown: Locator) -> dict[tuple[int, int, int], int]:
    """How many pixels of what is shown have each colour."""
    picture = Image.open(io.BytesIO(shown.screenshot())).convert("RGB")
    return {colour: count for count, colour in picture.getcolors(picture.width * picture.height)}
