"""A cloud of a comparison: rows that move from before to after, and the list of what changed."""

import json

import numpy as np
import pytest
import torch
from scipy.linalg import orthogonal_procrustes
from torch import Tensor
from torch.nn.functional import normalize

from npair_viz import compare, explore
from npair_viz.explorers.cloud.moving import UNKNOWN

B, D, E = 60, 7, 5
LABELS = torch.arange(B) % 12


def rows(d: int, seed: int, count: int = B) -> Tensor:
    return torch.randn(count, d, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def places_of(explorer) -> Tensor:
    trace = next(one for one in explorer.figure.data if one.name == "rows")
    return torch.stack([torch.tensor(np.asarray(trace[name]), dtype=torch.float64) for name in "xy"], dim=1)


@pytest.mark.parametrize(("wide", "narrow"), [(D, E), (E, D), (D, D)])
def test_at_moment_0_rows_are_where_scipys_rotation_turns_them(wide, narrow):
    old, new = rows(wide, 0), rows(narrow, 1)
    explorer = explore(compare(old, new, LABELS, tao=0.2), moment=0)
    most = max(wide, narrow)
    units, others = (np.pad(normalize(one).numpy(), ((0, 0), (0, most - one.shape[1]))) for one in (old, new))
    turned = torch.tensor(units @ orthogonal_procrustes(units, others)[0])[:, :narrow]
    expected = turned @ explorer._cloud.plane.axes.T
    torch.testing.assert_close(places_of(explorer), expected, rtol=1e-5, atol=1e-5)


def test_rows_that_were_only_turned_do_not_move():
    old = rows(D, 0)
    turn = torch.linalg.qr(rows(D, 5, D))[0]
    explorer = explore(compare(old, old @ turn, LABELS, tao=0.2))
    after = places_of(explorer)
    explorer.set(moment=0)
    torch.testing.assert_close(places_of(explorer), after, rtol=1e-5, atol=1e-5)


def test_on_the_way_each_row_is_on_the_straight_line():
    explorer = explore(compare(rows(D, 0), rows(E, 1), LABELS, tao=0.2))
    found = []
    for moment in (0, 0.25, 1):
        explorer.set(moment=moment)
        found.append(places_of(explorer))
    torch.testing.assert_close(found[1], 0.75 * found[0] + 0.25 * found[2], rtol=1e-5, atol=1e-5)


def test_marks_and_rings_move_with_their_rows():
    explorer = explore(compare(rows(D, 0), rows(E, 1), LABELS, tao=0.2), moment=0, row=17, selected_rows=[3, 40])
    by_name = {one.name: one for one in explorer.figure.data}
    places = places_of(explorer)
    for name, shown in (("anchor", [17]), ("selected rows", [3, 40])):
        found = torch.tensor(np.stack([by_name[name].x, by_name[name].y], axis=1), dtype=torch.float64)
        torch.testing.assert_close(found, places[shown], rtol=1e-5, atol=1e-5)


def test_no_force_and_no_number_of_the_plane_is_shown_of_rows_that_are_elsewhere():
    explorer = explore(compare(rows(D, 0), rows(E, 1), LABELS, tao=0.2), moment=0)
    by_name = {one.name: one for one in explorer.figure.data}
    assert all(list(by_name[force].x) == [None] for force in ("pull", "push", "shrink", "net"))
    assert "before" in explorer.figure.layout.annotations[0].text
    assert "%" not in explorer.figure.layout.annotations[0].text
    explorer.set(moment=1)
    assert "before" not in explorer.figure.layout.annotations[0].text


def test_fifty_planted_changes_are_the_first_fifty_of_the_list_that_is_open():
    labels = torch.arange(2000) % 40
    old = rows(32, 2, 40)[labels] + 0.4 * rows(32, 3, 2000)
    new = old.clone()
    planted = torch.randperm(2000, generator=torch.Generator().manual_seed(4))[:50]
    new[planted] = rows(32, 5, 50)
    explorer = explore(compare(old, new, labels, tao=0.1))
    assert explorer.state.listed == "changes"
    assert {row for _, row in explorer.controls["lines"].options[:50]} == {*planted.tolist()}
    assert explorer.changes()["row"][:50].tolist() == [row for _, row in explorer.controls["lines"].options[:50]]


def test_a_comparison_of_pairs_moves_both_rows_of_a_pair():
    sides = [(rows(D, k), rows(D, k + 1)) for k in (0, 2)]
    explorer = explore(compare(*sides, tao=0.2), moment=0)
    assert len(places_of(explorer)) == 2 * B
    assert explorer.columns["move"][:B] == explorer.columns["move"][B:]
    assert explorer.controls["lines"].options[0][0].split("  ")[2].startswith("anchor ")


def test_rows_that_were_not_compared_say_so():
    labels = torch.arange(12_000) % 100
    old = rows(8, 2, 12_000)
    found = compare(old, old + 0.1 * rows(8, 3, 12_000), labels, tao=0.1, rows=300)
    explorer = explore(found)
    assert explorer.columns["change"].count(UNKNOWN) == 11_700
    assert sum(one is not None for one in explorer.columns["move"]) == 300
    assert explorer.changes().attrs["looked at"] == "300 of 12,000 rows by lot, each against all"


def test_texts_and_own_columns_go_with_a_comparison():
    texts = [f"text {row}" for row in range(B)]
    explorer = explore(compare(rows(D, 0), rows(E, 1), LABELS, tao=0.2), texts=texts, columns={"year": list(range(B))})
    assert [*explorer.columns] == ["move", "kept", "change", "year"]
    first = explorer.changes().iloc[0]
    assert first["text"] == f"text {first['row']}"


def test_texts_of_pairs_come_as_two_lists():
    sides = [(rows(D, k), rows(D, k + 1)) for k in (0, 2)]
    names = [[f"{side} {row}" for row in range(B)] for side in ("query", "title")]
    explorer = explore(compare(*sides, tao=0.2), texts=tuple(names))
    assert explorer.scene.texts == (*names[0], *names[1])


@pytest.mark.parametrize(
    ("moment", "words"), [(0, "Places are of before;"), (0.5, "Places are between before and after;")]
)
def test_the_words_say_of_when_the_places_and_the_numbers_are(moment, words):
    explorer = explore(compare(rows(D, 0), rows(E, 1), LABELS, tao=0.2), moment=moment)
    assert words in explorer._words["drawn"].value
    assert "who is nearest, bars and losses are of after" in explorer._words["drawn"].value
    explorer.set(moment=1)
    assert "Places" not in explorer._words["drawn"].value


def test_a_kept_state_opens_with_the_same_comparison():
    found = compare(rows(D, 0), rows(E, 1), LABELS, tao=0.2)
    explorer = explore(found, moment=0.5)
    assert explore(found, **json.loads(explorer.state.to_json())).state == explorer.state


def test_the_button_without_an_event_loop_shows_before_and_then_after():
    explorer = explore(compare(rows(D, 0), rows(E, 1), LABELS, tao=0.2))
    for moment in (0, 1, 0):
        explorer.controls["move"].click()
        assert explorer.state.moment == moment


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"labels": LABELS}, "labels go with embeddings"),
        ({"picture": "pairs"}, "a comparison opens as a cloud"),
        ({"moment": 1.5}, "moment must be from 0, before, to 1, after, got 1.5"),
        ({"moment": "x"}, "moment must be"),
    ],
)
def test_what_does_not_go_with_a_comparison_is_refused(settings, words):
    found = compare(rows(D, 0), rows(E, 1), LABELS, tao=0.2)
    with pytest.raises((TypeError, ValueError), match=words):
        explore(found, **settings)


@pytest.mark.parametrize("settings", [{"moment": 0}, {"listed": "changes"}])
def test_without_a_comparison_there_is_no_before(settings):
    explorer = explore(rows(D, 0), LABELS)
    assert "changes" not in explorer.controls["listed"].options
    with pytest.raises(ValueError, match=r"go with a comparison: explore\(compare"):
        explorer.set(**settings)
    with pytest.raises(ValueError, match=r"changes are of a comparison: explore\(compare"):
        explorer.changes()
