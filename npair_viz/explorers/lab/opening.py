"""Turns the arguments of `train_and_watch` into a lab with its first state and its data."""

from functools import partial
from typing import Any

from npair_viz.explorers.lab.lab import TrainingLab
from npair_viz.explorers.lab.state import LabState, changed_lab
from npair_viz.explorers.shared.opening import check_present, own_data
from npair_viz.training import datasets


def opened_lab(world_or_inputs: object, labels: object, *, present: bool, **settings: Any) -> TrainingLab:
    """A training lab on a named world, or on inputs with labels."""
    check_present(present)
    made = partial(datasets.from_data, seed=settings.get("seed", 0))
    data = own_data(world_or_inputs, labels, datasets.World, made, "train_and_watch", "inputs")
    named = {"world": "yours" if data is not None else world_or_inputs}
    return TrainingLab(changed_lab(LabState(), data, **{**named, **settings}), data, is_present=present)
