"""The padded form never waits for the device: nothing in it asks for a value, or for a size that depends on values.

Three witnesses. A device that holds no values, on any machine: forward, with the operations that a GPU gets. A watch
over every operation, on the CPU, backward included. A GPU, where there is one: torch's own watch, and a CUDA graph.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import torch
from torch import Tensor
from torch._subclasses import FakeTensorMode
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

from npair_viz.losses.gradients import npair_gradients
from npair_viz.losses.kernels import TORCH_ALONE
from npair_viz.losses.npair import npair_loss
from npair_viz.losses.npair_module import NPairLoss
from npair_viz.sampling import pairs as sampling_pairs
from npair_viz.sampling.pairs import POLICIES, PairSelection, select_pairs
from tests.support.label_batches import EXAMPLE, pairs_of
from tests.support.loop_oracles import pairs
from tests.support.random_draws import seeded

ROOM = [3, 40]  # fewer rows than there are pairs, and more
LABELS = torch.arange(30) % 7
ON_GPU = torch.cuda.is_available()
KERNELS = ("auto", *TORCH_ALONE)
SETTINGS = {
    "as it comes": {},
    "raw rows": {"normalize": False, "l2_reg": 0.0},
    "one term a negative": {"objective": "ovo", "reduction": "sum"},
    "two pairs a class": {"pairs_per_class": 2, "reduction": "none"},
    "its own generator": {"generator": torch.Generator().manual_seed(1)},
}


class AskedError(RuntimeError):
    """An operation would wait for the device."""


class Watch(TorchDispatchMode):
    """Raise where a value, or a size that depends on values, is asked for, and where a copy waits for the device."""

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        if is_asking(func, args):
            raise AskedError(str(func))
        out = func(*args, **(kwargs or {}))
        if is_waiting_copy(func, args, kwargs or {}, out):
            raise AskedError(f"{func} from {devices(args)} to {devices(out)}")
        return out


def is_asking(func, args) -> bool:
    if func is torch.ops.aten.index.Tensor:  # torch tags it for masks; row numbers ask nothing
        return any(one is not None and one.dtype in (torch.bool, torch.uint8) for one in args[1])
    return bool({torch.Tag.data_dependent_output, torch.Tag.dynamic_output_shape} & set(func.tags))


def is_waiting_copy(func, args, kwargs, out) -> bool:
    """Only the way to the device can be gone without waiting."""
    moves = func in (torch.ops.aten._to_copy.default, torch.ops.aten.copy_.default)
    between = {"cpu", "cuda"} <= devices((args, out))
    return moves and between and (devices(out) == {"cpu"} or not (kwargs.get("non_blocking") or True in args[2:]))


def devices(found: object) -> set[str]:
    return {one.device.type for one in torch.utils._pytree.tree_leaves(found) if isinstance(one, Tensor)}


def brackets(rows: Tensor, key: slice | int | Tensor) -> Tensor:
    if isinstance(key, slice):
        start, stop, _ = key.indices(len(rows))
        return rows.narrow(0, start, max(stop - start, 0))
    return rows.select(0, key) if isinstance(key, int) else torch.ops.aten.index.Tensor(rows, [key])


def written(rows: Tensor, values: Tensor) -> Tensor:
    return torch.add(values, 0, out=rows)


# What a torch without CUDA can't even try on a fake CUDA tensor, by way of what it can; nonzero alone would wait.
STAND_INS = {
    "__invert__": torch.bitwise_not,
    "__getitem__": brackets,
    "__setitem__": lambda rows, key, values: written(brackets(rows, key), values),
    "copy_": written,
    "nonzero": torch.ops.aten.nonzero.default,
}


class StandIns(TorchFunctionMode):
    """Lets the stand-ins in. Methods of torch.Tensor are never the same again once they were replaced and put back."""

    def __torch_function__(self, func, types, args=(), kwargs=None):
        stand_in = STAND_INS.get(getattr(func, "__name__", ""))
        if stand_in and isinstance(args[0], Tensor) and args[0].device.type == "cuda":
            return stand_in(*args)
        return func(*args, **(kwargs or {}))


@contextmanager
def device_without_values() -> Iterator[None]:
    with FakeTensorMode(), Watch(), StandIns(), torch.no_grad():
        yield


def batch(dtype: torch.dtype = torch.float32) -> tuple[Tensor, Tensor]:
    """What it holds doesn't matter: nobody may look."""
    return torch.zeros(30, 5, dtype=dtype, device="cuda"), torch.zeros(30, dtype=torch.int64, device="cuda")


