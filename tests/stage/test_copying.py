"""What the stage copies as Python makes the same stage again."""

import pytest

from npair_viz.stage.scene_states import scenes_of_the_stage, state_of
from npair_viz.stage.widget import Stage
from tests.support.node import answers

TEXT = "({ state, scenes }) => pythonOf(stateFrom(state, scenes), scenes)"


def copied(*states):
    cases = [{"state": state, "scenes": scenes_of_the_stage()} for state in states]
    return answers(cases, TEXT, {"python_call": "pythonOf", "state": "stateFrom"})


def made(text):
    return eval(text, {"Stage": Stage})


CHANGES = [
    {},
    {"tao": 0.05, "selected": 1},
    {"objective": "ovo", "same": [0]},
    {"surface": "plane"},
    {"surface": "plane", "normalize": True, "l2_reg": 0.0},
    {"point": "positive", "selected": 1},
    {"l2_reg": 0.02, "steps": 7},
]


def test_a_named_scene_with_other_settings_comes_back():
    states = [
        state_of(name, **change)
        for name in ("line-up", "plane", "globe")
        for change in CHANGES
        if name != "globe" or "surface" not in change
    ]
    texts = copied(*states)
    assert [made(text).state for text in texts] == states
    assert all(len(text) < 100 for text in texts)


def test_moved_points_come_back_to_the_last_digit():
    state = state_of("twin", tao=0.3, objective="ovo")
    state["points"][4] = [0.1 + 0.2, -1e-7]
    (text,) = copied(state)
    assert text.startswith('Stage.from_state({"scene": "twin"')
    assert made(text).state == state


def test_points_of_no_named_scene_come_back():
    state = Stage.from_state({"points": [[1.0, 0.0], [0.0, 1.0]], "labels": [3, 3], "scene": 'my "own"'}).state
    (text,) = copied(state)
    assert made(text).state == state


def test_the_short_form_is_what_a_person_would_write():
    assert copied(state_of("line-up", tao=0.05)) == ['Stage("line-up", tao=0.05)']


@pytest.mark.parametrize("scene", scenes_of_the_stage())
def test_a_scene_as_it_is_needs_no_settings(scene):
    assert copied(state_of(scene)) == [f'Stage("{scene}")']
