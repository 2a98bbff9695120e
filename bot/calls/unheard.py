"""After a call: answers that nobody was on the line to hear, and callers to whom nothing was said."""

import logging
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.calls import answers, texting
from bot.replies import replies
from channels.voice.call import Call
from data import events
from data.db import Database
from data.tables import Address, Direction, Message, Person, Receipt, Status
from handover import call_tasks
from handover import conversation as handover

log = logging.getLogger(__name__)
ON_THE_LINE = timedelta(seconds=100)  # longer than we let anybody wait: what is still queued has no listener
HUNG_UP = "de beller hing op voor het antwoord"
NOT_BY_PHONE = "een bericht kan je niet naar een telefoon sturen"
ASKED, MISSED, VOICEMAIL, UNHEARD, TO_READ, LATE = (
    "asked", "missed", "voicemail", "unheard", "to_read", "late",
)  # fmt: skip


def key_of(call: Call) -> str:
    """What asks for a call back, once for each phone call."""
    return f"voice:{call.sid}"


async def call_over(session: AsyncSession, call: Call, *, sms_on: bool, now: datetime) -> None:
    """Twilio's news that a call has ended; the same news again changes nothing."""
    said = await answers.messages_of(session, call)
    if not said:
        await _missed(session, call, sms_on=sms_on, now=now)
        return
    queued = (
        select(Message)
        .where(
            Message.answers_id.in_([message.id for message in said]),
            Message.channel == "voice",
            Message.status == Status.QUEUED,
        )
        .order_by(Message.id)
    )
    if await session.scalar(queued.limit(1)) is None:
        return  # nor is the person locked: a turn may be at work, whose answer is settled later
    await handover.lock_person(session, said[0].person_id)
    for reply in (await session.scalars(queued.execution_options(populate_existing=True))).all():
        await _settle(session, reply, sms_on=sms_on, now=now)


async def settle_late(database: Database, *, sms_on: bool, now: datetime, limit: int = 50) -> int:
    """Answers that came when the call was over, and messages to an address that is only a telephone; returns how many."""
    async with database.transaction() as session:
        found = await session.execute(
            select(Message.id, Message.person_id)
            .where(
                Message.channel == "voice",
                Message.direction == Direction.OUT,
                Message.status == Status.QUEUED,
                Message.created_at < now - ON_THE_LINE,
            )
            .order_by(Message.id)
            .limit(limit)
        )
        late = found.all()
    for message_id, person_id in late:
        async with database.transaction() as session:
            await handover.lock_person(session, person_id)
            message = await session.get(Message, message_id, with_for_update=True)
            if message is not None and message.status == Status.QUEUED:
                await _settle(session, message, sms_on=sms_on, now=now)
    return len(late)


async def _settle(session: AsyncSession, message: Message, *, sms_on: bool, now: datetime) -> None:
    """Not said: as an SMS where they agreed to that, else by a colleague who calls. In danger always that too."""
    person = await session.get_one(Person, message.person_id)
    address = await session.get_one(Address, message.address_id)
    number = address.path if address.path.startswith("+") else None
    answer = message.answers_id is not None
    await answers.withhold(session, message, HUNG_UP if answer else NOT_BY_PHONE)
    texted = number is not None and await texting.may_text(session, person.id, number, sms_on=sms_on)
    say = replies(message.language or person.language)
    if texted and number is not None:
        words = f"{say('call_unheard')}\n{message.text}" if answer else message.text
        await texting.text(
            session, person, number, words, key=f"voice:{message.id}", language=say.own, now=now
        )
    crisis = answer and message.purpose == "notice"
    if number is not None and (crisis or not texted):
        await call_tasks.ask(
            session, person.id, reason=call_tasks.CRISIS if crisis else UNHEARD if answer else TO_READ,
            key=await _asks(session, message), address_id=address.id, language=say.own,
            conversation_id=message.conversation_id, about=message.text, now=now,
        )  # fmt: skip


async def _asks(session: AsyncSession, message: Message) -> str:
    """The phone call in which it was to be said, so that one call asks for one call back."""
    about = await session.scalar(
        select(Receipt.external_id).where(
            Receipt.channel == "voice", Receipt.message_id == message.answers_id
        )
    )
    return f"voice:{about.split(':')[0]}" if about else f"message:{message.id}"


async def _missed(session: AsyncSession, call: Call, *, sms_on: bool, now: datetime) -> None:
    """They rang and said nothing. Behind a hidden number there is nobody whom we could call."""
    if call.number is None or await call_tasks.of_source(session, key_of(call)):
        return
    address_id, person = await texting.caller(session, call.number, call.language)
    say = replies(person.language)
    task = await call_tasks.ask(
        session, person.id, reason=MISSED, key=key_of(call), address_id=address_id, now=now
    )
    await events.record(
        session, "call.missed", person_id=person.id, region_id=task.region_id,
        data={"call_task_id": task.id, "status": call.status},
    )  # fmt: skip
    if await texting.may_text(session, person.id, call.number, sms_on=sms_on):
        promise = say.promise(task.promised_at or now, now)
        await texting.text(
            session, person, call.number, say("call_missed", promise=promise), key=f"missed:{call.sid}",
            language=say.own, now=now,
        )  # fmt: skip
