"""Pairs of two towers: retrieval both ways, gap, common direction, misfits and equal rows, beside plain loops."""

import math
from typing import Any

import numpy as np
import pandas
import pytest
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, normalize

from npair_viz import NPairLoss, Pairs, Report, Scene, doctor, npair_loss, scenes
from npair_viz.diagnosis.means import means_of
from npair_viz.diagnosis.towers import towers_of
from tests.support import sick_batches as sick
from tests.support.doctor_batches import LABELS, healthy
from tests.support.repository import ROOT
from tests.support.sections import sections

ROWS = sections()[0][:400]
REAL = ROOT.parent / "shared" / "data" / "package_pairs.npz"


def found(report: Report, kind: str) -> Any:
    (one,) = (one for one in report.findings if one.kind == kind)
    return one


def test_ranks_hits_and_the_first_ten_are_those_of_a_loop() -> None:
    anchors, positives = sick.towers(ROWS[:40], 0, noise=2.5)
    towers = towers_of(anchors, positives, torch.arange(40))
    for k, (side, other) in enumerate(((anchors, positives), (positives, anchors))):
        for i in range(40):
            cosines = [float(side[i] @ other[j]) for j in range(40)]
            assert int(towers.closer[k, i]) == sum(cosine > cosines[i] for cosine in cosines)
            assert towers.first[k, i].tolist() == sorted(range(40), key=lambda j: -cosines[j])[:10]
    assert towers.recalls == tuple((towers.closer == 0).double().mean(dim=1).tolist())


def test_of_equal_rows_each_comes_first_with_an_equal_chance() -> None:
    anchors, positives = torch.eye(4), torch.eye(4)[[0, 0, 2, 3]]
    assert towers_of(anchors, positives, torch.arange(4)).hits[0].tolist() == [1 / 2, 1 / 4, 1.0, 1.0]
    assert towers_of(anchors, positives, torch.tensor([0, 0, 2, 3])).hits[0].tolist() == [1.0, 1 / 3, 1.0, 1.0]


def test_a_report_of_pairs_begins_with_both_directions() -> None:
    anchors, positives = sick.towers(ROWS, 0, noise=2.0)
    square = anchors @ positives.T
    there, back = ((square.argmax(dim=k) == torch.arange(400)).double().mean() for k in (1, 0))
    report = doctor(anchors=anchors, positives=positives, tao=0.1)
    assert f"Recall@1 {there:.3f} ±" in report.measures[0].text
    assert f"from anchors to positives, {back:.3f} back; chance 0.0025 (400 pairs)" in str(report)


@pytest.mark.parametrize("tao", [0.05, 0.1, 0.5])
@pytest.mark.parametrize("height", [0.3, 0.5, 0.8])
def test_a_gap_costs_what_a_tao_costs_that_is_its_factor_larger(height: float, tao: float) -> None:
    ring = scenes.at_degrees(*range(0, 360, 10))
    anchors, positives = ((1 - height**2) ** 0.5 * ring for _ in range(2))
    high, low = (
        torch.nn.functional.pad(side, (0, 1), value=sign) for side, sign in ((anchors, height), (positives, -height))
    )
    means = means_of(high, low, 0.0)
    assert means.gap == pytest.approx(2 * height)
    flat = npair_loss(ring, ring, tao=tao * means.gap_factor)
    assert npair_loss(high, low, tao=tao).item() == pytest.approx(flat.item(), rel=1e-9)


def test_a_common_direction_costs_what_a_tao_costs_that_is_its_factor_larger() -> None:
    eye = torch.eye(30, dtype=torch.float64)
    units = (eye - 1 / 30) / (1 - 1 / 30) ** 0.5  # a simplex around its mean
    shared = torch.nn.functional.pad(0.4**0.5 * units, (1, 0), value=0.6**0.5)
    means = means_of(shared, shared, 0.0)
    without = 0.1 * 1 / (1 - 0.6)
    assert npair_loss(shared, shared, tao=0.1).item() == pytest.approx(npair_loss(units, units, tao=without).item())
    assert means.strangers == pytest.approx(float((shared @ shared.T)[0, 1]))


def cost(anchors: Tensor, positives: Tensor, tao: float) -> float:
    """How far the loss falls without the means, as a share of log n."""
    target = torch.arange(len(anchors))
    before, after = (
        cross_entropy(left @ right.T / tao, target)
        for left, right in (
            (anchors, positives),
            (normalize(anchors - anchors.mean(0)), normalize(positives - positives.mean(0))),
        )
    )
    return float(before - after) / math.log(len(anchors))


@pytest.mark.parametrize("tao", [0.02, 0.1, 0.5])
@pytest.mark.parametrize(
    ("kind", "plant"), [("gap", sick.apart(0.8, False)), ("common direction", sick.in_a_cone(0.8, False))]
)
def test_gap_and_direction_are_a_warning_where_they_cost_a_tenth_of_chance(kind: str, plant: Any, tao: float) -> None:
    planted = plant(ROWS, 0)
    one = found(doctor(**planted.given, tao=tao), kind)
    costs = cost(**planted.given, tao=tao)
    assert one.numbers["cost"] == pytest.approx(costs, rel=1e-3)
    assert one.severity == ("warning" if costs >= 0.1 else "note")


