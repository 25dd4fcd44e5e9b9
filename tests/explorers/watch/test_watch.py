"""What a loop keeps when it is watched, and what watching leaves alone: everything of the run."""

import math
import subprocess
import sys
import weakref
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint, set_checkpoint_early_stop

from npair_viz import Monitor, NPairLoss, npair_loss, watch
from npair_viz.explorers.watch import sampler
from tests.support.watched_loss import LABELS, rows, run

# --- a run is the same with and without it


def state_after(settings: dict, seen: Callable[[NPairLoss, nn.Module], object], steps: int = 40) -> list[Tensor]:
    """Losses, weights, gradients and random state of a run by random pairs and dropout."""
    torch.manual_seed(4)
    net = nn.Sequential(nn.Linear(5, 16), nn.BatchNorm1d(16), nn.Dropout(0.3), nn.ReLU(), nn.Linear(16, 8))
    loss = NPairLoss(l2_reg=0.1, tao=0.3, **settings)
    kept = seen(loss, net)
    optimizer = torch.optim.Adam([*net.parameters(), *loss.parameters()], lr=1e-2)
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        found = loss(net(torch.randn(24, 5)), LABELS)
        found.sum().backward()
        optimizer.step()
        losses.append(found.detach())
    ends = [*net.state_dict().values(), *(weights.grad for weights in net.parameters()), torch.get_rng_state()]
    assert not isinstance(kept, Monitor) or (kept.error is None and len(kept.rows) > 3)
    return [*losses, *ends, *(weights.detach() for weights in loss.parameters())]


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"normalize": False},
        {"policy": "hardest", "objective": "ovo"},
        {"max_pairs": 9, "learn_tao": True},
        {"pairs_per_class": 2, "reduction": "none", "learn_tao": True},
        {"kernel": "streaming", "generator": torch.Generator()},
    ],
)
@pytest.mark.parametrize("with_sample", [False, True])
def test_losses_weights_and_random_state_are_bit_equal_with_and_without_it(settings: dict, with_sample: bool) -> None:
    def seen(loss: NPairLoss, net: nn.Module) -> Monitor:
        sample = {"encoder": net, "sample": (torch.ones(24, 5), LABELS)} if with_sample else {}
        return watch(loss, every=3, **sample)

    def played(seen: Callable[[NPairLoss, nn.Module], object]) -> list[Tensor]:
        if "generator" in settings:
            settings["generator"].manual_seed(6)
        return state_after(settings, seen)

    with_it, without = played(seen), played(lambda loss, net: None)
    assert all(torch.equal(one, other) for one, other in zip(with_it, without, strict=True))


def test_a_loss_that_is_not_watched_looks_one_attribute_up() -> None:
    looked: list[str] = []

    class Noting(NPairLoss):
        def __getattribute__(self, name: str) -> object:
            looked.append(name)
            return super().__getattribute__(name)

    loss = Noting()
    looked.clear()
    run(loss)
    assert looked.count("_watcher") == 1


# --- steps


def test_step_0_and_every_so_many_are_sampled() -> None:
    monitor = watch(loss := NPairLoss(), every=4)
    run(loss, 10)
    assert [row["step"] for row in monitor.rows] == [0, 4, 8]
    assert monitor.step == 10


def test_the_numbers_are_of_the_pairs_that_the_loss_drew() -> None:
    monitor = watch(loss := NPairLoss(l2_reg=0.0, tao=0.4), every=1)
    found = loss(rows(), LABELS)
    (row,) = monitor.rows
    assert row["loss"] == found.item()
    assert row["pair_loss"] == pytest.approx(found.item())
    assert row["length"] != 1


def test_calls_without_gradients_are_not_counted() -> None:
    monitor = watch(loss := NPairLoss(), every=1)
    for mode in (torch.no_grad, torch.inference_mode):
        with mode():
            loss(rows(), LABELS)
    assert (monitor.step, monitor.rows) == (0, [])


def test_a_run_that_goes_on_starts_at_its_step() -> None:
    monitor = watch(loss := NPairLoss(), every=10)
    monitor.step = 118
    run(loss, 5)
    assert [row["step"] for row in monitor.rows] == [120]


@pytest.mark.parametrize(("step", "error"), [(2.5, TypeError), ("5", TypeError), (-1, ValueError), (True, TypeError)])
def test_a_step_that_is_no_count_is_refused_where_it_is_set(step: object, error: type[Exception]) -> None:
    monitor = watch(loss := NPairLoss(), every=10)
    with pytest.raises(error, match="step must be"):
        monitor.step = step
    run(loss, 2)
    assert [row["step"] for row in monitor.rows] == [0]


@pytest.mark.parametrize("stops_early", [False, True])
@pytest.mark.parametrize("use_reentrant", [False, True])
def test_activation_checkpointing_counts_each_step_once(use_reentrant: bool, stops_early: bool) -> None:
    monitor = watch(loss := NPairLoss(policy="first"), every=1)
    for seed in range(3):
        with set_checkpoint_early_stop(stops_early):
            found = checkpoint(loss, rows(seed), LABELS, use_reentrant=use_reentrant)
        found.backward()
    assert monitor.step == len(monitor.rows) == 3


