"""Which pair the stage's page shows, by list, bar and mark; and the exact numbers of what a pointer is over."""

import re
from collections.abc import Callable

import pytest
import torch
from playwright.sync_api import Locator, Page, expect

from npair_viz.data.scenes import from_data
from npair_viz.stage.parts import options_of
from npair_viz.stage.scene_states import state_of
from tests.support.saved_states import reading_of
from tests.support.stage_page import NEXT_FRAME, STATE, action, centre, control, crowd, dragging, on_circle, sentence

pytestmark = pytest.mark.browser


def bar(page: Page, k: int) -> Locator:
    return page.locator(".bars li:visible").nth(k)


def hint(page: Page) -> Locator:
    return page.locator("[data-role=hint]")


def chosen(page: Page) -> tuple[int, str]:
    state = page.evaluate(STATE)
    return state["selected"], state["point"]


def hover(page: Page, name: str) -> None:
    page.mouse.move(*centre(page, name))


def test_the_list_of_anchors_chooses_one_and_undo_brings_the_former_back(stage_page: Callable[..., Page]) -> None:
    page = stage_page()
    control(page, "selected").select_option(label="0")
    expect(sentence(page)).to_contain_text("Anchor 0 picks its partner")
    expect(page.locator("[data-arrow='a2:sum']")).to_have_count(1)
    action(page, "undo").click()
    expect(control(page, "selected").locator("option:checked")).to_have_text("3")
    expect(sentence(page)).to_contain_text("Anchor 3 picks the wrong one")


def test_a_click_on_a_bar_chooses_its_pair(stage_page: Callable[..., Page]) -> None:
    page = stage_page(point="positive")
    bar(page, 1).click()
    expect(sentence(page)).to_contain_text("Anchor 8 picks its partner")
    assert chosen(page) == (1, "anchor")
    expect(control(page, "selected").locator("option:checked")).to_have_text("8")


@pytest.mark.parametrize(("name", "pair"), [("p2", (2, "positive")), ("a1", (1, "anchor"))])
def test_a_click_on_a_mark_chooses_it_and_moves_nothing(
    stage_page: Callable[..., Page], name: str, pair: tuple[int, str]
) -> None:
    page = stage_page()
    before = page.evaluate(f"{STATE}.points")
    page.mouse.click(*centre(page, name))
    page.evaluate(NEXT_FRAME)
    assert chosen(page) == pair
    assert page.evaluate(f"{STATE}.points") == before
    expect(page.locator(f"[data-arrow='{name}:sum']")).to_have_count(1)


def test_a_locked_choice_stays_whatever_is_clicked_dragged_or_pressed(stage_page: Callable[..., Page]) -> None:
    page = stage_page(options=options_of(lock=("selected",)))
    expect(control(page, "selected")).to_be_disabled()
    bar(page, 1).click()
    page.mouse.click(*centre(page, "p2"))
    page.locator("[data-point=a1]").press("Enter")
    expect(action(page, "undo")).to_be_disabled()
    before = page.evaluate(f"{STATE}.points")
    with dragging(page, "p1"):
        page.mouse.move(*on_circle(page, 200), steps=3)
    page.locator("[data-point=a2]").press("ArrowRight")
    page.evaluate(NEXT_FRAME)
    assert page.evaluate(f"{STATE}.points") != before
    assert chosen(page) == (0, "anchor")


def test_exact_numbers_are_told_of_the_point_bar_and_cell_under_the_pointer(stage_page: Callable[..., Page]) -> None:
    page = stage_page(drawer="shares")
    reading = reading_of(state_of("line-up"))
    shares, cosines = reading.forces.weights.tolist(), reading.forces.similarities.tolist()
    expect(hint(page)).to_be_hidden()
    hover(page, "a1")
    expect(hint(page)).to_have_text(f"anchor 8: loss {reading.losses[1].item():.3f}")
    for name, role, j in (("p0", "partner 3", 0), ("p2", "negative 0", 2)):
        hover(page, name)
        numbers = f"share {shares[0][j]:.3f}, similarity {cosines[0][j]:.3f}"
        expect(hint(page)).to_have_text(f"{role}: {numbers} for anchor 3")
    bar(page, 1).hover()
    expect(page.locator(".unfolded")).to_contain_text(f"cosine {cosines[0][1]:.3f} / 0.5 = {2 * cosines[0][1]:.2f}")
    expect(page.locator(".unfolded")).to_contain_text(f"→ {100 * shares[0][1]:.0f} %")
    page.locator("[data-cell='2,1']").hover()
    expect(hint(page)).to_have_text(f"anchor 0 gives 8 {shares[2][1]:.4f}")
    page.mouse.move(1, 1)
    expect(hint(page)).to_be_hidden()


def test_a_point_of_data_also_tells_its_row(stage_page: Callable[..., Page]) -> None:
    page = stage_page(from_data(torch.randn(9, 5), torch.tensor([7, 7, 7, 2, 2, 2, 5, 5, 5])))
    rows = page.evaluate("document.querySelector('#stage').stage.state.base.rows")
    page.evaluate(NEXT_FRAME)
    hover(page, "p1")
    expect(hint(page)).to_have_text(re.compile(rf"^(partner|negative) \d: share .*, row {rows[4]}$"))


def test_the_hint_tells_the_new_number_while_keys_move_the_point(stage_page: Callable[..., Page]) -> None:
    page = stage_page()
    hover(page, "a0")
    before = hint(page).inner_text()
    page.locator("[data-point=p0]").press("ArrowRight")
    expect(hint(page)).not_to_have_text(before)
    expect(hint(page)).to_have_text(re.compile(r"anchor 3: loss \d\.\d{3}"))


def test_the_hint_goes_with_the_point_that_it_is_about(stage_page: Callable[..., Page]) -> None:
    page = stage_page("pixels")
    page.locator("[data-point=p9]").dispatch_event("pointerover")
    expect(hint(page)).to_contain_text("negative 9: share ")
    page.evaluate("document.querySelector('#stage').stage.open('tidy')")  # of four pairs
    expect(hint(page)).to_be_hidden()
    expect(sentence(page)).to_contain_text("Anchor 3")


def test_in_duels_the_partner_has_no_share(stage_page: Callable[..., Page]) -> None:
    page = stage_page(objective="ovo")
    expect(page.locator("h3")).to_have_text("Which duels of anchor 3 are undecided?")
    expect(page.locator(".bars b")).to_have_text(["", "0.61", "0.08", "0.04"])
    hover(page, "p0")
    expect(hint(page)).to_have_text(re.compile(r"^partner 3: similarity 0\.643 for anchor 3$"))


@pytest.mark.parametrize(("n", "words"), [(6, None), (7, "and 1 more"), (64, "and 58 more")])
def test_the_bars_say_how_many_are_not_shown(stage_page: Callable[..., Page], n: int, words: str | None) -> None:
    page = stage_page(crowd(n))
    expect(page.locator(".more")).to_be_visible(visible=words is not None)
    if words:
        expect(page.locator(".more")).to_have_text(words)
