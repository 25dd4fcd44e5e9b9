"""Activation checkpointing runs forward again in backward: the gradient is that of the pairs of the loss."""

import pytest
import torch
from torch import Tensor
from torch.utils.checkpoint import checkpoint

from npair_viz.losses.npair_module import NPairLoss
from npair_viz.sampling.pairs import PairSelection
from tests.support.loop_oracles import loop_gradients

LABELS = torch.arange(4).repeat(6)
ROWS = torch.randn(24, 3, generator=torch.Generator().manual_seed(5), dtype=torch.float64)
EITHER = pytest.mark.parametrize("use_reentrant", [False, True])


def right_gradient(pairs: PairSelection) -> Tensor:
    on_anchors, on_positives, _ = loop_gradients(
        ROWS[pairs.anchors], ROWS[pairs.positives], 0.5, 0.0, "mc", normalize=True
    )
    found = torch.zeros_like(ROWS)
    return found.index_add(0, pairs.anchors, on_anchors).index_add(0, pairs.positives, on_positives)


@EITHER
def test_an_own_generator_is_refused_where_it_would_draw_other_pairs(use_reentrant):
    loss = NPairLoss(l2_reg=0.0, tao=0.5, generator=torch.Generator().manual_seed(3))
    rows = ROWS.clone().requires_grad_()
    found = checkpoint(loss, rows, LABELS, use_reentrant=use_reentrant)
    with pytest.raises(RuntimeError, match="got a second draw within backward, as of activation checkpointing"):
        found.backward()


@EITHER
def test_pairs_chosen_before_give_the_gradient_of_the_loss(use_reentrant):
    loss = NPairLoss(l2_reg=0.0, tao=0.5, generator=torch.Generator().manual_seed(3))
    rows = ROWS.clone().requires_grad_()
    pairs = loss.select(rows, LABELS)
    checkpoint(loss, rows, LABELS, pairs, use_reentrant=use_reentrant).backward()
    torch.testing.assert_close(rows.grad, right_gradient(pairs), rtol=1e-10, atol=1e-10)


@EITHER
def test_the_global_generator_is_put_back(use_reentrant):
    loss = NPairLoss(l2_reg=0.0, tao=0.5)
    rows = ROWS.clone().requires_grad_()
    torch.manual_seed(3)
    pairs = loss.select(rows, LABELS)
    torch.manual_seed(3)
    checkpoint(loss, rows, LABELS, use_reentrant=use_reentrant).backward()
    torch.testing.assert_close(rows.grad, right_gradient(pairs), rtol=1e-10, atol=1e-10)


def test_two_backward_passes_through_one_loss_draw_once():
    loss = NPairLoss(l2_reg=0.0, tao=0.5, generator=torch.Generator().manual_seed(3))
    rows = ROWS.clone().requires_grad_()
    found = loss(rows, LABELS)
    torch.autograd.grad(found, rows, create_graph=True)[0].sum().backward()
    assert loss(rows, LABELS) > 0
