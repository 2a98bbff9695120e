"""What people agree to in a region's own words: written, looked at and put back, also on a phone and without scripts."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

OVERVIEW = "/console/beheer/toestemmingen"
OWN = "We mogen je later één keer schrijven: hoe gaat het?"


async def _open(page: Page, part: str) -> None:
    """The page of one text, through the link on the overview."""
    await page.goto(OVERVIEW)
    kind, language = part.split("/")
    row = page.locator(f"#{kind}-{language}")
    if await row.get_attribute("open") is None:
        await row.locator("summary").click()
    await row.get_by_role("link", name="Verander of bekijk versies").click()


@pytest.mark.parametrize("scripts", [True, False])
async def test_a_text_is_written_looked_at_kept_and_put_back(
    staff_page: Any, axe: Any, scripts: bool
) -> None:
    view = {"width": 1280, "height": 900} if scripts else {"width": 390, "height": 844}
    griet: Page = await staff_page("griet", java_script_enabled=scripts, viewport=view, expected="422")
    await _open(griet, "file/nl")
    text = griet.get_by_label("Wat de cliënt goedvindt")
    await text.fill("We maken een map voor jou. {begeleider} leest ze.")
    await griet.get_by_role("button", name="Bewaar").click()
    wrong = griet.locator("#wrong-text")
    await expect(wrong).to_contain_text("{termijn} ontbreekt")
    await expect(text).to_have_value("We maken een map voor jou. {begeleider} leest ze.")
    assert "wrong-text" in (await text.get_attribute("aria-describedby") or "")
    if scripts:
        assert await axe(griet) == []

    await _open(griet, "follow_up/nl")
    await text.fill(OWN)
    await griet.get_by_role("button", name="Bekijk eerst").click()
    await expect(griet.get_by_role("status").filter(has_text="nog niet bewaard")).to_be_visible()
    await expect(griet.locator(".msg-body").first).to_have_text(OWN)
    if scripts:  # news comes in: what was typed and looked at stays
        await expect(griet.locator("#show-keys")).not_to_have_attribute("hidden", "")
        async with griet.expect_response(lambda answer: "x-refresh" in answer.request.headers):
            await griet.evaluate("dispatchEvent(new Event('online'))")
        await griet.wait_for_timeout(300)
        await expect(text).to_have_value(OWN)
    await griet.get_by_role("button", name="Bewaar").click()
    row = griet.locator("#follow_up-nl")
    await expect(row).to_contain_text("eigen tekst, versie")
    await expect(row.locator(".msg-body")).to_have_text(OWN)
    await expect(griet.locator("#follow_up-ar > summary")).to_contain_text("vertaling nakijken")
    if scripts:
        assert await axe(griet) == []
        assert await griet.evaluate("document.documentElement.scrollWidth <= innerWidth")

    await _open(griet, "follow_up/ar")
    await expect(griet.get_by_text("Het Nederlands veranderde na deze vertaling.")).to_be_visible()
    read = griet.locator(".from-staff").first
    await expect(read).to_have_attribute("dir", "rtl")
    await expect(read).to_have_attribute("lang", "ar")
    if scripts:
        assert await griet.locator("#part-text").evaluate("(it) => it.matches(':dir(rtl)')")
        assert await axe(griet) == []

    await _open(griet, "follow_up/nl")
    await griet.get_by_role("button", name="Zet de standaardtekst terug").click()
    await expect(row).to_contain_text("standaardtekst")
    await expect(row).not_to_contain_text(OWN)
    await expect(griet.get_by_text("vertaling nakijken")).to_have_count(0)
    await _open(griet, "follow_up/nl")
    kept = griet.locator("#versions ~ ol details").nth(1)
    await kept.locator("summary").click()
    await expect(kept).to_contain_text(OWN)  # what was asked once stays to be read
    await griet.goto("/console/beheer/wijzigingen?onderwerp=consent_text")
    await expect(griet.locator("li").filter(has_text="standaardtekst teruggezet").first).to_contain_text(
        "Griet"
    )
