"""The parts of an explorer on a page: where they are, what they show, and a hand on them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Locator, Page, expect

from tests.support.jupyterlab import kernel_troubles, listen, run_all_cells

ON_STAGE = "colours of the stage"
TRACES = {"everyone's shares": "everyone's shares", "loss over tao": "loss over tao", "landscape": ON_STAGE}
OPENING = "Anchor 3 picks the wrong one: 58 % for 8"
TROUBLE = "[data-mime-type='application/vnd.jupyter.error'], [data-mime-type='application/vnd.jupyter.stderr']"


@contextmanager
def untroubled(page: Page) -> Iterator[None]:
    """What is done meanwhile raises nothing, on the page or in the kernel's log."""
    listen(page)
    yield
    expect(page.locator(TROUBLE)).to_have_count(0)
    assert kernel_troubles(page) == []


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
    return explorer.locator("button.jupyter-button", has_text=re.compile(f"^{name}$"))


def setting(explorer: Locator, label: str) -> Locator:
    """A control of the explorer, not its stage's of the same name, which is never seen."""
    return explorer.get_by_label(label).and_(explorer.locator("select:not([data-control])"))


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


def points(explorer: Locator) -> dict[str, tuple[float, float]]:
    """Where the points of the stage are, by name."""
    marks = explorer.locator("[data-point]")
    told = marks.evaluate_all("all => all.map(({dataset: {point, x, y}}) => [point, Number(x), Number(y)])")
    return {name: (x, y) for name, x, y in told}


def centre(explorer: Locator, name: str) -> tuple[float, float]:
    """Where the mouse finds a point of the stage, in pixels of the page."""
    box = explorer.locator(f"[data-point={name}] path").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def toggle(explorer: Locator, drawer: str) -> None:
    """Open or close a drawer, and wait until its trace is or is no longer drawn."""
    was_open = "mod-active" in button(explorer, drawer).get_attribute("class")
    button(explorer, drawer).click()
    wait_for_trace(explorer, TRACES[drawer], is_seen=not was_open)


def wait_for_trace(explorer: Locator, trace: str, is_seen: bool) -> None:
    if trace == ON_STAGE:
        expect(explorer.locator("canvas.seen")).to_have_count(int(is_seen))
        return
    explorer.page.wait_for_function(
        "([plot, name, isSeen]) => plot.data.find(one => one.name === name).visible === isSeen",
        arg=[explorer.locator(".js-plotly-plot").element_handle(), trace, is_seen],
    )
