"""The run that a user starts and pauses, picture by picture."""

import asyncio
from collections.abc import Awaitable, Callable

from npair_viz.explorers.shared.picture_pace import PicturePace
from npair_viz.explorers.shared.status import TOLD


class Runner:
    """The run that a user starts and pauses: at most one task in the kernel's event loop.

    Args:
        run: A whole run.
        tell: Called when a run has begun or ended, with the error that ended it, else "".
        pace: What the run waits for after each picture.
    """

    def __init__(self, run: Callable[[], Awaitable[None]], tell: Callable[[str], None], pace: PicturePace) -> None:
        self._run, self._tell, self.pace = run, tell, pace
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
