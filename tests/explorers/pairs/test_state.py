"""The state as text, and back."""

from dataclasses import FrozenInstanceError, replace

import pytest

from npair_viz import explore
from npair_viz.explorers.pairs.explorer import Explorer
from npair_viz.explorers.pairs.state import State, from_json
from tests.support.expected_traces import assert_drawn


def test_a_state_survives_json():
    explorer = explore("line-up", same=(3, 8), normalize=False, l2_reg=0.03)
    explorer.move("p3", (0.2, 1.7))
    explorer.play(4)
    state = from_json(explorer.state.to_json())
    assert state == explorer.state
    other = Explorer(state)
    assert (other.reading.loss, other.sentence[:30]) == (explorer.reading.loss, other.sentence[:30])
    assert_drawn(other)


def test_a_state_of_an_older_version_can_be_read():
    text = State(tao=0.2).to_json().replace('"version": 1', '"version": 0').replace('"view"', '"gone"')
    assert from_json(text) == State(tao=0.2)
    assert from_json('{"tao": 0.2}') == State(tao=0.2)


def test_a_state_of_a_newer_version_is_refused():
    with pytest.raises(ValueError, match="version must be at most 1, got 2: update"):
        from_json(State().to_json().replace('"version": 1', '"version": 2'))


@pytest.mark.parametrize("text", ["", "[]", "3", "null", "{", '"tao"', '{"points": 3}', '{"same": 3}'])
def test_what_is_no_state_is_refused_in_words(text):
    with pytest.raises((ValueError, TypeError)):
        from_json(text)


def test_a_state_is_frozen():
    with pytest.raises(FrozenInstanceError):
        explore("line-up").state.tao = 3


def test_an_explorer_of_a_wrong_state_is_not_made():
    for wrong in (replace(State(), tao=-1.0), replace(State(), n_classes=999), replace(State(), drawer="socks")):
        with pytest.raises(ValueError, match=" must be "):
            Explorer(wrong)
