"""How a team is doing right now: who is there, what each holds and carries, and what waits on somebody who is not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from data import events
from data.tables import (
    Absence,
    Appointment,
    AppointmentStatus,
    Conversation,
    Holder,
    Life,
    Person,
    Staff,
    WaitingOn,
)
from data.translation import _
from dispatch import clock
from handover import access, load
from handover.load import Load
from handover.presence import is_absent, is_present
from handover.refusal import NotAllowed
from handover.skills import TOPICS

MOST_CAPACITY = 200


@dataclass(frozen=True, kw_only=True)
class Member:
    """One of the team. `here`: can answer now; `away_until`: the end of the absence in which they are."""

    staff: Staff
    here: bool
    away_until: datetime | None
    waits: int  # conversations that wait on them
    waits_since: datetime | None
    holds: int  # all that they hold
    appointments: int  # of today
    load: Load


async def members(session: AsyncSession, lead: Staff, *, now: datetime) -> list[Member]:
    """Everybody who helps clients in the regions that `lead` sees, by name."""
    today = clock.day_of(now)
    start, end = clock.day_bounds(today, today)
    held = (
        select(
            Conversation.staff_id,
            func.count().label("holds"),
            func.count().filter(Conversation.waiting_on == WaitingOn.US).label("waits"),
            func.min(Conversation.waiting_since)
            .filter(Conversation.waiting_on == WaitingOn.US)
            .label("since"),
        )
        .where(Conversation.life == Life.OPEN, Conversation.holder == Holder.STAFF)
        .group_by(Conversation.staff_id)
        .subquery()
    )
    booked = (
        select(Appointment.staff_id, func.count().label("count"))
        .where(
            Appointment.status == AppointmentStatus.CONFIRMED,
            Appointment.starts_at >= start,
            Appointment.starts_at < end,
        )
        .group_by(Appointment.staff_id)
        .subquery()
    )
    until = (
        select(func.max(Absence.ends_at))
        .where(Absence.staff_id == Staff.id, Absence.starts_at <= now, Absence.ends_at > now)
        .scalar_subquery()
    )
    query = (
        access.colleagues_of(lead)
        .add_columns(is_present(now), until, held.c.waits, held.c.since, held.c.holds, booked.c.count)
        .outerjoin(held, held.c.staff_id == Staff.id)
        .outerjoin(booked, booked.c.staff_id == Staff.id)
        .order_by(Staff.region_id, Staff.name)
    )
    found = (await session.execute(query)).all()
    loads = await load.of(session, [row[0] for row in found])
    return [
        Member(
            staff=staff, here=here, away_until=absent, waits=waits or 0, waits_since=since, holds=holds or 0,
            appointments=appointments or 0, load=loads[staff.id],
        )
        for staff, here, absent, waits, since, holds, appointments in found
    ]  # fmt: skip


async def stuck(
    session: AsyncSession, lead: Staff, *, now: datetime, limit: int = 50
) -> Sequence[tuple[Conversation, Person, Staff]]:
    """What waits on somebody who is not there, the longest waiting first."""
    found = await session.execute(
        select(Conversation, Person, Staff)
        .join(Person, Person.id == Conversation.person_id)
        .join(Staff, Staff.id == Conversation.staff_id)
        .where(
            access.may_see_conversation(lead),
            Conversation.life == Life.OPEN,
            Conversation.waiting_on == WaitingOn.US,
            ~is_present(now),
        )
        .order_by(Conversation.waiting_since.asc().nulls_last(), Conversation.id)
        .limit(limit)
    )
    return found.all()


async def give_duty(session: AsyncSession, staff: Staff, *, by_id: int, now: datetime) -> None:
    """From now on `staff` answers for their region when nobody is there, and nobody else does."""
    if not staff.active:
        raise NotAllowed(_("Die medewerker werkt hier niet meer. Kies iemand anders."))
    absent = await session.scalar(select(Staff.id).where(Staff.id == staff.id, is_absent(now)))
    if absent is not None:
        raise NotAllowed(_("{name} is nu afwezig gemeld. Kies iemand die er wel is.", name=staff.name))
    await session.execute(
        update(Staff)
        .where(and_(Staff.region_id == staff.region_id, Staff.duty == true(), Staff.id != staff.id))
        .values(duty=False)
    )
    staff.duty = True
    await session.flush()
    await events.record(
        session, "staff.duty", region_id=staff.region_id, staff_id=by_id, data={"duty_id": staff.id}
    )


async def set_skills(
    session: AsyncSession,
    staff: Staff,
    *,
    languages: Sequence[str],
    topics: Sequence[str],
    capacity: int,
    by_id: int,
) -> None:
    """What somebody speaks, knows best and can carry. Raises NotAllowed with a Dutch sentence."""
    if not languages:
        raise NotAllowed(_("Kies minstens één taal."))
    if not 0 <= capacity <= MOST_CAPACITY:
        raise NotAllowed(_("Kies een draagkracht tussen 0 en {most}.", most=MOST_CAPACITY))
    before = {"languages": staff.languages, "topics": staff.topics, "capacity": staff.capacity}
    staff.languages, staff.topics = list(languages), [topic for topic in TOPICS if topic in topics]
    staff.capacity = capacity
    await session.flush()
    await events.record(
        session, "staff.skills", region_id=staff.region_id, staff_id=by_id,
        data={"account_id": staff.id, "before": before},
    )  # fmt: skip
