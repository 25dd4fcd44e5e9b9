"""What tests of the training lab look at: whether it shows what training found, and its words."""

from itertools import islice

import numpy as np
import pytest

from npair_viz.explorers.lab.state import EVERY
from npair_viz.figures.traces import traces
from npair_viz.training.train import train


def assert_shows_its_runs(lab, world):
    """Compare every trace with moments trained afresh."""
    state, by_name, shown = lab.state, traces(lab.figure), -(-lab.state.step // EVERY)
    for run, settings in enumerate((state.settings, state.against)):
        suffix = ", other run" if run else ""
        if settings is None:
            assert not any(trace.visible for name, trace in by_name.items() if name.endswith(", other run"))
            continue
        moments = list(islice(train(world, steps=state.steps, every=EVERY, **vars(settings)), len(lab.runs[run])))
        now = moments[shown]
        for name, quantity in {"loss": "loss", "recall": "recall", "more": state.panel}.items():
            trace, mark = by_name[name + suffix], by_name[f"{name} now{suffix}"]
            assert trace.visible == mark.visible == bool(quantity)
            if quantity:
                np.testing.assert_allclose(trace.y, [getattr(one, quantity) for one in moments], rtol=1e-6)
                assert trace.x.tolist() == [one.step for one in moments]
                assert (mark.x.tolist(), mark.y.tolist()) == ([now.step], pytest.approx([getattr(now, quantity)]))
        for name in ("floor", "chance"):
            assert by_name[name + suffix].y.tolist() == pytest.approx([getattr(now, name)] * 2)
        labels = world.labels[world.shown]
        for name, classes in (("seen", world.seen), ("unseen", world.unseen)):
            rows = [i for i, label in enumerate(labels.tolist()) if label in classes]
            drawn = np.stack([by_name[name + suffix].x, by_name[name + suffix].y], axis=1)
            np.testing.assert_allclose(drawn, now.picture[rows], rtol=1e-6)


def status(lab):
    return lab._words["status"].value


def caption(lab):
    return lab.controls["play"].description
