"""Texts of rows, the search in them, and which rows are selected."""

import json
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch

from npair_viz import explore, scenes
from npair_viz.explorers.cloud import rows as cloud_rows
from npair_viz.figures.traces import traces
from tests.support.cloud_rows import LABELS, TEXTS, B, lasso, opened, rows
from tests.support.explorer_handles import said


def test_the_text_of_a_row_is_on_hover_beside_its_bar_and_under_the_picture():
    explorer = opened()
    by_name = traces(explorer.figure)
    assert by_name["rows"].text[7] == "row 7, class kind 7<br>Number 7 of &lt;kind&gt; 7"
    nearest = int(by_name["nearest of other classes"].customdata[0])
    assert f"row {nearest}: Number" in explorer.figure.layout.yaxis2.ticktext[1]
    assert "row 3, kind 3: Number 3 of &lt;kind&gt; 3" in explorer._words["nearest"].value


def test_long_texts_are_shortened_and_folded_on_hover():
    scene = replace(scenes.from_data(rows(), LABELS), texts=("word " * 500,) * B)
    text = traces(explore(scene, row=3).figure)["rows"].text[0]
    assert max(map(len, text.split("<br>"))) <= 60
    assert len(text) < 300


def test_texts_go_to_the_page_for_drawn_rows_alone(monkeypatch):
    monkeypatch.setattr(cloud_rows, "MOST_ROWS", 40)
    explorer = opened()
    drawn = set(traces(explorer.figure)["rows"].customdata.tolist())
    sent = {
        int(row) for row in re.findall(r"row (\d+), class", json.dumps(explorer.figure.to_plotly_json(), default=list))
    }
    marked = {row for trace in explorer.figure.data if trace.customdata is not None for row in trace.customdata}
    assert len(drawn) == 40
    assert sent <= drawn | set(map(int, marked))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("17", [17]),
        ("17, 4 9", [4, 9, 17]),
        ("blue", list(range(0, B, 5))),
        ("  BLUE  is ", list(range(0, B, 5))),
        ("class: kind 4", list(range(4, B, 30))),
        ("class=KIND 29", list(range(29, B, 30))),
        ("<kind> 29", [row for row in range(B) if "29" in str(row) or row % 30 == 29]),
        ("", []),
    ],
)
def test_a_search_selects_what_it_finds(query, found):
    explorer = opened(selected_rows=[1])
    explorer.controls["find"].value = query or " "
    assert explorer.selected_rows == found


def test_without_texts_a_search_finds_classes():
    explorer = explore(rows(), LABELS, row=3)
    assert explorer.find("class:4") == list(range(4, B, 30))
    with pytest.raises(ValueError, match="no class is called 'dog'"):
        explorer.find("dog")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("purple", "no text has 'purple'"),
        ("class: dog", "no class is called 'dog'"),
        ("180", "selected_rows must be from 0 to 179, got 180"),
    ],
)
def test_a_search_in_vain_is_explained_and_changes_nothing(query, words):
    explorer = opened(selected_rows=[1, 2])
    explorer.controls["find"].value = query
    assert words.replace("'", "&#x27;") in said(explorer)
    assert explorer.selected_rows == [1, 2]


@pytest.mark.parametrize(
    "given",
    [
        [7, 3, 3],
        (3, 7),
        {3, 7},
        np.array([3, 7]),
        torch.tensor([7, 3]),
        pd.Series([3, 7]),
        np.isin(np.arange(B), [3, 7]),
        torch.arange(B).eq(3) | torch.arange(B).eq(7),
    ],
    ids=str,
)
def test_selected_rows_are_set_by_numbers_or_a_mask_and_taken_back(given):
    explorer = opened()
    explorer.selected_rows = given
    assert explorer.selected_rows == [3, 7]
    shown = traces(explorer.figure)
    assert shown["selected rows"].x == pytest.approx(shown["rows"].x[[3, 7]], abs=1e-6)
    explorer.undo()
    assert explorer.selected_rows == []


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ([180], ValueError, "selected_rows must be from 0 to 179, got 180"),
        ([-1], ValueError, "selected_rows must be from 0 to 179, got -1"),
        ([True, False], ValueError, "a mask of rows must have 180 entries"),
        ([1.5], TypeError, "selected_rows must be whole numbers, got 1.5"),
        ("12", TypeError, "selected_rows must be row numbers or a mask"),
        (12, TypeError, "selected_rows must be row numbers or a mask"),
    ],
)
def test_wrong_selections_are_refused_in_words(given, error, words):
    explorer = opened()
    with pytest.raises(error, match=words):
        explorer.selected_rows = given
    assert explorer.selected_rows == []


def test_a_lasso_selects_the_rows_that_lie_in_it_once_each():
    explorer = opened()
    lasso(explorer, rows=[4, 9, 33], anchor=[0], **{"rows of the anchor's class": [1]})
    assert explorer.selected_rows == [4, 9, 33]


def test_the_anchor_joins_the_selected_rows_and_leaves_them():
    explorer = opened(selected_rows=[50])
    explorer.controls["select"].click()
    assert explorer.selected_rows == [3, 50]
    explorer.controls["select"].click()
    assert explorer.selected_rows == [50]


def test_only_the_selected_rows_are_drawn_if_asked_and_it_is_said():
    explorer = opened(selected_rows=[3, 50, 9])
    explorer.controls["only"].value = True
    assert traces(explorer.figure)["rows"].customdata.tolist() == [3, 9, 50]
    assert "Drawn: the anchor, its marks, and the 3 selected rows." in explorer._words["drawn"].value
    explorer.find("")
    assert len(traces(explorer.figure)["rows"].x) == B


def test_selected_rows_are_drawn_though_they_are_not_in_the_lot(monkeypatch):
    monkeypatch.setattr(cloud_rows, "MOST_ROWS", 40)
    explorer = opened(selected_rows=range(30))
    assert len(traces(explorer.figure)["selected rows"].x) == 30
    explorer.set(only=True)
    assert traces(explorer.figure)["rows"].customdata.tolist() == list(range(30))


def test_the_selection_is_a_table():
    table = opened(selected_rows=[3, 50]).selection()
    assert table.to_dict("list") == {"row": [3, 50], "class": ["kind 3", "kind 20"], "text": [TEXTS[3], TEXTS[50]]}


def test_a_state_with_a_selection_comes_back_from_json():
    explorer = opened(selected_rows=[3, 50], only=True, colour="class", coloured=["kind 3"], listed="selected rows")
    again = opened(**json.loads(explorer.state.to_json()))
    assert again.state == explorer.state
    assert isinstance(again.state.selected_rows, tuple)


def test_a_row_without_a_text_is_named_like_the_others():
    explorer = explore(replace(opened().scene, texts=("", *TEXTS[1:])), row=0)
    assert '<div class="npair-text" title="row 0, kind 0">row 0, kind 0</div>' in explorer._words["nearest"].value


def test_rows_that_are_drawn_alone_have_no_rings():
    explorer = opened(selected_rows=range(0, B, 2), only=True)
    assert len(traces(explorer.figure)["rows"].x) == B // 2
    assert len(traces(explorer.figure)["selected rows"].x) == 0


@pytest.mark.parametrize(("selected", "opacity"), [(100, 1.0), (101, 0.4)])
def test_the_rings_of_many_rows_leave_their_colours_to_be_seen(selected, opacity):
    explorer = opened(selected_rows=range(selected))
    assert traces(explorer.figure)["selected rows"].marker.opacity == opacity
