"""Nothing waits for the device: between samples there is not even an operation, and a sample only sends copies off."""

import time
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch._subclasses import FakeTensorMode
from torch.utils._python_dispatch import TorchDispatchMode

from npair_viz import NPairLoss, watch
from npair_viz.explorers.watch.sampler import MOST_ON_THE_WAY
from npair_viz.losses.watching import Compared
from npair_viz.training import in_flight
from npair_viz.training.measures import shown, taken
from tests.losses.test_no_sync import AskedError, StandIns, devices, is_asking, is_waiting_copy

LABELS = torch.arange(8).repeat(2)


class Counting(TorchDispatchMode):
    """Count the operations."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.seen.append(str(func))
        return func(*args, **(kwargs or {}))


class Watch(TorchDispatchMode):
    """Raise where something waits; a copy to the CPU that nobody waits for may be sent off."""

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        out = func(*args, **kwargs)
        is_sent = devices(out) == {"cpu"} and (kwargs.get("non_blocking") or True in args[2:])
        if is_asking(func, args) or (is_waiting_copy(func, args, kwargs, out) and not is_sent):
            raise AskedError(str(func))
        return out


def rows() -> Tensor:
    return torch.randn(16, 4, generator=torch.Generator().manual_seed(2)).requires_grad_()


def operations(loss: NPairLoss) -> list[str]:
    torch.manual_seed(0)
    one = rows()
    with Counting() as counted:
        loss(one, LABELS).backward()
    return counted.seen


def test_between_samples_a_watched_step_has_the_operations_of_one_that_is_not() -> None:
    plain, watched = NPairLoss(learn_tao=True), NPairLoss(learn_tao=True)
    monitor = watch(watched, every=5, encoder=nn.Linear(4, 2), sample=(rows().detach(), LABELS))
    expected, seen = ([operations(loss) for _ in range(6)] for loss in (plain, watched))
    more = [len(other) > len(one) for one, other in zip(expected, seen, strict=True)]
    assert more == [True, False, False, False, False, True]
    assert seen[1:5] == expected[1:5]
    assert len(monitor.rows) == 2


PAIRS = {
    "as it comes": {},
    "padded": {"valid": True, "labels": True},
    "ovo": {"objective": "ovo", "reduction": "none"},
    "learned tao": {"tao": True},
}


def on_a_device_without_values(kind: str, dtype: torch.dtype) -> Compared:
    given = PAIRS[kind]
    cuda = {"device": "cuda"}
    return Compared(
        torch.zeros(20, 4, dtype=dtype, **cuda),
        torch.zeros(20, 4, dtype=dtype, **cuda),
        torch.ones((), **cuda) if "tao" in given else 0.3,
        torch.zeros(20 if given.get("reduction") == "none" else (), **cuda),
        raw=torch.zeros(40, 4, dtype=dtype, **cuda),
        classes=torch.zeros(20, dtype=torch.int64, **cuda),
        labels=torch.zeros(20, dtype=torch.int64, **cuda) if "labels" in given else None,
        valid=torch.zeros(20, dtype=torch.bool, **cuda) if "valid" in given else None,
        objective=given.get("objective", "mc"),
        reduction=given.get("reduction", "mean"),
    )


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("kind", PAIRS)
def test_a_sample_is_taken_and_sent_off_without_a_value(
    kind: str, dtype: torch.dtype, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(in_flight, "_event", lambda device: None)
    with FakeTensorMode(), Watch(), StandIns():
        compared = on_a_device_without_values(kind, dtype)
        parts = taken(compared) | shown(compared)
        assert {part.device.type for part in parts.values()} == {"cuda"}
        sent = in_flight.InFlight(parts)
        assert {part.device.type for part in sent.tensors.values()} == {"cpu"}


def test_the_watch_sees_a_copy_that_is_waited_for() -> None:
    with FakeTensorMode(), Watch(), pytest.raises(AskedError):
        torch.zeros(3, device="cuda").cpu()


class Slow:
    """A device that is done when it is told so."""

    def __init__(self) -> None:
        self.is_done = False
        self.waited = 0

    def query(self) -> bool:
        return self.is_done

    def synchronize(self) -> None:
        self.waited += 1


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> list[Slow]:
    """The events of all samples of a slow device, behind which the CPU stands here."""
    events: list[Slow] = []
    start = in_flight.InFlight.__init__

    def sent(self: in_flight.InFlight, tensors: dict[str, Tensor]) -> None:
        start(self, tensors)
        self._events = [Slow()]
        events.extend(self._events)

    monkeypatch.setattr(in_flight.InFlight, "__init__", sent)
    return events


def test_metrics_are_the_last_that_have_arrived_and_nobody_waits(slow: list[Slow]) -> None:
    monitor = watch(loss := NPairLoss(), every=1)
    taos = [0.1, 0.2, 0.3]
    for tao in taos:
        loss.tao = tao
        loss(rows(), LABELS).backward()
    assert monitor.metrics() == {}
    slow[0].is_done = slow[1].is_done = True
    assert monitor.metrics()["tao"] == 0.2
    assert not any(event.waited for event in slow[2:])


def test_rows_that_are_asked_for_are_waited_for(slow: list[Slow]) -> None:
    monitor = watch(loss := NPairLoss(), every=1)
    for _ in range(3):
        loss(rows(), LABELS).backward()
    assert len(monitor.rows) == 3
    assert [event.waited for event in slow] == [1, 1, 1]


def test_of_a_device_that_never_answers_few_samples_are_held(slow: list[Slow]) -> None:
    monitor = watch(loss := NPairLoss(), every=1)
    for _ in range(3 * MOST_ON_THE_WAY):
        loss(rows(), LABELS).backward()
    assert len(slow) == MOST_ON_THE_WAY
    assert len(monitor.rows) == MOST_ON_THE_WAY


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs an NVIDIA GPU")
def test_a_gpu_is_never_waited_for_by_a_watched_loop() -> None:
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(16, 32), nn.Dropout(0.1), nn.Linear(32, 8)).cuda()
    loss = NPairLoss(learn_tao=True, max_pairs=8).cuda()
    inputs, labels = torch.randn(16, 16, device="cuda"), LABELS.cuda()
    monitor = watch(loss, every=2, encoder=net, sample=(inputs, LABELS))
    loss(net(inputs), labels).backward()  # libraries set themselves up on their first use
    torch.cuda.synchronize()
    before = torch.cuda.get_sync_debug_mode()
    torch.cuda.set_sync_debug_mode("error")
    try:
        for _ in range(30):
            loss(net(inputs), labels).backward()
        found = monitor.metrics()
    finally:
        torch.cuda.set_sync_debug_mode(before)
    assert monitor.error is None
    assert found["pairs"] == 8
    assert len(monitor.rows) > 3
    assert all(0 <= row["recall"] <= 1 for row in monitor.rows)


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs an NVIDIA GPU")
def test_on_a_gpu_a_run_is_bit_equal_with_and_without_it() -> None:
    def played(is_watched: bool) -> list[Tensor]:
        torch.manual_seed(0)
        net = nn.Sequential(nn.Linear(16, 32), nn.Dropout(0.1), nn.Linear(32, 8)).cuda()
        loss = NPairLoss(tao=0.3)
        if is_watched:
            watch(loss, every=3, encoder=net, sample=(torch.ones(16, 16), LABELS))
        optimizer = torch.optim.Adam(net.parameters())
        for _ in range(50):
            optimizer.zero_grad()
            loss(net(torch.randn(64, 16, device="cuda")), torch.arange(32, device="cuda").repeat(2)).backward()
            optimizer.step()
        return [*net.parameters(), torch.get_rng_state(), torch.cuda.get_rng_state()]

    assert all(torch.equal(one, other) for one, other in zip(played(True), played(False), strict=True))


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs an NVIDIA GPU")
def test_within_a_cuda_graph_it_steps_aside() -> None:
    loss = NPairLoss(policy="first", max_pairs=8)
    inputs, labels = rows().detach().cuda(), LABELS.cuda()
    loss(inputs, labels)
    monitor = watch(loss, every=1)
    torch.cuda.synchronize()
    with pytest.warns(UserWarning, match="steps aside"), torch.cuda.graph(torch.cuda.CUDAGraph()):
        loss(inputs, labels)
    assert monitor.rows == []


@pytest.mark.slow  # 20 s: a quick one would be lost in what else the machine does
def test_every_fiftieth_step_costs_at_most_a_percent() -> None:
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(256, 512), nn.ReLU(), nn.Linear(512, 128))
    inputs, labels = torch.randn(2048, 256), torch.arange(1024).repeat(2)
    loss = NPairLoss(l2_reg=0.0, tao=0.1)
    optimizer = torch.optim.Adam(net.parameters())

    def seconds() -> float:
        start = time.thread_time()
        optimizer.zero_grad()
        loss(net(inputs), labels).backward()
        optimizer.step()
        return time.thread_time() - start

    plain, sampled = [], []
    for _ in range(60):
        plain.append(seconds())
        monitor = watch(loss, every=1, encoder=net, sample=(inputs[:256], labels[:256] % 32))
        sampled.append(seconds())
        monitor.close()
    step, sample = (sorted(times)[len(times) // 2] for times in (plain, sampled))
    assert (sample - step) / 50 < 0.01 * step
