"""What stands beside a thread: addresses, facts, trajectory, appointments and plans of one person."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from channels import abilities, plan
from channels.plan import Way
from data.tables import (
    Appointment,
    Consent,
    ConsentKind,
    ConsentText,
    Conversation,
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
from handover import consents, holds, microcontacts, referrals, retention, same_person
from handover.consents import Wording
from handover.console.kept import Kept
from handover.console.kept import of_person as kept_of_person
from handover.referrals import Listed
from handover.retention import Standing
from handover.same_person import Suggestion

SHOWN_LISTS = 2
APPOINTMENTS = 12  # shown, the newest first


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
    consents: Sequence[tuple[Consent, ConsentText | None]]  # with the version of a region that it is
    shown: Sequence[ShownCourse]
    wishes: Sequence[CourseWish]
    suggestions: Sequence[Suggestion]
    may_write_first: bool
    follow_up: Wording  # what to ask where that is not so
    merges: Sequence[tuple[PersonMerge, str | None]]
    referrals: Sequence[Listed]
    partners: Sequence[Partner]
    first_draft: str
    standing: Standing | None  # how long it is kept
    holds: Sequence[tuple[ErasureHold, str]]

    @property
    def writable(self) -> Sequence[Way]:
        """The addresses that a message can go to: a telephone is called, not written to."""
        return [way for way in self.ways if not abilities.of(abilities.channel_of(way.address.scheme)).spoken]

    @property
    def norm(self) -> int:
        return microcontacts.NORM


async def read(
    session: AsyncSession,
    person: Person,
    *,
    now: datetime,
    kept: Kept | None = None,
    whole_for: Staff | None = None,
) -> Dossier:
    """What stands beside the thread; `whole_for`: the whole file, with who else this may be among whom they may see.

    Without it consents, referrals, merges and suggestions are left out. `kept`: what there is, where that is known.
    """
    kept = kept or await kept_of_person(session, person.id)
    kinds = kept.kinds
    asked = {"person_id": person.id, "since": now - plan.AFTER_APPOINTMENT}
    region, track, guide, deputy, talk, may_write_first, contacts, follow_up = (
        await session.execute(_HEAD, asked)
    ).one()
    whole = whole_for is not None
    standing = await retention.of(session, person.id, now=now) if whole else None
    partners = await referrals.partners_for(session, person) if whole else ()
    return Dossier(
        person=person,
        region_name=region,
        ways=await plan.ways(session, person.id, purpose="reply", now=now.astimezone(ZONE)),
        suggestions=await same_person.suggest(session, person, whole_for) if whole_for is not None else (),
        merges=await merges(session, person.id) if whole and "merges" in kinds else (),
        may_write_first=may_write_first,
        follow_up=_follow_up(follow_up, person, region),
        open_conversation=talk,
        trajectory=track,
        counsellor=guide,
        deputy=deputy,
        phases=await _phases(session, track.id) if track is not None and "phases" in kinds else {},
        contacts=contacts,
        appointments=kept.appointments[: -APPOINTMENTS - 1 : -1],
        follow_ups=await _planned(session, person.id) if "follow_ups" in kinds else (),
        consents=await _consents(session, person.id) if whole and "consents" in kinds else (),
        shown=await shown_courses(session, person.id) if "shown" in kinds else (),
        wishes=await _wishes(session, person.id) if "wishes" in kinds else (),
        referrals=await referrals.of_person(session, person.id) if whole and "referrals" in kinds else (),
        partners=partners,
        standing=standing,
        holds=await holds.standing(session, [person.id]) if standing and standing.stays == "held" else (),
        first_draft=await referrals.first_draft(session, person, track.question if track else None)
        if partners
        else "",
    )


def _follow_up(row: ConsentText | None, person: Person, region: str | None) -> Wording:
    """What this person is asked before we write first, in the words of their region."""
    code = consents.written(ConsentKind.FOLLOW_UP, person.language)
    return replace(consents.of_row(row, ConsentKind.FOLLOW_UP, code, None), region=region or "")


_GUIDE, _DEPUTY, _NEWEST = aliased(Staff), aliased(Staff), aliased(Trajectory)
_HEAD = (  # one row; made once: every open thread asks for it
    select(
        Region.name,
        Trajectory,
        _GUIDE,
        _DEPUTY,
        Conversation,
        plan.MAY_WRITE_FIRST,
        select(func.count())
        .where(
            microcontacts.stands(),
            or_(
                MicroContact.trajectory_id == Trajectory.id,
                Trajectory.id.is_(None) & (MicroContact.person_id == Person.id),
            ),
        )
        .correlate(Trajectory, Person)
        .scalar_subquery(),
        ConsentText,
    )
    .select_from(Person)
    .outerjoin(Region, Region.id == Person.region_id)
    .outerjoin(
        Trajectory,
        Trajectory.id
        == select(_NEWEST.id)
        .where(_NEWEST.person_id == Person.id)
        .order_by(_NEWEST.closed_at.is_(None).desc(), _NEWEST.id.desc())
        .limit(1)
        .scalar_subquery(),
    )
    .outerjoin(_GUIDE, _GUIDE.id == Trajectory.staff_id)
    .outerjoin(_DEPUTY, _DEPUTY.id == Trajectory.deputy_id)
    .outerjoin(Conversation, (Conversation.person_id == Person.id) & (Conversation.life == Life.OPEN))
    .outerjoin(
        ConsentText,
        ConsentText.id == consents.newest_id(ConsentKind.FOLLOW_UP, Person.region_id, Person.language),
    )
    .where(Person.id == bindparam("person_id"))
)


async def _phases(session: AsyncSession, trajectory_id: int) -> dict[str, datetime]:
    changes = select(PhaseChange.phase, PhaseChange.created_at).where(
        PhaseChange.trajectory_id == trajectory_id
    )
    return dict((await session.execute(changes.order_by(PhaseChange.id))).all())


async def _planned(session: AsyncSession, person_id: int) -> Sequence[tuple[FollowUp, str]]:
    found = await session.execute(
        select(FollowUp, Staff.name)
        .join(Staff, Staff.id == FollowUp.staff_id)
        .where(FollowUp.person_id == person_id, FollowUp.state == FollowUpState.PLANNED)
        .order_by(FollowUp.due_at)
    )
    return found.all()


async def _consents(session: AsyncSession, person_id: int) -> Sequence[tuple[Consent, ConsentText | None]]:
    found = await session.execute(
        select(Consent, ConsentText)
        .outerjoin(ConsentText, ConsentText.id == Consent.text_id)
        .where(Consent.person_id == person_id)
        .order_by(Consent.id)
    )
    return [(row, version) for row, version in found]


async def _wishes(session: AsyncSession, person_id: int) -> Sequence[CourseWish]:
    waits = select(CourseWish).where(CourseWish.person_id == person_id, CourseWish.state == WishState.WAITING)
    return (await session.scalars(waits)).all()


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
    return (await session.execute(_LEDGER, {"person_id": person_id})).all()


_LEDGER = (
    select(MicroContact, Staff.name)
    .outerjoin(Staff, Staff.id == MicroContact.staff_id)
    .where(MicroContact.person_id == bindparam("person_id"), microcontacts.stands())
    .order_by(MicroContact.at.desc())
    .limit(60)
)
