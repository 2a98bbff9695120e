"""Whole phone calls against the whole application: a caller with keys and a voice, Twilio in between."""

import pytest
from sqlalchemy import func, select, text

from data.tables import Appointment, CallTask, Consent, Conversation, MicroContact, Person
from handover import call_tasks
from tests.bot.calls.conftest import Line, new_number
from tests.stubs.phone import SILENCE, press, say

MOMENT = "Een moment"


async def test_the_greeting_says_in_three_languages_that_it_is_a_computer(line: Line) -> None:
    phone = line.phone()
    said = await phone.dial()
    assert "computer, de digitale assistent" in said
    assert "un ordinateur, l'assistant numérique" in said
    assert "a computer, the digital assistant" in said
    assert [language for language, _ in _runs(phone.spoken_in)] == ["nl", "fr", "en"]


async def test_a_dutch_question_about_a_course(line: Line) -> None:
    phone = line.phone()
    said = await phone.dial_and_give(press("1"), say("Spaanse les in Gent op dinsdagavond"))
    assert "Spaans bij Gent" in said
    assert "Druk 1 voor" in said
    assert "dinsdag" in said
    assert "van 1" in said  # hours in words
    assert "digitale assistent" not in said  # that was said at the beginning
    assert len(said) < 1200
    said = await phone.gives(press("1"))
    assert "Waar:" in said
    assert "Druk 9" in said  # days and hours are worth having in writing
    await phone.hangs_up()
    thread = await line.thread(phone.number)
    assert [(row[0], row[3]) for row in thread if row[0] == "in"] == [
        ("in", "Spaanse les in Gent op dinsdagavond"),
        ("in", "1"),
    ]
    out = [(channel, status) for direction, channel, status, _ in thread if direction == "out"]
    assert out == [
        ("voice", "delivered"),
        ("voice", "sent"),
    ]  # the second was read out, and perhaps not to its end
    assert line.stub.taken == []
    assert await line.calls(phone.number) == []


async def test_the_details_go_by_sms_to_who_presses_9(line: Line) -> None:
    phone = line.phone()
    await phone.dial_and_give(press("1"), say("cursus Spaans in Gent"), press("1"))
    said = await phone.gives(press("9"))
    assert "Je krijgt dit als sms" in said
    await phone.hangs_up()
    (sent,) = await line.sent(phone.number, 1)
    assert "Waar:" in sent
    (agreed,) = await line.rows(Consent, await line.person(phone.number))
    assert (agreed.kind, agreed.channel) == ("follow_up", "voice")
    again = line.phone(phone.number)
    said = await again.dial_and_give(press("1"), say("cursus Spaans in Gent"), press("2"))
    assert "Je krijgt dit als sms" in said  # agreed before, so not asked again
    await again.hangs_up()
    assert len(await line.sent(phone.number, 2)) == 2


async def test_a_french_appointment_by_keys(line: Line) -> None:
    phone = line.phone()
    said = await phone.dial_and_give(press("2"), say("je voudrais un rendez-vous"), press("9300"))
    assert "Appuie sur 1 pour" in said
    assert set(phone.spoken_in[-2:]) == {"fr"}
    said = await phone.gives(press("1"))
    assert "C'est fixé" in said
    person = await line.person(phone.number)
    assert person.language == "fr"
    (made,) = await line.rows(Appointment, person)
    assert made.status == "confirmed"
    assert made.language == "fr"
    await phone.gives(press("9"))
    await phone.hangs_up()
    assert "/a/" in (await line.sent(phone.number, 1))[0]


async def test_an_appointment_is_moved_and_cancelled_by_phone(line: Line) -> None:
    phone = line.phone()
    await phone.dial_and_give(press("1"), say("ik wil een afspraak"), press("9300"), press("1"))
    person = await line.person(phone.number)
    (made,) = await line.rows(Appointment, person)
    said = await phone.gives(say("ik wil mijn afspraak verplaatsen"))
    assert "Druk 1 voor" in said
    assert "Verplaatst" in await phone.gives(press("2"))
    old, new = await line.rows(Appointment, person)
    assert (old.id, old.status, new.status) == (made.id, "moved", "confirmed")
    said = await phone.gives(say("ik wil mijn afspraak afzeggen"))
    assert "afzeggen" in said
    assert "afgezegd" in await phone.gives(press("1"))
    assert [row.status for row in await line.rows(Appointment, person)] == ["moved", "cancelled"]


