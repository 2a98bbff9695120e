"""Who was kept long enough is erased, at night, a few at a time."""

import logging
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from channels.opt_outs import OptOuts
from data.db import Database
from data.tables import ErasedWhy
from dispatch import clock
from handover import erasing, retention

log = logging.getLogger(__name__)
HOURS = range(2, 5)  # of wall time, in which nobody waits for a page
BATCH = 20  # a second or two, in which reminders and follow-ups wait


@dataclass(kw_only=True)
class Night:
    """How far we are: those of a `day` with a number up to `after` were looked at. A fresh one looks at everybody again."""

    day: date | None = None
    after: int = 0
    over: bool = False


def next_night(now: datetime) -> date:
    """The day of the night that comes, or goes on: who is kept until before that day goes in it."""
    wall = clock.wall(now)
    return wall.date() if wall.hour < HOURS.stop else wall.date() + timedelta(days=1)


async def tonight(database: Database, night: Night, *, opt_outs: OptOuts, now: datetime) -> int:
    """In the hours of the night erase the next BATCH; returns how many. Each night everybody is looked at once."""
    wall = clock.wall(now)
    if night.day != wall.date():
        night.day, night.after, night.over = wall.date(), 0, False
    if wall.hour not in HOURS or night.over:
        return 0
    return await erase_next(database, night, opt_outs=opt_outs, now=now)


async def erase_next(database: Database, night: Night, *, opt_outs: OptOuts, now: datetime) -> int:
    """Erase the next BATCH whose term is over, each in a transaction of its own; returns how many were.

    What goes wrong with one leaves that one as it was, until tomorrow, and holds up nobody else.
    """
    async with database.transaction() as session:
        found = await retention.due(session, now=now, after=night.after, limit=BATCH)
    erased = 0
    for one in found:
        try:
            erased += await _erase(database, one.person_id, opt_outs=opt_outs, now=now)
        except SQLAlchemyError as error:
            log.error("person %s could not be erased: %s", one.person_id, type(error).__name__)
        night.after = one.person_id
    night.over = len(found) < BATCH
    return erased


async def _erase(database: Database, person_id: int, *, opt_outs: OptOuts, now: datetime) -> bool:
    """False when they stay after all: somebody may have written, or placed a hold, since we looked."""
    async with database.transaction() as session:
        await erasing.lock(session, person_id)
        standing = await retention.of(session, person_id, now=now)
        if standing is None or not standing.over(clock.day_of(now)):
            return False
        try:
            await erasing.erase(session, person_id, opt_outs=opt_outs, now=now, why=ErasedWhy.TERM)
        except erasing.Held:  # on somebody who turned out to be this person
            return False
    return True
