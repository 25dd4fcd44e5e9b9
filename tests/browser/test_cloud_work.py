"""Work with a cloud of texts in a real JupyterLab: hover, search, lasso, lists, and what is taken away."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.cloud_pixels import LONELY, PIXEL_OF
from tests.support.explorer_page import button, cloud_at_its_start, sentence
from tests.support.jupyterlab import Lab, change_theme, end_kernels, in_kernel, in_picture, opened, write_notebook

pytestmark = pytest.mark.browser

CELL = """
import dataclasses, torch
from npair_viz import explore, scenes
torch.manual_seed(0)
labels = torch.arange(600) % 20
rows = torch.randn(20, 16)[labels] + 0.5 * torch.randn(600, 16)
rows[599] = rows[7]
texts = tuple(f"text <{row}> of {label}{' blue' if row % 50 == 0 else ''}" for row, label in enumerate(labels.tolist()))
explorer = explore(dataclasses.replace(scenes.from_data(rows, labels), texts=texts), row=0)
explorer
"""


@pytest.fixture(scope="module")
def bench(chromium: Browser, lab: Lab) -> Iterator[Page]:
    with opened(chromium, write_notebook(lab, "texts.ipynb", CELL)) as page:
        yield page
    end_kernels(lab)


@pytest.fixture
def cloud(bench: Page) -> Iterator[Locator]:
    with cloud_at_its_start(bench, "explorer.set(hand='pan', listed='none')") as cloud:
        yield cloud


def the_list(cloud: Locator) -> Locator:
    return cloud.locator(".widget-select select")


def test_a_row_shows_its_text_on_hover(cloud: Locator) -> None:
    row = in_picture(cloud, LONELY)
    cloud.page.mouse.move(*in_picture(cloud, PIXEL_OF, row))
    expect(cloud.locator(".hoverlayer")).to_contain_text(f"text <{row}> of {row % 20}")


def test_a_long_text_has_two_lines_and_the_whole_on_hover(cloud: Locator) -> None:
    many = "many words of one text, " * 30
    in_kernel(
        cloud.page,
        "import dataclasses\nscene = explorer._embeddings.scene\n"
        f"long = dataclasses.replace(scene, texts=({many!r}, *scene.texts[1:]))\n"
        "explorer._embeddings.scene = long\nexplorer.set(tao=0.2)",
    )
    text = cloud.locator(".npair-text")
    expect(text).to_have_attribute("title", re.compile("many words of one text, $"))
    box = text.bounding_box()
    in_kernel(cloud.page, "explorer._embeddings.scene = scene\nexplorer.set(tao=0.1)")
    assert box is not None
    assert box["height"] <= 2 * 24


def test_a_search_selects_rows_that_can_be_drawn_alone(cloud: Locator) -> None:
    cloud.get_by_label("find").fill("blue")
    cloud.get_by_label("find").press("Enter")
    expect(cloud).to_contain_text("Selected: 12 rows.")
    button(cloud, "only selected").click()
    expect(cloud).to_contain_text("Drawn: the anchor, its marks, and the 12 selected rows.")
    assert in_picture(cloud, "plot => plot.data.find(one => one.name === 'rows').x.length") == 12


def test_a_search_in_vain_is_answered_in_words(cloud: Locator) -> None:
    cloud.get_by_label("find").fill("purple")
    cloud.get_by_label("find").press("Enter")
    expect(cloud.locator(".npair-status[role=alert]")).to_contain_text("no text has 'purple'")


@pytest.mark.parametrize(("hand", "mode"), [("lasso", "lasso"), ("box", "select")])
def test_what_is_dragged_around_is_selected_and_nothing_fades(cloud: Locator, hand: str, mode: str) -> None:
    cloud.get_by_label("drag").select_option(hand)
    cloud.page.wait_for_function(
        "([plot, mode]) => plot.layout.dragmode === mode",
        arg=[cloud.locator(".js-plotly-plot").element_handle(), mode],
    )
    box = cloud.locator(".nsewdrag").first.bounding_box()
    assert box is not None
    mouse, (x, y) = cloud.page.mouse, (box["x"] + 2, box["y"] + 2)
    mouse.move(x, y)
    mouse.down()
    for across, along in ((0.5, 0), (1, 0.5), (1, 1), (0.5, 1), (0, 1)):
        mouse.move(x + across * (box["width"] - 4), y + along * (box["height"] - 4), steps=4)
    if hand == "box":
        mouse.move(x + box["width"] - 4, y + box["height"] - 4)
    mouse.up()
    expect(cloud).to_contain_text("Selected:")
    assert in_picture(cloud, "plot => plot.layout.selections?.length ?? 0") == 0
    assert in_picture(cloud, "plot => plot.data.filter(one => one.selectedpoints).length") == 0
    assert int(in_kernel(cloud.page, "print(len(explorer.selected_rows))")) > 300


def test_a_line_of_a_list_leads_to_its_row_whose_number_is_taken_away(cloud: Locator) -> None:
    cloud.get_by_label("list", exact=True).select_option("twins")
    expect(the_list(cloud).locator("option").first).to_contain_text("1.000")
    the_list(cloud).select_option(index=0)
    expect(sentence(cloud)).to_contain_text("Anchor row 7 ")
    button(cloud, "select row").click()
    expect(cloud).to_contain_text("Selected: 1 rows.")
    cloud.get_by_label("list", exact=True).select_option("selected rows")
    button(cloud, "CSV").click()
    with cloud.page.expect_download() as download:
        cloud.get_by_role("link", name="save selected_rows.csv").click()
    assert download.value.suggested_filename == "selected_rows.csv"
    assert download.value.path().read_text() == "row,class,text\n7,7,text <7> of 7\n"


def test_a_click_on_a_list_that_is_being_exchanged_chooses_no_line_of_the_next_list(cloud: Locator) -> None:
    cloud.get_by_label("list", exact=True).select_option("suspects")
    expect(the_list(cloud).locator("option").first).to_contain_text("599 19")
    cloud.evaluate(
        """cloud => {
            const [which, lines] = [...cloud.querySelectorAll("select")].filter(
                one => one.closest(".widget-select") || [...one.options].some(({value}) => value === "twins"));
            which.value = "twins";
            which.dispatchEvent(new Event("change", {bubbles: true}));
            lines.selectedIndex = 1;
            lines.dispatchEvent(new Event("change", {bubbles: true}));
        }"""
    )
    expect(the_list(cloud).locator("option").first).to_contain_text("1.000")
    assert in_kernel(cloud.page, "print(explorer.state.row)") == "0\n"


def test_the_first_suspect_is_the_row_that_stands_on_another_class(cloud: Locator) -> None:
    cloud.get_by_label("list", exact=True).select_option("suspects")
    expect(the_list(cloud).locator("option").first).to_be_attached()
    said = the_list(cloud).locator("option").first.inner_text().replace("\N{NO-BREAK SPACE}", " ")
    assert said.startswith("+0.95")
    assert said.endswith("599 19: text <599> of 19  ↔  7 7: text <7> of 7")


CUT = """cloud => {
    const seen = one => one.offsetWidth > 0;
    const buttons = [...cloud.querySelectorAll("button")].filter(seen);
    const isShort = one => {
        const free = one.cloneNode(true);
        free.style.cssText = "width: auto; flex: none; position: absolute";
        one.after(free);
        const wanted = free.offsetWidth;
        free.remove();
        return wanted > one.offsetWidth;
    };
    const choices = [...cloud.querySelectorAll(".widget-dropdown select")].filter(seen);
    const right = cloud.getBoundingClientRect().right;
    return [
        ...buttons.filter(one => one.scrollWidth > one.clientWidth || one.getBoundingClientRect().right > right),
        ...choices.filter(isShort),
    ].map(one => one.textContent);
}"""


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_no_word_of_a_button_or_of_a_choice_is_cut(cloud: Locator, theme: str) -> None:
    change_theme(cloud.page, theme)
    cloud.get_by_label("list", exact=True).select_option("suspects")
    expect(the_list(cloud).locator("option").first).to_be_attached()
    busy = "\n".join(
        [
            "look = explorer.controls['look']",
            "look.description, look.icon, look.layout.display = 'cancel', 'stop', ''",
            "explorer.controls['every'].layout.display = ''",
            "explorer._words['progress'].value += 'Eighteen thousand rows of eighteen thousand. ' * 2",
        ]
    )
    in_kernel(cloud.page, busy)
    expect(button(cloud, "cancel")).to_be_visible()
    expect(button(cloud, "all rows")).to_be_visible()
    assert cloud.evaluate(CUT) == []


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_colours_by_class_are_explained_below(cloud: Locator, theme: str) -> None:
    change_theme(cloud.page, theme)
    cloud.get_by_label("colour").select_option("class")
    expect(cloud.locator(".npair-legend")).to_contain_text("450 others grey")
    expect(cloud.locator(".npair-legend i")).to_have_count(5)
