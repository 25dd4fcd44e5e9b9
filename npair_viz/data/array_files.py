"""Files of named arrays, .npz, .npy, .pt and .safetensors, read without running any code that they hold."""

import math
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from npair_viz.data.names import (
    BRING,
    EMBEDDING_NAMES,
    LABEL_NAMES,
    TEXT_NAMES,
    USUAL,
    Places,
    chosen,
    label_names,
    listed,
    matching,
    plain,
    texts_of_towers,
    tower_names,
)
from npair_viz.data.refused import RefusedError, check_fits
from npair_viz.optional_imports import needed_for

SAVE = "torch.save({'embeddings': embeddings, 'labels': labels}, path)"


@dataclass(frozen=True)
class Entry:
    """An entry of a file, of which only the shape is known until it is read."""

    read: Callable[[], Any]
    shape: tuple[int, ...] | None = None
    is_number: bool = False

    @property
    def is_matrix(self) -> bool:
        """Whether it may be rows of numbers."""
        return self.is_number and self.shape is not None and len(self.shape) == 2


@dataclass(frozen=True, eq=False)
class Arrays:
    """The arrays of a file by name, each read when it is asked for; one array without a name is that of ""."""

    entries: Mapping[str, Entry]

    @property
    def is_unnamed(self) -> bool:
        """Whether it is one array without a name that would say what it holds."""
        return list(self.entries) == [""]

    def rows(self, places: Places = USUAL) -> object:
        """The embeddings: the named entry, or by default the one with a name of EMBEDDING_NAMES."""
        found = matching(self.entries, EMBEDDING_NAMES)
        return self._entry("embeddings", places.embeddings, EMBEDDING_NAMES, found).read()

    def classes(self, places: Places = USUAL) -> object:
        """The labels: the named entry, or by default the one whose name says so."""
        return self._entry("labels", places.labels, (*LABEL_NAMES, "y"), label_names(self.entries)).read()

    def has(self, name: object) -> bool:
        """Whether there is an entry of that name."""
        return name in self.entries

    def has_classes(self) -> bool:
        """Whether an entry's name says that it holds the labels."""
        return len(label_names(self.entries)) == 1

    def texts(self, places: Places = USUAL) -> tuple[str, ...] | None:
        """The texts of the rows: the named entry, or one with a usual name that holds words; None without one."""
        if places.texts is not None:
            return self._named_texts(places.texts)
        usual = sorted(matching(self.entries, TEXT_NAMES), key=lambda one: TEXT_NAMES.index(plain(one)))
        words = [one for one in usual if not self.entries[one].is_number]
        return _words(self.entries[words[0]]) if words else None

    def towers(self, places: Places = USUAL) -> tuple[Any, Any] | None:
        """The rows of two towers: the named entries, or two whose names say so; None where there are none."""
        if places.towers is None and matching(self.entries, EMBEDDING_NAMES):
            return None
        found = self._towers(places.towers)
        return None if found is None else (self.entries[found[0]].read(), self.entries[found[1]].read())

    def texts_of_towers(self, places: Places = USUAL) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
        """The texts of two towers, None where there are not both."""
        towers = self._towers(places.towers)
        others = [] if towers is None else [one for one in self.entries if one not in towers]
        found = None if towers is None else texts_of_towers(others, towers, places.texts)
        if found is None:
            return None
        if places.texts is not None:
            return self._named_texts(found[0]), self._named_texts(found[1])
        sides = _words(self.entries[found[0]]), _words(self.entries[found[1]])
        return None if sides[0] is None or sides[1] is None else (sides[0], sides[1])

    @property
    def images(self) -> Any:
        """Grey pictures of the rows (b, h, w), None where there are none."""
        entry = self.entries.get("images")
        return entry.read() if entry is not None and entry.is_number and len(entry.shape or ()) == 3 else None

    def _towers(self, names: tuple[object, object] | None) -> tuple[str, str] | None:
        if names is not None:
            sides = zip(("anchors", "positives"), names, strict=True)
            anchors, positives = (chosen(side, f"{side}_in", self.entries, name) for side, name in sides)
            return anchors, positives
        return tower_names([name for name, one in self.entries.items() if one.is_matrix])

    def _named_texts(self, name: object) -> tuple[str, ...]:
        entry = self.entries[chosen("texts", "texts_in", self.entries, name)]
        texts = entry.read()
        if isinstance(texts, str) or len(shape := getattr(texts, "shape", (len(texts),))) != 1:
            got = "one text" if isinstance(texts, str) else f"shape {tuple(shape)}"
            raise ValueError(f"the texts must be one word a row, got {got} in {name!r}: name others by texts_in=")
        return tuple(map(str, texts.tolist() if hasattr(texts, "tolist") else texts))

    def _entry(self, what: str, name: object, usual: tuple[str, ...], found: list[str]) -> Entry:
        if name is not None:
            return self.entries[chosen(what, f"{what}_in", self.entries, name)]
        matches = [""] if self.is_unnamed else found
        if len(matches) != 1:
            got, mend = listed(matches or self.entries), f"name the entry by {what}_in="
            mend = f"{mend}, {BRING}" if what == "labels" and not matches else mend
            raise ValueError(f"the {what} must be in one of {', '.join(usual)}, got {got}: {mend}")
        return self.entries[matches[0]]


def read_npy(file: Path) -> Arrays:
    """One array, mapped from the disk."""
    with needed_for("load of .npy"):
        from numpy.lib.format import open_memmap
    with file.open("rb") as source:
        _check_plain("the array", _header(source)[1])
    array = open_memmap(file, mode="r")
    return Arrays({"": Entry(lambda: array, array.shape, array.dtype.kind in "biuf")})


