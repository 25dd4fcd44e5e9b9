"""Marks, arrows, bars and panels: what is drawn for one reading."""

import math

import pytest
import torch
from npair_viz.explorers.pairs.board import update_board
from npair_viz.explorers.pairs.marks import ROLES, arrow_factor
from npair_viz.explorers.pairs.state import State

from npair_viz.figures.traces import traces
from npair_viz.geometry.look import FORCES
from tests.support.plain_boards import WORLDS, board, picture

# --- marks and arrows


def arrow(figure, name):
    trace = traces(figure)[name]
    return torch.tensor([list(trace.x), list(trace.y)], dtype=torch.float64).T


@pytest.mark.parametrize("tao", [0.01, 0.5, 3, 100])
@pytest.mark.parametrize("world", ["circle", "plane"])
def test_an_arrow_is_n_tao_times_its_force_and_says_so(world, tao):
    shown = picture(WORLDS[world], tao=tao)
    figure = board(WORLDS[world], tao=tao)
    reading = shown.reading
    factor = arrow_factor(reading, shown.plane)
    assert factor <= 4 * tao
    for name, force in (
        ("pull", reading.forces.pull),
        ("push", reading.forces.push),
        ("shrink", reading.forces.shrink),
    ):
        start, end = arrow(figure, name)
        if not start.isnan().any():
            torch.testing.assert_close(end - start, factor * force[0], rtol=1e-5, atol=1e-6)
    said = figure.layout.annotations[1].text
    assert float(said.removeprefix("real force = arrow × ")) == pytest.approx(1 / factor, abs=0.005)


@pytest.mark.parametrize("selected", range(3))
@pytest.mark.parametrize("tao", [0.01, 0.5, 3, 100])
@pytest.mark.parametrize("world", [world for world in WORLDS if world != "one pair"])
def test_arrows_stay_inside_the_picture(world, tao, selected):
    figure = board(WORLDS[world], tao=tao, selected=selected)
    layout, is_flat = figure.layout, figure.layout.xaxis.visible
    for force in FORCES:
        trace = traces(figure)[force if is_flat else f"{force} on the globe"]
        for name in "xy" if is_flat else "xyz":
            low, high = (layout if is_flat else layout.scene)[f"{name}axis"].range
            assert all(math.isnan(place) or low < place < high for place in trace[name])


def test_an_arrow_that_has_room_is_not_shortened():
    shown = picture(State(tao=0.3))
    assert arrow_factor(shown.reading, shown.plane) == 4 * 0.3


@pytest.mark.parametrize("drawer", ["", "landscape"])
@pytest.mark.parametrize("world", ["circle", "plane", "pixels"])
def test_a_circle_is_round_and_lies_below_the_notes(world, drawer):
    layout = board(WORLDS[world], drawer=drawer).layout
    scale = {}
    for axis, pixels in ((layout.xaxis, layout.width), (layout.yaxis, layout.height)):
        (low, high), (start, end) = axis.range, axis.domain
        scale[axis.plotly_name] = pixels * (end - start) / (high - low)
    assert scale["xaxis"] == pytest.approx(scale["yaxis"])
    for note in layout.annotations[1:3]:
        lines = 1 + note.text.count("<br>")
        assert note.y - 1.3 * note.font.size * lines / layout.height > layout.yaxis.domain[1] - 0.005


def test_on_the_circle_each_arrow_keeps_to_its_lane():
    figure = board(State())
    starts = {name: arrow(figure, name)[0].norm().item() for name in ("pull", "push", "net")}
    assert starts == pytest.approx({"pull": 1.05, "push": 0.95, "net": 1.0}, abs=1e-6)
    for name in starts:
        start, end = arrow(figure, name)
        assert (end - start) @ start == pytest.approx(0, abs=1e-6)


def test_in_the_plane_all_arrows_start_in_their_point():
    figure = board(WORLDS["plane"])
    for name in FORCES:
        assert arrow(figure, name)[0].tolist() == pytest.approx([0, 1], abs=1e-6)


def test_a_force_that_is_too_small_to_see_has_no_arrow():
    figure = board(State(scene="tidy", tao=0.01))
    assert arrow(figure, "net").isnan().all()
    assert arrow(figure, "shrink").isnan().all()


