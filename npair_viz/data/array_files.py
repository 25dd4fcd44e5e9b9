"""Files of named arrays, .npz, .npy, .pt and .safetensors: what they hold, and no code of theirs is ever run."""

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from npair_viz.optional_imports import needed_for

ROWS = ("embeddings", "embedding", "features", "vectors", "data", "x")
CLASSES = ("labels", "label", "targets", "target", "classes", "class")


@dataclass(frozen=True, eq=False)
class Arrays:
    """What a file holds by its names; a lone array has no name."""

    entries: Mapping[str, Any]

    @property
    def is_bare(self) -> bool:
        """Whether it is a lone array, and so can't say what it holds."""
        return list(self.entries) == [""]

    def rows(self, name: object = None) -> object:
        """The embeddings: the entry of that name, else the one whose name says so."""
        return self._entry("embeddings", name, ROWS)

    def classes(self, name: object = None) -> object:
        """The labels, likewise."""
        return self._entry("labels", name, (*CLASSES, "y"))

    @property
    def images(self) -> Any:
        """Grey pictures of the rows, where there are some."""
        images = self.entries.get("images")
        return images if getattr(images, "ndim", 0) == 3 else None

    def _entry(self, what: str, name: object, usual: tuple[str, ...]) -> object:
        if name is None and self.is_bare:
            return self.entries[""]
        fitting = [key for key in self.entries if (key.lower() in usual if name is None else key == name)]
        if len(fitting) != 1:
            asked = f"{name!r}" if name is not None else f"one of {', '.join(usual)}"
            held = ", ".join(map(repr, fitting or self.entries)) or "nothing"
            raise ValueError(f"the {what} must be in {asked}, got {held}: name the entry by {what}_in=")
        return self.entries[fitting[0]]


def read_npy(file: Path) -> Arrays:
    """One array, mapped from the disk."""
    with needed_for("load of .npy"):
        from numpy.lib.format import open_memmap
    return Arrays({"": open_memmap(file, mode="r")})  # it takes no pickles


def read_npz(file: Path) -> Arrays:
    """Arrays by their names."""
    with needed_for("load of .npz"):
        import numpy
    if not zipfile.is_zipfile(file):
        raise ValueError("it is no zip of arrays, as numpy.savez writes it")
    with numpy.load(file, allow_pickle=False) as held:
        return Arrays({name: held[name] for name in held.files})


def read_pt(file: Path) -> Arrays:
    """A tensor, a pair (embeddings, labels) or a dictionary, as torch.save writes them."""
    try:
        # else a sparse tensor's wrong index writes outside its memory
        with torch.sparse.check_sparse_tensor_invariants():  # type: ignore[no-untyped-call]  # torch leaves it untyped
            held = torch.load(file, map_location="cpu", weights_only=True)
    except Exception:  # of many kinds, and torch's own words advise to open the file all the same
        raise ValueError(
            "it is damaged or holds more than tensors, and code out of a file is never run: "
            "use torch.save({'embeddings': embeddings, 'labels': labels}, path)"
        ) from None
    if isinstance(held, tuple | list) and len(held) == 2:
        held = dict(zip(("embeddings", "labels"), held, strict=True))
    return Arrays({str(name): one for name, one in held.items()} if isinstance(held, dict) else {"": held})


def read_safetensors(file: Path) -> Arrays:
    """Tensors by their names."""
    with needed_for("load of .safetensors"):
        from safetensors.torch import load_file
    return Arrays(load_file(file))
