"""Settings: what the explorer does when a person sets one, by a control or by a call, rightly or wrongly."""

import json
import math
import sys

import numpy as np
import pytest
import torch
from traitlets import TraitError

from npair_viz import explore
from npair_viz.stage.state import FIELDS, State
from tests.support.explorer_handles import held
from tests.support.page_of_pairs import assert_shown

NAN, INF, HUGE = math.nan, math.inf, 10**400  # no double holds the last one
WRONG = [
    {"tao": -3},
    {"tao": 0},
    {"tao": 1e9},
    {"tao": 0.001},
    {"tao": NAN},
    {"tao": INF},
    {"tao": "warm"},
    {"tao": None},
    {"tao": True},
    {"tao": torch.ones(2)},
    {"l2_reg": -1},
    {"l2_reg": 10.5},
    {"l2_reg": NAN},
    {"l2_reg": 1e-320},
    {"l2_reg": "0.1 "},
    {"normalize": "yes"},
    {"objective": "triplet"},
    {"policy": "best"},
    {"n_classes": 0},
    {"n_classes": 65},
    {"n_classes": 2.5},
    {"n_classes": "3"},
    {"selected": 4},
    {"selected": -1},
    {"selected": "3"},
    {"selected": 1.0},
    {"seed": -1},
    {"seed": 2**70},
    {"seed": "lucky"},
    {"dtype": "float8"},
    {"dtype": torch.float32},
    {"view": "from above"},
    {"drawer": "socks"},
    {"drawer": None},
    {"scene": "moon"},
    {"scene": "yours"},
    {"scene": None},
    {"scene": ["line-up"]},
    {"same": (3, 7)},
    {"same": 3},
    {"same": "38"},
    {"same": [[3]]},
    {"steps": -1},
    {"points": 5},
    {"points": "abc"},
    {"points": []},
    {"points": [[1.0, 0.0]] * 7},
    {"points": [[1.0] * 8] * 2},
    {"points": [[1.0, 0.0, 0.0]] * 8},
    {"points": [[NAN, 0.0]] * 8},
    {"points": [[1e300, 0.0]] * 8},
    {"tau": 0.5},
    {"version": 3},
    {"tao": 0.1, "l2_reg": -1},
]


def test_a_setting_that_is_set_is_in_the_state_and_on_its_trait():
    explorer = explore("line-up")
    explorer.set(tao=0.07, l2_reg=0.2, normalize=False, objective="ovo", selected=2, dtype="float32", same=(3, 0))
    state, stage = explorer.state, explorer.widget
    assert (state.tao, state.l2_reg, state.objective, state.selected, state.same) == (0.07, 0.2, "ovo", 2, (3, 0))
    assert (stage.tao, stage.l2_reg, stage.objective, stage.selected) == (0.07, 0.2, "ovo", 2)
    assert (stage.normalize, stage.surface, stage.state["dtype"]) == (False, "plane", "float32")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("scene", "globe"),
        ("selected", 3),
        ("point", "positive"),
        ("tao", 5.0),
        ("objective", "ovo"),
        ("policy", "hardest"),
        ("n_classes", 2),
        ("seed", 7),
        ("dtype", "float16"),
        ("view", "principal axes"),
        ("same", (3, 1)),
        ("l2_reg", 0.5),
        ("drawer", "shares"),
        ("landscape", True),
    ],
)
def test_a_setting_leaves_the_others_alone(name, value):
    explorer = explore("line-up")
    explorer.set(**{name: value})
    assert getattr(explorer.state, name) == value
    others = [one for one in FIELDS if one != name]
    assert all(getattr(explorer.state, one) == getattr(State(), one) for one in others)


@pytest.mark.parametrize(
    ("before", "change", "surface", "normalize"),
    [
        ({}, {"normalize": False}, "plane", False),
        ({}, {"surface": "plane"}, "plane", False),
        ({}, {"surface": "plane", "normalize": True}, "plane", True),
        ({}, {"surface": "sphere", "normalize": False}, "sphere", True),
        ({"surface": "plane"}, {"normalize": True}, "sphere", True),
        ({"surface": "plane"}, {"surface": "sphere"}, "sphere", True),
        ({"surface": "plane", "normalize": True}, {"surface": "plane"}, "plane", True),
    ],
    ids=str,
)
def test_surface_and_lengths_fit_each_other(before, change, surface, normalize):
    explorer = explore("line-up", **before)
    explorer.set(**change)
    assert (explorer.state.surface, explorer.state.normalize) == (surface, normalize)
    assert_shown(explorer)


def test_the_landscape_that_was_a_drawer_is_a_switch_of_its_own():
    explorer = explore("line-up", drawer="landscape")
    assert (explorer.state.drawer, explorer.state.landscape) == ("", True)


def test_another_scene_begins_with_its_own_lengths_and_first_anchor():
    explorer = explore("line-up", selected=3, point="positive", tao=0.2)
    explorer.set(scene="plane")
    state = explorer.state
    assert (state.normalize, state.l2_reg, state.selected, state.point) == (False, 0.02, 0, "anchor")
    assert explorer.state.tao == 0.2
    explorer.set(scene="tidy")
    assert (explorer.state.normalize, explorer.state.l2_reg) == (True, 0.0)


@pytest.mark.parametrize("change", [{"scene": "tidy"}, {"seed": 3}, {"n_classes": 3}, {"policy": "random"}], ids=str)
def test_other_points_begin_where_they_are(change):
    explorer = explore("line-up", same=(3, 8))
    explorer.move("p3", 10)
    explorer.play(2)
    explorer.set(**change)
    assert (explorer.state.points, explorer.state.steps, explorer.state.same) == (None, 0, ())
    assert_shown(explorer)


