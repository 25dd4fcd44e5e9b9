"""A cloud that is worked with: search, selection, filter, colours, lists, files, and a look in the background."""

import base64
import io
import json
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch

from npair_viz import explore, scenes
from npair_viz.data import neighbours
from npair_viz.explorers.cloud import rows as cloud_rows
from npair_viz.figures.traces import traces
from npair_viz.geometry.candidates import line_up
from npair_viz.geometry.look import CLASS_COLOURS
from tests.explorers.cloud.test_explorer import LABELS, click, rows
from tests.support.event_loops import in_a_loop, until
from tests.support.explorer_handles import said

B = len(LABELS)
WORDS = tuple(f"kind {k}" for k in range(30))
TEXTS = tuple(f"Number {row} of <kind> {row % 30}{' is Blue' if row % 5 == 0 else ''}" for row in range(B))


def opened(**settings):
    scene = replace(scenes.from_data(rows(), LABELS, class_names=WORDS), texts=TEXTS)
    return explore(scene, **{"row": 3, **settings})


def lasso(explorer, **marks):
    """What the page sends for a lasso around some marks, by the names of their traces."""
    named = {name.replace("_", " "): places for name, places in marks.items()}
    explorer._picture.sheet.set_state({"selected": {"marks": named, "at": 0}})


def lines(explorer):
    return [line for line, _ in explorer.controls["lines"].options]


# --- texts


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


# --- search and selection


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
    assert "Drawn: 3 selected rows alone." in explorer._words["drawn"].value
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


# --- colours


def coloured(explorer):
    trace = traces(explorer.figure)["coloured rows"]
    return dict(zip(trace.customdata.tolist(), np.asarray(trace.marker.color).tolist(), strict=True))


