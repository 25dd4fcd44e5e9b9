"""The state as text, and back."""

import json
from dataclasses import FrozenInstanceError, replace

import pytest

from npair_viz import explore
from npair_viz.explorers.pairs.explorer import INSTEAD, Explorer
from npair_viz.stage.state import State
from tests.support.page_of_pairs import assert_shown


def test_a_kept_state_opens_again_where_it_was():
    explorer = explore("line-up", same=(3, 8), normalize=False, l2_reg=0.03, point="positive", landscape=True)
    explorer.move("p3", (0.2, 1.7))
    explorer.play(4)
    other = explore(**json.loads(explorer.state.to_json()))
    assert other.state == explorer.state
    assert other.reading.loss == explorer.reading.loss
    assert_shown(other)


def test_a_kept_state_of_own_data_opens_again_with_the_data():
    rows, labels = [[1.0, 0, 0, 0], [0, 1, 0, 0], [0.6, 0, 0.8, 0], [0, 0, 0, 1]], [4, 4, 9, 9]
    explorer = explore(rows, labels, tao=0.2)
    explorer.play(2)
    other = explore(rows, labels, **json.loads(explorer.state.to_json()))
    assert other.state == explorer.state
    assert other.reading.loss == explorer.reading.loss


def test_a_kept_state_is_set_too():
    explorer, kept = explore("line-up"), explore("circle", seed=3, tao=0.2, selected=1)
    kept.move("p0", 20)
    explorer.set(**json.loads(kept.state.to_json()))
    assert explorer.state == kept.state
    explorer.undo()
    assert explorer.state == State()
    with pytest.raises(ValueError, match="update npair_viz"):
        explorer.set(version=99)


@pytest.mark.parametrize("embeddings", [[[1.0, 0], [0, 1]] * 2, [[1.0, 0], [0, 1], [1, 1]] * 3], ids=["pairs", "cloud"])
def test_a_state_that_is_no_settings_says_how_it_opens(embeddings):
    state = explore(embeddings, ([0, 1] * 5)[: len(embeddings)]).state
    with pytest.raises(TypeError, match=r"a state opens by explore\(\*\*json\.loads\(state\.to_json\(\)\)\)"):
        explore(state)
    with pytest.raises(TypeError, match=r"a state opens by explore\(\*\*state\)"):
        explore(json.loads(state.to_json()))


def test_a_state_of_own_data_without_them_asks_for_them():
    state = explore([[1.0, 0], [0, 1]] * 2, [0, 1] * 2).state
    with pytest.raises(ValueError, match=r"the scene 'yours' needs your data: explore\(embeddings, labels, \*\*"):
        explore(**json.loads(state.to_json()))


def test_what_the_stage_keeps_opens_in_the_explorer():
    explorer = explore("twin", selected=2)
    explorer.move("p8", 20)
    other = explore(**json.loads(json.dumps(explorer.widget.state)))
    assert (other.reading.loss, other.state.selected) == (explorer.reading.loss, 2)


def test_a_state_is_frozen():
    with pytest.raises(FrozenInstanceError):
        explore("line-up").state.tao = 3


def test_an_explorer_of_a_wrong_state_is_not_made():
    for wrong in (replace(State(), tao=-1.0), replace(State(), n_classes=999), replace(State(), drawer="socks")):
        with pytest.raises(ValueError, match=" must be "):
            Explorer(wrong)


@pytest.mark.parametrize(
    ("name", "use"),
    [
        ("figure", r"explorer\.to_svg\(\)"),
        ("controls", r"explorer\.set\("),
        ("stage", "explorer.widget is the stage"),
        ("framing", "explorer.widget.options"),
        ("to_html", r"explorer\.widget\.to_html\(path\)"),
        ("save", r"explorer\.state\.to_json\(\)"),
        ("to_png", r"explorer\.to_svg\(\)"),
        ("show", r"display\(explorer\)"),
        ("step", r"explorer\.play\(steps=1\)"),
        ("loss", r"explorer\.reading\.loss"),
        ("tao", r"explorer\.reading\.tao"),
        ("points", r"explorer\.widget\.points"),
        ("dtype", r"explorer\.state\.dtype"),
        ("shape", r"help\(explorer\)"),
    ],
)
def test_a_name_that_there_is_not_says_what_to_use(name, use):
    explorer = explore("line-up")
    with pytest.raises(AttributeError, match=f"an explorer has no '{name}': .*{use}"):
        getattr(explorer, name)
    assert not hasattr(explorer, name)


def test_no_name_that_there_is_not_is_there():
    assert not {*INSTEAD} & {*dir(explore("line-up"))}
