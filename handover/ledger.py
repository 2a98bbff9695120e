"""The ledger read: every touch with what was put right about it, and the counts a client, trajectory, person and month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from data import events
from data.tables import ContactWay, MicroContact, Person, Staff, Trajectory
from data.translation import N_, _
from dispatch import clock
from handover import access, microcontacts
from handover.conversation import NotAllowed

RULE = N_(
    "Een gesprek aan de telefoon, een bezoek en een gemiste afspraak tellen elk één keer. Berichten tussen de cliënt en"
    " ons tellen samen als één contact zolang er nooit meer dan 30 minuten tussen twee zit, over alle kanalen heen. Wat de"
    " bot zegt, telt niet. Een verbetering komt naast wat er stond; niets wordt gewist."
)
MONTHS = 12  # shown beside each other
TRACKS = 200  # shown at once; a file has them all


@dataclass(frozen=True, kw_only=True)
class Span:
    """Which rows: of a month (its first day), of one member of staff, of one client; None: all one may see."""

    month: date | None = None
    staff_id: int | None = None
    person_id: int | None = None

    def where(self) -> list[ColumnElement[bool]]:
        wanted: list[ColumnElement[bool]] = []
        if self.month is not None:
            start, end = month_bounds(self.month)
            wanted += [MicroContact.at >= start, MicroContact.at < end]
        if self.staff_id is not None:
            wanted.append(MicroContact.staff_id == self.staff_id)
        if self.person_id is not None:
            wanted.append(MicroContact.person_id == self.person_id)
        return wanted


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A row of the ledger. `stands`: it counts; else a newer row replaced it, or it says that there was no contact."""

    row: MicroContact
    person: Person
    who: str | None
    noted_by: str | None
    stands: bool


@dataclass(frozen=True, kw_only=True)
class Track:
    """The contacts of one trajectory, in all and in the month that is looked at."""

    person: Person
    counsellor: str
    phase: str
    total: int
    in_month: int


async def entries(
    session: AsyncSession, staff: Staff, span: Span, *, limit: int | None = None
) -> list[Entry]:
    """Every row that `staff` may see, also what was put right, newest first."""
    noter = aliased(Staff)
    query = (
        select(MicroContact, Person, Staff.name, noter.name, microcontacts.stands().label("stands"))
        .join(Person, Person.id == MicroContact.person_id)
        .outerjoin(Staff, Staff.id == MicroContact.staff_id)
        .outerjoin(noter, noter.id == MicroContact.noted_by_id)
        .where(access.may_see_person(staff), *span.where())
        .order_by(MicroContact.at.desc(), MicroContact.id.desc())
        .limit(limit)
    )
    return [
        Entry(row=row, person=person, who=who, noted_by=noted_by, stands=stands)
        for row, person, who, noted_by, stands in await session.execute(query)
    ]


async def tracks(session: AsyncSession, staff: Staff, span: Span, *, limit: int = TRACKS) -> list[Track]:
    """Open trajectories that `staff` may see with their contacts, those with most of them first."""
    start, end = month_bounds(span.month) if span.month is not None else (None, None)
    in_month = and_(MicroContact.at >= start, MicroContact.at < end) if start is not None else None
    counted = func.count(MicroContact.id)
    query = (
        select(
            Person, Staff.name, Trajectory.phase, counted,
            counted.filter(in_month) if in_month is not None else counted,
        )
        .select_from(Trajectory)
        .join(Person, Person.id == Trajectory.person_id)
        .join(Staff, Staff.id == Trajectory.staff_id)
        .outerjoin(
            MicroContact, and_(MicroContact.trajectory_id == Trajectory.id, microcontacts.stands())
        )
        .where(access.may_see_person(staff), Trajectory.closed_at.is_(None))
        .group_by(Person.id, Staff.id, Trajectory.id)
        .order_by(counted.desc(), Trajectory.id)
        .limit(limit)
    )  # fmt: skip
    if span.staff_id is not None:
        query = query.where(Trajectory.staff_id == span.staff_id)
    return [
        Track(person=person, counsellor=name, phase=phase, total=total, in_month=of_month)
        for person, name, phase, total, of_month in await session.execute(query)
    ]


