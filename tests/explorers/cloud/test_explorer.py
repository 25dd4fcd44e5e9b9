"""The embedding explorer: what is on screen is what the library computes, and bad input is answered in words."""

import asyncio
import gc
import json
import weakref
from itertools import pairwise

import numpy as np
import pytest
import torch

from npair_viz import EmbeddingExplorer, Explorer, explore, scenes
from npair_viz.explorers.cloud import explorer as module
from npair_viz.explorers.cloud import rows as cloud_rows
from npair_viz.explorers.cloud import state
from npair_viz.figures.candidate_bars import LINE_UP
from npair_viz.figures.clouds import update_cloud
from npair_viz.figures.traces import traces
from npair_viz.geometry.candidates import batch_of, line_up
from npair_viz.geometry.narration import fixed
from npair_viz.geometry.projection import principal_axes, toured
from tests.support.cloud_rows import CLASSES, EACH, LABELS, click, rows
from tests.support.event_loops import in_a_loop, until
from tests.support.explorer_handles import fails_once, held, said
from tests.support.loop_oracles import loop_loss
from tests.support.sure_rows import sure_rows


@pytest.fixture
def explorer():
    return explore(rows(), LABELS, row=3)


def x_of(explorer, name):
    return np.asarray(traces(explorer.figure)[name].x)


def test_many_rows_open_as_a_cloud_and_few_as_points_to_drag(explorer):
    assert isinstance(explorer, EmbeddingExplorer)
    assert isinstance(explore(rows()[:61], LABELS[:61]), EmbeddingExplorer)
    assert isinstance(explore(rows()[:60], LABELS[:60]), Explorer)


def test_it_opens_at_the_anchor_of_the_batch_with_the_largest_loss():
    explorer = explore(rows(), LABELS, tao=0.3)
    losses = batch_of(scenes.from_data(rows(), LABELS)).losses(0.3)
    assert explorer.state.row == int(losses.argmax())


@pytest.mark.parametrize("objective", ["mc", "ovo"])
@pytest.mark.parametrize("tao", [0.03, 0.04])
@pytest.mark.parametrize("seed", [0, 3])
def test_the_loss_on_screen_and_the_worst_anchor_are_those_of_a_loop_though_all_anchors_are_sure(seed, tao, objective):
    sure, labels = sure_rows(80, seed)
    explorer = explore(sure, labels, tao=tao, objective=objective)
    wanted = loop_loss(sure[:80], sure[80:], tao, 0.0, objective, normalize=True)
    assert explorer.state.row == wanted.index(max(wanted))
    assert f"Loss of the batch of 80 pairs: {fixed(sum(wanted) / 80, 3)}," in explorer.sentence


def test_the_bars_of_the_batch_are_the_line_up_in_it(explorer):
    one = line_up(batch_of(scenes.from_data(rows(), LABELS)), 3, tao=0.1)
    assert x_of(explorer, LINE_UP) == pytest.approx([one.share, *one.shares[:3].tolist()], abs=1e-6)
    labels = explorer.figure.layout.yaxis3.ticktext
    assert labels[:2] == ("◇ 3, row 33", f"□ {LABELS[one.rivals[0]]}, row {one.rivals[0]}")
    assert len(labels) == 4


@pytest.mark.parametrize("normalize", [True, False])
def test_the_anchor_plane_keeps_the_anchors_similarities(explorer, normalize):
    explorer.set(normalize=normalize)
    seen = explorer._embeddings.lot.columns(normalize).T.double()
    anchor = explorer.reading.anchor
    length = torch.linalg.vector_norm(anchor)
    height = np.asarray(traces(explorer.figure)["rows"].y)
    assert height == pytest.approx((seen @ anchor / length).numpy(), abs=1e-5)
    assert "exact for anchor 3 alone" in explorer.figure.layout.annotations[0].text


