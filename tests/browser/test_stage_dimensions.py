"""Points of one, three and many dimensions on the stage's page, words and photos of classes, and one pair alone."""

import re
from collections.abc import Callable
from typing import Any

import pytest
import torch
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from npair_viz.data.scene import Scene
from npair_viz.data.scenes import from_data, of_pairs
from npair_viz.linalg import unit_rows
from npair_viz.losses.npair import npair_loss
from npair_viz.stage.parts import options_of
from tests.support.any_points import own_pairs
from tests.support.stage_page import (
    NEXT_FRAME,
    STATE,
    action,
    centre,
    control,
    dragging,
    loss,
    number,
    root,
    same_loss,
    sentence,
    status,
)

pytestmark = pytest.mark.browser

WORDS = ("cat", "dog <b>", "&lt;x&gt;", "x & y", "<i>", "a bee", "ant")


def pairs_of(d: int, n: int, *, words: tuple[str, ...] | None = None) -> Scene:
    """Own pairs of d dimensions; of many, in a scene with words for its classes."""
    rows = own_pairs(d, n)
    if words is None:
        return of_pairs("yours", "", rows[:n], rows[n:], range(n))
    labels = torch.arange(n).repeat(2)
    return from_data(rows, labels, class_names=words)


def place(page: Page, name: str) -> tuple[float, ...]:
    return tuple(number(page, name, f"data-{axis}") for axis in "xyz")


def in_drag(page: Page, name: str, across: float, down: float) -> None:
    x, y = centre(page, name)
    with dragging(page, name):
        page.mouse.move(x + across, y + down, steps=4)
    page.evaluate(NEXT_FRAME)


def no_nonsense(page: Page) -> None:
    """Nothing on the page is no number."""
    page.evaluate(NEXT_FRAME)
    written = root(page).evaluate("root => root.outerHTML")
    assert re.findall(r"[^<>]{,40}\b(?:NaN|Infinity|undefined|null)\b", written) == []


# --- one dimension


def test_on_a_line_a_drag_and_keys_move_a_point_along_it(stage_page: Callable[..., Page]) -> None:
    page = stage_page(pairs_of(1, 4), surface="plane", l2_reg=0.0)
    before, height = number(page, "p1", "data-x"), centre(page, "p1")[1]
    in_drag(page, "p1", 40, 25)
    dragged = number(page, "p1", "data-x")
    assert dragged > before + 0.1
    assert centre(page, "p1")[1] == pytest.approx(height)
    same_loss(page)
    for key in ("ArrowLeft", "ArrowUp"):
        page.locator("[data-point=p1]").press(key)
    expect(page.locator(".where")).to_have_text(f"{dragged - 0.05:.2f}")
    assert number(page, "p1", "data-x") == pytest.approx(dragged - 0.05)
    no_nonsense(page)
    for _ in range(2):
        action(page, "undo").click()
    expect(action(page, "undo")).to_be_disabled()
    assert number(page, "p1", "data-x") == before


def test_at_length_1_on_a_line_a_point_is_at_one_of_two_ends(stage_page: Callable[..., Page]) -> None:
    page = stage_page(pairs_of(1, 4))
    before = number(page, "p1", "data-x")
    assert abs(before) == 1
    page.locator("[data-point=p1]").press("ArrowLeft" if before > 0 else "ArrowRight")
    expect(page.locator(".where")).to_have_text(f"{-before:.2f}")
    assert number(page, "p1", "data-x") == -before
    same_loss(page)
    action(page, "play").click()
    expect(action(page, "play")).to_be_visible()
    no_nonsense(page)


# --- three


@pytest.mark.parametrize("way", ["drag", "keys"])
def test_raw_points_in_space_are_moved_and_their_lengths_with_them(stage_page: Callable[..., Page], way: str) -> None:
    page = stage_page("globe", surface="plane", l2_reg=0.1)
    before = place(page, "p0")
    if way == "drag":
        in_drag(page, "p0", 60, -30)
    else:
        for key in ("ArrowRight", "ArrowRight", "ArrowRight", "Shift+ArrowUp"):
            page.locator("[data-point=p0]").press(key)
        page.evaluate(NEXT_FRAME)
    after = place(page, "p0")
    assert after != before
    assert sum(x * x for x in after) != pytest.approx(1, abs=1e-3)
    assert after[2] == pytest.approx(before[2])  # it keeps its depth
    same_loss(page)
    no_nonsense(page)
    action(page, "undo").click()
    expect(action(page, "undo")).to_be_disabled()
    assert place(page, "p0") == before


