"""How the explorer of pairs looks in JupyterLab: its colours, its words and what it draws, in both themes."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from npair_viz.stage.state import DRAWERS
from tests.support.jupyterlab import LAPTOP, change_theme, in_kernel
from tests.support.stage_page import NEXT_FRAME, control, root, sentence
from tests.support.visual_checks import STAGE_WORDS, faults, pale

pytestmark = pytest.mark.browser

NARROW = {"width": 700, "height": 800}
INK = {"JupyterLab Light": re.compile(r"\(0, 0, 0\b"), "JupyterLab Dark": re.compile(r"\(255, 255, 255\b")}
ENABLED = "button:enabled, select:enabled, input:enabled"


@pytest.fixture
def stage(desk: Page) -> Locator:
    return root(desk)


def open_drawer(stage: Locator, drawer: str) -> None:
    in_kernel(stage.page, f"e.set(drawer={drawer!r})")
    expect(stage.locator(f"[data-panel='{drawer}']")).to_be_visible()
    stage.page.evaluate(NEXT_FRAME)


def test_the_picture_and_its_sentence_are_the_first_screen(stage: Locator) -> None:
    stage.scroll_into_view_if_needed()
    box, end = stage.bounding_box(), sentence(stage.page).bounding_box()
    assert box["width"] <= 836
    assert end["y"] + end["height"] - box["y"] <= 597  # what is left of a projector's 1280 x 720, with all of its bars


@pytest.mark.parametrize("theme", INK)
def test_words_and_the_net_arrow_have_the_themes_colour_and_can_be_read(stage: Locator, theme: str) -> None:
    change_theme(stage.page, theme)
    expect(stage).to_have_css("color", INK[theme])
    expect(stage.locator("[data-arrow$=':sum']")).to_have_css("stroke", INK[theme])
    in_kernel(stage.page, "e.set(surface='plane')")
    for drawer in DRAWERS:
        open_drawer(stage, drawer)
        assert pale(stage, f"{STAGE_WORDS}, {ENABLED}") == []
    in_kernel(stage.page, "e.set(scene='pixels')")
    expect(stage.locator(".badge")).to_be_visible()
    assert pale(stage, f"{STAGE_WORDS}, {ENABLED}, .mark:not(.faded) text") == []


@pytest.mark.parametrize("window", [LAPTOP, NARROW], ids=["laptop", "narrow"])
def test_nothing_overlaps_and_nothing_is_cut_off_in_any_drawer_and_scene(
    stage: Locator, window: dict[str, int]
) -> None:
    stage.page.set_viewport_size(window)
    stage.page.wait_for_function(
        "() => { const shell = document.querySelector('.jp-LabShell'); return shell.scrollWidth <= shell.clientWidth; }"
    )
    in_kernel(stage.page, "e.set(surface='plane', landscape=True)")
    for drawer in DRAWERS:
        open_drawer(stage, drawer)
        assert faults(stage) == []
    for scene in ("pixels", "heap", "one pair", "globe", "circle"):
        in_kernel(stage.page, f"e.set(scene={scene!r}, landscape=False)")
        expect(control(stage.page, "scene")).to_have_value(scene)
        stage.page.evaluate(NEXT_FRAME)
        assert faults(stage) == []
