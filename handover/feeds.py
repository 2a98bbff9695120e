"""A counsellor's own appointments as a calendar that a phone or Outlook reads, at a secret address.

Only the hash of the address is kept: it is shown once, and making a new one ends the old one. Whoever has it reads
the calendar without logging in, so that by default it names no client: initials, and what kind of talk it is. The full
name is a choice of the whole service (`agenda_names`), never of one member of staff.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from data import events
from data.tables import AgendaFeed, Appointment, AppointmentStatus, Counter, InfoSession, Person, Staff
from data.translation import N_, _, speaking
from dispatch import ics

BACK, AHEAD = timedelta(days=60), timedelta(days=400)
TOKEN_BYTES = 32
SEEN_EVERY = timedelta(hours=1)
# A moved one is told by the appointment it became, under the same UID; a hold is nothing yet.
SHOWN = (
    AppointmentStatus.CONFIRMED,
    AppointmentStatus.ATTENDED,
    AppointmentStatus.NO_SHOW,
    AppointmentStatus.CANCELLED,
    AppointmentStatus.MOVED,
)
KINDS = {
    "information": N_("Informatie met {who}"),
    "mediation": N_("Gesprek met {who}"),
    "trajectory": N_("Traject met {who}"),
}
OTHER = N_("Afspraak met {who}")


async def make(session: AsyncSession, staff: Staff, *, now: datetime) -> str:
    """A new secret address for this counsellor, to be shown once; the one before stops working."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    values = {"token_hash": _hash(token), "created_at": now, "read_at": None}
    await session.execute(
        insert(AgendaFeed)
        .values(staff_id=staff.id, **values)
        .on_conflict_do_update(index_elements=[AgendaFeed.staff_id], set_=values)
    )
    await events.record(session, "agenda_feed.made", region_id=staff.region_id, staff_id=staff.id)
    return token


async def stop(session: AsyncSession, staff: Staff) -> None:
    """The address stops working at once."""
    await session.execute(delete(AgendaFeed).where(AgendaFeed.staff_id == staff.id))
    await events.record(session, "agenda_feed.stopped", region_id=staff.region_id, staff_id=staff.id)


async def of(session: AsyncSession, staff_id: int) -> AgendaFeed | None:
    return await session.get(AgendaFeed, staff_id)


async def read(session: AsyncSession, token: str, *, names: bool, now: datetime) -> bytes | None:
    """The calendar at this address; None when there is none (any more), or when its owner has left."""
    found = await session.execute(
        select(AgendaFeed, Staff)
        .join(Staff, Staff.id == AgendaFeed.staff_id)
        .where(AgendaFeed.token_hash == _hash(token), Staff.active)
    )
    row = found.one_or_none()
    if row is None:
        return None
    feed, staff = row
    if feed.read_at is None or feed.read_at < now - SEEN_EVERY:
        await session.execute(update(AgendaFeed).where(AgendaFeed.staff_id == staff.id).values(read_at=now))
    with speaking(staff.console_language):
        return ics.feed(
            await _entries(session, staff.id, names=names, now=now), talks=await _talks(session, staff.id, now),
            name=f"Leerlijn {staff.name}", now=now,
        )  # fmt: skip


async def _talks(
    session: AsyncSession, staff_id: int, now: datetime
) -> Sequence[tuple[InfoSession, ics.Wording]]:
    """The info sessions of a counsellor; who has a seat is no entry of its own."""
    rows = await session.execute(
        select(InfoSession, Counter)
        .join(Counter, Counter.id == InfoSession.counter_id)
        .where(InfoSession.staff_id == staff_id, InfoSession.starts_at.between(now - BACK, now + AHEAD))
        .order_by(InfoSession.id)
    )
    return [
        (
            talk,
            ics.Wording(
                summary=_("Infosessie: {title}", title=talk.title),
                description="",
                location=ics.location_of(counter),
            ),
        )
        for talk, counter in rows
    ]


async def _entries(
    session: AsyncSession, staff_id: int, *, names: bool, now: datetime
) -> Sequence[ics.Entry]:
    rows = await _rows(session, staff_id, now)
    here = {ics.uid(row) for row, *_rest in rows if row.status != AppointmentStatus.MOVED}
    entries = []
    for row, person, counter in rows:
        goes_on = await _goes_on(session, row) if row.status == AppointmentStatus.MOVED else None
        if (
            goes_on is not None
        ):  # the entry that was seen here has gone to a colleague, or only to another hour
            if ics.uid(goes_on) in here:
                continue
            here.add(ics.uid(goes_on))
        wording = _wording(row, person, counter, names=names)
        entries.append(ics.Entry(appointment=row, wording=wording, goes_on=goes_on))
    return entries


async def _goes_on(session: AsyncSession, row: Appointment) -> Appointment:
    """What a moved appointment is now, however often it was moved."""
    while row.moved_to_id is not None:
        row = await session.get_one(Appointment, row.moved_to_id)
    return row


async def _rows(
    session: AsyncSession, staff_id: int, now: datetime
) -> Sequence[tuple[Appointment, Person, Counter]]:
    rows = await session.execute(
        select(Appointment, Person, Counter)
        .join(Person, Person.id == Appointment.person_id)
        .join(Counter, Counter.id == Appointment.counter_id)
        .where(
            Appointment.staff_id == staff_id,
            Appointment.status.in_(SHOWN),
            Appointment.session_id.is_(None),
            Appointment.starts_at.between(now - BACK, now + AHEAD),
        )
        .order_by(Appointment.id.desc())
    )
    return [(appointment, person, counter) for appointment, person, counter in rows]


def _wording(appointment: Appointment, person: Person, counter: Counter, *, names: bool) -> ics.Wording:
    who = (person.name or _("onbekend")) if names else initials(person.name)
    return ics.Wording(
        summary=_(KINDS.get(appointment.kind, OTHER), who=who),
        description=_("Alles staat in Leerlijn, bij Agenda."), location=ics.location_of(counter),
    )  # fmt: skip


def initials(name: str | None) -> str:
    """'F. Y.' for Fatma Yilmaz; enough to know whom one sees, too little for who finds the calendar."""
    letters = [f"{part[0].upper()}." for part in (name or "").split() if part[0].isalpha()]
    return " ".join(letters[:3]) or _("onbekend")


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
