"""The last brake on mails that answer each other: two machines that do not say they are machines.

Whatever the headers missed, after some answers of the bot within an hour a person of ours looks, and the bot is silent.
"""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from data.tables import Author, Direction, Event, Message

CAP = 5  # answers of the bot to one address, or along one chain of senders
SAME = 20  # answers to the very same words from anywhere: more, because a leaflet may give people the words
WITHIN = timedelta(hours=1)
LOOKED_AT = 2_000  # newest messages among which the same words are looked for
SUGGESTED = "person.suggested"  # event: this person may be another one, because they answered that one's mail


async def tripped(
    session: AsyncSession, *, channel: str, address_id: int, words: str, subject: str | None, hops: int
) -> bool:
    """Is it time to stop: too many answers to this address, along this chain of senders, or to these same words?

    `hops`: senders in a row within the hour that each answered what the one before them got.
    """
    return (
        hops >= CAP
        or await _answers(session, address_id) >= CAP
        or await _same(session, channel, address_id, words, subject) >= SAME
    )


async def hops(session: AsyncSession, person_id: int) -> int:
    """How long the chain of senders is that ended at this person within the hour."""
    known = await session.scalar(
        select(Event.data)
        .where(
            Event.person_id == person_id, Event.kind == SUGGESTED, Event.created_at > func.now() - WITHIN
        )
        .order_by(Event.id.desc())
        .limit(1)
    )  # fmt: skip
    return int(known.get("hops", 0)) + 1 if known else 1


async def _answers(session: AsyncSession, address_id: int) -> int:
    """Messages from this address that the bot answered within the hour."""
    count = await session.scalar(
        select(func.count(Message.answers_id.distinct())).where(
            Message.address_id == address_id, Message.direction == Direction.OUT,
            Message.author == Author.BOT, Message.created_at > func.now() - WITHIN,
        )
    )  # fmt: skip
    return count or 0


async def _same(session: AsyncSession, channel: str, address_id: int, words: str, subject: str | None) -> int:
    """Other addresses that wrote the very same within the hour: a sender that changes its address with every mail."""
    newest = select(func.max(Message.id)).scalar_subquery()
    rows = await session.execute(
        select(Message.address_id, Message.subject).where(
            Message.id > newest - LOOKED_AT, Message.channel == channel, Message.direction == Direction.IN,
            Message.created_at > func.now() - WITHIN, Message.text == words, Message.address_id != address_id,
        )
    )  # fmt: skip
    return len({row.address_id for row in rows if _bare(row.subject) == _bare(subject)})


def _bare(subject: str | None) -> str:
    """Without the "Re:" that a machine adds each time."""
    return (subject or "").rpartition(":")[2].strip().casefold()
