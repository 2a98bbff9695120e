"""35. STOP in all its forms is heeded before the provider is asked, survives erasure, and START undoes it."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text

from bot.hub import Hub
from bot.replies import BRUSSELS
from channels.base import Inbound
from channels.inbox import find_or_make_person
from channels.opt_outs import OptOuts
from channels.outbox import put
from channels.policy import STOPPED
from data.tables import Address, Author, Conversation, Message, Status, Suppression
from handover import conversation as handover
from tests.stubs.twilio import sid


async def says(hub: Hub, number: str, words: str) -> list[str]:
    """What the bot answers to one SMS."""
    (accepted,) = await hub.inbox.accept("sms", "sms", [Inbound(external_id=sid(), path=number, text=words)])
    await hub.worker.run_until_idle()
    async with hub.database.transaction() as session:
        found = await session.scalars(
            select(Message).where(Message.answers_id == accepted.message_id).order_by(Message.step)
        )
        return [message.text for message in found if message.status == Status.SENT]


async def address_of(hub: Hub, number: str) -> Address:
    async with hub.database.transaction() as session:
        found = await session.scalar(select(Address).where(Address.path == number))
        assert found is not None
        return found


async def writes(hub: Hub, number: str, purpose: str) -> Message:
    """A message that we send, by a person of ours or by the bot; the status it ends with."""
    async with hub.database.transaction() as session:
        address_id, person = await find_or_make_person(session, "sms", number)
        now = datetime.now(BRUSSELS)
        conversation = await handover.open_for(session, person.id, "sms", None, now=now)
        message, _ = await put(
            session, conversation=conversation, address_id=address_id, channel="sms", author=Author.BOT,
            text="dag", purpose=purpose,
        )  # fmt: skip
    await hub.worker.run_until_idle()
    async with hub.database.transaction() as session:
        return await session.get_one(Message, message.id)


@pytest.mark.parametrize(
    "words", ["stop", "STOP.", "sToP", "tsop", "arrêt", "ARRET", "stoppen", "stop 🛑", "توقف", "ጠጠው"]
)
async def test_stop_is_confirmed_once_and_then_we_are_silent(hub: Hub, number: str, words: str) -> None:
    (confirmation,) = await says(hub, number, words)
    assert "START" in confirmation
    assert (await address_of(hub, number)).opted_out_at is not None
    for purpose in ("reply", "follow_up", "news"):
        message = await writes(hub, number, purpose)
        assert (message.status, message.status_reason) == (Status.WITHHELD, STOPPED)
        assert message.external_id is None
    (back,) = await says(hub, number, "START")
    assert back
    assert (await address_of(hub, number)).opted_out_at is None
    assert (await writes(hub, number, "reply")).status == Status.SENT


@pytest.mark.parametrize(
    "words", ["je veux arrêter de fumer, stop?", "kan ik stoppen met mijn cursus?", "waar stopt de bus"]
)
async def test_what_only_sounds_like_stop_stops_nothing(hub: Hub, number: str, words: str) -> None:
    await says(hub, number, words)
    assert (await address_of(hub, number)).opted_out_at is None


async def test_stop_said_twice_also_ends_reminders_and_then_nothing_is_said(hub: Hub, number: str) -> None:
    await says(hub, number, "STOP")
    assert not (await address_of(hub, number)).reminders_off
    (second,) = await says(hub, number, "STOP")
    assert "START" in second
    assert (await address_of(hub, number)).reminders_off
    assert await says(hub, number, "stop") == []


async def test_stop_as_the_answer_to_a_reminder_ends_reminders_at_once(hub: Hub, number: str) -> None:
    await says(hub, number, "dag")
    async with hub.database.transaction() as session:
        _, person = await find_or_make_person(session, "sms", number)
        talk = await session.scalar(select(Conversation).where(Conversation.person_id == person.id))
        assert talk is not None
        talk.dialogue = {**talk.dialogue, "asked": "reminder"}
    await says(hub, number, "stop")
    assert (await address_of(hub, number)).reminders_off


async def test_start_without_a_stop_is_a_hello(hub: Hub, number: str) -> None:
    (answer,) = await says(hub, number, "/start")
    assert "Welkom terug" not in answer


async def test_a_stop_outlives_the_address(hub: Hub, number: str) -> None:
    """Everything of the person is erased; who comes back with that number is not written first."""
    await says(hub, number, "STOP")
    async with hub.database.transaction() as session:
        await session.execute(text("SET LOCAL session_replication_role = replica"))
        await session.execute(text("DELETE FROM address WHERE path = :path"), {"path": number})
    assert (await writes(hub, number, "news")).status == Status.WITHHELD
    assert (await address_of(hub, number)).opted_out_at is not None


async def test_the_kept_hash_names_nobody_without_the_key(hub: Hub, number: str) -> None:
    await says(hub, number, "STOP")
    async with hub.database.transaction() as session:
        keys = set(await session.scalars(select(Suppression.key)))
    assert OptOuts(hub.secret).key("sms", number) in keys
    assert OptOuts(b"another key").key("sms", number) not in keys
    assert not any(number[1:] in key for key in keys)


async def test_what_the_provider_told_us_is_kept_too(hub: Hub, number: str) -> None:
    await says(hub, number, "dag")
    async with hub.database.transaction() as session:
        address = await session.scalar(select(Address).where(Address.path == number))
        assert address is not None
        address.opted_out_at = datetime.now(BRUSSELS) - timedelta(minutes=1)
        await OptOuts(hub.secret).keep_new(session)
        assert await session.get(Suppression, OptOuts(hub.secret).key("sms", number)) is not None