def test_every_row_is_drawn_once_and_the_two_classes_again(explorer):
    by_name = traces(explorer.figure)
    assert list(by_name["rows"].customdata) == list(range(CLASSES * EACH))
    assert list(by_name["rows of the anchor's class"].customdata) == [3 + CLASSES * k for k in range(EACH)]
    near = explorer.neighbours(3)
    other = near[~near["own class"]]["class"].iloc[0]
    assert set(LABELS[list(by_name["rows of the nearest other class"].customdata)].tolist()) == {other}


@pytest.mark.parametrize("view", ["anchor plane", "principal axes", "tour"])
@pytest.mark.parametrize("present", [False, True])
def test_the_cloud_is_drawn_to_one_scale_across_and_along(view, present):
    layout = explore(rows(), LABELS, view=view, present=present).figure.layout
    pixels = layout.width - layout.margin.l - layout.margin.r, layout.height - layout.margin.t - layout.margin.b
    scales = [
        pixel * (axis.domain[1] - axis.domain[0]) / (axis.range[1] - axis.range[0])
        for pixel, axis in zip(pixels, (layout.xaxis, layout.yaxis), strict=True)
    ]
    assert scales[0] == pytest.approx(scales[1])


@pytest.mark.parametrize("view", ["anchor plane", "principal axes", "tour"])
@pytest.mark.parametrize("normalize", [False, True])
@pytest.mark.parametrize("tao", [0.02, 5.0])
def test_the_picture_holds_every_row_and_arrow(view, normalize, tao):
    figure = explore(rows(), LABELS, view=view, normalize=normalize, tao=tao, l2_reg=0.02).figure
    for name, trace in traces(figure).items():
        if trace.xaxis in (None, "x") and len(trace.x) and trace.x[0] is not None:
            for places, axis in ((trace.x, figure.layout.xaxis), (trace.y, figure.layout.yaxis)):
                assert axis.range[0] < min(places), name
                assert max(places) < axis.range[1], name


