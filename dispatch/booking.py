"""Booking: held → confirmed → attended | no_show | moved | cancelled; a hold that runs out is expired.

Double booking is made impossible by the exclusion constraints of `appointment`, not by looking first. Every
change of status is a compare-and-swap, so that of two who change at once exactly one does. Nothing here
commits. The caller has locked the person (as every writer does) before it books; the counsellor's lock that
`hold` and `move` take comes after it, which keeps transactions from waiting in a circle.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam, exists, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from data import events
from data.tables import Appointment, AppointmentKind, AppointmentStatus, InfoSession, Trajectory
from dispatch import booking_statements as statements
from dispatch import clock, reminders
from dispatch.calendar import Slot

HOLD_MINUTES = 15
TOKEN_BYTES = 32
_COUNSELLOR, _ROOMS, _INTERPRETER = 0x10E7, 0x10E8, 0x10E9  # first keys of the advisory locks
_LOCK = text("SELECT pg_advisory_xact_lock(:space, CAST(:id AS integer))")


@dataclass(frozen=True, kw_only=True)
class Taken:
    """Somebody else has this time; offer others."""

    slot: Slot


@dataclass(frozen=True, kw_only=True)
class Refused:
    """The appointment is not in a status from which this can be done; None: there is no such appointment."""

    status: AppointmentStatus | None


@dataclass(frozen=True, kw_only=True)
class OwnCounsellor:
    """Who guides a person with an open trajectory, and who stands in."""

    staff_id: int
    deputy_id: int | None
    region_id: str


async def own_counsellor(session: AsyncSession, person_id: int) -> OwnCounsellor | None:
    """The counsellor of a person's open trajectory, if there is one."""
    row = (
        await session.execute(
            select(Trajectory.staff_id, Trajectory.deputy_id, Trajectory.region_id).where(
                Trajectory.person_id == person_id, Trajectory.closed_at.is_(None)
            )
        )
    ).one_or_none()
    if row is None:
        return None
    staff_id, deputy_id, region_id = row
    return OwnCounsellor(staff_id=staff_id, deputy_id=deputy_id, region_id=region_id)


async def hold(
    session: AsyncSession,
    slot: Slot,
    person_id: int,
    *,
    now: datetime,
    conversation_id: int | None = None,
    address_id: int | None = None,
    language: str = "nl",
    topic: str | None = None,
    room: str | None = None,
    created_by: int | None = None,
    minutes: int = HOLD_MINUTES,
) -> Appointment | Taken:
    """Keep a slot, with its room and its interpreter, for a person for `minutes`; `Taken` when somebody was first.

    A person holds one time: what they held before is given back.
    """
    room = room or slot.room
    await lock(session, slot, room)
    made = await _insert(
        session, slot, now,
        token=secrets.token_urlsafe(TOKEN_BYTES), person_id=person_id, conversation_id=conversation_id,
        address_id=address_id, room=room, status=AppointmentStatus.HELD,
        held_until=now + timedelta(minutes=minutes), language=language, topic=topic, created_by=created_by,
        sequence=0,
    )  # fmt: skip
    if made is None:
        return Taken(slot=slot)
    await _record(session, "held", made, created_by)
    return made


async def confirm(
    session: AsyncSession, appointment_id: int, *, now: datetime, by: int | None = None
) -> Appointment | Refused:
    """Make a hold definite and plan its reminders; a second time changes nothing and is fine too.

    A hold that ran out still counts while nobody has taken its time.
    """
    changed = await _swap(session, appointment_id, {AppointmentStatus.HELD}, AppointmentStatus.CONFIRMED)
    if changed is None:
        return await _already(session, appointment_id, AppointmentStatus.CONFIRMED)
    await reminders.plan(session, changed, now=now)
    await _record(session, "confirmed", changed, by)
    return changed


async def cancel(
    session: AsyncSession, appointment_id: int, *, now: datetime, by: int | None = None
) -> Appointment | Refused:
    """Give the time back; a second time changes nothing. What has begun already cannot be cancelled."""
    changed = await _swap(
        session, appointment_id, {AppointmentStatus.HELD, AppointmentStatus.CONFIRMED},
        AppointmentStatus.CANCELLED, begins_after=now, steps=1,
    )  # fmt: skip
    if changed is None:
        return await _already(session, appointment_id, AppointmentStatus.CANCELLED)
    await reminders.cancel(session, appointment_id)
    if changed.session_id is not None:
        await session.execute(statements.GIVE_BACK, {"session_id": changed.session_id})
    await _record(session, "cancelled", changed, by)
    return changed


