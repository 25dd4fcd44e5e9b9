"""What a person types on the stage's page: tao, l2_reg and places are taken, or refused in words."""

import math
from collections.abc import Callable

import pytest
import torch
from playwright.sync_api import Page, expect

from npair_viz.data.scenes import from_data
from tests.support.stage_page import (
    NEXT_FRAME,
    STATE,
    action,
    control,
    loss,
    number,
    same_loss,
    sentence,
    status,
    type_into,
)

pytestmark = pytest.mark.browser


def points(page: Page) -> list[list[float]]:
    return page.evaluate(f"{STATE}.points")


@pytest.mark.parametrize(
    ("name", "text", "value"), [("tao", "1,5", "1.5"), ("tao", ".07", "0.07"), ("l2_reg", "3e-2", "0.03")]
)
def test_a_typed_number_is_taken_with_a_point_or_a_comma(
    stage_page: Callable[..., Page], name: str, text: str, value: str
) -> None:
    page = stage_page(surface="plane", l2_reg=0.1)
    type_into(page, f"typed {name}", text)
    expect(sentence(page)).to_contain_text(f"{name} {'0.50' if name == 'tao' else '0.10'} → {float(value):.2f}: loss")
    expect(control(page, f"typed {name}")).to_have_value(value)
    assert page.evaluate(f"{STATE}.{name}") == float(value)
    same_loss(page)


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("tao", "abc", "tao is a number like 0.5, got 'abc'"),
        ("tao", "", "tao is a number like 0.5, got ''"),
        ("tao", "-1", "tao must be from 0.01 to 100, got -1"),
        ("tao", "101", "tao must be from 0.01 to 100, got 101"),
        ("l2_reg", "11", "l2_reg must be from 0 to 10, got 11"),
        ("l2_reg", "1e-12", "l2_reg must be 0, or from 1e-9 to 10, got 1e-12"),
    ],
)
def test_a_typed_number_that_can_not_be_is_refused_in_words(
    stage_page: Callable[..., Page], name: str, text: str, words: str
) -> None:
    page = stage_page(surface="plane", l2_reg=0.1)
    before, shown = page.evaluate(STATE), control(page, f"typed {name}").input_value()
    type_into(page, f"typed {name}", text)
    expect(status(page)).to_have_text(words)
    expect(control(page, f"typed {name}")).to_have_value(shown)
    expect(action(page, "undo")).to_be_disabled()
    assert page.evaluate(STATE) == before
    type_into(page, f"typed {name}", "0.2")
    expect(status(page)).to_be_empty()


def test_the_slider_shows_the_nearest_step_while_the_field_keeps_what_was_typed(
    stage_page: Callable[..., Page],
) -> None:
    page = stage_page()
    steps = []
    for text in ("0.5", "0.501", "0.123456"):
        type_into(page, "typed tao", text)
        expect(control(page, "typed tao")).to_have_value(text)
        steps.append(int(control(page, "tao").input_value()))
    assert steps[0] == steps[1] > steps[2]
    control(page, "tao").press("ArrowRight")  # from there to the next step
    assert int(control(page, "tao").input_value()) == steps[2] + 1
    expect(control(page, "typed tao")).not_to_have_value("0.123456")


def test_what_is_being_typed_stays_while_the_picture_changes(stage_page: Callable[..., Page]) -> None:
    page = stage_page()
    control(page, "typed tao").press_sequentially("7")
    typed = control(page, "typed tao").input_value()
    page.evaluate("document.querySelector('#stage').stage.step()")
    page.evaluate(NEXT_FRAME)
    expect(control(page, "typed tao")).to_have_value(typed)


@pytest.mark.parametrize(
    ("text", "degrees", "said"),
    [
        ("120", 120, ""),
        ("120.5°", 120.5, ""),
        ("-1", 359, "-1° is the same as 359.0°."),
        ("0.6, 0.8", 53.13, ""),
        ("0,6; 0,8", 53.13, ""),
        ("120,5", 2.39, "Took the coordinates 120, 5 and brought them to length 1: 2.4°."),
        ("0,3; 0,8", 69.44, "Took the coordinates 0.3, 0.8 and brought them to length 1: 69.4°."),
    ],
)
def test_a_typed_place_is_taken_as_degrees_or_coordinates_and_says_what_was_taken(
    stage_page: Callable[..., Page], text: str, degrees: float, said: str
) -> None:
    page = stage_page()
    expect(control(page, "place")).to_have_value("140.0")
    type_into(page, "place", text)
    expect(control(page, "place")).to_have_value(f"{degrees:.1f}")
    expect(status(page)).to_have_text(said)
    at = math.degrees(math.atan2(number(page, "p0", "data-y"), number(page, "p0", "data-x"))) % 360
    assert at == pytest.approx(degrees, abs=0.01)
    same_loss(page)


