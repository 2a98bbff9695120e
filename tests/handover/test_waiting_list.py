"""The waiting list of handover.queue, and presence."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from data.db import Database
from data.tables import Presence, Role, Staff
from handover import presence, queue
from handover.conversation import NotAllowed
from handover.queue import Listing


async def test_crisis_first_then_high_then_longest_waiting(world: Any) -> None:
    staff = await world.staff(Role.DISPATCHER)
    cases = [("normal", 5), ("normal", 50), ("high", 1), ("crisis", 0), ("high", 9)]
    names = {}
    for urgency, minutes in cases:
        talk = await world.conversation(
            await world.person(), holder="queue", waiting_on="us", urgency=urgency,
            waiting_since=world.now - timedelta(minutes=minutes),
        )  # fmt: skip
        names[talk.id] = (urgency, minutes)
    rows = await queue.rows(world.session, staff, Listing.QUEUE)
    order = [names[row.conversation.id] for row in rows]
    assert order == [("crisis", 0), ("high", 9), ("high", 1), ("normal", 50), ("normal", 5)]
    counts = await queue.counts(world.session, staff, now=world.now)
    assert (counts.waiting, counts.crisis, counts.mine) == (5, 1, 0)
    assert counts.longest_since == world.now - timedelta(minutes=50)


async def test_late_is_a_promise_that_passed_while_waiting_on_us(world: Any) -> None:
    staff = await world.staff(Role.DISPATCHER)
    await world.conversation(
        await world.person(), holder="queue", waiting_on="us", promised_at=world.now - timedelta(minutes=1)
    )
    (row,) = await queue.rows(world.session, staff)
    assert row.late(world.now)
    assert (await queue.counts(world.session, staff, now=world.now)).late == 1


async def test_somebody_who_left_without_saying_so_is_not_present(world: Any) -> None:
    staff = await world.staff()
    await presence.set_presence(world.session, staff, Presence.AVAILABLE, now=world.now)
    assert await presence.somebody_present(world.session, "gent", now=world.now)
    assert not await presence.somebody_present(world.session, "antwerpen", now=world.now)
    later = world.now + presence.FORGOTTEN_AFTER + timedelta(seconds=1)
    assert not await presence.somebody_present(world.session, "gent", now=later)


async def test_an_analyst_is_nobody_to_wait_for(world: Any) -> None:
    await world.staff(Role.ANALYST, None, presence=Presence.AVAILABLE, presence_at=world.now)
    assert not await presence.somebody_present(world.session, None, now=world.now)


@pytest.mark.parametrize(
    ("minutes", "there", "waiting_on", "returned"),
    [(61, False, "us", 1), (61, True, "us", 0), (59, False, "us", 0), (61, False, "client", 0)],
)
async def test_nobody_stays_waiting_on_somebody_who_went_home(
    database: Database, world: Any, minutes: int, there: bool, waiting_on: str, returned: int
) -> None:
    staff = await world.staff(
        presence=Presence.AVAILABLE if there else Presence.OFFLINE, presence_at=world.now
    )
    talk = await world.conversation(
        await world.person(), holder="staff", staff_id=staff.id, waiting_on=waiting_on,
        waiting_since=world.now - timedelta(minutes=minutes),
    )  # fmt: skip
    await world.session.commit()
    told = []

    async def tell(session: Any, row: Any, now: Any) -> None:
        told.append((row.id, row.holder, row.promised_at is not None))

    counts = [await queue.return_unanswered(database, tell, now=world.now) for _ in range(2)]
    assert counts == [returned, 0]
    assert told == [(talk.id, "queue", True)] * returned
    await world.session.refresh(talk)
    assert (talk.holder, talk.promised_at is not None) == (("queue", True) if returned else ("staff", False))


async def test_questions_of_professionals_have_a_list_of_their_own(world: Any) -> None:
    staff = await world.staff(Role.DISPATCHER)
    made = {}
    for reason in ("second_line", "asked_for_human"):
        made[reason] = await world.conversation(
            await world.person(), holder="queue", waiting_on="us", waiting_since=world.now, reason=reason
        )
    listed = await queue.rows(world.session, staff, queue.Listing.SECOND_LINE)
    assert [row.conversation.id for row in listed] == [made["second_line"].id]
    assert len(await queue.rows(world.session, staff)) == 2, (
        "and they stay in the whole list: none is forgotten"
    )


async def test_of_many_who_claim_at_once_one_has_it_and_the_others_hear_who(
    database: Database, world: Any
) -> None:
    talk = await world.conversation(await world.person(), holder="queue", waiting_on="us")
    staff = {one.id: one.name for one in [await world.staff(Role.DISPATCHER) for _ in range(8)]}
    await world.session.commit()

    async def claim(staff_id: int) -> int | str:
        try:
            async with database.transaction() as session:
                who = await session.get_one(Staff, staff_id)
                row = await queue.claim(session, talk.id, who, version=1, now=world.now)
                return row.staff_id or 0
        except NotAllowed as refused:
            return str(refused)

    found = await asyncio.gather(*(claim(staff_id) for staff_id in staff))
    (winner,) = [one for one in found if isinstance(one, int)]
    assert found.count(f"{staff[winner]} nam dit gesprek net over. Kijk eerst wat er gezegd is.") == 7
    await world.session.refresh(talk)
    assert (talk.staff_id, talk.version) == (winner, 2)
