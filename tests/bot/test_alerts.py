"""A crisis alerts somebody over real HTTP, once, without a word about the person; nobody listening is no loss."""

import json
import threading
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from sqlalchemy import select, text, update

from bot.alerts import ALERT, REHEARSED, Alerts, put_alert
from bot.hub import Hub, open_hub
from bot.settings import Settings
from channels.base import Inbound
from channels.sms import Sms
from data.db import Database
from data.tables import Address, Conversation, Event, Job, Message, Person, Staff
from data.worker import Worker
from handover import conversation as handover
from handover.conversation import Step
from tests.plain_http import plain_http
from tests.stubs import twilio
from tests.stubs.twilio import ACCOUNT, NUMBER, TOKEN, Fault, TwilioStub, refused

WORDS = "Ik ben Samira Peeters en ik wil niet meer leven"
PHONE = "+32470987654"


class Listener:
    """Whoever listens at the alert address: keeps the bodies, and answers with the next of `statuses`, then 204."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.statuses: deque[int] = deque()
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/alarm?key=geheim"

    @property
    def told(self) -> list[dict[str, Any]]:
        return [json.loads(body) for body in self.bodies]

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Take the port, the same one each time, and give it back."""
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                listener.bodies.append(self.rfile.read(int(self.headers["content-length"])))
                self.send_response(listener.statuses.popleft() if listener.statuses else 204)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                """Silent."""

        server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


@pytest.fixture(scope="module")
def the_listener() -> Listener:
    listener = Listener()
    with listener.listening():
        pass
    return listener


@pytest.fixture
def listener(the_listener: Listener) -> Listener:
    """Nobody listens yet, but the port is known."""
    the_listener.bodies.clear()
    the_listener.statuses.clear()
    return the_listener


async def alarm(database: Database, message_id: int = 1) -> int:
    """A conversation with an alert; its id."""
    async with database.transaction() as session:
        person = Person(language="nl")
        session.add(person)
        await session.flush()
        now = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)
        conversation = await handover.open_for(session, person.id, "sms", None, now=now)
        for _ in range(2):  # a turn that runs again asks again
            await put_alert(session, conversation, message_id=message_id, now=now)
        return conversation.id


async def jobs(database: Database) -> list[Job]:
    async with database.transaction() as session:
        return list(await session.scalars(select(Job).where(Job.kind == ALERT).order_by(Job.id)))


async def time_passes(database: Database) -> None:
    async with database.transaction() as session:
        await session.execute(update(Job).where(Job.state == "ready").values(run_at=text("now()")))


def worker_of(database: Database, url: str) -> Worker:
    alerts = Alerts(database, url=url, public_url="https://hub.example")
    return Worker(database, {ALERT: alerts.handle})


async def test_the_alert_says_where_to_look_and_nothing_else(database: Database, listener: Listener) -> None:
    conversation_id = await alarm(database)
    with listener.listening():
        await worker_of(database, listener.url).run_until_idle()
    assert listener.told == [
        {
            "kind": "crisis", "conversation_id": conversation_id, "region": None,
            "at": "2026-11-23T14:05:00+00:00", "url": f"https://hub.example/console/gesprek/{conversation_id}",
        }
    ]  # fmt: skip
    assert [job.state for job in await jobs(database)] == ["done"]


async def test_a_refused_connection_and_an_error_are_tried_again(
    database: Database, listener: Listener, caplog: pytest.LogCaptureFixture
) -> None:
    await alarm(database)
    worker = worker_of(database, listener.url)
    await worker.run_until_idle()  # nobody listens
    (job,) = await jobs(database)
    assert (job.state, job.attempts, job.last_error) == (
        "ready", 1, "the alert address did not answer (ConnectError)",
    )  # fmt: skip
    assert job.run_at > datetime.now(UTC) + timedelta(seconds=5), "not again at once"

    await time_passes(database)
    listener.statuses.append(503)
    with listener.listening():
        await worker.run_until_idle()
        assert [job.last_error for job in await jobs(database)] == ["the alert address answered 503"]
        await time_passes(database)
        await worker.run_until_idle()
    assert [job.state for job in await jobs(database)] == ["done"]
    assert len(listener.bodies) == 2
    assert "geheim" not in caplog.text, "the address may hold a key"


async def test_an_alert_that_nobody_ever_takes_is_dead_and_shown(
    database: Database, listener: Listener, caplog: pytest.LogCaptureFixture
) -> None:
    await alarm(database)
    worker = worker_of(database, listener.url)
    for _ in range(5):
        await worker.run_until_idle()
        await time_passes(database)
    assert [job.state for job in await jobs(database)] == ["dead"]
    assert "is dead after 5 attempts" in caplog.text
    assert "geheim" not in caplog.text


async def test_without_an_address_there_is_nobody_to_tell(database: Database) -> None:
    await alarm(database)
    await worker_of(database, "").run_until_idle()
    assert [job.state for job in await jobs(database)] == ["done"]


