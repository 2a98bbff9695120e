"""The job queue: leases in PostgreSQL, one job of a key at a time, nothing lost when a process dies.

A job is inserted in the transaction of the change that asks for it. It may be born leased to the process that
makes it, which then runs it at once; if that process dies, the lease runs out and any process claims it.
Attempts are counted when a lease is taken, so a job that kills its process ends as dead, not as a loop.
"""

import os
import secrets
import socket
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

from sqlalchemy import TextClause, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from data.db import after_commit

LEASE = timedelta(seconds=30)
LOST_AFTER = timedelta(seconds=3)  # a lease that is younger may belong to a job that is just being started
MAX_ATTEMPTS = 5
TOPIC = "job"


class Lane(IntEnum):
    """Lower goes first."""

    REPLY = 0
    FOLLOW_UP = 1
    BULK = 2


class LeaseLost(RuntimeError):
    """Another process took the job over; this transaction must not be committed."""


@dataclass(frozen=True, kw_only=True)
class LeasedJob:
    """A job this process may work on until `lease_until`; `fence` proves it."""

    id: int
    kind: str
    key: str
    lane: int
    payload: dict[str, Any]
    attempts: int
    fence: int
    lease_until: datetime


def process_name() -> str:
    """A name for this process that no other process, and no restart, shares."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


_COLUMNS = "id, kind, key, lane, payload, attempts, fence, lease_until"

_ENQUEUE = text(
    f"""
    INSERT INTO job (kind, key, lane, payload, run_at, dedupe, lease_owner, lease_until, fence, attempts)
    SELECT :kind, :key, :lane, :payload, now() + :delay, :dedupe,
           CASE WHEN free THEN CAST(:owner AS text) END, CASE WHEN free THEN now() + :lease END,
           CASE WHEN free THEN 1 ELSE 0 END, CASE WHEN free THEN 1 ELSE 0 END
    FROM (SELECT CAST(:owner AS text) IS NOT NULL AND NOT EXISTS (
              SELECT 1 FROM job WHERE key = :key AND state = 'ready') AS free) AS head
    ON CONFLICT (dedupe) WHERE dedupe IS NOT NULL DO NOTHING
    RETURNING {_COLUMNS}, lease_owner
    """  # noqa: S608 - constant columns
).bindparams(bindparam("payload", type_=JSONB))

_ENQUEUE_MANY = text(
    f"""
    INSERT INTO job (kind, key, payload, lease_owner, lease_until, fence, attempts)
    SELECT :kind, key, payload, CASE WHEN free THEN CAST(:owner AS text) END, CASE WHEN free THEN now() + :lease END,
           CASE WHEN free THEN 1 ELSE 0 END, CASE WHEN free THEN 1 ELSE 0 END
    FROM (
        SELECT key, payload, place, CAST(:owner AS text) IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM job WHERE job.key = given.key AND state = 'ready') AS free
        FROM unnest(CAST(:keys AS text[]), CAST(:payloads AS jsonb[])) WITH ORDINALITY AS given (key, payload, place)
    ) AS head ORDER BY place
    RETURNING {_COLUMNS}, lease_owner
    """  # noqa: S608 - constant columns
).bindparams(bindparam("payloads", type_=ARRAY(JSONB)))

_CLAIM = text(
    f"""
    WITH due AS (
        SELECT id FROM job AS j
        WHERE state = 'ready' AND run_at <= now() AND (lease_until IS NULL OR lease_until < now())
          AND kind = ANY(:kinds)
          AND NOT EXISTS (SELECT 1 FROM job AS e WHERE e.key = j.key AND e.state = 'ready' AND e.id < j.id)
        ORDER BY lane, run_at, id
        LIMIT :count
        FOR UPDATE SKIP LOCKED
    )
    UPDATE job SET lease_owner = :owner, lease_until = now() + :lease, fence = fence + 1, attempts = attempts + 1
    FROM due WHERE job.id = due.id
    RETURNING {", ".join("job." + c.strip() for c in _COLUMNS.split(","))}
    """  # noqa: S608 - constant columns
)

COMPLETE = (  # also as a part of other statements; a row comes back only if the lease held
    "UPDATE job SET state = 'done', done_at = now(), lease_owner = NULL, lease_until = NULL "
    "WHERE id = :job_id AND fence = :fence AND state = 'ready' "
    "RETURNING EXISTS (SELECT 1 FROM job AS n WHERE n.key = job.key AND n.state = 'ready' AND n.id <> job.id) AS others"
)
_COMPLETE = text(COMPLETE)
_RENEW = text(
    "UPDATE job SET lease_until = now() + :lease WHERE id = :id AND fence = :fence AND state = 'ready' "
    "RETURNING lease_until"
)
_RETRY = text(
    "UPDATE job SET run_at = now() + :delay, lease_owner = NULL, lease_until = NULL, last_error = :error "
    "WHERE id = :id AND fence = :fence AND state = 'ready'"
)
_POSTPONE = text(  # not a failure: the attempt does not count
    "UPDATE job SET run_at = now() + :delay, lease_owner = NULL, lease_until = NULL, last_error = :reason, "
    "attempts = 0 WHERE id = :id AND fence = :fence AND state = 'ready'"
)
_RELEASE_DEAD = text(
    "UPDATE job SET lease_owner = NULL, lease_until = NULL "
    "WHERE state = 'ready' AND lease_owner = ANY(:owners) RETURNING id"
)
_RELEASE_LOST = text(
    "UPDATE job SET lease_owner = NULL, lease_until = NULL WHERE state = 'ready' AND lease_owner = :owner "
    "AND id <> ALL(:running) AND lease_until < now() + :fresh RETURNING id"
)
_BURY = text(
    "UPDATE job SET state = 'dead', done_at = now(), lease_owner = NULL, lease_until = NULL, last_error = :error "
    "WHERE id = :id AND fence = :fence AND state = 'ready'"
)
_PURGE = text("DELETE FROM job WHERE state = 'done' AND done_at < now() - CAST(:age AS interval)")


async def enqueue(
    session: AsyncSession,
    kind: str,
    *,
    key: str,
    payload: dict[str, Any],
    lane: Lane = Lane.REPLY,
    delay: timedelta = timedelta(0),
    dedupe: str | None = None,
    owner: str | None = None,
) -> LeasedJob | None:
    """Add a job. With `owner` it is born leased to that process, if no earlier job of its key waits.

    Returns the leased job to run after the commit, or None when it waits for its turn (or `dedupe` exists).
    Callers that need the order of a key must hold a lock on what the key stands for (the person row).
    """
    row = (
        await session.execute(
            _ENQUEUE,
            {
                "kind": kind, "key": key, "lane": int(lane), "payload": payload, "delay": delay,
                "dedupe": dedupe, "owner": owner, "lease": LEASE,
            },
        )
    ).one_or_none()  # fmt: skip
    if row is None:
        return None
    if row.lease_owner is None:
        after_commit(session, TOPIC)
        return None
    return _leased(row)


async def enqueue_many(
    session: AsyncSession, kind: str, *, jobs: Sequence[tuple[str, dict[str, Any]]], owner: str | None
) -> list[LeasedJob | None]:
    """Add jobs, each a key of its own and a payload, as `enqueue` does; what comes back is in their order."""
    values = {
        "kind": kind, "owner": owner, "lease": LEASE, "keys": [key for key, _ in jobs],
        "payloads": [payload for _, payload in jobs],
    }  # fmt: skip
    rows = {row.key: row for row in await session.execute(_ENQUEUE_MANY, values)}
    if any(row.lease_owner is None for row in rows.values()):
        after_commit(session, TOPIC)
    return [_leased(rows[key]) if rows[key].lease_owner is not None else None for key, _ in jobs]


async def claim(session: AsyncSession, kinds: Collection[str], owner: str, count: int) -> list[LeasedJob]:
    """Lease up to `count` due jobs that are first of their key."""
    rows = await session.execute(
        _CLAIM, {"kinds": list(kinds), "count": count, "owner": owner, "lease": LEASE}
    )
    return sorted((_leased(row) for row in rows), key=lambda job: (job.lane, job.id))


async def complete(session: AsyncSession, job: LeasedJob) -> None:
    """Mark done in the transaction of the work itself; LeaseLost if somebody else has the job now."""
    others = await session.scalar(_COMPLETE, {"job_id": job.id, "fence": job.fence})
    if others is None:
        raise LeaseLost(f"job {job.id}: the lease was lost")
    if others:
        after_commit(session, TOPIC)  # the next job of this key is waiting


async def renew(session: AsyncSession, job: LeasedJob) -> None:
    """Extend the lease, before an action that cannot be undone; LeaseLost if it is gone."""
    if await session.scalar(_RENEW, {"id": job.id, "fence": job.fence, "lease": LEASE}) is None:
        raise LeaseLost(f"job {job.id}: the lease was lost")


async def retry(session: AsyncSession, job: LeasedJob, *, delay: timedelta, error: str) -> None:
    """Give the job back for another attempt after `delay`; LeaseLost if somebody else has it now."""
    await _fenced(session, _RETRY, job, delay=delay, error=error)


async def postpone(session: AsyncSession, job: LeasedJob, *, delay: timedelta, reason: str) -> None:
    """Give the job back for a reason outside it (quiet hours, a provider that is down); attempts start anew.

    LeaseLost if somebody else has it now.
    """
    await _fenced(session, _POSTPONE, job, delay=max(delay, timedelta(0)), reason=reason)


async def release_dead_leases(session: AsyncSession) -> int:
    """Free the leases of processes of this machine that are gone, so that a restart goes on at once.

    A process that lives, or ran on another machine, keeps its leases until they run out. A process that had our
    own number is gone as well: in a container every program is number 1. So this comes before any work starts.
    """
    owners = await session.scalars(
        text("SELECT DISTINCT lease_owner FROM job WHERE state = 'ready' AND lease_owner IS NOT NULL")
    )
    here = socket.gethostname()
    dead = [owner for owner in owners if owner.split(":")[0] == here and not _alive(int(owner.split(":")[1]))]
    freed = (await session.execute(_RELEASE_DEAD, {"owners": dead})).all() if dead else []
    if freed:
        after_commit(session, TOPIC)
    return len(freed)


async def release_lost_leases(session: AsyncSession, owner: str, running: Collection[int]) -> int:
    """Free the leases of `owner` on jobs that it is not running: the database went away before it heard of them,
    or before it could say how they ended. The fence keeps this safe even when it is wrong.
    """
    values = {"owner": owner, "running": list(running), "fresh": LEASE - LOST_AFTER}
    freed = (await session.execute(_RELEASE_LOST, values)).all()
    if freed:
        after_commit(session, TOPIC)
    return len(freed)


def _alive(pid: int) -> bool:
    if pid == os.getpid():
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


async def bury(session: AsyncSession, job: LeasedJob, error: str) -> None:
    """Make the job dead: shown to staff, never run again by itself; later jobs of its key go on.

    LeaseLost if somebody else has it now.
    """
    await _fenced(session, _BURY, job, error=error)
    after_commit(session, TOPIC)


async def purge(session: AsyncSession, age: timedelta) -> None:
    """Delete jobs done longer ago than `age`."""
    await session.execute(_PURGE, {"age": age})


def backoff(attempts: int, *, base: float = 1.0, ceiling: float = 300.0) -> timedelta:
    """Seconds to wait before attempt `attempts` + 1: doubling from `base` up to `ceiling`."""
    return timedelta(seconds=min(ceiling, base * 2 ** max(0, attempts - 1)))


async def _fenced(session: AsyncSession, statement: TextClause, job: LeasedJob, **values: Any) -> None:
    done = await session.execute(statement, {"id": job.id, "fence": job.fence, **values})
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise LeaseLost(f"job {job.id}: the lease was lost")


def _leased(row: Any) -> LeasedJob:
    return LeasedJob(
        id=row.id, kind=row.kind, key=row.key, lane=row.lane, payload=row.payload,
        attempts=row.attempts, fence=row.fence, lease_until=row.lease_until,
    )  # fmt: skip