def test_space_is_turned_by_its_ground_and_no_point_moves(stage_page: Callable[..., Page]) -> None:
    page = stage_page("globe", surface="plane")
    points, shown = page.evaluate(f"{STATE}.points"), centre(page, "a0")
    box = page.locator(".board").bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + box["height"] - 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + box["height"] - 90, steps=4)
    page.mouse.up()
    page.evaluate(NEXT_FRAME)
    assert page.evaluate(f"{STATE}.points") == points
    assert centre(page, "a0") != shown


# --- many


def test_pairs_of_17_dimensions_have_a_badge_play_undo_and_a_landscape_but_no_drag(
    stage_page: Callable[..., Page],
) -> None:
    scene = pairs_of(17, 6, words=WORDS)
    page = stage_page(scene)
    pairs = scene.paired()
    anchors, positives = unit_rows(pairs.anchors.double()), unit_rows(pairs.positives.double())
    wanted = npair_loss(anchors, positives, labels=pairs.labels[:6], tao=0.5, l2_reg=0.0)
    assert loss(page) == pytest.approx(wanted.item(), rel=1e-9)
    expect(page.locator(".badge")).to_have_text(
        re.compile(r"^shadow of 17-d: exact for anchor cat alone; \d+ % of squared length is in this plane$")
    )
    before = [centre(page, f"p{k}") for k in range(6)]
    in_drag(page, "p2", 60, 20)
    page.locator("[data-point=p3]").press("ArrowRight")
    page.evaluate(NEXT_FRAME)
    assert loss(page) == pytest.approx(wanted.item(), rel=1e-9)
    expect(control(page, "place")).to_be_disabled()
    expect(control(page, "place")).to_have_value("17-d")
    page.evaluate("document.querySelector('#stage').stage.undo()")  # what the drag chose
    page.evaluate(NEXT_FRAME)
    for k, place in enumerate(before):
        assert centre(page, f"p{k}") == pytest.approx(place)
    control(page, "landscape").check()
    expect(page.locator("canvas.seen")).to_have_count(1)
    expect(page.locator(".colours").first).to_contain_text("anchor cat's own loss if it stood there")
    action(page, "play").click()
    page.wait_for_function("document.querySelector('[data-npair=stage]').dataset.step > 20")
    page.evaluate("document.querySelector('#stage').stage.pause()")
    page.evaluate(NEXT_FRAME)
    assert loss(page) < wanted.item() - 0.01
    expect(page.locator(".badge")).not_to_be_empty()
    no_nonsense(page)
    action(page, "undo").click()
    expect(root(page)).to_have_attribute("data-step", "0")
    assert loss(page) == pytest.approx(wanted.item(), rel=1e-9)


def test_a_positive_of_many_dimensions_shows_its_own_forces(stage_page: Callable[..., Page]) -> None:
    page = stage_page("pixels")
    page.mouse.click(*centre(page, "p0"))
    expect(page.locator("[data-arrow='p0:sum']")).to_have_count(1)
    assert page.evaluate(STATE)["point"] == "positive"


@pytest.mark.parametrize("d", [2, 17])
def test_words_of_classes_stand_as_they_are_written_on_marks_bars_lists_and_in_the_sentence(
    stage_page: Callable[..., Page], d: int
) -> None:
    page = stage_page(pairs_of(d, 7, words=WORDS), drawer="settings")
    for k, word in enumerate(WORDS):
        control(page, "selected").select_option(str(k))
        expect(page.locator("h3")).to_have_text(f"Who does anchor {word} pick?")
        expect(sentence(page)).to_contain_text(word)
        expect(page.locator(".bars .who").first).to_have_text(f"{word}, its partner")
        expect(page.locator(f"[data-point=a{k}] text")).to_have_text(word)
        expect(page.locator(f"[data-point=a{k}]")).to_have_attribute(
            "aria-label", re.compile(re.escape(f"anchor {word}, "))
        )
    for name in ("selected", "same"):
        expect(control(page, name).locator("option")).to_have_text(list(WORDS))
    expect(control(page, "point").locator("option").first).to_have_text("anchor cat")
    page.mouse.move(*centre(page, "a1"))
    expect(page.locator("[data-role=hint]")).to_contain_text("anchor dog <b>: loss ")
    assert (
        root(page).locator("b:not(.bars b), i:not(.bars i, .needle, .fill, .colours i)").count() == 0
    )  # nothing was read as HTML


