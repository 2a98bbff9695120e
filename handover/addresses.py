"""An address by which somebody was heard of, and whose it is."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from channels.inbox import find_address
from data.tables import AddressLink


async def link(
    session: AsyncSession,
    person_id: int,
    scheme: str,
    path: str,
    *,
    reason: str,
    by_id: int | None = None,
) -> int:
    """The id of that address, made when it is new, and linked to this person unless it is somebody's already."""
    address = await find_address(session, scheme, path)
    theirs = select(AddressLink.id).where(
        AddressLink.address_id == address.id, AddressLink.ended_at.is_(None)
    )
    if await session.scalar(theirs.limit(1)) is None:
        session.add(AddressLink(address_id=address.id, person_id=person_id, reason=reason, linked_by=by_id))
        await session.flush()
    return address.id
