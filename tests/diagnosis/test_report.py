"""What the doctor found, as text, as HTML and as JSON."""

import json
import math

import torch

from npair_viz import doctor
from tests.support.doctor_batches import LABELS, changed, healthy


def test_a_report_as_html_shows_each_finding_and_runs_nothing_of_the_data() -> None:
    report = doctor(healthy(), LABELS, l2_reg=0.4)
    shown = report._repr_html_()
    assert all(f'data-kind="{found.kind}"' in shown for found in report.findings)
    assert "<script" not in report.to_html()
    assert shown in report.to_html()


def test_a_report_as_json_holds_what_the_findings_hold() -> None:
    report = doctor(changed(7, math.nan), LABELS)
    loaded = json.loads(report.to_json())
    assert loaded["is_healthy"] is False
    first, entry = report.findings[0], loaded["findings"][0]
    assert (entry["kind"], entry["severity"], entry["numbers"]) == (first.kind, "error", {"count": 1, "at rows": [7]})
    assert set(entry) == {"kind", "severity", "title", "detail", "advice", "numbers"}


def test_the_text_has_each_findings_title_detail_and_advice() -> None:
    report = doctor(changed(7, math.nan), LABELS)
    for found in report.findings:
        assert all(part in str(report) for part in (found.title, found.detail, found.advice))


def test_counts_are_printed_as_people_write_them() -> None:
    anchors, positives = torch.randn(2, 1100, 40, generator=torch.Generator().manual_seed(0))
    report = doctor(anchors=anchors, positives=positives, tao=5.0)
    assert "tao = 5: 1,0" in report.measures[-1].text
    assert "e+" not in str(report) + report._repr_html_()
