"""Appointments in a counsellor's own calendar, at a real CalDAV server that goes away, forgets and is written to by others."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from icalendar import Event
from sqlalchemy import delete, select, update

from data.db import Database
from data.tables import Appointment, CalendarAccount, CalendarEntry, Job, JobState, Staff
from data.worker import Worker
from dispatch import booking, caldav, ics
from handover import calendar_push
from handover.calendar_push import PUSH, Pushes
from tests.dispatch.world import Desk
from tests.stubs import radicale
from tests.stubs.dovecot import cable
from tests.stubs.radicale import PASSWORD, Radicale

SECRET = b"ours"
PUBLIC = "https://hub.example"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Radicale]:
    with radicale.running(tmp_path_factory.mktemp("radicale")) as running:
        yield running


@dataclass
class Diary:
    """Els and Jan sit in Gent every day; Els has an appointment with Fatma Yilmaz."""

    desk: Desk
    server: Radicale
    els: Staff
    jan: Staff
    booked: Appointment
    now: datetime
    names: bool = False
    internal: bool = True

    async def connect(self, staff: Staff, url: str, *, user: str, password: str = PASSWORD) -> None:
        async with self.desk.database.transaction() as session:
            await calendar_push.connect(
                session, await session.get_one(Staff, staff.id), url=url, username=user, password=password,
                secret=SECRET,
            )  # fmt: skip

    async def sweep(self) -> int:
        """What a tick and the worker do; returns how many calendars were not up to date."""
        async with self.desk.database.transaction() as session:
            due = await calendar_push.enqueue_due(session, now=datetime.now(UTC))
        pushes = Pushes(
            self.desk.database, secret=SECRET, public_url=PUBLIC, names=self.names, internal=self.internal
        )
        await Worker(self.desk.database, {PUSH: pushes.handle}, on_dead=pushes.gave_up).run_until_idle()
        return due

    async def connected(self) -> "Diary":
        await self.connect(self.els, self.server.renew("els"), user="els")
        await self.connect(self.jan, self.server.renew("jan"), user="jan")
        await self.sweep()
        return self

    async def account(self) -> CalendarAccount | None:
        async with self.desk.database.transaction() as session:
            return await session.get(CalendarAccount, self.els.id)

    async def only(self) -> Event:
        (event,) = self.server.events("els")
        return event

    async def move(self, staff: Staff) -> Appointment:
        slots = await self.desk.slots(start=self.now, staff_id=staff.id)
        (slot, *_) = [slot for slot in slots if slot.starts_at != self.booked.starts_at]
        moved = await self.desk.move(self.booked.id, slot, self.now)
        assert isinstance(moved, Appointment)
        self.booked = moved
        return moved

    async def jobs(self, state: JobState) -> list[Job]:
        async with self.desk.database.transaction() as session:
            return list(await session.scalars(select(Job).where(Job.kind == PUSH, Job.state == state)))

    async def hurry(self) -> None:
        """What waits for another attempt is due now."""
        async with self.desk.database.transaction() as session:
            await session.execute(update(Job).where(Job.kind == PUSH).values(run_at=datetime.now(UTC)))


@pytest.fixture
async def diary(database: Database, server: Radicale) -> Diary:
    desk, now = Desk(database), datetime.now(UTC)
    await desk.region()
    els, jan = await desk.counsellor(name="Els Peeters"), await desk.counsellor(name="Jan Maes")
    counter = await desk.counter("bib Gent", street="Kerkstraat 4", postcode="9000", municipality="Gent")
    for weekday in range(7):
        for staff in (els, jan):
            await desk.sitting(counter, staff, weekday)
    (slot, *_) = await desk.slots(start=now + timedelta(hours=3), staff_id=els.id)
    held = await desk.hold(slot, (await desk.person(name="Fatma Yilmaz")).id, now)
    assert isinstance(held, Appointment)
    confirmed = await desk.confirm(held.id, now)
    assert isinstance(confirmed, Appointment)
    return Diary(desk, server, els, jan, confirmed, now)


async def test_it_is_written_in_the_language_of_whose_calendar_it_is(diary: Diary) -> None:
    async with diary.desk.database.transaction() as session:
        (await session.get_one(Staff, diary.els.id)).console_language = "fr"
    await diary.connected()
    assert (await diary.only())["summary"] == "Entretien leerwinkel"


async def test_an_appointment_stands_there_and_names_nobody(diary: Diary) -> None:
    await diary.connected()
    event = await diary.only()
    assert event["uid"] == ics.uid(diary.booked)
    assert event.start == diary.booked.starts_at
    assert event["summary"] == "Gesprek leerwinkel"
    assert event["location"] == "bib Gent, Kerkstraat 4, 9000 Gent"
    assert event["url"] == f"{PUBLIC}/console/afspraak/{diary.booked.id}"
    assert "Fatma" not in event.to_ical().decode()
    assert diary.booked.token not in event.to_ical().decode()
    assert diary.server.events("jan") == []
    account = await diary.account()
    assert account is not None
    assert (account.state, account.error) == ("on", None)
    assert await diary.sweep() == 0  # nothing more to write


async def test_the_name_is_a_choice_of_the_service(diary: Diary) -> None:
    diary.names = True
    await diary.connected()
    assert (await diary.only())["summary"] == "Gesprek met Fatma Yilmaz"


async def test_moved_stays_one_entry_and_goes_along_to_a_colleague(diary: Diary) -> None:
    await diary.connected()
    first = await diary.only()
    moved = await diary.move(diary.els)
    await diary.sweep()
    event = await diary.only()
    assert (event["uid"], event.start) == (first["uid"], moved.starts_at)
    assert (first["sequence"], event["sequence"]) == (0, 1)
    await diary.move(diary.jan)
    await diary.sweep()
    assert diary.server.events("els") == []
    (with_jan,) = diary.server.events("jan")
    assert (with_jan["uid"], with_jan["sequence"]) == (first["uid"], 2)


async def test_cancelled_is_taken_out(diary: Diary) -> None:
    await diary.connected()
    await diary.desk.cancel(diary.booked.id, diary.now)
    assert await diary.sweep() == 1
    assert diary.server.events("els") == []
    assert await diary.sweep() == 0


async def test_what_has_been_stays(diary: Diary) -> None:
    await diary.connected()
    async with diary.desk.database.transaction() as session:
        after = diary.booked.ends_at
        assert isinstance(await booking.mark(session, diary.booked.id, attended=True, now=after), Appointment)
    await diary.sweep()
    assert (await diary.only())["uid"] == ics.uid(diary.booked)


async def test_a_server_that_is_away_is_asked_again(diary: Diary) -> None:
    """Fault 70: the booking stands, its owner is told, the job waits, and afterwards there is one entry."""
    port = int(diary.server.url.rpartition(":")[2])
    async with cable(port) as line:
        diary.server.renew("els")
        await diary.connect(diary.els, f"http://127.0.0.1:{line.port}/els/werk/", user="els")
        await diary.sweep()
        assert (await diary.only()).start == diary.booked.starts_at
        moved = await diary.move(diary.els)
        away = line.port
    await diary.sweep()  # nobody listens there now
    assert await diary.desk.status(moved.id) == "confirmed"
    account = await diary.account()
    assert account is not None
    assert (account.state, account.error) == ("on", "De server van je agenda antwoordt niet.")
    assert account.failed_since is not None
    (waiting,) = await diary.jobs(JobState.READY)
    assert waiting.run_at > datetime.now(UTC)
    assert await diary.sweep() == 0  # one job is enough
    async with diary.desk.database.transaction() as session:
        (entry,) = await session.scalars(select(CalendarEntry))
        account = await session.get_one(CalendarAccount, diary.els.id)
        for row, name in ((entry, "href"), (account, "url")):  # the server is back, at another port
            setattr(row, name, getattr(row, name).replace(f":{away}/", f":{port}/"))
    await diary.hurry()
    await diary.sweep()
    assert (await diary.only()).start == moved.starts_at
    account = await diary.account()
    assert account is not None
    assert (account.error, account.failed_since) == (None, None)


async def test_what_we_forgot_is_not_written_twice(diary: Diary) -> None:
    """The server took it and we never heard so: it is found by its UID."""
    await diary.connected()
    async with diary.desk.database.transaction() as session:
        await session.execute(delete(CalendarEntry))
    moved = await diary.move(diary.els)
    await diary.sweep()
    assert (await diary.only()).start == moved.starts_at


async def test_an_entry_imported_by_hand_is_taken_over(diary: Diary) -> None:
    """Fault 70: a duplicate UID (409). The client's calendar file, put in by hand, has the same name for it."""
    url = diary.server.renew("els")
    wording = ics.Wording(summary="zelf ingelezen", description="", location="")
    file = ics.entry(diary.booked, wording, now=diary.now)
    assert diary.server.ask("PUT", f"{url}ingelezen.ics", "els", content=file).status_code == 201
    await diary.connect(diary.els, url, user="els")
    await diary.sweep()
    assert (await diary.only())["summary"] == "Gesprek leerwinkel"
    moved = await diary.move(diary.els)
    await diary.sweep()
    assert (await diary.only()).start == moved.starts_at
    await diary.desk.cancel(moved.id, diary.now)
    await diary.sweep()
    assert diary.server.events("els") == []


