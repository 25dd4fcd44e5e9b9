"""One explorer in two cells and its kernel: linked, loaded again, busy, run again, gone; and what the wire carries."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, WebSocket, expect

from tests.support.explorer_page import OPENING, TROUBLE, untroubled
from tests.support.jupyterlab import (
    LAPTOP,
    Lab,
    end_kernels,
    in_kernel,
    listen,
    open_notebook,
    opened,
    run_all_cells,
    start_in_kernel,
    write_notebook,
)
from tests.support.stage_page import NEXT_FRAME

pytestmark = pytest.mark.browser

BUSY = "Python does not answer: it is busy or gone. The picture goes on, and Python hears of it later."
CELLS = (
    "from ipywidgets import FloatSlider, jslink\nfrom npair_viz import explore\ne = explore('line-up')\ne",
    "slider = FloatSlider(min=0.1, max=2, step=0.1, value=0.5)\n"
    "link = jslink((slider, 'value'), (e.widget, 'tao'))\ndisplay(slider, e)",
)
COUNT = """from ipywidgets.widgets.widget import _instances
print(sum(type(one).__name__ == "Stage" for one in _instances.values()), len(_instances))"""
RUN_FIRST = """async () => {
    const panel = [...window.jupyterapp.shell.widgets('main')].find(one => one.sessionContext);
    panel.content.activeCellIndex = 0;
    await window.jupyterapp.commands.execute('notebook:run-cell');
}"""


@pytest.fixture(scope="module")
def twins(chromium: Browser, lab: Lab) -> Iterator[Page]:
    with opened(chromium, write_notebook(lab, "twins.ipynb", *CELLS)) as page:
        expect(stages(page)).to_have_count(2)
        expect(told(page, 1)).to_contain_text(OPENING)
        yield page
    end_kernels(lab)


@pytest.fixture
def desk(twins: Page) -> Iterator[Page]:
    in_kernel(twins, "e.reset()")
    expect(told(twins, 0)).to_contain_text(OPENING)
    with untroubled(twins):
        yield twins
        in_kernel(twins, "pass")


def stages(page: Page) -> Locator:
    return page.locator("[data-npair=stage]")


def told(page: Page, k: int) -> Locator:
    return stages(page).nth(k).locator("[data-role=sentence]")


def status(page: Page, k: int = 0) -> Locator:
    return stages(page).nth(k).locator("[data-role=status]")


def type_tao(page: Page, k: int, text: str) -> None:
    field = stages(page).nth(k).locator("[data-control='typed tao']")
    field.fill(text)
    field.press("Enter")


def of_python(page: Page, what: str) -> Any:
    return json.loads(in_kernel(page, f"import json\nprint(json.dumps({what}))"))


def test_two_views_of_one_explorer_follow_each_other(desk: Page) -> None:
    one, other = stages(desk).nth(0), stages(desk).nth(1)
    type_tao(desk, 1, "0.2")
    expect(one).to_have_attribute("data-tao", "0.2")
    one.locator("[data-point=p1]").press("ArrowRight")
    for axis in ("data-x", "data-y"):
        moved = one.locator("[data-point=p1]").get_attribute(axis)
        expect(other.locator("[data-point=p1]")).to_have_attribute(axis, moved or "")
    in_kernel(desk, "e.set(scene='pixels')")
    for stage in (one, other):
        expect(stage.locator(".mark")).to_have_count(20)
        expect(stage.locator("[data-role=status]")).to_be_empty()
    other.locator("[data-action=undo]").click()
    other.locator("[data-action=undo]").click()
    expect(one).to_have_attribute("data-tao", "0.2")
    expect(one.locator(".mark")).to_have_count(8)
    assert of_python(desk, "[e.state.scene, e.state.tao, e.state.points]") == ["line-up", 0.2, None]


def test_a_slider_that_is_linked_leads_and_follows(desk: Page) -> None:
    desk.locator(".noUi-handle").press("ArrowRight")
    for k in range(2):
        expect(stages(desk).nth(k)).to_have_attribute("data-tao", "0.6")
    assert of_python(desk, "e.state.tao") == 0.6
    type_tao(desk, 0, "1.2")
    expect(desk.locator(".widget-readout")).to_have_text("1.20")
    assert of_python(desk, "[e.state.tao, slider.value]") == pytest.approx([1.2, 1.2])
    in_kernel(desk, "e.undo()")
    expect(desk.locator(".widget-readout")).to_have_text("0.60")


def test_a_kernel_that_is_busy_is_told_and_the_picture_goes_on(desk: Page) -> None:
    start_in_kernel(desk, "import time\ntime.sleep(9)")
    type_tao(desk, 0, "0.2")
    expect(stages(desk).nth(0)).to_have_attribute("data-tao", "0.2")
    expect(stages(desk).nth(1)).to_have_attribute("data-tao", "0.2")
    expect(status(desk)).to_be_empty()
    expect(status(desk)).to_have_text(BUSY, timeout=8000)
    stages(desk).nth(0).locator("[data-action=step]").click()
    expect(stages(desk).nth(0)).to_have_attribute("data-step", "1")
    expect(status(desk)).to_be_empty()
    assert of_python(desk, "[e.state.tao, e.state.steps]") == [0.2, 1]
    expect(status(desk)).to_be_empty()


def test_a_page_that_is_loaded_again_has_the_whole_history(desk: Page) -> None:
    type_tao(desk, 0, "0.4")
    in_kernel(desk, "e.move('p3', 100)")
    expect(told(desk, 0)).to_contain_text("Anchor 3 picks its partner")
    words = told(desk, 0).inner_text()
    desk.evaluate("window.jupyterapp.commands.execute('docmanager:save')")
    desk.reload()
    expect(stages(desk)).to_have_count(2)
    expect(told(desk, 0)).to_have_text(words)
    listen(desk)
    stages(desk).nth(0).locator("[data-action=undo]").click()
    expect(stages(desk).nth(0).locator("[data-control=place]")).to_have_value("140.0")
    stages(desk).nth(1).locator("[data-action=undo]").click()
    expect(stages(desk).nth(0)).to_have_attribute("data-tao", "0.5")
    stages(desk).nth(0).locator("[data-action=redo]").click()
    assert of_python(desk, "e.state.tao") == 0.4
    type_tao(desk, 0, "0.3")
    assert of_python(desk, "e.state.tao") == 0.3


def test_a_cell_that_runs_again_leaves_one_model(desk: Page) -> None:
    desk.evaluate(RUN_FIRST)
    alive = in_kernel(desk, COUNT)
    for _ in range(2):
        desk.evaluate(RUN_FIRST)
    assert in_kernel(desk, COUNT) == alive
    assert alive.split()[0] == "1"
    in_kernel(desk, "e.set(tao=0.2)")
    expect(stages(desk).nth(0)).to_have_attribute("data-tao", "0.2")


def test_a_kernel_that_is_gone_leaves_a_picture_that_goes_on(chromium: Browser, lab: Lab) -> None:
    with chromium.new_context(viewport=LAPTOP) as context:
        page = context.new_page()
        open_notebook(page, write_notebook(lab, "gone.ipynb", CELLS[0]))
        run_all_cells(page)
        expect(told(page, 0)).to_contain_text(OPENING)
        page.evaluate("void window.jupyterapp.commands.execute('kernelmenu:shutdown')")
        expect(page.locator("#jp-main-statusbar")).to_contain_text("No Kernel")
        stages(page).locator("[data-point=p0]").press("ArrowRight")
        expect(stages(page).locator("[data-control=place]")).to_have_value("138.0")
        stages(page).locator("[data-action=undo]").click()
        expect(told(page, 0)).to_contain_text(OPENING)
        expect(page.locator(TROUBLE)).to_have_count(0)
    end_kernels(lab)


@pytest.mark.parametrize(
    ("cell", "most"),
    [
        ("from npair_viz import explore\nexplore('line-up')", 300_000),
        (
            "import torch\nfrom npair_viz import explore\n"
            "explore(anchors=torch.randn(64, 384), positives=torch.randn(64, 384))",
            500_000,
        ),
    ],
    ids=["line-up", "64 pairs of 384 dimensions"],
)
def test_an_explorer_is_small_on_the_wire_and_brings_no_plotly(
    chromium: Browser, lab: Lab, cell: str, most: int
) -> None:
    frames: list[bytes] = []
    with chromium.new_context(viewport=LAPTOP) as context:
        page = context.new_page()
        page.on("websocket", lambda socket: keep(socket, frames))
        open_notebook(page, write_notebook(lab, "wire.ipynb", cell))
        frames.clear()
        run_all_cells(page)
        expect(stages(page).locator("[data-point=p0]")).to_be_visible()
        page.evaluate(NEXT_FRAME)
    end_kernels(lab)
    assert 10_000 < sum(map(len, frames)) < most  # less would be a wire that nobody listened to
    assert [one[:80] for one in frames if b"plotly" in one] == []


def keep(socket: WebSocket, frames: list[bytes]) -> None:
    for way in ("framereceived", "framesent"):
        socket.on(way, lambda content: frames.append(content.encode() if isinstance(content, str) else content))
