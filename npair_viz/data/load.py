"""Scenes and pairs from files: arrays, tables, texts, and the embedding projector's vectors with their metadata."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from torch import Tensor

from npair_viz.data.array_files import Arrays, read_npy, read_npz, read_pt, read_safetensors
from npair_viz.data.as_tensors import named_classes
from npair_viz.data.columns import Table
from npair_viz.data.contents import Contents
from npair_viz.data.names import USUAL, Places
from npair_viz.data.own_data import checked
from npair_viz.data.pairs import Pairs
from npair_viz.data.refused import RefusedError
from npair_viz.data.scene import Scene
from npair_viz.data.table_files import read_feather, read_jsonl, read_parquet
from npair_viz.data.text_files import read_lines, read_text

R = TypeVar("R")
READERS: dict[str, Callable[[Path], Arrays | Table]] = {
    ".npz": read_npz,
    ".npy": read_npy,
    ".pt": read_pt,
    ".pth": read_pt,
    ".safetensors": read_safetensors,
    ".parquet": read_parquet,
    ".feather": read_feather,
    ".arrow": read_feather,
    ".jsonl": read_jsonl,
    ".csv": read_text,
    ".tsv": read_text,
    ".txt": read_text,
    ".vec": read_text,
}
TEXTS = (".csv", ".tsv", ".txt", ".vec")  # which may be packed as .gz
METADATA = (("vectors", "metadata"), ("tensors", "metadata"), ("tensor", "metadata"), ("vecs", "meta"))
PICKLES = (".pkl", ".pickle", ".joblib")
HDF5 = (".h5", ".hdf5", ".h5ad")


def load(
    path: str | os.PathLike[str],
    labels: object = None,
    *,
    embeddings_in: object = None,
    labels_in: object = None,
    texts_in: object = None,
    anchors_in: object = None,
    positives_in: object = None,
) -> Scene | Pairs:
    """Embeddings (b, d) and labels (b,), or pairs (n, d) of two towers, out of a file; no code of it is ever run.

    - Arrays, .npz, .npy, .pt, .pth and .safetensors: entries such as embeddings and labels, features and targets, or X
      and y. Other entries are not read.
    - Tables, .csv, .tsv, .txt, .parquet, .feather, .arrow and .jsonl: a column of lists, or all columns of numbers but
      id and index, are the embeddings; a column label, target or class, else y, category or species, has the classes.
    - Text with spaces, .txt and .vec: what numpy.savetxt, GloVe and word2vec write. Any text may be packed as .gz.
    - The embedding projector's vectors.tsv with metadata.tsv in the same folder, or gensim's pair of these.
    - Two arrays or columns called anchors and positives, image and text, query and document, question and answer, or a
      and b, also with _embeddings behind, are pairs.

    Args:
        path: The file; ~ is your home.
        labels: Where the file has none: another file, or the classes themselves (b,), whole numbers or words.
        embeddings_in: The name of the entry or the names of the columns, where they are not the usual ones.
        labels_in: The name of the entry or column, likewise; it is looked for in the metadata, too.
        texts_in: Likewise of the texts, of pairs two names; which column is one is said by its name and its words.
        anchors_in: Of pairs, the entry or the columns of the anchors.
        positives_in: Likewise of the positives.

    Returns:
        A scene or pairs. Words become the classes 0, 1, ... in alphabetical order, and `class_names` keeps them. A 3-D
        entry `images` becomes the scene's images, a column of words its texts.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: The file can't be read, lacks something, or its rows are not finite or give no pair; the message
            names the file and how to mend it.
        TypeError: Embeddings or labels have a wrong type.
        ModuleNotFoundError: A package that reads the format is not installed.

    >>> import tempfile, torch
    >>> path = tempfile.mkdtemp() + "/batch.pt"
    >>> torch.save({"embeddings": torch.eye(3), "labels": ["cat", "cat", "dog"]}, path)
    >>> load(path).labels.tolist(), load(path).class_names
    ([0, 0, 1], ('cat', 'dog'))
    >>> torch.save({"queries": torch.eye(3), "documents": torch.ones(3, 3)}, path)
    >>> load(path).anchors.shape
    torch.Size([3, 3])
    """
    held = contents(path, labels, Places(embeddings_in, labels_in, texts_in, anchors_in, positives_in))
    with _errors_name(Path(path)):
        return checked(held)


def contents(path: str | os.PathLike[str], labels: object = None, places: Places = USUAL) -> Contents:
    """Read a file as `load` does, without checks of the numbers: the doctor reports what is wrong with them.

    Args:
        path: As in `load`.
        labels: Likewise.
        places: The names that `load` takes one by one.

    Returns:
        What it holds. Labels are numbered already; pairs may lack them.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: The file can't be read, or lacks embeddings or labels.
        TypeError: Labels have a wrong type.
        ModuleNotFoundError: A package that reads the format is not installed.
    """
    file = _checked_path(path)
    with _errors_name(file):
        source = _read(file)
        held = _rows(source, places)
        count = _count(held.anchors if held.is_paired else held.rows)
        texts = _texts(source, places, held.is_paired, count)
    if held.is_paired and labels is None and places.labels is None and not source.has_classes():
        return replace(held, texts=texts)
    classes, words, beside = _classes(source, file, labels, places, count)
    if texts is None and not held.is_paired:
        texts = beside
        with _errors_name(file):
            texts = source.texts(places) if texts is None and places.texts is not None else texts
    return replace(held, labels=classes, class_names=words, texts=texts)


def contents_without_labels(path: str | os.PathLike[str], places: Places = USUAL) -> Contents:
    """The rows or the pairs of a file alone, as `contents` reads them.

    Errors: as of `contents`.
    """
    file = _checked_path(path)
    with _errors_name(file):
        return _rows(_read(file), places)


def _rows(source: Arrays | Table, places: Places) -> Contents:
    towers = source.towers(places) if places.embeddings is None else None
    if towers is not None:
        return Contents(anchors=towers[0], positives=towers[1])
    return Contents(source.rows(places), images=source.images)


def _texts(source: Arrays | Table, places: Places, are_pairs: bool, rows: int) -> Any:
    """The texts in a file; None where there are none, or where named ones may stand beside its labels."""
    if are_pairs:
        return source.texts_of_towers(places)
    if places.texts is not None:
        return source.texts(places) if source.has(places.texts) else None
    texts = source.texts(places)
    return texts if texts is not None and len(texts) == rows else None


def _classes(
    source: Arrays | Table, file: Path, labels: object, places: Places, rows: int
) -> tuple[Tensor, tuple[str, ...] | None, tuple[str, ...] | None]:
    """The classes, the words that they number, and the texts that stand beside them in a file of labels."""
    is_here = source.has(places.labels) if places.labels is not None else source.has_classes()
    if labels is None and not is_here:
        labels = _metadata_of(file)
    if labels is None and source.is_unnamed and not is_here:
        raise ValueError(f"{file.name}: it names no labels: {_mend_of_unnamed(source)}")
    if not isinstance(labels, str | os.PathLike):
        with _errors_name(file):
            return *named_classes("labels", source.classes(places) if labels is None else labels), None
    other = _checked_path(labels)
    with _errors_name(other):
        if _suffix(other) not in TEXTS:
            beside = _read(other)
            texts = beside.texts(places) if places.texts is not None and beside.has(places.texts) else None
            return *named_classes("labels", beside.classes(places)), texts
        lines = _in_words(other, read_lines)
        classes, words = named_classes("labels", lines.classes(rows, places), may_be_blank=True)
        return classes, words, lines.texts(rows, places)


def _metadata_of(file: Path) -> Path | None:
    """The metadata.tsv of the embedding projector's vectors.tsv, or as others call the two."""
    for vectors, metadata in METADATA:
        other = file.with_name(file.name.replace(vectors, metadata))
        if other != file and other.is_file():
            return other
    return None


