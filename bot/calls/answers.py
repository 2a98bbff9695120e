"""What the bot answered to something said on the phone, and that it was read out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.calls import texting
from channels.base import Choice
from channels.outbox import set_status
from channels.phone_numbers import is_mobile
from channels.sender import is_outdated
from channels.voice.call import MOST_TURNS, Call
from channels.voice.spoken import speakable
from data import events
from data.tables import Conversation, Decision, Direction, Message, Person, Receipt, Status
from handover import conversation as handover

HEARD = (Status.SENT, Status.DELIVERED, Status.READ)
TAKEN_OVER = "een mens nam het over"
LAST_STEP = 99  # of bot.turn: our own failure


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The answer to one turn of a call. `said` is fit to be read out in `language`; `choices` are keys; `texted`: an SMS goes too.

    `can_text`: it is worth having in writing, and we may ask whether they want it as an SMS.
    """

    message: Message
    conversation: Conversation
    person: Person
    replies: Sequence[Message]
    said: str
    language: str
    choices: Sequence[Choice]
    crisis: bool
    texted: bool
    can_text: bool


async def message_of(session: AsyncSession, external_id: str) -> Message | None:
    """What they said, by the id that it has as a message."""
    return await session.scalar(
        select(Message)
        .join(Receipt, Receipt.message_id == Message.id)
        .where(Receipt.channel == "voice", Receipt.external_id == external_id)
    )


async def messages_of(session: AsyncSession, call: Call) -> Sequence[Message]:
    """Everything they said or spoke in during this call, in order."""
    ids = [call.voicemail_id, *(call.external_id(turn) for turn in range(1, MOST_TURNS + 1))]
    found = await session.scalars(
        select(Message)
        .join(Receipt, Receipt.message_id == Message.id)
        .where(Receipt.channel == "voice", Receipt.external_id.in_(ids))
        .order_by(Message.id)
    )
    return found.all()


async def is_answered(session: AsyncSession, call: Call) -> bool:
    """Whether the turn is over. Looks without a lock, because a turn that is at work holds one."""
    about = select(Receipt.message_id).where(
        Receipt.channel == "voice", Receipt.external_id == call.external_id(call.turn)
    )
    decided = select(Decision.id).where(Decision.message_id.in_(about)).limit(1)
    replied = select(Message.id).where(Message.answers_id.in_(about)).limit(1)
    return (await session.scalar(decided) or await session.scalar(replied)) is not None


async def read_out(session: AsyncSession, call: Call, *, sms_on: bool, now: datetime) -> Answer | None:
    """The answer, now marked as read out; the same again when the request is. None when there is none yet.

    No opt-out is asked about: whoever is on the line hears the answer to what they asked.
    """
    if not await is_answered(session, call):
        return None
    message = await message_of(session, call.external_id(call.turn))
    if message is None:
        return None
    conversation = await handover.lock(session, message.conversation_id)
    person = await session.get_one(Person, message.person_id)
    replies = await _released(session, call, message, conversation)
    spoken = [speakable(_with_keys(reply), reply.language or call.language) for reply in replies]
    choices = [Choice(**choice) for choice in (replies[-1].choices if replies else ())]
    to_choose = any(choice.value.isdigit() for choice in choices)
    worth = any(part.cut or (part.dated and not to_choose) for part in spoken)
    allowed = await texting.may_text(session, person.id, call.number, sms_on=sms_on)
    if worth and allowed:
        await text_answer(session, call, person, replies, now)
    decided = await session.scalar(select(Decision.action).where(Decision.message_id == message.id))
    return Answer(
        message=message, conversation=conversation, person=person, replies=replies,
        said=" ".join(part.text for part in spoken),
        language=(replies[-1].language if replies else None) or call.language,
        choices=choices,
        crisis=decided == "crisis", texted=worth and allowed,
        can_text=worth and not allowed and sms_on and is_mobile(call.number),
    )  # fmt: skip


def _with_keys(reply: Message) -> str:
    """Its text and, as lines to choose from, the buttons that the text does not name."""
    keys = (f"{choice['value']}) {choice['label']}" for choice in reply.choices if choice["value"].isdigit())
    return "\n".join([reply.text, *(line for line in keys if line not in reply.text)])


async def text_answer(
    session: AsyncSession, call: Call, person: Person, replies: Sequence[Message], now: datetime
) -> None:
    """The same answer as an SMS, once; the caller holds the lock on the person."""
    if call.number is None:
        return
    for reply in replies:
        await texting.text(
            session,
            person,
            call.number,
            reply.text,
            key=f"voice:{reply.id}",
            language=reply.language or call.language,
            now=now,
        )


async def replies_of(session: AsyncSession, message: Message) -> Sequence[Message]:
    """What was read out in answer to `message`."""
    found = await session.scalars(
        select(Message)
        .where(Message.answers_id == message.id, Message.channel == "voice", Message.status.in_(HEARD))
        .order_by(Message.step)
    )
    return found.all()


async def _released(
    session: AsyncSession, call: Call, message: Message, conversation: Conversation
) -> Sequence[Message]:
    waiting = await session.scalars(
        select(Message)
        .where(Message.answers_id == message.id, Message.channel == "voice", Message.status == Status.QUEUED)
        .order_by(Message.step)
    )
    for reply in waiting.all():
        if is_outdated(reply, conversation):
            await withhold(session, reply, TAKEN_OVER)
        else:
            external_id = f"{call.external_id(call.turn)}:{reply.step}"
            await set_status(session, Message.id == reply.id, Status.SENT, external_id=external_id)
    return await replies_of(session, message)


async def heard_out(session: AsyncSession, call: Call) -> None:
    """They went on with the call, so the answer before this turn was heard."""
    before = call.external_id(call.turn - 1)
    ids = [f"{before}:{step}" for step in (*range(10), LAST_STEP)]
    about = (Message.channel == "voice") & Message.external_id.in_(ids)
    known = await session.scalar(
        select(Message).where(about, Message.direction == Direction.OUT, Message.status == Status.SENT)
    )
    if known is not None:
        await handover.lock_person(session, known.person_id)
        await set_status(session, about, Status.DELIVERED)


async def withhold(session: AsyncSession, message: Message, reason: str) -> None:
    """It is not said after all. The caller holds the lock on the person."""
    message.status, message.status_reason = Status.WITHHELD, reason
    message.status_at = datetime.now().astimezone()
    await session.flush()
    await events.record(
        session, "message.withheld", person_id=message.person_id, conversation_id=message.conversation_id,
        data={"message_id": message.id},
    )  # fmt: skip
