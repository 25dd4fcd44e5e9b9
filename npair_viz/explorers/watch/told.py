"""What a loop with another loss of pairs tells its monitor, checked."""

import torch
from torch import Tensor

from npair_viz.linalg import moved
from npair_viz.losses.objectives import Objective, check_objective
from npair_viz.losses.watching import Compared
from npair_viz.validation import check_labels, check_pairs, check_rows, check_tao


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
    if negatives is not None:
        check_rows("negatives", negatives)
        if negative_labels is not None:
            check_labels("negative_labels", negative_labels, len(negatives))
            negative_labels = moved(negative_labels, device)
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
