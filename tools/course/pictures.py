"""What a notebook draws with Python's help, as tables for a page: a row's line-up, moments of a training run."""

import math
from typing import Any

from torch import Tensor

from npair_viz import EmbeddingExplorer, TrainingLab
from npair_viz.geometry.narration import fixed, percent
from tools.strokes import photo

MOST_MOMENTS = 7
NEGATIVES = 10  # of a line-up
COLUMNS = {
    "loss": "loss",
    "floor": "best there is",
    "chance": "chance",
    "recall": "Recall@1, unseen",
    "mean_norm": "mean length",
}


def line_up_of(explorer: EmbeddingExplorer) -> dict[str, Any]:
    """The line-up of an embedding explorer's row: heads and rows of a table, and a photo for each row if known."""
    one, scene = explorer.reading, explorer.scene
    numbers = [one.row, one.partner, *one.rivals[:NEGATIVES].tolist()]
    roles = ["anchor", "its partner", *(f"negative {k + 1}" for k in range(len(numbers) - 2))]
    shares = ["", *(percent(share, 1) for share in [one.share, *one.shares[:NEGATIVES].tolist()])]
    names = [scene.class_name(int(label)) for label in scene.labels[numbers]]
    rows = [list(cells) for cells in zip(roles, map(str, numbers), names, shares, strict=True)]
    photos = [] if scene.images is None else [_small(image) for image in scene.images[numbers]]
    return {"heads": ["", "row", "class", "share"], "rows": rows, "photos": photos}


def table_of(lab: TrainingLab) -> dict[str, Any]:
    """Some moments of each run of a training lab: heads and rows of a table."""
    rows = []
    for number, run in enumerate(lab.runs):
        shown = run[:: math.ceil(len(run) / MOST_MOMENTS)]
        shown = shown if shown[-1] is run[-1] else (*shown, run[-1])
        for moment in shown:
            values = (fixed(getattr(moment, name), 3) for name in COLUMNS)
            rows.append([*([str(number + 1)] if len(lab.runs) > 1 else []), str(moment.step), *values])
    heads = [*(["run"] if len(lab.runs) > 1 else []), "step", *COLUMNS.values()]
    return {"heads": heads, "rows": rows, "photos": []}


def _small(image: Tensor) -> str:
    return f'<svg width="32" height="32" viewBox="0 0 32 32" aria-hidden="true">{photo(image, 0, 0, 32)}</svg>'
