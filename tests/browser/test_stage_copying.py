"""Copy as Python in a real Chromium: to the clipboard, or into a box where that is not allowed."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def test_the_button_puts_the_call_on_the_clipboard(stage_page: Callable[..., Page]) -> None:
    page = stage_page("twin", tao=0.05)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("[data-action=copy]").click()
    expect(page.locator("[data-role=status]")).to_have_text("Copied as Python.")
    assert page.evaluate("navigator.clipboard.readText()") == 'Stage("twin", tao=0.05)'
    expect(page.locator("textarea")).to_be_hidden()


def test_without_a_clipboard_the_call_is_there_to_be_copied_by_hand(stage_page: Callable[..., Page]) -> None:
    page = stage_page("twin")
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.locator("[data-action=copy]").click()
    expect(page.locator("textarea")).to_have_value('Stage("twin")')
    expect(page.locator("[data-role=status]")).to_contain_text("Ctrl+C")
    assert page.evaluate("getSelection().toString()") == 'Stage("twin")'
