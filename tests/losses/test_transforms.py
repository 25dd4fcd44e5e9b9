"""torch.compile while settings change, torch.func and forward mode: the same numbers as without them."""

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, func
from torch._dynamo.testing import CompileCounterWithBackend
from torch.autograd import forward_ad

from npair_viz import NPairLoss, npair_loss
from tests.support.loop_oracles import loop_loss

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # torch's own forward mode meets some of its own
Loss = Callable[[Tensor], Tensor]
TAOS = (1.0, 0.9, 0.45, 2.0, 0.3)
LABELS = torch.tensor([0, 0, 1, 1, 2, 2, 3])


def pairs(n: int = 7, d: int = 5) -> tuple[Tensor, Tensor]:
    both = torch.randn(2 * n, d, generator=torch.Generator().manual_seed(n), dtype=torch.float64)
    anchors, positives = both.chunk(2)
    return anchors, positives


MORE = {
    "pairs alone": {},
    "a queue": {"negatives": pairs(9)[0]},
    "both ways": {"symmetric": True},
    "a queue with labels, both ways": {
        "symmetric": True, "labels": LABELS, "negatives": pairs(4)[0], "negative_labels": LABELS[2:6]
    },
}  # fmt: skip


def value_and_gradient(loss: Callable[..., Tensor], anchors: Tensor, positives: Tensor, setting: float) -> list[Tensor]:
    anchors = anchors.clone().requires_grad_()
    found = loss(anchors, positives, setting)
    return [found.detach(), *torch.autograd.grad(found, anchors)]


def compiled(loss: Callable[..., Tensor], **options: bool) -> tuple[Callable[..., Tensor], CompileCounterWithBackend]:
    torch.compiler.reset()
    counter = CompileCounterWithBackend("aot_eager")
    return torch.compile(loss, fullgraph=True, backend=counter, **options), counter


@pytest.mark.parametrize("name", ["tao", "l2_reg"])
@pytest.mark.parametrize("objective", ["mc", "ovo"])
@pytest.mark.parametrize("more", MORE)
def test_a_schedule_compiles_once_or_twice_and_keeps_values_and_gradients(more: str, name: str, objective: str) -> None:
    def loss(anchors: Tensor, positives: Tensor, setting: float) -> Tensor:
        return npair_loss(anchors, positives, objective=objective, **MORE[more], **{name: setting})

    quick, counter = compiled(loss)
    for setting in TAOS:
        torch.testing.assert_close(
            value_and_gradient(quick, *pairs(), setting), value_and_gradient(loss, *pairs(), setting)
        )
    assert counter.frame_count <= 2


def test_a_dynamic_compile_takes_any_number_of_pairs_and_any_tao() -> None:
    def loss(anchors: Tensor, positives: Tensor, setting: float) -> Tensor:
        return npair_loss(anchors, positives, tao=setting)

    quick, counter = compiled(loss, dynamic=True)
    for n, tao in zip((7, 11, 4, 23), TAOS, strict=False):
        torch.testing.assert_close(value_and_gradient(quick, *pairs(n), tao), value_and_gradient(loss, *pairs(n), tao))
    assert counter.frame_count <= 2


def test_a_module_whose_tao_falls_compiles_once_or_twice() -> None:
    module = NPairLoss(l2_reg=0.1, tao=1.0, normalize=False, policy="first", max_pairs=4)
    rows = pairs()[0]
    quick, counter = compiled(module)
    for tao in TAOS:
        module.tao = tao
        torch.testing.assert_close(quick(rows, LABELS), module(rows, LABELS))
    assert counter.frame_count <= 2


@pytest.mark.parametrize("symmetric", [False, True])
def test_a_dynamic_compile_takes_a_queue_that_grows(symmetric: bool) -> None:
    def loss(anchors: Tensor, positives: Tensor, negatives: Tensor) -> Tensor:
        return npair_loss(anchors, positives, tao=0.4, negatives=negatives, symmetric=symmetric)

    quick, counter = compiled(loss, dynamic=True)
    for n, m in ((7, 12), (11, 5), (4, 30)):
        queue = pairs(m)[0]
        torch.testing.assert_close(
            value_and_gradient(quick, *pairs(n), queue), value_and_gradient(loss, *pairs(n), queue)
        )
    assert counter.frame_count <= 2


@pytest.mark.parametrize("symmetric", [False, True])
def test_a_module_beside_a_queue_compiles_into_one_graph(symmetric: bool) -> None:
    module = NPairLoss(l2_reg=0.1, tao=0.4, policy="first", max_pairs=4, symmetric=symmetric)
    rows, queue = pairs()
    quick, counter = compiled(module)
    for theirs in (LABELS.clone(), LABELS.flip(0)):
        given = {"negatives": queue, "negative_labels": theirs}
        torch.testing.assert_close(quick(rows, LABELS, **given), module(rows, LABELS, **given))
    assert counter.frame_count == 1


