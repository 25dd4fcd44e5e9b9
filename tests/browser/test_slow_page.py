"""A page that is slow: no picture stays empty, and every act of the kernel is shown.

anywidget gives up a widget that is not ready within two seconds, and with it every later message to that widget. Here
it has no time, or the page is as slow as on a small and busy machine. Such a page may be silent for 90 seconds: then
JupyterLab's server would drop it, it would connect again, and what the kernel said meanwhile would be lost, whatever
the cell is. The server of these tests drops no page.
"""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

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
    start_in_kernel,
    write_notebook,
)
from tests.support.stage_page import NEXT_FRAME

pytestmark = pytest.mark.browser

CLOUD = "from npair_viz import explore\nfrom npair_viz.data.scenes import digits\none = explore(digits(), row=3)\none"
TRAINING = "from npair_viz import train_and_watch\none = train_and_watch('digits', steps=20)\none"


@dataclass(frozen=True)
class Kind:
    """A cell that opens an explorer called `one`, an act of Python, and what is on the page before it and after it."""

    cell: str
    before: str
    act: str
    after: str
    back: str = "one.undo()"  # an act after which it is as before


def words_of(text: str) -> str:
    """The selector of a text of plotly's that ends so."""
    return f".annotation-text >> text=/{re.escape(text)}$/"


KINDS = {
    "cloud": Kind(CLOUD, words_of("Nearest to row 3"), "one.set(row=10)", words_of("Nearest to row 10")),
    "lab": Kind(TRAINING, words_of("step 0"), "one.show(10)", words_of("step 10")),
    "pairs": Kind(
        "from npair_viz import explore\none = explore('line-up')\none",
        "[data-npair=stage][data-tao='0.5']",
        "one.set(tao=0.2)",
        "[data-npair=stage][data-tao='0.2']",
    ),
    "predict": Kind(
        "from npair_viz import predict\none = predict(15)\none",
        ".npair-predict [data-npair=stage]",
        "one.guess([1, 0], 'rule')",
        ".npair-reveal",
        back="",  # a guess stays
    ),
}
SIX = ["cloud", "lab", "pairs", "predict", "cloud", "lab"]
IMPATIENT = """
const timeout = AbortSignal.timeout.bind(AbortSignal);
AbortSignal.timeout = milliseconds => timeout(milliseconds === 2000 ? 1 : milliseconds);
"""
SLOWER = 20  # times slower than this machine
BUSY = "while True: pass"
LOSE = """plot => {
    for (const canvas of plot.querySelectorAll(".gl-canvas"))
        canvas.getContext("webgl").getExtension("WEBGL_lose_context").loseContext();
}"""


@pytest.fixture
def impatient(chromium: Browser, lab: Lab) -> Iterator[Page]:
    """A page on which anywidget gives up every widget."""
    with chromium.new_context(viewport=LAPTOP) as context:
        context.add_init_script(IMPATIENT)
        yield context.new_page()
    end_kernels(lab)


def expect_whole(output: Page | Locator) -> None:
    """Every picture is whole: plotly's has marks and traces, a stage points and, but for a question, bars and ruler."""
    is_question = output.locator(".npair-predict").count() > 0
    plots, stages = output.locator(".js-plotly-plot"), output.locator("[data-npair=stage]")
    assert plots.count() + stages.count() > 0
    for plot in plots.all():
        assert plot.evaluate("plot => plot.data.length > 9 && plot.querySelectorAll('.point').length > 5")
    for stage in stages.all():
        expect(stage.locator(".mark:visible")).to_have_count(8)
        for part in () if is_question else (".bars li >> nth=1", ".ruler .needle", "[data-role=legend]"):
            expect(stage.locator(part)).to_be_visible()


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_what_anywidget_gives_up_is_drawn_and_goes_on(impatient: Page, lab: Lab, kind: Kind) -> None:
    open_notebook(impatient, write_notebook(lab, "impatient.ipynb", kind.cell))
    run_all_cells(impatient)
    expect(impatient.locator(kind.before)).to_have_count(1)
    expect_whole(impatient)
    in_kernel(impatient, kind.act)
    expect(impatient.locator(kind.after)).to_have_count(1)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_what_python_does_before_the_page_has_drawn_is_shown(impatient: Page, lab: Lab, kind: Kind) -> None:
    cell = kind.cell.removesuffix("one") + f"display(one)\n{kind.act}"
    open_notebook(impatient, write_notebook(lab, "early.ipynb", cell))
    run_all_cells(impatient)
    expect(impatient.locator(kind.after)).to_have_count(1)
    expect_whole(impatient)


def test_six_explorers_of_one_notebook_are_drawn_and_go_on(impatient: Page, lab: Lab) -> None:
    open_notebook(impatient, write_notebook(lab, "six.ipynb", *six_cells()))
    run_all_cells(impatient)
    expect_six(impatient)


def six_cells() -> list[str]:
    return [KINDS[name].cell.replace("one", f"one{i}") for i, name in enumerate(SIX)]


