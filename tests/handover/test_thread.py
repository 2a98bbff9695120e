"""The thread in pages: nothing lost or doubled between them, a day, a link to one message, and what failed and why."""

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import select

from channels.policy import BLOCKED, CLOSED, NO_CONSENT, STOPPED
from channels.twilio_rest import REASONS
from data.db import Database
from data.tables import (
    Appointment,
    Attachment,
    Counter,
    Event,
    Message,
    MicroContact,
    Note,
    Reminder,
    Role,
    Status,
)
from handover import auth
from handover.console import thread
from handover.console.advice import what_to_do
from handover.console.thread import Window

Get = Callable[..., Awaitable[httpx.Response]]


async def _long(world: Any, count: int) -> tuple[Any, list[Any]]:
    """Somebody with `count` messages, an hour apart, and between every two of them a note, a call and an event."""
    person, staff = await world.person(), await world.staff(Role.DISPATCHER)
    address, talk = await world.address(person), await world.conversation(person)
    rows = []
    for number in range(count):
        at = world.now + timedelta(hours=number)
        rows.append(await world.message(talk, address, f"bericht {number}", created_at=at))
        await world.add(
            Note(person_id=person.id, staff_id=staff.id, text="nota", created_at=at + timedelta(minutes=20))
        )
        await world.add(
            MicroContact(person_id=person.id, staff_id=staff.id, way="call", direction="in", channel="phone",
                         at=at + timedelta(minutes=30))
        )  # fmt: skip
        await world.add(
            Event(
                kind="conversation.closed",
                person_id=person.id,
                data={},
                created_at=at + timedelta(minutes=40),
            )
        )
    return person, rows


async def test_pages_follow_each_other_without_loss_or_double(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thread, "PAGE", 4)
    person, rows = await _long(world, 14)
    pages = [await thread.read(world.session, person.id)]
    while pages[0].older is not None:
        pages.insert(0, await thread.read(world.session, person.id, Window(before=pages[0].older)))
    keys = [item.key for page in pages for item in page.items]
    assert len(keys) == len(set(keys)) == 4 * len(rows)
    assert [item.at for page in pages for item in page.items] == sorted(
        item.at for page in pages for item in page.items
    )
    assert [page.newer is None for page in pages] == [False, False, False, True]


@pytest.mark.parametrize("which", [0, 1, 6, 12, 13])
async def test_a_page_around_a_message_has_it_and_leads_both_ways(
    world: Any, monkeypatch: pytest.MonkeyPatch, which: int
) -> None:
    monkeypatch.setattr(thread, "PAGE", 4)
    person, rows = await _long(world, 14)
    page = await thread.read(world.session, person.id, Window(around=rows[which].id))
    shown = [item.row.id for item in page.items if item.kind == "message"]
    assert rows[which].id in shown
    assert shown == sorted(shown)
    assert (page.older is None) == (shown[0] == rows[0].id)
    assert (page.newer is None) == (shown[-1] == rows[-1].id)
    assert page.last_public == rows[-1].id


async def test_a_day_begins_with_its_first_item_even_if_that_is_no_message(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thread, "PAGE", 4)
    person, rows = await _long(world, 14)
    since = rows[5].created_at + timedelta(minutes=10)
    page = await thread.read(world.session, person.id, Window(since=since))
    assert page.items[0].kind == "note"
    assert page.items[1].at >= since
    assert next(item.row.id for item in page.items if item.kind == "message") == rows[6].id
    before = await thread.read(world.session, person.id, Window(before=page.older))
    assert [item.row.id for item in before.items if item.kind == "message"][-1] == rows[5].id
    after_all = await thread.read(
        world.session, person.id, Window(since=rows[-1].created_at + timedelta(days=1))
    )
    assert (after_all.items, after_all.newer) == ([], None)


@pytest.fixture
async def get(world: Any, browser: httpx.AsyncClient) -> Get:
    """Pages as a dispatcher of gent sees them."""
    staff = await world.staff(Role.DISPATCHER)
    token = await auth.start(world.session, staff.id, now=datetime.now(UTC))
    browser.cookies.set("leerlijn_staff", token)

    async def get(path: str, **more: Any) -> httpx.Response:
        return await browser.get(f"/console/{path}", **more)

    return get


