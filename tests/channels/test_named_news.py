"""News that carries our own id of a message: it finds a message whose id at the provider never reached us."""

from datetime import UTC, datetime, timedelta

import pytest

from channels.base import Delivery, Inbound, Item, ReadUpTo, Webhook
from channels.inbox import Inbox
from channels.messenger.channel import Messenger
from channels.outbox import SEND
from channels.sender import Sender
from channels.whatsapp.through_meta import WhatsAppCloud
from data import queue
from data.db import Database
from data.tables import Author, Message, ParkedStatus, Status
from data.worker import Worker
from tests.channels.conftest import CLIENT, Desk
from tests.stubs import meta
from tests.stubs.meta import MetaStub
from tests.stubs.twilio import Fault

PSID = "7001"


class MetaDesk:
    """A desk for both channels of Meta: what `graph` takes comes back as the news of a test."""

    def __init__(self, desk: Desk, channel: WhatsAppCloud | Messenger, graph: MetaStub) -> None:
        self.desk, self.channel, self.graph = desk, channel, graph
        self.path = CLIENT if channel.name == "whatsapp" else PSID
        self.sender = Sender(desk.database, {channel.name: channel})
        self.worker = Worker(desk.database, {SEND: self.sender.handle})

    @property
    def database(self) -> Database:
        return self.desk.database

    @property
    def inbox(self) -> Inbox:
        return self.desk.inbox

    async def accept(self, *items: Item) -> None:
        await self.inbox.accept(self.channel.name, self.channel.scheme, items)

    async def says(self, words: str = "Hallo", **more: object) -> Message:
        await self.accept(Inbound(external_id=meta.wamid(), path=self.path, text="Dag"))
        return await self.desk.says(words, to=self.path, channel=self.channel.name, **more)

    async def status(self, message: Message) -> tuple[str, str | None]:
        now = await self.desk.again(message)
        return now.status, now.external_id


@pytest.fixture
def at_whatsapp(desk: Desk, whatsapp: WhatsAppCloud, graph: MetaStub) -> MetaDesk:
    return MetaDesk(desk, whatsapp, graph)


@pytest.fixture
def at_messenger(desk: Desk, messenger: Messenger, graph: MetaStub) -> MetaDesk:
    return MetaDesk(desk, messenger, graph)


LOST = Fault(hangs_up=True, takes=True)


async def test_a_lost_answer_is_settled_by_the_status_that_brings_our_mark_back(
    at_whatsapp: MetaDesk,
) -> None:
    message = await at_whatsapp.says()
    at_whatsapp.graph.script.append(LOST)
    await at_whatsapp.worker.run_until_idle()
    (taken,) = at_whatsapp.graph.taken
    assert await at_whatsapp.status(message) == (Status.SENDING, None)
    mark = int(taken.body["biz_opaque_callback_data"].partition(":")[2])
    assert mark == message.id
    await at_whatsapp.accept(Delivery(external_id=taken.id, status=Status.DELIVERED, message_id=mark))
    assert await at_whatsapp.status(message) == (Status.DELIVERED, taken.id)
    await at_whatsapp.desk.time_passes()
    await at_whatsapp.worker.run_until_idle()  # nothing is left to look up
    assert len(at_whatsapp.graph.taken) == 1
    await at_whatsapp.accept(Delivery(external_id=taken.id, status=Status.READ))
    assert await at_whatsapp.status(message) == (Status.READ, taken.id)


async def test_without_news_it_is_shown_as_unknown_and_never_sent_again(at_whatsapp: MetaDesk) -> None:
    message = await at_whatsapp.says()
    at_whatsapp.graph.script.append(LOST)
    for _ in range(4):
        await at_whatsapp.worker.run_until_idle()
        await at_whatsapp.desk.time_passes()
    assert await at_whatsapp.status(message) == (Status.UNKNOWN, None)
    (taken,) = at_whatsapp.graph.taken
    await at_whatsapp.accept(Delivery(external_id=taken.id, status=Status.READ, message_id=message.id))
    assert await at_whatsapp.status(message) == (Status.READ, taken.id)  # better late