async def test_an_english_caller_says_the_language(line: Line) -> None:
    phone = line.phone()
    said = await phone.dial_and_give(say("English please"))
    assert "Say how we can help you" in said
    assert (await line.person(phone.number)).language == "en"


@pytest.mark.parametrize(
    ("given", "words", "language"),
    [
        (press("0"), "mens", "nl"),
        (say("een mens alstublieft"), "mens", "nl"),
        (say("conseiller"), "personne", "fr"),
    ],
)
async def test_who_asks_for_a_person_is_called_back(line: Line, given, words: str, language: str) -> None:
    phone = line.phone(recording=12)
    said = await phone.dial_and_give(given)
    assert ("belt je terug" if language == "nl" else "te rappelle") in said
    assert phone.over
    (task,) = await line.calls(phone.number)
    assert (task.state, task.language) == ("open", language)
    person = await line.person(phone.number)
    (talk,) = await line.rows(Conversation, person)
    assert (talk.holder, talk.promised_at) == ("queue", task.promised_at)
    thread = await line.thread(phone.number)
    assert thread[0][3] == words
    assert thread[-1][3] == "🎤 12 s"
    async with line.database.transaction() as session:
        file = (await session.execute(text(
            "SELECT a.kind, a.ref, a.state FROM attachment a JOIN message m ON m.id = a.message_id "
            "WHERE m.person_id = :id"), {"id": person.id})).one()  # fmt: skip
    assert (file.kind, file.state) == ("audio", "waiting")
    assert file.ref.startswith("https://api.twilio.com/")


async def test_a_person_in_the_middle_of_a_call(line: Line) -> None:
    phone = line.phone()
    await phone.dial_and_give(press("1"), say("ik wil Spaans leren in Gent"))
    said = await phone.gives(press("0"))
    assert "belt je terug" in said
    (task,) = await line.calls(phone.number)
    assert task.about == "mens"


async def test_a_language_without_a_voice_is_answered_in_english(line: Line) -> None:
    number = new_number()
    await line.phone(number).dial_and_give(press("1"), say("Spaanse les in Gent"))
    async with line.database.transaction() as session:  # as staff do in the console
        person = await session.get_one(Person, (await line.person(number)).id)
        person.language, person.facts = "tr", {**person.facts, "language_chosen": True}
    phone = line.phone(number)
    said = await phone.dial_and_give(press("0"))
    assert "A colleague calls you back" in said
    assert phone.spoken_in[-1] == "en"


async def test_a_crisis_is_answered_first(line: Line) -> None:
    phone = line.phone()
    said = await phone.dial_and_give(press("1"), say("ik wil niet meer leven"))
    assert said.startswith("Dat klinkt heel zwaar")
    assert "18 13" in said
    assert "1 1 2" in said
    assert "zelfmoord" not in said  # an address of a page is not read out
    (task,) = await line.calls(phone.number)
    assert task.reason == "crisis"
    person = await line.person(phone.number)
    (talk,) = await line.rows(Conversation, person)
    assert (talk.holder, talk.urgency) == ("queue", "crisis")
    await phone.hangs_up()


async def test_silence_twice_offers_a_call_back(line: Line) -> None:
    phone = line.phone()
    await phone.dial_and_give(press("1"), SILENCE)
    assert "Ik hoor niets" in phone.heard[-1]
    said = await phone.gives(SILENCE)
    assert "Mogen we je terugbellen? Druk 1" in said
    said = await phone.gives(press("1"))
    assert "belt je terug" in said
    (task,) = await line.calls(phone.number)
    assert task.reason == "asked"


async def test_voicemail_after_silence(line: Line) -> None:
    phone = line.phone(recording=31)
    said = await phone.dial_and_give(press("1"), SILENCE, SILENCE, press("2"))
    assert "bericht is bewaard" in said
    (task,) = await line.calls(phone.number)
    assert task.reason == "voicemail"
    assert [row[3] for row in await line.thread(phone.number)] == ["🎤 31 s"]
    (talk,) = await line.rows(Conversation, await line.person(phone.number))
    assert (talk.holder, talk.reason) == ("queue", "voicemail")


