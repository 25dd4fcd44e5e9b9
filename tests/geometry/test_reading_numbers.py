"""Readings of the named scenes have the numbers of the lessons."""

import math

import pytest
import torch

from npair_viz.data.scenes import named
from npair_viz.geometry.reading import read
from tests.support.moved_scenes import put

TIGHT = 6e-4


def close(numbers, tolerance=TIGHT):
    return pytest.approx(numbers, abs=tolerance)


def net(reading):
    return -reading.forces.on_anchors[reading.selected]


def pull(reading):
    return reading.forces.pull[reading.selected].norm().item()


def picks(reading):
    return reading.forces.weights.argmax(dim=1).tolist()


def test_the_line_up_as_it_opens():
    reading = read(named("line-up"))
    assert reading.forces.similarities[0].tolist() == close([0.643, 0.866, -0.574, -0.966])
    assert reading.shares == close([0.372, 0.581, 0.033, 0.015])
    assert reading.losses.tolist() == close([0.990, 0.256, 0.469, 0.221])
    assert reading.loss == close(0.484)
    assert (reading.ruler.floor, reading.ruler.chance) == close((0.254, 1.386))
    assert reading.ruler.score(reading.npair) == close(0.80, 6e-3)
    assert (reading.name, reading.names) == ("3", ("3", "8", "0", "1"))
    assert reading.negatives == [1, 2, 3]
    assert reading.hardest == 1


@pytest.mark.parametrize(
    ("moves", "share", "loss"),
    [({}, 0.372, 0.4840), ({"p3": 120}, 0.480, 0.4017), ({"p3": 100}, 0.540, 0.3808), ({"p8": 20}, 0.597, 0.3704)],
)
def test_a_move_of_a_positive_mends_the_line_up(moves, share, loss):
    reading = read(put(**moves))
    assert (reading.shares[0], reading.loss) == close((share, loss))


def test_at_120_degrees_the_vote_is_a_tie():
    assert read(put(p3=120)).shares[:2] == close([0.480, 0.480])


def test_the_best_place_for_a_positive_is_not_on_its_anchor():
    losses = {degrees: read(put(p3=degrees)).loss for degrees in [90, *(95 + k / 10 for k in range(160))]}
    best = min(losses, key=losses.get)
    assert best == close(102.9, 0.1001)
    assert (losses[best], losses[90]) == close((0.3802, 0.3917))
    assert read(put(p3=90)).losses[0].item() == close(0.603)
    assert min(read(put(p3=degrees)).losses[0].item() for degrees in losses) == read(put(p3=90)).losses[0].item()


def test_an_anchor_is_nobodys_negative():
    before, after = read(named("line-up")), read(put(a8=90))
    assert before.losses[0].item() == close(0.990)
    assert after.losses[0].item() == before.losses[0].item()
    assert (before.losses[1].item(), after.losses[1].item()) == close((0.256, 0.543))
    assert read(put(a3=138)).loss == close(0.3283)


@pytest.mark.parametrize(
    ("name", "tao", "loss"),
    [
        ("line-up", 0.5, 0.4840),
        ("line-up", 0.25, 0.3703),
        ("line-up", 0.05, 1.1191),
        ("line-up", 0.01, 5.5809),
        ("line-up", 1.0, 0.7566),
        ("tidy", 0.5, 0.3808),
        ("tidy", 0.05, 0.0222),
    ],
)
def test_a_smaller_tao_makes_an_unmended_mistake_louder(name, tao, loss):
    assert read(named(name), tao=tao).loss == close(loss)


def test_tiny_losses_keep_their_digits():
    assert read(named("tidy"), tao=0.01).loss == pytest.approx(1.7e-6, rel=0.03)


def test_the_line_up_is_lowest_near_a_quarter():
    losses = {tao / 100: read(named("line-up"), tao=tao / 100).loss for tao in range(5, 60)}
    assert min(losses, key=losses.get) == close(0.25, 0.02)


@pytest.mark.parametrize(
    ("tao", "shares", "effective"),
    [
        (5, [0.41, 0.31, 0.28], 2.96),
        (2, [0.53, 0.26, 0.21], None),
        (0.5, [0.92, 0.05, 0.02], 1.37),
        (0.1, [1, 0, 0], 1),
    ],
)
def test_tao_decides_who_counts(tao, shares, effective):
    reading = read(named("line-up"), tao=tao)
    assert reading.push_shares[0].tolist() == close([0, *shares], 6e-3)
    if effective is not None:
        assert reading.effective[0].item() == close(effective, 6e-3)


@pytest.mark.parametrize("tao", [100, 20, 5, 2, 1, 0.5, 0.1, 0.05, 0.01])
def test_tao_does_not_decide_who_wins(tao):
    assert picks(read(named("line-up"), tao=tao)) == [1, 1, 2, 3]


@pytest.mark.parametrize("tao", [0.01, 0.5, 100])
def test_a_heap_has_the_loss_of_chance_at_every_tao_and_no_force(tao):
    reading = read(named("heap"), tao=tao)
    assert reading.loss == pytest.approx(math.log(4))
    assert reading.forces.on_anchors.abs().max() < 1e-12 / tao
    assert reading.forces.on_positives.abs().max() < 1e-12 / tao


def test_an_anchor_alone_cannot_leave_a_heap_but_its_pair_can():
    alone, both = read(put("heap", a3=100)), read(put("heap", a3=100, p3=100))
    assert alone.loss == pytest.approx(math.log(4))
    assert alone.forces.on_anchors[0].norm() < 1e-12
    assert alone.forces.on_positives[0].norm().item() == close(0.065)
    assert both.loss == close(1.3750)


