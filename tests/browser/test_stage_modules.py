"""The modules of the stage in a real Chromium: what node's tests ask of them, asked of the engine that people use."""

from typing import Any

import pytest
from playwright.sync_api import Browser

from npair_viz.stage.bundle import bundle
from tests.support.torch_answers import acts, descents, readings

pytestmark = pytest.mark.browser


def computed(chromium: Browser, cases: list[dict[str, Any]], answer: str) -> list[Any]:
    """The answers of a JavaScript function to all cases."""
    script = f"cases => {{ {bundle('entry/stage')}; return cases.map({answer}); }}"
    with chromium.new_context(offline=True) as context:
        return context.new_page().evaluate(script, cases)


def test_the_readings_are_torchs(chromium: Browser) -> None:
    cases = list(readings())
    answer = """({ state }) => {
        const reading = readingOf(stateFrom(state));
        return [reading.loss, reading.onAnchors.net, reading.onPositives.net, narrate(reading)];
    }"""
    for case, (loss, *forces, sentence) in zip(cases, computed(chromium, cases, answer), strict=True):
        expected = case["expected"]
        assert loss == pytest.approx(expected["loss"], rel=1e-6, abs=1e-18), case["name"]
        for ours, theirs in zip(forces, (expected["onAnchors"], expected["onPositives"]), strict=True):
            flat = [x for row in theirs for x in row]
            size = max(1, *map(abs, flat))
            assert [x for row in ours for x in row] == pytest.approx(flat, rel=0, abs=1e-10 * size), case["name"]
        assert sentence == expected["sentence"], case["name"]


def test_the_words_after_an_act_are_pythons(chromium: Browser) -> None:
    cases = list(acts())
    answer = """({ before, after, act }) => {
        const [former, reading] = [before, after].map((state) => readingOf(stateFrom(state)));
        return narrate(reading, former, act);
    }"""
    assert computed(chromium, cases, answer) == [case["sentence"] for case in cases]


def test_a_hundred_steps_of_descent_are_torchs(chromium: Browser) -> None:
    cases = list(descents())
    answers = computed(chromium, cases, "({ state, steps }) => played(stateFrom(state), steps).points")
    for case, points in zip(cases, answers, strict=True):
        flat = [x for row in case["points"] for x in row]
        assert [x for row in points for x in row] == pytest.approx(flat, rel=0, abs=1e-9), case["name"]
