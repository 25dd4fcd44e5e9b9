"""The pace of a run: pictures that are sent are counted, and the page sends the count back once it is there."""

import asyncio
from collections.abc import Callable
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
