"""Embeddings, labels, texts and pairs out of files of arrays: what was saved is loaded."""

import numpy as np
import pandas
import pytest
import torch

from npair_viz import load
from npair_viz.data import refused
from npair_viz.data.scenes import from_data
from tests.support.array_savers import SAVERS, save_npz
from tests.support.four_rows import LABELS, ROWS

WORDS = ["dog", "cat", "cat", "dog"]
NUMBERED = [1, 0, 0, 1]


@pytest.mark.parametrize("suffix", SAVERS)
@pytest.mark.parametrize(
    "names", [("embeddings", "labels"), ("X", "y"), ("features", "targets"), ("data", "target"), ("x", "category")]
)
def test_what_was_saved_is_loaded(tmp_path, suffix, names):
    path = tmp_path / f"batch{suffix}"
    SAVERS[suffix](path, **dict(zip(names, (ROWS, LABELS), strict=True)))
    scene = load(path)
    assert scene.embeddings.tolist() == ROWS
    assert scene.labels.tolist() == LABELS
    assert scene.class_names is None


@pytest.mark.parametrize("suffix", SAVERS)
def test_entries_with_other_names_are_chosen_by_name(tmp_path, suffix):
    path = tmp_path / f"batch{suffix}"
    SAVERS[suffix](path, codes=ROWS, kinds=LABELS, labels=[0, 0, 1, 1], step=[7])
    with pytest.raises(ValueError, match=rf"batch{suffix}: the embeddings must be in one of embeddings, .*'codes'"):
        load(path)
    scene = load(str(path), embeddings_in="codes", labels_in="kinds")
    assert scene.embeddings.tolist() == ROWS
    assert scene.labels.tolist() == LABELS


def test_two_entries_that_fit_are_refused(tmp_path):
    save_npz(tmp_path / "a.npz", embeddings=ROWS, features=ROWS, labels=LABELS)
    with pytest.raises(ValueError, match="got 'embeddings', 'features': name the entry by embeddings_in="):
        load(tmp_path / "a.npz")


def test_an_array_alone_takes_its_labels_from_a_file_or_an_argument(tmp_path):
    np.save(tmp_path / "rows.npy", np.array(ROWS))
    np.save(tmp_path / "labels.npy", np.array(LABELS))
    torch.save(torch.tensor(LABELS), tmp_path / "labels.pt")
    save_npz(tmp_path / "both.npz", embeddings=ROWS, labels=LABELS)
    for labels in (
        LABELS,
        np.array(LABELS),
        str(tmp_path / "labels.npy"),
        tmp_path / "labels.pt",
        tmp_path / "both.npz",
    ):
        scene = load(tmp_path / "rows.npy", labels)
        assert scene.embeddings.tolist() == ROWS
        assert scene.labels.tolist() == LABELS
    with pytest.raises(ValueError, match=r"rows.npy: it names no labels: bring them, load\(path, labels="):
        load(tmp_path / "rows.npy")


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", ["float16", "float32", ">f8", "uint8"])
def test_an_array_of_any_order_and_dtype_is_loaded(tmp_path, order, dtype):
    np.save(tmp_path / "rows.npy", np.array(ROWS, dtype=dtype, order=order))
    assert load(tmp_path / "rows.npy", LABELS).embeddings.tolist() == ROWS


def test_a_pair_of_tensors_is_embeddings_and_labels(tmp_path):
    torch.save((torch.tensor(ROWS), torch.tensor(LABELS)), tmp_path / "pair.pt")
    assert load(tmp_path / "pair.pt").labels.tolist() == LABELS


def test_words_are_classes_and_keep_their_names(tmp_path):
    save_npz(tmp_path / "a.npz", embeddings=ROWS, labels=WORDS)
    torch.save({"embeddings": torch.tensor(ROWS), "labels": WORDS}, tmp_path / "a.pt")
    for scene in (load(tmp_path / "a.npz"), load(tmp_path / "a.pt"), load(tmp_path / "a.npz", labels=WORDS)):
        assert scene.labels.tolist() == NUMBERED
        assert scene.class_names == ("cat", "dog")
        assert scene.paired().class_names == ("cat", "dog")


def test_whole_numbers_that_were_saved_as_floats_are_classes(tmp_path):
    save_npz(tmp_path / "a.npz", embeddings=ROWS, labels=np.array(LABELS, dtype="float32"))
    assert load(tmp_path / "a.npz").labels.tolist() == LABELS
    for wrong, shown in ((2.5, r"2\.5"), (np.nan, "nan")):
        save_npz(tmp_path / "a.npz", embeddings=ROWS, labels=[1.0, 1.0, wrong, 0.0])
        with pytest.raises(ValueError, match=rf"a.npz: labels must be a whole number or a word .*got {shown} in row 2"):
            load(tmp_path / "a.npz")


def test_images_are_kept(tmp_path):
    pictures = np.arange(4 * 3 * 5.0).reshape(4, 3, 5)
    save_npz(tmp_path / "a.npz", embeddings=ROWS, labels=LABELS, images=pictures)
    assert load(tmp_path / "a.npz").images.tolist() == pictures.tolist()


