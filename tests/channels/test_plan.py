"""The channel plan: which way is taken, what is tried next, and when somebody calls."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from channels import held, plan, templates
from channels.outbox import put
from channels.policy import NO_CONSENT, STOPPED
from data.db import Database
from data.tables import (
    Address,
    AddressLink,
    Author,
    CallTask,
    ChannelState,
    Consent,
    Conversation,
    Job,
    Message,
    Person,
    Region,
    Status,
    TemplateState,
)
from handover.unwritten import call_about

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=ZoneInfo("Europe/Brussels"))
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Client:
    """A person with addresses, and the session they were made in."""

    session: AsyncSession
    person: Person
    conversation: Conversation

    async def reached(
        self, scheme: str, *, heard: timedelta | None = None, preferred: bool = False, **more: Any
    ) -> Address:
        path = f"{scheme}-{self.person.id}"
        address = Address(
            scheme=scheme, path=path, last_in_at=NOON - heard if heard is not None else None, **more
        )
        self.session.add(address)
        await self.session.flush()
        self.session.add(
            AddressLink(address_id=address.id, person_id=self.person.id, preferred=preferred, reason="test")
        )
        if heard is not None:
            self.session.add(
                Message(
                    conversation_id=self.conversation.id, person_id=self.person.id, address_id=address.id,
                    channel=scheme, direction="in", author="person", text="dag", status="received",
                )
            )  # fmt: skip
        await self.session.flush()
        return address

    async def ways(self, purpose: str = "follow_up") -> list[plan.Way]:
        return await plan.ways(self.session, self.person.id, purpose=purpose, now=NOON)

    async def chosen(self, purpose: str = "follow_up") -> str | None:
        way = plan.first_choice(await self.ways(purpose))
        return way.channel if way is not None else None

    async def wrote(self, address: Address, words: str = "hoe gaat het?", **more: Any) -> Message:
        values: dict[str, Any] = {"purpose": "follow_up", "author": Author.STAFF} | more
        message, _ = await put(
            self.session, conversation=self.conversation, address_id=address.id,
            channel=plan.channel_of(address.scheme), text=words, **values,
        )  # fmt: skip
        return message

    async def fails(self, message: Message, reason: str = "nummer bestaat niet") -> Message | None:
        message.status, message.status_reason = Status.FAILED, reason
        await self.session.flush()
        return await plan.fall_back(self.session, message, call_about, now=NOON)

    async def calls(self) -> list[CallTask]:
        return list(await self.session.scalars(select(CallTask).order_by(CallTask.id)))


@pytest.fixture
async def client(database: Database) -> Any:
    async with database.transaction() as session:
        session.add(Region(id="gent", name="Gent", office_hours={}, answer_minutes=15))
        await session.flush()
        person = Person(name="Fatma", language="nl", region_id="gent")
        session.add(person)
        await session.flush()
        conversation = Conversation(person_id=person.id, channel="sms")
        session.add(conversation)
        await session.flush()
        yield Client(session, person, conversation)


async def approve(session: AsyncSession, name: str = templates.OPEN) -> None:
    text = templates.texts()[name, "whatsapp", "nl"]
    await templates.judge(session, text, TemplateState.APPROVED, provider_id="HX" + "1" * 32)


async def test_an_answer_goes_where_the_person_wrote_last(client: Client) -> None:
    await client.reached("sms", heard=HOUR)
    await client.reached("mailto", preferred=True)
    first, *_ = await client.ways("reply")
    assert (first.channel, first.reason) == ("sms", "schreef hier laatst")
    assert await client.chosen("reply") == "sms"


async def test_what_we_write_first_goes_by_the_channel_they_prefer(client: Client) -> None:
    await client.reached("sms", heard=HOUR)
    await client.reached("mailto", preferred=True)
    assert await client.chosen() == "email"


@pytest.mark.parametrize(
    ("there", "chosen"),
    [
        ({"whatsapp": HOUR, "sms": None}, "whatsapp"),
        ({"whatsapp": DAY * 2, "sms": None, "mailto": None}, "sms"),
        ({"whatsapp": DAY * 2, "mailto": None}, "email"),
        ({"whatsapp": DAY * 2}, None),
        ({"web": HOUR, "sms": DAY * 9}, "sms"),
        ({"web": HOUR}, "web"),
        ({"telegram": HOUR, "sms": DAY}, "telegram"),
        ({"tel": None}, None),
        ({}, None),
    ],
)
async def test_the_order_when_one_is_shut(
    client: Client, there: dict[str, timedelta | None], chosen: str | None
) -> None:
    for scheme, heard in sorted(there.items(), key=lambda one: one[1] or DAY * 99, reverse=True):
        await client.reached(scheme, heard=heard)
    assert await client.chosen() == chosen


async def test_a_shut_window_can_be_asked_open_when_nothing_else_is_left(client: Client) -> None:
    await client.reached("whatsapp", heard=DAY * 2)
    await approve(client.session)
    (way,) = await client.ways()
    assert (way.open, way.holds) == (False, True)
    assert await client.chosen() == "whatsapp"
    await client.reached("sms")
    assert await client.chosen() == "sms"


async def test_stop_on_the_first_choice_is_not_gone_round(client: Client) -> None:
    await client.reached("sms", heard=HOUR, opted_out_at=NOON)
    await client.reached("mailto")
    assert await client.chosen() is None


async def test_stop_elsewhere_only_shuts_that_way(client: Client) -> None:
    await client.reached("mailto", opted_out_at=NOON)
    await client.reached("sms", heard=HOUR)
    assert await client.chosen() == "sms"


async def test_a_channel_that_is_off_is_no_way(client: Client) -> None:
    await client.reached("whatsapp", heard=HOUR)
    await client.reached("sms")
    client.session.add(ChannelState(channel="whatsapp", health="off"))
    assert await client.chosen() == "sms"
    (_, shut) = sorted(await client.ways(), key=lambda way: not way.open)
    assert shut.reason == "dit kanaal staat uit"


async def test_one_preferred_address_at_a_time(client: Client) -> None:
    sms, mail = await client.reached("sms", heard=HOUR), await client.reached("mailto")
    await plan.prefer(client.session, client.person.id, mail.id)
    await plan.prefer(client.session, client.person.id, sms.id)
    assert [way.channel for way in await client.ways() if way.preferred] == ["sms"]
    await plan.prefer(client.session, client.person.id, None)
    assert not any(way.preferred for way in await client.ways())


# When it did not get through


async def test_what_fails_goes_by_the_next_way_and_then_somebody_calls(client: Client) -> None:
    whatsapp = await client.reached("whatsapp", heard=HOUR)
    await client.reached("sms")
    await client.reached("mailto")
    first = await client.wrote(whatsapp)
    second = await client.fails(first)
    assert second is not None
    assert (second.channel, second.text, second.replaces_id) == ("sms", first.text, first.id)
    third = await client.fails(second)
    assert third is not None
    assert third.channel == "email"
    assert await client.fails(third) is None
    (call,) = await client.calls()
    assert (call.reason, call.about) == ("no_channel", first.text)


async def test_a_message_stopped_by_stop_becomes_a_call(client: Client) -> None:
    sms = await client.reached("sms", heard=HOUR)
    await client.reached("mailto")
    assert await client.fails(await client.wrote(sms), STOPPED) is None
    assert [call.reason for call in await client.calls()] == ["stopped"]


async def test_the_timer_falls_back_once(client: Client, database: Database) -> None:
    sms = await client.reached("sms", heard=HOUR)
    await client.reached("mailto")
    message = await client.wrote(sms)
    message.status, message.status_at = Status.FAILED, NOON
    answer = await client.wrote(sms, purpose="reply")
    answer.status, answer.status_at = (
        Status.FAILED,
        NOON,
    )  # an answer that fails is shown; it goes nowhere by itself
    await client.session.commit()
    for _ in range(2):
        await plan.fall_back_due(database, call_about, now=NOON)
    async with database.transaction() as session:
        again = (await session.scalars(select(Message).where(Message.replaces_id.is_not(None)))).all()
        assert [one.replaces_id for one in again] == [message.id]
        assert (await session.scalars(select(CallTask))).all() == []


async def test_a_late_reminder_and_what_was_not_agreed_to_go_nowhere(
    client: Client, database: Database
) -> None:
    sms = await client.reached("sms", heard=HOUR)
    await client.reached("mailto")
    late = await client.wrote(sms, purpose="reminder", author=Author.BOT)
    refused = await client.wrote(sms)
    late.status, late.status_at, late.created_at = Status.FAILED, NOON, NOON - HOUR * 3
    refused.status, refused.status_at, refused.status_reason = Status.WITHHELD, NOON, NO_CONSENT
    await client.session.commit()
    assert await plan.fall_back_due(database, call_about, now=NOON) == 0


# Held until the person writes


async def test_a_held_message_asks_once_and_leaves_when_they_write(client: Client) -> None:
    whatsapp = await client.reached("whatsapp", heard=DAY * 2)
    await approve(client.session)
    first, second = [await client.wrote(whatsapp, words, purpose="reply") for words in ("een", "twee")]
    await client.session.execute(Job.__table__.delete())
    assert await held.hold(client.session, first, now=NOON)
    assert await held.hold(client.session, second, now=NOON)
    openers = (await client.session.scalars(select(Message).where(Message.purpose == "opener"))).all()
    assert [(one.text, one.template and one.template["provider_id"]) for one in openers] == [
        ("Dag, de leerwinkel heeft een antwoord voor je. Antwoord OPEN om het te lezen.", "HX" + "1" * 32)
    ]
    assert await held.release(client.session, whatsapp.id) == 2
    jobs = (await client.session.scalars(select(Job).order_by(Job.id))).all()
    assert [job.payload["message_id"] for job in jobs] == [openers[0].id, first.id, second.id]
    assert [first.status, second.status] == [Status.QUEUED, Status.QUEUED]
    assert await held.release(client.session, whatsapp.id) == 0


async def test_without_an_approved_template_nothing_is_held(client: Client) -> None:
    whatsapp = await client.reached("whatsapp", heard=DAY * 2)
    message = await client.wrote(whatsapp, purpose="reply")
    assert not await held.hold(client.session, message, now=NOON)
    assert message.status == Status.QUEUED


async def test_when_nobody_replies_open_somebody_calls_and_the_message_stays(
    client: Client, database: Database
) -> None:
    whatsapp = await client.reached("whatsapp", heard=DAY * 2)
    await approve(client.session)
    message = await client.wrote(whatsapp, purpose="reply")
    await held.hold(client.session, message, now=NOON)
    await client.session.commit()
    await plan.fall_back_due(database, call_about, now=NOON + HOUR)
    async with database.transaction() as session:
        assert (await session.scalars(select(CallTask))).all() == []
    for _ in range(2):
        await plan.fall_back_due(database, call_about, now=NOON + DAY + HOUR)
    async with database.transaction() as session:
        (call,) = (await session.scalars(select(CallTask))).all()
        assert (call.reason, call.about) == ("unopened", message.text)
        assert (await session.get_one(Message, message.id)).status == Status.HELD


async def test_a_follow_up_with_only_a_shut_window_is_held(client: Client) -> None:
    whatsapp = await client.reached("whatsapp", heard=DAY * 2)
    await approve(client.session)
    message = await client.wrote(whatsapp)
    assert await client.fails(message) is None
    assert message.status == Status.HELD
    assert await client.calls() == []


# Templates


def test_every_template_has_its_words_in_our_languages_with_the_same_places() -> None:
    for name, channel, _ in templates.texts():
        words = {
            language: templates.texts()[name, channel, language].words for language in ("nl", "fr", "en")
        }
        assert (
            len({tuple(sorted(part for part in text.split() if "{" in part)) for text in words.values()}) == 1
        )
        assert all(len(text) <= 1024 for text in words.values())


async def test_a_language_without_approved_words_gets_the_next_best(client: Client) -> None:
    await approve(client.session)
    found = await templates.approved(client.session, templates.OPEN, "whatsapp", "ar-MA")
    assert found is not None
    assert found[0].language == "nl"
    assert await templates.approved(client.session, templates.REMINDER, "whatsapp", "nl") is None
    text = templates.texts()[templates.OPEN, "whatsapp", "nl"]
    await templates.judge(client.session, text, TemplateState.REJECTED, provider_id=None)
    assert await templates.approved(client.session, templates.OPEN, "whatsapp", "nl") is None


# Who may be written first


async def test_writing_first_needs_consent_or_an_own_appointment(client: Client) -> None:
    async def may() -> bool:
        await client.session.flush()
        return await plan.may_write_first(client.session, client.person.id, now=NOON)

    assert not await may()
    consent = Consent(
        person_id=client.person.id, kind="follow_up", wording="Mogen we schrijven?", channel="sms"
    )
    client.session.add(consent)
    assert await may()
    consent.withdrawn_at = NOON
    assert not await may()
