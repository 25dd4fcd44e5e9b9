"""An explorer that is shown again and again leaves nothing behind in the page or in the kernel."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.jupyterlab import Lab, end_kernels, in_kernel, opened, write_notebook

pytestmark = pytest.mark.browser
CELLS = (
    "from IPython.display import clear_output, display\nfrom ipywidgets import Output\n"
    "from ipywidgets.widgets.widget import _instances\nfrom npair_viz import explore\n"
    "e, out = explore('line-up'), Output()\nout",
    "def show():\n    with out:\n        clear_output()\n        display(e)\nshow()",
)


def used(page: Page) -> dict[str, float]:
    """How many listeners and nodes the page holds, once what is garbage has gone."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    for _ in range(3):
        session.send("HeapProfiler.collectGarbage")
    found = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    return {name: found[name] for name in ("JSEventListeners", "Nodes")}


def show(page: Page, times: int) -> None:
    for _ in range(times):
        in_kernel(page, "show()")
        expect(page.locator("[data-npair=stage]")).to_have_count(1)
        expect(page.locator("[data-npair=stage] [data-point]")).to_have_count(8)


def test_thirty_displays_leave_no_listener_node_or_widget_behind(chromium: Browser, lab: Lab) -> None:
    with opened(chromium, write_notebook(lab, "redisplay.ipynb", *CELLS)) as page:
        expect(page.locator("[data-npair=stage]")).to_have_count(1)
        show(page, 5)
        before, widgets = used(page), in_kernel(page, "print(len(_instances))")
        show(page, 30)
        after = used(page)
        assert in_kernel(page, "print(len(_instances))") == widgets
        assert after["JSEventListeners"] <= 1.05 * before["JSEventListeners"], (before, after)
        assert after["Nodes"] <= 1.1 * before["Nodes"], (before, after)
    end_kernels(lab)
