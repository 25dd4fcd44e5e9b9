"""What the tests of the stage's page share: opening it, finding points, dragging, and torch's word on it."""

import math
import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import torch
from playwright.sync_api import Locator, Page

from npair_viz.data.scenes import of_pairs
from npair_viz.losses.gradients import npair_gradients

WINDOW = {"width": 900, "height": 900}
SIZE = 448
STATE = "(({ base, ...state }) => state)(document.querySelector('#stage').stage.state)"
AT_REST = "() => [...document.querySelectorAll('[data-npair=stage]')].every(({ stage }) => !stage?.glided)"
NEXT_FRAME = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def root(page: Page) -> Locator:
    return page.locator("[data-npair=stage]")


def loss(page: Page) -> float:
    return float(root(page).get_attribute("data-loss"))


def control(page: Page, name: str) -> Locator:
    return page.locator(f"[data-control='{name}']")


def action(page: Page, name: str) -> Locator:
    return page.locator(f"[data-action={name}]")


def sentence(page: Page) -> Locator:
    return page.locator("[data-role=sentence]")


def status(page: Page) -> Locator:
    return page.locator("[data-role=status]")


def type_into(page: Page, name: str, text: str) -> None:
    """Type a text into a field, press Enter, and wait until the page shows what it made of it."""
    control(page, name).fill(text)
    control(page, name).press("Enter")
    page.evaluate(NEXT_FRAME)


def number(page: Page, name: str, attribute: str) -> float:
    return float(page.locator(f"[data-point={name}]").get_attribute(attribute))


def centre(page: Page, name: str) -> tuple[float, float]:
    """Where a point's centre is on the screen, once it stands there."""
    page.wait_for_function(AT_REST)
    box = page.locator(".board").bounding_box()
    transform = page.locator(f"[data-point={name}]").get_attribute("transform")
    x, y = map(float, re.findall(r"-?\d[\d.e-]*", transform)[:2])  # a scale may follow
    return box["x"] + x * box["width"] / SIZE, box["y"] + y * box["height"] / SIZE


@contextmanager
def dragging(page: Page, name: str) -> Iterator[None]:
    page.mouse.move(*centre(page, name))
    page.mouse.down()
    yield
    page.mouse.up()


def fingers(page: Page) -> Callable[..., None]:
    """A hand on a touch screen: called with touchStart, touchMove or touchEnd, and where its fingers are."""
    session = page.context.new_cdp_session(page)

    def touch(kind: str, *places: tuple[float, float]) -> None:
        points = [{"x": x, "y": y} for x, y in places]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    return touch


def on_circle(page: Page, degrees: float) -> tuple[float, float]:
    box = page.locator(".board").bounding_box()
    radius = box["width"] / 2 / 1.3
    angle = math.radians(degrees)
    return box["x"] + box["width"] / 2 + radius * math.cos(angle), box["y"] + box["width"] / 2 - radius * math.sin(
        angle
    )


def torch_forces(state: dict[str, Any]) -> Any:
    points = [list(row.values()) if isinstance(row, dict) else row for row in state["points"]]  # typed arrays
    rows = torch.tensor(points, dtype=torch.float64)
    if state["surface"] == "sphere":
        rows = torch.nn.functional.normalize(rows, dim=1)
    n = len(rows) // 2
    settings = {name: state[name] for name in ("tao", "l2_reg", "objective", "normalize")}
    return npair_gradients(rows[:n], rows[n:], labels=torch.tensor(state["labels"][:n]), **settings)


def same_loss(page: Page) -> None:
    expected = torch_forces(page.evaluate(STATE)).loss.item()
    assert loss(page) == pytest.approx(expected, rel=1e-6, abs=1e-18)


def crowd(n: int) -> Any:
    points = torch.nn.functional.normalize(torch.randn(2, n, 2, dtype=torch.float64), dim=2)
    return of_pairs("crowd", "Many.", points[0], points[1], range(n))


def as_json(part: Any) -> Any:
    """What Python puts, as a page without a kernel can take it."""
    if isinstance(part, dict):
        return {name: as_json(one) for name, one in part.items()}
    if isinstance(part, list):
        return [as_json(one) for one in part]
    return b64encode(part).decode() if isinstance(part, bytes) else part
