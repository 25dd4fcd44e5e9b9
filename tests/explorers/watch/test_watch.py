"""What a loop keeps when it is watched, and what watching leaves alone: everything of the run."""

import copy
import math
import pickle
import subprocess
import sys
import warnings
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel
from torch.utils.checkpoint import checkpoint, set_checkpoint_early_stop

from npair_viz import Monitor, NPairLoss, NPairWarning, npair_loss, watch
from npair_viz.explorers.watch import monitor as module
from npair_viz.explorers.watch import sampler
from npair_viz.losses.watching import Compared
from npair_viz.training.recording import Recording

LABELS = torch.arange(6).repeat(4)


def rows(seed: int = 0, n: int = 24) -> Tensor:
    return torch.randn(n, 5, generator=torch.Generator().manual_seed(seed)).requires_grad_()


def run(loss: nn.Module, steps: int = 1) -> None:
    for seed in range(steps):
        loss(rows(seed), LABELS).backward()


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


# --- who is watched


def of_deepcopy(loss: NPairLoss) -> NPairLoss:
    return copy.deepcopy(loss)


def of_average(loss: NPairLoss) -> NPairLoss:
    return AveragedModel(loss).module


def of_pickle(loss: NPairLoss) -> NPairLoss:
    return pickle.loads(pickle.dumps(loss))


def of_replica(loss: NPairLoss) -> NPairLoss:
    return loss._replicate_for_data_parallel()


@pytest.mark.parametrize("copied", [copy.copy, of_deepcopy, of_average, of_pickle, of_replica])
def test_a_copy_of_a_watched_loss_is_not_watched(copied: Callable[[NPairLoss], NPairLoss]) -> None:
    monitor = watch(loss := NPairLoss(), every=1)
    run(other := copied(loss))
    assert monitor.step == 0
    assert copied is of_replica or other._watcher is None
    run(loss)
    assert monitor.step == 1


def test_a_state_and_a_print_know_nothing_of_the_monitor() -> None:
    plain, watched = NPairLoss(learn_tao=True), NPairLoss(learn_tao=True)
    watch(watched)
    assert plain.state_dict() == watched.state_dict()
    assert repr(plain) == repr(watched)
    assert plain.__getstate__().keys() == watched.__getstate__().keys()


def test_a_second_monitor_of_a_loss_closes_the_first() -> None:
    loss = NPairLoss()
    first, second = (watch(loss, every=1) for _ in range(2))
    run(loss)
    assert (first.step, second.step) == (0, 1)
    assert first._sampler is None


def test_several_losses_have_one_monitor_each() -> None:
    losses = {name: NPairLoss(tao=tao) for name, tao in (("near", 0.1), ("far", 0.9))}
    monitors = {name: watch(loss, every=1, name=name) for name, loss in losses.items()}
    for loss in losses.values():
        run(loss)
    found = {key: value for monitor in monitors.values() for key, value in monitor.metrics().items()}
    assert (found["near/tao"], found["far/tao"]) == (0.1, 0.9)


def test_a_closed_monitor_keeps_what_it_has_and_lets_go_of_all_else() -> None:
    net, loss = nn.Linear(5, 3), NPairLoss()
    held = weakref.ref(net)
    monitor = watch(loss, every=1, encoder=net, sample=(rows().detach(), LABELS))
    run(loss)
    monitor.close()
    run(loss)
    del net
    assert held() is None
    assert monitor.step == len(monitor.rows) == 1
    assert "_watcher" not in loss.__getstate__()


def test_a_monitor_lives_as_long_as_its_loss_and_does_not_hold_it() -> None:
    loss = NPairLoss()
    watch(loss, every=1)
    gone = weakref.ref(loss)
    del loss
    assert gone() is None


def test_a_model_that_holds_its_monitor_can_be_copied_and_pickled() -> None:
    model = nn.Module()
    model.loss = NPairLoss()
    model.monitor = watch(model.loss, every=1, name="it")
    run(model.loss, 3)
    for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        run(other.loss)
        assert other.monitor.rows == model.monitor.rows
        assert (other.monitor.step, other.monitor.name) == (3, "it")
    run(model.loss)
    assert model.monitor.step == 4