def test_the_largest_classes_have_a_colour_and_the_others_are_grey():
    labels = torch.cat([torch.zeros(60), torch.ones(50), torch.arange(70) // 10 + 2]).long()
    explorer = explore(rows(), labels, row=3, colour="class")
    assert set(coloured(explorer)) == set(range(140))
    legend = explorer._words["legend"].value
    assert [colour in legend for colour in CLASS_COLOURS] == [True] * 5
    assert "40 others grey" in legend


def test_classes_are_coloured_by_choice():
    explorer = opened(colour="class", coloured=("kind 7", "kind 2"))
    assert coloured(explorer) == {row: float(row % 30 == 2) for row in range(B) if row % 30 in (2, 7)}


@pytest.mark.parametrize("objective", ["mc", "ovo"])
def test_rows_are_coloured_by_their_own_loss_in_the_batch(objective):
    explorer = opened(colour="own loss", objective=objective, n_classes=7, tao=0.2)
    batch, found = explorer._embeddings.batch(explorer.state), coloured(explorer)
    for row in range(0, B, 11):
        assert found[row] == pytest.approx(line_up(batch, row, tao=0.2, objective=objective).loss, rel=1e-4)


def test_rows_are_coloured_by_what_their_neighbours_say():
    explorer = opened(colour="disagreement")
    looked = explorer._embeddings.look()
    assert coloured(explorer) == pytest.approx(dict(enumerate(looked.disagreement.tolist())))


def test_rows_that_were_not_looked_at_stay_grey(monkeypatch):
    monkeypatch.setattr(cloud_rows, "ALL_LOOKED", 179)
    monkeypatch.setattr(cloud_rows, "SAMPLE", 60)
    explorer = opened(colour="disagreement")
    assert len(coloured(explorer)) == 60
    assert "120 unknown, grey" in explorer._words["legend"].value


def test_rows_are_coloured_by_any_column():
    explorer = opened()
    explorer.columns = pd.DataFrame({"year": np.arange(B) + 0.5, "place": ["here", "<there>"] * (B // 2)})
    explorer.controls["colour"].value = "year"
    assert coloured(explorer) == pytest.approx({row: row + 0.5 for row in range(B)})
    assert "0.500" in explorer._words["legend"].value
    explorer.set(colour="place")
    assert set(coloured(explorer).values()) == {0.0, 1.0}
    assert "&lt;there&gt;" in explorer._words["legend"].value


def test_holes_in_a_column_stay_grey():
    explorer = opened()
    explorer.columns = {"year": [float("nan"), None, *range(B - 2)]}
    explorer.set(colour="year")
    assert set(coloured(explorer)) == set(range(2, B))


def test_columns_come_with_the_rows_and_go_with_no_scene_of_pairs():
    explorer = opened(columns={"year": list(range(B))}, colour="year")
    assert list(explorer.columns) == ["year"]
    with pytest.raises(TypeError, match="columns go with a cloud"):
        explore("tidy", columns={"year": [1]})


@pytest.mark.parametrize(
    ("columns", "error", "words"),
    [
        ({"year": [1]}, ValueError, "the column 'year' must have one entry a row, 180 in all, got 1"),
        ({"class": [1] * B}, ValueError, "the column 'class' is called like a colouring"),
        ([1] * B, TypeError, "columns must be a data frame"),
    ],
)
def test_wrong_columns_are_refused_in_words(columns, error, words):
    explorer = opened()
    with pytest.raises(error, match=words):
        explorer.columns = columns


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"colour": "year"}, "colour must be one of roles, class, own loss, disagreement, got 'year'"),
        ({"coloured": ("dog",)}, "no class is called 'dog'"),
        ({"coloured": WORDS[:6]}, "at most 5 classes have a colour of their own, got 6"),
        ({"hand": "grab"}, "hand must be one of"),
        ({"listed": "all"}, "listed must be one of"),
    ],
)
def test_wrong_looks_are_refused_in_words(given, words):
    with pytest.raises(ValueError, match=words):
        opened().set(**given)


def test_losses_that_would_take_minutes_are_refused_in_words(monkeypatch):
    monkeypatch.setattr(cloud_rows, "MOST_PRODUCTS", 1000)
    explorer = opened()
    explorer.controls["colour"].value = "own loss"
    assert "take too long: set n_classes=1000" in said(explorer)
    assert explorer.controls["colour"].value == explorer.state.colour == "roles"


# --- lists


def test_a_list_is_chosen_from_and_leads_to_its_row():
    explorer = opened()
    explorer.controls["listed"].value = "suspects"
    wanted = explorer.suspects()["row"].tolist()
    assert [row for _, row in explorer.controls["lines"].options] == wanted
    assert lines(explorer)[0].startswith("+") or lines(explorer)[0].startswith("-")
    assert TEXTS[wanted[0]] in lines(explorer)[0]
    explorer.controls["lines"].value = wanted[4]
    assert explorer.state.row == wanted[4]
    assert explorer.controls["lines"].value == wanted[4]


def test_a_list_on_the_page_is_short_and_says_how_long_it_is(monkeypatch):
    monkeypatch.setattr("npair_viz.explorers.cloud.lists.LINES", 20)
    monkeypatch.setattr("npair_viz.explorers.cloud.board.LINES", 20)
    explorer = opened(listed="suspects")
    explorer.suspects()
    explorer.set(row=4)
    assert len(lines(explorer)) == 20
    assert "the first 20 of 180 rows; looked at all 180 rows" in explorer._words["progress"].value


def test_neighbours_are_listed_with_the_anchor():
    explorer = opened(listed="neighbours")
    first = explorer.neighbours()["row"].iloc[0]
    assert explorer.controls["lines"].options[0][1] == first
    click(explorer, "rows", 41)
    assert explorer.controls["lines"].options[0][1] == explorer.neighbours(41)["row"].iloc[0]


def test_which_list_is_open_and_what_a_drag_does_are_not_undone():
    explorer = opened()
    explorer.set(tao=0.3)
    explorer.set(listed="neighbours", hand="lasso")
    explorer.undo()
    assert (explorer.state.tao, explorer.state.listed, explorer.state.hand) == (0.1, "neighbours", "lasso")


@pytest.mark.parametrize("listed", ["neighbours", "suspects", "twins", "selected rows"])
def test_each_list_is_a_file_to_keep(listed):
    explorer = opened(selected_rows=[3, 50])
    explorer.controls["listed"].value = listed
    explorer.controls["csv"].click()
    link = explorer._words["progress"].value
    assert f'download="{listed.replace(" ", "_")}.csv"' in link
    text = base64.b64decode(re.search(r"base64,([^\"]+)", link)[1]).decode()
    table = {
        "neighbours": lambda: explorer.neighbours(k=100),
        "suspects": explorer.suspects,
        "twins": explorer.twins,
        "selected rows": explorer.selection,
    }[listed]()
    pd.testing.assert_frame_equal(pd.read_csv(io.StringIO(text)), table, check_dtype=False, check_exact=False)


# --- a look in the background


def test_a_look_goes_on_in_the_background_tells_how_far_it_is_and_can_be_cancelled(monkeypatch):
    monkeypatch.setattr(neighbours, "ENTRIES", B)  # a row a block
    explorer = opened()
    told = []
    explorer._words["progress"].observe(lambda change: told.append(change.new), "value")

    async def go():
        explorer.controls["listed"].value = "suspects"
        await until(lambda: any("20 of 180 rows, about" in words for words in told))
        assert explorer.controls["look"].description == "cancel"
        explorer.set(tao=0.3)  # the kernel answers meanwhile
        explorer.controls["look"].click()
        assert explorer.controls["look"].description == "look"
        assert explorer._embeddings.looked is None
        explorer.controls["look"].click()
        await until(lambda: explorer.controls["look"].description == "look")

    in_a_loop(go)
    assert len(lines(explorer)) == B
    assert "looked at all 180 rows" in explorer._words["progress"].value


def test_of_many_rows_all_are_looked_at_by_a_button(monkeypatch):
    monkeypatch.setattr(cloud_rows, "ALL_LOOKED", 179)
    monkeypatch.setattr(cloud_rows, "SAMPLE", 60)
    monkeypatch.setattr("npair_viz.explorers.cloud.board.ALL_LOOKED", 179)
    explorer = opened()
    explorer.controls["listed"].value = "suspects"
    assert "looked at 60 of 180 rows, by lot, each against all" in explorer._words["progress"].value
    assert explorer.controls["every"].layout.display == ""
    explorer.controls["every"].click()
    assert "looked at all 180 rows" in explorer._words["progress"].value


def test_a_closed_explorer_ends_its_look(monkeypatch):
    monkeypatch.setattr(neighbours, "ENTRIES", B)
    explorer = opened()

    async def go():
        explorer.controls["listed"].value = "suspects"
        await until(lambda: explorer._looking.is_running)
        explorer.close()

    in_a_loop(go)
    assert not explorer._looking.is_running
