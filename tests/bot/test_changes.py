"""A counsellor falls ill with twelve appointments: a deputy comes, or other times are offered, or somebody calls."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from bot import changes
from bot.state import Asked, Dialogue
from data.db import Database
from data.tables import (
    Absence,
    Address,
    AddressLink,
    Appointment,
    AppointmentChange,
    CallTask,
    ChangeKind,
    Conversation,
    Counter,
    Message,
    Person,
    Staff,
)
from dispatch import booking
from handover import absences
from tests.dispatch.world import NOW, Desk

ILL_FROM, ILL_TO = NOW, NOW + timedelta(days=3)  # Monday to Thursday
LATER = NOW + timedelta(minutes=1)
URL = "https://hub.example"


@dataclass
class Illness:
    """Els has twelve appointments on Tuesday and Wednesday; half of the times Jan sits beside her."""

    desk: Desk
    els: Staff
    jan: Staff
    counter: Counter
    booked: Sequence[Appointment]
    absence: Absence

    async def settle(self, **more: Any) -> int:
        async with self.desk.database.transaction() as session:
            absence = await session.get_one(Absence, self.absence.id)
            return await absences.settle(session, absence, by_id=self.jan.id, now=NOW, **more)

    async def rows(self, table: Any) -> list[Any]:
        async with self.desk.database.transaction() as session:
            return list(await session.scalars(select(table).order_by(table.id)))


async def reachable(desk: Desk, number: int, language: str = "nl") -> Person:
    person = await desk.person(name=f"Cliënt {number}", language=language, region_id="gent")
    if number % 6 != 5:  # two of the twelve gave us no address at all
        address = await desk.add(Address(scheme="sms", path=f"+3247{uuid4().int % 10_000_000:07d}"))
        await desk.add(AddressLink(address_id=address.id, person_id=person.id, reason="test"))
    return person


@pytest.fixture
async def illness(database: Database) -> Illness:
    desk = Desk(database)
    await desk.region()
    els, jan = await desk.counsellor(name="Els Peeters"), await desk.counsellor(name="Jan Maes")
    counter = await desk.counter("bib Gent", street="Kerkstraat 4")
    for weekday in (1, 2):  # six times of 75 minutes a day
        await desk.sitting(counter, els, weekday, time(9), time(16, 30))
    await desk.sitting(counter, jan, 1, time(9), time(16, 30))
    for weekday in (0, 1, 3, 4):
        await desk.sitting(counter, jan, weekday, time(9), time(16, 30), valid_from=date(2026, 11, 27))
    booked = []
    for number, slot in enumerate(await desk.slots(staff_id=els.id, days=3)):
        person = await reachable(desk, number, "fr" if number == 7 else "nl")
        held = await desk.hold(slot, person.id, language=person.language, topic="taal")
        assert isinstance(held, Appointment)
        confirmed = await desk.confirm(held.id)
        assert isinstance(confirmed, Appointment)
        booked.append(confirmed)
    assert len(booked) == 12
    async with database.transaction() as session:
        absence = await absences.enter(session, els, ILL_FROM, ILL_TO, by_id=jan.id, now=NOW)
    return Illness(desk, els, jan, counter, booked, absence)


async def test_twelve_appointments_and_nobody_is_left_out(illness: Illness) -> None:
    desk = illness.desk
    assert await illness.settle() == 12
    assert await illness.settle() == 0  # the button pressed twice
    assert await changes.carry_out_due(desk.database, now=LATER, public_url=URL) == 12
    assert await changes.carry_out_due(desk.database, now=LATER, public_url=URL) == 0
    assert await desk.overlaps() == 0
    messages = {message.person_id: message for message in await illness.rows(Message)}
    calls = {call.person_id for call in await illness.rows(CallTask)}
    people = {appointment.person_id for appointment in illness.booked}
    assert set(messages) | calls == people
    assert not set(messages) & calls
    assert len(calls) == 2  # those without an address
    now_with = {row.person_id: row for row in await illness.rows(Appointment) if row.status == "confirmed"}
    assert len(now_with) == 6  # all of Tuesday, when Jan sits there too
    for before in illness.booked[:6]:
        after = now_with[before.person_id]
        assert (after.staff_id, after.starts_at) == (illness.jan.id, before.starts_at)
        assert (after.token, after.sequence) == (before.token, before.sequence + 1)
        if before.person_id in messages:
            assert "Els is er dan niet. Jan neemt over" in messages[before.person_id].text
    for before in illness.booked[6:]:
        assert await desk.status(before.id) == "cancelled"
        assert "planned" not in (await desk.reminder_states(before.id)).values()
    asked = messages[illness.booked[6].person_id]
    assert "Els is er niet op" in asked.text
    assert [line[:2] for line in asked.text.split("\n")[1:-2]] == ["1)", "2)", "3)"]
    assert asked.text.split("\n")[-2] == "Afstand in vogelvlucht."
    assert "Choisis un autre moment" in messages[illness.booked[7].person_id].text
    talks = {talk.person_id: talk for talk in await illness.rows(Conversation)}
    dialogue = Dialogue.from_json(talks[illness.booked[6].person_id].dialogue)
    assert (dialogue.asked, len(dialogue.options), dialogue.topic) == (Asked.SLOT, 3, "taal")


async def test_the_choice_of_staff_is_followed(illness: Illness) -> None:
    first, second = illness.booked[0], illness.booked[1]
    await illness.settle(choices={first.id: ChangeKind.CALL, second.id: ChangeKind.ANOTHER_TIME})
    await changes.carry_out_due(illness.desk.database, now=LATER, public_url=URL)
    assert await illness.desk.status(first.id) == "confirmed"  # until somebody has spoken with them
    assert first.person_id in {call.person_id for call in await illness.rows(CallTask)}
    assert set((await illness.desk.reminder_states(first.id)).values()) == {"cancelled"}
    assert await illness.desk.status(second.id) == "cancelled"


async def test_who_cancels_or_moves_meanwhile_is_not_told_again(illness: Illness) -> None:
    await illness.settle()
    gone = illness.booked[8]
    await illness.desk.cancel(gone.id)
    await changes.carry_out_due(illness.desk.database, now=LATER, public_url=URL)
    assert gone.person_id not in {message.person_id for message in await illness.rows(Message)}


async def test_what_was_booked_while_the_absence_was_entered_is_found(illness: Illness) -> None:
    desk = illness.desk
    await illness.settle()
    await changes.carry_out_due(desk.database, now=LATER, public_url=URL)
    free = illness.booked[6]
    person = await reachable(desk, 0)
    async with desk.database.transaction() as session:  # as one whose slot was looked up just before
        late = Appointment(
            token=uuid4().hex, person_id=person.id, region_id="gent", counter_id=free.counter_id,
            staff_id=illness.els.id, status="confirmed", wall_start=free.wall_start,
            starts_at=free.starts_at, ends_at=free.ends_at,
        )  # fmt: skip
        session.add(late)
    async with desk.database.transaction() as session:
        assert await absences.settle_late(session, now=LATER) == 1
    await changes.carry_out_due(desk.database, now=LATER, public_url=URL)
    assert await desk.status(late.id) == "cancelled"


async def test_silence_after_a_day_becomes_a_call(illness: Illness) -> None:
    desk = illness.desk
    await illness.settle()
    await changes.carry_out_due(desk.database, now=LATER, public_url=URL)
    before = {call.person_id for call in await illness.rows(CallTask)}
    assert await changes.chase_silent(desk.database, now=LATER + timedelta(hours=23)) == 0
    wrote, booked_again = illness.booked[6].person_id, illness.booked[7].person_id
    async with desk.database.transaction() as session:
        said = await session.scalar(select(Message).where(Message.person_id == wrote))
        assert said is not None
        session.add(
            Message(
                conversation_id=said.conversation_id, person_id=wrote, address_id=said.address_id, channel="sms",
                direction="in", author="person", text="2", status="received", created_at=LATER + timedelta(hours=1),
            )
        )  # fmt: skip
    (slot, *_) = await desk.slots(staff_id=illness.jan.id, start=NOW + timedelta(days=4))
    held = await desk.hold(slot, booked_again)
    assert isinstance(held, Appointment)
    await desk.confirm(held.id)
    asked = [row for row in await illness.rows(AppointmentChange) if row.state == "asked"]
    called = await changes.chase_silent(desk.database, now=LATER + timedelta(hours=25))
    assert called == len(asked) - 2
    after = {call.person_id for call in await illness.rows(CallTask)}
    assert not {wrote, booked_again} & (after - before)
    assert await changes.chase_silent(desk.database, now=LATER + timedelta(hours=26)) == 0


async def test_back_sooner_can_be_booked_again(illness: Illness) -> None:
    async with illness.desk.database.transaction() as session:
        for appointment in illness.booked:
            await booking.cancel(session, appointment.id, now=NOW)
    assert await illness.desk.slots(staff_id=illness.els.id, days=3) == []
    async with illness.desk.database.transaction() as session:
        absence = await session.get_one(Absence, illness.absence.id)
        await absences.back(session, absence, by_id=illness.jan.id, now=NOW + timedelta(hours=1))
    assert len(await illness.desk.slots(staff_id=illness.els.id, days=3)) == 12


async def test_an_end_before_the_beginning_is_refused(illness: Illness) -> None:
    async with illness.desk.database.transaction() as session:
        for begins, ends in ((NOW, NOW - timedelta(hours=1)), (datetime(2020, 1, 1, tzinfo=UTC),) * 2):
            with pytest.raises(absences.NotAllowed):
                await absences.enter(session, illness.els, begins, ends, by_id=illness.els.id, now=NOW)