async def test_a_link_leads_to_the_message_in_its_thread_and_marks_it(world: Any, get: Get) -> None:
    person, rows = await _long(world, 130)
    note = await world.add(
        Note(person_id=person.id, staff_id=(await world.staff()).id, text="x", created_at=world.now)
    )
    await world.session.commit()
    answer = await get(f"bericht/{rows[2].id}")
    where = f"/console/client/{person.id}?rond={rows[2].id}"
    assert (answer.status_code, answer.headers["location"]) == (303, f"{where}#m{rows[2].id}")
    page = (await get(where.removeprefix("/console/"))).text
    assert f'id="m{rows[2].id}"' in page
    assert f'href="/console/bericht/{rows[2].id}"' in page
    assert "Naar het nieuwste" in page
    assert f'id="m{rows[2].id}"' not in (await get(f"client/{person.id}")).text
    noted = await get(f"nota/{note.id}?zoek=dag")
    assert noted.headers["location"] == f"/console/client/{person.id}?dag=2026-11-24&zoek=dag#n{note.id}"


async def test_a_link_to_another_regions_message_leads_nowhere(world: Any, get: Get) -> None:
    person = await world.person(region="antwerpen")
    row = await world.message(
        await world.conversation(person, region_id="antwerpen"), await world.address(person), "geheim"
    )
    note = await world.add(Note(person_id=person.id, staff_id=(await world.staff()).id, text="geheim"))
    await world.session.commit()
    for path in (
        f"bericht/{row.id}",
        f"nota/{note.id}",
        "bericht/99999",
        f"client/{person.id}?rond={row.id}",
    ):
        answer = await get(path)
        assert (answer.status_code, "geheim" in answer.text) == (404, False), path


async def test_search_in_the_thread_shows_the_places_and_keeps_the_composer(world: Any, get: Get) -> None:
    person, rows = await _long(world, 3)
    await world.session.commit()
    page = (await get(f"client/{person.id}?zoek=bericht+1")).text
    assert re.search(rf'href="/console/bericht/{rows[1].id}\?zoek=bericht%201"', page)
    assert "1 gevonden" in page
    assert 'id="answer"' in page
    assert "Niets gevonden" in (await get(f"client/{person.id}?zoek=zeppelin")).text
    for odd in ("dag=x", "dag=0001-01-01", "dag=9999-12-31", "voor=-1", "rond=²", "rond=0", f"voor={10**17}"):
        assert (await get(f"client/{person.id}?{odd}")).status_code == 200, odd


async def test_a_voice_note_plays_and_says_whether_it_is_written_out(
    world: Any, get: Get, browser: httpx.AsyncClient
) -> None:
    person = await world.person()
    spoken = await world.message(await world.conversation(person), await world.address(person), "")
    file = await world.add(
        Attachment(message_id=spoken.id, ref="x", kind="audio", state="kept", seconds=12.0)
    )
    await world.session.commit()
    page = (await get(f"client/{person.id}")).text
    assert re.search(rf'<audio controls [^>]*src="/console/bijlage/{file.id}"', page)
    assert "12 s · nog geen uitgeschreven tekst" in page
    csrf = re.search(r'name="csrf" value="([^"]+)"', page)
    assert csrf is not None
    await browser.post(
        f"/console/bijlage/{file.id}/tekst", data={"csrf": csrf[1], "text": "kan ik morgen komen <b>"}
    )
    page = (await get(f"client/{person.id}")).text
    assert "Uitgeschreven door een medewerker" in page
    assert "kan ik morgen komen &lt;b&gt;" in page
    assert "Spraakbericht uitgeschreven" in page, "and it stands in the thread who did that when"
    assert "kan ik <mark>morgen</mark>" in (await get("zoek?q=morgen")).text


@pytest.mark.parametrize(
    ("status", "reason", "says"),
    [
        ("withheld", STOPPED, "Bel, of wacht"), ("failed", BLOCKED, "ander adres"), ("withheld", CLOSED, "OPEN"),
        ("withheld", NO_CONSENT, "Vraag bij het volgende contact"), ("failed", REASONS["30005"], "Kijk het nummer"),
        ("failed", REASONS["63016"], "OPEN"), ("failed", REASONS["21610"], "Bel, of wacht"),
        ("failed", "Meta 131026", "alleen een code"), ("failed", "code 30034", "alleen een code"),
        ("failed", "iets anders", "Stuur het opnieuw"), ("failed", None, "Stuur het opnieuw"),
        ("unknown", "x", "twee keer"), ("withheld", "een mens nam het over", "niets te doen"), ("delivered", None, ""),
    ],
)  # fmt: skip
def test_what_failed_says_what_to_do(status: str, reason: str | None, says: str) -> None:
    told = what_to_do(Message(status=status, status_reason=reason))
    assert told.startswith(says) if not says else says in told


