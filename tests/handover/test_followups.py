"""Planned messages leave once, and not when there is no more reason."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from data.db import Database
from data.tables import CallTask, Conversation, FollowUp, Message, Staff
from handover import followups
from handover.conversation import NotAllowed


async def _planned(world: Any, **more: Any) -> tuple[Any, Any, Any]:
    person, staff = await world.person(), await world.staff()
    address = await world.address(person)
    row = await followups.plan(
        world.session, person.id, staff_id=staff.id, text="hoe gaat het?", now=world.now,
        due_at=world.now + timedelta(days=1), **more,
    )  # fmt: skip
    return person, address, row


async def test_it_leaves_once_when_due(database: Database, world: Any) -> None:
    _, _, row = await _planned(world)
    await world.session.commit()
    assert await followups.send_due(database, now=world.now) == 0
    due = world.now + timedelta(days=1)
    await asyncio.gather(*(followups.send_due(database, now=due) for _ in range(4)))
    async with database.transaction() as session:
        (message,) = (await session.scalars(select(Message))).all()
        assert (message.text, message.purpose, message.author) == ("hoe gaat het?", "follow_up", "staff")
        (talk,) = (await session.scalars(select(Conversation))).all()
        assert (talk.holder, talk.staff_id, talk.waiting_on) == ("staff", row.staff_id, "client")
        stored = await session.get(FollowUp, row.id)
        assert stored is not None
        assert (stored.state, stored.message_id) == ("sent", message.id)
        with pytest.raises(NotAllowed, match="al vertrokken"):
            await followups.cancel(session, row.id, by_id=row.staff_id)


@pytest.mark.parametrize("cancel_if_wrote", [True, False])
async def test_a_client_who_wrote_is_not_asked_again(
    database: Database, world: Any, cancel_if_wrote: bool
) -> None:
    person, address, row = await _planned(world, cancel_if_wrote=cancel_if_wrote)
    talk = await world.conversation(person)
    await world.message(talk, address, created_at=world.now + timedelta(hours=1))
    await world.session.commit()
    await followups.send_due(database, now=world.now + timedelta(days=1))
    async with database.transaction() as session:
        stored = await session.get(FollowUp, row.id)
        assert stored is not None
        assert stored.state == ("cancelled" if cancel_if_wrote else "sent")


async def test_what_a_client_writes_cancels_at_once(world: Any) -> None:
    person, _, row = await _planned(world)
    await _planned(world)
    assert await followups.client_wrote(world.session, person.id) == 1
    await world.session.refresh(row)
    assert (row.state, row.state_reason) == ("cancelled", "client_wrote")


async def test_it_does_not_take_a_conversation_from_a_colleague(database: Database, world: Any) -> None:
    person, _, _ = await _planned(world)
    colleague = await world.staff()
    await world.conversation(person, holder="staff", staff_id=colleague.id)
    await world.session.commit()
    await followups.send_due(database, now=world.now + timedelta(days=2))
    async with database.transaction() as session:
        (talk,) = (await session.scalars(select(Conversation))).all()
        assert (talk.staff_id, talk.version) == (colleague.id, 1)
        assert len((await session.scalars(select(Message))).all()) == 1


async def test_what_somebody_planned_who_left_goes_and_stops_nothing_else(
    database: Database, world: Any
) -> None:
    _, _, row = await _planned(world)
    (await world.session.get(Staff, row.staff_id)).active = False
    _, _, other = await _planned(world)
    await world.session.commit()
    assert await followups.send_due(database, now=world.now + timedelta(days=1)) == 2
    async with database.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(Message)) == 2
        (talk,) = await session.scalars(select(Conversation).where(Conversation.person_id == row.person_id))
        assert (talk.holder, talk.staff_id) == ("bot", None)
        states = await session.scalars(select(FollowUp.state).where(FollowUp.id.in_([row.id, other.id])))
        assert list(states) == ["sent", "sent"]


async def test_without_an_address_somebody_is_asked_to_call(database: Database, world: Any) -> None:
    person, staff = await world.person(), await world.staff()
    row = await followups.plan(
        world.session, person.id, staff_id=staff.id, text="dag", due_at=world.now, now=world.now
    )
    await world.session.commit()
    await followups.send_due(database, now=world.now)
    async with database.transaction() as session:
        stored = await session.get(FollowUp, row.id)
        assert stored is not None
        assert (stored.state, stored.state_reason) == ("cancelled", "to_call")
        (call,) = (await session.scalars(select(CallTask))).all()
        assert (call.person_id, call.staff_id, call.about, call.state) == (person.id, staff.id, "dag", "open")
