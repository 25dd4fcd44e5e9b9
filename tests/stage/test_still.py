"""The still picture: places of marks and arrows, photos, bars, ruler, words, in every dimension."""

import math
import re
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

import pytest
import torch

from npair_viz import Stage, explore, scenes
from npair_viz.data.scenes import named
from npair_viz.geometry.look import FORCES
from npair_viz.geometry.reading import read
from npair_viz.stage.places import LANES, arrows, frame_for, places, plane_for
from npair_viz.stage.still import still

UNIT = 224 / 1.3  # pixels of length 1
MARK = re.compile(r'<g transform="translate\((\S+) (\S+)\)" opacity="(\S+?)"><title>(.+?)</title>')


def marks(svg: str) -> list[tuple[float, float, float, str]]:
    """Each mark: its place in pixels, its opacity and what it is called."""
    return [(float(x), float(y), float(opacity), title) for x, y, opacity, title in MARK.findall(svg)]


def scene_of(rows: torch.Tensor, **more: Any) -> scenes.Scene:
    labels = torch.arange(len(rows) // 2)
    return scenes.from_data(torch.cat([rows[0::2], rows[1::2]]), torch.cat([labels, labels]), **more)


@pytest.mark.parametrize("name", [*scenes.NAMES])
def test_every_scene_has_a_still_that_can_be_parsed(name: str) -> None:
    svg = explore(name).to_svg()
    root = ElementTree.fromstring(svg)
    assert root.tag.endswith("svg")
    assert "nan" not in svg
    assert len(svg) < 30_000


@pytest.mark.parametrize("d", [1, 2, 3, 4, 30])
@pytest.mark.parametrize("normalize", [True, False])
def test_every_dimension_has_its_marks_inside_the_board(d: int, normalize: bool) -> None:
    rows = torch.randn(8, d, generator=torch.Generator().manual_seed(0))
    seen = marks(explore(rows, [0, 1, 2, 3] * 2, normalize=normalize, l2_reg=0.02).to_svg())
    assert len(seen) == 8
    assert all(0 <= x <= 448 and 0 <= y <= 448 for x, y, *_ in seen)


def test_points_stand_where_they_are() -> None:
    seen = marks(Stage("line-up").to_svg())
    for (x, y, *_), (across, up) in zip(seen, Stage("line-up").points, strict=True):
        assert (x, y) == (pytest.approx(224 + UNIT * across, abs=0.06), pytest.approx(224 - UNIT * up, abs=0.06))
    assert f'r="{UNIT:.1f}"' in Stage("line-up").to_svg()


def test_points_of_a_line_stand_on_it() -> None:
    svg = explore([[1.0], [2.0], [-1.0], [-3.0]], [0, 0, 1, 1], normalize=False, l2_reg=0.1).to_svg()
    assert {y for _, y, *_ in marks(svg)} == {224.0}
    assert sorted(x for x, *_ in marks(svg)) == pytest.approx([224 + UNIT / 3 * at for at in (-3, -1, 1, 2)], abs=0.06)
    assert "<circle" not in svg


def test_the_longest_row_of_the_plane_is_as_far_out_as_the_rim() -> None:
    long = Stage.from_state({"points": [[3, 0], [0, 1]], "labels": [3, 3], "surface": "plane", "normalize": False})
    assert marks(long.to_svg())[0][0] == pytest.approx(224 + UNIT, abs=0.06)
    short = Stage.from_state({"points": [[0.5, 0], [0, 0.3]], "labels": [3, 3], "surface": "plane", "normalize": False})
    assert marks(short.to_svg())[0][0] == pytest.approx(224 + UNIT / 2, abs=0.06)


def test_a_loss_that_normalizes_free_points_shows_where_it_sees_them() -> None:
    stage = Stage("plane", surface="plane", normalize=True)
    dots = re.findall(r'<circle cx="(\S+)" cy="(\S+)" r="5"', stage.to_svg())
    reach = float(stage.reading.norms.max())
    assert len(dots) == 8
    for x, y in dots:
        assert math.hypot(float(x) - 224, float(y) - 224) == pytest.approx(UNIT / reach, abs=0.2)


def test_what_lies_behind_the_globe_is_hollow() -> None:
    svg = Stage("globe").to_svg()
    assert svg.count('<g fill="none" stroke="rgb(40, 40, 40)" stroke-width="2">') == 4


def test_what_does_not_act_is_faded() -> None:
    faded = [title for *_, opacity, title in marks(explore("twin", same=(3, 8)).to_svg()) if opacity < 1]
    assert faded == ["anchor 8", "anchor 0", "anchor 1", "negative 8"]


# --- forces


@pytest.mark.parametrize("point", ["anchor", "positive"])
@pytest.mark.parametrize("selected", [0, 2])
def test_an_arrow_is_n_tao_times_its_force(point: str, selected: int) -> None:
    reading = read(named("plane"), selected=selected, normalize=False, l2_reg=0.02)
    plane = plane_for(reading)
    frame = frame_for(places(reading, plane, is_held=False), plane, is_held=False)
    side = "" if point == "anchor" else "_on_positives"
    rows = reading.scene.anchors if point == "anchor" else reading.scene.positives
    found = arrows(reading, plane, frame, point=point, is_held=False)
    pull = getattr(reading.forces, f"pull{side}")[selected]
    shrink = getattr(reading.forces, f"shrink{side}")[selected]
    across, up = (4 * 0.5 * frame.unit * pull).tolist()
    assert found["pull"][:2] == frame.at(rows[selected])
    part = math.hypot(*found["pull"][2:]) / math.hypot(across, up)
    assert part <= 1 + 1e-2
    assert found["pull"][2:] == (pytest.approx(part * across, abs=0.2), pytest.approx(-part * up, abs=0.2))
    if "shrink" in found:
        across, up = (4 * 0.5 * frame.unit * shrink).tolist()
        assert found["shrink"][2:] == (pytest.approx(part * across, abs=0.2), pytest.approx(-part * up, abs=0.2))


@pytest.mark.parametrize("tao", [0.01, 0.1, 1, 100])
@pytest.mark.parametrize("scene", ["line-up", "plane", "globe", "pixels"])
def test_arrows_stay_inside_the_board(scene: str, tao: float) -> None:
    explorer = explore(scene, tao=tao, selected=1)
    reading, is_held = explorer.reading, explorer.state.surface == "sphere"
    plane = plane_for(reading)
    frame = frame_for(places(reading, plane, is_held=is_held), plane, is_held=is_held)
    for x, y, across, down in arrows(reading, plane, frame, is_held=is_held).values():
        assert -0.1 <= x + across <= 448.1
        assert -0.1 <= y + down <= 448.1


def test_on_the_circle_each_arrow_keeps_to_its_lane() -> None:
    reading = read(named("line-up"))
    plane = plane_for(reading)
    frame = frame_for(places(reading, plane, is_held=True), plane, is_held=True)
    starts = {name: (x, y) for name, (x, y, *_) in arrows(reading, plane, frame, is_held=True).items()}
    for name, (x, y) in starts.items():
        assert math.hypot(x - 224, y - 224) == pytest.approx(UNIT * (1 + LANES[name]), abs=0.1)
    assert {*starts} == {"pull", "push", "net"}


def test_a_still_has_the_colours_of_its_forces_and_a_key_for_each() -> None:
    svg = explore("plane").to_svg()
    for name, (colour, _) in FORCES.items():
        assert svg.count(f'stroke="{colour}" stroke-width="3"') >= 2, name
    assert ">shrink</text>" not in explore("line-up").to_svg()


def test_where_nothing_pulls_there_is_no_arrow() -> None:
    assert explore("one pair").to_svg().count('stroke-width="3" stroke-dasharray') == 3  # those of the keys


# --- photos and words


def test_photos_stand_in_the_shapes_of_their_roles() -> None:
    svg = explore("pixels").to_svg()
    assert svg.count("<image ") == 20
    assert svg.count('stroke-width="1.3"') == 20


def test_class_words_are_escaped() -> None:
    rows = torch.eye(4, dtype=torch.float64)
    svg = explore(scene_of(rows, class_names=('a & "b"', "<i>"))).to_svg()
    texts = [one.text for one in ElementTree.fromstring(svg).iter() if one.text]
    assert 'a & "b"' in texts
    assert 'Who does anchor a & "b" pick?' in texts


def test_a_shadow_says_what_is_exact_in_it() -> None:
    assert "exact for anchor 0 alone" in explore("pixels").to_svg()
    assert "no angle is exact" in explore("pixels", view="principal axes").to_svg()
    assert "exact" not in explore("globe").to_svg()


def test_the_words_are_those_of_the_stage_and_as_wide_as_the_picture() -> None:
    stage = Stage("line-up")
    stage.tao = 0.05
    lines = re.findall(
        r'<text x="8" y="(\d+)" font-size="15" text-anchor="start" fill="#111111">(.+?)</text>', stage.to_svg()
    )
    words = [line.replace("&gt;", ">").split() for _, line in lines]
    assert " ".join(" ".join(line) for line in words) == stage.sentence
    assert [int(y) for y, _ in lines] == [448 + 22 * (k + 2) for k in range(len(lines))]
    for line, after in pairwise(words):
        assert len(" ".join(line)) <= 96 < len(" ".join([*line, after[0]]))


# --- the line-up and the ruler


def bars(svg: str) -> list[tuple[str, float]]:
    """Each bar's words and length."""
    found = re.findall(r'text-anchor="end" fill="#111111">([◆■] .+?)</text><rect x="\S+" y="\S+" width="(\S+?)"', svg)
    return [(words, float(width)) for words, width in found]


def test_the_partner_comes_first_and_then_the_most_similar() -> None:
    explorer = explore("pixels", selected=3)
    shown = bars(explorer.to_svg())
    similarities = explorer.reading.forces.similarities[3]
    nearest = [j for j in similarities.argsort(descending=True).tolist() if j != 3][:5]
    assert [words for words, _ in shown] == ["◆ 3 partner", *(f"■ {j}" for j in nearest)]
    assert [width for _, width in shown] == pytest.approx(
        [140 * explorer.reading.shares[j] for j in (3, *nearest)], abs=0.06
    )
    assert "and 4 more" in explorer.to_svg()


def test_the_partner_is_in_every_duel_and_has_no_share_of_its_own() -> None:
    explorer = explore("line-up", objective="ovo", tao=100)
    svg = explorer.to_svg()
    assert ">Which duels of anchor 3 are undecided?<" in svg
    assert explorer.reading.shares[0] < 0
    assert [width for _, width in bars(svg)] == pytest.approx(
        [0, *(140 * share for share in explorer.reading.shares[1:])], abs=0.06
    )
    assert f">{explorer.reading.shares[0]:.2f}<" not in svg


def test_a_floor_that_perhaps_no_pairs_reach_is_called_a_lower_bound() -> None:
    explorer = explore(torch.randn(128, 16, generator=torch.Generator().manual_seed(3)), torch.arange(64).repeat(2))
    assert explorer.reading.ruler.is_bound
    assert " lower bound<" in explorer.to_svg()
    assert " best here<" in explore("line-up").to_svg()


def needle(svg: str) -> float:
    (x,) = re.findall(r'd="M(\S+) \S+l-6 -8h12z"', svg)
    return float(x)


@pytest.mark.parametrize("tao", [0.1, 0.5, 5])
def test_the_needle_stands_between_the_best_and_the_worst(tao: float) -> None:
    explorer = explore("line-up", tao=tao)
    score = explorer.reading.ruler.score(explorer.reading.npair)
    assert needle(explorer.to_svg()) == pytest.approx(460 + 308 * (1 - score) / 2, abs=0.06)


def test_where_there_is_no_ruler_the_loss_stands_alone() -> None:
    svg = explore("plane").to_svg()
    assert "Loss 0.800</text>" in svg
    assert "best here</text>" not in svg


def test_a_still_of_a_reading_alone_tells_it() -> None:
    assert "Anchor 3 picks the wrong one" in still(read(named("line-up")))
