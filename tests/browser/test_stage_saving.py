"""What leaves the stage's page and comes back: its picture as a file, and its state in the address."""

import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
import torch
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from npair_viz.data.scenes import from_data
from tests.support.repository import ROOT
from tests.support.saved_states import reading_of
from tests.support.stage_page import (
    NEXT_FRAME,
    STATE,
    action,
    centre,
    control,
    crowd,
    loss,
    root,
    sentence,
    status,
    type_into,
)

pytestmark = pytest.mark.browser

SVG = "{http://www.w3.org/2000/svg}"
ADDRESS = "JSON.parse(decodeURIComponent(location.hash.slice(1)))"
FORMER = json.loads((ROOT / "tests" / "stage" / "data" / "states_of_version_1.json").read_text(encoding="utf-8"))
PYTHONS = ("seeded", "pixels")  # other pairs of a scene than a page has
ON_A_PAGE = [one for one in FORMER if one["state"].get("scene") != "yours" and one["what"] not in PYTHONS]


def saved(page: Page, modifiers: tuple[str, ...] = ()) -> tuple[str, bytes]:
    """The name and content of the file that the button saves."""
    with page.expect_download() as download:
        action(page, "save").click(modifiers=list(modifiers))
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def style_of(one: Any) -> dict[str, str]:
    return dict(re.findall(r"([\w-]+): ([^;]+)", one.get("style", "")))


def follow(page: Page, state: dict[str, Any]) -> None:
    page.evaluate("hash => { location.hash = hash; }", quote(json.dumps(state)))
    page.evaluate(NEXT_FRAME)


# --- the picture

LINES = """svg => {
    document.body.innerHTML = svg;
    const lines = [...document.querySelectorAll("svg > text[x='8']")];
    return lines.map(line => [line.textContent, line.getBBox().x + line.getBBox().width]);
}"""


@pytest.mark.parametrize("word", ["within", "WWWWWWWW"])
def test_no_line_of_the_saved_sentence_is_wider_than_the_picture(
    stage_page: Callable[..., Page], chromium: Browser, word: str
) -> None:
    page = stage_page(crowd(20))
    sentence(page).evaluate("(one, word) => { one.textContent += ` ${word}`.repeat(40); }", word)
    content = saved(page)[1].decode()
    with chromium.new_context() as context:
        lines = context.new_page().evaluate(LINES, content)
    assert sum(text.count(word) for text, _ in lines) >= 40
    assert all(right <= 448 for _, right in lines)


def test_the_saved_picture_says_what_the_shadow_of_many_dimensions_leaves_out(stage_page: Callable[..., Page]) -> None:
    rows = torch.randn(40, 17, generator=torch.Generator().manual_seed(3))
    page = stage_page(from_data(rows, torch.arange(20).repeat(2)))
    badge = page.locator(".badge").text_content()
    assert "shadow of 17-d" in badge
    assert badge[:40] in " ".join(ElementTree.fromstring(saved(page)[1]).itertext())


def test_the_picture_is_saved_as_svg_with_its_marks_words_and_sentence(stage_page: Callable[..., Page]) -> None:
    page = stage_page("pixels", tao=0.1)
    name, content = saved(page)
    assert name == "pixels,_tao_0.1.svg"
    expect(status(page)).to_have_text("Saved as SVG; with Shift it is a PNG.")
    picture = ElementTree.fromstring(content)
    marks = [one for one in picture.iter(f"{SVG}g") if one.get("data-point")]
    assert len(marks) == 20
    assert [style_of(one.find(f"{SVG}path"))["fill"] for one in marks[:10]] == [
        style_of(one.find(f"{SVG}path"))["fill"] for one in marks[10:]
    ]
    for mark, point in zip(marks, [f"{side}{k}" for side in "ap" for k in range(10)], strict=True):
        assert mark.get("data-point") == point
        assert mark.find(f"{SVG}image").get("href").startswith("data:image/png")
    words = " ".join(one.text or "" for one in picture.findall(f"{SVG}text"))
    assert sentence(page).inner_text() in words
    assert style_of(picture.find(f"{SVG}path[@class='arrow pull']"))["stroke"] == "rgb(0, 114, 178)"


def test_a_saved_picture_shows_what_the_board_shows_and_hides_what_it_hides(stage_page: Callable[..., Page]) -> None:
    page = stage_page()
    page.locator("[data-point=p0]").focus()
    type_into(page, "place", "90")  # the anchor becomes a ring around its positive, and leaves its words to it
    expect(page.locator(".mark.ring")).to_have_count(1)
    control(page, "landscape").check()
    page.evaluate(NEXT_FRAME)
    picture = ElementTree.fromstring(saved(page)[1])
    ring = next(one for one in picture.iter(f"{SVG}g") if one.get("data-point") == "a0")
    assert style_of(ring.find(f"{SVG}text"))["display"] == "none"
    ghosts = [style_of(one)["visibility"] for one in picture.iter(f"{SVG}path") if one.get("class") == "ghost"]
    assert ghosts.count("visible") == 1
    assert picture.find(f"{SVG}image").get("href").startswith("data:image/png")


