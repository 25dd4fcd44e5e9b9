"""Extra negatives that the loss is given: which of them can be looked at."""

from dataclasses import replace

from torch import Tensor

from npair_viz.data.neighbours import unit_copy
from npair_viz.diagnosis.embeddings import SAMPLE, seeded_sample
from npair_viz.diagnosis.inputs import rows_beside
from npair_viz.diagnosis.report import Finding
from npair_viz.diagnosis.settings import Settings
from npair_viz.linalg import in_working_precision


def with_extra(settings: Settings, negatives: object, rows: Tensor | None) -> tuple[Settings, list[Finding]]:
    """The settings with extra negatives in any form, as the loss of `rows` (b, d) sees them; and findings."""
    read, wrong = rows_beside("negatives", negatives)
    if read is None or rows is None:
        return settings, wrong
    if read.shape[1] != rows.shape[1]:
        detail = f"embeddings are {tuple(rows.shape)}, negatives {tuple(read.shape)}: the loss compares them."
        advice = "Embed both with one encoder, or project both."
        wrong.append(Finding("negatives differ", "error", "negatives can't be compared", detail, advice, {}))
        return settings, wrong
    is_sound = read.isfinite().all(dim=1)
    if not is_sound.all():
        count = int((~is_sound).sum())
        detail = f"{count:,} of {len(read):,} extra negatives hold NaN or infinity: so does the loss of every anchor."
        advice = "Leave them out, or look where they come from: a queue that was never filled?"
        wrong.append(Finding("not finite", "error", "negatives are not finite", detail, advice, {"count": count}))
        read = read[is_sound]
    kept = read[seeded_sample(len(read), SAMPLE).to(read.device)]
    extra = unit_copy(kept) if settings.normalize else in_working_precision(kept)
    return replace(settings, extra=extra if len(extra) else None, all_extra=len(read)), wrong
