"""The micro-contact ledger: every countable touch between a person and one of ours.

What counts: a call, a visit and a no-show each count once. Messages count in bursts: messages between the
person and a member of staff (either way, on any channel) that follow each other within 30 minutes are one
micro-contact, however many there are. What the bot says, and what is said to the bot alone, never counts.
A mistake is put right by a newer row that replaces the older one; nothing is erased.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from data import events
from data.tables import Author, ContactWay, Message, MicroContact, Trajectory

BURST = timedelta(minutes=30)
NORM = 22  # contacts that the plan of the leerwinkels reckons with in one trajectory
LONGEST_BURST = 500  # messages looked back at; a longer burst is counted again


async def log(
    session: AsyncSession,
    person_id: int,
    *,
    way: ContactWay,
    direction: str,
    channel: str,
    staff_id: int | None,
    at: datetime,
    minutes: int = 0,
    purpose: str | None = None,
    outcome: str | None = None,
    message_id: int | None = None,
    replaces_id: int | None = None,
    region_id: str | None = None,
) -> MicroContact:
    """Count one touch, in the person's open trajectory if there is one. `direction` is 'in' or 'out'."""
    trajectory = await session.scalar(
        select(Trajectory).where(Trajectory.person_id == person_id, Trajectory.closed_at.is_(None))
    )
    row = MicroContact(
        person_id=person_id, trajectory_id=trajectory.id if trajectory else None, staff_id=staff_id, way=way,
        direction=direction, channel=channel, minutes=max(0, minutes), purpose=purpose or None,
        outcome=outcome or None, message_id=message_id, replaces_id=replaces_id, at=at,
    )  # fmt: skip
    session.add(row)
    await session.flush()
    await events.record(
        session, "contact.logged", person_id=person_id, staff_id=staff_id,
        region_id=trajectory.region_id if trajectory else region_id,
        data={"micro_contact_id": row.id, "way": way.value, "channel": channel, "direction": direction},
    )  # fmt: skip
    return row


async def note_message(session: AsyncSession, message: Message, *, at: datetime) -> MicroContact | None:
    """Count a message between the person and staff, unless it belongs to a burst that is counted already.

    Call it for every message by staff, and for a person's message while staff hold the conversation.
    """
    newest = await session.scalar(
        select(MicroContact)
        .where(
            MicroContact.person_id == message.person_id,
            MicroContact.way == ContactWay.MESSAGE,
            MicroContact.at <= at,
            stands(),
        )
        .order_by(MicroContact.at.desc())
        .limit(1)
    )
    if newest is not None:
        between = await session.scalars(
            select(Message.created_at)
            .where(
                Message.person_id == message.person_id,
                Message.author.in_((Author.PERSON, Author.STAFF)),
                Message.created_at > newest.at,
                Message.created_at < at,
            )
            .order_by(Message.id.desc())
            .limit(LONGEST_BURST)
        )
        if one_burst([newest.at, *sorted(between), at]):
            return None
    return await log(
        session, message.person_id, way=ContactWay.MESSAGE, direction=message.direction,
        channel=message.channel, staff_id=message.staff_id, at=at, message_id=message.id,
        purpose=message.purpose if message.purpose != "reply" else None,
    )  # fmt: skip


def one_burst(times: Iterable[datetime]) -> bool:
    """Whether no two neighbours of `times` (in order) lie more than BURST apart."""
    moments = list(times)
    return all(later - earlier <= BURST for earlier, later in pairwise(moments))


async def count(
    session: AsyncSession, *, person_id: int | None = None, trajectory_id: int | None = None
) -> int:
    """How many micro-contacts stand, of a person or of one trajectory."""
    query = select(func.count()).select_from(MicroContact).where(stands())
    if trajectory_id is not None:
        query = query.where(MicroContact.trajectory_id == trajectory_id)
    if person_id is not None:
        query = query.where(MicroContact.person_id == person_id)
    return await session.scalar(query) or 0


_NEWER = aliased(MicroContact)
_STANDS = and_(  # made once: it is dear
    ~MicroContact.voided, ~select(_NEWER.id).where(_NEWER.replaces_id == MicroContact.id).exists()
)


def stands() -> ColumnElement[bool]:
    """Rows that no newer row replaces, and that do not say that there was no contact."""
    return _STANDS
