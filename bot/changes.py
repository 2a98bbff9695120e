"""Clients hear of every change that we make to their appointment, or are asked for another time; else somebody calls.

Each change is one transaction: what is done to the appointment, the message about it, and that it is done.
"""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import calendars
from bot.flows.conversation import how_far, label
from bot.replies import BRUSSELS, Replies, replies
from bot.state import Asked, Dialogue, Goal
from bot.turn_types import Reply, known_place, postcodes_of
from channels import abilities, plan
from channels.outbox import put
from channels.plan import Way
from data.db import Database
from data.tables import (
    Absence,
    Appointment,
    AppointmentChange,
    AppointmentStatus,
    Author,
    ChangeKind,
    ChangeState,
    Counter,
    CounterKind,
    Direction,
    Message,
    Person,
    Staff,
)
from dispatch import booking, counters, reminders
from dispatch.counters import CounterOffer
from dispatch.standing_in import stand_in
from handover import call_tasks
from handover import conversation as handover

AT_ONCE = 50
TIMES = 3
ANSWER_WITHIN = timedelta(hours=24)  # then somebody calls
PURPOSE = "reminder"  # of the appointment that the person made, so STOP does not stop it


async def carry_out_due(database: Database, *, now: datetime, public_url: str) -> int:
    """Carry out what was planned, each in a transaction of its own; returns how many were dealt with."""
    async with database.transaction() as session:
        found = await session.execute(
            select(AppointmentChange.id, Appointment.person_id)
            .join(Appointment, Appointment.id == AppointmentChange.appointment_id)
            .where(AppointmentChange.state == ChangeState.PLANNED)
            .order_by(AppointmentChange.id)
            .limit(AT_ONCE)
        )
        due = found.all()
    for change_id, person_id in due:
        async with database.transaction() as session:
            person = await handover.lock_person(session, person_id)
            change = await session.get_one(
                AppointmentChange, change_id, with_for_update=True, populate_existing=True
            )
            if change.state == ChangeState.PLANNED:
                await _Telling(session, change, person, now, public_url).carry_out()
    return len(due)


async def chase_silent(database: Database, *, now: datetime) -> int:
    """Whoever was asked for another time and said nothing for a day is called; returns how many."""
    called = 0
    async with database.transaction() as session:
        waiting = await session.execute(
            select(AppointmentChange, Appointment)
            .join(Appointment, Appointment.id == AppointmentChange.appointment_id)
            .where(
                AppointmentChange.state == ChangeState.ASKED,
                AppointmentChange.told_at <= now - ANSWER_WITHIN,
            )
            .with_for_update(of=AppointmentChange, skip_locked=True)
            .limit(AT_ONCE)
        )
        for change, appointment in waiting.all():
            change.state = ChangeState.DONE
            wrote = await session.scalar(
                select(Message.id)
                .where(
                    Message.person_id == appointment.person_id,
                    Message.direction == Direction.IN,
                    Message.created_at > change.told_at,
                )
                .limit(1)
            )
            if wrote is None and not await booking.upcoming(session, appointment.person_id, now=now):
                person = await session.get_one(Person, appointment.person_id)
                about = replies("nl")("absent_silent", when=replies("nl").when(appointment.starts_at))
                await _call(session, change, person, about, now)
                called += 1
    return called