def test_photos_stand_in_marks_and_bars_beside_the_words(stage_page: Callable[..., Page]) -> None:
    page = stage_page("pixels")
    images = page.locator(".mark image[visibility=visible]")
    expect(images).to_have_count(20)
    addresses = images.evaluate_all("all => all.map((one) => one.getAttribute('href'))")
    assert all(one.startswith("data:image/png;base64,") for one in addresses)
    assert len(set(addresses)) == 20
    expect(page.locator(".bars img:visible")).to_have_count(6)
    loaded = "all => all.every((one) => one.naturalWidth === 8)"
    assert page.locator(".bars img:visible").evaluate_all(loaded)
    control(page, "scene").select_option("tidy")
    expect(images).to_have_count(0)
    expect(page.locator(".bars img:visible")).to_have_count(0)


# --- edges


@pytest.mark.parametrize("d", [2, 17])
def test_one_pair_alone_has_no_negative_and_no_ruler(stage_page: Callable[..., Page], d: int) -> None:
    page = stage_page(pairs_of(d, 1) if d > 2 else "one pair", drawer="shares")
    assert loss(page) == 0
    expect(page.locator(".bars li:visible")).to_have_count(1)
    expect(page.locator(".ruler")).to_be_hidden()
    for drawer in ("loss over tao", "loss so far", "settings"):
        page.locator(f"[data-drawer='{drawer}']").click()
    action(page, "step").click()
    control(page, "landscape").check()
    no_nonsense(page)
    expect(status(page)).to_be_empty()


def test_what_is_left_out_of_the_data_is_said(stage_page: Callable[..., Page]) -> None:
    labels = torch.arange(64).repeat_interleave(3)
    page = stage_page(from_data(torch.randn(192, 12), labels))
    expect(page.locator(".notice")).to_have_text("10 of 64 classes, 20 of 192 rows")
    control(page, "scene").select_option("line-up")
    expect(page.locator(".notice")).to_be_hidden()
    control(page, "scene").select_option("yours")
    expect(page.locator(".notice")).to_be_visible()


STAGES: dict[str, tuple[Any, dict[str, Any]]] = {
    "one dimension": (pairs_of(1, 4), {"surface": "plane"}),
    "raw in space": ("globe", {"surface": "plane", "drawer": "phase map"}),
    "17 dimensions": (pairs_of(17, 7, words=WORDS), {"drawer": "settings"}),
    "photos": ("pixels", {"surface": "plane", "drawer": "shares"}),
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("what", STAGES)
def test_axe_finds_nothing_serious(stage_page: Callable[..., Page], what: str, scheme: str) -> None:
    scene, settings = STAGES[what]
    page = stage_page(scene, options_of(3), **settings)
    page.emulate_media(color_scheme=scheme)
    page.evaluate(NEXT_FRAME)
    serious = [one for one in Axe().run(page).response["violations"] if one["impact"] in ("serious", "critical")]
    assert [(one["help"], [node["html"][:90] for node in one["nodes"]][:4]) for one in serious] == []


@pytest.mark.parametrize("what", STAGES)
def test_cold_and_hot_extremes_are_numbers(stage_page: Callable[..., Page], what: str) -> None:
    scene, settings = STAGES[what]
    page = stage_page(scene, **settings)
    for tao, l2_reg in ((0.01, 0.0), (100, 10)):
        page.evaluate("given => document.querySelector('#stage').stage.change(given)", {"tao": tao, "l2_reg": l2_reg})
        for drawer in ("shares", "loss over tao", "phase map"):
            page.evaluate("drawer => document.querySelector('#stage').stage.look({ drawer })", drawer)
            no_nonsense(page)
        action(page, "step").click()
        no_nonsense(page)
