"""Findings of hubs, rows that are near to everything, and of rows that stand in the training set, too."""

from collections.abc import Iterator

import torch
from torch import Tensor

from npair_viz.data.neighbours import blocks
from npair_viz.diagnosis.embeddings import group_numbers, seeded_sample
from npair_viz.diagnosis.neighbours import QUERIES
from npair_viz.diagnosis.report import MAX_KEPT, Finding
from npair_viz.diagnosis.words import Words, sentence

FIRST = 10  # nearest rows among which a hub stands
HUB = 20.0  # times as often as a row does in the mean; honest spaces reach 17.5
FEWEST = 100  # rows among which there can be a hub
SAME = 1 - 1e-4  # the cosine of one input that was embedded twice, in half precision too
NEAR = 0.0075  # of the way from a row to a stranger of the reference, in 1 − cosine: no nearer are honest texts
LEAKING = 0.01  # of the rows; texts that occur twice in honest data are fewer


def findings_of_hubs(nearest: Tensor, units: Tensor, total: int, rows: Tensor, words: Words) -> Iterator[Finding]:
    """Report rows among the first ten of far more different rows than others are.

    Args:
        nearest: (q, 10), what is nearest to each row that was looked up, as numbers from 0 to total − 1.
        units: (q, d), the rows that were looked up; equal ones count once.
        total: How many rows could be near.
        rows: (total,), their row numbers in the batch.
        words: How rows are called.
    """
    if total < FEWEST or nearest.shape[1] < FIRST:
        return
    groups = group_numbers(units)
    kept = torch.zeros(int(groups.max()) + 1, dtype=torch.int64, device=groups.device)
    kept[groups] = torch.arange(len(groups), device=groups.device)
    asked = len(kept)
    counts = torch.bincount(nearest[kept].flatten(), minlength=total)
    mean = asked * FIRST / total
    sure = counts - 2 * counts.double().sqrt()  # of few rows that were looked up, one is drawn often by chance
    hubs = (sure > HUB * mean).nonzero().flatten()
    if not len(hubs):
        return
    hubs = hubs[counts[hubs].argsort(descending=True, stable=True)]
    at = rows[hubs].tolist()
    most = int(counts[hubs[0]])
    whose = "" if not words.pairs else "anchors" if at[0] >= words.pairs else "positives"
    detail = f"{sentence(words.told(at[0]))} is among the first ten of {most / asked:.0%} of {asked:,} different "
    detail += f"{whose or 'rows'}, {most / mean:.0f} times as often as the mean row."
    if len(at) > 1:
        detail += f" So are {words.listed(at[1:])}." if len(at) > 2 else f" So is {words.listed(at[1:])}."
    advice = (
        "It answers every question: look whether it is empty, boilerplate or very short. Else subtract the mean row "
    )
    advice += "before you search, or rank by the cosine less a candidate's mean cosine with its own nearest (CSLS)."
    numbers: dict[str, object] = {"times the mean": most / mean, "share": most / asked, **words.at(at)}
    title = "a hub: one row is near to everything" if len(at) == 1 else f"{len(at)} hubs: rows near to everything"
    yield Finding("hubs", "warning", title, detail, advice, numbers)


def findings_of_leaks(units: Tensor, row_numbers: Tensor, reference: Tensor, words: Words) -> Iterator[Finding]:
    """Report unit rows (b, d), by their row numbers (b,), that are in the reference (m, d) of unit rows, too."""
    if units.shape[1] != reference.shape[1]:
        detail = f"Rows have {units.shape[1]} numbers, those of the reference {reference.shape[1]}."
        yield Finding("reference differs", "warning", "reference can't be compared", detail, "Use one encoder.", {})
        return
    sample = seeded_sample(len(units), QUERIES).to(units.device)
    best = [similarities.max(dim=1) for _, similarities in blocks(units[sample], reference.to(units))]
    cosine, twin = torch.cat([one.values for one in best]), torch.cat([one.indices for one in best])
    strangers = float(reference.mean(dim=0, dtype=torch.float64).square().sum())  # of a cone all cosines are high
    least = min(1 - NEAR * (1 - strangers), SAME)
    same = (cosine >= least).nonzero().flatten()
    if not len(same):
        return
    share = len(same) / len(sample)
    rows = row_numbers[sample[same]].tolist()
    of_all = f"{len(same):,} of {len(sample):,} rows" + ("" if len(sample) == len(units) else " that were looked up")
    detail = f"{of_all} ({share:.1%}) equal a row of the reference or nearly so (cosine of {least:.4f} or more); first "
    detail += f"{words.told(rows[0])}, row {int(twin[same[0]])} there with {float(cosine[same[0]]):.4f}."
    advice = "Take them out of one of the two, or the test measures memory. Split by source (document, person, "
    advice += "product) before you split by rows."
    numbers: dict[str, object] = {"count": len(same), "share": share, **words.at(rows)}
    numbers["least cosine"] = least
    numbers["at reference"] = twin[same].tolist()[:MAX_KEPT]
    severity = "warning" if share >= LEAKING else "note"
    yield Finding("leak", severity, "rows stand in the reference, too", detail, advice, numbers)
