"""Named scenes, digits and seeded scenes, and how a scene is paired."""

import math
import sys

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits

from npair_viz import scenes
from npair_viz.data.scenes import from_data, named
from tests.support.four_rows import LABELS, ROWS

DEGREES = {
    "line-up": ((90, 20, 200, 300), (140, 60, 215, 285)),
    "tidy": ((90, 20, 200, 300), (100, 60, 215, 285)),
    "twin": ((90, 20, 200, 300), (100, 92, 215, 285)),
    "heap": ((90, 90, 90, 90), (90, 90, 90, 90)),
    "loose heap": ((90, 91, 89, 90.5), (90.5, 90, 91, 89)),
    "one pair": ((90,), (140,)),
}
SMALL = (*DEGREES, "globe")
SEEDED = ("circle", "plane", "sphere")


def on_circle(degrees):
    return [entry(math.radians(one)) for one in degrees for entry in (math.cos, math.sin)]


def flat(tensor):
    return tensor.flatten().tolist()


def lengths(scene):
    return [math.hypot(*row) for row in scene.embeddings.tolist()]


def same_scene(one, other):
    return torch.equal(one.embeddings, other.embeddings) and torch.equal(one.labels, other.labels)


# --- hand-made scenes


@pytest.mark.parametrize("name", DEGREES)
def test_a_named_scene_has_exactly_its_points(name):
    scene = named(name)
    anchors, positives = DEGREES[name]
    assert flat(scene.anchors) == pytest.approx(on_circle(anchors), abs=1e-15)
    assert flat(scene.positives) == pytest.approx(on_circle(positives), abs=1e-15)
    assert scene.classes == (3, 8, 0, 1)[: len(anchors)]
    assert scene.labels.tolist() == [*scene.classes, *scene.classes]
    assert scene.name == name
    assert scene.question


def test_the_globe_is_the_line_up_lifted_by_a_fifth_up_and_down():
    globe, line_up = named("globe"), named("line-up")
    assert globe.embeddings[:, 2].tolist() == [0.2, -0.2, 0.2, -0.2] * 2
    assert lengths(globe) == pytest.approx([1.0] * 8)
    lifted = [math.atan2(y, x) for x, y, _ in globe.embeddings.tolist()]
    assert lifted == pytest.approx([math.atan2(y, x) for x, y in line_up.embeddings.tolist()])
    assert globe.classes == (3, 8, 0, 1)


@pytest.mark.parametrize("name", [*SMALL, *SEEDED])
def test_a_small_scene_is_paired_and_says_which_rows_it_holds(name):
    scene = named(name)
    assert scene.is_paired
    assert scene.n_classes == scene.n == len(scene.anchors) == len(scene.positives)
    assert scene.rows.tolist() == list(range(2 * scene.n))
    assert scene.embeddings.dtype == torch.float64
    assert scene.images is None
    assert scene.dimension == (3 if name in ("globe", "sphere") else 2)


def test_every_listed_name_is_a_scene():
    assert set(scenes.NAMES) == {*SMALL, *SEEDED, "pixels"}
    assert scenes.NAMES[:2] == ("line-up", "pixels")
    assert [named(name).name for name in scenes.NAMES] == list(scenes.NAMES)


@pytest.mark.parametrize("name", ["lineup", "", None, 3, ["line-up"]])
def test_an_unknown_name_is_answered_with_the_known_ones(name):
    with pytest.raises(ValueError, match=r"no scene is called .*: choose one of line-up, pixels, tidy, .*, sphere"):
        named(name)


def test_the_first_pairs_are_kept_where_a_scene_is_limited():
    two = named("line-up", n_classes=2)
    assert two.classes == (3, 8)
    assert flat(two.embeddings) == pytest.approx(on_circle((90, 20, 140, 60)), abs=1e-15)
    assert two.rows.tolist() == [0, 1, 4, 5]
    assert named("line-up", n_classes=9).classes == (3, 8, 0, 1)


def test_moved_points_keep_their_classes():
    scene = named("line-up")
    moved = scene.moved(scene.positives, scene.anchors)
    assert torch.equal(moved.anchors, scene.positives)
    assert torch.equal(moved.positives, scene.anchors)
    assert (moved.classes, moved.name, moved.question) == (scene.classes, scene.name, scene.question)


def test_pairs_of_ones_own_make_a_scene():
    scene = scenes.of_pairs("mine", "Why?", torch.eye(2), torch.ones(2, 2), [5, 9])
    assert (scene.name, scene.question, scene.classes, scene.n) == ("mine", "Why?", (5, 9), 2)
    assert scene.positives.tolist() == [[1.0, 1.0], [1.0, 1.0]]