# --- what it gives


def test_metrics_are_floats_with_the_name_before_them() -> None:
    monitor = watch(loss := NPairLoss(), every=1, name="a")
    assert monitor.metrics() == {}
    run(loss)
    assert all(type(value) is float and key.startswith("a/") for key, value in monitor.metrics().items())
    assert "a/step" not in monitor.metrics()


def test_every_key_of_a_row_stands_in_the_docstring() -> None:
    net = nn.Linear(5, 3)
    monitor = watch(loss := NPairLoss(learn_tao=True), every=1, encoder=net, sample=(rows().detach(), LABELS))
    run(loss, 2)
    told = Monitor.__doc__.partition("by these keys")[2].partition("At most")[0]
    keys = {key for line in told.splitlines() if ": " in line for key in line.partition(": ")[0].strip().split(", ")}
    assert set(monitor.rows[-1]) == keys


def test_the_history_is_a_data_frame() -> None:
    monitor = watch(loss := NPairLoss(), every=2)
    run(loss, 5)
    assert monitor.history["step"].tolist() == [0, 2, 4]


def test_what_is_saved_comes_back_and_watches_nothing(tmp_path: Path) -> None:
    monitor = watch(loss := NPairLoss(), every=1, name="it")
    run(loss, 3)
    loss(rows() * torch.nan, LABELS)
    monitor.save(tmp_path / "run.json")
    back = Monitor.load(tmp_path / "run.json")
    assert back.recording.to_json() == monitor.recording.to_json()
    assert [alert.name for alert in back.alerts] == ["nan"]
    assert (back.name, back.step) == ("it", 4)
    assert back.metrics()["it/pairs"] == 6
    run(loss)
    assert len(back.rows) == 4


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"\x80\x04}q\x00.", b'{"version": 1}'])
def test_a_file_that_is_no_recording_is_refused_in_words(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "run.json").write_bytes(content)
    with pytest.raises(ValueError, match=r"run\.json must hold what monitor\.save wrote"):
        Monitor.load(tmp_path / "run.json")


def test_a_monitor_prints_what_it_has() -> None:
    monitor = watch(loss := NPairLoss(), every=1, name="it")
    run(loss)
    assert repr(monitor).startswith("<Monitor it: 1 steps, 1 samples, loss ")
    assert repr(monitor).endswith("alerts: none>")


# --- pictures


def pictures(monitor: Monitor) -> list[tuple[int, bool]]:
    return [(len(one.places), one.same_rows) for one in monitor.recording.pictures]


def test_the_rows_of_a_sample_move(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampler, "PAUSE", 0.0)
    net = nn.Linear(5, 2, bias=False)
    monitor = watch(loss := NPairLoss(normalize=False), every=1, encoder=net, sample=(rows().detach(), LABELS))
    for _ in range(2):
        run(loss)
        with torch.no_grad():
            net.weight += 1
    assert pictures(monitor) == [(24, True)] * 2
    first, second = (picture.places for picture in monitor.recording.pictures)
    torch.testing.assert_close(second - first, rows().detach().sum(dim=1, keepdim=True).expand(-1, 2))
    assert torch.equal(monitor.recording.pictures[0].classes, LABELS)


def test_the_rows_of_a_sample_lie_on_the_sphere_where_the_loss_puts_rows_there() -> None:
    sample = rows(n=24).detach()[:, :2]
    monitor = watch(loss := NPairLoss(), every=1, encoder=nn.Identity(), sample=(sample, LABELS))
    run(loss)
    torch.testing.assert_close(monitor.recording.pictures[0].places, nn.functional.normalize(sample, dim=1))


def test_pairs_of_a_sample_have_two_sides() -> None:
    monitor = watch(loss := NPairLoss(), every=1, encoder=nn.Identity(), sample=(rows(1).detach(), rows(2).detach()))
    run(loss)
    (picture,) = monitor.recording.pictures
    assert picture.classes.tolist() == [*range(24)] * 2
    assert picture.sides.tolist() == [0] * 24 + [1] * 24
    assert monitor.rows[0]["sample_rows"] == 24


