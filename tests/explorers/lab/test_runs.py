"""The training lab in a loop: play, pause, what stops a run, and what a closed lab leaves behind."""

import asyncio
import threading

import pytest

from npair_viz import train_and_watch
from npair_viz.training.datasets import blends
from tests.support.event_loops import in_a_loop, turns, until
from tests.support.lab_checks import assert_shows_its_runs, caption, status


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
        await until(lambda: not lab._runner.is_running)
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
        await until(lambda: not lab._runner.is_running)
        assert lab.state.step == 20

    in_a_loop(scenario)


def test_a_run_from_the_past_shows_what_was_there_and_then_trains(lab):
    lab.play(10)
    lab.show(0)

    async def scenario():
        lab.controls["play"].click()
        await until(lambda: not lab._runner.is_running)
        assert [one.step for one in lab.runs[0]] == [0, 5, 10, 15, 20]

    in_a_loop(scenario)


def test_a_loss_that_runs_away_is_said_in_words(world):
    lab = train_and_watch(world, steps=200, optimiser="SGD", lr=1e30, normalize=False)

    async def scenario():
        lab.controls["play"].click()
        await until(lambda: not lab._runner.is_running)
        assert "a smaller lr than 1e+30 may do" in status(lab)
        assert caption(lab) == "Play"

    in_a_loop(scenario)
    lab.controls["step"].click()
    assert "a smaller lr" in status(lab)


@pytest.mark.parametrize("name", ["digits", "blends"])
def test_a_pause_waits_for_one_snapshot_of_one_run_at_most(name):
    lab = train_and_watch(name, against={"tao": 1.0}, steps=60)
    lab.play(5)

    async def scenario():
        trained = sum(map(len, lab.runs))
        lab.controls["play"].click()
        while lab._runner.is_running:
            await asyncio.sleep(0)
            before, trained = trained, sum(map(len, lab.runs))
            assert trained - before <= 1

    in_a_loop(scenario)
    assert lab.state.step == 60


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
