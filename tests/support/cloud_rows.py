"""180 rows for a cloud, with texts or without, and what a hand does with it."""

from dataclasses import replace

import torch

from npair_viz import explore, scenes
from npair_viz.figures.traces import traces

CLASSES, EACH, D = 30, 6, 9


def rows(seed=0):
    generator = torch.Generator().manual_seed(seed)
    centres = torch.randn(CLASSES, D, generator=generator)
    return centres.repeat(EACH, 1) + 0.7 * torch.randn(CLASSES * EACH, D, generator=generator)


LABELS = torch.arange(CLASSES).repeat(EACH)
B = len(LABELS)
WORDS = tuple(f"kind {k}" for k in range(30))
TEXTS = tuple(f"Number {row} of <kind> {row % 30}{' is Blue' if row % 5 == 0 else ''}" for row in range(B))


def opened(**settings):
    scene = replace(scenes.from_data(rows(), LABELS, class_names=WORDS), texts=TEXTS)
    return explore(scene, **{"row": 3, **settings})


def click(explorer, trace, index):
    """What the page sends for a click on a mark."""
    explorer._picture.sheet.set_state({"clicked": {"trace": trace, "data": _data(explorer, trace, index), "at": 0}})


def lasso(explorer, **marks):
    """What the page sends for a lasso around some marks, by the names of their traces."""
    named = {name.replace("_", " "): places for name, places in marks.items()}
    named = {name: [_data(explorer, name, place) for place in places] for name, places in named.items()}
    explorer._picture.sheet.set_state({"selected": {"marks": named, "at": 0}})


def _data(explorer, trace, index):
    rows = traces(explorer.figure)[trace].customdata
    return None if rows is None else int(rows[index])


def lines(explorer):
    return [line for line, _ in explorer.controls["lines"].options]
