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


def save_feather(table, path):
    table.reset_index(drop=True).to_feather(path)


def save_arrow_stream(table, path):
    arrow = pyarrow.Table.from_pandas(table)
    with pyarrow.OSFile(str(path), "wb") as sink, pyarrow.ipc.new_stream(sink, arrow.schema) as writer:
        writer.write_table(arrow, max_chunksize=3)


def save_jsonl(table, path):
    table.to_json(path, orient="records", lines=True, double_precision=15)


def save_packed(table, path):
    table.to_csv(path, index=False)


TEXTS = {".csv": save_csv, ".tsv": save_tsv, ".txt": save_tsv, ".csv.gz": save_packed}
BINARY = {".parquet": save_parquet, ".feather": save_feather, ".arrow": save_arrow_stream}
SAVERS = {**TEXTS, **BINARY}
ALL = {**SAVERS, ".jsonl": save_jsonl}
LISTS = {**BINARY, ".jsonl": save_jsonl, ".csv": save_csv, ".tsv": save_tsv}


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
    with pytest.raises(ValueError, match=rf"^a{suffix}: the labels must be in column .*, got 'kind', .*: name it by"):
        load(path)
    assert load(path, labels_in="kind").embeddings.shape == (4, 3)
    scene = load(path, embeddings_in=["right", "left"], labels_in="kind")
    assert scene.embeddings.tolist() == [row[::-1] for row in ROWS]
    assert scene.class_names == ("cat", "dog")
    assert load(path, embeddings_in="left", labels_in="kind").embeddings.shape == (4, 1)
    with pytest.raises(ValueError, match=r"must be in 'up', got 'left', 'right', 'weight', 'kind': name what is"):
        load(path, embeddings_in=["left", "up"], labels_in="kind")
    with pytest.raises(
        ValueError, match=r"the labels must be in 'sort', got 'left', .*: name what is there by labels_in="
    ):
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


@pytest.mark.parametrize("suffix", LISTS)
def test_a_column_of_lists_is_the_embeddings_in_every_format(tmp_path, suffix):
    table = pandas.DataFrame({"price": [1.0, 2, 3, 4], "emb": EXACT, "label": WORDS, "note": ["n"] * 4})
    LISTS[suffix](table, tmp_path / f"a{suffix}")
    for chosen in (None, "emb", ["emb"]):
        scene = load(tmp_path / f"a{suffix}", embeddings_in=chosen)
        assert scene.embeddings.flatten().tolist() == pytest.approx([one for row in EXACT for one in row], rel=1e-9)
        assert (scene.class_names, scene.texts) == (("cat", "dog"), ("n",) * 4)


@pytest.mark.parametrize("suffix", LISTS)
def test_lists_of_tokens_and_tags_do_not_spoil_a_file(tmp_path, suffix):
    tokens, tags = [[1], [1, 2], [], [3]], [["a"], ["b", "c"], [], ["d"]]
    table = pandas.DataFrame({"tags": tags, "emb": ROWS, "label": WORDS, "tokens": tokens})
    LISTS[suffix](table, tmp_path / f"a{suffix}")
    assert load(tmp_path / f"a{suffix}").embeddings.tolist() == ROWS


@pytest.mark.parametrize("suffix", LISTS)
def test_two_columns_of_lists_that_are_partners_are_pairs(tmp_path, suffix):
    table = pandas.DataFrame({"query_emb": ROWS, "document_emb": ROWS[::-1], "query_text": WORDS})
    LISTS[suffix](table.assign(document_text=list("efgh")), tmp_path / f"a{suffix}")
    pairs = load(tmp_path / f"a{suffix}")
    assert (pairs.anchors.tolist(), pairs.positives.tolist()) == (ROWS, ROWS[::-1])
    assert (pairs.labels, pairs.texts) == (None, (tuple(WORDS), tuple("efgh")))
    chosen = load(tmp_path / f"a{suffix}", anchors_in="document_emb", positives_in="query_emb")
    assert chosen.anchors.tolist() == ROWS[::-1]
    with pytest.raises(ValueError, match=rf"^a{suffix}: the positives must be in 'up', got .* by positives_in="):
        load(tmp_path / f"a{suffix}", anchors_in="document_emb", positives_in="up")


