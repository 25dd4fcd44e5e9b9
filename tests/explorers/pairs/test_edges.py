"""What an explorer of pairs takes, a little below each number that decides and a little above it."""

from typing import Any

import pytest
import torch

from npair_viz import explore
from npair_viz.geometry.slider_values import L2_REGS, TAOS
from npair_viz.stage.acts import rate
from npair_viz.stage.state import State

RAW = {"normalize": False, "l2_reg": 0.02}
LIMITS: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"tao": 0.01}, {"tao": 0.0099}, "tao must be from 0.01 to 100"),
    ({"tao": 100.0}, {"tao": 100.1}, "tao must be from 0.01 to 100"),
    ({"l2_reg": 10.0}, {"l2_reg": 10.1}, "l2_reg must be from 0 to 10"),
    ({"l2_reg": 1e-9}, {"l2_reg": 0.9e-9}, "l2_reg must be 0, or from 1e-09 to 10"),
    ({"steps": 2**53 - 1}, {"steps": 2**53}, "steps must be at most 9007199254740991"),
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
    with pytest.raises(ValueError, match="points of 4 dimensions can't be placed by hand"):
        explore(rows, [0, 1, 2, 3] * 2).move("p0", (1.0, 2.0, 3.0, 4.0))


@pytest.mark.parametrize(("l2_reg", "lr"), [(4.99, 0.2), (5.01, 0.2 * 5 / 5.01)])
def test_a_strong_spring_slows_the_descent(l2_reg, lr):
    assert rate(State(normalize=False, tao=0.5, l2_reg=l2_reg), 4) == pytest.approx(lr, rel=1e-12)


def test_the_sliders_stop_fifty_times_a_decade_of_tao_and_ten_times_one_of_l2_reg():
    assert (TAOS[0], TAOS[-1], len(TAOS), len(L2_REGS)) == (0.01, 100.0, 201, 52)
    assert {0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0} < set(TAOS)
    assert [tao / 10 ** (k / 50 - 2) for k, tao in enumerate(TAOS)] == pytest.approx([1] * 201, rel=6e-3)
    assert L2_REGS[:3] == (0.0, 1e-4, 1.25e-4)
    assert [l2_reg / 10 ** (k / 10 - 4) for k, l2_reg in enumerate(L2_REGS[1:])] == pytest.approx([1] * 51, rel=0.02)
