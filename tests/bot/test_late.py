"""The promise clock from end to end: the client hears once that it takes longer, and when then."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select, update

from bot import late
from bot.hub import Hub
from bot.replies import BRUSSELS, replies
from bot.tick import Ticker
from channels.base import Inbound
from data.tables import Address, Conversation, Event, Job, Message, Presence, Staff
from handover import conversation as handover
from handover.conversation import Step
from handover.queue import return_unanswered

ASKED = {"nl": "mens", "fr": "je voudrais parler à une personne", "en": "can I talk to a person?"}


async def ask(hub: Hub, number: str, text: str) -> Conversation:
    await hub.inbox.accept("sms", "sms", [Inbound(external_id=uuid4().hex, path=number, text=text)])
    await hub.worker.run_until_idle()
    async with hub.database.transaction() as session:
        query = (
            select(Conversation)
            .join(Message, Message.conversation_id == Conversation.id)
            .join(Address, Address.id == Message.address_id)
        )
        return (await session.scalars(query.where(Address.path == number).limit(1))).one()


async def said_later(hub: Hub, talk: Conversation) -> list[Message]:
    async with hub.database.transaction() as session:
        query = select(Message).where(
            Message.conversation_id == talk.id, Message.client_msg_id.startswith("late-")
        )
        return list(await session.scalars(query))


@pytest.mark.parametrize("language", ["nl", "fr", "en"])
async def test_told_once_with_a_new_promise(hub: Hub, number: str, language: str) -> None:
    talk = await ask(hub, number, ASKED[language])
    assert talk.holder == "queue"
    assert talk.promised_at is not None
    passed = talk.promised_at + timedelta(minutes=1)
    await Ticker(hub.database, clock=lambda: passed).tick()
    for minutes in (2, 300):
        await late.sweep(hub.database, now=passed + timedelta(minutes=minutes))
    (told,) = await said_later(hub, talk)
    async with hub.database.transaction() as session:
        now = await session.get_one(Conversation, talk.id)
    say = replies(language)
    assert told.text.startswith(say("status_late")[:20])
    assert (now.urgency, now.promise_broken_at, now.version) == ("high", passed, talk.version)
    assert now.promised_at is not None
    assert say.promise(now.promised_at, passed) in told.text


async def test_in_a_crisis_no_machine_says_that_it_takes_longer(hub: Hub, number: str) -> None:
    talk = await ask(hub, number, "ik wil er niet meer zijn, ik maak er een einde aan")
    assert talk.promised_at is not None
    await late.sweep(hub.database, now=talk.promised_at + timedelta(minutes=1))
    assert await said_later(hub, talk) == []


async def test_with_nobody_there_the_house_hears_who_has_the_duty(hub: Hub, number: str) -> None:
    async with hub.database.transaction() as session:
        await session.execute(update(Staff).values(presence=Presence.OFFLINE))
    talk = await ask(hub, number, "mens")
    assert talk.promised_at is not None
    await late.sweep(hub.database, now=talk.promised_at - timedelta(seconds=30))
    async with hub.database.transaction() as session:
        jobs = await session.scalars(select(Job).where(Job.key == f"alert:{talk.id}"))
        (payload,) = [job.payload for job in jobs]
        duty = await session.get_one(Staff, payload["duty_staff_id"])
    assert (payload["kind"], duty.role) == ("promise_due", "coordinator")
    assert payload["path"] == f"/console/gesprek/{talk.id}"
    assert datetime.fromisoformat(payload["at"]).astimezone(BRUSSELS) < talk.promised_at


@pytest.mark.parametrize("language", ["nl", "fr", "en"])
async def test_whose_helper_went_home_hears_that_the_team_has_the_question(
    hub: Hub, number: str, language: str
) -> None:
    talk = await ask(hub, number, ASKED[language])
    async with hub.database.transaction() as session:
        await session.execute(update(Staff).values(presence=Presence.OFFLINE))
        row = await handover.lock(session, talk.id)
        (staff_id,) = await session.scalars(select(Staff.id).order_by(Staff.id).limit(1))
        await handover.move(session, row, Step.TAKE_OVER, staff_id=staff_id, now=datetime.now(BRUSSELS))
    evening = datetime.now(BRUSSELS) + timedelta(hours=2)
    for _ in range(2):
        await return_unanswered(hub.database, late.tell_returned, now=evening)
    (told,) = await said_later(hub, talk)
    async with hub.database.transaction() as session:
        now = await session.get_one(Conversation, talk.id)
    say = replies(language)
    assert (now.holder, now.staff_id) == ("queue", None)
    assert now.promised_at is not None
    assert told.text == say("back_in_queue", promise=say.promise(now.promised_at, evening))
    assert told.needs_version == now.version, "it leaves only while nobody of ours has it again"


async def test_who_vanishes_in_the_middle_leaves_a_silent_bot_and_a_log_of_who_had_it(
    hub: Hub, number: str
) -> None:
    """Fault 64: their browser dies after taking over. Nobody speaks over them, and nobody is forgotten."""
    talk = await ask(hub, number, "mens")
    began = datetime.now(BRUSSELS)
    async with hub.database.transaction() as session:
        (staff,) = await session.scalars(select(Staff).order_by(Staff.id).limit(1))
        staff.presence, staff.presence_at = Presence.AVAILABLE, began
        row = await handover.lock(session, talk.id)
        await handover.move(session, row, Step.TAKE_OVER, staff_id=staff.id, now=began)
        said = await session.scalar(select(func.count()).where(Message.author == "bot"))
    await ask(hub, number, "ben je er nog? ik zoek een cursus Spaans in Gent")
    async with hub.database.transaction() as session:
        assert await session.scalar(select(func.count()).where(Message.author == "bot")) == said
        waits = await session.get_one(Conversation, talk.id)
    assert (waits.holder, waits.staff_id, waits.waiting_on) == ("staff", staff.id, "us")
    await return_unanswered(hub.database, late.tell_returned, now=began + timedelta(minutes=59))
    async with hub.database.transaction() as session:
        assert (await session.get_one(Conversation, talk.id)).holder == "staff"
    assert await return_unanswered(hub.database, late.tell_returned, now=began + timedelta(minutes=62)) >= 1
    async with hub.database.transaction() as session:
        query = select(Event).where(
            Event.conversation_id == talk.id,
            Event.kind.startswith("conversation."),
            Event.kind != "conversation.opened",
        )
        log = [
            (event.kind.split(".")[1], event.data["from_holder"], event.data["holder_staff_id"])
            for event in await session.scalars(query.order_by(Event.id))
        ]
    assert log == [
        ("escalated", "bot", None), ("taken_over", "queue", staff.id), ("released", "staff", None),
    ]  # fmt: skip
