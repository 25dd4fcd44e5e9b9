"""The stage's script in hosts that load it, and call it, in another way than JupyterLab does."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from npair_viz.stage.widget import Stage
from tests.support.jupyterlab import note_troubles
from tests.support.repository import ROOT
from tests.support.stage_page import as_json, dragging

pytestmark = pytest.mark.browser

HOST = (ROOT / "tests" / "support" / "stage_host.js").read_text(encoding="utf-8")
ACTS = "host.told.filter(({ kind }) => kind === 'acts').flatMap(({ acts }) => acts.map(({ kind }) => kind))"


@pytest.fixture
def host(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Open a page on which `host` is a host of a stage, and run some of its script there; it logs no error."""
    troubles: list[str] = []
    with chromium.new_context() as context:

        def open_page(run: str, **options: Any) -> Page:
            page, stage = context.new_page(), Stage("line-up")
            note_troubles(page, troubles)
            page.add_script_tag(content=HOST)
            page.add_style_tag(content=str(stage._css))
            given = [str(stage._esm), as_json(stage.get_state()), options]
            page.evaluate(f"async (given) => {{ window.host = await hostOf(...given); {run} }}", given)
            return page

        yield open_page
    assert troubles == []


def drag(page: Page) -> None:
    with dragging(page, "p0"):
        page.mouse.move(300, 60, steps=4)


def test_a_host_that_only_renders_tells_python_of_each_act_once(host: Callable[..., Page]) -> None:
    page = host("await host.show(await host.load());")
    drag(page)
    page.wait_for_function(f"{ACTS}.includes('end')")
    assert page.evaluate(f"{ACTS}.filter((kind) => kind !== 'on')") == ["act", "end"]


@pytest.mark.parametrize("again", ["widget", "await host.load()"])
def test_a_host_that_starts_a_model_again_after_its_view_tells_python_of_each_act_once(
    host: Callable[..., Page], again: str
) -> None:
    start = "await host.show(widget); (" + again + ").initialize({ model: host.proxy() });"
    page = host("const widget = await host.load(); " + start)
    drag(page)
    page.wait_for_function(f"{ACTS}.includes('end')")
    assert page.evaluate(f"{ACTS}.filter((kind) => kind !== 'on')") == ["act", "end"]


def test_two_views_from_two_copies_of_the_script_show_the_same(host: Callable[..., Page]) -> None:
    page = host("await host.show(await host.load()); await host.show(await host.load());")
    page.locator("[data-action=step]").first.click()
    stages = page.locator("[data-npair=stage]")
    expect(stages.nth(0)).to_have_attribute("data-step", "1")
    expect(stages.nth(1)).to_have_attribute("data-step", "1")
    page.wait_for_function(f"{ACTS}.includes('end')")
    assert page.evaluate(f"{ACTS}.filter((kind) => kind !== 'on')") == ["act", "end"]


def test_nothing_listens_to_a_model_whose_last_view_is_gone(host: Callable[..., Page]) -> None:
    page = host("const widget = await host.load(); (await host.show(widget))();")
    assert page.evaluate("host.count()") == 0


def test_a_host_without_messages_draws_and_says_that_python_does_not_hear(host: Callable[..., Page]) -> None:
    page = host("await host.show(await host.load());", canSend=False)
    page.locator("[data-action=step]").click()
    expect(page.locator("[data-npair=stage]")).to_have_attribute("data-step", "1")
    expect(page.locator("[data-role=status]")).to_contain_text("Python does not answer")
