"""What somebody still has in hand when their account is closed, and giving it to colleagues: nothing is lost or doubled.

Client after client in a transaction of its own. A run that breaks off, or is asked for twice, goes on with what is left.
"""

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select, union, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from data import events
from data.db import Database
from data.tables import (
    Appointment,
    AppointmentChange,
    AppointmentStatus,
    CallState,
    CallTask,
    ChangeKind,
    ChangeState,
    Conversation,
    FollowUp,
    FollowUpState,
    InfoSession,
    Life,
    Person,
    Role,
    SessionStatus,
    Staff,
    Trajectory,
    WaitingOn,
)
from data.translation import _
from dispatch import info_sessions
from handover import absences, conversation, load, new_counsellor, trajectory
from handover.conversation import NotAllowed, Step
from handover.presence import HELPERS, is_absent

HANDED_OVER = "staff.handed_over"


@dataclass(frozen=True, kw_only=True)
class Held:
    """How many of each are still in somebody's hands."""

    trajectories: int
    deputy_of: int
    conversations: int
    appointments: int
    follow_ups: int
    calls: int
    sessions: int

    @property
    def nothing(self) -> bool:
        return not any(astuple(self))


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Who takes it over: one of `colleagues`, spread over them by what each carries, or nobody: the team's queue."""

    colleagues: Sequence[Staff]
    reason: str
    by_id: int


def _theirs(
    staff_id: int, now: datetime
) -> dict[str, tuple[InstrumentedAttribute[int], tuple[ColumnElement[bool], ...]]]:
    """What counts → the column of whose it is, and the conditions."""
    return {
        "trajectories": (Trajectory.person_id, (Trajectory.staff_id == staff_id, Trajectory.closed_at.is_(None))),
        "deputy_of": (Trajectory.person_id, (Trajectory.deputy_id == staff_id, Trajectory.closed_at.is_(None))),
        "conversations": (
            Conversation.person_id, (Conversation.staff_id == staff_id, Conversation.life == Life.OPEN),
        ),
        "appointments": (Appointment.person_id, _coming(staff_id, now)),
        "follow_ups": (
            FollowUp.person_id, (FollowUp.staff_id == staff_id, FollowUp.state == FollowUpState.PLANNED),
        ),
        "calls": (CallTask.person_id, (CallTask.staff_id == staff_id, CallTask.state == CallState.OPEN)),
    }  # fmt: skip


