"""Each planted fault is found, healthy batches get notes only, and no array makes the doctor raise."""

import ast
import json
import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays, floating_dtypes, integer_dtypes
from torch import Tensor
from torch.nn import functional

from npair_viz import NPairLoss, Pairs, doctor, effective_negatives, npair_loss, scenes
from npair_viz.data.scenes import at_degrees
from tests.support.doctor_batches import LABELS, D, N, changed, healthy
from tests.support.repository import ROOT


def twinned() -> Tensor:
    rows = healthy()
    rows[5] = rows[30]  # of classes 5 and 6
    return rows


def measured(report: Any, kind: str) -> Any:
    (found,) = (one for one in report.measures if one.kind == kind)
    return found


def untrained() -> Tensor:
    return torch.randn(64, 128, generator=torch.Generator().manual_seed(1))


def towers(n: int = 200, height: float = 0.0, cosine: float = 0.0, wrong: int = 0) -> Pairs:
    """Anchors, and the same rows with noise; at two heights, or all around one axis, the first pairs mixed up."""
    anchors, positives = healthy(n, d=64, noise=0.6).split(n)
    positives[:wrong] = positives[:wrong].roll(1, 0)
    apart = [(1 - height**2) ** 0.5 * functional.normalize(side) for side in (anchors, positives)]
    (left, right), along = ((1 - cosine) ** 0.5 * side for side in apart), cosine**0.5
    return Pairs(
        functional.pad(left, (2, 0), value=0.0) + torch.tensor([height, along] + [0.0] * 64),
        functional.pad(right, (2, 0), value=0.0) + torch.tensor([-height, along] + [0.0] * 64),
    )


def flat() -> Tensor:
    return functional.pad(healthy(d=2, noise=0.1), (0, D - 2))


def hubs() -> Tensor:
    """Rows around a common axis, three of which lie on it."""
    rows = functional.normalize(healthy(20, d=64, rows=60, noise=1.8)) + 0.15
    rows[:3] = rows.mean(dim=0) + 0.001 * healthy(3, d=64, rows=1)
    return rows


def mislabelled() -> Tensor:
    labels = torch.arange(10).repeat(40)
    labels[::7] = (labels[::7] + 1 + torch.arange(58) % 9) % 10
    return labels


def kinds(report: Any, *severities: str) -> set[str]:
    return {found.kind for found in report.findings if found.severity in (severities or ("error", "warning", "note"))}


