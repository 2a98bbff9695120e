"""The waiting list: who waits for a person, in which order, and how one of them is claimed."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Select,
    and_,
    any_,
    bindparam,
    case,
    func,
    or_,
    select,
    true,
    union,
)
from sqlalchemy import Row as SqlRow
from sqlalchemy.ext.asyncio import AsyncSession

from data.db import Database
from data.tables import (
    Conversation,
    Direction,
    Event,
    Holder,
    Life,
    Message,
    Person,
    QueueDiversion,
    Role,
    Staff,
    Trajectory,
    Urgency,
    WaitingOn,
)
from data.translation import _
from handover import access, conversation, skills
from handover.access import Viewer
from handover.conversation import NotAllowed, Step
from handover.presence import is_present, who_answers

REASON_UNANSWERED = "unanswered"
REASON_SECOND_LINE = "second_line"
UNANSWERED_AFTER = timedelta(minutes=60)  # that somebody who is not there may leave a client waiting
FIRST_WORDS = 160  # characters of the last message that a list shows

Tell = Callable[[AsyncSession, Conversation, datetime], Awaitable[None]]


class Listing(StrEnum):
    """The lists beside a thread."""

    QUEUE = "wachtrij"
    SECOND_LINE = "tweedelijn"  # of the queue: questions of professionals
    MINE = "mij"
    TEAM = "team"
    BOT = "bot"
    CLOSED = "gesloten"


@dataclass(frozen=True, kw_only=True)
class LastWords:
    """The beginning of what somebody wrote last, and when."""

    text: str
    at: datetime
    language: str | None


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of a list: the conversation, whose it is, who holds it, and what was written last."""

    conversation: Conversation
    person: Person
    holder_name: str | None
    last: LastWords | None

    def late(self, now: datetime) -> bool:
        promised = self.conversation.promised_at
        return promised is not None and promised < now and self.conversation.waiting_on == WaitingOn.US


URGENCY_FIRST = case(
    (Conversation.urgency == Urgency.CRISIS, 0), (Conversation.urgency == Urgency.HIGH, 1), else_=2
)


def _condition(listing: Listing, staff: Staff | Viewer) -> ColumnElement[bool]:
    open_ = Conversation.life == Life.OPEN
    match listing:
        case Listing.QUEUE:
            return and_(open_, Conversation.holder == Holder.QUEUE)
        case Listing.SECOND_LINE:
            return and_(open_, Conversation.holder == Holder.QUEUE, Conversation.reason == REASON_SECOND_LINE)
        case Listing.MINE:
            return and_(open_, Conversation.staff_id == staff.id)
        case Listing.TEAM:
            return and_(open_, Conversation.holder == Holder.STAFF, Conversation.staff_id != staff.id)
        case Listing.BOT:
            return and_(open_, Conversation.holder == Holder.BOT)
        case Listing.CLOSED:
            return and_(Conversation.life == Life.CLOSED, Person.erased_at.is_(None))


async def rows(
    session: AsyncSession, staff: Staff, listing: Listing = Listing.QUEUE, *, limit: int = 100
) -> Sequence[Row]:
    """A list as `staff` may see it. Who waits on us comes first: crisis, then high, then longest waiting."""
    return await with_words(session, await listed(session, staff, listing, limit=limit))


async def listed(
    session: AsyncSession, staff: Staff, listing: Listing, *, limit: int
) -> Sequence[SqlRow[Conversation, Person, str | None]]:
    """The same without what was written last: the conversation, the person and the name of who holds it."""
    asked = _listed(access.viewer(staff), listing)
    return (await session.execute(asked, access.values(staff) | {"most": limit})).all()


async def with_words(
    session: AsyncSession, found: Sequence[SqlRow[Conversation, Person, str | None]]
) -> Sequence[Row]:
    """The rows of a list, with what each wrote last."""
    words = await last_words(session, [person.id for _, person, _ in found])
    return [
        Row(conversation=row, person=person, holder_name=name, last=words.get(person.id))
        for row, person, name in found
    ]


@cache
def _listed(viewer: Viewer, listing: Listing) -> Select[Conversation, Person, str | None]:
    query = (
        select(Conversation, Person, Staff.name)
        .join(Person, Person.id == Conversation.person_id)
        .outerjoin(Staff, Staff.id == Conversation.staff_id)
        .where(access.may_see_conversation(viewer), _condition(listing, viewer))
        .limit(bindparam("most"))
    )
    if listing is Listing.CLOSED:
        return query.order_by(Conversation.closed_at.desc())
    return query.order_by(
        (Conversation.waiting_on == WaitingOn.US).desc(),
        URGENCY_FIRST,
        Conversation.waiting_since.asc().nulls_last(),
        Conversation.id,
    )


