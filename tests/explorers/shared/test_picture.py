"""What a picture sends to the page: all of its parts once, then those that change, and nothing of a failed change."""

import base64
import json

import numpy as np
import pytest
from ipywidgets.widgets.widget import _instances
from plotly import graph_objects as go

from npair_viz import explore, predict, train_and_watch
from npair_viz.data import scenes
from npair_viz.explorers.shared.closing import close_all
from npair_viz.explorers.shared.picture import Picture, Script, Sheet


@pytest.fixture
def post(monkeypatch):
    """The parts in each message that a sheet sends."""
    post = []
    monkeypatch.setattr(Sheet, "_send", lambda _, message, buffers=None: post.append(message["state"]))
    return post


@pytest.fixture
def picture():
    points = go.Scatter(name="points", x=np.arange(3.0), y=[1, None, 3], marker={"color": ["red", "blue", "red"]})
    bars = go.Bar(
        name="bars", x=["a", "b"], y=np.array([1, 2], dtype=np.int64), text=np.array(["p", "q"], dtype=object)
    )
    picture = Picture(go.Figure([points, bars], {"xaxis": {"range": (0, 1)}, "width": 300}), scrollZoom=True)
    yield picture
    close_all(picture)


def read(part):
    """A part as the page reads it."""
    return json.loads(part) if isinstance(part, str) else np.frombuffer(part["values"], part["type"]).tolist()


def figure_of(state):
    """The figure that a page makes of the state that it gets."""
    traces, layout = {}, {}
    for name, part in state.items():
        owner, _, prop = name.rpartition(" ")
        if owner and part is not None:
            (layout if owner == "layout" else traces.setdefault(owner, {}))[prop] = read(part)
    return {"data": list(traces.values()), "layout": layout}


def plain(value):
    """What plotly itself sends of a figure, with lists in place of its packed numbers."""
    if isinstance(value, dict) and "bdata" in value:
        return np.frombuffer(base64.b64decode(value["bdata"]), value["dtype"]).tolist()
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, list) else value


def test_a_page_that_opens_or_is_reloaded_gets_the_figure_whole(picture):
    assert figure_of(picture.sheet.get_state()) == plain(json.loads(picture.figure.to_json()))
    with picture.changing() as figure:
        figure.data[0].x = np.array([5.0, 6.0], dtype=np.float32)
        figure.layout.xaxis.range = (0, 2)
    assert figure_of(picture.sheet.get_state()) == plain(json.loads(picture.figure.to_json()))
    assert json.loads(picture.sheet.config) == {"displayModeBar": False, "scrollZoom": True}


def test_only_what_changes_is_sent_and_in_one_message(picture, post):
    with picture.changing() as figure:
        figure.data[0].marker.color = ["blue", "blue", "red"]
        figure.layout.width = 400
        figure.layout.xaxis.range = (0, 1)
    (message,) = post
    assert {name: read(part) if name != "number" else part for name, part in message.items()} == {
        "trace 0 marker": {"color": ["blue", "blue", "red"]},
        "layout width": 400,
        "number": 2,
    }


def test_where_nothing_changes_nothing_is_sent(picture, post):
    with picture.changing() as figure:
        figure.layout.width = 300
        figure.data[0].x = np.arange(3.0)
    assert post == []
    assert picture.sheet.sent == 1


def test_numbers_that_become_words_and_parts_that_go_are_so_on_the_page(picture):
    with picture.changing() as figure:
        figure.data[0].x = [None]
        figure.data[1].text = None
    assert figure_of(picture.sheet.get_state()) == plain(json.loads(picture.figure.to_json()))


def test_a_change_that_fails_is_not_shown(picture, post):
    with pytest.raises(ZeroDivisionError), picture.changing() as figure:
        figure.layout.width = 400 / 0
    assert post == []


def test_what_an_interrupt_held_back_is_sent_with_the_next_change(picture, post, monkeypatch):
    def interrupted(_):
        raise KeyboardInterrupt

    picture.figure.layout.width = 400
    with monkeypatch.context() as patch:
        patch.setattr(picture.sheet, "send_state", interrupted)
        with pytest.raises(KeyboardInterrupt):
            picture.sheet.show(picture.figure)
    with picture.changing():
        pass
    assert [message["layout width"] for message in post] == ["400"]


def test_a_click_on_the_page_names_the_trace_and_the_mark(picture):
    clicked = []
    picture.on_click(lambda name, data: clicked.append((name, data)))
    for at in (1, 2):  # the same mark twice
        picture.sheet.set_state({"clicked": {"trace": "bars", "data": 1, "at": at}})
    assert clicked == [("bars", 1), ("bars", 1)]


def test_all_pictures_have_one_script_of_plotly(picture):
    other = Picture(go.Figure())
    scripts = [one for one in _instances.values() if isinstance(one, Script)]
    assert [one.model_id for one in scripts] == [picture.script] == [other.script]
    close_all(other)
    assert picture.script in _instances


@pytest.mark.parametrize(
    "opened",
    [
        lambda: explore(scenes.digits(), row=3),
        lambda: train_and_watch("blends", steps=5),
        lambda: predict(1),
        lambda: predict(15),
    ],
    ids=["cloud", "lab", "question", "question with a stage"],
)
def test_what_is_opened_and_closed_leaves_no_widget(opened):
    before = set(_instances)
    one = opened()
    assert set(_instances) > before
    one.close()
    one.close()
    assert set(_instances) == before