def test_pairs_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=r"positives must have anchors' shape \(2, 2\), got \(3, 3\)"):
        scenes.of_pairs("mine", "Why?", torch.eye(2), torch.eye(3), [5, 9])
    with pytest.raises(ValueError, match="classes must name each of the 2 pairs, got 3 names"):
        scenes.of_pairs("mine", "Why?", torch.eye(2), torch.eye(2), [5, 9, 1])


# --- digits


def test_pixels_are_scikit_learns_digits_as_unit_rows_with_their_images():
    data, scene = load_digits(), named("pixels")
    expected = data.data / np.sqrt((data.data**2).sum(axis=1, keepdims=True))
    assert scene.embeddings.shape == (1797, 64)
    np.testing.assert_allclose(scene.embeddings.numpy(), expected, rtol=0, atol=1e-15)
    assert scene.labels.tolist() == data.target.tolist()
    np.testing.assert_array_equal(16 * scene.images.numpy(), data.images)
    assert not scene.is_paired
    assert scene.n_classes == 10


def test_pixels_pair_the_first_two_rows_of_each_class():
    data, scene = load_digits(), named("pixels").paired()
    first_two = {digit: [row for row, one in enumerate(data.target) if one == digit][:2] for digit in range(10)}
    assert scene.classes == tuple(range(10))
    assert scene.rows.tolist() == [first_two[digit][k] for k in (0, 1) for digit in scene.classes]
    np.testing.assert_array_equal(16 * scene.images.numpy(), data.images[scene.rows.numpy()])
    assert torch.equal(scene.embeddings, named("pixels").embeddings[scene.rows])


def test_digits_without_scikit_learn_say_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(ImportError, match=r"pixels needs sklearn\.datasets, which the library alone does not install"):
        named("pixels")


# --- seeded scenes


@pytest.mark.parametrize("name", SEEDED)
@pytest.mark.parametrize("n_classes", [1, 2, 5, 33])
def test_a_seeded_scene_has_any_number_of_classes(name, n_classes):
    scene = named(name, n_classes=n_classes, seed=3)
    assert scene.n == n_classes
    assert scene.classes == tuple(range(n_classes))
    assert scene.embeddings.shape == (2 * n_classes, 3 if name == "sphere" else 2)


@pytest.mark.parametrize("name", SEEDED)
def test_a_seeded_scene_depends_on_its_seed_alone(name):
    assert same_scene(named(name, n_classes=6, seed=4), named(name, n_classes=6, seed=4))
    assert not same_scene(named(name, n_classes=6, seed=4), named(name, n_classes=6, seed=5))
    assert named(name).n == 4


@pytest.mark.parametrize("name", ["circle", "sphere"])
def test_points_of_the_circle_and_the_sphere_have_length_one(name):
    assert lengths(named(name, n_classes=40)) == pytest.approx([1.0] * 80)


def test_lengths_in_the_plane_differ_and_do_not_depend_on_the_angle():
    scene = named("plane", n_classes=400, seed=1)
    assert min(lengths(scene)) >= 0.5
    assert max(lengths(scene)) <= 1.5
    assert np.std(lengths(scene)) > 0.2
    angles = [math.atan2(y, x) % math.tau for x, y in scene.embeddings.tolist()]
    assert abs(np.corrcoef(angles[:400], lengths(scene)[:400])[0, 1]) < 0.1


@pytest.mark.parametrize("name", SEEDED)
def test_a_positive_is_mostly_nearer_to_its_anchor_than_another_row_is(name):
    scene = named(name, n_classes=200, seed=2)
    own = (scene.anchors * scene.positives).sum(dim=1).mean()
    assert own > 0.6
    assert (scene.anchors @ scene.positives.T).mean().abs() < 0.1


@pytest.mark.parametrize("name", scenes.NAMES)
def test_no_scene_touches_the_global_generator(name):
    before = torch.get_rng_state()
    named(name, seed=11).paired(policy="random", seed=11)
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("name", scenes.NAMES)
def test_no_scene_reads_a_global_default(name):
    expected = named(name, seed=1).paired(policy="random", seed=2)
    try:
        torch.set_default_dtype(torch.float16)
        with torch.device("meta"):
            scene = named(name, seed=1).paired(policy="random", seed=2)
    finally:
        torch.set_default_dtype(torch.float32)
    assert same_scene(scene, expected)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"n_classes": 0}, "n_classes must be at least 1, got 0"),
        ({"n_classes": 2.0}, "n_classes must be a whole number, got 2.0"),
        ({"seed": -1}, "seed must be at least 0, got -1"),
        ({"seed": "one"}, "seed must be a whole number, got 'one'"),
    ],
)
@pytest.mark.parametrize("name", SEEDED)
def test_a_seeded_scene_refuses_a_wrong_count_or_seed(name, wrong, error):
    with pytest.raises((ValueError, TypeError), match=error):
        named(name, **wrong)