RAW = {"normalize": False}
FAULTS: dict[str, tuple[object, object, dict[str, Any], str, str]] = {
    # name: embeddings, labels, settings, kind, severity
    "every class has one row": (healthy(), torch.arange(2 * N), {}, "no pair", "error"),
    "all rows are of one class": (healthy(), torch.zeros(2 * N, dtype=torch.int64), {}, "one class", "error"),
    "two classes": (healthy(), torch.arange(2).repeat(N), {}, "few pairs", "warning"),
    "half the rows are alone": (healthy(), LABELS.clone().index_add(0, torch.arange(12), torch.arange(12) + 90), {},
                                "singletons", "warning"),
    "a label is missing": (healthy(), LABELS[1:], {}, "counts differ", "error"),
    "NaN": (changed(7, math.nan), LABELS, {}, "not finite", "error"),
    "infinity": (changed(7, math.inf), LABELS, {}, "not finite", "error"),
    "a zero row": (changed(7, 0.0), LABELS, {}, "zero rows", "error"),
    "a zero row, raw": (changed(7, 0.0), LABELS, RAW, "zero rows", "warning"),
    "a huge row": (changed(7, 1e5), LABELS, {}, "huge rows", "warning"),
    "one row under two labels": (twinned(), LABELS, {}, "duplicates across classes", "warning"),
    "every row twice": (healthy().repeat(2, 1), LABELS.repeat(2), {"tao": 0.1}, "duplicates in a class", "warning"),
    "anchors are their partners": (Pairs(healthy(), healthy()), None, {"tao": 0.1},
                                   "duplicates in a class", "warning"),
    "all in one direction": (1 + 0.01 * healthy(), LABELS, {}, "collapse", "error"),
    "a narrow cone": (1 + 0.5 * healthy(noise=1), LABELS, {}, "collapse", "warning"),
    "a plane in 40 dimensions": (flat(), LABELS, {"tao": 0.1}, "few dimensions", "warning"),
    "lengths doubled": (2 * healthy(), LABELS, {"before": healthy()}, "drift", "warning"),
    "raw lengths halved": (healthy() / 2, LABELS, {"before": healthy(), **RAW}, "drift", "warning"),
    "nothing moved": (healthy(), LABELS, {"before": healthy()}, "standstill", "warning"),
    "negatives are of another width": (healthy(), LABELS, {"negatives": healthy()[:, 1:]}, "negatives differ", "error"),
    "a queue that was never filled": (healthy(), LABELS, {"negatives": changed(7, math.nan)}, "not finite", "error"),
    "before is of other rows": (healthy(), LABELS, {"before": healthy(n=9)}, "before differs", "warning"),
    "l2_reg can't act": (healthy(), LABELS, {"l2_reg": 0.4, "tao": 0.1}, "dead l2_reg", "warning"),
    "arguments swapped": (healthy(), LABELS, {"l2_reg": 0.4}, "swapped", "warning"),
    "past collapse": (healthy(), LABELS, {"l2_reg": 0.6, **RAW}, "collapse by l2_reg", "error"),
    "near collapse": (healthy(), LABELS, {"l2_reg": 0.45, **RAW}, "near collapse", "warning"),
    "tao so small that one holds all": (healthy(), LABELS, {"tao": 0.001}, "tao too small", "warning"),
    "tao so large that all are equal": (healthy(), LABELS, {"tao": 30.0}, "tao too large", "warning"),
    "tao out of all range": (healthy(), LABELS, {"tao": 1e-6}, "tao out of range", "warning"),
    "raw rows overflow": (1e25 * healthy(), LABELS, RAW, "overflow", "error"),
    "raw rows overflow float16": (300 * healthy().half(), LABELS, RAW, "overflow risk", "warning"),
    "labels shifted by one": (healthy(), torch.cat([LABELS[:N], LABELS[:N].roll(1)]), {"tao": 0.05},
                              "retrieval", "warning"),
    "an untrained encoder": (untrained(), torch.arange(32).repeat(2), {"tao": 0.1}, "retrieval", "warning"),
    "few rows, sure and wrong": (at_degrees(0, 180, 170, 350), [0, 1, 0, 1], {"tao": 0.1},
                                 "worse than chance", "warning"),
    "the default tao on unit rows": (healthy(), LABELS, {"loss": NPairLoss()}, "tao too large", "warning"),
    "labels are objects": (healthy(), [object()] * 2 * N, {}, "unreadable labels", "error"),
    "a label is NaN": (healthy(), LABELS.double().index_fill(0, torch.tensor([3]), math.nan), {},
                       "labels missing", "error"),
    "three rows near to all": (hubs(), torch.arange(20).repeat(60), {"tao": 0.1}, "hubs", "warning"),
    "labels that neighbours deny": (healthy(10, rows=40), mislabelled(), {"tao": 0.1},
                                    "suspicious labels", "warning"),
    "rows of the training set": (healthy(), LABELS, {"tao": 0.1, "reference": healthy()[:5]}, "leak", "warning"),
    "a reference of other width": (healthy(), LABELS, {"tao": 0.1, "reference": torch.ones(3, 2)},
                                   "reference differs", "warning"),
    "texts are too few": (healthy(), LABELS, {"tao": 0.1, "texts": ["a"]}, "unreadable texts", "warning"),
    "sides of two sizes": (None, None, {"anchors": healthy(), "positives": healthy()[1:]}, "sides differ", "error"),
    "a gap": (towers(height=0.8), None, {"tao": 0.2}, "gap", "warning"),
    "a common direction": (towers(cosine=0.8), None, {"tao": 0.2}, "common direction", "warning"),
    "a sign turned": (Pairs(towers().anchors, -towers().positives), None, {"tao": 0.1}, "turned sign", "warning"),
    "pairs mixed up": (towers(wrong=10), None, {"tao": 0.1}, "misfit pairs", "warning"),
    "labels are fractions": (healthy(), LABELS + 0.5, {}, "fractional labels", "error"),
    "labels are one-hot": (healthy(), functional.one_hot(LABELS), {}, "shape of labels", "error"),
    "embeddings are words": (["a"] * 2 * N, LABELS, {}, "unreadable rows", "error"),
    "embeddings are pictures": (torch.rand(2 * N, 3, 4), LABELS, {}, "shape of rows", "error"),
    "embeddings are bytes": (healthy().sign().to(torch.int8), LABELS, {}, "whole numbers", "error"),
    "an empty batch": (torch.zeros(0, D), LABELS[:0], {}, "empty batch", "error"),
}  # fmt: skip

