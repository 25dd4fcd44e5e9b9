"""Equal rows: copies within a class, which make Recall@1 too high, and anchors that equal their partner."""

import pytest
import torch

from npair_viz import doctor
from tests.support.doctor_batches import healthy
from tests.support.sections import sections


@pytest.mark.parametrize("copies", [1, 3])
def test_recall_without_copies_is_that_of_each_row_once(copies: int) -> None:
    rows, labels = sections(largest=60)
    once = doctor(rows, labels, tao=0.1).measures[0].numbers["Recall@1"]
    report = doctor(rows.repeat(1 + copies, 1), labels.repeat(1 + copies), tao=0.1)
    first = report.findings[0]
    assert (first.kind, first.severity) == ("duplicates in a class", "warning")
    assert first.numbers["Recall@1 without copies"] == pytest.approx(once)
    assert f"Without copies Recall@1 is {once:.3f}" in first.detail


def test_a_few_copies_are_a_note() -> None:
    rows, labels = sections(largest=60)
    report = doctor(torch.cat([rows, rows[:20]]), torch.cat([labels, labels[:20]]), tao=0.1)
    assert ("duplicates in a class", "note") in {(one.kind, one.severity) for one in report.findings}


def test_anchors_that_equal_their_partner_come_before_other_equal_rows() -> None:
    anchors = healthy()
    anchors[3] = anchors[5]
    report = doctor(anchors=anchors, positives=anchors, tao=0.1)
    assert [one.kind for one in report.findings][:2] == ["duplicates in a class", "duplicates across classes"]
    assert report.findings[0].numbers["share"] == 1
