"""A cloud coloured by class, loss, disagreement and columns."""

import numpy as np
import pandas as pd
import pytest
import torch

from npair_viz import explore
from npair_viz.explorers.cloud import rows as cloud_rows
from npair_viz.figures.traces import traces
from npair_viz.geometry.candidates import line_up
from npair_viz.geometry.look import CLASS_COLOURS
from tests.support.cloud_rows import WORDS, B, opened, rows
from tests.support.explorer_handles import said


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
