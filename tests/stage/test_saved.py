"""States that JSON carries: of this version, of both kinds of version 1, and lean ones."""

import json
import math
from typing import Any

import pytest

from npair_viz import Stage, explore
from npair_viz.data.scenes import digits, named
from npair_viz.stage.draws import Draws
from npair_viz.stage.saved import lean, state_from, told, upgraded
from npair_viz.stage.scene_states import first_state, state_of
from npair_viz.stage.state import FIELDS, State
from tests.support.repository import ROOT
from tests.support.saved_states import checked_state

# What npair_viz 1.x wrote: each with its loss, and the class of the selected pair.
FORMER = json.loads((ROOT / "tests" / "stage" / "data" / "states_of_version_1.json").read_text(encoding="utf-8"))
OWN = [[1.0, 0], [0, 1], [0.6, 0.8], [-1, 0]], [4, 4, 9, 9]  # the data of the one that is called "yours"
NAMES = [f"{one['of']}: {one['what']}" for one in FORMER]


def opened(one: dict[str, Any]) -> Any:
    data = OWN if one["state"]["scene"] == "yours" else ()
    return explore(*data, **one["state"])


@pytest.mark.parametrize("one", [one for one in FORMER if one["state"].get("points")], ids=lambda one: one["what"])
def test_there_are_former_states_with_points(one: dict[str, Any]) -> None:
    assert one["state"]["version"] == 1


@pytest.mark.parametrize("one", FORMER, ids=NAMES)
def test_a_state_of_version_1_opens_in_the_explorer_where_it_was(one: dict[str, Any]) -> None:
    explorer, former = opened(one), one["state"]
    exact = 1e-12 if former.get("dtype", "float64") == "float64" else 1e-6  # processors round half precision otherwise
    assert explorer.reading.loss == pytest.approx(one["loss"], rel=exact)
    assert explorer.reading.name == one["anchor"]
    assert explorer.state.version == 2
    kept = {name: value for name, value in former.items() if name not in ("version", "selected", "points", "labels")}
    kept |= {"landscape": True, "drawer": ""} if former.get("drawer") == "landscape" else {}
    assert {name: getattr(explorer.state, name) for name in kept} == {**kept, "same": tuple(kept["same"])}


@pytest.mark.parametrize("one", [one for one in FORMER if one["of"] == "stage"], ids=lambda one: one["what"])
def test_a_stage_of_version_1_opens_with_the_same_point_and_points(one: dict[str, Any]) -> None:
    stage, former = Stage.from_state(one["state"]), one["state"]
    assert stage.reading.loss == pytest.approx(one["loss"], rel=1e-12)
    assert (stage.selected, stage.points, stage.labels) == (former["selected"], former["points"], former["labels"])
    assert Stage.from_state(json.loads(json.dumps(stage.state))).state == stage.state


def test_the_point_of_a_former_stage_becomes_a_pair_and_a_side() -> None:
    points, labels = [[1, 0], [0, 1], [1, 1], [2, 1]], [3, 8, 3, 8]
    for chosen, pair, side in ((0, 0, "anchor"), (1, 1, "anchor"), (2, 0, "positive"), (3, 1, "positive")):
        new = upgraded({"points": points, "labels": labels, "selected": chosen})
        assert (new["selected"], new["point"]) == (pair, side)


def test_the_pair_of_a_former_explorer_stays_a_pair() -> None:
    assert upgraded({"scene": "line-up", "selected": 3, "version": 1}) == {"scene": "line-up", "selected": 3}


@pytest.mark.parametrize("version", [0, -1, 1.5, "1", None, True, math.nan, math.inf])
def test_a_version_that_is_none_is_refused(version: object) -> None:
    with pytest.raises(ValueError, match="version must be a whole number from 1"):
        upgraded({"scene": "line-up", "version": version})


def test_a_newer_version_says_to_update() -> None:
    with pytest.raises(ValueError, match="version must be at most 2, got 3: update npair_viz"):
        upgraded({"scene": "line-up", "version": 3})


# --- what a state can do without


def test_points_that_are_the_scenes_own_are_left_out() -> None:
    draws = Draws()
    scene = named("tidy")
    full = State(scene="tidy", points=tuple(map(tuple, scene.embeddings.tolist())), labels=tuple(scene.labels.tolist()))
    assert lean(full, draws) == State(scene="tidy")


def test_points_that_have_moved_are_kept_without_the_labels_of_their_scene() -> None:
    draws, scene = Draws(), named("tidy")
    rows = scene.embeddings.tolist()
    rows[4] = [0.6, 0.8]
    one = lean(State(scene="tidy", points=tuple(map(tuple, rows)), labels=tuple(scene.labels.tolist())), draws)
    assert one.labels is None
    assert one.points is not None
    assert one.points[4] == (0.6, 0.8)


def test_points_that_came_back_to_their_start_keep_the_count_of_their_steps() -> None:
    rows = tuple(map(tuple, named("tidy").embeddings.tolist()))
    state = State(scene="tidy", points=rows, steps=3)
    assert lean(state, Draws()) == state


def test_labels_of_no_scene_are_kept() -> None:
    scene = named("tidy")
    rows = tuple(map(tuple, scene.embeddings.tolist()))
    for state in (
        State(scene="tidy", points=rows, labels=(5, 6, 7, 8) * 2),
        State(scene="mine", points=rows, labels=(1, 2, 3, 4) * 2),
    ):
        assert lean(state, Draws()) == state


def test_a_told_state_needs_no_scene_up_to_three_dimensions() -> None:
    for name in ("line-up", "globe", "circle"):
        state = state_of(name)
        alone = checked_state({**state, "scene": "of another time"})
        assert (alone["points"], alone["labels"]) == (state["points"], state["labels"])
    assert state_of("pixels")["points"] is None


def test_a_told_state_has_every_field() -> None:
    assert {*state_of("line-up")} == {*FIELDS, "version"}


@pytest.mark.parametrize("settings", [{}, {"tao": 0.1, "point": "positive"}, {"surface": "plane", "landscape": True}])
def test_a_told_state_comes_back(settings: dict[str, Any]) -> None:
    draws = Draws()
    for name in ("line-up", "plane", "globe", "pixels"):
        state = first_state(name, draws, **settings)
        assert state_from(json.loads(json.dumps(told(state, draws))), draws) == state


def test_own_data_come_back_to_whoever_has_them() -> None:
    draws = Draws(digits())
    state = first_state(digits(), draws, policy="random", seed=3, n_classes=5)
    assert state_from(json.loads(json.dumps(told(state, draws))), draws) == state
    with pytest.raises(ValueError, match="the scene 'yours' needs your data"):
        state_from(told(state, draws), Draws())
