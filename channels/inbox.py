"""Taking messages in: one transaction for everything a webhook brought, and the turn job with it.

Nothing thinks here. What is committed is answered later by the turn; what is not committed is repeated by the
provider, because it got no 200.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import bindparam, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from channels import abilities, brake, news
from channels.addresses import normalise
from channels.base import Echo, Inbound, Item, clean_text
from channels.media import attach
from channels.outbox import address_topic
from channels.together import OpenMany, Together, is_plain
from data import events, queue
from data.db import Database, after_commit
from data.queue import LeasedJob
from data.tables import (
    Address,
    AddressLink,
    Author,
    Conversation,
    Direction,
    Message,
    Person,
    Receipt,
    Status,
)
from data.worker import Worker

log = logging.getLogger(__name__)
TURN = "turn"
SAME_AT_PROVIDER = "the provider names both together"
MEDIA_LIMIT = 30  # files of one message
# Plain SQL and statements made once: this runs for every message while the provider waits.
_RECEIPT = text(
    "INSERT INTO receipt (channel, external_id) VALUES (:channel, :external_id) "
    "ON CONFLICT DO NOTHING RETURNING external_id"
)
_RECEIVED = text(
    "UPDATE receipt SET message_id = :message_id WHERE channel = :channel AND external_id = :external_id"
)
# The update locks the row, so that two first messages of one person cannot both make a person. It names no key
# column: that would also lock out the turn's replies, which point here, and the two would deadlock.
_ADDRESS = text(
    "INSERT INTO address (scheme, path, display, last_in_at) "
    "VALUES (:scheme, :path, CAST(:display AS text), CASE WHEN :heard THEN now() END) "
    "ON CONFLICT (scheme, path) DO UPDATE "
    "SET last_in_at = COALESCE(excluded.last_in_at, address.last_in_at), "
    "blocked_at = CASE WHEN excluded.last_in_at IS NULL THEN address.blocked_at END, "  # who writes lets us in
    "unreachable = CASE WHEN excluded.last_in_at IS NULL THEN address.unreachable END RETURNING id"
)
_WHOSE = (
    select(Person)
    .join(AddressLink, AddressLink.person_id == Person.id)
    .where(AddressLink.address_id == bindparam("address_id"), AddressLink.ended_at.is_(None))
    .order_by(AddressLink.is_primary.desc(), AddressLink.id)
    .limit(1)
    # the link too: who waited here for a merge must see that the address has another owner now
    .with_for_update(of=[Person.__table__, AddressLink.__table__], key_share=True)
)
_LINKED = text("SELECT EXISTS (SELECT FROM address_link WHERE address_id = :address_id AND ended_at IS NULL)")
LOOKS = 3  # at whose an address is, while merges are being made and undone
AGAIN_AFTER = (0.05, 0.3, 1.0)  # seconds
PASSING = ("40001", "40P01", "57P01", "57P02", "57P03", "08000", "08003", "08006")  # SQLSTATE
Opener = Callable[[AsyncSession, Person, str], Awaitable[Conversation]]


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """What became of an inbound: the message it is (also when it was known already)."""

    message_id: int
    new: bool


class Inbox:
    """Accepts parsed webhooks. `open_conversation`, `open_many`, `take_over`, `ask_people` (a loop of mails) and `keep`
    (what a machine wrote) are handover's: only it changes who holds one. With `open_many`, plain messages that come at the same moment are stored
    together.

    `mask` takes out of a text what may not be kept, before it is stored anywhere.
    """

    def __init__(
        self,
        database: Database,
        worker: Worker,
        open_conversation: Opener,
        *,
        run_here: bool,
        take_over: Opener | None = None,
        ask_people: Opener | None = None,
        keep: Opener | None = None,
        open_many: OpenMany | None = None,
        mask: Callable[[str], str] = str,
    ) -> None:
        self._database = database
        self._worker = worker
        self._open = open_conversation
        self._take_over = take_over or open_conversation
        self._ask_people = ask_people or open_conversation
        self._keep = keep or open_conversation
        self._mask = mask
        self._run_here = run_here
        self._open_many = open_many
        self._together: dict[tuple[str, str], Together] = {}

    def _owner(self) -> str | None:
        """Whom a turn is leased to: us, unless more wait here already than we can run soon."""
        return self._worker.name if self._run_here and self._worker.has_room else None

    async def accept(self, channel: str, scheme: str, items: Sequence[Item]) -> list[Accepted]:
        """Store everything, or nothing. Entries already taken in are left as they are.

        A database that was gone for a moment is tried again, which receipts make harmless. Raises DBAPIError,
        OSError or sqlalchemy.exc.TimeoutError when nothing could be stored.
        """
        if self._open_many is not None and len(items) == 1 and is_plain(item := items[0], channel):
            item = replace(item, path=normalise(scheme, item.path))
            return [await self._accept_plain(channel, scheme, item, self._open_many)]
        return await self._accept_alone(channel, scheme, items)

    async def _accept_plain(self, channel: str, scheme: str, item: Inbound, open_many: OpenMany) -> Accepted:
        """With the others that come now, or alone when that cannot be."""
        together = self._together.get((channel, scheme))
        if together is None:
            together = self._together[channel, scheme] = Together(
                self._database, channel, scheme, turn=TURN, open_many=open_many, owner=self._owner,
                mask=self._mask,
            )  # fmt: skip
        taken = await together.take(item)
        if taken is None:
            try:
                (accepted,) = await self._accept_alone(channel, scheme, [item])
                return accepted
            finally:
                together.done_alone(item)
        if taken.job is not None:
            self._worker.start(taken.job)
        return Accepted(message_id=taken.message_id, new=taken.new)

    async def _accept_alone(self, channel: str, scheme: str, items: Sequence[Item]) -> list[Accepted]:
        for wait in AGAIN_AFTER:
            try:
                return await self._accept(channel, scheme, items)
            except (DBAPIError, OSError) as error:
                if isinstance(error, DBAPIError) and not passes(error):
                    raise
                log.warning("taking in was interrupted (%s); trying again", type(error).__name__)
                await asyncio.sleep(wait)
        return await self._accept(channel, scheme, items)

    async def _accept(self, channel: str, scheme: str, items: Sequence[Item]) -> list[Accepted]:
        accepted: list[Accepted] = []
        jobs: list[LeasedJob] = []
        async with self._database.transaction() as session:
            for item in items:
                match item:
                    case Inbound():
                        result, job = await self._take(session, channel, scheme, item)
                        accepted.append(result)
                        jobs += [job] if job else []
                    case Echo():
                        accepted.append(await self._take_echo(session, channel, scheme, item))
                    case _:
                        await news.apply(session, channel, scheme, item, self._mask)
        for job in jobs:
            self._worker.start(job)
        return accepted

    async def _take(
        self, session: AsyncSession, channel: str, scheme: str, item: Inbound
    ) -> tuple[Accepted, LeasedJob | None]:
        receipt = {"channel": channel, "external_id": item.external_id}
        if await session.scalar(_RECEIPT, receipt) is None:
            return await _known(session, channel, item.external_id), None
        address_id, person = await find_or_make_person(
            session, scheme, item.path, display=item.display, language=item.language, heard=True,
            aliases=item.aliases,
        )  # fmt: skip
        answered = await _answered(session, channel, item.answers) if item.answers else None
        hops = (
            await brake.hops(session, answered.person_id)
            if answered and answered.person_id != person.id
            else 0
        )
        words = self._mask(clean_text(item.text))
        looping = (
            abilities.of(channel).threads
            and not item.automatic
            and await brake.tripped(
                session, channel=channel, address_id=address_id, words=words, subject=item.subject, hops=hops
            )
        )
        open_ = self._ask_people if looping else self._keep if item.automatic else self._open
        conversation = await open_(session, person, channel)
        message = Message(
            conversation_id=conversation.id, person_id=person.id, address_id=address_id, channel=channel,
            direction=Direction.IN, author=Author.PERSON, text=words, language=item.language,
            status=Status.RECEIVED, external_id=item.external_id, subject=item.subject,
            automatic=item.automatic or looping, replies_to_id=answered.id if answered and not hops else None,
        )  # fmt: skip
        session.add(message)
        await session.flush()
        await session.execute(_RECEIVED, receipt | {"message_id": message.id})
        await attach(session, message, item.media[:MEDIA_LIMIT])
        await events.record(
            session, "message.received", person_id=person.id, conversation_id=conversation.id,
            region_id=conversation.region_id, data={"message_id": message.id, "channel": channel},
        )  # fmt: skip
        if answered and hops:  # they answered what another person got: never taken to be that person unasked
            await events.record(
                session, brake.SUGGESTED, person_id=person.id, conversation_id=conversation.id,
                region_id=conversation.region_id,
                data={"may_be": answered.person_id, "message_id": message.id, "answered_id": answered.id, "hops": hops},
            )  # fmt: skip
        after_commit(session, address_topic(scheme, item.path))  # they may have a second window open
        if message.automatic:
            return Accepted(message_id=message.id, new=True), None
        job = await queue.enqueue(
            session, TURN, key=f"turn:{person.id}", payload={"message_id": message.id}, owner=self._owner()
        )
        return Accepted(message_id=message.id, new=True), job

    async def _take_echo(self, session: AsyncSession, channel: str, scheme: str, item: Echo) -> Accepted:
        """What one of ours typed elsewhere: in the thread as a person's, and the bot falls silent."""
        receipt = {"channel": channel, "external_id": item.external_id}
        about = (Message.channel == channel) & (Message.external_id == item.external_id)
        ours = await session.scalar(select(Message.id).where(about, Message.direction == Direction.OUT))
        if ours is not None:  # an echo of what we sent ourselves
            return Accepted(message_id=ours, new=False)
        if await session.scalar(_RECEIPT, receipt) is None:
            return await _known(session, channel, item.external_id)
        address_id, person = await find_or_make_person(session, scheme, item.path)
        conversation = await self._take_over(session, person, channel)
        message = Message(
            conversation_id=conversation.id, person_id=person.id, address_id=address_id, channel=channel,
            direction=Direction.OUT, author=Author.STAFF, staff_id=conversation.staff_id,
            text=self._mask(clean_text(item.text)), status=Status.SENT, external_id=item.external_id,
        )  # fmt: skip
        session.add(message)
        await session.flush()
        await session.execute(_RECEIVED, receipt | {"message_id": message.id})
        await attach(session, message, item.media[:MEDIA_LIMIT])
        await events.record(
            session, "message.echoed", person_id=person.id, conversation_id=conversation.id,
            region_id=conversation.region_id, data={"message_id": message.id, "channel": channel},
        )  # fmt: skip
        return Accepted(message_id=message.id, new=True)


