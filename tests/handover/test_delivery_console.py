"""The console on channels, addresses and who is who."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select, text

from channels import health, templates
from data.db import Database
from data.tables import (
    Address,
    ChannelState,
    Consent,
    Event,
    Job,
    Message,
    Person,
    PersonMerge,
    Role,
    Staff,
    Status,
    TemplateApproval,
)
from handover import auth, channel_page
from tests.handover.conftest import ORIGIN


@pytest.fixture
async def desk(world: Any, browser: httpx.AsyncClient) -> Any:
    """A coordinator of Gent at work: gets pages, posts forms."""
    staff = await world.staff(Role.COORDINATOR, "gent")
    token = await auth.start(world.session, staff.id, now=datetime.now(UTC))
    who = await auth.session_of(world.session, token, now=datetime.now(UTC))
    browser.cookies.set("leerlijn_staff", token)

    async def post(path: str, **form: Any) -> httpx.Response:
        fields = {"csrf": who.csrf if who else "", **{name: str(value) for name, value in form.items()}}
        return await browser.post(f"/console/{path}", data=fields, headers={"origin": ORIGIN})

    async def get(path: str) -> str:
        answer = await browser.get(f"/console/{path}")
        assert answer.status_code == 200, answer.status_code
        return answer.text

    await world.session.commit()
    return staff, get, post


async def rows(database: Database, table: Any) -> list[Any]:
    async with database.transaction() as session:
        return list(await session.scalars(select(table)))


async def client(world: Any, **more: Any) -> tuple[Any, Any, Any]:
    person = await world.person(**more)
    address = await world.address(person)
    talk = await world.conversation(person)
    await world.message(talk, address)
    await world.session.commit()
    return person, address, talk


async def test_the_page_of_channels_says_how_each_is_doing(database: Database, world: Any, desk: Any) -> None:
    _, get, post = desk
    person, address, talk = await client(world)
    now = datetime.now(UTC)
    for status in ("sent", "delivered", "failed", "unknown"):
        await world.message(
            talk, address, direction="out", author="bot", status=status, created_at=now, status_at=now
        )
    await world.message(talk, address, direction="out", author="staff", status="held", created_at=now)
    await world.session.commit()
    async with database.transaction() as session:
        await health.suspend(session, "sms", "Twilio 20003")
    page = await get("kanalen")
    assert "stilgelegd" in page
    assert "Twilio 20003" in page
    assert "50 %" in page
    async with database.transaction() as session:
        (line,) = await channel_page.lines(session)
    assert (line.sent, line.failed, line.held, line.error_rate) == (2, 2, 1, 0.5)
    await post("kanalen/proberen", channel="sms")
    async with database.transaction() as session:
        assert await session.scalar(text("SELECT until <= now() FROM channel_state"))
    assert [row.staff_id for row in await rows(database, Event) if row.kind == "channel.tried"] == [
        desk[0].id
    ]
    assert person.id


async def test_why_a_channel_stands_still_is_kept_in_dutch_and_read_in_french(
    database: Database, desk: Any
) -> None:
    staff, get, _ = desk
    async with database.transaction() as session:
        await health.suspend(session, "email", "de mailserver antwoordt 421")
        (await session.get_one(Staff, staff.id)).console_language = "fr"
    page = await get("kanalen")
    assert "est à l’arrêt: le serveur mail répond 421." in page
    assert "mailserver" not in page
    async with database.transaction() as session:
        assert await session.scalar(text("SELECT reason FROM channel_state")) == "de mailserver antwoordt 421"


async def test_a_dead_job_runs_once_more_however_often_one_presses(
    database: Database, world: Any, desk: Any
) -> None:
    staff, get, post = desk
    job = Job(
        kind="send",
        key="send:1:0",
        payload={"message_id": 0},
        state="dead",
        attempts=5,
        done_at=datetime.now(UTC),
    )
    await world.add(job)
    await world.session.commit()
    assert "bericht versturen" in await get("kanalen")
    for _ in range(3):
        assert (await post("kanalen/taak", job_id=job.id)).status_code == 303
    (stored,) = await rows(database, Job)
    assert (stored.state, stored.attempts) == ("ready", 0)
    revived = [row for row in await rows(database, Event) if row.kind == "job.revived"]
    assert [(row.staff_id, row.data["job_id"]) for row in revived] == [(staff.id, job.id)]


async def test_what_the_provider_said_of_a_template_is_kept(database: Database, desk: Any) -> None:
    _, get, post = desk
    assert "nog niet ingediend" in await get("kanalen")
    await post("kanalen/sjabloon", template="leerlijn_open/whatsapp/nl", state="approved", provider_id="HX1")
    (row,) = await rows(database, TemplateApproval)
    assert (row.name, row.language, row.state, row.provider_id) == (templates.OPEN, "nl", "approved", "HX1")
    assert (await post("kanalen/sjabloon", template="x/y/z", state="approved")).status_code == 404


async def test_stop_is_set_and_lifted_by_staff_with_a_reason(
    database: Database, world: Any, desk: Any
) -> None:
    staff, get, post = desk
    person, address, _ = await client(world)
    path = f"client/{person.id}/stop"
    assert (await post(path, address_id=address.id, stop="1", reason=" ")).status_code == 409
    await post(path, address_id=address.id, stop="1", reminders="1", reason="vroeg het aan het loket")
    (stored,) = await rows(database, Address)
    assert stored.opted_out_at is not None
    assert (stored.opted_out_by, stored.reminders_off) == (staff.id, True)
    page = await get(f"client/{person.id}")
    assert "vroeg het aan het loket" in page
    await post(path, address_id=address.id, stop="0", reason="wil het weer")
    (stored,) = await rows(database, Address)
    assert (stored.opted_out_at, stored.reminders_off, stored.opt_out_reason) == (None, False, None)


async def test_two_who_are_one_are_suggested_merged_and_parted(
    database: Database, world: Any, desk: Any
) -> None:
    staff, get, post = desk
    person, _, _ = await client(world, name="Fatma")
    other = await world.person(name="F.")
    number = (await rows(database, Address))[0].path
    await world.address(other, "whatsapp", number)
    talk = await world.conversation(other)
    await world.session.commit()
    page = await get(f"client/{person.id}")
    assert "hetzelfde telefoonnummer op een ander kanaal" in page
    assert (await post(f"client/{person.id}/samenvoegen", other_id=other.id, reason="")).status_code == 409
    await post(f"client/{person.id}/samenvoegen", other_id=other.id, reason="zelfde stem")
    (row,) = await rows(database, PersonMerge)
    assert (row.kept_id, row.merged_id, row.by_id, row.reason) == (
        person.id,
        other.id,
        staff.id,
        "zelfde stem",
    )
    page = await get(f"client/{person.id}")
    assert "zelfde stem" in page
    assert "WhatsApp" in page
    answer = await post(f"client/{person.id}/uiteen", merge_id=row.id)
    assert answer.status_code == 303
    assert (await rows(database, Person))[1].merged_into_id is None
    await post(f"client/{person.id}/niet-dezelfde", other_id=other.id)
    assert "hetzelfde telefoonnummer" not in await get(f"client/{person.id}")
    assert talk.id


async def test_a_message_in_doubt_is_shown_with_what_to_do(database: Database, world: Any, desk: Any) -> None:
    """Never sent again blindly: a person looks first, or chooses to send it once more."""
    staff, get, post = desk
    person, address, talk = await client(world)
    doubt = await world.message(
        talk, address, "kom je?", direction="out", author="staff", staff_id=staff.id, status="unknown"
    )
    await world.session.commit()
    page = await get(f"client/{person.id}")
    assert "Kijk na" in page
    assert "Toch opnieuw sturen" in page
    await post(f"bericht/{doubt.id}/nakijken")
    assert [row.status for row in await rows(database, Message) if row.id == doubt.id] == [Status.SENDING]
    assert (await post(f"bericht/{doubt.id}/nakijken")).status_code == 409
    async with database.transaction() as session:
        (await session.get_one(Message, doubt.id)).status = Status.UNKNOWN
    await post(f"bericht/{doubt.id}/opnieuw")
    assert (await post(f"bericht/{doubt.id}/opnieuw")).status_code == 409, "twice is once"
    jobs = [job for job in await rows(database, Job) if job.kind == "send"]
    assert len(jobs) == 2
    chosen = [row.staff_id for row in await rows(database, Event) if row.kind == "message.sent_again"]
    assert chosen == [staff.id]


async def test_the_composer_says_why_a_way_is_shut_and_what_happens_then(
    world: Any, desk: Any, database: Database
) -> None:
    _, get, _ = desk
    person, address, _ = await client(world)
    whatsapp = await world.address(person, "whatsapp")
    whatsapp.last_in_at = datetime.now(UTC) - timedelta(days=2)
    address.opted_out_at = datetime.now(UTC)
    await world.session.commit()
    page = await get(f"client/{person.id}")
    assert "het tijdvenster voor vrije tekst is dicht" in page
    assert "STOP" in page
    async with database.transaction() as session:
        await templates.judge(
            session,
            templates.texts()[templates.OPEN, "whatsapp", "nl"],
            "approved",
            provider_id=None,  # type: ignore[arg-type]
        )
    page = await get(f"client/{person.id}")
    assert f'<option value="{whatsapp.id}" data-channel="whatsapp">' in page, (
        "it may be chosen: the message waits"
    )


async def test_a_code_is_sent_to_the_other_address(database: Database, world: Any, desk: Any) -> None:
    _, _, post = desk
    person, _, _ = await client(world)
    assert (await post(f"client/{person.id}/code", address="geen nummer")).status_code == 409
    assert (await post(f"client/{person.id}/code", address="0471 22 33 44")).status_code == 303
    (sent,) = [row for row in await rows(database, Message) if row.purpose == "code"]
    assert "Antwoord met die code" in sent.text
    assert sent.author == "system"


async def test_consent_to_write_first_is_kept_with_its_words(
    database: Database, world: Any, desk: Any
) -> None:
    _, get, post = desk
    person, _, _ = await client(world)
    assert "vindt het goed dat wij later schrijven" in await get(f"client/{person.id}")
    await post(f"client/{person.id}/later", text="hoe gaat het", due_at="2030-01-07T10:00", agreed="1")
    (row,) = await rows(database, Consent)
    assert (row.kind, row.person_id) == ("follow_up", person.id)
    assert "vindt het goed" not in await get(f"client/{person.id}")


async def test_a_channel_that_falls_silent_is_told_once(database: Database, world: Any) -> None:
    """34. Our webhook may be off at the provider: nothing comes in for longer than it was ever quiet."""
    person = await world.person()
    address = await world.address(person)
    talk = await world.conversation(person)
    now = datetime.now(UTC)
    for number in range(30):
        await world.message(talk, address, created_at=now - timedelta(hours=20 + number))
    world.session.add(ChannelState(channel="sms"))
    await world.session.commit()

    async def look() -> list[str]:
        async with database.transaction() as session:
            return list(await channel_page.notice_silence(session))

    assert await look() == ["sms"]
    assert await look() == []
    await world.message(talk, address, created_at=now)
    await world.session.commit()
    assert await look() == []
    assert [row.silent_since for row in await rows(database, ChannelState)] == [None]


async def test_a_quiet_weekend_or_little_traffic_is_no_alarm(database: Database, world: Any) -> None:
    person = await world.person()
    address = await world.address(person)
    talk = await world.conversation(person)
    now = datetime.now(UTC)
    for day in range(2, 14):  # two a day, and two days of silence every week
        for hour in (9, 15):
            if day % 7 not in (2, 3):
                await world.message(talk, address, created_at=now - timedelta(days=day, hours=hour))
    world.session.add(ChannelState(channel="sms"))
    await world.session.commit()
    async with database.transaction() as session:
        assert await channel_page.notice_silence(session) == []
