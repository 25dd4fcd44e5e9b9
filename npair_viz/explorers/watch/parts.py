"""What is kept of a run as named parts of plain values, which a page reads; only what may have changed is made anew.

Rows stand in chunks of columns: numbers of six digits, None where there is none, words for what is not finite. The
places of a picture are 16-bit integers in base64, to be multiplied by its scale.
"""

import math
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from operator import is_
from typing import Any, NamedTuple

import torch

from npair_viz.training.recording import Picture, Recording

COLUMNS = (
    *("step", "loss", "floor", "chance", "score", "effective_negatives", "right_picks", "recall", "gap"),
    *("negative_cosine", "rank", "length", "length_spread", "tao", "pairs", "negatives", "seconds"),
)
CHUNK = 32  # rows; the last chunk is sent again with each new row
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
    """What a page knows of a recording: rows by the number of their chunk, pictures by their ids, labels' numbers."""

    chunks: Mapping[int, Rows] = field(default_factory=dict)
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


def _row_parts(rows: Rows, known: Mapping[int, Rows]) -> tuple[Part, Mapping[int, Rows]]:
    chunks = _chunked(rows, known)
    is_open = list(chunks)[-OPEN_CHUNKS:]
    changed = {k: one for k, one in chunks.items() if k in is_open or not _is_same(one, known.get(k, ()))}
    gone = dict.fromkeys(f"rows {k}" for k in known.keys() - chunks.keys())
    return {f"rows {k}": _columns(one) for k, one in changed.items()} | gone | {"chunks": list(chunks)}, chunks


def _chunked(rows: Rows, known: Mapping[int, Rows]) -> Mapping[int, Rows]:
    """Rows in chunks by number. A row stays where it was: where one is dropped, its own chunk alone differs."""
    chunk_of = {id(row): k for k, one in known.items() for row in one}
    chunks: dict[int, list[dict[str, float]]] = {}
    last, number = None, 1 + max(known, default=-1)
    for row in rows:
        own = chunk_of.get(id(row))
        if own is None:
            own = number if last is None or len(chunks[last]) >= CHUNK else last
        elif last is not None and own != last and len(chunks[last]) + len(known[own]) <= CHUNK // 2:
            chunk_of |= dict.fromkeys(map(id, known[own]), last)  # what is left of two chunks is one
            own = last
        if own == number:
            number += 1
        chunks.setdefault(own, []).append(row)
        last = own
    return chunks


def _is_same(rows: Rows, former: Rows) -> bool:
    return len(rows) == len(former) and all(map(is_, rows, former))


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
