"""Drawers open one at a time, and what has no meaning is grey."""

import pytest
import torch
from npair_viz.explorers.pairs.state import DRAWERS

from npair_viz import explore
from tests.support.expected_traces import assert_drawn


def opens(name, explorer):
    explorer.controls[name].value = True
    return explorer.state.drawer


def test_one_drawer_is_open_at_a_time():
    explorer = explore("line-up", normalize=False, l2_reg=0.02)
    for name in DRAWERS:
        assert opens(name, explorer) == name
        assert [one for one in DRAWERS if explorer.controls[one].value] == [name]
        assert (explorer._words["panel"].layout.display == "none") == (name != "settings")
    explorer.controls["settings"].value = False
    assert explorer.state.drawer == ""
    assert not any(explorer.controls[one].value for one in DRAWERS)


GREY = [
    ("line-up", {}, ["phase map"]),
    ("line-up", {"normalize": False}, []),
    ("line-up", {"same": (3, 8)}, ["phase map", "loss over tao"]),
    ("line-up", {"same": (3,)}, ["phase map"]),
    ("line-up", {"normalize": False, "same": (3, 8)}, ["phase map", "loss over tao"]),
    ("globe", {}, ["phase map", "landscape"]),
    ("pixels", {}, ["phase map"]),
    ("pixels", {"view": "principal axes"}, ["phase map", "landscape"]),
]


@pytest.mark.parametrize(("scene", "settings", "grey"), GREY, ids=str)
def test_a_drawer_with_no_meaning_is_grey(scene, settings, grey):
    explorer = explore(scene, **settings)
    assert {name for name in DRAWERS if explorer.controls[name].disabled} == set(grey)
    assert {name for name in DRAWERS if explorer.controls[name].tooltip} == set(grey)


@pytest.mark.parametrize(("scene", "settings", "grey"), GREY[2:], ids=str)
def test_a_drawer_that_loses_its_meaning_says_why_and_can_be_shut(scene, settings, grey):
    for name in grey:
        explorer = explore(scene, **settings, drawer=name)
        heading = explorer.figure.layout.annotations[0].text
        assert "Who does anchor" not in heading
        assert_drawn(explorer)
        assert not explorer.controls[name].disabled
        explorer.controls[name].value = False
        assert explorer.state.drawer == ""
        assert explorer.controls[name].disabled


ON_THE_CIRCLE = ["l2_reg", "typed l2_reg", "phase map"]


@pytest.mark.parametrize(
    ("scene", "settings", "grey"),
    [
        ("line-up", {}, [*ON_THE_CIRCLE, "view", "policy", "seed"]),
        ("line-up", {"normalize": False}, ["view", "policy", "seed", "free"]),
        ("circle", {}, [*ON_THE_CIRCLE, "view", "policy"]),
        ("pixels", {}, [*ON_THE_CIRCLE, "point", "place", "seed"]),
        ("pixels", {"policy": "random"}, [*ON_THE_CIRCLE, "point", "place"]),
    ],
)
def test_a_control_that_can_do_nothing_is_grey(scene, settings, grey):
    explorer = explore(scene, **settings)
    assert {name for name, one in explorer.controls.items() if one.disabled} == {*grey, "undo", "redo"}


def test_points_of_many_dimensions_are_not_placed_by_hand():
    explorer = explore(torch.randn(6, 7), [0, 0, 1, 1, 2, 2])
    assert explorer.controls["point"].disabled
    assert explorer.controls["place"].disabled
    assert explorer.controls["place"].value == "7-d"
    with pytest.raises(ValueError, match="points of 7 dimensions can't be placed by hand"):
        explorer.move("p0", [0.0] * 7)
