"""Acts and their history, without widgets: what is kept, what goes on, and what is only looked at."""

from types import SimpleNamespace

import pytest

from npair_viz.geometry import history as module
from npair_viz.geometry.acts import Acts


class Shown:
    """What is on a screen: the picture and the controls, each of which fails at what is "broken" for it."""

    def __init__(self):
        self.picture = self.controls = None
        self.broken_picture = self.broken_controls = None
        self.acts = Acts("start", self.draw, self.sync, look=lambda state, other: state.lower())
        self.acts.show("start")

    def draw(self, state):
        self.picture = state
        if state == self.broken_picture:
            raise ValueError("no picture")

    def sync(self):
        self.controls = self.acts.state
        if self.acts.state == self.broken_controls:
            raise ValueError("no control")


@pytest.fixture
def clock(monkeypatch):
    clock = SimpleNamespace(now=100.0)
    monkeypatch.setattr(module.time, "monotonic", lambda: clock.now)
    return clock


@pytest.mark.parametrize("part", ["picture", "controls"])
@pytest.mark.parametrize("act", ["act", "show", "undo", "redo", "reset"])
def test_a_state_is_kept_once_it_has_been_shown(part, act):
    one = Shown()
    for state in ("a", "b", "c"):
        one.acts.act(state)
    one.acts.undo()
    wrong = {"undo": "a", "redo": "c", "reset": "start"}.get(act, "d")
    setattr(one, f"broken_{part}", wrong)
    before = one.acts.history
    with pytest.raises(ValueError, match="no "):
        getattr(one.acts, act)(*(["d"] if act in ("act", "show") else []))
    assert one.acts.history == before
    assert (one.picture, one.controls) == ("b", "b")
    setattr(one, f"broken_{part}", None)
    getattr(one.acts, act)(*(["d"] if act in ("act", "show") else []))
    assert (one.picture, one.controls, one.acts.state) == (wrong, wrong, wrong)


def test_an_interrupt_while_it_draws_keeps_nothing():
    def draw(state):
        if state == "slow":
            raise KeyboardInterrupt

    acts = Acts("start", draw, lambda: None)
    with pytest.raises(KeyboardInterrupt):
        acts.act("slow")
    assert (acts.state, acts.history.past) == ("start", ())


def test_the_same_touch_goes_on_until_a_second_has_passed_or_the_act_ends(clock):
    acts = Shown().acts
    for state in ("a", "b"):
        acts.act(state, "tao")
    clock.now += 2
    acts.act("c", "tao")
    acts.act("d", "run", 1e9)
    clock.now += 100
    acts.act("e", "run", 1e9)
    acts.end()
    acts.act("f", "run", 1e9)
    assert acts.history.past == ("start", "b", "c", "e")


def test_what_only_looks_different_is_no_act_and_forgets_nothing():
    acts = Shown().acts
    acts.act("a")
    acts.undo()
    acts.act("START")
    assert (acts.state, acts.history.past, acts.history.future) == ("START", (), ("a",))


def test_a_history_is_a_value():
    one = module.History("a")
    other = one.act("b").act("c")
    assert one == module.History("a")
    assert (other.present, other.past, other.origin) == ("c", ("a", "b"), "b")
    back = other.undo().undo().undo()
    assert (back.present, back.past, back.future) == ("a", (), ("c", "b"))
    assert back.redo().redo().redo().present == "c"
    assert one.act("b", compares=False).origin is None


def test_closed_acts_say_so():
    acts = Shown().acts
    acts.close()
    with pytest.raises(ValueError, match="closed"):
        acts.act("a")
    assert acts.state == "start"
