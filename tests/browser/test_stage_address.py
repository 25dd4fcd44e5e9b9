"""How often the stage's page writes its address, and that it is right when the page goes."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.support.stage_page import NEXT_FRAME, STATE

pytestmark = pytest.mark.browser

COUNT = """(() => {
    window.written = 0;
    const replace = history.replaceState.bind(history);
    history.replaceState = (...given) => { window.written++; replace(...given); };
})()"""
HOLD = """async (presses) => {
    const mark = document.querySelector("[data-point=p0]");
    mark.focus();
    for (let k = 0; k < presses; k++) {
        mark.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true, repeat: k > 0 }));
        await new Promise((done) => setTimeout(done, 20));
    }
}"""
PRESS = """(() => {
    const mark = document.querySelector("[data-point=p0]");
    mark.focus();
    mark.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
})()"""
HELD = "JSON.parse(decodeURIComponent(location.hash.slice(1)))"


def test_a_held_key_writes_the_address_at_most_five_times_a_second(stage_page: Callable[..., Page]) -> None:
    page = stage_page()
    page.evaluate(COUNT)
    begin = page.evaluate("performance.now()")
    page.evaluate(HOLD, 100)
    seconds = (page.evaluate("performance.now()") - begin) / 1000
    assert page.evaluate("written") <= 5 * seconds
    page.wait_for_function(f"String({HELD}.points) === String({STATE}.points)")


def test_one_act_is_in_the_address_at_once(stage_page: Callable[..., Page]) -> None:
    page = stage_page()
    page.evaluate(HOLD, 1)
    page.evaluate(NEXT_FRAME)
    assert page.evaluate(HELD) == page.evaluate(STATE)


def test_what_was_not_yet_written_is_written_when_the_page_is_left(stage_page: Callable[..., Page]) -> None:
    page = stage_page()
    page.clock.install(time=0)
    page.clock.pause_at(1)  # a slow machine must not make the pause between two addresses pass
    same = f"String({HELD}.points) === String({STATE}.points)"
    page.evaluate(PRESS)
    page.clock.run_for(50)
    assert page.evaluate(same)
    page.evaluate(PRESS)
    page.clock.run_for(50)
    assert not page.evaluate(same)
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")
    assert page.evaluate(same)


def test_a_page_that_is_left_amid_keys_comes_back_as_it_was(stage_page: Callable[..., Page]) -> None:
    page = stage_page()
    page.evaluate(HOLD, 7)
    page.evaluate(NEXT_FRAME)
    left = page.evaluate(STATE)
    page.goto("about:blank")
    page.go_back()
    assert page.evaluate(STATE) == left