@pytest.fixture(
    params=["mc", "ovo", "module", "mc beside a queue", "ovo, both ways", "module beside a queue, both ways"]
)
def loss(request: pytest.FixtureRequest) -> Loss:
    """A loss of seven rows, by the first pairs of their classes or beside seven partners."""
    more = {"symmetric": "both" in request.param}
    queue = {"negatives": pairs(6)[0], "negative_labels": LABELS[1:]} if "queue" in request.param else {}
    if request.param.startswith("module"):
        module = NPairLoss(l2_reg=0.1, tao=0.7, policy="first", max_pairs=4, **more)
        return lambda rows: module(rows, LABELS, **queue)
    partners, labels = pairs()[1], {"labels": LABELS} if queue else {}
    chosen = {"tao": 0.7, "l2_reg": 0.1, "objective": request.param.split()[0].strip(",")}
    return lambda rows: npair_loss(rows, partners, **chosen, **labels, **queue, **more)


def by_backward(loss: Loss, rows: Tensor) -> Tensor:
    rows = rows.clone().requires_grad_()
    (found,) = torch.autograd.grad(loss(rows), rows)
    return found


def test_grad_is_that_of_backward(loss: Loss) -> None:
    rows = pairs()[0]
    torch.testing.assert_close(func.grad(loss)(rows), by_backward(loss, rows))


def test_vmap_is_a_loop_over_batches(loss: Loss) -> None:
    several = torch.stack([pairs()[0], 2 * pairs()[1], pairs()[0].flip(0)])
    torch.testing.assert_close(func.vmap(loss)(several), torch.stack([loss(rows) for rows in several]))


@pytest.mark.parametrize("symmetric", [False, True])
def test_transforms_by_the_extra_negatives_are_a_loop_over_queues(symmetric: bool) -> None:
    anchors, positives = pairs()
    queues = torch.stack([pairs(9)[0], pairs(9)[1]])

    def of_queue(negatives: Tensor) -> Tensor:
        return npair_loss(anchors, positives, tao=0.7, negatives=negatives, symmetric=symmetric)

    torch.testing.assert_close(func.vmap(of_queue)(queues), torch.stack([of_queue(one) for one in queues]))
    torch.testing.assert_close(func.grad(of_queue)(queues[0]), by_backward(of_queue, queues[0]))


def test_vmap_over_tao_is_a_loop_over_taos() -> None:
    anchors, positives = pairs()
    found = func.vmap(lambda tao: npair_loss(anchors, positives, tao=tao))(torch.tensor(TAOS, dtype=torch.float64))
    expected = [math.fsum(loop_loss(anchors, positives, tao, 0.0, "mc", False)) / 7 for tao in TAOS]
    torch.testing.assert_close(found, torch.tensor(expected, dtype=torch.float64))


def test_jvp_and_forward_mode_are_the_gradient_along_a_direction(loss: Loss) -> None:
    rows, along = pairs()[0], pairs(n=7)[1].flip(1)
    expected = (by_backward(loss, rows) * along).sum()
    torch.testing.assert_close(func.jvp(loss, (rows,), (along,))[1], expected)
    with forward_ad.dual_level():
        dual = forward_ad.unpack_dual(loss(forward_ad.make_dual(rows, along)))
    torch.testing.assert_close(dual.tangent, expected)


def test_the_hessian_is_that_of_two_backward_passes(loss: Loss) -> None:
    rows = pairs()[0]
    expected = torch.autograd.functional.hessian(loss, rows)
    torch.testing.assert_close(func.hessian(loss)(rows), expected)


@pytest.mark.parametrize("kernel", ["dense", "streaming"])
def test_a_kernel_that_knows_no_transforms_is_refused_in_words(kernel: str) -> None:
    anchors, positives = pairs()
    with pytest.raises(ValueError, match=f'kernel must be "auto" or "plain" .*, got \'{kernel}\''):
        func.grad(lambda rows: npair_loss(rows, positives, kernel=kernel))(anchors)


def test_a_wrong_tao_is_refused_in_a_compiled_loss_too() -> None:
    quick, _ = compiled(lambda anchors, positives, tao: npair_loss(anchors, positives, tao=tao))
    quick(*pairs(), 0.5)
    with pytest.raises(Exception, match="tao must be positive"):
        quick(*pairs(), -1.0)
