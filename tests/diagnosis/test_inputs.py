"""What the doctor advises where its inputs have a wrong form works when it is followed."""

import re

import numpy
import pandas
import pytest
import torch

from npair_viz import doctor
from tests.support.doctor_batches import healthy

LABELS = [float(k % 12) for k in range(24)]


@pytest.mark.parametrize(
    "made", [torch.tensor, numpy.array, pandas.Series, list], ids=["torch", "numpy", "pandas", "list"]
)
def test_rows_without_a_label_are_left_out_by_the_advice(made: object) -> None:
    assert callable(made)
    labels = made([*LABELS[:-1], float("nan")])
    advice = doctor(healthy(12), labels, tao=0.1).findings[0].advice
    (kept,) = re.findall(r"kept = (.*?), embeddings", advice)
    held = numpy.asarray(eval(kept, {"labels": labels, "numpy": numpy}))
    rest = numpy.asarray(labels)[held]
    assert "labels missing" not in {one.kind for one in doctor(healthy(12).numpy()[held], rest, tao=0.1).findings}


def test_two_views_without_labels_are_told_of_towers() -> None:
    views = torch.stack(healthy(12).chunk(2), dim=1)
    (found, *_) = doctor(views).findings
    assert "anchors=embeddings[:, 0], positives=embeddings[:, 1]" in found.advice
    assert doctor(anchors=views[:, 0], positives=views[:, 1], tao=0.1).is_healthy


def test_rows_without_labels_are_told_what_to_pass() -> None:
    (found,) = doctor(healthy(12)).findings
    assert (found.severity, found.kind) == ("error", "unreadable labels")
    assert "doctor(embeddings, labels)" in found.advice
