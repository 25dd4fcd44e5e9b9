"""A real Chromium for tests and benchmarks, without a window."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET_CHROMIUM = (
    "--no-sandbox",
    "--no-first-run",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE = 30_000  # milliseconds; a machine that does much else at a time needs seconds to draw a figure


def path_of_chromium() -> str:
    """The system's Chromium; without one the tests that ask are skipped, and under CI they fail."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if found:
        return found
    reason = (
        f"NO BROWSER TEST RAN: none of {', '.join(CHROMIUM_NAMES)} is on the PATH. "
        "Install Chromium, or name one: CHROMIUM=/path/to/chromium make test"
    )
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def launched(path: str) -> Iterator[Browser]:
    """Chromium without a window, until the block ends."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET_CHROMIUM)
        yield browser
        browser.close()
