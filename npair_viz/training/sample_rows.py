"""Rows that an encoder embeds again and again while it learns, beside the run and without a trace in it."""

import inspect
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parallel import DataParallel, DistributedDataParallel

from npair_viz.data.as_tensors import named_classes
from npair_viz.diagnosis.towers import towers_of
from npair_viz.linalg import in_working_precision, moved, unit_rows
from npair_viz.training.metrics import recall_at_k

MOST = 256  # rows of one encoder, or pairs of two sides half as many
Encoder = Callable[[Any], Any]


@dataclass(frozen=True, eq=False)
class SampleRows:
    """Inputs that are embedded at each sample.

    Attributes:
        encoders: One a side.
        inputs: One a side; of pairs two.
        classes: (m,) the class of each row of the first side; of pairs the pair's number.
    """

    encoders: tuple[Encoder, ...]
    inputs: tuple[Any, ...]
    classes: Tensor

    @property
    def are_pairs(self) -> bool:
        """Whether partners are looked for, not rows of the same class."""
        return len(self.inputs) == 2

    def embed(self) -> Tensor:
        """Rows (m, d), of pairs all anchors and then all positives, in eval mode and without gradients.

        Random states and modes are afterwards what they were.
        """
        modules = [module for encoder in self.encoders for module in modules_of(encoder)]
        device, rows = device_of(modules), []
        with torch.no_grad(), _modes_put_back(modules), _random_state_put_back(device):
            for encoder, inputs in zip(self.encoders, self.inputs, strict=True):
                rows.append(_rows_from(encoder(on_device(inputs, device)), len(self.classes)))
        return torch.cat(rows)

    def recall(self, rows: Tensor) -> float:
        """Recall@1 of embedded rows on the CPU: of the same class, of pairs of the partner.

        NaN where a row holds NaN, or no row has another one to find.
        """
        if not rows.isfinite().all():
            return math.nan
        if not self.are_pairs:
            has_partners = len(set(self.classes.tolist())) < len(self.classes)
            return recall_at_k(rows, self.classes) if has_partners else math.nan
        anchors, positives = unit_rows(rows).chunk(2)
        return towers_of(anchors, positives, self.classes).recalls[0]


