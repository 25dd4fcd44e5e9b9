"""The stage under a person's hands, on its page in a real Chromium: pointer and keyboard."""

import math
from collections.abc import Callable
from statistics import median

import pytest
import torch
from playwright.sync_api import Page, expect

from npair_viz.data.scenes import from_data, named
from npair_viz.geometry.missions import MISSIONS, as_json
from npair_viz.stage.scene_states import state_of
from tests.support.stage_page import (
    NEXT_FRAME,
    STATE,
    centre,
    crowd,
    dragging,
    fingers,
    loss,
    number,
    on_circle,
    torch_forces,
)

pytestmark = pytest.mark.browser


# Registered after the stage's own listener, so that in the frame that follows a move it looks when the stage has drawn.
WATCH = """() => {
    const root = document.querySelector("[data-npair=stage]"), { stage } = document.querySelector("#stage");
    window.seen = [];
    addEventListener("pointermove", ({ clientX, clientY }) => requestAnimationFrame(() => {
        const box = document.querySelector("[data-point=p31] .shape").getBoundingClientRect();
        const gap = Math.hypot(box.x + box.width / 2 - clientX, box.y + box.height / 2 - clientY);
        window.seen.push({ gap, loss: root.dataset.loss, state: stage.state, spent: stage.spent });
    }));
}"""


def test_a_dragged_point_is_under_the_pointer_in_the_very_next_frame(stage_page: Callable[..., Page]) -> None:
    page = stage_page(crowd(32))  # p31 lies on top
    start = math.degrees(math.atan2(number(page, "p31", "data-y"), number(page, "p31", "data-x")))
    with dragging(page, "p31"):
        page.evaluate(WATCH)
        for step in range(1, 61):
            page.mouse.move(*on_circle(page, start + 2 * step))
            page.evaluate(NEXT_FRAME)
        seen = page.evaluate("seen")
    losses = [float(one["loss"]) for one in seen]
    assert losses == pytest.approx([torch_forces(one["state"]).loss.item() for one in seen], rel=1e-6)
    assert len(set(losses)) == 60
    assert max(one["gap"] for one in seen) < 2
    assert median(one["spent"] for one in seen) < 8


def test_moves_between_two_frames_are_drawn_once(stage_page: Callable[..., Page]) -> None:
    page = stage_page(crowd(32))
    with dragging(page, "a3"):
        drawn = page.evaluate(
            """async () => {
                const stage = document.querySelector('#stage').stage, board = document.querySelector('.board');
                let count = 0;
                const draw = stage.draw.bind(stage);
                stage.draw = () => { count++; draw(); };
                await new Promise(requestAnimationFrame);
                count = 0;
                const box = board.getBoundingClientRect();
                for (let k = 0; k < 20; k++) board.dispatchEvent(new PointerEvent("pointermove",
                    { clientX: box.left + 300 + k, clientY: box.top + 100, pointerId: 1, bubbles: true }));
                await new Promise(requestAnimationFrame);
                await new Promise(requestAnimationFrame);
                delete stage.draw;
                return count;
            }"""
        )
    assert drawn == 1


@pytest.mark.parametrize("device", [{"has_touch": True}], ids=["touch"])
def test_a_finger_20_pixels_away_grabs_a_point_and_keeps_its_distance(stage_page: Callable[..., Page]) -> None:
    page = stage_page(surface="plane")
    touch = fingers(page)
    x, y = centre(page, "p0")
    touch("touchStart", (x - 12, y - 16))
    for step in range(1, 6):
        touch("touchMove", (x - 12 + 15 * step, y - 16 - 7 * step))
        page.evaluate(NEXT_FRAME)
        assert centre(page, "p0") == pytest.approx((x + 15 * step, y - 7 * step), abs=0.1)
    touch("touchEnd")
    page.locator("[data-action=undo]").click()
    page.evaluate(NEXT_FRAME)
    assert centre(page, "p0") == pytest.approx((x, y))


@pytest.mark.parametrize("device", [{"has_touch": True}], ids=["touch"])
def test_a_mouse_20_pixels_away_grabs_nothing(stage_page: Callable[..., Page]) -> None:
    page = stage_page(surface="plane")
    before = page.evaluate(STATE)
    x, y = centre(page, "p0")
    page.mouse.move(x - 12, y - 16)
    page.mouse.down()
    page.mouse.move(x + 60, y, steps=3)
    page.mouse.up()
    page.evaluate(NEXT_FRAME)
    assert page.evaluate(STATE) == before


def test_on_the_globe_every_length_stays_one_and_no_rear_point_moves(stage_page: Callable[..., Page]) -> None:
    page = stage_page("sphere")
    box = page.locator(".board").bounding_box()
    rear = page.locator(".mark.rear").evaluate_all("marks => marks.map((mark) => mark.dataset.point)")
    before = page.evaluate(STATE)["points"]
    assert rear
    front = page.locator(".mark:not(.rear)").evaluate_all("marks => marks.map((mark) => mark.dataset.point)")
    for k in range(20):
        with dragging(page, front[k % len(front)]):
            page.mouse.move(box["x"] + 60 + 17 * k, box["y"] + 400 - 15 * k, steps=3)
        front = page.locator(".mark:not(.rear)").evaluate_all("marks => marks.map((mark) => mark.dataset.point)")
    after = page.evaluate(STATE)["points"]
    assert [math.hypot(*row) for row in after] == pytest.approx([1] * 8, abs=1e-6)
    names = [f"{side}{i}" for side in "ap" for i in range(4)]
    assert [after[names.index(name)] for name in rear] == [before[names.index(name)] for name in rear]
    assert after != before


