"""The training lab: what it shows is what training found; play, pause, step, back; two runs; what it leaves behind."""

import asyncio
import json
import threading
import time

import numpy as np
import pytest
from plotly import graph_objects as go

from npair_viz import explorers, train_and_watch
from npair_viz.explorers.training_state import EVERY, LabState
from npair_viz.figures.style import traces
from npair_viz.figures.training import PANELS, Course, add_training, update_training
from npair_viz.training import train
from npair_viz.worlds import blends, named


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Frames follow each other at once."""
    monkeypatch.setattr("npair_viz.explorers.training.FRAME", 0)


@pytest.fixture(scope="module")
def world():
    """Eight made-up classes, four of them seen, and quick to train on."""
    return blends(n_classes=8, rows=6)


@pytest.fixture
def lab(world):
    lab = train_and_watch(world, steps=20)
    yield lab
    lab.close()


def assert_shows_its_runs(lab, world):
    """Compare every trace with moments trained afresh."""
    state, by_name, shown = lab.state, traces(lab.figure), -(-lab.state.step // EVERY)
    for run, settings in enumerate((state.settings, state.against)):
        suffix = ", other run" if run else ""
        if settings is None:
            assert not any(trace.visible for name, trace in by_name.items() if name.endswith(", other run"))
            continue
        moments = list(train(world, steps=state.steps, every=EVERY, **vars(settings)))[: len(lab.runs[run])]
        now = moments[shown]
        for name, quantity in {"loss": "loss", "recall": "recall", "more": state.panel}.items():
            trace, mark = by_name[name + suffix], by_name[f"{name} now{suffix}"]
            assert trace.visible == mark.visible == bool(quantity)
            if quantity:
                np.testing.assert_allclose(trace.y, [getattr(one, quantity) for one in moments], rtol=1e-6)
                assert trace.x.tolist() == [one.step for one in moments]
                assert (mark.x.tolist(), mark.y.tolist()) == ([now.step], pytest.approx([getattr(now, quantity)]))
        for name in ("floor", "chance"):
            assert by_name[name + suffix].y.tolist() == pytest.approx([getattr(now, name)] * 2)
        labels = world.labels[world.shown]
        for name, classes in (("seen", world.seen), ("unseen", world.unseen)):
            rows = [i for i, label in enumerate(labels.tolist()) if label in classes]
            drawn = np.stack([by_name[name + suffix].x, by_name[name + suffix].y], axis=1)
            np.testing.assert_allclose(drawn, now.picture[rows], rtol=1e-6)


def in_a_loop(scenario):
    """Run a scenario as a notebook runs a cell: inside a loop, whose silent errors become loud."""

    async def watched():
        loop, errors = asyncio.get_running_loop(), []
        loop.set_exception_handler(lambda _, context: errors.append(context))
        await scenario()
        await turns(3)
        assert not errors
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(watched())


async def turns(count):
    for _ in range(count):
        await asyncio.sleep(0)


async def until(condition):
    while not condition():
        await asyncio.sleep(0)


def status(lab):
    return lab._words["status"].value


def caption(lab):
    return lab.controls["play"].description


# --- what is shown


def test_it_opens_before_the_first_step(lab, world):
    assert (lab.state.step, len(lab.runs[0]), lab.controls["scrub"].max) == (0, 1, 0)
    assert lab.sentence.startswith("Step 0: loss ")
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


@pytest.mark.parametrize(("given", "told"), [(("digits", [1]), "leave them out"), (([[1.0]],), "need their labels")])
def test_inputs_and_labels_go_together(given, told):
    with pytest.raises(TypeError, match=told):
        train_and_watch(*given)


def test_a_notebook_gets_the_widget_and_a_plain_viewer_the_sentence(lab):
    bundle = lab._repr_mimebundle_(include=None, exclude=None)
    assert bundle["application/vnd.jupyter.widget-view+json"]["model_id"] == lab.widget.model_id
    assert bundle["text/plain"] == repr(lab) == f"TrainingLab of 'yours'. {lab.sentence}"


# --- in a loop


def test_in_a_loop_play_goes_on_until_it_is_paused(lab, world):
    async def scenario():
        lab.controls["play"].click()
        assert caption(lab) == "Pause"
        assert lab.state.step == 0
        await until(lambda: lab.state.step == 10)
        lab.controls["play"].click()
        assert caption(lab) == "Play"
        held = lab.state, lab.runs
        await turns(9)
        assert (lab.state, lab.runs) == held
        assert_shows_its_runs(lab, world)
        lab.controls["play"].click()
        await until(lambda: lab._run is None)
        assert (lab.state.step, caption(lab)) == (20, "Play")

    in_a_loop(scenario)


@pytest.mark.parametrize("act", ["scrub", "step", "set", "close"])
def test_whatever_else_is_done_stops_a_run(lab, act):
    async def scenario():
        lab.controls["play"].click()
        await until(lambda: lab.state.step == 10)
        acts = {
            "scrub": lambda: setattr(lab.controls["scrub"], "value", 1),
            "step": lab.controls["step"].click,
            "set": lambda: lab.set(tao=0.4),
            "close": lab.close,
        }
        acts[act]()
        held = lab.state
        assert caption(lab) == "Play"
        await turns(9)
        assert lab.state == held

    in_a_loop(scenario)


def test_a_look_at_another_curve_lets_a_run_go_on(lab):
    async def scenario():
        lab.controls["play"].click()
        await until(lambda: lab.state.step == 5)
        lab.controls["panel"].value = "nmi"
        await until(lambda: lab._run is None)
        assert lab.state.step == 20

    in_a_loop(scenario)


def test_a_run_from_the_past_shows_what_was_there_and_then_trains(lab):
    lab.play(10)
    lab.show(0)

    async def scenario():
        lab.controls["play"].click()
        await until(lambda: lab._run is None)
        assert [one.step for one in lab.runs[0]] == [0, 5, 10, 15, 20]

    in_a_loop(scenario)


def test_a_loss_that_runs_away_is_said_in_words(world):
    lab = train_and_watch(world, steps=200, optimiser="SGD", lr=1e30, normalize=False)

    async def scenario():
        lab.controls["play"].click()
        await until(lambda: lab._run is None)
        assert "a smaller lr than 1e+30 may do" in status(lab)
        assert caption(lab) == "Play"

    in_a_loop(scenario)
    lab.controls["step"].click()
    assert "a smaller lr" in status(lab)


@pytest.mark.parametrize("name", ["digits", "blends"])
def test_a_pause_waits_less_than_a_tenth_of_a_second(name):
    lab = train_and_watch(name, against={"tao": 1.0}, steps=60)
    lab.play(5)
    gaps = []

    async def scenario():
        lab.controls["play"].click()
        while lab._run is not None:
            started = time.thread_time()  # of this thread alone: the machine may do much else
            await asyncio.sleep(0)
            gaps.append(time.thread_time() - started)

    in_a_loop(scenario)
    assert max(gaps) < 0.1


# --- what it leaves behind


def test_closing_frees_every_widget_and_leaves_no_thread(world):
    from ipywidgets.widgets import widget

    train_and_watch(world).close()
    before, threads = set(widget._instances), set(threading.enumerate())

    async def scenario():
        lab = train_and_watch(world, steps=400, against={"tao": 1.0})
        lab.controls["play"].click()
        await until(lambda: lab.state.step == 10)
        lab.set(panel="nmi", world="digits")
        assert set(threading.enumerate()) == threads
        lab.close()
        lab.close()

    in_a_loop(scenario)
    assert set(widget._instances) == before
    assert set(threading.enumerate()) == threads


def test_a_second_run_of_a_cell_closes_the_lab_of_the_first(world, monkeypatch):
    closed = []
    monkeypatch.setattr(explorers, "_replace_former", closed.append)
    lab = train_and_watch(world)
    assert closed == [lab]


def test_the_figure_needs_no_widget(world):
    moments = list(train(world, steps=5, every=5))
    figure = add_training(go.Figure())
    update_training(figure, world, [Course("tao 0.1", moments, 1, True, 64)], 5)
    assert traces(figure)["loss"].y.tolist() == pytest.approx([one.loss for one in moments])
    assert figure.layout.annotations[0].text == "<b>tao 0.1</b>, step 5"


def test_a_state_says_what_it_is_in_json():
    kept = json.loads(LabState().to_json())
    assert (kept["world"], kept["tao"], kept["against"], kept["version"]) == ("digits", 0.1, None, 1)
