"""Play and Step: descent by a button, with and without a loop that can wait between two pictures."""

import asyncio
import logging

import pytest
import torch

from npair_viz import explore
from npair_viz.data.scenes import named
from npair_viz.explorers.pairs import explorer as module
from npair_viz.explorers.shared import runs
from npair_viz.geometry.point_descent import descend
from tests.support.event_loops import in_a_loop, turns
from tests.support.expected_traces import assert_drawn


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Frames follow each other at once."""
    monkeypatch.setattr(runs, "FRAME", 0)


async def finished(explorer):
    while explorer._runner.is_running:
        await asyncio.sleep(0)


def icon(explorer):
    return explorer.controls["play"].description


def descended(steps, **settings):
    scene = named("line-up")
    return descend(scene.anchors, scene.positives, steps=steps, **{"tao": 0.5, **settings})


# --- without a loop


def test_without_a_loop_play_takes_its_steps_at_once():
    explorer = explore("line-up")
    explorer.controls["play"].click()
    assert explorer.state.steps == 60
    assert explorer.reading.loss == pytest.approx(descended(60).losses[-1].item(), abs=1e-12)
    assert icon(explorer) == "Play"
    assert_drawn(explorer)


def test_a_step_is_one_step_of_descent():
    explorer = explore("line-up", normalize=False, l2_reg=0.1)
    explorer.controls["step"].click()
    explorer.controls["step"].click()
    end = descended(2, normalize=False, l2_reg=0.1)
    torch.testing.assert_close(explorer.reading.scene.anchors, end.anchors)
    torch.testing.assert_close(explorer.reading.scene.positives, end.positives)
    assert explorer.sentence.startswith("1 step of descent: loss ")
    assert "step 2, lr 0.20" in explorer._words["progress"].value
    explorer.undo()
    assert explorer.state.steps == 1


def test_merged_classes_are_not_pushed_apart():
    explorer = explore("twin", same=(3, 8))
    explorer.play(30)
    scene = named("twin")
    end = descend(scene.anchors, scene.positives, steps=30, tao=0.5, labels=torch.tensor([3, 3, 0, 1]))
    torch.testing.assert_close(explorer.reading.scene.anchors, end.anchors)


@pytest.mark.parametrize(("tao", "l2_reg"), [(100, 10), (100, 1), (20, 10), (100, 0.2), (0.01, 10)])
def test_the_strongest_spring_draws_points_in_and_does_not_throw_them(tao, l2_reg):
    explorer = explore("line-up", normalize=False, tao=tao, l2_reg=l2_reg)
    losses = [explorer.reading.loss]
    for _ in range(8):
        explorer.play(30)
        losses.append(explorer.reading.loss)
    assert losses == sorted(losses, reverse=True)
    assert explorer.reading.norms.max() < 1
    assert_drawn(explorer)


@pytest.mark.parametrize("steps", [-1, 1.5, "3", None, True])
def test_a_wrong_number_of_steps_raises(steps):
    explorer = explore("line-up")
    with pytest.raises((ValueError, TypeError), match="steps"):
        explorer.play(steps)
    assert explorer.controls["undo"].disabled


def test_points_that_run_away_are_stopped_in_words():
    points = [[9e3, 9e3]] * 4 + [[-9e3, 9e3]] + [[9e3, 9e3]] * 3
    explorer = explore("line-up", normalize=False, tao=0.01, points=points)
    held = explorer.state
    explorer.controls["play"].click()
    assert "a place must be within" in explorer._words["status"].value
    assert explorer.state == held
    with pytest.raises(ValueError, match="a place must be within"):
        explorer.play(60)
    assert_drawn(explorer)


# --- in a loop


def test_in_a_loop_play_advances_frame_by_frame_and_ends_by_itself():
    async def scenario():
        explorer = explore("line-up")
        explorer.controls["play"].click()
        assert icon(explorer) == "Pause"
        assert explorer.state.steps == 0
        seen = []
        while explorer._runner.is_running:
            await asyncio.sleep(0)
            seen.append((explorer.state.steps, explorer.reading.loss))
        assert icon(explorer) == "Play"
        assert [steps for steps, _ in seen[:3]] == [1, 2, 3]
        losses = [loss for _, loss in seen]
        assert losses == sorted(losses, reverse=True)
        assert losses[-1] == pytest.approx(explorer.reading.ruler.floor, abs=1e-5)
        assert explorer.state.steps < 2000
        assert_drawn(explorer)
        explorer.undo()
        assert (explorer.state.steps, explorer.controls["undo"].disabled) == (0, True)

    in_a_loop(scenario)


def test_in_a_loop_play_takes_the_same_way_as_descent():
    async def scenario():
        explorer = explore("line-up")
        explorer.controls["play"].click()
        await turns(20)
        explorer.controls["play"].click()
        steps = explorer.state.steps
        assert steps > 10
        torch.testing.assert_close(explorer.reading.scene.anchors, descended(steps).anchors)

    in_a_loop(scenario)


def test_pause_holds_the_picture_and_play_goes_on_from_there():
    async def scenario():
        explorer = explore("line-up")
        explorer.controls["play"].click()
        await turns(5)
        explorer.controls["play"].click()
        held = explorer.state
        assert icon(explorer) == "Play"
        await turns(5)
        assert explorer.state == held
        explorer.controls["play"].click()
        await turns(5)
        assert explorer.state.steps > held.steps
        explorer.controls["play"].click()

    in_a_loop(scenario)


def test_pause_and_play_in_one_breath_still_run():
    async def scenario():
        explorer = explore("line-up")
        explorer.controls["play"].click()
        await turns(3)
        explorer.controls["play"].click()
        explorer.controls["play"].click()
        await turns(3)
        assert explorer._runner.is_running
        assert icon(explorer) == "Pause"
        explorer.controls["play"].click()
        steps = explorer.state.steps
        await turns(3)
        assert explorer.state.steps == steps

    in_a_loop(scenario)


@pytest.mark.parametrize("scene", ["heap", "one pair"])
def test_where_nothing_falls_play_ends_at_once(scene):
    async def scenario():
        explorer = explore(scene)
        explorer.controls["play"].click()
        await finished(explorer)
        assert explorer.state.steps == 1

    in_a_loop(scenario)


@pytest.mark.parametrize("press", ["undo", "redo", "reset"])
def test_going_back_stops_a_run(press):
    async def scenario():
        explorer = explore("line-up")
        explorer.set(tao=0.4)
        explorer.set(tao=0.3)
        explorer.undo()
        explorer.controls["play"].click()
        await turns(4)
        explorer.controls[press].click()
        held = explorer.state
        assert icon(explorer) == "Play"
        await turns(4)
        assert explorer.state == held
        assert press == "redo" or held.steps == 0
        assert_drawn(explorer)

    in_a_loop(scenario)


def test_settings_can_change_while_points_move():
    async def scenario():
        explorer = explore("line-up")
        explorer.controls["play"].click()
        for act in ({"tao": 0.1}, {"selected": 2}, {"normalize": False}, {"drawer": "loss over tao"}, {"l2_reg": 0.3}):
            await turns(3)
            explorer.set(**act)
            assert_drawn(explorer)
        await turns(3)
        assert explorer._runner.is_running
        explorer.controls["scene"].value = "tidy"
        await turns(3)
        assert_drawn(explorer)
        explorer.close()

    in_a_loop(scenario)


def test_closing_ends_a_run():
    async def scenario():
        explorer = explore("line-up")
        explorer.controls["play"].click()
        await turns(3)
        explorer.close()
        held = explorer.state
        await turns(5)
        assert explorer.state == held

    in_a_loop(scenario)


def test_what_stops_a_run_is_said_in_words(monkeypatch, caplog):
    def run_away(*_):
        raise ValueError("a place must be within ±1")

    async def scenario():
        explorer = explore("line-up")
        monkeypatch.setattr(module, "played", run_away)
        explorer.controls["play"].click()
        await finished(explorer)
        assert "a place must be within ±1" in explorer._words["status"].value
        assert icon(explorer) == "Play"

    with caplog.at_level(logging.WARNING):
        in_a_loop(scenario)
    assert not caplog.records
