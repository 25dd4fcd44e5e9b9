import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles import dot, loop_loss, pairs

from npair_viz.diagnostics import effective_negatives
from npair_viz.loss import npair_loss
from npair_viz.reading import read, seen_rows, shares_of_push, true_labels
from npair_viz.scenes import at_degrees, brought, named, of_pairs
from npair_viz.theory import loss_ruler, phase

TIGHT = 6e-4
CLASSES = {3: 0, 8: 1, 0: 2, 1: 3}


def close(numbers, tolerance=TIGHT):
    return pytest.approx(numbers, abs=tolerance)


def put(name="line-up", **degrees):
    """A scene with some points elsewhere: put(a3=138) or put(p8=20)."""
    scene = named(name)
    anchors, positives = scene.anchors.clone(), scene.positives.clone()
    for point, angle in degrees.items():
        rows = anchors if point[0] == "a" else positives
        rows[CLASSES[int(point[1:])]] = at_degrees(angle)[0]
    return scene.moved(anchors, positives)


def drawn(n, d, seed=0):
    return of_pairs("drawn", "", *pairs(n, d, seed=seed), range(n))


def net(reading):
    return -reading.forces.on_anchors[reading.selected]


def pull(reading):
    return reading.forces.pull[reading.selected].norm().item()


def picks(reading):
    return reading.forces.weights.argmax(dim=1).tolist()


# --- the numbers of the lessons


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


# --- what every reading is


@pytest.mark.parametrize("objective", ["mc", "ovo"])
@pytest.mark.parametrize("normalize", [True, False])
@pytest.mark.parametrize(("n", "d"), [(1, 2), (2, 3), (5, 2), (7, 9)])
def test_losses_and_penalty_equal_loops(n, d, normalize, objective):
    scene = drawn(n, d)
    setting = {"tao": 0.3, "l2_reg": 0.2, "objective": objective, "normalize": normalize}
    reading = read(scene, **setting)
    losses = loop_loss(scene.anchors, scene.positives, 0.3, 0.0, objective, normalize)
    with_penalty = loop_loss(scene.anchors, scene.positives, 0.3, 0.2, objective, normalize)
    assert reading.losses.tolist() == pytest.approx(losses, rel=1e-10)
    assert reading.npair == pytest.approx(math.fsum(losses) / n)
    assert reading.loss == pytest.approx(math.fsum(with_penalty) / n)
    assert reading.penalty == pytest.approx(reading.loss - reading.npair)


@pytest.mark.parametrize("objective", ["mc", "ovo"])
@pytest.mark.parametrize("tao", [0.07, 1.3])
def test_shares_of_the_push_equal_loops(tao, objective):
    scene = of_pairs("drawn", "", *pairs(5, 3), (4, 4, 6, 2, 6))
    reading = read(scene, tao=tao, objective=objective, normalize=False)
    a, p, labels = scene.anchors.tolist(), scene.positives.tolist(), scene.classes
    for i in range(5):
        lead = [(dot(a[i], p[j]) - dot(a[i], p[i])) / tao for j in range(5)]
        weight = [math.exp(x) if objective == "mc" else 1 / (1 + math.exp(-x)) for x in lead]
        weight = [one if labels[j] != labels[i] else 0.0 for j, one in enumerate(weight)]
        expected = [one / math.fsum(weight) for one in weight]
        assert reading.push_shares[i].tolist() == pytest.approx(expected, rel=1e-9)
        entropy = -math.fsum(one * math.log(one) for one in expected if one)
        assert reading.effective[i].item() == pytest.approx(math.exp(entropy), rel=1e-9)


