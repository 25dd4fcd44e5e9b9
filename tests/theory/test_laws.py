"""Limits in tao and the law of rescaling, and what all of the theory takes and refuses."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from npair_viz.losses.npair import npair_loss
from npair_viz.theory.phase import phase
from npair_viz.theory.ruler import loss_ruler
from tests.support.free_descents import OBJECTIVES, TAOS, random_pairs

LINE_UP = [[90.0, 20.0, 200.0, 300.0], [140.0, 60.0, 215.0, 285.0]]


def line_up():
    angles = torch.deg2rad(torch.tensor(LINE_UP, dtype=torch.float64))
    return torch.stack([angles.cos(), angles.sin()], dim=-1)


# limits and laws


def cold_by_loop(similarities: list[list[float]], objective: str) -> float:
    """mc: the mean lead of the hardest negative where it leads; ovo: of every negative that leads."""
    n, total = len(similarities), 0.0
    for i in range(n):
        leads = [max(0.0, similarities[i][j] - similarities[i][i]) for j in range(n) if j != i]
        total += max(leads, default=0.0) if objective == "mc" else sum(leads)
    return total / n


def hot_by_loop(similarities: list[list[float]], objective: str) -> float:
    """mc: the mean similarity of all candidates less the own; ovo: half the sum of the leads."""
    n, total = len(similarities), 0.0
    for i in range(n):
        leads = [similarities[i][j] - similarities[i][i] for j in range(n)]
        total += sum(leads) / (n if objective == "mc" else 2)
    return total / n


@given(n=st.integers(1, 8), d=st.integers(1, 5), seed=st.integers(0, 999), objective=st.sampled_from(OBJECTIVES))
def test_as_tao_falls_tao_times_loss_tends_to_the_hardest_negatives_lead(n, d, seed, objective):
    anchors, positives = random_pairs(n, d, seed)
    tao = 1e-6
    limit = cold_by_loop((anchors @ positives.T).tolist(), objective)
    loss = npair_loss(anchors, positives, tao=tao, objective=objective)
    assert (tao * loss).item() == pytest.approx(limit, abs=n * tao)


@given(n=st.integers(1, 8), d=st.integers(1, 5), seed=st.integers(0, 999), objective=st.sampled_from(OBJECTIVES))
def test_as_tao_grows_tao_times_loss_less_chance_tends_to_the_mean_lead(n, d, seed, objective):
    anchors, positives = random_pairs(n, d, seed)
    tao = 1e6
    limit = hot_by_loop((anchors @ positives.T).tolist(), objective)
    loss = npair_loss(anchors, positives, tao=tao, objective=objective)
    chance = loss_ruler(n, 1.0, objective=objective).chance
    assert (tao * (loss - chance)).item() == pytest.approx(limit, abs=1e-3)


def test_the_line_up_tends_to_0_0558_as_in_exercise_14():
    anchors, positives = line_up()
    assert cold_by_loop((anchors @ positives.T).tolist(), "mc") == pytest.approx(0.0558, abs=6e-5)


@given(
    n=st.integers(1, 6),
    d=st.integers(1, 4),
    tao=TAOS,
    l2_reg=st.floats(0, 5),
    seed=st.integers(0, 999),
    objective=st.sampled_from(OBJECTIVES),
)
def test_pairs_divided_by_the_root_of_tao_have_the_same_loss_at_tao_one(n, d, tao, l2_reg, seed, objective):
    anchors, positives = random_pairs(n, d, seed)
    ours = npair_loss(anchors, positives, tao=tao, l2_reg=l2_reg, objective=objective)
    scaled = anchors / tao**0.5, positives / tao**0.5
    theirs = npair_loss(*scaled, tao=1.0, l2_reg=l2_reg * tao, objective=objective)
    assert theirs.item() == pytest.approx(ours.item(), rel=1e-9, abs=1e-12)


# what is taken and what is refused


def test_a_learned_tao_will_do():
    log_tao = torch.tensor(math.log(0.5), requires_grad=True)
    assert loss_ruler(4, log_tao.exp(), dimension=2).floor == pytest.approx(0.2539, abs=6e-5)
    assert phase(4, log_tao.exp(), 0.02, dimension=2).optimal_norm == pytest.approx(1.516, abs=6e-4)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: loss_ruler(0, 0.5), "n must be at least 1, got 0"),
        (lambda: loss_ruler(4, 0.0), "tao must be positive"),
        (lambda: loss_ruler(4, 0.5, dimension=0), "dimension must be at least 1"),
        (lambda: loss_ruler(4, 0.5, objective="nca"), "objective must be one of 'mc', 'ovo'"),
        (lambda: loss_ruler(5000, 0.5, dimension=64), "leave dimension out"),
        (lambda: phase(4, 0.5, -1.0), "l2_reg must be zero or more"),
        (lambda: phase(4, 0.5, 0.1, objective="nca"), "objective must be one of"),
    ],
)
def test_wrong_settings_are_told_with_rule_value_and_mend(call, words):
    with pytest.raises(ValueError, match=words):
        call()
