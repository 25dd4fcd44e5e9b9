"""Rows on the unit sphere, both ways of computing them."""

import pytest
import torch
from torch.autograd import gradcheck, gradgradcheck

from npair_viz.linalg import unit_rows
from npair_viz.losses.npair_module import NPairLoss
from tests.support.loop_oracles import numeric_gradient, pairs

BOTH = pytest.mark.parametrize("fused", [False, True])


@BOTH
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_no_length_over_or_underflows(dtype, fused):
    directions = pairs(4, 3, dtype=dtype)[0]
    limits = torch.finfo(dtype)
    for size in (limits.tiny * 100, limits.max / 100):
        rows = directions / directions.abs().max() * size
        torch.testing.assert_close(unit_rows(rows, fused=fused), directions / directions.norm(dim=1, keepdim=True))


@BOTH
@pytest.mark.parametrize("size", [1e-18, 1.0, 1e18])
def test_the_gradient_of_short_and_long_rows_is_that_of_rows_of_common_length_scaled(size, fused):
    rows, upstream = (one.float() for one in pairs(5, 3))
    gradients = []
    for one in (rows, rows * size):
        one.requires_grad_()
        (gradient,) = torch.autograd.grad(unit_rows(one, fused=fused), one, upstream)
        gradients.append(gradient)
    torch.testing.assert_close(gradients[1] * size, gradients[0])


@BOTH
def test_first_and_second_derivatives_pass_gradcheck(fused):
    rows = pairs(4, 3)[0].requires_grad_()
    assert gradcheck(lambda one: unit_rows(one, fused=fused), rows)
    assert gradgradcheck(lambda one: unit_rows(one, fused=fused), rows)


@BOTH
def test_the_gradient_equals_central_differences(fused):
    rows, weights = pairs(4, 3)
    (gradient,) = torch.autograd.grad((unit_rows(rows.requires_grad_(), fused=fused) * weights).sum(), rows)
    numeric = numeric_gradient(lambda one: (unit_rows(one) * weights).sum().item(), rows.detach())
    torch.testing.assert_close(gradient, numeric, atol=1e-9, rtol=1e-7)


@BOTH
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16, torch.float16])
def test_a_zero_row_stays_zero_and_gets_zero_gradient(dtype, fused):
    rows = pairs(4, 3, dtype=dtype)[0]
    rows[2] = 0
    found = unit_rows(rows.requires_grad_(), fused=fused)
    found.sum().backward()
    assert (found[2] == 0).all()
    assert (rows.grad[2] == 0).all()
    assert rows.grad.isfinite().all()


@BOTH
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_becomes_float32_and_its_gradient_stays_half(dtype, fused):
    rows = pairs(4, 3, dtype=dtype)[0].requires_grad_()
    found = unit_rows(rows, fused=fused)
    found.square().sum().backward()
    assert found.dtype == torch.float32
    assert rows.grad.dtype == dtype


@BOTH
@pytest.mark.parametrize("shape", [(0, 3), (4, 0), (0, 0)])
def test_no_rows_and_rows_of_no_entries_stay_what_they_are(shape, fused):
    rows = torch.zeros(shape, requires_grad=True)
    found = unit_rows(rows, fused=fused)
    found.sum().backward()
    assert found.shape == rows.grad.shape == shape


def test_rows_are_left_as_they_were():
    rows = pairs(4, 3)[0]
    kept = rows.clone()
    unit_rows(rows, fused=True)
    assert torch.equal(rows, kept)


@pytest.mark.filterwarnings("ignore:`torch.jit.script` is:DeprecationWarning")  # torch's own, in forward mode
def test_the_plain_kernel_lets_torch_func_through_the_whole_module():
    loss, labels = NPairLoss(tao=0.5, policy="first", kernel="plain"), torch.arange(3).repeat(2)
    rows = torch.cat(pairs(3, 2)).requires_grad_()
    (gradient,) = torch.autograd.grad(loss(rows, labels), rows)
    torch.testing.assert_close(torch.func.grad(lambda one: loss(one, labels))(rows.detach()), gradient)
    hessian = torch.func.hessian(lambda one: loss(one, labels))(rows.detach())
    torch.testing.assert_close(hessian, torch.autograd.functional.hessian(lambda one: loss(one, labels), rows.detach()))
