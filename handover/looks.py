"""Who of ours opened whose file, by day: kept for the person, who may read it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from data.tables import FileLook, Person, Region, Staff
from dispatch.clock import day_of

BATCH = 1_000  # rows of one statement


@dataclass(frozen=True, kw_only=True)
class Look:
    """Who looked on a day, how often, and for which leerwinkel they work (None: for all)."""

    day: date
    name: str
    role: str
    region: str | None
    times: int


async def note(
    session: AsyncSession, person_id: int, staff_id: int, *, now: datetime, again: bool = True
) -> None:
    """They opened the thread or file of this person. `again` False: only that they did today, not once more."""
    row = insert(FileLook).values(person_id=person_id, staff_id=staff_id, day=day_of(now))
    key = ["person_id", "staff_id", "day"]
    more = row.on_conflict_do_update(index_elements=key, set_={"times": FileLook.times + 1})
    await session.execute(more if again else row.on_conflict_do_nothing())


async def note_all(
    session: AsyncSession, person_ids: Collection[int], staff_id: int, *, now: datetime
) -> None:
    """They took along a list with all of these persons in it."""
    rows = [{"person_id": one, "staff_id": staff_id, "day": day_of(now)} for one in sorted(set(person_ids))]
    for start in range(0, len(rows), BATCH):
        made = insert(FileLook).values(rows[start : start + BATCH])
        more = {"times": FileLook.times + 1}
        await session.execute(
            made.on_conflict_do_update(index_elements=["person_id", "staff_id", "day"], set_=more)
        )


async def of_person(session: AsyncSession, person_id: int) -> Sequence[Look]:
    """Every look at this person, and at whoever turned out to be this person; the newest day first."""
    merged = select(Person.id).where(Person.merged_into_id == person_id)
    found = await session.execute(
        select(FileLook.day, Staff.name, Staff.role, Region.name.label("region"), FileLook.times)
        .join(Staff, Staff.id == FileLook.staff_id)
        .outerjoin(Region, Region.id == Staff.region_id)
        .where((FileLook.person_id == person_id) | FileLook.person_id.in_(merged))
        .order_by(FileLook.day.desc(), Staff.name)
    )
    return [Look(**row._mapping) for row in found]