def with_a_gap(height: float, seed: int) -> dict[str, Tensor]:
    """Pairs of unequal lengths, each side moved out along a direction of its own."""
    sides = [
        side * (0.5 + torch.rand(400, 1, generator=sick.generator(seed + k)))
        for k, side in enumerate(sick.towers(ROWS, seed, noise=2.0))
    ]
    along = height * normalize(torch.randn(48, generator=sick.generator(1000 + seed)), dim=0)
    return sick.pairs_with(sides[0] + along, sides[1] - along)


def around_the_means(times: float, seed: int) -> dict[str, Tensor]:
    """Pairs with so many times the mean of their side added."""
    return sick.pairs_with(*(side + times * side.mean(dim=0) for side in sick.towers(ROWS, seed, noise=2.0)))


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize(
    ("kind", "plant", "size"),
    [
        ("gap", with_a_gap, 2.0),
        ("gap", with_a_gap, 4.0),
        ("common direction", around_the_means, 3.0),
        ("common direction", around_the_means, 6.0),
    ],
)
def test_means_that_hide_partners_are_the_one_fault_that_is_told(kind: str, plant: Any, size: float, seed: int) -> None:
    pairs = plant(size, seed)
    report = doctor(**pairs, tao=0.1)
    assert [(one.kind, one.severity) for one in report.findings] == [(kind, "warning")]
    units = [normalize(side) for side in pairs.values()]
    centred = [normalize(side - side.mean(dim=0)) for side in units]
    recall = ((centred[0] @ centred[1].T).argmax(dim=1) == torch.arange(400)).double().mean()
    assert report.findings[0].numbers["Recall@1 without the means"] == pytest.approx(recall.item())


def test_shuffled_partners_in_a_cone_are_still_called_so() -> None:
    pairs = around_the_means(6.0, 0)
    pairs["positives"] = pairs["positives"][torch.randperm(400, generator=sick.generator(0))]
    assert doctor(**pairs, tao=0.1).findings[0].kind == "retrieval"


@pytest.mark.parametrize("noise", [1.0, 2.0])
def test_a_turned_sign_is_named_with_the_recall_without_it(noise: float) -> None:
    anchors, positives = sick.towers(ROWS, 0, noise)
    report = doctor(anchors=anchors, positives=-positives, tao=0.1)
    assert [(one.kind, one.severity) for one in report.findings] == [("turned sign", "warning")]
    right = ((anchors @ positives.T).argmax(dim=1) == torch.arange(400)).double().mean().item()
    assert report.findings[0].numbers["Recall@1 with -positives"] == pytest.approx(right)
    assert f"With -positives Recall@1 is {right:.3f} (now 0.000)" in report.findings[0].detail


@pytest.mark.parametrize("fallen", [{"anchors"}, {"positives"}, {"anchors", "positives"}])
@pytest.mark.parametrize("tao", [0.05, 0.1])
def test_a_tower_that_collapsed_is_named_and_nothing_else_is_told(fallen: set[str], tao: float) -> None:
    pairs = sick.pairs_with(*sick.towers(ROWS, 0, noise=2.0))
    pairs["positives"] = pairs["positives"].flip(1)  # the means of the sides differ
    pairs |= {side: pairs[side].mean(dim=0) + 0.001 * pairs[side] for side in fallen}
    (one,) = doctor(**pairs, tao=tao).findings
    assert (one.kind, one.severity) == ("collapse", "error")
    assert one.title.startswith(f"the {' and '.join(sorted(fallen))} have collapsed")


def test_towers_in_the_form_of_rows_are_not_mixed_and_the_policy_is_named() -> None:
    planted = sick.apart(0.8, False)(ROWS, 0).given
    rows, labels = torch.cat([planted["anchors"], planted["positives"]]), torch.arange(400).repeat(2)
    one, other = doctor(rows, labels, tao=0.1), doctor(**planted, tao=0.1)
    assert [said.numbers["loss"] for report in (one, other) for said in report.measures if said.kind == "loss"] == [
        pytest.approx(npair_loss(planted["anchors"], planted["positives"], tao=0.1).item(), rel=1e-5)
    ] * 2
    assert "use policy='first'" in found(one, "gap").advice
    assert "policy" not in found(other, "gap").advice


def test_four_wrong_pairs_of_sixty_four_are_named_the_worst_first() -> None:
    anchors, positives = sick.towers(ROWS[:64], 0)
    wrong = [3, 20, 41, 60]
    positives[wrong] = positives[[20, 41, 60, 3]]
    one = found(doctor(anchors=anchors, positives=positives, tao=0.05), "misfit pairs")
    assert one.severity == "warning"
    assert set(one.numbers["at anchors"]) <= set(wrong)
    assert len(one.numbers["at anchors"]) >= 2


