"""What came after a merge, when it is undone: it goes to whoever's address it was written on."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from data.tables import Base, Conversation, Holder, Life, PersonMerge
from handover import conversation as talks
from handover.conversation import NotAllowed, Step


async def after(session: AsyncSession, row: PersonMerge, addresses: Sequence[int], *, now: datetime) -> None:
    """Give the other what was written since on `addresses`, and each of the two a conversation of their own."""
    values = {
        "merged": row.merged_id,
        "kept": row.kept_id,
        "addresses": [*addresses],
    }
    last = row.before.get("last", {})
    for table in _with("address_id"):
        await session.execute(
            text(
                f"UPDATE {table} SET person_id = :merged WHERE person_id = :kept AND id > :last "  # noqa: S608
                "AND address_id = ANY(:addresses)"
            ),
            values | {"last": last.get(table, 0)},
        )
    for table in _with("message_id"):  # what belongs to a message goes with it
        lost = ", trajectory_id = NULL" if table == "micro_contact" else ""
        await session.execute(
            text(
                f"UPDATE {table} AS t SET person_id = :merged{lost} FROM message AS m "  # noqa: S608
                "WHERE m.id = t.message_id AND t.person_id = :kept AND m.person_id = :merged"
            ),
            values,
        )
    if row.closed_id is not None:
        await _reopen(session, row.closed_id, now=now)
    for person_id, other_id in ((row.merged_id, row.kept_id), (row.kept_id, row.merged_id)):
        await _own_conversation(session, person_id, other_id, now=now)


async def newest(session: AsyncSession) -> dict[str, int]:
    """The last number of each table whose rows name an address: what has a higher one came after the merge.

    Times would not tell: who waited for the merge to end began before it.
    """
    return {
        table: await session.scalar(text(f"SELECT COALESCE(max(id), 0) FROM {table}"))  # noqa: S608
        for table in _with("address_id")
    }


async def _reopen(session: AsyncSession, conversation_id: int, *, now: datetime) -> None:
    """The conversation that had to give way goes on, unless its person has another by now."""
    closed = await talks.lock(session, conversation_id)
    try:
        await talks.move(session, closed, Step.REOPEN, now=now)
    except NotAllowed:
        return


async def _own_conversation(session: AsyncSession, person_id: int, other_id: int, *, now: datetime) -> None:
    """Messages of one person that stand in a conversation of the other move to one of their own."""
    stray = (
        await session.execute(
            text(
                "SELECT m.channel, c.id FROM message AS m JOIN conversation AS c ON c.id = m.conversation_id "
                "WHERE m.person_id = :person AND c.person_id = :other ORDER BY m.id DESC LIMIT 1"
            ),
            {"person": person_id, "other": other_id},
        )
    ).one_or_none()
    if stray is None:
        return
    theirs = await session.get_one(Conversation, stray.id)
    own = await session.scalar(
        select(Conversation).where(Conversation.person_id == person_id, Conversation.life == Life.OPEN)
    )
    if own is None:
        own = await talks.open_for(session, person_id, stray.channel, theirs.region_id, now=now)
        if theirs.holder != Holder.BOT:  # a person of ours was on it: one of ours looks who it is now
            await talks.move(session, own, Step.ESCALATE, reason="unmerged", now=now)
    moved = {"person": person_id, "other": other_id, "own": own.id}
    for table in _with("conversation_id"):
        await session.execute(
            text(
                f"UPDATE {table} AS t SET conversation_id = :own FROM conversation AS c "  # noqa: S608
                "WHERE c.id = t.conversation_id AND t.person_id = :person AND c.person_id = :other"
            ),
            moved,
        )
    await session.execute(
        text(
            "UPDATE decision AS d SET conversation_id = m.conversation_id FROM message AS m "
            "WHERE m.id = d.message_id AND m.person_id = :person AND d.conversation_id <> m.conversation_id"
        ),
        moved,
    )


def _with(column: str) -> Sequence[str]:
    """The tables whose rows belong to a person and have `column` too."""
    return sorted(
        str(table.name)
        for table in Base.metadata.tables.values()
        if {"person_id", column} <= set(table.columns.keys())
        and table.name not in ("address_link", "event", "link_code")
    )
