"""Whole dialogues in Turkish: no English words in them, no loss of the language, and the words to type do what we say."""

import re
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from bot.hub import Hub
from bot.replies import BRUSSELS, replies
from data.tables import Appointment, Job, Message, Reminder
from tests.bot.test_turn import replies_to, write

ASKS = "Merhaba, Aalst'ta randevu istiyorum lütfen"
say = replies("tr")


async def told(hub: Hub, number: str, words: str) -> str:
    """What is answered, in one text; it is stored as Turkish."""
    found = await replies_to(hub, await write(hub, number, words))
    assert {message.language for message in found} <= {"tr"}
    return "\n".join(message.text for message in found)


async def booked(hub: Hub, number: str) -> int:
    """A Turkish client with an appointment; returns its id."""
    await write(hub, number, ASKS)
    message_id = await write(hub, number, "1")
    assert say("booked_change") in (await replies_to(hub, message_id))[0].text
    async with hub.database.transaction() as session:
        person_id = (await session.get_one(Message, message_id)).person_id
        return (await session.scalars(select(Appointment.id).where(Appointment.person_id == person_id))).one()


async def test_a_language_asked_for_is_spoken_from_then_on(hub: Hub, number: str) -> None:
    said = await told(hub, number, "Türkçe")
    assert say("language_switched") in said
    assert say("language_unknown") in said  # what is in English is told along with it
    assert say("language_switched") in (again := await told(hub, number, "Türkçe"))
    assert say("language_unknown") not in again
    assert await told(hub, number, "STOP") == say("stop")
    assert await told(hub, number, "START") == say("start")


async def test_which_languages_we_write_is_told_once(hub: Hub, number: str) -> None:
    said = await told(hub, number, "merhaba, hangi dilleri konuşuyorsun?")
    assert said.count(say("language_unknown")) == 1


async def test_who_is_in_danger_reads_turkish(hub: Hub, number: str) -> None:
    assert await told(hub, number, "artık yaşamak istemiyorum") == say("crisis")


async def test_the_english_words_to_type_do_not_change_the_language(hub: Hub, number: str) -> None:
    assert say("wish_wait") in await told(hub, number, "Merhaba, Aalst'ta Japonca kursu arıyorum")
    kept = await told(hub, number, "tell me later")
    assert "Japonca kursu olursa (Aalst yakınında)" in kept
    assert await told(hub, number, "no longer needed") == say("wish_ended")


async def test_an_amount_in_a_list_is_in_the_language_of_the_list(hub: Hub, number: str) -> None:
    said = await told(hub, number, "Merhaba, Gent'te İspanyolca kursu arıyorum")
    lines = re.findall(r"^\d\) .*$", said, re.MULTILINE)
    assert lines
    assert all(re.search(r"\d euro\b|ücretsiz|sor$", line) for line in lines)


@pytest.mark.parametrize(
    ("word", "key"),
    [("cancel", "ask_cancel"), ("cancel appointment", "ask_cancel"), ("move", "counters_head")],
)
async def test_cancel_and_move_are_about_the_appointment(hub: Hub, number: str, word: str, key: str) -> None:
    appointment_id = await booked(hub, number)
    async with hub.database.transaction() as session:
        made = await session.get_one(Appointment, appointment_id)
    assert say(key, when=say.when(made.starts_at)) in await told(hub, number, word)


async def test_cancel_without_an_appointment_is_stop(hub: Hub, number: str) -> None:
    await write(hub, number, "merhaba, kurs arıyorum")
    assert await told(hub, number, "cancel") == say("stop")


async def test_talk_is_a_talk(hub: Hub, number: str) -> None:
    await write(hub, number, "merhaba, Aalst'ta oturuyorum")
    assert say("counters_head") in await told(hub, number, "talk")


async def test_a_reminder_and_a_failure_are_turkish(hub: Hub, number: str) -> None:
    appointment_id = await booked(hub, number)
    async with hub.database.transaction() as session:
        due = update(Reminder).where(Reminder.appointment_id == appointment_id)
        await session.execute(due.values(due_at=datetime.now(BRUSSELS) - timedelta(minutes=1)))
        person_id = (await session.get_one(Appointment, appointment_id)).person_id
    await hub.ticker.tick()
    async with hub.database.transaction() as session:
        mine = select(Message).where(Message.person_id == person_id, Message.purpose == "reminder")
        reminder = (await session.scalars(mine)).first()
    assert reminder is not None
    assert reminder.language == "tr"
    assert "1 = geliyorum" in reminder.text
    message_id = await write(hub, number, "teşekkürler", run=False)
    async with hub.database.transaction() as session:
        tried = update(Job).where(Job.payload["message_id"].as_integer() == message_id).values(attempts=99)
        await session.execute(tried)
    await hub.worker.run_until_idle()
    (reply,) = await replies_to(hub, message_id)
    assert (reply.language, "Sorduğun soru kaybolmadı" in reply.text) == ("tr", True)


async def test_which_school_is_best_is_theirs_to_say(hub: Hub, number: str) -> None:
    found = await replies_to(hub, await write(hub, number, "ما أفضل مدرسة؟"))
    assert found[0].language == "ar"
    assert replies("ar")("neutral") in found[0].text
