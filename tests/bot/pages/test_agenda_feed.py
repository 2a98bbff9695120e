"""The private calendar: only who has the address, only initials, one entry for ever, and stopped at once."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from fastapi import FastAPI
from icalendar import Calendar, Event
from sqlalchemy import select

from bot.pages.routes import add_pages
from bot.settings import Settings
from data.db import Database
from data.tables import AgendaFeed, Appointment, Staff
from dispatch import booking, ics
from handover import feeds
from tests.dispatch.world import Desk


@dataclass
class Reader:
    """Els has an appointment with Fatma Yilmaz; Jan sits beside her."""

    desk: Desk
    els: Staff
    jan: Staff
    booked: Appointment
    client: httpx.AsyncClient
    now: datetime

    async def address(self) -> str:
        async with self.desk.database.transaction() as session:
            return f"/agenda/{await feeds.make(session, self.els, now=self.now)}.ics"

    async def events(self, address: str) -> list[Event]:
        answer = await self.client.get(address)
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/calendar")
        return list(Calendar.from_ical(answer.content).walk("VEVENT"))

    async def move(self, staff: Staff, appointment: Appointment) -> Appointment:
        slots = await self.desk.slots(start=self.now, staff_id=staff.id)
        (slot, *_) = [slot for slot in slots if slot.starts_at != appointment.starts_at]
        moved = await self.desk.move(appointment.id, slot, self.now)
        assert isinstance(moved, Appointment)
        return moved


@pytest.fixture
async def reader(database: Database, tmp_path) -> Reader:
    desk, now = Desk(database), datetime.now(UTC)
    await desk.region()
    els, jan = await desk.counsellor(name="Els Peeters"), await desk.counsellor(name="Jan Maes")
    counter = await desk.counter("bib Gent")
    for weekday in range(7):
        for staff in (els, jan):
            await desk.sitting(counter, staff, weekday)
    (slot, *_) = await desk.slots(start=now, staff_id=els.id)
    held = await desk.hold(slot, (await desk.person(name="Fatma Yilmaz")).id, now)
    assert isinstance(held, Appointment)
    booked = await desk.confirm(held.id, now)
    assert isinstance(booked, Appointment)
    app = FastAPI()
    app.state.database, app.state.settings = database, Settings(var_dir=tmp_path)
    add_pages(app)
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test")
    return Reader(desk, els, jan, booked, client, now)


async def test_it_says_when_and_where_and_only_initials(reader: Reader) -> None:
    address = await reader.address()
    (event,) = await reader.events(address)
    assert event["summary"] == "Gesprek met F. Y."
    assert event["location"] == "bib Gent"
    assert event["uid"] == ics.uid(reader.booked)
    assert event.decoded("dtstart").astimezone(UTC) == reader.booked.starts_at
    text = (await reader.client.get(address)).text
    assert "Fatma" not in text
    assert reader.booked.token not in text


async def test_it_speaks_the_language_of_who_reads_it(reader: Reader) -> None:
    address = await reader.address()
    async with reader.desk.database.transaction() as session:
        (await session.get_one(Staff, reader.els.id)).console_language = "fr"
    (event,) = await reader.events(address)
    assert event["summary"] == "Entretien avec F. Y."


async def test_the_whole_name_where_the_service_chose_so(reader: Reader) -> None:
    async with reader.desk.database.transaction() as session:
        token = await feeds.make(session, reader.els, now=reader.now)
        file = await feeds.read(session, token, names=True, now=reader.now)
    assert b"Gesprek met Fatma Yilmaz" in (file or b"")


async def test_moved_it_stays_the_same_entry(reader: Reader) -> None:
    address = await reader.address()
    moved = await reader.move(reader.els, reader.booked)
    (event,) = await reader.events(address)
    assert (event["uid"], event["sequence"], event["status"]) == (ics.uid(reader.booked), 1, "CONFIRMED")
    assert event.decoded("dtstart").astimezone(UTC) == moved.starts_at


async def test_cancelled_or_gone_to_a_colleague_it_is_marked(reader: Reader) -> None:
    address = await reader.address()
    with_jan = await reader.move(reader.jan, reader.booked)
    (event,) = await reader.events(address)
    assert (event["uid"], event["sequence"], event["status"]) == (ics.uid(reader.booked), 1, "CANCELLED")
    back = await reader.move(reader.els, with_jan)
    (event,) = await reader.events(address)
    assert (event["uid"], event["sequence"], event["status"]) == (ics.uid(reader.booked), 2, "CONFIRMED")
    async with reader.desk.database.transaction() as session:
        await booking.cancel(session, back.id, now=reader.now)
    (event,) = await reader.events(address)
    assert (event["uid"], event["sequence"], event["status"]) == (ics.uid(reader.booked), 3, "CANCELLED")


async def test_a_new_address_a_stop_or_a_leaving_ends_the_old_one(reader: Reader) -> None:
    first = await reader.address()
    second = await reader.address()
    assert (await reader.client.get(first)).status_code == 404
    assert (await reader.client.get(second)).status_code == 200
    async with reader.desk.database.transaction() as session:
        await feeds.stop(session, reader.els)
    assert (await reader.client.get(second)).status_code == 404
    third = await reader.address()
    async with reader.desk.database.transaction() as session:
        (await session.get_one(Staff, reader.els.id)).active = False
    assert (await reader.client.get(third)).status_code == 404


@pytest.mark.parametrize("guess", ["1", "x" * 43, "%00", "..%2f1"])
async def test_guessing_finds_nothing(reader: Reader, guess: str) -> None:
    await reader.address()
    assert (await reader.client.get(f"/agenda/{guess}.ics")).status_code == 404


async def test_the_address_itself_is_not_kept(reader: Reader) -> None:
    address = await reader.address()
    await reader.events(address)
    async with reader.desk.database.transaction() as session:
        feed = (await session.scalars(select(AgendaFeed))).one()
    assert feed.token_hash not in address
    assert feed.read_at is not None
    assert datetime.now(UTC) - feed.read_at < timedelta(minutes=5)


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Fatma Yilmaz", "F. Y."),
        ("jean-pierre de la fontaine", "J. D. L."),
        (None, "onbekend"),
        ("42", "onbekend"),
    ],
)
def test_initials(name: str | None, short: str) -> None:
    assert feeds.initials(name) == short
