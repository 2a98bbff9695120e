"""Undoing in a real browser: the message after an action, its button and its key, also without scripts."""

from typing import Any
from uuid import uuid4

import pytest
from playwright.async_api import Page, expect

from tests.browser.test_console_browser import _waiting_client


async def _own_thread(new_page: Any, page: Page) -> str:
    words = f"hallo {uuid4().hex[:8]}"
    await _waiting_client(new_page, words)
    await page.goto("/console/wachtrij")
    await page.locator("a.list-row").filter(has_text="mens spreken").last.click()
    await expect(page.locator("#thread")).to_contain_text(words)
    await page.locator("#take-over").click()
    await expect(page.locator("#head")).to_contain_text("bij jou")
    return words


async def test_a_step_is_undone_by_its_button_and_by_a_key(new_page: Any, staff_page: Any) -> None:
    jan: Page = await staff_page("jan")
    await _own_thread(new_page, jan)
    done = jan.locator("#toasts .done")
    await expect(done).to_have_count(1)
    await expect(done).to_contain_text("Het gesprek is nu van jou.")
    await jan.wait_for_load_state()
    await jan.keyboard.press("b")
    await expect(done).to_contain_text("terug bij de bot")
    await expect(done).to_have_count(1)
    await jan.locator("#text").fill("een half antwoord")
    await jan.locator("#text").blur()
    await jan.keyboard.press("z")
    await expect(jan.locator("#head")).to_contain_text("bij jou")
    await expect(done).to_contain_text("Zoals het was")
    await expect(jan.locator("#text")).to_have_value("een half antwoord")
    await done.get_by_role("button", name="Sluit").click()
    await expect(done).to_have_count(0)
    await jan.reload()
    await expect(done).to_have_count(0)


@pytest.mark.parametrize("script", [True, False])
async def test_the_message_hides_nothing_one_needs(new_page: Any, staff_page: Any, *, script: bool) -> None:
    """On a phone the box where one writes stays free; without scripts the button does the same."""
    jan: Page = await staff_page("jan", viewport={"width": 390, "height": 800}, java_script_enabled=script)
    await _own_thread(new_page, jan)
    done, send = jan.locator("#toasts .done"), jan.get_by_role("button", name="Verstuur", exact=True)
    over, under = await done.bounding_box(), await send.bounding_box()
    assert over is not None
    assert under is not None
    assert over["y"] + over["height"] <= under["y"]
    await done.get_by_role("button", name="Ongedaan maken").click()
    await expect(jan.locator("#take-over")).to_be_visible()
    await jan.locator("#take-over").click()  # nobody is left waiting for the tests that follow
    await expect(jan.locator("#head")).to_contain_text("bij jou")
