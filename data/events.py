"""The append-only event log: one call to record, one to read what is new."""

from collections.abc import Collection, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import bindparam, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from data.db import after_commit
from data.tables import Event

TOPIC = "events"
_INSERT = text(  # several for each message: plain SQL costs a third of what building it anew would
    "INSERT INTO event (kind, person_id, conversation_id, region_id, staff_id, data) "
    "VALUES (:kind, :person_id, :conversation_id, :region_id, :staff_id, :data) RETURNING id"
).bindparams(bindparam("data", type_=JSONB))


async def record(
    session: AsyncSession,
    kind: str,
    *,
    person_id: int | None = None,
    conversation_id: int | None = None,
    region_id: str | None = None,
    staff_id: int | None = None,
    data: dict[str, Any] | None = None,
) -> int:
    """Write an event in the running transaction and wake its readers after the commit. Returns its id.

    `data` holds ids and codes, never what a person wrote.
    """
    event_id: int = await session.scalar(
        _INSERT,
        {
            "kind": kind, "person_id": person_id, "conversation_id": conversation_id, "region_id": region_id,
            "staff_id": staff_id, "data": data or {},
        },
    )  # fmt: skip
    after_commit(session, TOPIC)
    return event_id


def fill(row: Any, filled: Any, *, new: bool, unsaid: Collection[str] = ()) -> dict[str, list[Any]]:
    """Put every field of the dataclass `filled` in `row`; returns what changed, for `record`: name → [before, after].

    Of the names in `unsaid`, which are about a person, only that they changed: [].
    """
    changes: dict[str, list[Any]] = {}
    for name in (field.name for field in fields(filled)):
        was, now = getattr(row, name), getattr(filled, name)
        if was != now:
            changes[name] = [] if name in unsaid else [None if new else was, now]
            setattr(row, name, now)
    return changes


async def since(session: AsyncSession, after: int, *, limit: int = 500) -> Sequence[Event]:
    """Events with an id above `after`, oldest first."""
    rows = await session.scalars(select(Event).where(Event.id > after).order_by(Event.id).limit(limit))
    return rows.all()