# kinds that are never more than a note
NOTES = {"imbalance", "max_pairs", "near twins", "no rest", "no such tao", "split class",
         "unused rows"}  # fmt: skip

HEALTHY: dict[str, tuple[object, object, dict[str, Any]]] = {
    "the module's l2_reg": (healthy(), LABELS, {"loss": NPairLoss(tao=0.1)}),
    "no l2_reg": (healthy(), LABELS, {"l2_reg": 0, "tao": 0.1}),
    "words for labels": (healthy(), [f"class {label}" for label in LABELS.tolist()], {"tao": 0.1}),
    "whole floats for labels": (healthy(), LABELS.double(), {"tao": 0.1}),
    "two towers": (towers(), None, {"tao": 0.1}),
    "a reference of other rows": (healthy(), LABELS, {"tao": 0.1, "reference": healthy(seed=1)}),
    "tao 0.1": (healthy(), LABELS, {"tao": 0.1}),
    "tao 0.05": (healthy(n=64), torch.arange(64).repeat(2), {"tao": 0.05}),
    "ovo": (healthy(), LABELS, {"objective": "ovo", "tao": 0.3}),
    "hardest": (healthy(rows=4), LABELS.repeat(2), {"policy": "hardest", "tao": 0.2}),
    "first": (healthy(rows=3), torch.arange(N).repeat(3), {"policy": "first", "tao": 0.2}),
    "raw with the default l2_reg": (2 * healthy(), LABELS, RAW),
    "raw with none": (2 * healthy(), LABELS, {**RAW, "l2_reg": 0}),
    "raw with an l2_reg of one's own": (2 * healthy(), LABELS, {**RAW, "l2_reg": 0.1}),
    "raw at tao 0.5": (1.5 * healthy(), LABELS, {**RAW, "tao": 0.5}),
    "float16": (healthy().half(), LABELS, {"tao": 0.1}),
    "bfloat16": (healthy().bfloat16(), LABELS, {"tao": 0.1}),
    "float64": (healthy().double(), LABELS, {"tao": 0.1}),
    "numpy": (healthy().numpy(), LABELS.numpy(), {"tao": 0.1}),
    "lists": (healthy().tolist(), LABELS.tolist(), {"tao": 0.1}),
    "labels of one byte, some negative": (healthy(), (LABELS - 12).to(torch.int8), {"tao": 0.1}),
    "a few singletons": (healthy()[:-3], LABELS[:-3], {"tao": 0.1}),
    "a slow drift": (1.2 * healthy(), LABELS, {"before": healthy(), "tao": 0.1}),
    "more pairs a class": (healthy(rows=6), torch.arange(N).repeat(6), {"loss": NPairLoss(tao=0.1, pairs_per_class=3)}),
    "perfect": (torch.eye(N).repeat(2, 1) + 1e-3 * healthy(d=N), LABELS, {"tao": 0.1}),
    "digits": (scenes.digits().embeddings, scenes.digits().labels, {"tao": 0.1}),
    "a tensor for tao": (healthy(), LABELS, {"tao": torch.tensor(0.1)}),
}  # fmt: skip


def test_every_kind_of_finding_is_planted_or_a_mere_note() -> None:
    calls = (
        node
        for path in (ROOT / "npair_viz" / "diagnosis").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Finding", "_error", "_warning")
    )
    written = {call.args[0].value for call in calls if call.args and isinstance(call.args[0], ast.Constant)}
    assert written == {kind for *_, kind, _ in FAULTS.values()} | NOTES


