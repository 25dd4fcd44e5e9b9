"""Texts as people write them: European csv, white space, word2vec, packed; and labels one a line."""

import gzip

import numpy as np
import pandas
import pytest

from npair_viz import load
from npair_viz.data import refused
from tests.support.four_rows import LABELS, ROWS

WORDS = ["dog", "cat", "cat", "dog"]
EXACT = [[0.5, -1.25], [1e-3, 2.0], [3.5, 4.5], [7.0, 8.5]]


def written(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return path


# --- csv of other countries


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_a_european_csv_is_read(tmp_path, encoding):
    rows = pandas.DataFrame(EXACT, columns=["links", "rechts"]).assign(label=["süß", "grün", "grün", "süß"])
    rows.to_csv(tmp_path / "a.csv", sep=";", decimal=",", index=False, encoding=encoding)
    scene = load(tmp_path / "a.csv")
    assert (scene.embeddings.tolist(), scene.class_names) == (EXACT, ("grün", "süß"))


def test_a_semicolon_in_a_text_is_no_separator(tmp_path):
    text = "x0,x1,label,note\n1.5,2,7,a; b\n3,4,7,c\n5,6,5,d\n7,8.5,5,e\n"
    scene = load(written(tmp_path / "a.csv", text))
    assert (scene.embeddings[0].tolist(), scene.texts[0]) == ([1.5, 2.0], "a; b")


def test_a_comma_between_thousands_is_no_decimal_comma(tmp_path):
    text = "x0;x1;label\n1,500;2;7\n3,100;4;7\n5,000;6;5\n7,250;8;5\n"
    with pytest.raises(ValueError, match=r"^a.csv: column 'x0' must hold finite numbers, got '1,500' in row 0"):
        load(written(tmp_path / "a.csv", text))


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".txt"])
def test_a_packed_text_is_read(tmp_path, suffix):
    between = "," if suffix == ".csv" else "\t"
    lines = [f"x0{between}x1{between}label", *(f"{row[0]}{between}{row[1]}{between}7" for row in EXACT)]
    (tmp_path / f"a{suffix}.gz").write_bytes(gzip.compress("\n".join(lines).encode()))
    assert load(tmp_path / f"a{suffix}.gz").embeddings.tolist() == EXACT


def test_a_packed_text_that_would_not_fit_into_memory_is_not_unpacked(tmp_path, monkeypatch):
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(b"0,0\n" * 10**6))
    monkeypatch.setattr(refused, "memory", lambda: 10**6)
    with pytest.raises(ValueError, match=r"^a.csv.gz: it unpacks to 0.0 GB or more"):
        load(tmp_path / "a.csv.gz", LABELS)


# --- white space


def test_what_numpy_writes_is_read(tmp_path):
    for header in ("", "left right"):
        np.savetxt(tmp_path / "a.txt", np.array(EXACT), header=header)
        np.savetxt(tmp_path / "labels.txt", np.array(LABELS))
        scene = load(tmp_path / "a.txt", tmp_path / "labels.txt")
        assert (scene.embeddings.tolist(), scene.labels.tolist()) == (EXACT, LABELS)


@pytest.mark.parametrize("head", ["", "4 2\n"])
@pytest.mark.parametrize("suffix", [".txt", ".vec"])
def test_words_with_their_vectors_are_read(tmp_path, suffix, head):
    words = ["the", ",", '"', "2"]
    text = head + "".join(f"{word} {row[0]} {row[1]} \n" for word, row in zip(words, EXACT, strict=True))
    scene = load(written(tmp_path / f"a{suffix}", text), LABELS)
    assert (scene.embeddings.tolist(), scene.texts) == (EXACT, tuple(words))


# --- labels one a line


@pytest.mark.parametrize("heading", ["", "kind\n", "label\n"])
def test_the_count_says_whether_the_first_label_is_a_heading(tmp_path, heading):
    np.save(tmp_path / "rows.npy", np.array(ROWS))
    for name in ("labels.txt", "labels.csv", "labels.tsv"):
        written(tmp_path / name, heading + "\n".join(WORDS))
        scene = load(tmp_path / "rows.npy", tmp_path / name)
        assert (scene.labels.tolist(), scene.class_names) == ([1, 0, 0, 1], ("cat", "dog"))


def test_labels_of_another_count_are_refused(tmp_path):
    np.save(tmp_path / "rows.npy", np.array(ROWS))
    for count in (3, 6):
        written(tmp_path / "labels.txt", "dog\n" * count)
        with pytest.raises(ValueError, match=rf"labels.txt: labels must have one line a row, 4 in all .* got {count}"):
            load(tmp_path / "rows.npy", tmp_path / "labels.txt")


