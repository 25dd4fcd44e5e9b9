"""A cloud of a comparison in JupyterLab: all rows move from before to after, and a line of its list leads to a row."""

import pytest
from playwright.sync_api import Page, expect

from tests.support.explorer_page import button
from tests.support.jupyterlab import Lab, in_kernel, in_picture, open_notebook, run_all_cells, write_notebook

pytestmark = pytest.mark.browser

CELL = """import torch
from npair_viz import compare, explore
labels, generator = torch.arange(120) % 20, torch.Generator().manual_seed(0)
before = torch.randn(20, 8, generator=generator)[labels] + 0.3 * torch.randn(120, 8, generator=generator)
after = before.clone()
after[7] = -after[7]
one = explore(compare(before, after, labels, tao=0.1))
one"""
PLACES = "plot => { const { x, y } = plot.data.find(one => one.name === 'coloured rows'); return [...x, ...y]; }"


@pytest.fixture
def explorer(page: Page, lab: Lab):
    open_notebook(page, write_notebook(lab, "compared.ipynb", CELL))
    run_all_cells(page)
    found = page.locator(".npair-viz")
    expect(found.locator(".bartext").first).to_be_visible()
    return found


def test_a_click_moves_all_rows_from_before_to_after(page: Page, explorer) -> None:
    after = in_picture(explorer, PLACES)
    seen = []
    button(explorer, "Move").click()
    while in_kernel(page, "print(one.state.moment == 1 and not one._motions.move.is_running)") != "True\n":
        seen.append(in_picture(explorer, PLACES))
        assert page.evaluate("performance.now()") < 120_000
    assert sum(places != after for places in seen) > 2
    expect(button(explorer, "Move")).to_be_visible()
    assert in_picture(explorer, PLACES) == after


def test_the_first_line_is_the_row_that_moved_and_leads_to_it(page: Page, explorer) -> None:
    lines = explorer.locator(".widget-select select")
    first = lines.locator("option").first
    expect(first).to_contain_text("lost")
    lines.select_option(index=0)
    expect(explorer.get_by_text("Nearest to row 7")).to_be_visible()
