"""Scenes from tensors, arrays, data frames, series and lists."""

import numpy as np
import pandas
import pytest
import torch

from npair_viz import doctor
from npair_viz.data.pairs import Pairs
from npair_viz.data.scenes import from_data
from npair_viz.diagnosis.inputs import read_rows
from tests.support.four_rows import LABELS, ROWS


@pytest.mark.parametrize(
    "embeddings",
    [
        ROWS,
        tuple(map(tuple, ROWS)),
        [[1, 0], [0, 1], [1, 1], [2, 1]],
        torch.tensor(ROWS),
        torch.tensor(ROWS, dtype=torch.bfloat16),
        torch.tensor(ROWS, dtype=torch.float16),
        torch.tensor(ROWS).int(),
        torch.tensor(ROWS, requires_grad=True),
        torch.tensor(ROWS).T.contiguous().T,
        torch.tensor(ROWS).to_sparse(),
        list(torch.tensor(ROWS)),
        np.array(ROWS),
        np.array(ROWS, dtype=np.float16),
        np.array(ROWS, dtype=np.float32),
        np.array(ROWS, dtype=np.longdouble),
        np.array(ROWS, dtype=">f4"),
        np.array(ROWS, dtype=np.uint8),
        np.array(ROWS, dtype=np.uint64),
        np.array(ROWS, dtype=object),
        np.array(ROWS[::-1])[::-1],
        np.broadcast_to(np.array(ROWS), (4, 2)),
        list(np.array(ROWS)),
        [list(row) for row in np.array(ROWS, dtype=np.float32)],
    ],
)
def test_embeddings_may_be_tensors_arrays_or_lists(embeddings):
    scene = from_data(embeddings, LABELS)
    assert scene.paired().embeddings.dtype == torch.float64
    assert scene.embeddings.tolist() == ROWS
    assert not scene.embeddings.requires_grad


@pytest.mark.parametrize(
    "embeddings",
    [
        np.asfortranarray(ROWS),
        torch.tensor(ROWS).T.contiguous().T,
        pandas.DataFrame(ROWS),
        pandas.DataFrame({"x0": [row[0] for row in ROWS], "x1": [row[1] for row in ROWS]}),
    ],
)
def test_each_row_lies_in_one_piece_in_memory(embeddings):
    assert from_data(embeddings, LABELS).embeddings.is_contiguous()
    assert Pairs(embeddings, embeddings).anchors.is_contiguous()
    assert read_rows("embeddings", embeddings)[0].is_contiguous()


@pytest.mark.parametrize("kind", [torch.tensor, np.array])
def test_narrow_floats_stay_narrow_until_they_are_paired(kind):
    for dtype, kept in (("float16", "float32"), ("float32", "float32"), ("float64", "float64"), ("int16", "float64")):
        rows = kind(ROWS, dtype=getattr(torch if kind is torch.tensor else np, dtype))
        assert from_data(rows, LABELS).embeddings.dtype == getattr(torch, kept)


@pytest.mark.parametrize("place", [0, 2])
@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_nan_and_infinity_are_found_in_any_place_and_dtype(place, wrong):
    for dtype in ("float16", "float32", "float64"):
        rows = np.ones((5, 3), dtype=dtype)
        rows[3, place] = wrong
        with pytest.raises(ValueError, match="embeddings must be finite, got NaN or infinity in row 3"):
            from_data(rows, [0, 0, 1, 1, 1])


@pytest.mark.parametrize(
    "labels",
    [
        LABELS,
        tuple(LABELS),
        torch.tensor(LABELS),
        torch.tensor(LABELS, dtype=torch.uint8),
        list(torch.tensor(LABELS)),
        np.array(LABELS),
        np.array(LABELS, dtype=np.int16),
        np.array(LABELS, dtype=">i4"),
        np.array(LABELS, dtype=object),
        np.array(LABELS[::-1])[::-1],
        list(np.array(LABELS)),
    ],
)
def test_labels_may_be_tensors_arrays_or_lists_of_whole_numbers(labels):
    scene = from_data(ROWS, labels)
    assert scene.labels.dtype == torch.int64
    assert scene.labels.tolist() == LABELS


