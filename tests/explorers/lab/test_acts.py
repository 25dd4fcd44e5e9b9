"""What is done in the training lab can be taken back: settings with their runs, moments, whole runs; looks stay."""

import gc
import weakref
from types import SimpleNamespace

import pytest
import torch

from npair_viz import train_and_watch
from npair_viz.explorers.lab import lab as module
from npair_viz.figures.training import update_training
from npair_viz.geometry import history
from npair_viz.training.datasets import blends
from npair_viz.training.train import train
from tests.support.event_loops import in_a_loop, until
from tests.support.explorer_handles import fails_once, held, said
from tests.support.lab_checks import assert_shows_its_runs, caption


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Frames follow each other at once."""
    monkeypatch.setattr("npair_viz.explorers.shared.picture_pace.FRAME", 0)


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still until a test moves it."""
    clock = SimpleNamespace(now=100.0)
    monkeypatch.setattr(history.time, "monotonic", lambda: clock.now)
    return clock


@pytest.fixture(scope="module")
def world():
    """Eight made-up classes, four of them seen, and quick to train on."""
    return blends(n_classes=8, rows=6)


@pytest.fixture
def lab(world):
    lab = train_and_watch(world, steps=20)
    yield lab
    lab.close()


def live(lab):
    """Which of the buttons lead somewhere."""
    return [name for name in ("undo", "redo") if not lab.controls[name].disabled]


def test_taking_a_setting_back_brings_the_former_runs_and_moment_without_training(lab, world, monkeypatch):
    lab.play(10)
    first = lab.state, lab.runs, lab.sentence
    lab.controls["tao"].value = "0,5"
    lab.set(against={"tao": 1.0})
    lab.play(5)
    last = lab.state, lab.runs, lab.sentence
    monkeypatch.setattr(module, "train", None)
    for _ in range(3):
        lab.controls["undo"].click()
    assert (lab.state, lab.runs, lab.sentence) == first
    assert lab.controls["tao"].value == "0.1"
    assert_shows_its_runs(lab, world)
    for _ in range(3):
        lab.controls["redo"].click()
    assert (lab.state, lab.runs, lab.sentence) == last
    assert_shows_its_runs(lab, world)
    assert live(lab) == ["undo"]


def test_runs_of_long_ago_are_trained_again_to_the_same_numbers(world, monkeypatch):
    monkeypatch.setattr(module, "KEPT_RUNS", 1)
    lab = train_and_watch(world, steps=20)
    lab.play()
    losses = [one.loss for one in lab.runs[0]]
    lab.set(tao=0.5)
    lab.undo()
    assert [one.loss for one in lab.runs[0]] == losses


def test_start_is_an_act_like_any_other(lab, world):
    assert live(lab) == []
    lab.reset()
    assert live(lab) == []
    lab.set(tao=0.5)
    lab.play(10)
    moved = lab.state
    lab.controls["reset"].click()
    assert (lab.state.settings.tao, lab.state.step) == (0.1, 0)
    assert_shows_its_runs(lab, world)
    lab.undo()
    assert lab.state == moved


def test_quick_changes_of_one_setting_are_one_act(lab, clock):
    for tao in ("0.2", "0.3", "0.4"):
        lab.controls["tao"].value = tao
        clock.now += 0.5
    lab.controls["lr"].value = "0.01"
    clock.now += 0.5
    lab.undo()
    assert (lab.state.settings.tao, lab.state.settings.lr) == (0.4, 0.001)
    lab.undo()
    assert (lab.state.settings.tao, live(lab)) == (0.1, ["redo"])


def test_going_back_and_forth_in_time_is_one_act(lab, clock):
    lab.play()
    for number in (3, 2, 1, 2):
        clock.now += 100
        lab.controls["scrub"].value = number
    assert lab.state.step == 10
    lab.undo()
    assert lab.state.step == 20
    lab.controls["scrub"].value = 1
    lab.controls["step"].click()
    lab.controls["step"].click()
    assert lab.state.step == 15
    lab.undo()
    lab.undo()
    assert lab.state.step == 5


def test_a_look_is_no_act_and_stays(lab):
    lab.controls["panel"].value = "nmi"
    lab.controls["present"].value = True
    lab.controls["settings"].value = True
    assert live(lab) == []
    lab.set(tao=0.5)
    lab.controls["panel"].value = "mean_norm"
    lab.undo()
    assert (lab.state.panel, lab.state.settings.tao, live(lab)) == ("mean_norm", 0.1, ["redo"])
    lab.redo()
    assert (lab.state.panel, lab.state.settings.tao) == ("mean_norm", 0.5)


