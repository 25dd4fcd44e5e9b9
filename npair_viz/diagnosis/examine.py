"""The doctor: it examines a batch and the settings of the loss, and reports its findings."""

from collections.abc import Iterator

import torch
from torch import Tensor

from npair_viz.data.neighbours import unit_copy
from npair_viz.diagnosis import embeddings as row_checks
from npair_viz.diagnosis.drift import findings_of_drift
from npair_viz.diagnosis.extra import with_extra
from npair_viz.diagnosis.hubs import findings_of_leaks
from npair_viz.diagnosis.inputs import Batch, counts_differ, read_batch, rows_beside
from npair_viz.diagnosis.labels import findings_of_labels, pair_count
from npair_viz.diagnosis.report import Finding, Measure, Report, worst_first
from npair_viz.diagnosis.settings import Settings, findings_of_settings
from npair_viz.diagnosis.whole import Rows, examine_pairs, examine_rows
from npair_viz.losses.npair_module import NPairLoss
from npair_viz.losses.objectives import Objective, check_objective
from npair_viz.sampling.pairs import POLICIES
from npair_viz.theory.optimal_pairs import plain_tao
from npair_viz.validation import check_choice, check_effective, check_l2_reg

NOTHING = object()


def doctor(
    embeddings: object = NOTHING,
    labels: object = None,
    *,
    anchors: object = None,
    positives: object = None,
    texts: object = None,
    tao: float | Tensor = 1.0,
    l2_reg: float = 0.02,
    normalize: bool = True,
    objective: Objective = "mc",
    policy: str = "random",
    loss: NPairLoss | None = None,
    before: object = None,
    reference: object = None,
    effective: float | None = None,
    negatives: object = None,
) -> Report:
    """Say in plain words what is wrong with a batch and its settings, worst first, and what to do.

    The report begins with what an expert asks first: does it retrieve, how many dimensions are in use? At most 2,000
    rows are looked up among all. The loss is measured on pairs as it would draw them, at most 1,024, in eight draws.

    Args:
        embeddings: (b, d), a tensor, an array, a data frame or a list; what is wrong with its form is a finding, too.
            Or a `Scene`, or `Pairs`, which bring labels and texts.
        labels: (b,), whole numbers or words; of pairs (n,), those of one label are no negatives of each other.
        anchors: (n, d), in place of embeddings: pairs of two towers.
        positives: (n, d), row i the partner of anchor i.
        texts: One a row, shown where a row is named; of pairs two lists, the anchors' and the positives'. Of a data
            frame also the name of their column.
        tao: The temperature, as in `NPairLoss`.
        l2_reg: The penalty's weight, as in `NPairLoss`.
        normalize: Whether the loss normalizes rows.
        objective: The loss's objective, "mc" or "ovo".
        policy: How the loss chooses pairs.
        loss: An `NPairLoss` whose settings replace all those above.
        before: Earlier embeddings of the same rows, in any form that embeddings may have, or `Pairs`; the report says
            whether lengths drift.
        reference: Those of a training set (m, d), likewise, or (embeddings, labels): the report says which rows are in
            both.
        effective: How many negatives should count; the report says at which tao they do. None: half, at most 16.
        negatives: Extra negatives (m, d) that the loss is given, such as a queue, likewise: loss, chance, floor and the
            negatives that count are those beside at most 1,024 of them. Their labels are not asked for.

    Returns:
        The report.

    Raises:
        ValueError: A setting is out of range. Data never raise an error.
        TypeError: A setting has a wrong type, or neither rows nor pairs are given.

    Source: the formulas of `npair_viz.theory`; thresholds are ours, tried on real embeddings, each is named in its
        module. MAP@R: Musgrave, Belongie and Lim (2020), arXiv 2003.08505. Hubs: Radovanović and others (2010).

    >>> embeddings, labels = torch.cat([torch.eye(8), torch.eye(8) + 0.1]), torch.arange(8).repeat(2)
    >>> report = doctor(embeddings, labels, l2_reg=0.4)
    >>> [finding.kind for finding in report.findings]
    ['swapped']
    >>> report.measures[0].numbers["Recall@1"]
    1.0
    """
    if embeddings is NOTHING and (anchors is None or positives is None):
        raise TypeError("doctor must be given embeddings with labels, or anchors with positives: pass one or the other")
    settings = _settings(loss, Settings(plain_tao(tao), float(check_l2_reg(l2_reg)), normalize, objective, policy))
    if effective is not None:
        check_effective(effective)
    with torch.no_grad():
        batch = read_batch(None if embeddings is NOTHING else embeddings, labels, anchors, positives, texts)
        settings, wrong = (settings, []) if negatives is None else with_extra(settings, negatives, batch.rows)
        said = [*batch.findings, *wrong, *_examine(batch, settings, before, reference, effective)]
    return worst_first(_summary(batch, settings), said)


