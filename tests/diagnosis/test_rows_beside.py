"""Rows beside the batch, earlier ones and a training set, come in every form in which the batch itself may come."""

from typing import Any

import pandas
import pyarrow
import pytest
import torch

from npair_viz import Pairs, doctor
from npair_viz.data.contents import Contents
from npair_viz.data.scenes import from_data

LABELS = torch.arange(20).repeat(2)
ROWS = torch.cat([torch.eye(20), torch.eye(20)]) + 0.1 * torch.randn(40, 20, generator=torch.Generator().manual_seed(0))
ANCHORS, POSITIVES = ROWS.chunk(2)


def frame(rows: torch.Tensor) -> pandas.DataFrame:
    numbers = pandas.DataFrame(rows.numpy()).rename(columns=lambda one: f"x{one}")
    return numbers.assign(id=range(len(rows)), label=LABELS.numpy(), note="a text")


def lists(rows: torch.Tensor) -> pyarrow.Table:
    return pyarrow.table({"emb": rows.tolist(), "label": LABELS.tolist()})


FORMS: dict[str, Any] = {
    "tensor": lambda rows: rows,
    "frame": frame,
    "pyarrow": lists,
    "scene": lambda rows: from_data(rows, LABELS),
    "contents": lambda rows: Contents(rows, LABELS),
    "pairs": lambda rows: Pairs(*rows.chunk(2)),
}


@pytest.mark.parametrize("form", FORMS)
def test_earlier_rows_may_have_any_form(form: str) -> None:
    said = {found.kind: found for found in doctor(ROWS, LABELS, tao=0.1, before=FORMS[form](ROWS / 2)).findings}
    assert said["drift"].numbers["factor"] == pytest.approx(2)
    assert "unreadable rows" not in said


@pytest.mark.parametrize("form", FORMS)
def test_a_training_set_may_have_any_form(form: str) -> None:
    said = {found.kind: found for found in doctor(ROWS, LABELS, tao=0.1, reference=FORMS[form](ROWS)).findings}
    assert said["leak"].numbers["count"] == 40


def test_earlier_pairs_are_compared_with_pairs() -> None:
    report = doctor(anchors=ANCHORS, positives=POSITIVES, tao=0.1, before=Pairs(ANCHORS, POSITIVES))
    assert "standstill" in [found.kind for found in report.findings]


@pytest.mark.parametrize("name", ["before", "reference"])
@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (pandas.DataFrame({"one": [[1.0]] * 4, "other": [[1.0]] * 4}), "in one column of lists"),
        (Contents(anchors=torch.eye(3), positives=torch.eye(2)), "the sides differ"),
        ("a word", "not rows of real numbers"),
    ],
)
def test_rows_that_cant_be_read_are_a_finding(name: str, wrong: Any, says: str) -> None:
    assert says in str(doctor(ROWS, LABELS, tao=0.1, **{name: wrong}))
