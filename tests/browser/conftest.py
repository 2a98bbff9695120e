"""The demo in a real browser: one server and one Chromium a worker, a fresh page a test that tolerates no error."""

import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright
from sqlalchemy import select

from data import embedded
from data.db import Database
from data.seed import DEMO_PASSWORD, demo_log_ins
from data.tables import Address, AddressLink, Message, Trajectory
from handover import own_links
from scripts.demo_server import DemoServer, chromium, chromium_arguments, running_demo

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
PATIENCE = 10_000  # milliseconds that an element may take to appear

NewPage = Callable[..., Awaitable[Page]]
Axe = Callable[[Page], Awaitable[list[str]]]


def pytest_itemcollected(item: pytest.Item) -> None:
    """All of this folder is marked `browser`."""
    item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """A test that needs Chromium skips without it, and fails where CI says that it must be there."""
    path = chromium()
    if path is None:
        reason = "Chromium is not installed: apt install chromium"
        if os.environ.get("LEERLIJN_REQUIRE_BROWSER"):
            pytest.fail(reason)
        pytest.skip(reason)
    return path


@pytest.fixture(scope="session")
def demo_server(chromium_path: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoServer]:
    """The whole program as `make run` starts it; `demo_server.url` reaches it."""
    with running_demo(tmp_path_factory.mktemp("demo")) as server:
        yield server


@pytest.fixture(scope="session")
async def browser(chromium_path: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_path, args=chromium_arguments())
        yield browser
        await browser.close()


@pytest.fixture
async def new_page(browser: Browser, demo_server: DemoServer) -> AsyncIterator[NewPage]:
    """Makes a page in a context (cookies, storage) of its own, with Playwright's context options.

    The test fails afterwards if any page logged an error, threw one, or was refused something by our own
    Content-Security-Policy. `expected=r"404"` names, as a pattern, the errors that belong in this test.
    """
    errors: list[str] = []
    async with AsyncExitStack() as stack:

        async def make(*, expected: str | None = None, **options: Any) -> Page:
            context = await browser.new_context(**{"base_url": demo_server.url, "locale": "nl-BE"} | options)
            stack.push_async_callback(context.close)
            context.set_default_timeout(PATIENCE)

            def note(text: str) -> None:
                if expected is None or not re.search(expected, text):
                    errors.append(text)

            def on_console(message: ConsoleMessage) -> None:
                if message.type == "error":
                    note(f"{message.text} ({message.location.get('url')})")

            page = await context.new_page()
            page.on("console", on_console)
            page.on("pageerror", lambda error: note(str(error)))
            return page

        yield make
    assert not errors, f"the page reported errors: {errors}"


@pytest.fixture
async def page(new_page: NewPage) -> Page:
    """A desktop page, light, with JavaScript."""
    return await new_page(viewport={"width": 1280, "height": 800})


@pytest.fixture
def staff_page(new_page: NewPage) -> NewPage:
    """`await staff_page("jan")` is a page on which that member of the demo's staff has logged in."""

    async def make(login: str, **options: Any) -> Page:
        email = next(who.email for who in demo_log_ins() if who.email.startswith(f"{login}@"))
        page = await new_page(**{"viewport": {"width": 1280, "height": 800}} | options)
        await page.goto("/console/login")
        await page.get_by_label("E-mailadres").fill(email)
        await page.get_by_label("Wachtwoord").fill(DEMO_PASSWORD)
        await page.keyboard.press("Enter")
        await page.wait_for_url(lambda url: "/login" not in url)
        return page

    return make


@pytest.fixture(scope="session")
async def appointment_path(demo_server: DemoServer) -> str:
    """The client's own page of an appointment to come, from the demo's data."""
    server = embedded.start(demo_server.folder / "postgres")
    connection = await asyncpg.connect(server.url.replace("+asyncpg", ""))
    try:
        token = await connection.fetchval(
            "SELECT token FROM appointment WHERE status = 'confirmed' AND starts_at > now()"
        )
    finally:
        await connection.close()
        server.close()
    return f"/a/{token}"


@pytest.fixture(scope="session")
async def own_file_path(demo_server: DemoServer) -> str:
    """The page of somebody in the demo's data who wrote Arabic and has a file, by a link as it is sent to them."""
    server = embedded.start(demo_server.folder / "postgres")
    database = Database(server.url)
    try:
        async with database.transaction() as session:
            theirs = select(Message.address_id).join(Trajectory, Trajectory.person_id == Message.person_id)
            address_id = await session.scalar(theirs.where(Message.language == "ar").limit(1))
            owner = select(AddressLink.person_id).where(AddressLink.address_id == address_id)
            person_id = (await session.scalars(owner)).one()
            address = await session.get_one(Address, address_id)
            return f"/mijn/{await own_links.make(session, person_id, address, now=datetime.now(UTC))}"
    finally:
        await database.close()
        server.close()


@pytest.fixture(scope="session")
def axe() -> Axe:
    """`await axe(page)` is what axe-core objects to, a line a place; the page's own policy does not hinder it."""
    if not AXE.is_file():
        pytest.fail("axe-core is not installed: make setup")
    source = AXE.read_text(encoding="utf-8")

    async def violations(page: Page) -> list[str]:
        await page.evaluate(source)
        found = await page.evaluate("async () => (await axe.run(document)).violations")
        return [
            f"{page.url} {violation['id']}: {node['html'][:160]} {node['failureSummary']}"
            for violation in found
            for node in violation["nodes"]
        ]

    return violations
