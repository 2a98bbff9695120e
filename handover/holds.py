"""A hold: nothing of a person is erased, also not when they ask for it, until a coordinator releases it.

For what the law or a dispute wants kept. The person reads in their own file that it is there and why.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from data import events
from data.tables import ErasureHold, Person, Staff
from data.translation import _
from handover.conversation import NotAllowed, lock_person

LONGEST = 300  # characters of a reason


async def place(
    session: AsyncSession, person_id: int, *, reason: str, by: Staff, now: datetime
) -> ErasureHold:
    """From now on nothing of this person is erased. Raises NotAllowed without a reason, or when one stands already."""
    if not reason.strip():
        raise NotAllowed(_("Schrijf waarom dit dossier niet gewist mag worden. De cliënt kan dat lezen."))
    person = await lock_person(session, person_id)
    if await standing(session, [person_id]):
        raise NotAllowed(_("Dit dossier wordt al niet gewist."))
    hold = ErasureHold(person_id=person_id, reason=reason.strip(), by_id=by.id, created_at=now)
    session.add(hold)
    await session.flush()
    await _tell(session, "person.held", person, by, hold)
    return hold


async def release(session: AsyncSession, person_id: int, *, by: Staff, now: datetime) -> None:
    """It may be erased again: at once when they ask, or by itself when the term is over. Raises NotAllowed without a hold."""
    person = await lock_person(session, person_id)
    found = await standing(session, [person_id])
    if not found:
        raise NotAllowed(_("Dit dossier mag al gewist worden."))
    for hold, _name in found:
        hold.released_at, hold.released_by_id = now, by.id
        await session.flush()
        await _tell(session, "person.released", person, by, hold)


async def standing(session: AsyncSession, person_ids: Sequence[int]) -> Sequence[tuple[ErasureHold, str]]:
    """The holds that stand, each with the name of who placed it; two after a merge."""
    found = await session.execute(
        select(ErasureHold, Staff.name)
        .join(Staff, Staff.id == ErasureHold.by_id)
        .where(ErasureHold.person_id.in_(person_ids), ErasureHold.released_at.is_(None))
        .order_by(ErasureHold.id)
    )
    return [(hold, name) for hold, name in found]


async def _tell(session: AsyncSession, kind: str, person: Person, by: Staff, hold: ErasureHold) -> None:
    await events.record(
        session, kind, person_id=person.id, region_id=person.region_id, staff_id=by.id, data={"hold_id": hold.id}
    )  # fmt: skip
