"""How each channel is doing: what went in and out, what failed, what waits, and what is dead."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncSession

from data import events, queue
from data.db import after_commit
from data.tables import ChannelState

# A channel is silent when nothing came for longer than it ever was quiet lately, and for at least LEAST.
LEAST = timedelta(hours=6)
QUIETER = 1.5  # times the longest silence of the last two weeks
NORMAL = 20  # messages in two weeks, before silence means anything


@dataclass(frozen=True, kw_only=True)
class ChannelLine:
    """One channel as people read it. `error_rate` is of the last hour, None when nothing left."""

    channel: str
    health: str
    reason: str | None
    until: datetime | None
    silent_since: datetime | None
    last_in: datetime | None
    last_out: datetime | None
    sent: int
    failed: int
    queued: int
    held: int
    oldest: datetime | None

    @property
    def error_rate(self) -> float | None:
        return self.failed / (self.sent + self.failed) if self.sent + self.failed else None


@dataclass(frozen=True, kw_only=True)
class DeadJob:
    """A job that was given up."""

    id: int
    kind: str
    error: str | None
    at: datetime
    attempts: int
    person_id: int | None
    channel: str | None


_LINES = text(
    """
    WITH known AS (
        SELECT channel FROM channel_state
        UNION SELECT channel FROM message WHERE created_at > now() - interval '14 days' GROUP BY channel
    ), lately AS (
        SELECT channel,
            count(*) FILTER (WHERE status IN ('sent', 'delivered', 'read')) AS sent,
            count(*) FILTER (WHERE status IN ('failed', 'unknown')) AS failed
        FROM message WHERE direction = 'out' AND created_at > now() - interval '1 hour' GROUP BY channel
    ), waiting AS (
        SELECT payload ->> 'channel' AS channel, count(*) AS queued, min(created_at) AS oldest
        FROM job WHERE state = 'ready' AND kind = 'send' GROUP BY 1
    )
    SELECT k.channel, COALESCE(s.health, 'off') AS health, s.reason, s.until, s.silent_since,
        (SELECT m.created_at FROM message m WHERE m.channel = k.channel AND m.direction = 'in'
         ORDER BY m.id DESC LIMIT 1) AS last_in,
        (SELECT m.status_at FROM message m WHERE m.channel = k.channel AND m.direction = 'out'
            AND m.status IN ('sent', 'delivered', 'read') ORDER BY m.id DESC LIMIT 1) AS last_out,
        COALESCE(l.sent, 0) AS sent, COALESCE(l.failed, 0) AS failed, COALESCE(w.queued, 0) AS queued, w.oldest,
        (SELECT count(*) FROM message m WHERE m.status = 'held' AND m.channel = k.channel) AS held
    FROM known k LEFT JOIN channel_state s USING (channel) LEFT JOIN lately l USING (channel)
        LEFT JOIN waiting w USING (channel)
    ORDER BY k.channel
    """
)
_DEAD = text(
    """
    SELECT j.id, j.kind, j.last_error AS error, j.done_at AS at, j.attempts, m.person_id, m.channel
    FROM job j LEFT JOIN message m ON m.id = CAST(j.payload ->> 'message_id' AS bigint)
    WHERE j.state = 'dead' ORDER BY j.id DESC LIMIT 100
    """
)
_REVIVE = text(
    "UPDATE job SET state = 'ready', attempts = 0, run_at = now(), done_at = NULL, lease_owner = NULL, "
    "lease_until = NULL WHERE id = :id AND state = 'dead' RETURNING kind, payload"
)
_SILENT = text(
    """
    WITH gaps AS (
        SELECT channel, created_at, created_at - lag(created_at) OVER (PARTITION BY channel ORDER BY created_at) AS gap
        FROM message WHERE direction = 'in' AND created_at > now() - interval '14 days'
    )
    SELECT g.channel, max(g.created_at) AS last
    FROM gaps g JOIN channel_state s USING (channel)
    WHERE s.health <> 'off'
    GROUP BY g.channel
    HAVING count(*) >= :normal
        AND now() - max(g.created_at) > greatest(CAST(:least AS interval), max(g.gap) * CAST(:quieter AS float8))
    """
)


async def lines(session: AsyncSession) -> Sequence[ChannelLine]:
    """Every channel we know of, by name."""
    return [ChannelLine(**row._mapping) for row in await session.execute(_LINES)]


async def dead(session: AsyncSession) -> Sequence[DeadJob]:
    """The jobs that were given up, the newest first."""
    return [DeadJob(**row._mapping) for row in await session.execute(_DEAD)]


async def revive(session: AsyncSession, job_id: int, *, by_id: int | None) -> bool:
    """Let a dead job run once more, from the start; False when somebody did already."""
    row = (await session.execute(_REVIVE, {"id": job_id})).one_or_none()
    if row is None:
        return False
    await events.record(session, "job.revived", staff_id=by_id, data={"job_id": job_id, "kind": row.kind})
    after_commit(session, queue.TOPIC)
    return True


async def notice_silence(session: AsyncSession) -> Sequence[str]:
    """The channels that fell silent since the last look: our webhook may be switched off at the provider."""
    values = {"normal": NORMAL, "least": LEAST, "quieter": QUIETER}
    silent = {row.channel: row.last for row in await session.execute(_SILENT, values)}
    news = []
    for channel, last in silent.items():
        told = await session.scalar(
            update(ChannelState)
            .where(ChannelState.channel == channel, ChannelState.silent_since.is_distinct_from(last))
            .values(silent_since=last)
            .returning(ChannelState.channel)
        )
        news += [channel] if told is not None else []
    await session.execute(
        update(ChannelState)
        .where(ChannelState.channel.not_in(list(silent)), ChannelState.silent_since.is_not(None))
        .values(silent_since=None)
    )
    return news
