"""The stage's landscape is torch's: an anchor's own loss by sweeps, a positive's by the loss of the whole batch."""

from itertools import product

import pytest
import torch

from npair_viz.data.scenes import named
from npair_viz.geometry.projection import whole_space
from npair_viz.geometry.reading import seen_rows, true_labels
from npair_viz.losses.npair import npair_loss
from npair_viz.stage.scene_states import state_of
from tests.support.node import answers
from tests.support.saved_states import reading_of
from tests.support.torch_sweeps import landscape, landscape_places

LOSSES = "({ state, index, places }) => lossesAt(readingOf(stateFrom(state)), index, places)"
NEEDED = {"landscape": "lossesAt", "reading": "readingOf", "state": "stateFrom"}
SETTINGS = list(product((0.01, 0.5, 100.0), ("mc", "ovo"), (False, True)))


def states(name, **settings):
    for tao, objective, is_raw in SETTINGS:
        lengths = {"surface": "plane", "normalize": False, "l2_reg": 0.3} if is_raw else {"l2_reg": 0.1}
        yield state_of(named(name), tao=tao, objective=objective, **lengths, **settings)


def places_of(reading):
    return landscape_places(reading, (0.1, -0.2), 1.7)[::7]


def by_torch(state, k, places):
    """The whole loss with positive k at each place, one place after the other."""
    reading = reading_of(state)
    anchors, positives = seen_rows(reading)
    settings = {name: state[name] for name in ("tao", "l2_reg", "objective")}
    losses = []
    for place in places:
        moved = positives.clone()
        moved[k] = place
        losses.append(npair_loss(anchors, moved, labels=true_labels(reading.scene, reading.same), **settings).item())
    return losses


@pytest.mark.parametrize(("name", "index"), [("line-up", 0), ("circle", 3), ("plane", 1), ("one pair", 0)])
def test_an_anchors_landscape_is_that_of_sweeps(name, index):
    cases, expected = [], []
    for state in states(name, selected=index):
        reading = reading_of(state)
        places = places_of(reading)
        cases.append({"state": state, "index": index, "places": places.tolist()})
        expected.append(landscape(reading, whole_space(reading.scene.anchors), places).losses.tolist())
    for ours, theirs in zip(answers(cases, LOSSES, NEEDED), expected, strict=True):
        assert ours == pytest.approx(theirs, rel=1e-12, abs=1e-9)


@pytest.mark.parametrize(("name", "same"), [("line-up", []), ("twin", [3, 8]), ("plane", []), ("one pair", [])])
def test_a_positives_landscape_is_the_loss_of_the_whole_batch(name, same):
    n = named(name).n
    cases, expected = [], []
    for state in states(name, same=same):
        places = places_of(reading_of(state))[::3]
        cases.append({"state": state, "index": 2 * n - 1, "places": places.tolist()})
        expected.append(by_torch(state, n - 1, places))
    for ours, theirs in zip(answers(cases, LOSSES, NEEDED), expected, strict=True):
        assert ours == pytest.approx(theirs, rel=1e-12, abs=1e-9)


def test_free_points_of_a_loss_that_normalizes_are_seen_on_the_circle():
    state = state_of(named("plane"), normalize=True)
    reading = reading_of(state)
    places = places_of(reading)
    (ours,) = answers([{"state": state, "index": 0, "places": places.tolist()}], LOSSES, NEEDED)
    assert torch.linalg.vector_norm(places, dim=1).tolist() == pytest.approx([1] * len(places))
    assert ours == pytest.approx(
        landscape(reading, whole_space(reading.scene.anchors), places).losses.tolist(), abs=1e-9
    )
