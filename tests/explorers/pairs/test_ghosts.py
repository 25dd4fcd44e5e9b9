"""Ghosts of where the points were, and clicks on where they are."""

import math
from types import SimpleNamespace

import pytest
from npair_viz.explorers.pairs.state import State

from npair_viz import explore
from tests.support.expected_traces import assert_drawn


def ghost(explorer):
    return next(trace for trace in explorer.figure.data if trace.name == "before")


def test_an_act_that_moves_points_leaves_their_ghost_until_the_next():
    explorer = explore("line-up", dtype="float32")
    assert not ghost(explorer).visible
    explorer.move("p3", 100)
    assert ghost(explorer).visible
    assert math.degrees(math.atan2(ghost(explorer).y[4], ghost(explorer).x[4])) == pytest.approx(140, abs=1e-3)
    explorer.controls["shares"].value = True
    assert ghost(explorer).visible
    explorer.set(tao=0.1)
    assert not ghost(explorer).visible
    explorer.play(3)
    assert ghost(explorer).visible
    explorer.undo()
    assert not ghost(explorer).visible


@pytest.mark.parametrize("change", [{"scene": "tidy"}, {"scene": "circle"}, {"seed": 3}, {"n_classes": 3}], ids=str)
def test_other_points_leave_no_ghost_and_no_outline_of_the_former(change):
    explorer = explore("circle" if "seed" in change else "line-up")
    explorer.set(**change)
    by_name = {trace.name: trace for trace in explorer.figure.data}
    assert not by_name["before"].visible
    assert not explorer.stage.before
    assert not by_name["shares before"].visible
    assert explorer.sentence.startswith("Anchor ")
    explorer.set(tao=0.1)
    assert by_name["shares before"].visible


@pytest.mark.parametrize("dtype", ["bfloat16", "float32"])
def test_points_that_stay_leave_no_ghost(dtype):
    explorer = explore("line-up", dtype=dtype)
    explorer.set(normalize=False)
    assert not ghost(explorer).visible
    explorer.set(dtype="float64" if dtype == "float32" else dtype)
    assert not ghost(explorer).visible


def test_the_outlines_of_the_bars_are_those_of_a_moment_ago():
    explorer = explore("line-up")
    explorer.set(tao=0.05)
    outline = next(trace for trace in explorer.figure.data if trace.name == "shares before")
    assert outline.visible
    assert list(outline.x) == pytest.approx([0.372, 0.581, 0.033, 0.015], abs=6e-4)
    explorer.set(selected=1)
    assert not outline.visible


def click(explorer, trace_name, place):
    trace = next(trace for trace in explorer.figure.data if trace.name == trace_name)
    (handler,) = trace._click_callbacks
    handler(trace, SimpleNamespace(point_inds=[place]), None)


def test_a_click_on_a_point_chooses_its_anchor():
    explorer = explore("line-up", dtype="float32")
    click(explorer, "anchors", 2)
    assert explorer.reading.name == "0"
    click(explorer, "negatives", 2)  # of 3, 8 and 1
    assert explorer.reading.name == "1"
    click(explorer, "positive", 0)
    assert explorer.reading.name == "1"
    assert_drawn(explorer)
    explorer.undo()
    assert explorer.reading.name == "0"


def test_a_click_on_the_globe_chooses_too():
    explorer = explore("globe", normalize=False, l2_reg=0.02)
    click(explorer, "negatives on the globe", 0)
    assert explorer.reading.name == "8"
    assert_drawn(explorer)


def test_a_click_beside_the_points_does_nothing():
    explorer = explore("line-up")
    trace = explorer.figure.data[0]
    explorer._choose(trace, SimpleNamespace(point_inds=[]), None)
    assert explorer.state == State()
