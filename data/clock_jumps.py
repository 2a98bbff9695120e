"""A clock that is set back: what was to wait a moment would wait as long as the clock jumped.

Ahead needs nothing: leases end early, and the fence sees to the rest.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from data.queue import LEASE

JUMP = timedelta(minutes=1)  # less is the ordinary correction of a clock
SOON = timedelta(minutes=1)
"""When what waits is looked at again; what has good reason to wait (quiet hours, a provider that is slow to know what it
took) waits on from there."""

_MEND = (
    text("UPDATE job SET run_at = now() + :soon WHERE state = 'ready' AND run_at > now() + :soon").bindparams(
        soon=SOON
    ),
    text(
        "UPDATE job SET lease_until = now() + :lease WHERE state = 'ready' AND lease_until > now() + :lease"
    ).bindparams(lease=LEASE),
    text("UPDATE channel_state SET until = now(), probing_until = NULL WHERE until > now()"),
    text("UPDATE pace SET booked_until = now() WHERE booked_until > now()"),
)


class ClockWatch:
    """Compares the database's clock with one that only runs forward. Any number of processes may do so."""

    def __init__(self, steady: Callable[[], float] = time.monotonic) -> None:
        self._steady = steady
        self._seen: tuple[datetime, float] | None = None

    async def look(self, session: AsyncSession) -> bool:
        """Shorten what waits when the clock was set back since the last look; whether it was."""
        now: datetime = (await session.execute(text("SELECT clock_timestamp()"))).scalar_one()
        steady = self._steady()
        last, self._seen = self._seen, (now, steady)
        if last is None or now - last[0] >= timedelta(seconds=steady - last[1]) - JUMP:
            return False
        for statement in _MEND:
            await session.execute(statement)
        return True
