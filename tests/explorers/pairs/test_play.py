"""Play: descent by a call."""

import pytest
import torch

from npair_viz import explore
from npair_viz.data.scenes import named
from npair_viz.geometry.point_descent import descend
from tests.support.explorer_handles import history_of
from tests.support.page_of_pairs import assert_shown


def descended(steps, name="line-up", **settings):
    scene = named(name)
    return descend(scene.anchors, scene.positives, steps=steps, **{"tao": 0.5, **settings})


def test_play_takes_its_steps_at_once():
    explorer = explore("line-up")
    explorer.play()
    assert explorer.state.steps == 60
    assert explorer.reading.loss == pytest.approx(descended(60).losses[-1].item(), abs=1e-12)
    assert len(history_of(explorer).past) == 1
    assert_shown(explorer)


def test_a_step_is_one_step_of_descent():
    explorer = explore("line-up", normalize=False, l2_reg=0.1)
    explorer.play(1)
    explorer.play(1)
    end = descended(2, normalize=False, l2_reg=0.1)
    torch.testing.assert_close(explorer.reading.scene.anchors, end.anchors)
    torch.testing.assert_close(explorer.reading.scene.positives, end.positives)
    assert explorer.sentence.startswith("1 step of descent: loss ")
    explorer.undo()
    assert explorer.state.steps == 1


def test_points_of_the_plane_descend_freely_though_the_loss_normalizes():
    explorer = explore("plane", surface="plane", normalize=True, l2_reg=0.0)
    explorer.play(7)
    end = descended(7, "plane", normalize=True, put_back=False)
    torch.testing.assert_close(explorer.reading.scene.anchors, end.anchors)


def test_merged_classes_are_not_pushed_apart():
    explorer = explore("twin", same=(3, 8))
    explorer.play(30)
    end = descended(30, "twin", labels=torch.tensor([3, 3, 0, 1]))
    torch.testing.assert_close(explorer.reading.scene.anchors, end.anchors)


@pytest.mark.parametrize("d", [1, 3, 64])
def test_points_of_every_dimension_descend(d):
    rows = torch.randn(6, d, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    explorer = explore(rows, [0, 0, 1, 1, 2, 2], normalize=False, l2_reg=0.02)
    before = explorer.reading.loss
    explorer.play(5)
    assert explorer.reading.loss < before
    assert_shown(explorer)


@pytest.mark.parametrize(("tao", "l2_reg"), [(100, 10), (100, 1), (20, 10), (100, 0.2), (0.01, 10)])
def test_the_strongest_spring_draws_points_in_and_does_not_throw_them(tao, l2_reg):
    explorer = explore("line-up", normalize=False, tao=tao, l2_reg=l2_reg)
    losses = [explorer.reading.loss]
    for _ in range(8):
        explorer.play(30)
        losses.append(explorer.reading.loss)
    assert losses == sorted(losses, reverse=True)
    assert explorer.reading.norms.max() < 1


@pytest.mark.parametrize("steps", [-1, 1.5, "3", None, True])
def test_a_wrong_number_of_steps_raises(steps):
    explorer = explore("line-up")
    with pytest.raises((ValueError, TypeError), match="steps"):
        explorer.play(steps)
    assert not history_of(explorer).past


def test_points_that_run_away_are_stopped_in_words():
    points = [[9e3, 9e3]] * 4 + [[-9e3, 9e3]] + [[9e3, 9e3]] * 3
    explorer = explore("line-up", normalize=False, tao=0.01, points=points)
    held = explorer.state
    with pytest.raises(ValueError, match="a place must be within"):
        explorer.play(60)
    assert explorer.state == held
    assert_shown(explorer)
