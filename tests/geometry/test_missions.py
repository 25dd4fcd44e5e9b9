"""Missions: reached by what the lessons say, refused by what they forbid, hinted at on the way, and read by name."""

import math
from dataclasses import replace

import pytest
import torch

from npair_viz import explore
from npair_viz.geometry.missions import MISSIONS, hint_for, is_fair, is_reached

ALONE = {name: one for name, one in MISSIONS.items() if one.relabel is None}
REACHED = {"a better place": ("p3", 103), "one move": ("a3", 138), "sabotage": ("p8", 90)}
MISSED = {"a better place": ("p3", 90), "one move": ("p8", 20), "sabotage": ("a8", 90)}
SLIPS = {
    "a better place": (("p3", 90), "Whose negative"),
    "one move": (("p8", 20), "who is nobody's negative"),
    "sabotage": (("a8", 90), "not in anchor 3's line-up"),
    "a wrong label": (("p8", 20), "the label is wrong"),
}


def after(mission, point, to):
    explorer = explore(MISSIONS[mission].scene)
    explorer.move(point, to)
    return explorer.reading


def relabelled(*same):
    return explore("twin", same=same).reading


@pytest.mark.parametrize("mission", ALONE)
def test_a_mission_is_reached_by_its_move_alone(mission):
    assert not is_reached(MISSIONS[mission], explore(MISSIONS[mission].scene).reading)
    assert is_reached(MISSIONS[mission], after(mission, *REACHED[mission]))
    assert not is_reached(MISSIONS[mission], after(mission, *MISSED[mission]))


@pytest.mark.parametrize(
    ("mission", "point", "first", "last"), [("a better place", "p3", 95, 111), ("one move", "a3", 133, 142)]
)
def test_the_places_that_reach_exercise_5_and_its_bonus_are_those_of_the_lessons(mission, point, first, last):
    explorer, reached = explore("line-up"), []
    for angle in (first - 1, first, last, last + 1):
        explorer.move(point, angle)
        reached.append(is_reached(MISSIONS[mission], explorer.reading))
    assert reached == [False, True, True, False]


@pytest.mark.parametrize(
    ("mission", "loss", "reached"),
    [
        ("sabotage", 1.099, False),
        ("sabotage", 1.101, True),
        ("a wrong label", 0.101, False),
        ("a wrong label", 0.099, True),
    ],
)
def test_the_own_loss_of_anchor_3_decides_where_the_title_says(mission, loss, reached):
    reading = relabelled(3, 8) if mission == "a wrong label" else after(mission, "p8", 90)
    losses = torch.tensor([loss, *reading.losses[1:]])
    assert is_reached(MISSIONS[mission], replace(reading, losses=losses)) == reached


@pytest.mark.parametrize(("cosine", "is_hinted"), [(0.989, False), (0.991, True)])
def test_a_positive_that_is_nearly_on_its_anchor_is_hinted_at(cosine, is_hinted):
    reading = after("a better place", "p3", 90 - math.degrees(math.acos(cosine)))
    assert bool(hint_for(MISSIONS["a better place"], reading)) == is_hinted


@pytest.mark.parametrize(("gap", "has_moved"), [(0.99e-9, False), (1.01e-9, True)])
def test_a_point_has_moved_where_more_than_rounding_has(gap, has_moved):
    reading = explore("line-up", same=(3, 8)).reading
    anchors = reading.scene.anchors.double().clone()
    anchors[1, 0] += gap
    moved = replace(reading, scene=reading.scene.moved(anchors, reading.scene.positives))
    assert is_fair(MISSIONS["a better place"], moved) != has_moved


def test_a_goal_reached_by_a_forbidden_point_is_not_reached():
    reading = after("a better place", "p8", 20)
    assert reading.loss < 0.385
    assert not is_reached(MISSIONS["a better place"], reading)


def test_a_goal_reached_with_more_points_than_the_mission_lets_move_is_not_reached():
    explorer = explore("line-up")
    explorer.move("a3", 138)
    explorer.move("a1", 301)
    assert explorer.reading.loss < 0.33
    assert not is_reached(MISSIONS["one move"], explorer.reading)


def test_the_wrong_label_is_found_by_its_class_alone():
    mission = MISSIONS["a wrong label"]
    assert [one for one in mission.relabel.others if is_reached(mission, relabelled(3, one))] == [8]
    assert "easy to tell apart" in hint_for(mission, relabelled(3, 0))
    explorer = explore("twin", same=(3, 8))
    explorer.move("a1", 301)
    assert not is_reached(mission, explorer.reading)
    assert "the label is wrong" in hint_for(mission, explorer.reading)


@pytest.mark.parametrize("mission", MISSIONS)
def test_a_usual_slip_has_its_own_hint(mission):
    slip, hint = SLIPS[mission]
    assert hint in hint_for(MISSIONS[mission], after(mission, *slip))


@pytest.mark.parametrize("mission", ALONE)
def test_at_the_start_and_at_the_goal_there_is_nothing_to_hint(mission):
    assert hint_for(MISSIONS[mission], explore(MISSIONS[mission].scene).reading) == ""
    assert hint_for(MISSIONS[mission], after(mission, *REACHED[mission])) == ""


def test_on_another_scene_no_mission_is_reached():
    assert not is_reached(MISSIONS["a wrong label"], explore("pixels").reading)