_LAST = (
    select(Message.text, Message.created_at, Message.language)
    .where(
        Message.person_id == Person.id, Message.direction == Direction.IN, func.char_length(Message.text) > 2
    )
    .order_by(Message.id.desc())
    .limit(1)
    .lateral("last")
)
_LAST_WORDS = (  # made once: every list asks for it
    select(Person.id, func.left(_LAST.c.text, FIRST_WORDS), _LAST.c.created_at, _LAST.c.language)
    .join(_LAST, true())
    .where(Person.id == any_(bindparam("person_ids", type_=ARRAY(BigInteger))))
)


async def last_words(session: AsyncSession, person_ids: Sequence[int]) -> dict[int, LastWords]:
    """What each person wrote last, passing over bare choices such as "1"."""
    found = await session.execute(_LAST_WORDS, {"person_ids": list(person_ids)})
    return {id_: LastWords(text=text, at=at, language=language) for id_, text, at, language in found}


@dataclass(frozen=True, kw_only=True)
class Counts:
    """What the bar and the tab of the browser show."""

    waiting: int
    crisis: int
    late: int
    longest_since: datetime | None
    mine: int  # held by this person and waiting on us
    newest_event: int = field(default=0, compare=False)  # when this was counted; 0 where nobody asked


async def counts(session: AsyncSession, staff: Staff, *, now: datetime) -> Counts:
    asked = _counted(access.viewer(staff))
    found = await session.execute(asked, access.values(staff) | {"now": now})
    waiting, crisis, late, longest, mine, newest = found.one()
    return Counts(
        waiting=waiting, crisis=crisis, late=late, longest_since=longest, mine=mine, newest_event=newest
    )  # fmt: skip


@cache
def _counted(viewer: Viewer) -> Select[int, int, int, datetime | None, int, int]:
    in_queue = _condition(Listing.QUEUE, viewer)
    newest = select(func.coalesce(func.max(Event.id), 0)).scalar_subquery()
    return select(
        func.count().filter(in_queue),
        func.count().filter(in_queue, Conversation.urgency == Urgency.CRISIS),
        func.count().filter(in_queue, Conversation.promised_at < bindparam("now")),
        func.min(Conversation.waiting_since).filter(in_queue),
        func.count().filter(Conversation.staff_id == viewer.id, Conversation.waiting_on == WaitingOn.US),
        newest,
    ).where(
        access.may_see_conversation(viewer),
        Conversation.life == Life.OPEN,
        or_(Conversation.holder == Holder.QUEUE, Conversation.staff_id == viewer.id),
    )


@dataclass(frozen=True, kw_only=True)
class Board:
    """What everybody's bar counts, at one moment: by region (None: not known yet), and by who holds it."""

    queues: Mapping[str | None, Counts]
    mine: Mapping[int, int]
    own: Mapping[int, Mapping[str, Counts]]  # by who guides them: clients in the queue of another region
    answers: Mapping[str, frozenset[str]]  # region: the regions whose queues are diverted to it

    def counts(self, staff: Staff) -> Counts:
        """The same as `counts`, without asking."""
        seen: list[Counts] = []
        if staff.role == Role.ADMIN:
            seen = list(self.queues.values())
        elif staff.role in access.SEES_PEOPLE and staff.region_id is not None:
            regions = {staff.region_id, None, *self.answers.get(staff.region_id, ())}
            seen = [self.queues[region] for region in regions if region in self.queues]
            seen += [one for region, one in self.own.get(staff.id, {}).items() if region not in regions]
        return Counts(
            waiting=sum(one.waiting for one in seen),
            crisis=sum(one.crisis for one in seen),
            late=sum(one.late for one in seen),
            longest_since=min((one.longest_since for one in seen if one.longest_since), default=None),
            mine=self.mine.get(staff.id, 0),
        )