async def test_silence_at_the_menu_goes_on_in_dutch(line: Line) -> None:
    phone = line.phone()
    said = await phone.dial_and_give(SILENCE, SILENCE)
    assert said.startswith("Zeg waarmee")


async def test_silence_after_an_answer_is_a_goodbye(line: Line) -> None:
    phone = line.phone()
    await phone.dial_and_give(press("1"), say("dank je"), SILENCE)
    said = await phone.gives(SILENCE)
    assert "Tot ziens" in said
    assert phone.over
    assert await line.calls(phone.number) == []


async def test_a_hidden_number_is_asked_for(line: Line) -> None:
    phone = line.phone("anonymous")
    said = await phone.dial_and_give(press("1"), press("0"))
    assert "Ik zie je nummer niet" in said
    assert "Ik zie je nummer" not in await phone.gives(press("123#"))
    number = new_number()
    said = await phone.gives(press(f"0{number[3:]}#"))
    assert "belt je terug" in said
    person = await line.person(f"hidden:{phone.sid}")
    (task,) = await line.rows(CallTask, person)
    assert task.reason == "asked"
    async with line.database.transaction() as session:
        assert await call_tasks.number_of(session, task) == number


@pytest.mark.parametrize("at_once", [False, True])
async def test_everything_twice_and_nothing_doubled(line: Line, at_once: bool) -> None:
    number = new_number()
    await line.texts(number, "dag")
    sent_before = len(line.stub.bodies(number))
    phone = line.phone(number, repeats=True, at_once=at_once, recording=5)
    await phone.dial_and_give(press("1"), say("cursus Spaans in Gent"), press("1"))
    await phone.gives(press("0"))
    assert len(await line.sent(number, sent_before + 1)) == sent_before + 1  # the details of the course
    thread = [row for row in await line.thread(number) if row[1] == "voice"]
    assert [row[3] for row in thread if row[0] == "in"] == ["cursus Spaans in Gent", "1", "mens", "🎤 5 s"]
    assert len([row for row in thread if row[0] == "out"]) == 3
    assert len(await line.calls(number)) == 1


async def test_a_colleague_who_has_the_conversation_calls_back(line: Line) -> None:
    number = new_number()
    await line.texts(number, "ik wil met een mens praten")
    phone = line.phone(number)
    said = await phone.dial_and_give(press("1"), say("weten jullie al iets"))
    assert "Een collega heeft je vraag al" in said
    assert len(await line.calls(number)) == 1


@pytest.mark.parametrize("known", [False, True])
async def test_the_news_of_a_missed_call_comes_twice_at_once(line: Line, known: bool) -> None:
    number = new_number()
    if known:
        await line.texts(number, "dag")
    before = len(line.stub.bodies(number))
    phone = line.phone(number, repeats=True, at_once=True)
    await phone.dial()
    await phone.hangs_up()
    assert len(await line.calls(number)) == 1
    assert len(await line.sent(number, before + known)) == before + known


async def test_no_secret_and_nothing_personal_is_logged(line: Line, caplog: pytest.LogCaptureFixture) -> None:
    phone = line.phone()
    await phone.dial_and_give(press("1"), say("mijn naam is Zebedeus en ik zoek werk"), press("0"))
    await phone.hangs_up()
    assert "Zebedeus" not in caplog.text
    assert phone.number not in caplog.text


async def test_what_is_counted(line: Line) -> None:
    """A call with the bot is no micro-contact."""
    phone = line.phone()
    await phone.dial_and_give(press("1"), say("cursus Spaans in Gent"))
    await phone.hangs_up()
    person = await line.person(phone.number)
    async with line.database.transaction() as session:
        counted = select(func.count()).select_from(MicroContact).where(MicroContact.person_id == person.id)
        assert await session.scalar(counted) == 0


def _runs(values: list[str]) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    for value in values:
        if found and found[-1][0] == value:
            found[-1] = (value, found[-1][1] + 1)
        else:
            found.append((value, 1))
    return found
