"""Present mode: the explorer and the stage for the back row."""

import html
from functools import partial

import pytest
import torch
from npair_viz.explorers.pairs.present_mode import BACK_ROW, DESK

from npair_viz import Stage, explore, train_and_watch
from npair_viz.figures.traces import traces
from npair_viz.training.datasets import blends


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


@pytest.mark.parametrize("opened", [explore, train_and_watch])
def test_present_mode_is_one_thing_or_the_other(opened):
    with pytest.raises(TypeError, match="present must be True or False, got 'yes'"):
        opened(present="yes")


# --- a cloud of embeddings, and the training lab

ROWS = torch.linspace(-1, 1, 140 * 3).reshape(140, 3)
OPENINGS = {
    "cloud": partial(explore, ROWS, torch.arange(140) % 7),
    "lab": partial(train_and_watch, blends(n_classes=8, rows=6), steps=10, step=5, against={"tao": 1.0}, panel="nmi"),
}


def sizes_of(figure):
    """Every size and width in a figure, by where it stands."""

    def walk(one, path=()):
        if isinstance(one, dict | list | tuple):
            for name, part in one.items() if isinstance(one, dict) else enumerate(one):
                yield from walk(part, (*path, name))
        elif path[-1] in ("size", "width") and isinstance(one, int | float):
            yield path, one

    return dict(walk(figure.to_plotly_json()))


@pytest.mark.parametrize("opening", OPENINGS.values(), ids=list(OPENINGS))
def test_it_opens_large_where_asked_and_no_type_or_line_is_smaller(opening):
    desk, large = opening(), opening(present=True)
    assert ["npair-present" in one.widget._dom_classes for one in (desk, large)] == [False, True]
    assert large.controls["present"].value
    before, after = sizes_of(desk.figure), sizes_of(large.figure)
    assert before.keys() == after.keys()
    assert all(after[path] >= before[path] for path in before)
    assert sum(after[path] > before[path] for path in before) > 10


def test_marks_arrows_and_numbers_of_a_cloud_are_larger_for_a_projector():
    desk, large = OPENINGS["cloud"](), OPENINGS["cloud"](present=True)
    for name in ("anchor", "its partner", "hardest negatives"):
        assert traces(large.figure)[name].marker.size > traces(desk.figure)[name].marker.size
    assert traces(large.figure)["pull"].line.width > traces(desk.figure)["pull"].line.width
    for axis in ("yaxis2", "xaxis"):
        assert large.figure.layout[axis].tickfont.size > desk.figure.layout[axis].tickfont.size
    with pytest.raises(TypeError, match="present must be True or False, got 1"):
        OPENINGS["cloud"](present=1)


@pytest.mark.parametrize("opening", OPENINGS.values(), ids=list(OPENINGS))
def test_its_button_leads_in_and_out_again(opening):
    one = opening()
    before = one.state, one.figure.to_plotly_json()
    for is_present in (True, False):
        one.controls["present"].value = is_present
        assert ("npair-present" in one.widget._dom_classes) == is_present
    assert str((one.state, one.figure.to_plotly_json())) == str(before)


@pytest.mark.parametrize("opening", OPENINGS.values(), ids=list(OPENINGS))
def test_what_comes_next_stays_large(opening):
    one = opening(present=True)
    before = sizes_of(one.figure)
    one.set(tao=0.3)
    assert sizes_of(one.figure) == before


def test_a_stage_tells_its_page_of_present_mode():
    assert Stage(present=True).options["present"] is True
    assert Stage().options["present"] is False
