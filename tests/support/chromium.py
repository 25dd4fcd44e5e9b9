"""A real Chromium for tests and benchmarks, without a window."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, expect, sync_playwright

from tests.support.browsers import path_of

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
# Pages are drawn on the processor, as browsers do without a GPU: else SwiftShader, which tests need for WebGL, draws
# them, in four times the time.
ON_CPU = ("--disable-gpu-compositing", "--disable-gpu-rasterization", "--disable-accelerated-2d-canvas")
PATIENCE = 30_000  # milliseconds; a machine that does much else at a time needs seconds to draw a figure


def path_of_chromium() -> str:
    """The system's Chromium; without one the tests that ask are skipped, and under CI they fail."""
    return path_of("Chromium", "chromium", "chromium-browser", "google-chrome")


@contextmanager
def launched(path: str, *more: str) -> Iterator[Browser]:
    """Chromium without a window, with more options, until the block ends."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*QUIET_CHROMIUM, *more])
        yield browser
        browser.close()
