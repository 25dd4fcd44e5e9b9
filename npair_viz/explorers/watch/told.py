"""What a loop with another loss of pairs tells its monitor, checked."""

import torch
from torch import Tensor

from npair_viz.linalg import moved
from npair_viz.losses.extra import checked_extra
from npair_viz.losses.objectives import Objective, check_objective
from npair_viz.losses.watching import Compared
from npair_viz.validation import check_labels, check_pairs, check_tao


def told(
    anchors: Tensor,
    positives: Tensor,
    tao: float | Tensor,
    loss: float | Tensor | None,
    objective: Objective,
    labels: Tensor | None,
    negatives: Tensor | None,
    negative_labels: Tensor | None,
) -> Compared:
    """What was compared, of the arguments of `Monitor.__call__`, which says what it raises."""
    check_pairs(anchors, positives)
    check_objective(objective)
    tao = check_tao(tao)
    device = anchors.device
    labels = None if labels is None else moved(check_labels("labels", labels, len(anchors)), device)
    extra = checked_extra(negatives, negative_labels, ("anchors", anchors), have_labels=labels is not None)
    if extra is not None and extra.labels is not None:
        negative_labels = moved(extra.labels, device)
    return Compared(
        anchors,
        positives,
        tao,
        loss if loss is None or isinstance(loss, Tensor) else torch.tensor(float(loss), device="cpu"),
        classes=labels,
        labels=labels,
        negatives=negatives,
        negative_labels=negative_labels,
        objective=objective,
    )
