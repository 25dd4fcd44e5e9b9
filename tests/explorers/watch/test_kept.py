"""What a monitor gives and saves, and what happens when something fails."""

import math
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from npair_viz import Monitor, NPairLoss, NPairWarning, watch
from npair_viz.explorers.watch import sampler
from npair_viz.losses.watching import Compared
from tests.support.watched_loss import LABELS, pictures, rows, run, steps_of_pictures

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
