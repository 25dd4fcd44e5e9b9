"""Places: what the explorer does when a person puts a point somewhere."""

import math

import numpy as np
import pytest
import torch

from npair_viz import explore
from tests.support.explorer_handles import held
from tests.support.page_of_pairs import assert_shown

NAN = math.nan


def test_a_point_is_placed_by_an_angle_or_by_coordinates():
    explorer = explore("line-up")
    explorer.move("p3", 100)
    assert explorer.reading.loss == pytest.approx(0.3808, abs=6e-4)
    explorer.move("p3", (0.5, 0.5))
    assert explorer.reading.scene.positives[0].tolist() == pytest.approx([math.sqrt(0.5)] * 2)
    explorer.move("a1", -60)
    assert explorer.reading.scene.anchors[3].tolist() == pytest.approx([0.5, -math.sqrt(3) / 2])
    assert_shown(explorer)


@pytest.mark.parametrize("to", [np.float32(100), np.int64(100), np.array(100.0), torch.tensor(100)], ids=repr)
def test_an_angle_may_be_a_number_of_numpy_or_torch(to, line_up):
    line_up.move("p3", to)
    held_at = line_up.reading.scene.positives[0].tolist()
    assert held_at == pytest.approx([math.cos(math.radians(100)), math.sin(math.radians(100))])


def test_in_the_plane_coordinates_are_taken_as_they_are():
    explorer = explore("line-up", normalize=False)
    explorer.move("p3", (3, 4))
    assert explorer.reading.scene.positives[0].tolist() == [3, 4]


def test_in_the_plane_an_angle_keeps_the_length():
    explorer = explore("line-up", normalize=False)
    explorer.move("p3", (0.3, 0.4))
    explorer.move("p3", 90)
    assert explorer.reading.scene.positives[0].tolist() == pytest.approx([0, 0.5])


def test_on_a_line_one_number_is_a_coordinate():
    explorer = explore([[1.0], [2.0], [-1.0], [-3.0]], [0, 0, 1, 1], normalize=False, l2_reg=0.1)
    explorer.move("p0", -0.5)
    assert explorer.reading.scene.positives[0].tolist() == [-0.5]
    with pytest.raises(ValueError, match=r"^a place must be one finite coordinate, got \(1, 2\)"):
        explorer.move("p0", (1, 2))
    assert_shown(explorer)


def test_a_point_of_the_globe_needs_three_coordinates():
    explorer = explore("globe")
    with pytest.raises(ValueError, match=r"^a place must be 3 finite coordinates, got 30"):
        explorer.move("p3", 30)
    explorer.move("p3", (0, 3, 4))
    assert explorer.reading.scene.positives[0].tolist() == pytest.approx([0, 0.6, 0.8])


def test_a_point_of_the_free_space_keeps_its_length():
    explorer = explore("globe", surface="plane")
    explorer.move("p3", (0, 3, 4))
    assert explorer.reading.scene.positives[0].tolist() == [0, 3, 4]
    assert explorer.widget.points[4] == [0, 3, 4]


def test_points_of_many_dimensions_are_not_placed_by_hand():
    explorer = explore(torch.randn(6, 7), [0, 0, 1, 1, 2, 2])
    with pytest.raises(ValueError, match="points of 7 dimensions can't be placed by hand"):
        explorer.move("p0", [0.0] * 7)


def test_a_place_in_a_plane_that_normalizes_moves_the_point_itself():
    explorer = explore("plane", surface="plane", normalize=True)
    explorer.move("p0", (0.1, 0.0))
    assert explorer.widget.points[4] == [0.1, 0.0]
    assert_shown(explorer)


@pytest.mark.parametrize(
    ("point", "to"),
    [("p7", 1), ("", 1), (None, 1), ("p3", NAN), ("p3", ()), ("p3", (1, 2, 3)), ("p3", (0, 0)), ("p3", None)],
)
def test_a_move_to_nowhere_raises(point, to, line_up):
    before = held(line_up)
    with pytest.raises((ValueError, TypeError)):
        line_up.move(point, to)
    assert held(line_up) == before


@pytest.mark.parametrize(
    "to",
    [None, "12", ("1", "0"), True, [[3]], (3,), 5j, torch.tensor([1j, 0]), 10**400, (10**400, 0), np.array("12")],
    ids=lambda one: f"{one!s:.20}",
)
def test_a_place_that_is_none_is_refused_in_words(to, line_up):
    before = held(line_up)
    with pytest.raises(ValueError, match=r"^a place must be an angle in degrees or 2 finite coordinates, ") as raised:
        line_up.move("p3", to)
    assert repr(to)[:20] in str(raised.value)
    assert held(line_up) == before


def test_several_names_are_no_point(line_up):
    with pytest.raises(ValueError, match=r"^the point must be one of a3, a8"):
        line_up.move(np.array(["a3", "p3"]), 30)


@pytest.mark.parametrize("row", [[10**400, 0], torch.tensor([1j, 0])], ids=["huge", "complex"])
def test_rows_of_other_numbers_are_refused_by_name(row, line_up):
    before = held(line_up)
    with pytest.raises((ValueError, TypeError), match=r"^(points must be rows of numbers|a place must be within)"):
        line_up.set(points=[row] * 8)
    assert held(line_up) == before


@pytest.mark.parametrize("to", [(1e200, 0.0), (1e20, 0.0), (1e6, -1e6)])
@pytest.mark.parametrize("dtype", ["float64", "float16"])
def test_a_place_out_of_all_bounds_raises(to, dtype):
    explorer = explore("line-up", normalize=False, dtype=dtype)
    before = held(explorer)
    with pytest.raises(ValueError, match="a place must be within"):
        explorer.move("p3", to)
    assert held(explorer) == before