def sample_rows(encoder: object, sample: object, called: str = "a sample") -> SampleRows:
    """Check what `watch` was given, and keep at most MOST rows, evenly chosen; errors call them as they are `called`.

    Raises:
        TypeError: An encoder can't be called, the sample is no pair of inputs and labels or of inputs twice, labels are
            no integers, or there are too many rows of a kind that can't be cut.
        ValueError: Labels or partners are not one a row, there are none, or the encoder is only whole across several
            ranks.
    """
    encoders = tuple(map(_whole, encoder if isinstance(encoder, tuple | list) else (encoder,)))
    if not isinstance(sample, tuple | list) or len(sample) != 2:
        raise TypeError(
            f"{called} must be (inputs, labels) or (inputs, inputs), got {type(sample).__name__}: what the encoder "
            "takes, with the class of each row, or with each row's partner"
        )
    first, second = sample
    if len(encoders) == 1:
        _check_are_inputs(second, first, called)
    sides: tuple[Any, ...]
    if _are_labels(second, beside=first):
        sides, classes = (first,), named_classes("labels", second)[0].cpu()
    else:
        sides = (first, second)
        classes = torch.arange(_count(second) or _count(first) or 0, device="cpu")
    if not len(classes):
        raise ValueError(f"{called} must have at least one row, got none: give (inputs, labels) or (inputs, inputs)")
    if len(encoders) not in (1, len(sides)):
        raise TypeError(f"encoder must be one, or one a side, got {len(encoders)} for {len(sides)} sides of inputs")
    for side in sides:
        if (count := _count(side)) not in (None, len(classes)):
            raise ValueError(f"{called} must have one label or partner a row, got {count} rows and {len(classes)}")
    most = MOST // len(sides)
    if len(classes) > most:
        kept = torch.arange(most, device="cpu") * len(classes) // most
        sides, classes = tuple(_each(side, partial(_cut, kept, called)) for side in sides), classes[kept]
    return SampleRows(encoders * (len(sides) // len(encoders)), sides, classes)


def modules_of(encoder: Encoder) -> Iterator[nn.Module]:
    """The modules that an encoder is made of, each once, also of a method and of a function that names its modules."""
    seen: set[int] = set()
    for owner in _owners(encoder):
        for module in owner.modules():
            if id(module) not in seen:
                seen.add(id(module))
                yield module


def on_device(inputs: Any, device: torch.device | None) -> Any:
    """What an encoder takes, in new containers, its tensors on the device."""
    return _each(inputs, lambda part: moved(part, device) if isinstance(part, Tensor) and device is not None else part)


def _owners(encoder: object) -> Iterator[nn.Module]:
    if isinstance(encoder, nn.Module):
        yield encoder
    elif isinstance(encoder, partial):
        for part in (encoder.func, *encoder.args, *encoder.keywords.values()):
            yield from _owners(part)
    elif inspect.ismethod(encoder):
        yield from _owners(encoder.__self__)
    elif inspect.isfunction(encoder):
        named = inspect.getclosurevars(encoder)
        for value in (*named.nonlocals.values(), *named.globals.values()):
            if isinstance(value, nn.Module):
                yield value


def _whole(encoder: object) -> Encoder:
    """An encoder of which every part is on this rank, and which calls no other one."""
    if isinstance(encoder, DistributedDataParallel | DataParallel):
        encoder = encoder.module  # the wrapper would talk to the other ranks
    if not callable(encoder):
        raise TypeError(f"encoder must be a module or a function, got {type(encoder).__name__}: it embeds the sample")
    for module in modules_of(encoder):
        kinds = {kind.__name__ for kind in type(module).__mro__}
        if kinds & {"DistributedDataParallel", "FSDPModule", "FullyShardedDataParallel"}:
            raise ValueError(
                f"encoder must be whole on this rank, got one with {type(module).__name__}: of DistributedDataParallel "
                "give its .module; where weights are sharded leave encoder and sample out"
            )
    return encoder


def _are_labels(second: object, beside: object) -> bool:
    """Whether these are classes: integers, one a row, or words beside inputs that are no texts."""
    if isinstance(second, Tensor):
        return second.ndim == 1 and not second.is_floating_point() and not second.is_complex()
    if isinstance(second, Mapping | tuple):
        return False
    if isinstance(second, list):
        are_words = all(isinstance(one, str) for one in second)
        are_texts = isinstance(beside, list) and all(isinstance(one, str) for one in beside)
        return (are_words and not are_texts) or all(isinstance(one, int) for one in second)
    return True  # an array, a series


def _check_are_inputs(second: object, beside: object, called: str) -> None:
    """Raise TypeError for labels in a form that would be taken for inputs, unless the inputs have that form too."""
    mend = _mend_of_labels(second)
    if isinstance(second, Tensor) and mend and mend != _mend_of_labels(beside):
        raise TypeError(
            f"{called}'s second part must be integer labels (rows,), or inputs like the first, got "
            f"{second.dtype} {tuple(second.shape)}: of labels use labels{mend}, of two towers give two encoders"
        )


def _mend_of_labels(labels: object) -> str:
    """How to make integers (rows,) of floats, of a column, or of rows with a single 1; "" of anything else."""
    if not isinstance(labels, Tensor) or not labels.numel():
        return ""
    as_integers = ".long()" if labels.is_floating_point() else ""
    if labels.ndim == 1:
        return as_integers
    if labels.ndim != 2:
        return ""
    if labels.shape[1] == 1:
        return f".flatten(){as_integers}"
    are_one_hot = ((labels == 0) | (labels == 1)).all() and (labels.sum(dim=1) == 1).all()
    return (".long()" if labels.dtype == torch.bool else "") + ".argmax(dim=1)" if are_one_hot else ""


def _count(inputs: object) -> int | None:
    """How many rows there are; None where nobody knows."""
    if isinstance(inputs, Mapping):
        return next((count for value in inputs.values() if (count := _count(value)) is not None), None)
    if isinstance(inputs, tuple):
        return next((count for value in inputs if (count := _count(value)) is not None), None)
    if isinstance(inputs, list):
        nested = bool(inputs) and isinstance(inputs[0], Tensor)
        return _count(tuple(inputs)) if nested else len(inputs)
    return len(inputs) if isinstance(inputs, Tensor) and inputs.ndim else None


def _each(inputs: Any, act: Callable[[Any], Any]) -> Any:
    """The same with `act` done to each tensor, and to each list that holds no tensors, in new containers."""
    if isinstance(inputs, Mapping):
        return {name: _each(value, act) for name, value in inputs.items()}
    if isinstance(inputs, tuple):
        return tuple(_each(value, act) for value in inputs)
    if isinstance(inputs, list) and inputs and isinstance(inputs[0], Tensor):
        return [_each(value, act) for value in inputs]
    return act(inputs)


def _cut(kept: Tensor, called: str, part: Any) -> Any:
    if isinstance(part, Tensor):
        return part[kept.to(part.device)] if part.ndim else part
    if isinstance(part, list):
        return [part[i] for i in kept.tolist()]
    if part is None or isinstance(part, bool | int | float | str):
        return part
    raise TypeError(
        f"{called}'s rows must be tensors, or dicts, tuples or lists of them, or a list of texts, where there are more "
        f"than {len(kept)}: got {type(part).__name__}, of which some rows can't be cut; give {len(kept)} or fewer"
    )


def _rows_from(output: Any, count: int) -> Tensor:
    if isinstance(output, Mapping) and "sentence_embedding" in output:  # of sentence-transformers
        output = output["sentence_embedding"]
    rows = output if isinstance(output, Tensor) else torch.as_tensor(output)
    if rows.ndim != 2 or len(rows) != count:
        raise ValueError(
            f"the encoder must give one embedding a row, ({count}, d), got shape {tuple(rows.shape)}: wrap it in a "
            "function that does"
        )
    return in_working_precision(rows.detach())


@contextmanager
def _modes_put_back(modules: list[nn.Module]) -> Iterator[None]:
    """Every module in eval mode, set by its flag: an own `eval` may do more, such as merging weights."""
    modes = [module.training for module in modules]
    try:
        for module in modules:
            module.training = False
        yield
    finally:
        for module, mode in zip(modules, modes, strict=True):
            module.training = mode


def device_of(modules: Iterable[nn.Module]) -> torch.device | None:
    """Where their weights lie; None if they have none."""
    return next((weights.device for module in modules for weights in module.parameters(recurse=False)), None)


@contextmanager
def _random_state_put_back(device: torch.device | None) -> Iterator[None]:
    devices = [device] if device is not None and device.type == "cuda" else []
    with torch.random.fork_rng(devices=devices):
        yield
