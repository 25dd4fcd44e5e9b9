"""What a person passes to `train_and_watch`, as the state and the data that the lab starts from."""

from typing import Any

from npair_viz.explorers.lab.lab import TrainingLab
from npair_viz.explorers.lab.state import LabState, changed_lab
from npair_viz.explorers.shared.screen import check_present
from npair_viz.training import datasets


def opened_lab(world_or_inputs: object, labels: object, *, present: bool, **settings: Any) -> TrainingLab:
    """A training lab on a named world, or on inputs with labels."""
    check_present(present)
    data = _brought_world(world_or_inputs, labels, settings.get("seed", 0))
    named = {"world": "yours" if data is not None else world_or_inputs}
    return TrainingLab(changed_lab(LabState(), data, **{**named, **settings}), data, is_present=present)


def _brought_world(world_or_inputs: object, labels: object, seed: int) -> datasets.World | None:
    if isinstance(world_or_inputs, datasets.World):
        return world_or_inputs
    if isinstance(world_or_inputs, str):
        if labels is not None:
            raise TypeError(f"labels go with inputs, and {world_or_inputs!r} names a world: leave them out")
        return None
    if labels is None:
        raise TypeError("inputs need their labels: train_and_watch(inputs, labels), one class a row")
    return datasets.from_data(world_or_inputs, labels, seed=seed)