def _examine(
    batch: Batch, settings: Settings, before: object, reference: object, effective: float | None
) -> Iterator[Finding | Measure]:
    rows, labels, words = batch.rows, batch.labels, batch.words
    differ = [] if rows is None or labels is None else counts_differ(rows, labels)
    yield from differ
    per_class = len(batch.labels) if words.pairs and batch.labels is not None else settings.pairs_per_class
    if labels is not None:
        yield from findings_of_labels(labels, per_class, settings.max_pairs, words)
    n = 0 if labels is None else pair_count(labels, per_class)
    if rows is None:
        yield from findings_of_settings(settings, n)
        return
    if before is not None:
        earlier, wrong = rows_beside("before", before)
        yield from wrong
        yield from () if earlier is None else findings_of_drift(rows, earlier, settings.normalize)
    hears_all = False
    kept, found = _sound_rows(rows, None if differ else labels, batch, settings)
    yield from found
    if kept is not None:
        if reference is not None:
            yield from _leaks(kept, reference)
        hears_all = yield from (examine_pairs if batch.are_pairs else examine_rows)(kept, settings, effective)
    yield from findings_of_settings(settings, n, hears_all=hears_all)


def _sound_rows(
    rows: Tensor, labels: Tensor | None, batch: Batch, settings: Settings
) -> tuple[Rows | None, list[Finding]]:
    """The rows that are finite and not zero, of pairs those whose partner is so, too; and what is wrong with others."""
    words = batch.words
    bad = row_checks.rows_not_finite(rows)
    findings = list(row_checks.findings_of_not_finite(bad, len(rows), words))
    is_sound = torch.ones(len(rows), dtype=torch.bool, device=rows.device)
    is_sound[bad] = False
    if not is_sound.any():
        return None, findings
    numbers = is_sound.nonzero().flatten()
    lengths = row_checks.lengths_of(rows[numbers] if len(bad) else rows)
    findings += row_checks.findings_of_lengths(lengths, numbers, settings.normalize, words)
    is_sound[numbers[lengths == 0]] = False
    if batch.are_pairs and labels is not None:
        left, right = is_sound.chunk(2)
        is_sound = (left & right).repeat(2)
    numbers = is_sound.nonzero().flatten()
    if labels is None or not len(numbers):
        return None, findings
    is_whole = len(numbers) == len(rows)
    kept = rows if is_whole else rows[numbers]
    return Rows(kept, labels if is_whole else labels[numbers], numbers, words), findings


def _leaks(kept: Rows, reference: object) -> Iterator[Finding]:
    embeddings = reference[0] if isinstance(reference, tuple) and len(reference) == 2 else reference
    rows, wrong = rows_beside("reference", embeddings)
    yield from wrong
    rows = None if rows is None else rows[torch.isfinite(rows).all(dim=1)]
    if rows is not None and len(rows):
        yield from findings_of_leaks(unit_copy(kept.rows), kept.numbers, unit_copy(rows), kept.words)


def _settings(loss: NPairLoss | None, given: Settings) -> Settings:
    if loss is not None:
        if not isinstance(loss, NPairLoss):
            raise TypeError(f"loss must be an NPairLoss, got {type(loss).__name__}: pass its tao and l2_reg by name")
        names = ("l2_reg", "normalize", "objective", "policy", "pairs_per_class", "max_pairs", "symmetric")
        given = Settings(tao=plain_tao(loss.tao), **{name: getattr(loss, name) for name in names})
    check_choice("normalize", given.normalize, (True, False))
    check_objective(given.objective)
    check_choice("policy", given.policy, POLICIES)
    return given


def _summary(batch: Batch, settings: Settings) -> str:
    rows, labels, pairs = batch.rows, batch.labels, batch.words.pairs
    if rows is None:
        shape = "no rows"
    else:
        items = f"{pairs:,} pairs" if pairs else f"{len(rows):,} rows"
        shape = f"{items} of {rows.shape[1]} numbers, {rows.dtype}"
    count = 0 if labels is None else len(torch.unique(labels))
    classes = "no labels" if labels is None else f"{count:,} classes"
    named = shape if pairs and count == pairs else f"{shape}; {classes}"
    lengths = "normalised" if settings.normalize else "raw"
    chosen = f"tao={settings.tao:g}, l2_reg={settings.l2_reg:g}, {lengths}, {settings.objective}, {settings.policy}"
    return f"{named}; {chosen}{', both directions' if settings.symmetric else ''}"
