"""Is the provider of a channel well? One row a channel, so that all processes agree.

After FAILURES in a row nothing more is handed over for a while; then one message is tried, and only when that goes
well do the others follow. The queue stays as it is, in its order, and other channels notice nothing. A provider that
says how long to wait is left alone that long. A wrong account suspends the channel: the same, for longer, with an
alert. All times are the database's.
"""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Interval, func, select, text, type_coerce, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from channels import abilities
from data import events
from data.tables import ChannelHealth, ChannelState

FAILURES = 5
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=5)
SUSPENDED_FOR = timedelta(minutes=15)
PROBE = timedelta(seconds=45)  # longer than handing over one message can take
FRESH = 1.0  # seconds that a channel is taken to be as well as it was
AFTER_PROBE = timedelta(seconds=2)  # when somebody else is trying

_FAILED = text(
    """
    INSERT INTO channel_state AS s (channel, failures, reason) VALUES (:channel, 1, :reason)
    ON CONFLICT (channel) DO UPDATE SET
        failures = s.failures + 1, reason = excluded.reason, probing_until = NULL, changed_at = now(),
        health = CASE WHEN s.health = 'on' AND s.failures + 1 >= :most THEN 'paused' ELSE s.health END,
        until = CASE WHEN s.failures + 1 >= :most OR s.health <> 'on'
            THEN now() + least(CAST(:longest AS interval), CAST(:first AS interval)
                               * power(2, least(10, greatest(0, s.failures + 1 - :most))))
            ELSE s.until END
    WHERE s.until IS NULL OR s.until <= now()
    RETURNING health, failures
    """  # what fails while it is paused already was on its way before: it makes no pause longer
)


@dataclass(frozen=True, kw_only=True)
class Seen:
    """The state of a channel as one message found it. `wait`: until it may be tried; zero or less: now."""

    health: ChannelHealth
    failures: int
    wait: timedelta
    reason: str

    @property
    def troubled(self) -> bool:
        return self.failures > 0 or self.health != ChannelHealth.ON


WELL = Seen(health=ChannelHealth.ON, failures=0, wait=timedelta(0), reason="")
WAIT = type_coerce(ChannelState.until - func.now(), Interval())
"""For the query that loads a message: how long its channel rests."""


def seen(state: ChannelState | None, wait: timedelta | None) -> Seen:
    if state is None:
        return WELL
    return Seen(
        health=ChannelHealth(state.health), failures=state.failures, wait=wait or timedelta(0),
        reason=state.reason or "",
    )  # fmt: skip


class Latest:
    """The state of channels as this process saw it last: a channel that was well a moment ago is not asked again."""

    def __init__(self) -> None:
        self._well: dict[str, float] = {}

    async def of(self, session: AsyncSession, channel: str) -> Seen:
        now = asyncio.get_running_loop().time()
        if now - self._well.get(channel, -FRESH) < FRESH:
            return WELL
        query = select(ChannelState, WAIT).where(ChannelState.channel == channel)
        row = (await session.execute(query)).one_or_none()
        found = WELL if row is None else seen(row[0], row[1])
        if not found.troubled:
            self._well[channel] = now
        return found

    def forget(self, channel: str) -> None:
        self._well.pop(channel, None)


async def may_try(session: AsyncSession, channel: str, found: Seen) -> timedelta:
    """How long to wait before handing over; zero: go. Of many that come when a pause ends, one goes."""
    if found.health in (ChannelHealth.ON, ChannelHealth.OFF):
        return timedelta(0)
    if found.wait > timedelta(0):
        return found.wait
    mine = await session.scalar(
        update(ChannelState)
        .where(
            ChannelState.channel == channel,
            ChannelState.health.in_((ChannelHealth.PAUSED, ChannelHealth.SUSPENDED)),
            ChannelState.until <= func.now(),
            func.coalesce(ChannelState.probing_until, func.now()) <= func.now(),
        )
        .values(probing_until=func.now() + PROBE)
        .returning(ChannelState.channel)
    )
    return timedelta(0) if mine is not None else AFTER_PROBE


