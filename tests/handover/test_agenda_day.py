"""The day of the agenda: booking a client, moving an appointment, somebody who walks in; and what is refused."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from data.db import Database
from data.tables import Appointment, AppointmentChange, Counter, Person, Role, Sitting
from dispatch import calendar, clock
from handover import auth
from handover.console.render import wall_input


def _workday() -> date:
    day = clock.day_of(datetime.now(UTC)) + timedelta(days=2)
    while clock.is_public_holiday(day):
        day += timedelta(days=1)
    return day


class Agenda:
    """A region with a counter where Els and Jan sit on one day, and somebody logged in."""

    def __init__(self, world: Any, browser: httpx.AsyncClient, database: Database) -> None:
        self.world, self.browser, self.database, self.day = world, browser, database, _workday()
        self.csrf = ""

    async def fill(self) -> None:
        world = self.world
        self.counter = await world.add(Counter(region_id="gent", name="bib Gent"))
        self.els = await world.staff(name="Els Peeters")
        self.jan = await world.staff(name="Jan Maes")
        for staff in (self.els, self.jan):
            await self.sits(self.counter, staff)
        self.person = await world.person(name="Fatma")
        self.dispatcher = await world.staff(Role.DISPATCHER)
        await self.log_in(self.dispatcher)

    async def sits(self, counter: Any, staff: Any) -> None:
        await self.world.add(
            Sitting(
                counter_id=counter.id, staff_id=staff.id, weekday=self.day.weekday(), starts=time(9),
                ends=time(14), valid_from=date(2020, 1, 1),
            )
        )  # fmt: skip

    async def log_in(self, staff: Any) -> None:
        now = datetime.now(UTC)
        token = await auth.start(self.world.session, staff.id, now=now)
        who = await auth.session_of(self.world.session, token, now=now)
        await self.world.session.commit()
        self.browser.cookies.set("leerlijn_staff", token)
        self.csrf = who.csrf if who else ""

    async def post(self, path: str, **fields: object) -> httpx.Response:
        form = {"csrf": self.csrf, **{name: str(value) for name, value in fields.items()}}
        return await self.browser.post(f"/console/{path}", data=form)

    async def page(self, **more: object) -> str:
        answer = await self.browser.get(
            "/console/agenda/dag", params={"dag": str(self.day), **{k: str(v) for k, v in more.items()}}
        )
        assert answer.status_code == 200
        return answer.text

    async def free(self, **more: Any) -> list[calendar.Slot]:
        start, end = clock.day_bounds(self.day, self.day)
        async with self.database.transaction() as session:
            return await calendar.free_slots(session, kind="mediation", start=start, end=end, **more)

    async def book(self, slot: calendar.Slot) -> httpx.Response:
        return await self.post(f"client/{self.person.id}/afspraak", key=slot.key, kind="mediation")

    async def rows(self, table: Any) -> list[Any]:
        async with self.database.transaction() as session:
            return list(await session.scalars(select(table).order_by(table.id)))

    async def standing(self) -> Any:
        (row,) = [row for row in await self.rows(Appointment) if row.status == "confirmed"]
        return row


@pytest.fixture
async def agenda(world: Any, browser: httpx.AsyncClient, database: Database) -> Agenda:
    agenda = Agenda(world, browser, database)
    await agenda.fill()
    return agenda


async def test_booking_a_client_in_a_free_time(agenda: Agenda) -> None:
    assert "Boek" not in (await agenda.page()).split("De dag per begeleider")[1]
    shown = await agenda.page(client=agenda.person.id)
    (slot, *_) = await agenda.free(staff_id=agenda.els.id)
    assert str(slot.key) in shown
    booked = await agenda.book(slot)
    assert (booked.status_code, booked.headers["location"]) == (303, f"/console/agenda/dag?dag={agenda.day}")
    row = await agenda.standing()
    assert (row.person_id, row.staff_id, row.created_by) == (
        agenda.person.id,
        agenda.els.id,
        agenda.dispatcher.id,
    )
    (change,) = await agenda.rows(AppointmentChange)
    assert (change.kind, change.state, change.appointment_id) == ("booked", "planned", row.id)
    assert "Fatma" in await agenda.page()
    assert (await agenda.book(slot)).status_code == 409


async def test_a_full_day_names_the_first_free_one(agenda: Agenda) -> None:
    before = agenda.day - timedelta(days=1)
    shown = await agenda.page(client=agenda.person.id, dag=before)
    assert f"?dag={agenda.day}&amp;client={agenda.person.id}" in shown
    assert "de eerste vrije dag" not in await agenda.page(client=agenda.person.id)
    assert "de eerste vrije dag" not in await agenda.page(dag=before)


async def test_moving_by_a_free_time_and_by_the_hour(agenda: Agenda) -> None:
    (slot, later, *_) = await agenda.free(staff_id=agenda.els.id)
    await agenda.book(slot)
    before = await agenda.standing()
    (with_jan, *_) = await agenda.free(staff_id=agenda.jan.id)
    assert "Hierheen" in await agenda.page(verplaats=before.id)
    assert (await agenda.post(f"afspraak/{before.id}/verplaats", key=with_jan.key)).status_code == 303
    moved = await agenda.standing()
    assert (moved.staff_id, moved.token, moved.sequence) == (agenda.jan.id, before.token, before.sequence + 1)
    hour = wall_input(later.starts_at)
    assert (await agenda.post(f"afspraak/{moved.id}/verplaats", starts_at=hour)).status_code == 303
    again = await agenda.standing()
    assert (again.staff_id, again.starts_at) == (agenda.jan.id, later.starts_at)
    told = [row.appointment_id for row in await agenda.rows(AppointmentChange) if row.kind == "moved"]
    assert told == [moved.id, again.id]


async def test_what_is_not_free_is_refused_and_changes_nothing(agenda: Agenda) -> None:
    (slot, *_) = await agenda.free(staff_id=agenda.els.id)
    await agenda.book(slot)
    before = await agenda.standing()
    midnight = f"{agenda.day}T00:00"
    for fields in ({"starts_at": midnight}, {"starts_at": ""}, {"starts_at": "gisteren"}):
        assert (await agenda.post(f"afspraak/{before.id}/verplaats", **fields)).status_code == 409
    assert (await agenda.post(f"afspraak/{before.id}/verplaats", key="onzin")).status_code == 400
    assert (await agenda.post("afspraak/999999/verplaats", key=slot.key)).status_code == 404
    assert (await agenda.standing()).id == before.id


async def test_another_regions_times_do_not_exist(agenda: Agenda) -> None:
    counter = await agenda.world.add(Counter(region_id="antwerpen", name="bib Antwerpen"))
    stranger = await agenda.world.staff(region="antwerpen")
    await agenda.sits(counter, stranger)
    await agenda.world.session.commit()
    (slot, *_) = await agenda.free(staff_id=stranger.id)
    assert str(slot.key) not in await agenda.page(client=agenda.person.id)
    assert (await agenda.book(slot)).status_code == 404
    assert await agenda.rows(Appointment) == []


async def test_who_walks_in_is_on_the_same_calendar(agenda: Agenda) -> None:
    fields = {"counter_id": agenda.counter.id, "staff_id": agenda.els.id, "name": "Mevrouw Diallo"}
    assert (await agenda.post("agenda/nu", **fields)).status_code == 303
    row = await agenda.standing()
    assert (row.kind, row.ends_at - row.starts_at) == ("information", timedelta(minutes=30))
    people = {person.id: person for person in await agenda.rows(Person)}
    assert (people[row.person_id].name, people[row.person_id].region_id) == ("Mevrouw Diallo", "gent")
    assert await agenda.rows(AppointmentChange) == []  # they are here: nothing to tell
    busy = await agenda.post("agenda/nu", **fields)
    assert busy.status_code == 409
    assert "Els Peeters heeft binnen het half uur een afspraak" in busy.text
    assert (await agenda.post(f"afspraak/{row.id}/resultaat", outcome="attended")).status_code == 303


async def test_a_counsellor_sees_and_books_their_own(agenda: Agenda) -> None:
    await agenda.world.trajectory(agenda.person, agenda.els)
    await agenda.log_in(agenda.els)
    shown = await agenda.page(client=agenda.person.id)
    assert "Els Peeters</h3>" in shown
    assert "Jan Maes</h3>" not in shown


async def test_the_week_moves_and_books_too(agenda: Agenda) -> None:
    """Free times of the week to choose from, and the form by the hour: without a mouse."""
    await agenda.world.trajectory(agenda.person, agenda.els)
    await agenda.log_in(agenda.els)

    async def week(**more: object) -> str:
        answer = await agenda.browser.get(
            "/console/agenda",
            params={"week": str(agenda.day), **{name: str(value) for name, value in more.items()}},
        )
        assert answer.status_code == 200
        return answer.text

    (slot, later, *_) = await agenda.free(staff_id=agenda.els.id)
    assert str(slot.key) in await week()  # to drop on
    shown = await week(client=agenda.person.id)
    assert f"/console/client/{agenda.person.id}/afspraak" in shown
    here = f"/console/agenda?week={agenda.day}&wie=mij"
    path = f"client/{agenda.person.id}/afspraak"
    booked = await agenda.post(path, key=slot.key, kind="mediation", naar=here)
    assert (booked.status_code, booked.headers["location"]) == (303, here)
    row = await agenda.standing()
    assert f'data-appointment="{row.id}"' in await week()
    moving = await week(verplaats=row.id)
    assert "Hierheen" in moving
    assert str(later.key) in moving
    moved = await agenda.post(f"afspraak/{row.id}/verplaats", key=later.key, naar=here)
    assert moved.headers["location"] == here
    assert (await agenda.standing()).starts_at == later.starts_at
    (with_jan, *_) = await agenda.free(staff_id=agenda.jan.id)
    assert str(with_jan.key) not in await week(verplaats=(await agenda.standing()).id)
    await agenda.log_in(agenda.dispatcher)
    assert str(with_jan.key) not in await week()  # of everybody: on the page of the day
    assert "Hierheen" in await week(verplaats=(await agenda.standing()).id)