# A device that holds no values


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("room", ROOM)
@pytest.mark.parametrize("per_class", [1, 2])
@pytest.mark.parametrize("many", [1, 99])
def test_padded_pairs_are_chosen_without_a_value(
    monkeypatch: pytest.MonkeyPatch, many: int, policy: str, room: int, per_class: int
) -> None:
    monkeypatch.setattr(sampling_pairs, "MANY", many)  # labels, from which the CPU looks how large they are
    with device_without_values():
        rows, labels = batch(torch.float16)
        for kind in (torch.int64, torch.int32, torch.uint8):
            chosen = select_pairs(
                labels.to(kind), policy=policy, embeddings=rows, pairs_per_class=per_class, max_pairs=room
            )
            for part in (chosen.anchors, chosen.positives, chosen.labels, chosen.valid, chosen.n_negatives):
                assert part.shape == (room,)
                assert part.device.type == "cuda"


def test_a_generator_on_the_cpu_serves_labels_on_a_device() -> None:
    chosen = select_pairs(torch.zeros(9, dtype=torch.int64, device="meta"), generator=seeded(), max_pairs=2)
    assert chosen.anchors.device.type == chosen.valid.device.type == "meta"


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("room", ROOM)
@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("settings", SETTINGS)
def test_the_padded_module_needs_no_value(settings: str, policy: str, room: int, kernel: str) -> None:
    loss = NPairLoss(policy=policy, max_pairs=room, kernel=kernel, **SETTINGS[settings])
    with device_without_values():
        for dtype in (torch.float32, torch.bfloat16):
            found = loss(*batch(dtype))
            assert found.device.type == "cuda"
            assert found.shape == ((room,) if loss.reduction == "none" else ())


def test_a_temperature_on_the_device_is_not_looked_at() -> None:
    with device_without_values():
        loss = NPairLoss(tao=torch.ones((), device="cuda"), max_pairs=7)
        assert loss(*batch()).device.type == "cuda"


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("symmetric", [False, True])
@pytest.mark.parametrize("settings", SETTINGS)
def test_a_queue_and_both_directions_need_no_value(settings: str, symmetric: bool, kernel: str) -> None:
    loss = NPairLoss(symmetric=symmetric, max_pairs=7, kernel=kernel, **SETTINGS[settings])
    with device_without_values():
        rows, labels = batch()
        for their_labels in (None, labels[:9], torch.zeros(9, dtype=torch.int64, device="cpu")):
            assert loss(rows, labels, negatives=rows[:9], negative_labels=their_labels).device.type == "cuda"


# What a loader made on the CPU, beside rows on a device
ON_CPU = {
    "labels of a batch": lambda rows, labels: NPairLoss(max_pairs=7)(rows, labels),
    "a selection": lambda rows, labels: NPairLoss()(rows, labels, select_pairs(labels, max_pairs=7)),
    "a selection, beside labels on the device": lambda rows, labels: NPairLoss()(
        rows, batch()[1], select_pairs(labels, max_pairs=7)
    ),
    "a selection, two a class": lambda rows, labels: NPairLoss()(
        rows, labels, select_pairs(labels, max_pairs=9, pairs_per_class=2)
    ),
    "labels of pairs": lambda rows, labels: npair_loss(rows, rows, labels=labels),
    "what is valid": lambda rows, labels: npair_loss(rows, rows, valid=labels > 2),
    "labels of negatives": lambda rows, labels: npair_loss(
        rows, rows, labels=labels, negatives=rows, negative_labels=labels
    ),
    "labels of negatives, for the forces": lambda rows, labels: (
        npair_gradients(rows, rows, labels=labels, negatives=rows[:4], negative_labels=labels[:4]).weights
    ),
    "labels, for the forces": lambda rows, labels: npair_gradients(rows, rows, labels=labels).weights,
}


@pytest.mark.parametrize("what", ON_CPU)
def test_what_lies_on_the_cpu_follows_the_rows_without_waiting(what: str) -> None:
    with device_without_values():
        assert ON_CPU[what](batch()[0], torch.zeros(30, dtype=torch.int64)).device.type == "cuda"


def test_a_temperature_on_a_device_follows_the_rows_to_the_cpu() -> None:
    with FakeTensorMode(), torch.no_grad():
        found = npair_loss(torch.zeros(4, 2), torch.zeros(4, 2), tao=torch.ones((), device="cuda"))
        assert found.device.type == "cpu"


@pytest.mark.parametrize("kernel", KERNELS)
def test_a_temperature_that_the_module_learns_is_not_looked_at(kernel: str) -> None:
    with device_without_values():
        loss = NPairLoss(learn_tao=True, max_pairs=7, kernel=kernel)
        loss.log_tao = torch.nn.Parameter(torch.zeros((), device="cuda"))
        assert loss(*batch()).device.type == loss.tao.device.type == "cuda"


