"""The board as a whole: one figure, changed in place."""

import math
import re

import pytest
import torch
from npair_viz.explorers.pairs.board import add_board, update_board
from npair_viz.explorers.pairs.marks import ROLES
from npair_viz.explorers.pairs.state import DRAWERS, State
from plotly import graph_objects as go
from plotly.basedatatypes import Undefined

from npair_viz.figures.traces import put, traces
from npair_viz.geometry.look import FORCES, GREY, INK
from tests.support.plain_boards import WORLDS, board, picture, seen

# --- the board as a whole


@pytest.mark.parametrize("world", WORLDS)
def test_a_plain_figure_can_show_every_picture(world):
    figure = board(WORLDS[world])
    for drawer in DRAWERS:
        update_board(figure, picture(WORLDS[world], drawer=drawer))
        once = str(figure.to_dict())
        update_board(figure, picture(WORLDS[world], drawer=drawer))
        assert str(figure.to_dict()) == once
        assert len(figure.to_json()) < 120_000


def test_a_board_that_has_been_elsewhere_shows_what_a_new_one_shows():
    tired = add_board(go.Figure())
    for world in WORLDS.values():
        for drawer in ("", *DRAWERS):
            update_board(tired, picture(world, drawer=drawer))
    fresh = board(State(tao=0.3))
    update_board(tired, picture(State(tao=0.3)))
    for old, new in zip(seen(tired), seen(fresh), strict=True):
        assert old.name == new.name
        for name in ("x", "y", "text", "customdata", "visible", "marker"):
            assert str(old[name]) == str(new[name]), (new.name, name)
    for name in ("title", "range", "visible", "tickvals", "ticktext"):
        for number in ("", 2, 3):
            for axis in (f"xaxis{number}", f"yaxis{number}"):
                assert str(tired.layout[axis][name]) == str(fresh.layout[axis][name]), (axis, name)
    assert [note.text for note in tired.layout.annotations] == [note.text for note in fresh.layout.annotations]


def test_every_trace_has_a_name_of_its_own():
    figure = add_board(go.Figure())
    assert len({trace.name for trace in figure.data}) == len(figure.data) == len(traces(figure))


def test_the_board_fits_beside_the_controls():
    layout = board(State()).layout
    assert layout.width == 820
    assert 380 <= layout.height <= 420
    assert {layout.paper_bgcolor, layout.plot_bgcolor} == {"rgba(0, 0, 0, 0)"}


# --- what travels


@pytest.fixture
def post(monkeypatch):
    """What living figures send to the browser."""
    post = []
    monkeypatch.setattr(go.FigureWidget, "_send_update_msg", lambda _, **message: post.append(message))
    return post


def sent(post, figure, **changes):
    """The properties that the way to another picture sends, by trace, and those of the layout."""
    with figure.batch_update():
        update_board(figure, picture(State(), **changes))
    by_trace, layout = {}, {}
    for message in post:
        layout |= message["relayout_data"] or {}
        for name, values in (message["restyle_data"] or {}).items():
            for index, value in zip(message["trace_indexes"], values, strict=True):
                if value is not Undefined:
                    by_trace.setdefault(figure.data[index].name, set()).add(name)
    return by_trace, set(layout)


def test_the_same_picture_again_sends_nothing(post):
    assert sent(post, go.FigureWidget(board(State()))) == ({}, set())


def test_another_tao_sends_no_place_of_any_point(post):
    by_trace, layout = sent(post, go.FigureWidget(board(State())), tao=0.2)
    assert {"shares", "loss", "pull", "push", "net"} <= set(by_trace)
    for name in (*ROLES, "circle", "origin"):
        assert not by_trace.get(name, set()) & {"x", "y", "text", "customdata", "marker.color"}, name
    assert not any("title" in name or "domain" in name for name in layout)
    assert not layout & {"xaxis.range", "yaxis.range"}


def test_put_sets_what_differs_and_leaves_the_rest():
    touched = []
    figure = go.Figure()
    trace = figure.add_scatter(name="one", x=[1, 2], text=["a", "b"], marker={"color": "red"}).data[0]
    for name in ("x", "text", "visible"):
        trace.on_change(lambda _, value, name=name: touched.append(name), name)
    put(trace, x=[1, 2], text=["a", "b"], marker__color="red")
    assert touched == []
    put(trace, x=[1, 3], text=["a", "b"], visible=False, marker__color="blue", marker__line__width=3)
    assert sorted(touched) == ["visible", "x"]
    assert (list(trace.x), trace.visible, trace.marker.color, trace.marker.line.width) == ([1, 3], False, "blue", 3)


@pytest.mark.parametrize("values", [[1.0, math.nan], [1, 2, 3], []])
def test_put_knows_equal_arrays_even_with_gaps(values):
    touched = []
    array = torch.tensor(values, dtype=torch.float64).numpy()
    trace = go.Figure().add_scatter(x=array).data[0]
    trace.on_change(lambda *_: touched.append(1), "x")
    put(trace, x=array.copy())
    assert touched == []
    put(trace, x=[None])
    put(trace, x=array)
    assert len(touched) == 2


# --- axes, words, legend