@pytest.mark.parametrize("name", FAULTS)
def test_the_planted_fault_is_found(name: str) -> None:
    embeddings, labels, given_settings, kind, severity = FAULTS[name]
    report = doctor(embeddings, labels, **given_settings)
    assert kind in kinds(report, severity)
    assert not report.is_healthy


@pytest.mark.parametrize("name", HEALTHY)
def test_a_healthy_batch_gets_nothing_above_a_note(name: str) -> None:
    embeddings, labels, given_settings = HEALTHY[name]
    report = doctor(embeddings, labels, **given_settings)
    assert kinds(report, "error", "warning") == set()
    assert report.is_healthy


def test_one_fault_gives_no_other_finding() -> None:
    assert kinds(doctor(changed(7, math.nan), LABELS, tao=0.1), "error", "warning") == {"not finite"}


def test_row_numbers_are_those_of_the_batch_although_earlier_rows_are_left_out() -> None:
    rows = changed(3, math.nan)
    rows[8], rows[11] = 0.0, 1e5
    found = {finding.kind: finding.numbers.get("at rows") for finding in doctor(rows, LABELS).findings}
    assert (found["not finite"], found["zero rows"], found["huge rows"]) == ([3], [8], [11])


@pytest.mark.parametrize("objective", ["mc", "ovo"])
def test_near_collapse_most_shares_err_and_no_more_than_all_of_them(objective: str) -> None:
    most = 0.45 if objective == "mc" else 0.45 * N / 2
    report = doctor(healthy(), LABELS, l2_reg=most, objective=objective, **RAW)
    (found,) = (found for found in report.findings if found.kind == "near collapse")
    assert 40 <= int(found.detail.split("%")[0].split()[-1]) <= 100


def test_equal_rows_of_two_classes_are_named() -> None:
    (found,) = (found for found in doctor(twinned(), LABELS).findings if found.kind == "duplicates across classes")
    assert found.numbers["at rows"] == [5, 30]


def test_the_worst_comes_first() -> None:
    rows = changed(7, math.nan)
    rows[9] = rows[9 + N]
    severities = [found.severity for found in doctor(rows, LABELS, l2_reg=0.4).findings]
    assert severities == sorted(severities, key=["error", "warning", "note"].index)
    assert set(severities) == {"error", "warning", "note"}


def test_an_l2_reg_passed_as_tao_is_one_fault_and_one_finding() -> None:
    report = doctor(healthy(), LABELS, loss=NPairLoss(0.4))
    assert kinds(report) == {"swapped"}
    assert "l2_reg moves nothing" in str(report)
    assert "NPairLoss(tao=0.4, l2_reg=0)" in str(report)


def test_of_the_default_l2_reg_which_nobody_chose_nothing_is_said() -> None:
    assert kinds(doctor(healthy(), LABELS, tao=0.1)) == set()


def test_a_loss_replaces_all_settings() -> None:
    loss = NPairLoss(tao=0.3, l2_reg=0.1, normalize=False, objective="ovo", policy="first")
    report = doctor(healthy(), LABELS, tao=5.0, loss=loss)
    assert "tao=0.3, l2_reg=0.1, raw, ovo, first" in report.summary


def test_max_pairs_of_a_loss_is_read() -> None:
    assert "max_pairs" in kinds(doctor(healthy(), LABELS, loss=NPairLoss(tao=0.1, max_pairs=5)), "note")


def test_the_loss_that_it_states_is_the_loss() -> None:
    rows = functional.normalize(healthy().double())
    found = measured(doctor(rows, LABELS, tao=0.2, policy="first"), "loss")
    assert found.numbers["loss"] == pytest.approx(npair_loss(rows[:N], rows[N:], tao=0.2).item(), rel=1e-9)


def test_the_tao_that_it_suggests_lets_the_wanted_number_count() -> None:
    rows = functional.normalize(healthy().double())
    report = doctor(rows, LABELS, tao=0.2, policy="first", effective=5.0)
    found = measured(report, "tao")
    counting = effective_negatives(rows[:N] @ rows[N:].T, found.numbers["suggested tao"]).mean()
    assert counting.item() == pytest.approx(5, rel=1e-6)


