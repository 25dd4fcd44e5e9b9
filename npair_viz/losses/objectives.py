"""The two losses, "mc" and "ovo", and everything that depends on which of them it is.

An anchor's margins are x_j = (s_j − s) / tao, where s_j is its similarity to candidate j and s that to its positive.
The margins of its negatives are its logits. The loss is a sum of terms log(1 + exp y). mc has one term for all
negatives, y = log Σ_j exp x_j; ovo has one term for each negative, y_j = x_j.
Source: Sohn (2016), equations 6 (mc) and 7 (ovo). Each kernel computes the same in its own way.
"""

import math
from typing import Final, Literal, assert_never, get_args

import torch
from torch import Tensor
from torch.nn import functional

from npair_viz.validation import check_choice

Objective = Literal["mc", "ovo"]
OBJECTIVES: tuple[Objective, ...] = get_args(Objective)
MC: Final = "mc"
ENOUGH = 80.0  # beyond it softplus(x) is x in every dtype, and below it exp(x) is finite


def check_objective(objective: object) -> None:
    """Raise ValueError unless `objective` is one of OBJECTIVES."""
    check_choice("objective", objective, OBJECTIVES)


def softplus(x: Tensor) -> Tensor:
    """log(1 + exp x), exact for small and large x: by default torch's own returns its input above 20."""
    return functional.softplus(x, threshold=ENOUGH)


def margins(similarities: Tensor, tao: float | Tensor, own: Tensor | None = None) -> Tensor:
    """x_ij = (s_ij − s_i,own) / tao of similarities (m, n). tao broadcasts.

    own (m,): which of the candidates is the anchor's positive; candidate i of anchor i unless given.
    """
    if own is None:
        own = torch.arange(len(similarities), device=similarities.device)
    # not diagonal(): torch 2.13's inductor compiles its backward wrongly
    return (similarities - similarities.gather(1, own.unsqueeze(1))) / tao


def negative_logits(margins: Tensor, is_negative: Tensor) -> Tensor:
    """Margins of the negatives; elsewhere the lowest finite number, whose exponential is 0 and has no NaN gradient."""
    return margins.masked_fill(~is_negative, torch.finfo(margins.dtype).min)


def term_logits(logits: Tensor, objective: Objective) -> Tensor:
    """Logits y of the loss's terms log(1 + exp y): of all negatives together (..., 1), or of each alone (..., m)."""
    if objective == "mc":
        return logits.logsumexp(dim=-1, keepdim=True)
    if objective == "ovo":
        return logits
    assert_never(objective)


def losses(logits: Tensor, objective: Objective) -> Tensor:
    """Losses (...) of logits (..., m): log(1 + Σ_j exp x_j), or Σ_j log(1 + exp x_j).

    Computed from the negatives alone: cross-entropy adds the positive's 1, and a loss of 2e-9 would be rounded away.

    >>> losses(torch.tensor([0.0, 0.0, 0.0]), "mc").exp(), losses(torch.tensor([0.0, 0.0, 0.0]), "ovo").exp()
    (tensor(4.), tensor(8.))
    """
    return softplus(term_logits(logits, objective)).sum(dim=-1)


def pair_losses(margins: Tensor, is_negative: Tensor, objective: Objective) -> Tensor:
    """Loss of each anchor (...,) from the margins of its candidates (..., n) and which of them are negatives."""
    return losses(negative_logits(margins, is_negative), objective)


def losses_and_log_weights(logits: Tensor, objective: Objective) -> tuple[Tensor, Tensor]:
    """Losses (...) of logits (..., m), and the logarithm of each negative's weight (..., m), the slope d(loss)/d(x_j).

    The weight is exp x_j / (1 + Σ_k exp x_k), or exp x_j / (1 + exp x_j). A negative's part of the push is its weight
    over all weights: the softmax of their logarithms, which is never 0 / 0.
    """
    terms = softplus(term_logits(logits, objective))
    return terms.sum(dim=-1), logits - terms


def own_shares(losses: Tensor, weights: Tensor, objective: Objective) -> Tensor:
    """The positive's own weight (...): 1 minus the negatives' weights, which under ovo may be less than 0."""
    if objective == "mc":
        return (-losses).exp()  # the same as 1 - weights.sum(), but a small share keeps its digits
    if objective == "ovo":
        return 1 - weights.sum(dim=-1)
    assert_never(objective)


def effective(shares: Tensor) -> Tensor:
    """The effective number (...) of negatives with shares (..., m): exp of the shares' entropy, 0 without negatives."""
    entropy: Tensor = torch.special.entr(shares).sum(dim=-1)
    return entropy.exp() * shares.any(dim=-1)


def chance(n: int, objective: Objective, extra: int = 0) -> float:
    """Loss of n pairs, beside so many extra negatives, whose similarities are all equal."""
    if objective == "mc":
        return math.log(n + extra)
    if objective == "ovo":
        return (n - 1 + extra) * math.log(2)
    assert_never(objective)


def threshold(n: int, objective: Objective) -> float:
    """The pressure, 2·l2_reg·tao, from which n raw pairs collapse: n times a weight at chance; 0 for a single pair."""
    if n == 1:
        return 0.0
    if objective == "mc":
        return 1.0
    if objective == "ovo":
        return n / 2
    assert_never(objective)


def mass_at_chance(n: int, objective: Objective) -> float:
    """The sum of an anchor's weights on its negatives where n pairs are all equally similar."""
    return (n - 1) * threshold(n, objective) / n


def has_one_vote(objective: Objective) -> bool:
    """Whether the weights of all candidates of an anchor sum to 1."""
    if objective == "mc":
        return True
    if objective == "ovo":
        return False
    assert_never(objective)


def share_name(objective: Objective) -> str:
    """What the screen calls the weight of a candidate."""
    return "share of the choice" if has_one_vote(objective) else "undecided in its duel"
