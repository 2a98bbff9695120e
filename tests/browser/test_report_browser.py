"""A course that is wrong: reported on its page without scripts, decided in the console with two keys."""

import re

REPORTED = "de les start een half uur later"


async def test_reported_by_a_visitor_and_decided_by_keys(new_page, staff_page) -> None:
    visitor = await new_page(java_script_enabled=False)
    await visitor.goto("/aanbod?q=koken&where=9300")
    await visitor.locator("main a[href^='/aanbod/']").first.click()
    await visitor.get_by_text("Klopt er iets niet?").click()
    await visitor.get_by_label("Wat klopt er niet?").select_option("hours")
    await visitor.get_by_label("Wat is er fout?").fill(REPORTED)
    await visitor.get_by_role("button", name="Meld het").click()
    await visitor.get_by_text("Een collega kijkt het na").wait_for()

    staff = await staff_page("bart")
    await staff.goto("/console/meldingen")
    await staff.get_by_role("link", name=re.compile(REPORTED)).click()
    await staff.get_by_role("heading", name="Zo staat het er nu").wait_for()
    await staff.wait_for_load_state()  # from then on keys are listened to
    address = staff.url
    await staff.keyboard.press("w")
    await staff.keyboard.press("Enter")
    await staff.wait_for_url("**/console/meldingen")
    assert await staff.get_by_role("link", name=re.compile(REPORTED)).count() == 0
    await staff.goto(address)
    await staff.get_by_text(re.compile("geweigerd", re.IGNORECASE)).first.wait_for()


async def test_an_accepted_value_shows_on_the_page_at_once(page, staff_page) -> None:
    staff = await staff_page("griet")
    await staff.goto("/console/meldingen")
    await staff.locator("a.list-row").first.click()
    await staff.get_by_role("heading", name="Het klopt niet: verbeter").wait_for()
    await staff.wait_for_load_state()
    public = await staff.get_by_role("link", name="Open de pagina").get_attribute("href")
    await staff.get_by_label("Wat moet anders?").select_option("lesson_hours")
    await staff.locator("main").focus()
    await staff.keyboard.press("a")
    await staff.keyboard.type("77")
    await staff.keyboard.press("Enter")
    await staff.wait_for_url("**/console/meldingen")
    await page.goto(public)
    assert "77" in await page.locator("dl.facts").inner_text()
