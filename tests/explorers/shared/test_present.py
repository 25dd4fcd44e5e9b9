"""Present mode: the cloud, the training lab and the stage for the back row."""

from functools import partial

import pytest
import torch

from npair_viz import Stage, explore, train_and_watch
from npair_viz.figures.traces import traces
from npair_viz.training.datasets import blends


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
    for name in ("anchor", "nearest of its own", "nearest of others"):
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
