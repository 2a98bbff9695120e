"""The one composition root: everything that runs, made from the settings and tied together once.

`open_hub` gives the parts; `bot.app` puts a web server in front of them; the commands use them bare.
"""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from sqlalchemy.ext.asyncio import AsyncSession

from bot.alerts import ALERT, Alerts, put_warning
from bot.answer_desk import AnswerDesk
from bot.garbage import set_aside
from bot.replies import BRUSSELS
from bot.searching import keep_embedding
from bot.settings import Settings
from bot.tick import Ticker
from bot.turn import Turns
from bot.typing_shown import typing_shown
from bot.understanding import Understanders
from channels import health, pace
from channels.base import Channel, Deliver, Item, Listens
from channels.email.channel import Email
from channels.email.mailbox import Account
from channels.email.sending import Server
from channels.http import Http
from channels.inbox import TURN, Inbox
from channels.media import FETCH, Media
from channels.messenger.channel import Messenger
from channels.opt_outs import OptOuts
from channels.outbox import SEND
from channels.sender import Sender
from channels.sms import Sms
from channels.telegram import Telegram
from channels.together import Opened, Writer
from channels.voice import Voice
from channels.web import WebChat
from channels.whatsapp.through_meta import WhatsAppCloud
from channels.whatsapp.through_twilio import WhatsAppTwilio
from data import embedded, migrate, queue
from data.alone import alone
from data.catalog.demand import DemandLog
from data.db import Database
from data.queue import LeasedJob
from data.tables import Conversation, Person
from data.wakeups import PostgresCarrier, RedisCarrier, Wakeups
from data.worker import Worker
from dispatch.travel import Router
from handover import conversation as handover
from handover.calendar_push import PUSH, Pushes
from handover.conversation import Step
from handover.link_codes import LinkCodes
from handover.opening import open_many
from handover.referral_mail import LETTER, Letters
from nlu import personal_numbers

log = logging.getLogger(__name__)
CONCURRENCY = 8
SPARE = 2  # of those, what one slow channel leaves to all the others
WEB = "web"
FETCHING = 2  # files at once: they are slow, and have a worker of their own so that no answer waits for one


