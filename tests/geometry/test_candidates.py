"""One row of real data before its line-up: the numbers are those of the loss and of its gradients for that row."""

import math

import pytest
import torch
from torch.nn import functional

from npair_viz import npair_gradients, npair_loss
from npair_viz.data.scenes import digits, from_data
from npair_viz.geometry.candidates import MOST_SIMILARITIES, batch_of, line_up
from tests.support.loop_oracles import loop_loss
from tests.support.sure_rows import sure_rows

CLASSES, EACH, D = 7, 5, 11


def data(seed=0):
    rows = torch.randn(CLASSES * EACH, D, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return from_data(rows, [row % CLASSES for row in range(CLASSES * EACH)])


def pairs_of(batch):
    rows = batch.anchors[batch.members], batch.positives[batch.members]
    return rows[0], batch.seen(rows[0]), batch.seen(rows[1])


@pytest.mark.parametrize("normalize", [True, False])
@pytest.mark.parametrize("objective", ["mc", "ovo"])
@pytest.mark.parametrize("policy", ["first", "random", "hardest"])
def test_the_forces_on_an_anchor_are_the_closed_forms(normalize, objective, policy):
    batch = batch_of(data(), policy=policy, normalize=normalize)
    rows, anchors, positives = pairs_of(batch)
    whole = npair_gradients(anchors, positives, tao=0.3, l2_reg=0.2, objective=objective, normalize=normalize)
    for i, row in enumerate(rows.tolist()):
        one = line_up(batch, row, tao=0.3, l2_reg=0.2, objective=objective)
        for name in ("pull", "push", "shrink"):
            wanted = batch.n * 0.3 * getattr(whole, name)[i]
            torch.testing.assert_close(getattr(one, name), wanted, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("objective", ["mc", "ovo"])
def test_the_loss_of_an_anchor_is_its_own_part_of_the_loss(objective):
    batch = batch_of(data(), normalize=False)
    rows, anchors, positives = pairs_of(batch)
    wanted = npair_loss(anchors, positives, tao=0.7, objective=objective, reduction="none")
    got = [line_up(batch, row, tao=0.7, objective=objective).loss for row in rows.tolist()]
    torch.testing.assert_close(torch.tensor(got, dtype=torch.float64), wanted)
    torch.testing.assert_close(batch.losses(0.7, objective), wanted)


@pytest.mark.parametrize("objective", ["mc", "ovo"])
@pytest.mark.parametrize("tao", [0.01, 0.03, 0.04, 0.1])
@pytest.mark.parametrize("seed", [0, 1])
def test_the_losses_of_sure_anchors_keep_their_digits(seed, tao, objective):
    rows, labels = sure_rows(20, seed)
    batch = batch_of(from_data(rows, labels))
    wanted = loop_loss(rows[:20], rows[20:], tao, 0.0, objective, normalize=True)
    alone = [line_up(batch, row, tao=tao, objective=objective) for row in range(20)]
    assert batch.losses(tao, objective).tolist() == pytest.approx(wanted, rel=1e-4, abs=0)
    assert [one.loss for one in alone] == pytest.approx(wanted, rel=1e-4, abs=0)
    assert [one.shares.sum().item() for one in alone] == pytest.approx([1 - math.exp(-x) for x in wanted], abs=1e-3)


def test_any_row_meets_its_classs_positive_and_those_of_all_other_classes():
    scene = data()
    batch = batch_of(scene)
    row = 3 * CLASSES + 4  # a row of class 4 that is in no pair
    one = line_up(batch, row, tao=0.5)
    assert one.partner == CLASSES + 4
    assert sorted(one.rivals.tolist()) == [CLASSES + k for k in range(CLASSES) if k != 4]
    e = functional.normalize(scene.embeddings, dim=1)
    parts = {j: math.exp((e[row] @ e[j]).item() / 0.5) for j in [one.partner, *one.rivals.tolist()]}
    assert one.share == pytest.approx(parts[one.partner] / sum(parts.values()))
    for j, share in zip(one.rivals.tolist(), one.shares.tolist(), strict=True):
        assert share == pytest.approx(parts[j] / sum(parts.values()))
    assert one.similarities.tolist() == sorted(one.similarities.tolist(), reverse=True)


def test_the_positive_itself_meets_its_anchor():
    batch = batch_of(data())
    assert line_up(batch, CLASSES + 2, tao=0.5).partner == 2


def test_a_smaller_batch_is_drawn_from_the_seed_and_every_row_finds_its_partner():
    scene = data()
    batch = batch_of(scene, n_classes=3, seed=5)
    assert batch.n == 3
    assert torch.equal(batch.members, batch_of(scene, n_classes=3, seed=5).members)
    assert len({tuple(batch_of(scene, n_classes=3, seed=seed).members.tolist()) for seed in range(9)}) > 1
    counts = {len(line_up(batch, row, tao=1.0).rivals) for row in range(CLASSES)}
    assert counts == {2, 3}  # an anchor of the batch has one negative less than one from outside


def test_a_lonely_row_says_that_it_has_no_partner():
    scene = from_data([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]], [4, 4, 9])
    with pytest.raises(ValueError, match="row 2 is the only one of its class, 9: it has no partner to pick"):
        line_up(batch_of(scene), 2, tao=0.5)


def test_one_class_alone_leaves_nobody_to_confuse():
    one = line_up(batch_of(from_data([[1.0, 0.0], [0.0, 1.0]], [4, 4])), 0, tao=0.5)
    assert (one.loss, one.share, one.effective, len(one.rivals)) == (0.0, 1.0, 0.0, 0)
    assert not one.pull.any()
    assert not one.push.any()


def test_shares_of_the_push_are_one_in_all_and_effective_is_their_entropy():
    one = line_up(batch_of(digits()), 8, tao=0.1)
    assert one.push_shares.sum().item() == pytest.approx(1)
    entropy = -sum(share * math.log(share) for share in one.push_shares.tolist())
    assert one.effective == pytest.approx(math.exp(entropy))


@pytest.mark.parametrize("tao", [1e-2, 1e2])
def test_no_temperature_of_the_slider_loses_a_number(tao):
    for objective in ("mc", "ovo"):
        one = line_up(batch_of(data(), normalize=False), 0, tao=tao, objective=objective)
        assert math.isfinite(one.loss)
        assert one.pull.isfinite().all()
        assert one.push_shares.sum().item() == pytest.approx(1)


@pytest.mark.parametrize(("n", "drawn"), [(2048, 2048), (2049, 2047)])
def test_about_four_million_similarities_are_held(n, drawn):
    assert len(batch_of(from_data(torch.ones(2 * n, 1), torch.arange(n).repeat(2))).drawn) == drawn


def test_of_very_many_pairs_a_fair_part_stands_for_the_batch(monkeypatch):
    monkeypatch.setattr("npair_viz.geometry.candidates.MOST_SIMILARITIES", 4 * CLASSES)
    batch = batch_of(data())
    assert len(batch.drawn) == 4
    _, anchors, positives = pairs_of(batch)
    wanted = npair_loss(anchors, positives, tao=0.5, reduction="none")
    torch.testing.assert_close(batch.losses(0.5), wanted[batch.drawn])
    assert MOST_SIMILARITIES > CLASSES**2
