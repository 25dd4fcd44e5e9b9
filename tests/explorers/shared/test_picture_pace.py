"""The pace of a picture: a run waits for the page, goes on without one, and ends where the page is closed."""

import asyncio
from types import SimpleNamespace

import pytest

from npair_viz.explorers.shared import picture_pace, runs
from npair_viz.explorers.shared.picture_pace import PicturePace
from tests.support.event_loops import in_a_loop, until


class Clock:
    """Time that only sleeping moves; the page draws picture 9 when it is `draws_at`."""

    def __init__(self, drawn, draws_at=None):
        self.sheet, self.slept, self._draws_at = SimpleNamespace(sent=9, drawn=drawn), 0.0, draws_at

    async def sleep(self, seconds):
        self.slept += seconds
        if self._draws_at is not None and self.slept >= self._draws_at:
            self.sheet.drawn = 9


def waited(monkeypatch, clock):
    monkeypatch.setattr(picture_pace, "asyncio", clock)
    with pytest.raises(StopIteration):
        PicturePace(clock.sheet).next_frame().send(None)
    return clock.slept


def test_a_run_waits_until_the_page_has_drawn(monkeypatch):
    assert waited(monkeypatch, Clock(8, 3.0)) == pytest.approx(3.0, abs=0.02)


@pytest.mark.parametrize("drawn", [0, 9])
def test_a_run_does_not_wait_for_a_page_that_is_ready_or_that_never_was(monkeypatch, drawn):
    assert waited(monkeypatch, Clock(drawn)) == pytest.approx(0.04)


def test_a_run_ends_after_eight_seconds_without_a_drawing(monkeypatch):
    clock = Clock(8)
    monkeypatch.setattr(picture_pace, "asyncio", clock)
    with pytest.raises(ValueError, match="The page has drawn nothing for 8 s, so the run is paused"):
        PicturePace(clock.sheet).next_frame().send(None)
    assert clock.slept == pytest.approx(8.04)


def test_an_interrupt_pauses_a_run_and_leaves_the_loop_alive():
    told = []

    async def interrupted():
        await asyncio.sleep(0)
        raise KeyboardInterrupt

    async def scenario():
        runner = runs.Runner(interrupted, told.append, PicturePace(SimpleNamespace(drawn=0, sent=0)))
        for _ in range(2):
            runner.toggle(lambda: None)
            await until(lambda: not runner.is_running)
        runner.pause()

    in_a_loop(scenario)
    assert told == ["", "The run was interrupted, and is paused."] * 2
