"""The hours in which a region writes nobody first. Read when such a message would leave, never for an answer."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from channels.policy import QUIET
from data.tables import Person, Region


async def hours(session: AsyncSession, person_id: int) -> tuple[int, int]:
    """From which hour until which hour of wall time this person is left alone."""
    found = await session.execute(
        select(Region.quiet_from, Region.quiet_until)
        .join(Person, Person.region_id == Region.id)
        .where(Person.id == person_id)
    )
    row = found.one_or_none()
    return (row.quiet_from, row.quiet_until) if row is not None else QUIET
