import functools
from itertools import product
from shutil import which

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.functional import cross_entropy

from npair_viz.linalg import unit_rows
from npair_viz.losses.kernels import choose, losses, streaming
from npair_viz.losses.kernels.negatives import Negatives
from npair_viz.losses.npair import npair_loss
from npair_viz.losses.npair_module import NPairLoss
from tests.support.loop_oracles import loop_gradients, pairs
from tests.support.work import Largest, multiplied

FAST = ["dense", "streaming"]
OBJECTIVES = ["mc", "ovo"]
EVERY_OTHER = Negatives()


@pytest.fixture(autouse=True)
def blocks_of_a_few_rows(monkeypatch):
    """Blocks so small that every problem here takes several, the last of them not full."""
    monkeypatch.setitem(streaming.BLOCK_ENTRIES, "cpu", 40)
    monkeypatch.setattr(streaming, "LEAST_ROWS", 1)


def problem(m, n, d, tao, needs="apt", seed=0):
    anchors, positives = pairs(n, d, seed)
    given = [anchors[:m].clone(), positives, torch.tensor(tao, dtype=torch.float64)]
    return [one.requires_grad_(name in needs) for one, name in zip(given, "apt", strict=True)]


def negatives_of(n, has_labels, has_padding, first=0):
    labels = torch.arange(n) % 3 if has_labels else None
    valid = torch.arange(n) % 4 != 1 if has_padding else None
    return Negatives(labels, valid, first)


def gradients(value, inputs):
    return torch.autograd.grad(value, [one for one in inputs if one.requires_grad])


def assert_equal(ours, theirs):
    torch.testing.assert_close(ours, theirs, rtol=1e-10, atol=1e-10)


