"""Data frames of pandas, polars and pyarrow: which of their columns are embeddings, labels, texts or towers."""

import tracemalloc

import numpy as np
import pandas
import pyarrow
import pytest
import torch
from pyarrow import feather, parquet

from npair_viz import load
from npair_viz.data.contents import contents_of
from npair_viz.data.own_data import as_scene_or_pairs
from npair_viz.data.pairs import Pairs
from npair_viz.data.scenes import from_data
from npair_viz.diagnosis.inputs import read_rows
from tests.support.four_rows import LABELS, ROWS

WORDS = ["dog", "cat", "cat", "dog"]
NUMBERED = [1, 0, 0, 1]
TEXTS = ["a dog", "a cat", "two cats", "two dogs"]
COLUMNS = {"x0": [row[0] for row in ROWS], "x1": [row[1] for row in ROWS]}


def polars_frame(columns):
    return pytest.importorskip("polars").DataFrame(columns)


KINDS = {"pandas": pandas.DataFrame, "pyarrow": pyarrow.table, "polars": polars_frame}


@pytest.fixture(params=KINDS)
def frame(request):
    return KINDS[request.param]


@pytest.mark.parametrize("name", ["label", "labels", "Target", " label ", "class", "y", "category", "species"])
def test_a_frames_own_labels_are_taken_and_are_no_embeddings(frame, name):
    for labels in (WORDS, LABELS):
        scene = from_data(frame({**COLUMNS, name: labels}))
        assert scene.embeddings.tolist() == ROWS
        assert scene.labels.tolist() == (NUMBERED if labels is WORDS else LABELS)


@pytest.mark.parametrize("name", ["label", "target", "y"])
def test_known_labels_do_not_leak_where_others_are_given(frame, name):
    assert from_data(frame({**COLUMNS, name: [9, 8, 8, 9]}), LABELS).embeddings.tolist() == ROWS


def test_a_column_that_is_given_as_the_labels_is_no_embedding(frame):
    table = frame({**COLUMNS, "cluster": LABELS})
    assert from_data(table, "cluster").embeddings.tolist() == ROWS
    assert from_data(table, "cluster").labels.tolist() == LABELS


def test_a_series_of_a_frame_is_no_embedding_of_it():
    for kind in ("pandas", "polars"):
        table = KINDS[kind]({**COLUMNS, "cluster": LABELS})
        scene = from_data(table, table["cluster"])
        assert (scene.embeddings.tolist(), scene.labels.tolist()) == (ROWS, LABELS)


def test_y_beside_x_is_a_coordinate(frame):
    columns = {"x": COLUMNS["x0"], "y": COLUMNS["x1"]}
    assert from_data(frame(columns), LABELS).embeddings.tolist() == ROWS
    assert from_data(frame({**columns, "category": WORDS})).class_names == ("cat", "dog")


@pytest.mark.parametrize("name", ["embedding", "emb", "mean of the last layer"])
def test_the_only_column_of_lists_is_the_embeddings_whatever_its_name(frame, name):
    scene = from_data(frame({"price": [1.0, 2, 3, 4], name: ROWS, "label": WORDS}))
    assert (scene.embeddings.tolist(), scene.class_names) == (ROWS, ("cat", "dog"))


def test_other_columns_of_lists_do_not_spoil_a_frame(frame):
    tokens, tags = [[1], [1, 2], [], [3]], [["a"], ["b", "c"], [], ["d"]]
    scene = from_data(frame({"tokens": tokens, "emb": ROWS, "tags": tags, "label": WORDS}))
    assert scene.embeddings.tolist() == ROWS
    scene = from_data(frame({**COLUMNS, "tags": tags, "label": WORDS}))
    assert scene.embeddings.tolist() == ROWS


def test_two_columns_of_lists_are_asked_about(frame):
    with pytest.raises(ValueError, match=r"in one column of lists, got 'one', 'other': pass frame\[columns\] alone"):
        from_data(frame({"one": ROWS, "other": ROWS, "label": WORDS}))
    assert from_data(frame({"one": ROWS, "label": WORDS})).embeddings.tolist() == ROWS


def test_a_column_of_arrays_is_the_embeddings():
    for cells in (list(np.array(ROWS, dtype="float32")), list(torch.tensor(ROWS))):
        scene = from_data(pandas.DataFrame({"emb": cells, "label": WORDS}))
        assert (scene.embeddings.tolist(), scene.embeddings.dtype) == (ROWS, torch.float32)
    assert from_data(pandas.Series(list(np.array(ROWS))), LABELS).embeddings.tolist() == ROWS


