"""A queue that another region answers for a while: a training day, a flu, a closed office.

The clients stay those of their region. While the diversion lasts, the people of the other region see who waits there
too, and promises reckon with their presence and hours as well. Whom somebody took over stays with that somebody.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import BindParameter, ColumnElement, Select, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from data import events
from data.tables import QueueDiversion, Region
from data.translation import _
from handover.refusal import NotAllowed


def diverted_to(region_id: str | BindParameter[str]) -> Select[str]:
    """The regions whose queues people of `region_id` answer too, by the clock of the database."""
    return select(QueueDiversion.region_id).where(
        QueueDiversion.to_region_id == region_id,
        QueueDiversion.starts_at <= func.now(),
        QueueDiversion.ends_at > func.now(),
    )


def answers_for(region_id: str, *, now: datetime) -> Select[str]:
    """The regions that the queue of `region_id` is diverted to at `now`."""
    return select(QueueDiversion.to_region_id).where(QueueDiversion.region_id == region_id, _lasts(now))


async def answering(session: AsyncSession, region_id: str, *, now: datetime) -> list[str]:
    """The regions that answer the queue of `region_id` at `now`: itself first, then those it is diverted to."""
    others = await session.scalars(answers_for(region_id, now=now).order_by(QueueDiversion.id))
    return list(dict.fromkeys((region_id, *others)))


async def divert(
    session: AsyncSession,
    region_id: str,
    to_region_id: str,
    starts_at: datetime,
    ends_at: datetime,
    *,
    reason: str,
    by_id: int,
    now: datetime,
) -> QueueDiversion:
    """Have `to_region_id` answer the queue of `region_id` too. Raises NotAllowed with a Dutch sentence."""
    if region_id == to_region_id:
        raise NotAllowed(_("Kies een andere regio: deze beantwoordt haar eigen wachtrij al."))
    if await session.get(Region, to_region_id) is None:
        raise NotAllowed(_("Die regio bestaat niet. Kies er een uit de lijst."))
    if ends_at <= starts_at or ends_at <= now:
        raise NotAllowed(_("Kies een einde dat na het begin ligt en nog moet komen."))
    if not reason.strip():
        raise NotAllowed(_("Schrijf kort waarom. De andere regio leest dat."))
    row = QueueDiversion(
        region_id=region_id, to_region_id=to_region_id, starts_at=starts_at, ends_at=ends_at, reason=reason.strip(),
        by_id=by_id,
    )  # fmt: skip
    session.add(row)
    await session.flush()
    await _tell(session, "queue.diverted", row, by_id)
    return row


async def end(session: AsyncSession, row: QueueDiversion, *, by_id: int, now: datetime) -> None:
    """It is no longer needed: from `now` on each region answers for itself."""
    if row.ends_at <= max(now, row.starts_at):
        raise NotAllowed(_("Deze omleiding is al voorbij."))
    row.ends_at = max(now, row.starts_at)
    await session.flush()
    await _tell(session, "queue.diversion_ended", row, by_id)


async def standing(
    session: AsyncSession, region_id: str | None, *, now: datetime
) -> Sequence[QueueDiversion]:
    """What is diverted from or to a region (None: any) now or later, the first first."""
    lasting = and_(QueueDiversion.ends_at > now, QueueDiversion.ends_at > QueueDiversion.starts_at)
    query = select(QueueDiversion).where(lasting).order_by(QueueDiversion.starts_at)
    if region_id is not None:
        query = query.where(
            (QueueDiversion.region_id == region_id) | (QueueDiversion.to_region_id == region_id)
        )
    return (await session.scalars(query)).all()


def _lasts(now: datetime) -> ColumnElement[bool]:
    return and_(QueueDiversion.starts_at <= now, QueueDiversion.ends_at > now)


async def _tell(session: AsyncSession, kind: str, row: QueueDiversion, by_id: int) -> None:
    for region_id in (row.region_id, row.to_region_id):
        await events.record(session, kind, region_id=region_id, staff_id=by_id, data={"diversion_id": row.id})
