"""The console in a real browser: a client who waits, two members of staff at once, keys, drafts, a dead network."""

import re
from typing import Any
from uuid import uuid4

from playwright.async_api import Page, expect


async def _waiting_client(new_page: Any, words: str, **options: Any) -> Page:
    """Somebody on the web chat who asks for a person and says `words`."""
    chat: Page = await new_page(**options)
    await chat.goto("/chat")
    await expect(chat.locator(".from-bot")).to_have_count(1)
    for text in (words, "ik wil een mens spreken"):
        said = await chat.locator(".from-bot").count()
        await chat.get_by_role("textbox").fill(text)
        await chat.keyboard.press("Enter")
        await expect(chat.locator(".from-bot").nth(said)).to_be_visible(timeout=20_000)
    return chat


async def test_a_question_appears_by_itself_and_is_answered_by_keys(new_page: Any, staff_page: Any) -> None:
    jan: Page = await staff_page("jan")
    await jan.goto("/console/wachtrij")
    words = f"hallo {uuid4().hex[:8]}"
    chat = await _waiting_client(new_page, words)
    row = jan.locator("a.list-row").filter(has_text="mens spreken").last
    await expect(row).to_be_visible(timeout=15_000)
    assert re.match(r"^\(\d+\) ", await jan.title())

    await row.focus()
    await jan.keyboard.press("Enter")
    await expect(jan.locator("#thread")).to_contain_text(words)
    await jan.wait_for_load_state()  # from then on keys are listened to
    await jan.keyboard.press("e")
    await expect(jan.locator("#head")).to_contain_text("bij jou")
    await jan.keyboard.press("r")
    answer = f"Dag, hier is Jan {uuid4().hex[:6]}"
    await jan.keyboard.type(answer)
    await jan.keyboard.press("Control+Enter")
    await expect(jan.locator("#thread .from-staff").last).to_contain_text(answer)
    await expect(jan.locator("#text")).to_have_value("")
    await expect(chat.get_by_text(answer)).to_be_visible()

    await chat.get_by_role("textbox").fill("dank je wel Jan")
    await chat.keyboard.press("Enter")
    await expect(jan.locator("#thread")).to_contain_text("dank je wel Jan")
    await chat.wait_for_timeout(1500)
    await expect(chat.get_by_text("dank je wel Jan")).to_be_visible()
    assert await chat.locator(".from-bot").last.evaluate(
        "(bot) => Boolean(bot.compareDocumentPosition("
        "[...document.querySelectorAll('.from-person')].at(-1)) & Node.DOCUMENT_POSITION_FOLLOWING)"
    ), "the bot is silent once somebody has taken over"


async def test_a_draft_survives_news_and_a_reload_and_is_held_back_after_a_colleague(
    new_page: Any, staff_page: Any
) -> None:
    await _waiting_client(new_page, f"hallo {uuid4().hex[:8]}")
    jan: Page = await staff_page("jan", **{})
    await jan.goto("/console/wachtrij")
    await jan.locator("a.list-row").filter(has_text="mens spreken").last.click()
    await expect(jan.locator("#thread")).to_be_visible()
    griet: Page = await staff_page("griet", expected="409")
    await griet.goto(jan.url)
    await griet.locator("#text").fill("mijn halve antwoord")
    await griet.reload()
    await expect(griet.locator("#text")).to_have_value("mijn halve antwoord")

    await jan.locator("#text").fill("ik was eerst")
    await jan.get_by_role("button", name="Verstuur").click()
    await expect(griet.locator("#thread")).to_contain_text("ik was eerst")
    await expect(griet.locator("#text")).to_have_value("mijn halve antwoord")
    await griet.get_by_role("button", name="Verstuur").click()
    await expect(griet.locator("#warning")).to_contain_text("Kijk eerst")
    assert griet.url.split("?")[0] == jan.url.split("?")[0], "the address stays that of the thread"
    await expect(griet.locator("#text")).to_have_value("mijn halve antwoord")
    await griet.get_by_role("button", name="Verstuur").click()
    await expect(griet.locator("#thread .from-staff").last).to_contain_text("mijn halve antwoord")


async def test_a_dead_network_loses_no_words_and_doubles_none(new_page: Any, staff_page: Any) -> None:
    await _waiting_client(new_page, f"hallo {uuid4().hex[:8]}")
    jan: Page = await staff_page("jan", expected="ERR_INTERNET_DISCONNECTED|Failed to fetch|htmx|Send Error")
    await jan.goto("/console/wachtrij")
    await jan.locator("a.list-row").filter(has_text="mens spreken").last.click()
    await expect(jan.locator("#text")).to_be_visible()
    await jan.locator("#text").fill("ben je daar nog?")
    await jan.context.set_offline(True)
    await jan.get_by_role("button", name="Verstuur").click()
    await expect(jan.locator("#toasts")).to_contain_text("Geen verbinding")
    await expect(jan.locator("#text")).to_have_value("ben je daar nog?")
    await jan.context.set_offline(False)
    await jan.get_by_role("button", name="Verstuur").click()
    await expect(jan.locator("#thread .from-staff").filter(has_text="ben je daar nog?")).to_have_count(1)


async def test_it_works_without_scripts(new_page: Any, staff_page: Any) -> None:
    await _waiting_client(new_page, f"hallo {uuid4().hex[:8]}")
    jan: Page = await staff_page("jan", java_script_enabled=False)
    await jan.goto("/console/wachtrij")
    await jan.locator("a.list-row").filter(has_text="mens spreken").last.click()
    await jan.locator("#text").fill("zonder script")
    await jan.get_by_role("button", name="Verstuur").click()
    await expect(jan.locator("#thread .from-staff").last).to_contain_text("zonder script")
    await jan.locator("#note-box > summary").click()
    await jan.locator("#note-text").fill("alleen voor ons")
    await jan.get_by_role("button", name="Bewaar nota").click()
    await expect(jan.locator("#thread .from-note").last).to_contain_text("alleen voor ons")
    await jan.locator("label.choice", has_text="telefoon").click()
    await jan.get_by_role("button", name="Noteer contact").click()
    await expect(jan.locator("#thread")).to_contain_text("Telefoongesprek")


async def test_the_queue_on_a_phone_goes_from_list_to_thread_to_person_and_back(staff_page: Any) -> None:
    jan: Page = await staff_page("jan", viewport={"width": 390, "height": 844})
    await jan.goto("/console/clienten?lijst=regio")
    await jan.locator("a.list-row").first.click()
    await expect(jan.locator("#thread")).to_be_visible()
    await expect(jan.locator("#list")).to_be_hidden()
    await jan.get_by_role("link", name="Dossier", exact=True).click()
    await expect(jan.locator("#person")).to_be_visible()
    await jan.get_by_role("link", name="Gesprek", exact=True).click()
    await expect(jan.locator("#thread")).to_be_visible()
    await jan.get_by_role("link", name="Lijst", exact=True).click()
    await expect(jan.locator("#list")).to_be_visible()
