"""Frames and files with numbers beside the embeddings: which columns are taken, and how labels are named there."""

import re

import pandas
import pyarrow
import pytest

from npair_viz import doctor, load
from npair_viz.data.own_data import as_scene_or_pairs
from npair_viz.data.scenes import from_data
from tests.support.four_rows import LABELS, ROWS

WORDS = ["dog", "cat", "cat", "dog"]


@pytest.fixture(params=["pandas", "pyarrow", "polars"])
def frame(request):
    if request.param == "polars":
        return pytest.importorskip("polars").DataFrame
    return {"pandas": pandas.DataFrame, "pyarrow": pyarrow.table}[request.param]


def wide(count=5):
    return {f"x{k}": [float(k + row) for row in range(4)] for k in range(count)}


@pytest.mark.parametrize("more", [["n_chars"], ["n_chars", "ok"], ["year", "prediction"]], ids=len)
def test_numbers_that_are_not_of_the_numbered_columns_are_left_out_and_it_is_said(frame, more):
    columns = {more[0]: [7, 300, 12, 4], **wide(), **{one: [1, 0, 1, 1] for one in more[1:]}, "label": LABELS}
    with pytest.warns(UserWarning, match=rf"embeddings are x0 … x4; left out: '{more[0]}'.*embeddings_in="):
        scene = from_data(frame(columns))
    assert scene.embeddings.T.tolist() == list(wide().values())


def test_numbered_columns_beside_as_many_others_are_taken_with_them_and_it_is_asked(frame):
    columns = {**wide(4), "weight": [1.0] * 4, "size": [2.0] * 4, "price": [3.0] * 4, "label": LABELS}
    with pytest.warns(UserWarning, match="all columns of numbers, x0 … x3 and 'weight', 'size', 'price'"):
        assert from_data(frame(columns)).dimension == 7


def test_names_that_no_number_ends_are_all_taken_without_a_word(frame, recwarn):
    columns = {"width": [1.0, 2, 3, 4], "height": [2.0, 1, 4, 3], "label": LABELS}
    assert from_data(frame(columns)).dimension == 2
    assert not recwarn.list


def test_of_a_file_too_the_numbered_columns_are_taken_or_those_that_are_named(tmp_path):
    path = tmp_path / "rows.csv"
    pandas.DataFrame({"n_chars": [7, 300, 12, 4], **wide(), "label": LABELS}).to_csv(path, index=False)
    with pytest.warns(UserWarning, match="left out: 'n_chars'"):
        assert load(path).dimension == 5
    assert load(path, embeddings_in=["n_chars", "x0"]).dimension == 2


@pytest.mark.parametrize("name", ["section", 64, ("meta", "section")], ids=["word", "number", "tuple"])
def test_a_frame_without_known_labels_says_which_columns_may_be_them_and_their_name_works(name):
    columns = {**dict(enumerate(wide().values())), name: WORDS}
    table = pandas.DataFrame({(one,): column for one, column in columns.items()})
    table.columns = pandas.Index([*columns], tupleize_cols=False)
    with pytest.raises(TypeError, match=rf"pass the name of their column, one of {re.escape(repr(name))}, "):
        from_data(table)
    with pytest.raises(TypeError, match=re.escape(repr(name))):
        as_scene_or_pairs(table)
    assert re.search(rf"doctor|column.*{re.escape(repr(name))}", doctor(table).findings[0].advice)
    scene = from_data(table, name)
    assert (scene.class_names, scene.dimension) == (("cat", "dog"), 5)


def test_rows_in_a_tuple_with_their_labels_are_told_how_to_be_passed():
    with pytest.raises(TypeError, match=r"pass both, explore\(embeddings, labels\)"):
        as_scene_or_pairs((ROWS, LABELS))