@pytest.mark.parametrize("n_classes", [0, -1, True, 2.0])
@pytest.mark.parametrize("scene", [named("line-up"), from_data(ROWS, LABELS)], ids=["paired", "rows"])
def test_pairing_refuses_a_wrong_number_of_classes(scene, n_classes):
    with pytest.raises((ValueError, TypeError), match="n_classes must be"):
        scene.paired(n_classes=n_classes)


# --- pairing


def test_the_first_policy_takes_the_first_two_rows_of_each_class():
    scene = from_data([[float(row), 1.0] for row in range(9)], [4, 2, 4, 9, 2, 2, 4, 7, 7]).paired()
    assert scene.classes == (4, 2, 7)
    assert scene.rows.tolist() == [0, 1, 7, 2, 4, 8]
    assert scene.embeddings[:, 0].tolist() == [0.0, 1.0, 7.0, 2.0, 4.0, 8.0]
    assert scene.labels.tolist() == [4, 2, 7, 4, 2, 7]


def test_the_hardest_policy_takes_the_two_least_similar_rows_whatever_their_lengths():
    rows = torch.cat([scenes.at_degrees(0, 50, 120, 10), scenes.at_degrees(200, 230, 205)])
    rows = rows * torch.tensor([1, 1, 1e-3, 50, 1, 2, 3]).unsqueeze(1)
    scene = from_data(rows, [1, 1, 1, 1, 6, 6, 6]).paired(policy="hardest")
    assert scene.rows.tolist() == [0, 4, 2, 5]


def test_the_random_policy_draws_classes_and_rows_from_the_seed():
    digits = named("pixels")
    drawn = [digits.paired(policy="random", n_classes=3, seed=seed) for seed in range(30)]
    assert same_scene(drawn[5], digits.paired(policy="random", n_classes=3, seed=5))
    assert {one for scene in drawn for one in scene.classes} == set(range(10))
    assert len({tuple(scene.rows.tolist()) for scene in drawn}) == 30
    for scene in drawn:
        assert torch.equal(digits.labels[scene.rows], scene.labels)
        assert len(set(scene.classes)) == 3
        assert not set(scene.rows[:3].tolist()) & set(scene.rows[3:].tolist())


def test_the_random_policy_draws_classes_from_sorted_data_too():
    sorted_rows = from_data([[float(row), 1.0] for row in range(30)], [row // 3 for row in range(30)])
    drawn = [sorted_rows.paired(policy="random", n_classes=2, seed=seed).classes for seed in range(40)]
    assert {one for classes in drawn for one in classes} == set(range(10))
    assert all(classes == tuple(sorted(classes)) for classes in drawn)


@pytest.mark.parametrize("policy", ["random", "first", "hardest"])
def test_every_policy_takes_at_most_so_many_classes(policy):
    digits = named("pixels")
    assert digits.paired(policy=policy, n_classes=4).n == 4
    assert digits.paired(policy=policy, n_classes=1).n == 1
    assert digits.paired(policy=policy, n_classes=99).n == 10
    assert digits.paired(policy=policy).n == 10


def test_two_pairs_of_one_class_stay_two():
    scene = scenes.of_pairs("twins", "", torch.eye(3), torch.eye(3), (5, 5, 7))
    assert scene.paired() is scene
    assert scene.paired(n_classes=3).classes == (5, 5, 7)
    assert scene.paired(n_classes=2).classes == (5, 5)


def test_a_paired_scene_keeps_its_pairs_under_every_policy():
    scene = named("line-up")
    assert all(scene.paired(policy=policy) is scene for policy in ("random", "first", "hardest"))
    limited = named("pixels").paired(policy="hardest").paired(n_classes=2)
    hardest = named("pixels").paired(policy="hardest").rows.tolist()
    assert limited.rows.tolist() == [*hardest[:2], *hardest[10:12]]
    assert torch.equal(limited.images, named("pixels").images[limited.rows])


@pytest.mark.parametrize("scene", [named("line-up"), from_data(ROWS, LABELS)], ids=["paired", "rows"])
def test_an_unknown_policy_is_refused(scene):
    with pytest.raises(ValueError, match=r"policy must be one of 'random', 'first', 'hardest', got 'best'"):
        scene.paired(policy="best")
