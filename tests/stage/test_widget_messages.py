"""What the widget of a stage does with its pages' messages."""

from typing import Any

import pytest

from npair_viz import Stage, explore
from tests.support.page_of_pairs import END, act, message


def sent(stage: Stage, content: dict[str, Any], buffers: tuple[bytes, ...] = ()) -> list[dict[str, Any]]:
    """What a widget answers to a message of a page."""
    answers: list[dict[str, Any]] = []
    stage.send = lambda told, buffers=None: answers.append(told)
    stage._handle_custom_msg(content, list(buffers))
    return answers


def test_a_page_moves_a_point_and_every_trait_follows() -> None:
    stage = explore("line-up").widget
    seen: list[str] = []
    stage.observe(lambda change: seen.append(change["name"]), ["points", "state", "tao"])
    one = act(stage.store.state, {"row": 4, "place": [0.6, 0.8]})
    answers = sent(stage, message(stage.store, [one, END]))
    assert stage.points[4] == stage.state["points"][4] == [0.6, 0.8]
    assert sorted(seen) == ["points", "state"]
    assert answers == [{"kind": "heard", "client": "one", "seq": 1}]


def test_a_page_asks_for_what_only_python_can_draw() -> None:
    stage = explore("circle").widget
    sent(stage, {"kind": "ask", "client": "one", "changes": {"seed": 3}})
    assert stage.state["seed"] == 3
    sent(stage, {"kind": "ask", "client": "one", "changes": {"seed": -3}})
    assert "seed must be" in stage.trouble


def test_a_trait_that_a_linked_slider_sets_is_an_act() -> None:
    stage = Stage("line-up")
    epoch = stage.store.epoch
    stage.tao = 0.05
    assert stage.store.epoch > epoch
    assert stage.news["states"][stage.news["present"]]["tao"] == 0.05
    stage.store.acts.undo()
    assert stage.tao == stage.state["tao"] == 0.5


def test_a_page_that_opens_later_gets_the_history_of_that_moment() -> None:
    stage = Stage("line-up")
    one = act(stage.store.state, tao=0.2)
    sent(stage, message(stage.store, [one, END]))
    put = stage.get_state()["put"]
    assert put["states"][put["present"]]["tao"] == 0.2
    assert len(put["past"]) == 1


@pytest.mark.parametrize(
    "content", [{}, {"kind": "acts"}, {"kind": "hello"}, {"kind": "ask"}, {"kind": "other"}], ids=str
)
def test_a_broken_message_changes_nothing(content: dict[str, Any]) -> None:
    stage = Stage("line-up")
    before = stage.store.acts.history
    sent(stage, content)
    assert stage.store.acts.history == before
