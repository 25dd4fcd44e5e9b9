"""explore, train_and_watch, recall_at_k and nmi take rows and labels in the same forms, and class names survive."""

import numpy as np
import pandas
import pyarrow
import pytest
import torch

from npair_viz import Pairs, alignment, explore, load, nmi, recall_at_k, tolerance, train_and_watch
from npair_viz.data.scenes import from_data, from_pairs
from npair_viz.explorers.cloud.explorer import EmbeddingExplorer
from npair_viz.figures.traces import traces

NAMES = ("ant", "bee", "cat", "dog")
NUMBERS = [3, 1, 0, 2, 3, 1, 0, 2, 3, 1, 0, 2]
WORDS = [NAMES[number] for number in NUMBERS]
ROWS = torch.randn(12, 5, generator=torch.Generator().manual_seed(0), dtype=torch.float64).round(decimals=3)
COLUMNS = {f"x{i}": ROWS[:, i].tolist() for i in range(5)}


def polars():
    return pytest.importorskip("polars")


FORMS = {
    "words": lambda: (ROWS, WORDS),
    "an array of words": lambda: (ROWS.numpy(), np.array(WORDS)),
    "objects": lambda: (ROWS, np.array(WORDS, dtype=object)),
    "bytes": lambda: (ROWS, np.array(WORDS, dtype="S")),
    "categories": lambda: (ROWS, pandas.Categorical(WORDS, categories=["zebra", *NAMES[::-1]])),
    "a series of categories": lambda: (ROWS, pandas.Series(WORDS, dtype="category")),
    "a pyarrow dictionary": lambda: (ROWS, pyarrow.array(WORDS).dictionary_encode()),
    "pyarrow chunks": lambda: (ROWS, pyarrow.chunked_array([WORDS[:5], WORDS[5:]])),
    "a polars series": lambda: (ROWS, polars().Series(WORDS)),
    "polars categories": lambda: (ROWS, polars().Series(WORDS).cast(polars().Categorical)),
    "a frame and its series": lambda: (pandas.DataFrame({**COLUMNS, "kind": WORDS}), pandas.Series(WORDS, name="kind")),
    "a frame with labels": lambda: (pandas.DataFrame({**COLUMNS, "label": WORDS}), None),
    "a frame of lists": lambda: (pandas.DataFrame({"emb": ROWS.tolist(), "label": WORDS}), None),
    "a frame of arrays": lambda: (pandas.DataFrame({"emb": list(ROWS.numpy()), "label": WORDS}), None),
    "a named column": lambda: (pandas.DataFrame({**COLUMNS, "kind": WORDS}), "kind"),
    "a polars frame": lambda: (polars().DataFrame({**COLUMNS, "label": WORDS}), None),
    "a pyarrow table": lambda: (pyarrow.table({"emb": ROWS.tolist(), "label": WORDS}), None),
    "a scene": lambda: (from_data(ROWS, WORDS), None),
}
NUMBERED = {
    "whole floats": lambda: (ROWS, [float(number) for number in NUMBERS]),
    "an array of floats": lambda: (ROWS, np.array(NUMBERS, dtype="float32")),
    "a tensor of floats": lambda: (ROWS, torch.tensor(NUMBERS, dtype=torch.float64)),
    "numpy's numbers": lambda: (ROWS, list(np.array(NUMBERS, dtype="float32"))),
    "nullable whole numbers": lambda: (ROWS, pandas.Series(NUMBERS, dtype="Int64")),
    "unsigned": lambda: (ROWS, np.array(NUMBERS, dtype="uint8")),
    "nothing masked": lambda: (np.ma.masked_array(ROWS.numpy()), np.ma.masked_array(NUMBERS)),
    "polars numbers": lambda: (polars().DataFrame(COLUMNS), polars().Series(NUMBERS)),
}


@pytest.mark.parametrize("form", [*FORMS, *NUMBERED])
def test_explore_takes_it(form):
    explorer = explore(*{**FORMS, **NUMBERED}[form]())
    assert isinstance(explorer, EmbeddingExplorer)
    scene = explorer.scene
    assert scene.embeddings.equal(ROWS)
    assert scene.labels.tolist() == NUMBERS
    assert scene.class_names == (NAMES if form in FORMS else None)
    explorer.close()


@pytest.mark.parametrize("form", [*FORMS, *NUMBERED])
def test_metrics_take_it(form):
    given = {**FORMS, **NUMBERED}[form]()
    for metric in (recall_at_k, nmi, alignment, tolerance):
        assert metric(*given) == metric(ROWS, torch.tensor(NUMBERS))


@pytest.mark.parametrize("form", ["words", "whole floats", "a frame with labels", "a polars frame", "a scene"])
def test_train_and_watch_takes_it(form):
    lab = train_and_watch(*{**FORMS, **NUMBERED}[form](), n_classes=2, steps=2)
    names = NAMES if form in FORMS else tuple("0123")
    assert set(traces(lab.figure)["names"].text) == set(names)
    assert lab.runs[0][0].picture.equal(train_and_watch(ROWS, NUMBERS, n_classes=2, steps=2).runs[0][0].picture)
    lab.close()


