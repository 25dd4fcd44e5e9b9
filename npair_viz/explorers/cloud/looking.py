"""The look at many rows that a user starts and cancels: in the background, block by block, with its progress."""

import asyncio
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from npair_viz.explorers.cloud.rows import Embeddings
from npair_viz.explorers.cloud.words import progress_words
from npair_viz.explorers.shared.picture_pace import PicturePace
from npair_viz.explorers.shared.runs import Runner
from npair_viz.geometry.acts import CLOSED


class Looking:
    """A look in the kernel's event loop, so that between two blocks the kernel answers.

    Args:
        embeddings: The rows, which keep what was seen.
        tell: Called when a look has begun or ended, with the error that ended it, else "".
        progress: The text that shows how far it is.
        pace: That of the picture.
    """

    def __init__(self, embeddings: Embeddings, tell: Callable[[str], None], progress: Any, pace: PicturePace) -> None:
        self._embeddings, self._progress = embeddings, progress
        self._runner = Runner(self._run, tell, pace)
        self._every = False
        self._then: Callable[[], None] = lambda: None

    @property
    def is_running(self) -> bool:
        """Whether a look is under way."""
        return self._runner.is_running

    def start(self, then: Callable[[], None], *, every: bool = False) -> None:
        """Look at rows, unless that was done, then do something; without an event loop, as in a script, at once."""
        if self._embeddings.is_looked(every):
            then()
            return
        self.cancel()
        self._every, self._then = every, then
        self._runner.toggle(partial(self._at_once, every, then))

    def cancel(self) -> None:
        """End the look that is under way; what an earlier one has seen stays."""
        self._runner.pause()
        self._progress.value = ""

    def close(self) -> None:
        """End the look, and let go of the rows."""
        self.cancel()
        self._embeddings = CLOSED

    def _at_once(self, every: bool, then: Callable[[], None]) -> None:
        self._embeddings.look(every)
        then()

    async def _run(self) -> None:
        began = time.monotonic()
        try:
            for done, of in self._embeddings.looking(self._every):
                self._progress.value = progress_words(done, of, time.monotonic() - began)
                await asyncio.sleep(0)
        finally:
            self._progress.value = ""
        self._then()
