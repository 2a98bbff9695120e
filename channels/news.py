"""What a provider tells about messages and addresses that exist already: applied once, and forward only."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from channels.base import Deleted, Delivery, Edited, Reach, ReadUpTo, clean_text
from channels.outbox import address_topic, apply_news, set_status
from data import events
from data.db import after_commit
from data.tables import Address, Attachment, Direction, Message, Status

HANDING_OVER = timedelta(seconds=20)  # at most, between the provider's clock and ours
News = Delivery | ReadUpTo | Edited | Deleted | Reach


async def apply(
    session: AsyncSession, channel: str, scheme: str, news: News, mask: Callable[[str], str] = str
) -> None:
    """Apply one piece of news; about what we do not know it changes nothing (delivery news is parked)."""
    match news:
        case Delivery():
            await apply_news(session, channel, news)
        case ReadUpTo():
            address = select(Address.id).where(Address.scheme == scheme, Address.path == news.path)
            there = (Message.address_id == address.scalar_subquery()) & (Message.channel == channel)
            # The moment may be that at which the provider took the last one, before its answer reached us. Once
            # there is later news, `status_at` is that of the news.
            by_then = (Message.created_at <= news.at) & or_(
                Message.status != Status.SENT, Message.status_at <= news.at + HANDING_OVER
            )
            handed_over = there & by_then & Message.external_id.is_not(None)
            await set_status(session, handed_over, news.status)
        case Edited():
            words = mask(clean_text(news.text))
            await _change(session, channel, news.external_id, "edited", text=words, edited_at=func.now())
        case Deleted():
            await _change(session, channel, news.external_id, "deleted", text="", deleted_at=func.now())
            taken_back = select(Message.id).where(_inbound(channel, news.external_id))
            await session.execute(delete(Attachment).where(Attachment.message_id.in_(taken_back)))
        case Reach():
            await _reach(session, scheme, news)


def _inbound(channel: str, external_id: str) -> ColumnElement[bool]:
    return (
        (Message.channel == channel)
        & (Message.external_id == external_id)
        & (Message.direction == Direction.IN)
    )


async def _change(session: AsyncSession, channel: str, external_id: str, what: str, **values: object) -> None:
    changed = await session.scalar(
        update(Message)
        .where(_inbound(channel, external_id), Message.deleted_at.is_(None))
        .values(values)
        .returning(Message)
    )
    if changed is not None:
        await events.record(
            session, f"message.{what}", person_id=changed.person_id, conversation_id=changed.conversation_id,
            data={"message_id": changed.id},
        )  # fmt: skip
        address = await session.get_one(Address, changed.address_id)
        after_commit(session, address_topic(address.scheme, address.path))


async def _reach(session: AsyncSession, scheme: str, news: Reach) -> None:
    about = update(Address).where(Address.scheme == scheme, Address.path == news.path)
    if news.unreachable is not None:
        await session.execute(about.values(unreachable=news.unreachable))
        return
    column = Address.opted_out_at if news.opted_out else Address.blocked_at
    since = None if news.open else func.coalesce(column, func.now())
    await session.execute(about.values({column.key: since}))