def test_explore_opens_what_load_returns(tmp_path):
    np.savez(tmp_path / "rows.npz", embeddings=ROWS, labels=WORDS, texts=WORDS)
    np.savez(tmp_path / "pairs.npz", queries=ROWS[:6], documents=ROWS[6:], labels=WORDS[:6])
    scene = explore(load(tmp_path / "rows.npz")).scene
    assert (scene.class_names, scene.texts) == (NAMES, tuple(WORDS))
    pairs = explore(load(tmp_path / "pairs.npz")).reading.scene
    assert (pairs.classes, pairs.class_names) == (tuple(NUMBERS[:6]), NAMES)


def test_pairs_open_with_class_names_and_texts():
    texts = (list("abcdef"), list("ghijkl"))
    explorer = explore(anchors=ROWS[:6], positives=ROWS[6:], labels=WORDS[:6], texts=texts)
    assert explorer.reading.names == tuple(WORDS[:6])
    assert explorer.reading.scene.texts == tuple("abcdefghijkl")
    again = explore(Pairs(ROWS[:6], ROWS[6:], WORDS[:6], texts)).reading
    assert (again.names, again.loss) == (explorer.reading.names, explorer.reading.loss)


def test_many_pairs_open_as_a_cloud():
    rows = torch.randn(140, 5, generator=torch.Generator().manual_seed(0))
    explorer = explore(Pairs(rows[:70], rows[70:]))
    assert isinstance(explorer, EmbeddingExplorer)
    assert explorer.scene.is_paired


def test_texts_and_class_names_come_beside_the_rows():
    explorer = explore(ROWS, NUMBERS, texts=pandas.Series(WORDS), class_names=NAMES)
    assert (explorer.scene.texts, explorer.scene.class_names) == (tuple(WORDS), NAMES)
    assert explore(from_data(ROWS, NUMBERS), texts=WORDS).scene.texts == tuple(WORDS)


def test_a_row_of_nan_never_gives_a_believable_metric():
    rows, labels = torch.eye(50).repeat(2, 1), torch.arange(50).repeat(2)
    assert recall_at_k(rows, labels) == 1
    rows[7] = torch.nan
    for metric in (recall_at_k, nmi, alignment, tolerance):
        with pytest.raises(ValueError, match="embeddings must be finite, got NaN or infinity in row 7"):
            metric(rows, labels)


def test_a_masked_number_is_named_by_its_row():
    rows = np.ma.masked_array(ROWS.numpy(), np.zeros((12, 5)))
    rows[3, 2] = np.ma.masked
    for opened in (explore, recall_at_k, train_and_watch):
        with pytest.raises(ValueError, match="must be finite, got NaN or infinity in row 3"):
            opened(rows, NUMBERS)
    with pytest.raises(ValueError, match=r"labels must be .* got None in row 2"):
        recall_at_k(ROWS, np.ma.masked_array(NUMBERS, [row == 2 for row in range(12)]))


# --- the mends that messages advise, followed


VIEWS = torch.randn(6, 2, 5, generator=torch.Generator().manual_seed(0)).numpy()


def test_views_of_a_row_become_rows_or_pairs_as_the_message_says():
    embeddings, labels = VIEWS, np.array([0, 0, 1, 1, 2, 2])
    with pytest.raises(ValueError, match=r"embeddings.reshape\(-1, 5\) with numpy.repeat\(labels, 2\) for labels, two"):
        from_data(embeddings, labels)
    scene = from_data(embeddings.reshape(-1, 5), np.repeat(labels, 2))
    assert scene.embeddings[3].tolist() == VIEWS[1, 1].tolist()
    assert scene.labels.tolist() == [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]
    pairs = from_pairs(Pairs(embeddings[:, 0], embeddings[:, 1]))
    assert pairs.positives[4].tolist() == VIEWS[4, 1].tolist()


@pytest.mark.parametrize("kind", [np.array, torch.tensor])
def test_one_hot_labels_become_classes_as_the_message_says(kind):
    labels = kind(np.eye(4)[NUMBERS])
    with pytest.raises(ValueError, match=r"out of one column a class by labels.argmax\(1\)"):
        from_data(ROWS, labels)
    assert from_data(ROWS, labels.argmax(1)).labels.tolist() == NUMBERS


@pytest.mark.parametrize("kind", [np.array, torch.tensor])
def test_a_column_of_labels_becomes_classes_as_the_message_says(kind):
    labels = kind([[number] for number in NUMBERS])
    with pytest.raises(ValueError, match=r"out of a single column by labels.flatten\(\)"):
        from_data(ROWS, labels)
    assert from_data(ROWS, labels.flatten()).labels.tolist() == NUMBERS


def test_no_advice_makes_a_class_of_a_missing_label():
    labels = np.array([float(number) for number in NUMBERS])
    labels[5] = np.nan
    with pytest.raises(ValueError, match=r"got nan in row 5: mend that row or leave it out") as error:
        from_data(ROWS, labels)
    assert "astype" not in str(error.value)
    kept = ~np.isnan(labels)
    assert from_data(ROWS.numpy()[kept], labels[kept]).labels.tolist() == [
        one for i, one in enumerate(NUMBERS) if i != 5
    ]
