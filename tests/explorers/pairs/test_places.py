"""Places: what the explorer does when a person puts a point somewhere."""

import math

import pytest

from npair_viz import explore
from tests.support.expected_traces import assert_drawn
from tests.support.explorer_handles import held, said

NAN = math.nan


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("-1", "-1° is the same as 359.0°."),
        ("1e9", "1e+09° is the same as 280.0°."),
        ("120,5", "Took the coordinates 120, 5 and brought them to length 1: 2.4°."),
        ("0,3; 0,3", "Took the coordinates 0.3, 0.3 and brought them to length 1: 45.0°."),
        ("120", ""),
        ("0.6, 0.8", ""),
    ],
)
def test_a_place_that_is_not_taken_as_typed_says_what_was_taken(text, note):
    explorer = explore("line-up")
    explorer.controls["place"].value = text
    assert explorer.state.points is not None
    assert note in said(explorer)
    assert ('role="status"' in said(explorer)) == bool(note)


def test_in_the_plane_coordinates_are_taken_as_typed():
    explorer = explore("line-up", normalize=False)
    explorer.controls["place"].value = "3, 4"
    assert said(explorer) == ""
    assert explorer.controls["place"].value == "3, 4"


def test_a_point_is_placed_by_an_angle_or_by_coordinates():
    explorer = explore("line-up")
    assert (explorer.controls["point"].value, explorer.controls["place"].value) == ("p3", "140.0")
    explorer.controls["place"].value = "100°"
    assert explorer.reading.loss == pytest.approx(0.3808, abs=6e-4)
    explorer.controls["place"].value = "0.5; 0.5"
    assert explorer.controls["place"].value == "45.0"
    explorer.controls["point"].value = "a1"
    assert explorer.controls["place"].value == "300.0"
    explorer.controls["place"].value = "-60"
    assert explorer.reading.scene.anchors[3].tolist() == pytest.approx([0.5, -math.sqrt(3) / 2])


def test_in_the_plane_an_angle_keeps_the_length():
    explorer = explore("line-up", normalize=False)
    explorer.move("p3", (0.3, 0.4))
    explorer.controls["place"].value = "90"
    assert explorer.reading.scene.positives[0].tolist() == pytest.approx([0, 0.5])
    assert explorer.controls["place"].value == "0, 0.5"


def test_on_a_line_one_number_is_a_coordinate():
    explorer = explore([[1.0], [2.0], [-1.0], [-3.0]], [0, 0, 1, 1], normalize=False, l2_reg=0.1)
    explorer.controls["place"].value = "-0.5"
    assert explorer.reading.scene.positives[0].tolist() == [-0.5]
    assert said(explorer) == ""
    assert_drawn(explorer)


def test_a_point_of_the_globe_needs_three_coordinates():
    explorer = explore("globe")
    explorer.controls["place"].value = "30"
    assert "3 coordinates" in said(explorer)
    explorer.controls["place"].value = "0, 3, 4"
    assert explorer.reading.scene.positives[0].tolist() == pytest.approx([0, 0.6, 0.8])


@pytest.mark.parametrize(
    ("point", "to"),
    [("p7", 1), ("", 1), (None, 1), ("p3", NAN), ("p3", ()), ("p3", (1, 2, 3)), ("p3", (0, 0)), ("p3", None)],
)
def test_a_move_to_nowhere_raises(point, to, line_up):
    before = held(line_up)
    with pytest.raises((ValueError, TypeError)):
        line_up.move(point, to)
    assert held(line_up) == before


@pytest.mark.parametrize("to", [(1e200, 0.0), (1e20, 0.0), (1e6, -1e6)])
@pytest.mark.parametrize("dtype", ["float64", "float16"])
def test_a_place_out_of_all_bounds_raises(to, dtype):
    explorer = explore("line-up", normalize=False, dtype=dtype)
    before = held(explorer)
    with pytest.raises(ValueError, match="a place must be within"):
        explorer.move("p3", to)
    assert held(explorer) == before