def test_equal_anchors_are_counted_and_following_the_advice_masks_them() -> None:
    planted = sick.doubled_anchors(ROWS, 0).given
    one = found(doctor(**planted, tao=0.1), "duplicates across classes")
    assert one.numbers["count"] == 40
    anchors = planted["anchors"]
    labels = torch.unique(torch.as_tensor(anchors), dim=0, return_inverse=True)[1]  # as the advice has it
    assert "torch.unique(torch.as_tensor(anchors), dim=0, return_inverse=True)[1]" in one.advice
    assert "duplicates across classes" not in {two.kind for two in doctor(**planted, labels=labels, tao=0.1).findings}


def test_following_the_advice_to_mask_brings_no_note_about_the_classes_it_makes() -> None:
    anchors, positives = sick.towers(ROWS, 0)
    anchors[:80] = anchors[0].clone()
    labels = torch.unique(anchors, dim=0, return_inverse=True)[1]
    kinds = {one.kind for one in doctor(anchors=anchors, positives=positives, labels=labels, tao=0.1).findings}
    assert not kinds & {"imbalance", "duplicates in a class", "duplicates across classes"}


def test_pairs_come_by_name_as_pairs_or_as_a_scene() -> None:
    anchors, positives = healthy().split(24)
    texts = [f"a{i}" for i in range(24)], [f"p{i}" for i in range(24)]
    by_name = doctor(anchors=anchors, positives=positives, labels=LABELS[:24], texts=texts, tao=0.1)
    as_pairs = doctor(Pairs(anchors, positives, LABELS[:24], texts), tao=0.1)
    scene = Scene("mine", "?", torch.cat([anchors, positives]), LABELS, rows=torch.arange(48), is_paired=True)
    assert str(by_name) == str(as_pairs)
    assert [one.numbers for one in by_name.measures] == [one.numbers for one in doctor(scene, tao=0.1).measures]


def test_a_scene_brings_its_class_names_and_texts() -> None:
    rows, texts = healthy(), tuple(f"text {row}" for row in range(48))
    rows[5] = rows[30]
    scene = Scene("mine", "?", rows, LABELS, class_names=tuple("abcdefghijklmnopqrstuvwx"), texts=texts)
    assert 'row 5 ("text 5")' in str(doctor(scene, tao=0.1))


def test_row_numbers_of_pairs_are_those_of_their_side() -> None:
    anchors, positives = healthy().split(24)
    anchors[3], positives[7] = math.nan, 0.0
    findings = {one.kind: one for one in doctor(anchors=anchors, positives=positives, tao=0.1).findings}
    assert findings["not finite"].numbers["at anchors"] == [3]
    assert findings["zero rows"].numbers["at positives"] == [7]
    assert "Positive 7" in findings["zero rows"].detail


@pytest.mark.parametrize("given", [{}, {"anchors": torch.eye(3)}, {"positives": torch.eye(3)}])
def test_half_of_the_data_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="embeddings with labels, or anchors with positives"):
        doctor(**given)


def test_one_pair_and_labels_that_are_all_equal_have_no_negative() -> None:
    one = doctor(anchors=torch.eye(3)[:1], positives=torch.eye(3)[:1], tao=0.1)
    same = doctor(anchors=torch.eye(3), positives=torch.eye(3), labels=[7, 7, 7], tao=0.1)
    assert [report.findings[0].kind for report in (one, same)] == ["one class", "one class"]


def test_the_settings_of_a_loss_hold_for_pairs_too() -> None:
    anchors, positives = healthy().split(24)
    report = doctor(anchors=anchors, positives=positives, loss=NPairLoss(tao=0.3, l2_reg=0))
    assert "24 pairs of 40 numbers, torch.float32; tao=0.3" in report.summary


@pytest.mark.skipif(not REAL.exists(), reason="the real pairs lie beside the repository")
def test_of_the_real_pairs_it_says_what_an_expert_would() -> None:
    held = np.load(REAL)
    report = doctor(
        anchors=held["queries"],
        positives=held["documents"],
        texts=(held["query_texts"], held["document_texts"]),
        tao=0.1,
    )
    first = report.measures[0].numbers
    assert (first["Recall@1"], first["back"]) == (pytest.approx(0.149, abs=0.005), pytest.approx(0.211, abs=0.005))
    severities = {one.kind: one.severity for one in report.findings}
    assert severities == {
        "duplicates across classes": "warning", "hubs": "warning", "gap": "note", "misfit pairs": "note"
    }  # fmt: skip
    said = str(report)
    assert "345 anchors are equal to another" in said
    assert "22% of 1,205 different anchors" in said
    assert "a tao 1.06 times" in said
    assert "Recall@1 is 0.19 (now 0.15)" in said


def test_a_frame_that_holds_its_labels_and_texts_is_taken_apart() -> None:
    frame = pandas.DataFrame(healthy().numpy(), columns=[f"x{i}" for i in range(40)])
    whole = frame.assign(label=[f"class {label}" for label in LABELS.tolist()], text=[f"text {i}" for i in range(48)])
    assert doctor(whole, tao=0.1).summary == doctor(healthy(), LABELS, tao=0.1).summary
