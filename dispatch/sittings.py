"""When counsellors sit where: what staff fill in, checked, and who changed what."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from data import events
from data.tables import Appointment, AppointmentStatus, Counter, Schools, Sitting, SittingException, Staff
from data.translation import _
from dispatch import clock
from dispatch.partner_register import Wrong

CHANGED = "sitting.changed"
SKIPPED, HELD = "sitting.skipped", "sitting.held_after_all"
_HOUR = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)")


@dataclass(frozen=True, kw_only=True)
class Filled:
    """A sitting as filled in: wall time, days included, and whose school holidays it skips."""

    weekday: int
    starts: time
    ends: time
    valid_from: date
    valid_to: date | None
    schools: str | None


def read(form: Mapping[str, str], *, today: date) -> Filled | Wrong:
    """The fields of a form, or what is wrong with the first that is. Without a first day it begins today."""
    value = {name: text.strip() for name, text in form.items()}
    if value.get("weekday") not in set("0123456"):
        return Wrong(field="weekday", sentence=_("Kies een weekdag."))
    hours = [_HOUR.fullmatch(value.get(name, "")) for name in ("starts", "ends")]
    if hours[0] is None or hours[1] is None:
        return Wrong(field="starts", sentence=_("Vul het begin en het einde in, zoals 9:00 en 12:30."))
    starts, ends = (time(int(found[1]), int(found[2])) for found in hours if found)
    if starts >= ends:
        return Wrong(field="starts", sentence=_("Het einde moet na het begin komen."))
    try:
        first = date.fromisoformat(value["valid_from"]) if value.get("valid_from") else today
        last = date.fromisoformat(value["valid_to"]) if value.get("valid_to") else None
    except ValueError:
        return Wrong(field="valid_from", sentence=_("Vul een dag in die bestaat."))
    if last is not None and last < first:
        return Wrong(field="valid_to", sentence=_("De laatste dag komt voor de eerste."))
    if value.get("schools") and value["schools"] not in set(Schools):
        return Wrong(field="schools", sentence=_("Kies welke schoolvakanties."))
    return Filled(
        weekday=int(value["weekday"]), starts=starts, ends=ends, valid_from=first, valid_to=last,
        schools=value.get("schools") or None,
    )  # fmt: skip


async def add(
    session: AsyncSession, counter: Counter, staff: Staff, filled: Filled, *, by_id: int
) -> Sitting | Wrong:
    """A new sitting; refused while the counsellor sits somewhere else at that time."""
    elsewhere = await session.scalar(
        select(Counter.name)
        .join(Sitting, Sitting.counter_id == Counter.id)
        .where(
            Sitting.staff_id == staff.id, Sitting.weekday == filled.weekday, Sitting.starts < filled.ends,
            Sitting.ends > filled.starts, or_(Sitting.valid_to.is_(None), Sitting.valid_to >= filled.valid_from),
            *([Sitting.valid_from <= filled.valid_to] if filled.valid_to else []),
        )
        .limit(1)
    )  # fmt: skip
    if elsewhere is not None:
        return Wrong(
            field="staff_id",
            sentence=_(
                "{name} zit dan al in {counter}. Kies een ander uur.", name=staff.name, counter=elsewhere
            ),
        )
    made = Sitting(
        counter_id=counter.id, staff_id=staff.id, weekday=filled.weekday, starts=filled.starts, ends=filled.ends,
        valid_from=filled.valid_from, valid_to=filled.valid_to, schools=filled.schools,
    )  # fmt: skip
    session.add(made)
    await session.flush()
    await _record(session, CHANGED, counter, made, by_id, new=True)
    return made


async def change(
    session: AsyncSession,
    counter: Counter,
    sitting: Sitting,
    *,
    valid_to: date | None,
    schools: str | None,
    today: date,
    by_id: int,
) -> Wrong | None:
    """Another last day, or other school holidays; refused while somebody has an appointment on a day that goes."""
    if valid_to is not None and valid_to < sitting.valid_from:
        return Wrong(field="valid_to", sentence=_("De laatste dag komt voor de eerste."))
    for day, _id in await _booked(session, sitting, first=today):
        ends = valid_to is not None and day > valid_to
        closes = schools is not None and clock.is_school_holiday(day, schools)
        if ends or closes:
            return _still_booked(day)
    sitting.valid_to, sitting.schools = valid_to, schools
    await session.flush()
    await _record(session, CHANGED, counter, sitting, by_id, new=False)
    return None


async def skip(
    session: AsyncSession, counter: Counter, sitting: Sitting, day: date, reason: str | None, *, by_id: int
) -> Wrong | None:
    """Not on this day; refused while somebody has an appointment then."""
    if day.weekday() != sitting.weekday:
        return Wrong(field="day", sentence=_("Die dag valt niet op de weekdag van deze zitdag."))
    if await _booked(session, sitting, first=day, last=day):
        return _still_booked(day)
    known = select(SittingException.id).where(
        SittingException.sitting_id == sitting.id, SittingException.day == day
    )
    if await session.scalar(known) is None:
        session.add(SittingException(sitting_id=sitting.id, day=day, reason=reason))
        await session.flush()
        await _record(session, SKIPPED, counter, sitting, by_id, day=day.isoformat())
    return None


async def hold_after_all(
    session: AsyncSession, counter: Counter, sitting: Sitting, day: date, *, by_id: int
) -> None:
    """That day it is held after all."""
    gone = await session.execute(
        delete(SittingException)
        .where(SittingException.sitting_id == sitting.id, SittingException.day == day)
        .returning(SittingException.id)
    )
    if gone.all():
        await _record(session, HELD, counter, sitting, by_id, day=day.isoformat())


async def _booked(
    session: AsyncSession, sitting: Sitting, *, first: date, last: date | None = None
) -> Sequence[tuple[date, int]]:
    """The days on which somebody comes during this sitting, each with the appointment."""
    starts, ends = clock.day_bounds(first, last or first + timedelta(days=400))
    rows = await session.execute(
        select(Appointment.id, Appointment.starts_at).where(
            Appointment.counter_id == sitting.counter_id, Appointment.staff_id == sitting.staff_id,
            Appointment.status == AppointmentStatus.CONFIRMED, Appointment.starts_at.between(starts, ends),
        )
    )  # fmt: skip
    return [(clock.day_of(at), id_) for id_, at in rows if _within(sitting, clock.wall(at))]


def _within(sitting: Sitting, at: datetime) -> bool:
    return at.weekday() == sitting.weekday and sitting.starts <= at.time() < sitting.ends


def _still_booked(day: date) -> Wrong:
    return Wrong(
        field="day",
        sentence=_(
            "Op {day} heeft iemand dan een afspraak. Verplaats die eerst in de agenda.",
            day=f"{day.day}/{day.month}/{day.year}",
        ),
    )


async def _record(
    session: AsyncSession, kind: str, counter: Counter, sitting: Sitting, by_id: int, **more: object
) -> None:
    await events.record(
        session, kind, region_id=counter.region_id, staff_id=by_id,
        data={
            "counter_id": counter.id, "sitting_id": sitting.id, "schools": sitting.schools,
            "valid_to": sitting.valid_to.isoformat() if sitting.valid_to else None, **more,
        },
    )  # fmt: skip
