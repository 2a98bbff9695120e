"""The channel plan: by which way a person is written, and what becomes of a message that got through by none.

An answer goes where the person wrote. What we write first goes by the channel they prefer, else where they wrote last;
when that is shut, by the next of WhatsApp, SMS and e-mail; by WhatsApp outside its window with "reply OPEN"; and when
nothing is left, somebody calls. STOP on the first choice is not gone round: then a person of ours decides.
"""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ARRAY, String, and_, bindparam, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from channels import held
from channels.abilities import channel_of
from channels.outbox import LAST_ADDRESS, put
from channels.policy import NO_CONSENT, STOPPED, may_send, window_left
from data import events
from data.db import Database
from data.tables import (
    Address,
    AddressLink,
    Appointment,
    AppointmentStatus,
    Author,
    CallSource,
    ChannelHealth,
    ChannelState,
    Consent,
    ConsentKind,
    Conversation,
    Message,
    Person,
    Status,
    Trajectory,
)
from data.translation import N_

ORDER = ("whatsapp", "sms", "email")
LAST = ("web", "voice")  # read only by who comes back; a call is a task, not a message
AFTER_APPOINTMENT = timedelta(days=30)  # a follow-up of a talk we had is no surprise
LOOKED_AT = timedelta(hours=24)  # what failed longer ago is history
HELD_FOR = timedelta(hours=24)  # nobody replied OPEN: somebody calls
STILL_AHEAD = timedelta(hours=2)  # of a reminder: later it would come after the appointment
OFF = N_("dit kanaal staat uit")
GOES_ON = ("follow_up", "reminder")  # purposes that are tried by another way
GONE = (Status.FAILED, Status.WITHHELD)
Call = Callable[[AsyncSession, Message, str, datetime], Awaitable[None]]
"""Has somebody call about a message, with a reason's code; handover's, which knows whose call it is."""


@dataclass(frozen=True, kw_only=True)
class Way:
    """An address in the plan. `open`: free text leaves now; `holds`: it waits for the person to reply OPEN.

    `reason` says in words why it stands where it stands, or why it is shut.
    """

    address: Address
    channel: str
    open: bool
    holds: bool = False
    reason: str = ""
    preferred: bool = False
    last: bool = False
    window_left: timedelta | None = None

    @property
    def usable(self) -> bool:
        return self.open or self.holds

    @property
    def in_window(self) -> bool:
        """Whether one may write freely there, were nothing else in the way."""
        return self.window_left is None or self.window_left > timedelta(0)


async def ways(
    session: AsyncSession,
    person_id: int,
    *,
    purpose: str,
    now: datetime,
    author: Author = Author.STAFF,
    tried: Collection[int] = (),
) -> list[Way]:
    """The person's addresses in the order of the plan, without those in `tried`. `now` is wall time with its zone."""
    found = (await session.execute(_WAYS, {"person_id": person_id})).all()
    rows = [(row.Address, row.preferred) for row in found if row.Address.id not in tried]
    last, off, language = (found[0].last, found[0].off, found[0].language) if found else (0, [], "nl")
    made = []
    for address, preferred in rows:
        channel = channel_of(address.scheme)
        message = Message(purpose=purpose, channel=channel, author=author)
        verdict = may_send(message, address, now)
        shut = OFF if channel in off else "" if verdict.allowed or verdict.until else verdict.reason
        holds = verdict.shut and channel not in off and await held.can_hold(session, channel, language)
        made.append(
            Way(
                address=address, channel=channel, open=not shut, holds=holds, preferred=preferred,
                last=address.id == last, window_left=window_left(channel, address, now, author=author),
                reason=shut or _why(preferred, address.id == last),
            )
        )  # fmt: skip
    return sorted(made, key=_rank_for_reply if purpose == "reply" else _rank)


_WAYS = (  # made once: every open thread asks for it
    select(
        Address,
        AddressLink.preferred,
        LAST_ADDRESS.label("last"),
        func.array(
            select(ChannelState.channel).where(ChannelState.health == ChannelHealth.OFF).scalar_subquery(),
            type_=ARRAY(String),
        ).label("off"),
        func.coalesce(Person.language, "nl").label("language"),
    )
    .join(AddressLink, AddressLink.address_id == Address.id)
    .join(Person, Person.id == AddressLink.person_id)
    .where(AddressLink.person_id == bindparam("person_id"), AddressLink.ended_at.is_(None))
    .order_by(Address.last_in_at.desc().nulls_last(), Address.id.desc())
)


def first_choice(planned: Sequence[Way]) -> Way | None:
    """The way to take; None when somebody has to call."""
    usable = [way for way in planned if way.open and way.channel not in LAST]
    usable += [way for way in planned if way.holds]
    usable += [way for way in planned if way.open and way.channel == "web"]
    if planned and planned[0].reason == STOPPED:
        return None
    return usable[0] if usable else None


def _rank_for_reply(way: Way) -> tuple[bool, bool]:
    return (not way.last, not way.preferred)


def _rank(way: Way) -> tuple[bool, bool, int]:
    order = ORDER.index(way.channel) if way.channel in ORDER else len(ORDER)
    return (not way.preferred, not (way.last and way.channel not in LAST), order)


def _why(preferred: bool, last: bool) -> str:
    return (
        N_("deze persoon leest hier het liefst") if preferred else N_("schreef hier laatst") if last else ""
    )


