"""What the loss hands to whoever watches it: the rows that it compared, and how."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor

from npair_viz.linalg import is_traced
from npair_viz.losses.extra import Extra
from npair_viz.losses.objectives import MC, Objective
from npair_viz.losses.temperature import is_stepped
from npair_viz.sampling.pairs import PairSelection


@dataclass(frozen=True, eq=False)
class Compared:
    """What a loss compared at a step.

    Attributes:
        anchors: (n, d), as they were compared: on the unit sphere where the loss puts them there.
        positives: (n, d).
        tao: The temperature; a tensor that requires a gradient where it is learned.
        loss: What the loss returned, None where nobody told.
        raw: (2n, d), anchors and positives before the loss divided them by their lengths; None where it does not.
        classes: (n,) the class of each pair; None where each is its own.
        labels: (n,) integers; rows of equal label are not each other's negatives. None: every other row is a negative.
        valid: (n,) bool, which pairs count; None for all.
        negatives: (m, d), more candidates that are nobody's positive; None for none.
        negative_labels: (m,) integers; a row of an anchor's label is no negative of it. None: all are of every anchor.
        l2_reg: The weight of the penalty.
        objective: "mc" or "ovo".
        reduction: "mean", "sum" or "none".
        symmetric: Whether the loss is the mean of both directions.
        tao_range: In which a learned tao is held.
    """

    anchors: Tensor
    positives: Tensor
    tao: float | Tensor
    loss: Tensor | None = None
    raw: Tensor | None = None
    classes: Tensor | None = None
    labels: Tensor | None = None
    valid: Tensor | None = None
    negatives: Tensor | None = None
    negative_labels: Tensor | None = None
    l2_reg: float = 0.0
    objective: Objective = MC
    reduction: str = "mean"
    symmetric: bool = False
    tao_range: tuple[float, float] = (0.0, math.inf)


class Watcher(Protocol):
    """Whoever watches a loss."""

    def saw(self, compared: Callable[[], Compared], by: object = None) -> None:
        """Take a forward call of the module `by`; what it compared is only made where it is asked for."""

    def step_aside(self) -> None:
        """Leave out a forward call whose values nobody can see."""


def hand_over(
    loss: Any,
    raw: Tensor,
    anchors: Tensor,
    positives: Tensor,
    tao: float | Tensor,
    found: Tensor,
    pairs: PairSelection,
    extra: Extra | None,
) -> None:
    """Tell the watcher of an NPairLoss of a forward call; within a compiled graph or torch.func it steps aside."""
    if is_traced():
        step_aside(loss._watcher)
        return

    def compared() -> Compared:
        held: dict[str, Any] = {name: getattr(loss, name) for name in ("l2_reg", "objective", "reduction", "symmetric")}
        if loss.learn_tao or is_stepped(loss.tao):
            held["tao_range"] = loss.tao_range
        if extra is not None:
            held |= {"negatives": extra.rows, "negative_labels": extra.labels}
        if pairs.pairs_per_class > 1 or held.get("negative_labels") is not None:
            held["labels"] = pairs.labels
        if pairs.max_pairs is not None:
            held["valid"] = pairs.valid
        before = raw if loss.normalize else None
        return Compared(anchors, positives, tao, found, before, classes=pairs.labels, **held)

    loss._watcher.saw(compared, by=loss)


def is_in_backward() -> bool:
    """Whether this is a backward pass, where activation checkpointing computes a forward pass again."""
    return bool(torch._C._current_graph_task_id() != -1)


def step_aside(watcher: Any) -> None:
    """Tell the watcher that nobody can see what is compared here."""
    watcher.step_aside()


# So torch.compile calls it while it makes the graph, of which a warning can't be a part. This is all that
# torch.compiler.assume_constant_result does, but that one loads the compiler and Triton at once.
vars(step_aside)["_dynamo_marked_constant"] = True
