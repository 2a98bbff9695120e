"""How fast a channel may go, and how fast to one address: providers refuse, or worse, what comes faster.

Each message books the next free place, once, and waits for it in the queue without holding up a worker. Replies have
most of a channel's places and what we write first has the rest, so that a reply never stands behind a hundred
follow-ups, and together they stay under the limit.

Telegram: https://core.telegram.org/bots/faq (1 a second in a chat, about 30 in all)
WhatsApp: https://developers.facebook.com/documentation/business-messaging/whatsapp/throughput (80 a second, in and out
together; 1 in 6 seconds to a person, with bursts)
SMS: https://www.twilio.com/docs/api/errors/21611 (Twilio queues by itself, so only what we write first is slowed: what
stands in Twilio's queue would stand before a reply)
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Interval

from data.queue import Lane
from data.tables import Message

NONE = timedelta(0)
BURST = 10  # messages of a channel at once, before its pace counts
PAIR_BURST = 3  # messages to one address at once: an answer in three parts


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Messages a second, and seconds between two to one address; 0: as fast as we can."""

    replies: float = 0.0
    others: float = 0.0
    pair: float = 0.0


LIMITS = {
    "telegram": Limits(replies=24, others=5, pair=1),
    "whatsapp": Limits(replies=50, others=10, pair=6),
    "sms": Limits(others=1),
    "messenger": Limits(others=10),
    "email": Limits(others=2),
}

_BOOK = text(  # the wall clock, not the start of the transaction: somebody may have been waited for
    """
    INSERT INTO pace AS p (key, booked_until) VALUES (:key, clock_timestamp() + :every)
    ON CONFLICT (key) DO UPDATE SET booked_until = greatest(p.booked_until, clock_timestamp()) + :every
    RETURNING booked_until - :every - :ahead - clock_timestamp()
    """
).bindparams(bindparam("every", type_=Interval), bindparam("ahead", type_=Interval))
_HOLD_BACK = text(
    """
    INSERT INTO pace AS p (key, booked_until) VALUES (:key, clock_timestamp() + :wait)
    ON CONFLICT (key) DO UPDATE SET booked_until = greatest(p.booked_until, clock_timestamp() + :wait)
    """
).bindparams(bindparam("wait", type_=Interval))
_FORGET = text("DELETE FROM pace WHERE booked_until < now() - interval '1 day'")
_HELD_BACK = text("SELECT booked_until - clock_timestamp() FROM pace WHERE key = :key")


async def book(session: AsyncSession, message: Message, lane: Lane, limits: Limits) -> timedelta:
    """How long this message waits for its turn; it has the place now. The locks last until the transaction ends."""
    wait = NONE
    rest = await session.scalar(_HELD_BACK, {"key": _rest_key(message)}) if limits.pair else None
    wait = max(wait, rest or NONE)
    if limits.pair:
        wait = max(
            wait, await _book(session, f"{message.channel}:{message.address_id}", limits.pair, PAIR_BURST)
        )
    rate = limits.replies if lane is Lane.REPLY else limits.others
    if rate:
        kind = "replies" if lane is Lane.REPLY else "others"
        wait = max(wait, await _book(session, f"{message.channel}:{kind}", 1 / rate, BURST))
    return wait


async def hold_back(session: AsyncSession, message: Message, wait: timedelta) -> None:
    """The provider says that this address, and only this one, gets too much."""
    await session.execute(_HOLD_BACK, {"key": _rest_key(message), "wait": wait})


async def forget_old(session: AsyncSession) -> None:
    await session.execute(_FORGET)


async def _book(session: AsyncSession, key: str, every: float, burst: int) -> timedelta:
    values = {"key": key, "every": timedelta(seconds=every), "ahead": timedelta(seconds=every * (burst - 1))}
    wait: timedelta = (await session.execute(_BOOK, values)).scalar_one()
    return max(NONE, wait)


def _rest_key(message: Message) -> str:
    return f"{message.channel}:{message.address_id}:rest"
