"""Embeddings and labels out of files of columns: .csv, .parquet, and the embedding projector's pair."""

import numpy as np
import pandas
import pyarrow
import pytest
from pyarrow import parquet

from npair_viz import load
from tests.support.four_rows import LABELS, ROWS

WORDS = ["dog", "cat", "cat", "dog"]
EXACT = [[0.1, 1e300], [2 / 3, -5e-324], [1.0, 0.0], [7.0, 1e-9]]


def frame(rows=ROWS, **columns):
    return pandas.DataFrame({"left": [row[0] for row in rows], "right": [row[1] for row in rows], **columns})


def save_csv(table, path):
    table.to_csv(path, index=False)


def save_tsv(table, path):
    table.to_csv(path, index=False, sep="\t")


def save_parquet(table, path):
    table.to_parquet(path)


SAVERS = {".csv": save_csv, ".tsv": save_tsv, ".txt": save_tsv, ".parquet": save_parquet}


@pytest.mark.parametrize("suffix", SAVERS)
@pytest.mark.parametrize("name", ["label", "labels", "Target", "class"])
def test_a_table_that_was_saved_is_loaded(tmp_path, suffix, name):
    SAVERS[suffix](frame(EXACT, **{name: LABELS}), tmp_path / f"batch{suffix}")
    scene = load(tmp_path / f"batch{suffix}")
    assert scene.embeddings.tolist() == EXACT
    assert scene.labels.tolist() == LABELS


@pytest.mark.parametrize("suffix", SAVERS)
def test_words_of_a_table_are_classes(tmp_path, suffix):
    SAVERS[suffix](frame(label=["NA", "None", "None", "NA"]), tmp_path / f"a{suffix}")
    scene = load(tmp_path / f"a{suffix}")
    assert (scene.labels.tolist(), scene.class_names) == ([0, 1, 1, 0], ("NA", "None"))


@pytest.mark.parametrize("suffix", SAVERS)
def test_row_numbers_are_no_embeddings(tmp_path, suffix):
    SAVERS[suffix](frame(label=LABELS, id=[5, 6, 7, 8], index=[1, 2, 3, 4]), tmp_path / f"a{suffix}")
    assert load(tmp_path / f"a{suffix}").embeddings.tolist() == ROWS


def test_the_index_that_pandas_writes_is_no_embedding(tmp_path):
    frame(label=LABELS).to_csv(tmp_path / "a.csv")
    frame(label=LABELS).set_index(pandas.Index([9, 8, 7, 6])).to_parquet(tmp_path / "a.parquet")
    for name in ("a.csv", "a.parquet"):
        assert load(tmp_path / name).embeddings.tolist() == ROWS