def read_npz(file: Path) -> Arrays:
    """Arrays by their names."""
    with needed_for("load of .npz"):
        import numpy  # noqa: F401  # only to say here that it is missing: entries are read later
    if not zipfile.is_zipfile(file):
        raise ValueError("it is no zip of arrays, as numpy.savez writes it")
    with zipfile.ZipFile(file) as archive:
        return Arrays({one.filename.removesuffix(".npy"): _npz_entry(file, archive, one) for one in archive.infolist()})


def read_pt(file: Path) -> Arrays:
    """Tensors, a pair (embeddings, labels) or (anchors, positives), or a dictionary, as torch.save writes them.

    The file is first read without its numbers: a tensor whose form is not plain can claim what the file does not
    hold, and torch would look for it outside its memory, or for ever.
    """
    size = file.stat().st_size
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            if sum(one.file_size for one in archive.infolist()) > size:
                raise RefusedError("it is packed, and torch.save packs nothing")
    for name, value in _named(_loaded(file, "meta")).items():
        if isinstance(value, Tensor):
            _check_dense(name or "the tensor", value, size)
    return Arrays({name: _held(value) for name, value in _named(_loaded(file, "cpu")).items()})


def read_safetensors(file: Path) -> Arrays:
    """Tensors by their names."""
    with needed_for("load of .safetensors"):
        from safetensors import safe_open

    def read(name: str) -> Any:
        with safe_open(file, framework="pt") as source:
            return source.get_tensor(name)

    with safe_open(file, framework="pt") as source:
        names = source.keys()
        shapes = [tuple(source.get_slice(name).get_shape()) for name in names]
    return Arrays({name: Entry(partial(read, name), shape, True) for name, shape in zip(names, shapes, strict=True)})


def _loaded(file: Path, device: str) -> object:
    try:
        return torch.load(file, map_location=device, weights_only=True)
    except Exception:  # torch raises many types, and its messages advise to load the file with weights_only=False
        raise ValueError(
            f"it is damaged or holds more than dense tensors, and code out of a file is never run: use {SAVE}"
        ) from None


def _named(loaded: object) -> dict[str, Any]:
    if isinstance(loaded, tuple | list) and len(loaded) == 2:
        both = [getattr(one, "ndim", 0) == 2 and getattr(one, "is_floating_point", bool)() for one in loaded]
        loaded = dict(zip(("anchors", "positives") if all(both) else ("embeddings", "labels"), loaded, strict=True))
    return {str(name): one for name, one in loaded.items()} if isinstance(loaded, dict) else {"": loaded}


def _held(value: object) -> Entry:
    is_tensor = isinstance(value, Tensor)
    return Entry(lambda: value, tuple(value.shape) if isinstance(value, Tensor) else None, is_tensor)


def _check_dense(name: str, tensor: Tensor, size: int) -> None:
    """Raise ValueError unless a tensor's numbers lie in a file of that size, each in a place of its own."""
    if tensor.is_nested or tensor.layout != torch.strided or type(tensor) not in (Tensor, torch.nn.Parameter):
        layout = "nested" if tensor.is_nested else str(tensor.layout).removeprefix("torch.")
        raise RefusedError(f"{name} must be a dense tensor, got a {layout} one: save {name}.to_dense()")
    last = sum((length - 1) * stride for length, stride in zip(tensor.shape, tensor.stride(), strict=True))
    most = max(math.prod(tensor.shape), tensor.storage_offset() + last + 1) * tensor.element_size()
    if tensor.numel() and most > size:
        raise RefusedError(
            f"{name} must hold each of its numbers, got shape {tuple(tensor.shape)} in a file of {size:,} bytes: "
            f"save {name}.clone(memory_format=torch.contiguous_format)"
        )


def _npz_entry(file: Path, archive: zipfile.ZipFile, one: zipfile.ZipInfo) -> Entry:
    name = one.filename.removesuffix(".npy")

    def read() -> Any:
        import numpy

        with zipfile.ZipFile(file) as opened, opened.open(one.filename) as source:
            _check_plain(name, _header(source)[1])
        check_fits(one.file_size)
        with numpy.load(file, allow_pickle=False) as opened:
            return opened[name]

    try:
        with archive.open(one) as source:
            shape, kind = _header(source)
    except Exception:  # what is wrong with an entry is said when it is asked for
        return Entry(read)
    return Entry(read, shape, kind in "biuf")


def _header(source: Any) -> tuple[tuple[int, ...], str]:
    """The shape of an array, and what kind of things it holds."""
    from numpy.lib import format as layout

    version = layout.read_magic(source)
    read = layout.read_array_header_1_0 if version == (1, 0) else layout.read_array_header_2_0
    shape, _, dtype = read(source)
    return shape, dtype.kind


def _check_plain(name: str, kind: str) -> None:
    if kind == "O":
        raise RefusedError(
            f"{name} holds objects of Python, and only code could read them: words are saved as {name}.astype(str)"
        )


def _words(entry: Entry) -> tuple[str, ...] | None:
    """An entry of words; None where it holds something else: nobody asked for it by name."""
    try:
        words = entry.read()
    except ValueError:
        return None
    words = words.tolist() if hasattr(words, "tolist") else words
    is_text = isinstance(words, list | tuple) and all(isinstance(one, str) for one in words)
    return tuple(words) if is_text else None