async def by_staff(session: AsyncSession, staff: Staff, span: Span) -> Sequence[Row[Any]]:
    """(name, contacts), most first; contacts that nobody of ours is named for are left out."""
    query = (
        select(Staff.name, func.count())
        .select_from(MicroContact)
        .join(Staff, Staff.id == MicroContact.staff_id)
        .where(microcontacts.stands(), *span.where())
        .group_by(Staff.id)
        .order_by(func.count().desc(), Staff.name)
    )
    return (await session.execute(_visible(query, staff))).all()


async def by_month(session: AsyncSession, staff: Staff, span: Span, *, today: date) -> list[tuple[date, int]]:
    """(first day of the month, contacts) of the last MONTHS months, the newest first, also those without any."""
    months = [_months_before(today.replace(day=1), number) for number in range(MONTHS)]
    local = func.date_trunc("month", func.timezone(clock.ZONE_NAME, MicroContact.at))
    whole = Span(staff_id=span.staff_id, person_id=span.person_id)
    query = (
        select(local, func.count())
        .select_from(MicroContact)
        .where(microcontacts.stands(), MicroContact.at >= month_bounds(months[-1])[0], *whole.where())
        .group_by(local)
    )
    found = {moment.date(): count for moment, count in await session.execute(_visible(query, staff))}
    return [(month, found.get(month, 0)) for month in months]


async def correct(
    session: AsyncSession,
    wrong: MicroContact,
    *,
    way: ContactWay,
    direction: str,
    minutes: int,
    purpose: str | None,
    outcome: str | None,
    staff_id: int | None,
    at: datetime,
    by_id: int,
    voided: bool = False,
) -> MicroContact:
    """Put a row right with a newer one; `voided`: there was no contact. Raises NotAllowed when it was put right already.

    What belongs to the first row (trajectory, message) goes along, also when that trajectory is closed by now.
    """
    if await session.scalar(select(MicroContact.id).where(MicroContact.replaces_id == wrong.id)) is not None:
        raise NotAllowed(_("Deze regel is al verbeterd. Verbeter de nieuwste."))
    if wrong.voided:
        raise NotAllowed(_("Deze regel telt al niet meer. Noteer het contact opnieuw als er toch een was."))
    channel = wrong.channel if way == wrong.way else {ContactWay.CALL: "phone"}.get(way, "desk")
    row = MicroContact(
        person_id=wrong.person_id, trajectory_id=wrong.trajectory_id, staff_id=staff_id, way=way,
        direction=direction, channel=channel, minutes=0 if way == ContactWay.NO_SHOW else max(0, minutes),
        purpose=purpose or None, outcome=outcome or None, message_id=wrong.message_id, replaces_id=wrong.id,
        at=at, voided=voided, noted_by_id=by_id,
    )  # fmt: skip
    session.add(row)
    await session.flush()
    await events.record(
        session, "contact.corrected", person_id=row.person_id, staff_id=by_id,
        region_id=await session.scalar(select(Person.region_id).where(Person.id == row.person_id)),
        data={"micro_contact_id": row.id, "replaces_id": wrong.id, "voided": voided},
    )  # fmt: skip
    return row


def month_bounds(first: date) -> tuple[datetime, datetime]:
    """The moments between which a month lies in Belgium."""
    after = _months_before(first, -1)
    return clock.day_bounds(first, first)[0], clock.day_bounds(after, after)[0]


def _months_before(first: date, number: int) -> date:
    count = first.year * 12 + first.month - 1 - number
    return date(count // 12, count % 12 + 1, 1)


def _visible(query: Any, staff: Staff) -> Any:
    visible = select(Person.id).where(access.may_see_person(staff))
    return query.where(MicroContact.person_id.in_(visible))
