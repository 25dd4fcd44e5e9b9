"""Findings from earlier embeddings of the same rows: lengths that drift, and rows that have not moved."""

from collections.abc import Iterator

import torch
from torch import Tensor

from npair_viz.diagnosis.embeddings import lengths_of, median_of
from npair_viz.diagnosis.report import Finding, plain

DRIFT = 1.5  # a finding if the median row is so many times longer or shorter


def findings_of_drift(rows: Tensor, before: Tensor, normalize: bool) -> Iterator[Finding]:
    """Compare rows (b, d) with those before, (b, d)."""
    if rows.shape != before.shape:
        detail = f"embeddings are {tuple(rows.shape)}, before is {tuple(before.shape)}: row i must be the same input."
        yield Finding("before differs", "warning", "before can't be compared", detail, "Embed the same rows.", {})
        return
    before = before.to(rows.device)
    is_finite = rows.isfinite().all(dim=1) & before.isfinite().all(dim=1)
    now, then = lengths_of(rows[is_finite]), lengths_of(before[is_finite])
    had_length = then > 0
    if not had_length.any():
        return
    if torch.equal(rows[is_finite].double(), before[is_finite].double()):
        advice = "Is the optimizer given these parameters, is requires_grad on, is before a copy?"
        yield Finding("standstill", "warning", "nothing has moved", "All rows equal those before.", advice, {})
        return
    factor = median_of(now[had_length] / then[had_length])
    if 1 / DRIFT < factor < DRIFT:
        return
    effect, mend = _effect_and_mend(factor > 1, normalize)
    numbers = {"factor": factor, "median before": median_of(then), "median now": median_of(now)}
    detail = f"The median row is {plain(factor)} times as long as before: {effect}."
    yield Finding("drift", "warning", "lengths drift", detail, f"Try {mend}.", numbers)


def _effect_and_mend(is_longer: bool, normalize: bool) -> tuple[str, str]:
    if normalize:
        effect = "gradients are divided by the length, so steps shrink" if is_longer else "as lengths fall, steps grow"
        return effect, "a smaller learning rate, or weight decay on the last layer"
    effect = "with free lengths that acts like a falling tao" if is_longer else "they may fall into the origin"
    return effect, "a larger l2_reg, which holds them" if is_longer else "a smaller l2_reg"
