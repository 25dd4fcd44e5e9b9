"""Whatever rows and words are held in, and in whatever file they are saved, the same rows and words come back."""

import json
import tempfile
from pathlib import Path

import numpy as np
import pandas
import pyarrow
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from safetensors.torch import save_file

from npair_viz import load
from npair_viz.data.scenes import from_data

WORD = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), max_size=8).map(lambda rest: f"w{rest}")
NUMBER = st.integers(-(2**63), 2**63 - 1)
FLOAT = st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False)


def one_class_twice(entry):
    """Labels of which at least two are alike."""
    return st.lists(entry, min_size=1, max_size=6).map(lambda some: [*some, some[0]])


LABELS = one_class_twice(WORD) | one_class_twice(NUMBER)
DATA = LABELS.flatmap(
    lambda labels: st.tuples(
        st.integers(1, 3).flatmap(
            lambda d: st.lists(st.lists(FLOAT, min_size=d, max_size=d), min_size=len(labels), max_size=len(labels))
        ),
        st.just(labels),
    )
)


def frame(rows, labels, **more):
    return pandas.DataFrame({f"x{i}": column for i, column in enumerate(zip(*rows, strict=True))} | more).assign(
        label=labels
    )


FORMS = {
    "lists": lambda rows, labels: (rows, labels),
    "tuples": lambda rows, labels: (tuple(map(tuple, rows)), tuple(labels)),
    "arrays": lambda rows, labels: (np.array(rows), np.array(labels)),
    "objects": lambda rows, labels: (np.array(rows, dtype=object), np.array(labels, dtype=object)),
    "a Fortran array, reversed": lambda rows, labels: (np.asfortranarray(rows[::-1])[::-1], labels),
    "masked arrays": lambda rows, labels: (np.ma.masked_array(rows), np.ma.masked_array(labels)),
    "rows of tensors": lambda rows, labels: (list(torch.tensor(rows, dtype=torch.float64)), labels),
    "a series": lambda rows, labels: (pandas.Series(rows), pandas.Series(labels, index=labels)),
    "a series of arrays": lambda rows, labels: (pandas.Series(list(np.array(rows))), pandas.Categorical(labels)),
    "a frame": lambda rows, labels: (frame(rows, labels), None),
    "a frame and its column": lambda rows, labels: (frame(rows, labels), "label"),
    "a frame of lists": lambda rows, labels: (pandas.DataFrame({"v": rows, "label": labels}), None),
    "pyarrow": lambda rows, labels: (pyarrow.table({"v": rows, "label": pyarrow.array(labels)}), None),
    "pyarrow labels": lambda rows, labels: (rows, pyarrow.array(labels).dictionary_encode()),
}


def save_npz(path, rows, labels):
    np.savez(path, embeddings=rows, labels=labels)


def save_pt(path, rows, labels):
    torch.save({"embeddings": torch.tensor(rows, dtype=torch.float64), "labels": labels}, path)


def save_safetensors(path, rows, labels):
    numbers = labels if isinstance(labels[0], int) else [sorted(set(labels)).index(one) for one in labels]
    save_file({"X": torch.tensor(rows, dtype=torch.float64), "y": torch.tensor(numbers)}, path)


def save_jsonl(path, rows, labels):
    lines = [json.dumps({"v": row, "label": label}) for row, label in zip(rows, labels, strict=True)]
    path.write_text("\n".join(lines), encoding="utf-8")


SAVERS = {
    "a.npz": save_npz,
    "a.pt": save_pt,
    "a.safetensors": save_safetensors,
    "a.parquet": lambda path, rows, labels: frame(rows, labels).to_parquet(path),
    "lists.parquet": lambda path, rows, labels: pandas.DataFrame({"v": rows, "y": labels}).to_parquet(path),
    "a.feather": lambda path, rows, labels: pandas.DataFrame({"v": rows, "y": labels}).to_feather(path),
    "a.csv": lambda path, rows, labels: frame(rows, labels).to_csv(path, index=False),
    "index.csv": lambda path, rows, labels: frame(rows, labels).to_csv(path),
    "lists.csv": lambda path, rows, labels: pandas.DataFrame({"v": rows, "y": labels}).to_csv(path),
    "european.csv": lambda path, rows, labels: frame(rows, labels).to_csv(path, sep=";", decimal=",", index=False),
    "utf16.csv": lambda path, rows, labels: frame(rows, labels).to_csv(path, encoding="utf-16", index=False),
    "a.csv.gz": lambda path, rows, labels: frame(rows, labels).to_csv(path, index=False),
    "a.jsonl": save_jsonl,
}
EXACT = {*SAVERS} - {"a.csv", "index.csv", "european.csv", "utf16.csv", "a.csv.gz"}


def assert_holds(scene, rows, labels, tolerance=0.0):
    torch.testing.assert_close(scene.embeddings, torch.tensor(rows, dtype=torch.float64), rtol=tolerance, atol=0.0)
    names = scene.class_names
    assert [label if names is None else names[label] for label in scene.labels.tolist()] == labels


@given(DATA, st.sampled_from(sorted(FORMS)))
@settings(max_examples=200)
@example(([[1.0], [2.0]], [-(2**63), -(2**63)]), "a series")
def test_rows_and_labels_of_any_form_are_the_same_rows_and_labels(data, form):
    assert_holds(from_data(*FORMS[form](*data)), *data)


@given(DATA, st.sampled_from(sorted(SAVERS)))
@settings(max_examples=250)
@example(([[1.0], [2.0]], ["w;,", "w;,"]), "european.csv")
@example(([[1.0], [2.0]], ["w\t", "w\t"]), "a.csv")
@example(([[1.0], [2.0]], ['w"[1]', 'w"[1]']), "a.csv")
def test_rows_and_labels_come_back_from_any_file(data, name):
    rows, labels = data
    with tempfile.TemporaryDirectory() as folder:
        SAVERS[name](Path(folder) / name, rows, labels)
        scene = load(Path(folder) / name)
    if name == "a.safetensors" and isinstance(labels[0], str):
        labels = [sorted(set(labels)).index(one) for one in labels]
    assert_holds(scene, rows, labels, 0.0 if name in EXACT else 1e-14)
