"""Metrics of spread equal loops over pairs, and nmi equals scikit-learn's."""

import math
import sys

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.cluster import KMeans
from sklearn.metrics import normalized_mutual_info_score

from npair_viz import alignment, nmi, tolerance, uniformity
from npair_viz.data.scenes import named
from npair_viz.training import metrics


def rows_and_labels(b, d, classes, seed=0):
    generator = torch.Generator().manual_seed(100 * b + seed)
    rows = torch.randn(b, d, generator=generator, dtype=torch.float64)
    return rows, torch.arange(b) % classes


def units(rows):
    return [[x / math.hypot(*row) for x in row] for row in rows.tolist()]


def over_pairs(rows, labels, of):
    """The mean of `of` over ordered pairs, of one class where there are labels: one pair after the other."""
    points = units(rows)
    found = [
        of(points[i], points[j])
        for i in range(len(points))
        for j in range(len(points))
        if i != j and (labels is None or labels[i] == labels[j])
    ]
    return sum(found) / len(found)


def squared(u, v):
    return math.dist(u, v) ** 2


random_batches = given(b=st.integers(5, 13), d=st.integers(1, 6), classes=st.integers(1, 4), seed=st.integers(0, 99))


@random_batches
def test_alignment_is_that_of_a_loop(b, d, classes, seed):
    rows, labels = rows_and_labels(b, d, classes, seed)
    assert alignment(rows, labels) == pytest.approx(over_pairs(rows, labels, squared), abs=1e-12)


@random_batches
def test_uniformity_is_that_of_a_loop(b, d, classes, seed):
    rows, _ = rows_and_labels(b, d, classes, seed)
    mean = over_pairs(rows, None, lambda u, v: math.exp(-2 * squared(u, v)))
    assert uniformity(rows) == pytest.approx(math.log(mean), abs=1e-12)


@random_batches
def test_tolerance_is_that_of_a_loop(b, d, classes, seed):
    rows, labels = rows_and_labels(b, d, classes, seed)
    mean = over_pairs(rows, labels, lambda u, v: sum(x * y for x, y in zip(u, v, strict=True)))
    assert tolerance(rows, labels) == pytest.approx(mean, abs=1e-12)


@random_batches
def test_tolerance_is_one_minus_half_the_alignment(b, d, classes, seed):
    rows, labels = rows_and_labels(b, d, classes, seed)
    assert tolerance(rows, labels) == pytest.approx(1 - alignment(rows, labels) / 2, abs=1e-12)


def test_uniformity_in_blocks_is_uniformity(monkeypatch):
    rows, _ = rows_and_labels(29, 3, 5)
    whole = uniformity(rows)
    monkeypatch.setattr(metrics, "BLOCK_ENTRIES", 70)
    assert uniformity(rows) == pytest.approx(whole, abs=1e-12)


def test_close_rows_keep_the_digits_of_their_distance():
    rows = torch.tensor([[1.0, 0.0], [1.0, 1e-9]], dtype=torch.float64)
    assert alignment(rows, torch.tensor([3, 3])) == pytest.approx(1e-18, rel=1e-6)


@pytest.mark.parametrize("measure", [lambda rows, labels: uniformity(rows), alignment, tolerance, nmi])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_other_dtypes_and_gradients_change_nothing(measure, dtype):
    rows, labels = rows_and_labels(23, 6, 3)
    rows = rows.to(dtype)
    assert measure(rows.requires_grad_(), labels) == pytest.approx(measure(rows.detach().double(), labels), abs=1e-5)


def test_nmi_is_that_of_scikit_learn():
    digits = named("pixels")
    rows, labels = digits.embeddings[:500], digits.labels[:500]
    clusters = KMeans(10, n_init=1, random_state=4).fit_predict(rows.numpy())
    expected = normalized_mutual_info_score(labels.numpy(), clusters)
    assert nmi(3 * rows, labels, seed=4) == pytest.approx(expected, abs=1e-12)
    assert 0.5 < expected < 0.9


def test_nmi_is_the_same_each_time():
    rows, labels = rows_and_labels(60, 4, 7)
    assert nmi(rows, labels) == nmi(rows, labels)
    assert nmi(rows, labels) != nmi(rows, labels, seed=1)


def test_nmi_of_equal_rows_is_zero():
    assert nmi(torch.ones(8, 3), torch.arange(8) % 2) == 0


def test_without_its_extra_nmi_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.cluster", None)
    with pytest.raises(ModuleNotFoundError, match=r"nmi needs sklearn.cluster.*pip install 'npair-viz\[lab\]'"):
        nmi(torch.eye(4), torch.tensor([0, 0, 1, 1]))


@pytest.mark.parametrize(
    ("measured", "error", "says"),
    [
        (lambda: alignment(torch.eye(3), torch.arange(3)), ValueError, "two rows in one class, got 3 classes of one"),
        (lambda: tolerance(torch.eye(3), torch.arange(3)), ValueError, "two rows in one class, got 3 classes of one"),
        (lambda: uniformity(torch.eye(1)), ValueError, "two rows or more, got 1"),
        (lambda: uniformity([["a"]]), TypeError, "embeddings must be real numbers"),
        (lambda: uniformity(torch.tensor([[1.0], [torch.nan]])), ValueError, "must be finite, got NaN .* in row 1"),
        (lambda: alignment([[1.0], [math.inf]], [0, 0]), ValueError, "must be finite, got NaN or infinity in row 1"),
        (lambda: tolerance([[1.0], [math.nan]], [0, 0]), ValueError, "must be finite, got NaN or infinity in row 1"),
        (lambda: alignment(torch.eye(3), torch.arange(4)), ValueError, "labels must have one entry a row"),
        (lambda: nmi(torch.eye(3), [0, 0, 1.5]), ValueError, "labels must be .* got 1.5 in row 2"),
        (lambda: nmi(torch.full((3, 2), torch.nan), torch.arange(3)), ValueError, "finite, got NaN or infinity"),
        (lambda: nmi(torch.eye(3), torch.arange(3), seed=-1), ValueError, "seed must be at least 0"),
    ],
)
def test_wrong_input_is_refused_in_words(measured, error, says):
    with pytest.raises(error, match=says):
        measured()
