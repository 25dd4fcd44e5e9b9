"""The experiments of the lessons by hand: points dragged, sliders slid and buttons pressed on the stage's page."""

import math
import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Page

from npair_viz import recall_at_k
from npair_viz.data.scenes import named
from npair_viz.stage.bundle import bundle
from npair_viz.stage.scene_states import state_of
from tests.support.experiment_book import EXPERIMENTS, follow
from tests.support.repository import ROOT
from tests.support.stage_page import NEXT_FRAME, STATE, centre, dragging, loss, number

pytestmark = pytest.mark.browser

STAGE = "document.querySelector('#stage').stage"
VALUE_OF = re.sub(r"(?m)^import .*\n|^export ", "", (ROOT / "tests/support/value_of.js").read_text(encoding="utf-8"))
TOOLS = f"""window.tools = (() => {{
    {bundle("entry/stage")}
    {VALUE_OF}
    return {{ valueNamed, places: {{ tao: SLIDER_TAOS, l2_reg: SLIDER_L2_REGS }} }};
}})()"""
PLACE_OF = """([name, value]) => {
    const { min, max, disabled } = document.querySelector(`[data-control=${name}]`);
    for (let place = Number(min); place <= Number(max); place++)
        if (!disabled && tools.places[name][place] === value) return place;
    return null;
}"""
MOST_PRESSES = 60


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_an_experiment_by_hand_reads_what_the_lessons_say(stage_page: Callable[..., Page], name: str) -> None:
    experiment = EXPERIMENTS[name]
    page = stage_page(experiment["start"]["scene"])
    page.evaluate(TOOLS)
    arrange(page, experiment["start"])
    follow(experiment, partial(act, page, experiment["start"]), partial(read, page))


def read(page: Page, name: str, *of: str) -> Any:
    """One reading of the book as the page has it: the loss and the words from what it shows."""
    if name == "loss":
        return loss(page)
    if name == "recall at":  # of all rows of the data, which no picture of pairs has
        data = named(page.evaluate(STATE)["scene"])
        return recall_at_k(data.embeddings, data.labels, int(*of))
    if name == "sentence":
        return page.locator("[data-role=sentence]").inner_text().replace("\xa0", " ")
    return page.evaluate(f"of => tools.valueNamed({STAGE}.state, of, {STAGE}.reading)", [name, *of])


def act(page: Page, start: dict[str, Any], kind: str, value: Any) -> None:
    """Do one act of the book, and wait until it is drawn."""
    if kind == "set":
        arrange(page, value)
    elif kind == "move":
        move(page, *value)
    elif kind == "play":
        play(page, value)
    else:
        page.locator(f"[data-action={kind}]").click()
        page.evaluate(NEXT_FRAME)
    if kind == "reset":
        arrange(page, start)


def arrange(page: Page, settings: dict[str, Any]) -> None:
    """Set what differs, the scene first: it brings settings of its own."""
    for name in ("scene", "n_classes", "normalize", "objective", "tao", "l2_reg", "same"):
        if name in settings and settings[name] != held(page, name):
            if name == "n_classes":
                fill_the_circle(page, settings[name])
            elif name == "scene":
                page.locator("[data-control=scene]").select_option(settings[name])
            elif name == "objective":
                page.locator("[data-drawer=settings]").click()
                page.locator("[data-control=objective]").select_option(settings[name])
                page.locator("[data-drawer=settings]").click()
            elif name == "normalize":
                page.locator("[data-control=surface]").select_option("sphere" if settings[name] else "plane")
            else:
                slide(page, name, settings[name])
            page.evaluate(NEXT_FRAME)
            assert held(page, name) == settings[name]


def held(page: Page, name: str) -> Any:
    state = page.evaluate(STATE)
    return len(state["points"]) // 2 if name == "n_classes" else state[name]


def fill_the_circle(page: Page, n: int) -> None:
    """Show n random pairs: the page's own scenes have four."""
    scene = state_of(named("circle", n_classes=n))
    page.evaluate(f"given => {STAGE}.take(given)", {name: scene[name] for name in ("points", "labels")})


def slide(page: Page, name: str, value: Any) -> None:
    """Set by the slider where it is live and has this very value."""
    place = None if name == "same" else page.evaluate(PLACE_OF, [name, value])
    if place is None:
        page.evaluate(f"changes => {STAGE}.change(changes)", {name: value})
    else:
        page.locator(f"[data-control={name}]").fill(str(place))


def play(page: Page, steps: int) -> None:
    """Press Step so often; more often than a person would, ask the stage for as many at once."""
    if steps > MOST_PRESSES:
        page.evaluate(f"steps => {{ {STAGE}.begin(); {STAGE}.jump(steps); }}", steps)
    for _ in range(steps if steps <= MOST_PRESSES else 0):
        page.locator("[data-action=step]").click()
    page.evaluate(NEXT_FRAME)


def move(page: Page, point: str, to: float | list[float]) -> None:
    """Drag a point to an angle or a place; where others lie on it, so that a hand can't choose, by the keyboard."""
    name = name_of(page, point)
    if is_covered(page, name):
        walk(page, name, to)
    else:
        with dragging(page, name):
            page.mouse.move(*pixel(page, to), steps=4)
    page.evaluate(NEXT_FRAME)


def name_of(page: Page, point: str) -> str:
    """How the page calls a3, the anchor of class 3."""
    return f"{point[0]}{held(page, 'labels').index(int(point[1:]))}"


def is_covered(page: Page, name: str) -> bool:
    names = page.locator("[data-point]").evaluate_all("marks => marks.map((mark) => mark.dataset.point)")
    return any(math.dist(centre(page, name), centre(page, other)) < 1 for other in names if other != name)


def walk(page: Page, name: str, to: float) -> None:
    """Press the arrows: two degrees each, a tenth of that with Shift."""
    angle = math.degrees(math.atan2(number(page, name, "data-y"), number(page, name, "data-x")))
    fine = ((to - angle + 180) % 360 - 180) / 0.2
    assert fine == pytest.approx(round(fine), abs=0.01)
    key = "ArrowLeft" if fine > 0 else "ArrowRight"
    page.locator(f"[data-point={name}]").focus()
    for _ in range(abs(round(fine)) // 10):
        page.keyboard.press(key)
    for _ in range(abs(round(fine)) % 10):
        page.keyboard.press(f"Shift+{key}")


def pixel(page: Page, to: float | list[float]) -> tuple[float, float]:
    """Where an angle on the circle, or a place in the plane, is on the screen."""
    x, y = to if isinstance(to, list) else (math.cos(math.radians(to)), math.sin(math.radians(to)))
    box = page.locator(".board").bounding_box()
    scale = box["width"] / 2 / page.evaluate(f"{STAGE}.view.reach")
    return box["x"] + box["width"] / 2 + scale * x, box["y"] + box["height"] / 2 - scale * y
