"""On what an explorer is opened, and with which controls."""

import json
import subprocess
import sys

import numpy as np
import pytest
import torch

from npair_viz import Pairs, explore, scenes
from npair_viz.data.scene import Scene
from npair_viz.explorers.cloud.explorer import EmbeddingExplorer
from npair_viz.explorers.pairs.explorer import Explorer
from npair_viz.geometry.reading import read
from npair_viz.stage.state import DRAWERS
from tests.support.page_of_pairs import assert_shown

LABELS_OF_SIX = [3, 3, 8, 8, 0, 0]


def rows(b=6, d=5, seed=0):
    return torch.randn(b, d, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


# --- what can be opened


@pytest.mark.parametrize("kind", ["torch", "torch32", "half", "numpy", "numpy32", "list", "tuple of rows", "grad"])
def test_embeddings_of_every_kind_open_alike(kind):
    held = rows()
    given = {
        "torch": held,
        "torch32": held.float(),
        "half": held.half(),
        "numpy": held.numpy(),
        "numpy32": held.numpy().astype("float32"),
        "list": held.tolist(),
        "tuple of rows": tuple(held),
        "grad": held.clone().requires_grad_(),
    }[kind]
    labels = np.array(LABELS_OF_SIX, dtype="int16") if "numpy" in kind else LABELS_OF_SIX
    explorer = explore(given, labels)
    assert (explorer.state.scene, explorer.reading.names) == ("yours", ("3", "8", "0"))
    assert explorer.reading.loss == pytest.approx(read(scenes.from_data(held, LABELS_OF_SIX)).loss, abs=2e-3)
    assert_shown(explorer)


@pytest.mark.parametrize("d", [1, 2, 3, 4, 64])
def test_embeddings_of_any_dimension_open(d):
    explorer = explore(rows(d=d), LABELS_OF_SIX, normalize=False, l2_reg=0.02)
    assert_shown(explorer)
    for drawer in ("shares", "landscape", "settings"):
        explorer.set(drawer=drawer)
        assert_shown(explorer)
    explorer.set(normalize=True)
    assert_shown(explorer)
    assert len(explorer.widget.points) == (6 if d <= 3 else 0)


def test_two_rows_are_one_pair():
    explorer = explore([[0.3, 0.1], [0.2, 0.9]], [7, 7])
    assert explorer.sentence.startswith("Only one pair")
    for drawer in DRAWERS:
        explorer.set(drawer=drawer)
        assert_shown(explorer)
    explorer.set(normalize=False, l2_reg=0.1, drawer="phase map")
    assert_shown(explorer)


def test_zero_rows_open():
    explorer = explore(torch.zeros(6, 3), LABELS_OF_SIX)
    assert explorer.reading.loss == pytest.approx(np.log(3))
    assert_shown(explorer)


def test_equal_rows_open():
    explorer = explore(torch.ones(6, 5), LABELS_OF_SIX)
    assert explorer.sentence.startswith("Anchor 3 can't tell anyone apart")
    assert_shown(explorer)


def test_a_scene_opens():
    explorer = explore(scenes.circle(5, seed=3))
    assert (explorer.state.scene, explorer.reading.n) == ("yours", 5)
    explorer.set(scene="tidy")
    explorer.set(scene="yours")
    assert explorer.reading.n == 5
    assert_shown(explorer)


def test_pictures_that_a_person_brings_are_sent_to_the_page_and_drawn():
    pictures = torch.rand(6, 3, 4)
    explorer = explore(scenes.from_data(rows(), LABELS_OF_SIX, images=pictures))
    (base,) = explorer.widget.store.put()["bases"]
    assert [image[:22] for image in base["images"]] == ["data:image/png;base64,"] * 6
    assert explorer.to_svg().count("<image ") == 6


def test_pairs_of_one_class_are_not_each_others_negatives():
    twice = scenes.of_pairs("twice", "?", rows(3, 2), rows(3, 2, seed=1), [3, 3, 8])
    explorer = explore(twice)
    assert explorer.reading.ruler is None
    assert_shown(explorer)


# --- pairs or a cloud

ROWS_OF_64 = torch.arange(64).repeat(2)
MANY = [
    ("64 classes, two rows each", ROWS_OF_64, None, Explorer, ""),
    ("65 classes, two rows each", torch.arange(65).repeat(2), None, EmbeddingExplorer, ""),
    ("two classes, three rows each", torch.arange(2).repeat(3), None, EmbeddingExplorer, ""),
    ("one row too many", torch.tensor([0, 0, 1, 1, 2]), None, EmbeddingExplorer, ""),
    ("few, as a cloud", ROWS_OF_64, "cloud", EmbeddingExplorer, ""),
    ("many, as pairs", torch.arange(64).repeat(3), "pairs", Explorer, "10 of 64 classes, 20 of 192 rows"),
    ("two rows each, as pairs", torch.arange(64).repeat(2), "pairs", Explorer, ""),
    ("few rows, as pairs", torch.arange(2).repeat(3), "pairs", Explorer, "2 of 2 classes, 4 of 6 rows"),
]


@pytest.mark.parametrize(
    ("labels", "picture", "kind", "notice"), [one[1:] for one in MANY], ids=[one[0] for one in MANY]
)
def test_whole_pairs_open_as_pairs_and_anything_else_as_a_cloud(labels, picture, kind, notice):
    explorer = explore(rows(len(labels), 20), labels, picture=picture)
    assert type(explorer) is kind
    if kind is Explorer:
        (base,) = explorer.widget.store.put()["bases"]
        assert base["notice"] == notice
        assert_shown(explorer)


def test_of_many_classes_more_can_be_asked_for():
    explorer = explore(rows(192, 20), torch.arange(64).repeat(3), picture="pairs", n_classes=12)
    assert explorer.widget.store.put()["bases"][0]["notice"] == "12 of 64 classes, 24 of 192 rows"
    explorer.set(n_classes=64)
    assert explorer.reading.n == 64
    assert_shown(explorer)


def test_a_named_scene_is_no_cloud():
    with pytest.raises(ValueError, match="the scene 'tidy' opens as pairs: bring embeddings"):
        explore("tidy", picture="cloud")
    with pytest.raises(ValueError, match="picture must be one of"):
        explore("tidy", picture="film")


# --- own pairs


def test_pairs_open_row_by_row():
    anchors, positives = rows(3, 4), rows(3, 4, seed=1)
    explorer = explore(anchors=anchors.numpy(), positives=positives.tolist(), tao=0.3)
    torch.testing.assert_close(explorer.reading.scene.anchors, torch.nn.functional.normalize(anchors))
    torch.testing.assert_close(explorer.reading.scene.positives, torch.nn.functional.normalize(positives))
    assert (explorer.state.scene, explorer.reading.scene.classes) == ("yours", (0, 1, 2))
    assert_shown(explorer)


def test_pairs_of_equal_label_are_not_each_others_negatives():
    explorer = explore(anchors=rows(3, 4), positives=rows(3, 4, seed=1), labels=[7, 8, 7])
    assert explorer.reading.is_negative.tolist() == [[False, True, False], [True, False, True], [False, True, False]]


def test_more_pairs_than_can_be_told_apart_open_as_a_cloud():
    assert type(explore(anchors=rows(65), positives=rows(65, seed=1))) is EmbeddingExplorer
    explorer = explore(anchors=rows(65), positives=rows(65, seed=1), picture="pairs")
    assert explorer.widget.store.put()["bases"][0]["notice"] == "10 of 65 pairs"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"anchors": rows(3)}, "positives are missing"),
        ({"positives": rows(3)}, "anchors are missing"),
        ({"anchors": rows(3), "positives": rows(2)}, "positives must have anchors' shape"),
        ({"anchors": rows(3, 4), "positives": rows(3, 5)}, "positives must have anchors' shape"),
        ({"anchors": rows(3), "positives": rows(3), "labels": [1, 2]}, "one entry a pair, 3 in all, got 2"),
        ({"anchors": rows(3), "positives": [[np.nan] * 5] * 3}, "positives must be finite"),
        ({"scene_or_embeddings": rows(3), "labels": rows(3)}, r"pairs go by name, explore\(anchors=a, positives=p\)"),
        ({"scene_or_embeddings": np.eye(3), "labels": np.eye(3)}, r"got shape \(3, 3\): pairs go by name"),
        ({"anchors": rows(3), "positives": rows(3), "scene_or_embeddings": "tidy"}, "leave the scene"),
        ({"anchors": rows(3), "positives": rows(3), "scene_or_embeddings": rows(3)}, "leave the scene"),
    ],
)
def test_pairs_that_do_not_fit_are_said_in_words(given, says):
    with pytest.raises((ValueError, TypeError), match=says):
        explore(**given)


