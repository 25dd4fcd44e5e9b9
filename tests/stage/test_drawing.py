"""An arrow drawn on the stage, as Python sees it."""

import pytest

from npair_viz import Stage


def test_a_stage_lets_nobody_draw_unless_asked():
    assert (Stage().drawing, Stage().drawn) == ("off", [])
    assert Stage(drawing="open").drawing == "open"


def test_a_way_to_draw_that_there_is_not_is_refused_in_words():
    with pytest.raises(ValueError, match="drawing must be one of 'off', 'open', 'done', got 'on'"):
        Stage(drawing="on")


def test_what_is_drawn_is_no_part_of_the_state():
    stage = Stage(drawing="open")
    stage.drawn = [0.1, 0.2]
    assert not {"drawing", "drawn"} & set(stage.state)
