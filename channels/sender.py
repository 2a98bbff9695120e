"""Handing messages to providers: check at the last moment, say so before, remember after.

    queued ─ checks ─► sending (committed) ─ channel.send ─► sent (committed, with the provider's id)

What stays `sending` (a process died, or the answer never came) may have arrived. Whoever has the job then asks the
provider whether it has the message; only if it certainly has not, the message goes through the checks again. When
nobody can tell, staff see it as unknown. It is never sent again blindly.
"""

import asyncio
import logging
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from channels.base import (
    Blocked,
    Channel,
    Choice,
    Misconfigured,
    OptedOut,
    Outgoing,
    SendError,
    Sent,
    Unavailable,
    UnknownOutcome,
    Unreachable,
)
from channels.outbox import apply_parked, set_status
from channels.policy import may_send
from channels.threads import before
from data import events, queue
from data.db import Database
from data.queue import LeasedJob, LeaseLost
from data.tables import Address, Author, Conversation, Direction, Holder, Message, Person, Status

log = logging.getLogger(__name__)
BRUSSELS = ZoneInfo("Europe/Brussels")
GIVE_UP_AFTER = timedelta(hours=24)
LONGEST_WAIT = timedelta(minutes=1)  # between two attempts, unless the provider asks for more
LOOK_UP_AFTER = timedelta(seconds=10)  # until the provider surely knows what it took
HANDING_OVER = 20.0  # seconds for one call to the provider, well within the lease
# What every message passes, in one statement each; `set_status` does the same for all that is rarer.
_SENDING = text(
    """
    WITH moved AS (
        UPDATE message SET status = 'sending', status_reason = NULL, status_at = now()
        WHERE id = :id AND status = 'queued' RETURNING id, person_id, conversation_id
    )
    INSERT INTO event (kind, person_id, conversation_id, data)
    SELECT 'message.sending', person_id, conversation_id, jsonb_build_object('message_id', id) FROM moved
    """
)
_SENT = text(
    f"""
    WITH done AS ({queue.COMPLETE}), moved AS (
        UPDATE message SET status = 'sent', status_reason = NULL, status_at = now(), external_id = :external_id,
            segments = COALESCE(:segments, segments)
        WHERE id = :id AND status IN ('queued', 'sending', 'unknown') AND EXISTS (SELECT FROM done)
        RETURNING id, person_id, conversation_id
    ), told AS (
        INSERT INTO event (kind, person_id, conversation_id, data)
        SELECT 'message.sent', person_id, conversation_id, jsonb_build_object('message_id', id) FROM moved
    )
    SELECT (SELECT others FROM done) AS others, EXISTS (
        SELECT FROM parked_status WHERE channel = :channel AND external_id = :external_id) AS parked
    """  # noqa: S608 - constant
)


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """Checked and marked as `sending`; `since` is set when it was that already, so may have arrived."""

    channel: Channel
    message: Outgoing
    since: datetime | None