def test_classes_that_come_again_are_shown_by_their_means(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampler, "PAUSE", 0.0)
    monitor = watch(loss := NPairLoss(), every=1)
    run(loss, 3)
    assert pictures(monitor) == [(12, False), (6, True), (6, True)]


def test_classes_that_never_come_again_are_shown_as_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampler, "PAUSE", 0.0)
    monitor = watch(loss := NPairLoss(), every=1)
    for step in range(3):
        loss(rows(step), LABELS + 10 * step).backward()
    assert pictures(monitor) == [(12, False)] * 3


def test_a_picture_is_renewed_at_most_twice_a_second_and_numbers_at_each_sample(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = iter(range(1000))
    monkeypatch.setattr(sampler.time, "monotonic", lambda: 0.2 * next(clock))
    monitor = watch(loss := NPairLoss(), every=1)
    run(loss, 10)
    assert len(monitor.rows) == 10
    assert [picture.step for picture in monitor.recording.pictures] == [0, 3, 6, 9]


def test_rows_that_are_not_finite_make_no_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampler, "PAUSE", 0.0)
    monitor = watch(loss := NPairLoss(), every=1)
    loss(rows() * torch.nan, LABELS)
    assert monitor.recording.pictures == []
    assert monitor.error is None


def test_the_memory_of_a_long_run_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampler, "PAUSE", 0.0)
    monkeypatch.setattr("npair_viz.training.recording.MOST_ROWS", 50)
    monkeypatch.setattr("npair_viz.training.recording.MOST_PICTURES", 20)
    monitor = watch(loss := NPairLoss(), every=1)
    run(loss, 120)
    assert len(monitor.rows) == 50
    assert len(monitor.recording.pictures) == 20
    assert monitor.rows[-1]["step"] == monitor.recording.pictures[-1].step == 119


class View:
    """A picture that counts how often it is told."""

    def __init__(self, recording: object, finish: Callable[[], object]) -> None:
        self.recording, self.finish, self.told = recording, finish, 0

    def tell(self) -> None:
        self.told += 1

    tell_now = tell

    def _repr_mimebundle_(self) -> dict[str, str]:
        return {"widget": "shown"}


@pytest.fixture
def living(monkeypatch: pytest.MonkeyPatch) -> None:
    class Living:
        LivingRecording = View

        @staticmethod
        def page(recording: Recording) -> str:
            return f"a page{[one.step for one in recording.pictures]}"

    monkeypatch.setattr(module, "_living", lambda what: Living)


def test_the_picture_is_told_of_news_at_most_twice_a_second(living: None, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(1000))
    monkeypatch.setattr(sampler.time, "monotonic", lambda: 0.2 * next(clock))
    monitor = watch(loss := NPairLoss(), every=1)
    assert monitor._repr_mimebundle_() == {"widget": "shown", "text/plain": repr(monitor)}
    run(loss, 10)
    assert 2 <= monitor._view.told <= 8
    assert monitor._view.recording is monitor.recording


def test_the_picture_of_a_closed_monitor_is_told_of_the_last_step(
    living: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sampler.time, "monotonic", lambda: 0.0)  # no time passes
    monitor = watch(loss := NPairLoss(), every=1)
    monitor._repr_mimebundle_()
    run(loss, 3)
    told = monitor._view.told
    monitor.close()
    assert monitor._view.told == told + 1


def test_the_page_is_of_what_was_kept(living: None) -> None:
    assert watch().to_html() == "a page[]"


@pytest.fixture
def fast(living: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Monitor, NPairLoss]]:
    """A monitor of a loop so fast that its first step alone was pictured."""
    monkeypatch.setattr(sampler.time, "monotonic", lambda: 0.0)  # no time passes
    net = nn.Linear(5, 2)
    monitor = watch(loss := NPairLoss(), every=1, encoder=net, sample=(rows().detach(), LABELS))
    run(loss, 3)
    assert steps_of_pictures(monitor) == [0]
    yield monitor, loss
    assert monitor.error is None


def steps_of_pictures(monitor: Monitor) -> list[int]:
    return [picture.step for picture in monitor.recording.pictures]


