"""`train_and_watch`, which opens the training lab, or trains parts of one's own beside a monitor."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, overload

from npair_viz.explorers.shared.notebook_cells import replace_former, said_that_torch_starts
from npair_viz.optional_imports import needed_for

if TYPE_CHECKING:
    from torch import nn
    from torch.optim import Optimizer

    from npair_viz.explorers.lab.lab import TrainingLab
    from npair_viz.explorers.watch.monitor import Monitor
    from npair_viz.losses.npair_module import NPairLoss


@overload
def train_and_watch(
    *,
    model: "nn.Module",
    optimizer: "Optimizer",
    loader: Iterable[Any],
    loss: "NPairLoss",
    validation: object = None,
    steps: int = 300,
    every: int = 10,
    name: str = "",
) -> "Monitor": ...
@overload
def train_and_watch(
    world_or_inputs: object = "digits", labels: object = None, *, present: bool = False, **settings: Any
) -> "TrainingLab": ...
def train_and_watch(
    world_or_inputs: object = "digits", labels: object = None, *, present: bool = False, **settings: Any
) -> "TrainingLab | Monitor":
    """Watch an encoder learn with the N-pair loss: the built-in one in a lab, or your own model in a plain loop.

    In the lab half of the classes, drawn from the seed, are not trained on; recall is measured on them.

    Args:
        world_or_inputs: "digits", "blends", or your own inputs (b, k) in any form that `explore` takes, also a scene,
            such as `load` returns.
        labels: (b,) whole numbers or words, with inputs only; by default those of the scene or of the data frame.
        present: Whether to open in present mode, for a projector.
        settings: tao, l2_reg, normalize, objective, n_classes, groups, mining, dimension, optimiser, lr, seed, device,
            as in `npair_viz.training.train.Settings`; against, the settings in which a second run differs, such as
            {"tao": 1.0}; steps, the length of a run, by default 300; step, the step to open at; panel, the third curve
            ("nmi", "mean_norm", "effective_negatives", "gradient_norm", "alignment", "uniformity").
            Or your own parts: model, optimizer, loader (gives batches of inputs and labels, and is begun again where it
            ends) and loss, an `NPairLoss`; validation, rows that are measured and shown, (inputs, labels) or (inputs,
            inputs); steps (300), every (10) and name as of `watch`. The model is trained further by every call.

    Returns:
        The lab, which a notebook shows; of your own parts the `Monitor` of the run, also where it is interrupted. Any
        other exception of the loop goes through and has it: `except Exception as error: error.monitor.save(path)`.

    Raises:
        ValueError: The data or a setting is wrong.
        TypeError: The data or a setting is of the wrong type, or a setting is unknown.
        ModuleNotFoundError: A package is missing; the message says what to install.

    >>> train_and_watch("blends", tao=0.5, step=5).runs[0][-1].step
    5
    >>> import torch
    >>> from npair_viz import NPairLoss
    >>> model, batch = torch.nn.Linear(4, 2), (torch.randn(12, 4), torch.arange(12) % 3)
    >>> optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    >>> train_and_watch(model=model, optimizer=optimizer, loader=[batch], loss=NPairLoss(tao=0.5), steps=20).step
    20
    """
    if "model" in settings:
        return _own(world_or_inputs, labels, present, **settings)
    with said_that_torch_starts(), needed_for("train_and_watch"):
        from npair_viz.explorers.lab.opening import opened_lab

    lab = opened_lab(world_or_inputs, labels, present=present, **settings)
    replace_former(lab)
    return lab


def _own(world: object, labels: object, present: bool, **parts: Any) -> "Monitor":
    from npair_viz.explorers.watch.own_loop import trained

    if world != "digits" or labels is not None or present:
        raise TypeError("model must come without inputs, labels and present: its rows are those of loader")
    known, needed = {"validation", "steps", "every", "name"}, {"model", "optimizer", "loader", "loss"}
    if wrong := sorted((needed - set(parts)) | (set(parts) - needed - known)):
        raise TypeError(
            f"with model there must be {', '.join(sorted(needed))}, and there may be {', '.join(sorted(known))}: "
            f"look at {', '.join(wrong)}"
        )
    return trained(**{"validation": None} | parts)