@pytest.mark.parametrize("world", WORLDS)
def test_every_point_is_inside_the_picture(world):
    for grown in (1.0, 3.7) if not WORLDS[world].normalize and world != "yours" else (1.0,):
        points = picture(WORLDS[world]).reading.scene.embeddings * grown
        changes = {"points": points.tolist()} if grown > 1 else {}
        figure = board(WORLDS[world], **changes)
        for role in ROLES:
            flat = figure.layout.xaxis.visible
            trace = traces(figure)[role if flat else f"{role} on the globe"]
            axes = (figure.layout if flat else figure.layout.scene), "xy" if flat else "xyz"
            for name in axes[1]:
                low, high = axes[0][f"{name}axis"].range
                assert all(low < place < high for place in trace[name])


def test_hovers_tell_the_numbers():
    figure = board(State())
    assert traces(figure)["anchors"].hovertext[0] == "anchor 3: loss 0.990<br>click to choose it"
    assert (
        traces(figure)["negatives"].hovertext[0].startswith("positive 8<br>share 0.581, similarity 0.866 for anchor 3")
    )
    assert traces(figure)["positive"].hovertext[0].startswith("partner 3<br>share 0.372")
    assert "<br>row " in traces(board(WORLDS["pixels"]))["positive"].hovertext[0]


def test_what_does_not_act_on_the_anchor_is_faded():
    by_name = traces(board(WORLDS["merged"], selected=1))
    assert list(by_name["anchors"].marker.opacity) == [0.25, 1, 0.25, 0.25]
    assert list(by_name["negatives"].marker.opacity) == [0.25, 1, 1]
    assert list(by_name["negatives"].text) == ["3", "0", "1"]


def test_few_bars_are_drawn_of_many_candidates():
    figure = board(State(scene="circle", n_classes=40, selected=7))
    bars = traces(figure)["shares"]
    assert len(bars.x) == 8
    assert figure.layout.yaxis2.ticktext[0] == "◆ 7 partner"
    assert list(bars.x[1:]) == sorted(bars.x[1:], reverse=True)
    assert figure.layout.yaxis2.ticktext[-1] == "and 32 more"
    assert figure.layout.yaxis2.range == (8.5, -0.5)
    assert "more" not in str(board(State()).layout.yaxis2.ticktext)


def test_real_digits_are_shown_as_pictures():
    images = board(WORLDS["pixels"]).layout.images
    assert len(images) == 9
    assert len({image.name for image in images}) == 9
    figure = board(WORLDS["pixels"])
    update_board(figure, picture(WORLDS["pixels"], selected=4))
    assert figure.layout.images[0].name != images[0].name
    update_board(figure, picture(State()))
    assert not figure.layout.images


# --- the panels


@pytest.mark.parametrize("tao", [0.01, 0.1, 1, 100])
@pytest.mark.parametrize("world", ["circle", "plane"])
def test_where_you_are_is_on_the_curve_and_in_sight(world, tao):
    figure = board(WORLDS[world], tao=tao, drawer="loss over tao")
    now, axis = traces(figure)["tao now"], figure.layout.yaxis5
    assert axis.range[0] <= now.y[0] <= axis.range[1]
    curve = traces(figure)["loss over tao"]
    nearest = min(range(len(curve.x)), key=lambda k: abs(math.log(curve.x[k] / tao)))
    assert curve.y[nearest] == pytest.approx(now.y[0], abs=1e-5)


@pytest.mark.parametrize(("tao", "l2_reg"), [(0.01, 0), (100, 10), (0.5, 1e-8), (0.5, 0.02)])
def test_where_the_sliders_stand_is_on_the_phase_map(tao, l2_reg):
    figure = board(WORLDS["plane"], tao=tao, l2_reg=l2_reg, drawer="phase map")
    here, layout = traces(figure)["settings now"], figure.layout
    for place, axis in ((here.x[0], layout.xaxis6), (here.y[0], layout.yaxis6)):
        assert axis.range[0] - 1e-6 <= place <= axis.range[1] + 1e-6
    assert layout.yaxis6.ticktext[0] == "0"
