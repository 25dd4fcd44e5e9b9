"""What all rows say together: one fault is told by one finding, and what follows from it is not told again."""

from collections.abc import Generator
from dataclasses import dataclass

import torch
from torch import Tensor

from npair_viz.data.neighbours import unit_copy
from npair_viz.diagnosis import embeddings as row_checks
from npair_viz.diagnosis.draws import MeasuredPairs, drawn_pairs
from npair_viz.diagnosis.duplicates import findings_of_duplicates
from npair_viz.diagnosis.hubs import FIRST, findings_of_hubs
from npair_viz.diagnosis.means import findings_of_hiding_means, findings_of_means, means_of
from npair_viz.diagnosis.neighbours import Neighbours, neighbours
from npair_viz.diagnosis.pairs import findings_of_loss, findings_of_twins, loss_of, overflow_of
from npair_viz.diagnosis.report import Finding, Measure
from npair_viz.diagnosis.retrieval import (
    FEWEST,
    findings_of_retrieval,
    findings_of_turned_rows,
    measure_of_retrieval,
    retrieval_of,
)
from npair_viz.diagnosis.settings import Settings
from npair_viz.diagnosis.suspects import findings_of_split_classes, findings_of_suspects
from npair_viz.diagnosis.temperature import findings_of_tao, heard, hears_all, measure_of_tao
from npair_viz.diagnosis.towers import (
    Towers,
    findings_of_lost_partners,
    findings_of_misfits,
    findings_of_tower_hubs,
    findings_of_turned_sign,
    measure_of_towers,
    towers_of,
    without_means,
)
from npair_viz.diagnosis.words import Words

MANY = 0.05  # rows that equal one of another class, of all: they explain a recall at chance
Said = Generator[Finding | Measure, None, bool]  # it returns whether nearly all negatives count alike


@dataclass(frozen=True, eq=False)
class Rows:
    """Finite rows that are not zero.

    Attributes:
        rows: (b, d) in their own dtype; of pairs n anchors, then their n positives.
        labels: (b,) int64.
        numbers: (b,), their row numbers in the batch.
        words: How rows and classes are called.
    """

    rows: Tensor
    labels: Tensor
    numbers: Tensor
    words: Words


def examine_rows(kept: Rows, settings: Settings, effective: float | None) -> Said:
    """Examine rows with labels: retrieval, rank, labels, hubs; then pairs drawn from them."""
    units = unit_copy(kept.rows)
    sizes = torch.unique(kept.labels, return_counts=True)[1]
    classes, is_sick, can_judge = len(sizes), False, False
    if len(units) > 1:
        near = neighbours(units, int(sizes.max()))
        retrieval = retrieval_of(near, kept.labels)
        if retrieval is not None:
            yield measure_of_retrieval(retrieval, near)
            can_judge = retrieval.queries >= FEWEST
        is_sick, has_collapsed = yield from _spread(units, classes)
        doubled = [] if has_collapsed else _duplicates(kept, units, settings, near)
        turned = [] if is_sick or retrieval is None else [*findings_of_turned_rows(retrieval, near, kept.labels)]
        yield from turned
        is_sick = is_sick or bool(turned)
        if not is_sick and retrieval is not None and retrieval.is_at_chance:
            is_sick, doubled = True, [one for one in doubled if is_common(one)]
            yield from [] if doubled else findings_of_retrieval(retrieval, near, kept.labels)
        denied = [] if is_sick else list(findings_of_suspects(near, kept.labels, kept.numbers, kept.words))
        are_many = any(is_common(one) for one in doubled)
        yield from [*doubled, *denied] if are_many else [*denied, *doubled]  # wrong labels part a few equal rows, too
        if not is_sick:
            yield from findings_of_split_classes(near, kept.labels, kept.words)
        if not has_collapsed:
            first, asked = near.nearest[:, :FIRST], units[near.queries]
            yield from findings_of_hubs(first, asked, len(units), kept.numbers, kept.words)
    del units  # as large as the rows
    return (yield from _settings_on(kept, settings, effective, None, False, is_sick=is_sick, can_judge=can_judge))


