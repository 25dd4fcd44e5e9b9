"""Undo, redo, reset, and what is one act."""

from types import SimpleNamespace

import pytest

from npair_viz import explore
from npair_viz.geometry import history as module
from tests.support.explorer_handles import history_of
from tests.support.page_of_pairs import assert_shown


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
        explorer.undo()
        assert state is None or explorer.state == state
        assert_shown(explorer)
    explorer.undo()
    assert explorer.state == states[0]
    for _ in range(6):
        explorer.redo()
    assert explorer.state == moved
    explorer.reset()
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
    assert not history_of(explorer).future


def test_a_reset_at_the_start_is_no_act():
    explorer = explore("line-up")
    explorer.reset()
    assert not history_of(explorer).past


def slide(explorer, clock, *taos, name="tao"):
    """Set a trait as a slider that is linked to it does."""
    for tao in taos:
        clock.now += 0.1
        setattr(explorer.widget, name, tao)


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still until a test moves it."""
    clock = SimpleNamespace(now=100.0)
    monkeypatch.setattr(module.time, "monotonic", lambda: clock.now)
    return clock


def test_quick_moves_of_one_trait_are_one_act(clock):
    explorer = explore("line-up")
    slide(explorer, clock, 0.4, 0.3, 0.2)
    assert explorer.sentence.startswith("tao 0.50 → 0.20: loss 0.484")
    clock.now += 5
    slide(explorer, clock, 0.1)
    explorer.undo()
    assert explorer.state.tao == explorer.widget.tao == 0.2
    explorer.undo()
    assert explorer.state.tao == 0.5
    assert not history_of(explorer).past


@pytest.mark.parametrize(("pause", "start"), [(0.99, 0.5), (1.01, 0.4)])
def test_a_pause_of_a_second_parts_two_acts(clock, pause, start):
    explorer = explore("line-up")
    slide(explorer, clock, 0.4)
    clock.now += pause - 0.1
    slide(explorer, clock, 0.3)
    explorer.undo()
    assert explorer.state.tao == start


def test_quick_moves_of_two_traits_are_two_acts(clock):
    explorer = explore("line-up", normalize=False)
    slide(explorer, clock, 0.4)
    slide(explorer, clock, 0.1, name="l2_reg")
    explorer.undo()
    assert (explorer.state.tao, explorer.state.l2_reg) == (0.4, 0.0)


@pytest.mark.parametrize("between", ["undo", "redo", "reset", "play"])
def test_what_comes_between_two_quick_moves_parts_them(clock, between):
    explorer = explore("line-up")
    explorer.set(tao=0.8)
    explorer.set(tao=0.7)
    explorer.undo()
    slide(explorer, clock, 0.4)
    getattr(explorer, between)()
    stood = explorer.state
    slide(explorer, clock, 0.3)
    assert explorer.state.tao == 0.3
    explorer.undo()
    assert explorer.state == stood


def test_a_look_is_no_act_and_undo_leaves_it_alone():
    explorer = explore("line-up")
    explorer.set(tao=0.1)
    explorer.set(drawer="shares", landscape=True, view="principal axes")
    explorer.undo()
    assert (explorer.state.tao, explorer.state.drawer, explorer.state.landscape) == (0.5, "shares", True)
    explorer.redo()
    assert (explorer.state.tao, explorer.state.drawer, explorer.state.view) == (0.1, "shares", "principal axes")
    assert not history_of(explorer).future


def test_a_look_while_there_is_something_to_redo_keeps_it():
    explorer = explore("line-up")
    explorer.set(tao=0.1)
    explorer.undo()
    explorer.set(drawer="shares")
    explorer.redo()
    assert explorer.state.tao == 0.1


@pytest.mark.parametrize(
    ("act", "told"),
    [
        (lambda one: one.set(tao=0.05), "tao 0.50 → 0.05: loss 0.484 → 1.119."),
        (lambda one: one.play(20), "20 steps of descent: loss "),
        (lambda one: one.play(1), "1 step of descent: loss "),
        (
            lambda one: one.set(normalize=False, l2_reg=0.02),
            "lengths all 1 → free, l2_reg 0.00 → 0.02: loss 0.484 → 0.524.",
        ),
        (lambda one: one.set(same=(3, 8)), "same class none → 3 and 8: "),
        (lambda one: one.move("p3", 100), "Anchor 3 picks its partner"),
        (lambda one: one.set(scene="tidy"), "Anchor 3 picks its partner"),
        (lambda one: (one.set(tao=0.05), one.undo()), "Anchor 3 picks the wrong one"),
        (lambda one: (one.set(tao=0.05), one.reset()), "Anchor 3 picks the wrong one"),
    ],
)
def test_the_sentence_begins_with_the_act_unless_the_picture_shows_it(act, told):
    explorer = explore("line-up")
    act(explorer)
    assert explorer.sentence.startswith(told)