@pytest.mark.parametrize("then", ["moved", "cancelled"])
@pytest.mark.parametrize("done", ["changed", "deleted"])
async def test_what_the_counsellor_did_to_it_meanwhile(diary: Diary, done: str, then: str) -> None:
    await diary.connected()
    async with diary.desk.database.transaction() as session:
        (entry,) = await session.scalars(select(CalendarEntry).where(CalendarEntry.staff_id == diary.els.id))
    if done == "deleted":
        assert diary.server.ask("DELETE", entry.href, "els").is_success
    else:
        wording = ics.Wording(summary="iets anders", description="", location="")
        file = ics.entry(diary.booked, wording, now=diary.now)
        assert diary.server.ask("PUT", entry.href, "els", content=file).is_success
    if then == "moved":
        moved = await diary.move(diary.els)
        await diary.sweep()
        event = await diary.only()
        assert (event["summary"], event.start) == ("Gesprek leerwinkel", moved.starts_at)
    else:
        await diary.desk.cancel(diary.booked.id, diary.now)
        await diary.sweep()
        assert diary.server.events("els") == []
    account = await diary.account()
    assert account is not None
    assert account.error is None


async def test_a_wrong_password_waits_for_its_owner(diary: Diary, caplog: Any) -> None:
    caplog.set_level(logging.DEBUG)
    url = diary.server.renew("els")
    await diary.connect(diary.els, url, user="els", password="verkeerd-wachtwoord")
    await diary.sweep()
    account = await diary.account()
    assert account is not None
    assert (account.state, account.error) == ("stopped", "Gebruiker of wachtwoord klopt niet.")
    assert "verkeerd-wachtwoord" not in account.password + caplog.text
    assert await diary.sweep() == 0
    assert await diary.jobs(JobState.READY) == []
    await diary.connect(diary.els, url, user="els")
    await diary.sweep()
    assert (await diary.only())["uid"] == ics.uid(diary.booked)


