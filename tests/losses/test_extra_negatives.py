"""Negatives that are nobody's positive: values and gradients beside loops, and what they leave as it was."""

import math
import warnings

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from npair_viz.losses.kernels import streaming
from npair_viz.losses.npair import NPairWarning, npair_loss
from npair_viz.losses.npair_module import NPairLoss
from npair_viz.sampling.pairs import select_pairs
from tests.support.loop_oracles import DTYPES, LINE_UP, looped_both_ways, looped_losses, pairs
from tests.support.work import multiplied

KERNELS = ["auto", "plain", "dense", "streaming"]
OBJECTIVES = ["mc", "ovo"]


@pytest.fixture(autouse=True)
def blocks_of_a_few_rows(monkeypatch):
    """Blocks so small that most problems here take several, the last of them not full."""
    monkeypatch.setitem(streaming.BLOCK_ENTRIES, "cpu", 40)
    monkeypatch.setattr(streaming, "LEAST_ROWS", 1)


def extra_rows(m, d, seed=7, dtype=torch.float64):
    return torch.randn(m, d, generator=torch.Generator().manual_seed(seed), dtype=torch.float64).to(dtype)


def assert_equal(ours, theirs):
    torch.testing.assert_close(ours, theirs, rtol=1e-9, atol=1e-9)


# --- beside loops


@settings(deadline=None, max_examples=150)
@given(
    kernel=st.sampled_from(KERNELS),
    objective=st.sampled_from(OBJECTIVES),
    reduction=st.sampled_from(["mean", "sum", "none"]),
    symmetric=st.booleans(),
    n=st.integers(1, 9),
    m=st.integers(0, 13),
    d=st.integers(1, 5),
    tao=st.sampled_from([0.02, 0.3, 1.0, 30.0]),
    labelled=st.sampled_from(["no", "pairs", "both"]),
    padded=st.booleans(),
    learned=st.booleans(),
    seed=st.integers(0, 99),
)
def test_value_and_gradients_equal_a_loop_over_pairs_and_negatives(
    kernel, objective, reduction, symmetric, n, m, d, tao, labelled, padded, learned, seed
):
    generator = torch.Generator().manual_seed(seed)
    anchors, positives = (rows.requires_grad_() for rows in pairs(n, d, seed))
    extra = extra_rows(m, d, seed).requires_grad_(learned)
    heat = torch.tensor(tao, dtype=torch.float64, requires_grad=True)
    classes = torch.randint(-2, 2, (n + m,), generator=generator).tolist()
    labels = None if labelled == "no" else classes[:n]
    theirs = classes[n:] if labelled == "both" else None
    valid = torch.randint(0, 3, (n,), generator=generator).bool().tolist() if padded else None
    upstream = torch.randn(n if reduction == "none" else (), generator=generator, dtype=torch.float64)
    wanted = [anchors, positives, heat, *([extra] if learned else [])]

    masks = {"labels": labels, "valid": valid, "negative_labels": theirs}
    kinds = {"labels": torch.int64, "valid": torch.bool, "negative_labels": torch.int64}
    given_masks = {
        name: None if mask is None else torch.tensor(mask, dtype=kinds[name]) for name, mask in masks.items()
    }
    chosen = {"tao": heat, "l2_reg": 0.07, "objective": objective, "reduction": reduction, "symmetric": symmetric}
    with warnings.catch_warnings(category=NPairWarning, action="ignore"):
        ours = npair_loss(anchors, positives, negatives=extra, kernel=kernel, **chosen, **given_masks)
    loop = looped_both_ways if symmetric else looped_losses
    each = loop(anchors, positives, heat, objective, negatives=extra, **masks)
    each = each + 0.07 * (anchors.square() + positives.square()).sum(dim=1) * torch.tensor(valid or [True] * n)
    count = sum(valid) if padded else n
    expected = {"none": each, "sum": each.sum(), "mean": each.sum() / max(count, 1)}[reduction]
    assert_equal(ours, expected)
    for one, other in zip(
        torch.autograd.grad((ours * upstream).sum(), wanted, allow_unused=True),
        torch.autograd.grad((expected * upstream).sum(), wanted, allow_unused=True),
        strict=True,
    ):
        if one is not None or other is not None:
            assert_equal(one, torch.zeros_like(one) if other is None else other)