@pytest.mark.parametrize(("b", "drawn"), [(20_000, 20_000), (20_001, 20_000)])
def test_up_to_20000_rows_are_drawn(b, drawn):
    held = cloud_rows.Embeddings(scenes.from_data(torch.ones(b, 1), torch.arange(b) // 2))
    assert len(held.lot.rows) == drawn


@pytest.mark.parametrize(("d", "axes"), [(7, 7), (9, 8)])
def test_a_tour_goes_through_up_to_8_axes(d, axes):
    held = cloud_rows.Embeddings(scenes.from_data(rows()[:, :d], LABELS))
    assert len(held.axes(True)) == axes


def test_a_turn_is_taken_up_to_a_million(explorer):
    explorer.set(turn=1e6)
    with pytest.raises(ValueError, match=r"turn must be from 0 to 1e\+06, got 1000001"):
        explorer.set(turn=1e6 + 1)


def test_above_the_limit_a_fair_sample_is_drawn_and_said(monkeypatch):
    monkeypatch.setattr(cloud_rows, "MOST_ROWS", 100)
    explorer = explore(rows(), LABELS)
    drawn = traces(explorer.figure)["rows"].customdata
    assert len(set(drawn.tolist())) == 100
    assert "Drawn: 100 of 180 rows, by lot." in explorer._words["drawn"].value
    assert "The nearest are those of all rows." in explorer._words["drawn"].value


@pytest.mark.parametrize(
    "change",
    [
        {"tao": 0.02},
        {"policy": "hardest"},
        {"policy": "random", "seed": 3},
        {"n_classes": 5},
        {"objective": "ovo"},
        {"normalize": False, "l2_reg": 0.3},
        {"row": 17},
    ],
)
def test_each_setting_acts_at_once_and_can_be_taken_back(explorer, change):
    before, bars = explorer.state, x_of(explorer, LINE_UP)
    explorer.set(**change)
    state = explorer.state
    asked = {name: getattr(state, name) for name in ("policy", "n_classes", "seed", "normalize")}
    batch = batch_of(scenes.from_data(rows(), LABELS), **asked)
    one = line_up(batch, state.row, tao=state.tao, l2_reg=state.l2_reg, objective=state.objective)
    assert explorer.reading.loss == pytest.approx(one.loss, rel=1e-6)
    assert not np.array_equal(x_of(explorer, LINE_UP), bars)
    explorer.undo()
    assert explorer.state == before
    assert np.array_equal(x_of(explorer, LINE_UP), bars, equal_nan=True)
    explorer.redo()
    assert explorer.state == state


def test_what_cannot_be_shown_changes_nothing(explorer, monkeypatch):
    explorer.set(tao=0.3)
    explorer.set(tao=0.2)
    explorer.undo()
    before, bars, page = held(explorer), x_of(explorer, LINE_UP), explorer._picture.sheet.get_state()
    for error in (ValueError, KeyboardInterrupt):
        monkeypatch.setattr(module, "update_cloud", fails_once(update_cloud, error))
        with pytest.raises(error, match="no picture today"):
            explorer.set(tao=1.0)
        assert (held(explorer), explorer._picture.sheet.get_state()) == (before, page)
    assert np.array_equal(x_of(explorer, LINE_UP), bars)
    monkeypatch.setattr(module, "update_cloud", fails_once(update_cloud, TypeError))
    explorer.controls["typed tao"].value = "0.7"
    assert "no picture today" in said(explorer)
    assert held(explorer) == before
    explorer.redo()
    assert explorer.state.tao == 0.2


@pytest.mark.parametrize("nought", [0, 0.0])
def test_a_nought_for_false_is_false_and_stops_no_later_act(explorer, nought):
    explorer.set(normalize=nought)
    assert explorer.state.normalize is False
    explorer.set(tao=0.2)
    explorer.undo()
    explorer.undo()
    assert explorer.state.normalize is True


def test_a_closed_explorer_lets_go_of_its_rows(explorer):
    explorer.set(view="principal axes", tao=0.2)
    held, sentence = weakref.ref(explorer.scene.embeddings), explorer.sentence
    explorer.close()
    gc.collect()
    assert held() is None
    assert (explorer.figure.data, explorer.sentence, explorer.state.tao) == ((), sentence, 0.2)
    for act in (explorer.undo, explorer.worst, lambda: explorer.set(tao=0.1), lambda: explorer.reading.loss):
        with pytest.raises(ValueError, match="closed"):
            act()
    explorer.close()


def test_a_closed_explorer_is_freed():
    explorer = explore(rows(), LABELS, row=3)
    explorer.close()
    gone = weakref.ref(explorer)
    del explorer
    gc.collect()
    assert gone() is None


def test_arrows_are_the_projected_forces(explorer):
    one, by_name = explorer.reading, traces(explorer.figure)
    explorer.set(view="principal axes")
    axes = explorer._embeddings.axes(True)[:2].double()
    ways = {name: np.diff(np.stack([by_name[name].x, by_name[name].y]), axis=1)[:, 0] for name in ("pull", "push")}
    for name, way in ways.items():
        force = (axes @ getattr(one, name)).numpy()
        assert way @ force == pytest.approx(np.linalg.norm(way) * np.linalg.norm(force), rel=1e-4)
    lengths = [np.linalg.norm(ways[name]) / (axes @ getattr(one, name)).norm().item() for name in ways]
    assert lengths[0] == pytest.approx(lengths[1], rel=1e-3)
    assert by_name["shrink"].x == (None,)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("row", "1,5", "row is a whole number like 5, got '1,5'"),
        ("row", "999", "row must be from 0 to 179, got 999"),
        ("typed tao", "no", "tao is a number like 0.5, got 'no'"),
        ("typed tao", "0", "tao must be from 0.01 to 100, got 0"),
        ("row", "nan", "row is a whole number like 5, got 'nan'"),
        ("row", "-5", "row must be at least 0, got -5"),
        ("typed tao", "nan", "tao is a number like 0.5, got 'nan'"),
        ("n_classes", "1", "classes must be all or from 2 to 30, got 1"),
        ("n_classes", "999999", "classes must be all or from 2 to 30, got 999,999"),
        ("n_classes", "abc", "classes is a whole number like 5, got 'abc'"),
        ("seed", "-1", "seed must be"),
        ("seed", "abc", "seed is a whole number like 5, got 'abc'"),
    ],
)
def test_nonsense_that_is_typed_is_answered_in_words(explorer, name, value, said):
    state = explorer.state
    explorer.controls[name].value = value
    assert said.replace("'", "&#x27;") in explorer._words["status"].value
    assert explorer.state == state
    assert (explorer.controls["row"].value, explorer.controls["n_classes"].value) == ("3", "all")
    assert (explorer.controls["typed tao"].value, explorer.controls["seed"].value) == ("0.1", "0")
    explorer.controls["typed tao"].value = "0,05"
    assert explorer.state.tao == 0.05
    assert explorer._words["status"].value == ""