async def _known(session: AsyncSession, channel: str, external_id: str) -> Accepted:
    known = await session.scalar(
        select(Receipt.message_id).where(Receipt.channel == channel, Receipt.external_id == external_id)
    )
    return Accepted(message_id=known or 0, new=False)


async def _answered(session: AsyncSession, channel: str, external_id: str) -> Message | None:
    """The message that `external_id` is at the provider."""
    return await session.scalar(
        select(Message).where(Message.channel == channel, Message.external_id == external_id).limit(1)
    )


def passes(error: DBAPIError) -> bool:
    """Is it gone when one tries again: a lost connection, a restart of the server, two that barred each other?"""
    return error.connection_invalidated or getattr(error.orig, "sqlstate", "") in PASSING


async def find_address(session: AsyncSession, scheme: str, path: str) -> Address:
    """The address, made if it is new; nobody has written from it by this."""
    values = {"scheme": scheme, "path": normalise(scheme, path), "display": None, "heard": False}
    address_id: int = (await session.execute(_ADDRESS, values)).scalar_one()
    return await session.get_one(Address, address_id)


async def _whose(session: AsyncSession, address_id: int) -> Person | None:
    """Who is taken to write from an address, locked. Looks again when that changed while it waited for the lock."""
    person = None
    for _ in range(LOOKS):
        person = await session.scalar(_WHOSE, {"address_id": address_id})
        if person is not None and person.merged_into_id is None:
            return person
        if person is None and not await session.scalar(_LINKED, {"address_id": address_id}):
            return None
    return person