FINISHED_BY = {
    "save": lambda monitor, folder: monitor.save(folder / "run.json"),
    "to_html": lambda monitor, folder: monitor.to_html(),
    "close": lambda monitor, folder: monitor.close(),
    "a cell that shows it": lambda monitor, folder: monitor._repr_mimebundle_(),
}


@pytest.mark.parametrize("how", FINISHED_BY)
def test_whoever_asks_for_the_picture_gets_the_last_sample(
    how: str, fast: tuple[Monitor, NPairLoss], tmp_path: Path
) -> None:
    FINISHED_BY[how](fast[0], tmp_path)
    assert steps_of_pictures(fast[0]) == [0, 2]
    FINISHED_BY[how](fast[0], tmp_path)
    assert steps_of_pictures(fast[0]) == [0, 2]


def test_the_file_and_the_page_have_the_picture_of_the_last_sample(
    fast: tuple[Monitor, NPairLoss], tmp_path: Path
) -> None:
    assert fast[0].to_html() == "a page[0, 2]"
    run(fast[1])
    fast[0].save(tmp_path / "run.json")
    assert steps_of_pictures(Monitor.load(tmp_path / "run.json")) == [0, 2, 3]


def test_the_end_of_a_cell_asks_for_the_picture_of_the_last_sample(fast: tuple[Monitor, NPairLoss]) -> None:
    monitor, loss = fast
    monitor._repr_mimebundle_()
    run(loss, 2)
    assert steps_of_pictures(monitor) == [0, 2]
    monitor._view.finish()
    assert steps_of_pictures(monitor) == [0, 2, 4]


def test_the_living_picture_does_not_hold_its_monitor(fast: tuple[Monitor, NPairLoss]) -> None:
    own = watch(every=1)
    own._repr_mimebundle_()
    view, gone = own._view, weakref.ref(own)
    del own
    assert gone() is None
    view.finish()


def test_of_batches_too_the_last_one_becomes_a_picture(living: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampler.time, "monotonic", lambda: 0.0)
    monitor = watch(loss := NPairLoss(), every=1)
    run(loss, 3)
    loss(rows() * torch.nan, LABELS)
    monitor.close()
    assert steps_of_pictures(monitor) == [0, 2]  # the last one whose rows are numbers


def test_a_cell_that_shows_the_picture_again_tells_it_of_the_last_step(fast: tuple[Monitor, NPairLoss]) -> None:
    monitor, loss = fast
    monitor._repr_mimebundle_()
    run(loss)
    told = monitor._view.told
    monitor._repr_mimebundle_()
    assert monitor._view.told == told + 1


# --- what can fail


def test_a_failure_inside_is_one_warning_and_the_run_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monitor = watch(loss := NPairLoss(), every=1)
    run(loss)
    monkeypatch.setattr(sampler, "taken", lambda compared: 1 / 0)
    with pytest.warns(NPairWarning, match="monitor failed and stopped watching, the run goes on: ZeroDivision") as told:
        run(loss, 4)
    assert len(told) == 1
    assert isinstance(monitor.error, ZeroDivisionError)
    assert len(monitor.rows) == 1
    assert "failed: ZeroDivisionError" in repr(monitor)


def test_an_encoder_that_fails_does_not_end_the_run() -> None:
    net = nn.Linear(7, 2)
    monitor = watch(loss := NPairLoss(), every=1, encoder=net, sample=(rows().detach(), LABELS))
    with pytest.warns(NPairWarning, match="RuntimeError"):
        run(loss, 3)
    assert isinstance(monitor.error, RuntimeError)


class FailsLater(nn.Linear):
    """An encoder that takes the sample twice."""

    calls = 0

    def forward(self, inputs: Tensor) -> Tensor:
        self.calls += 1
        if self.calls > 2:
            raise RuntimeError("no more")
        return super().forward(inputs)


