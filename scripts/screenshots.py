"""`make screenshots`: the README's pictures, taken from a demo of their own with Debian's Chromium."""

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, Page, ViewportSize, async_playwright

from data.seed import DEMO_PASSWORD, demo_log_ins
from scripts.demo_server import ROOT, DemoError, chromium, chromium_arguments, running_demo

PICTURES = ROOT / "docs" / "screenshots"
LARGEST = 200_000  # bytes: a README is read on slow lines too
PHONE: ViewportSize = {"width": 390, "height": 844}
PHONE_SCALE = 1.5  # sharp enough beside text, and light
DESK: ViewportSize = {"width": 1280, "height": 800}
DISPATCHER, COUNSELLOR = "dispatcher", "begeleider"


class PictureError(RuntimeError):
    """A picture could not be taken, or is too heavy."""


async def main() -> None:
    """Take every picture."""
    path = chromium()
    if path is None:
        raise PictureError("Chromium is not installed: apt install chromium fonts-noto-core")
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, running_demo(Path(folder)) as demo:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=path, args=chromium_arguments())
            await take_public(browser, demo.url)
            await take_console(browser, demo.url)
            await browser.close()


async def take_public(browser: Browser, url: str) -> None:
    """What an adult sees."""
    async with page_of(browser, url, PHONE, scale=PHONE_SCALE) as page:
        await page.goto("/chat")
        await say(page, "Spaanse les in Gent op dinsdagavond?")
        await picture(page, "chat-phone")
    async with page_of(browser, url, PHONE, scale=PHONE_SCALE) as page:
        await page.goto("/chat")
        await say(page, "مرحبا، أبحث عن دورة لغة هولندية في غنت")
        await picture(page, "chat-arabic")
    async with page_of(browser, url, PHONE, scale=PHONE_SCALE, dark=True) as page:
        await page.goto("/chat")
        await say(page, "Ik wil mijn diploma secundair halen")
        await say(page, "9300")
        await picture(page, "chat-dark")
    async with page_of(browser, url, DESK) as page:
        await page.goto("/aanbod?q=spaans&where=9000")
        await picture(page, "offer")


async def take_console(browser: Browser, url: str) -> None:
    """What the staff see: the dispatcher's waiting list, and the counsellor's day and a client's whole thread."""
    async with page_of(browser, url, DESK) as page:
        await log_in(page, DISPATCHER)
        await page.goto("/console/wachtrij")
        await follow(page, ".list a")
        await picture(page, "queue")
    async with page_of(browser, url, DESK) as page:
        await log_in(page, COUNSELLOR)
        await page.goto("/console/dag")
        await picture(page, "my-day")
        await page.goto("/console/clienten")
        await follow(page, ".list a[href*='/console/client/']")
        await picture(page, "client")
        await page.emulate_media(color_scheme="dark")
        await picture(page, "client-dark")


@asynccontextmanager
async def page_of(
    browser: Browser, url: str, size: ViewportSize, *, scale: float = 1, dark: bool = False
) -> AsyncIterator[Page]:
    """A page in a context of its own, without motion."""
    context = await browser.new_context(
        base_url=url, viewport=size, device_scale_factor=scale, locale="nl-BE", reduced_motion="reduce",
        color_scheme="dark" if dark else "light",
    )  # fmt: skip
    yield await context.new_page()
    await context.close()


async def say(page: Page, text: str) -> None:
    """Write in the chat and wait for the answer."""
    answers = page.locator("#thread .msg.from-bot")
    before = await answers.count()
    await page.fill("#text", text)
    await page.press("#text", "Enter")
    await answers.nth(before).wait_for()
    await page.wait_for_timeout(500)  # milliseconds: an answer may come in two messages
    await page.locator("#thread .msg.from-person").last.evaluate("message => message.scrollIntoView()")


async def log_in(page: Page, role: str) -> None:
    """As the demo's member of staff with this role."""
    who = next(account for account in demo_log_ins() if account.role == role)
    await page.goto("/console/login")
    await page.get_by_label("E-mailadres").fill(who.email)
    await page.get_by_label("Wachtwoord").fill(DEMO_PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url(lambda address: "/login" not in address)


async def follow(page: Page, links: str) -> None:
    """Go where the first of these links leads."""
    await page.goto(await page.locator(links).first.get_attribute("href") or "")


async def picture(page: Page, name: str) -> None:
    """Write docs/screenshots/{name}.png and tell its size."""
    path = PICTURES / f"{name}.png"
    await page.screenshot(path=path, animations="disabled")
    size = path.stat().st_size
    print(f"{path.relative_to(ROOT)}  {size / 1000:.0f} kB", flush=True)
    if size > LARGEST:
        raise PictureError(f"{path.name} is {size} bytes and may be {LARGEST}: show less of the page")


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except (DemoError, PictureError) as error:
        sys.exit(str(error))