@pytest.fixture(scope="module")
async def the_hub(
    database_url: str, the_listener: Listener, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Hub]:
    """The whole program, that alerts the listener; opened once, because it loads the model."""
    settings = Settings(
        database_url=database_url, var_dir=tmp_path_factory.mktemp("var"), alert_url=the_listener.url
    )
    sms = Sms(
        account_sid="AC" + "0" * 32, auth_token="alarm", number="+3280000000", public_url=settings.public_url,
        transport=httpx.MockTransport(lambda _: httpx.Response(201, json={"sid": "SM" + "a" * 32})),
    )  # fmt: skip
    async with open_hub(settings, channels={"sms": sms}) as hub:
        yield hub


@pytest.fixture
def hub(the_hub: Hub, database: Database) -> Hub:
    """The program, with nothing in its database."""
    return the_hub


async def hears(hub: Hub, words: str, external_id: str) -> Conversation:
    """The conversation after somebody wrote and everything due was done."""
    item = Inbound(external_id=external_id, path=PHONE, text=words)
    (accepted,) = await hub.inbox.accept("sms", "sms", [item])
    await hub.worker.run_until_idle()
    async with hub.database.transaction() as session:
        message = await session.get_one(Message, accepted.message_id)
        return await session.get_one(Conversation, message.conversation_id)


@pytest.mark.parametrize("holder", ["bot", "queue", "staff"])
async def test_whoever_holds_the_conversation_a_crisis_alerts(
    hub: Hub, listener: Listener, holder: str
) -> None:
    with listener.listening():
        conversation = await hears(hub, "Dag", "one")
        async with hub.database.transaction() as session:
            locked = await handover.lock(session, conversation.id)
            now = datetime.now(UTC)
            if holder == "queue":
                await handover.move(session, locked, Step.ESCALATE, reason="asked_for_human", now=now)
            if holder == "staff":
                staff = Staff(name="Els Maes", email="els@leerlijn.example", role="admin", password_hash="-")
                session.add(staff)
                await session.flush()
                await handover.move(session, locked, Step.TAKE_OVER, staff_id=staff.id, now=now)
            assert locked.holder == holder
        assert listener.bodies == []

        conversation = await hears(hub, WORDS, "two")
        assert conversation.urgency == "crisis"
        assert [told["conversation_id"] for told in listener.told] == [conversation.id]

    async with hub.database.transaction() as session:
        address = (await session.scalars(select(Address))).one()
    (body,) = listener.bodies
    assert set(json.loads(body)) == {"kind", "conversation_id", "region", "at", "url"}
    for personal in ("Samira", "Peeters", "leven", PHONE, PHONE[1:], address.path, "Els", "person", "sms"):
        assert personal not in body.decode()


DUTY = ("+32470000101", "+32470000102")


@pytest.fixture
def stub() -> Iterator[TwilioStub]:
    with twilio.running() as server:
        yield server


@pytest.fixture
async def sms(stub: TwilioStub) -> AsyncIterator[Sms]:
    channel = Sms(
        account_sid=ACCOUNT, auth_token=TOKEN, number=NUMBER, public_url="https://hub.example", api_base=stub.url,
        transport=plain_http(),
    )  # fmt: skip
    yield channel
    await channel.close()


def alerts_of(database: Database, url: str, sms: Sms) -> Alerts:
    return Alerts(database, url=url, public_url="https://hub.example", phones=DUTY, sms=sms)


async def test_every_phone_on_duty_rings_once_also_when_the_address_is_away(
    database: Database, listener: Listener, sms: Sms, stub: TwilioStub
) -> None:
    conversation_id = await alarm(database)
    stub.script.append(refused(429, 20429))
    worker = Worker(database, {ALERT: alerts_of(database, listener.url, sms).handle})
    for _ in range(4):
        await worker.run_until_idle()
        await time_passes(database)
    with listener.listening():
        await worker.run_until_idle()
    assert sorted(message.to for message in stub.taken) == sorted(DUTY)
    assert all(f"/console/gesprek/{conversation_id}" in words for words in stub.bodies())
    assert [told["kind"] for told in listener.told] == ["crisis"]


async def test_a_rehearsal_walks_the_whole_way_and_says_that_it_is_one(
    database: Database, listener: Listener, sms: Sms, stub: TwilioStub
) -> None:
    with listener.listening():
        ways = await alerts_of(database, listener.url, sms).rehearse()
    assert ways == {"address": "ok", "phone 1": "ok", "phone 2": "ok"}
    assert [told["kind"] for told in listener.told] == ["rehearsal"]
    assert all("oefening" in words for words in stub.bodies())
    async with database.transaction() as session:
        assert await session.scalar(select(Event.data).where(Event.kind == REHEARSED)) == {
            "ways": 3,
            "heard": 3,
        }


async def test_a_rehearsal_tells_who_did_not_hear(
    database: Database, listener: Listener, sms: Sms, stub: TwilioStub
) -> None:
    stub.script += [refused(401, 20003), Fault(status=500)]
    ways = await alerts_of(database, listener.url, sms).rehearse()
    assert "did not answer" in ways["address"]
    assert "Misconfigured" in ways["phone 1"]
    assert "may not have arrived" in ways["phone 2"]
    assert "geheim" not in str(ways)
    off = Alerts(database, url="", public_url="https://hub.example", phones=DUTY[:1])
    assert await off.rehearse() == {"phone 1": "there are phones to alert, but the SMS channel is off"}
