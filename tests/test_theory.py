"""Limits in tao and the law of rescaling, and what all of the theory takes and refuses."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from npair_viz.losses.npair import npair_loss
from npair_viz.theory import cold_limit, hot_limit, loss_ruler, phase, rescale
from tests.support.free_descents import OBJECTIVES, TAOS, random_pairs

LINE_UP = [[90.0, 20.0, 200.0, 300.0], [140.0, 60.0, 215.0, 285.0]]


def line_up():
    angles = torch.deg2rad(torch.tensor(LINE_UP, dtype=torch.float64))
    return torch.stack([angles.cos(), angles.sin()], dim=-1)


# limits and laws


@given(n=st.integers(1, 8), d=st.integers(1, 5), seed=st.integers(0, 999), objective=st.sampled_from(OBJECTIVES))
def test_tao_times_loss_tends_to_the_cold_limit(n, d, seed, objective):
    anchors, positives = random_pairs(n, d, seed)
    tao = 1e-6
    limit = cold_limit(anchors @ positives.T, objective=objective)
    loss = npair_loss(anchors, positives, tao=tao, objective=objective)
    assert (tao * loss).item() == pytest.approx(limit.item(), abs=n * tao)


@given(n=st.integers(1, 8), d=st.integers(1, 5), seed=st.integers(0, 999), objective=st.sampled_from(OBJECTIVES))
def test_tao_times_what_the_loss_is_off_chance_tends_to_the_hot_limit(n, d, seed, objective):
    anchors, positives = random_pairs(n, d, seed)
    tao = 1e6
    limit = hot_limit(anchors @ positives.T, objective=objective)
    loss = npair_loss(anchors, positives, tao=tao, objective=objective)
    chance = loss_ruler(n, 1.0, objective=objective).chance
    assert (tao * (loss - chance)).item() == pytest.approx(limit.item(), abs=1e-3)


def test_the_limits_of_the_line_up_are_those_of_a_plain_loop():
    anchors, positives = line_up()
    s = (anchors @ positives.T).tolist()
    cold = [max(0, *(s[i][j] - s[i][i] for j in range(4) if j != i)) for i in range(4)]
    hot = [sum(s[i]) / 4 - s[i][i] for i in range(4)]
    assert cold_limit(anchors @ positives.T).item() == pytest.approx(sum(cold) / 4) == pytest.approx(0.0558, abs=6e-5)
    assert hot_limit(anchors @ positives.T).item() == pytest.approx(sum(hot) / 4)


@pytest.mark.parametrize("limit", [cold_limit, hot_limit])
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_limits_keep_device_dtype_and_graph_and_lift_half_precision(limit, objective):
    similarities = torch.eye(3, dtype=torch.float64, requires_grad=True)
    limit(similarities, objective=objective).backward()
    assert similarities.grad is not None
    assert limit(similarities.detach().half(), objective=objective).dtype == torch.float32
    assert limit(torch.empty(0, 0), objective=objective).item() == 0


@given(
    n=st.integers(1, 6),
    d=st.integers(1, 4),
    tao=TAOS,
    l2_reg=st.floats(0, 5),
    seed=st.integers(0, 999),
    objective=st.sampled_from(OBJECTIVES),
)
def test_rescaled_pairs_have_the_same_loss_at_tao_one(n, d, tao, l2_reg, seed, objective):
    anchors, positives = random_pairs(n, d, seed)
    same = rescale(anchors, positives, tao, l2_reg)
    ours = npair_loss(anchors, positives, tao=tao, l2_reg=l2_reg, objective=objective)
    theirs = npair_loss(same.anchors, same.positives, tao=1.0, l2_reg=same.l2_reg, objective=objective)
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
        (lambda: cold_limit(torch.ones(2, 3)), "similarities must be square"),
        (lambda: hot_limit(torch.ones(2, 2), objective="nca"), "objective must be one of"),
        (lambda: rescale(torch.ones(2, 2), torch.ones(2, 3), 1.0), "positives must have anchors' shape"),
    ],
)
def test_wrong_settings_are_told_with_rule_value_and_mend(call, words):
    with pytest.raises(ValueError, match=words):
        call()
