"""A seat in an info session and an interpreter, as somebody gets them by SMS digits."""

from datetime import datetime, timedelta

from sqlalchemy import select, update

from bot.hub import Hub
from bot.replies import BRUSSELS
from data.tables import Appointment, InfoSession, Interpreter, Message, Person, Reminder
from tests.bot.test_turn import replies_to, write


async def _person_id(hub: Hub, message_id: int) -> int:
    async with hub.database.transaction() as session:
        return (await session.get_one(Message, message_id)).person_id


async def _seats(hub: Hub, person_id: int) -> list[Appointment]:
    async with hub.database.transaction() as session:
        rows = await session.scalars(
            select(Appointment).where(Appointment.person_id == person_id).order_by(Appointment.id)
        )
        return list(rows)


async def _said(hub: Hub, number: str, text: str) -> tuple[int, str]:
    message_id = await write(hub, number, text)
    return message_id, "\n".join(reply.text for reply in await replies_to(hub, message_id))


async def _taken(hub: Hub, session_id: int | None) -> int:
    async with hub.database.transaction() as session:
        return (await session.get_one(InfoSession, session_id)).taken


async def test_a_seat_is_taken_changed_and_given_back_by_digits(hub: Hub, number: str) -> None:
    first, listed = await _said(hub, number, "wanneer is er een infosessie in Aalst?")
    assert "1) za" in listed
    assert "je weg naar een diploma" in listed
    _, booked = await _said(hub, number, "1")
    assert "Afgesproken" in booked
    assert "Breng je diploma mee" not in booked
    person_id = await _person_id(hub, first)
    (seat,) = await _seats(hub, person_id)
    assert (seat.kind, seat.status) == ("session", "confirmed")
    before = await _taken(hub, seat.session_id)
    async with hub.database.transaction() as session:
        due = update(Reminder).where(Reminder.appointment_id == seat.id)
        await session.execute(due.values(due_at=datetime.now(BRUSSELS) - timedelta(minutes=1)))
    await hub.ticker.tick()
    async with hub.database.transaction() as session:
        reminders = await session.scalars(
            select(Message.text).where(Message.person_id == person_id, Message.purpose == "reminder")
        )
        assert any("is de infosessie" in text for text in reminders)
    _, others = await _said(hub, number, "2")  # another moment
    assert "Nederlands leren" in others
    _, moved = await _said(hub, number, "2")
    assert "Verplaatst" in moved
    old, new = await _seats(hub, person_id)
    assert (old.status, new.status) == ("cancelled", "confirmed")
    assert old.session_id != new.session_id
    assert await _taken(hub, old.session_id) == before - 1
    await write(hub, number, "annuleer")
    _, cancelled = await _said(hub, number, "1")
    assert "afgezegd" in cancelled
    assert [seat.status for seat in await _seats(hub, person_id)] == ["cancelled", "cancelled"]


async def test_what_is_full_says_so_and_offers_another(hub: Hub, number: str) -> None:
    _, listed = await _said(hub, number, "quand est la prochaine séance d'info à 8000 ?")
    assert "séances d'info" in listed
    async with hub.database.transaction() as session:
        region = InfoSession.region_id == "west-vlaanderen"
        first = await session.scalar(
            select(InfoSession).where(region).order_by(InfoSession.starts_at).limit(1)
        )
        assert first is not None
        seats, first.seats = first.seats, max(first.taken, 1)
        taken, first.taken = first.taken, max(first.taken, 1)
    try:
        _, answer = await _said(hub, number, "1")
    finally:
        async with hub.database.transaction() as session:
            row = await session.get_one(InfoSession, first.id)
            row.seats, row.taken = seats, taken
    assert "vient d'être complète" in answer
    assert "Nederlands leren" in answer
    assert "diploma" not in answer


async def test_an_interpreter_comes_along_when_the_language_needs_one(hub: Hub, number: str) -> None:
    first = await write(hub, number, "ik weet niet wat ik wil")
    person_id = await _person_id(hub, first)
    async with hub.database.transaction() as session:
        (await session.get_one(Person, person_id)).language = "pl"
    _, listed = await _said(hub, number, "8000")
    assert "z tłumaczem" in listed
    assert "Jeśli potrzebny jest tłumacz" in listed
    _, booked = await _said(hub, number, "1")
    assert "Będzie tłumacz" in booked
    (made,) = await _seats(hub, person_id)
    async with hub.database.transaction() as session:
        interpreter = await session.get_one(Interpreter, made.interpreter_id)
        assert "pl" in interpreter.languages


async def test_without_an_interpreter_that_is_said(hub: Hub, number: str) -> None:
    first = await write(hub, number, "ik weet niet wat ik wil")
    async with hub.database.transaction() as session:
        (await session.get_one(Person, await _person_id(hub, first))).language = "ti"
    _, listed = await _said(hub, number, "8000")
    assert "No interpreter is free now" in listed
    assert "1)" in listed
