"""The stage's page in a real Firefox: a hand on it, and torch's word on what it then shows."""

import math
from collections.abc import Iterator
from pathlib import Path

import pytest

from npair_viz.stage.page import page as page_text
from npair_viz.stage.scene_states import scenes_of_the_stage
from tests.support.firefox import Firefox, path_of_firefox, running
from tests.support.stage_page import SIZE, torch_forces

pytestmark = pytest.mark.browser

STAGE = "document.querySelector('#stage')"
RADIUS = SIZE / 2 / 1.3  # of the circle, in the board's own pixels


@pytest.fixture(scope="module")
def firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    """Firefox without a window, the same for all tests."""
    path = path_of_firefox()
    with running(path, tmp_path_factory.mktemp("firefox") / "profile") as firefox:
        yield firefox


@pytest.fixture
def page(firefox: Firefox, tmp_path: Path) -> Iterator[Firefox]:
    """The line-up, that at its end has logged no error."""
    scenes = scenes_of_the_stage()
    (tmp_path / "page.html").write_text(page_text(scenes["line-up"], {"scenes": scenes}), encoding="utf-8")
    firefox.open((tmp_path / "page.html").as_uri(), 900, 900)
    yield firefox
    firefox.ask("document.title")  # what was logged comes before the answer
    troubles, firefox.troubles = firefox.troubles, []
    assert troubles == []


def loss(page: Firefox) -> float:
    page.ask("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return float(page.ask(f"{STAGE}.dataset.loss"))


def torchs_loss(page: Firefox) -> float:
    return torch_forces(page.ask(f"{STAGE}.stage.state")).loss.item()


def on_circle(page: Firefox, degrees: float) -> tuple[float, float]:
    box = page.ask("document.querySelector('.board').getBoundingClientRect()")
    angle, scale = math.radians(degrees), box["width"] / SIZE
    x, y = SIZE / 2 + RADIUS * math.cos(angle), SIZE / 2 - RADIUS * math.sin(angle)
    return box["x"] + x * scale, box["y"] + y * scale


def test_firefox_shows_torchs_loss_where_a_hand_drags_and_undo_takes_it_back(page: Firefox) -> None:
    first = loss(page)
    page.drag(*(on_circle(page, degrees) for degrees in (140, 120, 95)))
    x, y = (float(page.ask(f"document.querySelector('[data-point=p0]').dataset.{axis}")) for axis in "xy")
    assert math.degrees(math.atan2(y, x)) == pytest.approx(95, abs=1)
    assert loss(page) == pytest.approx(torchs_loss(page), rel=1e-6)
    assert loss(page) < first
    page.click("[data-action=undo]")
    assert loss(page) == first


def test_firefox_takes_a_typed_tao_and_says_what_none_can_be(page: Firefox) -> None:
    page.retype("[data-control='typed tao']", "0.05")
    assert page.ask(f"{STAGE}.dataset.tao") == "0.05"
    assert loss(page) == pytest.approx(torchs_loss(page), rel=1e-6)
    page.retype("[data-control='typed tao']", "warm")
    page.wait_for("document.querySelector('[data-role=status]').textContent.includes('tao')")


def test_firefox_moves_a_point_by_keys_and_plays_downhill(page: Firefox) -> None:
    page.ask("document.querySelector('[data-point=p0]').focus()")
    page.press("ArrowRight", "ArrowRight")
    after_keys = loss(page)
    assert after_keys == pytest.approx(torchs_loss(page), rel=1e-6)
    page.click("[data-action=play]")
    page.wait_for(f"Number({STAGE}.dataset.step) > 20")
    page.click("[data-action=pause]")
    assert loss(page) < after_keys
    assert loss(page) == pytest.approx(torchs_loss(page), rel=1e-6)
