"""The demo's calls to make: some of those who wait for a person asked to be called."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from data.seed.rows import write
from data.tables import Address, AddressLink, CallTask, Conversation, Holder, Life, Person

ABOUT = ("Wil liever bellen dan schrijven.", "Belde ons en hing op.", "Vraagt wanneer de infosessie is.")
REASONS = ("asked", "missed", "staff")


async def seed_calls(session: AsyncSession, now: datetime) -> None:
    """A call for each of the first who wait in the queue and have a number, promised as their conversation is."""
    waiting = await session.execute(
        select(Person.id, Person.language, Address.id, Conversation.region_id, Conversation.promised_at)
        .join(Conversation, Conversation.person_id == Person.id)
        .join(AddressLink, AddressLink.person_id == Person.id)
        .join(Address, Address.id == AddressLink.address_id)
        .where(
            Conversation.life == Life.OPEN,
            Conversation.holder == Holder.QUEUE,
            Address.scheme.in_(("sms", "whatsapp")),
            Address.path.startswith("+"),
        )
        .order_by(Person.id, Address.id)
    )
    one_each = {row[0]: row for row in waiting}.values()
    rows = [
        {
            "person_id": person_id, "language": language, "address_id": address_id, "region_id": region_id,
            "reason": reason, "about": about, "due_at": now - timedelta(minutes=5), "promised_at": promised_at,
            "created_at": now - timedelta(minutes=5),
        }
        for (person_id, language, address_id, region_id, promised_at), reason, about in zip(
            one_each, REASONS, ABOUT, strict=False
        )
    ]  # fmt: skip
    await write(session, CallTask, rows)
