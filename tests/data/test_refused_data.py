"""Data that make no scene are refused in words."""

import datetime
import math
import re

import numpy as np
import pandas
import pyarrow
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from npair_viz.data.scenes import from_data
from tests.support.four_rows import LABELS, ROWS


@pytest.mark.parametrize(
    ("bad", "where"),
    [([2], "row 2"), ([0, 3], "rows 0, 3"), (range(1, 8), "rows 1, 2, 3, 4, 5 and 2 more")],
)
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_embeddings_that_are_not_finite_are_refused_with_their_row_numbers(bad, where, value):
    rows = torch.ones(9, 3)
    rows[list(bad), 1] = value
    message = f"embeddings must be finite, got NaN or infinity in {where}: leave such rows out or mend the encoder"
    with pytest.raises(ValueError, match=message):
        from_data(rows, [0] * 9)


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((), r"embeddings must have shape \(rows, d\), got \(\): one embedding a row, .*\[\[1\], \[2\]\]"),
        ((4,), r"embeddings must have shape \(rows, d\), got \(4,\): one embedding a row, .*\[\[1\], \[2\]\]"),
        (
            (4, 2, 3),
            r"got \(4, 2, 3\): .* embeddings.reshape\(-1, 3\) with numpy.repeat\(labels, 2\) .* anchors=emb.*; a",
        ),
        ((4, 2, 3, 3), r"got \(4, 2, 3, 3\): .* a picture a row by embeddings.reshape\(len\(embeddings\), -1\)"),
        ((0, 3), r"embeddings must hold numbers, got none in shape \(0, 3\): was the batch empty\?"),
        ((4, 0), r"embeddings must hold numbers, got none in shape \(4, 0\): was the batch empty\?"),
    ],
)
@pytest.mark.parametrize("make", [torch.ones, np.ones])
def test_embeddings_of_another_shape_are_refused(make, shape, message):
    with pytest.raises(ValueError, match=message):
        from_data(make(shape), LABELS)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([1, 1, 1], "labels must have one entry a row of embeddings, 4 in all, got 3"),
        ([], "labels must have one entry a row of embeddings, 4 in all, got 0"),
        (np.array([[1], [1], [2], [2]]), r"labels must have shape \(rows,\), got \(4, 1\): .*labels.flatten\(\)"),
        (
            np.eye(4),
            r"labels must have shape \(rows,\), got \(4, 4\): .* out of one column a class by labels.argmax\(1\)",
        ),
        (
            torch.eye(4),
            r"labels must have shape \(rows,\), got \(4, 4\): .* out of one column a class by labels.argmax",
        ),
        ([[1], [1], [2], [2]], r"labels must be a whole number or a word .*, got \[1\] in row 0"),
        (range(4), "no class has two"),
    ],
)
def test_labels_of_another_shape_are_refused(labels, message):
    if message == "no class has two":
        message = r"a pair needs two rows of one class, and each of the 4 rows has a class of its own: bring more"
    with pytest.raises(ValueError, match=message):
        from_data(ROWS, labels)


@pytest.mark.parametrize("labels", ["aabb", 3, {"a": 1}, iter("aabb")])
def test_labels_that_are_no_list_are_refused(labels):
    message = rf"labels must be a whole number or a word a row, got {type(labels).__name__}: use a list"
    with pytest.raises(TypeError, match=message):
        from_data(ROWS, labels)


def test_rows_without_labels_are_refused():
    with pytest.raises(TypeError, match=r"embeddings need their labels: .* got list alone"):
        from_data(ROWS, None)


@pytest.mark.parametrize(
    ("labels", "row"),
    [
        ([1, 1, 2.5, 2], 2),
        ([1.0, math.nan, 2.0, 2.0], 1),
        ([1, 1, None, 2], 2),
        (["a", "a", None, "b"], 2),
        (["a", "a", 3, "b"], 2),
        (["a", "a", "", "b"], 2),
        (np.array([1.0, 1.0, 2.0, math.nan], dtype="float32"), 3),
        (list(np.array([1.0, 1.0, math.nan, 2.0], dtype="float32")), 2),
        (torch.tensor([1.0, 1.0, math.nan, 2.0]), 2),
        (np.ma.masked_array([1, 1, 2, 2], [0, 0, 0, 1]), 3),
        (pandas.Series([1, 1, None, 2], dtype="Int64"), 2),
        (pandas.Series(["a", "a", None, "b"], dtype="category"), 2),
        (pyarrow.array([1, 1, None, 2]), 2),
        (pyarrow.array(["a", "a", None, "b"]).dictionary_encode(), 2),
    ],
)
def test_a_label_that_is_none_is_named_by_its_row_and_leaving_it_out_helps(labels, row):
    with pytest.raises(ValueError, match=rf"labels must be a whole number or a word .* in row {row}: .*leave it out"):
        from_data(ROWS, labels)
    kept = [one for one in range(4) if one != row]
    if row:
        entries = labels.tolist() if hasattr(labels, "tolist") else labels
        rest = from_data([ROWS[one] for one in kept], [entries[one] for one in kept])
        assert rest.n_classes >= 1


