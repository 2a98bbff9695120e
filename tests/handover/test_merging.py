"""A merge loses nothing, and undoing it puts everything back where it was written."""

import asyncio
import random
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.hub import open_conversation
from channels.base import Inbound
from channels.inbox import TURN, Inbox
from channels.outbox import last_address, staff_message
from data import queue
from data.db import Database
from data.queue import LeasedJob
from data.tables import (
    Address,
    AddressLink,
    Consent,
    Conversation,
    Event,
    Job,
    MergeHow,
    Message,
    Note,
    Person,
    PersonMerge,
    Region,
    Role,
    Staff,
    Trajectory,
)
from data.worker import Worker
from handover import conversation as talks
from handover import merging
from handover.conversation import NotAllowed, Step

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=ZoneInfo("Europe/Brussels"))
A, B = "+32470000001", "+32470000002"


class Two:
    """Two persons who write by SMS, and a counsellor."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.worker = Worker(database, {TURN: self._heard})
        self.inbox = Inbox(database, self.worker, open_conversation, run_here=False)
        self.count = 0

    async def _heard(self, job: LeasedJob) -> None:
        async with self.database.transaction() as session:
            await queue.complete(session, job)

    async def start(self) -> None:
        async with self.database.transaction() as session:
            session.add(Region(id="gent", name="Gent", office_hours={}, answer_minutes=15))
            await session.flush()
            staff = Staff(
                name="Els", email="els@voorbeeld.invalid", role=Role.COUNSELLOR, region_id="gent", password_hash="-",
                languages=["nl"], presence="offline", active=True,
            )  # fmt: skip
            session.add(staff)
            await session.flush()
            self.staff_id = staff.id
        for path in (A, B):
            await self.hears(path)

    async def hears(self, path: str, words: str = "dag") -> int:
        self.count += 1
        item = Inbound(external_id=f"m{self.count}", path=path, text=words)
        (accepted,) = await self.inbox.accept("sms", "sms", [item])
        return accepted.message_id

    async def answers(self, path: str) -> int:
        """The counsellor writes to whoever has this address, on this address."""
        self.count += 1
        async with self.database.transaction() as session:
            person_id, address_id = await self._whose(session, path)
            talk = await talks.open_for(session, person_id, "sms", None, now=NOW)
            await talks.move(session, talk, Step.STAFF_WROTE, staff_id=self.staff_id, now=NOW)
            message = await staff_message(
                session, conversation=talk, staff_id=self.staff_id, text="hallo", address_id=address_id,
                client_msg_id=f"s{self.count}",
            )  # fmt: skip
            return message.id

    async def owner(self, path: str) -> int:
        async with self.database.transaction() as session:
            return (await self._whose(session, path))[0]

    async def _whose(self, session: AsyncSession, path: str) -> tuple[int, int]:
        found = await session.execute(
            select(AddressLink.person_id, Address.id)
            .join(Address, Address.id == AddressLink.address_id)
            .where(Address.path == path, AddressLink.ended_at.is_(None))
        )
        person_id, address_id = found.one()
        return person_id, address_id

    async def merge(self, kept: int = 1, merged: int = 2) -> int:
        async with self.database.transaction() as session:
            row = await merging.merge(
                session, kept, merged, how=MergeHow.STAFF, by_id=self.staff_id, reason="zelfde persoon",
                now=datetime.now(NOW.tzinfo),
            )  # fmt: skip
            return row.id

    async def undo(self, merge_id: int) -> None:
        async with self.database.transaction() as session:
            await merging.undo(session, merge_id, by_id=self.staff_id, now=datetime.now(NOW.tzinfo))

    async def rows(self, table: type) -> Sequence[object]:
        async with self.database.transaction() as session:
            return (await session.scalars(select(table).order_by(text("1")))).all()

    async def check(self) -> None:
        """What always holds: a message stands in a conversation of its person, who has one open, and none is lost."""
        async with self.database.transaction() as session:
            stray = select(func.count()).select_from(Message).join(
                Conversation, Conversation.id == Message.conversation_id
            ).where(Conversation.person_id != Message.person_id)  # fmt: skip
            assert await session.scalar(stray) == 0
            shells = select(Person.id).where(Person.merged_into_id.is_not(None))
            lost = select(func.count()).select_from(Message).where(Message.person_id.in_(shells))
            assert await session.scalar(lost) == 0
            assert await session.scalar(select(func.count()).select_from(Message)) == self.count


@pytest.fixture
async def two(database: Database) -> Two:
    found = Two(database)
    await found.start()
    return found


async def test_everything_of_the_one_is_the_others(two: Two, database: Database) -> None:
    async with database.transaction() as session:
        session.add(Note(person_id=2, staff_id=two.staff_id, text="let op"))
        session.add(Consent(person_id=2, kind="follow_up", wording="mag", channel="sms"))
        other = await session.get_one(Person, 2)
        other.name, other.postcode, other.facts = "Fatma", "9300", {"age": 31}
    merge_id = await two.merge()
    await two.check()
    async with database.transaction() as session:
        kept = await session.get_one(Person, 1)
        assert (kept.name, kept.postcode, kept.facts) == ("Fatma", "9300", {"age": 31})
        assert set(await session.scalars(select(Note.person_id))) == {1}
        assert set(await session.scalars(select(Consent.person_id))) == {1}
        assert set(await session.scalars(select(Message.person_id))) == {1}
        told = await session.scalars(select(Event.person_id).where(Event.kind == "person.merged"))
        assert sorted(told) == [1, 2]
    assert await two.owner(B) == 1
    await two.undo(merge_id)
    await two.check()
    async with database.transaction() as session:
        kept = await session.get_one(Person, 1)
        assert (kept.name, kept.postcode, kept.facts) == (None, None, {})
        assert set(await session.scalars(select(Note.person_id))) == {2}
        assert set(await session.scalars(select(Consent.person_id))) == {2}
    assert await two.owner(B) == 2


async def test_what_came_since_goes_to_whoevers_address_it_was_written_on(two: Two) -> None:
    merge_id = await two.merge()
    from_b = await two.hears(B, "ben ik hier nog?")
    from_a = await two.hears(A)
    to_b = await two.answers(B)
    await two.undo(merge_id)
    await two.check()
    owners = {row.id: row.person_id for row in await two.rows(Message)}  # type: ignore[attr-defined]
    assert (owners[from_a], owners[from_b], owners[to_b]) == (1, 2, 2)
    open_now = [row for row in await two.rows(Conversation) if row.life == "open"]  # type: ignore[attr-defined]
    assert sorted(row.person_id for row in open_now) == [1, 2]


async def test_the_more_pressing_conversation_goes_on(two: Two, database: Database) -> None:
    async with database.transaction() as session:
        talk = await talks.lock(session, 2)
        await talks.move(session, talk, Step.ESCALATE, reason="crisis", urgency="crisis", now=NOW)  # type: ignore[arg-type]
    merge_id = await two.merge()
    rows = {row.id: row for row in await two.rows(Conversation)}  # type: ignore[attr-defined]
    assert (rows[2].life, rows[2].urgency, rows[2].person_id) == ("open", "crisis", 1)
    assert rows[1].life == "closed"
    await two.undo(merge_id)
    await two.check()
    rows = {row.id: row for row in await two.rows(Conversation)}  # type: ignore[attr-defined]
    assert (rows[1].life, rows[2].life, rows[2].person_id) == ("open", "open", 2)


async def test_what_waits_to_be_answered_or_to_leave_goes_on(two: Two, database: Database) -> None:
    message_id = await two.answers(B)
    await two.merge()
    async with database.transaction() as session:
        message = await session.get_one(Message, message_id)
        talk = await session.get_one(Conversation, message.conversation_id)
        assert (message.status, message.person_id, talk.life) == ("queued", 1, "open")
        keys = set(await session.scalars(select(Job.key).where(Job.state == "ready")))
        assert {key.split(":")[1] for key in keys} == {"1"}


async def test_two_open_files_are_not_merged_by_a_machine(two: Two, database: Database) -> None:
    async with database.transaction() as session:
        for person_id in (1, 2):
            session.add(
                Trajectory(person_id=person_id, region_id="gent", staff_id=two.staff_id, phase="intake")
            )
    with pytest.raises(NotAllowed, match="open traject"):
        await two.merge()
    await two.check()


async def test_a_merge_is_undone_once_and_in_turn(two: Two) -> None:
    await two.hears("+32470000003")
    first = await two.merge(1, 2)
    second = await two.merge(3, 1)
    with pytest.raises(NotAllowed, match="later zelf"):
        await two.undo(first)
    with pytest.raises(NotAllowed):
        await two.merge(3, 2)
    await two.undo(second)
    await two.undo(first)
    with pytest.raises(NotAllowed, match="al ongedaan"):
        await two.undo(first)
    await two.check()
    assert [await two.owner(path) for path in (A, B, "+32470000003")] == [1, 2, 3]


async def test_two_merges_at_once_end_as_one(two: Two, database: Database) -> None:
    """The same two, in both directions, ten times at once: one merge, no deadlock that nobody gets out of."""
    results = await asyncio.gather(
        *(two.merge(*pair) for pair in [(1, 2), (2, 1)] * 5), return_exceptions=True
    )
    assert sum(isinstance(result, int) for result in results) == 1
    assert {type(result) for result in results} == {int, NotAllowed}
    await two.check()
    async with database.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(PersonMerge)) == 1


@pytest.mark.parametrize("round_", range(4))
async def test_messages_that_come_in_during_a_merge_are_never_lost_or_astray(two: Two, round_: int) -> None:
    async def write(path: str) -> None:
        for _ in range(6):
            await two.hears(path)
            await asyncio.sleep(random.random() / 200)

    async def there_and_back() -> None:
        for _ in range(3):
            await asyncio.sleep(random.random() / 100)
            merge_id = await two.merge()
            await asyncio.sleep(random.random() / 100)
            await two.undo(merge_id)

    async with asyncio.timeout(30):
        await asyncio.gather(write(A), write(B), there_and_back())
    await two.check()
    owners = {(row.address_id, row.person_id) for row in await two.rows(Message)}  # type: ignore[attr-defined]
    assert len(owners) == 2  # each address has its own person again, also for what came halfway
    assert len(await two.rows(Person)) == 2


@pytest.mark.parametrize("seed", range(8))
async def test_any_order_of_writing_merging_and_undoing_loses_nothing(two: Two, seed: int) -> None:
    chance = random.Random(seed)
    merged: list[int] = []
    for _ in range(25):
        match chance.randrange(5):
            case 0 | 1:
                await two.hears(chance.choice((A, B)))
            case 2:
                await two.answers(chance.choice((A, B)))
            case 3 if not merged:
                merged.append(await two.merge(*chance.choice([(1, 2), (2, 1)])))
            case 4 if merged:
                await two.undo(merged.pop())
        await two.check()
    if merged:
        await two.undo(merged.pop())
    await two.check()
    by_address = {(row.address_id, row.person_id) for row in await two.rows(Message)}  # type: ignore[attr-defined]
    assert by_address == {(1, 1), (2, 2)}
    assert await _address(two, 1) == A


async def _address(two: Two, person_id: int) -> str:
    async with two.database.transaction() as session:
        address = await session.get_one(Address, await last_address(session, person_id))
        return address.path
