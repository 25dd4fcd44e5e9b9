"""By what the rows are coloured: their part in the line-up, their class, a column, their loss, their neighbours."""

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from npair_viz.data.scene import Scene
from npair_viz.figures.colouring import Colouring
from npair_viz.geometry.look import CLASS_COLOURS

ROLES, CLASS, LOSS, DISAGREEMENT = "roles", "class", "own loss", "disagreement"
COLOURS = (ROLES, CLASS, LOSS, DISAGREEMENT)


def checked_columns(columns: Any, b: int) -> dict[str, Any]:
    """Columns of a data frame or a mapping as lists of b entries by name.

    Raises ValueError or TypeError that names the column.

    >>> checked_columns({"year": [1999, 2004]}, 2)
    {'year': [1999, 2004]}
    """
    if columns is None:
        return {}
    if not hasattr(columns, "items"):
        raise TypeError(f"columns must be a data frame or a dictionary of lists, got {type(columns).__name__}")
    held = {
        str(name): values.tolist() if hasattr(values, "tolist") else list(values) for name, values in columns.items()
    }
    for name, values in held.items():
        if len(values) != b:
            raise ValueError(f"the column {name!r} must have one entry a row, {b} in all, got {len(values)}")
        if name in COLOURS:
            raise ValueError(f"the column {name!r} is called like a colouring that is there: give it another name")
    return held


def of_classes(scene: Scene, drawn: Tensor, chosen: Sequence[str | int]) -> Colouring:
    """The largest classes, or the chosen ones, each in a colour of its own."""
    labels = _labels_of(scene, chosen) if chosen else _largest(scene.labels.tolist())
    groups = tuple(scene.class_name(label) for label in labels)
    return _grouped(CLASS, scene.labels[drawn].tolist(), labels, groups)


def of_column(name: str, values: Sequence[Any], drawn: Tensor) -> Colouring:
    """A column: numbers on a scale; anything else as groups, of which the largest have colours."""
    shown = [values[row] for row in drawn.tolist()]
    if all(isinstance(one, int | float | None) and not isinstance(one, bool) for one in shown):
        numbers = [math.nan if one is None else float(one) for one in shown]
        return Colouring(name, torch.tensor(numbers, dtype=torch.float64, device="cpu"))
    labels = _largest([str(one) for one in values])
    return _grouped(name, [str(one) for one in shown], labels, tuple(labels))


def check_classes(scene: Scene, chosen: Sequence[str | int]) -> tuple[str | int, ...]:
    """The classes that shall have a colour, as they are saved; raises ValueError for an unknown one or too many."""
    if isinstance(chosen, str | int):
        chosen = (chosen,)
    if len(chosen) > len(CLASS_COLOURS):
        raise ValueError(f"at most {len(CLASS_COLOURS)} classes have a colour of their own, got {len(chosen)}")
    _labels_of(scene, chosen)
    return tuple(chosen)


def check_colour(colour: str, columns: Collection[str]) -> None:
    """Raise ValueError unless rows can be coloured by it."""
    if colour not in (*COLOURS, *columns):
        raise ValueError(f"colour must be one of {', '.join((*COLOURS, *columns))}, got {colour!r}")


def _labels_of(scene: Scene, chosen: Sequence[str | int]) -> list[int]:
    known: Mapping[Any, int] = (
        {label: label for label in torch.unique(scene.labels).tolist()}
        if scene.class_names is None
        else {word: label for label, word in enumerate(scene.class_names)}
    )
    unknown = [one for one in chosen if one not in known]
    if unknown:
        raise ValueError(f"no class is called {unknown[0]!r}")
    return [known[one] for one in chosen]


def _largest(labels: list[Any]) -> list[Any]:
    return [label for label, _ in Counter(sorted(labels)).most_common(len(CLASS_COLOURS))]


def _grouped(title: str, shown: list[Any], labels: Sequence[Any], groups: tuple[str, ...]) -> Colouring:
    place = {label: float(k) for k, label in enumerate(labels)}
    values = torch.tensor([place.get(one, math.nan) for one in shown], dtype=torch.float64, device="cpu")
    return Colouring(title, values, groups)