def test_a_column_of_text_is_text(frame):
    scene = from_data(frame({**COLUMNS, "label": WORDS, "note": TEXTS}))
    assert (scene.embeddings.tolist(), scene.texts) == (ROWS, tuple(TEXTS))


def test_of_several_columns_of_words_the_texts_have_a_usual_name_or_are_the_longest(frame):
    codes = ["p", "q", "r", "s"]
    assert from_data(frame({**COLUMNS, "label": WORDS, "long": TEXTS, "title": codes})).texts == tuple(codes)
    assert from_data(frame({**COLUMNS, "label": WORDS, "code": codes, "note": TEXTS})).texts == tuple(TEXTS)


def test_dates_and_categories_are_no_embeddings():
    dates = pandas.to_datetime(["2020-01-01", "2020-01-02", "2020-01-03", "2020-01-04"])
    kinds = pandas.Categorical([1, 2, 3, 1])
    assert from_data(pandas.DataFrame({**COLUMNS, "on": dates, "kind": kinds}), LABELS).embeddings.tolist() == ROWS


@pytest.mark.parametrize("dtype", ["Float64", "Int64", "float32", "object"])
def test_numbers_of_every_dtype_are_read(dtype):
    table = pandas.DataFrame(COLUMNS).astype(dtype)
    assert from_data(table, LABELS).embeddings.tolist() == ROWS


@pytest.mark.parametrize("dtype", ["float64", "Float64", "double[pyarrow]"])
def test_a_large_frame_is_copied_once(dtype):
    frame = pandas.DataFrame(np.ones((100_000, 32))).astype(dtype).rename(columns=str)
    frame = frame.assign(label="a", text="a text")
    tracemalloc.start()
    embeddings = from_data(frame).embeddings
    size, peak = embeddings.nbytes, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1.6 * size


@pytest.mark.parametrize("rows", [3, 2**14 + 1])
def test_columns_of_several_kinds_keep_their_places_and_their_missing_numbers(rows):
    numbers = np.arange(rows, dtype="float64")
    columns = {
        "integers": numbers.astype("int16"),
        "words": pandas.Series([str(one) for one in numbers[:-1]] + [None], dtype="object"),
        "nullable": pandas.Series([*numbers[:-1].tolist(), None], dtype="Float64"),
        "booleans": numbers % 2 == 1,
        "halves": numbers.astype("float32"),
        "arrow": pandas.Series(numbers, dtype="int64[pyarrow]"),
        "sparse": pandas.arrays.SparseArray(numbers),
    }
    found = torch.as_tensor(contents_of(pandas.DataFrame(columns)).rows)
    assert found[:-1].tolist() == np.column_stack([numbers] * 3 + [numbers % 2] + [numbers] * 3)[:-1].tolist()
    assert found[-1].isnan().tolist() == [False, True, True, False, False, False, False]


@pytest.mark.parametrize("as_given", [pandas.DataFrame, np.asarray])
def test_the_largest_whole_numbers_keep_their_sign(as_given):
    given = as_given(np.array([[2**63], [2**63], [1], [2]], dtype="uint64"))
    expected = [2.0**63, 2.0**63, 1, 2]
    assert from_data(given, LABELS).embeddings.flatten().tolist() == expected
    rows, findings = read_rows("embeddings", given)
    assert (rows.flatten().tolist(), findings[0].detail) == (expected, "They are torch.uint64.")


def test_a_missing_number_is_named_by_its_row():
    for dtype in ("Float64", "float64"):
        table = pandas.DataFrame({"x0": [1.0, None, 2.0, 3.0], "x1": [1.0, 2, 3, 4]}).astype(dtype)
        with pytest.raises(ValueError, match="embeddings must be finite, got NaN or infinity in row 1"):
            from_data(table, LABELS)
        scene = from_data(table.dropna(), [7, 5, 5])
        assert len(scene.embeddings) == 3


def test_a_broken_cell_is_named_and_its_column_is_not_taken_for_text():
    table = pandas.DataFrame({"x0": ["1.5", "2,5 EUR", "3", "4"], "x1": [1.0, 2, 3, 4]})
    with pytest.raises(ValueError, match="column 'x0' must hold finite numbers, got '2,5 EUR' in row 1: mend the cell"):
        from_data(table, LABELS)


