"""The API pages in a browser: nothing runs out of the page on any width, and axe finds nothing serious."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tools.course.api import api_pages

pytestmark = pytest.mark.browser

TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The API pages, written out."""
    made = tmp_path_factory.mktemp("api")
    for name, text in api_pages().items():
        (made / f"{name}.html").write_text(text, encoding="utf-8")
    return made


@pytest.mark.parametrize("width", [320, 1100])
def test_no_page_scrolls_sideways(chromium: Browser, folder: Path, width: int) -> None:
    with chromium.new_context(viewport={"width": width, "height": 800}, offline=True) as context:
        page = context.new_page()
        for file in sorted(folder.glob("*.html")):
            page.goto(file.as_uri())
            assert page.evaluate(TOO_WIDE) <= 0, file.name


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (320, "dark")])
def test_axe_finds_nothing_serious(chromium: Browser, folder: Path, width: int, scheme: str) -> None:
    size = {"width": width, "height": 800}
    with chromium.new_context(viewport=size, color_scheme=scheme, offline=True) as context:
        page = context.new_page()
        for name in ("api", "api_npairloss", "api_phase", "api_stage"):
            page.goto((folder / f"{name}.html").as_uri())
            found = Axe().run(page).response["violations"]
            serious = [one for one in found if one["impact"] in ("serious", "critical")]
            assert [(one["help"], [node["html"][:90] for node in one["nodes"]]) for one in serious] == [], name
