"""One person, several addresses: "dit is ook mijn nummer", "koppel mijn whatsapp", and the code that proves it."""

import re
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.state import Asked, Dialogue
from bot.turn_types import Outcome, Reply, Turn, wording
from channels import abilities
from channels.abilities import channel_of
from channels.addresses import find, shown
from channels.outbox import put
from data.tables import Author, ChannelHealth, ChannelState, Conversation, Message, Person
from handover.conversation import NotAllowed
from handover.link_codes import Outcome as Linked
from handover.link_codes import Typed, spaced
from nlu.text import fold

_ALSO_MINE = re.compile(
    r"\b(?:dit|dat|het) is ook mijn (?:nummer|gsm|telefoon|mail|e ?mail|whatsapp|adres)|\bmijn (?:ander|andere|tweede) "
    r"(?:nummer|gsm|mail|e ?mail|adres)\b|\bkoppel(?:en)? (?:ook )?(?:mijn|met) |\b(?:c est|voici) aussi mon (?:numero|mail|adresse|whatsapp)"
    r"|\bmon autre (?:numero|mail|adresse)|\b(?:lier|relier|associer|associe|lie) (?:mon|ma) |\b(?:this|that) is (?:also )?my "
    r"(?:other )?(?:number|phone|mail|e ?mail|whatsapp)|\bmy other (?:number|phone|mail|e ?mail)|\b(?:link|connect) my "
)
_WHATSAPP = re.compile(r"whats ?app|wapp")


async def heard(turn: Turn) -> Outcome | None:
    """They name another address of theirs, or answer which it is; None when the message is about something else.

    Asked before all else: a number in a message makes it look like many other things.
    """
    if turn.dialogue.asked is Asked.LINK and (proved := await _prove(turn)) is not None:
        return proved
    words = re.sub(r"[^\w@+. ]+", " ", fold(turn.understanding.text))
    if not _ALSO_MINE.search(words):
        return None
    return await _prove(turn) or Outcome(
        replies=(Reply(text=turn.say("link_which")),), dialogue=turn.dialogue.waiting_for(Asked.LINK)
    )


async def _prove(turn: Turn) -> Outcome | None:
    found = find(turn.message.text)
    if found is None:
        return None
    scheme, path = found
    if scheme == "tel":
        asked = fold(turn.understanding.text) + " " + (turn.dialogue.topic or "")
        scheme = "whatsapp" if _WHATSAPP.search(asked) else "sms"
    done = turn.dialogue.settled()
    channel = channel_of(scheme)
    if not await _is_on(turn.session, channel):
        return Outcome(replies=(Reply(text=turn.say("link_no_channel")),), dialogue=done)
    try:
        code, address = await turn.link_codes.ask(
            turn.session, turn.person.id, scheme, path, now=turn.now, from_id=turn.address.id
        )
    except NotAllowed:
        return Outcome(replies=(Reply(text=turn.say("link_not_now")),), dialogue=done)
    there = shown(scheme, address.path)
    if abilities.of(channel).window is not None:  # we may not write there first: they bring the code
        words = turn.say(
            "link_bring", code=spaced(code), address=there, channel=turn.say(f"channel_{channel}")
        )
        return Outcome(replies=(Reply(text=words, code=True),), dialogue=done)
    await put(
        turn.session, conversation=turn.conversation, address_id=address.id, channel=channel, author=Author.BOT,
        text=turn.say("link_code", code=spaced(code)), language=turn.say.own, purpose="code",
        client_msg_id=f"code-{turn.message.id}",
    )  # fmt: skip
    return Outcome(replies=(Reply(text=turn.say("link_sent", address=there)),), dialogue=done)


async def answer_code(
    session: AsyncSession, message: Message, typed: Typed, dialogue: Dialogue, now: datetime
) -> None:
    """Say what became of a code, in the conversation that it stands in by now."""
    await session.refresh(message)
    conversation = await session.get_one(Conversation, message.conversation_id, populate_existing=True)
    person = await session.get_one(Person, message.person_id, populate_existing=True)
    say = wording(person, message)
    key = {Linked.LINKED: "link_done", Linked.FOR_STAFF: "link_for_staff"}.get(typed.outcome)
    if key is None:
        key = "link_wrong" if typed.tries_left else "link_too_often"
    if (
        not dialogue.greeted
    ):  # their first word to us here was a code: no need to introduce ourselves any more
        conversation.dialogue = {**conversation.dialogue, "greeted": True}
    await put(
        session, conversation=conversation, address_id=message.address_id, channel=message.channel,
        author=Author.BOT, text=say(key), language=say.own, answers_id=message.id, step=0,
    )  # fmt: skip


async def _is_on(session: AsyncSession, channel: str) -> bool:
    state = await session.get(ChannelState, channel)
    return state is not None and state.health != ChannelHealth.OFF
