"""A cloud of two towers: each row is compared with the rows of the other tower, as the loss compares it."""

import pytest
import torch

from npair_viz import explore
from npair_viz.figures.traces import traces
from npair_viz.linalg import unit_rows
from tests.support.cloud_rows import lines

N, D = 80, 8


def towers():
    draw = torch.Generator().manual_seed(3)
    anchors = torch.randn(N, D, generator=draw)
    anchors[1] = anchors[0]  # no document is so near to a query as an equal query
    return anchors, anchors + 0.5 * torch.randn(N, D, generator=draw)


def opened(**settings):
    anchors, positives = towers()
    return explore(anchors=anchors, positives=positives, row=5, **settings)


def cosines():
    """Of each anchor (80,) with each positive (80,)."""
    anchors, positives = (unit_rows(rows.double()) for rows in towers())
    return anchors @ positives.T


@pytest.mark.parametrize("row", [0, 5, N + 5])
def test_the_nearest_of_a_row_are_of_the_other_tower(row):
    table = (cosines() if row < N else cosines().T)[row % N]
    order = [k for k in table.argsort(descending=True).tolist() if k != row % N]
    explorer = opened()
    explorer.set(row=row)
    shown = traces(explorer.figure)["nearest of other classes"].customdata
    assert [k % N for k in shown] == order[:10]
    assert all((k < N) != (row < N) for k in shown)
    assert list(traces(explorer.figure)["nearest of its own class"].customdata) == [(row + N) % (2 * N)]


def test_the_suspects_are_the_pairs_that_do_not_fit():
    table = cosines()
    own = table.diagonal().clone()
    others = table.clone().fill_diagonal_(-2)
    doubt = torch.cat([others.amax(dim=1) - own, others.amax(dim=0) - own])
    found = opened().suspects()
    assert found["row"].tolist() == doubt.argsort(descending=True, stable=True).tolist()
    assert found["doubt"].tolist() == pytest.approx(doubt.sort(descending=True).values.tolist(), abs=1e-5)


def test_rows_are_called_by_their_tower_and_the_partner_is_named():
    explorer = opened(listed="suspects")
    explorer.suspects()
    explorer.set(row=N + 5)
    assert explorer.sentence.startswith("Anchor positive 5 ")
    assert "Of the 80 anchors the nearest of another class is anchor " in explorer._words["nearest"].value
    assert "; its partner anchor 5, " in explorer._words["nearest"].value
    assert lines(explorer)[0].split("  ")[1].split()[0] in ("anchor", "positive")
    assert "Nearest to positive 5</b>, of the 80 anchors" in explorer.figure.layout.annotations[-2].text
    assert "all 160 rows, each against the other side" in explorer._words["progress"].value
    assert explorer.neighbours(k=1)["called"].str.startswith("anchor ").all()


def test_a_row_of_few_pairs_has_few_voters():
    explorer = explore(anchors=torch.eye(3), positives=torch.eye(3), picture="cloud")
    assert explorer.suspects()["disagreement"].tolist() == pytest.approx([2 / 3] * 6)


@pytest.mark.parametrize("policy", ["first", "random", "hardest"])
@pytest.mark.parametrize("row", [5, N + 5])
def test_in_the_batch_each_row_faces_the_other_tower(policy, row):
    explorer = opened(policy=policy, tao=0.2)
    explorer.set(row=row)
    logits = (cosines() if row < N else cosines().T)[row % N] / 0.2
    one = explorer.reading
    assert one.partner == (row + N) % (2 * N)
    assert sorted(k % N for k in one.rivals.tolist()) == [k for k in range(N) if k != row % N]
    assert all((k < N) != (row < N) for k in one.rivals.tolist())
    assert one.loss == pytest.approx(float(logits.logsumexp(0) - logits[row % N]), rel=1e-5)
    explorer.set(colour="own loss")
    drawn = traces(explorer.figure)["coloured rows"]
    assert drawn.marker.color[list(drawn.customdata).index(row)] == pytest.approx(one.loss, rel=1e-4)


@pytest.mark.parametrize("policy", ["first", "random", "hardest"])
def test_pairs_of_one_class_stay_pairs(policy):
    anchors, positives = towers()
    labels = torch.arange(N) // 2
    explorer = explore(anchors=anchors, positives=positives, labels=labels, policy=policy, picture="cloud")
    batch = explorer._embeddings.batch(explorer.state)
    assert (batch.positives - batch.anchors).tolist() == [N] * (N // 2)
    assert labels[batch.anchors].tolist() == list(range(N // 2))
