"""The doctor: it examines a batch and the settings of the loss, and reports its findings."""

from collections.abc import Iterator

import torch
from torch import Tensor

from npair_viz.diagnosis import embeddings as row_checks
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

    Lengths are measured on all rows; what compares pairs, on one pair a class, at most 1,024, drawn with a fixed seed.

    Args:
        embeddings: (b, d), a tensor, an array, a data frame or a list; what is wrong with its form is a finding, too.
        labels: (b,), likewise.
        tao: The temperature, as in `NPairLoss`.
        l2_reg: The penalty's weight, as in `NPairLoss`.
        normalize: Whether the loss normalizes rows.
        objective: The loss's objective, "mc" or "ovo".
        policy: How the loss chooses pairs.
        loss: An `NPairLoss` whose settings replace all those above.
        before: (b, d), earlier embeddings of the same rows; the report says whether lengths drift.
        effective: How many negatives should count; the report says at which tao they do. None: half, at most 16.

    Returns:
        The report.

    Raises:
        ValueError: A setting is out of range. Data never raise an error.
        TypeError: A setting has a wrong type.

    Source: the formulas of `npair_viz.theory`; thresholds are ours, each is named in its module.

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
        findings += [*more, *_examine(rows, classes, settings, before, effective)]
    return worst_first(_summary(rows, classes, settings), findings)


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
    bad = row_checks.rows_not_finite(rows)
    yield from row_checks.findings_of_not_finite(bad, len(rows))
    row_numbers = torch.arange(len(rows), device=rows.device)
    if len(bad):
        row_numbers = row_numbers[~torch.isin(row_numbers, bad)]
    if not len(row_numbers):
        return
    rows = rows[row_numbers] if len(bad) else rows
    lengths = row_checks.lengths_of(rows)
    yield from row_checks.findings_of_lengths(lengths, row_numbers, settings.normalize)
    kept = (lengths > 0).nonzero().flatten()
    if labels is None or not len(kept):
        return
    labels = labels[row_numbers]
    if len(kept) < len(rows):
        rows, labels, row_numbers = rows[kept], labels[kept], row_numbers[kept]
    units = row_checks.detached_units(rows)
    spread = list(row_checks.findings_of_spread(units, len(torch.unique(labels))))
    yield from spread
    if not any(found.kind == "collapse" for found in spread):
        yield from row_checks.findings_of_duplicates(units if settings.normalize else rows, labels, row_numbers)
    del units  # as large as the rows
    pairs = measured_pairs(rows, labels, row_numbers, settings)
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
