"""The stage in JupyterLab: Python and the page move each other, and no key that it hears reaches the notebook."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, WebSocket, expect

from tests.support.jupyterlab import (
    LAPTOP,
    Lab,
    end_kernels,
    in_kernel,
    kernel_troubles,
    listen,
    open_notebook,
    opened,
    run_all_cells,
    write_notebook,
)
from tests.support.stage_page import NEXT_FRAME, root

pytestmark = pytest.mark.browser

CELL = """from IPython.display import display
from ipywidgets import FloatSlider, jslink
from npair_viz import Stage
stage, slider = Stage("line-up"), FloatSlider(description="linked", min=0.1, max=2, step=0.1, value=0.5)
link = jslink((slider, "value"), (stage, "tao"))
seen = []
stage.observe(lambda change: seen.append(change.new), "points")
display(slider, stage)"""


@pytest.fixture(scope="module")
def notebook(chromium: Browser, lab: Lab) -> Iterator[Page]:
    """One notebook with one stage, which most of the tests share."""
    with opened(chromium, write_notebook(lab, "stage.ipynb", CELL)) as page:
        expect(root(page)).to_be_visible()
        yield page
    end_kernels(lab)


@pytest.fixture
def desk(notebook: Page) -> Iterator[Page]:
    """The notebook; a callback that raises fails the test, for the stage and the kernel both say so."""
    listen(notebook)
    yield notebook
    notebook.evaluate(NEXT_FRAME)  # the stage tells the kernel as it draws,
    in_kernel(notebook, "pass")  # and what the kernel says of that comes before its answer to this
    expect(status(notebook)).to_have_text("")
    assert kernel_troubles(notebook) == []


def status(page: Page) -> Locator:
    return page.locator("[data-role=status]")


def test_python_sees_what_a_hand_moved(desk: Page) -> None:
    desk.locator("[data-point=p0]").focus()
    for _ in range(10):
        desk.keyboard.press("ArrowRight")
    expect(desk.locator("[data-role=sentence]")).to_contain_text("wavers")
    degrees = "import math; x, y = stage.points[4]; print(round(math.degrees(math.atan2(y, x)), 6))"
    assert in_kernel(desk, degrees).strip() == "120.0"
    assert int(in_kernel(desk, "print(len(seen))")) > 0


def test_the_page_shows_what_python_sets(desk: Page) -> None:
    desk.locator("[data-drawer=settings]").click()
    desk.evaluate(NEXT_FRAME)  # the stage tells the kernel as it draws
    in_kernel(desk, "stage.objective = 'ovo'")
    expect(desk.locator("[data-control=objective]")).to_have_value("ovo")
    in_kernel(desk, "stage.objective = 'mc'")
    expect(desk.locator("[data-control=objective]")).to_have_value("mc")
    desk.locator("[data-drawer=settings]").click()


def test_a_linked_slider_moves_tao(desk: Page) -> None:
    desk.locator(".noUi-handle").press("ArrowRight")
    expect(root(desk)).to_have_attribute("data-tao", "0.6")


def test_a_stage_costs_less_than_250_kilobytes_on_the_wire(chromium: Browser, lab: Lab) -> None:
    address = write_notebook(lab, "alone.ipynb", "from npair_viz import Stage\nStage('line-up')")
    sizes: list[int] = []
    with chromium.new_context(viewport=LAPTOP) as context:
        page = context.new_page()
        page.on("websocket", lambda socket: weigh(socket, sizes))
        open_notebook(page, address)
        sizes.clear()
        run_all_cells(page)
        expect(root(page).locator("[data-point=p0]")).to_be_visible()
    assert 10_000 < sum(sizes) < 250_000  # less would be a wire that nobody listened to


def weigh(socket: WebSocket, sizes: list[int]) -> None:
    """Keep the size in bytes of everything that a socket carries from now on, either way."""
    for way in ("framereceived", "framesent"):
        socket.on(way, lambda content: sizes.append(len(content.encode() if isinstance(content, str) else content)))


def test_letters_typed_on_a_point_leave_the_notebook_alone(desk: Page) -> None:
    cells = desk.locator(".jp-Notebook .jp-Cell").count()
    desk.locator("[data-point=a1]").focus()
    for key in "abxdd":
        desk.keyboard.press(key)
    expect(desk.locator(".jp-Notebook .jp-Cell")).to_have_count(cells)
    expect(desk.locator("[data-point=a1]")).to_be_focused()


def test_what_a_callback_raises_is_said_on_the_stage(desk: Page) -> None:
    in_kernel(desk, "def fail(_): raise ValueError('the callback has failed')\nstage.observe(fail, 'selected')")
    desk.locator("[data-point=a2]").focus()
    desk.keyboard.press("Enter")
    expect(status(desk)).to_contain_text("ValueError: the callback has failed")
    desk.wait_for_function("window.kernelTroubles.includes('the callback has failed')")
    in_kernel(desk, "stage.unobserve(fail, 'selected')\nstage.trouble = ''")
    listen(desk)
