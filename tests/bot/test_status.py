"""Where is my question: said in the queue and beside who is away, never beside a person who is there."""

from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import select, update

from bot.hub import Hub
from bot.replies import BRUSSELS, replies
from channels.base import Inbound
from data.tables import Conversation, Decision, Message, Presence, Staff
from handover import conversation as handover
from handover.conversation import Step

ASKED = "Waar is mijn vraag?"


async def write(hub: Hub, path: str, text: str) -> int:
    item = Inbound(external_id=uuid4().hex, path=path, text=text)
    (accepted,) = await hub.inbox.accept("sms", "sms", [item])
    await hub.worker.run_until_idle()
    return accepted.message_id


async def said(hub: Hub, message_id: int) -> list[str]:
    async with hub.database.transaction() as session:
        found = await session.scalars(select(Message.text).where(Message.answers_id == message_id))
        return list(found)


async def conversation_of(hub: Hub, message_id: int) -> Conversation:
    async with hub.database.transaction() as session:
        message = await session.get_one(Message, message_id)
        return await session.get_one(Conversation, message.conversation_id)


async def held_by(hub: Hub, path: str, presence: Presence) -> Staff:
    """A conversation that a member of staff took over, who is there or not."""
    talk = await conversation_of(hub, await write(hub, path, "mens"))
    now = datetime.now(BRUSSELS)
    async with hub.database.transaction() as session:
        staff = (await session.scalars(select(Staff).where(Staff.role == "counsellor").limit(1))).one()
        staff.presence, staff.presence_at = presence, now
        row = await handover.lock(session, talk.id)
        await handover.move(session, row, Step.TAKE_OVER, staff_id=staff.id, now=now)
    return staff


async def test_beside_a_person_who_is_there_the_bot_is_silent(hub: Hub, number: str) -> None:
    staff = await held_by(hub, number, Presence.AVAILABLE)
    asked = await write(hub, number, ASKED)
    assert await said(hub, asked) == []
    async with hub.database.transaction() as session:
        await session.execute(update(Staff).where(Staff.id == staff.id).values(presence=Presence.OFFLINE))


async def test_beside_a_person_who_is_away_it_says_who_has_it(hub: Hub, number: str) -> None:
    staff = await held_by(hub, number, Presence.OFFLINE)
    asked = await write(hub, number, ASKED)
    (line,) = await said(hub, asked)
    assert f"Je vraag ligt bij {staff.name.split()[0]}." in line
    talk = await conversation_of(hub, asked)
    assert talk.holder == "staff"
    assert talk.promised_at is not None
    assert replies("nl").promise(talk.promised_at, datetime.now(BRUSSELS))[:6] in line
    other = await write(hub, number, "wat kost een cursus Spaans?")
    assert await said(hub, other) == []


async def test_a_promise_that_passed_is_said_to_have_passed_and_is_made_anew(hub: Hub, number: str) -> None:
    talk = await conversation_of(hub, await write(hub, number, "mens"))
    passed = datetime.now(BRUSSELS) - timedelta(minutes=3)
    async with hub.database.transaction() as session:
        await session.execute(
            update(Conversation).where(Conversation.id == talk.id).values(promised_at=passed)
        )
    asked = await write(hub, number, ASKED)
    (line,) = await said(hub, asked)
    assert line.startswith("Het duurt langer dan we zeiden.")
    again = await conversation_of(hub, asked)
    assert again.promised_at is not None
    assert again.promised_at > datetime.now(BRUSSELS)
    async with hub.database.transaction() as session:
        decision = (await session.scalars(select(Decision).where(Decision.message_id == asked))).one()
    assert (decision.action, decision.reasons[0]["code"]) == ("status", "where_is_it")
