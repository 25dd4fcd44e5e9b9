"""Settings: what the explorer does when a person sets one, by a control or by a call, rightly or wrongly."""

import json
import math
import sys
from itertools import pairwise

import pytest
import torch
from npair_viz.explorers.pairs.state import FIELDS, State

from npair_viz import explore
from npair_viz.explorers.pairs import state as module
from tests.support.expected_traces import assert_drawn
from tests.support.explorer_handles import held, said

NAN, INF = math.nan, math.inf
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
    {"version": 1},
    {"tao": 0.1, "l2_reg": -1},
]


def test_a_setting_that_is_set_is_in_the_state_and_on_its_control():
    explorer = explore("line-up")
    explorer.set(tao=0.07, l2_reg=0.2, normalize=False, objective="ovo", selected=2, dtype="float32", same=(3, 0))
    state, controls = explorer.state, explorer.controls
    assert (state.tao, state.l2_reg, state.objective, state.selected, state.same) == (0.07, 0.2, "ovo", 2, (3, 0))
    assert (controls["typed tao"].value, controls["tao"].value) == ("0.07", 0.0692)  # the slider's nearest step
    assert (controls["typed l2_reg"].value, controls["l2_reg"].value) == ("0.2", 0.2)
    assert (controls["objective"].value, controls["selected"].value, controls["normalize"].value) == ("ovo", 2, False)
    assert (controls["dtype"].value, controls["same"].value) == ("float32", (3, 0))


@pytest.mark.parametrize(
    ("name", "value", "setting"),
    [
        ("scene", "globe", "scene"),
        ("selected", 3, "selected"),
        ("tao", 5.0, "tao"),
        ("typed tao", "0.33", "tao"),
        ("objective", "ovo", "objective"),
        ("policy", "hardest", "policy"),
        ("n_classes", "2", "n_classes"),
        ("seed", "7", "seed"),
        ("dtype", "float16", "dtype"),
        ("view", "principal axes", "view"),
        ("same", (3, 1), "same"),
        ("l2_reg", 0.5, "l2_reg"),
        ("typed l2_reg", "0.123", "l2_reg"),
        ("normalize", False, "normalize"),
        ("shares", True, "drawer"),
    ],
)
def test_a_control_sets_its_setting(name, value, setting):
    explorer = explore("line-up")
    explorer.controls[name].value = value
    wanted = {"shares": "shares", "typed tao": 0.33, "typed l2_reg": 0.123, "n_classes": 2, "seed": 7}.get(name, value)
    assert getattr(explorer.state, setting) == wanted
    others = [one for one in FIELDS if one not in (setting, "l2_reg", "points", "steps")]
    assert all(getattr(explorer.state, one) == getattr(State(), one) for one in others)


def test_the_tao_slider_goes_from_a_hundredth_to_a_hundred_by_way_of_the_round_numbers():
    taos = [value for _, value in explore("line-up").controls["tao"].options]
    assert (taos[0], taos[-1], len(taos)) == (0.01, 100, 201)
    assert {0.05, 0.1, 0.2, 0.5, 1, 2, 5} <= set(taos)
    assert all(1.03 < after / before < 1.07 for before, after in pairwise(taos))


def test_a_typed_tao_stays_as_it_was_typed_while_the_slider_shows_its_nearest_step():
    explorer = explore("line-up")
    explorer.controls["typed tao"].value = "0.25"
    assert explorer.state.tao == float(explorer.controls["typed tao"].value) == 0.25
    assert explorer.controls["tao"].value == 0.251


def test_freed_lengths_are_held_by_a_little_l2_reg():
    explorer = explore("line-up")
    explorer.controls["free"].click()
    assert (explorer.state.normalize, explorer.state.l2_reg) == (False, 0.02)
    assert explorer.reading.phase.optimal_norm == pytest.approx(1.516, abs=6e-4)
    kept = explore("line-up", l2_reg=0.3)
    kept.controls["normalize"].value = False
    assert kept.state.l2_reg == 0.3


def test_another_scene_begins_with_its_own_lengths_and_first_anchor():
    explorer = explore("line-up", selected=3, tao=0.2)
    explorer.controls["scene"].value = "plane"
    assert (explorer.state.normalize, explorer.state.l2_reg, explorer.state.selected) == (False, 0.02, 0)
    assert explorer.state.tao == 0.2
    explorer.controls["scene"].value = "tidy"
    assert (explorer.state.normalize, explorer.state.l2_reg) == (True, 0.0)


