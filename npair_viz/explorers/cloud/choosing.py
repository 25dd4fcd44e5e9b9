"""Which rows are meant: by numbers, by a mask, or by what is typed into the search."""

import re
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor

from npair_viz.data.scene import Scene

NUMBERS = re.compile(r"\d{1,12}(?:[\s,;]+\d{1,12})*", re.ASCII)
OF_A_CLASS = re.compile(r"class\s*[:=]\s*(.+)", re.IGNORECASE)
WAYS = "type words of a text, class:name, or numbers of rows"


def row_numbers(value: Any, b: int) -> tuple[int, ...]:
    """Row numbers, or a mask of b truths, as row numbers in order, each once.

    Args:
        value: A list, a tuple, an array, a series or a tensor.
        b: How many rows there are.

    Returns:
        The row numbers.

    Raises:
        ValueError: A number is no row's, or a mask has another length.
        TypeError: It is neither.

    >>> row_numbers([3, 1, 3], 5), row_numbers([True, False, True], 3)
    ((1, 3), (0, 2))
    """
    entries = value.tolist() if hasattr(value, "tolist") else value
    if isinstance(entries, str) or not isinstance(entries, Iterable):
        raise TypeError(f"selected_rows must be row numbers or a mask, got {value!r:.60}: use [17]")
    entries = list(entries)
    if entries and all(isinstance(one, bool) for one in entries):
        if len(entries) != b:
            raise ValueError(f"a mask of rows must have {b} entries, one a row, got {len(entries)}")
        return tuple(row for row, is_chosen in enumerate(entries) if is_chosen)
    wrong = [one for one in entries if isinstance(one, bool) or not isinstance(one, int)]
    if wrong:
        raise TypeError(f"selected_rows must be whole numbers, got {wrong[0]!r:.60}")
    outside = [one for one in entries if not 0 <= one < b]
    if outside:
        raise ValueError(f"selected_rows must be from 0 to {b - 1}, got {outside[0]}")
    return tuple(sorted(set(entries)))


def found_rows(scene: Scene, query: str) -> tuple[int, ...]:
    """The rows that a search finds: by words that a text holds, by class:name, or by their numbers.

    Args:
        scene: The data.
        query: What is typed; case does not count.

    Returns:
        The rows in their order; none for an empty query.

    Raises:
        ValueError: Nothing is found; the message says what can be typed.

    >>> from npair_viz.data.scenes import digits
    >>> found_rows(digits(), "class: 3")[:3]
    (3, 13, 23)
    """
    query = query.strip()
    if not query:
        return ()
    if NUMBERS.fullmatch(query):
        return row_numbers([int(number) for number in re.findall(r"\d+", query)], len(scene.labels))
    if of_a_class := OF_A_CLASS.fullmatch(query):
        return _of_class(scene, of_a_class[1].strip())
    if scene.texts is None:
        return _of_class(scene, query)
    words = query.casefold().split()
    rows = tuple(row for row, text in enumerate(scene.texts) if _has(text.casefold(), words))
    if not rows:
        raise ValueError(f"no text has {query!r}: {WAYS}")
    return rows


def _has(text: str, words: list[str]) -> bool:
    return all(word in text for word in words)


def _of_class(scene: Scene, name: str) -> tuple[int, ...]:
    known = scene.class_names
    if known is None:
        labels = [int(name)] if re.fullmatch(r"[+-]?\d{1,12}", name, re.ASCII) else []
    else:
        labels = [label for label, word in enumerate(known) if word.casefold() == name.casefold()]
        labels = labels or [label for label, word in enumerate(known) if name.casefold() in word.casefold()]
    found: Tensor = torch.isin(scene.labels, torch.tensor(labels, dtype=scene.labels.dtype, device="cpu")).nonzero()
    if not len(found):
        raise ValueError(f"no class is called {name!r}: {WAYS}")
    return tuple(found.squeeze(1).tolist())
