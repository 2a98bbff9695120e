"""axe-core finds nothing on any page, in light and dark, on a phone and on a desk; and nothing needs sideways scrolling."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Page

SIZES = ({"width": 390, "height": 844}, {"width": 1280, "height": 800})
SCHEMES = ("light", "dark")
NARROWEST = 320  # CSS pixels: WCAG 1.4.10, the same as 400 % zoom on a desktop
PUBLIC = (
    "/",
    "/chat",
    "/chat?lang=ar",
    "/demo-site",
    "/demo-phone",
    "/aanbod",
    "/aanbod?q=spaans&where=9000",
    "/aanbod/aanbieder/1",
    "/antwoorden",
    "/antwoorden?lang=ar",
    "/antwoorden/prijs",
    "/antwoorden/evc?lang=ar",
    "/melding?kind=run&id=1",
    "/doorverwijzen",
    "/doorverwijzen?lang=fr",
    "/neutraal",
    "/toegankelijkheid",
    "/privacy",
    "/console/login",
)
LOG_INS = ("jan", "els", "griet", "lies", "bart")
NOT_A_PAGE = re.compile(r"/(events|logout|uit|static)\b|\.(csv|xlsx|ics|json)$")


async def faults(page: Page, axe) -> list[str]:
    """What is wrong with the page as it stands, in every size and colour scheme."""
    found: list[str] = []
    for scheme in SCHEMES:
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for size in SIZES:
            await page.set_viewport_size(size)
            found += [f"{scheme} {size['width']}: {fault}" for fault in await axe(page)]
    await page.set_viewport_size({"width": NARROWEST, "height": 640})
    wide = await page.evaluate("document.documentElement.scrollWidth")
    if wide > NARROWEST:
        found.append(f"{page.url} is {wide} pixels wide on a screen of {NARROWEST}")
    return found


@pytest.mark.parametrize("path", PUBLIC)
async def test_public_page(page, axe, path: str) -> None:
    await page.goto(path)
    found = await faults(page, axe)
    assert not found, "\n".join(found)


async def test_course_page(page, axe) -> None:
    await page.goto("/aanbod?q=spaans")
    link = await page.locator("main a[href^='/aanbod/']").first.get_attribute("href")
    assert link
    await page.goto(link)
    await page.get_by_text("Klopt er iets niet?").click()
    found = await faults(page, axe)
    course = await page.locator("main a[href^='/aanbod/cursus/']").first.get_attribute("href")
    assert course
    await page.goto(course)
    found += await faults(page, axe)
    assert not found, "\n".join(found)


async def test_a_page_that_is_not_there(new_page, axe) -> None:
    page = await new_page(expected="404")
    answer = await page.goto("/nergens")
    assert answer.status == 404
    found = await faults(page, axe)
    assert not found, "\n".join(found)


async def test_own_appointment(page, axe, appointment_path: str) -> None:
    for path in (appointment_path, f"{appointment_path}/verplaats", f"{appointment_path}/annuleer"):
        answer = await page.goto(path)
        assert answer.status == 200, path
        found = await faults(page, axe)
        assert not found, "\n".join(found)


async def test_own_file(page, axe, own_file_path: str) -> None:
    for path in (own_file_path, f"{own_file_path}?lang=fr", f"{own_file_path}/wissen", "/mijn/gewist"):
        answer = await page.goto(path)
        assert answer.status == 200, path
        found = await faults(page, axe)
        assert not found, "\n".join(found)


async def test_console_pages(staff_page, axe) -> None:
    """Every kind of page that a link in the console leads to, each with the first role that finds it."""
    seen: set[str] = set()
    found: list[str] = []
    for login in LOG_INS:
        page = await staff_page(login)
        ahead = [urlsplit(page.url).path]
        while ahead:
            path = ahead.pop(0)
            kind = re.sub(r"\d+|[0-9a-f-]{20,}", "…", path)
            if kind in seen:
                continue
            seen.add(kind)
            answer = await page.goto(path)
            assert answer.status == 200, f"{login} is led to {path}: {answer.status}"
            ahead += [link for link in await links(page) if not NOT_A_PAGE.search(link)]
            found += [f"{login} {fault}" for fault in await faults(page, axe)]
    assert len(seen) >= 8, f"the console has more pages than {sorted(seen)}"
    assert not found, "\n".join(found)


async def links(page: Page) -> list[str]:
    """The console's own addresses that the page links to, without their questions."""
    targets: list[str] = await page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")
    return [urlsplit(target).path for target in targets if urlsplit(target).path.startswith("/console/")]
