"""What is learnt when a message does not leave: about its channel, or about its address."""

import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession

from channels import health, pace
from channels.base import (
    Blocked,
    Misconfigured,
    OptedOut,
    Rejected,
    SendError,
    Throttled,
    Unavailable,
    UnknownOutcome,
    Unreachable,
)
from data.tables import Address, Message
from data.translation import N_

log = logging.getLogger(__name__)
Warn = Callable[[AsyncSession, str, str], Awaitable[None]]


async def learn(session: AsyncSession, message: Message, error: SendError, warn: Warn | None) -> None:
    """Remember what a failure says of its channel, or of its address."""
    channel = message.channel
    match error:
        case Misconfigured():
            if await health.suspend(session, channel, error.reason):
                log.error("channel %s is misconfigured: %s", channel, error.reason)
                await _tell(session, warn, "channel_suspended", channel)
        case Throttled():
            wait = timedelta(seconds=error.retry_after or 1.0)
            if error.one_address:
                await pace.hold_back(session, message, wait)
            else:
                await health.rest(session, channel, wait, error.reason)
        case Unavailable() | UnknownOutcome():
            if await health.failed(session, channel, error.reason):
                log.error("channel %s rests after %s failures: %s", channel, health.FAILURES, error.reason)
                await _tell(session, warn, "channel_paused", channel)
        case OptedOut():
            address = await session.get_one(Address, message.address_id)
            address.opted_out_at, address.reminders_off = func.now(), True
            address.opt_out_reason = N_("bij de provider")
        case Blocked():
            address = await session.get_one(Address, message.address_id)
            address.blocked_at = func.coalesce(Address.blocked_at, func.now())
        case Unreachable() | Rejected(one_address=True):
            address = await session.get_one(Address, message.address_id)
            address.unreachable = error.reason


async def _tell(session: AsyncSession, warn: Warn | None, what: str, channel: str) -> None:
    if warn is not None:
        await warn(session, what, channel)
