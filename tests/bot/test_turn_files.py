"""Turns about messages with files: the bot reads none, hears none, and says so."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import update

from bot.hub import Hub
from channels.base import Attached, Inbound
from data.tables import Message
from tests.bot.test_turn import conversation_of, replies_to

PHOTO = Attached(ref="p", kind="image")
VOICE = Attached(ref="v", kind="audio")


async def sends(hub: Hub, path: str, *files: Attached, text: str = "", language: str = "nl") -> int:
    item = Inbound(external_id=uuid4().hex, path=path, text=text, media=files, language=language)
    (accepted,) = await hub.inbox.accept("sms", "sms", [item])
    await hub.worker.run_until_idle()
    return accepted.message_id


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("nl", "Ik kan foto's en bestanden niet lezen"),
        ("fr", "Je ne peux pas lire"),
        ("en", "I cannot read photos"),
    ],
)
async def test_a_photo_alone_is_not_read_and_that_is_said(
    hub: Hub, number: str, language: str, words: str
) -> None:
    message_id = await sends(hub, number, PHOTO, language=language)
    (reply,) = await replies_to(hub, message_id)
    assert words in reply.text
    assert (await conversation_of(hub, message_id)).holder == "bot"


async def test_an_album_is_answered_once(hub: Hub, number: str) -> None:
    sent = [await sends(hub, number, PHOTO) for _ in range(10)]
    replies = [await replies_to(hub, message_id) for message_id in sent]
    assert [len(each) for each in replies] == [1] + [0] * 9
    assert len({(await conversation_of(hub, message_id)).id for message_id in sent}) == 1


async def test_an_album_with_words_at_its_first_photo_is_answered_once(hub: Hub, number: str) -> None:
    first = await sends(hub, number, PHOTO, text="Spaanse les in Gent?")
    others = [await sends(hub, number, PHOTO) for _ in range(3)]
    assert len(await replies_to(hub, first)) == 1
    assert [len(await replies_to(hub, message_id)) for message_id in others] == [0, 0, 0]


async def test_who_sends_files_again_gets_a_person(hub: Hub, number: str) -> None:
    first = await sends(hub, number, PHOTO)
    async with hub.database.transaction() as session:
        earlier = Message.created_at - timedelta(minutes=10)
        await session.execute(update(Message).where(Message.id == first).values(created_at=earlier))
    second = await sends(hub, number, PHOTO)
    (reply,) = await replies_to(hub, second)
    assert "Een collega bekijkt je bestanden" in reply.text
    held = await conversation_of(hub, second)
    assert (held.holder, held.reason) == ("queue", "only_file")


async def test_a_voice_note_is_listened_to_by_a_person(hub: Hub, number: str) -> None:
    message_id = await sends(hub, number, VOICE)
    (reply,) = await replies_to(hub, message_id)
    assert "Ik kan niet luisteren" in reply.text
    assert "{" not in reply.text
    held = await conversation_of(hub, message_id)
    assert (held.holder, held.reason) == ("queue", "voice_note")


async def test_words_beside_a_file_are_answered_as_always(hub: Hub, number: str) -> None:
    message_id = await sends(hub, number, PHOTO, text="Spaanse les in Gent?")
    (reply,) = await replies_to(hub, message_id)
    assert "Spaans" in reply.text
    assert "Je bestand kan ik niet lezen" in reply.text


async def test_distress_beside_a_file_is_heard(hub: Hub, number: str) -> None:
    message_id = await sends(hub, number, PHOTO, text="ik wil er niet meer zijn, ik maak er een einde aan")
    (reply,) = await replies_to(hub, message_id)
    assert "1813" in reply.text
    assert "bestand" not in reply.text