async def test_an_echo_of_our_own_settles_it_at_messenger(at_messenger: MetaDesk) -> None:
    message = await at_messenger.says()
    at_messenger.graph.script.append(LOST)
    await at_messenger.worker.run_until_idle()
    (taken,) = at_messenger.graph.taken
    echoed = {"is_echo": True, "app_id": int(meta.APP_ID), "mid": taken.id, **taken.body["message"]}
    about = {"sender": {"id": meta.PAGE_ID}, "recipient": {"id": PSID}, "timestamp": 1, "message": echoed}
    body, headers = meta.signed(meta.page(about))
    url = "https://hub.example/webhooks/messenger"
    items = at_messenger.channel.parse(Webhook(method="POST", url=url, headers=headers, body=body))
    await at_messenger.accept(*items)
    assert await at_messenger.status(message) == (Status.SENT, taken.id)
    assert [m.author for m in await at_messenger.desk.all(Message)] == [Author.PERSON, Author.BOT]


async def test_news_that_overtakes_the_answer_is_not_lost_and_not_undone(at_whatsapp: MetaDesk) -> None:
    """The status comes while our call still waits for its answer."""
    message = await at_whatsapp.says()
    async with at_whatsapp.database.transaction() as session:
        (job,) = await queue.claim(session, [SEND], "slow", 1)
    prepared = await at_whatsapp.sender._prepare(job)
    assert prepared is not None
    sent = await at_whatsapp.channel.send(prepared.message)
    news = Delivery(external_id=sent.external_id, status=Status.DELIVERED, message_id=message.id)
    await at_whatsapp.accept(news)
    await at_whatsapp.sender._sent(job, prepared, sent)
    assert await at_whatsapp.status(message) == (Status.DELIVERED, sent.external_id)
    assert await at_whatsapp.desk.all(ParkedStatus) == []


@pytest.mark.parametrize("which", ["another channel", "already named", "inbound", "not sent", "unknown"])
async def test_a_mark_names_only_a_message_that_lost_its_answer(at_whatsapp: MetaDesk, which: str) -> None:
    message = await at_whatsapp.says()
    if which != "not sent":
        at_whatsapp.graph.script.extend([] if which == "already named" else [LOST])
        await at_whatsapp.worker.run_until_idle()
    before = await at_whatsapp.status(message)
    inbound = min(m.id for m in await at_whatsapp.desk.all(Message))
    named = {"inbound": inbound, "unknown": 10**9}.get(which, message.id)
    channel = "messenger" if which == "another channel" else "whatsapp"
    news = Delivery(external_id="wamid.FOREIGN", status=Status.READ, message_id=named)
    await at_whatsapp.inbox.accept(channel, channel, [news])
    assert await at_whatsapp.status(message) == before
    assert [parked.external_id for parked in await at_whatsapp.desk.all(ParkedStatus)] == ["wamid.FOREIGN"]


async def test_read_up_to_the_moment_meta_took_it_counts_although_we_heard_later(
    at_messenger: MetaDesk,
) -> None:
    message = await at_messenger.says()
    took = datetime.now(UTC)
    at_messenger.graph.script.append(
        Fault(status=200, delay=0.3, body=b'{"recipient_id": "7001", "message_id": "m_A"}')
    )
    await at_messenger.worker.run_until_idle()
    assert await at_messenger.status(message) == (Status.SENT, "m_A")
    moment = took + timedelta(milliseconds=50)
    await at_messenger.accept(ReadUpTo(path=PSID, at=moment, status=Status.DELIVERED))
    assert await at_messenger.status(message) == (Status.DELIVERED, "m_A")
    await at_messenger.accept(ReadUpTo(path=PSID, at=moment, status=Status.READ))
    assert await at_messenger.status(message) == (Status.READ, "m_A")


async def test_what_a_person_of_ours_writes_goes_as_a_human_agents(
    at_messenger: MetaDesk, make_staff: int
) -> None:
    by_bot = await at_messenger.says("bot")
    by_hand = await at_messenger.says("mens", author=Author.STAFF, staff_id=make_staff)
    at_messenger.graph.script.extend([meta.refused(400, 10, 2018278)] * 2)
    await at_messenger.worker.run_until_idle()
    assert (await at_messenger.status(by_bot))[0] == Status.FAILED
    assert (await at_messenger.status(by_hand))[0] == Status.SENT
    (taken,) = at_messenger.graph.taken
    assert (taken.text, taken.body["tag"]) == ("mens", "HUMAN_AGENT")
