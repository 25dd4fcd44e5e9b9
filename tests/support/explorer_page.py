"""The parts of a cloud or a lab on a page, the first words of the line-up, and what may not go wrong meanwhile."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Locator, Page, expect

from tests.support.jupyterlab import change_theme, in_kernel, kernel_troubles, listen

OPENING = "Anchor 3 picks the wrong one: 58 % for 8"
TROUBLE = "[data-mime-type='application/vnd.jupyter.error'], [data-mime-type='application/vnd.jupyter.stderr']"


@contextmanager
def untroubled(page: Page) -> Iterator[None]:
    """What is done meanwhile raises nothing, on the page or in the kernel's log."""
    listen(page)
    yield
    expect(page.locator(TROUBLE)).to_have_count(0)
    assert kernel_troubles(page) == []


@contextmanager
def cloud_at_its_start(page: Page, *acts: str) -> Iterator[Locator]:
    """The cloud `explorer` of a page in the light theme, at row 0, after these acts; nothing goes wrong meanwhile."""
    change_theme(page, "JupyterLab Light")
    cloud = page.locator(".npair-viz").first
    expect(cloud.locator(".bartext").first).to_be_visible()
    in_kernel(page, "\n".join(["explorer.reset()", *acts]))
    expect(sentence(cloud)).to_contain_text("Anchor row 0 ")
    with untroubled(page):
        yield cloud


def sentence(explorer: Locator) -> Locator:
    return explorer.locator(".npair-sentence")


def button(explorer: Locator, name: str) -> Locator:
    return explorer.locator("button.jupyter-button", has_text=re.compile(f"^{name}$"))