@pytest.mark.parametrize("scaled", [True, False])
@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("symmetric", [False, True])
def test_first_and_second_derivatives_pass_gradcheck(symmetric, objective, kernel, scaled):
    def loss(anchors, positives, negatives, tao):
        chosen = {"objective": objective, "kernel": kernel, "symmetric": symmetric, "l2_reg": 0.1}
        reduction = "mean" if scaled else "none"
        labels = torch.tensor([3, 1, 3, 2])
        theirs = torch.tensor([1, 5, 3])
        masks = {"labels": labels, "negative_labels": theirs}
        return npair_loss(anchors, positives, negatives=negatives, tao=tao, reduction=reduction, **chosen, **masks)

    inputs = [*pairs(4, 2), extra_rows(3, 2), torch.tensor(0.6, dtype=torch.float64)]
    inputs = [one.requires_grad_() for one in inputs]
    assert torch.autograd.gradcheck(loss, inputs)
    assert torch.autograd.gradgradcheck(loss, inputs)


@pytest.mark.parametrize("kernel", KERNELS)
def test_the_loss_is_the_cross_entropy_of_more_columns(kernel):
    anchors, positives, negatives = (one.requires_grad_() for one in (*pairs(7, 3), extra_rows(11, 3)))
    logits = anchors @ torch.cat([positives, negatives]).T / 0.4
    expected = functional.cross_entropy(logits, torch.arange(7))
    ours = npair_loss(anchors, positives, tao=0.4, negatives=negatives, kernel=kernel)
    assert_equal(ours, expected)
    inputs = anchors, positives, negatives
    assert_equal(torch.autograd.grad(ours, inputs), torch.autograd.grad(expected, inputs))


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_equal_similarities_give_the_loss_of_chance(objective):
    ones = torch.ones(5, 3, dtype=torch.float64)
    found = npair_loss(ones, ones, tao=0.3, objective=objective, negatives=ones[:4])
    assert found.item() == pytest.approx(math.log(9) if objective == "mc" else 8 * math.log(2), rel=1e-12)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("symmetric", [False, True])
def test_every_dtype_is_near_float64(symmetric, kernel, dtype):
    anchors, positives, negatives = (functional.normalize(one).to(dtype) for one in (*pairs(70, 9), extra_rows(31, 9)))
    found = npair_loss(anchors, positives, tao=0.1, negatives=negatives, symmetric=symmetric, kernel=kernel)
    exact = (one.double() for one in (anchors, positives))
    expected = npair_loss(*exact, tao=0.1, negatives=negatives.double(), symmetric=symmetric, kernel="plain")
    assert found.dtype == (dtype if dtype == torch.float64 else torch.float32)
    assert found.item() == pytest.approx(expected.item(), rel=1e-5)


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("tao", [1e-4, 0.02, 1.0, 1e4])
@pytest.mark.parametrize("symmetric", [False, True])
def test_no_temperature_gives_an_infinite_loss_or_gradient(symmetric, tao, objective, kernel):
    inputs = [functional.normalize(one).float().requires_grad_() for one in (*pairs(50, 5), extra_rows(31, 5))]
    chosen = {"tao": tao, "objective": objective, "symmetric": symmetric, "kernel": kernel}
    loss = npair_loss(*inputs[:2], negatives=inputs[2], **chosen)
    assert loss.isfinite()
    assert all(one.isfinite().all() for one in torch.autograd.grad(loss, inputs))


# --- what they are not


