"""The Triton kernel: on the GPU where there is one, else by Triton's interpreter on the CPU, with few rows."""

import functools
import math
import os
import subprocess
import sys
from itertools import product

import numpy as np
import pytest
import torch
from torch.nn import functional

from npair_viz.linalg import unit_rows
from npair_viz.losses.kernels import plain
from npair_viz.losses.kernels.negatives import Negatives
from npair_viz.losses.npair import npair_loss
from tests.support.loop_oracles import at_degrees, pairs
from tests.support.repository import ROOT

ON_GPU = torch.cuda.is_available()
pytest.importorskip("triton")

from npair_viz.losses.kernels import triton_fused  # noqa: E402  # skipped without triton

DEVICE = "cuda" if ON_GPU else "cpu"
M, N, FIRST = (301, 700, 45) if ON_GPU else (37, 70, 5)  # several tiles each, the last one not full
OBJECTIVES = ["mc", "ovo"]
DTYPES = [torch.float32, torch.bfloat16, torch.float16]
# of the largest entry: float32 sums in every dtype, then what rounding to the rows' dtype leaves
NEAR = {torch.float32: 5e-6, torch.bfloat16: 1e-2, torch.float16: 1e-3}
MASKS = ["every other", "labels", "valid", "labels and valid"]


@pytest.fixture(autouse=True)
def reduced_by_columns(monkeypatch):
    """Have the interpreter combine whole columns, in its own order: number by number takes half of the tests' time."""

    def generic_reduce(self, tensors):
        (tensor,) = tensors
        columns = np.moveaxis(tensor.handle.data, self.axis, 0)
        return [functools.reduce(self.combine_fn.fn, [self.to_tensor(column, tensor.dtype) for column in columns])]

    monkeypatch.setattr("triton.runtime.interpreter.ReduceOps.generic_reduce", generic_reduce)


def rows(m=M, n=N, d=19, dtype=torch.float32, seed=0):
    anchors, positives = pairs(n, d, seed, dtype)
    return anchors[:m].to(DEVICE).requires_grad_(), positives.to(DEVICE).requires_grad_()


