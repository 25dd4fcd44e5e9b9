"""Lists of rows, the files made of them, and a look in the background."""

import base64
import io
import re

import pandas as pd
import pytest

from npair_viz.data import neighbours
from npair_viz.explorers.cloud import rows as cloud_rows
from npair_viz.figures.traces import traces
from npair_viz.linalg import unit_rows
from tests.support.cloud_rows import TEXTS, B, click, lines, opened, rows
from tests.support.event_loops import in_a_loop, until


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


def test_the_listed_neighbours_are_the_nearest_of_all_without_a_hole(monkeypatch):
    monkeypatch.setattr("npair_viz.explorers.cloud.lists.LINES", 20)
    explorer = opened(listed="neighbours")
    units = unit_rows(rows().double())
    cosines = units @ units[3]
    cosines[3] = -2
    wanted = cosines.argsort(descending=True, stable=True)[:20].tolist()
    assert [row for _, row in explorer.controls["lines"].options] == wanted
    assert "the 20 nearest to row 3, of all 180 rows" in explorer._words["progress"].value


def test_a_line_of_a_list_that_is_exchanged_chooses_no_line_of_the_next_one():
    explorer = opened(listed="suspects")
    explorer.suspects()
    explorer.set(tao=0.3)
    seen = explorer.controls["lines"]
    explorer.controls["listed"].value = "twins"
    seen.set_state({"index": 1})  # the page has not heard of the other list
    assert explorer.state.row == 3


def test_a_click_means_the_row_that_was_seen_though_the_picture_changes_meanwhile():
    explorer = opened()
    seen = int(traces(explorer.figure)["nearest of other classes"].customdata[1])
    explorer.set(row=41)
    explorer._picture.sheet.set_state({"clicked": {"trace": "nearest of other classes", "data": seen, "at": 0}})
    assert explorer.state.row == seen


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
    named = "neighbours_of_row_3" if listed == "neighbours" else listed.replace(" ", "_")
    assert f'download="{named}.csv"' in link
    text = base64.b64decode(re.search(r"base64,([^\"]+)", link)[1]).decode()
    table = {
        "neighbours": lambda: explorer.neighbours(k=B).head(200),
        "suspects": explorer.suspects,
        "twins": explorer.twins,
        "selected rows": explorer.selection,
    }[listed]()
    pd.testing.assert_frame_equal(pd.read_csv(io.StringIO(text)), table, check_dtype=False, check_exact=False)


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
