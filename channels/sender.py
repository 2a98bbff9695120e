"""Handing messages to providers: check at the last moment, say so before, remember after.

    queued ─ checks ─► sending (committed) ─ channel.send ─► sent (committed, with the provider's id)

A process that dies in between leaves `sending`: whoever takes the job over asks the provider whether it has the
message, and if nobody can tell, staff see it as unknown. It is never sent again blindly.
"""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from channels.base import Channel, Choice, Misconfigured, OptedOut, Outgoing, SendError, Sent, UnknownOutcome
from channels.outbox import apply_parked, set_status
from channels.policy import may_send
from data import events, queue
from data.db import Database
from data.queue import LeasedJob
from data.tables import Address, Conversation, Holder, Message, Status

log = logging.getLogger(__name__)
BRUSSELS = ZoneInfo("Europe/Brussels")
GIVE_UP_AFTER = timedelta(hours=24)


class Sender:
    """The handler of send jobs."""

    def __init__(self, database: Database, channels: Mapping[str, Channel]) -> None:
        self._database = database
        self._channels = channels

    async def handle(self, job: LeasedJob) -> None:
        """Send the job's message, or settle why it does not leave."""
        prepared = await self._prepare(job)
        if prepared is None:
            return
        channel, outgoing, was_sending = prepared
        try:
            sent = await channel.find(outgoing, was_sending.timestamp()) if was_sending else None
            sent = sent or await channel.send(outgoing)
        except SendError as error:
            await self._failed(job, outgoing.message_id, error)
        else:
            await self._sent(job, channel, outgoing, sent)

    async def _prepare(self, job: LeasedJob) -> tuple[Channel, Outgoing, datetime | None] | None:
        """Check and mark as sending; None when there is nothing (more) to hand over."""
        async with self._database.transaction() as session:
            row = (
                await session.execute(
                    select(Message, Address, Conversation)
                    .join(Address, Address.id == Message.address_id)
                    .join(Conversation, Conversation.id == Message.conversation_id)
                    .where(Message.id == job.payload["message_id"])
                    .with_for_update(of=[Message, Conversation])
                )
            ).one_or_none()
            if row is None or row.Message.status not in (Status.QUEUED, Status.SENDING):
                await queue.complete(session, job)
                return None
            message, address, conversation = row.Message, row.Address, row.Conversation
            was_sending = message.status_at if message.status == Status.SENDING else None
            channel = self._channels.get(message.channel)
            if channel is None:
                await self._settle(session, job, message, Status.FAILED, "dit kanaal staat uit")
                return None
            if was_sending is None:
                if _outdated(message, conversation):
                    await self._settle(session, job, message, Status.WITHHELD, "een mens nam het over")
                    return None
                verdict = may_send(message, address, datetime.now(BRUSSELS))
                if verdict.until is not None:
                    wait = verdict.until - datetime.now(BRUSSELS)
                    await queue.postpone(session, job, delay=wait, reason=verdict.reason)
                    return None
                if not verdict.allowed:
                    await self._settle(session, job, message, Status.WITHHELD, verdict.reason)
                    return None
                await set_status(session, Message.id == message.id, Status.SENDING)
            await queue.renew(session, job)
            choices = tuple(Choice(label=c["label"], value=c["value"]) for c in message.choices)
            outgoing = Outgoing(
                message_id=message.id, path=address.path, text=message.text,
                language=message.language, choices=choices,
            )  # fmt: skip
            return channel, outgoing, was_sending

    async def _sent(self, job: LeasedJob, channel: Channel, message: Outgoing, sent: Sent) -> None:
        async with self._database.transaction() as session:
            await set_status(
                session, Message.id == message.message_id, Status.SENT,
                external_id=sent.external_id, segments=sent.parts,
            )  # fmt: skip
            if sent.status not in (Status.QUEUED, Status.SENT):
                await set_status(session, Message.id == message.message_id, sent.status)
            await apply_parked(session, channel.name, sent.external_id)
            await queue.complete(session, job)

    async def _failed(self, job: LeasedJob, message_id: int, error: SendError) -> None:
        log.warning("message %s: %s (%s)", message_id, type(error).__name__, error.reason)
        async with self._database.transaction() as session:
            message = await session.get_one(Message, message_id)
            age = datetime.now(BRUSSELS) - message.created_at
            if error.retryable and age < GIVE_UP_AFTER:
                message.status = Status.QUEUED  # nothing was handed over
                message.status_reason = error.reason
                delay = timedelta(seconds=error.retry_after or 0) or queue.backoff(job.attempts)
                await queue.postpone(session, job, delay=delay, reason=error.reason)
                return
            if isinstance(error, OptedOut):
                address = await session.get_one(Address, message.address_id)
                address.opted_out_at = datetime.now(BRUSSELS)
            status = Status.UNKNOWN if isinstance(error, UnknownOutcome) else Status.FAILED
            await self._settle(session, job, message, status, error.reason)
            if isinstance(error, Misconfigured):
                log.error("channel %s is misconfigured: %s", message.channel, error.reason)

    async def _settle(
        self, session: AsyncSession, job: LeasedJob, message: Message, status: Status, reason: str
    ) -> None:
        message.status, message.status_reason = status, reason
        message.status_at = datetime.now(BRUSSELS)
        await events.record(
            session, f"message.{status}", person_id=message.person_id, conversation_id=message.conversation_id,
            data={"message_id": message.id},
        )  # fmt: skip
        await queue.complete(session, job)


def _outdated(message: Message, conversation: Conversation) -> bool:
    """A bot reply leaves only while the conversation is as it was when the reply was computed."""
    if message.needs_version is None:
        return False
    return conversation.version != message.needs_version or conversation.holder == Holder.STAFF
