"""Figures from the tables and the event log; each is defined where it is shown.

Counts below `SMALL` about persons are not shown for a single region, so that nobody can be recognised.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, DateTime, Float, Integer, case, cast, func, literal_column, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from data.tables import (
    Appointment,
    Conversation,
    Correction,
    Decision,
    Event,
    Message,
    MicroContact,
    Person,
    Question,
    QuestionKind,
    Referral,
    Trajectory,
)
from handover import microcontacts
from handover.conversation import BROKEN
from handover.referrals import PROGRESS_TOLD

SMALL = 5
REST = "*"  # what is too rare to stand alone, together
TIER_ORDER = ("information", "mediation", "trajectory", "referral", "service")


@dataclass(frozen=True, kw_only=True)
class Span:
    """The time and the regions a report is about; `regions` None is all of them."""

    start: datetime
    end: datetime
    regions: frozenset[str] | None


@dataclass(frozen=True, kw_only=True)
class Waits:
    """How long people waited for a person, and how promises were kept."""

    handed_over: int
    median_s: float | None
    slow_s: float | None  # nine in ten waited less
    kept: int
    broken: int


@dataclass(frozen=True, kw_only=True)
class Contacts:
    """Micro-contacts a trajectory."""

    trajectories: int
    contacts: int
    mean: float | None
    by_way: Sequence[tuple[str, int]]


@dataclass(frozen=True, kw_only=True)
class Satisfaction:
    """How many were asked whether it helped; `answers`: 1 yes, 2 a little, 3 no, each with how many said so."""

    asked: int
    answers: Mapping[int, int]

    @property
    def answered(self) -> int:
        return sum(self.answers.values())


async def funnel(session: AsyncSession, span: Span) -> list[tuple[str, int]]:
    """Conversations by the tier of their weightiest decision; a correction by staff goes first."""
    tier = func.coalesce(Correction.tier, Decision.tier)
    weight = case(
        (tier == "trajectory", 3), (tier == "mediation", 2), (tier == "referral", 2), (tier == "information", 1),
        else_=0,
    )  # fmt: skip
    ranked = (
        select(
            tier.label("tier"),
            func.row_number()
            .over(partition_by=Decision.conversation_id, order_by=(weight.desc(), Decision.id.desc()))
            .label("place"),
        )
        .join(Conversation, Conversation.id == Decision.conversation_id)
        .outerjoin(Correction, Correction.message_id == Decision.message_id)
        .where(Decision.created_at >= span.start, Decision.created_at < span.end, _here(span))
        .subquery()
    )
    found = await session.execute(
        select(ranked.c.tier, func.count()).where(ranked.c.place == 1).group_by(ranked.c.tier)
    )
    counts: dict[str, int] = dict(found.all())
    return [(tier, counts.get(tier, 0)) for tier in TIER_ORDER]


async def channels(session: AsyncSession, span: Span) -> list[tuple[str, int, int]]:
    """By channel: persons who wrote, and messages both ways."""
    persons = func.count(Message.person_id.distinct()).filter(Message.direction == "in")
    found = await session.execute(
        select(Message.channel, persons, func.count())
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Message.created_at >= span.start, Message.created_at < span.end, _here(span))
        .group_by(Message.channel)
        .order_by(func.count().desc())
    )
    return list(found)


async def hours(session: AsyncSession, span: Span) -> list[int]:
    """Messages from persons by hour of the Belgian day, 24 numbers."""
    hour = cast(func.extract("hour", func.timezone("Europe/Brussels", Message.created_at)), Integer)
    found = await session.execute(
        select(hour, func.count())
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(
            Message.created_at >= span.start, Message.created_at < span.end, Message.direction == "in",
            _here(span),
        )
        .group_by(literal_column("1"))
    )  # fmt: skip
    counts: dict[int, int] = dict(found.all())
    return [counts.get(hour, 0) for hour in range(24)]


async def waits(session: AsyncSession, span: Span) -> Waits:
    """From the events: `waited_s` at the take-over, and the promise that stood at the escalation."""
    waited = cast(Event.data["waited_s"].astext, Float)
    of_regions = true() if span.regions is None else Event.region_id.in_(span.regions)
    taken = (
        Event.kind == "conversation.taken_over",
        Event.data["from_holder"].astext == "queue",
        Event.data.has_key("waited_s"),
        Event.created_at >= span.start,
        Event.created_at < span.end,
        of_regions,
    )
    handed, median, slow = (
        await session.execute(
            select(
                func.count(),
                func.percentile_cont(0.5).within_group(waited),
                func.percentile_cont(0.9).within_group(waited),
            ).where(*taken)
        )
    ).one()
    promised = Event.data["promised_at"].astext
    # a promise that passed in the queue was counted there and made anew; one may pass once more before the take-over
    passed = await session.scalar(
        select(func.count())
        .select_from(Event)
        .where(Event.kind == BROKEN, Event.created_at >= span.start, Event.created_at < span.end, of_regions)
    )
    late = func.count().filter(Event.created_at > cast(promised, DateTime(timezone=True)))
    known = func.count().filter(promised.is_not(None))
    broken, promises = (await session.execute(select(late, known).where(*taken))).one()
    return Waits(
        handed_over=handed, median_s=median, slow_s=slow, kept=promises - broken, broken=broken + (passed or 0)
    )  # fmt: skip


async def contacts(session: AsyncSession, span: Span) -> Contacts:
    """Micro-contacts in trajectories that were open in the span."""
    here = true() if span.regions is None else Trajectory.region_id.in_(span.regions)
    opened = (
        Trajectory.opened_at < span.end,
        (Trajectory.closed_at.is_(None)) | (Trajectory.closed_at >= span.start),
        here,
    )
    number = await session.scalar(select(func.count()).select_from(Trajectory).where(*opened)) or 0
    found = await session.execute(
        select(MicroContact.way, func.count())
        .join(Trajectory, Trajectory.id == MicroContact.trajectory_id)
        .where(*opened, microcontacts.stands())
        .group_by(MicroContact.way)
        .order_by(func.count().desc())
    )
    by_way = list(found)
    total = sum(count for _, count in by_way)
    return Contacts(
        trajectories=number, contacts=total, mean=total / number if number else None, by_way=by_way
    )


async def appointments(session: AsyncSession, span: Span) -> list[tuple[str, int]]:
    """Appointments that would begin in the span, by what became of them."""
    here = true() if span.regions is None else Appointment.region_id.in_(span.regions)
    found = await session.execute(
        select(Appointment.status, func.count())
        .where(
            Appointment.starts_at >= span.start, Appointment.starts_at < span.end, here,
            Appointment.status.not_in(("held", "expired")),
        )
        .group_by(Appointment.status)
        .order_by(func.count().desc())
    )  # fmt: skip
    return list(found)


async def phases(session: AsyncSession, span: Span) -> list[tuple[str, int]]:
    """Open trajectories by the phase they are in now."""
    here = true() if span.regions is None else Trajectory.region_id.in_(span.regions)
    found = await session.execute(
        select(Trajectory.phase, func.count())
        .where(Trajectory.closed_at.is_(None), here)
        .group_by(Trajectory.phase)
    )
    return list(found)


async def referrals(session: AsyncSession, span: Span) -> list[tuple[str, str, int]]:
    """Referrals by direction and state."""
    query = (
        select(Referral.direction, Referral.state, func.count())
        .where(Referral.created_at >= span.start, Referral.created_at < span.end)
        .group_by(Referral.direction, Referral.state)
        .order_by(Referral.direction, func.count().desc())
    )
    if span.regions is not None:
        query = query.join(Conversation, Conversation.id == Referral.conversation_id).where(_here(span))
    return list(await session.execute(query))


async def progress_told(session: AsyncSession, span: Span) -> int:
    """How often who referred somebody in heard, with consent, how it goes."""
    here = true() if span.regions is None else Event.region_id.in_(span.regions)
    told = await session.scalar(
        select(func.count())
        .select_from(Event)
        .where(Event.kind == PROGRESS_TOLD, Event.created_at >= span.start, Event.created_at < span.end, here)
    )
    return told or 0


async def satisfaction(session: AsyncSession, span: Span) -> Satisfaction:
    """Of the conversations whose question was asked in the span: how many answered, and what."""
    here = true() if span.regions is None else Question.region_id.in_(span.regions)
    asked = (
        Question.kind == QuestionKind.SATISFIED,
        Question.message_id.is_not(None),
        Question.asked_at >= span.start,
        Question.asked_at < span.end,
        here,
    )
    found = await session.execute(
        select(Question.answer, func.count()).where(*asked).group_by(Question.answer)
    )
    counts: dict[int | None, int] = dict(found.all())
    answers = {digit: counts.get(digit, 0) for digit in (1, 2, 3)}
    return Satisfaction(asked=sum(counts.values()), answers=answers)


async def reach(session: AsyncSession, span: Span) -> list[tuple[str, int]]:
    """Persons who wrote in the span by municipality, most first; what is rarer than SMALL is counted together.

    Together they are at least SMALL: when they are not, the smallest that could stand alone goes with them, so that
    nothing can be found by subtraction. "" is where we do not know where somebody lives; REST is the others.
    """
    wrote = select(Message.person_id).join(Conversation, Conversation.id == Message.conversation_id)
    wrote = wrote.where(
        Message.direction == "in",
        Message.created_at >= span.start,
        Message.created_at < span.end,
        _here(span),
    )
    found = await session.execute(
        select(Person.municipality, func.count())
        .where(Person.id.in_(wrote))
        .group_by(Person.municipality)
        .order_by(func.count().desc(), Person.municipality)
    )
    rows = [(name or "", count) for name, count in found]
    return fold_small(rows)


def fold_small(rows: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    """The rows of at least SMALL, and the others as one row REST of at least SMALL; no rows when even that is too few."""
    shown = [row for row in rows if row[1] >= SMALL]
    rest = sum(count for _, count in rows) - sum(count for _, count in shown)
    while 0 < rest < SMALL and shown:
        rest += shown.pop()[1]
    return [*shown, (REST, rest)] if rest >= SMALL else shown


def _here(span: Span) -> ColumnElement[bool]:
    return true() if span.regions is None else Conversation.region_id.in_(span.regions)