def negatives(mask="every other", n=N, first=FIRST):
    generator = torch.Generator().manual_seed(n)
    labels = torch.randint(0, n // 4 + 1, (n,), generator=generator).to(DEVICE) if "labels" in mask else None
    valid = (torch.rand(n, generator=generator) > 0.3).to(DEVICE) if "valid" in mask else None
    return Negatives(labels, valid, first)


def exact(*inputs):
    return [one.detach().double().requires_grad_() if isinstance(one, torch.Tensor) else one for one in inputs]


def distance(ours, theirs):
    return ((ours.double() - theirs).abs().max() / theirs.abs().max()).item()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("mask", MASKS)
def test_single_losses_and_their_gradients_equal_plain_in_float64(mask, objective, dtype):
    which, tao = negatives(mask), torch.tensor(0.7, device=DEVICE, requires_grad=True)
    anchors, positives = rows(dtype=dtype)
    found = triton_fused.losses(anchors, positives, tao, which, objective)
    upstream = torch.randn(M).to(DEVICE)
    ours = torch.autograd.grad(found, (anchors, positives, tao), upstream)
    inputs = exact(anchors, positives, tao)
    expected = plain.losses(*inputs, which, objective)
    theirs = torch.autograd.grad(expected, inputs, upstream.double())
    assert found.dtype == torch.float32
    assert [one.dtype for one in ours] == [dtype, dtype, torch.float32]
    assert distance(found, expected) < 1e-6
    for one, other in zip(ours[:2], theirs[:2], strict=True):
        assert distance(one, other) < NEAR[dtype]
    turns = (inputs[0] * theirs[0]).sum(dim=1).detach() / tao.item()  # their sum may be far smaller than they are
    assert (ours[2] - theirs[2]).abs() < NEAR[dtype] * turns.abs().sum()


@pytest.mark.parametrize("d", [1, 5, 16, 100])
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_a_total_of_rows_of_any_width_equals_plain_in_float64(objective, d):
    anchors, positives = rows(21, 40, d)
    found = triton_fused.losses(anchors, positives, 1.3, Negatives(first=19), objective, 0.3)
    ours = torch.autograd.grad(found, (anchors, positives), torch.tensor(2.0, device=DEVICE))
    inputs = exact(anchors, positives)
    expected = plain.losses(*inputs, 1.3, Negatives(first=19), objective, 0.3)
    theirs = torch.autograd.grad(expected, inputs, torch.tensor(2.0, dtype=torch.float64, device=DEVICE))
    assert found.item() == pytest.approx(expected.item(), rel=1e-6)
    for one, other in zip(ours, theirs, strict=True):
        assert distance(one, other) < NEAR[torch.float32]


@pytest.mark.parametrize("reduction", ["mean", "none"])
@pytest.mark.parametrize("learned", [True, False])
@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("symmetric", [True, False])
def test_a_queue_and_both_directions_equal_plain_in_float64(symmetric, objective, learned, reduction):
    anchors, positives = rows(N // 2, N // 2, 11)
    queue = rows(M, M, 11, seed=1)[1].detach().requires_grad_(learned)
    labels, theirs = (torch.arange(count, device=DEVICE) % 9 for count in (N // 2, M))

    def found(kernel, inputs):
        chosen = {"objective": objective, "symmetric": symmetric, "reduction": reduction, "kernel": kernel, "tao": 0.7}
        masks = {"labels": labels, "valid": labels != 4, "negative_labels": theirs}
        value = npair_loss(*inputs[:2], negatives=inputs[2], **masks, **chosen)
        asking = [one for one in inputs if one.requires_grad]
        return value, *torch.autograd.grad((value * value.detach()).sum(), asking)

    doubles = [one.detach().double().requires_grad_(one.requires_grad) for one in (anchors, positives, queue)]
    ours, theirs_ = found("triton", (anchors, positives, queue)), found("plain", doubles)
    assert len(ours) == 3 + learned
    for one, other in zip(ours, theirs_, strict=True):
        assert distance(one, other) < NEAR[torch.float32]


def test_float32_is_closer_to_float64_than_cross_entropy_from_tiny_losses_to_large_ones():
    anchors, positives = (unit_rows(one.detach()) for one in rows(N, N, 33))
    positives = unit_rows(positives + anchors * torch.linspace(0, 4, N, device=DEVICE).unsqueeze(1))
    expected = plain.losses(anchors.double(), positives.double(), 0.05, Negatives(), "mc")
    usual = functional.cross_entropy(anchors @ positives.T / 0.05, torch.arange(N, device=DEVICE), reduction="none")
    ours = triton_fused.losses(anchors, positives, 0.05, Negatives(), "mc")
    assert expected.min() < 1e-4 < 1 < expected.max()
    assert ((ours - expected) / expected).abs().max() < 1e-5
    assert ((ours - expected) / expected).abs().mean() <= ((usual - expected) / expected).abs().mean()
    assert (ours.mean() - expected.mean()).abs() <= max((usual.mean() - expected.mean()).abs(), 1e-7)


@pytest.mark.parametrize("scale", [None, 0.3])
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_any_subset_of_gradients_is_the_same_as_in_the_whole_set(objective, scale):
    def gradients(asked):
        anchors, positives = rows(9, 20)
        inputs = [anchors, positives, torch.tensor(0.7, device=DEVICE)]
        inputs = [one.detach().requires_grad_(is_asked) for one, is_asked in zip(inputs, asked, strict=True)]
        triton_fused.losses(*inputs, Negatives(first=3), objective, scale).sum().backward()
        return [one.grad for one in inputs]

    whole = gradients((True, True, True))
    for asked in product([True, False], repeat=3):
        if any(asked):
            for one, other, is_asked in zip(gradients(asked), whole, asked, strict=True):
                assert torch.equal(one, other) if is_asked else one is None


class Spy:
    """Stands in for a pass and counts: launches, and those that make gradients."""

    def __init__(self, kernel):
        self.kernel, self.launches, self.gradients = kernel, 0, 0

    def __getitem__(self, grid):
        def launch(*args, **setting):
            self.launches += 1
            self.gradients += args[-1] is not None
            return self.kernel[grid](*args, **setting)

        return launch


@pytest.mark.parametrize("how", ["no_grad", "detached", "single losses, before they are asked"])
def test_no_gradient_is_made_before_somebody_asks(how, monkeypatch):
    row_pass, column_pass = Spy(triton_fused.row_pass), Spy(triton_fused.column_pass)
    monkeypatch.setattr(triton_fused, "row_pass", row_pass)
    monkeypatch.setattr(triton_fused, "column_pass", column_pass)
    anchors, positives = (one.requires_grad_(how != "detached") for one in rows(21, 40))
    with torch.set_grad_enabled(how != "no_grad"):
        triton_fused.losses(anchors, positives, 0.7, Negatives(), "mc", None if "single" in how else 1.0)
    assert (row_pass.launches, row_pass.gradients, column_pass.launches) == (1, 0, 0)


@pytest.mark.parametrize("scale", [None, 0.3])
def test_a_retained_graph_gives_the_same_gradients_again(scale):
    anchors, positives = rows(21, 40)
    found = triton_fused.losses(anchors, positives, 0.7, Negatives(), "mc", scale).sum()
    once = torch.autograd.grad(found, (anchors, positives), retain_graph=True)
    again = torch.autograd.grad(found, (anchors, positives))
    assert all(map(torch.equal, once, again))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("scale", [None, 0.3])
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_second_derivatives_equal_those_of_plain(objective, scale, dtype):
    def second(losses, inputs):
        first = torch.autograd.grad(losses(*inputs, Negatives(), objective, scale).sum(), inputs, create_graph=True)
        return torch.autograd.grad(sum(one.double().square().sum() for one in first), inputs)

    inputs = [*rows(9, 12, 5, dtype), torch.tensor(0.7, device=DEVICE, requires_grad=True)]
    for one, other in zip(second(triton_fused.losses, inputs), second(plain.losses, exact(*inputs)), strict=True):
        assert distance(one, other) < NEAR[dtype]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("tao", [1e-4, 1e4])
def test_no_temperature_gives_an_infinite_loss_or_gradient(tao, objective, dtype):
    anchors, positives = (unit_rows(one.detach()).to(dtype).requires_grad_() for one in rows(21, 40))
    found = triton_fused.losses(anchors, positives, tao, Negatives(), objective, 1 / 21)
    found.backward()
    expected = plain.losses(*exact(anchors, positives), tao, Negatives(), objective, 1 / 21)
    assert found.item() == pytest.approx(expected.item(), rel=1e-5)
    assert anchors.grad.isfinite().all()
    assert positives.grad.isfinite().all()


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_a_loss_far_below_float_precision_is_not_lost_to_the_one(objective, dtype):
    opposite = at_degrees([0, 180]).round().to(DEVICE, dtype)
    anchors, positives = opposite.clone().requires_grad_(), opposite.clone().requires_grad_()
    found = triton_fused.losses(anchors, positives, 0.05, Negatives(), objective)
    found.sum().backward()
    assert found.tolist() == pytest.approx([math.exp(-40)] * 2, rel=1e-5, abs=0)
    for one in (anchors, positives):
        assert one.grad[:, 0].abs().tolist() == pytest.approx([math.exp(-40) * 2 / 0.05] * 2, rel=1e-2, abs=0)


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_equal_rows_have_the_loss_of_chance(objective):
    anchors, positives = torch.ones(2, N, 5, device=DEVICE) / 3
    found = triton_fused.losses(anchors, positives, 0.5, Negatives(), objective)
    chance = math.log(N) if objective == "mc" else (N - 1) * math.log(2)
    assert found.tolist() == pytest.approx([chance] * N, rel=1e-6)


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("saturated", [False, True])
def test_a_gradient_too_small_for_float16_is_there_once_its_upstream_is_large(saturated, objective):
    anchors, positives = rows(21, 40, dtype=torch.float16)
    if saturated:  # where each share of a sure anchor is small as well
        with torch.no_grad():
            positives[:21] += 2 * anchors
    scale, upstream = (2.0**-30, 2.0**30) if saturated else (2.0**-30, 2.0**32)
    found = triton_fused.losses(anchors, positives, 0.9, Negatives(), objective, scale)
    ours = torch.autograd.grad(found, (anchors, positives), torch.tensor(upstream, device=DEVICE))
    inputs = exact(anchors, positives)
    expected = plain.losses(*inputs, 0.9, Negatives(), objective, scale) * upstream
    for one, other in zip(ours, torch.autograd.grad(expected, inputs), strict=True):
        assert ((one - other).abs() <= 2e-3 * other.abs().amax(dim=1, keepdim=True) + 1e-7).all()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_the_same_input_gives_the_same_bits(objective, dtype):
    def everything():
        anchors, positives = rows(dtype=dtype)
        tao = torch.tensor(0.7, device=DEVICE, requires_grad=True)
        found = triton_fused.losses(anchors, positives, tao, negatives("labels"), objective, 0.1)
        return found, *torch.autograd.grad(found, (anchors, positives, tao))

    assert all(map(torch.equal, everything(), everything()))


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_anchors_without_negatives_have_no_loss_and_no_gradient(objective):
    alone, alike = Negatives(), Negatives(torch.zeros(21, dtype=torch.int64, device=DEVICE))
    for n, which in ((1, alone), (21, alike)):
        anchors, positives = rows(n, n)
        found = triton_fused.losses(anchors, positives, 0.7, which, objective)
        found.sum().backward()
        assert found.tolist() == [0.0] * n
        assert not anchors.grad.any()
        assert not positives.grad.any()


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_rows_that_are_not_valid_have_no_loss_and_no_gradient(objective):
    which, (anchors, positives) = negatives("valid"), rows()
    found = triton_fused.losses(anchors, positives, 0.7, which, objective)
    found.sum().backward()
    out = ~which.valid
    assert not found[out[FIRST : FIRST + M]].any()
    assert not anchors.grad[out[FIRST : FIRST + M]].any()
    assert not positives.grad[out].any()


@pytest.mark.parametrize("scale", [None, 0.3])
def test_no_anchors_give_no_losses_and_zero_gradients(scale):
    anchors, positives = rows(0, 40)
    found = triton_fused.losses(anchors, positives, 0.7, Negatives(), "mc", scale)
    found.sum().backward()
    assert found.shape == ((0,) if scale is None else ())
    assert anchors.grad.shape == (0, 19)
    assert not positives.grad.any()


def test_rows_may_lie_in_memory_in_any_way():
    anchors, positives = (one.detach() for one in rows(40, 40, 6))
    lying = [
        (anchors.T.contiguous().T, positives.repeat_interleave(2, dim=1)[:, ::2]),
        (anchors[:1].expand(40, -1), positives.flip(0)),
        (anchors, anchors),
    ]
    for one, other in lying:
        one, other = one.requires_grad_(), other.requires_grad_()
        inputs = exact(one, other)
        found = triton_fused.losses(one, other, 0.7, Negatives(), "mc", 1.0)
        expected = plain.losses(*inputs, 0.7, Negatives(), "mc", 1.0)
        ours, theirs = torch.autograd.grad(found, (one, other)), torch.autograd.grad(expected, inputs)
        if one is other:
            theirs = [theirs[0] + theirs[1]] * 2
        assert all(distance(mine, yours) < NEAR[torch.float32] for mine, yours in zip(ours, theirs, strict=True))


def test_a_temperature_may_be_a_number_or_a_tensor_of_any_precision():
    anchors, positives = (one.detach() for one in rows(21, 40))
    number = triton_fused.losses(anchors, positives, 0.7, Negatives(), "mc")
    for dtype in (torch.float32, torch.float64):
        tao = torch.tensor(0.7, dtype=dtype, device=DEVICE, requires_grad=True)
        found = triton_fused.losses(anchors, positives, tao, Negatives(), "mc")
        found.sum().backward()
        torch.testing.assert_close(found.detach(), number)
        assert tao.grad.dtype == dtype


def test_what_the_kernel_does_not_take_is_named_with_another_kernel():
    anchors, positives = (one.detach() for one in rows(4, 4))
    with pytest.raises(TypeError, match=r"float64: use kernel=\"streaming\""):
        triton_fused.losses(anchors.double(), positives.double(), 0.7, Negatives(), "mc")
    with pytest.raises(ValueError, match=r"at most 1024 numbers a row, got 1025: use"):
        triton_fused.losses(torch.ones(4, 1025), torch.ones(4, 1025), 0.7, Negatives(), "mc")


def test_rows_on_a_cpu_are_refused_without_the_interpreter(monkeypatch):
    monkeypatch.setattr(triton_fused, "INTERPRETED", False)
    with pytest.raises(ValueError, match="rows on a GPU, got them on cpu: use"):
        triton_fused.losses(torch.ones(4, 3), torch.ones(4, 3), 0.7, Negatives(), "mc")


def test_both_passes_compile_for_gpus_and_fit_their_shared_memory():
    script = ROOT / "tests" / "support" / "compile_triton.py"
    environment = {name: value for name, value in os.environ.items() if name != "TRITON_INTERPRET"}
    command = [sys.executable, "-W", "error", str(script)]
    found = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    room = {"89": 99 * 1024, "90": 227 * 1024}
    lines = [line.split() for line in found.stdout.splitlines()]
    assert len(lines) == 6
    assert all(0 < int(shared) <= room[capability] for capability, _, shared in lines)


@pytest.mark.cuda
@pytest.mark.skipif(not ON_GPU, reason="needs an NVIDIA GPU")
def test_rows_beyond_two_to_the_31_numbers_are_found():
    m, n, d = 8, 2**21 + 64, 1024  # 4 GiB of positives, 8 GiB of gradients
    positives = torch.zeros(n, d, dtype=torch.bfloat16, device=DEVICE)
    last = torch.randn(m, d).to(torch.bfloat16).to(DEVICE) / 8
    positives[-m:] = last
    anchors = torch.randn(m, d).to(torch.bfloat16).to(DEVICE) / 8
    found = triton_fused.losses(anchors, positives.requires_grad_(), 1.0, Negatives(first=n - m), "mc")
    found.sum().backward()
    near = anchors.double() @ last.double().T
    off = near.masked_fill(torch.eye(m, dtype=torch.bool, device=DEVICE), -math.inf)
    zeros = torch.full((m, 1), math.log(n - m), dtype=torch.float64, device=DEVICE)
    lead = torch.cat([off, zeros], dim=1).logsumexp(dim=1) - near.diagonal()
    weights = (off - lead.unsqueeze(1) - near.diagonal().unsqueeze(1)).exp() * lead.sigmoid().unsqueeze(1)
    on_last = weights.T @ anchors.double() - lead.sigmoid().unsqueeze(1) * anchors.double()
    assert distance(found, functional.softplus(lead)) < 1e-5
    assert distance(positives.grad[-m:], on_last) < NEAR[torch.bfloat16]
