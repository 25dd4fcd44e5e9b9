"""Tensors on their way from a device to the CPU, for which nothing waits."""

from collections.abc import Mapping

import torch
from torch import Tensor


class InFlight:
    """Copies of tensors on the CPU, once they have arrived.

    >>> sent = InFlight({"loss": torch.tensor(0.5)})
    >>> sent.has_arrived(), sent.tensors["loss"]
    (True, tensor(0.5000))
    """

    def __init__(self, tensors: Mapping[str, Tensor]) -> None:
        # to the CPU in page-locked memory, from CUDA alone: other devices fill it later without a way to ask
        self.tensors = {name: one.to("cpu", non_blocking=one.device.type == "cuda") for name, one in tensors.items()}
        self._events = [_event(device) for device in {one.device for one in tensors.values()} if device.type == "cuda"]

    def has_arrived(self) -> bool:
        """Whether the copies may be read; waits for nothing."""
        return all(event.query() for event in self._events)  # type: ignore[no-untyped-call]  # torch's

    def wait(self) -> None:
        """Wait until the copies may be read."""
        for event in self._events:
            event.synchronize()


def _event(device: torch.device) -> torch.cuda.Event:
    """What happens on the device once everything asked for so far is done."""
    event: torch.cuda.Event = torch.cuda.current_stream(device).record_event()
    return event
