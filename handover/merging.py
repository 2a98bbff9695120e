"""Two persons who turn out to be one, and back again.

A merge moves everything of the one to the other and writes down, value by value, what it changed. Undoing puts each
value back; what was written since then goes to whoever's address it was written on, and the rest stays with the one
who was kept. Nothing is deleted either way, and events stay where they happened.

Both persons are locked, the one with the lower number first, so that two merges never wait for each other in a circle.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from data import events
from data.tables import (
    AddressLink,
    Base,
    Conversation,
    Holder,
    Life,
    MergedValue,
    MergeHow,
    Person,
    PersonMerge,
    Trajectory,
    Urgency,
)
from data.translation import N_, _
from handover import conversation as talks
from handover.conversation import RANK, NotAllowed, Step
from handover.unmerging import after, newest

# Tables that name a person and stay as they are: links are ended and made anew, events and looks are history.
STAY = frozenset({"person", "address_link", "event", "person_merge", "link_code", "looking", "file_look"})
FIELDS = ("name", "postcode", "municipality", "nis", "lat", "lon", "region_id")
HOLDS = {Holder.STAFF: 2, Holder.QUEUE: 1, Holder.BOT: 0}
# What one person has only once of a kind; the other's stays with them, and is found by their number.
ONCE = {
    "course_wish": "AND NOT (state = 'waiting' AND EXISTS (SELECT FROM course_wish AS o WHERE o.person_id = :kept "
    "AND o.search_key = t.search_key AND o.state = 'waiting'))",
    "call_task": "AND NOT (state = 'open' AND EXISTS (SELECT FROM call_task AS o WHERE o.person_id = :kept "
    "AND o.state = 'open'))",
}
TWO_FILES = N_("Beide personen hebben een open traject. Sluit er eerst een af, en voeg ze dan samen.")
ALREADY = N_("Deze personen zijn al samengevoegd.")


def owned() -> Sequence[str]:
    """The tables whose rows belong to a person, also those that were added after this was written."""
    return sorted(
        str(table.name)
        for table in Base.metadata.tables.values()
        if table.name not in STAY and "person_id" in table.columns
    )


async def merge(
    session: AsyncSession,
    kept_id: int,
    merged_id: int,
    *,
    how: MergeHow,
    now: datetime,
    reason: str | None = None,
    by_id: int | None = None,
) -> PersonMerge:
    """Everything of `merged_id` becomes `kept_id`'s. Raises NotAllowed with a Dutch sentence.

    What was read before is not what is stored any more: read it again.
    """
    persons = await lock_both(session, kept_id, merged_id)
    kept, merged = persons[kept_id], persons[merged_id]
    if kept is merged or kept.merged_into_id is not None or merged.merged_into_id is not None:
        raise NotAllowed(_(ALREADY))
    if await _open_files(session, kept_id, merged_id) > 1:
        raise NotAllowed(_(TWO_FILES))
    row = PersonMerge(
        kept_id=kept_id, merged_id=merged_id, how=how, reason=reason, by_id=by_id, created_at=now,
        before=_fill(kept, merged),
    )  # fmt: skip
    session.add(row)
    await session.flush()
    row.before = {**row.before, "last": await newest(session)}
    await _one_conversation(session, row, now=now)
    for table in owned():
        await session.execute(
            text(
                f"""
                WITH moved AS (
                    UPDATE {table} AS t SET person_id = :kept WHERE person_id = :merged {ONCE.get(table, "")}
                    RETURNING id
                )
                INSERT INTO merged_value (merge_id, table_name, column_name, row_id, value)
                SELECT :merge, '{table}', 'person_id', id, :merged FROM moved
                """  # noqa: S608 - names of our own tables
            ),
            {"kept": kept_id, "merged": merged_id, "merge": row.id},
        )
    await _move_links(session, row, now=now)
    merged.merged_into_id = kept_id
    await session.flush()
    await session.execute(_REKEY, {"old": str(merged_id), "new": str(kept_id)})
    for person_id in (kept_id, merged_id):
        await events.record(
            session, "person.merged", person_id=person_id, region_id=kept.region_id, staff_id=by_id,
            data={"merge_id": row.id, "kept_id": kept_id, "merged_id": merged_id, "how": how.value},
        )  # fmt: skip
    return row


async def reject(
    session: AsyncSession, one_id: int, other_id: int, *, by_id: int, reason: str | None, now: datetime
) -> None:
    """Somebody looked: they are two. They are not suggested again."""
    session.add(
        PersonMerge(
            kept_id=one_id, merged_id=other_id, how=MergeHow.STAFF, rejected=True, by_id=by_id, reason=reason,
            created_at=now,
        )
    )  # fmt: skip
    await session.flush()


async def undo(session: AsyncSession, merge_id: int, *, by_id: int | None, now: datetime) -> PersonMerge:
    """They are two after all: each has their own back. Raises NotAllowed with a Dutch sentence."""
    row = await session.get(PersonMerge, merge_id, with_for_update=True, populate_existing=True)
    if row is None or row.undone_at is not None or row.rejected:
        raise NotAllowed(_("Deze samenvoeging is al ongedaan gemaakt."))
    persons = await lock_both(session, row.kept_id, row.merged_id)
    kept, merged = persons[row.kept_id], persons[row.merged_id]
    if kept.merged_into_id is not None:
        raise NotAllowed(_("Deze persoon is later zelf samengevoegd. Maak dat eerst ongedaan."))
    for table in owned():
        await session.execute(
            text(
                f"""
                UPDATE {table} AS t SET person_id = v.value FROM merged_value AS v
                WHERE v.merge_id = :merge AND v.table_name = '{table}' AND v.column_name = 'person_id'
                    AND v.row_id = t.id AND t.person_id = :kept
                """  # noqa: S608 - names of our own tables
            ),
            {"merge": row.id, "kept": row.kept_id},
        )
    await session.execute(_CONVERSATIONS_BACK, {"merge": row.id})
    addresses = await _links_back(session, row, now=now)
    _unfill(kept, merged, row.before)
    merged.merged_into_id = None
    row.undone_at, row.undone_by = now, by_id
    await session.flush()
    await after(session, row, addresses, now=now)
    await session.execute(_REKEY_BY_MESSAGE, {"merged": row.merged_id, "kept": row.kept_id})
    for person_id in (row.kept_id, row.merged_id):
        await events.record(
            session, "person.unmerged", person_id=person_id, staff_id=by_id, data={"merge_id": merge_id}
        )
    return row


async def lock_both(session: AsyncSession, one_id: int, other_id: int) -> Mapping[int, Person]:
    """Both persons, after their addresses: in the order in which an incoming message locks them."""
    await session.execute(_LOCK_ADDRESSES, {"one": one_id, "other": other_id})
    return {number: await talks.lock_person(session, number) for number in sorted({one_id, other_id})}


async def _open_files(session: AsyncSession, *person_ids: int) -> int:
    query = select(func.count()).select_from(Trajectory)
    return (
        await session.scalar(
            query.where(Trajectory.person_id.in_(person_ids), Trajectory.closed_at.is_(None))
        )
        or 0
    )


async def _one_conversation(session: AsyncSession, row: PersonMerge, *, now: datetime) -> None:
    """Of two open conversations the more pressing goes on, and what waits in the other moves there."""
    found = await session.scalars(
        select(Conversation)
        .where(Conversation.person_id.in_((row.kept_id, row.merged_id)), Conversation.life == Life.OPEN)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    both = sorted(
        found, key=lambda one: (RANK[Urgency(one.urgency)], HOLDS[Holder(one.holder)], one.id), reverse=True
    )
    if len(both) < 2:
        return
    stays, other = both
    was = {"old": other.version, "new": stays.version if stays.holder == Holder.BOT else other.version}
    waits = other.waiting_since
    await talks.move(session, other, Step.CLOSE, reason="merged", now=now)
    row.closed_id = other.id
    await session.execute(_WAITING_ON, {"merge": row.id, "closed": other.id, "stays": stays.id} | was)
    if waits is not None and stays.waiting_since is None:
        await talks.move(session, stays, Step.CLIENT_WROTE, now=now)


# What is still to be answered, or to leave, goes on in the conversation that stays; replies computed for the other may
# leave as long as the bot holds that.
_WAITING_ON = text(
    """
    WITH waiting AS (
        SELECT m.id, m.needs_version FROM message AS m
        WHERE m.conversation_id = :closed AND (
            m.status IN ('queued', 'sending', 'held')
            OR (m.direction = 'in' AND NOT EXISTS (SELECT FROM decision AS d WHERE d.message_id = m.id)
                AND EXISTS (SELECT FROM job AS j WHERE j.state = 'ready' AND j.kind = 'turn'
                            AND j.payload ->> 'message_id' = m.id::text)))
    ), moved AS (
        UPDATE message AS m SET conversation_id = :stays,
            needs_version = CASE WHEN m.needs_version = :old THEN :new ELSE m.needs_version END
        FROM waiting AS w WHERE w.id = m.id RETURNING m.id
    )
    INSERT INTO merged_value (merge_id, table_name, column_name, row_id, value)
    SELECT :merge, 'message', 'conversation_id', id, :closed FROM moved
    """
)
_CONVERSATIONS_BACK = text(
    """
    UPDATE message AS m SET conversation_id = v.value FROM merged_value AS v
    WHERE v.merge_id = :merge AND v.table_name = 'message' AND v.column_name = 'conversation_id' AND v.row_id = m.id
    """
)
# Jobs of one person run one after the other; now they are one person's.
_LOCK_ADDRESSES = text(
    "SELECT address.id FROM address JOIN address_link ON address_link.address_id = address.id "
    "WHERE address_link.person_id IN (:one, :other) AND address_link.ended_at IS NULL "
    "ORDER BY address.id FOR NO KEY UPDATE OF address"
)
_REKEY = text(
    """
    UPDATE job SET key = CASE WHEN kind = 'turn' THEN 'turn:' || :new
                              ELSE 'send:' || :new || ':' || split_part(key, ':', 3) END
    WHERE state = 'ready' AND kind IN ('turn', 'send')
        AND split_part(key, ':', 2) = CAST(:old AS text)
    """.replace(":new", "CAST(:new AS text)")
)
_REKEY_BY_MESSAGE = text(
    """
    UPDATE job AS j SET key = CASE WHEN j.kind = 'turn' THEN 'turn:' || m.person_id
                                   ELSE 'send:' || m.person_id || ':' || split_part(j.key, ':', 3) END
    FROM message AS m
    WHERE j.state = 'ready' AND j.kind IN ('turn', 'send') AND m.person_id IN (:merged, :kept)
        AND m.id = CAST(j.payload ->> 'message_id' AS bigint)
    """
)


async def _move_links(session: AsyncSession, row: PersonMerge, *, now: datetime) -> None:
    """End the other's links and make the same ones for who is kept."""
    known = set(
        await session.scalars(
            select(AddressLink.address_id).where(
                AddressLink.person_id == row.kept_id, AddressLink.ended_at.is_(None)
            )
        )
    )
    links = await session.scalars(
        select(AddressLink).where(AddressLink.person_id == row.merged_id, AddressLink.ended_at.is_(None))
    )
    for link in links.all():
        link.ended_at = now
        session.add(_noted(row, "ended", link.id))
        if link.address_id not in known:
            made = AddressLink(
                address_id=link.address_id, person_id=row.kept_id, is_primary=link.is_primary,
                verified=link.verified or row.how == MergeHow.CODE, linked_by=row.by_id, reason="merged",
            )  # fmt: skip
            session.add(made)
            await session.flush()
            session.add(_noted(row, "made", made.id))
    await session.flush()


