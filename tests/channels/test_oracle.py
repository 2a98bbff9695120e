"""Inbox and outbox against an oracle: whatever happens in whatever order, it knows what must have come of it.

People write, are written to, and write again with the same id; the provider refuses, is too busy, falls over before or
after it took a message, and tells what became of what it took in any order; time passes. The oracle keeps lists.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select, text, update

from bot.hub import open_conversation, open_conversations, taken_over
from channels import outbox
from channels.base import Delivery, Inbound
from channels.inbox import TURN, Inbox
from channels.outbox import RANK, SEND
from channels.sender import Sender
from channels.sms import Sms
from data import queue
from data.db import Database
from data.queue import LeasedJob
from data.tables import Address, Author, Direction, Job, Message, Person, Status
from data.worker import Worker
from tests.databases import EMPTY
from tests.plain_http import plain_http
from tests.stubs import twilio
from tests.stubs.twilio import ACCOUNT, NUMBER, TOKEN, Fault, refused

PEOPLE = [f"+3247000000{n}" for n in range(3)]
FAULTS = {
    "busy": refused(429, 20429, **{"Retry-After": "1"}),
    "fell before taking": Fault(status=503),
    "fell after taking": Fault(status=500, takes=True),
    "hung up after taking": Fault(hangs_up=True, takes=True),
    "refused": refused(400, 21211),
}
NEWS = (Status.SENT, Status.DELIVERED, Status.READ, Status.FAILED)
FINAL = (Status.SENT, Status.DELIVERED, Status.READ, Status.FAILED, Status.WITHHELD, Status.UNKNOWN)


class Wire(RuleBasedStateMachine):
    """The database is real, and so is the provider's wire."""

    url: str

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.heard: dict[str, str] = {}  # external id → who wrote it
        self.said: dict[str, list[str]] = defaultdict(list)  # to whom → what, in order
        self.ranks: dict[int, int] = {}  # the highest status that each message was seen in
        self.numbers = 0

    def wait(self, work: Awaitable[Any]) -> Any:
        return self.loop.run_until_complete(asyncio.wait_for(asyncio.ensure_future(work, loop=self.loop), 60))

    @initialize()
    def open(self) -> None:
        self.running = twilio.running()
        self.stub = self.running.__enter__()
        self.wait(self._open())

    async def _open(self) -> None:
        self.database = Database(self.url, pool_size=4)
        self.sms = Sms(
            account_sid=ACCOUNT, auth_token=TOKEN, number=NUMBER, public_url="https://hub.example",
            api_base=self.stub.url, transport=plain_http(),
        )  # fmt: skip
        async with self.database.transaction() as session:
            await session.execute(EMPTY)

        async def heard(job: LeasedJob) -> None:
            async with self.database.transaction() as session:
                await queue.complete(session, job)

        sender = Sender(self.database, {"sms": self.sms}, limits={})
        self.worker = Worker(self.database, {TURN: heard, SEND: sender.handle})
        self.inbox = Inbox(
            self.database, self.worker, open_conversation, take_over=taken_over, open_many=open_conversations,
            run_here=False,
        )  # fmt: skip

    @rule(who=st.sampled_from(PEOPLE), number=st.integers(0, 5), times=st.integers(1, 3))
    def they_write(self, who: str, number: int, times: int) -> None:
        """The same id always comes from the same person, as often as the provider likes, also at once."""
        external_id = f"SM{number:032x}"
        who = self.heard.setdefault(external_id, who)
        item = Inbound(external_id=external_id, path=who, text=f"bericht {number}")

        async def come() -> None:
            await asyncio.gather(*(self.inbox.accept("sms", "sms", [item]) for _ in range(times)))

        self.wait(come())

    @precondition(lambda self: self.heard)
    @rule(data=st.data(), twice=st.booleans())
    def we_write(self, data: st.DataObject, twice: bool) -> None:
        """One composed message is one message, however often it is pressed."""
        who = data.draw(st.sampled_from(sorted(set(self.heard.values()))))
        self.numbers += 1
        words = f"antwoord {self.numbers}"
        for _ in range(1 + twice):
            self.wait(self._say(who, words))
        self.said[who].append(words)

    async def _say(self, who: str, words: str) -> None:
        async with self.database.transaction() as session:
            query = select(Person, Address.id).join(Message, Message.person_id == Person.id)
            query = query.join(Address, Address.id == Message.address_id).where(Address.path == who)
            person, address_id = (await session.execute(query.limit(1))).one()
            conversation = await open_conversation(session, person, "sms")
            await outbox.put(
                session, conversation=conversation, address_id=address_id, channel="sms", author=Author.BOT,
                text=words, client_msg_id=words,
            )  # fmt: skip

    @rule(what=st.sampled_from(sorted(FAULTS)))
    def the_provider_will_fail(self, what: str) -> None:
        self.stub.script.append(FAULTS[what])

    @rule()
    def work(self) -> None:
        self.wait(self.worker.run_until_idle())

    @rule()
    def time_passes(self) -> None:
        self.wait(self._time_passes())

    async def _time_passes(self) -> None:
        async with self.database.transaction() as session:
            ago = text("now() - interval '1 second'")
            await session.execute(
                update(Job).where(Job.state == "ready").values(run_at=text("now()"), lease_until=ago)
            )
            await session.execute(text("UPDATE channel_state SET until = now(), probing_until = NULL"))

    @precondition(lambda self: self.stub.taken)
    @rule(data=st.data(), status=st.sampled_from(NEWS))
    def the_provider_tells(self, data: st.DataObject, status: Status) -> None:
        sid = data.draw(st.sampled_from([taken.sid for taken in self.stub.taken]))
        self.wait(self.inbox.accept("sms", "sms", [Delivery(external_id=sid, status=status)]))

    @invariant()
    def what_was_heard_is_there_once(self) -> None:
        if hasattr(self, "database"):
            self.wait(self._check())

    async def _check(self) -> None:
        async with self.database.transaction() as session:
            rows = (
                await session.execute(
                    select(Message, Address.path).join(Address, Address.id == Message.address_id)
                )
            ).all()
        heard = [(m.external_id, path) for m, path in rows if m.direction == Direction.IN]
        assert sorted(heard) == sorted(self.heard.items())
        written = sorted((path, m.text) for m, path in rows if m.direction == Direction.OUT)
        assert written == sorted((who, words) for who, all_ in self.said.items() for words in all_)
        for message, _ in rows:
            if message.direction == Direction.OUT and message.status in RANK:
                settled = RANK[Status(message.status)] if message.status in FINAL else 0
                assert settled >= self.ranks.get(message.id, 0), (
                    f"{message.text} went back to {message.status}"
                )
                self.ranks[message.id] = settled
        for who in PEOPLE:
            bodies = self.stub.bodies(who)
            assert len(bodies) == len(set(bodies)), f"doubled: {bodies}"
            order = [self.said[who].index(words) for words in bodies]
            assert order == sorted(order), f"out of order: {bodies}"

    def teardown(self) -> None:
        """When nothing fails any more, everything ends."""
        if not hasattr(self, "database"):
            return
        try:
            self.stub.script.clear()
            for _ in range(4):
                self.wait(self._time_passes())
                self.wait(self.worker.run_until_idle())
            self.wait(self._check())
            self.wait(self._nothing_is_left())
        finally:
            self.wait(self._close())
            self.running.__exit__(None, None, None)
            self.loop.close()

    async def _nothing_is_left(self) -> None:
        async with self.database.transaction() as session:
            left = await session.scalars(select(Message).where(Message.direction == Direction.OUT))
            assert {m.status for m in left} <= {*FINAL}
            jobs = await session.scalars(select(Job.last_error).where(Job.state != "done"))
            assert jobs.all() == []

    async def _close(self) -> None:
        await self.worker.drain()
        await self.sms.close()
        await self.database.close()


def test_inbox_and_outbox_do_what_the_oracle_says(database_url: str) -> None:
    Wire.url = database_url
    run_state_machine_as_test(
        Wire,
        settings=settings(
            max_examples=20, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
