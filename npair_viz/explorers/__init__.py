"""Explorers: one living picture of the loss, with its controls, in a JupyterLab cell."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, overload

from npair_viz.optional_imports import needed_for

if TYPE_CHECKING:
    from npair_viz.explorers.embeddings import EmbeddingExplorer
    from npair_viz.explorers.explorer import Explorer
    from npair_viz.explorers.prediction import Prediction
    from npair_viz.explorers.training import TrainingLab

    Shown = EmbeddingExplorer | Explorer | Prediction | TrainingLab

STARTING = '<div style="height: 600px; font-size: 18px; padding: 1em">Starting torch, about 5 s.</div>'
_OPEN: dict[str, tuple[int, list["Shown"]]] = {}


@overload
def explore(scene_or_embeddings: str = "line-up", labels: None = None, **settings: Any) -> "Explorer": ...
@overload
def explore(scene_or_embeddings: object, labels: object = None, **settings: Any) -> "Explorer | EmbeddingExplorer": ...
def explore(
    scene_or_embeddings: object = "line-up",
    labels: object = None,
    *,
    level: int = 2,
    hide: tuple[str, ...] = (),
    lock: tuple[str, ...] = (),
    task: str = "",
    present: bool = False,
    **settings: Any,
) -> "Explorer | EmbeddingExplorer":
    """Open an explorer on a scene by its name, or on your own embeddings (b, d) with their labels (b,).

    More than 128 rows open as a cloud: click any of them to see its line-up. Its settings: row, the anchor (at first
    the one with the largest loss), tao (0.1), l2_reg, normalize, objective, policy and n_classes (which pairs form the
    batch: one of each class, all classes unless given), seed, view ("anchor plane", "principal axes", "tour"), turn;
    and present=True, for a projector. The rest of this text is about scenes, and about fewer rows.

    level: 1 for a first meeting, without Play, lengths, l2_reg and More; 2 for a lesson; 3 opens with free lengths,
    l2_reg = 0.02 and the phase map, and leaves l2_reg live on the circle too. task: a line above the picture.
    present: open in present mode, for a projector: large, black on white, the last act in words, code cells hidden.
    hide, lock: controls to leave out or to hold still: scene, selected, normalize, history, play, move, tao, l2_reg,
    more and its drawers, each by its name, and objective, policy, n_classes, seed, dtype, view, same.
    settings: tao, l2_reg, normalize, objective ("mc", "ovo"), selected (the number of the pair, from 0, not its class),
    drawer ("shares", "loss over tao", "landscape", "phase map", "settings"), view ("anchor plane", "principal axes"),
    same (classes that are one in truth), dtype; which pairs of the data: policy ("first", "hardest", "random"),
    n_classes (at most 64; of data the first 10 unless given), seed.
    tao starts at 0.5 and not at the class's own 1.0, since four points on a circle leave little to see there.
    Errors: ValueError or TypeError that says what is wrong with the data or the setting; ModuleNotFoundError that says
    what to install.

    >>> explore("tidy", tao=0.05).reading.names
    ('3', '8', '0', '1')
    """
    with said_that_torch_starts(), needed_for("explore"):
        from npair_viz.explorers.opening import opened

    explorer = opened(
        scene_or_embeddings, labels, level=level, hide=hide, lock=lock, task=task, present=present, **settings
    )
    replace_former(explorer)
    return explorer


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
        from npair_viz.explorers.opening import opened_lab

    lab = opened_lab(world_or_inputs, labels, present=present, **settings)
    replace_former(lab)
    return lab


@contextmanager
def said_that_torch_starts() -> Iterator[None]:
    """Around an import that loads torch: a notebook shows a box of the explorer's size, so that little jumps."""
    shell: Any = None
    if "torch" not in sys.modules and "IPython" in sys.modules:
        from IPython import get_ipython

        shell = get_ipython()
    if getattr(shell, "kernel", None) is None:
        yield
        return
    box = {"transient": {"display_id": f"npair-{id(shell)}"}, "metadata": {}}
    shell.display_pub.publish({"text/html": STARTING}, **box)
    try:
        yield
    finally:
        shell.display_pub.publish({"text/html": ""}, **box, update=True)


def replace_former(explorer: "Shown") -> None:
    """Close what an earlier run of the same cell left open: each figure is some 5 MB of script in the browser."""
    if "IPython" not in sys.modules:
        return
    from IPython import get_ipython

    shell = get_ipython()
    if shell is None or not hasattr(shell, "get_parent"):
        return
    cell = shell.get_parent().get("metadata", {}).get("cellId", "")
    if not cell:
        return
    count, former = _OPEN.get(cell, (shell.execution_count, []))
    if count != shell.execution_count:
        for one in former:
            one.close()
        former = []
    _OPEN[cell] = (shell.execution_count, [*former, explorer])
