"""Real embeddings in a real JupyterLab: a file is loaded, WebGL draws it, a click chooses a row, a tour turns it."""

from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.cloud_pixels import LONELY, PIXEL_OF
from tests.support.explorer_page import button, cloud_at_its_start, sentence
from tests.support.jupyterlab import (
    Lab,
    change_theme,
    end_kernels,
    in_kernel,
    in_picture,
    opened,
    write_notebook,
)

pytestmark = pytest.mark.browser

CLASSES, ROWS, D = 60, 24_000, 32
CELL = "from npair_viz import explore, load\nexplorer = explore(load('rows.npz'), row=0)\nexplorer"


@pytest.fixture(scope="module")
def bench(chromium: Browser, lab: Lab) -> Iterator[Page]:
    """One page with one explorer of a file, which all tests share."""
    draw = np.random.default_rng(0)
    labels = np.arange(ROWS) % CLASSES
    rows = draw.standard_normal((CLASSES, D))[labels] + draw.standard_normal((ROWS, D))
    np.savez(lab.root / "notebooks" / "rows.npz", embeddings=rows.astype("float32"), labels=labels)
    with opened(chromium, write_notebook(lab, "embeddings.ipynb", CELL)) as page:
        yield page
    end_kernels(lab)


@pytest.fixture
def cloud(bench: Page) -> Iterator[Locator]:
    with cloud_at_its_start(bench) as cloud:
        yield cloud


def bars(cloud: Locator) -> list[str]:
    return cloud.locator(".bartext").all_text_contents()


def test_webgl_draws_tens_of_thousands_and_says_how_many_there_are(cloud: Locator) -> None:
    expect(cloud).to_contain_text("Drawn: 20,000 of 24,000 rows, by lot.")
    assert in_picture(cloud, "plot => plot.data.find(one => one.name === 'rows').x.length") == 20_000
    assert in_picture(
        cloud,
        """async plot => {
            const canvas = plot.querySelector('.gl-canvas-context');
            const picture = await createImageBitmap(await (await fetch(canvas.toDataURL())).blob());
            const paper = new OffscreenCanvas(picture.width, picture.height).getContext('2d');
            paper.drawImage(picture, 0, 0);
            const data = paper.getImageData(0, 0, picture.width, picture.height).data;
            return data.filter((value, k) => k % 4 === 3 && value > 0).length > 1000;
        }""",
    )


def test_a_click_on_a_row_makes_it_the_anchor(cloud: Locator) -> None:
    before, row = bars(cloud), in_picture(cloud, LONELY)
    cloud.page.mouse.move(*in_picture(cloud, PIXEL_OF, row))
    expect(cloud.locator(".hoverlayer")).to_contain_text(f"row {row},")
    cloud.page.mouse.click(*in_picture(cloud, PIXEL_OF, row))
    expect(sentence(cloud)).to_contain_text(f"Anchor row {row} (class {row % CLASSES})")
    expect(cloud.locator(".infolayer")).to_contain_text(f"Nearest to row {row}, of all 24,000 rows")
    assert bars(cloud) != before
    button(cloud, "undo").click()
    expect(sentence(cloud)).to_contain_text("Anchor row 0 (class 0)")


def test_the_temperature_and_the_pairs_act_at_once(cloud: Locator) -> None:
    shares = cloud.locator(".bartext", has_text="%")
    first = shares.all_text_contents()
    cloud.get_by_role("slider").first.press("ArrowLeft")
    expect(shares.first).not_to_have_text(first[0])
    second = sentence(cloud).inner_text()
    cloud.get_by_label("pairs").select_option("hardest")
    expect(sentence(cloud)).not_to_have_text(second)


def test_a_tour_turns_until_it_is_stopped(cloud: Locator) -> None:
    places = "plot => plot.data.find(one => one.name === 'rows').x.slice(0, 5).join()"
    button(cloud, "Tour").click()
    expect(cloud.locator(".infolayer")).to_contain_text("no angle is exact")
    before = in_picture(cloud, places)
    cloud.page.wait_for_function(
        f"([plot, before]) => ({places})(plot) !== before",
        arg=[cloud.locator(".js-plotly-plot").element_handle(), before],
    )
    button(cloud, "Stop").click()
    expect(button(cloud, "Tour")).to_be_visible()
    assert in_kernel(cloud.page, "print(explorer._motions.tour.is_running)") == "False\n"


def test_nonsense_that_is_typed_loses_nothing(cloud: Locator) -> None:
    row = cloud.get_by_label("row")
    row.fill("a dog")
    row.press("Enter")
    expect(cloud.locator(".npair-status[role=alert]")).to_contain_text("row is a whole number like 5, got 'a dog'")
    expect(row).to_have_value("0")
    row.fill("123")
    row.press("Enter")
    expect(sentence(cloud)).to_contain_text("Anchor row 123 (class 3)")


def test_marks_lie_over_the_cloud_in_the_dark_too(cloud: Locator) -> None:
    change_theme(cloud.page, "JupyterLab Dark")
    on_top = """plot => {
        const order = one => +getComputedStyle(one).zIndex || 0;
        return order(plot.querySelector('.main-svg')) > order(plot.querySelector('.gl-container'));
    }"""
    assert in_picture(cloud, on_top)
    ink = cloud.locator(".bartext").first.evaluate("one => getComputedStyle(one).fill")
    change_theme(cloud.page, "JupyterLab Light")
    assert ink != cloud.locator(".bartext").first.evaluate("one => getComputedStyle(one).fill")