def _count(rows: Any) -> int:
    shape = getattr(rows, "shape", None)
    return len(rows) if shape is None else shape[0] if len(shape) else 0


def _mend_of_unnamed(source: Arrays | Table) -> str:
    """How the labels of a file without names are found: beside it, or in one of its columns of numbers."""
    bring = "bring them, load(path, labels='labels.npy')"
    if isinstance(source, Arrays) or len(source.names) < 3:
        return bring
    return f"if the last column holds them, labels_in={source.names[-1]}; else {bring}"


def _checked_path(path: str | os.PathLike[str]) -> Path:
    file = Path(path).expanduser()
    if file.is_dir():
        raise ValueError(f"{file} is a directory: name a file in it")
    suffix = _suffix(file)
    if suffix in PICKLES:
        raise ValueError(
            f"{file.name}: a pickle runs code when it is opened, so it is never read: where you trust it, open it "
            "yourself and numpy.savez('embeddings.npz', embeddings=embeddings, labels=labels)"
        )
    if suffix in HDF5:
        raise ValueError(
            f"{file.name}: HDF5 is not read: open it with h5py or anndata and "
            "numpy.savez('embeddings.npz', embeddings=embeddings, labels=labels)"
        )
    if suffix == ".json":
        raise ValueError(
            f"{file.name}: .json is not read: "
            "pandas.read_json(file).to_json('rows.jsonl', orient='records', lines=True)"
        )
    if suffix not in READERS:
        raise ValueError(f"{file.name}: a file's name must end in one of {', '.join(READERS)}, got {file.suffix!r}")
    if not file.is_file():
        raise FileNotFoundError(f"there is no file {file}: the working directory is {Path.cwd()}")
    return file


def _suffix(file: Path) -> str:
    """The suffix that says how a file is read; of a packed text the one before .gz."""
    inner = Path(file.stem).suffix.lower()
    return inner if file.suffix.lower() == ".gz" and inner in TEXTS else file.suffix.lower()


def _read(file: Path) -> Arrays | Table:
    return _in_words(file, READERS[_suffix(file)])


def _in_words(file: Path, reader: Callable[[Path], R]) -> R:
    try:
        return reader(file)
    except (ModuleNotFoundError, RefusedError):
        raise
    except Exception as error:  # a damaged file can make its reader raise anything
        raise ValueError(_unreadable(file, error)) from None


def _unreadable(file: Path, error: Exception) -> str:
    reason = str(error).splitlines()[:1] or [type(error).__name__]
    return f"it can't be read as {_suffix(file)}, {reason[0][:200]}: is it whole, and is it what its name says?"


@contextmanager
def _errors_name(file: Path) -> Iterator[None]:
    """Put the file's name in front of the message of an error."""
    try:
        yield
    except ModuleNotFoundError:
        raise
    except (TypeError, ValueError) as error:
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(f"{file.name}: {error}") from None
    except Exception as error:  # what is read late can be damaged, too
        raise ValueError(f"{file.name}: {_unreadable(file, error)}") from None
