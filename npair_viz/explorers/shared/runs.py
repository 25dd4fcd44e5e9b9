"""A run and its pace: pictures that are sent are counted, and the page sends the count back once it is there."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import ipywidgets as widgets

PATIENCE = 1.0  # seconds; a page that was closed does not answer
FRAME = 0.04  # seconds between two pictures of a run
EASED = 25  # frames of one step each, before a run takes larger strides
STRIDE = 4
SETTLED = 1e-7  # a run ends where a frame lowers the loss by less
LONGEST_RUN = 2000


@dataclass(frozen=True, eq=False)
class Pace:
    """Widgets that are never shown: how many pictures were sent, how many have come, and the link made by the page."""

    sent: Any
    come: Any
    link: Any

    @property
    def widgets(self) -> tuple[Any, Any, Any]:
        """All of them, to be closed."""
        return self.link, self.sent, self.come


def make_pace() -> Pace:
    """A count that has not begun."""
    sent, come = widgets.IntText(), widgets.IntText()
    return Pace(sent, come, widgets.jslink((sent, "value"), (come, "value")))


async def page_is_ready(pace: Pace, frame: float) -> None:
    """Wait for so many seconds, and on until the page has drawn what was sent, or it would fall ever further behind.

    Where no page has ever answered, a script or a test, nobody is waited for.
    """
    pace.sent.value += 1
    loop = asyncio.get_running_loop()
    end = loop.time() + PATIENCE
    await asyncio.sleep(frame)
    while pace.come.value not in (0, pace.sent.value) and loop.time() < end:
        await asyncio.sleep(frame / 4)


async def run(pace: Pace, advance: Callable[[int], float], loss: float) -> None:
    """One picture at a time, slowly at first, until nothing falls any more; `advance` takes steps, gives the loss."""
    for frame in range(LONGEST_RUN):
        was, loss = loss, advance(1 if frame < EASED else STRIDE)
        if abs(was - loss) < SETTLED:
            break
        await page_is_ready(pace, FRAME)


class Runner:
    """The run that a person starts and pauses: one task of the kernel's own loop, or none."""

    def __init__(self, run: Callable[[], Awaitable[None]], told: Callable[[str], None]) -> None:
        """`run` is the whole of a run; `told` hears when one has begun or ended, and what broke it off, else ""."""
        self._run, self._told = run, told
        self._task: asyncio.Task[None] | None = None

    @property
    def is_running(self) -> bool:
        """Whether a run is under way."""
        return self._task is not None

    def start(self) -> None:
        """Begin a run; there must be a loop."""
        self._task = asyncio.get_running_loop().create_task(self._running())
        self._told("")

    def pause(self) -> None:
        """End the run, if there is one."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
            self._told("")

    async def _running(self) -> None:
        mine, trouble = asyncio.current_task(), ""
        try:
            await self._run()
        except ValueError as error:
            trouble = str(error)
        finally:
            if self._task is mine:  # not where a pause and another run came first
                self._task = None
                self._told(trouble)


def has_loop() -> bool:
    """Whether somebody could wait between two pictures: not in a script or a plain test."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
