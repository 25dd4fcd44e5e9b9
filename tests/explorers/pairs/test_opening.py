"""On what an explorer is opened, and with which controls."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from npair_viz.explorers.pairs.controls import LABELS
from npair_viz.explorers.pairs.layout import GROUPS, LEVELS

from npair_viz import explore, scenes
from npair_viz.data.scenes import Scene
from npair_viz.geometry.reading import read
from tests.support.expected_traces import assert_drawn

LABELS_OF_SIX = [3, 3, 8, 8, 0, 0]


def rows(b=6, d=5, seed=0):
    return torch.randn(b, d, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def on_screen(widget):
    """The ids of all widgets that a widget shows, itself included."""
    found = [id(widget)]
    for child in getattr(widget, "children", ()):
        found += on_screen(child)
    return found


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
    assert_drawn(explorer)


@pytest.mark.parametrize("d", [1, 2, 3, 4, 64])
def test_embeddings_of_any_dimension_open(d):
    explorer = explore(rows(d=d), LABELS_OF_SIX, normalize=False, l2_reg=0.02)
    assert_drawn(explorer)
    for drawer in ("shares", "landscape", "settings"):
        explorer.controls[drawer].value = True
        assert_drawn(explorer)
    explorer.set(normalize=True)
    assert_drawn(explorer)
    assert explorer.figure.layout.xaxis.visible == (d in (1, 4, 64))  # else the points are on a stage


def test_two_rows_are_one_pair():
    explorer = explore([[0.3, 0.1], [0.2, 0.9]], [7, 7])
    assert explorer.sentence.startswith("Only one pair")
    for drawer in LABELS:
        explorer.set(drawer=drawer)
        assert_drawn(explorer)
    explorer.set(normalize=False, l2_reg=0.1, drawer="phase map")
    assert_drawn(explorer)


def test_zero_rows_open():
    explorer = explore(torch.zeros(6, 3), LABELS_OF_SIX)
    assert explorer.reading.loss == pytest.approx(np.log(3))
    assert_drawn(explorer)


def test_equal_rows_open():
    explorer = explore(torch.ones(6, 5), LABELS_OF_SIX)
    assert explorer.sentence.startswith("Anchor 3 can't tell anyone apart")
    assert_drawn(explorer)


def test_many_classes_open_with_a_few_of_them():
    explorer = explore(rows(128, 64), torch.arange(64).repeat(2))
    assert (explorer.reading.n, explorer.state.n_classes) == (10, None)
    explorer.controls["n_classes"].value = "64"
    assert explorer.reading.n == 64
    assert explorer.reading.ruler.exact
    assert_drawn(explorer)


def test_a_scene_opens():
    explorer = explore(scenes.circle(5, seed=3))
    assert (explorer.state.scene, explorer.reading.n) == ("yours", 5)
    explorer.controls["scene"].value = "tidy"
    explorer.controls["scene"].value = "yours"
    assert explorer.reading.n == 5
    assert_drawn(explorer)


def test_pictures_that_a_person_brings_are_shown():
    pictures = torch.rand(6, 3, 4)
    explorer = explore(scenes.from_data(rows(), LABELS_OF_SIX, images=pictures))
    assert len(explorer.figure.layout.images) == 4
    explorer.set(drawer="shares")
    assert not explorer.figure.layout.images


def test_pairs_of_one_class_are_not_each_others_negatives():
    twice = scenes.of_pairs("twice", "?", rows(3, 2), rows(3, 2, seed=1), [3, 3, 8])
    explorer = explore(twice)
    assert explorer.reading.ruler is None
    assert {name for name in LABELS if explorer.controls[name].disabled} == {"phase map", "loss over tao"}
    assert_drawn(explorer)


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
    (("line-up", [1, 2]), {}, "leave them out"),
    ((rows(),), {}, "embeddings need their labels"),
    ((5,), {}, "embeddings need their labels"),
    ((None,), {}, "embeddings need their labels"),
    ((None, [1, 1]), {}, "embeddings"),
    (([[1.0, np.nan], [0.0, 1.0]], [1, 1]), {}, "NaN or infinity in row 0"),
    (([[1.0, np.inf], [0.0, 1.0]], [1, 1]), {}, "NaN or infinity in row 0"),
    (([[1.0, 0.0], [0.0, 1.0]], [1, 2]), {}, "two rows|pair"),
    (([[1.0, 0.0], [0.0, 1.0]], [1, 1, 1]), {}, "one entry a row"),
    (([[1.0, 0.0], [0.0, 1.0]], [0.5, 0.5]), {}, "whole numbers"),
    (([[1.0, 0.0], [0.0, 1.0]], ["a", "a"]), {}, "whole numbers"),
    (([1.0, 2.0], [1, 1]), {}, "shape"),
    ((torch.zeros(0, 3), torch.zeros(0, dtype=torch.int64)), {}, "must hold numbers"),
    ((torch.ones(4, 2, dtype=torch.complex64), [1, 1, 2, 2]), {}, "real"),
    ((1e9 * rows(), LABELS_OF_SIX), {"normalize": False}, "within"),
    (("line-up",), {"level": 4}, "level must be one of 1, 2, 3"),
    (("line-up",), {"level": "two"}, "level must be one of 1, 2, 3"),
    (("line-up",), {"tau": 0.5}, "a setting must be one of scene, .*got tau"),
    (("line-up",), {"tao": -1}, "tao must be from 0.01 to 100, got -1"),
    (("line-up",), {"hide": ("tau",)}, "hide and lock take .*got 'tau'"),
    (("line-up",), {"lock": ("tau",)}, "hide and lock take .*got 'tau'"),
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


# --- which controls there are


@pytest.mark.parametrize("name", ["sentence", "status", "seed", "panel", "task", *GROUPS])
def test_what_is_hidden_is_not_on_the_screen(name):
    explorer = explore("line-up", task="Look", hide=(name,))
    everything = {**explorer.controls, **explorer._words}
    gone = {id(everything[part]) for part in GROUPS.get(name, (name,))}
    assert not gone & set(on_screen(explorer.widget))
    explorer.set(tao=0.1, drawer="settings")


def test_everything_is_on_the_screen_where_nothing_is_hidden():
    explorer = explore("line-up", task="Look")
    shown = on_screen(explorer.widget)
    everything = (*explorer.controls.values(), *explorer._words.values(), explorer.figure)
    assert set(map(id, everything)) <= set(shown)
    assert len(shown) == len(set(shown))


@pytest.mark.parametrize("level", LEVELS)
def test_a_level_leaves_out_what_it_names(level):
    explorer = explore("line-up", level=level)
    shown = set(on_screen(explorer.widget))
    gone = {name for name, one in explorer.controls.items() if id(one) not in shown}
    assert gone == {part for name in LEVELS[level] for part in GROUPS.get(name, (name,))} & set(explorer.controls)


def test_the_third_level_has_free_lengths_and_the_phase_map():
    explorer = explore("line-up", level=3)
    assert (explorer.state.normalize, explorer.state.l2_reg, explorer.state.drawer) == (False, 0.02, "phase map")
    explorer.controls["normalize"].value = True
    assert not explorer.controls["l2_reg"].disabled
    explorer.controls["l2_reg"].value = 0.5
    assert explorer.reading.penalty == 1.0


@pytest.mark.parametrize("name", ["tao", "l2_reg", "history", "normalize", "selected", "move", "play", "objective"])
def test_what_is_locked_stays_grey_whatever_happens(name):
    explorer = explore("line-up", level=3, lock=(name,))
    locked = [part for part in GROUPS.get(name, (name,)) if part in explorer.controls]
    for act in ({"tao": 0.1}, {"normalize": True}, {"drawer": "shares"}):
        explorer.set(**act)
        assert all(explorer.controls[part].disabled for part in locked)


def test_locked_lengths_are_not_freed_by_the_button_beside_l2_reg():
    explorer = explore("line-up", lock=("normalize",))
    assert explorer.controls["free"].disabled


def test_a_locked_anchor_is_not_chosen_by_a_click():
    explorer = explore("pixels", lock=("selected",))
    trace = next(trace for trace in explorer.figure.data if trace.name == "anchors")
    trace._click_callbacks[0](trace, SimpleNamespace(point_inds=[2]), None)
    assert explorer.state.selected == 0


def board(explorer):
    return next(part for part in explorer.widget.children if explorer.figure in getattr(part, "children", ()))


def test_a_task_stands_above_the_picture():
    explorer = explore("line-up", task="Make anchor 3 pick its partner.")
    assert "Make anchor 3 pick its partner." in explorer._words["task"].value
    assert explorer.widget.children.index(explorer._words["task"]) < explorer.widget.children.index(board(explorer))


def test_a_state_of_a_later_version_says_to_update():
    with pytest.raises(ValueError, match="update npair_viz"):
        explore(**{**json.loads(explore("line-up").state.to_json()), "version": 99})
