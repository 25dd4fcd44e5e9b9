"""The stage on its page, without a kernel: dragged, played, undone and driven by keys in a real Chromium."""

import json
import math
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import pytest
import torch
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect
from write_pages import write_gallery

from npair_viz.gradients import npair_gradients
from npair_viz.missions import MISSIONS
from npair_viz.scenes import named, of_pairs
from npair_viz.stage.page import write_page
from npair_viz.stage.worlds import scenes_of_the_stage, state_of

pytestmark = pytest.mark.browser

WINDOW = {"width": 900, "height": 900}
SIZE = 448
STATE = "document.querySelector('#stage').stage.state"
NEXT_FRAME = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


@pytest.fixture
def opened(chromium: Browser, tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """Open a page of the stage at a scene; at the end nothing was asked of a network, and no error was logged."""
    troubles: list[str] = []
    with chromium.new_context(viewport=WINDOW, offline=True) as context:

        def open_page(scene: Any = "line-up", options: dict[str, Any] | None = None, **settings: Any) -> Page:
            path = tmp_path / f"page{len(context.pages)}.html"
            state = state_of(named(scene) if isinstance(scene, str) else scene, **settings)
            write_page(path, state, {"scenes": scenes_of_the_stage(), **(options or {})})
            page = context.new_page()
            page.on("console", lambda said: said.type == "error" and troubles.append(said.text))
            page.on("pageerror", lambda error: troubles.append(str(error)))
            page.on("request", lambda asked: asked.url.startswith("file:") or troubles.append(asked.url))
            page.goto(path.as_uri())
            return page

        yield open_page
    assert troubles == []


def root(page: Page) -> Locator:
    return page.locator("[data-npair=stage]")


def loss(page: Page) -> float:
    return float(root(page).get_attribute("data-loss"))


def number(page: Page, name: str, attribute: str) -> float:
    return float(page.locator(f"[data-point={name}]").get_attribute(attribute))


def centre(page: Page, name: str) -> tuple[float, float]:
    """Where a point's centre is on the screen."""
    box = page.locator(".board").bounding_box()
    x, y = map(float, re.findall(r"-?\d[\d.e-]*", page.locator(f"[data-point={name}]").get_attribute("transform")))
    return box["x"] + x * box["width"] / SIZE, box["y"] + y * box["height"] / SIZE


@contextmanager
def dragging(page: Page, name: str) -> Iterator[None]:
    page.mouse.move(*centre(page, name))
    page.mouse.down()
    yield
    page.mouse.up()


def on_circle(page: Page, degrees: float) -> tuple[float, float]:
    box = page.locator(".board").bounding_box()
    radius = box["width"] / 2 / 1.3
    angle = math.radians(degrees)
    return box["x"] + box["width"] / 2 + radius * math.cos(angle), box["y"] + box["width"] / 2 - radius * math.sin(
        angle
    )


def torch_forces(state: dict[str, Any]) -> Any:
    rows = torch.tensor(state["points"], dtype=torch.float64)
    if state["surface"] == "sphere":
        rows = torch.nn.functional.normalize(rows, dim=1)
    n = len(rows) // 2
    settings = {name: state[name] for name in ("tao", "l2_reg", "objective", "normalize")}
    return npair_gradients(rows[:n], rows[n:], labels=torch.tensor(state["labels"][:n]), **settings)


def same_loss(page: Page) -> None:
    expected = torch_forces(page.evaluate(STATE)).loss.item()
    assert loss(page) == pytest.approx(expected, rel=1e-6, abs=1e-18)


def crowd(n: int) -> Any:
    points = torch.nn.functional.normalize(torch.randn(2, n, 2, dtype=torch.float64), dim=2)
    return of_pairs("crowd", "Many.", points[0], points[1], range(n))


def test_the_page_is_one_small_file(tmp_path: Path) -> None:
    write_page(tmp_path / "page.html", state_of(named("line-up")), {"scenes": scenes_of_the_stage()})
    assert (tmp_path / "page.html").stat().st_size < 300_000


def test_every_page_of_the_gallery_opens_from_a_folder(chromium: Browser, tmp_path: Path) -> None:
    write_gallery(tmp_path)
    with chromium.new_context(offline=True) as context:
        page = context.new_page()
        page.goto((tmp_path / "index.html").as_uri())
        links = page.locator("a").evaluate_all("links => links.map((link) => link.href)")
        assert len(links) == len(scenes_of_the_stage()) + len(MISSIONS)
        for link in links:
            page.goto(link)
            expect(root(page)).to_have_attribute("data-loss", re.compile(r"\d"))


def test_a_dragged_point_is_under_the_pointer_in_the_very_next_frame(opened: Callable[..., Page]) -> None:
    page = opened(crowd(32))
    spent, losses = [], []
    x, y = centre(page, "p5")
    start = math.degrees(math.atan2(*reversed([number(page, "p5", "data-x"), number(page, "p5", "data-y")])))
    with dragging(page, "p5"):
        for step in range(1, 61):
            x, y = on_circle(page, start + 2 * step)
            page.mouse.move(x, y)
            page.evaluate(NEXT_FRAME)
            seen_x, seen_y = centre(page, "p5")
            assert math.hypot(seen_x - x, seen_y - y) < 2
            spent.append(page.evaluate("document.querySelector('#stage').stage.spent"))
            losses.append(loss(page))
            same_loss(page)
    assert len(set(losses)) == 60
    assert median(spent) < 8


def test_moves_between_two_frames_are_drawn_once(opened: Callable[..., Page]) -> None:
    page = opened(crowd(32))
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


@pytest.mark.parametrize("tao", [0.01, 1, 100])
def test_the_loss_on_the_page_is_torchs_on_every_scene(opened: Callable[..., Page], tao: float) -> None:
    page = opened(tao=tao)
    for name, scene in scenes_of_the_stage().items():
        for objective in ("mc", "ovo"):
            for surface in ("sphere", "plane") if len(scene["points"][0]) == 2 else ("sphere",):
                normalize = surface == "sphere"
                given = {**scene, "tao": tao, "objective": objective, "surface": surface, "normalize": normalize}
                page.evaluate("given => document.querySelector('#stage').stage.take(given)", given)
                page.evaluate(NEXT_FRAME)
                assert page.evaluate(STATE)["scene"] == name
                same_loss(page)


@pytest.mark.parametrize("settings", [{}, {"surface": "plane", "normalize": False, "l2_reg": 0.1}, {"scene": "globe"}])
def test_the_arrows_of_every_point_sum_to_what_torch_says(opened: Callable[..., Page], settings: dict) -> None:
    page = opened(**settings)
    state = page.evaluate(STATE)
    forces = torch_forces(state)
    wanted = -4 * state["tao"] * torch.cat([forces.on_anchors, forces.on_positives])
    axes = ["dx", "dy", "dz"][: wanted.shape[1]]
    for index, name in enumerate([f"{side}{i}" for side in "ap" for i in range(4)]):
        page.evaluate("index => document.querySelector('#stage').stage.change({ selected: index })", index)
        page.evaluate(NEXT_FRAME)
        arrows = {
            force: [
                float(page.locator(f"[data-arrow='{name}:{force}']").get_attribute(f"data-{axis}")) for axis in axes
            ]
            for force in ("pull", "push", "shrink", "sum")
        }
        parts = [sum(arrows[force][k] for force in ("pull", "push", "shrink")) for k in range(len(axes))]
        assert parts == pytest.approx(wanted[index].tolist(), abs=1e-5)
        assert arrows["sum"] == pytest.approx(wanted[index].tolist(), abs=1e-5)


@pytest.mark.parametrize("scene", ["heap", "one pair", "tidy"])
def test_nothing_on_the_page_is_ever_no_number(opened: Callable[..., Page], scene: str) -> None:
    page = opened(scene, tao=0.01)
    with dragging(page, "p0"):
        page.mouse.move(*on_circle(page, 270))  # right opposite
    for action in ("step", "step"):
        page.locator(f"[data-action={action}]").click()
    page.evaluate(NEXT_FRAME)
    assert not re.search(r"NaN|Infinity", root(page).evaluate("root => root.outerHTML"))


def test_ten_acts_and_ten_undos_give_the_first_state_back(opened: Callable[..., Page]) -> None:
    page = opened()
    first = json.dumps(page.evaluate(STATE))
    for name, degrees in (("p0", 100), ("a1", 50), ("p3", 10), ("a2", 222)):
        with dragging(page, name):
            page.mouse.move(*on_circle(page, degrees), steps=5)
    page.locator("[data-control=tao]").fill("-30")
    page.locator("[data-control=surface]").select_option("plane")
    page.locator("[data-action=step]").click()
    page.locator("[data-control=l2_reg]").fill("30")
    page.locator("[data-control=scene]").select_option("twin")
    page.locator("[data-action=play]").click()
    expect(root(page)).not_to_have_attribute("data-step", "0")
    page.locator("[data-action=pause]").click()
    assert json.dumps(page.evaluate(STATE)) != first
    for _ in range(10):
        page.locator("[data-action=undo]").click()
    expect(page.locator("[data-action=undo]")).to_be_disabled()
    assert json.dumps(page.evaluate(STATE)) == first


def test_the_address_opens_the_same_picture_elsewhere(opened: Callable[..., Page]) -> None:
    page = opened()
    with dragging(page, "p0"):
        page.mouse.move(*on_circle(page, 103), steps=3)
    page.wait_for_function("location.hash.length > 10")
    other = opened("one pair")
    other.goto(other.url + page.evaluate("location.hash"))
    expect(root(other)).to_have_attribute("data-loss", root(page).get_attribute("data-loss"))


def test_on_the_globe_every_length_stays_one_and_no_rear_point_moves(opened: Callable[..., Page]) -> None:
    page = opened("sphere")
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


def test_the_background_of_the_globe_turns_it_and_moves_no_point(opened: Callable[..., Page]) -> None:
    page = opened("globe")
    before, place = page.evaluate(STATE)["points"], centre(page, "a0")
    box = page.locator(".board").bounding_box()
    page.mouse.move(box["x"] + 224, box["y"] + 224)
    page.mouse.down()
    page.mouse.move(box["x"] + 300, box["y"] + 180, steps=4)
    page.mouse.up()
    page.evaluate(NEXT_FRAME)
    assert page.evaluate(STATE)["points"] == before
    assert centre(page, "a0") != place


def test_the_partner_is_brought_home_with_the_keyboard_alone(opened: Callable[..., Page]) -> None:
    page = opened()
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


def test_a_run_stops_where_it_is_and_is_one_entry(opened: Callable[..., Page]) -> None:
    page = opened()
    page.locator("[data-action=play]").click()
    page.wait_for_function("document.querySelector('[data-npair=stage]').dataset.step > 5")
    page.locator("[data-action=pause]").click()
    stopped = page.evaluate(STATE)["steps"]
    page.evaluate(NEXT_FRAME)
    page.evaluate(NEXT_FRAME)
    assert page.evaluate(STATE)["steps"] == stopped
    same_loss(page)
    page.locator("[data-action=undo]").click()
    expect(root(page)).to_have_attribute("data-step", "0")
    expect(page.locator("[data-action=undo]")).to_be_disabled()


def test_a_run_to_its_end_reaches_the_floor(opened: Callable[..., Page]) -> None:
    page = opened()
    page.locator("[data-control=speed]").select_option("fast")
    page.locator("[data-action=play]").click()
    expect(page.locator("[data-action=play]")).to_be_visible()
    assert loss(page) == pytest.approx(float(root(page).get_attribute("data-floor")), abs=1e-4)


def test_a_pair_lights_up_everywhere_at_once(opened: Callable[..., Page]) -> None:
    page = opened()
    page.locator("summary", has_text="everyone").click()
    page.locator(".bars li").nth(1).hover()
    lit = page.locator(".lit").evaluate_all("all => all.map((one) => one.dataset.point ?? one.dataset.cell ?? 'bar')")
    assert {"a1", "p1", "bar", "0,1", "1,0", "1,1"} <= set(lit)
    assert not {"a0", "p0", "0,0"} & set(lit)


def test_what_was_before_stays_as_a_ghost_until_the_next_act(opened: Callable[..., Page]) -> None:
    page = opened()
    ghosts = page.locator(".ghost[visibility=visible]")
    expect(ghosts).to_have_count(0)
    with dragging(page, "p1"):
        page.mouse.move(*on_circle(page, 20), steps=3)
    expect(ghosts).to_have_count(1)
    page.locator("[data-control=tao]").fill("0")
    expect(ghosts).to_have_count(0)
    expect(page.locator("[data-role=sentence]")).to_contain_text("tao 0.50 -> 1.00: loss")


def test_a_locked_point_is_chosen_and_stays(opened: Callable[..., Page]) -> None:
    page = opened(options={"lock": ["move"]})
    with dragging(page, "p1"):
        page.mouse.move(*on_circle(page, 20), steps=3)
    assert page.evaluate(STATE)["points"] == state_of(named("line-up"))["points"]
    assert page.evaluate(STATE)["selected"] == 5


def test_a_mission_is_done_with_the_keyboard_alone(opened: Callable[..., Page]) -> None:
    page = opened(options={"mission": MISSIONS["a better place"]})
    expect(page.locator(".task")).to_have_text(MISSIONS["a better place"]["title"])
    page.locator("[data-point=p1]").focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate(STATE)["points"] == state_of(named("line-up"))["points"]  # p8 is not to be moved
    page.locator("[data-point=p0]").focus()
    while "Done" not in page.locator("[data-role=status]").inner_text():
        assert number(page, "p0", "data-y") < 0.999, "it went past the place"
        page.keyboard.press("ArrowRight")
        page.evaluate(NEXT_FRAME)
    assert loss(page) < 0.385


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("scene", ["line-up", "sphere"])
def test_axe_finds_nothing_serious(opened: Callable[..., Page], scheme: str, scene: str) -> None:
    page = opened(scene)
    page.emulate_media(color_scheme=scheme)
    page.locator("summary", has_text="everyone").click()
    found = Axe().run(page).response["violations"]
    assert [one["help"] for one in found if one["impact"] in ("serious", "critical")] == []
