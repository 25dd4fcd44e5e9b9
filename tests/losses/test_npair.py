"""The loss as a function of pairs, and what wrong input is told by it and by the module."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from npair_viz.linalg import unit_rows
from npair_viz.losses.npair import npair_loss
from npair_viz.losses.npair_module import NPairLoss
from tests.support.loop_oracles import DTYPES, LINE_UP, SIZES, at_degrees, loop_loss, pairs

TAOS = [1e-4, 1e-3, 0.02, 0.5, 1.0, 7.0, 100.0, 1e4]


def unit_pairs(n, d, dtype=torch.float64):
    return tuple(unit_rows(rows).to(dtype) for rows in pairs(n, d))


@pytest.mark.parametrize("objective", ["mc", "ovo"])
@pytest.mark.parametrize("tao", [0.01, 0.3, 1.0, 30.0])
def test_the_loss_equals_a_loop_over_pairs_and_negatives(tao, objective):
    for n, d in SIZES:
        anchors, positives = pairs(n, d)
        expected = loop_loss(anchors, positives, tao, 0.07, objective, normalize=False)
        ours = npair_loss(anchors, positives, tao=tao, l2_reg=0.07, objective=objective, reduction="none").tolist()
        for one, other in zip(ours, expected, strict=True):
            assert abs(one - other) <= 1e-10 * max(1, abs(other))


@pytest.mark.parametrize("objective", ["mc", "ovo"])
def test_first_and_second_derivatives_pass_gradcheck_tao_included(objective):
    for n, d in [(1, 3), (2, 1), (4, 3), (5, 2)]:
        anchors, positives = (rows.requires_grad_() for rows in pairs(n, d))
        tao = torch.tensor(0.6, dtype=torch.float64, requires_grad=True)

        def loss(anchors, positives, tao):
            return npair_loss(anchors, positives, tao=tao, l2_reg=0.1, objective=objective)

        assert torch.autograd.gradcheck(loss, (anchors, positives, tao))
        assert torch.autograd.gradgradcheck(loss, (anchors, positives, tao))


def test_line_up_at_half_has_the_taught_losses():
    losses = npair_loss(*LINE_UP, tao=0.5, reduction="none")
    assert losses.tolist() == pytest.approx([0.990, 0.256, 0.469, 0.221], abs=6e-4)
    assert npair_loss(*LINE_UP, tao=0.5).item() == pytest.approx(0.4840, abs=6e-5)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("objective", ["mc", "ovo"])
@pytest.mark.parametrize("tao", TAOS)
def test_no_temperature_gives_an_infinite_loss_or_gradient(tao, objective, dtype):
    anchors, positives = (rows.requires_grad_() for rows in unit_pairs(6, 5, dtype))
    loss = npair_loss(anchors, positives, tao=tao, objective=objective)
    loss.backward()
    assert loss.isfinite()
    assert anchors.grad.isfinite().all()
    assert positives.grad.isfinite().all()
    assert anchors.grad.dtype == dtype
    assert loss.dtype == (torch.float64 if dtype == torch.float64 else torch.float32)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("tao", [1e-4, 1e-2, 1.0, 1e4])
def test_every_dtype_is_near_float64(tao, dtype):
    anchors, positives = unit_pairs(6, 5, dtype)
    reference = npair_loss(anchors.double(), positives.double(), tao=tao).item()
    assert npair_loss(anchors, positives, tao=tao).item() == pytest.approx(reference, rel=1e-5, abs=1e-5 + 2e-7 / tao)


def test_a_loss_far_below_float_precision_is_not_lost_to_the_one():
    anchors, positives = at_degrees([0, 180]).float().requires_grad_(), at_degrees([0, 180]).float()
    loss = npair_loss(anchors, positives, tao=0.05)
    loss.backward()
    assert loss.item() == pytest.approx(math.exp(-40), rel=1e-4, abs=0)
    assert anchors.grad.abs().max().item() == pytest.approx(math.exp(-40) * 2 / (2 * 0.05), rel=1e-4, abs=0)


def test_a_sure_and_wrong_anchor_keeps_its_gradient():
    anchors, positives = at_degrees([0, 180]).float().requires_grad_(), at_degrees([180, 0]).float()
    npair_loss(anchors, positives, tao=1e-4).backward()
    assert anchors.grad[:, 0].abs().tolist() == pytest.approx([1e4, 1e4])


def test_the_loss_at_a_thousandth_is_the_taught_one():
    assert npair_loss(*LINE_UP, tao=1e-3).item() == pytest.approx(55.809, abs=6e-4)


@settings(deadline=None, max_examples=40)
@given(n=st.integers(1, 9), d=st.integers(1, 6), seed=st.integers(0, 99), objective=st.sampled_from(["mc", "ovo"]))
def test_the_loss_does_not_change_under_rotation(n, d, seed, objective):
    anchors, positives = pairs(n, d, seed)
    rotation = torch.linalg.qr(torch.randn(d, d, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)).Q
    turned = npair_loss(anchors @ rotation, positives @ rotation, tao=0.7, l2_reg=0.2, objective=objective)
    assert turned.item() == pytest.approx(
        npair_loss(anchors, positives, tao=0.7, l2_reg=0.2, objective=objective).item(), rel=1e-10
    )


@settings(deadline=None, max_examples=40)
@given(n=st.integers(1, 9), d=st.integers(1, 6), seed=st.integers(0, 99), objective=st.sampled_from(["mc", "ovo"]))
def test_the_loss_follows_a_permutation_of_the_pairs(n, d, seed, objective):
    anchors, positives = pairs(n, d, seed)
    order = torch.randperm(n, generator=torch.Generator().manual_seed(seed))
    each = npair_loss(anchors, positives, tao=0.7, objective=objective, reduction="none")
    permuted = npair_loss(anchors[order], positives[order], tao=0.7, objective=objective, reduction="none")
    torch.testing.assert_close(permuted, each[order])


@settings(deadline=None, max_examples=40)
@given(n=st.integers(1, 9), d=st.integers(1, 6), seed=st.integers(0, 99))
def test_one_loss_over_all_negatives_is_at_most_one_term_a_negative(n, d, seed):
    anchors, positives = pairs(n, d, seed)
    mc, ovo = (npair_loss(anchors, positives, objective=name, reduction="none") for name in ("mc", "ovo"))
    assert (mc <= ovo + 1e-12).all()
    if n == 2:
        torch.testing.assert_close(mc, ovo)


@settings(deadline=None, max_examples=40)
@given(tao=st.floats(0.05, 20), l2_reg=st.floats(0, 3), seed=st.integers(0, 99))
def test_tao_and_the_size_of_the_rows_trade_places(tao, l2_reg, seed):
    anchors, positives = pairs(5, 3, seed)
    direct = npair_loss(anchors, positives, tao=tao, l2_reg=l2_reg).item()
    root = math.sqrt(tao)
    assert npair_loss(anchors / root, positives / root, l2_reg=l2_reg * tao).item() == pytest.approx(direct, rel=1e-9)


def test_sum_and_none_hold_the_penalty_of_each_pair():
    anchors, positives = pairs(5, 3)
    each = npair_loss(anchors, positives, l2_reg=0.3, reduction="none")
    bare = npair_loss(anchors, positives, reduction="none")
    penalty = 0.3 * (anchors.square().sum(1) + positives.square().sum(1))
    torch.testing.assert_close(each, bare + penalty)
    torch.testing.assert_close(npair_loss(anchors, positives, l2_reg=0.3, reduction="sum"), each.sum())
    torch.testing.assert_close(npair_loss(anchors, positives, l2_reg=0.3), each.mean())


@pytest.mark.parametrize("objective", ["mc", "ovo"])
def test_rows_of_equal_label_are_not_each_others_negatives(objective):
    anchors, positives = pairs(4, 3)
    labels = torch.tensor([7, 2, 7, 5])
    each = npair_loss(anchors, positives, labels=labels, objective=objective, reduction="none")
    for i in range(4):
        line_up = [i] + [j for j in range(4) if labels[j] != labels[i]]
        alone = npair_loss(anchors[line_up], positives[line_up], objective=objective, reduction="none")[0]
        torch.testing.assert_close(each[i], alone)


@pytest.mark.parametrize("objective", ["mc", "ovo"])
def test_padded_rows_have_no_part_in_loss_and_gradient_even_when_they_hold_nan(objective):
    anchors, positives = pairs(6, 3)
    valid = torch.tensor([True, False, True, True, False, True])
    kept = npair_loss(anchors[valid], positives[valid], l2_reg=0.1, objective=objective)
    anchors[~valid], positives[~valid] = torch.nan, torch.inf
    anchors.requires_grad_()
    padded = npair_loss(anchors, positives, l2_reg=0.1, objective=objective, valid=valid)
    padded.backward()
    torch.testing.assert_close(padded, kept)
    assert (anchors.grad[~valid] == 0).all()
    assert anchors.grad.isfinite().all()


def test_when_no_row_is_valid_the_loss_is_a_connected_zero():
    anchors, positives = (rows.requires_grad_() for rows in pairs(3, 2))
    loss = npair_loss(anchors, positives, l2_reg=0.1, valid=torch.zeros(3, dtype=torch.bool))
    loss.backward()
    assert loss.item() == 0
    assert (anchors.grad == 0).all()


@pytest.mark.parametrize("objective", ["mc", "ovo"])
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_no_pair_at_all_is_a_connected_zero(reduction, objective):
    anchors = torch.zeros(0, 3, requires_grad=True)
    loss = npair_loss(anchors, torch.zeros(0, 3), l2_reg=0.1, objective=objective, reduction=reduction)
    loss.backward()
    assert loss.item() == 0
    assert anchors.grad.shape == (0, 3)


def test_one_pair_has_loss_zero_and_no_force():
    anchors, positives = (rows.requires_grad_() for rows in pairs(1, 3))
    loss = npair_loss(anchors, positives)
    loss.backward()
    assert loss.item() == 0
    assert (anchors.grad == 0).all()


def test_autocast_leaves_the_loss_in_full_precision():
    anchors, positives = unit_pairs(9, 5, torch.float32)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        inside = npair_loss(anchors, positives, tao=0.05)
    torch.testing.assert_close(inside, npair_loss(anchors, positives, tao=0.05), rtol=0, atol=0)


ONES = torch.ones(3, 2)
LABELS = torch.tensor([0, 0, 1])
WRONG = {
    "shape": (lambda: npair_loss(ONES, torch.ones(3, 3)), ValueError, r"anchors' shape \(3, 2\), got \(3, 3\): row i"),
    "ndim": (lambda: npair_loss(torch.ones(3), torch.ones(3)), ValueError, r"shape \(rows, d\), got \(3,\)"),
    "integers": (lambda: npair_loss(ONES.long(), ONES.long()), TypeError, r"use anchors\.float\(\)"),
    "dtypes": (lambda: npair_loss(ONES, ONES.double()), ValueError, r"dtype torch.float32, got torch.float64"),
    "list": (lambda: npair_loss([[1.0]], ONES), TypeError, r"must be a tensor, got list"),
    "tao zero": (lambda: npair_loss(ONES, ONES, tao=0.0), ValueError, r"positive and finite, got 0"),
    "tao nan": (lambda: npair_loss(ONES, ONES, tao=math.nan), ValueError, r"positive and finite, got nan"),
    "tao infinite": (lambda: NPairLoss(tao=math.inf), ValueError, r"positive and finite, got inf"),
    "tao negative tensor": (lambda: npair_loss(ONES, ONES, tao=torch.tensor(-1.0)), ValueError, r"log_tao\.exp\(\)"),
    "tao vector": (lambda: NPairLoss(tao=torch.ones(2)), ValueError, r"0-dim tensor, got shape \(2,\)"),
    "tao string": (lambda: NPairLoss(tao="0.5"), TypeError, r"tao must be a number, got '0.5' of type str"),
    "l2_reg": (lambda: NPairLoss(l2_reg=-0.1), ValueError, r"zero or more and finite, got -0.1"),
    "objective": (lambda: NPairLoss(objective="nce"), ValueError, r"one of 'mc', 'ovo', got 'nce'"),
    "reduction": (lambda: npair_loss(ONES, ONES, reduction="avg"), ValueError, r"'mean', 'sum', 'none', got 'avg'"),
    "policy": (lambda: NPairLoss(policy="hard"), ValueError, r"'hardest', got 'hard'"),
    "pairs_per_class": (lambda: NPairLoss(pairs_per_class=0), ValueError, r"pairs_per_class must be at least 1, got 0"),
    "max_pairs": (lambda: NPairLoss(max_pairs=2.0), TypeError, r"max_pairs must be a whole number, got 2.0"),
    "labels": (lambda: npair_loss(ONES, ONES, labels=torch.zeros(2).long()), ValueError, r"3 in all, got 2"),
    "valid": (lambda: npair_loss(ONES, ONES, valid=torch.ones(3)), ValueError, r"bool tensor of shape \(3,\)"),
    "target length": (lambda: NPairLoss()(ONES, LABELS[:2]), ValueError, r"target must have one entry a row, 3"),
    "target float": (lambda: NPairLoss()(ONES, LABELS.float()), TypeError, r"use target\.long\(\)"),
    "embeddings": (lambda: NPairLoss()(torch.ones(3), LABELS), ValueError, r"one embedding a row"),
    "pairs": (lambda: NPairLoss()(ONES, LABELS, pairs=[(0, 1)]), TypeError, r"pairs must be a PairSelection, got list"),
    "negatives": (
        lambda: NPairLoss.n_pair_loss(ONES, ONES, torch.ones(3, 2), 1.0),
        ValueError,
        r"negatives must have shape \(n, m, d\)",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_input_is_told_the_rule_what_came_and_the_mend(case):
    call, error, message = WRONG[case]
    with pytest.raises(error, match=message):
        call()
