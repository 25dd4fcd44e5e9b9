"""The pace of a run, by a clock that only sleeping moves."""

from types import SimpleNamespace

import pytest

from npair_viz.explorers.shared import runs


@pytest.fixture
def clock(monkeypatch):
    """How long each sleep was, and what time it is."""
    clock = SimpleNamespace(slept=[], now=lambda: sum(clock.slept))

    async def sleep(seconds):
        clock.slept.append(seconds)

    loop = SimpleNamespace(time=lambda: clock.now())
    monkeypatch.setattr(runs, "asyncio", SimpleNamespace(sleep=sleep, get_running_loop=lambda: loop))
    return clock


class Page:
    """Sends back the count of pictures once it is so late; never where that is None."""

    def __init__(self, clock, answers_at):
        self.clock, self.answers_at, self.sent = clock, answers_at, SimpleNamespace(value=7)

    next_frame = runs.Pace.next_frame

    @property
    def come(self):
        has_come = self.answers_at is not None and self.clock.now() >= self.answers_at
        return SimpleNamespace(value=self.sent.value if has_come else 7)


def finish(coroutine):
    with pytest.raises(StopIteration):
        coroutine.send(None)


@pytest.mark.parametrize(
    ("answers_at", "waited"), [(0.0, 0.04), (0.045, 0.05), (0.055, 0.06), (0.985, 0.99), (None, 1.0)]
)
def test_a_page_is_asked_every_hundredth_of_a_second_and_given_up_after_one(clock, answers_at, waited):
    finish(Page(clock, answers_at).next_frame())
    assert clock.now() == pytest.approx(waited)
    assert clock.slept == pytest.approx([0.04, *[0.01] * round(100 * waited - 4)])


def strides(clock, losses):
    """How many steps each frame of a run took, whose losses these are."""
    taken, left = [], iter(losses)

    def advance(steps):
        taken.append(steps)
        return next(left)

    finish(runs.run(Page(clock, 0.0), advance, next(left)))
    return taken


def test_a_run_eases_in_by_25_single_steps_then_takes_four_a_frame_and_ends_after_2000_frames(clock):
    assert strides(clock, range(3000)) == [1] * 25 + [4] * 1975
    assert clock.slept == [0.04] * 2000


@pytest.mark.parametrize(("fall", "frames"), [(0.99e-7, 1), (1.01e-7, 3)])
def test_a_run_ends_where_nothing_falls_any_more(clock, fall, frames):
    assert len(strides(clock, [1.0, 1.0 - fall, 1.0 - 2 * fall, 1.0 - 2 * fall])) == frames
