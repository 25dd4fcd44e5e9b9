"""What a step compared, in numbers: taken on its device without waiting, made plain floats once they have arrived."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from npair_viz.diagnosis.embeddings import cosine_of_mean, rank_of_variances
from npair_viz.linalg import in_working_precision, product, squared_norms, unit_rows
from npair_viz.losses.objectives import Objective, losses_and_log_weights, margins, negative_logits
from npair_viz.losses.watching import Compared
from npair_viz.theory.closed_forms import seen_loss
from npair_viz.theory.effective_negatives import effective_of
from npair_viz.theory.phase import phase
from npair_viz.theory.ruler import loss_ruler

MOST = 256  # anchors that are looked at, and whose rank is measured
ENTRIES = 2**22  # of the table of similarities, 16 MB: against very many candidates fewer anchors are looked at
ROUND = 1e-3  # by which the lengths of unit rows may differ from 1
NUMBERS = (
    "loss",
    "pair_loss",
    "penalty",
    "negatives",
    "classes",
    "effective_negatives",
    "right_picks",
    "negative_cosine",
    "side_cosine",
    "gap",
    "pair_distance",
    "length",
    "length_spread",
    "roundness",
    "pairs",
    "tao",
)
"""In the order in which they travel; most of them are in a row of a recording, where `Monitor` explains them."""


@dataclass(frozen=True)
class Settings:
    """What is known of a step without asking its device; tao is NaN where it lies there."""

    n: int
    extra: int
    symmetric: bool
    dimension: int
    objective: Objective
    l2_reg: float
    tao: float


def settings_of(compared: Compared) -> Settings:
    """The settings of a step."""
    (n, dimension), tao = compared.anchors.shape, compared.tao
    if isinstance(tao, Tensor):
        tao = tao.item() if tao.device.type == "cpu" else math.nan
    extra = 0 if compared.negatives is None else len(compared.negatives)
    return Settings(n, extra, compared.symmetric, dimension, compared.objective, float(compared.l2_reg), float(tao))


def evenly(n: int, most: int, valid: Tensor | None, device: torch.device) -> Tensor:
    """At most `most` row numbers, evenly chosen among the valid ones; where these are fewer, others follow them.

    >>> evenly(10, 4, None, torch.device("cpu"))
    tensor([0, 2, 5, 7])
    """
    m = min(n, most)
    numbers = torch.arange(m, device=device)
    if valid is None:
        return numbers * n // max(m, 1)
    count = valid.sum()
    places = torch.where(count > m, numbers * count // max(m, 1), numbers)
    return valid.logical_not().long().sort(stable=True).indices.index_select(0, places)


@torch.no_grad()
def taken(compared: Compared) -> dict[str, Tensor]:
    """NUMBERS (k,) of a step, NaN where there are none, and the Gram matrix (m, m) of m unit anchors."""
    compared = _plain(compared)
    n, device, valid = len(compared.anchors), compared.anchors.device, compared.valid
    units = anchors, positives = compared.anchors, compared.positives
    if compared.raw is None:
        units = unit_rows(anchors), unit_rows(positives)
    found: dict[str, Tensor] = {}
    if n:
        candidates = n if compared.negatives is None else n + len(compared.negatives)
        looked_at = evenly(n, min(MOST, max(ENTRIES // candidates, 1)), valid, device)
        found |= _of_candidates(compared, looked_at) | _of_sides(*units, valid) | _of_lengths(compared)
        found["loss"] = found["pair_loss"] + found["penalty"]
    if compared.loss is not None:
        found["loss"] = _mean_loss(compared.loss.detach(), compared)
    if isinstance(compared.tao, Tensor):
        found["tao"] = compared.tao.detach()
    if valid is not None:
        found["pairs"] = valid.sum()
    missing = torch.full((), torch.nan, device=device)
    wide = torch.float32 if device.type == "mps" else torch.float64  # mps has no float64
    numbers = [found.get(name, missing).to(device, wide, non_blocking=True) for name in NUMBERS]
    some = units[0].index_select(0, evenly(n, MOST, valid, device))
    return {"numbers": torch.stack(numbers), "gram": product(some, some.T)}


@torch.no_grad()
def shown(compared: Compared) -> dict[str, Tensor]:
    """At most MOST rows as the loss compares them, anchors and then their positives, and the classes of these pairs."""
    compared = _plain(compared)
    n, device = len(compared.anchors), compared.anchors.device
    numbers = evenly(n, MOST // 2, compared.valid, device)
    rows = torch.cat([side.index_select(0, numbers) for side in (compared.anchors, compared.positives)])
    classes = compared.classes
    return {"rows": rows} if classes is None else {"rows": rows, "classes": classes.index_select(0, numbers)}


def row_of(arrived: Mapping[str, Tensor], settings: Settings) -> dict[str, float]:
    """The numbers of a sample as plain floats, with floor, chance, score and rank.

    >>> rows = torch.eye(3)
    >>> step = Compared(rows, rows, tao=0.5)
    >>> row = row_of(taken(step), settings_of(step))
    >>> round(row["loss"], 4), row["right_picks"], round(row["rank"], 3)
    (0.2395, 1.0, 2.0)
    """
    row = dict(zip(NUMBERS, arrived["numbers"].tolist(), strict=True))
    if math.isnan(row["pairs"]):
        row["pairs"] = float(settings.n)
    if math.isnan(row["classes"]):
        row["classes"] = row["pairs"]
    if not math.isnan(settings.tao):
        row["tao"] = settings.tao
    row["floor"], row["chance"] = _ends(row, settings)
    row["score"] = _score(row)
    row["rank"] = rank_of_gram(arrived["gram"], int(row["pairs"]))
    row["most_rank"] = float(max(min(settings.dimension, row["classes"] - 1, len(arrived["gram"]) - 1), 0))
    return row


def rank_of_gram(gram: Tensor, count: int) -> float:
    """The effective rank of the first `count` of the rows with a Gram matrix (m, m), NaN where they are not finite.

    >>> round(rank_of_gram(torch.eye(4), 3), 3)
    2.0
    """
    gram = gram[:count, :count].double()
    if not gram.isfinite().all():
        return math.nan
    if len(gram) < 2:
        return 0.0
    mean = gram.mean(dim=0)
    centred = gram - mean - mean.unsqueeze(1) + mean.mean()
    return rank_of_variances(torch.linalg.eigvalsh(centred).clamp_min(0))


def _plain(compared: Compared) -> Compared:
    """The same without gradients and halves; rows that are not valid, which may hold anything, are zero."""
    anchors, positives, raw, negatives = (
        None if rows is None else in_working_precision(rows.detach())
        for rows in (compared.anchors, compared.positives, compared.raw, compared.negatives)
    )
    assert anchors is not None
    assert positives is not None
    if compared.valid is not None:
        anchors, positives = (rows.where(compared.valid.unsqueeze(1), 0.0) for rows in (anchors, positives))
    return replace(compared, anchors=anchors, positives=positives, raw=raw, negatives=negatives)


def _of_candidates(compared: Compared, own: Tensor) -> dict[str, Tensor]:
    """What some anchors (m,) see of all candidates."""
    labels, valid, candidates = compared.labels, compared.valid, compared.positives
    if compared.negatives is not None:
        candidates = torch.cat([candidates, compared.negatives])
    some = compared.anchors.index_select(0, own)
    similarities = cosines = product(some, candidates.T)
    is_negative = _are_negatives(compared, own)
    is_every_other = labels is None and valid is None  # which needs no counting
    negatives = torch.full_like(own, len(candidates) - 1) if is_every_other else is_negative.sum(dim=1)
    is_valid = None if valid is None else valid.index_select(0, own)
    counted = negatives > 0 if is_valid is None else (negatives > 0) & is_valid
    logits = negative_logits(margins(similarities, compared.tao, own), is_negative)
    losses, log_weights = losses_and_log_weights(logits, compared.objective)
    if compared.raw is None:
        lengths = torch.outer(*(torch.linalg.vector_norm(rows, dim=1) for rows in (some, candidates)))
        cosines = similarities / lengths.clamp_min(torch.finfo(similarities.dtype).tiny)
    found = {} if labels is None else {"classes": _different(labels, valid)}
    return found | {
        "pair_loss": _mean(losses, is_valid),
        "negatives": _mean(negatives, counted),
        "effective_negatives": _mean(effective_of(log_weights - log_weights.amax(dim=1, keepdim=True)), counted),
        "right_picks": _mean((logits.amax(dim=1) < 0).to(logits), counted),
        "negative_cosine": _mean(cosines.where(is_negative, 0).sum(dim=1), counted) / _mean(negatives, counted),
    }


def _are_negatives(compared: Compared, own: Tensor) -> Tensor:
    """Which candidates are negatives of some anchors (m,): other positives, and those that are nobody's."""
    positives, labels, valid, extra = compared.positives, compared.labels, compared.valid, compared.negatives
    found = own.unsqueeze(1) != torch.arange(len(positives), device=positives.device)
    beside = None if extra is None else found.new_ones(len(own), len(extra))
    if labels is not None:
        mine = labels.index_select(0, own).unsqueeze(1)
        found = mine.ne(labels)
        if compared.negative_labels is not None:
            beside = mine.ne(compared.negative_labels)
    if valid is not None:
        found = found & valid
    return found if beside is None else torch.cat([found, beside], dim=1)


