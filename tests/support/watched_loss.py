"""A loss that is watched in a few steps, and a stand-in for its picture."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from npair_viz import Monitor

LABELS = torch.arange(6).repeat(4)


def rows(seed: int = 0, n: int = 24) -> Tensor:
    return torch.randn(n, 5, generator=torch.Generator().manual_seed(seed)).requires_grad_()


def run(loss: nn.Module, steps: int = 1) -> None:
    for seed in range(steps):
        loss(rows(seed), LABELS).backward()


class View:
    """A picture that counts how often it is told."""

    def __init__(self, recording: object, finish: Callable[[], object]) -> None:
        self.recording, self.finish, self.told = recording, finish, 0

    def tell(self) -> None:
        self.told += 1

    tell_now = tell

    def _repr_mimebundle_(self) -> dict[str, str]:
        return {"widget": "shown"}


def pictures(monitor: Monitor) -> list[tuple[int, bool]]:
    return [(len(one.places), one.same_rows) for one in monitor.recording.pictures]


def steps_of_pictures(monitor: Monitor) -> list[int]:
    return [picture.step for picture in monitor.recording.pictures]
