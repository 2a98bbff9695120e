"""A counsellor who is away, and the appointments that it hits: nobody comes for nothing, nobody is forgotten.

Entering an absence stops new bookings at once. Settling it plans a change for each appointment that it hits; the
clock carries these out one by one (`bot.changes`), so that a crash or a double click does nothing twice. A booking
that was just being made when the absence was entered is found by `settle_late`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from data import events
from data.tables import (
    Absence,
    Appointment,
    AppointmentChange,
    AppointmentStatus,
    ChangeKind,
    Counter,
    Person,
    Staff,
)
from data.translation import _
from dispatch.calendar import Slot
from dispatch.standing_in import stand_in
from handover.conversation import NotAllowed

CHOICES = (ChangeKind.DEPUTY, ChangeKind.ANOTHER_TIME, ChangeKind.CALL)


@dataclass(frozen=True, kw_only=True)
class Hit:
    """An appointment that cannot take place as agreed, who could take over, and what was decided."""

    appointment: Appointment
    person: Person
    counter: str
    deputy: Slot | None
    change: AppointmentChange | None


async def enter(
    session: AsyncSession, staff: Staff, starts_at: datetime, ends_at: datetime, *, by_id: int, now: datetime
) -> Absence:
    """Keep a counsellor out of every calendar from `starts_at` to `ends_at`; why is nobody's business here."""
    if ends_at <= starts_at:
        raise NotAllowed(_("Het einde ligt voor het begin. Kies een later einde."))
    if ends_at <= now:
        raise NotAllowed(_("Deze tijd is al voorbij. Kies een einde dat nog moet komen."))
    absence = Absence(staff_id=staff.id, starts_at=starts_at, ends_at=ends_at)
    session.add(absence)
    await session.flush()
    await _tell(session, "absence.entered", absence, staff.region_id, by_id)
    return absence


async def hits(session: AsyncSession, absence: Absence, *, now: datetime) -> Sequence[Hit]:
    """The appointments that it hits, the first first: those still standing, and those that were settled."""
    settled = select(AppointmentChange.appointment_id).where(AppointmentChange.absence_id == absence.id)
    found = await session.execute(
        select(Appointment, Person, Counter.name, AppointmentChange)
        .join(Person, Person.id == Appointment.person_id)
        .join(Counter, Counter.id == Appointment.counter_id)
        .outerjoin(
            AppointmentChange,
            (AppointmentChange.appointment_id == Appointment.id)
            & (AppointmentChange.absence_id == absence.id),
        )
        .where(_standing(absence, now) | Appointment.id.in_(settled))
        .order_by(Appointment.starts_at)
    )
    return [
        Hit(
            appointment=appointment, person=person, counter=counter, change=change,
            deputy=None if change else await stand_in(session, appointment, now=now),
        )
        for appointment, person, counter, change in found.all()
    ]  # fmt: skip


async def settle(
    session: AsyncSession,
    absence: Absence,
    *,
    by_id: int,
    now: datetime,
    choices: Mapping[int, ChangeKind] | None = None,
) -> int:
    """Plan a change for each appointment that it hits; returns how many. A second time plans only what is new.

    Without a choice for an appointment (by its id): somebody takes over if free, else the client is asked.
    """
    absence.settled_by = absence.settled_by or by_id
    standing = (await session.scalars(select(Appointment.id).where(_standing(absence, now)))).all()
    if not standing:
        await session.flush()
        return 0
    chosen = choices or {}
    settled = set(
        await session.scalars(
            select(AppointmentChange.appointment_id).where(
                AppointmentChange.appointment_id.in_(standing), AppointmentChange.kind.in_(CHOICES)
            )
        )
    )
    rows = [
        {
            "appointment_id": appointment_id, "absence_id": absence.id, "created_by": by_id,
            "kind": chosen.get(appointment_id, ChangeKind.DEPUTY).value, "created_at": now,
        }
        for appointment_id in standing
        if appointment_id not in settled
    ]  # fmt: skip
    if rows:
        await session.execute(insert(AppointmentChange).on_conflict_do_nothing(), rows)
        staff = await session.get_one(Staff, absence.staff_id)
        await _tell(session, "absence.settled", absence, staff.region_id, by_id)
    return len(rows)


async def settle_late(session: AsyncSession, *, now: datetime) -> int:
    """Plan changes for what was booked into an absence that was settled already."""
    late = 0
    known = await session.scalars(
        select(Absence).where(Absence.settled_by.is_not(None), Absence.ends_at > now)
    )
    for absence in known.all():
        late += await settle(session, absence, by_id=absence.settled_by or 0, now=now)
    return late


async def back(session: AsyncSession, absence: Absence, *, by_id: int, now: datetime) -> None:
    """They are there again: what is left of the absence can be booked. What clients were told stands."""
    if absence.ends_at <= now:
        raise NotAllowed(_("Deze afwezigheid is al voorbij."))
    absence.ends_at = max(now, absence.starts_at)
    await session.flush()
    staff = await session.get_one(Staff, absence.staff_id)
    await _tell(session, "absence.ended", absence, staff.region_id, by_id)


async def away_after_all(
    session: AsyncSession, absence: Absence, *, until: datetime, by_id: int, now: datetime
) -> None:
    """They are away until then after all; what was booked meanwhile is hit as by a new absence. Raises NotAllowed."""
    if until <= max(now, absence.ends_at):
        raise NotAllowed(_("Deze tijd is al voorbij. Kies een einde dat nog moet komen."))
    absence.ends_at = until
    await session.flush()
    staff = await session.get_one(Staff, absence.staff_id)
    await _tell(session, "absence.entered", absence, staff.region_id, by_id)


async def change_told(
    session: AsyncSession, appointment: Appointment, kind: ChangeKind, *, by_id: int, now: datetime
) -> None:
    """Have the client hear of a change that is made already."""
    row = {
        "appointment_id": appointment.id, "kind": kind.value, "created_by": by_id, "created_at": now,
    }  # fmt: skip
    await session.execute(insert(AppointmentChange).values(row).on_conflict_do_nothing())


def _standing(absence: Absence, now: datetime) -> ColumnElement[bool]:
    return (
        (Appointment.staff_id == absence.staff_id)
        & (Appointment.status == AppointmentStatus.CONFIRMED)
        & (Appointment.starts_at < absence.ends_at)
        & (Appointment.ends_at > absence.starts_at)
        & (Appointment.starts_at > now)
    )


async def _tell(
    session: AsyncSession, kind: str, absence: Absence, region_id: str | None, by_id: int
) -> None:
    await events.record(
        session, kind, region_id=region_id, staff_id=by_id,
        data={"absence_id": absence.id, "counsellor_id": absence.staff_id},
    )  # fmt: skip