def _of_sides(anchors: Tensor, positives: Tensor, valid: Tensor | None) -> dict[str, Tensor]:
    """What the two sides of unit rows (n, d) are to each other as wholes."""
    n = torch.full((), float(len(anchors)), device=anchors.device) if valid is None else valid.sum()
    left, right = (rows.sum(dim=0) / n for rows in (anchors, positives))  # those that are not valid are zero
    return {
        "side_cosine": torch.maximum(cosine_of_mean(left, n), cosine_of_mean(right, n)),
        "gap": torch.linalg.vector_norm(left - right),
        "pair_distance": _mean((anchors - positives).square().sum(dim=1), valid).sqrt(),
    }


def _of_lengths(compared: Compared) -> dict[str, Tensor]:
    """Lengths of the rows before the loss divided by them, and what the penalty makes of those that it compares."""
    anchors, positives, valid = compared.anchors, compared.positives, compared.valid
    both = None if valid is None else torch.cat([valid, valid])
    rows = torch.cat([anchors, positives]) if compared.raw is None else compared.raw
    lengths = torch.linalg.vector_norm(rows, dim=1)
    length = _mean(lengths, both)
    off = torch.zeros_like(lengths) if compared.raw is not None else (lengths - 1).abs()
    squares = squared_norms(anchors, positives) if compared.l2_reg else anchors.new_zeros(len(anchors))
    return {
        "length": length,
        "length_spread": _mean((lengths - length).square(), both).sqrt(),
        "roundness": (off if both is None else off.where(both, 0)).amax(),
        "penalty": compared.l2_reg * _mean(squares, valid),
    }


