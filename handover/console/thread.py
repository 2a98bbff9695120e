"""The thread of a person: messages on all channels, notes, contacts, appointments and what was decided."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from data.tables import (
    Appointment,
    Attachment,
    ContactWay,
    Correction,
    Counter,
    Decision,
    Event,
    Message,
    MicroContact,
    Note,
    Person,
    PhaseChange,
    Reminder,
    Staff,
    Status,
    Trajectory,
)
from handover import call_tasks, microcontacts
from handover.console.kept import Kept
from handover.console.kept import of_person as kept_of_person
from handover.console.labels import EVENTS

PAGE = 120  # messages shown at once; others are a click away
EVENTS_SHOWN = 300  # the newest between the messages of one page


@dataclass(frozen=True, kw_only=True)
class Item:
    """One line of the thread. `kind` says which of the tables `row` comes from, `key` is its id in the page."""

    kind: str
    key: str
    at: datetime
    row: Any
    author: str | None = None
    decision: Decision | None = None
    correction: Correction | None = None
    extra: Any = None
    files: Sequence[Attachment] = ()
    reminders: Sequence[tuple[Reminder, Message | None]] = ()  # of an appointment, with what was sent


@dataclass(frozen=True, kw_only=True)
class Window:
    """Which part of a thread is asked for: the newest without any of these, else only the first that is set.

    `around`: a page with this message in its middle; `since`: from that moment on; `before`: older than this message.
    """

    around: int | None = None
    since: datetime | None = None
    before: int | None = None


@dataclass(frozen=True, kw_only=True)
class Thread:
    """Items in order; `older` and `newer`: a message to ask what comes before or after it by, when there is more.

    `last_public` is the newest message of all.
    """

    items: Sequence[Item] = field(default_factory=tuple)
    older: int | None = None
    newer: int | None = None
    last_public: int = 0


NEWEST = Window()


async def read(
    session: AsyncSession, person_id: int, window: Window = NEWEST, *, kept: Kept | None = None
) -> Thread:
    """A page of at most PAGE messages of a person, and all that lies between them. No moment falls between two pages.

    `kept`: what there is of this person, where that is known.
    """
    kept = kept or await kept_of_person(session, person_id)
    shown, before, after = await _page(session, person_id, window)
    # what stands between two pages belongs to the first of them
    start = window.since or (shown[0][0].created_at if before and shown else None)
    end = after.created_at if after is not None else None
    files = await files_of(session, [row.id for row, *_ in shown]) if "files" in kept.kinds else {}
    items = [
        Item(
            kind="message", key=f"m{row.id}", at=row.created_at, row=row, author=name, decision=decision,
            correction=correction, files=files.get(row.id, ()),
        )
        for row, name, decision, correction in shown
    ]  # fmt: skip
    for kind, extra in _EXTRAS.items():
        items += [
            item
            for item in (await extra(session, person_id) if kind in kept.kinds else ())
            if (start is None or item.at >= start) and (end is None or item.at < end)
        ]
    items += await _events(session, person_id, start, end)
    items.sort(key=lambda item: (item.at, item.kind != "message", item.row.id))
    return Thread(
        items=items, older=before, newer=after.id if after is not None else None, last_public=kept.last_public
    )


async def _page(
    session: AsyncSession, person_id: int, window: Window
) -> tuple[Sequence[Any], int | None, Message | None]:
    """The messages of a page with what belongs to each; what to ask older ones by; the first message after it."""
    asked = {"person_id": person_id}
    down, up = _DOWN, _UP
    if window.around is not None:
        older = (
            await session.execute(down.where(Message.id <= window.around).limit(PAGE // 2 + 1), asked)
        ).all()
        newer = (
            await session.execute(up.where(Message.id > window.around).limit(PAGE // 2 + 1), asked)
        ).all()
        shown = [*reversed(older[: PAGE // 2]), *newer[: PAGE // 2]]
        after = newer[PAGE // 2][0] if len(newer) > PAGE // 2 else None
        return shown, shown[0][0].id if len(older) > PAGE // 2 else None, after
    if window.since is not None:
        found = (
            await session.execute(up.where(Message.created_at >= window.since).limit(PAGE + 1), asked)
        ).all()
        earlier = (
            select(Message.id)
            .where(Message.person_id == person_id, Message.created_at < window.since)
            .order_by(Message.id.desc())
            .limit(1)
        )
        newest_before = await session.scalar(earlier)
        after = found[PAGE][0] if len(found) > PAGE else None
        return found[:PAGE], newest_before + 1 if newest_before is not None else None, after
    wanted = _NEWEST if window.before is None else down.where(Message.id < window.before).limit(PAGE + 1)
    found = (await session.execute(wanted, asked)).all()
    shown = list(reversed(found[:PAGE]))
    after = None
    if window.before is not None:
        after = await session.scalar(
            select(Message)
            .where(Message.person_id == person_id, Message.id >= window.before)
            .order_by(Message.id)
            .limit(1)
        )
    return shown, shown[0][0].id if len(found) > PAGE else None, after


_THEIRS = (
    select(Message, Staff.name, Decision, Correction)
    .outerjoin(Staff, Staff.id == Message.staff_id)
    .outerjoin(Decision, Decision.message_id == Message.id)
    .outerjoin(Correction, Correction.message_id == Message.id)
    .where(Message.person_id == bindparam("person_id"))
)
_DOWN, _UP = _THEIRS.order_by(Message.id.desc()), _THEIRS.order_by(Message.id)
_NEWEST = _DOWN.limit(PAGE + 1)  # made once, as what follows: every open thread asks for it


async def files_of(session: AsyncSession, message_ids: Sequence[int]) -> dict[int, list[Attachment]]:
    """The files of messages, by message, in the order they came."""
    query = select(Attachment).where(Attachment.message_id.in_(message_ids)).order_by(Attachment.id)
    files: dict[int, list[Attachment]] = {}
    for row in await session.scalars(query):
        files.setdefault(row.message_id, []).append(row)
    return files


async def newer_than(session: AsyncSession, person_id: int, seen: int) -> tuple[Message, str | None] | None:
    """The newest public message after `seen` (with the name of its author if that is staff), if any."""
    query = (
        select(Message, Staff.name)
        .outerjoin(Staff, Staff.id == Message.staff_id)
        .where(
            Message.person_id == person_id,
            Message.id > seen,
            Message.author != "system",
            Message.status != Status.WITHHELD,
        )
        .order_by(Message.id.desc())
        .limit(1)
    )
    return (await session.execute(query)).one_or_none()


async def _notes(session: AsyncSession, person_id: int) -> list[Item]:
    query = select(Note, Staff.name).join(Staff, Staff.id == Note.staff_id).where(Note.person_id == person_id)
    return [
        Item(kind="note", key=f"n{row.id}", at=row.created_at, row=row, author=name)
        for row, name in (await session.execute(query))
    ]


async def _contacts(session: AsyncSession, person_id: int) -> list[Item]:
    """Calls, visits and no-shows; micro-contacts by message are the messages themselves."""
    return [
        Item(kind="contact", key=f"c{row.id}", at=row.at, row=row, author=name)
        for row, name in (await session.execute(_CONTACTS, {"person_id": person_id}))
    ]


_CONTACTS = (
    select(MicroContact, Staff.name)
    .outerjoin(Staff, Staff.id == MicroContact.staff_id)
    .where(
        MicroContact.person_id == bindparam("person_id"),
        MicroContact.way != ContactWay.MESSAGE,
        microcontacts.stands(),
    )
)


async def _appointments(session: AsyncSession, person_id: int) -> list[Item]:
    found = (await session.execute(_APPOINTMENTS, {"person_id": person_id})).all()
    reminders: dict[int, list[tuple[Reminder, Message | None]]] = {}
    for reminder, message in await session.execute(
        select(Reminder, Message)
        .outerjoin(Message, Message.id == Reminder.message_id)
        .where(Reminder.appointment_id.in_([row.id for row, *_ in found]))
        .order_by(Reminder.due_at)
    ):
        reminders.setdefault(reminder.appointment_id, []).append((reminder, message))
    return [
        Item(
            kind="appointment", key=f"a{row.id}", at=row.created_at, row=row, author=name, extra=counter,
            reminders=reminders.get(row.id, ()),
        )
        for row, name, counter in found
    ]  # fmt: skip


_APPOINTMENTS = (
    select(Appointment, Staff.name, Counter.name)
    .join(Staff, Staff.id == Appointment.staff_id)
    .join(Counter, Counter.id == Appointment.counter_id)
    .where(Appointment.person_id == bindparam("person_id"), Appointment.status.not_in(("held", "expired")))
)


async def _calls(session: AsyncSession, person_id: int) -> list[Item]:
    """Calls to make and calls made; a card with buttons while it is open."""
    return [
        Item(kind="call", key=f"o{call.task.id}", at=call.task.ended_at or call.task.created_at, row=call.task,
             author=call.whose, extra=call)
        for call in await call_tasks.of_person(session, person_id)
    ]  # fmt: skip


async def _phases(session: AsyncSession, person_id: int) -> list[Item]:
    query = (
        select(PhaseChange, Staff.name)
        .join(Trajectory, Trajectory.id == PhaseChange.trajectory_id)
        .outerjoin(Staff, Staff.id == PhaseChange.staff_id)
        .where(Trajectory.person_id == person_id)
    )
    return [
        Item(kind="phase", key=f"p{row.id}", at=row.created_at, row=row, author=name)
        for row, name in (await session.execute(query))
    ]


_EXTRAS = {
    "notes": _notes, "contacts": _contacts, "appointments": _appointments, "calls": _calls, "phases": _phases,
}  # fmt: skip


def _told(row: Event) -> list[int]:
    """Who was told: of a promise about to break those who were there, else who has the duty; of a client their counsellor."""
    named = (row.data.get("duty_id"), row.data.get("counsellor_id"))
    return [*row.data.get("told_ids", ()), *(id_ for id_ in named if id_)]


async def _events(
    session: AsyncSession, person_id: int, start: datetime | None, end: datetime | None
) -> list[Item]:
    """Who held the conversation, what was planned, moved and passed on; what changed about the person. At most EVENTS_SHOWN."""
    query = _EVENTS
    if start is not None:
        query = query.where(Event.created_at >= start)
    if end is not None:
        query = query.where(Event.created_at < end)
    found = (await session.execute(query, {"person_id": person_id})).all()
    ids = {id_ for row, _ in found for id_ in (row.data.get("holder_staff_id"), *_told(row))} - {None}
    names: dict[int, str] = {row.staff_id: name for row, name in found if row.staff_id is not None}
    if ids - names.keys():
        held = await session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(ids - names.keys())))
        names |= dict(held.all())
    return [
        Item(
            kind="event", key=f"e{row.id}", at=row.created_at, row=row, author=name,
            extra=", ".join(names[id_] for id_ in _told(row) if id_ in names)
            or names.get(row.data.get("holder_staff_id", 0)),
        )
        for row, name in found
    ]  # fmt: skip


_EVENTS = (
    select(Event, Staff.name)
    .outerjoin(Staff, Staff.id == Event.staff_id)
    .where(
        Event.person_id.in_(
            select(Person.id).where(
                or_(Person.id == bindparam("person_id"), Person.merged_into_id == bindparam("person_id"))
            )
        ),
        # what happened to who turned out to be this person stays with them
        or_(Event.person_id == bindparam("person_id"), Event.kind.startswith("conversation.")),
        Event.kind.in_(EVENTS),
    )
    .order_by(Event.id.desc())
    .limit(EVENTS_SHOWN)
)
