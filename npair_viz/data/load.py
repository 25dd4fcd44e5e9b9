"""Scenes from files: arrays, tables, and the embedding projector's vectors with their metadata."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import Tensor

from npair_viz.data.array_files import Arrays, read_npy, read_npz, read_pt, read_safetensors
from npair_viz.data.as_tensors import named_classes
from npair_viz.data.scene import Scene
from npair_viz.data.scenes import from_data
from npair_viz.data.table_files import Table, read_parquet, read_text

READERS: dict[str, Callable[[Path], Arrays | Table]] = {
    ".npz": read_npz,
    ".npy": read_npy,
    ".pt": read_pt,
    ".pth": read_pt,
    ".safetensors": read_safetensors,
    ".parquet": read_parquet,
    ".csv": read_text,
    ".tsv": read_text,
    ".txt": read_text,
}


def load(
    path: str | os.PathLike[str], labels: object = None, *, embeddings_in: object = None, labels_in: object = None
) -> Scene:
    """Embeddings (b, d) and labels (b,) out of a file; no code of the file is ever run.

    Args:
        path: .npz, .pt, .pth or .safetensors with entries such as embeddings and labels, features and targets, or X and
            y; .csv, .tsv, .txt or .parquet with a column label, target or class, where all other columns but id and
            index are the embeddings, or one column embeddings holds lists; .npy; the embedding projector's vectors.tsv
            with metadata.tsv in the same folder.
        labels: Where the file has none: another file, or the classes themselves (b,), whole numbers or words.
        embeddings_in: The name of the entry or the names of the columns, where they are not the usual ones.
        labels_in: The name of the entry or column, likewise.

    Returns:
        A scene. Words become the classes 0, 1, ... in alphabetical order, and `class_names` keeps them. A 3-D entry
        `images` becomes the scene's images.

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
    """
    read = contents(path, labels, embeddings_in=embeddings_in, labels_in=labels_in)
    with _errors_name(Path(path)):
        return from_data(read.rows, read.labels, images=read.images, class_names=read.class_names)


@dataclass(frozen=True, eq=False)
class Contents:
    """What a file holds, not yet checked: rows, their classes and, where there are any, pictures and class names."""

    rows: Any
    labels: Tensor
    images: Tensor | None
    class_names: tuple[str, ...] | None


def contents(
    path: str | os.PathLike[str], labels: object = None, *, embeddings_in: object = None, labels_in: object = None
) -> Contents:
    """Read a file as `load` does, without checks of the numbers: the doctor reports what is wrong with them.

    Args:
        path: As in `load`.
        labels: As in `load`.
        embeddings_in: As in `load`.
        labels_in: As in `load`.

    Returns:
        What the file holds.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: The file can't be read, or lacks embeddings or labels.
        TypeError: Labels have a wrong type.
        ModuleNotFoundError: A package that reads the format is not installed.
    """
    file = _checked_path(path)
    with _errors_name(file):
        source = _read(file)
        rows = source.rows(embeddings_in)
    values = _labels(source, file, labels, labels_in)
    with _errors_name(file):
        classes, names = named_classes("labels", values)
    return Contents(rows, classes, source.images, names)


def _labels(source: Arrays | Table, file: Path, labels: object, labels_in: object) -> object:
    """The classes as they were given, or out of the file that has them."""
    if labels is None and source.is_unnamed and labels_in is None:
        labels = _metadata_of(file)
    if labels is None:
        with _errors_name(file):
            return source.classes(labels_in)
    if not isinstance(labels, str | os.PathLike):
        return labels
    other = _checked_path(labels)
    with _errors_name(other):
        return _read(other).classes(labels_in)


def _metadata_of(file: Path) -> Path:
    """The metadata.tsv of the embedding projector's vectors.tsv."""
    metadata = file.with_name(file.name.replace("vectors", "metadata"))
    if metadata == file or not metadata.is_file():
        raise ValueError(f"{file.name}: it names no labels: bring them, load(path, labels='labels.npy')")
    return metadata


def _checked_path(path: str | os.PathLike[str]) -> Path:
    file = Path(path)
    if file.suffix.lower() not in READERS:
        raise ValueError(f"{file.name}: a file's name must end in one of {', '.join(READERS)}, got {file.suffix!r}")
    if not file.is_file():
        raise FileNotFoundError(f"there is no file {file}: the working directory is {Path.cwd()}")
    return file


def _read(file: Path) -> Arrays | Table:
    suffix = file.suffix.lower()
    try:
        return READERS[suffix](file)
    except ModuleNotFoundError:
        raise
    except Exception as error:  # a damaged file can make its reader raise anything
        reason = str(error).splitlines()[:1] or [type(error).__name__]
        raise ValueError(
            f"it can't be read as {suffix}, {reason[0][:200]}: is it whole, and is it what its name says?"
        ) from None


@contextmanager
def _errors_name(file: Path) -> Iterator[None]:
    """Put the file's name in front of the message of a TypeError or ValueError."""
    try:
        yield
    except (TypeError, ValueError) as error:
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(f"{file.name}: {error}") from None