@pytest.mark.parametrize("change", [{"scene": "tidy"}, {"seed": 3}, {"n_classes": 3}, {"policy": "random"}], ids=str)
def test_other_points_begin_where_they_are(change):
    explorer = explore("line-up", same=(3, 8))
    explorer.move("p3", 10)
    explorer.play(2)
    explorer.set(**change)
    assert (explorer.state.points, explorer.state.steps, explorer.state.same) == (None, 0, ())
    assert_drawn(explorer)


def test_fewer_classes_than_the_chosen_anchor_choose_the_first():
    explorer = explore("line-up", selected=3)
    explorer.controls["n_classes"].value = "2"
    assert (explorer.state.selected, explorer.reading.n) == (0, 2)


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_a_wrong_setting_raises_in_words_and_changes_nothing(wrong, line_up):
    before = held(line_up)
    with pytest.raises((ValueError, TypeError), match=r"\w+ \w+"):
        line_up.set(**wrong)
    assert held(line_up) == before
    assert_drawn(line_up)


TYPED = [
    *(("typed tao", text) for text in ("-3", "0", "1e9", "0.009", "nan", "-inf", "abc", "", "1_5", "1.000,5", "٣")),
    *(("typed l2_reg", text) for text in ("-1", "1e9", "nan", "inf", "0,1,2")),
    *(("n_classes", text) for text in ("0", "-1", "65", "2.5", "three", "", "1e1")),
    *(("seed", text) for text in ("-1", "1000001", "1.5", "lucky", "99999999999")),
    *(
        ("place", text)
        for text in ("", "here", "1, 2, 3", "0, 0", "nan", "inf", "1e400", ",", "1,,2", "--3", "1e999, 0", "١٢، ٣")
    ),
]


@pytest.mark.parametrize(("name", "value"), TYPED, ids=str)
def test_nonsense_typed_in_is_said_in_words_and_changes_nothing(name, value, line_up):
    before = held(line_up)
    line_up.controls[name].value = value
    assert 'role="alert"' in said(line_up)
    assert held(line_up) == before
    line_up._words["status"].value = ""


@pytest.mark.parametrize(("name", "text", "tao", "l2_reg"), [("tao", "1,5", 1.5, 0.0), ("l2_reg", " 0,25 ", 0.5, 0.25)])
def test_a_comma_before_decimals_is_read_as_a_point(name, text, tao, l2_reg):
    explorer = explore("line-up", normalize=False)
    explorer.controls[f"typed {name}"].value = text
    assert (explorer.state.tao, explorer.state.l2_reg) == (tao, l2_reg)
    assert "," not in explorer.controls[f"typed {name}"].value
    assert said(explorer) == ""


def test_more_classes_than_there_are_say_how_many_there_are():
    explorer = explore("line-up")
    explorer.controls["n_classes"].value = "9"
    assert "has no more than 4 classes" in said(explorer)
    assert explorer.controls["n_classes"].value == "4"
    explorer.controls["n_classes"].value = "99"
    assert "n_classes must be at most 64, got 99" in said(explorer)


def test_freed_lengths_can_not_be_freed_again():
    explorer = explore("line-up")
    assert not explorer.controls["free"].disabled
    explorer.controls["free"].click()
    assert explorer.controls["free"].disabled
    assert explorer.sentence.startswith("lengths all 1 -> free, l2_reg 0.00 -> 0.02: loss 0.484 -> 0.524.")


def test_the_words_of_a_mistake_go_with_the_next_act():
    explorer = explore("line-up")
    explorer.controls["typed tao"].value = "-3"
    assert "tao must be from 0.01 to 100, got -3" in said(explorer)
    explorer.controls["typed tao"].value = "0.25"
    assert said(explorer) == ""
    assert explorer.state.tao == 0.25


def test_words_are_escaped():
    explorer = explore("line-up", task="<script>1 & 2</script>")
    explorer.controls["place"].value = "<b>"
    assert "&lt;b&gt;" in said(explorer)
    assert "<script>" not in explorer._words["task"].value


@pytest.mark.parametrize("tao", [torch.tensor(0.25), torch.tensor(0.25, dtype=torch.float64)])
def test_a_tao_from_elsewhere_becomes_a_plain_number(tao):
    explorer = explore("line-up", tao=tao)
    assert type(explorer.state.tao) is float
    assert json.loads(explorer.state.to_json())["tao"] == 0.25


def test_a_scene_that_cannot_be_read_is_said_in_words(monkeypatch):
    explorer = explore("line-up")
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    module._named.cache_clear()
    explorer.controls["scene"].value = "pixels"
    assert "needs sklearn" in said(explorer)
    assert explorer.state.scene == explorer.controls["scene"].value == "line-up"
