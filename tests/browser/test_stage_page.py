"""The stage on its page, without a kernel: what it shows, plays, undoes and keeps, in a real Chromium."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
import torch
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from npair_viz.data.scenes import named
from npair_viz.stage.page import page as page_text
from npair_viz.stage.scene_states import scenes_of_the_stage
from npair_viz.stage.state import DRAWERS
from tests.support.stage_page import NEXT_FRAME, STATE, dragging, loss, number, on_circle, root, same_loss, torch_forces

pytestmark = pytest.mark.browser

LENGTHS = (("sphere", True), ("plane", False), ("plane", True))


def test_the_page_is_one_small_file(tmp_path: Path) -> None:
    text = page_text(scenes_of_the_stage()["line-up"], {"scenes": scenes_of_the_stage()})
    (tmp_path / "page.html").write_text(text, encoding="utf-8")
    assert (tmp_path / "page.html").stat().st_size < 300_000


@pytest.mark.parametrize("tao", [0.01, 1, 100])
def test_the_loss_on_the_page_is_torchs_on_every_scene(stage_page: Callable[..., Page], tao: float) -> None:
    page = stage_page(tao=tao)
    for name, scene in scenes_of_the_stage().items():
        for objective in ("mc", "ovo"):
            for surface, normalize in LENGTHS if name != "pixels" else LENGTHS[:1]:
                given = {**scene, "tao": tao, "objective": objective, "surface": surface, "normalize": normalize}
                page.evaluate("given => document.querySelector('#stage').stage.take(given)", given)
                page.evaluate(NEXT_FRAME)
                assert page.evaluate(STATE)["scene"] == name
                same_loss(page)


@pytest.mark.parametrize("settings", [{}, {"surface": "plane", "normalize": False, "l2_reg": 0.1}, {"scene": "globe"}])
def test_the_arrows_of_every_point_sum_to_what_torch_says(stage_page: Callable[..., Page], settings: dict) -> None:
    page = stage_page(**settings)
    state = page.evaluate(STATE)
    forces = torch_forces(state)
    wanted = -4 * state["tao"] * torch.cat([forces.on_anchors, forces.on_positives])
    axes = ["dx", "dy", "dz"][: wanted.shape[1]]
    for index, name in enumerate([f"{side}{i}" for side in "ap" for i in range(4)]):
        page.evaluate("index => document.querySelector('#stage').stage.choose(index)", index)
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
def test_nothing_on_the_page_is_ever_no_number(stage_page: Callable[..., Page], scene: str) -> None:
    page = stage_page(scene, tao=0.01)
    with dragging(page, "p0"):
        page.mouse.move(*on_circle(page, 270))  # right opposite
    for action in ("step", "step"):
        page.locator(f"[data-action={action}]").click()
    page.evaluate(NEXT_FRAME)
    assert not re.search(r"NaN|Infinity", root(page).evaluate("root => root.outerHTML"))


@pytest.mark.parametrize("normalize", [True, False])
def test_a_point_in_the_very_centre_is_no_trouble(stage_page: Callable[..., Page], normalize: bool) -> None:
    scene = named("line-up")
    centred = scene.moved(scene.anchors * torch.tensor([[0], [1], [1], [1]]), scene.positives)
    page = stage_page(centred, tao=0.01, surface="plane", normalize=normalize, l2_reg=0.0)
    same_loss(page)
    page.locator("[data-action=step]").click()
    page.evaluate(NEXT_FRAME)
    same_loss(page)
    assert not re.search(r"NaN|Infinity", root(page).evaluate("root => root.outerHTML"))


def drag_any(page: Page, rng: Random) -> None:
    names = page.locator(".mark:not(.rear)").evaluate_all("marks => marks.map((mark) => mark.dataset.point)")
    with dragging(page, rng.choice(names)):
        page.mouse.move(*on_circle(page, rng.uniform(0, 360)), steps=5)


def slide_any(page: Page, rng: Random) -> None:
    slider = page.locator(f"[data-control={rng.choice(['tao', 'l2_reg'])}]")
    if slider.is_enabled():
        slider.fill(str(rng.randint(0, 50)))


def choose_any(page: Page, rng: Random) -> None:
    control = page.locator(f"[data-control={rng.choice(['scene', 'surface', 'selected'])}]")
    if control.is_enabled():
        control.select_option(rng.choice(control.locator("option").all_text_contents()))


def step_once(page: Page, rng: Random) -> None:
    page.locator("[data-action=step]").click()


def run_a_while(page: Page, rng: Random) -> None:
    before = root(page).get_attribute("data-step")
    page.locator("[data-action=play]").click()
    expect(root(page)).not_to_have_attribute("data-step", before)
    page.evaluate("document.querySelector('#stage').stage.pause()")  # a run may end before a hand finds the button


@pytest.mark.parametrize("seed", range(3))
def test_ten_random_acts_and_ten_undos_give_the_first_state_back(stage_page: Callable[..., Page], seed: int) -> None:
    page, rng = stage_page(), Random(seed)
    first = json.dumps(page.evaluate(STATE))
    acts = [drag_any, slide_any, choose_any, step_once, run_a_while]
    for act in rng.sample(acts * 2, 10):
        act(page, rng)
        page.evaluate(NEXT_FRAME)
    assert json.dumps(page.evaluate(STATE)) != first
    undos = 0
    while page.locator("[data-action=undo]").is_enabled():
        page.locator("[data-action=undo]").click()
        page.evaluate(NEXT_FRAME)
        undos += 1
    assert 5 <= undos <= 10  # an act that changes nothing is no entry
    assert json.dumps(page.evaluate(STATE)) == first


def test_the_address_opens_the_same_picture_elsewhere(stage_page: Callable[..., Page]) -> None:
    page = stage_page()
    with dragging(page, "p0"):
        page.mouse.move(*on_circle(page, 103), steps=3)
    page.wait_for_function("location.hash.length > 10")
    other = stage_page("one pair")
    other.goto(other.url + page.evaluate("location.hash"))
    expect(root(other)).to_have_attribute("data-loss", root(page).get_attribute("data-loss"))


def test_everything_that_the_docstring_promises_is_on_the_page(stage_page: Callable[..., Page]) -> None:
    page = stage_page("globe", selected=5)
    points = [f"{side}{i}" for side in "ap" for i in range(4)]
    promised = {
        "point": points,
        "arrow": [f"p1:{force}" for force in ("pull", "push", "shrink", "sum")],
        "cell": [f"{i},{j}" for i in range(4) for j in range(4)],
        "action": ["play", "pause", "step", "reset", "undo", "redo"],
        "control": ["tao", "l2_reg", "normalize", "objective", "surface", "scene", "speed"],
        "role": ["sentence", "status"],
    }
    for kind, names in promised.items():
        there = page.locator(f"[data-{kind}]").evaluate_all(f"all => all.map((one) => one.dataset.{kind})")
        assert set(names) <= set(there)
        assert len(there) == len(set(there))
    for name in ("loss", "tao", "l2-reg", "step", "floor"):
        float(root(page).get_attribute(f"data-{name}"))
    for name in promised["arrow"]:
        for axis in "xyz":
            float(page.locator(f"[data-arrow='{name}']").get_attribute(f"data-d{axis}"))
    seen = [[number(page, name, f"data-{axis}") for axis in "xyz"] for name in points]
    assert seen == page.evaluate("document.querySelector('#stage').stage.reading.rows")  # to the last digit


def test_free_points_of_a_loss_that_normalizes_have_hollow_images_on_the_circle(
    stage_page: Callable[..., Page],
) -> None:
    page = stage_page()
    images = page.locator(".image[visibility=visible]")
    expect(page.locator("[data-control=normalize]")).to_be_hidden()
    page.locator("[data-control=surface]").select_option("plane")
    page.evaluate(NEXT_FRAME)
    expect(images).to_have_count(0)
    page.locator("[data-control=normalize]").check()
    expect(images).to_have_count(8)
    assert page.evaluate(STATE)["normalize"] is True
    same_loss(page)


def test_a_run_stops_where_it_is_and_is_one_entry(stage_page: Callable[..., Page]) -> None:
    page = stage_page()
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


@pytest.mark.parametrize("device", [{"reduced_motion": "reduce"}], ids=["reduced motion"])
def test_play_jumps_to_its_end_for_those_whom_motion_hurts(stage_page: Callable[..., Page]) -> None:
    page = stage_page()
    steps = page.evaluate("""async () => {
        const root = document.querySelector("[data-npair=stage]"), seen = [];
        const watch = new MutationObserver(() => seen.push(root.dataset.step));
        watch.observe(root, { attributeFilter: ["data-step"] });
        document.querySelector("[data-action=play]").click();
        for (let k = 0; k < 10; k++) await new Promise(requestAnimationFrame);
        return seen;
    }""")
    assert steps == ["60"]
    expect(page.locator("[data-action=play]")).to_be_visible()
    same_loss(page)


def test_a_run_to_its_end_reaches_the_floor(stage_page: Callable[..., Page]) -> None:
    page = stage_page()
    page.locator("[data-control=speed]").select_option("fast")
    page.locator("[data-action=play]").click()
    expect(page.locator("[data-action=play]")).to_be_visible()
    assert loss(page) == pytest.approx(float(root(page).get_attribute("data-floor")), abs=1e-4)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("scene", ["line-up", "sphere"])
def test_axe_finds_nothing_serious(stage_page: Callable[..., Page], scheme: str, scene: str) -> None:
    page = stage_page(scene)
    page.emulate_media(color_scheme=scheme)
    page.locator("[data-drawer=shares]").click()
    found = Axe().run(page).response["violations"]
    assert [one["help"] for one in found if one["impact"] in ("serious", "critical")] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_any_drawer_nor_in_present_mode(
    stage_page: Callable[..., Page], scheme: str
) -> None:
    page = stage_page(surface="plane", normalize=False)
    page.emulate_media(color_scheme=scheme)
    for what in (*DRAWERS, "present"):
        page.locator(f"[data-drawer='{what}'], [data-action='{what}']").click()
        page.evaluate(NEXT_FRAME)
        found = Axe().run(page).response["violations"]
        assert [one["help"] for one in found if one["impact"] in ("serious", "critical")] == [], what


def test_words_that_look_like_the_end_of_a_script_are_shown(stage_page: Callable[..., Page]) -> None:
    words = "<!--<script> </script><b>x</b>"
    slip = {"when": {"kind": "Loss"}, "hint": words}
    mission = {"title": words, "scene": "", "goals": [{"kind": "Loss", "below": 0}], "slips": [slip]}
    page = stage_page(options={"mission": {**mission, "allow": None, "moves": None, "relabel": None}})
    expect(page.locator(".task")).to_have_text(words)
    with dragging(page, "p0"):
        page.mouse.move(*on_circle(page, 103), steps=3)
    expect(page.locator("[data-role=status]")).to_have_text(words)


@pytest.mark.parametrize("device", [{"color_scheme": "dark"}])
def test_lists_and_boxes_are_dark_on_a_dark_page_and_light_in_present_mode(stage_page: Callable[..., Page]) -> None:
    page = stage_page()
    scheme = "list => getComputedStyle(list).colorScheme"  # Safari draws lists in it, whatever their colours are
    assert page.locator("[data-control=scene]").evaluate(scheme) == "light dark"
    page.locator("[data-action=present]").click()
    assert page.locator("[data-control=scene]").evaluate(scheme) == "light"