def examine_pairs(kept: Rows, settings: Settings, effective: float | None) -> Said:
    """Examine pairs of two towers: retrieval both ways, rank, misfits, hubs, means; then the loss."""
    units = unit_copy(kept.rows)
    anchors, positives = units.chunk(2)
    n, is_sick = len(anchors), False
    towers = towers_of(anchors, positives, kept.labels[:n]) if n > 1 else None
    if towers is not None:
        yield measure_of_towers(towers)
        centred = torch.cat([side - side.mean(dim=0) for side in (anchors, positives)])  # a gap is no dimension in use
        is_sick, has_collapsed = yield from _spread(units, len(torch.unique(kept.labels)), centred)
        del centred
        doubled = [] if has_collapsed else _duplicates(kept, units, settings)
        hidden = [] if is_sick else [*findings_of_hiding_means(towers)] or [*findings_of_turned_sign(towers)]
        yield from hidden
        if not (is_sick or hidden) and towers.is_at_chance:
            is_sick, doubled = True, []
            yield from findings_of_lost_partners(towers)
        is_sick = is_sick or bool(hidden)
        yield from doubled
        if not is_sick:
            yield from findings_of_misfits(towers, kept.numbers, kept.words)
        if not (has_collapsed or hidden):  # what is near to everything is so by that fault
            yield from findings_of_tower_hubs(towers, kept.numbers, kept.words)
    can_judge = n >= FEWEST
    return (yield from _settings_on(kept, settings, effective, towers, True, is_sick=is_sick, can_judge=can_judge))


def _spread(
    units: Tensor, classes: int, centred: Tensor | None = None
) -> Generator[Finding | Measure, None, tuple[bool, bool]]:
    """Collapse or rank; it returns whether labels can't be judged for it, and whether all has collapsed."""
    rank = row_checks.rank_of(units if centred is None else centred, classes)
    yield row_checks.measure_of_rank(rank)
    collapse = [] if centred is None else list(row_checks.findings_of_collapsed_sides(units))
    collapse = collapse or list(row_checks.findings_of_collapse(units, classes))
    yield from collapse
    if not collapse:
        yield from row_checks.findings_of_rank(rank)
    return bool(collapse) or rank.is_low, bool(collapse)


def is_common(doubled: Finding) -> bool:
    """Whether so many rows equal one of another class that this alone brings the recall down."""
    share = doubled.numbers.get("share")
    return doubled.kind == "duplicates across classes" and isinstance(share, float) and share >= MANY


def _duplicates(kept: Rows, units: Tensor, settings: Settings, near: Neighbours | None = None) -> list[Finding]:
    rows = units if settings.normalize else kept.rows
    return list(findings_of_duplicates(rows, kept.labels, kept.numbers, kept.words, near))


def _settings_on(
    kept: Rows,
    settings: Settings,
    effective: float | None,
    towers: Towers | None,
    are_pairs: bool,
    *,
    is_sick: bool,
    can_judge: bool,
) -> Said:
    """What the settings do on drawn pairs."""
    draws = drawn_pairs(kept.rows, kept.labels, kept.numbers, settings, are_pairs)
    pairs = draws[0]
    if len(pairs.rows) < 2:
        return False
    overflows = [overflow_of(one, one.similarities, settings) for one in draws]
    # that of the first draw, unless another one can't be computed
    overflow, is_endless = max(overflows, key=lambda found: found[1])
    yield from overflow
    if is_endless:
        return False
    measure, above = loss_of(draws, settings)
    hearing = heard(draws, settings, effective)
    yield measure
    yield measure_of_tao(hearing, settings)
    tao = list(findings_of_tao(hearing, settings, effective))
    if not is_sick:
        if settings.normalize:
            yield from _means(pairs, settings, towers, are_rows=not kept.words.pairs)
        yield from findings_of_twins(pairs, kept.words)
        if not any(one.kind == "tao too small" for one in tao):
            yield from findings_of_loss(measure, above, can_judge, settings)
    yield from tao
    return hears_all(hearing)


def _means(
    pairs: MeasuredPairs, settings: Settings, towers: Towers | None, *, are_rows: bool
) -> Generator[Finding, None, None]:
    fall = pairs.loss(settings) - pairs.loss(settings, *without_means(pairs.anchors, pairs.positives))
    yield from findings_of_means(means_of(pairs.anchors, pairs.positives, fall), towers, are_rows=are_rows)
