"""What a cloud gives away as data frames: neighbours, suspects, twins, and any rows with their classes and texts."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch

from npair_viz.data.neighbours import Looked, Nearest
from npair_viz.data.scene import Scene
from npair_viz.optional_imports import needed_for

if TYPE_CHECKING:
    from pandas import DataFrame


def class_of(scene: Scene, row: int) -> str | int:
    """The whole name of a row's class, or its number."""
    label = int(scene.labels[row])
    return label if scene.class_names is None else scene.class_names[label]


def text_of(scene: Scene, row: int) -> str:
    """The text of a row, "" where there is none."""
    return "" if scene.texts is None else scene.texts[row]


def looked_at(scene: Scene, looked: Looked) -> str:
    """How many rows a look has seen."""
    m, b = len(looked.rows), len(scene.labels)
    against = "the other side" if scene.is_paired else "all"
    if m == b:
        return f"all {b:,} rows" + (", each against the other side" if scene.is_paired else "")
    return f"{m:,} of {b:,} rows, by lot, each against {against}"


def frame_of(scene: Scene, rows: Sequence[int], **columns: Any) -> "DataFrame":
    """Rows with their classes and texts, and more columns."""
    with needed_for("a table of rows"):
        import pandas as pd
    classes, texts = [class_of(scene, row) for row in rows], [text_of(scene, row) for row in rows]
    called = {"called": [scene.row_name(row) for row in rows]} if scene.is_paired else {}
    return pd.DataFrame({"row": list(rows), **called, "class": classes, "text": texts, **columns})


def neighbours_frame(scene: Scene, found: Nearest) -> "DataFrame":
    """The nearest of its own and of other classes together, the nearest first."""
    rows = torch.cat([found.own, found.others])
    cosines = torch.cat([found.own_cosines, found.others_cosines])
    is_own = torch.arange(len(rows)) < len(found.own)
    order = cosines.argsort(descending=True, stable=True)
    more = {"cosine": cosines[order].numpy(), "own class": is_own[order].numpy()}
    return frame_of(scene, rows[order].tolist(), **more)


def suspects_frame(scene: Scene, looked: Looked) -> "DataFrame":
    """Rows in order of (cosine of the nearest row of another class − cosine of the nearest of its own)."""
    at = looked.order
    nearest = looked.others[at].tolist()
    table = frame_of(
        scene,
        looked.rows[at].tolist(),
        doubt=looked.doubt[at].numpy(),
        **{
            "nearest other": nearest,
            "its class": [class_of(scene, row) for row in nearest],
            "its cosine": looked.others_cosines[at].numpy(),
            "nearest own": looked.own[at].tolist(),
            "own cosine": looked.own_cosines[at].numpy(),
            "disagreement": looked.disagreement[at].numpy(),
        },
    )
    table.attrs["looked at"] = looked_at(scene, looked)
    return table


def twins_frame(scene: Scene, looked: Looked) -> "DataFrame":
    """Each row that was looked at with the row nearest to it, the nearest pairs first, each pair once."""
    is_own = looked.own_cosines >= looked.others_cosines
    twins = looked.own.where(is_own, looked.others)
    cosines = looked.own_cosines.maximum(looked.others_cosines)
    pairs = torch.stack([looked.rows, twins], dim=1)
    order = cosines.argsort(descending=True, stable=True).tolist()
    seen: set[tuple[int, ...]] = set()
    kept = []
    for at in order:
        pair = tuple(sorted(pairs[at].tolist()))
        if pair[0] >= 0 and pair not in seen:
            seen.add(pair)
            kept.append(at)
    twin = twins[kept].tolist()
    more = {"twin": twin, "its class": [class_of(scene, row) for row in twin], "cosine": cosines[kept].numpy()}
    table = frame_of(scene, looked.rows[kept].tolist(), **more)
    table.attrs["looked at"] = looked_at(scene, looked)
    return table
