"""Calling back and noting a contact, with a mouse, with keys and without JavaScript."""

import re


async def test_a_call_back_is_logged_from_my_day(staff_page, axe) -> None:
    page = await staff_page("els")
    await page.goto("/console/dag")
    cards = page.locator("section[aria-labelledby=calls] li.card")
    before = await cards.count()
    assert before > 0
    assert re.fullmatch(r"tel:\+\d+", await cards.first.locator("a.number").get_attribute("href") or "")
    assert not await axe(page)
    await cards.first.get_by_role("button", name="Niet bereikt").click()
    await page.wait_for_url("**/console/**")
    await page.goto("/console/dag")
    assert await cards.count() == before - 1  # later again


async def test_a_key_opens_the_phone_note_with_who_is_on_screen(staff_page) -> None:
    page = await staff_page("els")
    await page.goto("/console/wachtrij")
    await page.locator("a.list-row").first.click()
    name = await page.locator("#head h1").inner_text()
    await page.locator("body").press("t")
    await page.wait_for_url("**/console/noteer?soort=call&persoon=*")
    assert await page.get_by_role("radio", name="Telefoontje").is_checked()
    assert await page.locator("input[name=person_id]").first.is_checked()
    assert name.split()[0] in await page.get_by_role("group", name="Met wie?").inner_text()


async def test_somebody_at_the_desk_in_three_clicks_without_javascript(staff_page, axe) -> None:
    page = await staff_page("els", java_script_enabled=False)
    await page.get_by_role("link", name="Noteren").click()
    await page.get_by_text("30 min").click()
    await page.get_by_role("button", name="Noteer", exact=True).click()
    await page.wait_for_url("**/console/client/*")
    thread = await page.locator("#thread").inner_text()
    assert "Bezoek, 30 minuten" in thread
    assert "Geholpen" in thread


async def test_the_note_is_accessible_with_people_found(staff_page, axe) -> None:
    page = await staff_page("els")
    await page.goto("/console/noteer?q=a")
    await page.goto("/console/noteer?q=an")
    await page.get_by_text("Naam, nummer of taal").click()
    assert not await axe(page)