@pytest.mark.parametrize(
    "labels",
    [
        [1 + 0j, 2 + 0j, 1 + 0j, 2 + 0j],
        [datetime.date(2026, 1, day) for day in (1, 2, 1, 2)],
        pandas.Series(pandas.to_datetime(["2026-01-01", "2026-01-02"] * 2)),
        pandas.Series(pandas.period_range("2026", periods=2, freq="Y").repeat(2)),
        pandas.cut(pandas.Series([1.0, 2.0, 1.0, 2.0]), 2),
        np.array(["2026-01-01", "2026-01-02"] * 2, dtype="datetime64[D]"),
        [10**30, 10**31] * 2,
    ],
    ids=["complex", "dates", "timestamps", "periods", "intervals", "numpy dates", "huge numbers"],
)
def test_labels_of_another_kind_are_words_once_the_mend_is_followed(labels):
    with pytest.raises((ValueError, TypeError), match="str") as refused:
        from_data(ROWS, labels)
    (mend,) = re.findall(r"labels\.astype\(str\)|\[str\(one\) for one in labels(?:\.tolist\(\))?\]", str(refused.value))
    followed = eval(mend, {"labels": labels})
    assert from_data(ROWS, followed).n_classes == 2


@pytest.mark.parametrize(
    ("embeddings", "got"),
    [
        (None, "NoneType"),
        ("abc", "str"),
        ([["a", "b"]] * 4, "list"),
        ([[1], [1, 2], [3], [4]], "list"),
        ([torch.ones(2), torch.ones(3)], "list"),
        ([[10**400, 1]] * 4, "list"),
        ([[None, 1]] * 4, "list"),
        ((row for row in ROWS), "generator"),
        (np.array([["a"]] * 4), "ndarray of <U1"),
        (np.array([[1 + 2j]] * 4), "ndarray of complex128"),
        (np.array([["2020-01-01"]] * 4, dtype="datetime64[D]"), r"ndarray of datetime64\[D\]"),
        (np.array([[1], [1, 2], [3], [4]], dtype=object), "ndarray of object"),
        (torch.ones(4, 2, device="meta"), "Tensor of torch.float32"),
    ],
)
def test_embeddings_that_are_no_numbers_are_refused(embeddings, got):
    message = f"embeddings must be real numbers as a tensor, an array or a list of rows, got {got}: all rows must be"
    with pytest.raises(TypeError, match=message):
        from_data(embeddings, LABELS)


def test_complex_tensors_are_refused():
    with pytest.raises(TypeError, match=r"must be real numbers, got torch.complex64: use embeddings.abs\(\)"):
        from_data(torch.ones(4, 2, dtype=torch.complex64), LABELS)


@pytest.mark.parametrize(
    ("images", "error", "message"),
    [
        (
            torch.ones(3, 8, 8),
            ValueError,
            r"images must have shape \(4, h, w\), got \(3, 8, 8\): one grey picture",
        ),
        (torch.ones(4, 64), ValueError, r"images must have shape \(4, h, w\), got \(4, 64\)"),
        ("cat.png", TypeError, "images must be a tensor, an array or a list of pictures, got str"),
    ],
)
def test_pictures_that_do_not_fit_are_refused(images, error, message):
    with pytest.raises(error, match=message):
        from_data(ROWS, LABELS, images=images)


class Unreadable:
    """It has the methods of an array and of a sequence, and all of them raise."""

    ndim = 2

    def __array__(self):
        raise ZeroDivisionError

    def __len__(self):
        raise KeyError("no length")

    def __getitem__(self, key):
        raise OSError("no item")


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.complex_numbers() | st.text(max_size=3)
NESTED = st.recursive(
    SCALARS | st.binary(max_size=3) | st.just(Unreadable()),
    lambda inner: st.lists(inner, max_size=4) | st.tuples(inner, inner) | st.dictionaries(st.text(max_size=1), inner),
    max_leaves=9,
)
KINDS = ["bool", "int8", "uint64", "float16", "float64", ">f8", "complex64", "object", "U2", "S1", "datetime64[s]"]
SHAPES = arrays.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4)
ARRAYS = st.sampled_from(KINDS).flatmap(lambda kind: arrays.arrays(kind, SHAPES))


@given(st.one_of(NESTED, ARRAYS, ARRAYS.filter(np.ndim).map(list)), st.one_of(NESTED, ARRAYS))
@settings(max_examples=300)
@example(Unreadable(), LABELS)
@example(ROWS, Unreadable())
@example([Unreadable()] * 4, LABELS)
def test_any_data_give_a_scene_or_an_error_in_words(embeddings, labels):
    for rows, classes in ((embeddings, labels), (embeddings, LABELS), (ROWS, labels)):
        try:
            scene = from_data(rows, classes)
        except (ValueError, TypeError) as error:
            assert str(error).startswith(("embeddings must", "embeddings need", "labels must", "a pair needs"))  # noqa: PT017  # it may raise, and need not
        else:
            assert scene.embeddings.isfinite().all()
            assert scene.paired().n >= 1
