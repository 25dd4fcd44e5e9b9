"""What is kept of a run as named parts of plain values, which a page reads; only what may have changed is made anew.

Rows stand in chunks of columns: numbers of six digits, None where there is none, words for what is not finite. The
places of a picture are 16-bit integers in base64, to be multiplied by its scale.
"""

import math
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from operator import is_
from typing import Any, NamedTuple

import torch

from npair_viz.training.recording import Picture, Recording

COLUMNS = (
    *("step", "loss", "floor", "chance", "score", "effective_negatives", "right_picks", "recall", "gap"),
    *("negative_cosine", "rank", "length", "length_spread", "tao", "pairs", "seconds"),
)
CHUNK = 64  # rows; the last chunk is sent again with each new row
OPEN_CHUNKS = 2  # at the end: a number may arrive after its row
GREATEST, NOWHERE = 32_000, -32_768  # of a coordinate that is sent
Part = dict[str, Any]
Rows = Sequence[dict[str, float]]


class _Told(NamedTuple):
    picture: Picture  # kept, so that no other one gets its id
    number: int
    labels: int


@dataclass(frozen=True)
class Known:
    """What a page knows of a recording: rows by chunk, pictures by their ids, the numbers of their labels."""

    chunks: Sequence[Rows] = ()
    told: dict[int, _Told] = field(default_factory=dict)
    labels: dict[bytes, int] = field(default_factory=dict)
    count: int = 0  # of numbers given so far


NOTHING = Known()


def parts_of(recording: Recording, known: Known = NOTHING) -> tuple[Part, Known]:
    """The parts that may have changed, None for one that is gone; and what a page knows once it has them.

    Args:
        recording: What grows; its rows and pictures may be thinned.
        known: What the last call gave; it stays as it is, so that a call may be repeated.

    >>> rows = [{"step": 0, "loss": 1.5}]
    >>> parts, known = parts_of(Recording(rows=rows))
    >>> parts["rows 0"]
    {'step': [0], 'loss': [1.5]}
    """
    own = {"name": recording.name, "alerts": [asdict(one) for one in recording.alerts]}
    rows, chunks = _row_parts(list(recording.rows), known.chunks)
    pictures, told, labels, count = _picture_parts(list(recording.pictures), known)
    return {**own, **rows, **pictures}, Known(chunks, told, labels, count)


def thinned(pictures: Sequence[Picture], most: int) -> list[Picture]:
    """At most that many pictures, evenly, the first and the last among them."""
    if len(pictures) <= most:
        return list(pictures)
    return [pictures[round(k * (len(pictures) - 1) / (most - 1))] for k in range(most)]


def _row_parts(rows: Rows, former: Sequence[Rows]) -> tuple[Part, Sequence[Rows]]:
    chunks = [rows[k : k + CHUNK] for k in range(0, len(rows), CHUNK)]
    is_open = len(chunks) - OPEN_CHUNKS
    changed = {k: one for k, one in enumerate(chunks) if k >= is_open or not _is_same(one, former[k : k + 1])}
    gone = dict.fromkeys(f"rows {k}" for k in range(len(chunks), len(former)))
    return {f"rows {k}": _columns(one) for k, one in changed.items()} | gone, chunks


def _is_same(rows: Rows, former: Sequence[Rows]) -> bool:
    return any(len(rows) == len(one) and all(map(is_, rows, one)) for one in former)


def _columns(rows: Rows) -> Part:
    """A column that no row has is left out."""
    return {name: [_plain(row.get(name)) for row in rows] for name in COLUMNS if any(name in row for row in rows)}


def _plain(value: float | None) -> float | str | None:
    if value is None:
        return None
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return int(value) if value == int(value) and abs(value) < 2**53 else float(f"{value:.6g}")


def _picture_parts(pictures: Sequence[Picture], known: Known) -> tuple[Part, dict[int, _Told], dict[bytes, int], int]:
    parts, told, labels, count = Part(), dict[int, _Told](), dict(known.labels), known.count
    for one in pictures:
        if (former := known.told.get(id(one))) is not None:
            told[id(one)] = former
            continue
        key = one.classes.numpy().tobytes() + one.sides.numpy().tobytes()
        if key not in labels:
            labels[key], count = count, count + 1
            sides = "".join(map(str, one.sides.tolist())) if bool(one.sides.any()) else None
            parts[f"labels {labels[key]}"] = {"classes": one.classes.tolist(), "sides": sides}
        told[id(one)], count = _Told(one, count, labels[key]), count + 1
        parts[f"picture {told[id(one)].number}"] = _picture(one, labels[key])
    used = {one.labels for one in told.values()}
    gone = [f"picture {one.number}" for key, one in known.told.items() if key not in told]
    gone += [f"labels {number}" for number in labels.values() if number not in used]
    parts |= {**dict.fromkeys(gone), "pictures": [one.number for one in told.values()]}
    return parts, told, {key: number for key, number in labels.items() if number in used}, count


def _picture(picture: Picture, labels: int) -> Part:
    places = picture.places.double()
    known = places.isfinite().all(1, keepdim=True)
    longest = places.where(known, 0).abs().max().item() if len(places) else 0.0
    scale = longest / GREATEST or 1.0
    numbers = (places / scale).round().where(known, NOWHERE).to(torch.int16)
    return {
        "step": _plain(picture.step),
        "labels": labels,
        "places": b64encode(numbers.numpy().astype("<i2").tobytes()).decode(),
        "scale": scale,
        "held": _plain(picture.held),
        "same": picture.same_rows,
    }
