"""What an explorer of pairs takes, says and draws, a little below each number that decides and a little above it."""

import math
from typing import Any

import pytest
import torch
from npair_viz.explorers.pairs.acts import rate
from npair_viz.explorers.pairs.state import State

from npair_viz import explore
from npair_viz.figures.traces import traces
from npair_viz.geometry.slider_values import L2_REGS, TAOS
from tests.support.explorer_handles import said
from tests.support.plain_boards import board

RAW = {"normalize": False, "l2_reg": 0.02}
LIMITS: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"tao": 0.01}, {"tao": 0.0099}, "tao must be from 0.01 to 100"),
    ({"tao": 100.0}, {"tao": 100.1}, "tao must be from 0.01 to 100"),
    ({"l2_reg": 10.0}, {"l2_reg": 10.1}, "l2_reg must be from 0 to 10"),
    ({"l2_reg": 1e-9}, {"l2_reg": 0.9e-9}, "l2_reg must be 0, or from 1e-09 to 10"),
    ({"seed": 10**6}, {"seed": 10**6 + 1}, "seed must be at most 1000000"),
    ({"n_classes": 64}, {"n_classes": 65}, "n_classes must be at most 64"),
]


@pytest.mark.parametrize(("taken", "refused", "why"), LIMITS, ids=[next(iter(one[1])) for one in LIMITS])
def test_a_setting_is_taken_up_to_its_limit(taken, refused, why):
    explorer = explore("circle")
    explorer.set(**taken)
    with pytest.raises(ValueError, match=why):
        explorer.set(**refused)


def test_a_place_is_taken_up_to_ten_thousand():
    explorer = explore("line-up", **RAW)
    explorer.move("p3", (1e4, 0.0))
    with pytest.raises(ValueError, match="a place must be within"):
        explorer.move("p3", (1.0001e4, 0.0))


def test_points_are_placed_by_hand_in_up_to_three_dimensions():
    rows = torch.eye(4).repeat(2, 1)
    explore(rows[:, :3], [0, 1, 2, 3] * 2, **RAW).move("p0", (1.0, 2.0, 3.0))
    explorer = explore(rows, [0, 1, 2, 3] * 2)
    assert (explorer.controls["place"].value, explorer.controls["place"].disabled) == ("4-d", True)
    with pytest.raises(ValueError, match="points of 4 dimensions can't be placed by hand"):
        explorer.move("p0", (1.0, 2.0, 3.0, 4.0))


@pytest.mark.parametrize(("text", "is_told"), [("0, 1.0049", False), ("0, 1.0051", True), ("0, 0.9949", True)])
def test_coordinates_whose_length_is_not_1_are_told(text, is_told):
    explorer = explore("line-up")
    explorer.controls["place"].value = text
    assert ("Took the coordinates" in said(explorer)) == is_told


def test_a_place_is_shown_with_three_decimals():
    explorer = explore("line-up", **RAW)
    explorer.move("p3", (0.12345, -0.98764))
    assert explorer.controls["place"].value == "0.123, -0.988"


@pytest.mark.parametrize(("l2_reg", "lr"), [(4.99, 0.2), (5.01, 0.2 * 5 / 5.01)])
def test_a_strong_spring_slows_the_descent(l2_reg, lr):
    assert rate(State(normalize=False, tao=0.5, l2_reg=l2_reg), 4) == pytest.approx(lr, rel=1e-12)


@pytest.mark.parametrize(("gap", "is_left"), [(0.0049, False), (0.0051, True)])
def test_a_point_that_moves_by_half_a_hundredth_leaves_a_ghost(gap, is_left):
    before = State(normalize=False, points=((1.0, 0.0), (0.0, 1.0)) * 4)
    after = ((1.0 + gap, 0.0), *before.points[1:])
    assert traces(board(before, before, points=after))["before"].visible == is_left


@pytest.mark.parametrize(("l2_reg", "is_drawn"), [(0.0039, False), (0.0041, True)])
def test_an_arrow_of_a_few_thousandths_is_drawn(l2_reg, is_drawn):
    figure = board(State(scene="one pair", normalize=False, l2_reg=l2_reg))
    assert math.isnan(traces(figure)["shrink"].y[0]) != is_drawn


@pytest.mark.parametrize(
    ("n", "end"),
    [*((52, 0.02), (49, 0.05), (21, 0.05), (19, 0.1), (11, 0.1), (9, 0.2), (6, 0.2), (4, 0.5), (3, 0.5), (2, 1.0))],
)
def test_the_colours_of_the_shares_end_at_the_next_round_number(n, end):
    figure = board(State(scene="circle", n_classes=n, tao=100.0, drawer="shares"))
    assert traces(figure)["everyone's shares"].zmax == end


@pytest.mark.parametrize(
    ("n", "has_numbers", "ticks"), [(10, True, 10), (11, False, 11), (16, False, 16), (17, False, 9)]
)
def test_a_matrix_that_is_too_fine_has_no_numbers_and_fewer_ticks(n, has_numbers, ticks):
    figure = board(State(scene="circle", n_classes=n, drawer="shares"))
    assert bool(traces(figure)["everyone's shares"].texttemplate) == has_numbers
    assert len(figure.layout.xaxis4.tickvals) == len(figure.layout.yaxis4.tickvals) == ticks


@pytest.mark.parametrize(("scene", "top"), [("line-up", 3 * math.log(4)), ("tidy", math.log(4))])
def test_a_curve_leaves_the_picture_above_three_times_chance(scene, top):
    low, high = board(State(scene=scene, drawer="loss over tao")).layout.yaxis5.range
    assert (low, high) == (0, pytest.approx(1.08 * top, rel=1e-6))


def test_the_colours_of_the_phase_map_end_at_length_4():
    assert traces(board(State(**RAW, drawer="phase map")))["lengths"].zmax == 4


def test_the_sliders_stop_fifty_times_a_decade_of_tao_and_ten_times_one_of_l2_reg():
    assert (TAOS[0], TAOS[-1], len(TAOS), len(L2_REGS)) == (0.01, 100.0, 201, 52)
    assert {0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0} < set(TAOS)
    assert [tao / 10 ** (k / 50 - 2) for k, tao in enumerate(TAOS)] == pytest.approx([1] * 201, rel=6e-3)
    assert L2_REGS[:3] == (0.0, 1e-4, 1.25e-4)
    assert [l2_reg / 10 ** (k / 10 - 4) for k, l2_reg in enumerate(L2_REGS[1:])] == pytest.approx([1] * 51, rel=0.02)
