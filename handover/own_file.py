"""Everything we keep of a person, as they may read it themselves: nothing is left out because it is ours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from data.tables import (
    Address,
    AddressLink,
    Appointment,
    AppointmentStatus,
    Attachment,
    CallState,
    CallTask,
    Consent,
    ContactWay,
    Counter,
    CourseWish,
    Direction,
    Enrolment,
    ErasureHold,
    FollowUp,
    FollowUpState,
    Message,
    MicroContact,
    Note,
    Partner,
    Person,
    PhaseChange,
    Question,
    Staff,
    Status,
    Trajectory,
    TrajectoryOption,
    TrajectoryStep,
    WishState,
)
from handover import holds, looks, microcontacts, referrals, retention
from handover.looks import Look
from handover.path import INTAKE
from handover.referrals import Listed
from handover.retention import Standing

PAGE = 200  # messages shown at once


@dataclass(frozen=True, kw_only=True)
class Said:
    """A message with its files; `name` is the first name of who of ours wrote it."""

    message: Message
    name: str | None
    files: Sequence[Attachment]


@dataclass(frozen=True, kw_only=True)
class Guidance:
    """A trajectory with who guides it, and when it entered each phase."""

    trajectory: Trajectory
    counsellor: str
    deputy: str | None
    phases: Sequence[tuple[str, datetime]]
    steps: Sequence[TrajectoryStep]
    options: Sequence[TrajectoryOption]

    @property
    def intake(self) -> Sequence[tuple[str, str]]:
        """What was asked, in Dutch, and answered."""
        return [
            (words, self.trajectory.intake[key])
            for key, words in INTAKE.items()
            if key in self.trajectory.intake
        ]


@dataclass(frozen=True, kw_only=True)
class Known:
    """The file itself, which is shown where the address is proved to be theirs. Names are first names."""

    person: Person
    addresses: Sequence[Address]
    consents: Sequence[tuple[Consent, str | None]]  # with the partner it is about
    guidance: Sequence[Guidance]
    enrolments: Sequence[Enrolment]
    answers: Sequence[Question]  # to what we asked with one digit
    notes: Sequence[tuple[Note, str]]
    appointments: Sequence[tuple[Appointment, str, str]]  # with counter and counsellor
    contacts: int
    touches: Sequence[tuple[MicroContact, str | None]]  # calls, visits and no-shows
    follow_ups: Sequence[tuple[FollowUp, str]]
    calls: Sequence[CallTask]
    wishes: Sequence[CourseWish]
    referrals: Sequence[Listed]
    looks: Sequence[Look]
    kept: Standing | None  # how long all of this is kept
    holds: Sequence[tuple[ErasureHold, str]]


async def read(session: AsyncSession, person: Person, *, now: datetime) -> Known:
    """The whole file of a person, newest first."""
    return Known(
        person=person,
        addresses=await addresses(session, person.id),
        consents=await _consents(session, person.id),
        guidance=await _guidance(session, person.id),
        enrolments=(
            await session.scalars(
                select(Enrolment).where(Enrolment.person_id == person.id).order_by(Enrolment.id.desc())
            )
        ).all(),
        answers=(
            await session.scalars(
                select(Question)
                .where(Question.person_id == person.id, Question.answer.is_not(None))
                .order_by(Question.id.desc())
            )
        ).all(),
        notes=await _notes(session, person.id),
        appointments=await _appointments(session, person.id),
        contacts=await microcontacts.count(session, person_id=person.id),
        touches=await _touches(session, person.id),
        follow_ups=await _follow_ups(session, person.id),
        calls=await _calls(session, person.id),
        wishes=await _wishes(session, person.id),
        referrals=await referrals.of_person(session, person.id),
        looks=await looks.of_person(session, person.id),
        kept=await retention.of(session, person.id, now=now),
        holds=[(hold, first_name(name)) for hold, name in await holds.standing(session, [person.id])],
    )


async def messages(
    session: AsyncSession,
    person_id: int,
    *,
    address_id: int | None = None,
    before: int | None = None,
    limit: int | None = PAGE,
) -> tuple[Sequence[Said], int | None]:
    """The newest messages in the order they were written, and the id before which there are more.

    `address_id`: only what went over that address. `limit` None: all of them. What we never sent is not there.
    """
    query = (
        select(Message, Staff.name)
        .outerjoin(Staff, Staff.id == Message.staff_id)
        .where(
            Message.person_id == person_id,
            (Message.direction == Direction.IN) | (Message.status != Status.WITHHELD),
        )
        .order_by(Message.id.desc())
    )
    if address_id is not None:
        query = query.where(Message.address_id == address_id)
    if before is not None:
        query = query.where(Message.id < before)
    if limit is not None:
        query = query.limit(limit + 1)
    found = (await session.execute(query)).all()
    shown = found if limit is None else found[:limit]
    files: dict[int, list[Attachment]] = {}
    ids = [message.id for message, _ in shown]
    attached = select(Attachment).where(Attachment.message_id.in_(ids)).order_by(Attachment.id)
    for file in await session.scalars(attached):
        files.setdefault(file.message_id, []).append(file)
    said = [
        Said(message=message, name=first_name(name) if name else None, files=files.get(message.id, ()))
        for message, name in reversed(shown)
    ]
    return said, shown[-1][0].id if len(found) > len(shown) else None


async def addresses(session: AsyncSession, person_id: int) -> Sequence[Address]:
    """The addresses that are theirs now."""
    found = await session.scalars(
        select(Address)
        .join(AddressLink, AddressLink.address_id == Address.id)
        .where(AddressLink.person_id == person_id, AddressLink.ended_at.is_(None))
        .order_by(Address.id)
    )
    return found.all()


def first_name(name: str) -> str:
    """Colleagues are known by their first name."""
    return name.split()[0] if name.strip() else name


async def _consents(session: AsyncSession, person_id: int) -> Sequence[tuple[Consent, str | None]]:
    found = await session.execute(
        select(Consent, Partner.name)
        .outerjoin(Partner, Partner.id == Consent.partner_id)
        .where(Consent.person_id == person_id)
        .order_by(Consent.id.desc())
    )
    return [(consent, partner) for consent, partner in found]


async def _guidance(session: AsyncSession, person_id: int) -> Sequence[Guidance]:
    rows = await session.scalars(
        select(Trajectory).where(Trajectory.person_id == person_id).order_by(Trajectory.id.desc())
    )
    tracks = rows.all()
    ids = {one for track in tracks for one in (track.staff_id, track.deputy_id) if one is not None}
    names = dict((await session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(ids)))).all())
    changes: dict[int, list[tuple[str, datetime]]] = {}
    for row in await session.scalars(
        select(PhaseChange)
        .where(PhaseChange.trajectory_id.in_([track.id for track in tracks]))
        .order_by(PhaseChange.id)
    ):
        changes.setdefault(row.trajectory_id, []).append((row.phase, row.created_at))
    theirs = [track.id for track in tracks]
    step = select(TrajectoryStep).where(TrajectoryStep.trajectory_id.in_(theirs)).order_by(TrajectoryStep.id)
    option = select(TrajectoryOption).where(TrajectoryOption.trajectory_id.in_(theirs))
    steps = (await session.scalars(step)).all()
    options = (await session.scalars(option.order_by(TrajectoryOption.id))).all()
    return [
        Guidance(
            trajectory=track, counsellor=first_name(names[track.staff_id]),
            deputy=first_name(names[track.deputy_id]) if track.deputy_id is not None else None,
            phases=changes.get(track.id, ()), steps=[row for row in steps if row.trajectory_id == track.id],
            options=[row for row in options if row.trajectory_id == track.id],
        )
        for track in tracks
    ]  # fmt: skip


async def _notes(session: AsyncSession, person_id: int) -> Sequence[tuple[Note, str]]:
    found = await session.execute(
        select(Note, Staff.name)
        .join(Staff, Staff.id == Note.staff_id)
        .where(Note.person_id == person_id)
        .order_by(Note.id.desc())
    )
    return [(note, first_name(name)) for note, name in found]


async def _appointments(session: AsyncSession, person_id: int) -> Sequence[tuple[Appointment, str, str]]:
    never = (AppointmentStatus.HELD, AppointmentStatus.EXPIRED)
    found = await session.execute(
        select(Appointment, Counter.name, Staff.name)
        .join(Counter, Counter.id == Appointment.counter_id)
        .join(Staff, Staff.id == Appointment.staff_id)
        .where(Appointment.person_id == person_id, Appointment.status.not_in(never))
        .order_by(Appointment.starts_at.desc())
    )
    return [(row, counter, first_name(name)) for row, counter, name in found]


async def _touches(session: AsyncSession, person_id: int) -> Sequence[tuple[MicroContact, str | None]]:
    found = await session.execute(
        select(MicroContact, Staff.name)
        .outerjoin(Staff, Staff.id == MicroContact.staff_id)
        .where(
            MicroContact.person_id == person_id,
            MicroContact.way != ContactWay.MESSAGE,
            microcontacts.stands(),
        )
        .order_by(MicroContact.at.desc())
    )
    return [(row, first_name(name) if name else None) for row, name in found]


async def _follow_ups(session: AsyncSession, person_id: int) -> Sequence[tuple[FollowUp, str]]:
    found = await session.execute(
        select(FollowUp, Staff.name)
        .join(Staff, Staff.id == FollowUp.staff_id)
        .where(FollowUp.person_id == person_id, FollowUp.state == FollowUpState.PLANNED)
        .order_by(FollowUp.due_at)
    )
    return [(row, first_name(name)) for row, name in found]


async def _calls(session: AsyncSession, person_id: int) -> Sequence[CallTask]:
    rows = await session.scalars(
        select(CallTask).where(CallTask.person_id == person_id, CallTask.state == CallState.OPEN)
    )
    return rows.all()


async def _wishes(session: AsyncSession, person_id: int) -> Sequence[CourseWish]:
    rows = await session.scalars(
        select(CourseWish).where(CourseWish.person_id == person_id, CourseWish.state == WishState.WAITING)
    )
    return rows.all()
