"""What stands beside a thread: addresses, facts, trajectory, appointments and plans of one person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from channels import abilities, plan
from channels.plan import Way
from data.tables import (
    Appointment,
    Consent,
    Conversation,
    Counter,
    Course,
    CourseWish,
    ErasureHold,
    FollowUp,
    FollowUpState,
    Life,
    MicroContact,
    Partner,
    Person,
    PersonMerge,
    PhaseChange,
    Place,
    Region,
    Run,
    ShownList,
    Staff,
    Trajectory,
    WishState,
)
from dispatch.clock import ZONE
from handover import holds, microcontacts, referrals, retention, same_person
from handover.referrals import Listed
from handover.retention import Standing
from handover.same_person import Suggestion

SHOWN_LISTS = 2


@dataclass(frozen=True, kw_only=True)
class ShownCourse:
    """A run that the bot showed this person."""

    run_id: int
    title: str
    municipality: str


@dataclass(frozen=True, kw_only=True)
class Dossier:
    """Everything known of one person besides the thread."""

    person: Person
    region_name: str | None
    ways: Sequence[Way]
    open_conversation: Conversation | None
    trajectory: Trajectory | None
    counsellor: Staff | None
    deputy: Staff | None
    phases: dict[str, datetime]
    contacts: int
    appointments: Sequence[tuple[Appointment, str, str]]  # with counter and counsellor
    follow_ups: Sequence[tuple[FollowUp, str]]
    consents: Sequence[Consent]
    shown: Sequence[ShownCourse]
    wishes: Sequence[CourseWish]
    suggestions: Sequence[Suggestion]
    may_write_first: bool
    merges: Sequence[tuple[PersonMerge, str | None]]
    referrals: Sequence[Listed]
    partners: Sequence[Partner]
    first_draft: str
    kept: Standing | None
    holds: Sequence[tuple[ErasureHold, str]]

    @property
    def writable(self) -> Sequence[Way]:
        """The addresses that a message can go to: a telephone is called, not written to."""
        return [way for way in self.ways if not abilities.of(abilities.channel_of(way.address.scheme)).spoken]

    @property
    def norm(self) -> int:
        return microcontacts.NORM


async def read(
    session: AsyncSession, person: Person, *, now: datetime, visible: Select[Person] | None = None
) -> Dossier:
    """`visible`: the persons among whom we may look for somebody who is the same; None: we do not look."""
    trajectory = await session.scalar(
        select(Trajectory)
        .where(Trajectory.person_id == person.id)
        .order_by(Trajectory.closed_at.is_(None).desc(), Trajectory.id.desc())
        .limit(1)
    )
    phases: dict[str, datetime] = {}
    contacts = await microcontacts.count(
        session,
        person_id=person.id if trajectory is None else None,
        trajectory_id=trajectory.id if trajectory else None,
    )
    if trajectory is not None:
        changes = select(PhaseChange.phase, PhaseChange.created_at).where(
            PhaseChange.trajectory_id == trajectory.id
        )
        phases = dict((await session.execute(changes.order_by(PhaseChange.id))).all())
    appointments = (
        select(Appointment, Counter.name, Staff.name)
        .join(Counter, Counter.id == Appointment.counter_id)
        .join(Staff, Staff.id == Appointment.staff_id)
        .where(Appointment.person_id == person.id, Appointment.status.not_in(("held", "expired")))
        .order_by(Appointment.starts_at.desc())
        .limit(12)
    )
    planned = (
        select(FollowUp, Staff.name)
        .join(Staff, Staff.id == FollowUp.staff_id)
        .where(FollowUp.person_id == person.id, FollowUp.state == FollowUpState.PLANNED)
        .order_by(FollowUp.due_at)
    )
    consents = select(Consent).where(Consent.person_id == person.id).order_by(Consent.id)
    wishes = select(CourseWish).where(
        CourseWish.person_id == person.id, CourseWish.state == WishState.WAITING
    )
    region = await session.get(Region, person.region_id) if person.region_id else None
    return Dossier(
        person=person,
        region_name=region.name if region else None,
        ways=await plan.ways(session, person.id, purpose="reply", now=now.astimezone(ZONE)),
        suggestions=await same_person.suggest(session, person, visible) if visible is not None else (),
        merges=await merges(session, person.id),
        may_write_first=await plan.may_write_first(session, person.id, now=now),
        open_conversation=await session.scalar(
            select(Conversation).where(Conversation.person_id == person.id, Conversation.life == Life.OPEN)
        ),
        trajectory=trajectory,
        counsellor=await session.get(Staff, trajectory.staff_id) if trajectory else None,
        deputy=await session.get(Staff, trajectory.deputy_id)
        if trajectory and trajectory.deputy_id
        else None,
        phases=phases,
        contacts=contacts,
        appointments=(await session.execute(appointments)).all(),
        follow_ups=(await session.execute(planned)).all(),
        consents=(await session.scalars(consents)).all(),
        shown=await shown_courses(session, person.id),
        wishes=(await session.scalars(wishes)).all(),
        referrals=await referrals.of_person(session, person.id),
        partners=await referrals.partners_for(session, person) if visible is not None else (),
        kept=await retention.of(session, person.id, now=now) if visible is not None else None,
        holds=await holds.standing(session, [person.id]) if visible is not None else (),
        first_draft=await referrals.first_draft(session, person, trajectory.question if trajectory else None),
    )


async def merges(session: AsyncSession, person_id: int) -> Sequence[tuple[PersonMerge, str | None]]:
    """Who turned out to be this person, with who of ours saw it; not what was undone."""
    found = await session.execute(
        select(PersonMerge, Staff.name)
        .outerjoin(Staff, Staff.id == PersonMerge.by_id)
        .where(PersonMerge.kept_id == person_id, PersonMerge.undone_at.is_(None), ~PersonMerge.rejected)
        .order_by(PersonMerge.id.desc())
    )
    return found.all()


async def shown_courses(session: AsyncSession, person_id: int) -> list[ShownCourse]:
    """The runs of the last lists that the bot showed a person, newest list first."""
    lists = await session.scalars(
        select(ShownList.run_ids)
        .join(Conversation, Conversation.id == ShownList.conversation_id)
        .where(Conversation.person_id == person_id)
        .order_by(ShownList.id.desc())
        .limit(SHOWN_LISTS)
    )
    wanted = list(dict.fromkeys(run_id for run_ids in lists for run_id in run_ids))
    found = await session.execute(
        select(Run.id, Course.title, Place.municipality)
        .join(Course, Course.id == Run.course_id)
        .join(Place, Place.id == Run.place_id)
        .where(Run.id.in_(wanted))
    )
    rows = {
        row.id: ShownCourse(run_id=row.id, title=row.title, municipality=row.municipality) for row in found
    }
    return [rows[run_id] for run_id in wanted if run_id in rows]


async def ledger(session: AsyncSession, person_id: int) -> Sequence[tuple[MicroContact, str | None]]:
    """The micro-contacts that stand, newest first, with who had them."""
    found = await session.execute(
        select(MicroContact, Staff.name)
        .outerjoin(Staff, Staff.id == MicroContact.staff_id)
        .where(MicroContact.person_id == person_id, microcontacts.stands())
        .order_by(MicroContact.at.desc())
        .limit(60)
    )
    return found.all()