def expect_six(page: Page, timeout: float | None = None) -> None:
    """All six are whole, and show an act of Python."""
    for i, kind in enumerate(KINDS[name] for name in SIX):
        output = page.locator(".jp-CodeCell").nth(i)
        output.scroll_into_view_if_needed()
        expect(output.locator(kind.before)).to_have_count(1, timeout=timeout)
        expect_whole(output)
        start_in_kernel(page, kind.act.replace("one", f"one{i}"))
        expect(output.locator(kind.after)).to_have_count(1, timeout=timeout)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_reloaded_page_shows_the_present_picture_and_the_next(impatient: Page, lab: Lab, kind: Kind) -> None:
    open_notebook(impatient, write_notebook(lab, "reloaded.ipynb", kind.cell))
    run_all_cells(impatient)
    expect(impatient.locator(kind.before)).to_have_count(1)
    in_kernel(impatient, kind.act)
    expect(impatient.locator(kind.after)).to_have_count(1)
    impatient.evaluate("window.jupyterapp.commands.execute('docmanager:save')")
    open_notebook(impatient, impatient.url)
    expect(impatient.locator(kind.after)).to_have_count(1)
    expect_whole(impatient)
    if kind.back:
        in_kernel(impatient, kind.back)
        expect(impatient.locator(kind.before)).to_have_count(1)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_what_changes_out_of_sight_is_seen_once_it_is_in_sight(page: Page, lab: Lab, kind: Kind) -> None:
    open_notebook(page, write_notebook(lab, "sight.ipynb", kind.cell, "print('\\n' * 200)", "print('the end')"))
    run_all_cells(page)
    output = page.locator(".jp-CodeCell").first
    output.scroll_into_view_if_needed()
    expect(page.locator(kind.before)).to_have_count(1)
    page.get_by_text("the end", exact=True).last.scroll_into_view_if_needed()
    expect(output).not_to_be_in_viewport()
    page.evaluate(NEXT_FRAME)  # the picture has heard so
    in_kernel(page, kind.act)
    output.scroll_into_view_if_needed()
    expect(page.locator(kind.after)).to_have_count(1)


def wait_for_rows(explorer: Locator) -> None:
    """Wait until WebGL has coloured the pixels of a cloud's rows."""
    plot = explorer.locator(".js-plotly-plot").element_handle()
    explorer.page.wait_for_function(
        """async plot => {
            const canvas = plot.querySelector('.gl-canvas-context');
            if (!canvas) return false;
            const picture = await createImageBitmap(await (await fetch(canvas.toDataURL())).blob());
            const paper = new OffscreenCanvas(picture.width, picture.height).getContext('2d');
            paper.drawImage(picture, 0, 0);
            const data = paper.getImageData(0, 0, picture.width, picture.height).data;
            return data.filter((value, k) => k % 4 === 3 && value > 0).length > 500;
        }""",
        arg=plot,
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
        wait_for_rows(explorer)
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
    wait_for_rows(explorer)
    expect(words_instead).to_be_hidden()


@pytest.mark.parametrize(
    ("cell", "name", "runs"),
    [
        (CLOUD, "Tour", "one._motions.tour.is_running, one.state.turn > 0"),
        (TRAINING.replace("20", "100_000"), "Play", "one._runner.is_running, one.state.step > 0"),
    ],
    ids=["cloud", "lab"],
)
def test_a_closed_page_ends_a_run_within_seconds(chromium: Browser, lab: Lab, cell: str, name: str, runs: str) -> None:
    address = write_notebook(lab, f"closed-{name}.ipynb", cell)
    with chromium.new_context(viewport=LAPTOP) as context:
        page = context.new_page()
        open_notebook(page, address)
        run_all_cells(page)
        explorer = page.locator(".npair-viz")
        expect(explorer.locator(".annotation-text").first).to_be_visible()
        button(explorer, name).click()
        while in_kernel(page, f"print({runs})") != "True True\n":
            assert page.evaluate("performance.now()") < 60_000
        page.close(run_before_unload=False)
        other = context.new_page()
        time.sleep(LOST + 4)  # the notebook opened again would be a sign of life
        open_notebook(other, address)
        assert in_kernel(other, f"print({runs})") == "False True\n"
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
@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_page_twenty_times_slower_on_a_busy_machine_draws_and_goes_on(
    chromium: Browser, lab: Lab, kind: Kind
) -> None:
    with slow_page(chromium, lab, kind.cell) as page:
        expect(page.locator(kind.before)).to_have_count(1, timeout=180_000)
        expect_whole(page)
        start_in_kernel(page, kind.act)
        expect(page.locator(kind.after)).to_have_count(1, timeout=60_000)


@pytest.mark.slow
def test_six_explorers_are_drawn_on_a_page_twenty_times_slower(chromium: Browser, lab: Lab) -> None:
    with slow_page(chromium, lab, *six_cells()) as page:
        expect_six(page, timeout=300_000)


@contextmanager
def slow_page(chromium: Browser, lab: Lab, *cells: str) -> Iterator[Page]:
    """A page that is slow, in which these cells run, on a machine whose cores do other things."""
    with chromium.new_context(viewport=LAPTOP) as context:
        page = context.new_page()
        page.set_default_timeout(120_000)
        open_notebook(page, write_notebook(lab, "slow.ipynb", *cells))
        context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        with busy(2):
            run_all_cells(page)
            yield page
    end_kernels(lab)
