"""A telephone that several persons use: the bot asks who writes, and each has a thread of their own."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from bot.hub import Hub
from bot.replies import BRUSSELS
from bot.state import Dialogue
from channels.base import Inbound
from data.tables import Address, Conversation, Message, Person
from handover import sharing
from tests.stubs.twilio import sid


async def says(hub: Hub, number: str, words: str) -> list[str]:
    """What is written to a number after one SMS from it."""
    (accepted,) = await hub.inbox.accept("sms", "sms", [Inbound(external_id=sid(), path=number, text=words)])
    await hub.worker.run_until_idle()
    async with hub.database.transaction() as session:
        found = await session.scalars(
            select(Message.text)
            .join(Address, Address.id == Message.address_id)
            .where(Address.path == number, Message.direction == "out", Message.id > accepted.message_id)
            .order_by(Message.id)
        )
        return list(found)


async def owner_of(hub: Hub, words: str) -> Person:
    """Whose message this is."""
    async with hub.database.transaction() as session:
        message = await session.scalar(
            select(Message).where(Message.text == words).order_by(Message.id.desc())
        )
        assert message is not None
        talk = await session.get_one(Conversation, message.conversation_id)
        assert talk.person_id == message.person_id
        return await session.get_one(Person, message.person_id)


@pytest.fixture
async def shared(hub: Hub, number: str) -> str:
    """A number that Fatma wrote from first, and that Yusuf uses too."""
    await says(hub, number, "hallo")
    async with hub.database.transaction() as session:
        address = await session.scalar(select(Address).where(Address.path == number))
        assert address is not None
        (fatma,) = await sharing.who_may_write(session, address.id)
        fatma.name = "Fatma B."
        await sharing.share(session, address, "Yusuf", by_id=None, now=datetime.now(BRUSSELS))
    return number


async def test_who_writes_is_asked_and_what_they_asked_is_answered_after_it(hub: Hub, shared: str) -> None:
    words = f"wat is een leerwinkel {shared}"
    (question,) = await says(hub, shared, words)
    assert "Wie schrijft er?" in question
    assert "1) Fatma" in question
    assert "2) Yusuf" in question
    assert "3) iemand anders" in question
    assert "B." not in question
    answers = await says(hub, shared, "2")
    assert answers
    assert "Wie schrijft" not in answers[-1]
    assert (await owner_of(hub, words)).name == "Yusuf"


async def test_it_is_remembered_for_the_conversation_and_asked_again_later(hub: Hub, shared: str) -> None:
    await says(hub, shared, "hallo daar")
    await says(hub, shared, "Yusuf")
    words = f"ik zoek een cursus spaans {shared}"
    assert "Wie schrijft" not in (await says(hub, shared, words))[0]
    yusuf = await owner_of(hub, words)
    assert yusuf.name == "Yusuf"
    async with hub.database.transaction() as session:
        talk = await session.scalar(select(Conversation).where(Conversation.person_id == yusuf.id))
        assert talk is not None
        dialogue = Dialogue.from_json(talk.dialogue)
        assert dialogue.writer_at is not None
        earlier = datetime.fromisoformat(dialogue.writer_at) - timedelta(hours=13)
        talk.dialogue = {**talk.dialogue, "writer_at": earlier.isoformat()}
    assert "Wie schrijft" in (await says(hub, shared, "nog iets"))[0]


async def test_somebody_else_is_a_new_person_on_the_same_number(hub: Hub, shared: str) -> None:
    words = f"dag {shared}"
    await says(hub, shared, words)
    await says(hub, shared, "3")
    assert (await owner_of(hub, words)).name is None
    async with hub.database.transaction() as session:
        address = await session.scalar(select(Address).where(Address.path == shared))
        assert address is not None
        assert len(await sharing.who_may_write(session, address.id)) == 3


async def test_danger_is_answered_before_anybody_asks_who(hub: Hub, shared: str) -> None:
    answer = await says(hub, shared, "ik zie het niet meer zitten, ik wil er niet meer zijn")
    assert "1813" in answer[0]


async def test_an_answer_that_names_nobody_is_asked_once_more_with_the_first_message_kept(
    hub: Hub, shared: str
) -> None:
    words = f"waar zijn jullie {shared}"
    await says(hub, shared, words)
    assert "Wie schrijft" in (await says(hub, shared, "hoezo"))[0]
    await says(hub, shared, "1")
    assert (await owner_of(hub, words)).name == "Fatma B."