def test_the_background_of_the_globe_turns_it_and_moves_no_point(stage_page: Callable[..., Page]) -> None:
    page = stage_page("globe")
    before, place = page.evaluate(STATE)["points"], centre(page, "a0")
    box = page.locator(".board").bounding_box()
    page.mouse.move(box["x"] + 224, box["y"] + 224)
    page.mouse.down()
    page.mouse.move(box["x"] + 300, box["y"] + 180, steps=4)
    page.mouse.up()
    page.evaluate(NEXT_FRAME)
    assert page.evaluate(STATE)["points"] == before
    assert centre(page, "a0") != place


def test_the_partner_is_brought_home_with_the_keyboard_alone(stage_page: Callable[..., Page]) -> None:
    page = stage_page()
    expect(page.locator("[data-role=sentence]")).to_contain_text("Anchor 3 picks the wrong one")
    while page.evaluate("document.activeElement.dataset.point") != "p0":
        page.keyboard.press("Tab")
    for _ in range(15):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    page.evaluate(NEXT_FRAME)
    expect(page.locator("[data-role=sentence]")).to_contain_text("Anchor 3 picks its partner: 52 %, against 45 % for 8")
    assert number(page, "p0", "data-x") == pytest.approx(math.cos(math.radians(109.8)), abs=1e-9)
    page.locator("[data-action=undo]").click()
    assert page.evaluate(STATE)["points"][4] == pytest.approx(
        [math.cos(math.radians(140)), math.sin(math.radians(140))]
    )


def test_a_pair_lights_up_everywhere_at_once(stage_page: Callable[..., Page]) -> None:
    page = stage_page()
    page.locator("[data-drawer=shares]").click()
    page.locator(".bars li").nth(1).hover()
    lit = page.locator(".lit").evaluate_all("all => all.map((one) => one.dataset.point ?? one.dataset.cell ?? 'bar')")
    assert {"a1", "p1", "bar", "0,1", "1,0", "1,1"} <= set(lit)
    assert not {"a0", "p0", "0,0"} & set(lit)


def test_what_was_before_stays_as_a_ghost_until_the_next_act(stage_page: Callable[..., Page]) -> None:
    page = stage_page()
    ghosts = page.locator(".ghost[visibility=visible]")
    expect(ghosts).to_have_count(0)
    with dragging(page, "p1"):
        page.mouse.move(*on_circle(page, 20), steps=3)
    expect(ghosts).to_have_count(1)
    page.locator("[data-control=tao]").fill("100")
    expect(ghosts).to_have_count(0)
    expect(page.locator("[data-role=sentence]")).to_contain_text("tao 0.50 → 1.00: loss")


def test_a_locked_point_is_chosen_and_stays(stage_page: Callable[..., Page]) -> None:
    page = stage_page(options={"lock": ["move"]})
    with dragging(page, "p1"):
        page.mouse.move(*on_circle(page, 20), steps=3)
    assert page.evaluate(STATE)["points"] == state_of(named("line-up"))["points"]
    state = page.evaluate(STATE)
    assert (state["selected"], state["point"]) == (1, "positive")


def test_a_mission_is_done_with_the_keyboard_alone(stage_page: Callable[..., Page]) -> None:
    page = stage_page(options={"mission": as_json(MISSIONS["a better place"])})
    expect(page.locator(".task")).to_have_text(MISSIONS["a better place"].title)
    page.locator("[data-point=p1]").focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate(STATE)["points"] == state_of(named("line-up"))["points"]  # p8 is not to be moved
    page.locator("[data-point=p0]").focus()
    while "Done" not in page.locator("[data-role=status]").inner_text():
        assert number(page, "p0", "data-y") < 0.999, "it went past the place"
        page.keyboard.press("ArrowRight")
        page.evaluate(NEXT_FRAME)
    assert loss(page) < 0.385


def test_while_a_key_moves_a_point_words_change_in_place(stage_page: Callable[..., Page]) -> None:
    page = stage_page()
    page.locator("[data-point=p0]").press("ArrowRight")  # the invitation goes
    page.evaluate(NEXT_FRAME)
    page.evaluate(
        """() => {
            window.changes = [];
            const note = (all) => changes.push(...all.map(({ target }) => target.outerHTML.slice(0, 80)));
            const watched = { childList: true, subtree: true };
            new MutationObserver(note).observe(document.querySelector(".npair-stage"), watched);
        }"""
    )
    before = loss(page)
    for _ in range(5):
        page.keyboard.press("ArrowRight")
        page.evaluate(NEXT_FRAME)
    assert loss(page) != before
    assert page.evaluate("changes") == []


def test_a_screen_reader_hears_no_hundreds_of_coordinates(stage_page: Callable[..., Page]) -> None:
    torch.manual_seed(0)
    page = stage_page(from_data(torch.randn(16, 384), torch.arange(16) // 2))
    heard = page.locator("[data-point]").evaluate_all("all => all.map((one) => one.getAttribute('aria-label'))")
    assert max(map(len, heard)) < 60