def test_no_extra_rows_are_no_change():
    anchors, positives = pairs(5, 3)
    assert torch.equal(npair_loss(anchors, positives, negatives=anchors[:0]), npair_loss(anchors, positives))
    labels, none = torch.tensor([1, 2, 1, 3, 3]), torch.empty(0, dtype=torch.int64)
    ours = npair_loss(anchors, positives, labels=labels, negatives=anchors[:0], negative_labels=none)
    assert torch.equal(ours, npair_loss(anchors, positives, labels=labels))


def test_no_pair_beside_extra_rows_is_a_connected_zero():
    nothing = torch.zeros(0, 3, requires_grad=True)
    loss = npair_loss(nothing, nothing, negatives=extra_rows(4, 3, dtype=torch.float32))
    loss.backward()
    assert loss.item() == 0
    assert nothing.grad.shape == (0, 3)


def test_they_have_no_penalty():
    anchors, positives = pairs(5, 3)
    bare, whole = (npair_loss(anchors, positives, l2_reg=l2, negatives=extra_rows(4, 3)) for l2 in (0.0, 0.3))
    assert_equal(whole - bare, 0.3 * (anchors.square().sum() + positives.square().sum()) / 5)


@pytest.mark.parametrize("kernel", KERNELS)
def test_without_labels_of_their_own_they_are_negatives_of_every_anchor(kernel):
    anchors, positives, extra = *pairs(4, 3), extra_rows(3, 3)
    labels = [-1, 2**63 - 1, -1, -(2**63)]
    ours = npair_loss(anchors, positives, labels=torch.tensor(labels), negatives=extra, kernel=kernel)
    assert_equal(ours, looped_losses(anchors, positives, 1.0, labels=labels, negatives=extra).mean())


@pytest.mark.parametrize("kernel", KERNELS)
def test_what_valid_says_is_said_of_pairs_alone(kernel):
    anchors, positives, extra = *pairs(4, 3), extra_rows(3, 3)
    valid = [False, True, True, False]
    rows = anchors.clone()
    rows[0] = torch.nan
    ours = npair_loss(rows, positives, valid=torch.tensor(valid), negatives=extra, kernel=kernel)
    assert_equal(ours, looped_losses(anchors, positives, 1.0, valid=valid, negatives=extra).sum() / 2)


def test_a_row_that_is_not_a_number_is_not_hidden():
    extra = extra_rows(3, 3)
    extra[1, 2] = torch.nan
    assert npair_loss(*pairs(4, 3), negatives=extra).isnan()


def test_a_queue_that_is_filled_anew_before_backward_leaves_the_gradient_as_it_was():
    anchors, positives, queue = *pairs(5, 3), extra_rows(6, 3)
    labels, theirs = torch.tensor([1, 2, 3, 4, 5]), torch.tensor([1, 2, 9, 9, 5, 4])
    expected = anchors.clone().requires_grad_()
    looped_losses(
        expected, positives, 1.0, labels=labels.tolist(), negatives=queue.clone(), negative_labels=theirs.tolist()
    ).sum().backward()
    for kernel in KERNELS:
        rows, row_labels = queue.clone(), theirs.clone()
        free = anchors.clone().requires_grad_()
        chosen = {"labels": labels, "negatives": rows, "negative_labels": row_labels, "reduction": "none"}
        losses = npair_loss(free, positives, kernel=kernel, **chosen)
        rows.zero_()
        row_labels.zero_()
        losses.sum().backward()
        assert_equal(free.grad, expected.grad)


# --- what they cost


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("kernel", ["dense", "streaming"])
def test_rows_that_nobody_learns_cost_no_product_of_their_own_on_the_way_back(kernel, reduction):
    n, m, d = 21, 50, 5
    anchors, positives = (rows.requires_grad_() for rows in pairs(n, d))

    def both_ways(negatives):
        npair_loss(anchors, positives, negatives=negatives, kernel=kernel, reduction=reduction).backward()

    whole = n * (n + m)
    assert multiplied(lambda: both_ways(extra_rows(m, d)), d) == 2 * whole + n * n
    assert multiplied(lambda: both_ways(extra_rows(m, d).requires_grad_()), d) == 3 * whole


# --- the module


