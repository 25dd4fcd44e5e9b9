"""A run and its pace: each picture has a number, which the page sends back once it has drawn the picture."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

import ipywidgets as widgets

from npair_viz.explorers.shared.closing import close_all
from npair_viz.explorers.shared.status import TOLD

PATIENCE = 1.0  # seconds to wait for the page, which may be closed
FRAME = 0.04  # seconds between two pictures of a run
NAP = FRAME / 4  # seconds between two looks at what the page has drawn
EASED = 25  # frames of one step each at the start of a run; later frames have STRIDE steps
STRIDE = 4
SETTLED = 1e-7  # a run ends when a frame changes the loss by less than this
LONGEST_RUN = 2000


class Waits(Protocol):
    """What a run waits for after each picture."""

    async def next_frame(self) -> None:
        """Wait until the next picture may be sent."""

    def close(self) -> None:
        """Free its widgets."""


class Pace:
    """Invisible widgets: the number of pictures sent, of those drawn, and the link by which the page copies it."""

    def __init__(self) -> None:
        self.sent, self.come = widgets.IntText(), widgets.IntText()
        self.link = widgets.jslink((self.sent, "value"), (self.come, "value"))

    def close(self) -> None:
        """Free the widgets."""
        close_all(self.link, self.sent, self.come)

    async def next_frame(self) -> None:
        """Wait FRAME seconds, and then until the page has drawn the last picture, so that pictures do not pile up.

        Where no page has ever answered, as in a script or a test, only the FRAME seconds.
        """
        self.sent.value += 1
        loop = asyncio.get_running_loop()
        end = loop.time() + PATIENCE
        await asyncio.sleep(FRAME)
        while self.come.value not in (0, self.sent.value) and loop.time() < end:
            await asyncio.sleep(NAP)


async def run(pace: Waits, advance: Callable[[int], float], loss: float) -> None:
    """Run picture by picture, slowly at first, until the loss settles; `advance` takes that many steps, returns it."""
    for frame in range(LONGEST_RUN):
        was, loss = loss, advance(1 if frame < EASED else STRIDE)
        if abs(was - loss) < SETTLED:
            break
        await pace.next_frame()


class Runner:
    """The run that a user starts and pauses: at most one task in the kernel's event loop.

    Args:
        run: A whole run.
        tell: Called when a run has begun or ended, with the error that ended it, else "".
        pace: What the run waits for after each picture.
    """

    def __init__(
        self, run: Callable[[], Awaitable[None]], tell: Callable[[str], None], pace: Waits | None = None
    ) -> None:
        self._run, self._tell, self.pace = run, tell, pace or Pace()
        self._task: asyncio.Task[None] | None = None

    @property
    def is_running(self) -> bool:
        """Whether a run is under way."""
        return self._task is not None

    def toggle(self, at_once: Callable[[], None]) -> None:
        """Pause the run or begin one; without an event loop, as in a script, call `at_once` instead."""
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
        self.pace.close()

    async def _running(self) -> None:
        mine, trouble = asyncio.current_task(), ""
        try:
            await self._run()
        except TOLD as error:
            trouble = str(error)
        except KeyboardInterrupt:  # it would end the kernel's event loop, and with it the kernel
            trouble = "The run was interrupted, and is paused."
        finally:
            if self._task is mine:  # it may have been paused and another run begun
                self._task = None
                self._tell(trouble)
