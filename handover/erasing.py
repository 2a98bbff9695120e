"""Everything of a person is erased; what is left are counts of nobody.

In one transaction their words, names, notes, numbers and plans are emptied or deleted, what they had booked is given
back, and nothing of theirs that waits to be sent leaves any more. The rows that statistics count stay, without text:
messages by channel and hour, decisions by tier, micro-contacts, appointments and what came of them.

What happens to each table and column stands in handover.erased_columns.

That it was done is kept as a row without the person (`Erasure`): when, why, by which rules, and how many rows.

The address of a person becomes a tombstone, so that whoever writes from it later is somebody new. Only what keeps STOP
outlives it, as a keyed hash (channels.opt_outs). Files go with the next sweep of channels.media, within a day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from channels.opt_outs import OptOuts
from data import events
from data.migrate import head
from data.tables import (
    Address,
    Appointment,
    AppointmentStatus,
    Conversation,
    Counter,
    ErasedWhy,
    Erasure,
    Event,
    Life,
    Person,
    Trajectory,
)
from dispatch import booking
from handover import conversation, holds, retention
from handover.conversation import Step
from handover.erased_columns import BARRIERS, CODES, DELETED, EMPTIED

ERASED = "person.erased"
TOLD_FOR = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class Cancelled:
    """An appointment that no longer takes place because the person is not there any more."""

    at: datetime
    place: str
    staff_id: int


class Held(Exception):
    """A hold stands on this person: nothing may be erased yet."""


async def lock(session: AsyncSession, person_id: int) -> tuple[list[int], list[int]]:
    """The persons and the addresses that go with this person, locked in the order of an incoming message."""
    persons = list(await session.scalars(_PERSONS, {"person": person_id}))
    addresses = list(await session.scalars(_ADDRESSES, {"persons": persons}))
    for one in persons:
        await conversation.lock_person(session, one)
    return persons, addresses


async def erase(
    session: AsyncSession,
    person_id: int,
    *,
    opt_outs: OptOuts,
    now: datetime,
    why: ErasedWhy = ErasedWhy.ASKED,
) -> Sequence[Cancelled]:
    """Erase a person, and whoever turned out to be this person. Returns the appointments that this cancels.

    Nobody has locked them but by `lock`, which is done here too. Raises Held while a hold stands.
    """
    persons, addresses = await lock(session, person_id)
    if await holds.standing(session, persons):
        raise Held
    stood = await retention.of(session, person_id, now=now)
    region_id = (await session.get_one(Person, person_id)).region_id
    asked = why == ErasedWhy.ASKED
    concerned = await _guides(session, persons) if asked else set()
    cancelled = await _cancel(session, persons, now=now)
    talks = await session.scalars(
        select(Conversation).where(Conversation.person_id.in_(persons), Conversation.life == Life.OPEN)
    )
    for talk in talks.all():
        concerned |= {talk.staff_id} if asked and talk.staff_id is not None else set()
        await conversation.move(session, talk, Step.CLOSE, now=now)
    stopped = select(Address).where(Address.id.in_(addresses), Address.opted_out_at.is_not(None))
    await opt_outs.keep(session, (await session.scalars(stopped)).all())
    await session.flush()
    session.expunge_all()  # what was read is not what is stored any more
    values = {
        "persons": persons,
        "addresses": addresses,
        "now": now,
        "codes": list(CODES),
        "barriers": list(BARRIERS),
    }
    await _run(session, _AS_CORRECTED, values)
    gone: dict[str, int] = {}
    for table, rows in DELETED.items():
        gone[table] = await _run(session, f"DELETE FROM {table} WHERE {rows}", values)  # noqa: S608 - our own tables
    for table, (rows, becomes) in EMPTIED.items():
        sets = ", ".join(f"{column} = {value}" for column, value in becomes.items())
        gone[table] = await _run(session, f"UPDATE {table} SET {sets} WHERE {rows}", values)  # noqa: S608
    if stood is not None:
        session.add(
            Erasure(
                kind=stood.kind, why=why, region_id=stood.region_id, term=stood.term, rules=_rules(), erased_at=now,
                rows={table: count for table, count in gone.items() if count},
            )
        )  # fmt: skip
        await session.flush()
    for staff_id in sorted(concerned | {one.staff_id for one in cancelled}):
        lost = [
            {"at": one.at.isoformat(), "place": one.place} for one in cancelled if one.staff_id == staff_id
        ]
        await events.record(
            session, ERASED, region_id=region_id, data={"counsellor_id": staff_id, "appointments": lost}
        )
    await events.record(session, ERASED, person_id=person_id, region_id=region_id, data={"reason": why.value})
    return cancelled


async def told(
    session: AsyncSession, staff_id: int, *, now: datetime
) -> Sequence[tuple[datetime, list[tuple[datetime, str]]]]:
    """What this member of staff should know: when somebody of theirs was erased, and the appointments that fall away."""
    rows = await session.scalars(
        select(Event)
        .where(
            Event.kind == ERASED, Event.created_at > now - TOLD_FOR,
            Event.data["counsellor_id"].as_integer() == staff_id,
        )
        .order_by(Event.id.desc())
    )  # fmt: skip
    return [
        (
            row.created_at,
            [(datetime.fromisoformat(one["at"]), one["place"]) for one in row.data["appointments"]],
        )
        for row in rows
    ]


async def _run(session: AsyncSession, statement: str, values: Mapping[str, Any]) -> int:
    """One statement with those of the values that it names; returns of how many rows it was."""
    named = {name: value for name, value in values.items() if f":{name}" in statement}
    done = await session.connection()
    return (await done.execute(text(statement), named)).rowcount


@cache
def _rules() -> str:
    """By which rules: the schema, and a fingerprint of what is deleted and emptied in it."""
    listed = repr((list(DELETED.items()), [(table, rows, dict(to)) for table, (rows, to) in EMPTIED.items()]))
    return f"{head()} {sha256(listed.encode()).hexdigest()[:12]}"


async def _guides(session: AsyncSession, persons: Sequence[int]) -> set[int]:
    """Who guides them, and who stands in."""
    found = await session.execute(
        select(Trajectory.staff_id, Trajectory.deputy_id).where(
            Trajectory.person_id.in_(persons), Trajectory.closed_at.is_(None)
        )
    )
    return {one for pair in found for one in pair if one is not None}


async def _cancel(session: AsyncSession, persons: Sequence[int], *, now: datetime) -> list[Cancelled]:
    """Give back what is still to come; the counsellor has that time again."""
    found = await session.execute(
        select(Appointment, Counter.name)
        .join(Counter, Counter.id == Appointment.counter_id)
        .where(
            Appointment.person_id.in_(persons), Appointment.starts_at > now,
            Appointment.status.in_((AppointmentStatus.HELD, AppointmentStatus.CONFIRMED)),
        )
        .order_by(Appointment.starts_at)
    )  # fmt: skip
    gone = []
    for row, place in found.all():
        agreed = row.status == AppointmentStatus.CONFIRMED
        await booking.cancel(session, row.id, now=now)
        if agreed:
            gone.append(Cancelled(at=row.starts_at, place=place, staff_id=row.staff_id))
    return gone


# Figures count what staff said that a message meant; their corrections go, so that the decision says it.
_AS_CORRECTED = """
    UPDATE decision AS d SET intent = c.intent, tier = c.tier, understanding = d.understanding || jsonb_build_object('slots', c.slots)
    FROM correction AS c WHERE c.message_id = d.message_id AND c.person_id = ANY(:persons)
"""
_PERSONS = text(
    """
    WITH RECURSIVE same AS (
        SELECT id FROM person WHERE id = :person
        UNION SELECT person.id FROM person JOIN same ON person.merged_into_id = same.id
    ) SELECT id FROM same ORDER BY id
    """
)
# Theirs now; or theirs once, and nobody else's since. A telephone that others use too stays theirs.
_ADDRESSES = text(
    """
    SELECT a.id FROM address AS a
    WHERE EXISTS (SELECT FROM address_link AS l WHERE l.address_id = a.id AND l.person_id = ANY(:persons))
      AND NOT EXISTS (SELECT FROM address_link AS l WHERE l.address_id = a.id AND l.person_id <> ALL(:persons)
                      AND (l.ended_at IS NULL OR NOT EXISTS (
                          SELECT FROM address_link AS m WHERE m.address_id = a.id AND m.person_id = ANY(:persons)
                          AND m.ended_at IS NULL)))
    ORDER BY a.id FOR NO KEY UPDATE OF a
    """
)
