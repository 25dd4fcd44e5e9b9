"""Faults planted in rows with labels and in pairs, for the doctor: what is planted, and what it must be called."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import normalize

from npair_viz import Report, doctor

ABOVE_A_NOTE = ("error", "warning")
OF_TAO = {"tao too large", "tao too small", "tao out of range"}


@dataclass(frozen=True)
class Sick:
    """A batch as the doctor is given it.

    Attributes:
        given: The doctor's arguments, without tao.
        kinds: Kinds of finding that name the fault.
        is_note: Whether a note is enough, since honest data look the same.
        tao: The only tao at which the fault is one; None for any.
    """

    given: dict[str, Any]
    kinds: set[str]
    is_note: bool = False
    tao: float | None = None
    planted: list[int] = field(default_factory=list)


def is_named(sick: Sick, report: Report) -> bool:
    """Whether the first finding that is not about tao names the fault, as a warning unless a note is enough."""
    about_tao = bool(sick.kinds & OF_TAO)
    found = [one for one in report.findings if about_tao or one.kind not in OF_TAO]
    if sick.is_note:  # among the notes the order means nothing
        above = [one for one in found if one.severity in ABOVE_A_NOTE]
        return sick.kinds >= {one.kind for one in above} and any(one.kind in sick.kinds for one in found)
    return bool(found) and found[0].kind in sick.kinds and found[0].severity in ABOVE_A_NOTE


def is_left_alone(report: Report, tao: float) -> bool:
    """Whether a healthy batch gets nothing above a note; at a tao above .1 the finding about tao alone."""
    allowed = OF_TAO if tao > 0.1 else set()
    return all(one.kind in allowed for one in report.findings if one.severity in ABOVE_A_NOTE)


def examined(sick: Sick, tao: float) -> Report:
    return doctor(**sick.given, tao=tao if sick.tao is None else sick.tao)


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def shuffled(rows: Tensor, labels: Tensor, seed: int) -> Sick:
    return Sick(rows_with(rows, labels[torch.randperm(len(labels), generator=generator(seed))]), {"retrieval"})


def shifted(rows: Tensor, labels: Tensor, seed: int) -> Sick:
    return Sick(rows_with(rows, labels.roll(1 + seed % 2)), {"retrieval"})


def mislabelled(share: float) -> Callable[[Tensor, Tensor, int], Sick]:
    def plant(rows: Tensor, labels: Tensor, seed: int) -> Sick:
        draws = generator(seed)
        at = torch.randperm(len(labels), generator=draws)[: int(share * len(labels))]
        wrong = labels.clone()
        for row in at.tolist():
            others = labels[labels != labels[row]]
            wrong[row] = others[torch.randint(len(others), (1,), generator=draws)]
        return Sick(rows_with(rows, wrong), {"suspicious labels"}, share < 0.1, planted=at.tolist())

    return plant


def of_rank(rank: int, is_note: bool = False) -> Callable[[Tensor, Tensor, int], Sick]:
    def plant(rows: Tensor, labels: Tensor, seed: int) -> Sick:
        centred = rows - rows.mean(dim=0)
        axes = torch.linalg.svd(centred, full_matrices=False)[2][:rank]
        return Sick(rows_with(centred @ axes.T @ axes, labels), {"few dimensions"}, is_note)

    return plant


def collapsed(rows: Tensor, labels: Tensor, seed: int) -> Sick:
    units = normalize(rows)
    return Sick(rows_with(units.mean(dim=0) + 0.02 * units, labels), {"collapse"})


def doubled(rows: Tensor, labels: Tensor, seed: int) -> Sick:
    """Twenty rows stand in another class, too."""
    order = torch.randperm(len(rows), generator=generator(seed)).tolist()
    rows, done = rows.clone(), 0
    for one, other in zip(order[::2], order[1::2], strict=False):
        if labels[one] != labels[other] and done < 20:
            rows[one], done = rows[other], done + 1
    return Sick(rows_with(rows, labels), {"duplicates across classes"})


def all_twice(rows: Tensor, labels: Tensor, seed: int) -> Sick:
    return Sick(rows_with(rows.repeat(2, 1), labels.repeat(2)), {"duplicates in a class"})


def with_zeros(rows: Tensor, labels: Tensor, seed: int) -> Sick:
    rows = rows.clone()
    rows[torch.randperm(len(rows), generator=generator(seed))[:5]] = 0
    return Sick(rows_with(rows, labels), {"zero rows"})


def with_hubs(rows: Tensor, labels: Tensor, seed: int) -> Sick:
    """Three rows lie where the mean of all is: an empty text, say."""
    rows, draws = normalize(rows), generator(seed)
    at = torch.randperm(len(rows), generator=draws)[:3]
    rows[at] = normalize(rows.mean(dim=0), dim=0) + 0.01 * torch.randn(3, rows.shape[1], generator=draws)
    return Sick(rows_with(rows, labels), {"hubs"}, planted=at.tolist())


def leaking(rows: Tensor, labels: Tensor, seed: int) -> Sick:
    """A fifth of the rows are for training, and of the others one in twenty is among them, too."""
    order = torch.randperm(len(rows), generator=generator(seed))
    train, test = order[: len(rows) // 5], order[len(rows) // 5 :]
    test = torch.cat([test, train[: len(test) // 20]])
    reference = (rows[train], labels[train])
    return Sick({**rows_with(rows[test], labels[test]), "reference": reference}, {"leak"})


def long_rows(normalized: bool) -> Callable[[Tensor, Tensor, int], Sick]:
    def plant(rows: Tensor, labels: Tensor, seed: int) -> Sick:
        rows = rows.clone()
        rows[torch.randperm(len(rows), generator=generator(seed))[:5]] *= 20
        return Sick({**rows_with(rows, labels), "normalize": normalized}, {"huge rows"}, normalized)

    return plant


def uneven(rows: Tensor, labels: Tensor, seed: int) -> Sick:
    """One class stays whole, of every other at most one row in twelve of its size stays."""
    largest = torch.bincount(labels).argmax()
    most = max(3, int((labels == largest).sum()) // 12)
    kept = [(labels == label).nonzero().flatten() for label in torch.unique(labels)]
    chosen = torch.cat([at if labels[at[0]] == largest else at[:most] for at in kept])
    return Sick(rows_with(rows[chosen], labels[chosen]), {"imbalance"}, True)


def split(rows: Tensor, labels: Tensor, seed: int) -> Sick:
    """A large class gets two labels."""
    largest = torch.bincount(labels).topk(5).indices[seed % 5]
    half = (labels == largest) & (torch.rand(len(labels), generator=generator(seed)) < 0.5)
    return Sick(rows_with(rows, labels.masked_fill(half, int(labels.max()) + 1)), {"split class"}, True)


def at_tao(tao: float, kind: str) -> Callable[[Tensor, Tensor, int], Sick]:
    return lambda rows, labels, seed: Sick(rows_with(rows, labels), {kind}, tao=tao)


def raw_at_tao(tao: float) -> Callable[[Tensor, Tensor, int], Sick]:
    """Rows of length 1, whose lengths are free."""
    return lambda rows, labels, seed: Sick(
        {**rows_with(normalize(rows), labels), "normalize": False}, {"tao too large"}, tao=tao
    )


def swapped(rows: Tensor, labels: Tensor, seed: int) -> Sick:
    return Sick({**rows_with(rows, labels), "l2_reg": (0.05, 0.1, 0.3, 0.5, 0.7)[seed % 5]}, {"swapped"}, tao=1.0)


def rows_with(rows: Tensor, labels: Tensor) -> dict[str, Any]:
    return {"embeddings": rows, "labels": labels}


def towers(rows: Tensor, seed: int, noise: float = 1.0) -> tuple[Tensor, Tensor]:
    """Rows, and the same rows with noise, both of length 1."""
    anchors = normalize(rows)
    rough = torch.randn(anchors.shape, generator=generator(seed)) / anchors.shape[1] ** 0.5
    return anchors, normalize(anchors + noise * rough)


def pairs_with(anchors: Tensor, positives: Tensor) -> dict[str, Any]:
    return {"anchors": anchors, "positives": positives}


def shuffled_pairs(rows: Tensor, seed: int) -> Sick:
    anchors, positives = towers(rows, seed)
    return Sick(pairs_with(anchors, positives[torch.randperm(len(rows), generator=generator(seed))]), {"retrieval"})


def misfits(rows: Tensor, seed: int) -> Sick:
    """One pair in twenty has the partner of another such pair."""
    anchors, positives = towers(rows, seed)
    at = torch.randperm(len(rows), generator=generator(seed))[: len(rows) // 20]
    positives[at] = positives[at.roll(1)]
    return Sick(pairs_with(anchors, positives), {"misfit pairs"}, planted=at.tolist())


def apart(height: float, is_note: bool) -> Callable[[Tensor, int], Sick]:
    """The towers lie at heights +h and −h along a direction of their own."""

    def plant(rows: Tensor, seed: int) -> Sick:
        anchors, positives = towers(rows, seed)
        axis = normalize(torch.randn(rows.shape[1], generator=generator(1000 + seed)), dim=0)  # not row 0 of the noise
        along, aside = height * axis, (1 - height**2) ** 0.5
        return Sick(
            pairs_with(normalize(aside * anchors + along), normalize(aside * positives - along)), {"gap"}, is_note
        )

    return plant


def in_a_cone(cosine: float, is_note: bool) -> Callable[[Tensor, int], Sick]:
    """All rows share a direction, so that two strangers have about this cosine."""

    def plant(rows: Tensor, seed: int) -> Sick:
        sides = towers(rows, seed)
        axis = normalize(torch.randn(rows.shape[1], generator=generator(1000 + seed)), dim=0)  # not row 0 of the noise
        along, aside = cosine**0.5 * axis, (1 - cosine) ** 0.5
        anchors, positives = (normalize(aside * side + along) for side in sides)
        return Sick(pairs_with(anchors, positives), {"common direction"}, is_note)

    return plant


def hub_positive(rows: Tensor, seed: int) -> Sick:
    anchors, positives = towers(rows, seed)
    positives[seed] = normalize(positives.mean(dim=0), dim=0)
    return Sick(pairs_with(anchors, positives), {"hubs"})


def doubled_anchors(rows: Tensor, seed: int) -> Sick:
    anchors, positives = towers(rows, seed)
    at = torch.randperm(len(rows), generator=generator(seed))[: len(rows) // 10]
    anchors[at] = anchors[at[0]].clone()
    return Sick(pairs_with(anchors, positives), {"duplicates across classes"})


def shifted_pairs(rows: Tensor, seed: int) -> Sick:
    anchors, positives = towers(rows, seed)
    return Sick(pairs_with(anchors, positives.roll(1, 0)), {"retrieval"})


def with_signs_turned(share: float) -> Callable[[Tensor, Tensor, int], Sick]:
    def plant(rows: Tensor, labels: Tensor, seed: int) -> Sick:
        is_turned = torch.rand(len(rows), 1, generator=generator(seed)) < share
        return Sick(rows_with(torch.where(is_turned, -rows, rows), labels), {"turned sign"})

    return plant


def with_a_sign_turned(rows: Tensor, seed: int) -> Sick:
    anchors, positives = towers(rows, seed)
    return Sick(pairs_with(anchors, -positives), {"turned sign"})


def a_tower_collapsed(rows: Tensor, seed: int) -> Sick:
    anchors, positives = towers(rows, seed)
    return Sick(pairs_with(anchors, positives.mean(dim=0) + 0.001 * positives), {"collapse"})


OF_ROWS: dict[str, Callable[[Tensor, Tensor, int], Sick]] = {
    "labels shuffled": shuffled,
    "labels shifted": shifted,
    "10 % wrong labels": mislabelled(0.1),
    "20 % wrong labels": mislabelled(0.2),
    "5 % wrong labels": mislabelled(0.05),
    "rank 2": of_rank(2),
    "rank 4": of_rank(4),
    "rank 6": of_rank(6),
    "rank 16": of_rank(16, is_note=True),
    "collapse": collapsed,
    "duplicates in other classes": doubled,
    "every row twice": all_twice,
    "half the signs turned": with_signs_turned(0.5),
    "a tenth of the signs turned": with_signs_turned(0.1),
    "zero rows": with_zeros,
    "hubs": with_hubs,
    "leak": leaking,
    "rows x 20, raw": long_rows(normalized=False),
    "rows x 20, normalised": long_rows(normalized=True),
    "imbalance": uneven,
    "split class": split,
    "tao 1": at_tao(1.0, "tao too large"),
    "tao 1, raw": raw_at_tao(1.0),
    "tao 5": at_tao(5.0, "tao too large"),
    "tao .001": at_tao(0.001, "tao too small"),
    "swapped": swapped,
}
OF_PAIRS: dict[str, Callable[[Tensor, int], Sick]] = {
    "pairs shuffled": shuffled_pairs,
    "pairs shifted": shifted_pairs,
    "misfit pairs": misfits,
    "equal anchors": doubled_anchors,
    "a hub among positives": hub_positive,
    "a sign turned": with_a_sign_turned,
    "a tower collapsed": a_tower_collapsed,
}