class Sender:
    """The handler of send jobs."""

    def __init__(self, database: Database, channels: Mapping[str, Channel]) -> None:
        self._database = database
        self._channels = channels

    async def handle(self, job: LeasedJob) -> None:
        """Send the job's message, or settle why it does not leave."""
        prepared = await self._prepare(job)
        if prepared is not None and prepared.since is not None:
            if not await self._is_absent(job, prepared, prepared.since):
                return
            prepared = await self._prepare(job, absent=True)
        if prepared is not None:
            await self.hand_over(job, prepared)

    async def check_new(
        self,
        session: AsyncSession,
        job: LeasedJob,
        message: Message,
        address: Address,
        conversation: Conversation,
    ) -> Prepared | None:
        """Check a message in the transaction that puts it out, so that it can leave right after the commit.

        The caller holds the lock on the person and `job`, and goes on with `hand_over` without waiting for anything.
        None when it does not leave now; what becomes of it is settled then.
        """
        return await self._check(session, job, message, address, conversation, since=None)

    async def hand_over(self, job: LeasedJob, prepared: Prepared) -> None:
        """Send what is committed as `sending`, and remember how that ended."""
        try:
            async with asyncio.timeout(HANDING_OVER):
                sent = await prepared.channel.send(prepared.message)
        except TimeoutError:
            await self._failed(job, prepared.message.message_id, UnknownOutcome())
        except SendError as error:
            await self._failed(job, prepared.message.message_id, error)
        else:
            await self._sent(job, prepared, sent)

    async def _is_absent(self, job: LeasedJob, prepared: Prepared, since: datetime) -> bool:
        """Ask the provider; False when that settled the message, or has to be asked again."""
        try:
            async with asyncio.timeout(HANDING_OVER):
                found = await prepared.channel.find(prepared.message, since.timestamp())
        except TimeoutError:
            await self._failed(job, prepared.message.message_id, Unavailable(), may_be_there=True)
            return False
        except SendError as error:
            await self._failed(job, prepared.message.message_id, error, may_be_there=True)
            return False
        if found is not None:
            await self._sent(job, prepared, found)
        return found is None

    async def _prepare(self, job: LeasedJob, *, absent: bool = False) -> Prepared | None:
        """Check and mark as sending; None when there is nothing (more) to hand over."""
        async with self._database.transaction() as session:
            row = await _load(session, job.payload["message_id"])
            if row is None or row[0].status not in (Status.QUEUED, Status.SENDING):
                await queue.complete(session, job)
                return None
            message, address, conversation = row
            since = message.status_at if message.status == Status.SENDING and not absent else None
            prepared = await self._check(session, job, message, address, conversation, since=since)
            if prepared is not None:
                await queue.renew(session, job)
            return prepared

    async def _check(
        self,
        session: AsyncSession,
        job: LeasedJob,
        message: Message,
        address: Address,
        conversation: Conversation,
        *,
        since: datetime | None,
    ) -> Prepared | None:
        channel = self._channels.get(message.channel)
        if channel is None:
            await self._settle(session, job, message, Status.FAILED, "dit kanaal staat uit")
            return None
        if since is None:
            if is_outdated(message, conversation):
                await self._settle(session, job, message, Status.WITHHELD, "een mens nam het over")
                return None
            verdict = may_send(message, address, datetime.now(BRUSSELS))
            if verdict.until is not None:
                message.status = Status.QUEUED
                wait = verdict.until - datetime.now(BRUSSELS)
                await queue.postpone(session, job, delay=wait, reason=verdict.reason)
                return None
            if not verdict.allowed:
                await self._settle(session, job, message, Status.WITHHELD, verdict.reason)
                return None
            if message.status == Status.QUEUED:
                await session.execute(_SENDING, {"id": message.id})
            else:
                message.status_at = func.now()
        subject, answers = await before(session, message)
        outgoing = Outgoing(
            message_id=message.id, path=address.path, text=message.text, language=message.language,
            choices=tuple(Choice(label=c["label"], value=c["value"]) for c in message.choices),
            others=await _others(session, message, since) if since else frozenset(),
            human=message.author == Author.STAFF, purpose=message.purpose, subject=subject, answers=answers,
        )  # fmt: skip
        return Prepared(channel=channel, message=outgoing, since=since)

    async def _sent(self, job: LeasedJob, prepared: Prepared, sent: Sent) -> None:
        channel, message_id = prepared.channel.name, prepared.message.message_id
        done = await self._database.once(
            _SENT,
            {
                "job_id": job.id, "fence": job.fence, "id": message_id, "channel": channel,
                "external_id": sent.external_id, "segments": sent.parts,
            },
        )  # fmt: skip
        if done is None or done.others is None:
            raise LeaseLost(f"job {job.id}: the lease was lost")
        wakeups = self._database.wakeups
        wakeups.publish(events.TOPIC)
        if done.others:
            wakeups.publish(queue.TOPIC)
        if done.parked or sent.status not in (Status.QUEUED, Status.SENT):
            async with self._database.transaction() as session:
                if sent.status not in (Status.QUEUED, Status.SENT):
                    await set_status(session, Message.id == message_id, sent.status)
                await apply_parked(session, channel, sent.external_id)

    async def _failed(
        self, job: LeasedJob, message_id: int, error: SendError, *, may_be_there: bool = False
    ) -> None:
        """Try again what can be, settle the rest. `may_be_there`: it was the look-up that failed."""
        log.warning("message %s: %s (%s)", message_id, type(error).__name__, error.reason)
        async with self._database.transaction() as session:
            message = await session.get_one(Message, message_id)
            age = datetime.now(BRUSSELS) - message.created_at
            unknown = isinstance(error, UnknownOutcome)
            if isinstance(error, UnknownOutcome) and error.external_id:
                message.external_id = error.external_id  # by which later news finds it
            again = error.retryable or (unknown and not may_be_there)
            if again and age < GIVE_UP_AFTER:
                if error.retryable and not may_be_there:
                    message.status = Status.QUEUED  # nothing was handed over
                message.status_reason = error.reason
                wait = timedelta(seconds=error.retry_after) if error.retry_after else _backoff(age)
                wait = max(wait, LOOK_UP_AFTER) if unknown else wait
                await queue.postpone(session, job, delay=wait, reason=error.reason)
                return
            if isinstance(error, OptedOut):
                address = await session.get_one(Address, message.address_id)
                address.opted_out_at = func.now()
            if isinstance(error, Blocked | Unreachable):
                address = await session.get_one(Address, message.address_id)
                address.blocked_at = func.coalesce(Address.blocked_at, func.now())
            status = Status.UNKNOWN if unknown or may_be_there else Status.FAILED
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


async def _load(session: AsyncSession, message_id: int) -> tuple[Message, Address, Conversation] | None:
    """The message and what decides over it, after locking the person: as every writer of a thread does first.

    Without that lock two writers would wait for each other. It spares the keys, which other rows point at.
    """
    whose = select(Message.person_id).where(Message.id == message_id)
    await session.scalar(
        select(Person.id).where(Person.id == whose.scalar_subquery()).with_for_update(key_share=True)
    )
    row = await session.execute(
        select(Message, Address, Conversation)
        .join(Address, Address.id == Message.address_id)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Message.id == message_id)
    )
    found = row.one_or_none()
    return None if found is None else (found[0], found[1], found[2])


async def _others(session: AsyncSession, message: Message, since: datetime) -> frozenset[str]:
    ids = await session.scalars(
        select(Message.external_id).where(
            Message.address_id == message.address_id,
            Message.direction == Direction.OUT,
            Message.status_at > since - GIVE_UP_AFTER,
            Message.external_id.is_not(None),
        )
    )
    return frozenset(filter(None, ids))


def _backoff(age: timedelta) -> timedelta:
    """Half as long again as it has waited already, between a second and a minute; never all at the same moment."""
    return min(max(age / 2, timedelta(seconds=1)), LONGEST_WAIT) * random.uniform(0.8, 1.2)


def is_outdated(message: Message, conversation: Conversation) -> bool:
    """A bot reply leaves only while the conversation is as it was when the reply was computed."""
    if message.needs_version is None:
        return False
    return conversation.version != message.needs_version or conversation.holder == Holder.STAFF