def test_two_forward_calls_before_a_backward_pass_are_two_steps() -> None:
    monitor = watch(loss := NPairLoss(policy="first"), every=1)
    for seed in range(3):
        first, second = (checkpoint(loss, rows(seed + k), LABELS, use_reentrant=False) for k in (0, 9))
        (first + second).backward()
    assert monitor.step == 6


# --- beside other losses


def test_a_monitor_without_a_loss_is_told_what_was_compared() -> None:
    monitor = watch(every=2, name="text")
    for seed in range(3):
        anchors, positives = rows(seed).chunk(2)
        monitor(anchors, positives, tao=0.7)
    found = monitor.metrics()
    assert found["text/loss"] == pytest.approx(npair_loss(*rows(2).chunk(2), tao=0.7).item())
    assert len(monitor.rows) == 2


def test_what_another_loss_said_is_kept_beside() -> None:
    monitor = watch(every=1)
    anchors, positives = rows().chunk(2)
    for said in (2.5, torch.tensor(2.5, requires_grad=True)):
        monitor(anchors, positives, tao=0.7, loss=said)
    assert [row["loss"] for row in monitor.rows] == [2.5, 2.5]
    assert monitor.rows[0]["pair_loss"] != 2.5


def test_labels_silence_equal_ones_and_make_class_means(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampler, "PAUSE", 0.0)
    monitor = watch(every=1)
    anchors, positives = rows().chunk(2)
    for _ in range(3):
        monitor(anchors, positives, tao=0.7, labels=torch.arange(12) % 5)
    assert monitor.rows[0]["negatives"] < 11
    assert [len(picture.places) for picture in monitor.recording.pictures] == [24, 5, 5]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"tao": 0.0}, "tao must be positive"),
        ({"tao": 1.0, "objective": "nce"}, "objective must be one of"),
        ({"tao": 1.0, "labels": torch.zeros(3, dtype=torch.int64)}, "labels must have one entry a row"),
        ({"tao": 1.0, "negative_labels": torch.arange(3)}, "negative_labels must come with negatives"),
        ({"tao": 1.0, "negatives": torch.ones(3, 5), "negative_labels": torch.arange(3)}, "must come with labels"),
        ({"tao": 1.0, "negatives": torch.ones(3, 4)}, "negatives must have the 5 numbers a row of anchors"),
    ],
)
def test_a_wrong_call_is_refused_in_words(wrong: dict, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        watch()(*rows().chunk(2), **wrong)


# --- a learned tao


@pytest.mark.parametrize("how", ["learn_tao", "parameter", "log_tao"])
def test_the_gradient_of_a_learned_tao_is_kept_however_it_is_learned(how: str) -> None:
    log_tao = torch.tensor(-1.0, requires_grad=True)
    tao: float | Tensor = {"learn_tao": 0.4, "parameter": nn.Parameter(torch.tensor(0.4))}.get(how, 0.4)
    monitor = watch(loss := NPairLoss(tao=tao, policy="first", learn_tao=how == "learn_tao"), every=1)
    for _ in range(3):
        if how == "log_tao":
            loss.tao = log_tao.exp()
        run(loss)
        assert "tao_gradient" not in monitor.rows[0]
    gradient = [row["tao_gradient"] for row in monitor.rows[1:]]
    tao = torch.tensor(monitor.rows[0]["tao"], requires_grad=True)
    NPairLoss(tao=tao.view_as(tao), policy="first")(rows(), LABELS).backward()
    assert gradient == pytest.approx([tao.grad.item()] * 2, rel=1e-5)


def test_no_hook_stays_on_a_parameter_that_was_looked_at() -> None:
    tao = nn.Parameter(torch.tensor(0.4))
    monitor = watch(every=1)
    for _ in range(5):
        monitor(*rows().chunk(2), tao=tao)
    assert len(tao._backward_hooks) == 1
    monitor.close()
    assert len(tao._backward_hooks) == 0


# --- torch alone


def test_numbers_and_files_need_torch_alone_and_the_rest_says_what_to_install(tmp_path: Path) -> None:
    code = f"""
import sys
for package in ("anywidget", "ipywidgets", "plotly", "sklearn", "pandas", "numpy"):
    sys.modules[package] = None
import torch
from npair_viz import Monitor, NPairLoss, watch
loss = NPairLoss()
net = torch.nn.Linear(3, 3)
monitor = watch(loss, every=1, encoder=net, sample=(torch.randn(8, 3), torch.arange(8) % 2))
for _ in range(3):
    loss(net(torch.randn(8, 3)), torch.arange(8) % 4).backward()
monitor.save({str(tmp_path / "run.json")!r})
print(len(Monitor.load({str(tmp_path / "run.json")!r}).rows), monitor.error)
try:
    monitor.history
except ModuleNotFoundError as error:
    print(error)
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.startswith("3 None\nhistory needs pandas, which the library alone does not install")


def test_a_loss_that_nobody_watches_loads_nothing_of_the_monitor() -> None:
    code = "import sys\nfrom npair_viz import NPairLoss\nprint([one for one in sys.modules if 'explorers' in one])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_no_step_takes_part_in_a_graph_of_another_one() -> None:
    monitor = watch(loss := NPairLoss(), every=1)
    found = loss(rows(), LABELS)
    gone = weakref.ref(found)
    del found
    assert gone() is None
    assert math.isfinite(monitor.metrics()["loss"])
