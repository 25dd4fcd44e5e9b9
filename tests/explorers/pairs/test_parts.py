"""Which parts of the picture a level, hide= and lock= leave, and present mode."""

import pytest

from npair_viz import explore
from npair_viz.stage.parts import LEVELS, members


def test_hidden_and_locked_parts_are_told_to_the_page_with_the_task():
    explorer = explore("line-up", task="Look", hide=("more", "seed"), lock=("move", "tao"))
    options = explorer.widget.options
    assert {*options["hide"]} >= {"seed", *members(["more"])}
    assert {*options["lock"]} == {"move", "point", "place", "tao"}
    assert (options["task"], options["present"]) == ("Look", False)


@pytest.mark.parametrize("level", LEVELS)
def test_a_level_leaves_out_what_it_names(level):
    explorer = explore("line-up", level=level)
    assert explorer.widget.options["hide"] == members(LEVELS[level])
    assert explorer.widget.options["l2_reg_is_live"] == (level == 3)


def test_the_third_level_has_free_lengths_and_the_phase_map():
    explorer = explore("line-up", level=3)
    assert (explorer.state.normalize, explorer.state.l2_reg, explorer.state.drawer) == (False, 0.02, "phase map")
    explorer.set(normalize=True, l2_reg=0.5)
    assert explorer.reading.penalty == 1.0


def test_present_mode_is_an_option_of_the_page_and_no_act():
    assert explore("line-up", present=True).widget.options["present"] is True
    with pytest.raises(TypeError, match="present must be True or False, got 'yes'"):
        explore("line-up", present="yes")