@dataclass(frozen=True, kw_only=True)
class Hub:
    """The running parts. `secret` keys hashes; `worker` runs turns and sending when `run` is on, `fetcher` what may be
    slow: getting files, writing to calendars."""

    settings: Settings
    database: Database
    channels: Mapping[str, Channel]
    worker: Worker
    fetcher: Worker
    media: Media
    inbox: Inbox
    turns: Turns
    answers: AnswerDesk
    chat: WebChat
    understanders: Understanders
    ticker: Ticker
    demand: DemandLog
    secret: bytes

    async def run(self, *, work: bool = True) -> None:
        """Carry wake-ups, and unless others do so work and tick, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(set_aside(), name="garbage")
            group.create_task(self.database.wakeups.run(), name="wakeups")
            if not work:
                return
            group.create_task(self.worker.run(), name="worker")
            group.create_task(self.fetcher.run(), name="fetcher")
            group.create_task(self.ticker.run(), name="ticker")
            group.create_task(self.understanders.watch(), name="model")
            group.create_task(keep_embedding(self.database, self.understanders), name="embedding")
            for channel in self.channels.values():
                if isinstance(channel, Listens):
                    listening = partial(channel.listen, self._deliver(channel))
                    group.create_task(alone(self.database, f"listen:{channel.name}", listening))

    def _deliver(self, channel: Channel) -> Deliver:
        async def deliver(items: Sequence[Item]) -> None:
            await self.inbox.accept(channel.name, channel.scheme, items)

        return deliver


@asynccontextmanager
async def open_hub(
    settings: Settings, *, work: bool = True, channels: Mapping[str, Channel] | None = None
) -> AsyncIterator[Hub]:
    """Open the database (starting the private one if need be), load the model, make the parts."""
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(open_database(settings))
        if settings.redis_url:
            wakeups = Wakeups(RedisCarrier(settings.redis_url))
        else:
            wakeups = Wakeups(PostgresCarrier(url))
        database = Database(url, wakeups=wakeups)
        stack.push_async_callback(database.close)
        understanders = Understanders(settings)
        stack.callback(understanders.close)
        if work:  # a server that leaves turns to others understands nothing
            understanders.load()
        carried = channels if channels is not None else make_channels(settings)
        for channel in carried.values():
            stack.push_async_callback(channel.close)
        secret = secret_of(settings)
        opt_outs = OptOuts(secret)
        sender = Sender(
            database,
            carried,
            opt_outs=opt_outs,
            limits=limits_of(settings),
            at_once=CONCURRENCY - SPARE,
            warn=put_warning,
        )
        demand = DemandLog(secret, k=settings.gaps_k)
        router = make_router(settings)
        if router is not None:
            stack.push_async_callback(router.close)
        turns = Turns(
            database,
            lambda: worker,
            sender,
            understanders.current,
            public_url=settings.public_url,
            vector_of=understanders.vector_of,
            demand=demand,
            opt_outs=opt_outs,
            link_codes=LinkCodes(secret),
            router=router,
        )
        answers = AnswerDesk(
            database=database, understander=understanders.current, public_url=settings.public_url, demand=demand,
            opt_outs=opt_outs, link_codes=LinkCodes(secret), vector_of=understanders.vector_of,
        )  # fmt: skip
        alerts = Alerts(
            database, url=settings.alert_url, public_url=settings.public_url, phones=settings.duty_phones,
            sms=carried.get(Sms.name),
        )  # fmt: skip

        letters = Letters(database, channel=carried.get("email"), public_url=settings.public_url)

        async def turn(job: LeasedJob) -> None:
            async with typing_shown(database, carried, job.payload["message_id"]):
                await turns.handle(job)

        async def on_dead(job: LeasedJob) -> None:
            if job.kind == TURN:
                await turns.dead(job)

        worker = Worker(
            database,
            {TURN: turn, SEND: sender.handle, ALERT: alerts.handle, LETTER: letters.handle},
            concurrency=CONCURRENCY,
            on_dead=on_dead,
        )
        media = Media(database, settings.var_dir / "media", carried, scan=settings.media_scan)
        pushes = Pushes(
            database, secret=secret, public_url=settings.public_url, names=settings.agenda_names,
            internal=settings.agenda_push == "internal",
        )  # fmt: skip

        async def gave_up(job: LeasedJob) -> None:
            await (pushes if job.kind == PUSH else media).gave_up(job)

        fetcher = Worker(
            database, {FETCH: media.handle, PUSH: pushes.handle}, concurrency=FETCHING, on_dead=gave_up
        )
        inbox = Inbox(
            database,
            worker,
            open_conversation,
            take_over=taken_over,
            ask_people=asked_people,
            keep=kept,
            open_many=open_conversations,
            run_here=work,
            mask=personal_numbers.mask,
        )
        if work:
            async with database.transaction() as session:
                await queue.release_dead_leases(session)
                if channels is None:  # a terminal or a test that brings its own says nothing of the others
                    await health.announce(session, [WEB, *carried])
        yield Hub(
            settings=settings, database=database, channels=carried, worker=worker, inbox=inbox, turns=turns,
            fetcher=fetcher, media=media, chat=WebChat(database, inbox), understanders=understanders, answers=answers,
            ticker=Ticker(
                database, public_url=settings.public_url, sms_on="sms" in carried, opt_outs=opt_outs, sweep=media.sweep,
                push_calendars=settings.agenda_push != "off",
            ),
            demand=demand, secret=secret,
        )  # fmt: skip
        await worker.drain()
        await fetcher.drain()


@asynccontextmanager
async def open_database(settings: Settings, *, check: bool = True) -> AsyncIterator[str]:
    """The address of a database at this program's schema; an embedded one is started and migrated by itself.

    Raises SchemaError for a database of somebody else's that is behind, and EmbeddedPostgresError.
    """
    if settings.database_url:
        if check:
            await migrate.check(settings.database_url)
        yield settings.database_url
        return
    server = await asyncio.to_thread(embedded.start, settings.var_dir / "postgres")
    try:
        await migrate.create_database(server.url)
        await migrate.upgrade(server.url)
        yield server.url
    finally:
        await asyncio.to_thread(server.close)


def make_router(settings: Settings) -> Router | None:
    """Who is asked for travel times; None: nobody."""
    router = settings.router
    return Router(router.url, kind=router.kind, timeout=router.timeout) if router.url else None


def make_channels(settings: Settings) -> dict[str, Channel]:
    """The channels whose secrets are set; this list is what we support."""
    channels: dict[str, Channel] = {}
    sms = settings.sms
    if sms.on:
        channels[Sms.name] = Sms(
            account_sid=sms.account_sid, auth_token=sms.auth_token.get_secret_value(), number=sms.number,
            public_url=settings.public_url, shared_key=sms.shared_key.get_secret_value(), api_base=sms.api_base,
        )  # fmt: skip
    if settings.whatsapp.on:
        channels["whatsapp"] = _whatsapp(settings)
    messenger = settings.messenger
    if messenger.on:
        channels[Messenger.name] = Messenger(
            page_id=messenger.page_id, page_token=messenger.page_token.get_secret_value(),
            app_secret=messenger.app_secret.get_secret_value(), app_id=messenger.app_id,
            verify_token=messenger.verify_token.get_secret_value(), api_base=messenger.api_base,
        )  # fmt: skip
    telegram = settings.telegram
    if telegram.on:
        channels[Telegram.name] = Telegram(
            token=telegram.token.get_secret_value(), webhook_secret=telegram.webhook_secret.get_secret_value(),
            poll=not settings.https if telegram.poll is None else telegram.poll,
            public_url=settings.public_url, api_base=telegram.api_base,
        )  # fmt: skip
    if settings.email.on:
        channels[Email.name] = make_email(settings)
    voice = settings.voice
    if voice.on:
        channels[Voice.name] = Voice(
            account_sid=voice.account_sid, auth_token=voice.auth_token.get_secret_value(),
            number=voice.number, api_base=voice.api_base,
        )  # fmt: skip
    for name, other in settings.other.items():
        channels[name] = Http(
            name=name, secret=other.secret.get_secret_value(), url=other.url, internal=other.internal
        )
    return channels


def _whatsapp(settings: Settings) -> Channel:
    """The provider of the settings; one at a time, because they share the numbers and the threads."""
    given = settings.whatsapp
    if given.provider == "twilio":
        return WhatsAppTwilio(
            account_sid=given.account_sid, auth_token=given.auth_token.get_secret_value(), number=given.number,
            public_url=settings.public_url, shared_key=given.shared_key.get_secret_value(), api_base=given.api_base,
        )  # fmt: skip
    return WhatsAppCloud(
        phone_number_id=given.phone_number_id, access_token=given.access_token.get_secret_value(),
        app_secret=given.app_secret.get_secret_value(), verify_token=given.verify_token.get_secret_value(),
        api_base=given.api_base,
    )  # fmt: skip


def make_email(settings: Settings) -> Email:
    """The e-mail channel of the settings."""
    given = settings.email
    account = Account(
        host=given.imap_host, port=given.imap_port, tls=given.imap_tls, user=given.imap_user or given.address,
        password=given.imap_password.get_secret_value(), folder=given.imap_folder, done=given.imap_done,
        days=given.imap_days,
    )  # fmt: skip
    server = Server(
        host=given.smtp_host, port=given.smtp_port, security=given.smtp_security, user=given.smtp_user,
        password=given.smtp_password.get_secret_value(),
    )  # fmt: skip
    return Email(
        address=given.address, sender_name=given.name, secret=secret_of(settings), folder=settings.var_dir / "mail",
        server=server, account=account if given.imap_host else None, sent_folder=given.imap_sent,
        webhook_secret=given.webhook_secret.get_secret_value(), plus=given.plus,
    )  # fmt: skip


def limits_of(settings: Settings) -> dict[str, pace.Limits]:
    """How fast each channel may go."""
    sms = replace(pace.LIMITS["sms"], replies=settings.sms.per_second)
    return {**pace.LIMITS, "sms": sms}


async def open_conversation(session: AsyncSession, person: Person, channel: str) -> Conversation:
    """What the inbox calls for every message: the open conversation, or a new one, now waiting on us."""
    return await _moved(session, person, channel, Step.CLIENT_WROTE)


async def open_conversations(
    session: AsyncSession, writers: Sequence[Writer], channel: str
) -> Mapping[int, Opened]:
    """The same for many who write at the same moment."""
    return await open_many(session, writers, channel, now=datetime.now(BRUSSELS))


async def taken_over(session: AsyncSession, person: Person, channel: str) -> Conversation:
    """What the inbox calls when one of ours answered in the provider's own app."""
    return await _moved(session, person, channel, Step.WROTE_OUTSIDE)


async def asked_people(session: AsyncSession, person: Person, channel: str) -> Conversation:
    """What the inbox calls when machines seem to answer each other: one of ours looks, and the bot is silent."""
    return await _moved(session, person, channel, Step.ESCALATE, reason="looping")


async def _moved(
    session: AsyncSession, person: Person, channel: str, step: Step, *, reason: str | None = None
) -> Conversation:
    now = datetime.now(BRUSSELS)
    conversation = await handover.open_for(session, person.id, channel, person.region_id, now=now)
    return await handover.move(session, conversation, step, reason=reason, now=now)


async def kept(session: AsyncSession, person: Person, channel: str) -> Conversation:
    """What the inbox calls for what a machine wrote: nobody waits for an answer to that."""
    return await handover.open_for(session, person.id, channel, person.region_id, now=datetime.now(BRUSSELS))


def secret_of(settings: Settings) -> bytes:
    """The configured secret, or one made once and kept in the var folder."""
    given = settings.secret.get_secret_value()
    if given:
        return given.encode()
    kept = settings.var_dir / "secret"
    if not kept.exists():
        settings.var_dir.mkdir(parents=True, exist_ok=True)
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_urlsafe(32))
    return kept.read_text().encode()