async def move(
    session: AsyncSession, appointment_id: int, slot: Slot, *, now: datetime, by: int | None = None
) -> Appointment | Taken | Refused:
    """Exchange a confirmed appointment for another time, at once or not at all. Returns the new one.

    The client's token, and with it the link and the calendar entry, goes along to the new appointment. A seat in an
    info session is not moved: take another, and cancel this one.
    """
    current = await find(session, appointment_id)
    if current is None or current.session_id is not None:
        return Refused(status=None if current is None else AppointmentStatus(current.status))
    room = slot.room or (current.room if current.counter_id == slot.counter_id else None)
    await lock(session, slot, room, current.staff_id)
    try:
        async with session.begin_nested():
            made = await _exchange(session, current, slot, room, now=now, by=by)
    except _StaysError as stays:
        await find(session, appointment_id)  # what the caller holds must show again what is stored
        return stays.answer
    await session.execute(
        update(Appointment).where(Appointment.id == appointment_id).values(moved_to_id=made.id)
    )
    await reminders.cancel(session, appointment_id)
    await reminders.plan(session, made, now=now)
    await _record(session, "moved", made, by, from_id=appointment_id)
    return made


async def with_interpreter(
    session: AsyncSession,
    appointment_id: int,
    interpreter_id: int | None,
    *,
    now: datetime,
    by: int | None = None,
) -> bool:
    """Book an interpreter along with a confirmed appointment to come, or let them go (None); False when that cannot be."""
    if interpreter_id is not None:
        await session.execute(_LOCK, {"space": _INTERPRETER, "id": interpreter_id})
    try:
        async with session.begin_nested():
            changed = await session.scalar(
                statements.INTERPRETER,
                {"appointment_id": appointment_id, "with_interpreter": interpreter_id, "now": now},
            )
    except IntegrityError:
        return False
    if changed is None:
        return False
    await _record(session, "interpreter", changed, by)
    return True


async def mark(
    session: AsyncSession, appointment_id: int, *, attended: bool, now: datetime, by: int | None = None
) -> Appointment | Refused:
    """Say whether the person came; corrects an earlier mark too. Only once the time has begun."""
    status = AppointmentStatus.ATTENDED if attended else AppointmentStatus.NO_SHOW
    other = AppointmentStatus.NO_SHOW if attended else AppointmentStatus.ATTENDED
    changed = await _swap(session, appointment_id, {AppointmentStatus.CONFIRMED, other}, status, begun_by=now)
    if changed is None:
        return await _already(session, appointment_id, status)
    await reminders.cancel(session, appointment_id)
    await _record(session, status.value, changed, by)
    return changed


async def expire_holds(session: AsyncSession, *, now: datetime) -> Sequence[Appointment]:
    """Free every hold that ran out; returns them. Holds that somebody is just changing are left alone."""
    rows = await session.scalars(statements.EXPIRE, {"now": now})
    expired = rows.all()
    for appointment in expired:
        await _record(session, "expired", appointment, None)
    return expired


async def find(session: AsyncSession, appointment_id: int) -> Appointment | None:
    """The appointment as it is stored now."""
    return await session.get(Appointment, appointment_id, populate_existing=True)


async def by_token(session: AsyncSession, token: str) -> Appointment | None:
    """The appointment whose page is /a/{token}."""
    found: Appointment | None = await session.scalar(select(Appointment).where(Appointment.token == token))
    return found


_OF_PERSON = (
    Appointment.person_id == bindparam("person_id"),
    Appointment.status == AppointmentStatus.CONFIRMED,
    Appointment.ends_at > bindparam("now"),
)
_UPCOMING = select(Appointment).where(*_OF_PERSON).order_by(Appointment.starts_at)
HAS_UPCOMING = exists().where(*_OF_PERSON)
"""Whether the person `person_id` has a confirmed appointment that has not ended at `now`: for a larger statement."""


async def upcoming(session: AsyncSession, person_id: int, *, now: datetime) -> Sequence[Appointment]:
    """A person's confirmed appointments that have not ended, the first first."""
    return (await session.scalars(_UPCOMING, {"person_id": person_id, "now": now})).all()


async def _insert(
    session: AsyncSession, slot: Slot, now: datetime, *, person_id: int, room: str | None, **values: object
) -> Appointment | None:
    """Insert an appointment in `slot`, whose lock we have; None when a constraint says that it is taken."""
    await _clear_the_way(session, slot, now, person_id, room)
    made: Appointment | None = await session.scalar(
        statements.INSERT,
        {
            "region_id": slot.counter.region_id, "counter_id": slot.counter_id, "staff_id": slot.staff_id,
            "kind": AppointmentKind(slot.kind), "wall_start": slot.wall_start, "zone": clock.ZONE_NAME,
            "starts_at": slot.starts_at.astimezone(UTC), "ends_at": slot.ends_at.astimezone(UTC),
            "person_id": person_id, "room": room, "session_id": None,
            "interpreter_id": slot.interpreter.id if slot.interpreter else None, **values,
        },
    )  # fmt: skip
    return made


