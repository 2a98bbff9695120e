"""A client's own appointment page: the address is the key, and nothing is changed by looking."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import httpx
import pytest
from icalendar import Calendar
from sqlalchemy import func, select

from data.db import Database
from data.tables import (
    Address,
    AddressLink,
    Appointment,
    Counter,
    Person,
    PersonMerge,
    Region,
    Sitting,
    Staff,
)
from dispatch import booking, calendar


@dataclass(frozen=True)
class Case:
    database: Database
    token: str
    appointment_id: int

    async def now(self) -> Appointment:
        """The appointment behind the token."""
        async with self.database.transaction() as session:
            found = await booking.by_token(session, self.token)
            assert found is not None
            return found


@pytest.fixture
async def case(database: Database) -> Case:
    """One confirmed appointment, days ahead, in a region with free times on every working day."""
    now = datetime.now(UTC)
    async with database.transaction() as session:
        session.add(Region(id="gent", name="Leerwinkel Gent", office_hours={}, phone="09 000 00 00"))
        await session.flush()
        els = Staff(name="Els", email="els@x.example", role="counsellor", region_id="gent", password_hash="-")
        desk = Counter(region_id="gent", name="bib <Zuid>", street="Kerkstraat 4", postcode="9000",
                       municipality="Gent", invented=True)  # fmt: skip
        person = Person(name="Fatma")
        session.add_all([els, desk, person])
        await session.flush()
        session.add_all(
            Sitting(counter_id=desk.id, staff_id=els.id, weekday=day, starts=time(9), ends=time(16),
                    valid_from=date(2026, 1, 1))
            for day in range(5)
        )  # fmt: skip
        await session.flush()
        slots = await calendar.free_slots(
            session, kind="mediation", start=now + timedelta(days=2), end=now + timedelta(days=12), now=now
        )
        held = await booking.hold(session, slots[1], person.id, now=now)
        assert isinstance(held, Appointment)
        made = await booking.confirm(session, held.id, now=now)
        assert isinstance(made, Appointment)
        return Case(database=database, token=made.token, appointment_id=made.id)


async def test_the_page_says_when_where_and_with_whom(browser: httpx.AsyncClient, case: Case) -> None:
    page = await browser.get(f"/a/{case.token}")
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert "bib &lt;Zuid&gt;, Kerkstraat 4, 9000 Gent" in page.text
    assert "Els" in page.text
    assert "Fatma" not in page.text, "who has the link need not learn whose it is"
    assert "verzonnen" in page.text
    french = await browser.get(f"/a/{case.token}", params={"lang": "fr"})
    assert "Ton rendez-vous" in french.text


async def test_the_calendar_file_is_whole(browser: httpx.AsyncClient, case: Case) -> None:
    answer = await browser.get(f"/a/{case.token}.ics")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    (event,) = Calendar.from_ical(answer.text).walk("VEVENT")
    appointment = await case.now()
    assert event["dtstart"].dt == appointment.starts_at
    assert event["status"] == "CONFIRMED"
    assert str(event["location"]) == "bib <Zuid>, Kerkstraat 4, 9000 Gent"


async def test_looking_at_cancel_cancels_nothing_and_yes_does(browser: httpx.AsyncClient, case: Case) -> None:
    asked = await browser.get(f"/a/{case.token}/annuleer")
    assert "Wil je deze afspraak annuleren?" in asked.text
    assert (await case.now()).status == "confirmed"

    done = await browser.post(f"/a/{case.token}/annuleer")
    assert done.status_code == 303
    after = await browser.get(done.headers["location"])
    assert "Je afspraak is geannuleerd." in after.text
    assert "/verplaats" not in after.text
    assert (await case.now()).status == "cancelled"

    again = await browser.post(f"/a/{case.token}/annuleer")
    assert again.status_code == 303, "twice is fine"
    (event,) = Calendar.from_ical((await browser.get(f"/a/{case.token}.ics")).text).walk("VEVENT")
    assert event["status"] == "CANCELLED"
    assert int(event["sequence"]) == 1


async def test_it_moves_to_a_time_that_is_free(browser: httpx.AsyncClient, case: Case) -> None:
    before = await case.now()
    choices = (await browser.get(f"/a/{case.token}/verplaats")).text
    slots = [part.split('"')[0] for part in choices.split('name="slot" value="')[1:]]
    assert len(slots) > 3
    moved = await browser.post(f"/a/{case.token}/verplaats", data={"slot": slots[-1]})
    assert moved.status_code == 303
    assert moved.headers["location"] == f"/a/{case.token}?done=moved", "the link stays good"
    after = await case.now()
    assert after.starts_at != before.starts_at
    assert str(calendar.SlotKey(counter_id=after.counter_id, staff_id=after.staff_id, starts_at=after.starts_at)) == slots[-1]  # fmt: skip
    assert "Je afspraak is verplaatst." in (await browser.get(moved.headers["location"])).text


@pytest.mark.parametrize(
    "slot", ["", "x", "1.1.20200101T0900", "1.1.99999999T9999", "1.2", "0.0.20991231T0900"]
)
async def test_a_time_that_is_not_free_leaves_it_standing(
    browser: httpx.AsyncClient, case: Case, slot: str
) -> None:
    before = await case.now()
    answer = await browser.post(f"/a/{case.token}/verplaats", data={"slot": slot})
    assert answer.status_code == 409
    assert "Je afspraak staat nog" in answer.text
    after = await case.now()
    assert (after.id, after.status) == (before.id, "confirmed")


async def test_another_site_can_change_nothing(browser: httpx.AsyncClient, case: Case) -> None:
    for path in ("annuleer", "verplaats"):
        answer = await browser.post(f"/a/{case.token}/{path}", headers={"Origin": "https://evil.example"})
        assert answer.status_code == 403
    assert (await case.now()).status == "confirmed"


async def test_what_has_begun_cannot_be_changed(browser: httpx.AsyncClient, case: Case) -> None:
    async with case.database.transaction() as session:
        appointment = await session.get_one(Appointment, case.appointment_id)
        appointment.starts_at = datetime.now(UTC) - timedelta(minutes=5)
    assert "Dit moment is voorbij." in (await browser.get(f"/a/{case.token}")).text
    answer = await browser.post(f"/a/{case.token}/annuleer")
    assert answer.status_code == 409
    assert "Dat lukt niet meer" in answer.text


@pytest.mark.parametrize("path", ["x" * 43, "x.ics", "x/annuleer", "x/verplaats"])
async def test_a_guessed_link_opens_nothing(browser: httpx.AsyncClient, path: str) -> None:
    """72. Guessing is no way in, and nothing counts up."""
    assert (await browser.get(f"/a/{path}")).status_code == 404


async def test_the_chat_of_this_browser_becomes_theirs_when_they_say_so(
    browser: httpx.AsyncClient, case: Case
) -> None:
    """Whoever has the link and the chat is one person; only a press on the button makes it so, and it can be undone."""
    token = "t" * 43
    async with case.database.transaction() as session:
        visitor = Person(name=None)
        address = Address(scheme="web", path=hashlib.sha256(token.encode()).hexdigest())
        session.add_all([visitor, address])
        await session.flush()
        session.add(AddressLink(address_id=address.id, person_id=visitor.id))
    assert "dit-ben-ik" not in (await browser.get(f"/a/{case.token}")).text
    browser.cookies.set("visitor", token)
    assert "dit-ben-ik" in (await browser.get(f"/a/{case.token}")).text
    async with case.database.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(PersonMerge)) == 0, (
            "looking changes nothing"
        )
    assert (await browser.post(f"/a/{'x' * 43}/dit-ben-ik")).status_code == 404
    done = await browser.post(f"/a/{case.token}/dit-ben-ik")
    assert done.status_code == 303
    page = (await browser.get(done.headers["location"])).text
    assert "dit-ben-ik" not in page
    assert "deze chat en deze afspraak" in page
    async with case.database.transaction() as session:
        (row,) = (await session.scalars(select(PersonMerge))).all()
        assert (row.how, row.kept_id, row.merged_id) == (
            "appointment",
            (await case.now()).person_id,
            visitor.id,
        )
    assert (await browser.post(f"/a/{case.token}/dit-ben-ik")).status_code == 303, "twice is once"
