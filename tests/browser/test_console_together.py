"""Two members of staff and a client at once: who takes it, who writes, what a dead line, a restart and a sleep leave whole."""

import asyncio
import re
from typing import Any
from uuid import uuid4

from playwright.async_api import Page, Route, expect

from scripts.demo_server import DemoServer
from tests.browser.test_console_browser import _waiting_client


async def _open_the_last(page: Page, words: str = "mens spreken") -> None:
    await page.goto("/console/wachtrij")
    await page.locator("a.list-row").filter(has_text=words).last.click()
    await expect(page.locator("#thread")).to_be_visible()
    await page.wait_for_load_state()


async def _two(new_page: Any, staff_page: Any, **options: Any) -> tuple[Page, Page, Page]:
    """A client who waits, and Jan and Griet with that thread before them."""
    chat = await _waiting_client(new_page, f"hallo {uuid4().hex[:8]}", **options)
    jan: Page = await staff_page("jan", **options)
    await _open_the_last(jan)
    griet: Page = await staff_page("griet", **options)
    await griet.goto(jan.url)
    return chat, jan, griet


async def test_both_press_take_over_and_one_has_it(new_page: Any, staff_page: Any) -> None:
    chat, jan, griet = await _two(new_page, staff_page, expected="409")
    await asyncio.gather(*(page.locator("#take-over").click(no_wait_after=True) for page in (jan, griet)))
    winner = loser = None
    for page, name in ((jan, "Jan Moens"), (griet, "Griet Claus")):
        await expect(page.locator("#head")).to_contain_text(re.compile("bij (jou|Jan|Griet)"))
        if "bij jou" in (await page.locator("#head").inner_text()):
            winner, won = page, name
        else:
            loser = page
    assert winner is not None
    assert loser is not None, "both think that they have it"
    await expect(loser.locator("#toasts")).to_contain_text(f"{won} nam dit gesprek net over")
    await expect(loser.locator("#head")).to_contain_text(f"bij {won}")
    said = await chat.locator(".from-bot").count()
    await chat.get_by_role("textbox").fill("ben je er nog?")
    await chat.keyboard.press("Enter")
    await expect(winner.locator("#thread")).to_contain_text("ben je er nog?")
    await chat.wait_for_timeout(1500)
    assert await chat.locator(".from-bot").count() == said, "the bot is silent from that commit on"


async def test_one_sees_who_looks_and_who_writes_and_is_asked_before_sending_beside_them(
    new_page: Any, staff_page: Any
) -> None:
    chat, jan, griet = await _two(new_page, staff_page, expected="409")
    await expect(jan.locator("#others")).to_contain_text("Griet Claus kijkt ook")
    await expect(griet.locator("#others")).to_contain_text("Jan Moens kijkt ook")
    await griet.locator("#text").press_sequentially("Dag, ik")
    await expect(jan.locator("#others")).to_contain_text("Griet Claus schrijft een antwoord")
    await jan.locator("#text").fill("hier is Jan")
    await jan.get_by_role("button", name="Verstuur").click()
    await expect(jan.locator("#warning")).to_contain_text("Griet Claus is al een antwoord aan het schrijven")
    await expect(jan.locator("#text")).to_have_value("hier is Jan")
    await jan.get_by_role("button", name="Verstuur toch").click()
    await expect(chat.get_by_text("hier is Jan")).to_be_visible()
    await griet.goto("/console/dag")
    await expect(jan.locator("#others")).to_be_hidden(timeout=20_000)


async def test_the_line_dies_after_the_message_arrived_and_it_is_one_message(
    new_page: Any, staff_page: Any
) -> None:
    """The worst moment: the server has it, and the browser never hears so."""
    chat, jan, griet = await _two(
        new_page, staff_page, expected="ERR_FAILED|ERR_CONNECTION|Failed to fetch|htmx|Send Error"
    )
    dead = False

    async def arrive_and_lose(route: Route) -> None:
        nonlocal dead
        if dead:
            await route.continue_()
            return
        dead = True
        await route.fetch()
        await route.abort("failed")

    await jan.route("**/antwoord", arrive_and_lose)
    words = f"tot morgen {uuid4().hex[:6]}"
    await jan.locator("#text").fill(words)
    await jan.get_by_role("button", name="Verstuur").click()
    await expect(chat.get_by_text(words)).to_have_count(1)
    await jan.reload()
    await expect(jan.locator("#thread .from-staff").filter(has_text=words)).to_have_count(1)
    await expect(jan.locator("#text")).to_have_value("", timeout=5_000)
    await griet.wait_for_timeout(500)
    await expect(chat.get_by_text(words)).to_have_count(1)