def test_with_shift_the_picture_is_saved_as_png_three_times_as_sharp(stage_page: Callable[..., Page]) -> None:
    page = stage_page("tidy")
    name, content = saved(page, ("Shift",))
    assert name == "tidy,_tao_0.5.png"
    picture = Image.open(io.BytesIO(content)).convert("RGB")
    assert picture.width == 3 * 448
    assert picture.getpixel((2, 2)) == (255, 254, 250)  # paper
    x, y = map(float, re.findall(r"-?[\d.]+", page.locator("[data-point=p1]").get_attribute("transform")))
    assert picture.getpixel((round(3 * (x - 9)), round(3 * y))) == (86, 180, 233)  # the colour of the second class
    sentence_is_there = picture.crop((0, 3 * 450, picture.width, picture.height)).getextrema()
    assert sentence_is_there[0][0] < 60


# --- the address


@pytest.mark.parametrize("one", ON_A_PAGE, ids=[f"{one['of']}: {one['what']}" for one in ON_A_PAGE])
def test_an_address_of_version_1_opens_where_it_was(stage_page: Callable[..., Page], one: dict[str, Any]) -> None:
    page = stage_page("one pair")
    follow(page, one["state"])
    expect(status(page)).to_be_empty()
    assert loss(page) == pytest.approx(
        one["loss"], rel=1e-9 if one["state"].get("dtype", "float64") == "float64" else 1e-6
    )
    is_vote = one["state"].get("objective", "mc") == "mc"
    asked = "Who does anchor {} pick?" if is_vote else "Which duels of anchor {} are undecided?"
    expect(page.locator("h3")).to_have_text(asked.format(one["anchor"]))
    expect(control(page, "landscape")).to_be_checked(
        checked=one["state"].get("landscape", one["state"].get("drawer") == "landscape")
    )
    action(page, "undo").click()
    assert loss(page) == 0


def test_the_address_of_pixels_holds_settings_alone_and_opens_them(stage_page: Callable[..., Page]) -> None:
    page = stage_page("pixels")
    control(page, "selected").select_option(label="4")
    type_into(page, "typed tao", "0.2")
    page.wait_for_function(f"location.hash.length > 10 && {ADDRESS}.tao === 0.2")
    held = page.evaluate(ADDRESS)
    assert held.keys().isdisjoint({"points", "labels", "base"})
    assert (held["scene"], held["selected"], held["version"]) == ("pixels", 4, 2)
    assert len(page.evaluate("location.hash")) < 700
    other = stage_page("tidy")
    other.goto(other.url + page.evaluate("location.hash"))
    expect(root(other)).to_have_attribute("data-loss", root(page).get_attribute("data-loss"))
    expect(other.locator("h3")).to_have_text("Who does anchor 4 pick?")


def test_a_page_of_own_data_of_many_dimensions_round_trips_its_address(stage_page: Callable[..., Page]) -> None:
    scene = from_data(torch.randn(12, 9), torch.arange(6).repeat(2), class_names=tuple("abcdef"))
    page = stage_page(scene)
    page.mouse.click(*centre(page, "p3"))
    type_into(page, "typed tao", "0.07")
    action(page, "free").click()
    control(page, "view")
    page.wait_for_function(f"location.hash.length > 10 && {ADDRESS}.surface === 'plane'")
    assert page.evaluate(ADDRESS).keys().isdisjoint({"points", "labels", "base"})
    before = page.evaluate(STATE)
    page.reload()
    page.evaluate(NEXT_FRAME)
    expect(status(page)).to_be_empty()
    assert page.evaluate(STATE) == before
    expect(page.locator("h3")).to_have_text("Who does anchor d pick?")
    expect(action(page, "undo")).to_be_enabled()  # to what the page was written with
    action(page, "undo").click()
    expect(root(page)).to_have_attribute("data-tao", "0.5")


@pytest.mark.parametrize("what", PYTHONS)
def test_pairs_that_only_python_can_choose_are_refused_in_words(stage_page: Callable[..., Page], what: str) -> None:
    page = stage_page("tidy")
    before, former = page.evaluate(STATE), next(one["state"] for one in FORMER if one["what"] == what)
    follow(page, former)
    expect(status(page)).to_have_text(
        f"only Python can choose these pairs of {former['scene']}: open the state in a notebook"
    )
    assert page.evaluate(STATE) == before


def test_a_page_of_pairs_that_python_chose_round_trips_its_address_and_leaves_the_scene_alone(
    stage_page: Callable[..., Page],
) -> None:
    page = stage_page("pixels", policy="random", n_classes=5, seed=3, dtype="bfloat16")
    before = loss(page)
    type_into(page, "typed tao", "0.3")
    type_into(page, "typed tao", "0.5")
    page.wait_for_function(f"location.hash.length > 10 && {ADDRESS}.tao === 0.5")
    page.reload()
    page.evaluate(NEXT_FRAME)
    expect(status(page)).to_be_empty()
    assert loss(page) == before
    control(page, "scene").select_option("tidy")
    control(page, "scene").select_option("circle")
    page.evaluate(NEXT_FRAME)
    assert page.evaluate(STATE)["seed"] == 0  # whose points are the ones that are shown
    assert loss(page) == pytest.approx(
        reading_of(page.evaluate(STATE) | {"points": None, "labels": None}).loss, rel=1e-6
    )


def test_the_address_of_own_data_says_on_another_page_that_they_are_not_there(stage_page: Callable[..., Page]) -> None:
    page = stage_page("tidy")
    before = loss(page)
    follow(page, {"scene": "yours", "tao": 0.1, "version": 2})
    expect(status(page)).not_to_be_empty()
    assert loss(page) == before
