"""The pictures of a run that is watched: what they show, and when they are renewed."""

import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import nn

from npair_viz import Monitor, NPairLoss, watch
from npair_viz.explorers.watch import sampler
from tests.support.watched_loss import LABELS, pictures, rows, run, steps_of_pictures

# --- pictures


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