def test_a_number_of_negatives_that_no_tao_reaches_gets_a_note() -> None:
    assert "no such tao" in kinds(doctor(healthy(), LABELS, effective=500.0), "note")


@pytest.mark.parametrize(("n", "wanted"), [(N, 11.5), (64, 16)])
def test_by_default_the_tao_is_for_half_the_negatives_and_at_most_16(n: int, wanted: float) -> None:
    report = doctor(healthy(n=n), torch.arange(n).repeat(2))
    assert measured(report, "tao").numbers["wanted"] == wanted


def test_of_many_bad_rows_it_keeps_the_first_thousand_numbers() -> None:
    (found,) = (
        found
        for found in doctor(torch.full((1003, 3), math.nan), torch.zeros(1003, dtype=torch.int64)).findings
        if found.kind == "not finite"
    )
    assert found.numbers == {"count": 1003, "at rows": list(range(1000))}


def test_of_many_pairs_it_says_how_many_were_drawn() -> None:
    many = torch.arange(1500).repeat(2)
    report = doctor(healthy(n=1500, d=17), many, tao=0.1)
    assert "over 8 draws of 1,024 of 1,500 pairs" in str(report)


def test_it_draws_nothing_from_the_global_generator() -> None:
    state = torch.get_rng_state()
    doctor(healthy(), LABELS)
    assert torch.equal(torch.get_rng_state(), state)


def test_the_report_is_the_same_each_time() -> None:
    rows, labels = healthy(rows=6), LABELS.repeat(3)
    assert str(doctor(rows, labels)) == str(doctor(rows, labels))


def test_rows_that_require_a_gradient_are_left_as_they_are() -> None:
    rows = healthy().requires_grad_()
    doctor(rows, LABELS)
    assert rows.grad is None
    assert rows.requires_grad


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"tao": 0.0}, ValueError),
        ({"tao": "warm"}, TypeError),
        ({"l2_reg": -1.0}, ValueError),
        ({"objective": "triplet"}, ValueError),
        ({"policy": "easiest"}, ValueError),
        ({"normalize": "yes"}, ValueError),
        ({"loss": torch.nn.MSELoss()}, TypeError),
        ({"effective": -3.0}, ValueError),
    ],
)
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error, match=next(iter(wrong))):
        doctor(healthy(), LABELS, **wrong)


NUMBERS = arrays(
    st.one_of(floating_dtypes(endianness="=", sizes=(16, 32, 64)), integer_dtypes(endianness="=")),
    array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=9),
)
ANY_LABELS = st.one_of(NUMBERS, st.lists(st.integers(-2, 3), max_size=9), st.text(max_size=3), st.none())
ROWS = arrays(st.sampled_from([np.float16, np.float32, np.float64]), st.tuples(st.just(8), st.integers(1, 4)))
SETTINGS = st.fixed_dictionaries(
    {
        "tao": st.floats(-8, 8).map(lambda power: 10**power),
        "l2_reg": st.sampled_from([0, 0.02, 0.4, 1e6]),
        "normalize": st.booleans(),
        "objective": st.sampled_from(["mc", "ovo"]),
        "policy": st.sampled_from(["random", "first", "hardest"]),
    }
)


@given(embeddings=st.one_of(NUMBERS, st.text(max_size=3), st.none()), labels=ANY_LABELS)
def test_no_object_makes_it_raise(embeddings: object, labels: object) -> None:
    json.loads(doctor(embeddings, labels).to_json(), parse_constant=pytest.fail)


@settings(max_examples=200)
@given(embeddings=ROWS, labels=st.lists(st.integers(-1, 3), min_size=8, max_size=8), chosen=SETTINGS, before=ROWS)
def test_no_rows_at_any_settings_make_it_raise(
    embeddings: Any, labels: list[int], chosen: dict[str, Any], before: Any
) -> None:
    json.loads(doctor(embeddings, labels, before=before, **chosen).to_json(), parse_constant=pytest.fail)
