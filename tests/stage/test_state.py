"""States that JSON carried: Python and the browser take the same ones, make the same of them, and refuse the same."""

import json
from typing import Any

import pytest

from npair_viz.stage.scene_states import checked_state, scenes_of_the_stage, state_of
from tests.support.node import answers

VERDICT = """([text, scenes]) => {
    try { return savedState(stateFrom(JSON.parse(text), scenes)); }
    catch (error) { return error.constructor === Error ? "refused" : `broken: ${error}`; }
}"""
ROWS = [[1.0, 0.0], [0.0, 1.0], [0.6, 0.8], [-1.0, 0.0]]
GOOD = {"points": ROWS, "labels": [3, 8, 3, 8]}
NEW = {**GOOD, "version": 2, "point": "anchor"}
SOLID = [[1, 0, 0], [0, 1, 0]]

TAKEN: list[Any] = [
    GOOD,
    NEW,
    {**GOOD, "version": 1, "is_of_a_former_time": True},
    {**GOOD, "tao": 1, "l2_reg": 10, "objective": "ovo", "selected": 3, "steps": 12},
    {**NEW, "selected": 1, "point": "positive", "view": "principal axes", "drawer": "shares", "landscape": True},
    {**NEW, "dtype": "float16", "policy": "hardest", "n_classes": 2, "seed": 7},
    {**NEW, "drawer": "landscape"},
    {**GOOD, "surface": "plane", "normalize": False},
    {**GOOD, "surface": "plane"},
    {**GOOD, "surface": "sphere", "normalize": False},
    *({**GOOD, "tao": one} for one in (0.01, 100)),
    {"points": ROWS * 32, "labels": [3, 8] * 64},
    {**GOOD, "same": [3, 8]},
    {**GOOD, "labels": [3, 3, 3, 3]},
    {**GOOD, "labels": [-1, 2**53 - 1] * 2},
    {**GOOD, "points": [[0, 0], *ROWS[1:]]},
    {**GOOD, "points": [[1e4, -1e4], *ROWS[1:]], "surface": "plane"},
    {"points": SOLID, "labels": [5, 5], "surface": "plane", "normalize": False},
    {"points": [[1], [-0.5]], "labels": [5, 5], "surface": "plane", "normalize": False},
    {"scene": "twin", "version": 2},
    {"scene": "twin", "selected": 3, "tao": 0.2, "drawer": "landscape", "version": 1},
]
REFUSED: list[Any] = [
    *(None, 5, True, "state", []),
    *({**GOOD, "version": one} for one in (3, 0, -1, 1.5, "1", None, True)),
    *({**GOOD, "points": one} for one in (7, "ab", [], [[]], [[], []], [None, None], [1, 2], {"0": [1, 0]})),
    *({**GOOD, "points": one} for one in (ROWS[:3], [[1, 0], [0, 1, 0], *ROWS[2:]], ROWS * 33)),
    *({**GOOD, "points": [[one, 0.0], *ROWS[1:]]} for one in (None, "1", True, 1.0001e4, [1])),
    *({**GOOD, "labels": one} for one in (3, "3838", [3], [3, 8, 3], [3, 8, 8, 3], [3, None, 3, None])),
    *({**GOOD, "labels": [one, 8] * 2} for one in ("3", 1.5, True, 2**53)),
    *({**GOOD, "tao": one} for one in (0, 0.0099, 100.1, -1, "1", None, True)),
    *({**GOOD, "l2_reg": one} for one in (-0.1, 10.1, "0", None, False, 1e-12)),
    *({**GOOD, "objective": one} for one in ("MC", "", None, 1)),
    *({**GOOD, "surface": one} for one in ("globe", None, 0)),
    *({**NEW, "normalize": one} for one in (0, 1, "true", None)),
    *({**GOOD, "scene": one} for one in (None, 3, ["twin"])),
    *({**GOOD, "selected": one} for one in (-1, 4, 0.5, "0", None, True)),
    *({**NEW, "selected": one} for one in (-1, 2, 0.5, "0", None, True)),
    *({**NEW, "point": one} for one in ("a0", None, 0)),
    *({**NEW, "drawer": one} for one in ("socks", None, 0)),
    *({**NEW, "view": one} for one in ("from above", None)),
    *({**NEW, "dtype": one} for one in ("float8", None)),
    *({**NEW, "seed": one} for one in (-1, 10**6 + 1, "lucky", True)),
    *({**NEW, "landscape": one} for one in (1, "yes", None)),
    *({**GOOD, "steps": one} for one in (-1, 0.5, "0", None, False)),
    *({**GOOD, "same": one} for one in (None, 3, "3", [4], [3, True], ["3"], [None])),
    {"points": ROWS},
    {"scene": "moon"},
]


def by_python(text: str) -> Any:
    try:
        return checked_state(json.loads(text))
    except (TypeError, ValueError):
        return "refused"


@pytest.mark.parametrize(("states", "is_taken"), [(TAKEN, True), (REFUSED, False)], ids=["taken", "refused"])
def test_python_and_the_browser_are_of_one_mind(states: list[Any], is_taken: bool) -> None:
    texts = [json.dumps(state) for state in states]
    cases = [[text, scenes_of_the_stage()] for text in texts]
    theirs = answers(cases, VERDICT, {"state": "savedState, stateFrom"})
    differing = [
        (text, ours, verdict)
        for text, verdict in zip(texts, theirs, strict=True)
        if (ours := by_python(text)) != verdict or (verdict != "refused") != is_taken
    ]
    assert differing == []


def test_lengths_that_count_are_free() -> None:
    assert state_of("line-up", normalize=False)["surface"] == "plane"


def test_what_is_on_the_sphere_normalizes() -> None:
    assert state_of("line-up", surface="sphere", normalize=False)["normalize"] is True


def test_points_of_three_dimensions_may_be_free() -> None:
    assert state_of("globe", surface="plane")["surface"] == "plane"
