"""Each number that decides what the doctor says, a little below it and a little above."""

import math
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from npair_viz import NPairLoss, doctor
from npair_viz.data.scenes import at_degrees
from npair_viz.diagnosis import draws, temperature
from npair_viz.diagnosis.settings import Settings
from npair_viz.sampling.pairs import PairSelection, select_pairs
from npair_viz.theory.effective_negatives import suggest_tao
from npair_viz.theory.ruler import loss_ruler
from tests.support.doctor_batches import LABELS, N, healthy

ROWS = healthy()
UNITS = functional.normalize(ROWS.double())
RAW = {"normalize": False}
RAW_OVO = {**RAW, "objective": "ovo"}
HEARD = {**RAW, "tao": 0.2}  # not all negatives count alike


def one_length(length: float) -> Tensor:
    """Rows of length 1 but for one."""
    return UNITS * torch.tensor([length, *[1.0] * (2 * N - 1)]).unsqueeze(1)


def cone(cosine: float) -> Tensor:
    """48 rows whose mean cosine is this: a common axis, and on both sides of it 24 axes."""
    along = (1 + cosine * (2 * N - 1)) / (2 * N)
    aside = math.sqrt(1 - along) * torch.eye(N, dtype=torch.float64)
    return functional.pad(torch.cat([aside, -aside]), (1, 0), value=math.sqrt(along))


def ring(d: int) -> Tensor:
    """48 rows that fill two dimensions of d evenly."""
    return functional.pad(at_degrees(*(360 * k / (2 * N) for k in range(2 * N))), (0, d - 2))


def two_pairs(cosine: float, length: float = 1.0) -> Tensor:
    """Two opposite pairs, each with this cosine of its anchor with its partner."""
    angle = math.degrees(math.acos(cosine))
    return length * at_degrees(0, 180, angle, 180 + angle)


def beside(cosine: float) -> Tensor:
    """Two pairs; the second's positive has this cosine with the first's anchor, whose partner is far from it."""
    return at_degrees(0, 200, 90, math.degrees(math.acos(cosine)))


def at_loss(part: float) -> Tensor:
    """Two pairs at tao 1 whose loss lies above chance by so much of the way from chance to the floor."""
    ruler = loss_ruler(2, 1.0, dimension=2)
    return two_pairs(-math.log(math.expm1(ruler.chance + part * (ruler.chance - ruler.floor))) / 2)


def raw_at_loss(part: float) -> Tensor:
    """Two raw pairs at tao 1 whose loss is so much of chance above it."""
    margin = math.log(math.expm1((1 + part) * math.log(2)))
    return two_pairs(-0.5, margin**0.5)


def labels_of(*sizes: int) -> Tensor:
    return torch.arange(len(sizes)).repeat_interleave(torch.tensor(sizes))


def counting(effective: float) -> dict[str, Any]:
    """Settings at which so many negatives of the healthy batch count."""
    return {"tao": suggest_tao(UNITS[:N] @ UNITS[N:].T, effective), "policy": "first"}


def spread(share: float) -> dict[str, Any]:
    """Settings at which an anchor's similarities differ by this share of tao."""
    similarities = UNITS[:N] @ UNITS[N:].T
    return {"tao": float((similarities.amax(1) - similarities.amin(1)).mean()) / share, "policy": "first"}


