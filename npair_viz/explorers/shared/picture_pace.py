"""The pace of a run whose pictures plotly draws: the page tells which picture it has drawn."""

import asyncio

from npair_viz.explorers.shared.picture import Sheet

FRAME = 0.04  # seconds between two pictures of a run
NAP = FRAME / 4  # seconds between two looks at what the page has drawn
LOST = 8.0  # seconds after which a page that draws nothing is taken for closed


class PicturePace:
    """The pace of a `Picture`, whose page tells what it has drawn."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet

    async def next_frame(self) -> None:
        """Wait FRAME seconds, and then until the page has drawn the last picture.

        Where no page has ever drawn one, as in a script or a test, only the FRAME seconds.

        Raises:
            ValueError: The page has drawn nothing for LOST seconds; a closed page never does.
        """
        await asyncio.sleep(FRAME)
        for _ in range(round(LOST / NAP)):  # not by a clock: a long cell delays the answers too
            if self._sheet.drawn in (0, self._sheet.sent):
                return
            await asyncio.sleep(NAP)
        raise ValueError(f"The page has drawn nothing for {LOST:.0f} s, so the run is paused. Start it again to go on.")