def test_a_click_on_what_is_no_row_chooses_nothing(explorer):
    click(explorer, "pull", 1)
    assert explorer.state.row == 3


def test_a_click_on_a_bar_chooses_its_row(explorer):
    nearest = int(traces(explorer.figure)["nearest of other classes"].customdata[1])
    click(explorer, "nearest of other classes", 1)
    assert explorer.state.row == nearest


def test_a_click_chooses_a_row_and_a_lonely_one_is_explained():
    explorer = explore(torch.cat([rows(), rows()[:1]]), torch.cat([LABELS, torch.tensor([77])]), row=3)
    click(explorer, "rows", 41)
    assert explorer.state.row == 41
    click(explorer, "rows", 180)
    assert "row 180 is the only one of class 77: it has no partner to pick" in explorer._words["status"].value
    assert explorer.state.row == 41


def test_controls_act(explorer):
    for name, value, field in (
        ("policy", "hardest", "policy"),
        ("view", "principal axes", "view"),
        ("objective", "ovo", "objective"),
        ("tao", 0.5, "tao"),
    ):
        explorer.controls[name].value = value
        assert getattr(explorer.state, field) == value
    explorer.controls["normalize"].value = False
    assert (explorer.state.normalize, explorer.state.l2_reg) == (False, 0.02)
    explorer.controls["reset"].click()
    assert explorer.state == explore(rows(), LABELS, row=3).state


def test_a_state_comes_back_from_json(explorer):
    explorer.set(row=9, tao=0.2, view="tour", turn=0.4)
    kept = json.loads(explorer.state.to_json())
    again = explore(rows(), LABELS, **kept)
    assert again.state == explorer.state
    assert again.sentence == explorer.sentence


def test_hidden_and_locked_controls(explorer):
    locked = explore(rows(), LABELS, row=3, lock=("row", "history"), hide=("settings",), task="Look & see")
    assert locked.controls["row"].disabled
    click(locked, "rows", 8)
    assert locked.state.row == 3
    assert "Look &amp; see" in locked._words["task"].value
    with pytest.raises(ValueError, match="hide and lock take"):
        explore(rows(), LABELS, hide=("nothing",))


def test_words_of_classes_are_on_screen_and_no_tags():
    words = ("<b>dog</b>", "cat", *(f"kind {k}" for k in range(CLASSES - 2)))
    explorer = explore(scenes.from_data(rows(), LABELS, class_names=words), row=0)
    assert "<b>dog</b>" in explorer.sentence
    assert "<b>" not in explorer._words["sentence"].value
    assert "<b>dog" not in "".join(explorer.figure.layout.yaxis2.ticktext)
    assert "<b>dog" not in explorer._words["nearest"].value