@given(
    n=st.integers(1, 9),
    d=st.integers(1, 5),
    tao=st.floats(-4, 4).map(lambda x: 10**x),
    objective=st.sampled_from(["mc", "ovo"]),
    normalize=st.booleans(),
    groups=st.integers(1, 9),
)
@settings(max_examples=60)
def test_shares_of_the_push_sum_to_one_or_to_nothing(n, d, tao, objective, normalize, groups):
    classes = [k % groups for k in range(n)]
    scene = of_pairs("drawn", "", *pairs(n, d), classes)
    labels = torch.tensor(classes)
    forces = read(drawn(n, d), tao=tao, normalize=normalize).forces if groups >= n else None
    is_negative = labels.unsqueeze(1) != labels
    x = (scene.anchors @ scene.positives.T - (scene.anchors * scene.positives).sum(dim=1, keepdim=True)) / tao
    shares = shares_of_push(x, is_negative, objective)
    expected = is_negative.any(dim=1).double()
    torch.testing.assert_close(shares.sum(dim=1), expected)
    assert not shares[~is_negative].any()
    assert forces is None or forces.weights.isfinite().all()


@pytest.mark.parametrize("objective", ["mc", "ovo"])
@pytest.mark.parametrize("tao", [0.01, 0.4, 50.0])
def test_effective_negatives_are_those_of_the_diagnosis(tao, objective):
    for n, d in [(1, 2), (2, 3), (6, 4), (11, 2)]:
        reading = read(drawn(n, d), tao=tao, objective=objective)
        expected = effective_negatives(reading.forces.similarities, tao, objective=objective)
        torch.testing.assert_close(reading.effective, expected)


def test_shares_are_the_softmax_of_the_selected_anchors_row():
    scene = drawn(5, 4)
    for selected in range(5):
        reading = read(scene, tao=0.7, selected=selected, normalize=False)
        row = [math.exp(dot(scene.anchors[selected].tolist(), p) / 0.7) for p in scene.positives.tolist()]
        assert reading.shares == pytest.approx([one / math.fsum(row) for one in row])
        assert reading.name == str(selected)


def test_negatives_come_most_similar_first():
    for selected in range(6):
        reading = read(drawn(6, 3), selected=selected)
        others = [j for j in range(6) if j != selected]
        similarity = reading.forces.similarities[selected].tolist()
        assert reading.negatives == sorted(others, key=lambda j: -similarity[j])
        assert reading.hardest == reading.negatives[0]


def test_the_loss_is_that_of_the_full_vectors():
    scene = named("pixels").paired()
    whole = npair_loss(scene.anchors, scene.positives, tao=0.3).item()
    assert read(scene, tao=0.3).loss == pytest.approx(whole)


@pytest.mark.parametrize("normalize", [True, False])
def test_norms_are_the_lengths_of_the_points_themselves(normalize):
    scene = drawn(3, 4)
    expected = [math.hypot(*row) for row in scene.anchors.tolist() + scene.positives.tolist()]
    assert read(scene, normalize=normalize).norms.tolist() == pytest.approx(expected)


@pytest.mark.parametrize("normalize", [True, False])
def test_seen_rows_are_those_that_the_loss_compares(normalize):
    reading = read(drawn(4, 3), normalize=normalize)
    anchors, positives = seen_rows(reading)
    torch.testing.assert_close(anchors @ positives.T, reading.forces.similarities)


def test_a_scene_that_is_not_paired_is_paired_by_its_first_rows():
    scene = brought([[1.0, 0], [0, 1], [1, 1], [0, 2], [5, 5]], [6, 2, 6, 2, 6])
    reading = read(scene, normalize=False)
    assert reading.scene.rows.tolist() == [0, 1, 2, 3]
    assert (reading.n, reading.names) == (2, ("6", "2"))


# --- ruler and phase


@pytest.mark.parametrize("objective", ["mc", "ovo"])
def test_unit_vectors_have_a_ruler_and_raw_ones_a_phase(objective):
    scene = named("line-up")
    unit = read(scene, tao=0.7, l2_reg=0.1, objective=objective)
    raw = read(scene, tao=0.7, l2_reg=0.1, objective=objective, normalize=False)
    assert unit.ruler == loss_ruler(4, 0.7, objective=objective, dimension=2)
    assert raw.phase == phase(4, 0.7, 0.1, objective=objective, dimension=2)
    assert unit.phase is None
    assert raw.ruler is None


