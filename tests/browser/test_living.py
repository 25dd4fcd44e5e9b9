"""The living picture of a run in JupyterLab: it moves while its cell is busy, and no message to it is lost."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.test_slow_page import IMPATIENT
from tests.support.jupyterlab import (
    LAPTOP,
    Lab,
    end_kernels,
    in_kernel,
    open_notebook,
    run_all_cells,
    write_notebook,
)
from tests.support.repository import ROOT

pytestmark = pytest.mark.browser

OPENED = f"""import sys, time, pathlib
sys.path.insert(0, {str(ROOT)!r})
from npair_viz.explorers.watch.living import LivingRecording
from npair_viz.training.recording import Recording
from tests.support.recordings import pictures_at, row_at
run = Recording("mine")
living = LivingRecording(run)
def go_on(step):
    run.rows.append(row_at(step, 1000))
    run.pictures.extend(pictures_at([step], 1000, rows=16, classes=4))
    living.tell()
"""
SHOWN = OPENED + "go_on(0)\ngo_on(10)\nliving"
# A loop as that of a training, which ends when a file is there.
BUSY = (
    OPENED
    + """display(living)
step = 0
while not pathlib.Path({name!r}).exists():
    go_on(step)
    step += 10
    time.sleep(0.05)
go_on(999_990)"""
)
STEP = r"""(root) => {
    const words = root.querySelector("[data-role=sentence]").textContent.match(/Step ([\d,]+)/);
    return words ? Number(words[1].replaceAll(",", "")) : -1;
}"""
WAITED = f"""(least) => {{
    const root = document.querySelector("[data-npair=recording]");
    return root !== null && ({STEP})(root) >= least;
}}"""
RUN = "() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }"  # and does not wait for its end


@pytest.fixture
def impatient(chromium: Browser, lab: Lab) -> Iterator[Page]:
    """A page on which anywidget gives up every widget."""
    with chromium.new_context(viewport=LAPTOP) as context:
        context.add_init_script(IMPATIENT)
        yield context.new_page()
    end_kernels(lab)


def living(page: Page) -> Locator:
    return page.locator("[data-npair=recording]")


def sentence(page: Page) -> Locator:
    return living(page).locator("[data-role=sentence]")


def badge(page: Page) -> Locator:
    return living(page).locator("[data-role=badge]")


def button(page: Page, name: str) -> Locator:
    return living(page).get_by_role("button", name=name)


def step_now(page: Page) -> int:
    return living(page).evaluate(STEP)


def wait_for_step(page: Page, least: int) -> None:
    """Wait until the picture shows that step or a later one."""
    page.wait_for_function(WAITED, arg=least)


@pytest.fixture
def busy(page: Page, lab: Lab, tmp_path: Path) -> Iterator[tuple[Page, Path]]:
    """A page whose cell displays the picture and then trains, until a file is there."""
    stop = tmp_path / "stop"
    open_notebook(page, write_notebook(lab, "busy.ipynb", BUSY.replace("{name!r}", repr(str(stop)))))
    page.evaluate(RUN)
    try:
        wait_for_step(page, 0)
        yield page, stop
    finally:
        stop.touch()


def test_the_picture_moves_while_its_cell_is_busy_and_can_be_paused(busy: tuple[Page, Path]) -> None:
    page, stop = busy
    first = step_now(page)
    wait_for_step(page, first + 50)
    button(page, "Pause").click()
    expect(button(page, "Play")).to_be_visible()
    held = step_now(page)
    expect(badge(page)).to_have_text(re.compile(r"^\d{2,} new$"))
    assert step_now(page) == held
    button(page, "Live").click()
    wait_for_step(page, held + 100)
    expect(page.locator(".jp-InputPrompt").first).to_have_text("[*]:")  # the cell has not ended
    stop.touch()
    expect(sentence(page)).to_contain_text("Step 999,990: ")


def test_an_interrupt_harms_neither_the_picture_nor_the_loop(busy: tuple[Page, Path]) -> None:
    page, _ = busy
    wait_for_step(page, 50)
    page.evaluate("window.jupyterapp.commands.execute('notebook:interrupt-kernel')")
    expect(page.locator(".jp-OutputArea")).to_contain_text("KeyboardInterrupt")
    while in_kernel(page, "print('hears')") != "hears\n":  # a kernel drops what it is asked right after an error
        assert page.evaluate("performance.now()") < 120_000
    in_kernel(page, "go_on(700_000)")
    expect(sentence(page)).to_contain_text("Step 700,000: ")
    count = int(in_kernel(page, "print(len(run.rows))"))
    expect(living(page).locator("input")).to_have_attribute("max", str(count - 1))


def test_a_page_reloaded_while_its_cell_is_busy_gets_everything_at_its_end(busy: tuple[Page, Path]) -> None:
    page, stop = busy
    wait_for_step(page, 30)
    page.evaluate("window.jupyterapp.commands.execute('docmanager:save')")
    page.goto(page.url)
    stop.touch()
    expect(sentence(page)).to_contain_text("Step 999,990: ", timeout=60_000)
    count = int(in_kernel(page, "print(len(run.rows))"))
    expect(living(page).locator("input")).to_have_attribute("max", str(count - 1))


def test_what_anywidget_gives_up_is_drawn_and_goes_on(impatient: Page, lab: Lab) -> None:
    open_notebook(
        impatient, write_notebook(lab, "impatient.ipynb", SHOWN.removesuffix("living") + "display(living)\ngo_on(20)")
    )
    run_all_cells(impatient)
    expect(sentence(impatient)).to_contain_text("Step 20: ")
    in_kernel(impatient, "go_on(30)")
    expect(sentence(impatient)).to_contain_text("Step 30: ")
    expect(living(impatient).locator(".rows[d^=M]").first).to_be_visible()


def test_a_reloaded_page_gets_everything(page: Page, lab: Lab) -> None:
    open_notebook(page, write_notebook(lab, "reloaded.ipynb", SHOWN))
    run_all_cells(page)
    expect(sentence(page)).to_contain_text("Step 10: ")
    in_kernel(page, "go_on(20)")
    page.evaluate("window.jupyterapp.commands.execute('docmanager:save')")
    open_notebook(page, page.url)
    expect(sentence(page)).to_contain_text("Step 20: ")
    in_kernel(page, "go_on(30)")
    expect(sentence(page)).to_contain_text("Step 30: ")


def test_two_views_go_on_alone_and_together(page: Page, lab: Lab) -> None:
    open_notebook(page, write_notebook(lab, "two.ipynb", SHOWN, "living"))
    run_all_cells(page)
    expect(sentence(page).nth(1)).to_contain_text("Step 10: ")
    living(page).nth(1).locator("input").press("Home")
    in_kernel(page, "go_on(20)")
    expect(sentence(page).nth(0)).to_contain_text("Step 20: ")
    expect(sentence(page).nth(1)).to_contain_text("Step 0: ")
    expect(badge(page).nth(1)).to_have_text("1 new")


def test_the_picture_of_a_dead_kernel_goes_on_as_a_page(page: Page, lab: Lab) -> None:
    open_notebook(page, write_notebook(lab, "dead.ipynb", SHOWN))
    run_all_cells(page)
    expect(sentence(page)).to_contain_text("Step 10: ")
    end_kernels(lab)
    living(page).locator("input").press("ArrowLeft")
    expect(sentence(page)).to_contain_text("Step 0: ")


def test_letters_typed_on_the_picture_leave_the_notebook_alone(page: Page, lab: Lab) -> None:
    open_notebook(page, write_notebook(lab, "keys.ipynb", SHOWN))
    run_all_cells(page)
    expect(sentence(page)).to_contain_text("Step 10: ")
    cells = page.locator(".jp-Notebook .jp-Cell").count()
    living(page).locator("input").focus()
    for key in "abxdd":
        page.keyboard.press(key)
    expect(page.locator(".jp-Notebook .jp-Cell")).to_have_count(cells)
    expect(living(page).locator("input")).to_be_focused()


def test_a_picture_that_is_closed_leaves_its_place(page: Page, lab: Lab) -> None:
    open_notebook(page, write_notebook(lab, "closed.ipynb", SHOWN))
    run_all_cells(page)
    expect(sentence(page)).to_contain_text("Step 10: ")
    in_kernel(page, "living.close()")
    expect(living(page)).to_have_count(0)