UNIT = re.compile(r"\((.*unit.*|nats|0 to 1|.*no unit.*|.*length.*)\)$")
NAMED_BY_TICKS = {"yaxis2"}  # the bars: each tick says whose it is


@pytest.mark.parametrize("world", WORLDS)
def test_every_axis_in_sight_has_a_name_and_a_unit(world):
    figure = board(WORLDS[world])
    for drawer in ("", *DRAWERS):
        update_board(figure, picture(WORLDS[world], drawer=drawer))
        used = axes_in_use(figure)
        for name in used - NAMED_BY_TICKS:
            axis = figure.layout
            for part in name.split("."):
                axis = axis[part]
            if axis.visible is False:
                assert name == "yaxis3"  # the ruler has no height
            elif axis.ticktext is None or "class" not in axis.title.text:
                assert UNIT.search(axis.title.text), (drawer, name, axis.title.text)
        in_sight = {name for name in figure.layout if re.match(r"[xy]axis\d*$", name) and figure.layout[name].visible}
        assert in_sight <= used


def axes_in_use(figure):
    """The axes of the traces that can be seen."""
    used = {"xaxis", "yaxis"} if figure.layout.xaxis.visible else set()
    for trace in seen(figure):
        if trace.type == "scatter3d":
            used |= {"scene.xaxis", "scene.yaxis", "scene.zaxis"}
        elif (trace.xaxis or "x") != "x":
            used |= {f"xaxis{trace.xaxis[1:]}", f"yaxis{trace.yaxis[1:]}"}
    return used


def test_the_bars_are_named_by_who_they_are():
    figure = board(State())
    assert figure.layout.yaxis2.ticktext == ("◆ 3 partner", "■ 8", "■ 0", "■ 1")


@pytest.mark.parametrize("world", ["circle", "plane", "globe", "pixels"])
def test_the_legend_explains_every_shape_and_every_force(world):
    figure = board(WORLDS[world])
    by_name = traces(figure)
    keys = {trace.name: trace for trace in seen(figure) if trace.showlegend}
    forces = {name: look for name, look in FORCES.items() if name != "shrink" or world == "plane"}
    assert set(keys) == {"anchor", "its partner", "negative", *forces}
    for role, (symbol, meaning) in ROLES.items():
        assert keys[meaning].marker.symbol == by_name[role].marker.symbol == symbol
        assert by_name[f"{role} on the globe"].marker.symbol == symbol
    for force, (colour, dash) in forces.items():
        assert (keys[force].line.color, keys[force].line.dash) == (colour, dash)
        globe = by_name[f"{force} on the globe"]
        on_globe = GREY if colour == INK else colour  # no style sheet brings the theme's foreground there
        assert (globe.line.color, globe.line.dash) == (on_globe, dash)


def test_the_ghost_is_explained_while_it_is_there():
    before = State()
    figure = board(before, before, points=[[0.0, 1.0]] * 8)
    assert traces(figure)["before"].visible
    assert traces(figure)["before"].showlegend


def test_a_shadow_says_what_is_exact_in_it():
    def note(name):
        return board(WORLDS[name]).layout.annotations[2].text

    assert note("pixels").startswith("shadow of 64-d: exact for anchor 0 alone<br>")
    assert note("principal axes").startswith("shadow of 64-d: no angle is exact<br>")
    assert note("circle") == note("globe") == ""


def test_the_axes_of_a_shadow_say_what_they_are():
    layout = board(WORLDS["pixels"]).layout
    reading = picture(WORLDS["pixels"]).reading
    rival = reading.names[reading.hardest]
    assert layout.xaxis.title.text == f"towards partner 0, away from {rival} (unit: length 1)"
    assert layout.yaxis.title.text == "along anchor 0 (unit: length 1)"
    assert board(WORLDS["principal axes"]).layout.xaxis.title.text.startswith("first principal axis")


def test_the_ruler_has_words_at_its_ends():
    ticks = board(State()).layout.xaxis3.ticktext
    assert [tick.split("<br>") for tick in ticks] == [
        ["0.254", "best here"],
        ["1.386", "chance"],
        ["4.711", "all wrong"],
    ]
    raw = board(WORLDS["plane"]).layout.xaxis3.ticktext
    assert raw[0].startswith("0.112<br>best here")
    assert raw[2] == "2.773<br>twice chance"


def test_the_curves_over_tao_have_keys():
    figure = board(State(), drawer="loss over tao")
    keys = {trace.name for trace in seen(figure) if trace.showlegend and trace.legend == "legend2"}
    assert keys == {"loss over tao", "floor", "chance", "tao now"}
    assert not [trace for trace in seen(board(State())) if trace.legend == "legend2"]


@pytest.mark.parametrize(("world", "end"), [("pixels", 0.2), ("circle", 1.0)])
def test_the_colours_of_the_shares_use_their_scale(world, end):
    matrix = traces(board(WORLDS[world], drawer="shares"))["everyone's shares"]
    assert (matrix.zmin, matrix.zmax) == (0, end)
    assert max(map(max, matrix.z)) <= end
    assert matrix.colorbar.title.text == "share,<br>0 to 1"