@pytest.mark.parametrize("policy", POLICIES)
def test_the_exact_form_needs_a_value(policy: str) -> None:
    with device_without_values():
        rows, labels = batch()
        with pytest.raises(AskedError, match="nonzero"):
            select_pairs(labels, policy=policy, embeddings=rows)
        with pytest.raises(AskedError, match="nonzero"):
            NPairLoss(policy=policy)(rows, labels)


ASKING: dict[str, Callable[[Tensor], object]] = {
    "item": lambda rows: rows.sum().item(),
    "bool": lambda rows: bool((rows == 0).all()),
    "nonzero": lambda rows: rows.nonzero(),
    "mask": lambda rows: rows[rows == 0],
    "unique": torch.unique,
    "equal": lambda rows: torch.equal(rows, rows),
    "to the CPU": lambda rows: rows.cpu(),
    "list": lambda rows: rows.tolist(),
    "from the CPU": lambda rows: torch.ones(3, device="cpu").to(rows.device),
    "made on the CPU": lambda rows: torch.tensor([1, 2], device=rows.device),
}


@pytest.mark.parametrize("asking", ASKING)
def test_a_question_for_a_value_is_noticed(asking: str) -> None:
    with device_without_values(), pytest.raises(AskedError):
        ASKING[asking](batch()[0])


# Every operation watched, on the way back too


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("room", ROOM)
@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("settings", SETTINGS)
def test_neither_way_of_the_padded_module_asks_for_a_value(settings: str, policy: str, room: int, kernel: str) -> None:
    loss = NPairLoss(policy=policy, max_pairs=room, kernel=kernel, **SETTINGS[settings])
    rows = torch.cat(pairs(15, 5, dtype=torch.float32)).requires_grad_()
    with Watch():
        loss(rows, LABELS).sum().backward()
    assert rows.grad.abs().sum() > 0


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("settings", SETTINGS)
def test_neither_way_of_a_learned_temperature_asks_for_a_value(settings: str, kernel: str) -> None:
    loss = NPairLoss(learn_tao=True, max_pairs=40, kernel=kernel, **SETTINGS[settings])
    assert_asks_nothing(loss)


def test_neither_way_of_a_parameter_as_temperature_asks_for_a_value() -> None:
    assert_asks_nothing(NPairLoss(tao=torch.nn.Parameter(torch.tensor(0.5)), max_pairs=40))


def assert_asks_nothing(loss: NPairLoss) -> None:
    with Watch():
        loss(torch.cat(pairs(15, 5, dtype=torch.float32)), LABELS).sum().backward()
    (learned,) = loss.parameters()
    assert learned.grad.abs() > 0


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("symmetric", [False, True])
@pytest.mark.parametrize("settings", SETTINGS)
def test_neither_way_of_a_queue_or_of_both_directions_asks_for_a_value(
    settings: str, symmetric: bool, kernel: str
) -> None:
    loss = NPairLoss(symmetric=symmetric, max_pairs=9, kernel=kernel, **SETTINGS[settings])
    for theirs in (None, LABELS[:11]):
        rows, queue = torch.cat(pairs(15, 5, dtype=torch.float32)), pairs(11, 5, dtype=torch.float32)[0]
        with Watch():
            loss(rows.requires_grad_(), LABELS, negatives=queue, negative_labels=theirs).sum().backward()
        assert rows.grad.abs().sum() > 0


def test_the_watch_sees_the_exact_form_ask() -> None:
    with Watch(), pytest.raises(AskedError, match="nonzero"):
        NPairLoss()(torch.cat(pairs(15, 5)), LABELS)


# One graph: torch.compile meets no value that it would have to wait for


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("settings", ["as it comes", "two pairs a class"])  # a generator would break the graph
def test_the_compiled_padded_module_equals_the_plain_one_both_ways(
    monkeypatch: pytest.MonkeyPatch, settings: str, policy: str
) -> None:
    monkeypatch.setattr(sampling_pairs, "MANY", 1)
    torch.compiler.reset()
    loss = NPairLoss(policy=policy, max_pairs=9, **SETTINGS[settings])
    results = []
    for module in (loss, torch.compile(loss, fullgraph=True, backend="aot_eager")):
        rows = torch.cat(pairs(15, 5)).requires_grad_()
        torch.manual_seed(3)
        found = module(rows, LABELS)
        found.sum().backward()
        results.append((found.detach(), rows.grad))
    torch.testing.assert_close(results[1], results[0])
    assert results[0][1].abs().sum() > 0


