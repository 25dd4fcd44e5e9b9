"""A plain training loop of a person's own parts, watched."""

import sys
import warnings
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

import torch
from torch import nn

from npair_viz.explorers.watch.monitor import Monitor
from npair_viz.explorers.watch.watch import watch
from npair_viz.losses.npair import NPairWarning
from npair_viz.losses.npair_module import NPairLoss
from npair_viz.training.sample_rows import device_of, on_device, sample_rows
from npair_viz.validation import check_count

ENDED = (
    "loader ended after {} batches, which was all of the run, and a {} can't be begun again: give a DataLoader, or a "
    "list of batches"
)
KEPT = (
    "The monitor of the {} steps before is this exception's `monitor`: sys.last_value.monitor in the next cell, or "
    "`except Exception as error: error.monitor`."
)


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
    """Train the model for so many batches (inputs, labels) of the loader, which is begun again where it ends.

    An interrupt returns the monitor. Any other exception of the loop goes through, and has it as its `monitor`.
    """
    check_count("steps", steps, least=0)
    _check_parts(model, optimizer, loader, loss)
    sample = {}
    if validation is not None:
        sample_rows(model, validation, called="validation")  # for its words: the monitor calls it a sample
        sample = {"encoder": model, "sample": validation}
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
    except Exception as error:
        vars(error)["monitor"] = monitor
        error.add_note(KEPT.format(monitor.step))
        raise
    return monitor


def _check_parts(model: object, optimizer: object, loader: object, loss: object) -> None:
    if loss is None:  # `watch` would take it for a loop with another loss
        raise TypeError("loss must be an NPairLoss, got NoneType: use NPairLoss(l2_reg=0.0, tao=0.1)")
    if not isinstance(model, nn.Module):
        raise TypeError(f"model must be a torch.nn.Module, got {type(model).__name__}: it embeds the inputs of loader")
    if not (hasattr(optimizer, "zero_grad") and hasattr(optimizer, "step")):
        raise TypeError(
            f"optimizer must be one of torch.optim, got {type(optimizer).__name__}: use "
            "torch.optim.Adam([*model.parameters(), *loss.parameters()])"
        )
    if not (hasattr(loader, "__iter__") or hasattr(loader, "__getitem__")):
        raise ValueError(
            f"loader must give batches (inputs, labels), got {type(loader).__name__}: give a DataLoader, or a list of "
            "batches"
        )


def _again_and_again(loader: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
    count = 0
    while True:
        before = count
        for batch in loader:
            count += 1
            yield _pair_of(batch)
        if count > before and isinstance(loader, Iterator):
            warnings.warn(ENDED.format(count, type(loader).__name__), NPairWarning, stacklevel=5)
            return
        if count == before:
            raise ValueError("loader must give batches again and again, got none: a DataLoader does, a generator ends")


def _pair_of(batch: Any) -> tuple[Any, Any]:
    """The inputs and the labels of a batch."""
    if isinstance(batch, tuple | list) and len(batch) == 2:
        return batch[0], batch[1]
    held = ""
    if isinstance(batch, Mapping):
        held = " of " + ", ".join(map(str, batch))
    elif isinstance(batch, tuple | list):
        held = f" of {len(batch)}"
    raise TypeError(
        f"loader must give batches (inputs, labels), got a {type(batch).__name__}{held}: let the DataLoader's "
        "collate_fn make the pair"
    )


def _show(monitor: Monitor) -> None:
    """Show the picture before the loop, so that it lives while the cell runs."""
    if "IPython" not in sys.modules:
        return
    from IPython import get_ipython
    from IPython.display import display

    if getattr(get_ipython(), "kernel", None) is not None:
        display(monitor)  # type: ignore[no-untyped-call]  # IPython's