async def test_words_added_after_a_lost_answer_get_a_message_of_their_own(
    new_page: Any, staff_page: Any
) -> None:
    chat, jan, _ = await _two(
        new_page, staff_page, expected="ERR_FAILED|ERR_CONNECTION|Failed to fetch|htmx|Send Error|409"
    )
    lost = []

    async def arrive_and_lose(route: Route) -> None:
        if lost:
            await route.continue_()
            return
        lost.append(await route.fetch())
        await route.abort("failed")

    await jan.route("**/antwoord", arrive_and_lose)
    first, second = f"eerst {uuid4().hex[:6]}", f"en dan {uuid4().hex[:6]}"
    await jan.locator("#text").fill(first)
    await jan.get_by_role("button", name="Verstuur").click()
    await expect(jan.locator("#thread .from-staff").last).to_contain_text(first)
    await jan.locator("#text").fill(second)
    await jan.get_by_role("button", name="Verstuur").click()
    await expect(jan.locator("#thread .from-staff").last).to_contain_text(second)
    await expect(jan.locator("#text")).to_have_value("")
    for words in (first, second):
        await expect(chat.get_by_text(words)).to_have_count(1)


async def test_another_who_logs_in_here_does_not_find_my_draft(new_page: Any, staff_page: Any) -> None:
    _, jan, _ = await _two(new_page, staff_page)
    await jan.locator("#text").fill("van Jan")
    address = jan.url
    await jan.context.clear_cookies()
    await jan.goto("/console/login")
    await jan.get_by_label("E-mailadres").fill("griet@demo.leerlijn.be")
    await jan.get_by_label("Wachtwoord").fill("leren-is-leuk")
    await jan.keyboard.press("Enter")
    await jan.wait_for_url(lambda url: "/login" not in url)
    await jan.goto(address)
    await expect(jan.locator("#text")).to_have_value("")


async def test_it_sleeps_and_wakes_and_shows_what_happened(new_page: Any, staff_page: Any) -> None:
    """A lid that closes: no line, no timers. Then both come back, and nothing is loaded anew by hand."""
    chat, jan, _ = await _two(
        new_page, staff_page, expected="ERR_INTERNET_DISCONNECTED|Failed to fetch|net::|htmx"
    )
    session = await jan.context.new_cdp_session(jan)
    await jan.locator("#text").fill("half af")
    await jan.evaluate("window.stayed = true")
    await jan.context.set_offline(True)
    await session.send("Page.setWebLifecycleState", {"state": "frozen"})
    words = f"terwijl je sliep {uuid4().hex[:6]}"
    await chat.get_by_role("textbox").fill(words)
    await chat.keyboard.press("Enter")
    await chat.wait_for_timeout(3000)
    await jan.context.set_offline(False)
    await session.send("Page.setWebLifecycleState", {"state": "active"})
    await expect(jan.locator("#thread")).to_contain_text(words, timeout=15_000)
    await expect(jan.locator("#text")).to_have_value("half af")
    assert await jan.evaluate("window.stayed"), "it was not reloaded"


async def test_a_restart_in_the_middle_costs_no_words_and_no_reload(
    new_page: Any, staff_page: Any, demo_server: DemoServer
) -> None:
    chat, jan, griet = await _two(
        new_page, staff_page, expected="ERR_CONNECTION|ERR_INCOMPLETE|Failed to fetch|htmx|Send Error|WebSocket|net::"
    )  # fmt: skip
    await jan.evaluate("window.stayed = true")
    words = f"na de herstart {uuid4().hex[:6]}"
    await jan.locator("#text").fill(words)
    await asyncio.to_thread(demo_server.stop)
    try:
        await jan.get_by_role("button", name="Verstuur").click()
        await expect(jan.locator("#toasts")).to_contain_text("Geen verbinding")
        await expect(jan.locator("#text")).to_have_value(words)
    finally:
        await asyncio.to_thread(demo_server.start)
    await jan.get_by_role("button", name="Verstuur").click()
    await expect(jan.locator("#thread .from-staff").filter(has_text=words)).to_have_count(1, timeout=20_000)
    await expect(griet.locator("#thread")).to_contain_text(words, timeout=20_000)
    await expect(chat.get_by_text(words)).to_have_count(1, timeout=30_000)
    assert await jan.evaluate("window.stayed"), "it was not reloaded"
