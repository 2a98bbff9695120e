"""A list that goes on: its first rows stand beside a thread, and one asks for more of it without losing one's place."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Page, expect
from sqlalchemy import select

from data import embedded
from data.db import Database
from data.tables import Person, Staff
from handover.console.shown import STEP
from scripts.demo_server import DemoServer
from tests.browser.conftest import NewPage


@pytest.fixture(scope="module")
async def many_clients(demo_server: DemoServer) -> None:
    """Enough people of Griet's region, whom nobody saw for long: they stand at the end."""
    server = embedded.start(demo_server.folder / "postgres")
    database = Database(server.url)
    try:
        async with database.transaction() as session:
            griet = (await session.scalars(select(Staff).where(Staff.email.startswith("griet@")))).one()
            long_ago = datetime.now(UTC) - timedelta(days=300)
            session.add_all(
                Person(name=f"Lang geleden {number}", language="nl", region_id=griet.region_id, facts={}, last_seen_at=long_ago)
                for number in range(2 * STEP)
            )  # fmt: skip
    finally:
        await database.close()
        server.close()


@pytest.mark.usefixtures("many_clients")
async def test_more_of_a_list_comes_in_its_place(staff_page: NewPage) -> None:
    griet: Page = await staff_page("griet")
    await griet.goto("/console/clienten?lijst=regio")
    rows, current = griet.locator("a.list-row"), griet.locator("a.list-row[aria-current]")
    await expect(rows).to_have_count(STEP)
    await rows.nth(1).click()
    await expect(griet.locator("#thread")).to_be_visible()
    await griet.locator("#text").fill("een half antwoord")
    opened, name = griet.url, await current.locator(".list-title > span").inner_text()

    await rows.nth(STEP - 1).focus()
    await griet.keyboard.press("j")  # from the last row to what shows more
    await griet.keyboard.press("Enter")
    await expect(rows).to_have_count(2 * STEP)
    await expect(rows.nth(STEP)).to_be_focused()
    assert griet.url == opened
    await expect(griet.locator("#text")).to_have_value("een half antwoord")
    await expect(current).to_contain_text(name)
    await griet.keyboard.press("j")
    await expect(rows.nth(STEP + 1)).to_be_focused()

    async with griet.expect_response(
        lambda answer: "toon=80" in answer.url
    ) as looked:  # the list is looked at again
        await griet.evaluate("dispatchEvent(new Event('online'))")
    assert (await looked.value).request.headers["x-refresh"] == "rows"
    await griet.wait_for_timeout(200)
    await expect(rows).to_have_count(2 * STEP)
    await expect(current).to_contain_text(name)

    await rows.nth(STEP + 1).click()
    await expect(griet.locator("#talk h1")).to_contain_text("Lang geleden")
    await expect(rows).to_have_count(2 * STEP)
    await griet.reload()
    await expect(rows).to_have_count(2 * STEP)
    await expect(current).to_contain_text("Lang geleden")


@pytest.mark.usefixtures("many_clients")
async def test_more_of_a_list_without_scripts(staff_page: NewPage) -> None:
    """The same link leads to the same page with a longer list; whoever is open stands in it, wherever that is."""
    griet: Page = await staff_page("griet", java_script_enabled=False)
    await griet.goto("/console/clienten?lijst=regio")
    rows, current = griet.locator("a.list-row"), griet.locator("a.list-row[aria-current]")
    await rows.first.click()
    name = await current.locator(".list-title > span").inner_text()
    await griet.get_by_role("link", name="Toon meer").click()
    await expect(rows).to_have_count(2 * STEP)
    await expect(current).to_contain_text(name)
    far = (await rows.nth(STEP + 5).get_attribute("href") or "").split("?")[0]
    await griet.goto(f"{far}?lijst=regio")
    await expect(rows).to_have_count(2 * STEP)
    await expect(current).to_have_count(1)
