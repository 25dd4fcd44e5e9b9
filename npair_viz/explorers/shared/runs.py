"""A run and its pace: pictures that are sent are counted, and the page sends the count back once it is there."""

import asyncio
from collections.abc import Awaitable, Callable

import ipywidgets as widgets

from npair_viz.explorers.shared.closing import close_all
from npair_viz.explorers.shared.status import TOLD

PATIENCE = 1.0  # seconds; a page that was closed does not answer
FRAME = 0.04  # seconds between two pictures of a run
EASED = 25  # frames of one step each, before a run takes larger strides
STRIDE = 4
SETTLED = 1e-7  # a run ends where a frame lowers the loss by less
LONGEST_RUN = 2000


class Pace:
    """Widgets that are never shown: how many pictures were sent, how many have come, and the link made by the page."""

    def __init__(self) -> None:
        self.sent, self.come = widgets.IntText(), widgets.IntText()
        self.link = widgets.jslink((self.sent, "value"), (self.come, "value"))

    async def next_frame(self) -> None:
        """Wait until it is time for another picture, and on until the page has drawn the last: or it falls ever behind.

        Where no page has ever answered, a script or a test, nobody is waited for.
        """
        self.sent.value += 1
        loop = asyncio.get_running_loop()
        end = loop.time() + PATIENCE
        await asyncio.sleep(FRAME)
        while self.come.value not in (0, self.sent.value) and loop.time() < end:
            await asyncio.sleep(FRAME / 4)


async def run(pace: Pace, advance: Callable[[int], float], loss: float) -> None:
    """One picture at a time, slowly at first, until nothing falls any more; `advance` takes steps, gives the loss."""
    for frame in range(LONGEST_RUN):
        was, loss = loss, advance(1 if frame < EASED else STRIDE)
        if abs(was - loss) < SETTLED:
            break
        await pace.next_frame()


class Runner:
    """The run that a person starts and pauses: one task of the kernel's own loop, or none.

    run: the whole of a run. tell: hears when one has begun or ended, and what broke it off, else "".
    """

    def __init__(self, run: Callable[[], Awaitable[None]], tell: Callable[[str], None]) -> None:
        self._run, self._tell, self.pace = run, tell, Pace()
        self._task: asyncio.Task[None] | None = None

    @property
    def is_running(self) -> bool:
        """Whether a run is under way."""
        return self._task is not None

    def toggle(self, at_once: Callable[[], None]) -> None:
        """Pause the run or begin one; do it `at_once` where nobody could wait between two pictures, as in a script."""
        if self.is_running:
            self.pause()
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            at_once()
            return
        self._task = loop.create_task(self._running())
        self._tell("")

    def pause(self) -> None:
        """End the run, if there is one."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
            self._tell("")

    def close(self) -> None:
        """End the run, and free its pace."""
        self.pause()
        close_all(self.pace.link, self.pace.sent, self.pace.come)

    async def _running(self) -> None:
        mine, trouble = asyncio.current_task(), ""
        try:
            await self._run()
        except TOLD as error:
            trouble = str(error)
        finally:
            if self._task is mine:  # not where a pause and another run came first
                self._task = None
                self._tell(trouble)