def test_the_sides_of_pairs_may_be_columns_of_numbers(tmp_path):
    frame(q0=[1.0, 2, 3, 4]).to_csv(tmp_path / "a.csv", index=False)
    pairs = load(tmp_path / "a.csv", anchors_in=["left", "right"], positives_in=["right", "q0"])
    assert (pairs.anchors.tolist(), pairs.positives[2].tolist()) == (ROWS, [1.0, 3.0])


def test_a_single_column_of_lists_is_read_with_a_heading_or_without(tmp_path):
    for heading in (True, False):
        pandas.DataFrame({"emb": ROWS}).to_csv(tmp_path / "a.csv", index=False, header=heading)
        assert load(tmp_path / "a.csv", LABELS).embeddings.tolist() == ROWS


def test_arrays_that_numpy_wrote_as_text_are_read_and_those_that_it_cut_get_a_mend(tmp_path):
    table = pandas.DataFrame({"emb": list(np.array(ROWS)), "label": WORDS})
    table.to_csv(tmp_path / "a.csv", index=False)
    assert load(tmp_path / "a.csv").embeddings.tolist() == ROWS
    long = pandas.DataFrame({"emb": list(np.eye(4, 2000)), "label": WORDS})
    long.to_csv(tmp_path / "a.csv", index=False)
    with pytest.raises(ValueError, match=r"column 'emb' is cut short by '...', .* row 0: .*frame\['emb'\].map\(list\)"):
        load(tmp_path / "a.csv")
    long["emb"] = long["emb"].map(list)
    long.map(lambda cell: [float(one) for one in cell] if isinstance(cell, list) else cell).to_csv(tmp_path / "a.csv")
    assert load(tmp_path / "a.csv").embeddings.shape == (4, 2000)


# --- labels are no embeddings


@pytest.mark.parametrize("labels", [LABELS, WORDS])
@pytest.mark.parametrize("suffix", ALL)
def test_the_column_that_is_named_as_the_labels_is_no_embedding(tmp_path, suffix, labels):
    ALL[suffix](frame(cluster=labels), tmp_path / f"a{suffix}")
    scene = load(tmp_path / f"a{suffix}", labels_in="cluster")
    assert scene.embeddings.tolist() == ROWS
    assert scene.labels.tolist() == (LABELS if labels is LABELS else [1, 0, 0, 1])


@pytest.mark.parametrize("name", ["y", "category", "species", " label "])
@pytest.mark.parametrize("suffix", ALL)
def test_more_names_say_label(tmp_path, suffix, name):
    ALL[suffix](frame(**{name: WORDS}), tmp_path / f"a{suffix}")
    scene = load(tmp_path / f"a{suffix}")
    assert (scene.embeddings.tolist(), scene.labels.tolist()) == (ROWS, [1, 0, 0, 1])


@pytest.mark.parametrize("suffix", ALL)
def test_known_labels_are_no_embeddings_where_others_are_given(tmp_path, suffix):
    ALL[suffix](frame(label=[9, 8, 8, 9], cluster=WORDS), tmp_path / f"a{suffix}")
    assert load(tmp_path / f"a{suffix}", labels_in="cluster").embeddings.tolist() == ROWS
    assert load(tmp_path / f"a{suffix}", LABELS, embeddings_in=["left", "right"]).embeddings.tolist() == ROWS


@pytest.mark.parametrize("suffix", ALL)
def test_a_column_of_text_becomes_the_texts(tmp_path, suffix):
    texts = ("a dog", 'the "cat"', "2 cats", "dogs, dogs")
    ALL[suffix](frame(label=LABELS, title=texts), tmp_path / f"a{suffix}")
    scene = load(tmp_path / f"a{suffix}")
    assert scene.embeddings.tolist() == ROWS
    assert scene.texts == texts


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


# --- tables that are refused


@pytest.mark.parametrize("cell", ["", "NaN", "1,500", "x" * 3_000_000])
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
        with pytest.raises(ValueError, match=rf"^{name}: .*is it what its name says"):
            load(tmp_path / name)
