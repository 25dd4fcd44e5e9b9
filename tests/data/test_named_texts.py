"""Texts whose column or entry a person names, in files and in data frames."""

import numpy as np
import pandas
import pytest
import torch

from npair_viz import load
from npair_viz.data.own_data import as_scene_or_pairs
from tests.data.test_columns import KINDS
from tests.data.test_table_files import ALL
from tests.support.four_rows import LABELS, ROWS

COLUMNS = {"x0": [row[0] for row in ROWS], "x1": [row[1] for row in ROWS], "label": LABELS}
LONG = ["a long text"] * 4
NOTES = ("m", "n", "o", "p")
CODES = [11, 12, 13, 14]
THERE = r"got 'x0', 'x1', 'label', .*: "


@pytest.mark.parametrize("suffix", ALL)
def test_the_named_column_of_a_file_holds_the_texts(tmp_path, suffix):
    ALL[suffix](pandas.DataFrame({**COLUMNS, "title": LONG, "note": NOTES}), tmp_path / f"a{suffix}")
    assert load(tmp_path / f"a{suffix}").texts == tuple(LONG)
    assert load(tmp_path / f"a{suffix}", texts_in="note").texts == NOTES
    with pytest.raises(ValueError, match=rf"^a{suffix}: the texts must be in 'up', {THERE}name what is there by texts"):
        load(tmp_path / f"a{suffix}", texts_in="up")


@pytest.mark.parametrize("suffix", ALL)
def test_numbers_that_are_named_as_the_texts_are_no_embeddings(tmp_path, suffix):
    ALL[suffix](pandas.DataFrame({**COLUMNS, "code": CODES}), tmp_path / f"a{suffix}")
    scene = load(tmp_path / f"a{suffix}", texts_in="code")
    assert (scene.embeddings.tolist(), scene.texts) == (ROWS, ("11", "12", "13", "14"))


@pytest.mark.parametrize("kind", KINDS)
def test_the_named_column_of_a_frame_holds_the_texts(kind):
    frame = KINDS[kind]({**COLUMNS, "title": LONG, "code": CODES})
    scene = as_scene_or_pairs(frame, texts="code")
    assert (scene.embeddings.tolist(), scene.texts) == (ROWS, ("11", "12", "13", "14"))
    assert as_scene_or_pairs(frame, texts=NOTES).texts == NOTES
    with pytest.raises(ValueError, match=f"the texts must be in 'up', {THERE}pass its name as the texts"):
        as_scene_or_pairs(frame, texts="up")


@pytest.mark.parametrize("texts", [np.array(NOTES), np.array(CODES)])
def test_the_named_entry_of_arrays_holds_the_texts(tmp_path, texts):
    np.savez(tmp_path / "a.npz", embeddings=ROWS, labels=LABELS, texts=LONG, note=texts)
    assert load(tmp_path / "a.npz", texts_in="note").texts == tuple(map(str, texts))
    with pytest.raises(ValueError, match=r"^a.npz: the texts must be in 'up', got 'embeddings', .* by texts_in="):
        load(tmp_path / "a.npz", texts_in="up")


def test_an_entry_that_cant_be_the_texts_is_refused(tmp_path):
    wrong = {"few": np.array(["m", "n"]), "rows": np.eye(4), "things": np.array(NOTES, dtype=object)}
    np.savez(tmp_path / "a.npz", embeddings=ROWS, labels=LABELS, **wrong)
    for name, says in (
        ("few", "texts must have one entry a row, 4 in all, got 2"),
        ("rows", r"the texts must be one word a row, got shape \(4, 4\) in 'rows'"),
        ("things", r"things holds objects of Python, .*: words are saved as things.astype\(str\)"),
    ):
        with pytest.raises(ValueError, match=f"^a.npz: {says}"):
            load(tmp_path / "a.npz", texts_in=name)


def test_texts_are_looked_for_beside_labels_in_another_file(tmp_path):
    np.save(tmp_path / "rows.npy", np.array(ROWS))
    beside = pandas.DataFrame({"label": LABELS, "title": LONG, "note": NOTES})
    for suffix in (".csv", ".tsv", ".parquet"):
        ALL[suffix](beside, tmp_path / f"labels{suffix}")
        scene = load(tmp_path / "rows.npy", tmp_path / f"labels{suffix}", texts_in="note")
        assert (scene.texts, scene.labels.tolist()) == (NOTES, LABELS)
        with pytest.raises(ValueError, match=r"the texts must be in 'up', got .* name what is there by texts_in="):
            load(tmp_path / "rows.npy", tmp_path / f"labels{suffix}", texts_in="up")


@pytest.mark.parametrize("suffix", [".parquet", ".jsonl", ".npz", ".pt"])
def test_the_texts_of_pairs_are_named_by_two_names(tmp_path, suffix):
    sides, texts = {"query": ROWS, "document": ROWS[::-1]}, {"asked": list("abcd"), "found": list(NOTES)}
    path = tmp_path / f"a{suffix}"
    if suffix == ".npz":
        np.savez(path, **sides, **texts)
    elif suffix == ".pt":
        torch.save({**{name: torch.tensor(rows) for name, rows in sides.items()}, **texts}, path)
    else:
        ALL[suffix](pandas.DataFrame({**sides, **texts}), path)
    assert load(path).texts is None
    assert load(path, texts_in=("asked", "found")).texts == (tuple("abcd"), NOTES)
    with pytest.raises(ValueError, match=r"the texts of pairs must be in two, got 'asked': name both by texts_in="):
        load(path, texts_in="asked")


@pytest.mark.parametrize("kind", KINDS)
def test_the_texts_of_pairs_of_a_frame_are_named_by_two_names(kind):
    frame = KINDS[kind]({"query": ROWS, "document": ROWS, "asked": list("abcd"), "found": list(NOTES)})
    assert as_scene_or_pairs(frame, texts=("asked", "found")).texts == (tuple("abcd"), NOTES)
    assert as_scene_or_pairs(frame, texts=(NOTES, NOTES)).texts == (NOTES, NOTES)
    with pytest.raises(ValueError, match="got 'asked': pass both names as the texts"):
        as_scene_or_pairs(frame, texts="asked")
