"""Open the training lab."""

from typing import TYPE_CHECKING, Any

from npair_viz.explorers.shared.notebook_cells import replace_former, said_that_torch_starts
from npair_viz.optional_imports import needed_for

if TYPE_CHECKING:
    from npair_viz.explorers.lab.lab import TrainingLab


def train_and_watch(
    world_or_inputs: object = "digits", labels: object = None, *, present: bool = False, **settings: Any
) -> "TrainingLab":
    """Watch an encoder learn with this loss: "digits", "blends", or your own inputs (b, k) with their labels (b,).

    Half of the classes, drawn from the seed, are never trained on; on them it is told whether training serves.
    settings: tao, l2_reg, normalize, objective, n_classes, groups, mining, dimension, optimiser, lr, seed, device,
    as in `npair_viz.training.train.Settings`; against, the settings of a second run where they differ, such as
    {"tao": 1.0}; steps, where a run ends, 300 unless given; step, the moment to open at; panel, the third curve ("nmi",
    "mean_norm", "effective_negatives", "gradient_norm", "alignment", "uniformity"). present: open in present mode,
    for a projector.
    Errors: ValueError or TypeError that says what is wrong with the data or the setting; ModuleNotFoundError that says
    what to install.

    >>> train_and_watch("blends", tao=0.5, step=5).runs[0][-1].step
    5
    """
    with said_that_torch_starts(), needed_for("train_and_watch"):
        from npair_viz.explorers.lab.opening import opened_lab

    lab = opened_lab(world_or_inputs, labels, present=present, **settings)
    replace_former(lab)
    return lab