def test_a_file_gives_the_scene_of_its_arrays(tmp_path):
    save_npz(tmp_path / "a.npz", embeddings=ROWS, labels=LABELS)
    one, other = load(tmp_path / "a.npz"), from_data(np.array(ROWS), np.array(LABELS))
    assert torch.equal(one.paired().embeddings, other.paired().embeddings)


# --- entries that nobody asked for


def test_an_entry_that_nobody_asked_for_decides_nothing(tmp_path):
    objects = np.array([{"a": 1}] * 4, dtype=object)
    np.savez(tmp_path / "a.npz", embeddings=ROWS, labels=LABELS, history=objects, texts=objects, images=objects)
    scene = load(tmp_path / "a.npz")
    assert (scene.embeddings.tolist(), scene.labels.tolist(), scene.texts) == (ROWS, LABELS, None)


def test_an_entry_that_would_not_fit_into_memory_is_not_unpacked(tmp_path, monkeypatch):
    np.savez_compressed(tmp_path / "a.npz", embeddings=ROWS, labels=LABELS, bomb=np.zeros(10**6))
    monkeypatch.setattr(refused, "memory", lambda: 10**6)
    assert load(tmp_path / "a.npz").labels.tolist() == LABELS
    with pytest.raises(ValueError, match=r"^a.npz: it unpacks to 0.0 GB or more, and this machine's memory holds"):
        load(tmp_path / "a.npz", embeddings_in="bomb")


def test_words_as_objects_get_a_mend_that_mends(tmp_path):
    labels = pandas.Series(WORDS, dtype=object).to_numpy()
    np.savez(tmp_path / "a.npz", embeddings=ROWS, labels=labels)
    with pytest.raises(ValueError, match=r"^a.npz: labels holds objects of Python, .* saved as labels.astype\(str\)"):
        load(tmp_path / "a.npz")
    np.savez(tmp_path / "a.npz", embeddings=ROWS, labels=labels.astype(str))
    assert load(tmp_path / "a.npz").class_names == ("cat", "dog")


@pytest.mark.parametrize("suffix", [".npz", ".pt"])
def test_texts_beside_the_rows_are_kept(tmp_path, suffix):
    texts = ["a", "b", "c", "d"]
    if suffix == ".npz":
        np.savez(tmp_path / "a.npz", embeddings=ROWS, labels=LABELS, texts=texts)
    else:
        torch.save({"embeddings": torch.tensor(ROWS), "labels": LABELS, "texts": texts}, tmp_path / "a.pt")
    assert load(tmp_path / f"a{suffix}").texts == tuple(texts)


# --- pairs


@pytest.mark.parametrize(
    "names",
    [
        ("anchors", "positives"),
        ("anchor", "positive"),
        ("Images", "Texts"),
        ("image_embeds", "text_embeds"),
        ("queries", "documents"),
        ("query_embedding", "document_embedding"),
        ("a", "b"),
    ],
)
@pytest.mark.parametrize("suffix", SAVERS)
def test_two_arrays_of_partners_are_pairs(tmp_path, suffix, names):
    SAVERS[suffix](tmp_path / f"a{suffix}", **dict(zip(names, (ROWS, ROWS[::-1]), strict=True)), step=[7])
    pairs = load(tmp_path / f"a{suffix}")
    assert (pairs.anchors.tolist(), pairs.positives.tolist()) == (ROWS, ROWS[::-1])
    assert (pairs.labels, pairs.texts) == (None, None)


def test_pairs_keep_labels_and_texts(tmp_path):
    texts = {"query_texts": list("abcd"), "document_texts": list("efgh")}
    save_npz(tmp_path / "a.npz", queries=ROWS, documents=ROWS, labels=WORDS, **texts)
    pairs = load(tmp_path / "a.npz")
    assert (pairs.labels.tolist(), pairs.class_names) == (NUMBERED, ("cat", "dog"))
    assert pairs.texts == (tuple("abcd"), tuple("efgh"))
    assert load(tmp_path / "a.npz", labels=LABELS).labels.tolist() == LABELS


def test_the_two_sides_of_pairs_are_chosen_by_name(tmp_path):
    save_npz(tmp_path / "a.npz", left=ROWS, right=ROWS[::-1], embeddings=ROWS)
    pairs = load(tmp_path / "a.npz", anchors_in="right", positives_in="left")
    assert pairs.anchors.tolist() == ROWS[::-1]
    with pytest.raises(ValueError, match=r"^a.npz: the positives must be in 'up', got 'left', .*: .* by positives_in="):
        load(tmp_path / "a.npz", anchors_in="right", positives_in="up")
    with pytest.raises(TypeError, match="pairs need both sides: name anchors_in= and positives_in="):
        load(tmp_path / "a.npz", anchors_in="right")


def test_embeddings_beside_two_other_arrays_are_no_pairs(tmp_path):
    save_npz(tmp_path / "a.npz", embeddings=ROWS, labels=LABELS, a=ROWS, b=ROWS)
    assert load(tmp_path / "a.npz").embeddings.tolist() == ROWS


def test_two_tensors_of_rows_are_pairs(tmp_path):
    torch.save((torch.tensor(ROWS), torch.tensor(ROWS[::-1])), tmp_path / "a.pt")
    assert load(tmp_path / "a.pt").positives.tolist() == ROWS[::-1]
