import pytest
from driving import change_theme
from playwright.sync_api import expect
pytestmark = pytest.mark.browser

def test_look(explorer):
    page = explorer.page
    explorer.screenshot(path="/tmp/look1.png")

def test_page(stage_page):
    page = stage_page()
    page.screenshot(path="/tmp/look2.png")
    page.locator("[data-control=surface]").select_option("plane")
    page.set_viewport_size({"width": 420, "height": 900})
    page.emulate_media(color_scheme="dark")
    page.wait_for_timeout(300)
    page.screenshot(path="/tmp/look3.png", full_page=True)
