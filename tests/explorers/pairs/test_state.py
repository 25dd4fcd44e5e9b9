"""The state as text, and back."""

import json
from dataclasses import FrozenInstanceError, replace

import pytest
from npair_viz.explorers.pairs.state import State

from npair_viz import explore
from npair_viz.explorers.pairs.explorer import Explorer
from tests.support.expected_traces import assert_drawn


def test_a_kept_state_opens_again_where_it_was():
    explorer = explore("line-up", same=(3, 8), normalize=False, l2_reg=0.03)
    explorer.move("p3", (0.2, 1.7))
    explorer.play(4)
    other = explore(**json.loads(explorer.state.to_json()))
    assert other.state == explorer.state
    assert other.reading.loss == explorer.reading.loss
    assert_drawn(other)


def test_a_state_is_frozen():
    with pytest.raises(FrozenInstanceError):
        explore("line-up").state.tao = 3


def test_an_explorer_of_a_wrong_state_is_not_made():
    for wrong in (replace(State(), tao=-1.0), replace(State(), n_classes=999), replace(State(), drawer="socks")):
        with pytest.raises(ValueError, match=" must be "):
            Explorer(wrong)