def test_of_an_encoder_that_fails_the_sample_alone_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampler, "PAUSE", 0.0)
    net = FailsLater(5, 3)
    monitor = watch(loss := NPairLoss(), every=1, encoder=net, sample=(rows().detach(), LABELS))
    said = "encoder failed on the sample, .* the loss's numbers go on: RuntimeError: no more; give inputs as your loop"
    with pytest.warns(NPairWarning, match=said) as told:
        run(loss, 4)
    assert len(told) == 1
    assert ["recall" in row for row in monitor.rows] == [True, True, False, False]
    assert all(math.isfinite(row["loss"]) for row in monitor.rows)
    assert pictures(monitor) == [(24, True), (24, True), (12, False), (6, True)]
    assert net.calls == 3


def test_a_monitor_whose_encoder_failed_still_closes_with_the_last_step(living: None) -> None:
    net = FailsLater(5, 3)
    monitor = watch(loss := NPairLoss(), every=1, encoder=net, sample=(rows().detach(), LABELS))
    monitor._repr_mimebundle_()
    with pytest.warns(NPairWarning, match="no more"):
        run(loss, 4)
    told = monitor._view.told
    monitor.close()
    assert monitor._view.told == told + 1
    assert steps_of_pictures(monitor)[-1] == 3
    assert "failed: RuntimeError" in repr(monitor)


def test_an_interrupt_goes_through_and_the_next_step_is_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(compared: Compared) -> dict[str, Tensor]:
        raise KeyboardInterrupt

    monitor = watch(loss := NPairLoss(), every=1)
    with monkeypatch.context() as patch:
        patch.setattr(sampler, "taken", interrupted)
        with pytest.raises(KeyboardInterrupt):
            run(loss)
    run(loss, 2)
    assert monitor.error is None
    assert [row["step"] for row in monitor.rows] == [1, 2]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"loss": nn.Identity()}, "loss must be an NPairLoss, got Identity: for another loss of pairs use"),
        ({"every": 2.5}, "every must be a whole number"),
        ({"encoder": nn.Identity()}, "encoder and sample must come together, got encoder without sample"),
        ({"sample": (rows(), LABELS)}, "encoder and sample must come together, got sample without encoder"),
    ],
)
def test_what_can_not_be_watched_is_refused_in_words(given: dict, told: str) -> None:
    with pytest.raises(TypeError, match=told):
        watch(**given)


# --- compiled, and transformed


@pytest.fixture
def quietly() -> Iterator[None]:
    torch.compiler.reset()
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
        yield


def test_within_a_compiled_graph_it_steps_aside_with_one_warning(quietly: None) -> None:
    from torch._dynamo.testing import CompileCounterWithBackend

    loss = NPairLoss(policy="first", max_pairs=6)
    monitor = watch(loss, every=1)
    counter = CompileCounterWithBackend("aot_eager")
    quick = torch.compile(loss, fullgraph=True, backend=counter)
    with pytest.warns(NPairWarning, match="steps aside") as told:
        found = [quick(rows(seed), LABELS) for seed in range(3)]
    assert (len(told), counter.frame_count, monitor.step) == (1, 1, 0)
    monitor.close()
    torch.testing.assert_close(found, [loss(rows(seed), LABELS) for seed in range(3)])


def test_a_call_within_a_compiled_graph_steps_aside_too(quietly: None) -> None:
    monitor = watch(every=1)

    def seen(anchors: Tensor, positives: Tensor) -> Tensor:
        monitor(anchors, positives, tao=0.5)
        return npair_loss(anchors, positives, tao=0.5)

    quick = torch.compile(seen, fullgraph=True, backend="aot_eager")
    with pytest.warns(NPairWarning, match="steps aside") as told:
        found = [quick(*rows(seed).detach().chunk(2)) for seed in range(2)]
    assert found[0] != found[1]
    assert (len(told), monitor.step) == (1, 0)


def test_under_torch_func_it_steps_aside_with_one_warning(quietly: None) -> None:
    monitor = watch(loss := NPairLoss(policy="first", max_pairs=6), every=1)
    slope = torch.func.grad(lambda one: loss(one, LABELS))
    with pytest.warns(NPairWarning, match="steps aside") as told:
        assert torch.equal(*(slope(rows().detach()) for _ in range(2)))
    assert (len(told), monitor.step) == (1, 0)


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
