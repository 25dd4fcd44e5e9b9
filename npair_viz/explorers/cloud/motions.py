"""The runs of a cloud, picture by picture: its tour, and the way from before to after."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from npair_viz.explorers.cloud.state import LARGEST_TURN, EmbeddingState
from npair_viz.explorers.shared.picture_pace import PicturePace
from npair_viz.explorers.shared.runs import Runner

if TYPE_CHECKING:
    from npair_viz.explorers.cloud.explorer import EmbeddingExplorer

PACE = 0.01  # of a turn of the tour, a frame
FRAMES = 20  # pictures from before to after, where the slider stops, too


class Motions:
    """The runs that a hand starts and ends.

    Args:
        explorer: What moves.
        show: Shows another state within the same act.
        tell: As of a `Runner`.
        pace: What a run waits for after each picture.

    Attributes:
        tour: Slowly through the first principal axes.
        move: From where all rows were before to where they are; a hand at the slider ends it.
    """

    def __init__(
        self,
        explorer: "EmbeddingExplorer",
        show: Callable[[EmbeddingState], None],
        tell: Callable[[str], None],
        pace: PicturePace,
    ) -> None:
        self._explorer, self._show, self._pace = explorer, show, pace
        self.tour, self.move = Runner(self._touring, tell, pace), Runner(self._moving, tell, pace)

    def pause(self) -> None:
        """End what is under way."""
        self.tour.pause()
        self.move.pause()

    async def _touring(self) -> None:
        self._explorer.set(view="tour")
        while (state := self._explorer.state).view == "tour" and state.turn < LARGEST_TURN:
            self._show(replace(state, turn=round(state.turn + PACE, 6)))
            await self._pace.next_frame()

    async def _moving(self) -> None:
        self._explorer.set(moment=0)
        for frame in range(FRAMES):
            await self._pace.next_frame()
            if self._explorer.state.moment != _moment(frame):
                return
            self._show(replace(self._explorer.state, moment=_moment(frame + 1)))


def _moment(frame: int) -> float:
    return round(frame / FRAMES, 6)
