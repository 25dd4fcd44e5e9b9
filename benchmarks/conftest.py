"""After the times of pytest-benchmark: what each act put on the wire, beside its limits; and the wire itself."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from benchmarks.wire import wire
from tests.browser.conftest import chromium_path, lab
from tests.support.chromium import ON_CPU, launched

__all__ = ["chromium_path", "lab", "wire"]


@pytest.fixture(scope="session")
def chromium(chromium_path: str) -> Iterator[Browser]:
    """Chromium without a window, as on a machine without a GPU."""
    with launched(chromium_path, *ON_CPU) as browser:
        yield browser


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line an act, from what the benchmarks recorded."""
    reports = [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]
    lines = [dict(report.user_properties) for report in reports if report.when == "call" and report.user_properties]
    if not lines:
        return
    terminalreporter.section("one act of a person: Python's time and what goes to the page, medians")
    terminalreporter.write_line(f"{'act':44}{'ms':>8}{'limit':>8}{'kB':>8}{'limit':>8}{'messages':>10}")
    for one in lines:
        times, sizes = f"{one['ms']:8.2f}{one['most ms']:8g}", f"{one['kB']:8.1f}{one['most kB']:8g}"
        terminalreporter.write_line(f"{one['act']:44}{times}{sizes}{one['messages']:10g}")
