"""A local Twilio, the SMS channel in front of it, and a desk where messages come in and go out for real."""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.hub import open_conversation, open_conversations, taken_over
from channels import outbox
from channels.base import Delivery, Inbound
from channels.inbox import TURN, Accepted, Inbox
from channels.messenger.channel import Messenger
from channels.outbox import SEND
from channels.sender import Sender
from channels.sms import Sms
from channels.telegram import Telegram
from channels.whatsapp.through_meta import WhatsAppCloud
from data import queue
from data.db import Database
from data.queue import LeasedJob
from data.tables import (
    Address,
    Author,
    ChannelState,
    Conversation,
    Direction,
    Job,
    Message,
    Presence,
    Region,
    Role,
    Staff,
    Status,
)
from data.worker import Worker
from handover import conversation as handover
from tests.plain_http import plain_http
from tests.stubs import meta, twilio
from tests.stubs import telegram as bot_api
from tests.stubs.meta import MetaStub
from tests.stubs.telegram import TelegramStub
from tests.stubs.twilio import ACCOUNT, NUMBER, TOKEN, TwilioStub, sid

PUBLIC = "https://hub.example"
CLIENT = "+32470000001"
SECRET = "a-secret_of-ours"  # of the Telegram webhook


@pytest.fixture
def stub() -> Iterator[TwilioStub]:
    with twilio.running() as server:
        yield server


@pytest.fixture
async def sms(stub: TwilioStub) -> AsyncIterator[Sms]:
    channel = Sms(
        account_sid=ACCOUNT, auth_token=TOKEN, number=NUMBER, public_url=PUBLIC, api_base=stub.url,
        transport=plain_http(),
    )  # fmt: skip
    yield channel
    await channel.close()


@pytest.fixture
def graph() -> Iterator[MetaStub]:
    with meta.running() as server:
        yield server


@pytest.fixture
async def whatsapp(graph: MetaStub) -> AsyncIterator[WhatsAppCloud]:
    channel = WhatsAppCloud(
        phone_number_id=meta.NUMBER_ID, access_token=meta.TOKEN, app_secret=meta.APP_SECRET,
        verify_token=meta.VERIFY_TOKEN, api_base=graph.url, transport=plain_http(),
    )  # fmt: skip
    yield channel
    await channel.close()


@pytest.fixture
async def messenger(graph: MetaStub) -> AsyncIterator[Messenger]:
    channel = Messenger(
        page_id=meta.PAGE_ID, page_token=meta.TOKEN, app_secret=meta.APP_SECRET, app_id=meta.APP_ID,
        verify_token=meta.VERIFY_TOKEN, api_base=graph.url, transport=plain_http(),
    )  # fmt: skip
    yield channel
    await channel.close()


@pytest.fixture
def api() -> Iterator[TelegramStub]:
    with bot_api.running() as stub:
        yield stub


