"""The day of the agenda in a browser: book, move by keyboard, move by drag, also without scripts; and nothing wrong to axe."""

import re
from datetime import UTC, date, datetime, timedelta

from playwright.async_api import Page, expect

from dispatch import clock
from tests.browser.test_accessibility import faults

FREE, BOOKED = "[data-key]", "[data-move]"


def _today() -> date:
    return clock.day_of(datetime.now(UTC))


async def _day_with_room(page: Page, least: int = 4) -> str:
    """A day to come with so many free times that two can be used."""
    for ahead in range(1, 15):
        day = str(_today() + timedelta(days=ahead))
        await page.goto(f"/console/agenda/dag?dag={day}")
        if await page.locator(FREE).count() >= least:
            return day
    raise AssertionError("the demo has no free day")


async def _book(page: Page, day: str) -> str:
    """The first client in the first free time; returns their name."""
    chosen = page.locator("#d-client option").nth(1)
    name = await chosen.inner_text()
    await page.locator("#d-client").select_option(label=name)
    await page.get_by_role("button", name="Toon vrije tijden").click()
    await page.get_by_role("button", name=re.compile("^Boek")).first.click()
    await expect(page.locator(BOOKED).filter(has_text=name).first).to_be_visible()
    return name


def _at(page: Page, name: str):
    return page.locator(BOOKED).filter(has_text=name)


async def test_an_appointment_is_dragged_to_a_free_time(staff_page) -> None:
    page = await staff_page("griet")
    day = await _day_with_room(page)
    name = await _book(page, day)
    before = await _at(page, name).count()
    item, free = _at(page, name).first, page.locator(FREE).last
    hour = await free.locator("strong").inner_text()
    await item.hover()
    await item.drag_to(free)
    moved = _at(page, name).filter(has=page.locator("strong", has_text=hour))
    await expect(moved.first).to_be_visible()
    assert await _at(page, name).count() == before


async def test_an_appointment_is_moved_by_keyboard_without_scripts(staff_page, axe) -> None:
    page = await staff_page("griet", java_script_enabled=False)
    day = await _day_with_room(page)
    name = await _book(page, day)
    await _at(page, name).first.locator("summary").focus()
    await page.keyboard.press("Enter")
    await page.get_by_role("link", name="Kies een ander moment").locator("visible=true").first.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Je verplaatst de afspraak")).to_be_visible()
    target = page.get_by_role("button", name=re.compile("^Hierheen")).last
    hour = re.search(r"\d\d\.\d\d", await target.inner_text() or "")
    await target.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Je verplaatst de afspraak")).to_have_count(0)
    assert hour is not None
    await expect(_at(page, name).filter(has_text=hour[0]).first).to_be_visible()


async def test_the_week_is_dragged_in_and_opened_by_keyboard(staff_page, axe) -> None:
    page = await staff_page("els")
    await page.set_viewport_size({"width": 1280, "height": 900})
    for weeks in range(1, 5):
        week = _today() + timedelta(weeks=weeks)
        await page.goto(f"/console/agenda?week={week}&wie=mij")
        if await page.locator(BOOKED).count() and await page.locator(FREE).count():
            break
    item, free = page.locator(BOOKED).first, page.locator(FREE).last
    name = await item.locator("summary").inner_text()
    name = name.partition(" ")[2].strip()
    hour = await free.locator("strong").inner_text()
    await item.hover()
    await item.drag_to(free)
    moved = page.locator(BOOKED).filter(has_text=name).filter(has=page.locator("strong", has_text=hour))
    await expect(moved.first).to_be_visible()
    assert "/console/agenda?week=" in page.url
    found = await faults(page, axe)
    await moved.first.locator("summary").focus()
    await page.keyboard.press("Enter")
    await moved.first.get_by_role("link", name="Kies een ander moment").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name=re.compile("^Hierheen")).first).to_be_visible()
    found += await faults(page, axe)
    await page.goto(f"/console/agenda?week={week}&wie=mij")
    await page.set_viewport_size({"width": 1280, "height": 900})  # the checks leave a phone's
    days = page.locator("[data-day]")
    await page.locator(BOOKED).first.hover()
    await page.locator(BOOKED).first.drag_to(days.last.locator("h3"))
    await expect(page.get_by_text("Je verplaatst de afspraak")).to_be_visible()
    assert re.search(r"/console/agenda/dag\?dag=[\d-]+&verplaats=\d+", page.url)
    assert not found, "\n".join(found)


async def test_what_is_booked_along_is_accessible(staff_page, axe) -> None:
    page = await staff_page("griet")
    found = []
    for path in ("infosessies", "tolken", "tolken/nieuw", "beheer/gesprekken", "agenda/telefoon"):
        await page.goto(f"/console/{path}")
        found += await faults(page, axe)
    await page.goto("/console/infosessies")
    await page.locator("table a").first.click()
    await expect(page.get_by_role("heading", name=re.compile("plaatsen"))).to_be_visible()
    found += await faults(page, axe)
    await page.goto(f"/console/agenda?week={_today() + timedelta(weeks=1)}&wie=regio")
    await page.locator(BOOKED).first.locator("summary").click()
    await page.get_by_role("link", name="Herinneringen en meer").locator("visible=true").first.click()
    await expect(page.get_by_role("heading", name="Herinneringen")).to_be_visible()
    found += await faults(page, axe)
    assert not found, "\n".join(found)


async def test_the_day_and_its_forms_are_accessible(staff_page, axe) -> None:
    page = await staff_page("griet")
    day = await _day_with_room(page)
    name = await _book(page, day)
    await _at(page, name).first.locator("summary").click()
    found = await faults(page, axe)
    await page.goto("/console/agenda/dag")
    await page.get_by_text("Nu, zonder afspraak").click()
    found += await faults(page, axe)
    await page.goto(f"/console/agenda/dag?dag={day}")
    row = _at(page, name).first
    await row.locator("summary").click()
    await row.get_by_role("link", name="Kies een ander moment").click()
    found += await faults(page, axe)
    assert not found, "\n".join(found)


async def test_an_absence_is_entered_and_settled(staff_page, axe) -> None:
    page = await staff_page("griet")
    await page.goto("/console/agenda/afwezig")
    found = await faults(page, axe)
    await page.set_viewport_size({"width": 1280, "height": 800})
    await page.get_by_label("Wie").select_option(label="Leen De Wolf")
    await page.get_by_label("Tot").fill(f"{_today() + timedelta(days=20)}T18:00")
    await page.get_by_role("button", name="Meld afwezig").click()
    await expect(page.get_by_role("heading", name="Leen De Wolf is er niet")).to_be_visible()
    found += await faults(page, axe)
    settle = page.get_by_role("button", name=re.compile("^Regel"))
    if await settle.count():
        await settle.click()
        await expect(page.get_by_text("Al geregeld")).to_be_visible()
        found += await faults(page, axe)
    assert not found, "\n".join(found)


async def test_the_secret_address_is_shown_once(staff_page, axe) -> None:
    page = await staff_page("els")
    await page.goto("/console/agenda/telefoon")
    await page.get_by_role("button", name="Maak een adres").click()
    address = await page.get_by_label(re.compile("Kopieer dit nu")).input_value()
    assert re.search(r"/agenda/[\w-]{43}\.ics$", address)
    found = await faults(page, axe)
    await page.goto("/console/agenda/telefoon")
    assert await page.get_by_label(re.compile("Kopieer dit nu")).count() == 0
    found += await faults(page, axe)
    assert not found, "\n".join(found)