async def test_another_secret_of_ours_asks_for_the_password_again(diary: Diary) -> None:
    await diary.connected()
    await diary.move(diary.els)
    async with diary.desk.database.transaction() as session:
        await calendar_push.enqueue_due(session, now=datetime.now(UTC))
    pushes = Pushes(diary.desk.database, secret=b"another", public_url=PUBLIC, internal=True)
    await Worker(diary.desk.database, {PUSH: pushes.handle}).run_until_idle()
    account = await diary.account()
    assert account is not None
    assert (account.state, account.error) == ("stopped", calendar_push.NOT_READABLE)


async def test_an_address_that_is_no_calendar(diary: Diary) -> None:
    diary.server.renew("els")
    for path, words in (
        ("els/", "Op dit adres staat geen agenda"),
        ("els/niets/", "Op dit adres staat geen agenda"),
    ):
        await diary.connect(diary.els, f"{diary.server.url}/{path}", user="els")
        await diary.sweep()
        account = await diary.account()
        assert account is not None
        assert account.state == "stopped"
        assert words in (account.error or "")


async def test_our_own_network_is_out_of_reach_by_default(diary: Diary) -> None:
    diary.internal = False
    await diary.connect(diary.els, diary.server.renew("els"), user="els")
    await diary.sweep()
    account = await diary.account()
    assert account is not None
    assert (account.state, account.error) == ("stopped", "Dit adres staat niet op het openbare internet.")
    assert diary.server.events("els") == []


async def test_who_stops_gets_a_clean_calendar_and_is_forgotten(diary: Diary) -> None:
    await diary.connected()
    async with diary.desk.database.transaction() as session:
        await calendar_push.stop(session, await session.get_one(Staff, diary.els.id))
    await diary.sweep()
    assert diary.server.events("els") == []
    assert await diary.account() is None
    assert await diary.desk.status(diary.booked.id) == "confirmed"


async def test_another_calendar_is_filled_anew(diary: Diary) -> None:
    await diary.connected()
    await diary.connect(diary.els, diary.server.renew("jan"), user="jan")
    await diary.sweep()
    assert [event["uid"] for event in diary.server.events("jan")] == [ics.uid(diary.booked)]


@pytest.mark.parametrize(
    ("typed", "internal", "address"),
    [
        ("https://cloud.voorbeeld.be/dav/els/werk", False, "https://cloud.voorbeeld.be/dav/els/werk/"),
        (" https://cloud.voorbeeld.be/dav/els/werk// ", False, "https://cloud.voorbeeld.be/dav/els/werk/"),
        ("http://10.0.0.4:5232/els/werk/", True, "http://10.0.0.4:5232/els/werk/"),
        ("http://cloud.voorbeeld.be/dav/", False, None),
        ("cloud.voorbeeld.be/dav/", False, None),
        ("https://els:geheim@cloud.voorbeeld.be/dav/", False, None),
        ("https://cloud.voorbeeld.be/dav/?export", False, None),
        ("https://cloud.voorbeeld.be:99999/dav/", False, None),
        ("ftp://cloud.voorbeeld.be/", True, None),
        ("https://", False, None),
        ("", False, None),
    ],
)
def test_addresses_as_they_are_typed(typed: str, internal: bool, address: str | None) -> None:
    if address is None:
        with pytest.raises(caldav.NotACalendarAddress):
            caldav.address_of(typed, internal=internal)
    else:
        assert caldav.address_of(typed, internal=internal) == address
