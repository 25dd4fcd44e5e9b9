"""The training lab: what it shows is what training found; play, pause, step, back; two runs; what it leaves behind."""

import json

import pytest
from plotly import graph_objects as go

from npair_viz import train_and_watch
from npair_viz.explorers.lab import train_and_watch as opening
from npair_viz.explorers.lab.state import EVERY, LabState
from npair_viz.figures.traces import traces
from npair_viz.figures.training import PANELS, RunView, add_training, update_training
from npair_viz.training.datasets import blends, named
from npair_viz.training.train import train
from tests.support.lab_checks import assert_shows_its_runs, status


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Frames follow each other at once."""
    monkeypatch.setattr("npair_viz.explorers.shared.picture_pace.FRAME", 0)


@pytest.fixture(scope="module")
def world():
    """Eight made-up classes, four of them seen, and quick to train on."""
    return blends(n_classes=8, rows=6)


@pytest.fixture
def lab(world):
    lab = train_and_watch(world, steps=20)
    yield lab
    lab.close()


# --- what is shown


def test_it_opens_before_the_first_step(lab, world):
    assert (lab.state.step, len(lab.runs[0]), lab.controls["scrub"].max) == (0, 1, 0)
    assert lab.sentence.startswith("Step 0: loss ")
    assert LabState().steps == 300
    assert_shows_its_runs(lab, world)


@pytest.mark.parametrize("settings", [{}, {"against": {"tao": 1.0, "dimension": 2}, "panel": "mean_norm"}])
def test_without_a_loop_play_trains_to_the_end(world, settings):
    lab = train_and_watch(world, steps=12, **settings)
    lab.controls["play"].click()
    assert [one.step for one in lab.runs[0]] == [0, 5, 10, 12]
    assert lab.state.step == 12
    assert_shows_its_runs(lab, world)
    lab.controls["play"].click()
    assert lab.state.step == 12


@pytest.mark.parametrize("panel", list(PANELS))
def test_the_third_curve_is_the_one_chosen(lab, world, panel):
    lab.play()
    lab.controls["panel"].value = panel
    assert_shows_its_runs(lab, world)
    assert lab.figure.layout.yaxis5.visible == bool(panel)


def test_step_trains_a_few_steps(lab, world):
    lab.controls["step"].click()
    assert [one.step for one in lab.runs[0]] == [0, EVERY]
    assert_shows_its_runs(lab, world)


def test_any_moment_can_be_gone_back_to_and_nothing_is_forgotten(lab, world):
    lab.play()
    end = lab.runs
    lab.controls["scrub"].value = 1
    assert lab.state.step == 5
    assert lab.runs == end
    assert lab.sentence.startswith("Step 5: ")
    assert_shows_its_runs(lab, world)
    lab.controls["step"].click()
    assert (lab.state.step, lab.runs) == (10, end)


CHANGES = {
    "tao": ("0,5", 0.5),
    "normalize": (False, False),
    "objective": ("ovo", "ovo"),
    "mining": (True, True),
    "optimiser": ("SGD", "SGD"),
    "n_classes": ("3", 3),
    "groups": ("2", 2),
    "dimension": ("2", 2),
    "lr": ("0.01", 0.01),
    "seed": ("4", 4),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_changed_setting_starts_afresh(lab, world, name):
    lab.play()
    typed, value = CHANGES[name]
    lab.controls[name].value = typed
    assert getattr(lab.state.settings, name) == value
    assert lab.state.step == 0
    lab.play(10)
    assert_shows_its_runs(lab, world)


def test_all_lengths_free_get_a_penalty_that_holds_them_and_only_then_is_l2_reg_live(lab):
    assert lab.controls["l2_reg"].disabled
    lab.controls["normalize"].value = False
    assert lab.state.settings.l2_reg == 0.02
    assert not lab.controls["l2_reg"].disabled
    lab.controls["l2_reg"].value = "0.3"
    assert lab.state.settings.l2_reg == 0.3


def test_another_world_is_drawn_from_the_seed():
    lab = train_and_watch("digits", seed=3, steps=5)
    lab.controls["world"].value = "blends"
    lab.play()
    assert_shows_its_runs(lab, named("blends", 3))


def test_a_second_run_is_typed_beside_the_first(lab, world):
    lab.controls["against"].value = "tao=1; classes=2; lengths=free"
    settings = lab.state.against
    assert (settings.tao, settings.n_classes, settings.normalize, settings.seed) == (1.0, 2, False, 0)
    lab.play()
    assert_shows_its_runs(lab, world)
    assert "with tao 0.1, lengths all 1, classes all and" in lab.sentence
    lab.controls["lr"].value = "0.01"
    assert (lab.state.settings.lr, lab.state.against.lr, lab.state.against.tao) == (0.01, 0.01, 1.0)
    lab.controls["against"].value = ""
    assert lab.state.against is None
    assert_shows_its_runs(lab, world)


@pytest.mark.parametrize(
    ("name", "typed", "told"),
    [
        ("tao", "-1", "tao must be positive"),
        ("tao", "warm", "tao is a number like 0.5"),
        ("n_classes", "9", "n_classes must be at most 4"),
        ("n_classes", "many", "classes is a whole number like 5"),
        ("dimension", "1", "dimension must be at least 2"),
        ("against", "colour=3", "Against is settings like tao=1"),
        ("against", "tao", "Against is settings like tao=1"),
        ("against", "lengths=long", "normalize must be one of"),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(lab, name, typed, told):
    lab.play()
    before, text = lab.state, lab.controls[name].value
    lab.controls[name].value = typed
    assert told in status(lab)
    assert (lab.state, lab.controls[name].value) == (before, text)
    lab.controls["scrub"].value = 1
    assert status(lab) == ""


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"colour": 1}, "a setting must be one of world"),
        ({"step": 21}, "step must be at most steps, 20, got 21"),
        ({"panel": "joy"}, "panel must be one of"),
        ({"world": "moon"}, "world must be one of 'yours', 'digits', 'blends'"),
        ({"against": "tao"}, "against must be settings such as"),
        ({"version": 99}, "version must be at most"),
    ],
)
def test_a_wrong_setting_in_code_raises(lab, change, told):
    with pytest.raises((ValueError, TypeError), match=told):
        lab.set(**change)


# --- state


def test_a_state_comes_back_from_its_json(lab, world):
    lab.set(against={"tao": 1.0, "n_classes": 3}, panel="nmi", mining=True)
    lab.play(10)
    again = train_and_watch(world, **json.loads(lab.state.to_json()))
    assert again.state == lab.state
    assert again.sentence == lab.sentence
    assert_shows_its_runs(again, world)


def test_a_person_brings_inputs_and_labels(world):
    lab = train_and_watch(world.inputs.numpy(), world.labels.tolist(), steps=5)
    lab.play()
    assert lab.state.world == "yours"
    assert_shows_its_runs(lab, world)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("digits", [1]), "leave them out"),
        ((blends(n_classes=8, rows=2), [1]), "labels go with inputs, and a world holds its own: leave them out"),
        (([[1.0]],), "need their labels"),
        ((LabState(),), r"a state opens by train_and_watch\(\*\*json\.loads\(state\.to_json\(\)\)\)"),
        (({"tao": 0.1},), r"a state opens by train_and_watch\(\*\*state\)"),
    ],
)
def test_inputs_and_labels_go_together(given, told):
    with pytest.raises(TypeError, match=told):
        train_and_watch(*given)


def test_a_notebook_gets_the_widget_and_a_plain_viewer_the_sentence(lab):
    bundle = lab._repr_mimebundle_(include=None, exclude=None)
    assert bundle["application/vnd.jupyter.widget-view+json"]["model_id"] == lab.widget.model_id
    assert bundle["text/plain"] == repr(lab) == f"TrainingLab of 'yours'. {lab.sentence}"


def test_a_second_run_of_a_cell_closes_the_lab_of_the_first(world, monkeypatch):
    closed = []
    monkeypatch.setattr(opening, "replace_former", closed.append)
    lab = train_and_watch(world)
    assert closed == [lab]


def test_the_figure_needs_no_widget(world):
    moments = list(train(world, steps=5, every=5))
    figure = add_training(go.Figure())
    update_training(figure, world, [RunView("tao 0.1", moments, 1, True, 64)], 5)
    assert traces(figure)["loss"].y.tolist() == pytest.approx([one.loss for one in moments])
    assert figure.layout.annotations[0].text == "<b>tao 0.1</b>, step 5"


def test_a_state_says_what_it_is_in_json():
    kept = json.loads(LabState().to_json())
    assert (kept["world"], kept["tao"], kept["against"], kept["version"]) == ("digits", 0.1, None, 1)
