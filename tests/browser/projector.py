"""The projector and the back row: the window, the least type that is read from afar, the button that leads there."""

import os

from playwright.sync_api import Locator, Page

PROJECTOR = {"width": 1280, "height": 720}
LEAST = 15  # pixels: on a screenshot shrunk to a third, a person still reads 5


def switch(explorer: Locator) -> Locator:
    return explorer.locator("button.jupyter-button[title^='For the back row']")


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
