"""Rows whose neighbours deny their label, classes that are one, hubs and leaks: beside loops, and in words."""

from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn.functional import normalize

from npair_viz import Report, doctor
from tests.support import sick_batches as sick
from tests.support.doctor_batches import healthy
from tests.support.sections import sections

ROWS, LABELS = sections()


def found(report: Report, kind: str) -> dict[str, object]:
    (one,) = (one for one in report.findings if one.kind == kind)
    return dict(one.numbers)


def votes(rows: Tensor, labels: Tensor, row: int) -> tuple[int, int]:
    """How many of the 15 nearest are of the row's own class, and of the largest other one, by a loop."""
    near = sorted(
        (other for other in range(len(rows)) if other != row), key=lambda other: -float(rows[row] @ rows[other])
    )
    voted = [int(labels[other]) for other in near[:15]]
    own = int(labels[row])
    return voted.count(own), max((voted.count(label) for label in set(voted) - {own}), default=0)


def test_denied_rows_are_those_of_a_loop_and_the_most_doubtful_come_first() -> None:
    rows, labels = normalize(healthy(5, d=12, rows=40, noise=1.2).double()), torch.arange(5).repeat(40)
    labels[:60:5] = (labels[:60:5] + 1) % 5
    counted = [votes(rows, labels, row) for row in range(len(rows))]
    numbers = found(doctor(rows, labels, tao=0.1), "suspicious labels")
    denied = sum(rival >= 12 for _, rival in counted)
    agreed = sum(max(both) >= 12 for both in counted)
    assert (numbers["denied"], numbers["agreed"]) == (denied, agreed)
    margins = [rival - own for own, rival in counted]
    at = numbers["at rows"]
    assert isinstance(at, list)
    assert [margins[row] for row in at] == sorted((margin for margin in margins if margin > 0), reverse=True)


def test_of_the_first_fifty_suspects_most_are_planted() -> None:
    planted = sick.mislabelled(0.1)(ROWS, LABELS, 0)
    at = found(doctor(**planted.given, tao=0.1), "suspicious labels")["at rows"]
    assert isinstance(at, list)
    assert len(set(at[:50]) & set(planted.planted)) >= 35


def test_wrong_labels_come_before_the_few_equal_rows_that_they_part() -> None:
    rows = ROWS.clone()
    rows[1::100] = rows[::100][: len(rows[1::100])]
    labels = LABELS.clone()
    labels[1::100] = labels[::100][: len(labels[1::100])]  # equal rows of one class
    planted = sick.mislabelled(0.2)(rows, labels, 0)
    kinds = [one.kind for one in doctor(**planted.given, tao=0.1).findings]
    assert kinds.index("suspicious labels") < kinds.index("duplicates across classes")


def test_suspects_are_told_with_their_class_and_their_text() -> None:
    planted = sick.mislabelled(0.1)(ROWS, LABELS, 0)
    texts, words = (
        [f"text {row}" for row in range(len(ROWS))],
        [f"section {label}" for label in planted.given["labels"]],
    )
    report = doctor(ROWS, words, texts=texts, tao=0.1)
    first = found(report, "suspicious labels")["at rows"]
    assert isinstance(first, list)
    assert f'row {first[0]} ({words[first[0]]}: "text {first[0]}"), 15 of 15 nearest are section' in str(report)


def test_a_class_under_two_labels_is_named() -> None:
    half = (LABELS == 3) & (torch.arange(len(LABELS)) % 2 == 0)
    numbers = found(doctor(ROWS, LABELS.masked_fill(half, 99), tao=0.1), "split class")
    assert numbers["classes"] == [3, 99]


def test_hubs_are_named_with_how_often_they_are_near() -> None:
    rows, labels = normalize(healthy(20, d=64, rows=60, noise=1.8)) + 0.15, torch.arange(20).repeat(60)
    planted = sick.with_hubs(rows, labels, 1)
    numbers = found(doctor(**planted.given, tao=0.1), "hubs")
    assert set(planted.planted) == set(numbers["at rows"])  # type: ignore[call-overload]
    asked = planted.given["embeddings"]
    once = normalize(asked)
    nearest = (once @ once.T).fill_diagonal_(-1).topk(10, dim=1).indices
    counts = torch.bincount(nearest.flatten(), minlength=len(rows))
    assert numbers["times the mean"] == float(counts.max()) / 10


@pytest.mark.parametrize(("copied", "severity"), [(3, "note"), (60, "warning")])
def test_rows_of_the_training_set_are_named_with_their_place_there(copied: int, severity: str) -> None:
    reference = torch.cat([healthy(20, d=48, rows=3, seed=5), 2 * ROWS[:copied]])
    report = doctor(ROWS, LABELS, tao=0.1, reference=(reference, torch.zeros(len(reference))))
    (one,) = (one for one in report.findings if one.kind == "leak")
    assert one.severity == severity
    assert one.numbers["at rows"] == list(range(copied))
    assert one.numbers["at reference"] == [60 + row for row in range(copied)]


def test_the_largest_of_uneven_classes_is_named() -> None:
    planted = sick.uneven(ROWS, LABELS, 0)
    numbers = found(doctor(**planted.given, tao=0.1), "imbalance")
    sizes = torch.bincount(planted.given["labels"])
    assert (numbers["largest"], numbers["median"]) == (int(sizes.max()), float(sizes.double().quantile(0.5)))


def test_of_an_even_number_of_classes_the_median_is_between_the_two_in_the_middle() -> None:
    labels = torch.arange(6).repeat_interleave(torch.tensor([2, 3, 4, 7, 8, 90]))
    rows = torch.randn(len(labels), 16, generator=torch.Generator().manual_seed(0))
    one = next(one for one in doctor(rows, labels, tao=0.1).findings if one.kind == "imbalance")
    assert one.numbers["median"] == 5.5
    assert "the median 5.5," in one.detail


def test_a_class_that_is_merely_close_is_not_called_split() -> None:
    assert not any(one.kind == "split class" for one in doctor(ROWS, LABELS, tao=0.1).findings)


def leak_of(rows: Tensor, reference: Tensor) -> Any:
    report = doctor(rows, torch.arange(len(rows)) % 12, tao=0.1, reference=reference)
    return next((one for one in report.findings if one.kind == "leak"), None)


@pytest.mark.parametrize("noise", [0.0, 0.005, 0.01])
@pytest.mark.parametrize("cone", [0.0, 3.0])
def test_nearly_equal_rows_are_a_leak_and_are_called_so(noise: float, cone: float) -> None:
    rows = sections(largest=60)[0] + cone
    again = rows + noise * torch.randn(rows.shape, generator=torch.Generator().manual_seed(1))
    leak = leak_of(rows, again)
    assert (leak.severity, leak.numbers["share"]) == ("warning", 1.0)
    least = leak.numbers["least cosine"]
    assert f"equal a row of the reference or nearly so (cosine of {least:.4f} or more)" in leak.detail
    assert normalize(rows).mul(normalize(again)).sum(dim=1).min() >= least - 1e-6


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("cone", [0.0, 3.0])
def test_an_honest_split_by_lot_is_no_leak(seed: int, cone: float) -> None:
    rows = sections(seed=seed)[0] + cone
    assert leak_of(rows[::2], rows[1::2]) is None
