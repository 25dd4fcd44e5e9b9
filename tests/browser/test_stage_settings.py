"""The settings drawer of the stage's page: what it changes, what is grey on a page and why; and l2_reg on level 3."""

from collections.abc import Callable

import pytest
import torch
from playwright.sync_api import Locator, Page, expect

from npair_viz.data.scenes import from_data
from npair_viz.losses.npair import npair_loss
from npair_viz.stage.parts import options_of
from npair_viz.stage.scene_states import state_of
from tests.support.saved_states import reading_of
from tests.support.stage_page import (
    NEXT_FRAME,
    STATE,
    action,
    control,
    loss,
    root,
    same_loss,
    sentence,
    status,
    type_into,
)

pytestmark = pytest.mark.browser


def why(page: Page, name: str) -> Locator:
    return page.locator("label", has=control(page, name)).locator(".why")


def test_the_drawer_opens_and_closes_and_shows_the_state(stage_page: Callable[..., Page]) -> None:
    page = stage_page(objective="ovo", dtype="bfloat16")
    expect(control(page, "objective")).to_be_hidden()
    page.locator("[data-drawer=settings]").click()
    expect(control(page, "objective")).to_have_value("ovo")
    expect(control(page, "dtype")).to_have_value("bfloat16")
    expect(control(page, "n_classes")).to_have_value("4")
    page.locator("[data-drawer=settings]").click()
    expect(control(page, "objective")).to_be_hidden()


def test_another_objective_is_an_act_and_its_loss_is_torchs(stage_page: Callable[..., Page]) -> None:
    page = stage_page(drawer="settings")
    control(page, "objective").select_option("ovo")
    expect(sentence(page)).to_contain_text("objective mc → ovo")
    same_loss(page)
    action(page, "undo").click()
    expect(control(page, "objective")).to_have_value("mc")


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_a_dtype_rounds_the_points_as_torch_does(stage_page: Callable[..., Page], dtype: str) -> None:
    page = stage_page(drawer="settings", tao=0.01)
    exact = loss(page)
    control(page, "dtype").select_option(dtype)
    expect(sentence(page)).to_contain_text(f"dtype float64 → {dtype}")
    wanted = reading_of(state_of("line-up", tao=0.01, dtype=dtype)).loss
    assert loss(page) == pytest.approx(wanted, rel=1e-6)
    assert loss(page) != exact


def test_any_classes_can_be_merged_into_one(stage_page: Callable[..., Page]) -> None:
    page = stage_page(drawer="settings")
    expect(control(page, "same").locator("option")).to_have_text(["3", "8", "0", "1"])
    control(page, "same").select_option(["8", "0", "1"])
    expect(sentence(page)).to_contain_text("same class none → 8 and 0 and 1")
    state = page.evaluate(STATE)
    rows = torch.tensor(state["points"], dtype=torch.float64)
    wanted = npair_loss(rows[:4], rows[4:], labels=torch.tensor([3, 8, 8, 8]), l2_reg=0.0, tao=0.5).item()
    assert loss(page) == pytest.approx(wanted, rel=1e-9)
    control(page, "same").select_option(["3", "8", "0", "1"])
    page.evaluate(NEXT_FRAME)
    assert loss(page) == 0  # nobody has a negative
    assert "NaN" not in root(page).evaluate("root => root.outerHTML")
    for _ in range(2):
        action(page, "undo").click()
    expect(control(page, "same").locator("option:checked")).to_have_count(0)
    assert loss(page) == pytest.approx(0.48404, abs=1e-5)


def test_another_view_of_many_dimensions_is_no_act(stage_page: Callable[..., Page]) -> None:
    page = stage_page("pixels", drawer="settings")
    badge = page.locator(".badge")
    expect(badge).to_contain_text("shadow of 64-d: exact for anchor 0 alone")
    before = page.locator("[data-point=p3]").get_attribute("transform")
    control(page, "view").select_option("principal axes")
    expect(badge).to_contain_text("shadow of 64-d: no angle is exact")
    expect(page.locator("[data-point=p3]")).not_to_have_attribute("transform", before)
    expect(action(page, "undo")).to_be_disabled()


def test_what_can_not_be_changed_on_a_page_is_grey_and_says_why(stage_page: Callable[..., Page]) -> None:
    page = stage_page("circle", drawer="settings")
    for name, reason in (
        ("policy", "these pairs are given"),
        ("n_classes", "needs Python"),
        ("seed", "needs Python"),
        ("view", "all is seen"),
    ):
        expect(control(page, name)).to_be_disabled()
        expect(why(page, name)).to_have_text(reason)
    for name in ("objective", "dtype", "same"):
        expect(control(page, name)).to_be_enabled()
        expect(why(page, name)).to_be_empty()
    control(page, "scene").select_option("tidy")
    expect(why(page, "seed")).to_have_text("nothing is random here")
    control(page, "scene").select_option("pixels")
    for name, reason in (("policy", "needs Python"), ("dtype", "needs Python"), ("seed", "nothing is random here")):
        expect(control(page, name)).to_be_disabled()
        expect(why(page, name)).to_have_text(reason)
    expect(control(page, "view")).to_be_enabled()


def test_own_data_of_few_dimensions_name_the_same_reasons(stage_page: Callable[..., Page]) -> None:
    labels = torch.arange(20).repeat_interleave(3)
    page = stage_page(from_data(torch.randn(60, 2), labels), drawer="settings", policy="random")
    expect(page.locator(".notice")).to_have_text("10 of 20 classes, 20 of 60 rows")
    for name in ("policy", "n_classes", "seed"):
        expect(control(page, name)).to_be_disabled()
        expect(why(page, name)).to_have_text("needs Python")


@pytest.mark.parametrize(("level", "is_live"), [(2, False), (3, True)])
def test_on_level_3_alone_l2_reg_lives_on_the_circle_too(
    stage_page: Callable[..., Page], level: int, is_live: bool
) -> None:
    page = stage_page(options=options_of(level))
    expect(control(page, "l2_reg")).to_be_enabled(enabled=is_live)
    words = "adds a constant on a circle" if is_live else "no effect on a circle"
    expect(page.locator(".dead")).to_have_text(words)
    if not is_live:
        return
    before = page.locator("[data-arrow='a0:sum']").get_attribute("data-dx")
    type_into(page, "typed l2_reg", "0.5")
    expect(sentence(page)).to_contain_text("l2_reg 0.00 → 0.50")
    assert loss(page) == pytest.approx(0.48404 + 0.5 * 2, abs=1e-5)  # of an anchor and a positive of length 1
    assert page.locator("[data-arrow='a0:sum']").get_attribute("data-dx") == before
    expect(control(page, "surface")).to_have_value("sphere")
    expect(status(page)).to_be_empty()
