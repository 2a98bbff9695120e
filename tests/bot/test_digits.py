"""Questions of one digit: whether it helped, asked once after a conversation is closed, and whether a file may be opened."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from bot.hub import Hub
from bot.replies import BRUSSELS
from bot.satisfied import AFTER, ask_due
from channels.base import Inbound
from data.tables import (
    Address,
    AddressLink,
    Consent,
    Conversation,
    Message,
    Person,
    Question,
    Region,
    Staff,
    Trajectory,
    Urgency,
)
from handover import conversation as handover
from handover import file_consent, questions
from handover.conversation import NotAllowed, Step

DAY = datetime.now(BRUSSELS).replace(hour=14, minute=0) + timedelta(days=1)


async def say(hub: Hub, number: str, text: str) -> None:
    await hub.inbox.accept("sms", "sms", [Inbound(external_id=uuid4().hex, path=number, text=text)])
    await hub.worker.run_until_idle()


async def person_of(hub: Hub, number: str) -> Person:
    async with hub.database.transaction() as session:
        query = select(Person).join(AddressLink, AddressLink.person_id == Person.id)
        query = query.join(Address, Address.id == AddressLink.address_id).where(Address.path == number)
        return (await session.scalars(query)).one()


async def helped_and_closed(hub: Hub, number: str, *, asks: bool = True, urgency: str = "normal") -> int:
    """Somebody of ours answered and closed the conversation, at DAY."""
    await say(hub, number, "ik wil een mens spreken")
    person = await person_of(hub, number)
    async with hub.database.transaction() as session:
        staff = (await session.scalars(select(Staff).where(Staff.role == "coordinator").limit(1))).one()
        talk = await handover.open_for(session, person.id, "sms", staff.region_id, now=DAY)
        talk.urgency = urgency
        talk.region_id = staff.region_id
        await session.execute(update(Region).where(Region.id == talk.region_id).values(ask_satisfied=asks))
        await handover.move(session, talk, Step.STAFF_WROTE, staff_id=staff.id, now=DAY)
        address = (await session.scalars(select(Address).where(Address.path == number))).one()
        session.add(
            Message(
                conversation_id=talk.id, person_id=person.id, address_id=address.id, channel="sms",
                direction="out", author="staff", staff_id=staff.id, text="Graag geholpen", choices=[],
                purpose="reply", status="sent",
            )
        )  # fmt: skip
        await handover.move(session, talk, Step.CLOSE, by_id=staff.id, now=DAY)
        return talk.id


async def said(hub: Hub, number: str) -> list[str]:
    async with hub.database.transaction() as session:
        query = select(Message.text).join(Address, Address.id == Message.address_id)
        return list(await session.scalars(query.where(Address.path == number, Message.direction == "out").order_by(Message.id)))  # fmt: skip


async def question_of(hub: Hub, number: str) -> Question | None:
    person = await person_of(hub, number)
    async with hub.database.transaction() as session:
        return await session.scalar(select(Question).where(Question.person_id == person.id))


async def test_asked_once_on_the_same_channel_and_the_digit_is_kept(hub: Hub, number: str) -> None:
    await helped_and_closed(hub, number)
    assert await ask_due(hub.database, now=DAY + timedelta(minutes=1)) == 0, "a colleague may reopen it"
    assert await ask_due(hub.database, now=DAY + AFTER) >= 1
    assert (await said(hub, number))[-1].startswith("Hielp het gesprek met ons je vooruit?")
    await ask_due(hub.database, now=DAY + AFTER)
    assert sum("vooruit?" in text for text in await said(hub, number)) == 1
    async with hub.database.transaction() as session:  # the clock of the hub is that of the machine
        await session.execute(update(Question).values(asked_at=datetime.now(BRUSSELS)))
    await say(hub, number, "2")
    kept = await question_of(hub, number)
    assert kept is not None
    assert (kept.answer, kept.channel) == (2, "sms")
    assert (await said(hub, number))[-1].startswith("Dank je. Wil je nog iets vragen?")
    person = await person_of(hub, number)
    async with hub.database.transaction() as session:
        talks = (await session.scalars(select(Conversation).where(Conversation.person_id == person.id))).all()
    assert [talk.life for talk in talks] == ["closed", "closed"], "the answer leaves nobody waiting"
    await say(hub, number, "3")
    again = await question_of(hub, number)
    assert again is not None
    assert again.answer == 2, "answered is answered"


@pytest.mark.parametrize("why", ["off", "crisis", "stopped", "night", "wrote again"])
async def test_not_asked_where_it_is_not_allowed(hub: Hub, number: str, why: str) -> None:
    urgency = Urgency.CRISIS if why == "crisis" else Urgency.NORMAL
    await helped_and_closed(hub, number, asks=why != "off", urgency=urgency.value)
    now = DAY + AFTER
    if why == "stopped":
        async with hub.database.transaction() as session:
            await session.execute(update(Address).where(Address.path == number).values(opted_out_at=DAY))
    if why == "wrote again":
        await say(hub, number, "nog een vraag: wat kost Spaans?")
    if why == "night":
        now = DAY.replace(hour=23)
    await ask_due(hub.database, now=now)
    assert not any("vooruit?" in text for text in await said(hub, number))
    if why == "night":
        await ask_due(hub.database, now=DAY + timedelta(hours=19))
        assert (await said(hub, number))[-1].startswith("Hielp het gesprek")


async def asked_for_a_file(hub: Hub, number: str, language: str = "nl") -> tuple[Person, Staff]:
    await say(hub, number, "wat kost Spaans in Gent?")
    person = await person_of(hub, number)
    async with hub.database.transaction() as session:
        staff = (await session.scalars(select(Staff).where(Staff.role == "counsellor").limit(1))).one()
        person = await session.get_one(Person, person.id)
        person.language = language
        await file_consent.ask(
            session, person, staff, about="een diploma", region_id=staff.region_id or "", by=staff,
            client_msg_id=uuid4().hex, now=datetime.now(BRUSSELS),
        )  # fmt: skip
    return person, staff


@pytest.mark.parametrize(
    ("language", "typed", "begins"),
    [
        ("nl", "1", "We willen een dossier"),
        ("ar", "نعم", "نريد أن نفتح لك ملفًا"),
        ("tr", "Evet", "Senin için"),
    ],
)
async def test_yes_in_the_chat_opens_the_file_with_the_words_they_read(
    hub: Hub, number: str, language: str, typed: str, begins: str
) -> None:
    person, staff = await asked_for_a_file(hub, number, language)
    first = staff.name.split()[0]
    question = (await said(hub, number))[-1]
    assert question.startswith(begins)
    assert first in question
    with pytest.raises(NotAllowed, match="al gesteld"):
        async with hub.database.transaction() as session:
            fresh = await session.get_one(Person, person.id)
            await file_consent.ask(
                session, fresh, staff, about="", region_id="gent", by=staff, client_msg_id=uuid4().hex,
                now=datetime.now(BRUSSELS),
            )  # fmt: skip
    await say(hub, number, typed)
    async with hub.database.transaction() as session:
        track = (await session.scalars(select(Trajectory).where(Trajectory.person_id == person.id))).one()
        consent = (await session.scalars(select(Consent).where(Consent.person_id == person.id))).one()
    assert (track.staff_id, track.question) == (staff.id, "een diploma")
    assert (consent.kind, consent.channel) == ("file", "sms")
    assert consent.wording.startswith(begins)
    assert question.startswith(consent.wording)
    assert first in (await said(hub, number))[-1]


async def test_no_opens_nothing_and_other_words_are_a_message(hub: Hub, number: str) -> None:
    person, _ = await asked_for_a_file(hub, number)
    await say(hub, number, "wie leest dat dan?")
    question = await question_of(hub, number)
    assert question is not None
    assert question.answer is None
    await say(hub, number, "nee")
    async with hub.database.transaction() as session:
        assert (
            await session.scalars(select(Trajectory).where(Trajectory.person_id == person.id))
        ).all() == []
        talk = (await session.scalars(select(Conversation).where(Conversation.person_id == person.id))).one()
    assert (await said(hub, number))[-1] == "Goed. We openen geen dossier. Je kan ons altijd iets vragen."
    assert talk.holder == "staff"


@pytest.mark.parametrize(
    ("text", "digit"),
    [("1", 1), (" 2. ", 2), ("JA!", 1), ("Sí", 1), ("hayır", 2), ("ні", 2), ("3)", 3), ("11", None), ("ja graag", None), ("", None)],
)  # fmt: skip
def test_a_short_answer_is_a_digit(text: str, digit: int | None) -> None:
    assert questions.read(text) == digit