@pytest.mark.parametrize("backend", ["eager", "aot_eager"])
@pytest.mark.parametrize("policy", POLICIES)
def test_the_padded_form_compiles_into_one_graph(policy: str, backend: str) -> None:
    def pick(labels: Tensor, rows: Tensor) -> PairSelection:
        return select_pairs(labels, policy=policy, embeddings=rows, max_pairs=3, pairs_per_class=2)

    torch.compiler.reset()
    rows = torch.randn(10, 4, generator=seeded()).requires_grad_()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        compiled = torch.compile(pick, fullgraph=True, backend=backend)(EXAMPLE, rows)
        torch.manual_seed(0)
        eager = pick(EXAMPLE, rows)
    assert pairs_of(compiled) == pairs_of(eager)
    assert compiled.n_negatives.tolist() == eager.n_negatives.tolist()


# A GPU


@contextmanager
def no_waiting() -> Iterator[None]:
    before = torch.cuda.get_sync_debug_mode()
    torch.cuda.set_sync_debug_mode("error")
    try:
        yield
    finally:
        torch.cuda.set_sync_debug_mode(before)


def on_gpu() -> tuple[Tensor, Tensor]:
    return torch.cat(pairs(15, 5, dtype=torch.float32)).cuda().requires_grad_(), LABELS.cuda()


@pytest.mark.cuda
@pytest.mark.skipif(not ON_GPU, reason="needs an NVIDIA GPU")
@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("settings", SETTINGS)
def test_a_gpu_is_never_waited_for(settings: str, policy: str) -> None:
    loss = NPairLoss(policy=policy, max_pairs=9, **SETTINGS[settings])
    rows, labels = on_gpu()
    with no_waiting():
        loss(rows, labels).sum().backward()
    assert rows.grad.abs().sum() > 0


@pytest.mark.cuda
@pytest.mark.skipif(not ON_GPU, reason="needs an NVIDIA GPU")
@pytest.mark.parametrize("settings", SETTINGS)
def test_a_gpu_is_not_waited_for_by_a_learned_temperature(settings: str) -> None:
    loss = NPairLoss(learn_tao=True, max_pairs=9, **SETTINGS[settings]).cuda()
    with no_waiting():
        loss(*on_gpu()).sum().backward()
    assert loss.log_tao.grad.abs() > 0


@pytest.mark.cuda
@pytest.mark.skipif(not ON_GPU, reason="needs an NVIDIA GPU")
@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("symmetric", [False, True])
@pytest.mark.parametrize("settings", SETTINGS)
def test_a_gpu_is_not_waited_for_by_a_queue_or_both_directions(settings: str, symmetric: bool, kernel: str) -> None:
    loss = NPairLoss(symmetric=symmetric, max_pairs=9, kernel=kernel, **SETTINGS[settings])
    rows, labels = on_gpu()
    with no_waiting():
        loss(rows, labels, negatives=rows[:5].detach(), negative_labels=labels[:5]).sum().backward()
    assert rows.grad.abs().sum() > 0


@pytest.mark.cuda
@pytest.mark.skipif(not ON_GPU, reason="needs an NVIDIA GPU")
def test_a_gpu_is_waited_for_by_the_exact_form() -> None:
    rows, labels = on_gpu()
    with no_waiting(), pytest.raises(RuntimeError, match="synchronizing"):
        NPairLoss()(rows, labels)


@pytest.mark.cuda
@pytest.mark.skipif(not ON_GPU, reason="needs an NVIDIA GPU")
@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("per_class", [1, 2])
def test_a_cuda_graph_holds_a_whole_step_and_replays_it_on_other_rows(policy: str, per_class: int) -> None:
    loss = NPairLoss(policy=policy, pairs_per_class=per_class, max_pairs=16)
    rows, labels = on_gpu()
    aside = torch.cuda.Stream()
    aside.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(aside):  # libraries set themselves up on their first use, which a graph can't hold
        for _ in range(3):
            loss(rows, labels).backward()
    torch.cuda.current_stream().wait_stream(aside)
    rows.grad, graph = None, torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        found = loss(rows, labels)
        found.backward()
    with torch.no_grad():
        rows.copy_(rows.flip(0))
        labels.copy_(labels.flip(0))
    graph.replay()
    if policy == "random":  # every replay draws anew
        assert torch.stack([replayed(graph, found) for _ in range(8)]).unique().numel() > 1
        return
    again = rows.detach().clone().requires_grad_()
    expected = loss(again, labels)
    expected.backward()
    torch.testing.assert_close(found, expected)
    torch.testing.assert_close(rows.grad, again.grad)


def replayed(graph: "torch.cuda.CUDAGraph", found: Tensor) -> Tensor:
    graph.replay()
    return found.detach().clone()