def batch(n=5, d=3, m=4):
    return torch.cat(pairs(n, d)), torch.arange(n).repeat(2), extra_rows(m, d)


@pytest.mark.parametrize("normalize", [True, False])
@pytest.mark.parametrize("symmetric", [True, False])
def test_the_module_equals_a_loop_and_normalizes_them_too(symmetric, normalize):
    rows, target, extra = (one.clone() for one in batch())
    wanted = [rows.requires_grad_(), extra.requires_grad_()]
    module = NPairLoss(l2_reg=0.1, tao=0.4, normalize=normalize, policy="first", symmetric=symmetric)
    ours = module(rows, target, negatives=extra)
    seen = [functional.normalize(one) if normalize else one for one in (*rows.chunk(2), extra)]
    loop = looped_both_ways if symmetric else looped_losses
    each = loop(*seen[:2], 0.4, negatives=seen[2]) + 0.1 * (seen[0].square() + seen[1].square()).sum(dim=1)
    assert_equal(ours, each.mean())
    assert_equal(torch.autograd.grad(ours, wanted), torch.autograd.grad(each.mean(), wanted))


@pytest.mark.parametrize("max_pairs", [None, 3, 9])
@pytest.mark.parametrize("per_class", [1, 2])
@pytest.mark.parametrize("symmetric", [True, False])
def test_the_labels_of_a_queue_are_compared_with_the_classes_of_the_batch(symmetric, per_class, max_pairs):
    rows, extra = torch.cat(pairs(6, 3)), extra_rows(5, 3)
    target, theirs = torch.tensor([4, 4, 4, 4, 2, 2, 7, 7, 7, 7, 1, 9]), torch.tensor([7, 3, 4, 2, 1], dtype=torch.int8)
    chosen = {"policy": "first", "pairs_per_class": per_class}
    module = NPairLoss(0.0, 0.4, normalize=False, max_pairs=max_pairs, symmetric=symmetric, **chosen)
    ours = module(rows, target, negatives=extra, negative_labels=theirs)
    found = select_pairs(target, max_pairs=max_pairs, **chosen)
    anchors, positives = (rows[one[found.valid]] for one in (found.anchors, found.positives))
    labels = found.labels[found.valid].tolist()
    loop = looped_both_ways if symmetric else looped_losses
    each = loop(anchors, positives, 0.4, labels=labels, negatives=extra, negative_labels=theirs.tolist())
    assert_equal(ours, each.mean())


def test_given_pairs_take_them_too():
    rows, target, extra = batch()
    loss = NPairLoss(l2_reg=0.0, tao=0.4, policy="first")
    chosen = loss.select(rows, target)
    assert torch.equal(loss(rows, target, chosen, negatives=extra), loss(rows, target, negatives=extra))