def test_pictures_stand_beside_the_bars():
    explorer = explore(scenes.digits(), row=0)
    names = [one.name for one in explorer.figure.layout.images]
    nearest = explorer.neighbours(0)
    assert names[:2] == ["0", str(nearest[~nearest["own class"]]["row"].iloc[0])]
    assert len(names) == 1 + 10 + 5


def test_the_sentence_says_who_is_picked_and_where_the_batch_stands():
    explorer = explore(scenes.digits(), row=5)
    assert explorer.sentence.startswith("Anchor row 5 (class 5) picks the wrong one: 28 % for row 13 (class 3)")
    assert "Loss of the batch of 10 pairs: 1.566, 32 % of the way from chance (2.303)" in explorer.sentence


def test_what_l2_reg_adds_to_the_loss_of_unit_rows_it_adds_to_chance_and_to_the_least():
    explorer = explore(*sure_rows(80, 0), tao=0.1, l2_reg=1.0)
    said = "2.009, over 99 % of the way from chance (6.382) to the least possible (2.003)."
    assert said in explorer.sentence


def test_the_tour_is_slow_and_its_axes_are_orthonormal():
    axes = principal_axes(rows(), 5)
    turns = [k / 50 for k in range(151)]
    planes = [toured(axes, turn) for turn in turns]
    assert torch.allclose(planes[0], axes[:2], atol=1e-6)
    for plane in planes:
        assert torch.allclose(plane @ plane.T, torch.eye(2), atol=1e-5)
    moved = [torch.linalg.vector_norm(a - b).item() for a, b in pairwise(planes)]
    assert min(moved) > 0
    assert max(moved) < 0.3


def test_principal_axes_are_those_of_the_decomposition_and_draw_nothing_global():
    seed = torch.random.get_rng_state()
    spread = torch.randn(200, 12, generator=torch.Generator().manual_seed(2)) * torch.logspace(1, -1, 12)
    axes = principal_axes(spread, 3)
    assert torch.equal(torch.random.get_rng_state(), seed)
    wanted = torch.linalg.svd(spread, full_matrices=False).Vh[:3]
    assert (axes @ wanted.T).abs().diagonal() == pytest.approx([1, 1, 1], abs=1e-3)


def test_a_tour_goes_on_until_it_is_stopped(explorer):
    async def go():
        explorer.controls["tour"].click()
        assert explorer.controls["tour"].description == "Stop"
        await until(lambda: explorer.state.turn >= 0.02)
        assert explorer.state.turn == 0.02  # a hundredth of a turn a frame
        explorer.controls["tour"].click()
        turn = explorer.state.turn
        await asyncio.sleep(0.1)
        assert explorer.state.turn == turn

    in_a_loop(go)
    assert explorer.controls["tour"].description == "Tour"
    assert "no angle is exact" in explorer.figure.layout.annotations[0].text


@pytest.mark.parametrize("d", [1, 2, 3, 70])
def test_rows_of_any_dimension_open(d):
    held = torch.randn(150, d, generator=torch.Generator().manual_seed(1))
    explorer = explore(held, [k % 11 for k in range(150)])
    for view in state.VIEWS:
        explorer.set(view=view)
        assert np.isfinite(x_of(explorer, "rows")).all()


@pytest.mark.parametrize("held", [torch.zeros(150, 4), torch.ones(150, 4), 1e4 * torch.eye(150)])
def test_degenerate_rows_open(held):
    for normalize in (True, False):
        explorer = explore(held, [k % 11 for k in range(150)], normalize=normalize)
        for view in state.VIEWS:
            explorer.set(view=view)
            assert np.isfinite(x_of(explorer, "rows")).all()


def test_one_class_alone_opens():
    explorer = explore(torch.randn(150, 4, generator=torch.Generator().manual_seed(1)), [5] * 150)
    assert "has no negative left" in explorer.sentence
