"""Present mode: the explorer and the stage for the back row."""

import html

import pytest

from npair_viz import Stage, explore
from npair_viz.figures.presenting import BACK_ROW, DESK


def is_present(explorer):
    sizes = {explorer.figure.layout.font.size, explorer.figure.layout.annotations[0].font.size}
    assert sizes in ({BACK_ROW["text"], BACK_ROW["heading"]}, {DESK["text"], DESK["heading"]})
    is_large = sizes == {BACK_ROW["text"], BACK_ROW["heading"]}
    assert ("npair-present" in explorer.widget._dom_classes) == is_large
    return is_large


def said(explorer):
    line = html.unescape(explorer._words["act"].value)
    return line.removeprefix('<div class="npair-act">').removesuffix("</div>")


def test_an_explorer_opens_in_present_mode_where_asked():
    assert not is_present(explore())
    explorer = explore(present=True)
    assert is_present(explorer)
    assert explorer.controls["present"].value


def test_the_button_leads_into_present_mode_and_out_of_it_and_is_no_act():
    explorer = explore()
    before = explorer.state, explorer.figure.layout.to_plotly_json()
    explorer.controls["present"].value = True
    assert is_present(explorer)
    explorer.controls["present"].value = False
    assert not is_present(explorer)
    assert (explorer.state, explorer.figure.layout.to_plotly_json()) == before
    assert explorer.controls["undo"].disabled


@pytest.mark.parametrize(
    ("act", "told"),
    [
        (lambda one: one.move("p3", 100), "p3: 140.0 -> 100.0"),
        (lambda one: one.set(selected=1), "anchor 3 -> 8"),
        (lambda one: one.set(scene="tidy"), ""),
        (lambda one: (one.set(tao=0.05), one.undo()), ""),
        (lambda one: (one.set(tao=0.05), one.reset()), ""),
    ],
)
def test_an_act_that_the_picture_shows_is_told_in_a_line(act, told):
    explorer = explore(present=True)
    assert said(explorer) == ""
    act(explorer)
    assert said(explorer) == told


@pytest.mark.parametrize(
    ("act", "told"),
    [
        (lambda one: one.set(tao=0.05), "tao 0.50 -> 0.05: "),
        (lambda one: one.play(20), "20 steps of descent: "),
        (lambda one: one.set(normalize=False, l2_reg=0.02), "lengths all 1 -> free, l2_reg 0.00 -> 0.02: "),
    ],
)
def test_an_act_with_which_the_sentence_begins_is_told_once(act, told):
    explorer = explore(present=True)
    act(explorer)
    assert explorer.sentence.startswith(told)
    assert said(explorer) == ""


def test_a_drag_on_the_stage_is_told_with_its_place():
    explorer = explore(present=True)
    points = [list(row) for row in explorer.stage.points]
    points[4] = [0.0, 1.0]
    explorer.stage.act += 1
    explorer.stage.state = {**explorer.stage.state, "points": points}
    assert said(explorer) == "p3: 140.0 -> 90.0"


def test_points_that_no_hand_can_place_are_told_of_none():
    explorer = explore("pixels", present=True)
    explorer.set(selected=3)
    assert said(explorer) == "anchor 0 -> 3"


def test_present_mode_is_one_thing_or_the_other():
    with pytest.raises(TypeError, match="present must be True or False, got 'yes'"):
        explore(present="yes")


def test_a_stage_tells_its_page_of_present_mode():
    assert Stage(present=True).options["present"] is True
    assert Stage().options["present"] is False
