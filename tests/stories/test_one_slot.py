"""One free time and fifty who choose it at the same moment, each on a channel of their own: one has it, all are answered."""

import asyncio
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import func, select, text

from bot.hub import Hub
from bot.replies import BRUSSELS, replies
from bot.state import Asked, Dialogue, Goal
from channels.base import Inbound
from data import geo
from data.tables import Appointment, Conversation, Message, Person
from dispatch import calendar
from tests.dispatch.world import OVERLAPS

PEOPLE = 50
CHANNELS = (  # name, scheme
    ("sms", "sms"), ("whatsapp", "whatsapp"), ("telegram", "telegram"), ("email", "email"), ("web", "web"),
)  # fmt: skip


def _path(scheme: str) -> str:
    if scheme in ("sms", "whatsapp"):
        return f"+3247{uuid4().int % 10_000_000:07d}"
    if scheme == "telegram":
        return str(uuid4().int % 10**12)
    return f"{uuid4().hex}@voorbeeld.be" if scheme == "email" else uuid4().hex


async def test_fifty_over_five_channels_choose_one_time(hub: Hub) -> None:
    """67. Across channels."""
    now = datetime.now(BRUSSELS)
    async with hub.database.transaction() as session:
        free = await calendar.free_slots(
            session, kind="mediation", start=now + timedelta(days=8), end=now + timedelta(days=22),
            region_id="gent",
        )  # fmt: skip
        slot = free[0]
    place = geo.by_postcode("9000")[0]
    turns = (CHANNELS[number % len(CHANNELS)] for number in range(PEOPLE))
    people = [(channel, scheme, _path(scheme)) for channel, scheme in turns]
    greeted = [await _say(hub, *person, "hallo") for person in people]
    await hub.worker.run_until_idle()
    for message_id in greeted:
        await _show(hub, message_id, str(slot.key), place)
    asked = await asyncio.gather(*(_say(hub, *person, "1") for person in people))
    await hub.worker.run_until_idle()
    async with hub.database.transaction() as session:
        won = await session.scalars(
            select(Appointment.person_id).where(
                Appointment.staff_id == slot.staff_id, Appointment.starts_at == slot.starts_at,
                Appointment.status == "confirmed",
            )
        )  # fmt: skip
        (winner,) = won.all()
        assert await session.scalar(OVERLAPS) == 0
        answers = await session.execute(
            select(Message.person_id, func.string_agg(Message.text, text("'\n'")))
            .where(Message.answers_id.in_(asked))
            .group_by(Message.person_id)
        )
        told = dict(answers.all())
    assert len(told) == PEOPLE  # nobody without an answer
    say = replies("nl")
    booked, gone = say("booked", when="", place="", staff="")[:10], say("slot_gone")
    assert booked in told.pop(winner)
    others = [words for words in told.values() if gone not in words or booked in words]
    assert others == []


async def _say(hub: Hub, channel: str, scheme: str, path: str, words: str) -> int:
    item = Inbound(external_id=uuid4().hex, path=path, text=words, language="nl")
    (accepted,) = await hub.inbox.accept(channel, scheme, [item])
    return accepted.message_id


async def _show(hub: Hub, message_id: int, key: str, place: geo.Place) -> None:
    """As if the bot had just offered this time to whoever wrote this message."""
    async with hub.database.transaction() as session:
        message = await session.get_one(Message, message_id)
        person = await session.get_one(Person, message.person_id)
        person.facts = {**person.facts, "place_key": place.key, "language_chosen": True}
        conversation = await session.get_one(Conversation, message.conversation_id)
        shown = Dialogue(greeted=True).waiting_for(Asked.SLOT, goal=Goal.CONVERSATION, options=(key,))
        conversation.dialogue = shown.to_json()
