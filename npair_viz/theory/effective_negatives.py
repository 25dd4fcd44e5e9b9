"""How many negatives count in a batch, and the tao at which a wanted number of them counts."""

import math

import torch
from torch import Tensor

from npair_viz.linalg import in_working_precision
from npair_viz.losses.objectives import MC, Objective, check_objective, losses_and_log_weights, margins
from npair_viz.validation import check_similarities, check_tao


def effective_negatives(similarities: Tensor, tao: float | Tensor, *, objective: Objective = "mc") -> Tensor:
    """How many negatives share each anchor's push: exp of the entropy of their shares r_ij = w_ij / Σ_{k≠i} w_ik.

    mc: r is the softmax over j ≠ i of s_ij / tao, and the number never falls as tao grows: from 1, the hardest alone,
    to n − 1. ovo: r_ij grows with sigmoid((s_ij − s_ii) / tao), and all negatives with s_ij ≫ s_ii count alike.

    Args:
        similarities: (n, n), s_ij of anchor i and positive j.
        tao: The temperature.
        objective: "mc" or "ovo".

    Returns:
        (n,), 0 for a single pair; float32 for half precision.

    Raises:
        ValueError: The shape or a setting is wrong.
        TypeError: The dtype or the type of a setting is wrong.

    Source: derived; checked by tests.

    >>> import torch
    >>> effective_negatives(torch.eye(5), tao=0.1)
    tensor([4., 4., 4., 4., 4.])
    """
    check_objective(objective)
    return counted(check_similarities(similarities), check_tao(tao), objective)


def counted(similarities: Tensor, tao: float | Tensor, objective: Objective) -> Tensor:
    """`effective_negatives` of similarities (n, n + m), the last columns of which are of extra negatives."""
    return effective_of(_logits(similarities, tao, objective))


def effective_of(logits: Tensor) -> Tensor:
    """exp of the entropy of the softmax of each row (..., m), whose largest logit is 0; 0 where m = 0."""
    # no logit is above 0, so both terms are at least 0 and no digits cancel; a single pair has exp(−∞)
    return (logits.logsumexp(dim=-1) - (logits.softmax(dim=-1) * logits).sum(dim=-1)).exp()


def suggest_tao(similarities: Tensor, effective: float) -> float:
    """The tao at which the mean of `effective_negatives` over the anchors, for mc, is `effective`.

    That mean never falls as tao grows, so there is one such tao. It is bisected in float64, which waits for the device.

    Args:
        similarities: (n, n), finite, s_ij of anchor i and positive j.
        effective: The wanted mean, above the number of negatives that tie for the hardest (1 without ties), which is
            the limit for tao → 0, and below n − 1, the limit for tao → ∞.

    Returns:
        The temperature.

    Raises:
        ValueError: `effective` is not between these limits, or similarities are not finite or not square.
        TypeError: Similarities are no floating-point tensor.

    Source: derived; checked by tests.

    >>> import torch
    >>> similarities = torch.tensor([[1.0, 0.5, 0.0], [0.5, 1.0, 0.25], [0.0, 0.25, 1.0]])
    >>> round(suggest_tao(similarities, effective=1.9), 3)
    0.527
    """
    return tao_at_which(check_similarities(similarities), effective)


def tao_at_which(similarities: Tensor, effective: float) -> float:
    """`suggest_tao` of similarities (n, n + m), the last columns of which are of extra negatives."""
    similarities = similarities.detach().double()
    if not similarities.isfinite().all():
        rows = (~similarities.isfinite().all(dim=1)).nonzero().squeeze(1).tolist()
        raise ValueError(f"similarities must be finite, got NaN or infinity in rows {rows}: leave those anchors out")
    negatives = _off_diagonal(similarities)
    least, most = _tied_for_hardest(negatives), negatives.shape[1]
    if not least < effective < most:
        raise ValueError(
            f"effective must lie between {least:g} and {most}, both left out, got {effective!r}: "
            + _why_not(least, most)
        )
    spread = float((negatives.amax(dim=1) - negatives.amin(dim=1)).amax())
    low, high = math.log(spread) - 50, math.log(spread) + 50
    while low < (middle := (low + high) / 2) < high:
        count = float(counted(similarities, math.exp(middle), MC).mean())
        low, high = (low, middle) if count >= effective else (middle, high)
    return math.exp(high)


def _logits(similarities: Tensor, tao: float | Tensor, objective: Objective) -> Tensor:
    """Logits of the negatives' shares, (n, n − 1 + m), the largest of each row at 0."""
    similarities = in_working_precision(similarities)
    _, logits = losses_and_log_weights(_off_diagonal(margins(similarities, tao)), objective)
    return logits - logits.detach().amax(dim=1, keepdim=True) if logits.numel() else logits


def _off_diagonal(matrix: Tensor) -> Tensor:
    """All of an (n, n + m) matrix but its diagonal, (n, n − 1 + m)."""
    n, k = matrix.shape
    square = matrix if k == n else matrix[:, :n]
    others = square.flatten()[1:].view(max(n - 1, 0), n + 1)[:, :-1].reshape(n, max(n - 1, 0))
    return others if k == n else torch.cat([others, matrix[:, n:]], dim=1)


def _tied_for_hardest(negatives: Tensor) -> float:
    """How many negatives of an anchor, in the mean, are as similar to it as its most similar one."""
    if not negatives.numel():
        return 0.0
    return float((negatives == negatives.amax(dim=1, keepdim=True)).sum(dim=1).double().mean())


def _why_not(least: float, most: int) -> str:
    if most < 2:
        return "with fewer than three pairs no tao changes how many negatives count; use more classes"
    if least == most:
        return "each anchor's negatives are all equally similar to it, so all of them count at every tao"
    return "the first is where tao → 0 leads, the second, every other positive, where tao → ∞ does"