def test_each_run_is_an_act_and_going_back_ends_it(lab):
    async def scenario():
        lab.controls["play"].click()
        await until(lambda: lab.state.step == 5)
        lab.controls["panel"].value = "nmi"
        await until(lambda: lab.state.step == 10)
        lab.controls["play"].click()
        lab.controls["play"].click()
        await until(lambda: lab.state.step == 15)
        lab.controls["undo"].click()
        assert (lab.state.step, caption(lab)) == (10, "Play")
        lab.controls["undo"].click()
        assert (lab.state.step, lab.state.panel, live(lab)) == (0, "nmi", ["redo"])

    in_a_loop(scenario)


def test_the_keyboard_meets_the_buttons_in_the_order_of_what_they_do(lab):
    row = next(one for one in lab.widget.children if lab.controls["play"] in getattr(one, "children", ()))
    names = {id(control): name for name, control in lab.controls.items()}
    assert [names[id(one)] for one in row.children] == ["play", "step", "scrub", "undo", "redo", "reset", "present"]


def test_what_cannot_be_shown_changes_nothing(lab, world, monkeypatch):
    lab.play(10)
    lab.set(tao=0.5)
    lab.undo()
    before, runs, page = held(lab), lab.runs, lab._picture.sheet.get_state()
    monkeypatch.setattr(module, "update_training", fails_once(update_training, ValueError))
    with pytest.raises(ValueError, match="no picture today"):
        lab.set(tao=0.7)
    assert (held(lab), lab.runs, lab._picture.sheet.get_state()) == (before, runs, page)
    assert_shows_its_runs(lab, world)
    monkeypatch.setattr(module, "update_training", fails_once(update_training, ImportError))
    lab.controls["tao"].value = "0.7"
    assert "no picture today" in said(lab)
    assert (held(lab), lab.runs) == (before, runs)
    lab.redo()
    assert lab.state.settings.tao == 0.5


def test_a_loss_that_runs_away_is_said_each_time_and_keeps_the_moment(world):
    lab = train_and_watch(world, steps=200, optimiser="SGD", lr=1e30, normalize=False)
    for _ in range(2):
        with pytest.raises(ValueError, match=r"a smaller lr than 1e\+30 may do"):
            lab.play()
        assert (lab.state.step, live(lab)) == (0, [])


def test_a_run_that_was_interrupted_goes_on():
    interrupts = [KeyboardInterrupt()]

    def run():
        for number in range(4):
            if number == 2 and interrupts:
                raise interrupts.pop()
            yield number

    recording = module.Recording(run)
    with pytest.raises(KeyboardInterrupt):
        recording.reach(3)
    recording.reach(3)
    assert recording.snapshots == [0, 1, 2, 3]


@pytest.mark.parametrize("where", ["training", "drawing"])
def test_an_interrupted_play_keeps_its_moment_and_goes_on_to_the_same_end(lab, world, monkeypatch, where):
    interrupts = [KeyboardInterrupt()]

    def trained(*given, **settings):
        for number, snapshot in enumerate(train(*given, **settings)):
            if number == 3 and interrupts:
                raise interrupts.pop()
            yield snapshot

    if where == "training":
        monkeypatch.setattr(module, "train", trained)
    lab.set(tao=0.2)
    lab.play(5)
    before = held(lab)
    if where == "drawing":
        monkeypatch.setattr(module, "update_training", fails_once(update_training, KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        lab.play()
    assert held(lab) == before
    assert len(lab.runs[0]) == {"training": 3, "drawing": 5}[where]  # what was trained is not lost
    lab.play()
    assert [one.loss for one in lab.runs[0]] == [one.loss for one in train(world, steps=20, every=5, tao=0.2)]
    lab.undo()
    assert lab.state.step == 5


def test_settings_from_elsewhere_become_plain_values(world):
    lab = train_and_watch(world, steps=10, tao=torch.tensor(0.25), normalize=0, mining=1)
    settings = lab.state.settings
    assert (type(settings.tao), settings.normalize, settings.mining) == (float, False, True)
    assert '"tao": 0.25' in lab.state.to_json()


def test_a_closed_lab_lets_go_of_its_data_and_runs():
    own = blends(n_classes=8, rows=6)
    lab = train_and_watch(own, steps=10)
    lab.play()
    sentence, gone = lab.sentence, weakref.ref(own)
    lab.close()
    del own
    gc.collect()
    assert gone() is None
    assert (lab.runs, lab.figure.data, lab.sentence, lab.state.step) == ((), (), sentence, 10)
    for act in (lab.undo, lab.play, lambda: lab.set(tao=0.5), lambda: lab.set(world="digits")):
        with pytest.raises(ValueError, match="closed"):
            act()
