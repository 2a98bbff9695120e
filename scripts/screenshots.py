"""`make screenshots`: the README's pictures, taken from a demo of their own with Debian's Chromium."""

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser, Page, ViewportSize, async_playwright

from data.seed import DEMO_PASSWORD, demo_log_ins
from scripts.demo_server import ROOT, DemoError, chromium, chromium_arguments, running_demo

PICTURES = ROOT / "docs" / "screenshots"
LARGEST = 200_000  # bytes: a README is read on slow lines too
COLOURS = 200  # of a picture: ours are few, and half of the bytes
PHONE: ViewportSize = {"width": 390, "height": 844}
PHONE_SCALE = 1.5  # sharp enough beside text, and light
DESK: ViewportSize = {"width": 1280, "height": 800}
SIZES = (("", DESK), ("-phone", PHONE))  # what a picture's name ends with
DISPATCHER, COUNSELLOR, COORDINATOR = "dispatcher", "begeleider", "coördinator"
PUBLIC = {"front": "/", "offer": "/aanbod?q=spaans&where=9000", "answers": "/antwoorden"}
THREAD = ".list a[href*='/console/client/']"
CONSOLE = (  # role, name of the picture, path, and what to follow from there
    (DISPATCHER, "queue", "/console/wachtrij", ".list a"),
    (COUNSELLOR, "my-day", "/console/dag", ""),
    (COUNSELLOR, "client", "/console/clienten", THREAD),
    (COUNSELLOR, "micro-contacts", "/console/microcontacten", ""),
    (COUNSELLOR, "agenda", "/console/agenda", ""),
    (COUNSELLOR, "log-a-contact", "/console/noteer", ""),
    (COORDINATOR, "team", "/console/team", ""),
    (COORDINATOR, "settings", "/console/beheer", ""),
    (COORDINATOR, "consent", "/console/beheer/toestemmingen", "a[href*='/toestemming/']"),
    (COORDINATOR, "keeping", "/console/beheer/bewaren", ""),
    (COORDINATOR, "closing", "/console/beheer", "a[href$='/sluiten']"),
    (COORDINATOR, "channels", "/console/kanalen", ""),
    (COORDINATOR, "partners", "/console/partners", ""),
    (COORDINATOR, "reports", "/console/rapporten", ""),
    (COORDINATOR, "gaps", "/console/rapporten/tekorten", ""),
    (COORDINATOR, "neutrality", "/console/rapporten/neutraliteit", ""),
    (COORDINATOR, "corrections", "/console/meldingen", ""),
    (COORDINATOR, "doubts", "/console/twijfels", ""),
)
DARK = ("my-day", "client")
ARABIC = ("مرحبا، أبحث عن دورة لغة هولندية في Aalst", "أريد التحدث مع شخص")


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
        await say(page, ARABIC[0])
        await picture(page, "chat-arabic")
        await say(page, ARABIC[1])  # who then waits in the queue: take_console shows their thread
    async with page_of(browser, url, PHONE, scale=PHONE_SCALE, dark=True) as page:
        await page.goto("/chat")
        await say(page, "Ik wil mijn diploma secundair halen")
        await say(page, "9300")
        await picture(page, "chat-dark")
    for name, path in PUBLIC.items():
        for ending, size in SIZES:
            async with page_of(browser, url, size) as page:
                await page.goto(path)
                await picture(page, name + ending)


async def take_console(browser: Browser, url: str) -> None:
    """Every page that staff work on, on a desk and on a phone; two in the dark, and a thread in Arabic."""
    for role in (DISPATCHER, COUNSELLOR, COORDINATOR):
        for ending, size in SIZES:
            async with page_of(browser, url, size) as page:
                await log_in(page, role)
                for whose, name, path, links in CONSOLE:
                    if whose != role:
                        continue
                    await page.goto(path)
                    if links:
                        await follow(page, links)
                    await picture(page, name + ending)
                    if name in DARK and not ending:
                        await page.emulate_media(color_scheme="dark")
                        await picture(page, f"{name}-dark")
                        await page.emulate_media(color_scheme="light")
                if role == DISPATCHER:
                    await page.goto("/console/wachtrij")
                    await follow(page, f".list a:has-text('{ARABIC[1][:6]}')")
                    await picture(page, "thread-arabic" + ending)


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
    taken = Image.open(BytesIO(await page.screenshot(animations="disabled")))
    taken.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    size = path.stat().st_size
    print(f"{path.relative_to(ROOT)}  {size / 1000:.0f} kB", flush=True)
    if size > LARGEST:
        raise PictureError(f"{path.name} is {size} bytes and may be {LARGEST}: show less of the page")


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except (DemoError, PictureError) as error:
        sys.exit(str(error))
