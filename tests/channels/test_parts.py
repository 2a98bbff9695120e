"""A text too long for one message goes in parts, whole and in order; each part is a message with its own fate."""

from typing import Any

import pytest
from sqlalchemy import update

from channels import abilities
from channels.base import Choice
from channels.outbox import SEND
from channels.segments import BODY_LIMIT, split_off, units
from data.tables import Conversation, Direction, Job, Message, Status
from tests.channels.conftest import CLIENT, Desk

WORDS = " ".join(f"woord{number}" for number in range(700))  # 6,889 characters


async def parts(desk: Desk, words: str, channel: str, **more: Any) -> list[Message]:
    await desk.hears()
    await desk.says(words, channel=channel, **more)
    return [message for message in await desk.all(Message) if message.direction == Direction.OUT]


@pytest.mark.parametrize("channel", ["whatsapp", "messenger", "sms", "telegram"])
async def test_nothing_of_a_long_text_is_lost(desk: Desk, channel: str) -> None:
    found = await parts(desk, WORDS, channel)
    assert " ".join(message.text for message in found) == WORDS
    assert all(len(message.text) <= abilities.of(channel).text for message in found)
    assert len([job for job in await desk.all(Job) if job.kind == SEND]) == len(found) > 1
    assert all(message.status == Status.QUEUED for message in found)


async def test_the_browser_reads_it_in_one_piece(desk: Desk) -> None:
    assert len(await parts(desk, WORDS, "web")) == 1


async def test_the_choices_come_with_the_last_part_that_is_short_enough_for_buttons(desk: Desk) -> None:
    choices = [Choice(label="Ja", value="1"), Choice(label="Nee", value="2")]
    words = WORDS[:2500].strip()
    found = await parts(desk, words, "whatsapp", choices=choices)
    assert [bool(message.choices) for message in found] == [False] * (len(found) - 1) + [True]
    assert units(found[-1].text) <= 800
    assert " ".join(message.text for message in found) == words


async def test_it_is_put_out_once_however_often_it_is_asked(desk: Desk) -> None:
    heard = await desk.hears()
    same = {"answers_id": heard.message_id, "step": 0, "channel": "sms"}
    first = await desk.says(WORDS, **same)
    again = await desk.says(WORDS, **same)
    assert again.id == first.id
    staff = await desk.says(WORDS, channel="sms", client_msg_id="a")
    assert (await desk.says(WORDS, channel="sms", client_msg_id="a")).id == staff.id
    out = [message for message in await desk.all(Message) if message.direction == Direction.OUT]
    assert " ".join(message.text for message in out) == f"{WORDS} {WORDS}"


async def test_the_parts_leave_in_their_order(desk: Desk) -> None:
    found = await parts(desk, WORDS, "sms")
    await desk.run()
    assert desk.stub.bodies(CLIENT) == [message.text for message in found]
    assert all(len(body) <= BODY_LIMIT for body in desk.stub.bodies())
    sids = [(await desk.again(message)).external_id for message in found]
    assert sids == [taken.sid for taken in desk.stub.taken]


async def test_parts_of_an_overtaken_reply_stay_here(desk: Desk) -> None:
    heard = await desk.hears()
    async with desk.database.transaction() as session:
        version = (await desk.conversation(session)).version
    await desk.says(WORDS, channel="sms", answers_id=heard.message_id, step=0, needs_version=version)
    async with desk.database.transaction() as session:
        await session.execute(update(Conversation).values(version=version + 1))
    await desk.run()
    out = [message for message in await desk.all(Message) if message.direction == Direction.OUT]
    assert {message.status for message in out} == {Status.WITHHELD}
    assert desk.stub.taken == []


@pytest.mark.parametrize(
    ("text", "limit", "first"),
    [
        ("👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 11, "👩‍👩‍👧‍👦"),
        ("👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 21, "👩‍👩‍👧‍👦"),
        ("😀😀😀", 5, "😀😀"),
        ("🇧🇪🇧🇪", 6, "🇧🇪"),
        ("👋🏽👋🏽", 7, "👋🏽"),
        ("e\u0301e\u0301", 3, "e\u0301"),
        ("een twee", 5, "een"),
        ("een\ntwee drie", 9, "een"),
        ("😀", 1, "😀"),
        ("kort", 4, "kort"),
    ],
)
def test_a_part_ends_between_words_and_never_inside_a_character(text: str, limit: int, first: str) -> None:
    head, rest = split_off(text, limit, in_units=True)
    assert head == first
    assert (head + rest).replace(" ", "").replace("\n", "") == text.replace(" ", "").replace("\n", "")
