"""The stage inside the explorer: what a hand does on it is an act of the explorer, and the other way round."""

import math

import pytest

from npair_viz import explore
from npair_viz.data.scenes import at_degrees
from tests.support.expected_traces import assert_drawn
from tests.support.explorer_handles import said

PLACES = {"a3": 0, "a8": 1, "p3": 4, "p8": 5}


def drag(explorer, point, degrees, act):
    """What the page sends while a hand has a point at some degrees, in its act of that number."""
    index = PLACES[point]
    points = [list(row) for row in explorer.stage.points]
    points[index] = at_degrees(degrees)[0].tolist()
    send(explorer, act, points=points, selected=index)


def choose(explorer, index, act):
    send(explorer, act, selected=index)


def send(explorer, act, **changes):
    explorer.stage.set_state({**changes, "act": act, "state": {**explorer.stage.state, **changes}})


def degrees_of(explorer, row):
    x, y = explorer.reading.scene.embeddings[row].tolist()
    return math.degrees(math.atan2(y, x)) % 360


def test_a_point_dragged_on_the_stage_moves_in_the_explorer():
    explorer = explore("line-up")
    drag(explorer, "p3", 100, act=1)
    assert explorer.reading.loss == pytest.approx(0.3808, abs=6e-4)
    assert explorer.sentence.startswith("Anchor 3 picks its partner: 54 %")
    assert explorer.controls["place"].value == "100.0"
    assert_drawn(explorer)


def test_the_bars_keep_the_outline_of_where_the_drag_began():
    explorer = explore("line-up")
    for degrees in (130, 120, 100):
        drag(explorer, "p3", degrees, act=1)
    outline = next(trace for trace in explorer.figure.data if trace.name == "shares before")
    assert list(outline.x) == pytest.approx([0.372, 0.581, 0.033, 0.015], abs=6e-4)


def test_one_drag_is_one_act_however_long_it_takes(monkeypatch):
    explorer = explore("line-up")
    drag(explorer, "p3", 130, act=1)
    monkeypatch.setattr("time.monotonic", lambda: 1e9)
    drag(explorer, "p3", 100, act=1)
    explorer.undo()
    assert degrees_of(explorer, 4) == pytest.approx(140)
    assert explorer.controls["undo"].disabled


def test_two_drags_are_two_acts_however_fast():
    explorer = explore("line-up")
    drag(explorer, "p3", 130, act=1)
    drag(explorer, "p3", 100, act=2)
    explorer.undo()
    assert degrees_of(explorer, 4) == pytest.approx(130)
    assert_drawn(explorer)


def test_a_chosen_positive_stays_chosen_while_the_explorer_acts():
    explorer = explore("line-up")
    choose(explorer, 6, act=1)
    assert explorer.reading.name == "0"
    explorer.set(tao=0.1)
    assert explorer.stage.selected == 6
    explorer.set(selected=1)
    assert explorer.stage.selected == 1


def test_a_locked_anchor_is_not_chosen_on_the_stage():
    explorer = explore("line-up", lock=("selected",))
    choose(explorer, 2, act=1)
    assert explorer.state.selected == 0
    assert explorer.stage.selected == 0


def test_locked_points_are_held_still_on_the_stage():
    assert explore("line-up", lock=("move",)).stage.options["lock"] == ["move"]
    assert explore("line-up").stage.options["lock"] == []


def test_a_place_that_can_not_be_taken_is_said_and_the_point_goes_back():
    explorer = explore("line-up", normalize=False, l2_reg=0.02)
    before = explorer.stage.points
    points = [[1e9, 0.0], *explorer.stage.points[1:]]
    send(explorer, 1, points=points)
    assert "a place must be within" in said(explorer)
    assert explorer.stage.points == before
    assert_drawn(explorer)


def test_a_run_moves_the_points_of_the_stage():
    explorer = explore("line-up")
    explorer.play(60)
    assert explorer.stage.state["steps"] == 60
    assert explorer.stage.reading.loss == pytest.approx(explorer.reading.loss, abs=1e-12)
    assert explorer.stage.before["points"] == explore("line-up").stage.points


@pytest.mark.parametrize(
    ("scene", "settings"),
    [("pixels", {}), ("line-up", {"dtype": "float16"}), ("globe", {"normalize": False, "l2_reg": 0.1})],
)
def test_what_the_stage_can_not_show_is_drawn_by_the_figure(scene, settings):
    explorer = explore(scene, **settings)
    assert explorer.stage.layout.display == "none"
    assert_drawn(explorer)


def test_an_echo_of_what_the_stage_has_sent_is_not_sent_back():
    explorer, sent = explore("line-up"), []
    drag(explorer, "p3", 130, act=1)
    explorer.stage.observe(sent.append, ["points", "state", "tao", "selected"])
    drag(explorer, "p3", 120, act=1)
    assert sorted(change.name for change in sent) == ["points", "state"]
    assert explorer.stage.points[4] == at_degrees(120)[0].tolist()


@pytest.mark.parametrize("other", ["undo", "tao"])
def test_what_comes_late_of_a_drag_that_is_over_moves_nothing(other):
    explorer = explore("line-up")
    drag(explorer, "p3", 130, act=1)
    explorer.undo() if other == "undo" else explorer.set(tao=0.1)
    state = explorer.state
    drag(explorer, "p3", 100, act=1)
    assert explorer.state == state
    assert_drawn(explorer)
    drag(explorer, "p3", 100, act=2)
    assert degrees_of(explorer, 4) == pytest.approx(100)


def test_a_chosen_point_that_is_gone_gives_way_to_the_first_anchor():
    explorer = explore("line-up", selected=2)
    explorer.set(n_classes=1)
    assert (explorer.state.selected, explorer.stage.selected) == (0, 0)