def _different(labels: Tensor, valid: Tensor | None) -> Tensor:
    """How many different labels (n,) there are among the valid ones, without a size that depends on them."""
    labels = labels.long()
    if valid is not None:  # all others get one that is there
        labels = labels.where(valid, labels.where(valid, torch.iinfo(torch.int64).min).amax())
    ordered = labels.sort().values
    return (ordered[1:] != ordered[:-1]).sum() + 1


def _mean(values: Tensor, counted: Tensor | None) -> Tensor:
    """The mean of those values that are counted, NaN where none is."""
    values = values if values.is_floating_point() else values.float()
    return values.mean() if counted is None else values.where(counted, 0).sum() / counted.sum()


def _mean_loss(found: Tensor, compared: Compared) -> Tensor:
    """What the loss returned, a pair."""
    if compared.reduction == "none":
        return _mean(found, compared.valid)
    if compared.reduction == "sum":
        return found / (max(len(compared.anchors), 1) if compared.valid is None else compared.valid.sum().clamp_min(1))
    return found


def _ends(row: Mapping[str, float], settings: Settings) -> tuple[float, float]:
    """Floor and chance of the loss, its penalty included; NaN where a number is missing or out of range."""
    n, negatives, tao, objective = int(row["pairs"]), row["negatives"], row["tao"], settings.objective
    if not (n and negatives > 0 and 1e-4 <= tao <= 1e4 and math.isfinite(row["penalty"])):
        return math.nan, math.nan
    at_chance, extra = _seen(0.0, negatives, objective), settings.extra
    are_raw, repeat = row["roundness"] > ROUND, row["classes"] < n
    if extra and settings.symmetric:  # the second direction sees the pairs alone
        at_chance = math.nan if repeat else (at_chance + _seen(0.0, n - 1, objective)) / 2
    if are_raw:
        is_known = not (extra or repeat)
        best = phase(n, tao, settings.l2_reg, objective=objective, search=False).optimal_loss if is_known else math.nan
        return best, at_chance
    if not repeat and negatives == n - 1 + extra:
        floor = loss_ruler(
            n,
            tao,
            objective=objective,
            dimension=settings.dimension,
            search=False,
            negatives=extra,
            symmetric=settings.symmetric,
        ).floor
    elif extra:
        floor = math.nan
    else:  # rows of a class are no negatives, and may lie on one corner
        floor = _seen(-row["classes"] / (row["classes"] - 1) / tao, negatives, objective)
    return floor + row["penalty"], at_chance + row["penalty"]


def _seen(margin: float, negatives: float, objective: Objective) -> float:
    """The loss of an anchor with so many negatives, in the mean, all at one margin."""
    gap, count = (torch.tensor([value], dtype=torch.float64, device="cpu") for value in (margin, negatives))
    return float(seen_loss(gap, count, objective))


def _score(row: Mapping[str, float]) -> float:
    """How far the loss is from chance: 1 at the floor, 0 at chance, below 0 beyond it in the same unit."""
    room = row["chance"] - row["floor"]
    return (row["chance"] - row["loss"]) / room if room > 0 else math.nan