async def find_or_make_person(
    session: AsyncSession,
    scheme: str,
    path: str,
    *,
    display: str | None = None,
    language: str | None = None,
    heard: bool = False,
    aliases: Sequence[str] = (),
) -> tuple[int, Person]:
    """The address and the person behind it, both locked until the end of the transaction; new ones if unknown.

    `heard`: they wrote to us just now, which opens the window of channels that have one. `aliases`: other paths the
    provider gives to the same person, such as the id that stays when a phone number is hidden.
    """
    values = {"scheme": scheme, "path": normalise(scheme, path), "display": display, "heard": heard}
    address_id: int = (await session.execute(_ADDRESS, values)).scalar_one()
    person = await _whose(session, address_id)
    others: list[int] = []
    for alias in sorted(aliases):
        named = {"scheme": scheme, "path": normalise(scheme, alias), "display": display, "heard": heard}
        others.append((await session.execute(_ADDRESS, named)).scalar_one())
    for other_id in others:
        if person is None and (person := await _whose(session, other_id)):
            session.add(AddressLink(address_id=address_id, person_id=person.id, reason=SAME_AT_PROVIDER))
    if person is None:
        person = Person(language=language or "nl")
        session.add(person)
        await session.flush()
        session.add(AddressLink(address_id=address_id, person_id=person.id))
        await session.flush()
    for other_id in others:
        if await session.scalar(_WHOSE, {"address_id": other_id}) is None:
            session.add(AddressLink(address_id=other_id, person_id=person.id, reason=SAME_AT_PROVIDER))
            await session.flush()
    if heard:
        person.last_seen_at = func.now()
    return address_id, person
