"""What earlier embeddings of the same rows say: lengths that drift, and rows that stand still."""

from collections.abc import Iterator

import torch
from torch import Tensor

from npair_viz.diagnosis.embeddings import lengths_of
from npair_viz.diagnosis.report import Finding

DRIFT = 1.5  # times longer or shorter


def findings_of_drift(rows: Tensor, before: Tensor, normalize: bool) -> Iterator[Finding]:
    """What is to say of rows (b, d) that once were `before` (b, d)."""
    if rows.shape != before.shape:
        detail = f"embeddings are {tuple(rows.shape)}, before is {tuple(before.shape)}: row i must be the same input."
        yield Finding("before differs", "warning", "before can't be compared", detail, "Embed the same rows.", {})
        return
    before = before.to(rows.device)
    kept = rows.isfinite().all(dim=1) & before.isfinite().all(dim=1)
    now, then = lengths_of(rows[kept]), lengths_of(before[kept])
    kept_then = then > 0
    if not kept_then.any():
        return
    if torch.equal(rows[kept].double(), before[kept].double()):
        advice = "Is the optimizer given these parameters, is requires_grad on, is before a copy?"
        yield Finding("standstill", "warning", "nothing has moved", "All rows equal those before.", advice, {})
        return
    factor = float((now[kept_then] / then[kept_then]).median())
    if 1 / DRIFT < factor < DRIFT:
        return
    effect, mend = _meaning(factor > 1, normalize)
    numbers = {"factor": factor, "median before": float(then.median()), "median now": float(now.median())}
    detail = f"The median row is {factor:.3g} times as long as before: {effect}."
    yield Finding("drift", "warning", "lengths drift", detail, f"Try {mend}.", numbers)


def _meaning(is_longer: bool, normalize: bool) -> tuple[str, str]:
    if normalize:
        effect = "gradients are divided by the length, so steps shrink" if is_longer else "as lengths fall, steps grow"
        return effect, "a smaller learning rate, or weight decay on the last layer"
    effect = "with free lengths that acts like a falling tao" if is_longer else "they may fall into the origin"
    return effect, "a larger l2_reg, which holds them" if is_longer else "a smaller l2_reg"