def twin_among(count: int) -> Tensor:
    """So many rows, of which one equals a row of another class."""
    rows = healthy(n=count // 2)
    rows[5] = rows[2]
    return rows


def loss_of(pairs_per_class: int) -> dict[str, Any]:
    return {"loss": NPairLoss(tao=0.1, pairs_per_class=pairs_per_class)}


OF_TWO = torch.arange(N).repeat_interleave(2)
TWO = torch.tensor([0, 1, 0, 1])
EDGES: list[tuple[str, tuple[Any, ...], str | None, tuple[Any, ...], str | None]] = [
    # kind; (rows, labels, settings) on one side, its severity there, the same on the other side
    ("drift", (1.49 * ROWS, LABELS, {"before": ROWS}), None, (1.51 * ROWS, LABELS, {"before": ROWS}), "warning"),
    ("drift", (ROWS / 1.49, LABELS, {"before": ROWS}), None, (ROWS / 1.51, LABELS, {"before": ROWS}), "warning"),
    ("huge rows", (one_length(14.9), LABELS, {}), None, (one_length(15.1), LABELS, {}), "note"),
    ("huge rows", (one_length(99.9), LABELS, {}), "note", (one_length(100.1), LABELS, {}), "warning"),
    ("huge rows", (one_length(14.9), LABELS, RAW), None, (one_length(15.1), LABELS, RAW), "warning"),
    ("collapse", (cone(0.899), LABELS, {}), None, (cone(0.901), LABELS, {}), "warning"),
    ("collapse", (cone(0.989), LABELS, {}), "warning", (cone(0.991), LABELS, {}), "error"),
    ("few dimensions", (ring(5), OF_TWO, {}), None, (ring(7), OF_TWO, {}), "warning"),
    ("few pairs", (ROWS[:8], labels_of(2, 2, 2, 2), {}), None, (ROWS[:8], labels_of(2, 4, 2), {}), "warning"),
    ("singletons", (ROWS[:17], labels_of(*[1] * 4, 4, 4, 5), {}), "note",
                   (ROWS[:16], labels_of(*[1] * 4, 4, 4, 4), {}), "warning"),
    ("unused rows", (ROWS[:8], labels_of(4, 4), {}), None, (ROWS[:10], labels_of(5, 5), {}), "note"),
    ("unused rows", (ROWS[:16], labels_of(8, 8), loss_of(2)), None, (ROWS[:18], labels_of(9, 9), loss_of(2)), "note"),
    ("tao too small", (ROWS, LABELS, counting(1.21)), None, (ROWS, LABELS, counting(1.19)), "warning"),
    ("tao too small", (ROWS[:6], torch.arange(3).repeat(2), {"tao": 1e-3}), None,
                      (ROWS[:8], torch.arange(4).repeat(2), {"tao": 1e-3}), "warning"),
    ("tao too large", (cone(0.89), LABELS, {"tao": 0.332}), None, (cone(0.89), LABELS, {"tao": 0.334}), "warning"),
    ("tao too large", (ROWS, LABELS, counting(20.6)), None, (ROWS, LABELS, counting(20.8)), "warning"),
    ("tao too large", (UNITS, LABELS, {**spread(0.201), **RAW_OVO}), None,
                      (UNITS, LABELS, {**spread(0.199), **RAW_OVO}), "warning"),
    ("tao too large", (UNITS, LABELS, {**counting(20.6), **RAW}), None,
                      (UNITS, LABELS, {**counting(20.8), **RAW}), "warning"),
    ("tao too large", (2 * cone(0.89), LABELS, {"tao": 1.328, **RAW}), None,
                      (2 * cone(0.89), LABELS, {"tao": 1.336, **RAW}), "warning"),
    ("duplicates across classes", (twin_among(402), torch.arange(201).repeat(2), {}), "note",
                                  (twin_among(400), torch.arange(200).repeat(2), {}), "warning"),
    ("near twins", (beside(0.989), TWO, {"policy": "first"}), None, (beside(0.991), TWO, {"policy": "first"}), "note"),
    ("worse than chance", (at_loss(0.049), TWO, {}), None, (at_loss(0.051), TWO, {}), "warning"),
    ("worse than chance", (raw_at_loss(0.049), TWO, RAW), None, (raw_at_loss(0.051), TWO, RAW), "warning"),
    ("near collapse", (ROWS, LABELS, {**RAW, "l2_reg": 0.249}), None,
                      (ROWS, LABELS, {**RAW, "l2_reg": 0.251}), "warning"),
    ("near collapse", (ROWS, LABELS, {**HEARD, "l2_reg": 1.24}), None,
                      (ROWS, LABELS, {**HEARD, "l2_reg": 1.26}), "note"),
    ("near collapse", (ROWS, LABELS, {**HEARD, "l2_reg": 1.99}), "note",
                      (ROWS, LABELS, {**HEARD, "l2_reg": 2.01}), "warning"),
    ("dead l2_reg", (ROWS, LABELS, {"l2_reg": 0.02, "tao": 0.1}), None,
                    (ROWS, LABELS, {"l2_reg": 0.0201, "tao": 0.1}), "warning"),
    ("swapped", (ROWS, LABELS, {"l2_reg": 0.4, "tao": 1.01}), None, (ROWS, LABELS, {"l2_reg": 0.4}), "warning"),
    ("tao out of range", (ROWS, LABELS, {"tao": 1.01e-4}), None, (ROWS, LABELS, {"tao": 0.99e-4}), "warning"),
    ("tao out of range", (ROWS, LABELS, {"tao": 0.99e4}), None, (ROWS, LABELS, {"tao": 1.01e4}), "warning"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "here", "is_here", "there", "is_there"), EDGES, ids=[f"{k}-{edge[0]}" for k, edge in enumerate(EDGES)]
)
def test_a_finding_begins_at_its_threshold(
    kind: str, here: tuple[Any, ...], is_here: str | None, there: tuple[Any, ...], is_there: str | None
) -> None:
    said = []
    for embeddings, labels, settings in (here, there):
        found = [one.severity for one in doctor(embeddings, labels, **settings).findings if one.kind == kind]
        said.append(found[0] if found else None)
    assert said == [is_here, is_there]


def test_a_tao_is_searched_on_at_most_256_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    monkeypatch.setattr(temperature, "suggest_tao", lambda square, wanted: seen.append(len(square)) or 0.1)
    for n in (256, 257):
        doctor(healthy(n=n, d=8), torch.arange(n).repeat(2), tao=0.1)
    assert seen == [256, 256]


@pytest.mark.parametrize(("n", "is_whole"), [(1024, True), (1025, False)])
def test_at_most_1024_pairs_are_measured(n: int, is_whole: bool) -> None:
    report = doctor(healthy(n=n, d=8), torch.arange(n).repeat(2), objective="ovo")
    assert ("1,024 of 1,025 pairs" not in str(report)) == is_whole


@pytest.mark.parametrize(("largest", "are_labels"), [(2**53 - 1, True), (2**53, False)])
def test_whole_numbers_that_a_double_cannot_hold_are_no_labels(largest: int, are_labels: bool) -> None:
    labels = LABELS.double().masked_fill(LABELS == 0, largest)
    found = {found.kind for found in doctor(ROWS, labels).findings}
    assert ("fractional labels" not in found) == are_labels


@pytest.mark.parametrize("rows", [2**14, 2**14 + 2])
def test_the_hardest_pairs_are_searched_among_at_most_16384_rows(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def quickly(labels: Tensor, **_: Any) -> PairSelection:
        seen.append(len(labels))
        return select_pairs(labels)

    monkeypatch.setattr(draws, "select_pairs", quickly)
    doctor(torch.ones(rows, 1), torch.arange(rows) // 2, policy="hardest", normalize=False)
    assert set(seen) == {2**14}


def test_a_later_draw_whose_loss_overflows_is_an_error_as_the_first_one_is() -> None:
    rows = torch.randn(12, 3, generator=torch.Generator().manual_seed(0))
    rows[[1, 8]] *= 1e25  # their product is no float32; the second draw has both
    labels = torch.arange(2).repeat_interleave(6)
    raw = Settings(tao=1.0, l2_reg=0.0, normalize=False, objective="mc", policy="random")
    drawn = draws.drawn_pairs(rows, labels, torch.arange(12), raw, are_pairs=False)
    are_finite = [bool(one.similarities.isfinite().all()) for one in drawn]
    assert are_finite[0]
    assert not all(are_finite)
    report = doctor(rows, labels, normalize=False, l2_reg=0.0)
    assert "overflow" in [finding.kind for finding in report.findings]