class Frame:
    """Like a data frame: its array goes by rows, its items by columns."""

    def __init__(self, rows):
        self.rows = rows

    def __array__(self):
        return np.array(self.rows)

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, column):
        return [row[column] for row in self.rows]


@pytest.mark.parametrize(
    "made", [np.array, torch.as_tensor, list, pandas.Series], ids=["numpy", "torch", "list", "pandas"]
)
def test_hashes_as_labels_are_refused_with_a_way_out_that_works(made):
    labels = made(np.array([2**63 + 1, 2**63 + 1, 5, 5], dtype="uint64"))
    with pytest.raises(ValueError, match=r"labels must lie below 2\*\*63, got 9223372036854775809: .*\[str\(one\)"):
        from_data(torch.ones(4, 2), labels)
    assert "2**63" in str(doctor(torch.eye(4), labels))
    plain = labels.tolist() if hasattr(labels, "tolist") else labels
    scene = from_data(torch.ones(4, 2), [str(one) for one in plain])
    assert scene.class_names == ("5", str(2**63 + 1))


def test_an_array_whose_items_are_columns_is_read_by_its_rows():
    assert from_data(Frame([[1.0, 2.0], [3.0, 4.0]]), [0, 0]).embeddings.tolist() == [[1.0, 2.0], [3.0, 4.0]]


def test_data_frames_are_read_by_their_rows():
    frame = pandas.DataFrame
    mixed = {"x": [1, 0, 1, 2], "y": [0.0, 1.0, 1.0, 1.0]}
    for one in (frame(ROWS), frame(ROWS, columns=["x", "y"], index=[9, 8, 7, 6]), frame(mixed)):
        assert from_data(one, LABELS).embeddings.tolist() == ROWS
    with pytest.raises(ValueError, match=r"the embeddings must be in columns of numbers, got 'x': pass frame"):
        from_data(frame({"x": list("abcd")}), LABELS)


def test_series_are_read_by_their_order():
    series = pandas.Series
    assert from_data(series(ROWS), LABELS).embeddings.tolist() == ROWS
    for one in (series(LABELS), series(LABELS, index=[10, 11, 12, 13]), series(LABELS, dtype="Int64")):
        assert from_data(ROWS, one).labels.tolist() == LABELS
    for names in (series(list("aabb")), series(list("aabb"), dtype="category")):
        assert from_data(ROWS, names).class_names == ("a", "b")


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_tensors_of_other_kinds_are_made_dense_or_refused():
    quantized = torch.quantize_per_tensor(torch.tensor(ROWS), 0.5, 0, torch.qint8)
    assert from_data(quantized, LABELS).embeddings.tolist() == ROWS
    nested = torch.nested.nested_tensor([torch.ones(2), torch.ones(3)], layout=torch.jagged)
    with pytest.raises(TypeError, match=r"embeddings must be real numbers .*, got NestedTensor of torch.float32"):
        from_data(nested, [7, 7])


def test_python_numbers_keep_all_their_digits():
    assert from_data([[0.1, 1e300], [0.2, 0.3]], [0, 0]).embeddings.tolist() == [[0.1, 1e300], [0.2, 0.3]]


def test_an_array_is_copied():
    array = np.array(ROWS)
    scene = from_data(array, LABELS)
    array[:] = 0
    assert scene.embeddings.tolist() == ROWS


def test_true_and_false_are_two_classes():
    assert from_data(ROWS, [True, True, False, False]).paired().classes == (1, 0)


def test_images_are_kept():
    pictures = np.arange(4 * 3 * 5.0).reshape(4, 3, 5)
    scene = from_data(ROWS, LABELS, images=pictures)
    assert scene.images.tolist() == pictures.tolist()
    assert scene.paired(n_classes=1).images.tolist() == pictures[:2].tolist()


def test_a_class_of_one_row_is_not_counted():
    assert from_data([[1], [2], [3]], [4, 4, 9]).n_classes == 1
