"""Who has a thread before them, and who is writing in it: so that no two answer at once without knowing.

The first keystroke of an answer takes a soft lock, which holds for LOCKED after the last one. Whoever writes beside it
sees who does, and is asked once before sending. It never keeps anybody from helping: nothing here is refused twice.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ARRAY, BigInteger, Boolean, DateTime, any_, bindparam, delete, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from data.db import after_commit
from data.tables import Looking, Staff

SEEN_FOR = timedelta(
    seconds=75
)  # after the last beat; a browser says every 30 s that the thread is still there
LOCKED = timedelta(minutes=2)  # after the last keystroke


def topic(person_id: int) -> str:
    """The wake-up topic of who looks at one thread."""
    return f"looking:{person_id}"


@dataclass(frozen=True, kw_only=True)
class Other:
    """A colleague at the same thread; `writing_since` is the first keystroke of an answer that is not sent yet."""

    staff_id: int
    name: str
    writing_since: datetime | None


async def look(
    session: AsyncSession, person_id: int, staff_id: int, *, typing: bool | None, now: datetime
) -> None:
    """`staff_id` has the thread before them. `typing`: wrote just now, has an empty answer, or None: as it was.

    Colleagues are woken only when that is news: a beat that says the same costs them nothing.
    """
    before = (
        await session.execute(
            _LOOK,
            {
                "person_id": person_id,
                "staff_id": staff_id,
                "now": now,
                "typing": typing,
                "locked": now - LOCKED,
            },
        )
    ).one_or_none()
    was_there = before is not None and before.seen_at > now - SEEN_FOR
    was_writing = before is not None and before.typed_at is not None and before.typed_at > now - LOCKED
    if not was_there or (typing is not None and typing != was_writing):
        after_commit(session, topic(person_id))


_LOOK = text(  # the row as it was before; none for somebody who comes for the first time
    """
    WITH before AS (SELECT seen_at, typing_since, typed_at FROM looking WHERE person_id = :person_id AND staff_id = :staff_id),
    now AS (
        INSERT INTO looking (person_id, staff_id, seen_at, typing_since, typed_at)
        SELECT :person_id, :staff_id, CAST(:now AS timestamptz), CASE WHEN :typing THEN CAST(:now AS timestamptz) END,
            CASE WHEN :typing THEN CAST(:now AS timestamptz) END
        ON CONFLICT (person_id, staff_id) DO UPDATE SET seen_at = EXCLUDED.seen_at,
            typing_since = CASE WHEN CAST(:typing AS boolean) IS NULL THEN looking.typing_since
                WHEN :typing AND looking.typed_at > :locked THEN looking.typing_since ELSE EXCLUDED.typing_since END,
            typed_at = CASE WHEN CAST(:typing AS boolean) IS NULL THEN looking.typed_at ELSE EXCLUDED.typed_at END
    )
    SELECT seen_at, typed_at FROM before
    """
).bindparams(
    bindparam("person_id", type_=BigInteger), bindparam("staff_id", type_=BigInteger),
    bindparam("now", type_=DateTime(timezone=True)), bindparam("locked", type_=DateTime(timezone=True)),
    bindparam("typing", type_=Boolean),
)  # fmt: skip


async def leave(session: AsyncSession, person_id: int, staff_id: int) -> None:
    """They went to something else; what they wrote stays in their browser."""
    await session.execute(delete(Looking).where(Looking.person_id == person_id, Looking.staff_id == staff_id))
    after_commit(session, topic(person_id))


async def sent(session: AsyncSession, person_id: int, staff_id: int) -> None:
    """Their answer has left: the lock is free."""
    await session.execute(
        update(Looking)
        .where(Looking.person_id == person_id, Looking.staff_id == staff_id)
        .values(typing_since=None, typed_at=None)
    )
    after_commit(session, topic(person_id))


async def others(session: AsyncSession, person_id: int, staff_id: int, *, now: datetime) -> list[Other]:
    """The colleagues at this thread, who writes first, in the order in which they began."""
    there = await at(session, [person_id], now=now)
    return [one for one in there.get(person_id, ()) if one.staff_id != staff_id]


async def at(session: AsyncSession, person_ids: Collection[int], *, now: datetime) -> dict[int, list[Other]]:
    """Everybody at each of these threads, in the same order; a thread without anybody is left out."""
    found = await session.execute(
        _AT, {"person_ids": list(person_ids), "seen": now - SEEN_FOR, "typed": now - LOCKED}
    )
    there: dict[int, list[Other]] = {}
    for row, name in found:
        began = row.typing_since if _writes(row, now) else None
        there.setdefault(row.person_id, []).append(
            Other(staff_id=row.staff_id, name=name, writing_since=began)
        )
    return {
        person_id: sorted(them, key=lambda one: one.writing_since is None)
        for person_id, them in there.items()
    }


_AT = (  # made once: every open thread asks for it
    select(Looking, Staff.name)
    .join(Staff, Staff.id == Looking.staff_id)
    .where(
        Looking.person_id == any_(bindparam("person_ids", type_=ARRAY(BigInteger))),
        (Looking.seen_at > bindparam("seen")) | (Looking.typed_at > bindparam("typed")),
    )
    .order_by(Looking.typing_since.asc().nulls_last(), Staff.name)
)


async def ahead_of(session: AsyncSession, person_id: int, staff_id: int, *, now: datetime) -> Other | None:
    """The colleague who has the lock: who began to write before `staff_id` did, and has not sent yet."""
    mine = await session.get(Looking, (person_id, staff_id), populate_existing=True)
    began = mine.typing_since if mine is not None and _writes(mine, now) else None
    for other in await others(session, person_id, staff_id, now=now):
        if other.writing_since is not None and (began is None or other.writing_since < began):
            return other
    return None


async def forget_old(session: AsyncSession, *, now: datetime) -> None:
    """Remove what says nothing any more."""
    await session.execute(delete(Looking).where(Looking.seen_at < now - timedelta(hours=1)))


def _writes(row: Looking, now: datetime) -> bool:
    return row.typed_at is not None and row.typed_at > now - LOCKED
