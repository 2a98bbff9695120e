"""A counsellor is away: the client reads it in their language, types a digit, and has another time."""

from datetime import datetime, time, timedelta
from uuid import uuid4

from sqlalchemy import select

from bot.hub import Hub
from bot.replies import BRUSSELS
from channels.base import Inbound
from data import geo
from data.tables import Appointment, AppointmentChange, Counter, Message, Person, Sitting, Staff
from dispatch import booking, calendar, clock
from handover import absences


async def _say(hub: Hub, path: str, words: str) -> int:
    item = Inbound(external_id=uuid4().hex, path=path, text=words)
    (accepted,) = await hub.inbox.accept("sms", "sms", [item])
    await hub.worker.run_until_idle()
    return accepted.message_id


async def _counsellor(hub: Hub) -> tuple[Staff, calendar.Slot]:
    """Somebody new who sits in Gent on one day only, and their first time that day."""
    day = clock.day_of(datetime.now(BRUSSELS)) + timedelta(days=9)
    while clock.is_public_holiday(day):
        day += timedelta(days=1)
    async with hub.database.transaction() as session:
        counter = await session.scalar(
            select(Counter).where(Counter.region_id == "gent", Counter.kind == "place").limit(1)
        )
        assert counter is not None
        staff = Staff(
            name="Noor Claes", email=f"{uuid4().hex}@voorbeeld.invalid", role="counsellor", region_id="gent",
            password_hash="-",
        )  # fmt: skip
        session.add(staff)
        await session.flush()
        session.add(
            Sitting(
                counter_id=counter.id, staff_id=staff.id, weekday=day.weekday(), starts=time(18),
                ends=time(20), valid_from=day, valid_to=day,
            )
        )  # fmt: skip
        await session.flush()
        (slot, *_) = await calendar.free_slots(
            session, kind="mediation", start=clock.day_bounds(day, day)[0], end=clock.day_bounds(day, day)[1],
            staff_id=staff.id,
        )  # fmt: skip
    return staff, slot


async def test_away_asked_and_booked_again(hub: Hub, number: str) -> None:
    heard = await _say(hub, number, "bonjour, je cherche un cours de couture")
    staff, slot = await _counsellor(hub)
    now = datetime.now(BRUSSELS)
    async with hub.database.transaction() as session:
        message = await session.get_one(Message, heard)
        person = await session.get_one(Person, message.person_id)
        assert person.language == "fr"
        person.facts = {**person.facts, "place_key": geo.by_postcode("9000")[0].key}
        held = await booking.hold(
            session, slot, person.id, now=now, language="fr", address_id=message.address_id, topic="couture"
        )
        assert isinstance(held, Appointment)
        await booking.confirm(session, held.id, now=now)
        absence = await absences.enter(session, staff, slot.starts_at, slot.ends_at, by_id=staff.id, now=now)
        assert await absences.settle(session, absence, by_id=staff.id, now=now) == 1
    await hub.ticker.tick()
    await hub.worker.run_until_idle()
    async with hub.database.transaction() as session:
        change = (
            await session.scalars(
                select(AppointmentChange).where(AppointmentChange.appointment_id == held.id)
            )
        ).one()
        told = await session.get_one(Message, change.message_id)
        assert (change.state, change.outcome) == ("asked", "another_time")
    assert "Noor n'est pas là" in told.text
    lines = [line for line in told.text.split("\n") if line[:2] in ("1)", "2)", "3)")]
    assert len(lines) == 3
    answered = await _say(hub, number, "2")
    async with hub.database.transaction() as session:
        (now_booked,) = await booking.upcoming(session, person.id, now=now)
        answer = (await session.scalars(select(Message).where(Message.answers_id == answered))).first()
    assert answer is not None
    assert clock.wall(now_booked.starts_at).strftime("%H:%M") in answer.text
    assert clock.wall(now_booked.starts_at).strftime("%H:%M") in lines[1]
    assert (now_booked.topic, now_booked.language) == ("couture", "fr")
    assert now_booked.staff_id != staff.id