# --- the rest


def test_what_is_given_is_left_as_it_was():
    held, labels = rows(), torch.tensor(LABELS_OF_SIX)
    former, version = held.clone(), held._version
    explorer = explore(held, labels, normalize=False)
    explorer.play(5)
    assert torch.equal(held, former)
    assert held._version == version


WRONG = [
    (("moon",), {}, "no scene|scene must be one of"),
    (("",), {}, "scene must be one of"),
    (("yours",), {}, "scene"),
    (("w.csv",), {}, r"no scene is called 'w\.csv': a file opens by explore\(load\('w\.csv'\)\)"),
    ((__file__.removesuffix(".py"),), {}, "scene must be one of"),
    ((__file__,), {}, "a file opens by"),
    (("line-up", [1, 2]), {}, "leave them out"),
    ((scenes.circle(), [1, 2]), {}, "labels go with embeddings, and a scene holds its own: leave them out"),
    ((rows(),), {}, "embeddings need their labels"),
    ((5,), {}, "embeddings need their labels"),
    ((None,), {}, "embeddings need their labels"),
    ((None, [1, 1]), {}, "embeddings"),
    (([[1.0, np.nan], [0.0, 1.0]], [1, 1]), {}, "NaN or infinity in row 0"),
    (([[1.0, np.inf], [0.0, 1.0]], [1, 1]), {}, "NaN or infinity in row 0"),
    (([[1.0, 0.0], [0.0, 1.0]], [1, 2]), {}, "two rows|pair"),
    (([[1.0, 0.0], [0.0, 1.0]], [1, 1, 1]), {}, "one entry a row"),
    (([[1.0, 0.0], [0.0, 1.0]], [0.5, 0.5]), {}, "labels must be a whole number or a word"),
    (("line-up",), {"texts": list("abcd")}, "texts go with embeddings, and 'line-up' names a scene: leave them out"),
    ((Pairs(rows(3), rows(3)), [1, 2]), {}, "labels must have one entry a pair, 3 in all, got 2"),
    (([1.0, 2.0], [1, 1]), {}, "shape"),
    ((torch.zeros(0, 3), torch.zeros(0, dtype=torch.int64)), {}, "must hold numbers"),
    ((torch.ones(4, 2, dtype=torch.complex64), [1, 1, 2, 2]), {}, "real"),
    ((1e9 * rows(), LABELS_OF_SIX), {"normalize": False}, "within"),
    (("line-up",), {"level": 4}, "level must be 1 .* got 4"),
    (("line-up",), {"level": "two"}, "level must be 1 .* got 'two'"),
    (("line-up",), {"tau": 0.5}, "a setting must be one of scene, .*hide, lock.* got tau: did you mean tao"),
    (("line-up",), {"temperature": 0.5, "weather": 1}, "level.* got temperature, weather: did you mean tao"),
    (("line-up",), {"hidden": ("tao",)}, "picture, level, hide, .*got hidden: did you mean hide"),
    (("line-up",), {"weather": 1}, "labels, picture, .* got weather$"),
    (("line-up",), {"row": 3, "turn": 0.0}, r"row, turn go with a cloud: explore\(embeddings, labels, \*\*settings\)"),
    ((torch.eye(2).repeat(2, 1), [0, 1] * 2), {"row": 3}, 'row go.* with picture="cloud" for few rows'),
    (("mine", [3, 3]), {"points": [[1.0, 0.0]] * 2, "weather": 1}, "got weather$"),
    ((torch.eye(2).repeat(3, 1), [0, 1] * 3), {"tua": 1}, "one of row, .*hide, lock.* got tua: did you mean tao"),
    (("line-up",), {"tao": -1}, "tao must be from 0.01 to 100, got -1"),
    (("line-up",), {"hide": ("tau",)}, "hide takes .*got 'tau'"),
    (("line-up",), {"lock": ("tau",)}, "lock takes .*got 'tau'"),
    (("line-up",), {"hide": "tao"}, r"hide must be .*\('tao',\)"),
    (("line-up",), {"lock": "tao"}, r"lock must be .*\('tao',\)"),
    (("line-up",), {"hide": 3}, "hide must be"),
    (("line-up",), {"task": 5}, "task must be"),
    (("line-up",), {"drawer": "shoes"}, "drawer must be one of"),
]


@pytest.mark.parametrize(("wrong", "settings", "says"), WRONG, ids=lambda part: str(part)[:40])
def test_what_cannot_be_opened_is_said_in_words(wrong, settings, says):
    with pytest.raises((ValueError, TypeError), match=says):
        explore(*wrong, **settings)


def test_a_scene_in_which_nothing_can_be_paired_is_refused():
    alone = Scene("alone", "?", rows(3), torch.tensor([1, 2, 3]))
    with pytest.raises(ValueError, match=r"pair|two rows"):
        explore(alone)


# --- what is imported


def test_a_picture_of_pairs_needs_neither_plotly_nor_scikit_learn():
    script = (
        "import sys\nfrom npair_viz import explore\nexplorer = explore('line-up')\nexplorer._repr_mimebundle_()\n"
        "explorer.play(1)\nexplorer.to_svg()\nprint([one for one in ('plotly', 'sklearn') if one in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_a_state_of_a_later_version_says_to_update():
    with pytest.raises(ValueError, match="update npair_viz"):
        explore(**{**json.loads(explore("line-up").state.to_json()), "version": 99})
