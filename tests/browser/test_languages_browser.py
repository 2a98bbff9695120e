"""The console in the language that somebody chooses: at the door, and afterwards from the menu of their account."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from data.seed import DEMO_PASSWORD

LIES = "lies@demo.leerlijn.be"


async def _log_in(page: Page, password: str) -> None:
    await page.locator("#email").fill(LIES)
    await page.locator("#password").fill(password)
    await page.keyboard.press("Enter")


@pytest.mark.parametrize("scripts", [True, False])
async def test_a_language_is_chosen_at_the_door_and_in_the_menu(
    new_page: Any, axe: Any, scripts: bool
) -> None:
    page: Page = await new_page(java_script_enabled=scripts, expected="401")
    html = page.locator("html")
    await page.goto("/console/rapporten")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Aanmelden")
    door = page.get_by_role("navigation", name="Taal")
    await expect(door.get_by_role("link", name="Nederlands")).to_have_attribute("aria-current", "true")
    await door.get_by_role("link", name="Français").click()
    await expect(html).to_have_attribute("lang", "fr")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Se connecter")
    if scripts:
        assert await axe(page) == []
    await _log_in(page, "niet juist")
    await expect(page.get_by_role("alert")).to_have_text(
        "Cette adresse e-mail et ce mot de passe ne vont pas ensemble. Vérifiez-les."
    )
    await _log_in(page, DEMO_PASSWORD)
    await expect(page).to_have_url("/console/rapporten", timeout=15_000)
    await expect(html).to_have_attribute("lang", "fr")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Rapports")
    for name, code, title in (("English", "en", "Reports"), ("Nederlands", "nl", "Rapporten")):
        await page.get_by_text("Lies").first.click()
        await page.get_by_role("button", name=name, exact=True).click()
        await expect(html).to_have_attribute("lang", code)
        await expect(page.get_by_role("heading", level=1)).to_have_text(title)
        if scripts:
            assert await axe(page) == []


async def test_the_choice_comes_along_to_another_device(new_page: Any, staff_page: Any) -> None:
    here: Page = await staff_page("bart")
    await here.get_by_text("Bart").first.click()
    await here.get_by_role("button", name="English", exact=True).click()
    await expect(here.locator("html")).to_have_attribute("lang", "en")
    there: Page = await staff_page("bart")  # a browser that asks for Dutch
    await expect(there.locator("html")).to_have_attribute("lang", "en")
    await there.get_by_text("Bart").first.click()
    await there.get_by_role("button", name="Nederlands", exact=True).click()
    await expect(there.locator("html")).to_have_attribute("lang", "nl")


async def test_before_that_the_browser_is_asked(new_page: Any) -> None:
    for locale, code in (("fr-BE", "fr"), ("en-US", "en"), ("tr-TR", "nl")):
        page: Page = await new_page(locale=locale)
        await page.goto("/console/login")
        await expect(page.locator("html")).to_have_attribute("lang", code)