async def went_well(session: AsyncSession, channel: str) -> None:
    """The provider took a message: whatever was wrong is over."""
    await session.execute(
        update(ChannelState)
        .where(ChannelState.channel == channel, ChannelState.health != ChannelHealth.OFF)
        .values(
            health=ChannelHealth.ON, failures=0, until=None, probing_until=None, reason=None,
            changed_at=func.now(),
        )
    )  # fmt: skip


async def failed(session: AsyncSession, channel: str, reason: str) -> bool:
    """Count a failure; True when this one paused the channel."""
    row = (
        await session.execute(
            _FAILED,
            {
                "channel": channel, "reason": reason, "most": FAILURES, "first": FIRST_PAUSE,
                "longest": LONGEST_PAUSE,
            },
        )
    ).one_or_none()  # fmt: skip
    paused = row is not None and row.health == ChannelHealth.PAUSED and row.failures == FAILURES
    if paused:
        await events.record(session, "channel.paused", data={"channel": channel})
    return paused


async def rest(session: AsyncSession, channel: str, wait: timedelta, reason: str) -> None:
    """The provider asked us to be quiet for `wait`."""
    await _set(session, channel, ChannelHealth.PAUSED, wait, reason)


async def suspend(session: AsyncSession, channel: str, reason: str) -> bool:
    """Our account is wrong; True when that is news."""
    known = await session.scalar(
        select(ChannelState.health).where(ChannelState.channel == channel).with_for_update()
    )
    await _set(session, channel, ChannelHealth.SUSPENDED, SUSPENDED_FOR, reason)
    if known == ChannelHealth.SUSPENDED:
        return False
    await events.record(session, "channel.suspended", data={"channel": channel})
    return True


async def try_now(session: AsyncSession, channel: str, *, staff_id: int | None = None) -> bool:
    """Somebody mended it, or thinks so: the next message is a probe. False when the channel is not resting."""
    found = await session.scalar(
        update(ChannelState)
        .where(
            ChannelState.channel == channel,
            ChannelState.health.in_((ChannelHealth.PAUSED, ChannelHealth.SUSPENDED)),
        )
        .values(until=func.now(), probing_until=None)
        .returning(ChannelState.channel)
    )
    if found is not None:
        await events.record(session, "channel.tried", staff_id=staff_id, data={"channel": channel})
        await session.execute(_HURRY, {"channel": channel})
    return found is not None


_HURRY = text(
    "UPDATE job SET run_at = now() WHERE state = 'ready' AND kind = 'send' AND lease_owner IS NULL "
    "AND run_at > now() AND payload ->> 'channel' = :channel AND last_error = ANY(ARRAY['paused', 'suspended'])"
)


async def announce(session: AsyncSession, channels: list[str]) -> None:
    """What a starting hub has: these channels are there, all others that we know are off."""
    for channel in sorted({*channels, *abilities.CHANNELS}):
        known = ChannelHealth.ON if channel in channels else ChannelHealth.OFF
        await session.execute(
            insert(ChannelState).values(channel=channel, health=known).on_conflict_do_nothing()
        )
    await session.execute(
        update(ChannelState)
        .where(ChannelState.channel.in_(channels), ChannelState.health == ChannelHealth.OFF)
        .values(health=ChannelHealth.ON, failures=0, until=None, changed_at=func.now())
    )
    await session.execute(
        update(ChannelState)
        .where(ChannelState.channel.not_in(channels))
        .values(health=ChannelHealth.OFF, changed_at=func.now())
    )


async def _set(
    session: AsyncSession, channel: str, health: ChannelHealth, wait: timedelta, reason: str
) -> None:
    until = func.now() + wait
    values = {"health": health, "until": until, "reason": reason, "changed_at": func.now()}
    statement = insert(ChannelState).values(channel=channel, **values)
    later = func.greatest(ChannelState.until, statement.excluded.until)
    keeps = ChannelState.health == ChannelHealth.SUSPENDED if health == ChannelHealth.PAUSED else None
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["channel"],
            set_=values | {"until": later, "probing_until": None},
            where=~keeps if keeps is not None else None,
        )
    )
