"""What a person brings as files: arrays, tables and the embedding projector's pair, as a scene."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import Tensor

from npair_viz.data.array_files import Arrays, read_npy, read_npz, read_pt, read_safetensors
from npair_viz.data.as_tensors import named_classes
from npair_viz.data.scenes import Scene, brought
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
    path: str | os.PathLike[str],
    labels: object = None,
    *,
    embeddings_in: object = None,
    labels_in: object = None,
) -> Scene:
    """Embeddings (b, d) and labels (b,) out of a file; no code of the file is ever run.

    path: .npz, .pt or .safetensors with entries such as embeddings and labels, features and targets, X and y; .csv,
    .tsv or .parquet with a column label, target or class, where all others but id and index are the embeddings, or one
    column embeddings holds lists; .npy; the embedding projector's vectors.tsv, with metadata.tsv beside it.
    labels: where the file has none, another file, or the classes themselves (b,), whole numbers or words.
    embeddings_in, labels_in: the names of entries or columns, where they are not the usual ones.
    Words become the classes 0, 1, ... in their alphabetical order, and `class_names` keeps them. A 3-D entry `images`
    comes along as pictures of the rows.
    Errors: FileNotFoundError; ValueError or TypeError that names the file, what it lacks, and the mend.

    >>> import tempfile, torch
    >>> path = tempfile.mkdtemp() + "/batch.pt"
    >>> torch.save({"embeddings": torch.eye(3), "labels": ["cat", "cat", "dog"]}, path)
    >>> load(path).labels.tolist(), load(path).class_names
    ([0, 0, 1], ('cat', 'dog'))
    """
    held = contents(path, labels, embeddings_in=embeddings_in, labels_in=labels_in)
    with _named(Path(path)):
        return brought(held.rows, held.labels, images=held.images, class_names=held.class_names)


@dataclass(frozen=True, eq=False)
class Contents:
    """What a file holds, whether or not it makes sense: rows, their classes and, where there are any, pictures."""

    rows: Any
    labels: Tensor
    images: Tensor | None
    class_names: tuple[str, ...] | None


def contents(
    path: str | os.PathLike[str], labels: object = None, *, embeddings_in: object = None, labels_in: object = None
) -> Contents:
    """What `load` reads, before it is asked whether rows are finite and make pairs: the doctor wants to say that.

    Errors: those of `load` that come from the file itself.
    """
    file = _existing(path)
    with _named(file):
        held = _read(file)
        rows = held.rows(embeddings_in)
    values = _labels(held, file, labels, labels_in)
    with _named(file):
        classes, names = named_classes("labels", values)
    return Contents(rows, classes, held.images, names)


def _labels(held: Arrays | Table, file: Path, labels: object, labels_in: object) -> object:
    """The classes as they were given, or out of the file that has them."""
    if labels is None and held.is_bare and labels_in is None:
        labels = _beside(file)
    if labels is None:
        with _named(file):
            return held.classes(labels_in)
    if not isinstance(labels, str | os.PathLike):
        return labels
    other = _existing(labels)
    with _named(other):
        return _read(other).classes(labels_in)


def _beside(file: Path) -> Path:
    """The metadata of the embedding projector's vectors."""
    metadata = file.with_name(file.name.replace("vectors", "metadata"))
    if metadata == file or not metadata.is_file():
        raise ValueError(f"{file.name}: it names no labels: bring them, load(path, labels='labels.npy')")
    return metadata


def _existing(path: str | os.PathLike[str]) -> Path:
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
    except Exception as error:  # whatever a damaged file makes its reader raise
        reason = str(error).splitlines()[:1] or [type(error).__name__]
        raise ValueError(
            f"it can't be read as {suffix}, {reason[0][:200]}: is it whole, and is it what its name says?"
        ) from None


@contextmanager
def _named(file: Path) -> Iterator[None]:
    """Put the file's name before what is wrong with it."""
    try:
        yield
    except (TypeError, ValueError) as error:
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(f"{file.name}: {error}") from None
