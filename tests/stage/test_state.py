"""States that JSON carried: Python and the browser take the same ones, make the same of them, and refuse the same."""

import json
from typing import Any

import pytest

from npair_viz.data.scenes import named
from npair_viz.stage.scene_states import scenes_of_the_stage, state_of
from tests.support.node import answers
from tests.support.saved_states import checked_state

VERDICT = """({ text, scenes }) => {
    try { return savedState(stateFrom(JSON.parse(text), scenes)); }
    catch (error) { return error.constructor === Error ? "refused" : `broken: ${error}`; }
}"""
ROWS = [[1.0, 0.0], [0.0, 1.0], [0.6, 0.8], [-1.0, 0.0]]
GOOD = {"points": ROWS, "labels": [3, 8, 3, 8], "version": 2}
OLD = {"points": ROWS, "labels": [3, 8, 3, 8]}  # of a stage of version 1, whose `selected` is the number of a point
SOLID = [[1, 0, 0], [0, 1, 0]]
LINE = [[1], [2.5], [-1], [0]]

TAKEN: list[Any] = [
    {},
    {"scene": "twin"},
    {"scene": "plane"},
    *({"scene": "plane", "normalize": one} for one in (True, False)),
    *({"scene": "plane", "surface": one} for one in ("sphere", "plane")),
    {"scene": "twin", "surface": "plane"},
    {"scene": "pixels", "selected": 9, "view": "principal axes"},
    GOOD,
    OLD,
    {**OLD, "version": 1, "is_of_a_former_time": True},
    {**OLD, "version": 1, "selected": 3},
    {**OLD, "selected": 1.0},
    {**GOOD, "tao": 1, "l2_reg": 10, "objective": "ovo", "selected": 1, "point": "positive", "steps": 12},
    {**GOOD, "surface": "plane", "normalize": False},
    {**GOOD, "surface": "plane"},
    *({**GOOD, "tao": one} for one in (0.01, 100)),
    *({**GOOD, "l2_reg": one} for one in (0, 1e-9)),
    *({**GOOD, "seed": one} for one in (0, 10**6)),
    *({**GOOD, "dtype": one} for one in ("float32", "bfloat16", "float16")),
    *({**GOOD, "drawer": one} for one in ("shares", "loss so far", "loss over tao", "phase map", "settings")),
    *({**GOOD, "landscape": one} for one in (True, False)),
    *({**GOOD, "policy": one} for one in ("random", "hardest")),
    {**GOOD, "points": ROWS * 32, "labels": [3, 8] * 64},
    {**GOOD, "same": [3, 8]},
    {**GOOD, "labels": [3, 3, 3, 3]},
    {**GOOD, "labels": [-1, 2**53 - 1] * 2},
    {**GOOD, "points": [[0, 0], *ROWS[1:]]},
    {**GOOD, "points": [[1e4, -1e4], *ROWS[1:]], "surface": "plane"},
    {**GOOD, "points": SOLID, "labels": [5, 5], "surface": "plane", "normalize": False, "l2_reg": 0.5},
    {**GOOD, "points": SOLID, "labels": [5, 5]},
    {**GOOD, "points": LINE, "surface": "plane", "normalize": False},
    {**GOOD, "points": LINE},
    # an explorer's of version 1
    {"scene": "twin", "selected": 2, "policy": "first", "drawer": "landscape", "points": None, "version": 1},
    {"scene": "pixels", "selected": 7, "view": "principal axes", "drawer": "phase map", "points": None, "version": 1},
    {"scene": "line-up", "normalize": False, "l2_reg": 0.3, "n_classes": None, "points": ROWS * 2, "version": 1},
]
REFUSED: list[Any] = [
    *(None, 5, True, "state", []),
    *({**GOOD, "version": one} for one in (3, 0, -1, 1.5, "1", None, True)),
    *({**GOOD, "points": one} for one in (7, "ab", [], [[]], [[], []], [None, None], [1, 2], {"0": [1, 0]})),
    *({**GOOD, "points": one} for one in (ROWS[:3], [[1, 0], [0, 1, 0], *ROWS[2:]], ROWS * 33, [[1], [2]])),
    *({**GOOD, "points": [[one, 0.0], *ROWS[1:]]} for one in (None, "1", True, 1.0001e4, [1])),
    *({**GOOD, "labels": one} for one in (3, "3838", [3], [3, 8, 3], [3, 8, 8, 3], [3, None, 3, None])),
    *({**GOOD, "labels": [one, 8] * 2} for one in ("3", 1.5, True, 2**53)),
    *({**GOOD, "tao": one} for one in (0, 0.0099, 100.1, -1, "1", None, True)),
    *({**GOOD, "l2_reg": one} for one in (-0.1, 0.9e-9, 10.1, "0", None, False)),
    *({**GOOD, "objective": one} for one in ("MC", "", None, 1)),
    *({**GOOD, "surface": one} for one in ("globe", None, 0)),
    *({**GOOD, "normalize": one} for one in ("true", None)),
    *({**GOOD, "scene": one} for one in (None, 3, ["twin"])),
    *({**GOOD, "selected": one} for one in (-1, 2, 0.5, "0", None, True)),
    *({**OLD, "selected": one} for one in (-1, 4, 0.5, "0", None, True)),
    *({**GOOD, "point": one} for one in ("partner", None, 0)),
    *({**GOOD, "steps": one} for one in (-1, 0.5, "0", None, False)),
    *({**GOOD, "seed": one} for one in (-1, 0.5, "0", None, True, 10**6 + 1)),
    *({**GOOD, "n_classes": one} for one in (0, -1, 0.5, "4", True, 65)),
    *({**GOOD, "same": one} for one in (None, 3, "3", [4], [3, True], ["3"], [None])),
    *({**GOOD, name: "none such"} for name in ("policy", "dtype", "view", "drawer", "landscape")),
    {"scene": "none such"},
    {"scene": "twin", "selected": 4},
]


def by_python(text: str) -> Any:
    try:
        return checked_state(json.loads(text))
    except (TypeError, ValueError):
        return "refused"


@pytest.mark.parametrize(("states", "is_taken"), [(TAKEN, True), (REFUSED, False)], ids=["taken", "refused"])
def test_python_and_the_browser_are_of_one_mind(states: list[Any], is_taken: bool) -> None:
    texts = [json.dumps(state) for state in states]
    names = ("line-up", "twin", "plane", "pixels")
    scenes = {name: scenes_of_the_stage()[name] for name in names}
    cases = [{"text": text, "scenes": scenes} for text in texts]
    theirs = answers(cases, VERDICT, {"state": "stateFrom, savedState"})
    for text, verdict in zip(texts, theirs, strict=True):
        if isinstance(verdict, dict):
            verdict = {"points": None, "labels": None, **verdict}  # those of many dimensions are not written out
        assert by_python(text) == verdict, text
        assert (verdict != "refused") == is_taken, text


def test_lengths_that_count_are_free() -> None:
    assert state_of(named("line-up"), normalize=False)["surface"] == "plane"


def test_what_is_on_the_sphere_normalizes() -> None:
    assert state_of(named("line-up"), surface="sphere", normalize=False)["normalize"] is True
    assert state_of(named("globe"), surface="plane")["surface"] == "plane"
