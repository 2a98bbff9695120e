"""Turns that stories cannot show: takeover, crisis while a person holds, a turn that fails for good."""

from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import select, update

from bot.hub import Hub, open_conversation
from bot.replies import BRUSSELS
from channels.base import Inbound
from channels.inbox import Inbox
from data.tables import Appointment, Conversation, Decision, Job, Message, Reminder, Staff, Status
from handover import conversation as handover
from handover.conversation import Step


async def write(hub: Hub, path: str, text: str, *, run: bool = True) -> int:
    item = Inbound(external_id=uuid4().hex, path=path, text=text)
    # The hub's own inbox starts a turn at once; who wants to run it later must not race with that.
    inbox = hub.inbox if run else Inbox(hub.database, hub.worker, open_conversation, run_here=False)
    (accepted,) = await inbox.accept("sms", "sms", [item])
    if run:
        await hub.worker.run_until_idle()
    return accepted.message_id


async def replies_to(hub: Hub, message_id: int) -> list[Message]:
    async with hub.database.transaction() as session:
        rows = await session.scalars(
            select(Message).where(Message.answers_id == message_id).order_by(Message.id)
        )
        return list(rows)


async def conversation_of(hub: Hub, message_id: int) -> Conversation:
    async with hub.database.transaction() as session:
        message = await session.get_one(Message, message_id)
        return await session.get_one(Conversation, message.conversation_id)


async def take_over(hub: Hub, conversation_id: int) -> None:
    async with hub.database.transaction() as session:
        staff_id = await session.scalar(select(Staff.id).where(Staff.role == "dispatcher").limit(1))
        conversation = await handover.lock(session, conversation_id)
        await handover.move(
            session, conversation, Step.TAKE_OVER, staff_id=staff_id, now=datetime.now(BRUSSELS)
        )


async def test_the_bot_is_silent_from_the_takeover_on(hub: Hub, number: str) -> None:
    first = await write(hub, number, "Spaanse les in Gent?")
    await take_over(hub, (await conversation_of(hub, first)).id)
    second = await write(hub, number, "en in Aalst?")
    assert await replies_to(hub, second) == []
    async with hub.database.transaction() as session:
        assert await session.scalar(select(Decision.id).where(Decision.message_id == second)) is not None


async def test_a_reply_computed_before_the_takeover_does_not_leave(hub: Hub, number: str) -> None:
    message_id = await write(hub, number, "Spaanse les in Gent?", run=False)
    async with hub.database.transaction() as session:
        await hub.turns.take(session, message_id, owner=None)  # stored, not yet sent
    await take_over(hub, (await conversation_of(hub, message_id)).id)
    await hub.worker.run_until_idle()
    (reply,) = await replies_to(hub, message_id)
    assert reply.status == Status.WITHHELD
    assert reply.status_reason == "een mens nam het over"


async def test_a_turn_runs_once_however_often_its_job_does(hub: Hub, number: str) -> None:
    message_id = await write(hub, number, "goeiedag")
    async with hub.database.transaction() as session:
        assert await hub.turns.take(session, message_id, owner=None) == []
    assert len(await replies_to(hub, message_id)) == 1


async def test_distress_while_a_person_holds_raises_the_urgency(hub: Hub, number: str) -> None:
    first = await write(hub, number, "hallo")
    await take_over(hub, (await conversation_of(hub, first)).id)
    second = await write(hub, number, "ik wil er niet meer zijn, ik maak er een einde aan")
    held = await conversation_of(hub, second)
    assert held.urgency == "crisis"
    assert held.holder == "staff"
    assert await replies_to(hub, second) == []  # the person who holds it answers


async def test_a_turn_that_fails_for_good_is_promised_a_colleague(hub: Hub, number: str) -> None:
    message_id = await write(hub, number, "hallo", run=False)
    async with hub.database.transaction() as session:
        tried = update(Job).where(Job.payload["message_id"].as_integer() == message_id).values(attempts=99)
        await session.execute(tried)
    await hub.worker.run_until_idle()
    (reply,) = await replies_to(hub, message_id)
    assert "Je vraag is bewaard" in reply.text
    assert (await conversation_of(hub, message_id)).holder == "queue"


async def test_reminders_arrive_and_are_answered(hub: Hub, number: str) -> None:
    await write(hub, number, "ik weet niet wat ik wil")
    await write(hub, number, "9300 Aalst")
    booked = await write(hub, number, "1")
    assert "Afgesproken" in (await replies_to(hub, booked))[0].text
    async with hub.database.transaction() as session:
        person_id = (await session.get_one(Message, booked)).person_id
        appointment = (
            await session.scalars(select(Appointment).where(Appointment.person_id == person_id))
        ).one()
        await session.execute(
            update(Reminder)
            .where(Reminder.appointment_id == appointment.id)
            .values(due_at=datetime.now(BRUSSELS) - timedelta(minutes=1))
        )
    await hub.ticker.tick()
    async with hub.database.transaction() as session:
        reminders = (
            await session.scalars(
                select(Message).where(Message.person_id == person_id, Message.purpose == "reminder")
            )
        ).all()
    assert reminders, "no reminder was queued"
    assert "1 = ik kom" in reminders[0].text
    coming = await write(hub, number, "1")
    assert "tot dan" in (await replies_to(hub, coming))[0].text
    async with hub.database.transaction() as session:
        assert (await session.get_one(Appointment, appointment.id)).coming_at is not None
    cancelled = await write(hub, number, "annuleer")
    assert "afzeggen" in (await replies_to(hub, cancelled))[0].text
    assert "afgezegd" in (await replies_to(hub, await write(hub, number, "1")))[0].text


async def test_a_reminder_is_answered_by_cancelling(hub: Hub, number: str) -> None:
    await write(hub, number, "ik weet niet wat ik wil")
    await write(hub, number, "9300 Aalst")
    booked = await write(hub, number, "1")
    async with hub.database.transaction() as session:
        person_id = (await session.get_one(Message, booked)).person_id
        mine = select(Appointment.id).where(Appointment.person_id == person_id)
        due = update(Reminder).where(Reminder.appointment_id.in_(mine))
        await session.execute(due.values(due_at=datetime.now(BRUSSELS) - timedelta(minutes=1)))
    await hub.ticker.tick()
    cancelled = await write(hub, number, "3")
    assert "afgezegd" in (await replies_to(hub, cancelled))[0].text
