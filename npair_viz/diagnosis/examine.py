"""The doctor: what is wrong with a batch and its settings, in plain words, worst first, each with its numbers."""

from collections.abc import Iterator

import torch
from torch import Tensor

from npair_viz.diagnosis import embeddings as of_rows
from npair_viz.diagnosis.drift import findings_of_drift
from npair_viz.diagnosis.inputs import counts_differ, read_labels, read_rows
from npair_viz.diagnosis.labels import findings_of_labels, pair_count
from npair_viz.diagnosis.pairs import findings_of_pairs, measured_pairs
from npair_viz.diagnosis.report import Finding, Report, worst_first
from npair_viz.diagnosis.settings import Settings, findings_of_settings
from npair_viz.losses.npair import NPairLoss
from npair_viz.losses.objectives import Objective, check_objective
from npair_viz.sampling.pairs import POLICIES
from npair_viz.theory.optimal_pairs import plain_tao
from npair_viz.validation import check_choice, check_effective, check_l2_reg


def doctor(
    embeddings: object,
    labels: object,
    *,
    tao: float | Tensor = 1.0,
    l2_reg: float = 0.02,
    normalize: bool = True,
    objective: Objective = "mc",
    policy: str = "random",
    loss: NPairLoss | None = None,
    before: object = None,
    effective: float | None = None,
) -> Report:
    """Say in plain words what is wrong with a batch and its settings, worst first, and what to do.

    embeddings (b, d), labels (b,): tensors, arrays, data frames or lists, as they come; what is wrong with their form
    is a finding, too. The settings are those of `NPairLoss`; `loss` is one whose settings replace them.
    before: earlier embeddings of the same rows (b, d), for lengths that drift.
    effective: how many negatives you wish to count; the report says at which tao they do. None: half, at most 16.
    Lengths are measured on all rows; what compares pairs, on one pair a class, at most 1,024, drawn with a fixed seed.
    Errors: ValueError or TypeError for settings that make no sense; never for the data.
    Source: the formulas of `theory` and `diagnostics`; thresholds are ours, each is named in its module.

    >>> embeddings, labels = torch.eye(8).repeat(2, 1), torch.arange(8).repeat(2)
    >>> [finding.kind for finding in doctor(embeddings, labels, l2_reg=0.4).findings][:2]
    ['dead l2_reg', 'swapped']
    """
    settings = _settings(loss, Settings(plain_tao(tao), float(check_l2_reg(l2_reg)), normalize, objective, policy))
    if effective is not None:
        check_effective(effective)
    with torch.no_grad():
        rows, findings = read_rows("embeddings", embeddings)
        classes, more = read_labels(labels, torch.device("cpu") if rows is None else rows.device)
        found = [*findings, *more, *_examine(rows, classes, settings, before, effective)]
    return worst_first(_summary(rows, classes, settings), found)


def _examine(
    rows: Tensor | None, labels: Tensor | None, settings: Settings, before: object, effective: float | None
) -> Iterator[Finding]:
    differ = [] if rows is None or labels is None else counts_differ(rows, labels)
    yield from differ
    if labels is not None:
        yield from findings_of_labels(labels, settings.pairs_per_class, settings.max_pairs)
    n = 0 if labels is None else pair_count(labels, settings.pairs_per_class)
    yield from findings_of_settings(settings, n)
    if rows is None:
        return
    if before is not None:
        earlier, wrong = read_rows("before", before)
        yield from wrong
        yield from () if earlier is None else findings_of_drift(rows, earlier, settings.normalize)
    yield from _examine_rows(rows, None if differ else labels, settings, effective)


def _examine_rows(
    rows: Tensor, labels: Tensor | None, settings: Settings, effective: float | None
) -> Iterator[Finding]:
    bad = of_rows.not_finite(rows)
    yield from of_rows.of_not_finite(bad, len(rows))
    places = torch.arange(len(rows), device=rows.device)
    if len(bad):
        places = places[~torch.isin(places, bad)]
    if not len(places):
        return
    rows = rows[places] if len(bad) else rows
    lengths = of_rows.lengths_of(rows)
    yield from of_rows.of_lengths(lengths, places, settings.normalize)
    kept = (lengths > 0).nonzero().flatten()
    if labels is None or not len(kept):
        return
    labels = labels[places]
    if len(kept) < len(rows):
        rows, labels, places = rows[kept], labels[kept], places[kept]
    units = of_rows.unit_images(rows)
    cloud = list(of_rows.of_cloud(units, len(torch.unique(labels))))
    yield from cloud
    if not any(found.kind == "collapse" for found in cloud):
        yield from of_rows.of_duplicates(units if settings.normalize else rows, labels, places)
    del units
    pairs = measured_pairs(rows, labels, places, settings)
    if len(pairs.rows) > 1:
        yield from findings_of_pairs(pairs, settings, effective)


def _settings(loss: NPairLoss | None, given: Settings) -> Settings:
    if loss is not None:
        if not isinstance(loss, NPairLoss):
            raise TypeError(f"loss must be an NPairLoss, got {type(loss).__name__}: pass its tao and l2_reg by name")
        names = ("l2_reg", "normalize", "objective", "policy", "pairs_per_class", "max_pairs")
        given = Settings(tao=plain_tao(loss.tao), **{name: getattr(loss, name) for name in names})
    check_choice("normalize", given.normalize, (True, False))
    check_objective(given.objective)
    check_choice("policy", given.policy, POLICIES)
    return given


def _summary(rows: Tensor | None, labels: Tensor | None, settings: Settings) -> str:
    shape = "no rows" if rows is None else f"{rows.shape[0]:,} rows of {rows.shape[1]} numbers, {rows.dtype}"
    classes = "no labels" if labels is None else f"{len(torch.unique(labels)):,} classes"
    lengths = "normalised" if settings.normalize else "raw"
    chosen = f"tao={settings.tao:g}, l2_reg={settings.l2_reg:g}, {lengths}, {settings.objective}, {settings.policy}"
    return f"{shape}; {classes}; {chosen}"
