"""Does it retrieve, how many dimensions are in use: each number beside a plain loop, and words of its finding."""

import math

import pytest
import torch
from torch import Tensor
from torch.nn.functional import normalize

from npair_viz import doctor
from npair_viz.diagnosis import neighbours as near_by
from npair_viz.diagnosis.embeddings import Rank, rank_of
from npair_viz.diagnosis.neighbours import neighbours
from npair_viz.diagnosis.retrieval import Retrieval, retrieval_of
from tests.support.doctor_batches import healthy

ROWS = normalize(healthy(n=9, d=6, rows=7, noise=1.5).double())
LABELS = torch.arange(9).repeat(7)


def order_of(rows: Tensor, query: int) -> list[int]:
    """All other rows by falling cosine, by a loop."""
    cosines = {other: float(rows[query] @ rows[other]) for other in range(len(rows)) if other != query}
    return sorted(cosines, key=lambda other: -cosines[other])


def looped(rows: Tensor, labels: list[int]) -> tuple[float, float, float]:
    """Recall@1, chance and MAP@R by loops over rows that have a partner."""
    hits, chances, maps = [], [], []
    for query, label in enumerate(labels):
        others = sum(one == label for one in labels) - 1
        if not others:
            continue
        found = [labels[other] == label for other in order_of(rows, query)]
        hits.append(found[0])
        chances.append(others / (len(labels) - 1))
        maps.append(sum(found[k] * sum(found[: k + 1]) / (k + 1) for k in range(others)) / others)
    return tuple(sum(one) / len(one) for one in (hits, chances, maps))  # type: ignore[return-value]


@pytest.mark.parametrize("labels", [LABELS, torch.tensor([0] * 40 + [1] * 20 + [2, 3, 4])])
def test_recall_chance_and_map_at_r_are_those_of_a_loop(labels: Tensor) -> None:
    found = retrieval_of(neighbours(ROWS, int(torch.bincount(labels).max())), labels)
    assert found is not None
    assert (found.recall, found.chance, found.map_at_r) == pytest.approx(looped(ROWS, labels.tolist()), rel=1e-6)


def test_a_report_begins_with_whether_it_retrieves() -> None:
    report = doctor(ROWS, LABELS, tao=0.1)
    recall, chance, map_at_r = looped(ROWS, LABELS.tolist())
    error = math.sqrt(recall * (1 - recall) / 63)
    said = f"Retrieval: Recall@1 {recall:.3f} ± {error:.3f}, chance {chance:.3f}; MAP@R {map_at_r:.3f} (all 63 rows)."
    assert str(report).startswith(said)


def test_of_many_rows_some_are_looked_up_among_all_and_it_says_how_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(near_by, "QUERIES", 20)
    near = neighbours(ROWS, 7)
    assert [order_of(ROWS, query)[:15] for query in near.queries.tolist()] == near.nearest.tolist()
    assert near.sample == "20 of 63 rows against all"


@pytest.mark.parametrize(
    ("recall", "chance", "queries", "is_at_chance"),
    [
        (0.14, 0.05, 2000, True),  # (.14 − .05)/.95 < .1
        (0.15, 0.05, 2000, False),
        (0.30, 0.05, 31, False),  # too few to judge
        (0.05, 0.05, 31, False),
        (0.30, 0.10, 32, True),  # not three standard errors above chance
        (0.45, 0.10, 32, False),
    ],
)
def test_a_recall_near_chance_is_trouble_where_there_are_enough_rows(
    recall: float, chance: float, queries: int, is_at_chance: bool
) -> None:
    assert Retrieval(recall, chance, 0.0, queries).is_at_chance == is_at_chance


@pytest.mark.parametrize("shift", [1, -1, 2])
def test_labels_that_are_shifted_are_mended_by_the_roll_that_it_names(shift: int) -> None:
    rows, labels = healthy(rows=6), torch.arange(24).repeat(6)
    order = torch.randperm(len(rows), generator=torch.Generator().manual_seed(0))
    rows, labels = rows[order], labels[order].roll(shift)
    found = doctor(rows, labels, tao=0.1).findings[0]
    assert found.kind == "retrieval"
    mended = labels.roll(int(str(found.numbers["shift"])))
    assert doctor(rows, mended, tao=0.1).is_healthy


def test_zero_rows_and_rows_alone_are_not_looked_up() -> None:
    labels = torch.cat([LABELS, torch.tensor([70, 71])])
    report = doctor(torch.cat([ROWS, torch.ones(2, 6)]), labels, tao=0.1)
    assert report.measures[0].numbers["rows looked up"] == 63


@pytest.mark.parametrize(
    ("effective", "classes", "is_low", "is_tight"),
    [(15.9, 50, True, True), (16.1, 50, False, True), (18.1, 50, False, False), (6.3, 20, True, True),
     (6.4, 20, False, True), (17.2, 20, False, False), (2.0, 5, False, False)],
)  # fmt: skip
def test_few_dimensions_are_fewer_than_classes_need(
    effective: float, classes: int, is_low: bool, is_tight: bool
) -> None:
    rank = Rank(effective, classes - 1, 384)
    assert (rank.is_low, rank.is_tight) == (is_low, is_tight)


def test_what_could_be_filled_is_bounded_by_numbers_classes_and_rows() -> None:
    assert [rank_of(ROWS[:n], classes).possible for n, classes in ((63, 9), (63, 4), (3, 9))] == [6, 3, 2]


def test_a_rank_that_is_low_is_one_finding_and_labels_are_not_doubted() -> None:
    rows = torch.nn.functional.pad(healthy(n=40, d=3, rows=10, noise=1.0), (0, 30))
    findings = doctor(rows, torch.arange(40).repeat(10), tao=0.1).findings
    assert [found.kind for found in findings if found.severity != "note"] == ["few dimensions"]
