"""The frame of the picture: where its middle is, how far it reaches, and how much of an arrow it has room for."""

import math

import torch
from torch import Tensor

from npair_viz.geometry.look import CIRCLE_REACH
from npair_viz.geometry.projection import Plane
from npair_viz.geometry.reading import Reading, seen_rows

STEP = 1.25  # reach and room go in steps, so that the picture does not twitch while points move
INSIDE = 0.96  # of the reach, for the heads of arrows


def frame_of(reading: Reading, plane: Plane) -> tuple[tuple[float, float], float]:
    """The centre of the flat picture and how far it reaches: round the origin, or round what a shadow holds."""
    if reading.normalize and plane.is_exact:
        return (0.0, 0.0), CIRCLE_REACH
    places = torch.cat([plane.project(rows) for rows in seen_rows(reading)])
    if plane.is_exact:
        return (0.0, 0.0), _in_steps(1.4 * places.abs().max().item())
    low, high = places.min(dim=0).values, places.max(dim=0).values
    x, y = ((low + high) / 2).tolist()
    reach = 0.7 * (high - low).max().clamp_min(0.1).item()
    return (x, y + 0.1 * reach), reach  # the badge stands at the top


def room_for(starts: Tensor, ways: Tensor, reading: Reading, plane: Plane) -> float:
    """The part of each way (m, k) that all can go from their starts and stay in the frame: 1, or by steps less."""
    middle, reach = frame_of(reading, plane)
    starts = starts - starts.new_tensor(middle if plane.is_flat else (0.0,) * starts.shape[1])
    rooms = (INSIDE * reach - starts * ways.sign()) / ways.abs()  # a way of 0 has no end of room
    least = rooms.nan_to_num(nan=math.inf, posinf=math.inf).min().item()
    return 1.0 if least >= 1 else STEP ** math.floor(math.log(max(least, 1e-6), STEP))


def _in_steps(farthest: float) -> float:
    return CIRCLE_REACH * STEP ** math.ceil(math.log(max(farthest / CIRCLE_REACH, 1.0), STEP))
