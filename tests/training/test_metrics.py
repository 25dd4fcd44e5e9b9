import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from npair_viz import Pairs, recall_at_k
from npair_viz.data.scenes import named
from npair_viz.training import metrics


def rows_and_labels(b, d, classes, seed=0):
    generator = torch.Generator().manual_seed(100 * b + seed)
    rows = torch.randn(b, d, generator=generator, dtype=torch.float64)
    return rows, torch.randint(classes, (b,), generator=generator)


def loop_recall(rows, labels, k):
    """One row after the other, and one neighbour after the other."""
    rows, labels = rows.double().tolist(), labels.tolist()
    hits = 0
    for i, row in enumerate(rows):
        cosines = []
        for j, other in enumerate(rows):
            if j != i:
                lengths = math.hypot(*row) * math.hypot(*other)
                cosines.append((sum(x * y for x, y in zip(row, other, strict=True)) / (lengths or 1), j))
        nearest = sorted(cosines, reverse=True)[:k]
        hits += any(labels[j] == labels[i] for _, j in nearest)
    return hits / len(rows)


@given(
    b=st.integers(2, 12), d=st.integers(1, 5), classes=st.integers(1, 6), k=st.integers(1, 11), seed=st.integers(0, 99)
)
def test_recall_is_that_of_a_loop(b, d, classes, k, seed):
    rows, labels = rows_and_labels(b, d + 1, classes, seed)
    k = min(k, b - 1)
    assert recall_at_k(rows, labels, k) == pytest.approx(loop_recall(rows, labels, k), abs=1e-12)


def test_more_neighbours_never_find_less():
    rows, labels = rows_and_labels(23, 4, 7)
    recalls = [recall_at_k(rows, labels, k) for k in range(1, 23)]
    assert recalls == sorted(recalls)
    sizes = torch.unique(labels, return_counts=True)[1]
    assert recalls[0] < recalls[-1] == sizes[sizes > 1].sum().item() / 23


def test_a_row_is_not_its_own_neighbour():
    rows, labels = torch.eye(3), torch.tensor([0, 1, 2])
    assert recall_at_k(rows, labels, k=2) == 0


def test_near_means_near_in_angle_however_long():
    rows = torch.tensor([[1.0, 0.0], [50.0, 1.0], [0.9, 0.9]])
    assert recall_at_k(rows, torch.tensor([3, 3, 8])) == pytest.approx(2 / 3)


def test_blocks_change_nothing(monkeypatch):
    rows, labels = rows_and_labels(29, 3, 5)
    whole = recall_at_k(rows, labels, 2)
    monkeypatch.setattr(metrics, "BLOCK_ENTRIES", 70)
    assert recall_at_k(rows, labels, 2) == whole


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_other_dtypes_find_the_same(dtype):
    rows, labels = rows_and_labels(11, 6, 3)
    rows = rows.to(dtype)
    assert recall_at_k(rows, labels) == pytest.approx(recall_at_k(rows.double(), labels))


def test_negative_labels_are_labels():
    rows, labels = rows_and_labels(11, 6, 3)
    assert recall_at_k(rows, -5 - labels) == recall_at_k(rows, labels)


def test_rows_that_need_a_gradient_can_be_measured():
    rows, labels = rows_and_labels(11, 6, 3)
    assert recall_at_k(rows.requires_grad_(), labels) == recall_at_k(rows.detach(), labels)


def test_raw_pixels_of_real_digits_have_a_nearest_neighbour_of_their_class():
    digits = named("pixels")
    assert recall_at_k(digits.embeddings, digits.labels) == pytest.approx(0.989, abs=6e-4)


@pytest.mark.parametrize("k", [3, 4, 100])
def test_there_must_be_more_rows_than_neighbours(k):
    with pytest.raises(ValueError, match=f"k must be smaller than the number of rows, 3, got {k}"):
        recall_at_k(torch.eye(3), torch.arange(3), k)


@pytest.mark.parametrize(
    ("wrong", "error", "says"),
    [
        ({"k": 0}, ValueError, "k must be at least 1"),
        ({"k": 1.5}, TypeError, "k must be a whole number"),
        ({"labels": torch.arange(4)}, ValueError, "labels must have one entry a row"),
        ({"labels": torch.tensor([1.0, 1.5, 2.0])}, ValueError, r"labels must be .* got 1.5 in row 1"),
        ({"labels": None}, TypeError, "embeddings need their labels"),
        ({"embeddings": torch.tensor([[1.0], [torch.nan], [2.0]])}, ValueError, "must be finite, got NaN .* in row 1"),
        (
            {"embeddings": Pairs(torch.eye(3), torch.eye(3))},
            TypeError,
            "embeddings must be rows with labels, got pairs",
        ),
        ({"embeddings": torch.ones(3)}, ValueError, "embeddings must have shape"),
        ({"embeddings": [["a"], ["b"], ["c"]]}, TypeError, "embeddings must be real numbers"),
    ],
)
def test_wrong_input_is_refused_in_words(wrong, error, says):
    with pytest.raises(error, match=says):
        recall_at_k(**{"embeddings": torch.eye(3), "labels": torch.arange(3), "k": 1, **wrong})
