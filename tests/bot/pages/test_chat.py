"""The chat without JavaScript: a form, a thread, and nothing a visitor wrote becomes HTML."""

import re
from html import unescape

import httpx
import pytest
from sqlalchemy import func, select

from bot.pages import chat
from channels.base import Choice
from data.db import Database
from data.tables import Message
from tests.bot.pages.conftest import Parrot


def bodies(page: str) -> list[tuple[str, str]]:
    """Author and text of every message on a page, in order."""
    found = re.findall(r'<li class="msg from-(\w+)".*?<div class="msg-body"[^>]*>(.*?)</div>', page, re.S)
    return [(author, unescape(text)) for author, text in found]


async def count(database: Database) -> int:
    async with database.transaction() as session:
        return await session.scalar(select(func.count()).select_from(Message)) or 0


async def test_a_new_visitor_is_greeted_and_nothing_is_stored(
    browser: httpx.AsyncClient, database: Database
) -> None:
    page = await browser.get("/chat")
    (greeting,) = bodies(page.text)
    assert greeting[0] == "bot"
    assert "digitale assistent" in greeting[1]
    assert "Typ <b>mens</b>" in greeting[1]
    assert page.headers["cache-control"] == "no-store"
    assert len(browser.cookies["visitor"]) == 43
    assert browser.cookies["visitor"] not in page.text
    assert await count(database) == 0


async def test_a_question_is_answered_on_the_next_page(browser: httpx.AsyncClient, parrot: Parrot) -> None:
    parrot.says = ("Ik vond 2 cursussen.", "Typ *meer*.")
    sent = await browser.post("/chat", data={"text": "Spaans in Gent?", "lang": "nl"})
    assert sent.status_code == 303
    page = (await browser.get(sent.headers["location"])).text
    assert bodies(page)[1:] == [
        ("person", "Spaans in Gent?"),
        ("bot", "Ik vond 2 cursussen."),
        ("bot", "Typ <b>meer</b>."),
    ]
    assert "We lezen je bericht" not in page.split("<template")[0]


async def test_a_visitor_sees_only_their_own_thread(browser: httpx.AsyncClient) -> None:
    await browser.post("/chat", data={"text": "geheim"})
    browser.cookies.clear()
    assert "geheim" not in (await browser.get("/chat")).text
    browser.cookies.set("visitor", "x" * 43)
    assert "geheim" not in (await browser.get("/chat")).text


async def test_the_same_form_twice_is_one_message_a_second_thought_another(
    browser: httpx.AsyncClient, database: Database
) -> None:
    form = {"text": "hallo", "client_msg_id": "abc"}
    first = await browser.post("/chat", data=form)
    again = await browser.post("/chat", data=form)
    assert first.headers["location"] == again.headers["location"]
    assert await count(database) == 2, "one message, one reply"
    await browser.post("/chat", data=form | {"text": "toch iets anders"})
    assert await count(database) == 4


async def test_only_the_last_choices_can_be_pressed(browser: httpx.AsyncClient, parrot: Parrot) -> None:
    parrot.choices = [Choice(label="bib <Aalst>", value="1")]
    await browser.post("/chat", data={"text": "een"})
    await browser.post("/chat", data={"text": "twee"})
    page = (await browser.get("/chat")).text
    buttons = re.findall(
        r'<button class="button" form="say" name="text" value="1"( disabled)?>(.*?)</button>', page
    )
    shown = '<span class="number">1</span> bib &lt;Aalst&gt;'
    assert buttons == [(" disabled", shown), ("", shown)]


async def test_what_people_write_stays_inert(browser: httpx.AsyncClient, parrot: Parrot) -> None:
    nasty = "<script>alert(1)</script> *vet* https://evil.example/ \u202etxet"
    parrot.says = ("<img src=x onerror=alert(1)>",)
    await browser.post("/chat", data={"text": nasty})
    page = (await browser.get("/chat")).text
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "<b>vet</b>" not in page
    assert 'href="https://evil.example' not in page


async def test_arabic_runs_from_right_to_left(browser: httpx.AsyncClient, parrot: Parrot) -> None:
    parrot.says, parrot.language = ("أهلا",), "ar"
    await browser.post("/chat", data={"text": "مرحبا"})
    page = (await browser.get("/chat")).text
    assert '<div class="msg-body" dir="rtl" lang="ar">أهلا</div>' in page


async def test_no_answer_in_time_says_so_and_keeps_the_way_on(
    browser: httpx.AsyncClient, parrot: Parrot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chat, "REPLY_PATIENCE", 0.1)
    parrot.says = ()
    sent = await browser.post("/chat", data={"text": "is daar iemand"})
    page = (await browser.get(sent.headers["location"])).text
    assert "We lezen je bericht." in page.split("<template")[0]
    assert "Kijk of er een antwoord is" in page


@pytest.mark.parametrize(
    ("text", "status", "said"),
    [("", 422, "Typ eerst je bericht."), ("  \n", 422, "Typ eerst je bericht."), ("x" * 4001, 413, "Je bericht is te lang.")],
)  # fmt: skip
async def test_what_cannot_be_sent_is_said_and_kept(
    browser: httpx.AsyncClient, database: Database, text: str, status: int, said: str
) -> None:
    page = await browser.post("/chat", data={"text": text})
    assert page.status_code == status
    assert said in page.text
    assert text.strip() in page.text
    assert await count(database) == 0


async def test_a_form_of_another_site_is_refused(browser: httpx.AsyncClient, database: Database) -> None:
    page = await browser.post("/chat", data={"text": "hoi"}, headers={"Origin": "https://evil.example"})
    assert page.status_code == 403
    assert await count(database) == 0


async def test_leaving_forgets_the_visitor_here(browser: httpx.AsyncClient) -> None:
    await browser.post("/chat", data={"text": "niemand mag dit zien"})
    gone = await browser.get("/chat/exit")
    assert gone.headers["location"] == "https://www.wikipedia.org/"
    assert "visitor" not in browser.cookies
    assert "niemand" not in (await browser.get("/chat")).text


@pytest.mark.parametrize(
    ("language", "said"),
    [("nl", "digitale assistent"), ("fr", "assistant numérique"), ("en", "digital assistant")],
)
async def test_language_and_frame_stay_while_talking(
    browser: httpx.AsyncClient, language: str, said: str
) -> None:
    page = await browser.get("/chat", params={"lang": language, "embed": "1"})
    assert f'<html lang="{language}">' in page.text
    assert said in page.text
    sent = await browser.post("/chat", data={"text": "hallo", "lang": language, "embed": "1"})
    assert sent.headers["location"].startswith(f"/chat?lang={language}&embed=1#m")
