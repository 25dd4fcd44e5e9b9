"""The projector and the back row: the window, the least type that is read from afar, the button that leads there."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Locator, Page, expect

PROJECTOR = {"width": 1280, "height": 720}
LEAST = 15  # pixels: on a screenshot shrunk to a third, a person still reads 5


def switch(explorer: Locator) -> Locator:
    return explorer.locator("button.jupyter-button[title^='For the back row']")


@contextmanager
def for_the_back_row(explorer: Locator) -> Iterator[Locator]:
    """The explorer in present mode, by its button, and out of it again."""
    switch(explorer).click()
    expect(explorer).to_have_class(re.compile("npair-present"))
    explorer.scroll_into_view_if_needed()
    yield explorer
    switch(explorer).click()
    expect(explorer).not_to_have_class(re.compile("npair-present"))


def letters(root: Locator, selector: str) -> dict[str, float]:
    """The size of the type of each seen text, on the screen."""
    return root.evaluate(
        """(root, selector) => Object.fromEntries([...root.querySelectorAll(selector)]
            .filter(one => one.textContent.trim() && one.getBoundingClientRect().width > 0)
            .map(one => {
                const {a, b} = one.getScreenCTM?.() ?? {a: 1, b: 0};
                return [one.textContent.trim(), parseFloat(getComputedStyle(one).fontSize) * Math.hypot(a, b)];
            }))""",
        selector,
    )


def shot(page: Page, name: str) -> None:
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=f"{folder}/present-{name}.png")