@pytest.mark.parametrize("names", [("image_emb", "text_emb"), ("queries", "documents"), ("Anchor", "Positive")])
def test_two_columns_of_partners_are_pairs(frame, names):
    sides = dict(zip(names, (ROWS, ROWS[::-1]), strict=True))
    pairs = as_scene_or_pairs(frame({"id": [1, 2, 3, 4], **sides}))
    assert isinstance(pairs, Pairs)
    assert (pairs.anchors.tolist(), pairs.positives.tolist()) == (ROWS, ROWS[::-1])
    assert pairs.labels is None
    assert as_scene_or_pairs(frame({**sides, "label": WORDS})).class_names == ("cat", "dog")


def test_pairs_of_a_frame_keep_their_texts(frame):
    table = frame({"query_emb": ROWS, "document_emb": ROWS, "query_text": WORDS, "document_text": TEXTS})
    assert as_scene_or_pairs(table).texts == (tuple(WORDS), tuple(TEXTS))


def test_a_frame_that_names_no_labels_says_so(frame):
    with pytest.raises(TypeError, match="embeddings need their labels"):
        from_data(frame(COLUMNS))


def test_a_frame_as_labels_says_which_column_to_take_and_that_works():
    table = pandas.DataFrame({"kind": WORDS})
    with pytest.raises(ValueError, match=r"labels must have shape .* a column of it by labels.iloc\[:, 0\]"):
        from_data(ROWS, table)
    assert from_data(ROWS, table.iloc[:, 0]).class_names == ("cat", "dog")


def test_columns_of_one_name_are_refused_and_the_mend_works():
    table = pandas.concat([pandas.DataFrame(COLUMNS)] * 2, axis=1)
    table["label"] = LABELS
    with pytest.raises(ValueError, match=r"got twice 'x0', 'x1': frame.columns = ") as refused:
        from_data(table)
    exec(str(refused.value).split(": ", 1)[1], {"frame": table})
    assert list(table.columns) == ["x0", "x1", "x0.2", "x1.3", "label"]
    scene = from_data(table)
    assert (scene.embeddings.tolist(), scene.labels.tolist()) == ([row * 2 for row in ROWS], LABELS)


def test_columns_of_one_name_of_a_pyarrow_table_are_refused():
    table = pyarrow.table([*COLUMNS.values()], names=["x0", "x0"])
    with pytest.raises(ValueError, match=r"got twice 'x0': table.rename_columns\(names\)"):
        from_data(table, LABELS)
    assert from_data(table.rename_columns(["x0", "x1"]), LABELS).embeddings.tolist() == ROWS


@pytest.mark.parametrize("name", ["a.parquet", "a.feather"])
def test_columns_of_one_name_of_a_file_are_refused(tmp_path, name):
    save = {"a.parquet": parquet.write_table, "a.feather": feather.write_feather}[name]
    table = pyarrow.table([*COLUMNS.values(), LABELS], names=["x0", "x0", "label"])
    save(table, tmp_path / name)
    with pytest.raises(ValueError, match=rf"^{name}: .* got twice 'x0': table.rename_columns\(names\)"):
        load(tmp_path / name)
    save(table.rename_columns(["x0", "x1", "label"]), tmp_path / name)
    assert load(tmp_path / name).embeddings.tolist() == ROWS


def test_lists_of_tokens_beside_columns_of_numbers_are_no_embeddings(frame):
    table = frame({"tokens": [[1], [1, 2], [3], [3]], **COLUMNS, "label": WORDS})
    assert from_data(table).embeddings.tolist() == ROWS


def test_a_short_embedding_is_not_passed_over(frame):
    with pytest.raises(ValueError, match="column 'emb' must hold lists of one length, got lengths 1, 2"):
        from_data(frame({"emb": [[1.0], *ROWS[1:]], "price": [1.0, 2, 3, 4], "label": WORDS}))


def test_complex_numbers_of_a_frame_do_not_lose_a_part():
    with pytest.raises(ValueError, match="column 'x1' must hold real numbers, got complex128"):
        from_data(pandas.DataFrame({**COLUMNS, "x1": [1j] * 4}), LABELS)


def test_a_column_that_is_not_there_is_answered_with_those_that_are(frame):
    with pytest.raises(
        ValueError, match="the labels must be in 'sort', got 'x0', 'x1', 'kind': pass its name as the labels"
    ):
        from_data(frame({**COLUMNS, "kind": WORDS}), "sort")


def test_labels_of_the_name_of_a_column_but_with_other_values_leave_the_column():
    scene = from_data(pandas.DataFrame(COLUMNS), pandas.Series(LABELS, name="x1"))
    assert scene.embeddings.tolist() == ROWS
