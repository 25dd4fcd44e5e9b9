"""Both directions: the value of the line-up, the forms that others compute, and one matrix for both."""

import math

import pytest
import torch
from torch.nn import functional

from npair_viz.losses.kernels import streaming
from npair_viz.losses.npair import npair_loss
from npair_viz.losses.npair_module import NPairLoss
from tests.support.loop_oracles import LINE_UP, at_degrees, looped_both_ways, pairs
from tests.support.work import Largest, multiplied

KERNELS = ["auto", "plain", "dense", "streaming"]
OBJECTIVES = ["mc", "ovo"]


@pytest.fixture(autouse=True)
def blocks_of_a_few_rows(monkeypatch):
    """Blocks so small that every problem here takes several, the last of them not full."""
    monkeypatch.setitem(streaming.BLOCK_ENTRIES, "cpu", 40)
    monkeypatch.setattr(streaming, "LEAST_ROWS", 1)


def rows(*sizes, d=6, seed=3):
    generator = torch.Generator().manual_seed(seed)
    drawn = [torch.randn(size, d, generator=generator, dtype=torch.float64) for size in sizes]
    return [functional.normalize(one).requires_grad_() for one in drawn]


def assert_alike(ours, theirs, inputs):
    torch.testing.assert_close(ours, theirs, rtol=1e-9, atol=1e-9)
    one, other = (torch.autograd.grad(value, inputs) for value in (ours, theirs))
    torch.testing.assert_close(one, other, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("kernel", KERNELS)
def test_the_line_up_at_half_has_the_mean_of_both_its_losses(kernel):
    assert npair_loss(*LINE_UP, tao=0.5, symmetric=True, kernel=kernel).item() == pytest.approx(0.4897, abs=6e-5)


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("kernel", KERNELS)
def test_it_is_the_mean_of_two_losses_with_one_penalty(kernel, objective, reduction):
    anchors, positives = (one.requires_grad_() for one in pairs(9, 4))
    chosen = {"tao": 0.4, "objective": objective, "reduction": reduction}
    there, back = npair_loss(anchors, positives, **chosen), npair_loss(positives, anchors, **chosen)
    penalty = npair_loss(anchors, positives, l2_reg=0.3, **chosen) - there
    ours = npair_loss(anchors, positives, l2_reg=0.3, symmetric=True, kernel=kernel, **chosen)
    weights = torch.arange(1.0, 10.0, dtype=torch.float64) if reduction == "none" else 1.0
    inputs = anchors, positives
    assert_alike((weights * ours).sum(), (weights * ((there + back) / 2 + penalty)).sum(), inputs)


@pytest.mark.parametrize("kernel", KERNELS)
def test_torch_s_cross_entropy_both_ways(kernel):
    anchors, positives = rows(11, 11)
    logits, own = anchors @ positives.T / 0.07, torch.arange(11)
    theirs = (functional.cross_entropy(logits, own) + functional.cross_entropy(logits.T, own)) / 2
    assert_alike(npair_loss(anchors, positives, tao=0.07, symmetric=True, kernel=kernel), theirs, (anchors, positives))


@pytest.mark.parametrize("kernel", KERNELS)
def test_the_form_of_clip_a_scale_and_two_lists_of_logits(kernel):
    images, texts = rows(8, 8)
    scale = torch.tensor(14.3, dtype=torch.float64, requires_grad=True)
    total = torch.zeros((), dtype=torch.float64)
    for i in range(8):
        by_image = torch.stack([scale * images[i] @ texts[j] for j in range(8)])
        by_text = torch.stack([scale * texts[i] @ images[j] for j in range(8)])
        total = total - by_image.log_softmax(0)[i] / 8 - by_text.log_softmax(0)[i] / 8
    ours = npair_loss(images, texts, tao=1 / scale, symmetric=True, kernel=kernel)
    assert_alike(ours, total / 2, (images, texts, scale))


@pytest.mark.parametrize("symmetric", [False, True])
@pytest.mark.parametrize("kernel", KERNELS)
def test_the_form_of_multiple_negatives_ranking_with_mined_texts(kernel, symmetric):
    queries, answers, mined = rows(7, 7, 14)
    total = torch.zeros((), dtype=torch.float64)
    for i in range(7):
        scores = torch.stack([20 * queries[i] @ one for one in (*answers, *mined)])
        total = total - scores.log_softmax(0)[i] / 7
        if symmetric:  # the way back knows no mined texts
            scores = torch.stack([20 * queries[j] @ answers[i] for j in range(7)])
            total = total - scores.log_softmax(0)[i] / 7
    ours = npair_loss(queries, answers, tao=1 / 20, negatives=mined, symmetric=symmetric, kernel=kernel)
    assert_alike(ours, total / 2 if symmetric else total, (queries, answers, mined))


@pytest.mark.parametrize("kernel", KERNELS)
def test_rows_that_are_their_own_positives_get_both_gradients(kernel):
    (alone,) = rows(9)
    ours = npair_loss(alone, alone, tao=0.5, symmetric=True, kernel=kernel)
    assert_alike(ours, looped_both_ways(alone, alone, 0.5).mean(), [alone])


@pytest.mark.parametrize("kernel", KERNELS)
def test_a_loss_far_below_float_precision_is_not_lost_to_the_one(kernel):
    anchors, positives = at_degrees([0, 180]).float().requires_grad_(), at_degrees([0, 180]).float()
    loss = npair_loss(anchors, positives, tao=0.05, symmetric=True, kernel=kernel)
    loss.backward()
    assert loss.item() == pytest.approx(math.exp(-40), rel=1e-4, abs=0)
    assert anchors.grad[:, 0].abs().tolist() == pytest.approx([loss.item() * 2 / (2 * 0.05)] * 2, rel=1e-4, abs=0)


@pytest.mark.parametrize("kernel", KERNELS)
def test_a_graph_that_is_kept_gives_its_gradients_twice(kernel):
    anchors, positives = rows(9, 9)
    loss = npair_loss(anchors, positives, tao=0.5, symmetric=True, kernel=kernel)
    once, again = (torch.autograd.grad(loss, [anchors, positives], retain_graph=True) for _ in range(2))
    torch.testing.assert_close(once, again, rtol=0, atol=0)


# --- what it costs


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize(("kernel", "reduction", "expected"), [
    ("dense", "mean", 3), ("dense", "none", 3), ("streaming", "mean", 4), ("streaming", "none", 5),
])  # fmt: skip
def test_both_directions_share_their_products(kernel, reduction, expected, objective):
    anchors, positives = (one.requires_grad_() for one in pairs(21, 5))
    chosen = {"symmetric": True, "kernel": kernel, "objective": objective, "reduction": reduction}
    assert multiplied(lambda: npair_loss(anchors, positives, **chosen).sum().backward(), 5) == expected * 21 * 21
    with torch.no_grad():
        assert multiplied(lambda: npair_loss(anchors, positives, **chosen), 5) == 21 * 21


@pytest.mark.parametrize(("extra", "expected"), [(40, 3 * 21 * 61 + 21 * 21), (90, 2 * 21 * 111 + 4 * 21 * 21)])
def test_blocks_beside_many_extra_negatives_are_not_made_twice(extra, expected):
    anchors, positives, queue = *(one.requires_grad_() for one in pairs(21, 5)), pairs(extra, 5)[0]
    chosen = {"symmetric": True, "kernel": "streaming", "negatives": queue}
    assert multiplied(lambda: npair_loss(anchors, positives, **chosen).backward(), 5) == expected
    whole = npair_loss(anchors, positives, **chosen | {"kernel": "plain"})
    assert_alike(npair_loss(anchors, positives, **chosen), whole, (anchors, positives))


@pytest.mark.parametrize("reduction", ["mean", "none"])
@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("long", [False, True])
def test_streaming_never_holds_more_than_a_block_or_the_rows(long, objective, reduction):
    anchors, positives = ((1000.0 if long else 1.0) * one for one in pairs(60, 4))
    anchors.requires_grad_()
    chosen = {"symmetric": True, "kernel": "streaming", "objective": objective, "reduction": reduction}
    with Largest() as largest:
        npair_loss(anchors, positives, **chosen).sum().backward()
    assert largest.entries == 60 * 4


# --- the module


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("per_class", [1, 2])
def test_the_module_equals_a_loop(per_class, objective):
    batch, target = torch.cat(pairs(6, 3)).requires_grad_(), torch.tensor([4, 4, 4, 4, 2, 2, 7, 7, 7, 7, 1, 9])
    module = NPairLoss(0.1, 0.4, symmetric=True, objective=objective, policy="first", pairs_per_class=per_class)
    chosen = module.select(batch, target)
    units = functional.normalize(batch)
    expected = looped_both_ways(
        units[chosen.anchors], units[chosen.positives], 0.4, objective, labels=chosen.labels.tolist()
    )
    assert_alike(module(batch, target), expected.mean() + 0.2, [batch])


def test_the_printed_module_shows_it():
    assert "symmetric=True" in repr(NPairLoss(tao=0.5, symmetric=True))
    assert "symmetric=False" in repr(NPairLoss(tao=0.5))


def test_a_module_of_an_earlier_version_has_one_direction():
    old = NPairLoss(tao=0.5, policy="first")
    del old.__dict__["symmetric"]
    batch, target = torch.cat(pairs(4, 3)), torch.arange(4).repeat(2)
    assert torch.equal(old(batch, target), NPairLoss(tao=0.5, policy="first")(batch, target))