def test_one_pair_beside_extra_rows_is_worth_no_warning():
    rows, target, extra = batch(n=1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = NPairLoss(l2_reg=0.0, normalize=False)(rows, target, negatives=extra)
        different = NPairLoss(l2_reg=0.0)(rows, target, negatives=extra, negative_labels=torch.tensor([5, 5, 0, 5]))
        npair_loss(*rows.chunk(2), labels=target[:1], negatives=extra)
    assert found > 0
    assert different > 0


@pytest.mark.parametrize("kernel", ["dense", "streaming"])
def test_extra_rows_of_the_one_class_of_all_pairs_warn_that_nothing_pushes(kernel):
    rows, target, extra = batch()
    alike = torch.zeros(4, dtype=torch.int64)
    module = NPairLoss(l2_reg=0.0, pairs_per_class=9, kernel=kernel)
    with pytest.warns(NPairWarning, match="pairs of one class alone"):
        assert module(rows, 0 * target, negatives=extra, negative_labels=alike) == 0
    with pytest.warns(NPairWarning, match="equal labels leave no anchor a negative"):
        npair_loss(*rows.chunk(2), labels=0 * target[:5], negatives=extra, negative_labels=alike)
    with pytest.warns(NPairWarning, match="one pair alone"):
        module(rows[::5], 0 * target[:2], negatives=extra, negative_labels=alike)


def test_a_batch_without_a_pair_still_warns_beside_extra_rows():
    with pytest.warns(NPairWarning, match="no class has two rows"):
        NPairLoss()(torch.eye(3), torch.arange(3), negatives=torch.eye(3))


# --- what is refused


ROWS = torch.ones(4, 3)
LABELS = torch.tensor([0, 1, 2, 3])
REFUSED = {
    "width": ({"negatives": torch.ones(5, 2)}, ValueError, "negatives must have the 3 numbers a row of anchors, got 2"),
    "dtype": ({"negatives": torch.ones(5, 3).double()}, ValueError, r"got torch.float64: use negatives\.to\(anchors\)"),
    "device": ({"negatives": torch.ones(5, 3, device="meta")}, ValueError, r"got meta: use negatives\.to\(anchors\)"),
    "a list": ({"negatives": [[1.0]]}, TypeError, "negatives must be a tensor, got list"),
    "whole numbers": ({"negatives": torch.ones(5, 3).long()}, TypeError, r"use negatives\.float\(\)"),
    "sparse": ({"negatives": torch.eye(3).to_sparse()}, TypeError, r"use negatives\.to_dense\(\)"),
    "one row": ({"negatives": torch.ones(3)}, ValueError, r"use negatives\.reshape\(1, -1\) for a single row"),
    "some for each anchor": ({"negatives": torch.ones(4, 2, 3)}, ValueError, r"use negatives\.flatten\(0, 1\)"),
    "labels alone": ({"negative_labels": LABELS, "labels": LABELS}, ValueError, "must come with negatives, got neg"),
    "labels of negatives alone": ({"negatives": ROWS, "negative_labels": LABELS}, ValueError, "must come with labels"),
    "too few labels": (
        {"negatives": ROWS, "negative_labels": LABELS[:3], "labels": LABELS},
        ValueError,
        "negative_labels must have one entry a row, 4 in all, got 3",
    ),
    "labels that are no integers": (
        {"negatives": ROWS, "negative_labels": LABELS.float(), "labels": LABELS},
        TypeError,
        r"use negative_labels\.long\(\)",
    ),
    "a word": ({"symmetric": "false"}, ValueError, "symmetric must be one of True, False, got 'false'"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_wrong_input_is_told_the_rule_what_came_and_the_mend(case):
    wrong, error, message = REFUSED[case]
    with pytest.raises(error, match=message):
        npair_loss(ROWS, ROWS, **wrong)


@pytest.mark.parametrize("case", ["width", "dtype", "sparse", "some for each anchor", "labels alone", "too few labels"])
def test_the_module_says_the_same_of_its_embeddings(case):
    wrong, error, message = REFUSED[case]
    wrong = {name: value for name, value in wrong.items() if name != "labels"}
    with pytest.raises(error, match=message.replace("anchors", "embeddings")):
        NPairLoss()(ROWS, torch.tensor([0, 0, 1, 1]), **wrong)


def test_the_mends_of_wrong_rows_give_the_loss():
    anchors, positives, extra = *pairs(4, 3), extra_rows(8, 3)
    right = npair_loss(anchors, positives, negatives=extra)
    assert_equal(npair_loss(anchors, positives, negatives=extra.view(4, 2, 3).flatten(0, 1)), right)
    assert_equal(npair_loss(anchors, positives, negatives=extra.to_sparse().to_dense()), right)
    torch.testing.assert_close(npair_loss(anchors, positives, negatives=extra.float().to(anchors)), right)


def test_the_line_up_beside_a_fifth_negative():
    anchors, positives = LINE_UP
    shares = torch.cat([anchors @ positives.T, anchors @ -anchors[:1].T], dim=1).div(0.5).softmax(dim=1).diagonal()
    assert_equal(npair_loss(anchors, positives, tao=0.5, negatives=-anchors[:1]), -shares.log().mean())