async def _links_back(session: AsyncSession, row: PersonMerge, *, now: datetime) -> list[int]:
    """The other's addresses are theirs again; returns those that are theirs alone."""
    noted = select(MergedValue.row_id).where(
        MergedValue.merge_id == row.id, MergedValue.table == "address_link"
    )
    made = select(AddressLink.address_id).where(AddressLink.id.in_(noted.where(MergedValue.column == "made")))
    alone = list(
        await session.scalars(
            update(AddressLink)  # by address: a merge since, undone again, made the links anew
            .where(
                AddressLink.person_id == row.kept_id,
                AddressLink.ended_at.is_(None),
                AddressLink.address_id.in_(made),
            )
            .values(ended_at=now)
            .returning(AddressLink.address_id)
        )
    )
    ended = await session.scalars(
        select(AddressLink).where(AddressLink.id.in_(noted.where(MergedValue.column == "ended")))
    )
    for link in ended.all():
        session.add(
            AddressLink(
                address_id=link.address_id, person_id=row.merged_id, is_primary=link.is_primary,
                verified=link.verified, linked_by=row.undone_by, reason="unmerged",
            )
        )  # fmt: skip
    await session.flush()
    return alone


def _noted(row: PersonMerge, column: str, number: int) -> MergedValue:
    return MergedValue(merge_id=row.id, table="address_link", column=column, row_id=number)


def _fill(kept: Person, merged: Person) -> dict[str, Any]:
    """Fill in what we did not know of who is kept; returns what was empty, to empty it again."""
    filled = [name for name in FIELDS if getattr(kept, name) is None and getattr(merged, name) is not None]
    for name in filled:
        setattr(kept, name, getattr(merged, name))
    learnt = {key: value for key, value in merged.facts.items() if key not in kept.facts}
    kept.facts = {**learnt, **kept.facts}
    kept.last_seen_at = max(filter(None, (kept.last_seen_at, merged.last_seen_at)), default=None)
    return {"filled": filled, "facts": sorted(learnt)}


def _unfill(kept: Person, merged: Person, before: Mapping[str, Any]) -> None:
    """Empty what the other filled in, unless somebody has corrected it since."""
    for name in before.get("filled", ()):
        if getattr(kept, name) == getattr(merged, name):
            setattr(kept, name, None)
    gone = {key for key in before.get("facts", ()) if kept.facts.get(key) == merged.facts.get(key)}
    kept.facts = {key: value for key, value in kept.facts.items() if key not in gone}