@pytest.fixture
async def telegram(api: TelegramStub) -> AsyncIterator[Telegram]:
    channel = Telegram(
        token=bot_api.TOKEN, webhook_secret=SECRET, public_url=PUBLIC, api_base=api.url, transport=plain_http(),
        poll=True,
    )  # fmt: skip
    yield channel
    await channel.close()


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What comes in is stored and waits; `run` works off what is due, without answering anything by itself."""

    database: Database
    worker: Worker
    inbox: Inbox
    stub: TwilioStub
    warned: list[tuple[str, str]] = field(default_factory=list)  # what people of ours were told of channels

    async def hears(self, words: str = "Dag", *, sender: str = CLIENT, message_sid: str = "") -> Accepted:
        item = Inbound(external_id=message_sid or sid(), path=sender, text=words)
        (accepted,) = await self.inbox.accept("sms", "sms", [item])
        return accepted

    async def news(self, message: Message | str, status: Status, reason: str | None = None) -> None:
        external_id = message if isinstance(message, str) else (await self.again(message)).external_id
        assert external_id is not None
        await self.inbox.accept(
            "sms", "sms", [Delivery(external_id=external_id, status=status, reason=reason)]
        )

    async def says(self, words: str = "Hallo", *, to: str = CLIENT, **more: Any) -> Message:
        """Put one message out in the conversation of `to`, as the bot unless told otherwise."""
        async with self.database.transaction() as session:
            conversation = await self.conversation(session, to)
            address_id = await outbox.last_address(session, conversation.person_id)
            values: dict[str, Any] = {"channel": "sms", "author": Author.BOT} | more
            message, _ = await outbox.put(
                session, conversation=conversation, address_id=address_id, text=words, **values
            )
            return message

    async def conversation(self, session: AsyncSession, path: str = CLIENT) -> Conversation:
        """The latest conversation of an address, locked."""
        latest = await session.scalar(
            select(Message.conversation_id)
            .join(Address, Address.id == Message.address_id)
            .where(Address.path == path, Message.direction == Direction.IN)
            .order_by(Message.id.desc())
            .limit(1)
        )
        assert latest is not None
        return await handover.lock(session, latest)

    async def again(self, message: Message) -> Message:
        """The message as it is stored now."""
        async with self.database.transaction() as session:
            return await session.get_one(Message, message.id)

    async def all(self, table: Any) -> Sequence[Any]:
        async with self.database.transaction() as session:
            return (await session.scalars(select(table).order_by(*table.__table__.primary_key))).all()

    async def run(self) -> None:
        await self.worker.run_until_idle()

    async def time_passes(self) -> None:
        """Whatever waits for its time, for a lease to run out, or for a channel to rest, is due now."""
        async with self.database.transaction() as session:
            await session.execute(update(ChannelState).values(until=text("now()"), probing_until=None))
            await session.execute(
                update(Job)
                .where(Job.state == "ready")
                .values(run_at=text("now()"), lease_until=text("now() - interval '1 second'"))
            )

    async def waits(self, message: Message) -> float | None:
        """Seconds until the send job of `message` is due; None when it is done."""
        async with self.database.transaction() as session:
            return await session.scalar(
                text(
                    "SELECT extract(epoch FROM run_at - now()) FROM job "
                    "WHERE state = 'ready' AND kind = 'send' AND payload ->> 'message_id' = :id"
                ).bindparams(id=str(message.id))
            )


@pytest.fixture
async def desk(database: Database, sms: Sms, stub: TwilioStub) -> AsyncIterator[Desk]:
    async def heard(job: LeasedJob) -> None:
        async with database.transaction() as session:
            await queue.complete(session, job)

    worker = Worker(database, {TURN: heard, SEND: Sender(database, {"sms": sms}).handle})
    inbox = Inbox(
        database,
        worker,
        open_conversation,
        take_over=taken_over,
        open_many=open_conversations,
        run_here=False,
    )
    yield Desk(database=database, worker=worker, inbox=inbox, stub=stub)
    await worker.drain()


@pytest.fixture
async def make_staff(database: Database) -> int:
    """A counsellor in a region; the id."""
    async with database.transaction() as session:
        session.add(Region(id="gent", name="Gent", office_hours={}, answer_minutes=15))
        await session.flush()
        staff = Staff(
            name="Jan", email="jan@voorbeeld.invalid", role=Role.COUNSELLOR, region_id="gent",
            password_hash="-", languages=["nl"], presence=Presence.OFFLINE, active=True,
        )  # fmt: skip
        session.add(staff)
        await session.flush()
        return staff.id


class Second(Sms):
    """Another channel, with a provider of its own."""

    name: ClassVar[str] = "telegram"
    scheme: ClassVar[str] = "telegram"


@pytest.fixture
def second_stub() -> Iterator[TwilioStub]:
    with twilio.running() as server:
        yield server


@pytest.fixture
async def second(stub: TwilioStub, second_stub: TwilioStub) -> AsyncIterator[Sms]:
    channel = Second(
        account_sid=ACCOUNT, auth_token=TOKEN, number=NUMBER, public_url="https://hub.example",
        api_base=second_stub.url, transport=plain_http(),
    )  # fmt: skip
    yield channel
    await channel.close()


@pytest.fixture
async def two(database: Database, sms: Sms, second: Sms, stub: TwilioStub) -> AsyncIterator[Desk]:
    """A desk with two channels, eight workers, and no limit to their pace."""

    async def heard(job: LeasedJob) -> None:
        async with database.transaction() as session:
            await queue.complete(session, job)

    warned: list[tuple[str, str]] = []

    async def warn(session: object, what: str, channel: str) -> None:
        warned.append((what, channel))

    sender = Sender(database, {"sms": sms, "telegram": second}, limits={}, warn=warn)
    worker = Worker(database, {TURN: heard, SEND: sender.handle}, concurrency=8)
    desk = Desk(
        database=database, worker=worker, inbox=Inbox(database, worker, open_conversation, run_here=False), stub=stub, warned=warned)  # fmt: skip
    yield desk
    await worker.drain()
