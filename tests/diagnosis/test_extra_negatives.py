"""The doctor beside extra negatives: loss, chance, floor and the negatives that count are those of all candidates."""

import math

import pytest
import torch

from npair_viz.diagnosis.examine import doctor
from npair_viz.linalg import unit_rows
from npair_viz.losses.npair import npair_loss
from npair_viz.losses.npair_module import NPairLoss
from npair_viz.theory.ruler import loss_ruler
from tests.support.loop_oracles import pairs

N = 20
ANCHORS, NOISE = pairs(N, 12)
POSITIVES = ANCHORS + 0.3 * NOISE
QUEUE = pairs(50, 12, seed=4)[0]


def measures(**chosen):
    return {one.kind: one for one in doctor(anchors=ANCHORS, positives=POSITIVES, **chosen).measures}


@pytest.mark.parametrize("objective", ["mc", "ovo"])
@pytest.mark.parametrize("symmetric", [True, False])
def test_its_loss_and_ruler_are_those_beside_them(symmetric, objective):
    loss = NPairLoss(l2_reg=0.0, tao=0.2, objective=objective, symmetric=symmetric)
    numbers = measures(loss=loss, negatives=QUEUE)["loss"].numbers
    rows = [unit_rows(one) for one in (ANCHORS, POSITIVES, QUEUE)]
    chosen = {"tao": 0.2, "objective": objective, "symmetric": symmetric}
    ruler = loss_ruler(N, negatives=50, **chosen)
    assert numbers["loss"] == pytest.approx(npair_loss(*rows[:2], negatives=rows[2], **chosen).item())
    assert (numbers["chance"], numbers["floor"]) == pytest.approx((ruler.chance, ruler.floor))
    assert numbers["extra negatives"] == 50


def test_the_negatives_that_count_are_counted_among_all():
    tao = measures(tao=0.2, negatives=QUEUE)["tao"]
    rows = [unit_rows(one) for one in (ANCHORS, POSITIVES, QUEUE)]
    logits = (rows[0] @ torch.cat(rows[1:]).T / 0.2).masked_fill(torch.eye(N, 70).bool(), -math.inf)
    counts = torch.special.entr(logits.softmax(dim=1)).sum(dim=1).exp()
    assert tao.numbers["negatives"] == 69
    assert tao.numbers["effective negatives"] == pytest.approx(counts.mean().item())


def test_at_the_suggested_tao_that_many_of_all_count():
    suggested = measures(tao=0.2, negatives=QUEUE, effective=30)["tao"].numbers["suggested tao"]
    found = measures(tao=suggested, negatives=QUEUE)["tao"].numbers["effective negatives"]
    assert found == pytest.approx(30, rel=1e-6)


def test_the_words_say_how_many_were_looked_at():
    assert "of 20 pairs beside 50 extra negatives, without penalty" in measures(tao=0.2, negatives=QUEUE)["loss"].text
    many = QUEUE.repeat(30, 1)
    assert "beside 1,024 of 1,500 extra negatives" in measures(tao=0.2, negatives=many)["loss"].text


def test_the_summary_says_that_a_loss_has_both_directions():
    for symmetric in (True, False):
        report = doctor(anchors=ANCHORS, positives=POSITIVES, loss=NPairLoss(0.0, 0.2, symmetric=symmetric))
        assert report.summary.endswith(", both directions") == symmetric


def test_raw_rows_beside_them_have_chance_alone():
    said = measures(tao=0.2, normalize=False, negatives=QUEUE.tolist())["loss"]
    assert said.text.endswith(f"chance {math.log(70):.4g}.")


def test_rows_that_are_not_finite_are_told_and_left_out():
    spoilt = QUEUE.clone()
    spoilt[3] = math.nan
    report = doctor(anchors=ANCHORS, positives=POSITIVES, tao=0.2, negatives=spoilt)
    assert [one.title for one in report.findings if one.severity == "error"] == ["negatives are not finite"]
    assert measures(tao=0.2, negatives=spoilt)["loss"].numbers["extra negatives"] == 49


@pytest.mark.parametrize("nothing", [QUEUE[:0], torch.zeros(0, 12)])
def test_no_extra_negatives_change_nothing(nothing):
    without, beside = (measures(tao=0.2, negatives=rows)["loss"].text for rows in (None, nothing))
    assert without == beside