# --- the embedding projector's pair


def projector(path, metadata, names=("vectors.tsv", "metadata.tsv")):
    (path / names[0]).write_text("".join("\t".join(map(str, row)) + "\n" for row in ROWS))
    (path / names[1]).write_text(metadata)
    return load(path / names[0])


@pytest.mark.parametrize(
    "metadata",
    [
        'dog "x"\ncat\ncat\ndog "x"\n',
        'label\ndog "x"\ncat\ncat\ndog "x"',
        'kind\ndog "x"\ncat\ncat\ndog "x"\n',
        'word\tlabel\na\tdog "x"\nb\tcat\nc\tcat\nd\tdog "x"\n',
    ],
)
def test_vectors_find_their_metadata(tmp_path, metadata):
    scene = projector(tmp_path, metadata)
    assert scene.embeddings.tolist() == ROWS
    assert (scene.labels.tolist(), scene.class_names) == ([1, 0, 0, 1], ("cat", 'dog "x"'))


@pytest.mark.parametrize(
    "names",
    [("tensors.tsv", "metadata.tsv"), ("vecs.tsv", "meta.tsv"), ("w2v_tensor.tsv", "w2v_metadata.tsv")],
)
def test_other_names_of_the_pair_are_known(tmp_path, names):
    assert projector(tmp_path, "dog\ncat\ncat\ndog\n", names).class_names == ("cat", "dog")


@pytest.mark.parametrize("heading", ["", "kind\n", "label\n"])
@pytest.mark.parametrize("blank", [0, 1, 3])
def test_a_blank_line_is_a_class_and_shifts_nothing(tmp_path, heading, blank):
    words = ["dog", "cat", "cat", "dog"]
    words[blank] = ""
    scene = projector(tmp_path, heading + "".join(f"{word}\n" for word in words))
    assert [scene.class_names[label] for label in scene.labels] == words


def test_the_words_beside_the_labels_are_texts(tmp_path):
    scene = projector(tmp_path, "word\tlabel\na\tdog\nb\tcat\nc\tcat\nd\tdog\n")
    assert scene.texts == ("a", "b", "c", "d")


def test_labels_in_looks_in_the_metadata(tmp_path):
    text = "word\tkind\tsort\na\tdog\t1\nb\tcat\t1\nc\tcat\t2\nd\tdog\t2\n"
    with pytest.raises(ValueError, match=r"^metadata.tsv: the labels must be in column .*, got 'word', 'kind', 'sort'"):
        projector(tmp_path, text)
    assert load(tmp_path / "vectors.tsv", labels_in="kind").class_names == ("cat", "dog")
    assert load(tmp_path / "vectors.tsv", labels_in="sort").labels.tolist() == [1, 1, 2, 2]


def test_metadata_of_numbers_are_classes(tmp_path):
    assert projector(tmp_path, "".join(f"{label}\n" for label in LABELS)).labels.tolist() == LABELS


def test_vectors_without_metadata_say_what_is_missing(tmp_path):
    projector(tmp_path, "1\n1\n2\n2\n")
    (tmp_path / "metadata.tsv").unlink()
    with pytest.raises(ValueError, match=r"^vectors.tsv: it names no labels: .*bring them, load\(path, labels="):
        load(tmp_path / "vectors.tsv")


@pytest.mark.parametrize("kind", ["txt", "csv"])
def test_labels_in_the_last_column_of_bare_numbers_are_found_by_the_mend(tmp_path, kind):
    path = tmp_path / f"rows.{kind}"
    np.savetxt(path, np.c_[ROWS, LABELS], delimiter=" " if kind == "txt" else ",")
    with pytest.raises(ValueError, match="if the last column holds them, labels_in=2;"):
        load(path)
    scene = load(path, labels_in=2)
    assert (scene.embeddings.tolist(), scene.labels.tolist()) == (ROWS, LABELS)


def test_a_json_file_is_told_how_it_becomes_one_that_is_read(tmp_path):
    path = tmp_path / "rows.json"
    pandas.DataFrame({"x0": [1.0, 2, 3, 4], "x1": [2.0, 1, 4, 3], "label": LABELS}).to_json(path)
    with pytest.raises(ValueError, match=r"pandas.read_json\(file\).to_json\('rows.jsonl', orient='records'"):
        load(path)
    pandas.read_json(path).to_json(tmp_path / "rows.jsonl", orient="records", lines=True)
    assert load(tmp_path / "rows.jsonl").labels.tolist() == LABELS