@settings(deadline=None, max_examples=60)
@given(
    kernel=st.sampled_from(FAST),
    objective=st.sampled_from(OBJECTIVES),
    first=st.integers(0, 5),
    m=st.integers(1, 17),
    more=st.integers(0, 5),
    d=st.integers(1, 7),
    tao=st.sampled_from([0.02, 0.3, 1.0, 30.0]),
    has_labels=st.booleans(),
    has_padding=st.booleans(),
    scale=st.sampled_from([None, 0.3]),
    seed=st.integers(0, 99),
)
def test_value_and_gradients_equal_the_plain_form(
    kernel, objective, first, m, more, d, tao, has_labels, has_padding, scale, seed
):
    n = first + m + more
    negatives = negatives_of(n, has_labels, has_padding, first)
    inputs = problem(m, n, d, tao, seed=seed)
    upstream = torch.randn(() if scale else m, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    ours = losses(*inputs, negatives, objective, scale, kernel)
    theirs = losses(*inputs, negatives, objective, scale, "plain")
    assert_equal(ours, theirs)
    assert_equal(gradients((ours * upstream).sum(), inputs), gradients((theirs * upstream).sum(), inputs))


looped = functools.cache(lambda n, d, *settings: loop_gradients(*pairs(n, d), *settings))  # once for all kernels


@pytest.mark.parametrize("normalize", [True, False])
@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("kernel", ["plain", *FAST])
def test_gradients_equal_a_loop_over_pairs_and_negatives(kernel, objective, normalize):
    for n, d, tao in [(n, d, tao) for n in range(1, 18) for d, tao in ((1, 0.5), (3, 0.05), (7, 1.0), (19, 30.0))]:
        inputs = [one.requires_grad_() for one in (*pairs(n, d), torch.tensor(tao, dtype=torch.float64))]
        rows = [unit_rows(one, fused=kernel != "plain") if normalize else one for one in inputs[:2]]
        loss = npair_loss(*rows, tao=inputs[2], l2_reg=0.07, objective=objective, kernel=kernel)
        expected = looped(n, d, tao, 0.07, objective, normalize)
        for one, other in zip(gradients(loss, inputs), expected, strict=True):
            assert ((one - other).abs() <= 1e-10 * other.abs().clamp_min(1)).all()


@pytest.mark.parametrize("scale", [None, 0.3])
@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("kernel", FAST)
def test_second_derivatives_pass_gradgradcheck(kernel, objective, scale):
    for negatives in (EVERY_OTHER, negatives_of(7, True, True)):
        inputs = problem(7, 7, 3, 0.8)
        assert torch.autograd.gradgradcheck(lambda *given: losses(*given, negatives, objective, scale, kernel), inputs)  # noqa: B023  # called at once


@pytest.mark.parametrize("scale", [None, 0.3])
@pytest.mark.parametrize("kernel", FAST)
def test_any_part_of_the_inputs_may_ask_for_a_gradient(kernel, scale):
    whole = problem(9, 9, 4, 0.5)
    expected = dict(zip("apt", gradients(losses(*whole, EVERY_OTHER, "mc", scale, "plain").sum(), whole), strict=True))
    for needs in ["a", "p", "t", "ap", "at", "pt"]:
        inputs = problem(9, 9, 4, 0.5, needs)
        got = gradients(losses(*inputs, EVERY_OTHER, "mc", scale, kernel).sum(), inputs)
        assert_equal(got, tuple(expected[name] for name in needs))


@pytest.mark.parametrize("scale", [None, 0.3])
@pytest.mark.parametrize("kernel", FAST)
def test_a_graph_that_is_kept_gives_its_gradients_twice(kernel, scale):
    anchors, positives, tao = problem(9, 9, 4, 0.5)
    loss = losses(anchors, positives, tao, EVERY_OTHER, "mc", scale, kernel).sum()
    loss.backward(retain_graph=True)
    once = anchors.grad.clone(), positives.grad.clone(), tao.grad.clone()
    loss.backward()
    assert_equal((anchors.grad, positives.grad, tao.grad), tuple(2 * one for one in once))


@pytest.mark.parametrize("kernel", FAST)
def test_rows_that_are_their_own_positives_get_both_gradients(kernel):
    rows, _, tao = problem(9, 9, 4, 0.5)
    ours, plain = (losses(rows, rows, tao, EVERY_OTHER, "mc", 1.0, name) for name in (kernel, "plain"))
    assert_equal(gradients(ours, [rows, tao]), gradients(plain, [rows, tao]))
    first = torch.autograd.grad(losses(rows, rows, tao, EVERY_OTHER, "mc", 1.0, kernel), rows, create_graph=True)[0]
    other = torch.autograd.grad(losses(rows, rows, tao, EVERY_OTHER, "mc", 1.0, "plain"), rows, create_graph=True)[0]
    assert_equal(gradients(first.square().sum(), [rows]), gradients(other.square().sum(), [rows]))


@pytest.mark.parametrize("kernel", FAST)
def test_anchors_without_a_row_have_no_loss_and_give_no_gradient(kernel):
    inputs = problem(0, 5, 3, 0.5)
    loss = losses(*inputs, Negatives(first=2), "mc", 1.0, kernel)
    assert loss.item() == 0
    assert not any(one.any() for one in gradients(loss, inputs))


@pytest.mark.parametrize(("needs", "expected"), [("", 1), ("a", 2), ("p", 2), ("t", 2), ("ap", 3), ("apt", 3)])
@pytest.mark.parametrize("kernel", FAST)
def test_no_product_is_made_that_nobody_asked_for(kernel, needs, expected):
    inputs = problem(21, 21, 5, 0.5, needs)

    def forward_and_backward():
        loss = losses(*inputs, EVERY_OTHER, "mc", 1.0, kernel)
        return gradients(loss, inputs) if needs else loss

    assert multiplied(forward_and_backward, 5) == expected * 21 * 21


@pytest.mark.parametrize("kernel", FAST)
def test_without_gradients_there_is_one_product_alone(kernel):
    inputs = problem(21, 21, 5, 0.5)
    with torch.no_grad():
        assert multiplied(lambda: losses(*inputs, EVERY_OTHER, "mc", 1.0, kernel), 5) == 21 * 21


@pytest.mark.parametrize("scale", [None, 1.0])
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_streaming_never_holds_more_than_a_block_or_the_rows(objective, scale):
    n, d = 60, 4
    inputs = problem(n, n, d, 0.5)
    with Largest() as largest:
        losses(*inputs, negatives_of(n, True, True), objective, scale, "streaming").sum().backward()
    assert largest.entries == n * d


@pytest.mark.parametrize("scale", [None, 1.0])
def test_what_streaming_keeps_for_the_way_back_grows_linearly(scale):
    def kept(n):
        saved = []
        with torch.autograd.graph.saved_tensors_hooks(lambda one: saved.append(one) or one, lambda one: one):
            losses(*problem(n, n, 4, 0.5), EVERY_OTHER, "mc", scale, "streaming")
        return sum(one.numel() for one in saved if one is not None)

    small, large = kept(30), kept(90)
    assert large <= 3 * small
    assert large <= 90 * (4 * 4 + 1) + 2


@pytest.mark.parametrize("kernel", FAST)
def test_across_temperatures_float32_is_at_least_as_close_to_float64_as_cross_entropy(kernel):
    worst = {"ours": torch.zeros(3), "theirs": torch.zeros(3)}
    for tao, noise, seed in product([0.02, 0.1, 0.5, 10.0], [0.3, 2.0], range(3)):
        one, other = pairs(70, 16, seed)
        rows = unit_rows(one).float(), unit_rows(one + noise * other).float()
        reference = value_and_gradients(rows, torch.float64, lambda a, p, tao=tao: npair_loss(a, p, tao=tao))
        for name, loss in {
            "ours": lambda a, p, tao=tao: npair_loss(a, p, tao=tao, kernel=kernel),
            "theirs": lambda a, p, tao=tao: cross_entropy(a @ p.T / tao, torch.arange(70)),
        }.items():
            found = value_and_gradients(rows, torch.float32, loss)
            errors = [((x - y).norm() / y.norm()).item() for x, y in zip(found, reference, strict=True)]
            worst[name] = worst[name].maximum(torch.tensor(errors))
    assert (worst["ours"] <= worst["theirs"]).all()
    assert worst["ours"].max() < 1e-5


def value_and_gradients(rows, dtype, loss):
    rows = [one.to(dtype).requires_grad_() for one in rows]
    value = loss(*rows)
    return [one.detach().double() for one in (value, *torch.autograd.grad(value, rows))]


# Rows in half precision are exact in float32, where all is computed; gradients are rounded once, on the way out.
@pytest.mark.parametrize(("dtype", "rounding"), [(torch.bfloat16, 2**-8), (torch.float16, 2**-11)])
@pytest.mark.parametrize("kernel", FAST)
def test_half_precision_under_autocast_costs_one_rounding_of_the_gradients(kernel, dtype, rounding):
    one, other = pairs(70, 16)
    rows = unit_rows(one).to(dtype), unit_rows(one + other).to(dtype)
    reference = value_and_gradients(rows, torch.float64, lambda a, p: npair_loss(a, p, tao=0.1))
    with torch.autocast("cpu", dtype=dtype):
        found = value_and_gradients(rows, dtype, lambda a, p: npair_loss(a, p, tao=0.1, kernel=kernel))
    errors = [((x - y).norm() / y.norm()).item() for x, y in zip(found, reference, strict=True)]
    assert errors[0] < 1e-6
    assert max(errors[1:]) < rounding


@pytest.mark.parametrize("kernel", FAST)
def test_going_back_under_autocast_gives_the_same_gradients(kernel):
    def found():
        rows = [one.float().requires_grad_() for one in pairs(70, 16)]
        npair_loss(*rows, kernel=kernel).backward()
        return [one.grad for one in rows]

    expected = found()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        torch.testing.assert_close(found(), expected, rtol=0, atol=0)


@pytest.mark.skipif(which("g++") is None, reason="torch.compile needs a C++ compiler")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # torch's own compiler meets some of torch's own
def test_the_compiled_loss_has_the_same_gradients():
    torch.compiler.reset()

    def found(loss, symmetric):
        rows = [unit_rows(one).float().requires_grad_() for one in (*pairs(64, 16), pairs(40, 16)[0])]
        more = {"negatives": rows[2], "symmetric": True} if symmetric else {}
        return torch.autograd.grad(loss(*rows[:2], tao=0.05, **more), rows if symmetric else rows[:2])

    for symmetric in (False, True):
        quick, plain = found(torch.compile(npair_loss), symmetric), found(npair_loss, symmetric)
        torch.testing.assert_close(quick, plain, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("kernel", FAST)
def test_no_temperature_gives_an_infinite_loss_or_gradient(kernel):
    for tao, objective in product([1e-4, 0.02, 1.0, 1e4], OBJECTIVES):
        rows = [unit_rows(one).float().requires_grad_() for one in pairs(50, 5)]
        loss = npair_loss(*rows, tao=tao, objective=objective, kernel=kernel)
        assert loss.isfinite()
        assert all(one.isfinite().all() for one in torch.autograd.grad(loss, rows))


def test_few_pairs_are_dense_and_many_are_streamed():
    chosen = {n: choose(n) for n in (1, 64, 4096)}
    assert chosen == {1: "dense", 64: "dense", 4096: "streaming"}


def test_the_printed_module_shows_its_kernel():
    assert "kernel='streaming'" in repr(NPairLoss(kernel="streaming"))


def test_a_kernel_that_does_not_exist_is_told_which_do():
    with pytest.raises(ValueError, match="kernel must be one of 'auto', 'plain', 'dense', 'streaming'"):
        npair_loss(*pairs(3, 2), kernel="warp")


def test_a_loss_above_384_pairs_equals_the_plain_form():
    anchors, positives = pairs(400, 3)
    assert_equal(npair_loss(anchors, positives), npair_loss(anchors, positives, kernel="plain"))