def test_the_typed_place_is_that_of_the_point_chosen_in_the_list(stage_page: Callable[..., Page]) -> None:
    page = stage_page()
    before = points(page)
    control(page, "point").select_option(label="a8")
    expect(control(page, "place")).to_have_value("20.0")
    type_into(page, "place", "300")
    expect(control(page, "place")).to_have_value("300.0")
    after = points(page)
    assert [k for k in range(8) if after[k] != before[k]] == [1]
    expect(control(page, "point")).to_have_value("a1")
    action(page, "undo").click()
    expect(control(page, "place")).to_have_value("20.0")
    assert points(page) == before


@pytest.mark.parametrize(
    ("settings", "text", "words"),
    [
        ({}, "north", "a place is an angle like 120 or coordinates like 0.3, 0.8, got 'north'"),
        ({}, "1, 2, 3", "a place needs 2 coordinates here, got 3 numbers"),
        ({}, "0, 0", "the centre has no direction, so it has no place on the circle: name another place"),
        ({"scene": "globe"}, "120", "a place needs 3 coordinates here, got 1 number"),
        ({"surface": "plane"}, "20000, 0", "a place must be within ±10000 in every coordinate"),
    ],
)
def test_a_typed_place_that_can_not_be_is_refused_in_words(
    stage_page: Callable[..., Page], settings: dict, text: str, words: str
) -> None:
    page = stage_page(**settings)
    before, shown = points(page), control(page, "place").input_value()
    type_into(page, "place", text)
    expect(status(page)).to_have_text(words)
    expect(control(page, "place")).to_have_value(shown)
    expect(action(page, "undo")).to_be_disabled()
    assert points(page) == before


@pytest.mark.parametrize("act", ["[data-action=undo]", "[data-action=step]", "[data-point=a2]", ".bars li >> nth=2"])
def test_what_was_wrong_is_forgotten_with_the_next_act(stage_page: Callable[..., Page], act: str) -> None:
    page = stage_page()
    type_into(page, "typed tao", "0.3")
    type_into(page, "typed tao", "warm")
    expect(status(page)).not_to_be_empty()
    page.locator(act).click()
    expect(status(page)).to_be_empty()


@pytest.mark.parametrize(("scene", "words"), [("line-up", "no effect on a circle"), ("globe", "no effect on a globe")])
def test_the_words_beside_what_is_grey_are_of_the_space_that_is_shown(
    stage_page: Callable[..., Page], scene: str, words: str
) -> None:
    page = stage_page(scene)
    expect(page.locator(".dead")).to_have_text(words)
    expect(page.locator("[data-role=legend] .rear")).to_be_visible(visible=scene == "globe")


def test_unit_rows_of_many_dimensions_are_on_no_circle(stage_page: Callable[..., Page]) -> None:
    rows = torch.randn(40, 17, generator=torch.Generator().manual_seed(3))
    page = stage_page(from_data(rows, torch.arange(20).repeat(2)))
    expect(page.locator(".dead")).to_have_text("no effect at length 1")


def test_free_the_lengths_wakes_l2_reg_and_undo_puts_it_to_sleep(stage_page: Callable[..., Page]) -> None:
    page = stage_page()
    for name in ("l2_reg", "typed l2_reg"):
        expect(control(page, name)).to_be_disabled()
    expect(page.locator(".dead")).to_have_text("no effect on a circle")
    action(page, "free").click()
    expect(sentence(page)).to_contain_text("lengths all 1 → free, l2_reg 0.00 → 0.02: loss 0.484 → 0.524")
    expect(control(page, "typed l2_reg")).to_have_value("0.02")
    expect(control(page, "surface")).to_have_value("plane")
    expect(action(page, "free")).to_be_disabled()
    expect(page.locator(".dead")).to_be_empty()
    control(page, "l2_reg").press("ArrowRight")
    expect(sentence(page)).to_contain_text("l2_reg 0.02 → 0.03")
    for _ in range(2):
        action(page, "undo").click()
    expect(control(page, "typed l2_reg")).to_be_disabled()
    expect(control(page, "typed l2_reg")).to_have_value("0")
    assert loss(page) == pytest.approx(0.48404, abs=1e-5)
