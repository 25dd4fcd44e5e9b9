"""Pairs of two towers, in every form in which people hold rows, labels and texts; and a scene's texts."""

import numpy as np
import pytest
import torch

from npair_viz import Pairs, Scene
from tests.support.four_rows import LABELS, ROWS

OTHERS = [row[::-1] for row in ROWS]
WORDS = tuple("abcd")


@pytest.mark.parametrize("kind", [torch.tensor, np.array, list])
def test_pairs_hold_tensors_of_whatever_was_given(kind):
    pairs = Pairs(kind(ROWS), kind(OTHERS), labels=kind(LABELS))
    assert (pairs.anchors.tolist(), pairs.positives.tolist()) == (ROWS, OTHERS)
    assert (pairs.n, pairs.dimension, pairs.labels.tolist()) == (4, 2, LABELS)
    assert (pairs.texts, pairs.class_names) == (None, None)


def test_pairs_of_words_keep_their_class_names():
    pairs = Pairs(ROWS, OTHERS, labels=["dog", "cat", "cat", "dog"])
    assert (pairs.labels.tolist(), pairs.class_names) == ([1, 0, 0, 1], ("cat", "dog"))


def test_both_sides_of_pairs_have_one_dtype():
    pairs = Pairs(torch.tensor(ROWS, dtype=torch.float32), torch.tensor(OTHERS, dtype=torch.float64))
    assert pairs.anchors.dtype == pairs.positives.dtype == torch.float64


def test_pairs_hold_a_text_for_each_row_of_either_side():
    assert Pairs(ROWS, OTHERS, texts=(list("abcd"), np.array(list("efgh")))).texts == (WORDS, tuple("efgh"))


@pytest.mark.parametrize(
    ("wrong", "error", "says"),
    [
        ({"positives": OTHERS[:3]}, ValueError, r"positives must have anchors' shape \(4, 2\), got \(3, 2\)"),
        ({"anchors": ROWS[:1], "positives": OTHERS[:1]}, ValueError, "pairs must be two or more, got 1"),
        ({"anchors": [[np.nan, 1.0]] * 4}, ValueError, "anchors must be finite"),
        ({"anchors": [["a"]] * 4}, TypeError, "anchors must be real numbers"),
        ({"labels": [1, 2]}, ValueError, "labels must have one entry a pair, 4 in all, got 2"),
        ({"texts": WORDS}, ValueError, "texts must be two lists, those of the anchors and those of the positives"),
        ({"texts": (WORDS, WORDS[:3])}, ValueError, "texts of positives must have one entry a row, 4 in all, got 3"),
        ({"texts": (WORDS, (1, 2, 3, 4))}, TypeError, "texts of positives must be words, got 1 in row 0"),
    ],
)
def test_pairs_that_do_not_fit_are_refused(wrong, error, says):
    with pytest.raises(error, match=says):
        Pairs(**{"anchors": ROWS, "positives": OTHERS, **wrong})


def test_a_scene_keeps_the_texts_of_the_rows_that_it_pairs():
    scene = Scene("mine", "?", torch.tensor(ROWS), torch.tensor([7, 5, 5, 7]), texts=list("abcd"))
    assert scene.texts == WORDS
    assert scene.paired().texts == ("a", "b", "d", "c")
    assert scene.paired(n_classes=1).texts == ("a", "d")


def test_a_scene_has_one_text_a_row():
    with pytest.raises(ValueError, match="texts must have one entry a row, 4 in all, got 3"):
        Scene("mine", "?", torch.tensor(ROWS), torch.tensor(LABELS), texts=WORDS[:3])
