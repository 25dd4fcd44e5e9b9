"""Where the points of a reading and the forces on one of them stand in a still picture, in pixels."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from npair_viz.geometry.look import BOARD, CIRCLE_REACH, LANE
from npair_viz.geometry.projection import Plane, anchor_plane, whole_space
from npair_viz.geometry.reading import Reading, seen_rows

LANES = {"pull": LANE, "push": -LANE, "shrink": 0.0, "net": 0.0}  # on the circle all arrows lie on one tangent
EDGE = 19  # pixels from the middle of a mark to where its arrows begin
SHORTEST = 2.0  # pixels: what is shorter is no arrow
INSIDE = 0.96  # of the frame, for the heads of arrows
AROUND = 0.7  # of the width of a shadow: half the frame's
LEAST_SHADOW = 0.1


@dataclass(frozen=True)
class Frame:
    """A square of a picture: where its middle and the origin of the points stand, and how large a unit is.

    Attributes:
        x: The origin, in pixels.
        y: The origin, in pixels downwards.
        unit: Pixels of length 1.
        middle: The middle of the square, in the points' own unit.
        reach: From the middle to an edge, in the points' own unit.
    """

    x: float
    y: float
    unit: float
    middle: tuple[float, float] = (0.0, 0.0)
    reach: float = CIRCLE_REACH

    def at(self, row: Tensor) -> tuple[float, float]:
        """A place of the plane, or of the space before it, in pixels."""
        across, up = row[:2].tolist()
        return round(self.x + self.unit * across, 1), round(self.y - self.unit * up, 1)


def plane_for(reading: Reading) -> Plane:
    """The plane in which a picture opens."""
    anchors, positives = reading.scene.anchors.double(), reading.scene.positives.double()
    if reading.scene.dimension <= 3:
        return whole_space(anchors)
    return anchor_plane(anchors, positives, reading.selected, reading.hardest)


def places(reading: Reading, plane: Plane, *, is_held: bool) -> Tensor:
    """Points in their plane, (2n, k), anchors first: as they were set, or, where they are held, of length 1."""
    return plane.project(torch.cat(seen_rows(reading)) if is_held else reading.scene.embeddings)


def frame_for(shown: Tensor, plane: Plane, *, is_held: bool) -> Frame:
    """The frame of a board that holds all points: round the origin, or round what a shadow holds."""
    if plane.is_exact:
        longest = 1.0 if is_held else max(1.0, float(torch.linalg.vector_norm(shown, dim=1).max()))
        return _round((0.0, 0.0), CIRCLE_REACH * longest)
    low, high = shown.min(dim=0).values, shown.max(dim=0).values
    x, y = ((low + high) / 2).tolist()
    return _round((x, y), AROUND * float((high - low).max().clamp_min(LEAST_SHADOW)))


def arrows(
    reading: Reading, plane: Plane, frame: Frame, *, point: str = "anchor", is_held: bool
) -> dict[str, tuple[float, float, float, float]]:
    """Each force on the chosen point by name: where it starts and how far it goes, in pixels; very short ones not.

    All are n·tao times as long as their forces, as these grow like 1 / tao, or as long as the frame has room for.
    """
    i, n, forces = reading.selected, reading.n, reading.forces
    on_positive = point == "positive"
    each = (
        {"pull": forces.pull_on_positives, "push": forces.push_on_positives, "shrink": forces.shrink_on_positives}
        if on_positive
        else {"pull": forces.pull, "push": forces.push, "shrink": forces.shrink}
    )
    each["net"] = -(forces.on_positives if on_positive else forces.on_anchors)
    ways = n * reading.tao * torch.stack([plane.project(each[name][i])[:2] for name in LANES])
    start = places(reading, plane, is_held=is_held)[i + n * on_positive][:2]
    is_circle = is_held and plane.is_exact and reading.scene.dimension == 2
    starts = torch.stack([start * (1 + lane * is_circle) for lane in LANES.values()])
    ends = starts + _room(starts - starts.new_tensor(frame.middle), ways, frame.reach) * ways
    found = {}
    for name, from_, to in zip(LANES, starts, ends, strict=True):
        (x, y), (to_x, to_y) = frame.at(from_), frame.at(to)
        if math.hypot(to_x - x, to_y - y) >= SHORTEST:
            found[name] = (x, y, to_x - x, to_y - y)
    return found


def _room(starts: Tensor, ways: Tensor, reach: float) -> float:
    """The part of each way (m, 2) that all can go from their starts, seen from the middle, within the frame."""
    rooms = (INSIDE * reach - starts * ways.sign()) / ways.abs()  # a way of 0 has no end of room
    return min(1.0, max(rooms.nan_to_num(nan=math.inf, posinf=math.inf).min().item(), 0.0))


def _round(middle: tuple[float, float], reach: float) -> Frame:
    unit = BOARD / 2 / reach
    return Frame(BOARD / 2 - unit * middle[0], BOARD / 2 + unit * middle[1], unit, middle, reach)
