"""Told once, neutrally, when a course comes that somebody waits for."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from bot.hub import Hub
from bot.news import tell_due
from bot.replies import BRUSSELS
from channels.base import Inbound
from data.db import Database
from data.tables import (
    Address,
    Consent,
    Conversation,
    Course,
    CourseWish,
    Event,
    Job,
    Message,
    Person,
    Run,
    ShownList,
)

URL = "https://leerlijn.example"


class Waiting:
    """Somebody who waits for Spanish in Ghent, of which nothing is left until `comes`."""

    def __init__(self, hub: Hub, number: str) -> None:
        self.hub, self.number = hub, number
        self.now = datetime.now(BRUSSELS).replace(hour=10, minute=0) + timedelta(days=1)

    async def say(self, text: str, channel: str = "sms") -> str:
        item = Inbound(external_id=uuid4().hex, path=self.number, text=text)
        (accepted,) = await self.hub.inbox.accept(channel, channel, [item])
        await self.hub.worker.run_until_idle()
        async with self.hub.database.transaction() as session:
            answers = await session.scalars(
                select(Message.text).where(Message.answers_id == accepted.message_id)
            )
            return "\n".join(answers.all())

    async def set_status(self, status: str) -> None:
        async with self.hub.database.transaction() as session:
            await session.execute(update(Run).where(Run.course_id.in_(SPANISH)).values(status=status))

    async def tell(self, hours: int = 2) -> int:
        return await tell_due(self.hub.database, now=self.now + timedelta(hours=hours), public_url=URL)

    async def news(self) -> list[Message]:
        async with self.hub.database.transaction() as session:
            query = select(Message).join(Address, Address.id == Message.address_id)
            mine = query.where(Address.path == self.number, Message.purpose == "news")
            return list((await session.scalars(mine.order_by(Message.id))).all())

    async def wishes(self) -> list[CourseWish]:
        async with self.hub.database.transaction() as session:
            query = select(CourseWish).join(Address, Address.id == CourseWish.address_id)
            return list((await session.scalars(query.where(Address.path == self.number))).all())


SPANISH = select(Course.id).where(Course.subject_ids.contains(["spaans"]))


@pytest.fixture
async def waiting(hub: Hub, number: str) -> AsyncIterator[Waiting]:
    async with hub.database.transaction() as session:
        before = (await session.execute(select(Run.id, Run.status).where(Run.course_id.in_(SPANISH)))).all()
    person = Waiting(hub, number)
    await person.set_status("ended")
    assert "*laat weten*" in await person.say("Spaanse les in Gent op dinsdagavond?")
    assert "één bericht" in await person.say("laat weten")
    yield person
    async with hub.database.transaction() as session:
        for run_id, status in before:
            await session.execute(update(Run).where(Run.id == run_id).values(status=status))
        await session.execute(update(CourseWish).values(state="stopped"))


async def test_told_once_with_several_and_how_to_stop(hub: Hub, waiting: Waiting) -> None:
    assert await waiting.tell() == 0, "still nothing"
    await waiting.set_status("open")
    assert await waiting.tell(4) == 1
    assert await waiting.tell(6) == 0
    assert await waiting.tell(24 * 30) == 0
    (message,) = await waiting.news()
    for words in ("Spaans bij Gent", "1)", "2)", "nagekeken", f"{URL}/aanbod?subject=spaans", "STOP"):
        assert words in message.text, words
    (wish,) = await waiting.wishes()
    assert (wish.state, wish.message_id) == ("told", message.id)
    async with hub.database.transaction() as session:
        consent = await session.get_one(Consent, wish.consent_id)
        assert (consent.kind, consent.channel) == ("news", "sms")
        assert consent.withdrawn_at is not None
        assert "één bericht" in consent.wording
        shown = (
            await session.scalars(select(ShownList).where(ShownList.conversation_id == wish.conversation_id))
        ).all()
        assert shown[-1].query["by"] == "news", "the audit of neutrality sees it"
        job = (
            await session.scalars(select(Job).where(Job.payload["message_id"].as_integer() == message.id))
        ).one()
        assert job.lane == 2
        talk = await session.get_one(Conversation, wish.conversation_id)
        assert (talk.holder, talk.waiting_on) == ("bot", "client"), "nothing changes hands by it"
    assert "Waar:" in await waiting.say("2"), "a number chooses of what was told"


async def test_killed_before_the_commit_it_is_told_later_and_once(
    waiting: Waiting, monkeypatch: pytest.MonkeyPatch
) -> None:
    await waiting.set_status("open")

    async def die(*_: object, **__: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as dying:
        dying.setattr("bot.flows.wishes.end", die)
        with pytest.raises(ConnectionError):
            await waiting.tell()
    assert await waiting.news() == []
    assert await waiting.tell(4) == 1
    assert len(await waiting.news()) == 1


async def test_two_processes_at_once_tell_once(hub: Hub, waiting: Waiting) -> None:
    await waiting.set_status("open")
    other = Database(hub.database.url)
    later = {"now": waiting.now + timedelta(hours=2), "public_url": URL}
    told = await asyncio.gather(*(tell_due(database, **later) for database in (hub.database, other) * 3))
    await other.close()
    assert sum(told) == 1
    assert len(await waiting.news()) == 1


async def test_not_at_night(waiting: Waiting) -> None:
    await waiting.set_status("open")
    assert await waiting.tell(12) == 0
    assert await waiting.tell(23) == 1


async def test_stop_ends_it(hub: Hub, waiting: Waiting) -> None:
    await waiting.say("STOP")
    await waiting.set_status("open")
    assert await waiting.tell() == 0
    (wish,) = await waiting.wishes()
    assert wish.state == "stopped"
    async with hub.database.transaction() as session:
        assert (await session.get_one(Consent, wish.consent_id)).withdrawn_at is not None


async def test_an_address_that_stopped_elsewhere_hears_nothing(hub: Hub, waiting: Waiting) -> None:
    async with hub.database.transaction() as session:
        stopped = update(Address).where(Address.path == waiting.number).values(opted_out_at=waiting.now)
        await session.execute(stopped)
    await waiting.set_status("open")
    assert await waiting.tell() == 0
    assert [wish.state for wish in await waiting.wishes()] == ["stopped"]


async def test_it_ends_after_a_year(waiting: Waiting) -> None:
    await waiting.set_status("open")
    assert await waiting.tell(24 * 366) == 0
    assert [wish.state for wish in await waiting.wishes()] == ["expired"]
    assert await waiting.news() == []


async def test_asked_twice_it_is_one_wish_and_asked_when_there_is_one_it_is_shown(waiting: Waiting) -> None:
    await waiting.say("laat weten")
    assert len(await waiting.wishes()) == 1
    await waiting.set_status("open")
    assert "1)" in await waiting.say("laat weten")


async def test_a_course_elsewhere_or_at_another_time_is_not_it(hub: Hub, waiting: Waiting) -> None:
    async with hub.database.transaction() as session:
        mornings = update(Run).where(Run.course_id.in_(SPANISH), ~Run.day_parts.contains(["evening"]))
        await session.execute(mornings.values(status="open"))
    assert await waiting.tell() == 0


async def test_in_a_closed_conversation_nothing_opens(hub: Hub, waiting: Waiting) -> None:
    (wish,) = await waiting.wishes()
    async with hub.database.transaction() as session:
        closing = update(Conversation).where(Conversation.id == wish.conversation_id)
        await session.execute(closing.values(life="closed", closed_at=waiting.now))
    await waiting.set_status("open")
    assert await waiting.tell() == 1
    (message,) = await waiting.news()
    assert "\n- " in message.text
    assert "\n1)" not in message.text
    async with hub.database.transaction() as session:
        person = await session.get_one(Person, wish.person_id)
        talks = await session.scalars(select(Conversation.life).where(Conversation.person_id == person.id))
        assert talks.all() == ["closed"]
        kinds = (await session.scalars(select(Event.kind).where(Event.person_id == person.id))).all()
    assert kinds.count("wish.told") == 1
