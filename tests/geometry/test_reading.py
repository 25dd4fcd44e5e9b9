"""What every reading is, against loops over pairs, and which settings it takes."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from npair_viz.data.scenes import from_data, named, of_pairs
from npair_viz.geometry.narration import narrate
from npair_viz.geometry.reading import read, seen_rows, true_labels
from npair_viz.linalg import unit_rows
from npair_viz.losses.npair import npair_loss
from npair_viz.theory.effective_negatives import effective_negatives
from npair_viz.theory.phase import phase
from npair_viz.theory.ruler import loss_ruler
from tests.support.loop_oracles import dot, loop_loss, pairs


def drawn(n, d, seed=0):
    return of_pairs("drawn", "", *pairs(n, d, seed=seed), range(n))


# --- beside extra negatives


@pytest.mark.parametrize("objective", ["mc", "ovo"])
def test_a_reading_counts_extra_negatives(objective):
    scene, extra = drawn(4, 3), pairs(6, 3, seed=5)[0]
    reading = read(scene, tao=0.3, objective=objective, negatives=extra)
    rows = [unit_rows(one) for one in (scene.anchors, scene.positives, extra)]
    chosen = {"tao": 0.3, "objective": objective, "negatives": rows[2]}
    assert reading.loss == pytest.approx(npair_loss(*rows[:2], **chosen).item())
    torch.testing.assert_close(reading.losses, npair_loss(*rows[:2], reduction="none", **chosen))
    assert reading.ruler.chance == pytest.approx(math.log(10) if objective == "mc" else 9 * math.log(2))
    assert reading.is_negative.shape == reading.push_shares.shape == (4, 10)
    assert reading.effective.max() <= 9
    assert reading.names[3:] == ("3", *(f"extra {k}" for k in range(1, 7)))
    assert len(reading.negatives) == 9
    assert reading.hardest == reading.negatives[0]


def test_one_pair_beside_extra_negatives_is_told_like_any_other():
    reading = read(drawn(1, 2), tao=0.3, negatives=torch.eye(2, dtype=torch.float64))
    assert "extra" in narrate(reading)
    assert reading.ruler.floor < reading.ruler.chance == pytest.approx(math.log(3))


def test_raw_vectors_beside_extra_negatives_have_no_known_rest():
    negatives = torch.eye(2, dtype=torch.float64)
    reading = read(drawn(3, 2), tao=0.3, l2_reg=0.1, normalize=False, negatives=negatives)
    assert reading.phase is None
    assert reading.ruler is None
    assert narrate(reading)


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
    reading = read(scene, tao=tao, normalize=normalize, objective=objective)
    is_negative = labels.unsqueeze(1) != labels
    torch.testing.assert_close(reading.push_shares.sum(dim=1), is_negative.any(dim=1).double())
    assert not reading.push_shares[~is_negative].any()
    assert reading.forces.weights.isfinite().all()


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
    scene = from_data([[1.0, 0], [0, 1], [1, 1], [0, 2], [5, 5]], [6, 2, 6, 2, 6])
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
        ({"scene": "line-up"}, "scene must be a Scene, got str: use scenes.named or scenes.from_data"),
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