def test_they_are_those_of_the_scenes_dimension():
    assert read(named("line-up"), tao=1.0).ruler.floor == close(0.6265)
    assert read(named("globe"), tao=1.0).ruler.floor == close(0.5827)
    assert read(named("line-up"), l2_reg=0.02, normalize=False).phase.optimal_norm == close(1.516)
    assert read(named("globe"), l2_reg=0.02, normalize=False).phase.optimal_norm == close(1.408)


def test_a_tensor_for_tao_reads_like_the_number():
    learned = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
    reading = read(named("line-up"), tao=learned)
    assert reading.tao == 0.5
    assert reading.ruler == read(named("line-up")).ruler
    assert not reading.losses.requires_grad


@pytest.mark.parametrize("normalize", [True, False])
def test_where_some_pairs_are_not_each_others_negatives_there_is_no_ruler_and_no_phase(normalize):
    twins = of_pairs("twins", "", *pairs(3, 2), (5, 5, 7))
    for reading in (read(named("line-up"), same=(3, 8), normalize=normalize), read(twins, normalize=normalize)):
        assert reading.ruler is None
        assert reading.phase is None


def test_one_class_that_is_the_same_as_itself_changes_nothing():
    reading = read(named("line-up"), same=(3,))
    assert reading.ruler == read(named("line-up")).ruler
    assert reading.losses.tolist() == read(named("line-up")).losses.tolist()


def test_the_same_classes_share_a_label():
    scene = named("line-up")
    assert true_labels(scene).tolist() == [3, 8, 0, 1]
    assert true_labels(scene, (1, 8)).tolist() == [3, 1, 0, 1]
    assert true_labels(scene, (3, 8, 0, 1)).tolist() == [3, 3, 3, 3]


def test_with_all_classes_the_same_nothing_acts():
    reading = read(named("line-up"), same=(3, 8, 0, 1))
    assert (reading.loss, reading.negatives, reading.hardest, reading.effective.tolist()) == (0.0, [], None, [0.0] * 4)
    assert not reading.forces.on_anchors.any()


# --- dtypes, devices and wrong input


@pytest.mark.parametrize("normalize", [True, False])
@pytest.mark.parametrize("tao", [1e-4, 0.5, 1e4])
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16, torch.float16])
def test_every_dtype_reads_finite_numbers(dtype, tao, normalize):
    scene = named("line-up")
    scene = scene.moved(scene.anchors.to(dtype), scene.positives.to(dtype))
    reading = read(scene, tao=tao, l2_reg=0.02, normalize=normalize)
    for numbers in (reading.losses, reading.push_shares, reading.effective, reading.forces.on_anchors, reading.norms):
        assert numbers.isfinite().all()
    assert reading.losses.dtype == (dtype if dtype.itemsize > 2 else torch.float32)


def test_no_reading_reads_a_global_default():
    scene = named("line-up")
    with torch.device("meta"):
        assert read(scene, same=(3, 8)).loss == read(named("line-up"), same=(3, 8)).loss


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"scene": "line-up"}, "scene must be a Scene, got str: use scenes.named or scenes.brought"),
        ({"selected": 4}, "selected must be a pair from 0 to 3, got 4"),
        ({"selected": -1}, "selected must be at least 0, got -1"),
        ({"selected": "3"}, "selected must be a whole number, got '3'"),
        ({"tao": 0.0}, "tao must be positive and finite, got 0"),
        ({"l2_reg": -0.1}, "l2_reg must be zero or more and finite, got -0.1"),
        ({"objective": "softmax"}, "objective must be one of 'mc', 'ovo', got 'softmax'"),
        ({"same": (3, 5)}, r"same must name classes of the scene, \(3, 8, 0, 1\), got \[5\]"),
    ],
)
def test_wrong_settings_are_refused(wrong, message):
    with pytest.raises((ValueError, TypeError), match=message):
        read(**{"scene": named("line-up"), **wrong})
