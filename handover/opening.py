"""The conversations of many persons who write at the same moment: what `open_for` and `client_wrote` do for one.

Two statements for all of them. The rules are those of `handover.conversation`; tests hold the two to the same result.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from channels.together import Opened, Writer
from data import events
from data.db import after_commit

_GO_ON = text(
    """
    UPDATE conversation SET channel = :channel, region_id = COALESCE(conversation.region_id, writer.region_id),
        waiting_since = CASE WHEN waiting_on = 'us' THEN COALESCE(waiting_since, :now) ELSE :now END, waiting_on = 'us'
    FROM unnest(CAST(:person_ids AS bigint[]), CAST(:region_ids AS text[])) AS writer (person_id, region_id)
    WHERE conversation.person_id = writer.person_id AND life = 'open'
    RETURNING conversation.id, conversation.person_id, conversation.region_id
    """
)
_BEGIN = text(
    """
    WITH begun AS (
        INSERT INTO conversation (person_id, channel, waiting_since, opened_at)
        SELECT person_id, :channel, :now, :now FROM unnest(CAST(:person_ids AS bigint[])) AS writer (person_id)
        RETURNING id, person_id, region_id, holder, staff_id, version, urgency
    ), told AS (
        INSERT INTO event (kind, person_id, conversation_id, region_id, data)
        SELECT 'conversation.opened', person_id, id, region_id, jsonb_build_object(
            'holder', holder, 'holder_staff_id', staff_id, 'version', version, 'urgency', urgency,
            'reason', NULL, 'promised_at', NULL) FROM begun
    )
    SELECT id, person_id, region_id FROM begun
    """
)


async def open_many(
    session: AsyncSession, writers: Sequence[Writer], channel: str, *, now: datetime
) -> Mapping[int, Opened]:
    """The open conversations of persons locked by the caller, now waiting on us; by person.

    Somebody new begins one with the bot. Who is known but has none open is left out: whether it goes to their own
    counsellor is for `start` to say.
    """
    known = [writer for writer in writers if not writer.new]
    new = [writer.person_id for writer in writers if writer.new]
    rows: list[Row[Any]] = []
    if known:
        values = {
            "channel": channel, "now": now, "person_ids": [writer.person_id for writer in known],
            "region_ids": [writer.region_id for writer in known],
        }  # fmt: skip
        rows += (await session.execute(_GO_ON, values)).all()
    if new:
        rows += (await session.execute(_BEGIN, {"channel": channel, "now": now, "person_ids": new})).all()
        after_commit(session, events.TOPIC)
    return {row.person_id: Opened(conversation_id=row.id, region_id=row.region_id) for row in rows}
