"""Batches made like embeddings of real texts: a planted fault is the first that is named, healthy ones are left alone.

`python -m benchmarks.doctor_table` does the same with real rows, where they are at hand.
"""

from typing import Any

import pytest
import torch

from npair_viz import doctor
from tests.support import sick_batches as sick
from tests.support.sections import sections

ROWS, LABELS = sections(classes=20, largest=130, d=96)
SMALL = ROWS[:500]
TAOS = [0.05, 1.0]


@pytest.mark.parametrize("tao", TAOS)
@pytest.mark.parametrize("name", sick.OF_ROWS)
def test_a_fault_of_rows_is_the_first_that_is_named(name: str, tao: float) -> None:
    planted = sick.OF_ROWS[name](ROWS, LABELS, 0)
    report = sick.examined(planted, tao)
    assert sick.is_named(planted, report), str(report)


@pytest.mark.parametrize("tao", TAOS)
@pytest.mark.parametrize("name", sick.OF_PAIRS)
def test_a_fault_of_pairs_is_the_first_that_is_named(name: str, tao: float) -> None:
    planted = sick.OF_PAIRS[name](SMALL, 0)
    report = sick.examined(planted, tao)
    assert sick.is_named(planted, report), str(report)


HEALTHY: dict[str, dict[str, Any]] = {
    "twenty sections": sick.rows_with(ROWS, LABELS),
    "twelve sections": sick.rows_with(*sections()),
    "other sections": sick.rows_with(*sections(classes=30, largest=90, seed=1)),
    "few rows": sick.rows_with(ROWS[:300], LABELS[:300]),
    "two towers": sick.pairs_with(*sick.towers(SMALL, 0)),
    "two rough towers": sick.pairs_with(*sick.towers(SMALL - 0.1, 1, noise=1.5)),
}


@pytest.mark.parametrize("tao", [0.02, *TAOS])
@pytest.mark.parametrize("name", HEALTHY)
def test_a_healthy_batch_gets_nothing_above_a_note_but_of_its_tao(name: str, tao: float) -> None:
    report = doctor(**HEALTHY[name], tao=tao)
    assert sick.is_left_alone(report, tao), str(report)


def test_the_loss_comes_with_its_spread_over_draws() -> None:
    (said,) = (one for one in doctor(ROWS, LABELS, tao=0.1).measures if one.kind == "loss")
    numbers = said.numbers
    assert numbers["draws"] == 8
    assert float(str(numbers["least"])) < float(str(numbers["loss"])) < float(str(numbers["largest"]))
    assert "± " in said.text


def test_a_better_tao_stands_in_the_finding_and_following_it_ends_it() -> None:
    report = doctor(ROWS, LABELS, tao=1.0)
    (found,) = (one for one in report.findings if one.kind == "tao too large")
    assert f"At tao = {found.numbers['suggested tao']:.2g}" in found.advice
    assert doctor(ROWS, LABELS, tao=float(str(found.numbers["suggested tao"]))).is_healthy


def test_no_note_is_always_there() -> None:
    rows = torch.nn.functional.one_hot(LABELS).float() + 0.1 * ROWS[:, :20]
    assert doctor(rows, LABELS, tao=0.1).findings == ()