class _Telling:
    """One change, while it is carried out."""

    def __init__(
        self,
        session: AsyncSession,
        change: AppointmentChange,
        person: Person,
        now: datetime,
        public_url: str,
    ) -> None:
        self.session, self.change, self.person, self.now = session, change, person, now
        self.public_url = public_url
        self.say: Replies = replies(person.language)

    async def carry_out(self) -> None:
        session, change = self.session, self.change
        appointment = await session.get_one(Appointment, change.appointment_id, populate_existing=True)
        kind = ChangeKind(change.kind)
        standing = appointment.status == AppointmentStatus.CONFIRMED and appointment.starts_at > self.now
        if kind == ChangeKind.CANCELLED:
            await self._told(
                appointment, self.say("cancelled_by_us", when=self.say.when(appointment.starts_at))
            )
        elif not standing:  # moved or cancelled meanwhile: whoever did that has told it
            self._done(None)
        elif kind in (ChangeKind.MOVED, ChangeKind.BOOKED):
            key = "moved_by_us" if kind == ChangeKind.MOVED else "booked"
            await self._told(appointment, await self._where(key, appointment))
        elif kind == ChangeKind.CALL:
            await reminders.cancel(session, appointment.id)
            about = replies("nl")("absent_call", when=replies("nl").when(appointment.starts_at))
            await _call(session, change, self.person, about, self.now)
            self._done(ChangeKind.CALL)
        elif kind != ChangeKind.DEPUTY or not await self._deputy(appointment):
            await self._another_time(appointment)

    async def _deputy(self, appointment: Appointment) -> bool:
        slot = await stand_in(self.session, appointment, now=self.now)
        if slot is None:
            return False
        by = self.change.created_by
        moved = await booking.move(self.session, appointment.id, slot, now=self.now, by=by)
        if not isinstance(moved, Appointment):
            return False
        absent = await self.session.get_one(Staff, appointment.staff_id)
        self.change.outcome = ChangeKind.DEPUTY
        await self._told(moved, await self._where("absent_deputy", moved, absent=absent.name.split()[0]))
        return True

    async def _another_time(self, appointment: Appointment) -> None:
        staff = await self.session.get_one(Staff, appointment.staff_id)
        await booking.cancel(self.session, appointment.id, now=self.now, by=self.change.created_by)
        offers = await self._offers(appointment)
        text = self.say(
            "absent_ask" if offers else "absent_none",
            staff=staff.name.split()[0], when=self.say.when(appointment.starts_at),
        )  # fmt: skip
        self.change.outcome = ChangeKind.ANOTHER_TIME
        await self._told(appointment, text, offers)
        if not offers and self.change.state == ChangeState.DONE and self.change.outcome != ChangeKind.CALL:
            await _call(self.session, self.change, self.person, text, self.now)

    async def _offers(self, appointment: Appointment) -> list[CounterOffer]:
        """Times near where they live, or else near where they would have come."""
        place = known_place(self.person)
        counter = await self.session.get_one(Counter, appointment.counter_id)
        lat, lon = (place.lat, place.lon) if place else (counter.lat, counter.lon)
        if lat is None or lon is None:
            here = Counter.region_id == appointment.region_id, Counter.lat.is_not(None), Counter.active
            first = await self.session.scalar(select(Counter).where(*here).order_by(Counter.id).limit(1))
            if first is None or first.lat is None or first.lon is None:
                return []
            lat, lon = first.lat, first.lon
        found = await counters.nearest(
            self.session, lat, lon, region_id=appointment.region_id, language=self.person.language,
            postcodes=postcodes_of(self.person), person_id=self.person.id, now=self.now,
        )  # fmt: skip
        return found[:TIMES]

    async def _told(
        self, appointment: Appointment, text: str, offers: list[CounterOffer] | None = None
    ) -> None:
        """Queue the words on the way that reaches them, listening for a choice; without a way somebody calls."""
        way = await self._way(appointment)
        if way is None:
            await _call(self.session, self.change, self.person, text, self.now)
            self._done(ChangeKind.CALL)
            return
        talk = await handover.open_for(
            self.session, self.person.id, way.channel, appointment.region_id, now=self.now
        )
        reply = Reply(
            text=text,
            options=tuple(label(self.say, offered, short=way.channel == "sms") for offered in offers or ()),
            note=how_far(self.say, offers or (), asked=False),
            tail=self.say("counters_tail") if offers else "",
        )
        message, _ = await put(
            self.session, conversation=talk, address_id=way.address.id, channel=way.channel, author=Author.BOT,
            text=reply.as_text(buttons=abilities.of(way.channel).buttons), choices=reply.buttons(),
            language=self.say.own, purpose=PURPOSE, client_msg_id=f"change-{self.change.id}",
            calendar=await calendars.along(
                self.session, appointment, way.address, way.channel, self.public_url
            ),
        )  # fmt: skip
        if offers:
            keys = tuple(str(offered.slot.key) for offered in offers)
            talk.dialogue = (
                Dialogue.from_json(talk.dialogue)
                .waiting_for(
                    Asked.SLOT, goal=Goal.CONVERSATION, options=keys, moving=None, skipped=0,
                    topic=appointment.topic,
                )
                .to_json()
            )  # fmt: skip
        self.change.message_id = message.id
        self.change.told_at = self.now
        self.change.state = ChangeState.ASKED if offers else ChangeState.DONE

    async def _way(self, appointment: Appointment) -> Way | None:
        """Where the reminders go, if that is open; else the plan."""
        local = self.now.astimezone(BRUSSELS)
        planned = await plan.ways(self.session, self.person.id, purpose=PURPOSE, now=local, author=Author.BOT)
        agreed = [way for way in planned if way.open and way.address.id == appointment.address_id]
        return agreed[0] if agreed else plan.first_choice(planned)

    async def _where(self, key: str, appointment: Appointment, **more: str) -> str:
        counter = await self.session.get_one(Counter, appointment.counter_id)
        staff = await self.session.get_one(Staff, appointment.staff_id)
        place = {CounterKind.PHONE: self.say("counter_phone"), CounterKind.VIDEO: self.say("counter_video")}.get(
            CounterKind(counter.kind), f"{counter.name}, {counter.street}" if counter.street else counter.name
        )  # fmt: skip
        said = self.say(
            key, when=self.say.when(appointment.starts_at), place=place, staff=staff.name.split()[0], **more
        )
        link = self.say("booked_link", link=f"{self.public_url}/a/{appointment.token}")
        return f"{said}\n{self.say('booked_change')}\n{link}"

    def _done(self, outcome: ChangeKind | None) -> None:
        self.change.outcome = outcome
        self.change.state, self.change.told_at = ChangeState.DONE, self.now


async def _call(
    session: AsyncSession, change: AppointmentChange, person: Person, about: str, now: datetime
) -> None:
    """Somebody who is there calls: whoever made the change, unless they are the one who is away."""
    away = (await session.get_one(Absence, change.absence_id)).staff_id if change.absence_id else None
    by_id = change.created_by if change.created_by != away else None
    await call_tasks.ask(
        session, person.id, reason="appointment", about=about, key=f"change:{change.id}",
        staff_id=by_id, by_id=change.created_by, now=now,
    )  # fmt: skip
