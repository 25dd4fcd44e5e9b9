"""A monkey on the stage's page: random pointer and keys, without an error, a NaN, a lost state or a leak.

NPAIR_MONKEY_SECONDS says for how long, NPAIR_MONKEY_SEED what it draws from.
"""

import json
import os
import re
from collections.abc import Callable
from random import Random
from time import monotonic
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Locator, Page

from npair_viz.stage.state import LOOKS
from tests.support.stage_page import NEXT_FRAME, STATE, root

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SECONDS = float(os.environ.get("NPAIR_MONKEY_SECONDS", "10"))
SEED = int(os.environ.get("NPAIR_MONKEY_SEED", "0"))
KEYS = ("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Shift+ArrowLeft", "Tab", "Shift+Tab", "Enter", "Space")
BUTTONS = "[data-action]:not([data-action=copy]), [data-drawer]"  # copying asks for the clipboard
ENGINES = ("code", "native", "hidden", "object shape", "synthetic")  # what the browser makes for itself
CENTRES = """all => all.map((one) => one.getBoundingClientRect())
    .map((box) => [box.x + box.width / 2, box.y + box.height / 2])"""


def drag(page: Page, rng: Random) -> None:
    box = page.locator(".board").bounding_box()
    marks = page.locator(".mark").evaluate_all(CENTRES)
    x, y = rng.choice(marks)
    page.mouse.move(x + rng.gauss(0, 6), y + rng.gauss(0, 6))
    page.mouse.down()
    for _ in range(rng.randint(0, 4)):
        page.mouse.move(box["x"] + rng.uniform(-0.1, 1.1) * box["width"], box["y"] + rng.random() * box["height"])
    if rng.random() < 0.2:
        page.keyboard.press(rng.choice(KEYS))  # amid the drag
    page.mouse.up()


def press(page: Page, rng: Random) -> None:
    page.keyboard.press(rng.choice(KEYS))


def press_on_a_point(page: Page, rng: Random) -> None:
    page.locator(".mark").nth(rng.randrange(page.locator(".mark").count())).focus()
    for _ in range(rng.randint(1, 5)):
        page.keyboard.press(rng.choice(KEYS[:5]))


def click(page: Page, rng: Random) -> None:
    any_of(page, BUTTONS, rng).click()


def choose(page: Page, rng: Random) -> None:
    box = any_of(page, "select", rng)
    box.select_option(index=rng.randrange(box.locator("option").count()))


def slide(page: Page, rng: Random) -> None:
    if page.locator("input[type=range]:enabled:visible").count():
        slider = any_of(page, "input[type=range]", rng)
        slider.fill(str(rng.randint(0, int(slider.get_attribute("max")))))


def tick(page: Page, rng: Random) -> None:
    if page.locator("input[type=checkbox]:enabled:visible").count():
        any_of(page, "input[type=checkbox]", rng).click()


def any_of(page: Page, kind: str, rng: Random) -> Locator:
    """A part of a kind that a hand could use now; a run that ends meanwhile may take its button away."""
    page.evaluate("document.querySelector('#stage').stage.pause()")
    page.evaluate(NEXT_FRAME)
    usable = ", ".join(f"{one}:enabled:visible" for one in kind.split(", "))
    found = page.locator(usable)
    return page.locator(usable).nth(rng.randrange(found.count()))


def used(session: CDPSession) -> dict[str, int]:
    """What the page holds after its garbage is gone: bytes of JavaScript's values, nodes and listeners."""
    held = bytes_held(session)
    counted = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    return {"held": held, **{name: counted[name] for name in ("Nodes", "JSEventListeners")}}


def bytes_held(session: CDPSession) -> int:
    """The bytes of all values in a snapshot of the heap; code that the browser compiles and its own caches are none."""
    chunks: list[str] = []
    session.on("HeapProfiler.addHeapSnapshotChunk", lambda event: chunks.append(event["chunk"]))
    session.send("HeapProfiler.takeHeapSnapshot")
    heap = json.loads("".join(chunks))
    fields, kinds = heap["snapshot"]["meta"]["node_fields"], heap["snapshot"]["meta"]["node_types"][0]
    types, sizes = (heap["nodes"][fields.index(name) :: len(fields)] for name in ("type", "self_size"))
    return sum(size for kind, size in zip(types, sizes, strict=True) if kinds[kind] not in ENGINES)


def undo_all(page: Page) -> int:
    """Undo to the start; how many acts that were."""
    count = page.evaluate("""() => {
        const { stage } = document.querySelector("#stage");
        stage.pause();
        let count = 0;
        while (stage.history.past.length) { stage.undo(); count++; }
        return count;
    }""")
    page.evaluate(NEXT_FRAME)
    return count


def acted_on(page: Page) -> dict[str, Any]:
    """The state without what is looked at, which no undo changes."""
    return {name: value for name, value in page.evaluate(STATE).items() if name not in LOOKS}


def test_a_monkey_breaks_nothing(stage_page: Callable[..., Page]) -> None:
    page, rng = stage_page(landscape=True), Random(SEED)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    first, acts = acted_on(page), 0
    before: dict[str, Any] = {}
    begin = monotonic()
    while not before or monotonic() - begin < SECONDS:
        act = rng.choice([drag, drag, drag, press, press, press_on_a_point, click, choose, slide, tick])
        act(page, rng)
        acts += 1
        if acts % 10 == 0:
            found = re.search(
                r"\S{,80}=\"(?!data:)[^\"]*(NaN|Infinity|undefined)[^\"]*\"",
                root(page).evaluate("one => one.outerHTML"),
            )
            assert not found, (acts, found and found[0])
        if acts == 20:  # every part has been made once
            undo_all(page)
            before, begin = used(session), monotonic()
    undone = undo_all(page)
    assert undone > 0
    assert acted_on(page) == first
    page.evaluate("document.querySelector('#stage').stage.history.future = []")
    page.evaluate(NEXT_FRAME)
    after = used(session)
    assert after["held"] - before["held"] < 500_000
    assert after["Nodes"] < 1.5 * before["Nodes"] + 2000
    assert after["JSEventListeners"] <= before["JSEventListeners"] + 5
    print(f"{acts} acts, {undone} entries; {before} -> {after}")