async def board(session: AsyncSession, *, now: datetime) -> Board:
    """One look at all queues, for everybody who is listening."""
    counted = (
        func.count(),
        func.count().filter(Conversation.urgency == Urgency.CRISIS),
        func.count().filter(Conversation.promised_at < now),
        func.min(Conversation.waiting_since),
    )
    in_queue = and_(Conversation.life == Life.OPEN, Conversation.holder == Holder.QUEUE)
    queues = await session.execute(
        select(Conversation.region_id, *counted).where(in_queue).group_by(Conversation.region_id)
    )
    guides = union(
        select(Trajectory.person_id, Trajectory.staff_id.label("staff_id")),
        select(Trajectory.person_id, Trajectory.deputy_id).where(Trajectory.closed_at.is_(None)),
    ).subquery()
    elsewhere = await session.execute(
        select(guides.c.staff_id, Conversation.region_id, *counted)
        .join(Conversation, Conversation.person_id == guides.c.person_id)
        .join(Staff, Staff.id == guides.c.staff_id)
        .where(in_queue, Staff.region_id != Conversation.region_id)
        .group_by(guides.c.staff_id, Conversation.region_id)
    )
    own: dict[int, dict[str, Counts]] = {}
    for staff_id, region_id, waiting, crisis, late, since in elsewhere:
        own.setdefault(staff_id, {})[region_id or ""] = _counts(waiting, crisis, late, since)
    held = await session.execute(
        select(func.coalesce(Conversation.staff_id, 0), func.count())
        .where(
            Conversation.life == Life.OPEN,
            Conversation.staff_id.is_not(None),
            Conversation.waiting_on == WaitingOn.US,
        )
        .group_by(Conversation.staff_id)
    )
    lasting = (QueueDiversion.starts_at <= now) & (QueueDiversion.ends_at > now)
    answers: dict[str, set[str]] = {}
    diverted = select(QueueDiversion.to_region_id, QueueDiversion.region_id).where(lasting)
    for to_region_id, region_id in await session.execute(diverted):
        answers.setdefault(to_region_id, set()).add(region_id)
    return Board(
        queues={
            region: _counts(waiting, crisis, late, since) for region, waiting, crisis, late, since in queues
        },
        mine=dict(held.all()),
        own=own,
        answers={to: frozenset(regions) for to, regions in answers.items()},
    )


def _counts(waiting: int, crisis: int, late: int, since: datetime | None) -> Counts:
    return Counts(waiting=waiting, crisis=crisis, late=late, longest_since=since, mine=0)


async def claim(
    session: AsyncSession, conversation_id: int, staff: Staff, *, version: int, now: datetime
) -> Conversation:
    """Take a conversation as it was seen at `version`. Raises NotAllowed when a colleague was first.

    Compare-and-set: whoever sees an old version and finds a colleague holding it now is told who, and nothing
    changes. Taking one's own again changes nothing.
    """
    row = await conversation.lock(session, conversation_id)
    if row.holder == Holder.STAFF and row.staff_id not in (None, staff.id) and row.version != version:
        name = await session.scalar(select(Staff.name).where(Staff.id == row.staff_id))
        raise NotAllowed(_("{name} nam dit gesprek net over. Kijk eerst wat er gezegd is.", name=name))
    return await conversation.move(session, row, Step.TAKE_OVER, staff_id=staff.id, now=now)


async def claim_next(session: AsyncSession, staff: Staff, *, now: datetime) -> Conversation | None:
    """Take the next one that waits: the first of the list that no colleague who is there would answer better.

    Skills only change turns among people who are there: urgent ones and late ones are taken in order, and if
    everybody in the list is better off with a colleague, the first is taken all the same. None: nobody waits.
    """
    waiting = [row for row in await rows(session, staff) if row.conversation.waiting_on == WaitingOn.US]
    asked = await skills.needs(session, [(row.conversation, row.person) for row in waiting])
    there = [one for one in await who_answers(session, staff.region_id, now=now) if one.id != staff.id]

    def later(row: Row) -> bool:
        urgent = row.conversation.urgency != Urgency.NORMAL or row.late(now)
        return not urgent and skills.better_with(asked[row.conversation.id], staff, there) is not None

    for row in sorted(waiting, key=later):
        async with session.begin_nested() as attempt:
            talk = await conversation.lock(session, row.conversation.id)
            if talk.holder == Holder.QUEUE and talk.life == Life.OPEN:
                return await conversation.move(session, talk, Step.TAKE_OVER, staff_id=staff.id, now=now)
            await attempt.rollback()  # a colleague was quicker: let go of it, so that nobody waits for two
    return None


async def return_unanswered(database: Database, tell: Tell, *, now: datetime) -> int:
    """Put back in the queue what waits on somebody who is not there; returns how many. Run by a timer.

    Each conversation in its own transaction, looked at again once it is locked; `tell` lets the client know there.
    """
    stuck = and_(
        Conversation.life == Life.OPEN,
        Conversation.holder == Holder.STAFF,
        Conversation.waiting_on == WaitingOn.US,
        Conversation.waiting_since < now - UNANSWERED_AFTER,
        Conversation.staff_id.not_in(select(Staff.id).where(is_present(now))),
    )
    async with database.transaction() as session:
        found = (await session.scalars(select(Conversation.id).where(stuck).order_by(Conversation.id))).all()
    returned = 0
    for conversation_id in found:
        async with database.transaction() as session:
            row = await conversation.lock(session, conversation_id)
            if await session.scalar(select(Conversation.id).where(Conversation.id == row.id, stuck)) is None:
                continue
            await conversation.move(session, row, Step.RELEASE, reason=REASON_UNANSWERED, now=now)
            await tell(session, row, now)
            returned += 1
    return returned
