"""Wie schrijft er? A telephone that several persons use: asked once a conversation, with first names to choose from."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.replies import replies
from bot.state import Asked, Dialogue
from bot.turn_types import Reply
from channels import abilities
from channels.inbox import TURN
from channels.outbox import put
from data import queue
from data.tables import Address, AddressLink, Author, Conversation, Message, Person
from handover import conversation as handover
from handover import sharing
from handover.conversation import Step

REMEMBERED = timedelta(hours=12)  # without a word; after that it may be somebody else again
OTHER = "other"
STEP = 98  # of the question among the answers to a message: its real answer comes later, from 0


async def settle(
    session: AsyncSession, message: Message, address: Address, conversation: Conversation, now: datetime
) -> bool:
    """Find out who writes, if that is not known; True when this message is dealt with by that."""
    dialogue = Dialogue.from_json(conversation.dialogue)
    if dialogue.asked is Asked.WHO and await _answered(
        session, message, address, conversation, dialogue, now
    ):
        return True
    if dialogue.writer_at and now - datetime.fromisoformat(dialogue.writer_at) < REMEMBERED:
        return False
    persons = await sharing.who_may_write(session, address.id)
    if len(persons) < 2:
        return False
    say = replies(persons[0].language)
    names = tuple((person.name or "?").split()[0] for person in persons)
    reply = Reply(text=say("who"), options=(*names, say("who_other")))
    options = (*(str(person.id) for person in persons), OTHER)
    asked = dialogue.waiting_for(Asked.WHO, options=options, pending=dialogue.pending or message.id)
    conversation.dialogue = asked.to_json()
    await _say(session, message, conversation, reply, say.own, now)
    return True


async def _answered(
    session: AsyncSession,
    message: Message,
    address: Address,
    conversation: Conversation,
    dialogue: Dialogue,
    now: datetime,
) -> bool:
    """They said who it is: their messages are theirs, and what they asked first is answered. False: it was no answer."""
    chosen = _chosen(message.text, dialogue.options, await sharing.who_may_write(session, address.id))
    if chosen is None:
        return False
    if chosen == OTHER:
        person = Person(language=replies("nl").language)
        session.add(person)
        await session.flush()
        session.add(
            AddressLink(address_id=address.id, person_id=person.id, is_primary=False, reason="shared")
        )
        await session.flush()
        chosen = str(person.id)
    conversation.dialogue = dialogue.settled(pending=None).to_json()
    first = await session.get(Message, dialogue.pending) if dialogue.pending else None
    theirs = [first, message] if first is not None and first.id != message.id else [message]
    talk = await sharing.writes_now(session, address.id, int(chosen), theirs, now=now)
    known = Dialogue.from_json(talk.dialogue)
    talk.dialogue = known.settled(writer_at=now.isoformat(), pending=None).to_json()
    await session.flush()
    if first is None:
        person = await session.get_one(Person, int(chosen))
        say = replies(person.language)
        await _say(session, message, talk, Reply(text=say("who_thanks")), say.own, now)
    else:
        await queue.enqueue(session, TURN, key=f"turn:{chosen}", payload={"message_id": first.id})
    return True


async def _say(
    session: AsyncSession, message: Message, talk: Conversation, reply: Reply, language: str, now: datetime
) -> None:
    buttons = abilities.of(message.channel).buttons
    await put(
        session, conversation=talk, address_id=message.address_id, channel=message.channel, author=Author.BOT,
        text=reply.as_text(buttons=buttons), choices=reply.buttons(), language=language, answers_id=message.id,
        step=STEP, needs_version=talk.version,
    )  # fmt: skip
    await handover.move(session, talk, Step.BOT_ANSWERED, now=now)


def _chosen(words: str, options: tuple[str, ...], persons: Sequence[Person]) -> str | None:
    """The option that was meant: its number, or the first name of the person."""
    said = words.strip().strip(".)").casefold()
    if said.isdigit() and 1 <= int(said) <= len(options):
        return options[int(said) - 1]
    for person in persons:
        if person.name and said in (person.name.casefold(), person.name.split()[0].casefold()):
            return str(person.id)
    return OTHER if said in ("iemand anders", "quelqu'un d'autre", "somebody else", "someone else") else None