@pytest.mark.parametrize("suffix", SAVERS)
def test_columns_with_other_names_are_chosen_by_name(tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    SAVERS[suffix](frame(weight=[9.0, 9, 9, 9], kind=WORDS), path)
    with pytest.raises(ValueError, match=rf"^a{suffix}: column 'kind' must hold finite numbers, got 'dog' in row 0: "):
        load(path)
    scene = load(path, embeddings_in=["right", "left"], labels_in="kind")
    assert scene.embeddings.tolist() == [row[::-1] for row in ROWS]
    assert scene.class_names == ("cat", "dog")
    assert load(path, embeddings_in="left", labels_in="kind").embeddings.shape == (4, 1)
    with pytest.raises(ValueError, match=r"must be in columns 'up', got 'left', 'right', 'weight', 'kind': name them"):
        load(path, embeddings_in=["left", "up"], labels_in="kind")
    with pytest.raises(ValueError, match=r"the labels must be in column 'sort', got 'left', .*: name it by labels_in="):
        load(path, embeddings_in=["left"], labels_in="sort")


def test_two_columns_of_labels_are_refused(tmp_path):
    save_csv(frame(label=LABELS, target=LABELS), tmp_path / "a.csv")
    with pytest.raises(ValueError, match="got 'label', 'target': name it by labels_in="):
        load(tmp_path / "a.csv")


def test_a_table_takes_labels_from_elsewhere(tmp_path):
    save_csv(frame(), tmp_path / "a.csv")
    save_csv(pandas.DataFrame({"label": WORDS, "note": LABELS}), tmp_path / "labels.csv")
    np.save(tmp_path / "labels.npy", np.array(LABELS))
    assert load(tmp_path / "a.csv", LABELS).labels.tolist() == LABELS
    assert load(tmp_path / "a.csv", tmp_path / "labels.npy").labels.tolist() == LABELS
    assert load(tmp_path / "a.csv", tmp_path / "labels.csv").class_names == ("cat", "dog")
    assert load(tmp_path / "a.csv", tmp_path / "labels.csv", labels_in="note").labels.tolist() == LABELS


def test_a_text_of_numbers_alone_has_no_header(tmp_path):
    np.savetxt(tmp_path / "a.csv", np.array(ROWS), delimiter=",")
    assert load(tmp_path / "a.csv", LABELS).embeddings.tolist() == ROWS
    np.savetxt(tmp_path / "b.csv", np.column_stack([ROWS, LABELS]), delimiter=",")
    scene = load(tmp_path / "b.csv", embeddings_in=[0, 1], labels_in=2)
    assert (scene.embeddings.tolist(), scene.labels.tolist()) == (ROWS, LABELS)


def test_columns_that_pandas_only_numbered_have_a_header(tmp_path):
    save_csv(pandas.DataFrame(ROWS), tmp_path / "a.csv")
    assert load(tmp_path / "a.csv", LABELS).embeddings.tolist() == ROWS


@pytest.mark.parametrize("kind", ["list", "large", "fixed"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_column_of_lists_is_the_embeddings(tmp_path, kind, dtype):
    of = {"list": pyarrow.list_, "large": pyarrow.large_list, "fixed": lambda one: pyarrow.list_(one, 2)}[kind]
    rows = pyarrow.array(ROWS, of(pyarrow.from_numpy_dtype(dtype)))
    table = pyarrow.table({"embedding": rows, "label": WORDS, "note": WORDS})
    parquet.write_table(table, tmp_path / "a.parquet", row_group_size=3)
    for scene in (load(tmp_path / "a.parquet"), load(tmp_path / "a.parquet", embeddings_in="embedding")):
        assert scene.embeddings.tolist() == ROWS
        assert scene.labels.tolist() == [1, 0, 0, 1]


def test_lists_of_unequal_lengths_are_refused(tmp_path):
    for short in ([1.0], None):
        table = pyarrow.table({"embedding": [[1.0, 2.0], short, [3.0, 4.0]], "label": [1, 1, 2]})
        parquet.write_table(table, tmp_path / "a.parquet")
        with pytest.raises(ValueError, match=r"^a.parquet: .*column 'embedding' must hold lists of one length"):
            load(tmp_path / "a.parquet")


# --- the embedding projector's pair


def projector(path, metadata):
    (path / "vectors.tsv").write_text("".join("\t".join(map(str, row)) + "\n" for row in ROWS))
    (path / "metadata.tsv").write_text(metadata)
    return load(path / "vectors.tsv")


@pytest.mark.parametrize(
    "metadata",
    [
        'dog "x"\ncat\ncat\ndog "x"\n',
        'label\ndog "x"\ncat\ncat\ndog "x"',
        'word\tlabel\na\tdog "x"\nb\tcat\nc\tcat\nd\tdog "x"\n',
    ],
)
def test_vectors_find_their_metadata(tmp_path, metadata):
    scene = projector(tmp_path, metadata)
    assert scene.embeddings.tolist() == ROWS
    assert (scene.labels.tolist(), scene.class_names) == ([1, 0, 0, 1], ("cat", 'dog "x"'))


def test_metadata_of_numbers_are_classes(tmp_path):
    assert projector(tmp_path, "".join(f"{label}\n" for label in LABELS)).labels.tolist() == LABELS


def test_vectors_without_metadata_say_what_is_missing(tmp_path):
    projector(tmp_path, "1\n1\n2\n2\n")
    (tmp_path / "metadata.tsv").unlink()
    with pytest.raises(ValueError, match=r"^vectors.tsv: it names no labels: bring them, load\(path, labels="):
        load(tmp_path / "vectors.tsv")


def test_metadata_without_a_column_of_labels_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"^metadata.tsv: the labels must be in column .*, got 'word', 'kind': name"):
        projector(tmp_path, "word\tkind\na\tdog\nb\tcat\nc\tcat\nd\tdog\n")


# --- tables that are refused


@pytest.mark.parametrize("cell", ["", "NaN", "inf", "-inf", "1,5", "x" * 3_000_000])
@pytest.mark.parametrize("suffix", [".csv", ".tsv"])
def test_a_cell_that_is_no_number_is_named_by_row_and_column(tmp_path, cell, suffix):
    SAVERS[suffix](frame([[1, 2], [3, cell], [4, 5], [6, cell]], label=LABELS), tmp_path / f"a{suffix}")
    with pytest.raises(ValueError, match=rf"^a{suffix}: column 'right' must hold finite .* in row 1: mend") as error:
        load(tmp_path / f"a{suffix}")
    assert len(str(error.value)) < 250


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_label_that_is_missing_or_too_long_is_named_by_row(tmp_path, suffix):
    for word in ("", "x" * 3_000_000):
        SAVERS[suffix](frame(label=["a", "a", word, "b"]), tmp_path / f"a{suffix}")
        with pytest.raises(ValueError, match=rf"^a{suffix}: labels must be .* in row 2: mend") as error:
            load(tmp_path / f"a{suffix}")
        assert len(str(error.value)) < 250


def test_missing_labels_of_a_parquet_file_are_refused(tmp_path):
    for labels in ([1, 1, None, 2], ["a", "a", None, "b"]):
        parquet.write_table(pyarrow.table({"x": [1.0, 2, 3, 4], "label": labels}), tmp_path / "a.parquet")
        with pytest.raises(ValueError, match=r"^a.parquet: labels must be .*, got nan in row 2"):
            load(tmp_path / "a.parquet")


@pytest.mark.parametrize("text", ["", "\n", "left,right,label\n", "left,label\n1,2\n1,2,3\n", "\0\0", '"'])
def test_a_text_that_is_no_table_is_refused(tmp_path, text):
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(ValueError, match=r"^a.csv: "):
        load(tmp_path / "a.csv")


def test_a_truncated_or_misnamed_parquet_file_is_refused(tmp_path):
    save_parquet(frame(label=LABELS), tmp_path / "a.parquet")
    whole = (tmp_path / "a.parquet").read_bytes()
    for part in (0, 4, len(whole) // 2, len(whole) - 1):
        (tmp_path / "a.parquet").write_bytes(whole[:part])
        with pytest.raises(ValueError, match=r"^a.parquet: it can't be read as .parquet, "):
            load(tmp_path / "a.parquet")
    (tmp_path / "wrong.csv").write_bytes(whole)
    save_csv(frame(label=LABELS), tmp_path / "wrong.parquet")
    for name in ("wrong.csv", "wrong.parquet"):
        with pytest.raises(ValueError, match=rf"^{name}: it can't be read as "):
            load(tmp_path / name)
