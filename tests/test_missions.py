"""Missions: reached by what the lessons say, refused by what they forbid, and read by name."""

import pytest

from npair_viz import explore
from npair_viz.missions import MISSIONS, is_reached, value_of

REACHED = {"a better place": ("p3", 103), "one move": ("a3", 138), "sabotage": ("p8", 90)}
MISSED = {"a better place": ("p3", 90), "one move": ("p8", 20), "sabotage": ("a8", 90)}


def after(mission: str, point: str, degrees: float) -> bool:
    explorer = explore(MISSIONS[mission]["scene"])
    explorer.move(point, degrees)
    return is_reached(MISSIONS[mission], explorer.reading)


@pytest.mark.parametrize("mission", MISSIONS)
def test_a_mission_is_reached_by_its_move_alone(mission: str) -> None:
    assert not is_reached(MISSIONS[mission], explore(MISSIONS[mission]["scene"]).reading)
    assert after(mission, *REACHED[mission])
    assert not after(mission, *MISSED[mission])


def test_a_reading_that_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError, match="volume"):
        value_of(explore("line-up").reading, "volume")
