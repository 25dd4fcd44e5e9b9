"""What a loop fills anew between forward and backward does not change the gradient of the loss that it has."""

import pytest
import torch
from torch import Tensor

from npair_viz.losses.npair import npair_loss
from tests.support.loop_oracles import pairs

N = 7
ANCHORS, POSITIVES = pairs(N, 3)
LABELS = [3, 1, 3, 2, 1, 5, 3]
VALID = [True, True, False, True, True, True, True]
WEIGHTS = torch.arange(1.0, N + 1, dtype=torch.float64)


def loop_losses(anchors: Tensor, is_negative) -> Tensor:
    """The loss of every anchor, its negatives one by one."""
    found = []
    for i in range(N):
        negatives = [j for j in range(N) if j != i and is_negative(i, j)]
        x = [(anchors[i] @ POSITIVES[j] - anchors[i] @ POSITIVES[i]) / 0.5 for j in negatives]
        found.append(torch.stack([torch.zeros((), dtype=torch.float64), *x]).logsumexp(0))
    return torch.stack(found)


def right(what: str) -> tuple[Tensor, Tensor]:
    """First derivatives of the weighted losses by the anchors, and second ones of their sum."""
    anchors = ANCHORS.clone().requires_grad_()
    if what == "labels":
        losses = loop_losses(anchors, lambda i, j: LABELS[i] != LABELS[j])
    else:
        losses = loop_losses(anchors, lambda i, j: VALID[j]) * torch.tensor(VALID)
    (first,) = torch.autograd.grad((WEIGHTS * losses).sum(), anchors, create_graph=True)
    (second,) = torch.autograd.grad(first.square().sum(), anchors)
    return first.detach(), second


def given(what: str) -> Tensor:
    return torch.tensor(LABELS if what == "labels" else VALID)


@pytest.fixture(params=["plain", "dense", "streaming"])
def kernel(request):
    return request.param


@pytest.fixture(params=["labels", "valid"])
def what(request):
    return request.param


def after_a_change(what, kernel):
    """Anchors, and the losses of a forward pass after which labels or mask were filled anew."""
    anchors, filled = ANCHORS.clone().requires_grad_(), given(what)
    losses = npair_loss(anchors, POSITIVES, tao=0.5, reduction="none", kernel=kernel, **{what: filled})
    filled.zero_()
    return anchors, losses


def test_the_gradient_is_that_of_what_forward_saw(what, kernel):
    anchors, losses = after_a_change(what, kernel)
    losses.backward(WEIGHTS)
    torch.testing.assert_close(anchors.grad, right(what)[0], rtol=1e-10, atol=1e-10)


def test_second_derivatives_are_those_of_what_forward_saw(what, kernel):
    anchors, losses = after_a_change(what, kernel)
    (first,) = torch.autograd.grad((WEIGHTS * losses).sum(), anchors, create_graph=True)
    (second,) = torch.autograd.grad(first.square().sum(), anchors)
    torch.testing.assert_close(second, right(what)[1], rtol=1e-10, atol=1e-10)
