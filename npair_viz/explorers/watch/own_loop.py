"""A plain training loop of a person's own parts, watched."""

import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import torch
from torch import nn

from npair_viz.explorers.watch.monitor import Monitor
from npair_viz.explorers.watch.watch import watch
from npair_viz.losses.npair_module import NPairLoss
from npair_viz.training.sample_rows import device_of, on_device
from npair_viz.validation import check_count


def trained(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    loader: Iterable[Any],
    validation: object,
    loss: NPairLoss,
    *,
    steps: int = 300,
    every: int = 10,
    name: str = "",
) -> Monitor:
    """Train the model for so many batches (inputs, labels) of the loader, which is begun again where it ends."""
    check_count("steps", steps, least=0)
    sample = {} if validation is None else {"encoder": model, "sample": validation}
    monitor = watch(loss, every=every, name=name, **sample)
    _show(monitor)
    model.train()
    device = device_of(model.modules())
    try:
        for inputs, labels in islice(_again_and_again(loader), steps):
            optimizer.zero_grad()
            found = loss(model(on_device(inputs, device)), on_device(labels, device))
            found.backward()
            optimizer.step()
    except KeyboardInterrupt:  # what was learned and kept so far is returned
        return monitor
    return monitor


def _again_and_again(loader: Iterable[Any]) -> Iterator[Any]:
    while True:
        count = 0
        for count, batch in enumerate(loader, start=1):  # noqa: B007
            yield batch
        if not count:
            raise ValueError("loader must give batches again and again, got none: a DataLoader does, a generator ends")


def _show(monitor: Monitor) -> None:
    """Show the picture before the loop, so that it lives while the cell runs."""
    if "IPython" not in sys.modules:
        return
    from IPython import get_ipython
    from IPython.display import display

    if getattr(get_ipython(), "kernel", None) is not None:
        display(monitor)  # type: ignore[no-untyped-call]  # IPython's
