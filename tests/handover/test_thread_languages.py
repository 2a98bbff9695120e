"""A thread as a French-speaking and an English-speaking member of staff see it; what was said and kept stays as it is."""

import json
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import select

from channels.policy import BLOCKED
from data.db import Database
from data.tables import Decision, Message, Note, Role, Staff
from data.translation import speaking
from dispatch.triage import SURENESS
from dispatch.triage_rules import RULES
from handover import auth
from handover.console.own_link import WORDS
from handover.console.render import environment
from handover.own_changes import ON_THE_PAGE

Open = Callable[[str, str], Awaitable[str]]
BOOKING = next(rule for rule in RULES if rule.code == "appointment_book")


@pytest.fixture
async def staff(world: Any, browser: httpx.AsyncClient) -> Staff:
    member: Staff = await world.staff(Role.DISPATCHER)
    token = await auth.start(world.session, member.id, now=datetime.now(UTC))
    browser.cookies.set("leerlijn_staff", token)
    return member


@pytest.fixture
async def open_in(world: Any, staff: Staff, browser: httpx.AsyncClient) -> Open:
    async def open_in(language: str, path: str) -> str:
        staff.console_language = language
        await world.session.commit()
        return (await browser.get(f"/console/{path}")).text

    return open_in


async def _thread(world: Any, staff: Staff) -> tuple[Any, Any]:
    """A client whom the bot understood, whom a message did not reach, and of whom somebody wrote a note."""
    person = await world.person()
    talk, address = await world.conversation(person), await world.address(person)
    asked = await world.message(
        talk, address, "Bewaard? Ik wil een afspraak.", subject="Afspraak", channel="email"
    )
    await world.message(talk, address, "niet juist", subject=ON_THE_PAGE)
    await world.message(
        talk, address, "Dag!", direction="out", author="staff", status="failed", status_reason=BLOCKED
    )
    await world.add(Note(person_id=person.id, staff_id=staff.id, text="geen", created_at=world.now))
    why = [
        {"code": BOOKING.code, "text": BOOKING.text, "section": BOOKING.section},
        {"code": "intent:appt_book", "text": f"{SURENESS[True]}: appt_book (87%).", "section": "3.3"},
    ]
    decision = await world.add(
        Decision(
            message_id=asked.id, conversation_id=talk.id, intent="appt_book", confidence=0.87, language="nl",
            tier="service", action="appointment_book", reasons=why, understanding={}, model_version="test",
        )
    )  # fmt: skip
    return person, decision


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "fr",
            ["Le client demande un rendez-vous.", "Compris: appt_book (87%).", "cette personne nous a bloqués sur ce canal",
             "Écrivez à une autre adresse, ou appelez.", "Note de", "Écrit sur la page avec ses propres données", "Prendre en charge"],
        ),
        (
            "en",
            ["The client asks for an appointment.", "Understood: appt_book (87%).", "this person blocked us on this channel",
             "Write to another address, or call.", "Note by", "Written on the page with their own data", "Take over"],
        ),
    ],
)  # fmt: skip
async def test_a_thread_in_the_language_of_who_reads_it(
    world: Any, staff: Staff, open_in: Open, language: str, words: list[str]
) -> None:
    person, decision = await _thread(world, staff)
    page = await open_in(language, f"client/{person.id}")
    assert f'<html lang="{language}">' in page
    assert [one for one in words if one not in page] == []
    assert BOOKING.text not in page
    assert BLOCKED not in page
    why = await open_in(language, f"beslissing/{decision.id}")
    assert words[0] in why
    assert words[1] in why


async def test_what_people_wrote_is_not_translated(world: Any, staff: Staff, open_in: Open) -> None:
    person, _ = await _thread(world, staff)
    page = await open_in("fr", f"client/{person.id}")
    assert "Bewaard? Ik wil een afspraak." in page
    assert "<bdi>Afspraak</bdi>" in page, "a mail has the subject that its writer gave it"
    assert '<div class="msg-body" dir="auto">geen</div>' in page


async def test_the_page_carries_what_its_scripts_say(world: Any, staff: Staff, open_in: Open) -> None:
    said = {}
    for language in ("nl", "fr", "en"):
        found = re.search(
            r'<script type="application/json" id="said">(.*?)</script>', await open_in(language, "wachtrij")
        )
        assert found is not None
        said[language] = json.loads(found[1])
    assert said["nl"]["days"] == ["{count} dag", "{count} dagen"]
    assert said["fr"]["writes"] == "{name} écrit une réponse"
    assert said["en"]["cost"] == ["{count} character, {parts} SMS", "{count} characters, {parts} SMS"]
    assert said["nl"].keys() == said["fr"].keys() == said["en"].keys()


@pytest.mark.parametrize(
    "words", ['"fr"|word("language")', '"dit adres bestaat niet"|again', '_("Verstuur")']
)
def test_what_a_template_says_hangs_on_who_reads_it_now(words: str) -> None:
    template = environment().from_string("{{ " + words + " }}")
    said = set()
    for language in ("nl", "fr", "en"):
        with speaking(language):
            said.add(template.render())
    assert len(said) == 3


async def test_a_refusal_is_said_in_their_language_and_keeps_the_text(
    world: Any, staff: Staff, open_in: Open, browser: httpx.AsyncClient
) -> None:
    person, _ = await _thread(world, staff)
    page = await open_in("fr", f"client/{person.id}")
    fields = dict(re.findall(r'name="(csrf|seen)"[^>]* value="([^"]*)"', page))
    form = {**fields, "client_msg_id": str(uuid4()), "text": "Dag {voornaam}, tot {afspraak}"}
    answer = await browser.post(f"/console/client/{person.id}/antwoord", data=form)
    assert answer.status_code == 409
    assert "Remplissez d’abord {voornaam} et {afspraak}, ou enlevez-le." in answer.text
    assert "Dag {voornaam}, tot {afspraak}" in answer.text


async def test_a_client_hears_their_own_language_whoever_sends(
    world: Any, staff: Staff, open_in: Open, browser: httpx.AsyncClient, database: Database
) -> None:
    person = await world.person()
    address = await world.address(person)
    await world.message(await world.conversation(person), address, "hallo")
    page = await open_in("fr", f"client/{person.id}")
    csrf = re.search(r'name="csrf" value="([^"]+)"', page)
    assert csrf is not None
    form = {"csrf": csrf[1], "address_id": str(address.id)}
    answer = await browser.post(f"/console/client/{person.id}/eigen-gegevens", data=form)
    assert answer.status_code == 303
    async with database.transaction() as session:
        sent = await session.scalar(select(Message.text).where(Message.direction == "out"))
    assert sent is not None
    assert sent.startswith(WORDS["nl"].partition("{")[0])