def _coming(staff_id: int, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Appointments to come about which nothing is being done yet."""
    decided = select(AppointmentChange.id).where(
        AppointmentChange.appointment_id == Appointment.id,
        (AppointmentChange.kind == ChangeKind.CALL)
        | (AppointmentChange.kind.in_(absences.CHOICES) & (AppointmentChange.state != ChangeState.DONE)),
    )
    return (
        Appointment.staff_id == staff_id, Appointment.status == AppointmentStatus.CONFIRMED,
        Appointment.starts_at > now, Appointment.session_id.is_(None), ~decided.exists(),
    )  # fmt: skip


def _leads(staff_id: int, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        InfoSession.staff_id == staff_id, InfoSession.starts_at > now, InfoSession.status == SessionStatus.PLANNED,
    )  # fmt: skip


async def of(session: AsyncSession, staff_id: int, *, now: datetime) -> Held:
    """What `staff_id` has in hand at `now`."""
    counts = [
        select(func.count(column)).where(*conditions).scalar_subquery()
        for column, conditions in _theirs(staff_id, now).values()
    ]
    counts.append(select(func.count(InfoSession.id)).where(*_leads(staff_id, now)).scalar_subquery())
    found = (await session.execute(select(*counts))).one()
    names = (*_theirs(staff_id, now), "sessions")
    return Held(**dict(zip(names, found, strict=True)))


def takers(account: Staff) -> Select[Staff]:
    """Who of the same region can take something over."""
    return (
        select(Staff)
        .where(
            Staff.active, Staff.id != account.id, Staff.region_id == account.region_id,
            Staff.role.in_(HELPERS),
        )
        .order_by(Staff.name)
    )  # fmt: skip


async def spread_over(session: AsyncSession, account: Staff, *, now: datetime) -> Sequence[Staff]:
    """Those among whom it is spread: counsellors who are not away, else whoever there is."""
    there = (await session.scalars(takers(account).where(~is_absent(now)))).all()
    counsellors = [one for one in there if one.role == Role.COUNSELLOR]
    return counsellors or there


async def hand_over(database: Database, staff_id: int, plan: Plan, *, now: datetime) -> int:
    """Give all of it away; returns of how many clients. Raises NotAllowed; what was given away by then stays so."""
    async with database.transaction() as session:
        whose = [select(column).where(*when) for column, when in _theirs(staff_id, now).values()]
        people = sorted(await session.scalars(union(*whose)))
    given: dict[int, int] = {}
    for person_id in people:
        async with database.transaction() as session:
            taker = await _one(session, staff_id, person_id, plan, now=now)
        given[taker or 0] = given.get(taker or 0, 0) + 1
    sessions = await _sessions(database, staff_id, plan, now=now)
    if people or sessions:
        async with database.transaction() as session:
            account = await session.get_one(Staff, staff_id)
            await events.record(
                session, HANDED_OVER, region_id=account.region_id, staff_id=plan.by_id,
                data={"account_id": staff_id, "clients": {str(taker): count for taker, count in given.items()}},
            )  # fmt: skip
    return len(people)


async def _sessions(database: Database, staff_id: int, plan: Plan, *, now: datetime) -> int:
    """Info sessions go to whoever is free then: first of those chosen, else of the team; returns how many went."""
    if not plan.colleagues:
        return 0
    async with database.transaction() as session:
        ids = (await session.scalars(select(InfoSession.id).where(*_leads(staff_id, now)))).all()
        account = await session.get_one(Staff, staff_id)
        team = (await session.scalars(takers(account))).all()
    chosen = {one.id for one in plan.colleagues}
    went = 0
    for id_ in ids:
        async with database.transaction() as session:
            row = await session.get_one(InfoSession, id_)
            ranked = await load.colleagues(session, team, row.language)
            for one in sorted(ranked, key=lambda one: one.id not in chosen):
                staff = await session.get_one(Staff, one.id)
                if await info_sessions.led_by(session, row, staff, now=now, by=plan.by_id):
                    went += 1
                    break
    return went


async def _one(
    session: AsyncSession, staff_id: int, person_id: int, plan: Plan, *, now: datetime
) -> int | None:
    """All of one client; returns who took it, None for the queue."""
    person = await conversation.lock_person(session, person_id)
    track = await trajectory.current(session, person_id)
    taker = await _taker(session, person, track, staff_id, plan)
    if track is not None and track.staff_id == staff_id and taker is not None:
        await new_counsellor.change(
            session, track, taker, deputy_id=track.deputy_id, reason=plan.reason, words=new_counsellor.draft(person),
            by_id=plan.by_id, now=now,
        )  # fmt: skip
    elif track is not None and track.deputy_id == staff_id:
        await trajectory.change_deputy(session, track, taker.id if taker else None, by_id=plan.by_id)
    await _conversation(session, person_id, staff_id, taker, plan, now=now)
    planned = (
        FollowUp.person_id == person_id,
        FollowUp.staff_id == staff_id,
        FollowUp.state == FollowUpState.PLANNED,
    )
    await session.execute(  # a message leaves in the name of somebody who is there
        update(FollowUp).where(*planned).values(staff_id=taker.id if taker else plan.by_id)
    )
    calls = CallTask.person_id == person_id, CallTask.staff_id == staff_id, CallTask.state == CallState.OPEN
    await session.execute(update(CallTask).where(*calls).values(staff_id=taker.id if taker else None))
    coming = select(Appointment).where(Appointment.person_id == person_id, *_coming(staff_id, now))
    for appointment in (await session.scalars(coming)).all():
        await _appointment(session, appointment, plan.by_id, now=now)
    return taker.id if taker is not None else None


async def _taker(
    session: AsyncSession, person: Person, track: Trajectory | None, staff_id: int, plan: Plan
) -> Staff | None:
    """Whoever guides the client already; else the one who can carry it best by what each carries now."""
    by_id = {one.id: one for one in plan.colleagues}
    if not by_id:
        return None
    if track is not None and track.staff_id in by_id:
        return by_id[track.staff_id]
    ranked = await load.colleagues(session, plan.colleagues, person.language)
    deputy = track.deputy_id if track is not None and track.staff_id == staff_id else None
    known = next((one for one in ranked if one.id == deputy and not one.load.full), None)
    return by_id[(known or ranked[0]).id]


async def _conversation(
    session: AsyncSession, person_id: int, staff_id: int, taker: Staff | None, plan: Plan, *, now: datetime
) -> None:
    """To who takes the client over. Without: who waits goes to the queue, and what is quiet is closed.

    A closed one opens by the rule of `conversation.start` as soon as the client writes.
    """
    talk = await session.scalar(
        select(Conversation)
        .where(
            Conversation.person_id == person_id, Conversation.staff_id == staff_id, Conversation.life == Life.OPEN
        )
        .with_for_update()
    )  # fmt: skip
    if talk is None:
        return
    if taker is not None:
        await conversation.move(session, talk, Step.ASSIGN, staff_id=taker.id, by_id=plan.by_id, now=now)
    else:
        step = Step.RELEASE if talk.waiting_on == WaitingOn.US else Step.CLOSE
        await conversation.move(session, talk, step, by_id=plan.by_id, now=now)


async def _appointment(session: AsyncSession, row: Appointment, by_id: int, *, now: datetime) -> None:
    """Somebody who is free then, else another time, as when one is away (`bot.changes`); what was tried before is not again."""
    tried = set(
        await session.scalars(
            select(AppointmentChange.kind).where(AppointmentChange.appointment_id == row.id)
        )
    )
    kind = next(kind for kind in absences.CHOICES if kind not in tried)
    values = {"appointment_id": row.id, "kind": kind.value, "created_by": by_id, "created_at": now}
    await session.execute(insert(AppointmentChange).values(values).on_conflict_do_nothing())


async def check(session: AsyncSession, staff_id: int, *, to_queue: bool, now: datetime) -> None:
    """Raises NotAllowed while something is in hand; what the queue has may keep the name on its trajectory."""
    left = await of(session, staff_id, now=now)
    if left.sessions:
        raise NotAllowed(
            _("Voor een infosessie is niemand anders vrij. Zeg die eerst af. De rest is doorgegeven.")
        )
    if to_queue and not any((left.conversations, left.appointments, left.follow_ups, left.calls)):
        return
    if not left.nothing:
        raise NotAllowed(_("Intussen kwam er nog iets bij. Geef dat ook door, en sluit dan."))
