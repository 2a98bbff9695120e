"""The thread and the composer in a real browser: by keys, by link, right to left, and on a phone."""

import re
from typing import Any
from uuid import uuid4

from playwright.async_api import Page, expect

ARABIC = "أريد أن أتعلم اللغة الهولندية"


async def _client(new_page: Any, *words: str) -> Page:
    """Somebody on the web chat who says `words` and asks for a person."""
    chat: Page = await new_page()
    await chat.goto("/chat")
    await expect(chat.locator(".from-bot")).to_have_count(1)
    for text in (*words, "mens"):
        said = await chat.locator(".from-bot").count()
        await chat.get_by_role("textbox").fill(text)
        await chat.keyboard.press("Enter")
        await expect(chat.locator(".from-bot").nth(said)).to_be_visible(timeout=20_000)
    return chat


async def _open(jan: Page, words: str) -> None:
    """Finds the thread by its words, and opens it at the message with them."""
    await jan.goto(f"/console/zoek?q={words}")
    await jan.locator("ol.list a.list-row").first.click()
    await expect(jan.locator("#thread")).to_be_visible()
    await jan.wait_for_load_state()


async def test_search_leads_to_the_message_marks_it_and_its_link_is_copied(
    new_page: Any, staff_page: Any
) -> None:
    word = f"woord{uuid4().hex[:8]}"
    await _client(new_page, f"ik zoek {word} in Aalst")
    jan: Page = await staff_page("jan", permissions=["clipboard-read", "clipboard-write"])
    await jan.goto("/console/wachtrij")
    await jan.keyboard.press("/")
    await jan.keyboard.type(word[:9])
    await jan.keyboard.press("Enter")
    hit = jan.locator("ol.list a.list-row").first
    await expect(hit.locator("mark")).to_have_text(word)
    await hit.focus()
    await jan.keyboard.press("Enter")
    marked = jan.locator("#thread li:target")
    await expect(marked).to_contain_text(word)
    await expect(marked).to_be_in_viewport()
    await expect(marked).to_be_focused()
    assert await jan.evaluate("document.scrollingElement.scrollTop") == 0, "only the thread scrolls"
    await jan.keyboard.press("y")
    await expect(jan.locator("#toasts")).to_contain_text("gekopieerd")
    link = await jan.evaluate("navigator.clipboard.readText()")
    assert re.search(r"/console/bericht/\d+$", link)
    griet: Page = await staff_page("griet")
    await griet.goto(link)
    await expect(griet.locator("#thread li:target")).to_contain_text(word)


async def test_the_thread_is_walked_searched_and_dated_by_keys(new_page: Any, staff_page: Any) -> None:
    word = f"woord{uuid4().hex[:8]}"
    await _client(new_page, f"dag {word}")
    jan: Page = await staff_page("jan")
    await _open(jan, word)
    before = await jan.evaluate("document.activeElement.id")
    await jan.keyboard.press("Shift+J")
    after = await jan.evaluate("document.activeElement.id")
    assert before != after
    await jan.keyboard.press("Shift+K")
    assert await jan.evaluate("document.activeElement.id") == before
    await jan.keyboard.press("f")
    await expect(jan.locator("#seek-words")).to_be_focused()
    await jan.locator("#seek-words").fill(word[:8])
    await jan.keyboard.press("Enter")
    await expect(jan.locator("#found")).to_contain_text("1 gevonden")
    await expect(jan.locator("#found")).to_be_in_viewport()
    await expect(jan.locator("#text")).to_be_visible()
    await jan.wait_for_load_state()
    await jan.keyboard.press("g")
    await expect(jan.locator("#seek-day")).to_be_focused()


async def test_what_is_put_in_goes_into_the_draft_and_stays_there_until_it_is_sent(
    new_page: Any, staff_page: Any
) -> None:
    word = f"woord{uuid4().hex[:8]}"
    chat = await _client(new_page, f"ik zoek spaans in Aalst {word}")
    jan: Page = await staff_page("jan")
    await _open(jan, word)
    await jan.locator("#text").fill("Dag!")
    await jan.keyboard.press("Escape")
    await jan.keyboard.press("i")
    await expect(jan.locator("#insert a").first).to_be_focused()
    await jan.locator("#insert a", has_text="Ik kon je niet bereiken").click()
    await expect(jan.locator("#text")).to_have_value(re.compile(r"^Dag!\nDag .*\. Ik probeerde je te bellen"))
    await expect(jan.locator("#insert")).not_to_have_attribute("open", "")
    await jan.reload()
    await expect(jan.locator("#text")).to_have_value(re.compile("Ik probeerde je te bellen"))

    await jan.locator("#text").fill("")
    await jan.keyboard.press("Escape")
    await jan.keyboard.press("o")
    await jan.keyboard.type("evc")
    found = jan.locator("#offer-found")
    await expect(found).to_contain_text("Geef liefst meer dan één mogelijkheid", timeout=15_000)
    await found.get_by_role("link", name="Voeg in").first.click()
    await expect(jan.locator("#text")).to_have_value(re.compile("nagekeken"))
    assert await chat.locator(".from-staff").count() == 0, "nothing was sent by itself"
    await jan.locator("#text").fill("gewoon dag")
    await jan.keyboard.press("Control+Enter")
    await expect(chat.get_by_text("gewoon dag")).to_be_visible()


