"""Handing messages to providers: check at the last moment, say so before, remember after.

    queued ─ checks ─► sending (committed) ─ channel.send ─► sent (committed, with the provider's id)

What stays `sending` (a process died, or the answer never came) may have arrived. Whoever has the job then asks the
provider whether it has the message; only if it certainly has not, the message goes through the checks again. When
nobody can tell, staff see it as unknown. It is never sent again blindly.

A channel that rests (`health`), is at its pace (`pace`) or is slow (`bulkhead`) gives its messages back to the queue,
where they keep their order and hold up no other channel.
"""

import asyncio
import logging
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, text
from sqlalchemy.ext.asyncio import AsyncSession

from channels import health, held, pace, quiet
from channels.base import (
    Channel,
    Misconfigured,
    Outgoing,
    SendError,
    Sent,
    Unavailable,
    UnknownOutcome,
)
from channels.bulkhead import Bulkhead
from channels.failures import Warn, learn
from channels.health import Latest
from channels.opt_outs import OptOuts
from channels.outbox import apply_parked, set_status
from channels.outgoing import Loaded, load, outgoing
from channels.pace import LIMITS, Limits
from channels.plan import may_write_first
from channels.policy import FIRST, QUIET, may_send
from data import events, queue
from data.db import Database
from data.queue import Lane, LeasedJob, LeaseLost
from data.tables import (
    Address,
    Author,
    Conversation,
    Holder,
    Message,
    Status,
)
from data.translation import N_

log = logging.getLogger(__name__)
BRUSSELS = ZoneInfo("Europe/Brussels")
GIVE_UP_AFTER = timedelta(hours=24)
LONGEST_WAIT = timedelta(minutes=1)  # between two attempts, unless the provider asks for more
LOOK_UP_AFTER = timedelta(seconds=10)  # until the provider surely knows what it took
HANDING_OVER = 20.0  # seconds for one call to the provider, well within the lease
WHEN_SLOW = timedelta(seconds=2)  # until a message looks again whether its slow channel has a place
AT_ONCE = 6  # messages of one channel being handed over in one process
NOW = timedelta(0)
TAKEN_OVER = N_("een mens nam het over")
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
    """Checked and committed as `sending`; `since` is set when it was that already, so may have arrived."""

    channel: Channel
    message: Outgoing
    since: datetime | None
    troubled: bool = False  # the channel was not well: this one is a probe, or follows failures


