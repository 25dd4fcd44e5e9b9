"""A page that is slow: no picture stays empty, and every act of the kernel is shown.

anywidget gives up a widget that is not ready within two seconds, and with it every later message to that widget. Here
it has less time, or the page is as slow as on a small and busy machine.
"""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from npair_viz.explorers.shared.picture_pace import LOST
from tests.support.explorer_page import button
from tests.support.jupyterlab import (
    LAPTOP,
    Lab,
    end_kernels,
    in_kernel,
    in_picture,
    open_notebook,
    run_all_cells,
    write_notebook,
)

pytestmark = pytest.mark.browser

CLOUD = "from npair_viz import explore\nfrom npair_viz.data.scenes import digits\none = explore(digits(), row=3)\none"
TRAINING = "from npair_viz import train_and_watch\none = train_and_watch('digits', steps=20)\none"
CELLS = {
    "cloud": (CLOUD, "Whom does row 3 pick?", "one.set(row=10)", "Whom does row 10 pick?"),
    "lab": (TRAINING, "step 0", "one.show(10)", "step 10"),
}
IMPATIENT = """
const timeout = AbortSignal.timeout.bind(AbortSignal);
AbortSignal.timeout = milliseconds => timeout(milliseconds === 2000 ? 300 : milliseconds);
"""
SLOW = 20  # times slower than this machine
BUSY = "while True: pass"
LOSE = """plot => {
    for (const canvas of plot.querySelectorAll(".gl-canvas"))
        canvas.getContext("webgl").getExtension("WEBGL_lose_context").loseContext();
}"""


@pytest.fixture
def impatient(chromium: Browser, lab: Lab) -> Iterator[Page]:
    """A page on which anywidget gives up after 0.3 seconds."""
    with chromium.new_context(viewport=LAPTOP) as context:
        context.add_init_script(IMPATIENT)
        yield context.new_page()
    end_kernels(lab)


def words(page: Page, text: str) -> Locator:
    """The words of pictures that have this text."""
    return page.locator(".npair-viz .annotation-text", has_text=re.compile(re.escape(text) + "$"))


def is_whole(page: Page) -> bool:
    """Whether every picture on the page has marks, in its marks' layer or drawn by WebGL."""
    return page.locator(".js-plotly-plot").evaluate_all(
        "all => all.every(plot => plot.data.length > 9 && plot.querySelectorAll('.point').length > 5)"
    )


@pytest.mark.parametrize("kind", CELLS)
def test_what_anywidget_gives_up_is_drawn_and_goes_on(impatient: Page, lab: Lab, kind: str) -> None:
    cell, first, act, second = CELLS[kind]
    open_notebook(impatient, write_notebook(lab, f"impatient-{kind}.ipynb", cell))
    run_all_cells(impatient)
    expect(words(impatient, first)).to_have_count(1)
    assert is_whole(impatient)
    in_kernel(impatient, act)
    expect(words(impatient, second)).to_have_count(1)


def test_six_explorers_of_one_notebook_are_drawn_and_go_on(impatient: Page, lab: Lab) -> None:
    cells = [CELLS[kind][0].replace("one", f"one{i}") for i, kind in enumerate(["cloud", "lab"] * 3)]
    open_notebook(impatient, write_notebook(lab, "six.ipynb", *cells))
    run_all_cells(impatient)
    for i, kind in enumerate(["cloud", "lab"] * 3):
        _, first, act, second = CELLS[kind]
        explorer = impatient.locator(".npair-viz").nth(i)
        explorer.scroll_into_view_if_needed()
        at_first = explorer.locator(".annotation-text", has_text=re.compile(re.escape(first) + "$"))
        expect(at_first).to_have_count(1)
        in_kernel(impatient, act.replace("one", f"one{i}"))
        expect(explorer.locator(".annotation-text", has_text=re.compile(re.escape(second) + "$"))).to_have_count(1)


@pytest.mark.parametrize("kind", CELLS)
def test_a_reloaded_page_shows_the_present_picture_and_the_next(impatient: Page, lab: Lab, kind: str) -> None:
    cell, first, act, second = CELLS[kind]
    open_notebook(impatient, write_notebook(lab, f"reloaded-{kind}.ipynb", cell))
    run_all_cells(impatient)
    expect(words(impatient, first)).to_have_count(1)
    in_kernel(impatient, act)
    expect(words(impatient, second)).to_have_count(1)
    impatient.evaluate("window.jupyterapp.commands.execute('docmanager:save')")
    open_notebook(impatient, impatient.url)
    expect(words(impatient, second)).to_have_count(1)
    assert is_whole(impatient)
    in_kernel(impatient, "one.undo()")
    expect(words(impatient, first)).to_have_count(1)