async def test_a_draft_is_read_back_while_one_types(new_page: Any, staff_page: Any) -> None:
    word = f"woord{uuid4().hex[:8]}"
    await _client(new_page, f"hallo {word}")
    jan: Page = await staff_page("jan")
    await _open(jan, word)
    await jan.locator("#text").press_sequentially("Gelieve het CVO te bellen.")
    await expect(jan.locator("#reading")).to_contain_text("zeg liever “wil je”")
    await expect(jan.locator("#text")).to_be_focused()
    await expect(jan.locator("#text")).to_have_value("Gelieve het CVO te bellen.")
    await jan.locator("#text").fill("Wil je ons bellen voor het gesprek?")
    await expect(jan.locator("#reading")).to_have_text("Leest vlot.")


async def test_what_the_bot_would_say_is_a_draft(new_page: Any, staff_page: Any) -> None:
    word = f"woord{uuid4().hex[:8]}"
    chat = await _client(new_page, f"hallo {word}")
    jan: Page = await staff_page("jan")
    await _open(jan, word)
    await jan.keyboard.press("e")
    await expect(jan.locator("#head")).to_contain_text("bij jou")
    await chat.get_by_role("textbox").fill("Wat is EVC?")
    await chat.keyboard.press("Enter")
    await expect(jan.locator("#thread")).to_contain_text("Wat is EVC?")
    await jan.keyboard.press("s")
    await expect(jan.locator("#text")).to_have_value(re.compile("nagekeken"), timeout=15_000)
    await expect(jan.locator("#reading")).to_contain_text("vertrekt pas als jij verstuurt")
    assert await chat.locator(".from-staff").count() == 0


async def test_an_arabic_thread_stands_right_in_a_console_that_runs_left_to_right(
    new_page: Any, staff_page: Any, axe: Any
) -> None:
    mark = uuid4().hex[:8]
    await _client(new_page, f"{ARABIC} {mark}")
    for view in ({"width": 1280, "height": 800}, {"width": 390, "height": 844}):
        jan: Page = await staff_page("jan", viewport=view, color_scheme="dark")
        await _open(jan, mark)
        body = jan.locator("#thread .from-person .msg-body", has_text=ARABIC).first
        assert await body.evaluate("(it) => getComputedStyle(it).direction") == "rtl"
        assert await jan.evaluate("getComputedStyle(document.querySelector('.console')).direction") == "ltr"
        await jan.locator("#text").fill(ARABIC)
        assert await jan.locator("#text").evaluate("(it) => it.matches(':dir(rtl)')")
        assert await jan.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing hangs out"
        assert await axe(jan) == []


async def test_the_new_pages_have_no_barriers(new_page: Any, staff_page: Any, axe: Any) -> None:
    word = f"woord{uuid4().hex[:8]}"
    await _client(new_page, f"hallo {word}")
    for view in ({"width": 1280, "height": 800}, {"width": 390, "height": 844}):
        griet: Page = await staff_page("griet", viewport=view)
        await _open(griet, word)
        person = await griet.locator("#talk").get_attribute("data-person")
        for path in (
            f"zoek?q={word}", f"client/{person}?zoek={word}", f"client/{person}/aanbod?q=spaans", f"client/{person}/momenten",
            f"client/{person}/contacten", "microcontacten", "beheer/antwoorden", "beheer/antwoord", "beheer/antwoord/1",
            f"noteer?soort=no_show&persoon={person}",
        ):  # fmt: skip
            await griet.goto(f"/console/{path}")
            assert await axe(griet) == []
            assert await griet.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


async def test_without_scripts_it_is_all_there(new_page: Any, staff_page: Any) -> None:
    word = f"woord{uuid4().hex[:8]}"
    await _client(new_page, f"hallo {word}")
    jan: Page = await staff_page("jan", java_script_enabled=False)
    await _open(jan, word)
    await jan.locator("#insert > summary").click()
    await jan.locator("#insert a", has_text="Ik kon je niet bereiken").click()
    await expect(jan.locator("#text")).to_have_value(re.compile("Ik probeerde je te bellen"))
    await jan.locator("#offer > summary").click()
    await jan.get_by_role("link", name="Zoek in het aanbod").click()
    await jan.locator("#offer-here").fill("evc")
    await jan.keyboard.press("Enter")
    await jan.get_by_role("link", name="Voeg in").first.click()
    await expect(jan.locator("#text")).to_have_value(re.compile("nagekeken"))
    await jan.locator("#seek > summary").click()
    await jan.locator("#seek-words").fill(word)
    await jan.locator("#seek").get_by_role("button", name="Zoek").click()
    await expect(jan.locator("#found")).to_contain_text("1 gevonden")
