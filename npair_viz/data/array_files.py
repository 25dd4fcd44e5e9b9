"""Files of named arrays, .npz, .npy, .pt and .safetensors, read without running any code that they hold."""

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from npair_viz.optional_imports import needed_for

EMBEDDING_NAMES = ("embeddings", "embedding", "features", "vectors", "data", "x")
LABEL_NAMES = ("labels", "label", "targets", "target", "classes", "class")


@dataclass(frozen=True, eq=False)
class Arrays:
    """The arrays of a file by name; a file of one array without a name holds it under ""."""

    entries: Mapping[str, Any]

    @property
    def is_unnamed(self) -> bool:
        """Whether it is one array without a name that would say what it holds."""
        return list(self.entries) == [""]

    def rows(self, name: object = None) -> object:
        """The embeddings: the entry of that name, or by default the one with a name of EMBEDDING_NAMES."""
        return self._entry("embeddings", name, EMBEDDING_NAMES)

    def classes(self, name: object = None) -> object:
        """The labels: the entry of that name, or by default the one with a name of LABEL_NAMES, or y."""
        return self._entry("labels", name, (*LABEL_NAMES, "y"))

    @property
    def images(self) -> Any:
        """Grey pictures of the rows (b, h, w), None where there are none."""
        images = self.entries.get("images")
        return images if getattr(images, "ndim", 0) == 3 else None

    def _entry(self, what: str, name: object, usual: tuple[str, ...]) -> object:
        if name is None and self.is_unnamed:
            return self.entries[""]
        matches = [key for key in self.entries if (key.lower() in usual if name is None else key == name)]
        if len(matches) != 1:
            expected = f"{name!r}" if name is not None else f"one of {', '.join(usual)}"
            found = ", ".join(map(repr, matches or self.entries)) or "nothing"
            raise ValueError(f"the {what} must be in {expected}, got {found}: name the entry by {what}_in=")
        return self.entries[matches[0]]


def read_npy(file: Path) -> Arrays:
    """One array, mapped from the disk."""
    with needed_for("load of .npy"):
        from numpy.lib.format import open_memmap
    return Arrays({"": open_memmap(file, mode="r")})  # open_memmap refuses pickles


def read_npz(file: Path) -> Arrays:
    """Arrays by their names."""
    with needed_for("load of .npz"):
        import numpy
    if not zipfile.is_zipfile(file):
        raise ValueError("it is no zip of arrays, as numpy.savez writes it")
    with numpy.load(file, allow_pickle=False) as archive:
        return Arrays({name: archive[name] for name in archive.files})


def read_pt(file: Path) -> Arrays:
    """A tensor, a pair (embeddings, labels) or a dictionary, as torch.save writes them."""
    try:
        # without the check a sparse tensor's wrong index writes outside its memory
        with torch.sparse.check_sparse_tensor_invariants():  # type: ignore[no-untyped-call]  # torch leaves it untyped
            loaded = torch.load(file, map_location="cpu", weights_only=True)
    except Exception:  # torch raises many types, and its messages advise to load the file with weights_only=False
        raise ValueError(
            "it is damaged or holds more than tensors, and code out of a file is never run: "
            "use torch.save({'embeddings': embeddings, 'labels': labels}, path)"
        ) from None
    if isinstance(loaded, tuple | list) and len(loaded) == 2:
        loaded = dict(zip(("embeddings", "labels"), loaded, strict=True))
    return Arrays({str(name): one for name, one in loaded.items()} if isinstance(loaded, dict) else {"": loaded})


def read_safetensors(file: Path) -> Arrays:
    """Tensors by their names."""
    with needed_for("load of .safetensors"):
        from safetensors.torch import load_file
    return Arrays(load_file(file))