MAY_WRITE_FIRST = or_(
    select(Consent.id)
    .where(
        Consent.person_id == bindparam("person_id"),
        Consent.kind == ConsentKind.FOLLOW_UP,
        Consent.withdrawn_at.is_(None),
    )
    .correlate(None)
    .exists(),
    select(Trajectory.id)
    .where(Trajectory.person_id == bindparam("person_id"), Trajectory.closed_at.is_(None))
    .correlate(None)
    .exists(),
    select(Appointment.id)
    .where(
        Appointment.person_id == bindparam("person_id"),
        Appointment.status.in_((AppointmentStatus.CONFIRMED, AppointmentStatus.ATTENDED)),
        Appointment.ends_at > bindparam("since"),
    )
    .correlate(None)
    .exists(),
)
"""`may_write_first` of the person `person_id`, `since` AFTER_APPOINTMENT ago: for a larger statement."""


async def may_write_first(session: AsyncSession, person_id: int, *, now: datetime) -> bool:
    """Whether a follow-up is welcome: they said so, they are in a trajectory they agreed to, or had an own appointment."""
    asked = {"person_id": person_id, "since": now - AFTER_APPOINTMENT}
    return bool(await session.scalar(select(MAY_WRITE_FIRST), asked))


async def fall_back_due(database: Database, call: Call, *, now: datetime, limit: int = 50) -> int:
    """Send what did not get through by the next way, or have somebody `call`; returns how many. Run by a timer.

    `now` is wall time with its zone.
    """
    newer = select(Message.replaces_id).where(Message.replaces_id.is_not(None))
    called = select(CallSource.key).where(CallSource.key == func.concat("message:", Message.id))
    due = (
        select(Message.id, Message.person_id)
        .where(
            or_(
                and_(
                    Message.purpose.in_((*GOES_ON, "opener")),
                    Message.status.in_(GONE),
                    Message.status_at > now - LOOKED_AT,
                ),
                and_(Message.status == Status.HELD, Message.status_at < now - HELD_FOR),
            ),
            Message.created_at > now - timedelta(days=7),
            or_(Message.purpose != "reminder", Message.created_at > now - STILL_AHEAD),
            func.coalesce(Message.status_reason, "") != NO_CONSENT,
            Message.id.not_in(newer),
            ~called.exists(),
        )
        .order_by(Message.id)
        .limit(limit)
    )
    async with database.transaction() as session:
        rows = (await session.execute(due)).all()
    for message_id, person_id in rows:
        async with database.transaction() as session:
            await session.scalar(
                select(Person.id).where(Person.id == person_id).with_for_update(key_share=True)
            )
            message = await session.get_one(Message, message_id)
            if message.status in (*GONE, Status.HELD) and await _is_open(session, message):
                await fall_back(session, message, call, now=now)
    return len(rows)


async def _is_open(session: AsyncSession, message: Message) -> bool:
    done = or_(
        select(Message.id).where(Message.replaces_id == message.id).exists(),
        select(CallSource.key).where(CallSource.key == call_key(message)).exists(),
    )
    return not await session.scalar(select(done))


def call_key(message: Message) -> str:
    """What asks for the call, so that one message asks for one."""
    return f"message:{message.id}"


async def fall_back(session: AsyncSession, message: Message, call: Call, *, now: datetime) -> Message | None:
    """The same words by the next way; None when that is a call. The caller has locked the person."""
    if message.status == Status.HELD or message.purpose == "opener":
        await call(session, message, "unopened", now)
        return None
    if message.status_reason == STOPPED:
        await call(session, message, "stopped", now)
        return None
    tried = await _tried(session, message)
    way = first_choice(
        await ways(
            session, message.person_id, purpose=message.purpose, now=now, author=Author(message.author), tried=tried
        )
    )  # fmt: skip
    if way is None:
        first = await session.get_one(Address, message.address_id)
        left = window_left(message.channel, first, now, author=message.author)
        shut = left is not None and left < timedelta(0)  # it could still be opened
        if shut and await held.hold(session, message, now=now):
            return None
        await call(session, message, "no_channel", now)
        return None
    conversation = await session.get_one(Conversation, message.conversation_id)
    again, _ = await put(
        session, conversation=conversation, address_id=way.address.id, channel=way.channel,
        author=Author(message.author), staff_id=message.staff_id, text=message.text, language=message.language,
        purpose=message.purpose, replaces_id=message.id,
    )  # fmt: skip
    return again


async def _tried(session: AsyncSession, message: Message) -> set[int]:
    """The addresses that this message went to, also under its earlier numbers."""
    tried, earlier = {message.address_id}, message.replaces_id
    while earlier is not None:
        before = await session.get_one(Message, earlier)
        tried.add(before.address_id)
        earlier = before.replaces_id
    return tried


async def prefer(session: AsyncSession, person_id: int, address_id: int | None) -> None:
    """Write this person first on `address_id` from now on; None: where they wrote last."""
    links = await session.scalars(
        select(AddressLink).where(AddressLink.person_id == person_id, AddressLink.ended_at.is_(None))
    )
    chosen = None
    for link in links:
        chosen = link if link.address_id == address_id else chosen
        link.preferred = False
    await session.flush()  # one preferred address at a time, also for the database
    if chosen is not None:
        chosen.preferred = True
    await session.flush()
    await events.record(session, "address.preferred", person_id=person_id, data={"address_id": address_id})
