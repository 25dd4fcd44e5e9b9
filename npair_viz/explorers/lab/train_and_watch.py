"""`train_and_watch`, which opens the training lab."""

from typing import TYPE_CHECKING, Any

from npair_viz.explorers.shared.notebook_cells import replace_former, said_that_torch_starts
from npair_viz.optional_imports import needed_for

if TYPE_CHECKING:
    from npair_viz.explorers.lab.lab import TrainingLab


def train_and_watch(
    world_or_inputs: object = "digits", labels: object = None, *, present: bool = False, **settings: Any
) -> "TrainingLab":
    """Watch an encoder learn with the N-pair loss.

    Half of the classes, drawn from the seed, are not trained on; recall is measured on them.

    Args:
        world_or_inputs: "digits", "blends", or your own inputs (b, k) in any form that `explore` takes, also a scene,
            such as `load` returns.
        labels: (b,) whole numbers or words, with inputs only; by default those of the scene or of the data frame.
        present: Whether to open in present mode, for a projector.
        settings: tao, l2_reg, normalize, objective, n_classes, groups, mining, dimension, optimiser, lr, seed, device,
            as in `npair_viz.training.train.Settings`; against, the settings in which a second run differs, such as
            {"tao": 1.0}; steps, the length of a run, by default 300; step, the step to open at; panel, the third curve
            ("nmi", "mean_norm", "effective_negatives", "gradient_norm", "alignment", "uniformity").

    Returns:
        The lab; a notebook shows it.

    Raises:
        ValueError: The data or a setting is wrong.
        TypeError: The data or a setting is of the wrong type, or a setting is unknown.
        ModuleNotFoundError: A package is missing; the message says what to install.

    >>> train_and_watch("blends", tao=0.5, step=5).runs[0][-1].step
    5
    """
    with said_that_torch_starts(), needed_for("train_and_watch"):
        from npair_viz.explorers.lab.opening import opened_lab

    lab = opened_lab(world_or_inputs, labels, present=present, **settings)
    replace_former(lab)
    return lab