def test_fewer_classes_than_the_chosen_anchor_choose_the_first():
    explorer = explore("line-up", selected=3)
    explorer.set(n_classes=2)
    assert (explorer.state.selected, explorer.reading.n) == (0, 2)


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_a_wrong_setting_raises_in_words_and_changes_nothing(wrong, line_up):
    before = held(line_up)
    with pytest.raises((ValueError, TypeError), match=r"\w+ \w+"):
        line_up.set(**wrong)
    assert held(line_up) == before
    assert_shown(line_up)


@pytest.mark.parametrize("hold", [np.float64, np.float32, torch.tensor], ids=["double", "single", "tensor"])
@pytest.mark.parametrize(("name", "value"), [("tao", 101.0), ("tao", 0.001), ("l2_reg", 11.0), ("l2_reg", -1.0)])
def test_a_number_of_numpy_or_torch_has_the_same_limits(hold, name, value, line_up):
    before = held(line_up)
    with pytest.raises(ValueError, match=f"{name} must be from"):
        line_up.set(**{name: hold(value)})
    assert held(line_up) == before


@pytest.mark.parametrize("name", ["tao", "l2_reg"])
@pytest.mark.parametrize(
    "value", [np.ones(2), np.ones(1), torch.ones(2), torch.tensor(True), HUGE, -HUGE], ids=lambda one: f"{one!s:.20}"
)
def test_what_is_no_number_or_too_large_is_refused_by_name(name, value, line_up):
    with pytest.raises((ValueError, TypeError), match=f"^{name} must be"):
        line_up.set(**{name: value})


@pytest.mark.parametrize("array", [np.array(["mc", "ovo"]), torch.tensor([3, 8])], ids=["numpy", "torch"])
@pytest.mark.parametrize("name", [name for name in FIELDS if name != "points"])
def test_an_array_is_refused_by_the_name_of_the_setting(name, array, line_up):
    before = held(line_up)
    with pytest.raises((ValueError, TypeError), match=f"^{name} must be"):
        line_up.set(**{name: array})
    assert held(line_up) == before


def test_a_trait_takes_points_as_a_list_of_arrays():
    explorer = explore("line-up")
    explorer.widget.points = [*np.eye(2).repeat(4, axis=0)]
    assert explorer.widget.points == explorer.widget.now()["points"] == np.eye(2).repeat(4, axis=0).tolist()
    with pytest.raises(ValueError, match="labels must be whole numbers"):
        explorer.widget.labels = [np.ones(2)] * 8
    assert_shown(explorer)


@pytest.mark.parametrize("same", [[np.int64(3), np.int64(8)], [3.0, 8.0], {3, 8}], ids=["numpy", "floats", "set"])
def test_classes_of_any_kind_are_kept_as_plain_numbers(same):
    explorer = explore("line-up", same=same)
    assert {*json.loads(explorer.state.to_json())["same"]} == {3, 8}
    assert {type(one) for one in explorer.state.same} == {int}


@pytest.mark.parametrize("same", [None, 3, 0.5, 5j, [[3]], [None, "x"], [3, True], [NAN], torch.tensor(NAN)], ids=str)
def test_what_names_no_classes_is_refused_by_name(same, line_up):
    with pytest.raises(ValueError, match=r"^same must name classes"):
        line_up.set(same=same)


TRAITS = [
    *(("tao", value) for value in (-3, 0, 1e9, NAN, INF, "warm")),
    *(("l2_reg", value) for value in (-1, 10.5, NAN, 1e-12)),
    *(("selected", value) for value in (-1, 8, 99, 1.5)),
    *(("points", value) for value in ([], [[1.0, 0.0]] * 3, [[1.0]] * 8, [[NAN, 0.0]] * 8, [[1e9, 0.0]] * 8)),
    *(("labels", value) for value in ([], [3] * 4, [3, 8, 0, 1, 8, 3, 0, 1])),
    *(("objective", value) for value in ("both", None)),
    *(("surface", value) for value in ("globe", None)),
    *(("state", value) for value in ({"tao": 1e9}, {"version": 99}, {"points": [[1.0, 0.0]], "labels": [3]})),
]


@pytest.mark.parametrize(("name", "value"), TRAITS, ids=str)
def test_a_wrong_value_of_a_trait_raises_and_changes_nothing(name, value, line_up):
    before = held(line_up)
    with pytest.raises((ValueError, TypeError, TraitError), match=r"\w+ \w+"):
        setattr(line_up.widget, name, value)
    assert held(line_up) == before
    assert_shown(line_up)


def test_why_a_trait_is_refused_is_told_on_the_stage():
    explorer = explore("line-up")
    with pytest.raises(ValueError, match="tao must be from"):
        explorer.widget.tao = 1e5
    assert explorer.widget.trouble == "ValueError: tao must be from 0.01 to 100, got 100000"


@pytest.mark.parametrize("tao", [torch.tensor(0.25), torch.tensor(0.25, dtype=torch.float64)])
def test_a_tao_from_elsewhere_becomes_a_plain_number(tao):
    explorer = explore("line-up", tao=tao)
    assert type(explorer.state.tao) is float
    assert json.loads(explorer.state.to_json())["tao"] == 0.25


def test_a_scene_that_cannot_be_read_is_said_in_words(monkeypatch):
    explorer = explore("line-up")
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(ModuleNotFoundError, match="needs sklearn"):
        explorer.set(scene="pixels")
    assert explorer.state.scene == "line-up"