class Sender:
    """The handler of send jobs. `warn` tells people of ours, by the name of what happened and a channel."""

    def __init__(
        self,
        database: Database,
        channels: Mapping[str, Channel],
        *,
        opt_outs: OptOuts | None = None,
        limits: Mapping[str, Limits] = LIMITS,
        at_once: int = AT_ONCE,
        warn: Warn | None = None,
    ) -> None:
        self._database = database
        self._channels = channels
        self._opt_outs = opt_outs
        self._limits = limits
        self._bulkhead = Bulkhead(at_once)
        self._latest = Latest()
        self._warn = warn

    async def handle(self, job: LeasedJob) -> None:
        """Send the job's message, or settle why it does not leave."""
        channel = job.payload.get("channel", "")
        if not await self._bulkhead.find(channel):
            async with self._database.transaction() as session:
                await queue.postpone(session, job, delay=WHEN_SLOW, reason="slow")
            return
        with self._bulkhead.under_way(channel):
            prepared = await self._prepare(job)
            if prepared is not None and prepared.since is not None:
                if not await self._is_absent(job, prepared, prepared.since):
                    return
                prepared = await self._prepare(job, absent=True)
            if prepared is not None:
                await self._hand_over(job, prepared)

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
        if not self._bulkhead.free(
            message.channel
        ):  # then it goes by the queue, like everything that is not new
            await queue.postpone(session, job, delay=NOW, reason="slow")
            return None
        loaded = Loaded(
            message=message, address=address, conversation=conversation,
            health=await self._latest.of(session, message.channel),
        )  # fmt: skip
        return await self._check(session, job, loaded, since=None)

    async def hand_over(self, job: LeasedJob, prepared: Prepared) -> None:
        """Send what is committed as `sending`, and remember how that ended."""
        with self._bulkhead.under_way(prepared.channel.name):
            await self._hand_over(job, prepared)

    async def _hand_over(self, job: LeasedJob, prepared: Prepared) -> None:
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
            loaded = await load(session, job.payload["message_id"])
            if loaded is None or loaded.message.status not in (Status.QUEUED, Status.SENDING):
                await queue.complete(session, job)
                return None
            message = loaded.message
            since = message.status_at if message.status == Status.SENDING and not absent else None
            prepared = await self._check(session, job, loaded, since=since)
            if prepared is not None:
                await queue.renew(session, job)
            return prepared

    async def _check(
        self, session: AsyncSession, job: LeasedJob, loaded: Loaded, *, since: datetime | None
    ) -> Prepared | None:
        message = loaded.message
        channel = self._channels.get(message.channel)
        if channel is None:
            await self._settle(session, job, message, Status.FAILED, N_("dit kanaal staat uit"))
            return None
        if since is None and not await self._allowed(session, job, loaded):
            return None
        wait = await health.may_try(session, message.channel, loaded.health)
        if wait > NOW:
            await self._rests(session, job, loaded, wait, since)
            return None
        if since is None:
            if (wait := await self._turn(session, job, message)) > NOW:
                await queue.postpone(session, job, delay=wait, reason="pace")
                return None
            if message.status == Status.QUEUED:
                await session.execute(_SENDING, {"id": message.id})
            else:
                message.status_at = func.now()
        return Prepared(
            channel=channel, since=since, troubled=loaded.health.troubled,
            message=await outgoing(session, message, loaded.address, since),
        )  # fmt: skip

    async def _allowed(self, session: AsyncSession, job: LeasedJob, loaded: Loaded) -> bool:
        """Whether it may leave now; if not, it is settled, held, or put off here."""
        message, address = loaded.message, loaded.address
        if is_outdated(message, loaded.conversation):
            await self._settle(session, job, message, Status.WITHHELD, TAKEN_OVER)
            return False
        now = datetime.now(BRUSSELS)
        consented, undisturbed = True, QUIET
        if message.purpose in FIRST:
            undisturbed = await quiet.hours(session, message.person_id)
            if address.opted_out_at is None and self._opt_outs is not None:
                await self._opt_outs.recall(session, address, now=now)
            if message.purpose == "follow_up" and message.author == Author.STAFF:
                consented = await may_write_first(session, message.person_id, now=now)
        verdict = may_send(message, address, now, consented=consented, quiet=undisturbed)
        if verdict.allowed:
            return True
        message.status = Status.QUEUED
        if verdict.until is not None:
            await queue.postpone(session, job, delay=verdict.until - now, reason=verdict.reason)
        elif verdict.shut and _waits_for_client(message) and await held.hold(session, message, now=now):
            await queue.complete(session, job)
        else:
            await self._settle(session, job, message, Status.WITHHELD, verdict.reason)
        return False

    async def _rests(
        self, session: AsyncSession, job: LeasedJob, loaded: Loaded, wait: timedelta, since: datetime | None
    ) -> None:
        """The channel rests: the message keeps its place, until it is too old to be of use."""
        message = loaded.message
        if datetime.now(BRUSSELS) - message.created_at >= GIVE_UP_AFTER:
            status = Status.UNKNOWN if since is not None else Status.FAILED
            await self._settle(session, job, message, status, loaded.health.reason)
            return
        if since is None:
            message.status, message.status_reason = Status.QUEUED, loaded.health.reason
        await queue.postpone(session, job, delay=wait * random.uniform(1, 1.1), reason=loaded.health.health)

    async def _turn(self, session: AsyncSession, job: LeasedJob, message: Message) -> timedelta:
        """How long until its channel's pace lets it leave. It waits once: then it has had its turn."""
        limits = self._limits.get(message.channel)
        if limits is None or message.slot_at is not None:
            return NOW
        wait = await pace.book(session, message, Lane(job.lane), limits)
        if wait > NOW:
            message.slot_at, message.status = func.now() + wait, Status.QUEUED
        return wait

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
        if prepared.troubled:
            async with self._database.transaction() as session:
                await health.went_well(session, channel)

    async def _failed(
        self, job: LeasedJob, message_id: int, error: SendError, *, may_be_there: bool = False
    ) -> None:
        """Try again what can be, settle the rest. `may_be_there`: it was the look-up that failed."""
        log.warning("message %s: %s (%s)", message_id, type(error).__name__, error.reason)
        async with self._database.transaction() as session:
            message = await session.get_one(Message, message_id)
            unknown = isinstance(error, UnknownOutcome)
            if not (unknown and may_be_there):  # that a provider cannot tell says nothing of how it is
                self._latest.forget(message.channel)
                await learn(session, message, error, self._warn)
            age = datetime.now(BRUSSELS) - message.created_at
            unknown = isinstance(error, UnknownOutcome)
            if isinstance(error, UnknownOutcome) and error.external_id:
                message.external_id = error.external_id  # by which later news finds it
            kept = error.retryable or isinstance(error, Misconfigured)  # nothing was handed over
            if (kept or (unknown and not may_be_there)) and age < GIVE_UP_AFTER:
                if kept and not may_be_there:
                    message.status, message.slot_at = Status.QUEUED, None
                message.status_reason = error.reason
                wait = timedelta(seconds=error.retry_after) if error.retry_after else _backoff(age)
                wait = max(wait, LOOK_UP_AFTER) if unknown else wait
                reason = "suspended" if isinstance(error, Misconfigured) else error.reason
                await queue.postpone(session, job, delay=wait, reason=reason)
                return
            status = Status.UNKNOWN if unknown or may_be_there else Status.FAILED
            await self._settle(session, job, message, status, error.reason)

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


def _backoff(age: timedelta) -> timedelta:
    """Half as long again as it has waited already, between a second and a minute; never all at the same moment."""
    return min(max(age / 2, timedelta(seconds=1)), LONGEST_WAIT) * random.uniform(0.8, 1.2)


def is_outdated(message: Message, conversation: Conversation) -> bool:
    """A bot reply leaves only while the conversation is as it was when the reply was computed."""
    if message.needs_version is None:
        return False
    return conversation.version != message.needs_version or conversation.holder == Holder.STAFF


def _waits_for_client(message: Message) -> bool:
    """An answer by one of ours is kept until the client can be written again; what we write first goes another way."""
    return message.author == Author.STAFF and message.purpose == "reply"
