"""What the bot would say, for staff: the same answers as its own, and nothing stays of having asked."""

from datetime import datetime
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from bot.hub import Hub
from bot.replies import BRUSSELS
from channels.base import Inbound
from data.catalog import card_checks
from data.tables import (
    Appointment,
    Conversation,
    DailyMark,
    Decision,
    Demand,
    Event,
    Job,
    Message,
    Person,
    Referral,
    ShownList,
    Staff,
)
from handover import conversation as handover
from handover.conversation import Step

WRITTEN = (Appointment, DailyMark, Decision, Demand, Event, Job, Message, Referral, ShownList)


async def _write(hub: Hub, path: str, text: str) -> Message:
    item = Inbound(external_id=uuid4().hex, path=path, text=text)
    (accepted,) = await hub.inbox.accept("sms", "sms", [item])
    await hub.worker.run_until_idle()
    async with hub.database.transaction() as session:
        return await session.get_one(Message, accepted.message_id)


async def _held(hub: Hub, path: str) -> Message:
    """Somebody whose conversation a member of staff has."""
    message = await _write(hub, path, "mens")
    async with hub.database.transaction() as session:
        staff = (await session.scalars(select(Staff).where(Staff.role == "counsellor").limit(1))).one()
        row = await handover.lock(session, message.conversation_id)
        await handover.move(session, row, Step.TAKE_OVER, staff_id=staff.id, now=datetime.now(BRUSSELS))
    return message


async def _rows(hub: Hub) -> list[int]:
    async with hub.database.transaction() as session:
        return [await session.scalar(select(func.count()).select_from(table)) or 0 for table in WRITTEN]


async def _conversation(hub: Hub, message: Message) -> tuple[object, ...]:
    async with hub.database.transaction() as session:
        row = await session.get_one(Conversation, message.conversation_id)
        person = await session.get_one(Person, message.person_id)
        return row.holder, row.version, row.dialogue, row.waiting_on, person.facts, person.language


async def test_it_says_what_the_bot_itself_says(hub: Hub, number: str) -> None:
    words = "Ik zoek een cursus Spaans in Gent"
    asked = await _write(hub, number, words)
    async with hub.database.transaction() as session:
        own = (await session.scalars(select(Message.text).where(Message.answers_id == asked.id))).all()
    other = f"{number[:-1]}{(int(number[-1]) + 1) % 10}"
    await _held(hub, other)
    again = await _write(hub, other, words)
    said = await hub.answers.suggest(again.person_id)
    assert said is not None
    lines = [line for line in said.splitlines() if line.startswith(("1) ", "2) ", "3) "))]
    assert len(lines) >= 2, "several, never one"
    assert all(line in "\n".join(own) for line in lines), "the same courses in the same words"
    assert "Typ" not in said, "nobody would hear what is typed for the bot"


@pytest.mark.parametrize(
    "words", ["Ik zoek een cursus Spaans in Gent", "Wat is EVC?", "Bestaat er een cursus vuurspuwen in Gent?", "Hoe haal ik mijn diploma secundair?"]
)  # fmt: skip
async def test_nothing_stays_of_having_asked(hub: Hub, number: str, words: str) -> None:
    await _held(hub, number)
    message = await _write(hub, number, words)
    before, stood = await _rows(hub), await _conversation(hub, message)
    assert await hub.answers.suggest(message.person_id)
    assert await _rows(hub) == before
    assert await _conversation(hub, message) == stood


@pytest.mark.parametrize(
    "words",
    ["Ik wil niet meer leven", "STOP", "Ik wil een afspraak maken", "Ik heb een klacht", "dank je wel", "mens", "asdf qwer"],
)  # fmt: skip
async def test_what_is_no_answer_from_the_sources_is_not_suggested(hub: Hub, number: str, words: str) -> None:
    await _held(hub, number)
    message = await _write(hub, number, words)
    before = await _rows(hub)
    assert await hub.answers.suggest(message.person_id) is None
    assert await _rows(hub) == before


async def test_somebody_who_never_wrote_gets_no_suggestion(hub: Hub) -> None:
    async with hub.database.transaction() as session:
        person = Person(name="Nieuw", language="nl")
        session.add(person)
        await session.flush()
    assert await hub.answers.suggest(person.id) is None


@pytest.mark.parametrize(("language", "word"), [("nl", "nagekeken"), ("fr", "vérifié"), ("en", "checked")])
async def test_cards_and_courses_are_found_in_the_language_of_the_person(
    hub: Hub, language: str, word: str
) -> None:
    async with hub.database.transaction() as session:
        person = Person(name="Fatma", language=language)
        session.add(person)
        await session.flush()
        found = await hub.answers.find(session, person, "evc")
        assert found[0].key == "kaart-evc"
        assert word in found[0].text
        courses = await hub.answers.find(session, person, "spaans")
        assert len(courses) >= 2
        assert {one.key.partition("-")[0] for one in courses} == {"cursus"}
        for one in (*found[:1], *courses):
            assert await hub.answers.text_of(session, person, one.key) == one.text
        assert word in courses[0].text
        for odd in ("cursus-", "cursus-x", "cursus-999999999", "kaart-niets", "voorstel", "", "cursus-²"):
            assert await hub.answers.text_of(session, person, odd) is None


async def test_what_staff_are_shown_counts_for_the_audit(hub: Hub) -> None:
    async with hub.database.transaction() as session:
        person = Person(name="Fatma", language="nl")
        session.add(person)
        await session.flush()
        found = await hub.answers.find(session, person, "spaans")
        shown = (await session.scalars(select(ShownList).order_by(ShownList.id.desc()).limit(1))).one()
        assert [f"cursus-{run_id}" for run_id in shown.run_ids] == [
            one.key for one in found if one.key[0] == "c"
        ]
        assert "spaans" not in str(shown.query)


async def test_a_card_that_is_held_back_is_neither_found_nor_suggested(hub: Hub, number: str) -> None:
    await _held(hub, number)
    message = await _write(hub, number, "Wat is EVC?")
    assert await hub.answers.suggest(message.person_id)
    now = datetime.now(BRUSSELS)
    async with hub.database.transaction() as session:
        staff_id = (await session.scalars(select(Staff.id).limit(1))).one()
        await card_checks.hold(session, "evc", "oud bedrag", by_id=staff_id, now=now)
    try:
        assert await hub.answers.suggest(message.person_id) is None
        async with hub.database.transaction() as session:
            person = await session.get_one(Person, message.person_id)
            assert "kaart-evc" not in {one.key for one in await hub.answers.find(session, person, "evc")}
            assert await hub.answers.text_of(session, person, "kaart-evc") is None
    finally:
        async with hub.database.transaction() as session:
            await card_checks.show_again(session, "evc", by_id=staff_id, now=now)