async def seat(session: AsyncSession, talk: InfoSession, *, person_id: int, **values: object) -> Appointment:
    """The appointment of whoever was just given a seat (`info_sessions.take`), agreed at once."""
    made: Appointment | None = await session.scalar(
        statements.INSERT,
        {
            "region_id": talk.region_id, "counter_id": talk.counter_id, "staff_id": talk.staff_id,
            "kind": AppointmentKind.SESSION, "wall_start": talk.wall_start, "zone": talk.zone,
            "starts_at": talk.starts_at, "ends_at": talk.ends_at, "person_id": person_id, "room": talk.room,
            "session_id": talk.id, "interpreter_id": None, "status": AppointmentStatus.CONFIRMED,
            "held_until": None, "sequence": 0, **values,
        },
    )  # fmt: skip
    if made is None:
        raise LookupError("this person has a seat here already")  # the caller holds the lock on the person
    await _record(session, "confirmed", made, None)
    return made


class _StaysError(Exception):
    """The appointment stays where it is; undoes what was done of the move."""

    def __init__(self, answer: Taken | Refused) -> None:
        super().__init__(answer)
        self.answer = answer


async def _exchange(
    session: AsyncSession,
    current: Appointment,
    slot: Slot,
    room: str | None,
    *,
    now: datetime,
    by: int | None,
) -> Appointment:
    """Release one time and take the other; `_StaysError` when either cannot be done."""
    token = current.token
    released = await _swap(
        session, current.id, {AppointmentStatus.CONFIRMED}, AppointmentStatus.MOVED,
        begins_after=now, new_token=secrets.token_urlsafe(TOKEN_BYTES),
    )  # fmt: skip
    if released is None:
        raise _StaysError(await _refused(session, current.id))
    made = await _insert(
        session, slot, now,
        token=token, person_id=released.person_id, conversation_id=released.conversation_id,
        address_id=released.address_id, room=room, status=AppointmentStatus.CONFIRMED, held_until=None,
        language=released.language, topic=released.topic, created_by=by, sequence=released.sequence + 1,
    )  # fmt: skip
    if made is None:
        raise _StaysError(Taken(slot=slot))
    return made


async def _clear_the_way(
    session: AsyncSession, slot: Slot, now: datetime, person_id: int, room: str | None
) -> None:
    """End the holds that would block `slot`: those that ran out, and what the person held before."""
    rows = await session.scalars(
        statements.CLEAR,
        {
            "of_person": person_id, "of_staff": slot.staff_id, "at_counter": slot.counter_id, "in_room": room,
            "with_interpreter": slot.interpreter.id if slot.interpreter else None, "now": now,
            "begins": slot.starts_at, "until": slot.ends_at,
        },
    )  # fmt: skip
    for appointment in rows.all():
        await _record(session, appointment.status, appointment, None)


async def lock(session: AsyncSession, slot: Slot, room: str | None, *staff_ids: int) -> None:
    """One booking at a time per counsellor (per counter with rooms, per interpreter), in a fixed order, before any row.

    The exclusion constraint alone would be right but not calm: two overlapping inserts that meet may wait
    for each other until PostgreSQL kills one.
    """
    keys = {(_COUNSELLOR, staff_id) for staff_id in (slot.staff_id, *staff_ids)}
    if room is not None:
        keys.add((_ROOMS, slot.counter_id))
    if slot.interpreter is not None:
        keys.add((_INTERPRETER, slot.interpreter.id))
    for space, key in sorted(keys):
        await session.execute(_LOCK, {"space": space, "id": key})


async def _swap(
    session: AsyncSession,
    appointment_id: int,
    expected: set[AppointmentStatus],
    status: AppointmentStatus,
    *,
    begins_after: datetime | None = None,
    begun_by: datetime | None = None,
    steps: int = 0,
    new_token: str | None = None,
) -> Appointment | None:
    """Set the status if it is one of `expected`; None when it was not. `steps` to go on in the calendar's sequence."""
    changed: Appointment | None = await session.scalar(
        statements.SWAP,
        {
            "appointment_id": appointment_id, "expected": [one.value for one in expected], "new_status": status,
            "begins_after": begins_after, "begun_by": begun_by, "steps": steps, "new_token": new_token,
        },
    )  # fmt: skip
    return changed


async def _already(
    session: AsyncSession, appointment_id: int, status: AppointmentStatus
) -> Appointment | Refused:
    """The appointment if it already has `status` (asked twice), or why not."""
    current = await find(session, appointment_id)
    if current is not None and current.status == status:
        return current
    return Refused(status=None if current is None else AppointmentStatus(current.status))


async def _refused(session: AsyncSession, appointment_id: int) -> Refused:
    current = await find(session, appointment_id)
    return Refused(status=None if current is None else AppointmentStatus(current.status))


async def _record(
    session: AsyncSession, what: str, appointment: Appointment, by: int | None, **more: int
) -> None:
    await events.record(
        session,
        f"appointment.{what}",
        person_id=appointment.person_id,
        conversation_id=appointment.conversation_id,
        region_id=appointment.region_id,
        staff_id=by,
        data={
            "appointment_id": appointment.id,
            "counter_id": appointment.counter_id,
            "counsellor_id": appointment.staff_id,
            "starts_at": appointment.starts_at,
            **more,
        },
    )
