"""Who is there: available, away or offline, per staff member and per region."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from data import events
from data.tables import Absence, Presence, Region, Role, Staff
from handover import diversion, promise

HELPERS = (Role.COUNSELLOR, Role.DISPATCHER, Role.COORDINATOR)
# Somebody whose browser has been silent this long went home without saying so.
FORGOTTEN_AFTER = timedelta(minutes=10)


def is_absent(now: datetime) -> ColumnElement[bool]:
    """The condition under which the calendar says that a row of Staff is not there."""
    absence = select(Absence.id).where(
        Absence.staff_id == Staff.id, Absence.starts_at <= now, Absence.ends_at > now
    )
    return absence.exists()


def is_present(now: datetime) -> ColumnElement[bool]:
    """The condition under which a row of Staff is somebody who can answer now.

    An absence in the calendar goes before what a browser that was left open says.
    """
    return and_(
        Staff.active,
        Staff.presence == Presence.AVAILABLE,
        Staff.presence_at.is_not(None),
        Staff.presence_at >= now - FORGOTTEN_AFTER,
        ~is_absent(now),
    )


async def set_presence(session: AsyncSession, staff: Staff, presence: Presence, *, now: datetime) -> None:
    """Say that `staff` is available, away or offline; an event is recorded only when it changes."""
    changed = staff.presence != presence
    staff.presence = presence
    staff.presence_at = now
    await session.flush()
    if changed:
        await events.record(
            session, "staff.presence", region_id=staff.region_id, staff_id=staff.id,
            data={"presence": presence.value},
        )  # fmt: skip


async def somebody_present(session: AsyncSession, region_id: str | None, *, now: datetime) -> bool:
    """Whether a dispatcher, counsellor or coordinator of the region (None: of any region) is available."""
    query = select(Staff.id).where(Staff.role.in_(HELPERS), is_present(now)).limit(1)
    if region_id is not None:
        query = query.where(Staff.region_id == region_id)
    return await session.scalar(query) is not None


async def somebody_answers(session: AsyncSession, region_id: str, *, now: datetime) -> bool:
    """Whether anybody is there now for the queue of a region."""
    query = select(Staff.id).where(
        Staff.role.in_(HELPERS),
        is_present(now),
        (Staff.region_id == region_id) | Staff.region_id.in_(diversion.answers_for(region_id, now=now)),
    )
    return await session.scalar(query.limit(1)) is not None


async def who_answers(session: AsyncSession, region_id: str | None, *, now: datetime) -> Sequence[Staff]:
    """Everybody who is there now for the queue of a region (None: of any), by id."""
    query = select(Staff).where(Staff.role.in_(HELPERS), is_present(now)).order_by(Staff.id)
    if region_id is not None:
        query = query.where(Staff.region_id.in_(await diversion.answering(session, region_id, now=now)))
    return (await session.scalars(query)).all()


async def staff_present(session: AsyncSession, staff_id: int, *, now: datetime) -> bool:
    """Whether this one member of staff is available now."""
    return await session.scalar(select(Staff.id).where(Staff.id == staff_id, is_present(now))) is not None


async def promise_for(session: AsyncSession, region_id: str | None, *, now: datetime) -> promise.Promise:
    """The promise to make to a client of this region at `now`: the soonest of all who answer its queue."""
    if region_id is None:
        return promise.make(now, present=await somebody_present(session, None, now=now))
    made = []
    for answers in await diversion.answering(session, region_id, now=now):
        region = await session.get(Region, answers)
        present = await somebody_present(session, answers, now=now)
        if region is None:
            made.append(promise.make(now, present=present))
        else:
            made.append(
                promise.make(
                    now, present=present, hours=region.office_hours, answer_minutes=region.answer_minutes
                )
            )
    return min(made, key=lambda one: one.at)
