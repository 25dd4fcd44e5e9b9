"""What the names of entries and columns say: which hold embeddings, labels, texts or a tower, and which row numbers."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

EMBEDDING_NAMES = ("embeddings", "embedding", "features", "vectors", "vector", "data", "x")
LABEL_NAMES = ("labels", "label", "targets", "target", "classes", "class")
MORE_LABEL_NAMES = ("y", "category", "categories", "species")  # where none of LABEL_NAMES is there
TEXT_NAMES = ("texts", "text", "sentences", "sentence", "captions", "caption", "titles", "title", "words", "word")
ROW_NUMBER_NAMES = ("id", "index", "unnamed: 0", "")
TOWERS = (
    ("anchor", "positive"),
    ("image", "text"),
    ("image", "caption"),
    ("query", "document"),
    ("query", "passage"),
    ("question", "answer"),
    ("a", "b"),
)
SMALLEST_FAMILY = 3  # columns that differ in a number alone
_TOWER_ENDS = ("embeddings", "embedding", "embeds", "embs", "emb", "features", "vectors", "vector")


@dataclass(frozen=True)
class Places:
    """Where a file or a frame holds what, by the names of entries or columns; None where they have usual names."""

    embeddings: object = None
    labels: object = None
    texts: object = None
    anchors: object = None
    positives: object = None

    def __post_init__(self) -> None:
        if (self.anchors is None) != (self.positives is None):
            raise TypeError("pairs need both sides: name anchors_in= and positives_in=")

    @property
    def towers(self) -> tuple[object, object] | None:
        """The names of both sides of pairs."""
        return None if self.anchors is None else (self.anchors, self.positives)


USUAL = Places()
BRING = "or bring them, load(path, labels='labels.npy')"  # the mend where a file may have no labels


def plain(name: object) -> str:
    """A name as it is compared: in small letters, without space around it."""
    return str(name).strip().lower()


def matching(names: Iterable[Any], usual: tuple[str, ...]) -> list[Any]:
    """Those of the names that are usual ones."""
    return [name for name in names if plain(name) in usual]


def chosen(what: str, argument: str, names: Iterable[Any], name: object) -> Any:
    """The entry or column that a person named.

    Errors: ValueError where there is none of that name.
    """
    matches = [one for one in names if one == name] or [one for one in names if str(one) == str(name)]
    if len(matches) != 1:
        raise ValueError(f"the {what} must be in {name!r}, got {listed(names)}: name what is there by {argument}=")
    return matches[0]


def label_names(names: Iterable[Any], *, x_is_number: bool = False) -> list[Any]:
    """The names that say label, of LABEL_NAMES or else of MORE_LABEL_NAMES; beside a number x, y is none."""
    names = list(names)
    found = matching(names, LABEL_NAMES) or matching(names, MORE_LABEL_NAMES)
    return [name for name in found if not (x_is_number and plain(name) == "y")]


def tower_names(names: Iterable[Any]) -> tuple[Any, Any] | None:
    """The names of two towers, such as query_embeddings and document_embeddings; None where there are not just two.

    >>> tower_names(["id", "Queries", "documents"])
    ('Queries', 'documents')
    """
    by_side: dict[str, list[Any]] = {}
    for name in names:
        by_side.setdefault(_side(plain(name)), []).append(name)
    found = [(by_side[one], by_side[other]) for one, other in TOWERS if one in by_side and other in by_side]
    if len(found) != 1 or any(len(side) != 1 for side in found[0]):
        return None
    return found[0][0][0], found[0][1][0]


def texts_of_towers(names: Iterable[Any], towers: tuple[object, object], texts: Any) -> tuple[Any, Any] | None:
    """The names of the towers' texts: those that a person named, else such as query_texts beside queries.

    Errors: ValueError where a person named anything but two that are there. None where one is missing.
    """
    if texts is not None:
        if isinstance(texts, str | int) or len(texts) != 2:
            raise ValueError(f"the texts of pairs must be in two, got {texts!r}: name both by texts_in=")
        names = list(names)
        return chosen("texts", "texts_in", names, texts[0]), chosen("texts", "texts_in", names, texts[1])
    sides = [_side(plain(tower)) for tower in towers]
    by_side = {
        _side(plain(name).removesuffix("s").removesuffix("_text")): name for name in names if "text" in plain(name)
    }
    return (by_side[sides[0]], by_side[sides[1]]) if all(side in by_side for side in sides) else None


def numbered(names: Iterable[Any]) -> list[Any]:
    """The largest family of at least three names that differ in a last number alone, such as x0, x1, x2.

    >>> numbered(["x0", "year", "x1", "x2"]), numbered(["red", "green", "blue"])
    (['x0', 'x1', 'x2'], [])
    """
    families: dict[str, list[Any]] = {}
    for name in names:
        if found := re.fullmatch(r"(.*?)\d+", plain(name)):
            families.setdefault(found[1], []).append(name)
    largest = max(families.values(), key=len, default=[])
    return largest if len(largest) >= SMALLEST_FAMILY else []


def listed(names: Iterable[Any]) -> str:
    """Names for a message, at most eight."""
    words = [shortened(one) for one in names]
    return ", ".join(words[:8]) + (f" and {len(words) - 8} more" if len(words) > 8 else "") or "nothing"


def shortened(value: object) -> str:
    """The repr of a value, cut to fit into a message."""
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:30]}... ({len(text)} characters)"


def _side(name: str) -> str:
    """The tower of a name: without what says that these are embeddings, in the singular."""
    for end in _TOWER_ENDS:
        name = name.removesuffix(f"_{end}")
    return f"{name[:-3]}y" if name.endswith("ies") else name.removesuffix("s")
