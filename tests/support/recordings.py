"""Recordings of training runs that no one has trained: numbers and rows that move as those of a real run do."""

import math
from typing import Any

import torch

from npair_viz.linalg import unit_rows
from npair_viz.training.recording import Alert, Picture, Recording

COLLAPSE = Alert(
    "collapse",
    600,
    "The effective rank is 1.2, it was 23.1: all rows lie in one direction.",
    "Lower the learning rate, or normalize=True.",
)
GAP = Alert("gap", 850, "The means of the two sides are 1.24 apart, 0.31 at step 200.", "Draw both sides alike.")


def row_at(step: int, steps: int, **more: float) -> dict[str, float]:
    """What a healthy run of that many steps says at one of them."""
    part = step / max(steps, 1)
    wave = 0.05 * math.sin(step / 37)
    fall = math.exp(-4 * part)
    row = {"step": step, "loss": 1.2 + 3 * fall + wave, "floor": 1.02, "chance": 4.16, "score": 1 - fall}
    row |= {"effective_negatives": 4 + 50 * fall, "right_picks": 0.93 - 0.9 * fall + wave / 3, "gap": 0.3 + 0.4 * part}
    row |= {"negative_cosine": 0.2 * fall, "rank": 4 + 20 * (1 - fall), "length": 1 + 2 * part}
    row |= {"length_spread": 0.1 + 0.2 * part, "tao": 0.5 * 10 ** (-part), "pairs": 64, "seconds": step / 20}
    return row | more


def pictures_at(
    steps: list[int], last: int, *, rows: int = 256, classes: int = 12, sides: bool = False
) -> list[Picture]:
    """Rows of the same sample that leave one heap for their classes' corners; with `sides` other pairs at each step."""
    generator = torch.Generator().manual_seed(0)
    labels = torch.arange(rows) % classes
    start = 0.5 * torch.randn(rows, 2, generator=generator)
    angles = 2 * math.pi * labels / classes
    goal = torch.stack([angles.cos(), angles.sin()], 1) + 0.05 * torch.randn(rows, 2, generator=generator)
    side = (torch.arange(rows) >= rows // 2).long() if sides else torch.zeros(rows, dtype=torch.int64)
    pictures = []
    for step in steps:
        part = 1 - math.exp(-4 * step / max(last, 1))
        places = 0.98 * unit_rows(start + part * (goal - start)) * (0.4 + 0.6 * part)
        if sides:
            labels = torch.randint(1000, (rows // 2,), generator=generator).repeat(2)
            places = (
                0.9 * unit_rows(torch.randn(rows, 2, generator=generator)) * torch.rand(rows, 1, generator=generator)
            )
        pictures.append(Picture(step, places.float(), labels, side, 0.2 + 0.4 * part, not sides))
    return pictures


def recording(
    count: int = 200,
    pictures: int = 60,
    *,
    every: int = 50,
    name: str = "",
    alerts: tuple[Alert, ...] = (),
    **kind: Any,
) -> Recording:
    """A run of so many samples and pictures."""
    last = every * (count - 1)
    rows = [row_at(every * k, last) for k in range(count)]
    steps = [every * round(k * (count - 1) / max(pictures - 1, 1)) for k in range(pictures)]
    return Recording(name, rows, pictures_at(steps, last, **kind), list(alerts))