async def test_each_status_is_said_in_words(world: Any, get: Get) -> None:
    person = await world.person()
    talk, address = await world.conversation(person), await world.address(person)
    for status in set(Status) - {Status.RECEIVED}:
        await world.message(
            talk, address, uuid4().hex, direction="out", author="bot", status=status, status_reason=None
        )
    await world.message(
        talk, address, "x", direction="out", author="staff", status="failed", status_reason=BLOCKED
    )
    await world.session.commit()
    page = (await get(f"client/{person.id}")).text
    for words in (
        "klaar om te vertrekken",
        "wordt verstuurd",
        "verstuurd",
        "aangekomen",
        "gelezen",
        "niet aangekomen",
    ):
        assert words in page
    assert BLOCKED in page
    assert "Schrijf via een ander adres" in page


async def test_translations_and_what_a_computer_heard_are_marked(world: Any, get: Get) -> None:
    person = await world.person()
    talk, address = await world.conversation(person), await world.address(person)
    await world.message(talk, address, "مرحبا", direction="out", author="bot", status="sent", language="ar")
    await world.message(talk, address, "dag", direction="out", author="bot", status="sent", language="nl")
    await world.message(talk, address, "ik zoek een kursus", channel="voice")
    await world.session.commit()
    page = (await get(f"client/{person.id}")).text
    assert page.count("vertaald uit het Nederlands") == 1
    assert page.count("door de computer verstaan") == 1


async def test_one_thread_has_every_channel_and_an_answer_goes_by_the_one_that_is_chosen(
    world: Any, get: Get, browser: httpx.AsyncClient, database: Database
) -> None:
    person = await world.person()
    talk = await world.conversation(person)
    ways = {}
    for number, scheme in enumerate(("sms", "whatsapp", "mailto")):
        ways[scheme] = await world.address(person, scheme, f"{scheme}-{number}")
        ways[scheme].last_in_at = datetime.now(UTC)
        at = world.now + timedelta(hours=number)
        channel = "email" if scheme == "mailto" else scheme
        await world.message(talk, ways[scheme], f"via {scheme}", channel=channel, created_at=at)
    await world.session.commit()
    page = (await get(f"client/{person.id}")).text
    thread = page[page.index('id="thread"') :]
    assert thread.index("via sms") < thread.index("via whatsapp") < thread.index("via mailto")
    for words in ("sms</span>", "WhatsApp</span>", "e-mail</span>"):
        assert words in thread
    csrf = re.search(r'name="csrf" value="([^"]+)"', page)
    seen = re.search(r'name="seen" id="seen" value="(\d+)"', page)
    assert csrf is not None
    assert seen is not None
    form = {"csrf": csrf[1], "seen": seen[1], "client_msg_id": str(uuid4()), "text": "dag"}
    await browser.post(
        f"/console/client/{person.id}/antwoord", data={**form, "address_id": str(ways["sms"].id)}
    )
    async with database.transaction() as session:
        sent = (await session.scalars(select(Message).where(Message.author == "staff"))).one()
    assert (sent.address_id, sent.channel) == (ways["sms"].id, "sms"), "not where they wrote last"


async def test_the_reminders_of_an_appointment_are_seen_with_what_became_of_them(
    world: Any, get: Get
) -> None:
    person, staff = await world.person(), await world.staff()
    talk, address = await world.conversation(person), await world.address(person)
    counter = await world.add(Counter(region_id="gent", name="bib"))
    now = datetime.now(UTC)
    row = await world.add(
        Appointment(
            token=uuid4().hex, person_id=person.id, region_id="gent", counter_id=counter.id, staff_id=staff.id,
            status="confirmed", wall_start="2026-11-27T10:00", starts_at=now + timedelta(hours=1),
            ends_at=now + timedelta(hours=2),
        )
    )  # fmt: skip
    sent = await world.message(
        talk, address, "tot morgen", direction="out", author="system", status="failed", purpose="reminder",
        status_reason=REASONS["30005"],
    )  # fmt: skip
    for kind, due_at, more in (
        ("day", now - timedelta(hours=23), {"state": "sent", "message_id": sent.id}),
        ("hours", now - timedelta(hours=1), {}),
    ):
        await world.add(Reminder(appointment_id=row.id, kind=kind, due_at=due_at, **more))
    await world.session.commit()
    page = (await get(f"client/{person.id}")).text
    assert re.search(
        rf'de dag ervoor: <a href="/console/bericht/{sent.id}">niet aangekomen</a> \(nummer bestaat niet\)',
        page,
    )
    assert "moeten vertrekken" in page, "one that never left is seen"
