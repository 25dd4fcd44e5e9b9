"""What travels between Python and a page: a round trip in every dimension, shared bases, and nonsense refused."""

import json
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor

from npair_viz.data.scene import Scene
from npair_viz.data.scenes import from_data, of_pairs
from npair_viz.geometry.history import History
from npair_viz.stage.bases import Bases, doubles
from npair_viz.stage.changes import changed
from npair_viz.stage.draws import Draws
from npair_viz.stage.scene_states import page_state
from npair_viz.stage.state import State
from npair_viz.stage.wire import put_of, settings_of, state_after
from tests.support.page_of_pairs import rows_of

DIMENSIONS = [1, 2, 3, 4, 5, 64, 200]


def rows(d: int, seed: int = 0) -> Tensor:
    return torch.randn(6, d, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def own(d: int, **settings: Any) -> tuple[State, Draws]:
    draws = Draws(of_pairs("yours", "?", rows(d)[:3], rows(d)[3:], [3, 8, 0]))
    return changed(State(), draws, scene="yours", surface="plane", **settings), draws


def put(state: State, draws: Draws, *past: State) -> dict[str, Any]:
    return put_of(History(state, past=past), state, Bases(draws))


@pytest.mark.parametrize("d", DIMENSIONS)
def test_points_come_back_from_a_page_as_they_were(d: int) -> None:
    state, draws = own(d)
    bases = Bases(draws)
    sent = put_of(History(state), state, bases)
    (base,) = sent["bases"]
    assert (base["isSpan"], base["dimension"]) == (d > 3, d)
    assert base["width"] == min(d, 6 if d > 3 else d)
    act = {"settings": settings_of(state), "points": {"buffer": 0}}
    back = state_after(state, bases, act, [base["points"]])
    torch.testing.assert_close(draws.rows(back), rows(d), rtol=0, atol=1e-12)
    assert replace(back, points=None) == state


@pytest.mark.parametrize("d", DIMENSIONS)
def test_points_that_were_moved_keep_their_products_in_the_page(d: int) -> None:
    state, draws = own(d)
    moved = changed(state, draws, points=(rows(d) * 1.25).tolist())
    there = rows_of(put(moved, draws), 0)
    torch.testing.assert_close(there @ there.T, 1.5625 * rows(d) @ rows(d).T, rtol=0, atol=1e-11)


def test_states_of_the_same_pairs_share_one_base() -> None:
    state, draws = own(64)
    others = [changed(state, draws, tao=0.1), changed(state, draws, points=(2 * rows(64)).tolist())]
    sent = put(state, draws, *others)
    assert (len(sent["bases"]), len(sent["tables"]), len(sent["states"])) == (1, 1, 3)
    assert (sent["past"], sent["present"], sent["start"]) == ([0, 1], 2, 2)


def test_points_that_left_the_span_have_a_base_of_their_own() -> None:
    state, draws = own(64)
    away = rows(64, seed=1)
    moved = changed(state, draws, points=away.tolist())
    sent = put(moved, draws, state)
    first, second = sent["bases"]
    assert (first["width"], second["width"]) == (6, 12)
    there = rows_of(sent, sent["present"])
    torch.testing.assert_close(there @ there.T, away @ away.T, rtol=0, atol=1e-11)


def test_rows_of_one_direction_are_no_points_of_a_globe() -> None:
    draws = Draws(from_data(torch.ones(4, 9), [1, 1, 2, 2]))
    state = changed(State(), draws, scene="yours")
    (base,) = put(state, draws)["bases"]
    assert base["width"] == 4
    there = rows_of(put(state, draws), 0)
    torch.testing.assert_close(there @ there.T, torch.full((4, 4), 9.0, dtype=torch.float64))


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float16"])
def test_many_dimensions_reach_the_page_already_rounded(dtype: str) -> None:
    state, draws = own(64)
    rounded = changed(state, draws, dtype=dtype)
    there, true = rows_of(put(rounded, draws), 0), rows(64).to(getattr(torch, dtype)).double()
    torch.testing.assert_close(there @ there.T, true @ true.T, rtol=0, atol=1e-11)


def test_few_dimensions_reach_the_page_as_they_were_set() -> None:
    state, draws = own(2, dtype="float16")
    assert torch.equal(rows_of(put(state, draws), 0), rows(2))


def test_a_base_tells_words_photos_and_what_was_left_out() -> None:
    words = ("cat", "dog", "<b>")
    data = from_data(rows(5), [0, 0, 1, 2, 2, 2], images=torch.rand(6, 2, 2), class_names=words)
    draws = Draws(data)
    (base,) = put(changed(State(), draws, scene="yours"), draws)["bases"]
    assert base["names"] == {0: "cat", 2: "<b>"}
    assert len(base["images"]) == 4
    assert base["rows"] == [0, 3, 1, 4]
    assert base["notice"] == "2 of 3 classes, 4 of 6 rows"


def test_all_but_the_tables_is_json() -> None:
    state, draws = own(64)
    sent = put(changed(state, draws, points=(2 * rows(64)).tolist(), same=(3, 8)), draws, state)
    bases = [{**base, "points": ""} for base in sent.pop("bases")]
    assert all(isinstance(table.pop("points"), bytes) for table in sent["tables"])
    assert json.loads(json.dumps([sent, bases])) == [sent, bases]


def test_a_page_without_python_gets_moved_points_of_many_dimensions_too() -> None:
    state, draws = own(64)
    moved = changed(state, draws, points=(2 * rows(64)).tolist())
    saved = json.loads(json.dumps(page_state(moved, draws)))
    assert (saved["points"], saved["labels"]) == (None, None)
    there = rows_of({"states": [{"base": 0, "points": None}], "bases": [saved["base"]]}, 0)
    torch.testing.assert_close(there @ there.T, 4 * rows(64) @ rows(64).T, rtol=0, atol=1e-11)


# --- acts of a page


def test_a_row_is_put_elsewhere_and_all_others_stay() -> None:
    state, draws = own(2)
    act = {"settings": settings_of(state), "points": {"row": 4, "place": [0.25, -1.5]}}
    after = draws.rows(state_after(state, Bases(draws), act, []))
    assert after[4].tolist() == [0.25, -1.5]
    assert torch.equal(after[[0, 1, 2, 3, 5]], rows(2)[[0, 1, 2, 3, 5]])


def test_points_go_back_to_where_the_scene_has_them() -> None:
    state, draws = own(2)
    moved = changed(state, draws, points=(2 * rows(2)).tolist())
    back = state_after(moved, Bases(draws), {"settings": settings_of(moved), "points": "base"}, [])
    assert back == state


def test_another_scene_of_the_page_is_drawn_afresh() -> None:
    state, draws = own(2)
    settings = {**settings_of(state), "scene": "tidy", "surface": "sphere", "normalize": True}
    after = state_after(state, Bases(draws), {"settings": settings, "points": "base"}, [])
    assert (after.scene, after.points, after.labels) == ("tidy", None, None)


def scene_of_a_state() -> tuple[State, Draws]:
    draws = Draws()
    return changed(State(), draws, scene="mine", points=rows(2).tolist(), labels=[3, 8, 0] * 2), draws


def test_labels_that_no_scene_has_stay_with_their_points() -> None:
    state, draws = scene_of_a_state()
    after = state_after(state, Bases(draws), {"settings": {**settings_of(state), "tao": 0.1}, "points": "same"}, [])
    assert after == replace(state, tao=0.1)


WRONG: list[dict[str, Any]] = [
    {},
    {"settings": {}, "points": "same"},
    {"settings": {"tao": -1}, "points": "same"},
    {"points": "same"},
    {"settings": None, "points": "same"},
    {"settings": {"tau": 1}, "points": "same"},
    {"settings": {"selected": 99}, "points": "same"},
    {"settings": {}, "points": "other"},
    {"settings": {}, "points": None},
    {"settings": {}, "points": {"row": 99, "place": [0, 1]}},
    {"settings": {}, "points": {"row": 0, "place": [0]}},
    {"settings": {}, "points": {"row": 0, "place": ["1", 2]}},
    {"settings": {}, "points": {"row": 0, "place": [float("nan"), 2]}},
    {"settings": {}, "points": {"row": 0, "place": [1e9, 2]}},
    {"settings": {}, "points": {"row": "0", "place": [0, 1]}},
    {"settings": {}, "points": {"row": -1, "place": [0, 1]}},
    {"settings": {}, "points": {"buffer": 5}},
    {"settings": {}, "points": {"buffer": 1}},
    {"settings": {}, "points": {"buffer": 2}},
    {"settings": {}, "points": {"buffer": "0"}},
]
TABLES = [doubles(torch.ones(6, 2, dtype=torch.float64)), b"12345678" * 3, b"1"]


@pytest.mark.parametrize("act", WRONG[1:], ids=str)
def test_what_no_page_sends_is_refused(act: dict[str, Any]) -> None:
    state, draws = own(2)
    if act.get("settings") or (act.get("settings") == {} and act["points"] != "same"):
        act = {**act, "settings": {**settings_of(state), **act["settings"]}}
    with pytest.raises((ValueError, TypeError, KeyError, IndexError)):
        state_after(state, Bases(draws), act, TABLES)


def test_a_scene_is_made_once_for_many_states() -> None:
    state, draws = own(64)
    bases = Bases(draws)
    assert bases.of(state) is bases.of(changed(state, draws, tao=0.1)) is bases.of(replace(state, steps=4))
    assert isinstance(draws.base(state), Scene)
