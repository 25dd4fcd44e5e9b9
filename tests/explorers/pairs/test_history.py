"""Undo, redo, reset, and what is one act."""

from types import SimpleNamespace

import pytest

from npair_viz import explore
from npair_viz.geometry import history as module
from tests.support.expected_traces import assert_drawn


def test_undo_redo_and_reset_go_through_the_acts():
    explorer = explore("line-up")
    states = [explorer.state]
    for act in ({"tao": 0.1}, {"normalize": False}, {"selected": 2}):
        explorer.set(**act)
        states.append(explorer.state)
    explorer.move("p3", 100)
    explorer.play(3)
    moved = explorer.state
    for state in (*(2 * [None]), *reversed(states[:-1])):
        explorer.controls["undo"].click()
        assert state is None or explorer.state == state
        assert_drawn(explorer)
    assert explorer.controls["undo"].disabled
    explorer.undo()
    assert explorer.state == states[0]
    for _ in range(5):
        explorer.controls["redo"].click()
    assert explorer.state == moved
    assert explorer.controls["redo"].disabled
    explorer.redo()
    explorer.controls["reset"].click()
    assert explorer.state == states[0]
    explorer.undo()
    assert explorer.state == moved


def test_a_new_act_forgets_what_was_taken_back():
    explorer = explore("line-up")
    explorer.set(tao=0.1)
    explorer.undo()
    explorer.set(tao=0.2)
    explorer.redo()
    assert explorer.state.tao == 0.2
    assert explorer.controls["redo"].disabled


def test_a_reset_at_the_start_is_no_act():
    explorer = explore("line-up")
    explorer.reset()
    assert explorer.controls["undo"].disabled


def slide(explorer, clock, *taos, name="typed tao"):
    for tao in taos:
        clock.now += 0.1
        explorer.controls[name].value = str(tao)


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still until a test moves it."""
    clock = SimpleNamespace(now=100.0)
    monkeypatch.setattr(module.time, "monotonic", lambda: clock.now)
    return clock


def test_quick_moves_of_one_slider_are_one_act(clock):
    explorer = explore("line-up")
    slide(explorer, clock, 0.4, 0.3, 0.2)
    assert explorer.sentence.startswith("tao 0.50 -> 0.20: loss 0.484")
    clock.now += 5
    slide(explorer, clock, 0.1)
    explorer.undo()
    assert explorer.state.tao == 0.2
    explorer.undo()
    assert explorer.state.tao == 0.5
    assert explorer.controls["undo"].disabled


@pytest.mark.parametrize(("pause", "start"), [(0.99, 0.5), (1.01, 0.4)])
def test_a_pause_of_a_second_parts_two_acts(clock, pause, start):
    explorer = explore("line-up")
    slide(explorer, clock, 0.4)
    clock.now += pause - 0.1
    slide(explorer, clock, 0.3)
    explorer.undo()
    assert explorer.state.tao == start


def test_quick_moves_of_two_controls_are_two_acts(clock):
    explorer = explore("line-up", normalize=False)
    slide(explorer, clock, 0.4)
    slide(explorer, clock, 0.1, name="typed l2_reg")
    explorer.undo()
    assert (explorer.state.tao, explorer.state.l2_reg) == (0.4, 0.0)


@pytest.mark.parametrize("between", ["undo", "redo", "reset", "step"])
def test_what_comes_between_two_quick_moves_parts_them(clock, between):
    explorer = explore("line-up")
    explorer.set(tao=0.8)
    explorer.set(tao=0.7)
    explorer.undo()
    slide(explorer, clock, 0.4)
    explorer.controls[between].click()
    stood = explorer.state
    slide(explorer, clock, 0.3)
    assert explorer.state.tao == 0.3
    explorer.undo()
    assert explorer.state == stood


def test_a_look_is_no_act_and_undo_leaves_it_alone():
    explorer = explore("line-up")
    explorer.set(tao=0.1)
    explorer.controls["shares"].value = True
    explorer.controls["undo"].click()
    assert (explorer.state.tao, explorer.state.drawer) == (0.5, "shares")
    explorer.controls["redo"].click()
    assert (explorer.state.tao, explorer.state.drawer) == (0.1, "shares")
    assert explorer.controls["redo"].disabled