@pytest.mark.parametrize(("l2_reg", "loss"), [(0.0, 0.4840), (0.02, 0.5240), (10.0, 20.4840)])
def test_on_the_circle_l2_reg_is_a_number_and_no_force(l2_reg, loss):
    reading, free = read(named("line-up"), l2_reg=l2_reg), read(named("line-up"))
    assert reading.loss == close(loss)
    assert reading.npair == free.npair
    assert reading.penalty == pytest.approx(2 * l2_reg)
    torch.testing.assert_close(reading.forces.on_anchors, free.forces.on_anchors, rtol=0, atol=1e-12)
    torch.testing.assert_close(reading.forces.on_positives, free.forces.on_positives, rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("tao", "share", "strength"),
    [(5, 0.416, 0.035), (1, 0.742, 0.144), (0.5, 0.941, 0.261), (0.1, 1.0, 1.341), (0.05, 1.0, 2.862)],
)
def test_a_small_tao_gives_a_false_negative_all_the_power(tao, share, strength):
    reading = read(named("twin"), tao=tao)
    assert reading.push_shares[0, 1].item() == close(share)
    raw = read(named("twin"), tao=tao, normalize=False)
    assert pull(raw) == close(strength)


def test_a_masked_false_negative_leaves_the_line_up():
    before, after = read(named("twin")), read(named("twin"), same=(3, 8))
    assert (before.losses[0].item(), after.losses[0].item()) == close((0.739, 0.0625))
    assert after.negatives == [2, 3]
    assert after.shares[1] == 0.0
    assert after.push_shares[0, 1] == 0.0
    torch.testing.assert_close(after.losses[2:], before.losses[2:])


@pytest.mark.parametrize(
    ("tao", "loss"), [(1, 2.194), (0.5, 2.094), (0.1, 1.566), (0.05, 1.422), (0.02, 1.995), (0.01, 3.522)]
)
def test_raw_pixels_pick_six_of_ten_at_every_tao(tao, loss):
    reading = read(named("pixels"), tao=tao)
    assert reading.loss == close(loss)
    assert reading.ruler.chance == close(2.303)
    assert picks(reading) == [0, 1, 1, 3, 4, 3, 6, 7, 3, 7]


def test_anchors_and_positives_are_not_symmetric():
    scene = named("line-up")
    assert read(scene.moved(scene.positives, scene.anchors)).loss == close(0.4954)


@pytest.mark.parametrize(
    ("name", "tao", "strength"),
    [
        ("line-up", 1, 0.159),
        ("line-up", 0.1, 2.258),
        ("line-up", 0.05, 4.943),
        ("line-up", 0.01, 25.0),
        ("tidy", 1, 0.138),
        ("tidy", 0.1, 0.584),
        ("tidy", 0.05, 0.425),
        ("tidy", 0.01, 0.0002),
    ],
)
def test_harder_runs_out_once_the_mistake_is_mended(name, tao, strength):
    assert pull(read(named(name), tao=tao, normalize=False)) == close(strength)


def test_a_mended_anchor_is_pulled_most_near_tao_093():
    taos = [tao / 1000 for tao in range(60, 140)]
    assert max(taos, key=lambda tao: pull(read(named("tidy"), tao=tao, normalize=False))) == close(0.093, 2e-3)


def test_meeting_is_not_rest():
    reading = read(put(p3=90), normalize=False)
    assert reading.forces.pull[0].tolist() == close([0, 0.226])
    assert net(reading).tolist() == close([-0.096, 0.057])


def test_pull_and_push_of_anchor_3():
    reading = read(named("line-up"), normalize=False)
    assert pull(reading) == close(0.314)
    assert reading.forces.push_from(0)[1].norm().item() == close(0.290)
    assert reading.forces.on_anchors[0].tolist() == close([0.374, 0.033])
    assert net(read(named("line-up"))).tolist() == close([-0.374, 0])
    assert 1 - reading.shares[0] == close(0.628)
    off_diagonal = reading.forces.weights - torch.diag(reading.forces.weights.diagonal())
    assert off_diagonal.sum(dim=0).max().item() == close(0.643)
    assert off_diagonal.sum(dim=0).argmax() == 1


def test_one_pair_has_loss_0_and_force_0():
    for name in ("mc", "ovo"):
        reading = read(named("one pair"), objective=name)
        assert (reading.loss, reading.shares, reading.negatives, reading.hardest) == (0.0, [1.0], [], None)
        assert reading.forces.on_anchors.tolist() == [[0.0, 0.0]]
        assert reading.push_shares.tolist() == [[0.0]]
        assert reading.effective.tolist() == [0.0]
        assert reading.ruler.score(reading.npair) == 1.0


def test_negatives_compete_in_mc_and_not_in_ovo():
    near = put("tidy", p1=62)
    assert [read(scene).shares[1] for scene in (named("tidy"), near)] == close([0.426, 0.298])
    assert [read(scene, objective="ovo").shares[1] for scene in (named("tidy"), near)] == close([0.441, 0.441])


def test_they_are_those_of_the_scenes_dimension():
    assert read(named("line-up"), tao=1.0).ruler.floor == close(0.6265)
    assert read(named("globe"), tao=1.0).ruler.floor == close(0.5827)
    assert read(named("line-up"), l2_reg=0.02, normalize=False).phase.optimal_norm == close(1.516)
    assert read(named("globe"), l2_reg=0.02, normalize=False).phase.optimal_norm == close(1.408)
