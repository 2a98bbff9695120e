"""What could not be written is said: a call about a message that got through by no way."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from channels.plan import call_key
from data.tables import Message, Status
from handover import call_tasks


async def call_about(session: AsyncSession, message: Message, reason: str, now: datetime) -> None:
    """Whose message it was, or the person's counsellor, calls; what was to be written stands with the task."""
    about = message.text
    if message.purpose == "opener":  # what waits behind it is what matters
        held = select(Message.text).where(
            Message.address_id == message.address_id, Message.status == Status.HELD
        )
        about = "\n".join(await session.scalars(held.order_by(Message.id)))
    await call_tasks.ask(
        session, message.person_id, reason=reason, now=now, key=call_key(message), about=about,
        conversation_id=message.conversation_id, staff_id=message.staff_id,
    )  # fmt: skip
