"""The demo's phone in a browser: an answer comes by itself, and without JavaScript after a look."""

from playwright.async_api import Page, expect

from tests.browser.conftest import NewPage


async def test_an_answer_comes_by_itself(page: Page) -> None:
    await page.goto("/demo-phone?number=%2B32470445566")
    await page.get_by_label("Je sms").fill("Dag, wie ben jij?")
    await page.keyboard.press("Enter")
    messages = page.locator("#log .msg")
    await expect(messages).to_have_count(2)
    await expect(messages.last).to_contain_text("digitale assistent")
    await expect(page.get_by_label("Je sms")).to_have_value("")
    await expect(page.get_by_label("Je sms")).to_be_focused()
    await page.reload()
    await expect(messages).to_have_count(2)


async def test_without_javascript_one_looks(new_page: NewPage) -> None:
    page = await new_page(java_script_enabled=False, viewport={"width": 360, "height": 740})
    await page.goto("/demo-phone?number=0470445577")
    await page.get_by_label("Je sms").fill("Dag, wie ben jij?")
    await page.get_by_role("button", name="Stuur").click()
    messages = page.locator("#log .msg")
    await expect(messages.first).to_contain_text("Dag, wie ben jij?")
    for _ in range(20):
        await page.get_by_role("link", name="Kijk of er een antwoord is").click()
        if await messages.count() == 2:
            break
        await page.wait_for_timeout(250)
    await expect(messages.last).to_contain_text("digitale assistent")