@pytest.mark.parametrize("kind", CELLS)
def test_what_changes_out_of_sight_is_seen_once_it_is_in_sight(page: Page, lab: Lab, kind: str) -> None:
    cell, first, act, second = CELLS[kind]
    open_notebook(page, write_notebook(lab, f"sight-{kind}.ipynb", cell, "print('\\n' * 200)", "print('the end')"))
    run_all_cells(page)
    explorer = page.locator(".npair-viz")
    explorer.scroll_into_view_if_needed()
    expect(words(page, first)).to_have_count(1)
    page.get_by_text("the end", exact=True).last.scroll_into_view_if_needed()
    expect(explorer).not_to_be_in_viewport()
    page.wait_for_timeout(300)
    in_kernel(page, act)
    explorer.scroll_into_view_if_needed()
    expect(words(page, second)).to_have_count(1)


def rows_drawn(explorer: Locator) -> int:
    """How many pixels of a cloud WebGL has coloured."""
    return in_picture(
        explorer,
        """async plot => {
            const canvas = plot.querySelector('.gl-canvas-context');
            if (!canvas) return 0;
            const picture = await createImageBitmap(await (await fetch(canvas.toDataURL())).blob());
            const paper = new OffscreenCanvas(picture.width, picture.height).getContext('2d');
            paper.drawImage(picture, 0, 0);
            const data = paper.getImageData(0, 0, picture.width, picture.height).data;
            return data.filter((value, k) => k % 4 === 3 && value > 0).length;
        }""",
    )


def test_seven_clouds_are_all_seen_though_a_browser_gives_contexts_for_five(page: Page, lab: Lab) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    cells = [CLOUD.replace("one", f"one{i}") for i in range(7)]
    open_notebook(page, write_notebook(lab, "seven.ipynb", *cells))
    run_all_cells(page)
    for i in (*range(7), 0, 3):
        explorer = page.locator(".npair-viz").nth(i)
        explorer.scroll_into_view_if_needed()
        expect(explorer.locator(".bartext").first).to_be_visible()
        page.wait_for_timeout(200)
        assert rows_drawn(explorer) > 500, i
    assert [one for one in said if "WebGL" in one] == []


def test_a_cloud_whose_contexts_the_browser_took_says_so_and_is_drawn_again_at_a_click(page: Page, lab: Lab) -> None:
    open_notebook(page, write_notebook(lab, "taken.ipynb", CLOUD))
    run_all_cells(page)
    explorer = page.locator(".npair-viz")
    expect(explorer.locator(".bartext").first).to_be_visible()

    in_picture(explorer, LOSE)
    words_instead = explorer.get_by_text("The browser draws no more clouds at a time.")
    expect(words_instead).to_be_visible()
    words_instead.click()
    expect(explorer.locator(".bartext").first).to_be_visible()
    assert rows_drawn(explorer) > 500
    expect(words_instead).to_be_hidden()


@pytest.mark.parametrize(
    ("cell", "name", "where"),
    [
        (CLOUD, "Tour", "one.state.turn"),
        (TRAINING.replace("20", "100_000"), "Play", "one.state.step"),
    ],
    ids=["cloud", "lab"],
)
def test_a_closed_page_ends_a_run_within_seconds(chromium: Browser, lab: Lab, cell: str, name: str, where: str) -> None:
    address = write_notebook(lab, f"closed-{name}.ipynb", cell)
    with chromium.new_context(viewport=LAPTOP) as context:
        page = context.new_page()
        open_notebook(page, address)
        run_all_cells(page)
        explorer = page.locator(".npair-viz")
        expect(explorer.locator(".annotation-text").first).to_be_visible()
        button(explorer, name).click()
        page.wait_for_timeout(2000)
        assert in_kernel(page, "print(one._runner.is_running)") == "True\n"
        page.close(run_before_unload=False)
        other = context.new_page()
        time.sleep(LOST + 4)
        open_notebook(other, address)
        assert in_kernel(other, f"print(one._runner.is_running, {where} > 0)") == "False True\n"
    end_kernels(lab)


@contextmanager
def busy(count: int) -> Iterator[None]:
    """So many other processes that never rest, meanwhile."""
    others = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(count)]
    try:
        yield
    finally:
        for one in others:
            one.kill()
            one.wait()


@pytest.mark.slow
@pytest.mark.parametrize("kind", CELLS)
def test_a_page_twenty_times_slower_on_a_busy_machine_draws_and_goes_on(chromium: Browser, lab: Lab, kind: str) -> None:
    cell, first, act, second = CELLS[kind]
    with chromium.new_context(viewport=LAPTOP) as context:
        page = context.new_page()
        open_notebook(page, write_notebook(lab, f"slow-{kind}.ipynb", cell))
        context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOW})
        with busy(2):
            run_all_cells(page)
            expect(words(page, first)).to_have_count(1, timeout=180_000)
            assert is_whole(page)
            in_kernel(page, act)
            expect(words(page, second)).to_have_count(1, timeout=60_000)
    end_kernels(lab)
