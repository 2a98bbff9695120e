"""A clock that is set back does not make anything wait as long as it jumped."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from data import queue
from data.clock_jumps import SOON, ClockWatch
from data.db import Database
from data.queue import LEASE

WAITS = """
    SELECT max(run_at) - now() AS run, max(lease_until) - now() AS lease,
           (SELECT until - now() FROM channel_state WHERE channel = 'sms') AS channel,
           (SELECT probing_until FROM channel_state WHERE channel = 'sms') AS probing,
           (SELECT booked_until - now() FROM pace) AS pace
      FROM job
"""


class Steady:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


async def fill(database: Database, ahead: timedelta) -> None:
    """Everything that waits, as it was left when the clock was `ahead`."""
    async with database.transaction() as session:
        await queue.enqueue(session, "work", key="leased", payload={}, owner="me")
        await queue.enqueue(session, "work", key="later", payload={})
        await session.execute(
            text(
                "UPDATE job SET lease_until = lease_until + :ahead WHERE lease_until IS NOT NULL"
            ).bindparams(ahead=ahead)
        )
        await session.execute(
            text("UPDATE job SET run_at = run_at + :ahead WHERE lease_until IS NULL").bindparams(ahead=ahead)
        )
        await session.execute(
            text(
                "INSERT INTO channel_state (channel, health, failures, until, probing_until)"
                " VALUES ('sms', 'paused', 5, now() + :ahead, now() + :ahead)"
            ).bindparams(ahead=ahead)
        )
        await session.execute(
            text("INSERT INTO pace (key, booked_until) VALUES ('sms:replies', now() + :ahead)").bindparams(
                ahead=ahead
            )
        )


async def test_what_waited_for_the_old_clock_is_looked_at_soon(database: Database) -> None:
    steady = Steady()
    watch = ClockWatch(steady)
    await fill(database, timedelta(hours=1))
    async with database.transaction() as session:
        assert not await watch.look(session)
        steady.seconds += 3_605  # an hour and a bit passed, and the database's clock knows nothing of it
        assert await watch.look(session)
        waits = (await session.execute(text(WAITS))).one()
        assert (waits.run, waits.lease) == (SOON, LEASE)
        assert (waits.channel, waits.probing, waits.pace) == (timedelta(0), None, timedelta(0))
        nobody = text("SELECT count(*) FROM job WHERE key = 'later' AND lease_until IS NULL")
        assert await session.scalar(nobody) == 1
        assert not await watch.look(session), "once"


@pytest.mark.parametrize("passed", [-3_600.0, 0.0, 5.0, 59.0])
async def test_a_clock_that_runs_on_or_jumps_ahead_changes_nothing(database: Database, passed: float) -> None:
    """`passed`: seconds of the steady clock between two looks that the database's clock finds near each other."""
    steady = Steady()
    watch = ClockWatch(steady)
    await fill(database, timedelta(hours=1))
    async with database.transaction() as session:
        before = (await session.execute(text(WAITS))).one()
        await watch.look(session)
        steady.seconds += passed
        assert not await watch.look(session)
        assert (await session.execute(text(WAITS))).one() == before
