"""Opening many conversations in two statements does what the state machine does for one."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from channels.together import Writer
from data.db import Database
from data.tables import Address, Conversation, Event, Person, Region
from handover import conversation as handover
from handover.conversation import Step
from handover.opening import open_many

NOW = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
BEFORE = NOW - timedelta(hours=2)
COMPARED = (
    "region_id", "holder", "staff_id", "waiting_on", "life", "urgency", "version", "waiting_since", "promised_at",
    "reason", "channel", "dialogue", "opened_at",
)  # fmt: skip


async def person(session: AsyncSession, number: str) -> Writer:
    if await session.get(Region, "gent") is None:
        session.add(Region(id="gent", name="Gent", office_hours={}, answer_minutes=15))
        await session.flush()
    made = Person(language="nl", region_id="gent")
    address = Address(scheme="sms", path=number)
    session.add_all([made, address])
    await session.flush()
    return Writer(address_id=address.id, person_id=made.id, region_id="gent")


async def seen(session: AsyncSession, writer: Writer) -> dict[str, object]:
    row = (
        await session.scalars(
            select(Conversation)
            .where(Conversation.person_id == writer.person_id)
            .execution_options(populate_existing=True)
        )
    ).one()
    return {name: getattr(row, name) for name in COMPARED}


@pytest.mark.parametrize(
    "steps",
    [
        (),
        (Step.BOT_ANSWERED,),
        (Step.ESCALATE,),
        (Step.BOT_ANSWERED, Step.WAIT_FOR_DATE),
        (Step.CLIENT_WROTE,),
    ],
)
async def test_a_running_conversation_waits_on_us_as_the_state_machine_says(
    database: Database, steps: tuple[Step, ...]
) -> None:
    async with database.transaction() as session:
        one, other = await person(session, "+32470000001"), await person(session, "+32470000002")
        for writer in (one, other):
            talk = await handover.open_for(session, writer.person_id, "web", None, now=BEFORE)
            for step in steps:
                await handover.move(session, talk, step, now=BEFORE)
        held = await handover.open_for(session, one.person_id, "sms", one.region_id, now=NOW)
        await handover.move(session, held, Step.CLIENT_WROTE, now=NOW)
        opened = await open_many(session, [other], "sms", now=NOW)
        assert opened[other.person_id].region_id == "gent"
        assert await seen(session, one) == await seen(session, other)


async def test_somebody_new_begins_with_the_bot(database: Database) -> None:
    async with database.transaction() as session:
        one, other = await person(session, "+32470000001"), await person(session, "+32470000002")
        held = await handover.open_for(session, one.person_id, "sms", None, now=NOW)
        held.region_id = None
        await handover.move(session, held, Step.CLIENT_WROTE, now=NOW)
        new = Writer(address_id=other.address_id, person_id=other.person_id, new=True)
        await open_many(session, [new], "sms", now=NOW)
        assert await seen(session, one) == await seen(session, other)
        told = [
            event.data
            for event in await session.scalars(select(Event).order_by(Event.id))
            if event.conversation_id
        ]
        assert len(told) == 2
        assert told[0] == told[1]


async def test_who_has_none_open_is_left_out(database: Database) -> None:
    async with database.transaction() as session:
        writer = await person(session, "+32470000001")
        assert await open_many(session, [writer], "sms", now=NOW) == {}
        talk = await handover.open_for(session, writer.person_id, "sms", None, now=NOW)
        await handover.move(session, talk, Step.CLOSE, now=NOW)
        assert await open_many(session, [writer], "sms", now=NOW) == {}
